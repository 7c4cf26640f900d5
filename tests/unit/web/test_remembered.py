"""What the viewer remembers of tables: bounded by what it takes, whatever is in the table."""

from __future__ import annotations

import pytest

from services.web.viewer.remembered import Remembered
from services.web.viewer.tables import _weight
from tests.unit.web.builders import JOB, World
from tests.unit.web.result_tables import add_table


def test_what_was_not_asked_for_longest_is_forgotten_first() -> None:
    remembered, asked = Remembered(10, weigh=len), []

    def ask(text: str) -> str:
        asked.append(text)
        return text

    for text in ("aaaa", "bbbb", "aaaa", "cccc", "aaaa", "bbbb", "d" * 11, "aaaa"):
        assert remembered.get(text, lambda text=text: ask(text)) == text

    assert asked == ["aaaa", "bbbb", "cccc", "bbbb", "d" * 11, "aaaa"]


def test_an_answer_that_two_found_out_weighs_once() -> None:
    remembered, asked = Remembered(8, weigh=len), []

    def ask() -> str:
        # The other one was quicker.
        remembered.get("question", lambda: "aaaa")
        return "aaaa"

    assert remembered.get("question", ask) == "aaaa"
    assert remembered.get("another", lambda: "bbbb") == "bbbb"
    assert remembered.get("question", lambda: asked.append("again")) == "aaaa"
    assert asked == []


@pytest.mark.parametrize("bases", [1, 100_000])
def test_pages_weigh_what_their_cells_do(world: World, bases: int) -> None:
    add_table(world, [{"position": number + 1, "ref": "A" * bases} for number in range(60)])
    world.browser().get(f"/jobs/{JOB}/table")
    answers = world.app.extensions["gas"].tables._answers._answers.values()

    assert 50 * bases < sum(map(_weight, answers)) < 50 * (bases + 3000)
