"""What every account store and every token store promises."""

from __future__ import annotations

import uuid

import pytest

from gas.accounts import DOWNGRADE, UPGRADE, MailWishes, Plan, Profile, Token
from gas.errors import NotFound, Refused


def profile(user: str, **fields) -> Profile:
    return Profile(**{"user_id": user, "name": "Ada", "username": "ada@x", "email": "a@x", **fields})


def token(user: str, created_at: float = 1.5) -> Token:
    return Token(
        token_hash=uuid.uuid4().hex * 2,
        user_id=user,
        name="laptop",
        hint="gas_pat_abcd",
        created_at=created_at,
        expires_at=1_900_000_000,
    )


def test_a_first_login_makes_a_free_account(accounts, user):
    """The plan begins then."""
    account = accounts.enter(profile(user), now=1000.5)

    assert (account.plan, account.plan_since, account.created_at) == (Plan.FREE, 1000.5, 1000.5)
    assert accounts.get(user) == account


def test_a_later_login_refreshes_the_person_and_keeps_the_plan(accounts, user):
    """Whatever the identity provider says, the plan is ours."""
    accounts.enter(profile(user), now=1000.0)
    accounts.change_plan(user, UPGRADE, now=2000.0)

    account = accounts.enter(profile(user, name="Ada Lovelace"), now=3000.0)

    assert account.name == "Ada Lovelace"
    assert (account.plan, account.plan_since, account.created_at) == (Plan.PREMIUM, 2000.0, 1000.0)


def test_what_a_user_chooses_is_kept_over_logins(accounts, user):
    """One choice does not touch another, nor the plan."""
    entered = accounts.enter(profile(user), now=1000.0)
    assert entered.mail_wishes == MailWishes()

    accounts.set(user, mail_wishes=MailWishes(failed=False))
    account = accounts.set(user, sessions_since=2000.5)
    accounts.enter(profile(user), now=3000.0)

    assert (account.mail_wishes, account.sessions_since) == (MailWishes(failed=False), 2000.5)
    assert accounts.get(user) == account


def test_nobody_who_is_not_there_chooses(accounts, user):
    """No account comes into being."""
    with pytest.raises(NotFound):
        accounts.set(user, sessions_since=1.0)
    with pytest.raises(NotFound):
        accounts.get(user)


def test_a_plan_changes_only_from_the_other_one(accounts, user):
    """Twice the same change is refused and moves no date."""
    accounts.enter(profile(user), now=1000.0)
    with pytest.raises(Refused):
        accounts.change_plan(user, DOWNGRADE, now=1500.0)

    accounts.change_plan(user, UPGRADE, now=2000.0)
    with pytest.raises(Refused):
        accounts.change_plan(user, UPGRADE, now=2500.0)

    assert accounts.get(user).plan_since == 2000.0
    assert accounts.change_plan(user, DOWNGRADE, now=3000.0).plan is Plan.FREE


def test_an_unknown_account_is_not_found(accounts, user):
    """To read and to change alike; and a change never makes one."""
    with pytest.raises(NotFound):
        accounts.get(user)
    with pytest.raises(NotFound):
        accounts.change_plan(user, UPGRADE, now=1.0)
    with pytest.raises(NotFound):
        accounts.get(user)


def test_a_change_of_plan_is_untold_until_it_was_told(accounts, user):
    """The longest untold first; a login, or a change that was refused, is no change of plan."""
    other = f"another {user}"
    for each, when in ((user, -20.5), (other, -30.0)):
        accounts.enter(profile(each), now=-40.0)
        accounts.change_plan(each, UPGRADE, now=when)
    with pytest.raises(Refused):
        accounts.change_plan(user, UPGRADE, now=-10.0)
    account = accounts.enter(profile(user), now=-5.0)
    assert account.untold_since == -20.5
    assert accounts.untold(-20.5, limit=10) == [other, user]
    assert accounts.untold(-20.5, limit=1) == [other]
    assert accounts.untold(-25.0, limit=10) == [other]

    for each in (user, other):
        accounts.note_told(accounts.get(each))

    assert accounts.untold(-1.0, limit=10) == []
    assert accounts.get(user).untold_since is None
    assert accounts.get(user).plan is Plan.PREMIUM


def test_a_plan_that_changed_again_is_not_noted_as_told(accounts, user):
    """What was told was the plan before."""
    accounts.enter(profile(user), now=1.0)
    seen = accounts.change_plan(user, UPGRADE, now=2.0)
    accounts.change_plan(user, DOWNGRADE, now=3.0)

    accounts.note_told(seen)

    assert accounts.get(user).untold_since == 3.0


def test_a_token_is_found_by_its_digest_until_it_is_revoked(tokens, user):
    """By its owner, and by nobody else."""
    mine = token(user)
    tokens.add(mine)
    assert tokens.find(mine.token_hash) == mine

    tokens.revoke("somebody else", mine.token_hash)
    assert tokens.find(mine.token_hash) == mine

    tokens.revoke(user, mine.token_hash)
    tokens.revoke(user, mine.token_hash)
    with pytest.raises(NotFound):
        tokens.find(mine.token_hash)


def test_a_users_tokens_are_listed_newest_first(tokens, user):
    """And no one else's."""
    old, new = token(user, 1.0), token(user, 2.0)
    for each in (old, new, token("somebody else")):
        tokens.add(each)

    assert list(tokens.of_user(user)) == [new, old]


def test_the_stores_can_be_verified(accounts, tokens):
    """At start, a service asks for its tables."""
    accounts.verify()
    tokens.verify()
