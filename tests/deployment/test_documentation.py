"""What the documentation says is checked where it can be."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from gas.settings import describe

ROOT = Path(__file__).parents[2]
SETTINGS = {
    "web": "WebSettings",
    "annotator": "AnnotatorSettings",
    "archiver": "ArchiverSettings",
    "restorer": "RestorerSettings",
}
PAGES = [
    path
    for path in ROOT.rglob("*.md")
    if not {".venv", ".venv-lint", ".venv-lock", ".local"} & set(path.parts)
]


@pytest.mark.parametrize("service", SETTINGS)
def test_the_settings_table_of_a_service_is_current(service):
    """Name, meaning and default of every setting, as the settings class has them."""
    cls = getattr(import_module(f"services.{service}.settings"), SETTINGS[service])
    rows = [f"| `{row.env}` | {row.doc} | {row.default} |" for row in describe(cls)]

    text = (ROOT / "services" / service / "README.md").read_text()

    table = [line for line in text.splitlines() if re.match(r"\| `(GAS|ECS)_", line)]
    assert table == rows


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page):
    """Of the repository; addresses elsewhere are not looked up."""
    for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_every_function_that_the_architecture_page_names_exists():
    """The walk through the code names functions as `module.path:function`."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    named = re.findall(r"`((?:gas|services|local)[\w.]+):(\w+(?:\.\w+)?)`", text)
    assert len(named) > 15

    for module, name in named:
        subject = import_module(module)
        for part in name.split("."):
            subject = getattr(subject, part)


def test_every_make_target_in_the_readme_exists():
    """A command that is told works."""
    targets = set(re.findall(r"^([a-z-]+):.*?## ", (ROOT / "Makefile").read_text(), re.MULTILINE))

    for page in PAGES:
        told = set(re.findall(r"`make ([a-z-]+)", page.read_text()))
        assert told <= targets, (page, told - targets)


def test_every_decision_has_its_parts():
    """Context, options, outcome."""
    decisions = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert decisions

    for page in decisions:
        for part in ("## Context", "## Options", "## Outcome"):
            assert part in page.read_text(), page
