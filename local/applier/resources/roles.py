"""AWS::IAM::Role."""

from typing import Any

from local.applier.resources.wire import text
from local.applier.shapes import DOCUMENT, SCALAR
from local.applier.target import Applied, Target

SHAPE = {
    "RoleName": SCALAR,
    "AssumeRolePolicyDocument": DOCUMENT,
    "Policies": [{"PolicyName": SCALAR, "PolicyDocument": DOCUMENT}],
}


def apply(logical_id: str, properties: dict[str, Any], target: Target) -> Applied:
    """Inline policies that the template no longer has are taken away."""
    iam, name = target.client("iam"), properties.get("RoleName", target.name(logical_id))
    role = _create_or_update(name, text(properties["AssumeRolePolicyDocument"]), iam)
    policies = {p["PolicyName"]: text(p["PolicyDocument"]) for p in properties.get("Policies", [])}
    for policy, document in policies.items():
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=document)
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        if policy not in policies:
            iam.delete_role_policy(RoleName=name, PolicyName=policy)
    target.note_not_enforced("AWS::IAM::Role")
    return Applied(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def _create_or_update(name: str, trust: str, iam: Any) -> dict[str, Any]:
    try:
        role = iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return dict(iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"])
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=trust)
    return dict(role)
