"""An account, its plan, and what a plan allows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Plan(StrEnum):
    """What a user has agreed to; read at the moment it matters, never copied into a message."""

    FREE = "free"
    PREMIUM = "premium"


@dataclass(frozen=True)
class PlanChange:
    """One allowed change of plan."""

    name: str
    start: Plan
    end: Plan


UPGRADE = PlanChange("upgrade", Plan.FREE, Plan.PREMIUM)
DOWNGRADE = PlanChange("downgrade", Plan.PREMIUM, Plan.FREE)
PLAN_CHANGES = (UPGRADE, DOWNGRADE)


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What the identity provider says of a person at login.

    :ivar user_id: Globus identity id, the owner of every job.
    """

    user_id: str
    name: str
    username: str
    email: str
    organization: str = ""


@dataclass(frozen=True, kw_only=True)
class MailWishes:
    """Which mails a user wants, by `gas.mails.MailKind`; the state machine reads them when it sends."""

    completed: bool = True
    failed: bool = True
    warning: bool = True
    restored: bool = True


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person as this service knows them. Times are seconds since the epoch.

    :ivar plan_since: when the present plan began.
    :ivar untold_since: when the plan changed, until the sweep has told it once more; None after that.
    :ivar sessions_since: a browser that logged in before that is logged out.
    """

    user_id: str
    name: str
    username: str
    email: str
    organization: str = ""
    plan: Plan = Plan.FREE
    plan_since: float = 0.0
    created_at: float = 0.0
    untold_since: float | None = None
    mail_wishes: MailWishes = MailWishes()
    sessions_since: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Token:
    """A personal access token; only the digest of its secret is kept.

    :ivar token_hash: SHA-256 of the whole token, hexadecimal; also the name by which it is revoked, since
        nobody finds a token of 256 random bits from its digest.
    :ivar hint: its first characters, so that its owner can recognise it.
    """

    token_hash: str
    user_id: str
    name: str
    hint: str
    created_at: float
    expires_at: int
