"""A workbench with the small genome whose genes share ends."""

from dataclasses import replace

import pytest

from tests.unit.annotator.conftest import Bench
from tests.unit.annotator.haplotype_texts import AWARE, HEADER, make_pack


@pytest.fixture(scope="session")
def genes(tmp_path_factory):
    return make_pack(tmp_path_factory.mktemp("pack") / "genes")


@pytest.fixture
def bench(tmp_path, genes):
    return Bench(tmp_path, genes)


@pytest.fixture
def annotate(bench):
    """Annotate records in haplotype-aware mode."""

    def annotated(*records, header=HEADER, **options):
        return bench.annotate(header + b"".join(records), options=replace(AWARE, **options))

    return annotated
