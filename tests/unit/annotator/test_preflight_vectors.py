"""The annotator's verdict on the files that the browser has to agree about."""

from pathlib import Path

import pytest

from gas.errors import InvalidInput
from services.annotator.vcf.header import read_header
from services.annotator.vcf.records import read_records
from services.annotator.vcf.text import Text
from tests.unit.preflight_vectors import NAMES, VECTORS, content


def judged(path: Path) -> tuple[str, int | None]:
    with Text(path) as text:
        try:
            for _ in read_records(text, read_header(text)):
                pass
        except InvalidInput as error:
            try:
                text.read_to_end()
            except InvalidInput as damage:
                return "refuse", damage.line
            return "refuse", error.line
    return "accept", None


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_a_file_is_taken_or_refused_at_this_line(tmp_path, vector):
    path = tmp_path / "file"
    path.write_bytes(content(vector, tmp_path))

    assert judged(path) == (vector["verdict"], vector["line"])
