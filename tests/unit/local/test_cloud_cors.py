"""Browsers meet the bucket's own CORS rules."""

import pytest
import requests

SITE, OTHER = "http://127.0.0.1:5000", "https://evil.example"


@pytest.fixture
def bucket(cloud):
    """One site may read and post, and see the ETag."""
    name = cloud.bucket()
    rule = {
        "AllowedOrigins": [SITE],
        "AllowedMethods": ["GET", "POST"],
        "AllowedHeaders": ["content-*"],
        "ExposeHeaders": ["ETag", "Content-Range"],
        "MaxAgeSeconds": 300,
    }
    cloud.client("s3").put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": [rule]})
    return name


def _preflight(cloud, bucket, origin=SITE, method="POST", headers="content-type"):
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    if headers:
        asked["Access-Control-Request-Headers"] = headers
    return requests.options(f"{cloud.url}/{bucket}/key", headers=asked, timeout=10)


def test_the_allowed_preflight_is_answered(cloud, bucket):
    """Origin, methods, headers and age are those of the rule."""
    answer = _preflight(cloud, bucket)

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == SITE
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST"
    assert answer.headers["Access-Control-Allow-Headers"] == "content-type"
    assert answer.headers["Access-Control-Max-Age"] == "300"


@pytest.mark.parametrize("wrong", [{"origin": OTHER}, {"method": "DELETE"}, {"headers": "x-amz-meta-a"}])
def test_any_other_preflight_is_refused(cloud, bucket, wrong):
    """No header tells the browser to go on."""
    answer = _preflight(cloud, bucket, **wrong)

    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(("origin", "told"), [(SITE, SITE), (OTHER, None)])
def test_only_the_allowed_site_may_read_an_answer(cloud, bucket, origin, told):
    """The real response carries the origin exactly when the rule allows it."""
    s3 = cloud.client("s3")
    s3.put_object(Bucket=bucket, Key="key", Body=b"content")
    url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "key"})

    answer = requests.get(url, headers={"Origin": origin}, timeout=10)

    assert answer.content == b"content"
    assert answer.headers.get("Access-Control-Allow-Origin") == told
    assert answer.headers.get("Access-Control-Expose-Headers") == ("ETag, Content-Range" if told else None)


@pytest.mark.parametrize(("origin", "told"), [(SITE, SITE), (OTHER, None)])
def test_the_site_may_read_why_its_upload_was_refused(cloud, bucket, origin, told):
    """Refusals carry the header as well, and only for the allowed site."""
    form = cloud.client("s3").generate_presigned_post(
        bucket, "key", Conditions=[["content-length-range", 0, 3]]
    )
    answer = requests.post(
        form["url"],
        data=form["fields"],
        files={"file": ("f", b"too long")},
        headers={"Origin": origin},
        timeout=10,
    )

    assert "EntityTooLarge" in answer.text
    assert answer.headers.get("Access-Control-Allow-Origin") == told


def test_a_bucket_without_rules_tells_no_origin(cloud):
    """The default is refusal."""
    assert _preflight(cloud, cloud.bucket()).status_code == 403
