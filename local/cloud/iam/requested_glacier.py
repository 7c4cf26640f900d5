"""The one thing that a request to a vault asks to be allowed.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3glacier.html
"""

from local.cloud.accounts import ACCOUNT
from local.cloud.iam.permissions import Permission
from local.cloud.s3.requests import Request

#: By method, and what follows the account in the address; a star stands for a name.
ACTIONS = {
    ("GET", "vaults"): "ListVaults",
    ("PUT", "vaults/*"): "CreateVault",
    ("GET", "vaults/*"): "DescribeVault",
    ("POST", "vaults/*/archives"): "UploadArchive",
    ("DELETE", "vaults/*/archives/*"): "DeleteArchive",
    ("POST", "vaults/*/multipart-uploads"): "InitiateMultipartUpload",
    ("GET", "vaults/*/multipart-uploads"): "ListMultipartUploads",
    ("PUT", "vaults/*/multipart-uploads/*"): "UploadMultipartPart",
    ("GET", "vaults/*/multipart-uploads/*"): "ListParts",
    ("POST", "vaults/*/multipart-uploads/*"): "CompleteMultipartUpload",
    ("DELETE", "vaults/*/multipart-uploads/*"): "AbortMultipartUpload",
    ("POST", "vaults/*/jobs"): "InitiateJob",
    ("GET", "vaults/*/jobs"): "ListJobs",
    ("GET", "vaults/*/jobs/*"): "DescribeJob",
    ("GET", "vaults/*/jobs/*/output"): "GetJobOutput",
}


def of_glacier(request: Request, region: str) -> Permission:
    """The action is on the vault; what is no operation needs what nobody is given."""
    parts = request.raw_path.lstrip("/").split("/")[1:]
    # Names are at every second place, and the output of a job has none.
    shape = "/".join("*" if place % 2 else part for place, part in enumerate(parts))
    action = ACTIONS.get((request.method, shape), "Unknown")
    vault = parts[1] if len(parts) > 1 else "*"
    return Permission(f"glacier:{action}", f"arn:aws:glacier:{region}:{ACCOUNT}:vaults/{vault}")
