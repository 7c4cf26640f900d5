"""What a request asks to be allowed: actions, and the resources that they are on.

The names of actions and the form of resources are those of the Service Authorization Reference:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import json
from typing import Any
from urllib.parse import parse_qs

from local.cloud.accounts import ACCOUNT
from local.cloud.iam.permissions import Permission
from local.cloud.iam.requested_glacier import of_glacier
from local.cloud.iam.requested_s3 import of_s3
from local.cloud.iam.signers import Signer
from local.cloud.s3.bodies import spool
from local.cloud.s3.requests import S3_SIGNING_NAME, Environ, Request

#: Nobody needs a permission for it: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
FREE = "GetCallerIdentity"

_STATES_NAMES = ("stateMachineArn", "executionArn")


def permissions_of(request: Request, signer: Signer) -> list[Permission]:
    """All that has to be allowed before the request is; its body can be read again afterwards."""
    if signer.service == S3_SIGNING_NAME:
        return of_s3(request)
    if signer.service == "glacier":
        return [of_glacier(request, signer.region)]
    body = _read(request.environ)
    if target := request.header("x-amz-target"):
        operation, asked = target.rpartition(".")[2], json.loads(body or b"{}")
    else:
        asked = {name: values[-1] for name, values in parse_qs(body.decode()).items()}
        operation = asked.get("Action", "")
    if operation == FREE:
        return []
    # Many at once need what one needs.
    action = f"{signer.service}:{operation.removesuffix('Batch')}"
    return [Permission(action, resource) for resource in _resources(asked, signer)]


def _read(environ: Environ) -> bytes:
    spooled = spool(environ)
    body = spooled.read()
    spooled.seek(0)
    return body


def _resources(asked: dict[str, Any], signer: Signer) -> list[str]:
    prefix = f"arn:aws:{signer.service}:{signer.region}:{ACCOUNT}:"
    if signer.service == "dynamodb":
        index = f"/index/{asked['IndexName']}" if "IndexName" in asked else ""
        tables = asked.get("RequestItems") or [asked.get("TableName", "")]
        return [f"{prefix}table/{table}{index}" for table in tables]
    if signer.service == "sqs":
        return [prefix + str(asked.get("QueueUrl", "")).rpartition("/")[2]]
    names = ("TopicArn", "TargetArn") if signer.service == "sns" else _STATES_NAMES
    return [next((str(asked[name]) for name in names if name in asked), "*")]
