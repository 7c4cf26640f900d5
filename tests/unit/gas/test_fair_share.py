"""The order in which waiting jobs are taken: users take turns, whatever each of them has queued."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gas.fair_share import QueueEntry, fair_order, places_before


def entry(job_id: str, user_id: str, queued_at: float) -> QueueEntry:
    return QueueEntry(job_id=job_id, user_id=user_id, queued_at=queued_at)


def entries(user_id: str, count: int, *, since: float = 0.0) -> list[QueueEntry]:
    return [entry(f"{user_id}{number}", user_id, since + number) for number in range(1, count + 1)]


def ids(places) -> list[str]:
    return [place.entry.job_id for place in places]


def before(job_id: str, order) -> list[str]:
    return [each.job_id for each in places_before(order, job_id)]


def test_with_one_user_jobs_are_taken_as_they_came():
    order = fair_order(reversed(entries("a", 4)), (), ())

    assert ids(order) == ["a1", "a2", "a3", "a4"]
    assert all(before(job_id, order) == [] for job_id in ids(order))


def test_another_users_first_job_comes_before_the_second_of_whoever_queued_a_thousand():
    order = fair_order([*entries("a", 1000), *entries("b", 2, since=5000)], (), ())

    assert ids(order)[:5] == ["a1", "b1", "a2", "b2", "a3"]
    assert before("a2", order) == ["a1", "b1"]


def test_jobs_that_run_count():
    """A user with one running comes after one with none."""
    order = fair_order([*entries("a", 2), entry("b1", "b", 9.0)], [entry("a0", "a", 0.0)], ())

    assert ids(order) == ["b1", "a1", "a2"]
    assert before("a1", order) == ["b1"]


def test_jobs_that_have_just_ended_count():
    """Whoever submits one job after another takes turns like whoever submits all at once."""
    order = fair_order([entry("a9", "a", 1.0), entry("b1", "b", 9.0)], (), entries("a", 3))

    assert ids(order) == ["b1", "a9"]


def test_among_jobs_of_one_rank_it_does_not_matter_which_is_heard_of_first():
    """So the order of messages in the queue costs nothing."""
    order = fair_order([entry("a1", "a", 1.0), entry("b1", "b", 2.0)], (), ())

    assert before("b1", order) == []


def test_a_job_gives_way_to_no_other_of_its_own_user():
    order = fair_order(entries("a", 3), (), ())

    assert before("a3", order) == []


users = st.sampled_from("abc")
queued = st.lists(st.tuples(users, st.floats(0, 100)), max_size=25)


@given(waiting=queued, running=st.lists(users, max_size=4), ended=st.lists(users, max_size=4))
def test_every_job_has_one_place_and_nobody_waits_for_more_of_another_user_than_he_had_himself(
    waiting, running, ended
):
    """Those of another user that go before a job are at most as many as its user has had, with it."""
    there = [entry(f"{number}", user_id, at) for number, (user_id, at) in enumerate(waiting)]
    had = [entry(f"had {number}", user_id, 0.0) for number, user_id in enumerate(running + ended)]
    order = fair_order(there, had[: len(running)], had[len(running) :])

    assert sorted(ids(order)) == sorted(each.job_id for each in there)
    for at, place in enumerate(order):
        for other in "abc":
            ahead = sum(each.entry.user_id == other for each in order[:at])
            assert other == place.entry.user_id or ahead <= place.rank
    if order:
        assert before(order[0].entry.job_id, order) == []


@given(waiting=queued)
def test_a_job_gives_way_only_to_smaller_ranks_and_to_the_first_of_all_first(waiting):
    there = [entry(f"{number}", user_id, at) for number, (user_id, at) in enumerate(waiting)]
    order = fair_order(there, (), ())
    ranks = {place.entry.job_id: place.rank for place in order}

    for place in order:
        found = before(place.entry.job_id, order)
        assert all(ranks[job_id] < place.rank for job_id in found)
        assert found[:1] in ([], ids(order)[:1])
