"""What the task roles allow is what the services need: a life with everything in it uses each right.

That nothing is refused which a service needs is asserted at the end of every system of these tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import running_system
from tests.e2e.large_files import begin_job
from tests.e2e.researcher import TIMEOUT, Researcher
from tests.e2e.test_life import SAMPLE
from tests.waiting import wait_for

pytestmark = pytest.mark.e2e

SERVICES = ("web", "annotator", "archiver", "restorer")

#: What a quiet life on this machine does not use, and why the role has it all the same.
UNUSED = {
    "annotator s3:DeleteObject": "results of a job that was cancelled while it ran (test_queue.py)",
    "ecs:UpdateTaskProtection": "the ECS agent asks for it in the name of the task",
    "sqs:ChangeMessageVisibility": "a long job, or one that is given back",
    "sqs:SendMessage": "the job of a user who has many goes behind those of others (test_queue.py)",
    "s3:AbortMultipartUpload": "an upload in parts that failed or was abandoned",
    "s3:DeleteObjectVersion": "a bucket whose operator has switched versions on",
    "s3:ListBucketVersions": "a bucket whose operator has switched versions on",
    "s3:GetObjectTagging": "a result above 5 GB is copied in parts, and its tags with them",
    "s3:PutObjectTagging": "a result above 5 GB is copied in parts, and its tags with them",
    "s3:ListBucketMultipartUploads": "the parts of a deleted job's upload, and of a copy that was cut off",
    "glacier:InitiateMultipartUpload": "a result above 16 MiB (test_large_results.py)",
    "glacier:UploadMultipartPart": "a result above 16 MiB (test_large_results.py)",
    "glacier:CompleteMultipartUpload": "a result above 16 MiB (test_large_results.py)",
    "glacier:AbortMultipartUpload": "a result above 16 MiB whose upload was cut off",
    "glacier:ListParts": "a result above 16 MiB whose upload was cut off",
    "glacier:ListMultipartUploads": "a result above 16 MiB whose upload was cut off",
}


def take_the_way_of_a_free_result(ada: Researcher) -> None:
    """Annotated, archived, restored by an upgrade, and given a new window by a downgrade."""
    job_id = ada.submit(SAMPLE)
    ada.post(f"/jobs/{job_id}/uploaded")
    ada.wait(job_id, location="ARCHIVED")
    ada.post("/account/upgrade")
    ada.wait(job_id, location="HOT", downloadable=True)
    ada.post("/account/downgrade")
    ada.wait(job_id, location="ARCHIVED")


def use_every_page(gregor: Researcher) -> None:
    """Lists, tokens, the table, an upload in parts, a job run again, a deletion."""
    first = gregor.submit(SAMPLE)
    gregor.wait(first, status="COMPLETED")
    for path in ("/jobs", f"/jobs/{first}", f"/jobs/{first}/table"):
        assert gregor.page(path).ok, path
    begun, _ = begin_job(gregor)
    gregor.get(f"/jobs/{begun}/parts")
    again = gregor.post(f"/jobs/{first}/again", 201)["job"]["job_id"]
    gregor.wait(again, status="COMPLETED")
    for job_id in (first, begun):
        gregor.script.delete(f"{gregor.web}/api/v1/jobs/{job_id}", timeout=TIMEOUT).raise_for_status()


def revoke_token(gregor: Researcher) -> None:
    """The only one, by its button."""
    (path,) = re.findall(r'action="(/account/tokens/\w+/revoke)"', gregor.page("/account").text)
    assert gregor.submit_form(path).ok


def granted(system) -> Iterator[tuple[str, str, str, str]]:
    """Role, Sid, action and resource of each right."""
    iam = system.client("iam")
    for service in SERVICES:
        role = f"gas-{service}-TaskRole"
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            for each in policy["Statement"]:
                for action in listed(each["Action"]):
                    for resource in listed(each["Resource"]):
                        yield nameless((role, each["Sid"], action, resource))


def needed(system) -> set[tuple[str, str, str, str]]:
    """The same, of what was asked for and allowed."""
    names = ("role", "sid", "action", "resource")
    allowed = system.control("/rights.json")["allowed"]
    return {nameless(tuple(each[name] for name in names)) for each in allowed}


def nameless(right: tuple) -> tuple:
    """The key of each system has an id of its own."""
    return tuple(re.sub(r":key/.*", ":key/x", part) for part in right)


def listed(value) -> list[str]:
    return value if isinstance(value, list) else [value]


def covers(pattern: str, resource: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), resource) is not None


def names(right: tuple) -> set[str]:
    """By which a right may be excused: its action, for every service or for one."""
    role, _, action, _ = right
    return {action, f"{role.split('-')[1]} {action}"}


def excused(right: tuple) -> bool:
    return bool(names(right) & set(UNUSED))


def unused(rights: set, used: set) -> set[str]:
    """Actions of statements, and resources of them, that nobody has needed."""
    rights = {each for each in rights if not excused(each)}
    done = {each[:3] for each in used}
    missing = {" ".join(each[:3]) for each in rights if each[:3] not in done}
    for role, sid, _, pattern in rights:
        if not any(each[:2] == (role, sid) and covers(pattern, each[3]) for each in used):
            missing.add(f"{role} {sid} {pattern}")
    return missing


def test_every_right_is_used_or_has_a_reason(tmp_path):
    """Each action of each statement, and each resource, with either kind of cold store."""
    rights: set = set()
    used: set = set()
    for store in ("GLACIER", "VAULT"):
        folder = tmp_path / store
        folder.mkdir()
        with running_system(folder, "--cold-store", store) as system:
            gregor = Researcher.logged_in(system.web, "Gregor Mendel", plan="premium")
            use_every_page(gregor)
            revoke_token(gregor)
            take_the_way_of_a_free_result(Researcher.logged_in(system.web, "Ada Lovelace", plan="free"))
            # The sweep comes by itself, and what is deleted is removed a little later.
            wait_for(lambda system=system: swept(system), "a sweep", patience=60)
            system.assert_quiet()
            rights |= set(granted(system))
            used |= needed(system)

    assert unused(rights, used) == set()
    assert all(any(excuse in names(each) for each in rights) for excuse in UNUSED), "an excuse for nothing"


def swept(system) -> bool:
    """Whether a change of plan was told once more, and an input removed."""
    found = {(sid, action) for role, sid, action, _ in needed(system) if "archiver" in role}
    return {("ReadPlans", "dynamodb:UpdateItem"), ("RemoveInputsOfDeletedJobs", "s3:DeleteObject")} <= found
