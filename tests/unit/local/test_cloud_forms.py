"""Upload forms: only what the signer allowed is stored."""

import base64
import datetime as dt
import json

import pytest
import requests
from botocore.exceptions import ClientError

KEY = "inputs/ada/job-1/sample.vcf"
SMALLEST, LARGEST = 5, 100
BODY = b"##fileformat=VCFv4.3\n"


@pytest.fixture
def bucket(cloud):
    return cloud.bucket()


@pytest.fixture
def form(cloud, bucket):
    """A form for one key, one content type and a range of sizes."""
    return _form(cloud, bucket)


def _form(cloud, bucket, expires_in=60, **client):
    s3 = cloud.client("s3", **client)
    return s3.generate_presigned_post(
        bucket,
        KEY,
        Fields={"Content-Type": "text/plain", "success_action_status": "201"},
        Conditions=[
            {"Content-Type": "text/plain"},
            {"success_action_status": "201"},
            ["content-length-range", SMALLEST, LARGEST],
        ],
        ExpiresIn=expires_in,
    )


def _post(form, body=BODY, **changed):
    fields = {**form["fields"], **changed}
    return requests.post(form["url"], data=fields, files={"file": ("sample.vcf", body)}, timeout=10)


def _stored(cloud, bucket):
    return [item["Key"] for item in cloud.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]


def _edit_policy(form, **changes):
    document = json.loads(base64.b64decode(form["fields"]["policy"])) | changes
    return base64.b64encode(json.dumps(document).encode()).decode()


def test_an_honest_form_is_stored(cloud, bucket, form):
    """The object has the content and the type that were posted."""
    answer = _post(form)

    assert answer.status_code == 201
    stored = cloud.client("s3").get_object(Bucket=bucket, Key=KEY)
    assert (stored["Body"].read(), stored["ContentType"]) == (BODY, "text/plain")


@pytest.mark.parametrize(
    ("body", "changed", "status", "code", "says"),
    [
        (b"x" * (LARGEST + 1), {}, 400, "EntityTooLarge", "MaxSizeAllowed"),
        (b"x" * (SMALLEST - 1), {}, 400, "EntityTooSmall", "smaller than the minimum"),
        (BODY, {"key": "inputs/other/x"}, 403, "AccessDenied", "Invalid according to Policy"),
        (BODY, {"Content-Type": "text/html"}, 403, "AccessDenied", "Policy Condition failed"),
        (BODY, {"x-amz-meta-more": "1"}, 403, "AccessDenied", "Extra input fields: x-amz-meta-more"),
        (BODY, {"success_action_redirect": "http://evil.example"}, 403, "AccessDenied", "Extra input"),
        (BODY, {"x-amz-signature": "0" * 64}, 403, "SignatureDoesNotMatch", "signature"),
        (BODY, {"policy": "bm90IGpzb24="}, 403, "SignatureDoesNotMatch", "signature"),
        (BODY, {"x-amz-credential": "who/20260101/us-east-1/s3/aws4_request"}, 400, "Auth", "date"),
    ],
)
def test_a_changed_form_is_refused_and_stores_nothing(cloud, bucket, form, body, changed, status, code, says):
    """S3's own code and sentence come back, and the bucket stays empty."""
    answer = _post(form, body, **changed)

    assert answer.status_code == status
    assert code in answer.text
    assert says in answer.text
    assert _stored(cloud, bucket) == []


def test_the_sizes_at_the_limits_are_stored(cloud, bucket, form):
    """content-length-range includes both of its ends."""
    assert [_post(form, b"x" * size).status_code for size in (SMALLEST, LARGEST)] == [201, 201]


def test_a_policy_that_was_edited_is_refused(cloud, bucket, form):
    """A wider policy no longer fits its signature."""
    wider = _edit_policy(form, conditions=[["starts-with", "$key", ""], {"bucket": bucket}])

    answer = _post(form, policy=wider)

    assert "SignatureDoesNotMatch" in answer.text
    assert _stored(cloud, bucket) == []


def test_an_expired_form_is_refused(cloud, bucket):
    """A form that was valid until a moment ago says so."""
    answer = _post(_form(cloud, bucket, expires_in=-1))

    assert answer.status_code == 403
    assert "Policy expired" in answer.text
    assert _stored(cloud, bucket) == []


def test_a_form_signed_with_another_secret_is_refused(cloud, bucket):
    """Only the key pair of the account signs."""
    answer = _post(_form(cloud, bucket, secret="another"))

    assert "SignatureDoesNotMatch" in answer.text
    assert _stored(cloud, bucket) == []


def test_a_form_for_another_bucket_is_refused(cloud, bucket, form):
    """The bucket is part of what was signed."""
    other = cloud.bucket()
    answer = _post({**form, "url": f"{cloud.url}/{other}"})

    assert "Invalid according to Policy" in answer.text
    assert _stored(cloud, other) == []


def test_a_form_without_a_policy_is_refused(cloud, bucket):
    """That would be an anonymous write."""
    fields = {"url": f"{cloud.url}/{bucket}", "fields": {"key": KEY}}

    assert "AccessDenied" in _post(fields).text
    assert _stored(cloud, bucket) == []


def test_a_field_after_the_file_is_refused(cloud, bucket, form):
    """S3 does not look beyond the file, so what follows cannot be meant."""
    parts = [(name, (None, value)) for name, value in form["fields"].items() if name != "key"]
    parts += [("file", ("sample.vcf", BODY)), ("key", (None, KEY))]

    answer = requests.post(form["url"], files=parts, timeout=10)

    assert answer.status_code == 400
    assert _stored(cloud, bucket) == []


def test_a_form_without_a_file_is_refused(cloud, bucket, form):
    """Fields alone are not an upload."""
    parts = [(name, (None, value)) for name, value in form["fields"].items()]

    assert "exactly one file" in requests.post(form["url"], files=parts, timeout=10).text


def test_the_name_of_the_file_may_be_part_of_the_key(cloud, bucket):
    """${filename} stands for what the browser calls the file, within the signed prefix."""
    form = cloud.client("s3").generate_presigned_post(bucket, "inputs/ada/${filename}")

    assert _post(form).status_code == 204
    assert _stored(cloud, bucket) == ["inputs/ada/sample.vcf"]


def test_a_body_of_many_megabytes_is_judged_and_stored(cloud, bucket):
    """Twelve megabytes pass through; the size limit still counts the bytes of the file alone."""
    body = b"A" * (12 * 1024 * 1024)
    exact = ["content-length-range", len(body), len(body)]
    form = cloud.client("s3").generate_presigned_post(bucket, KEY, Conditions=[exact])

    assert _post(form, body).status_code == 204
    assert cloud.client("s3").head_object(Bucket=bucket, Key=KEY)["ContentLength"] == len(body)


def test_a_presigned_address_opens_exactly_one_object(cloud, bucket):
    """The honest request succeeds; another key, another method and another query are refused."""
    s3 = cloud.client("s3")
    for key in ("a b/ü.txt", "other"):
        s3.put_object(Bucket=bucket, Key=key, Body=b"content")
    wanted = {"Bucket": bucket, "Key": "a b/ü.txt", "ResponseContentDisposition": 'attachment; filename="x"'}
    url = s3.generate_presigned_url("get_object", wanted, ExpiresIn=60)

    honest = requests.get(url, timeout=10)

    assert (honest.content, honest.headers["Content-Disposition"]) == (b"content", 'attachment; filename="x"')
    changed = [
        requests.get(url.replace("a%20b/%C3%BC.txt", "other"), timeout=10),
        requests.get(url.replace("attachment", "inline"), timeout=10),
        requests.get(url.replace("X-Amz-Expires=60", "X-Amz-Expires=600"), timeout=10),
        requests.delete(url, timeout=10),
        requests.put(url, b"overwritten", timeout=10),
    ]
    assert {answer.status_code for answer in changed} == {403}
    assert all("SignatureDoesNotMatch" in answer.text for answer in changed)
    assert s3.get_object(Bucket=bucket, Key="a b/ü.txt")["Body"].read() == b"content"


def test_a_presigned_range_and_a_presigned_put_work(cloud, bucket):
    """What the viewer and a multipart upload rely on."""
    s3 = cloud.client("s3")
    put = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": "part"}, ExpiresIn=60)
    assert requests.put(put, b"0123456789", timeout=10).status_code == 200

    get = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "part"}, ExpiresIn=60)

    assert requests.get(get, headers={"Range": "bytes=2-4"}, timeout=10).content == b"234"


def test_an_expired_presigned_address_is_refused(cloud, bucket, monkeypatch):
    """The lifetime is counted from the moment of signing."""
    s3 = cloud.client("s3")
    s3.put_object(Bucket=bucket, Key="k", Body=b"secret")
    earlier = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=90)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda **_: earlier.replace(tzinfo=None))

    url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "k"}, ExpiresIn=60)
    answer = requests.get(url, timeout=10)

    assert answer.status_code == 403
    assert "Request has expired" in answer.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "POST"])
def test_an_unsigned_request_is_refused(cloud, bucket, method):
    """Nothing in the local cloud is public."""
    cloud.client("s3").put_object(Bucket=bucket, Key="k", Body=b"secret")

    answer = requests.request(method, f"{cloud.url}/{bucket}/k", data=b"x", timeout=10)

    assert answer.status_code == 403
    assert cloud.client("s3").get_object(Bucket=bucket, Key="k")["Body"].read() == b"secret"


def test_an_old_style_signature_is_refused_by_name(cloud, bucket):
    """SigV2 addresses cannot be checked here, and newer regions refuse them as well."""
    url = f"{cloud.url}/{bucket}/k?AWSAccessKeyId=x&Signature=y&Expires=9999999999"

    assert "AWS4-HMAC-SHA256" in requests.get(url, timeout=10).text


@pytest.mark.parametrize(
    "declared",
    [
        {"ContentMD5": base64.b64encode(b"0" * 16).decode()},
        {"ChecksumSHA256": base64.b64encode(b"0" * 32).decode()},
        {"ChecksumCRC32": base64.b64encode(b"0000").decode()},
    ],
)
def test_a_wrong_digest_is_refused(cloud, bucket, declared):
    """What arrived is not what was meant, so nothing is stored."""
    with pytest.raises(ClientError, match="BadDigest"):
        cloud.client("s3").put_object(Bucket=bucket, Key="k", Body=b"body", **declared)

    assert _stored(cloud, bucket) == []
