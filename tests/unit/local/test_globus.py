"""The stand-in for Globus Auth, through the unmodified SDK."""

import base64
import hashlib
import re
from urllib.parse import parse_qs, urlsplit

import globus_sdk
import pytest
import requests
from globus_sdk import OAuthAuthorizationCodeResponse
from globus_sdk.transport import RetryConfig

from local.cloud.serving import serving
from local.globus.app import create_app
from local.globus.clients import Client
from local.globus.identities import IDENTITIES

CALLBACK = "http://127.0.0.1:5000/callback?from=globus"
CLIENT = Client("6a5e1f2e-0000-4000-8000-000000000001", "GAS", "s3cret", frozenset({CALLBACK}))
OTHER = Client("6a5e1f2e-0000-4000-8000-000000000002", "Other", "0ther", frozenset({CALLBACK}))
ADA = IDENTITIES[0]
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


class _LateApp:
    """The issuer holds the port, which is known once the server listens."""

    app = None

    def __call__(self, environ, start_response):
        return self.app(environ, start_response)


@pytest.fixture(scope="module")
def issuer():
    """A provider with two registered applications."""
    late = _LateApp()
    with serving(late) as address:
        late.app = create_app(address, [CLIENT, OTHER])
        yield address


@pytest.fixture
def sdk(issuer, monkeypatch):
    """The SDK's client, pointed here as the web app is."""
    monkeypatch.setenv("GLOBUS_SDK_SERVICE_URL_AUTH", issuer + "/")
    client = globus_sdk.ConfidentialAppAuthClient(CLIENT.id, CLIENT.secret)
    client.retry_config = RetryConfig(max_retries=0)
    yield client
    client.close()


def _authorize_url(sdk, **extra):
    sdk.oauth2_start_flow(CALLBACK, ["openid", "profile", "email"], state="state-1")
    parameters = {"nonce": "nonce-1", "code_challenge": CHALLENGE, "code_challenge_method": "S256", **extra}
    return sdk.oauth2_get_authorize_url(query_params=parameters)


def _answer(url, **form):
    """What the browser is sent back with."""
    response = requests.post(url, data=form, allow_redirects=False, timeout=10)
    location = urlsplit(response.headers["Location"])
    return {name: values[0] for name, values in parse_qs(location.query).items()}


def _code(sdk, **extra):
    return _answer(_authorize_url(sdk, **extra), identity=ADA.id)["code"]


def _redeem(sdk, code, verifier=VERIFIER, redirect_uri=CALLBACK):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    if verifier:
        form["code_verifier"] = verifier
    return sdk.oauth2_token(form, response_class=OAuthAuthorizationCodeResponse)


def test_a_login_yields_verified_claims(sdk, issuer):
    """State comes back, the identity token verifies, and it says who logged in."""
    answer = _answer(_authorize_url(sdk), identity=ADA.id)

    assert (answer["state"], answer["from"]) == ("state-1", "globus")
    tokens = _redeem(sdk, answer["code"])
    configuration = sdk.get_openid_configuration()
    key = sdk.get_jwk(configuration, as_pem=True)
    claims = tokens.decode_id_token(openid_configuration=configuration, jwk=key)
    digest = hashlib.sha512(tokens["access_token"].encode()).digest()[:32]
    assert (claims["iss"], claims["aud"], claims["nonce"]) == (issuer, CLIENT.id, "nonce-1")
    assert claims["at_hash"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert (claims["sub"], claims["name"], claims["email"]) == (ADA.id, ADA.name, ADA.email)
    assert (claims["preferred_username"], claims["organization"]) == (ADA.username, ADA.organization)
    assert list(tokens.by_resource_server) == ["auth.globus.org"]


def test_a_revoked_token_is_inactive(sdk):
    """Introspection tells who it belonged to, until it is revoked."""
    token = _redeem(sdk, _code(sdk))["access_token"]
    before = sdk.oauth2_token_introspect(token, include="identity_set")

    sdk.oauth2_revoke_token(token)

    assert (before["active"], before["sub"], before["identity_set"]) == (True, ADA.id, [ADA.id])
    assert sdk.oauth2_token_introspect(token).data == {"active": False}


def test_a_token_of_another_application_is_neither_told_nor_revoked(sdk):
    """Each application sees its own tokens only."""
    token = _redeem(sdk, _code(sdk))["access_token"]
    other = globus_sdk.ConfidentialAppAuthClient(OTHER.id, OTHER.secret)

    other.oauth2_revoke_token(token)

    assert other.oauth2_token_introspect(token)["active"] is False
    assert sdk.oauth2_token_introspect(token)["active"] is True
    other.close()


def test_userinfo_follows_the_scopes(sdk, issuer):
    """The access token opens what was granted."""
    token = _redeem(sdk, _code(sdk))["access_token"]
    url = issuer + "/v2/oauth2/userinfo"

    told = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=10).json()

    assert (told["sub"], told["email"]) == (ADA.id, ADA.email)
    assert requests.get(url, timeout=10).status_code == 401


def test_denying_returns_the_error_and_the_state(sdk):
    """No code is made."""
    answer = _answer(_authorize_url(sdk), deny="1")

    assert (answer["error"], answer["state"]) == ("access_denied", "state-1")
    assert "code" not in answer


def test_a_code_works_once(sdk):
    """The second try fails."""
    code = _code(sdk)
    _redeem(sdk, code)

    with pytest.raises(globus_sdk.AuthAPIError, match="invalid_grant"):
        _redeem(sdk, code)


@pytest.mark.parametrize(
    "wrong",
    [{"verifier": "w" * 43}, {"verifier": None}, {"redirect_uri": "http://127.0.0.1:5000/elsewhere"}],
)
def test_a_code_fits_only_its_own_request(sdk, wrong):
    """A wrong try also uses the code up."""
    code = _code(sdk)

    with pytest.raises(globus_sdk.AuthAPIError, match="invalid_grant"):
        _redeem(sdk, code, **wrong)
    with pytest.raises(globus_sdk.AuthAPIError, match="invalid_grant"):
        _redeem(sdk, code)


def test_another_application_cannot_redeem_the_code(sdk):
    """Nor can one that does not know its secret."""
    for client_id, secret, error in (
        (OTHER.id, OTHER.secret, "invalid_grant"),
        (CLIENT.id, "wrong", "client"),
    ):
        thief = globus_sdk.ConfidentialAppAuthClient(client_id, secret)
        thief.retry_config = RetryConfig(max_retries=0)
        with pytest.raises(globus_sdk.AuthAPIError, match=error):
            _redeem(thief, _code(sdk))
        thief.close()


@pytest.mark.parametrize(
    ("extra", "error"),
    [
        ({"scope": "openid nonsense"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_a_wrong_request_returns_its_error(sdk, extra, error):
    """The application hears of it, and the researcher is not asked."""
    response = requests.get(_authorize_url(sdk, **extra), allow_redirects=False, timeout=10)

    assert response.status_code == 302
    assert f"error={error}" in response.headers["Location"]


@pytest.mark.parametrize("wrong", ["client_id", "redirect_uri"])
def test_an_unknown_client_or_address_gets_no_redirect(sdk, wrong):
    """The page says so instead: a redirect would serve whoever made the link."""
    url = re.sub(f"{wrong}=[^&]+", f"{wrong}=http%3A%2F%2Fevil.example", _authorize_url(sdk))

    response = requests.get(url, allow_redirects=False, timeout=10)

    assert response.status_code == 400
    assert wrong in response.text
    assert "Location" not in response.headers


def test_the_page_offers_every_researcher_and_a_way_out(sdk):
    """Buttons by name, in a page without script."""
    response = requests.get(_authorize_url(sdk), timeout=10)

    for identity in IDENTITIES:
        assert f'value="{identity.id}"' in response.text
        assert identity.name in response.text.replace("&#39;", "'")
    assert 'name="deny"' in response.text
    assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_researchers_keep_their_ids():
    """A job of yesterday still belongs to its owner."""
    assert ADA.id == "a6ef09e9-b2ee-5cc1-9109-e1d6ce69de9b"
    assert len({identity.id for identity in IDENTITIES}) == 3


def test_the_logout_page_leads_back(issuer):
    """To web addresses only."""
    page = issuer + "/v2/web/logout"
    query = {"client_id": CLIENT.id, "redirect_uri": "http://127.0.0.1:5000/", "redirect_name": "<GAS>"}

    good = requests.get(page, params=query, timeout=10).text
    bad = requests.get(page, params={**query, "redirect_uri": "javascript:alert(1)"}, timeout=10).text

    assert '<a href="http://127.0.0.1:5000/">Continue to &lt;GAS&gt;</a>' in good
    assert "javascript" not in bad
