"""What the services need from outside, as narrow protocols; the docstrings are the specification.

Those of storage are in `gas.storage_ports`.

Each port has an adapter in ``gas/aws`` and an in-memory fake in ``gas/fakes``, and one contract test
that runs on both. ``verify`` proves at start that the other side can be reached, or raises
`gas.errors.Misconfigured` with a sentence that says which thing and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gas.accounts import Account, PlanChange, Profile, Token
from gas.fair_share import QueueEntry
from gas.jobs import Job
from gas.messages import Message
from gas.transitions import Guard, Transition


@dataclass(frozen=True)
class Page:
    """A page of a user's jobs, newest first.

    :ivar cursor: leads to the next page, if there is one.
    :ivar cursors: of each job, what leads to a page that begins after it.
    """

    jobs: Sequence[Job]
    cursor: str | None = None
    cursors: Sequence[str] = ()


class JobStore(Protocol):
    """The jobs."""

    def add(self, job: Job) -> None:
        """Record a new job; `Refused` if its id exists."""

    def get(self, job_id: str, *, owner: str | None = None) -> Job:
        """The job as last written (never a stale copy).

        :raises NotFound: no such job, or it is not the owner's when one is given.
        """

    def move(self, job_id: str, transition: Transition, guard: Guard, **changes: Any) -> Job:
        """Make one transition and set these fields, in one conditional write; the job afterwards.

        A field set to None is removed. The same write sets ``attention_at``
        (`gas.transitions.attention_after`).

        :raises NotFound: no such job (or not the guard's user's).
        :raises Refused: `gas.transitions.allows` says no; nothing was written.
        """

    def page_of_user(self, user_id: str, *, cursor: str | None = None, limit: int = 25) -> Page:
        """A user's jobs, newest first, without those that were deleted.

        May miss what was written in the last moments. A page may have fewer jobs than the limit, and even
        none, while there are earlier ones: its cursor says so.
        """

    def verify(self) -> None:
        """Prove that the jobs can be reached."""


class OverdueJobs(Protocol):
    """The jobs that are later than they should be, for the sweep."""

    def overdue(self, before: float, *, limit: int) -> Sequence[str]:
        """Ids of at most so many jobs whose ``attention_at`` is not after this time, the oldest first.

        Read from an index that may lag: a job may have gone on since, or be gone.
        """

    def postpone(self, job: Job, until: float | None) -> bool:
        """Set ``attention_at``, unless the job went on since it was read; whether it was set.

        It went on if ``attention_at``, status, location or cycle is another now. A job that waits for nothing
        is left as it is.
        """


class JobQueue(Protocol):
    """The jobs that wait, run or have ended lately, of all users.

    Read from an index that may lag. A job that an older version of a service has moved may be missing.
    """

    def waiting(self, limit: int, *, since: float = 0.0) -> Sequence[QueueEntry]:
        """At most so many jobs that wait, queued since then, whoever waits longest first."""

    def running(self, limit: int, *, since: float = 0.0) -> Sequence[QueueEntry]:
        """At most so many jobs that run, started since then, the longest-running first."""

    def ended(self, limit: int, *, since: float = 0.0) -> Sequence[QueueEntry]:
        """At most so many jobs that completed or failed since then, the latest first."""


class AccountStore(Protocol):
    """The accounts."""

    def get(self, user_id: str) -> Account:
        """The account as last written; `NotFound` if there is none."""

    def enter(self, profile: Profile, *, now: float) -> Account:
        """Record what a login says of a person; a new account is free, a known one keeps its plan."""

    def change_plan(self, user_id: str, change: PlanChange, *, now: float) -> Account:
        """Change the plan; `Refused` if the account is not on the plan that the change starts from.

        The same write sets ``untold_since`` to this time.
        """

    def set(self, user_id: str, **fields: Any) -> Account:
        """Set fields that are the user's own choice (not the plan); `NotFound` if there is no account."""

    def verify(self) -> None:
        """Prove that the accounts can be reached."""


class OwnedJobs(Protocol):
    """Accounts and jobs together, for the pages of one job: each needs both."""

    def find(self, user_id: str, job_id: str) -> tuple[Account | None, Job | None]:
        """The account and the job as last written; None for what there is not, and for another user's job."""


class UntoldAccounts(Protocol):
    """The accounts whose change of plan the sweep has not told, for the sweep."""

    def untold(self, before: float, *, limit: int) -> Sequence[str]:
        """User ids of at most so many accounts untold since this time or longer, the oldest first.

        Read from an index that may lag.
        """

    def note_told(self, account: Account) -> None:
        """Remove ``untold_since``, unless the plan changed again since this account was read."""


class TokenStore(Protocol):
    """The personal access tokens."""

    def add(self, token: Token) -> None:
        """Record a new token."""

    def find(self, token_hash: str) -> Token:
        """The token with this digest; `NotFound` if there is none (or it was revoked)."""

    def of_user(self, user_id: str) -> Sequence[Token]:
        """All tokens of a user, newest first."""

    def revoke(self, user_id: str, token_hash: str) -> None:
        """Remove a token of this user; nothing happens if there is none."""

    def verify(self) -> None:
        """Prove that the tokens can be reached."""


class Bus(Protocol):
    """The topics."""

    def publish(self, message: Message) -> None:
        """Publish a message on its topic; done when it is durable."""

    def verify(self) -> None:
        """Prove that the topics can be reached."""


@dataclass(frozen=True)
class Delivery:
    """One receipt of one queue message.

    :ivar attempt: how often it has been received, this time included.
    :ivar receipt: what the queue wants to hear to extend or delete it.
    """

    message_id: str
    body: str
    attempt: int
    receipt: str


class Inbox(Protocol):
    """A queue, as its consumer sees it."""

    def receive(self) -> Delivery | None:
        """The next message, now invisible to others for a while; None after a long wait without one."""

    def extend(self, delivery: Delivery, seconds: float) -> None:
        """Keep it invisible for this long from now; 0 gives it back."""

    def defer(self, delivery: Delivery, seconds: float, body: str) -> None:
        """Put this body into the queue, to be received that much later, and then delete the message.

        So its receipts are counted anew. If only the first half is done, there are two messages.
        """

    def delete(self, delivery: Delivery) -> None:
        """It is done with."""

    def verify(self) -> None:
        """Prove that the queue can be reached."""


class Executions(Protocol):
    """Executions of the ``after_completion`` state machine."""

    def start(self, name: str, data: Mapping[str, Any]) -> bool:
        """Start the execution of this name; False if that name was already started, which is success."""

    def verify(self) -> None:
        """Prove that the state machine can be reached."""
