"""Fakes of the record stores."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from gas.accounts import Account, PlanChange, Profile, Token
from gas.errors import NotFound, Refused
from gas.jobs import Job, JobStatus
from gas.ports import Page
from gas.transitions import Guard, Transition, allows, attention_after


class FakeJobStore:
    """Jobs in a dict; ``moves`` lists the transitions made, in order."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.moves: list[tuple[str, str]] = []
        self._listed: dict[str, Job] | None = None
        self._lock = threading.Lock()

    def add(self, job: Job) -> None:
        """See `gas.ports.JobStore`."""
        with self._lock:
            if job.job_id in self.jobs:
                raise Refused(f"job {job.job_id} exists")
            self.jobs[job.job_id] = job

    def get(self, job_id: str, *, owner: str | None = None) -> Job:
        """See `gas.ports.JobStore`."""
        job = self.jobs.get(job_id)
        if job is None or (owner is not None and job.user_id != owner):
            raise NotFound(f"no job {job_id}")
        return job

    def move(self, job_id: str, transition: Transition, guard: Guard, **changes: Any) -> Job:
        """See `gas.ports.JobStore`."""
        with self._lock:
            job = self.get(job_id, owner=guard.user_id)
            if not allows(transition, job, guard):
                raise Refused(f"{transition.name} is not allowed for job {job_id}")
            due = attention_after(transition, guard, changes)
            moved = replace(job, **_with_states(transition, changes), attention_at=due)
            self.jobs[job_id] = moved
            self.moves.append((job_id, transition.name))
            return moved

    def page_of_user(self, user_id: str, *, cursor: str | None = None, limit: int = 25) -> Page:
        """See `gas.ports.JobStore`; the cursor is a position."""
        listed = self.jobs if self._listed is None else self._listed
        mine = [
            job for job in listed.values() if job.user_id == user_id and job.status is not JobStatus.DELETED
        ]
        mine.sort(key=lambda job: job.submit_time, reverse=True)
        if not (cursor or "0").isdecimal():
            raise NotFound("there is no such page")
        start = int(cursor or 0)
        end = start + limit
        cursors = [str(place + 1) for place in range(len(mine))]
        return Page(mine[start:end], str(end) if end < len(mine) else None, cursors[start:end])

    def overdue(self, before: float, *, limit: int) -> Sequence[str]:
        """See `gas.ports.OverdueJobs`."""
        waiting = [(job.attention_at, job.job_id) for job in self.jobs.values()]
        late = sorted((at, job_id) for at, job_id in waiting if at is not None and at <= before)
        return [job_id for _, job_id in late[:limit]]

    def postpone(self, job: Job, until: float | None) -> bool:
        """See `gas.ports.OverdueJobs`."""
        with self._lock:
            present = self.jobs.get(job.job_id)
            if present is None or present.attention_at is None or _seen(present) != _seen(job):
                return False
            self.jobs[job.job_id] = replace(present, attention_at=until)
            return True

    def freeze_list(self) -> None:
        """From now on lists show the jobs as they are now, as an index that lags behind does."""
        self._listed = dict(self.jobs)

    def verify(self) -> None:
        """Nothing to reach."""


def _seen(job: Job) -> tuple[Any, ...]:
    return (job.attention_at, job.status, job.location, job.cycle)


def _with_states(transition: Transition, changes: dict[str, Any]) -> dict[str, Any]:
    states: dict[str, Any] = {}
    if transition.status_to:
        states["status"] = transition.status_to
    if transition.location_to:
        states["location"] = transition.location_to
    return {**changes, **states}


class FakeAccountStore:
    """Accounts in a dict."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}

    def get(self, user_id: str) -> Account:
        """See `gas.ports.AccountStore`."""
        try:
            return self.accounts[user_id]
        except KeyError:
            raise NotFound(f"no account {user_id}") from None

    def enter(self, profile: Profile, *, now: float) -> Account:
        """See `gas.ports.AccountStore`."""
        known = self.accounts.get(profile.user_id)
        if known:
            account = replace(known, **asdict(profile))
        else:
            account = Account(**asdict(profile), plan_since=now, created_at=now)
        self.accounts[profile.user_id] = account
        return account

    def change_plan(self, user_id: str, change: PlanChange, *, now: float) -> Account:
        """See `gas.ports.AccountStore`."""
        account = self.get(user_id)
        if account.plan is not change.start:
            raise Refused(f"{change.name} is not allowed for {user_id}")
        self.accounts[user_id] = replace(account, plan=change.end, plan_since=now, untold_since=now)
        return self.accounts[user_id]

    def set(self, user_id: str, **fields: Any) -> Account:
        """See `gas.ports.AccountStore`."""
        self.accounts[user_id] = replace(self.get(user_id), **fields)
        return self.accounts[user_id]

    def untold(self, before: float, *, limit: int) -> Sequence[str]:
        """See `gas.ports.UntoldAccounts`."""
        waiting = [(account.untold_since, account.user_id) for account in self.accounts.values()]
        late = sorted((at, user_id) for at, user_id in waiting if at is not None and at <= before)
        return [user_id for _, user_id in late[:limit]]

    def note_told(self, account: Account) -> None:
        """See `gas.ports.UntoldAccounts`."""
        present = self.accounts[account.user_id]
        if present.untold_since == account.untold_since:
            self.accounts[account.user_id] = replace(present, untold_since=None)

    def verify(self) -> None:
        """Nothing to reach."""


class FakeOwnedJobs:
    """What the two stores have."""

    def __init__(self, accounts: FakeAccountStore, jobs: FakeJobStore) -> None:
        self._accounts = accounts
        self._jobs = jobs

    def find(self, user_id: str, job_id: str) -> tuple[Account | None, Job | None]:
        """See `gas.ports.OwnedJobs`."""
        job = self._jobs.jobs.get(job_id)
        return self._accounts.accounts.get(user_id), job if job and job.user_id == user_id else None


class FakeTokenStore:
    """Tokens in a dict by digest."""

    def __init__(self) -> None:
        self.tokens: dict[str, Token] = {}

    def add(self, token: Token) -> None:
        """See `gas.ports.TokenStore`."""
        self.tokens[token.token_hash] = token

    def find(self, token_hash: str) -> Token:
        """See `gas.ports.TokenStore`."""
        try:
            return self.tokens[token_hash]
        except KeyError:
            raise NotFound("no such token") from None

    def of_user(self, user_id: str) -> Sequence[Token]:
        """See `gas.ports.TokenStore`."""
        mine = [token for token in self.tokens.values() if token.user_id == user_id]
        return sorted(mine, key=lambda token: token.created_at, reverse=True)

    def revoke(self, user_id: str, token_hash: str) -> None:
        """See `gas.ports.TokenStore`."""
        token = self.tokens.get(token_hash)
        if token and token.user_id == user_id:
            del self.tokens[token_hash]

    def verify(self) -> None:
        """Nothing to reach."""
