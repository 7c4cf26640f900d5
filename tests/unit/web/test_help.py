"""The help page says what is so: its numbers are the settings', its statuses those of the jobs' pages."""

from html import unescape

import pytest

from services.web.status_text import COMPLETED, UNFINISHED
from tests.unit.web.builders import World, settings


@pytest.mark.parametrize("user", ["ada-id", None])
def test_anybody_can_read_it(world, user):
    """It is linked in the header of every page."""
    browser = world.browser(user)

    assert 'href="/help"' in browser.get("/").text
    assert browser.get("/help").status_code == 200


def test_every_status_is_explained_in_the_words_of_the_pages(world, ada):
    """Among those of completed jobs, the ones that a free user meets."""
    page = unescape(ada.get("/help").text)

    texts = [*UNFINISHED.values(), *(text for (_, plan), text in COMPLETED.items() if plan == "free")]
    shown = [text.word for text in texts if text.sentence in page]
    assert set(shown) == {text.word for text in texts}


def test_its_limits_are_those_of_the_deployment():
    """Not numbers that somebody wrote into the text."""
    world = World(settings(free_input_bytes=7_000_000, retention_seconds=5400, extensions=0))

    page = world.browser().get("/help").text

    assert "up to 7 MB on the free plan" in page
    assert "1 hour 30 minutes" in page
    assert "can be kept" not in page
