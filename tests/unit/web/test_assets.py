"""The browser files are taken out of pinned wheels."""

import gzip
import zipfile
from pathlib import Path

import pytest

from services.web import assets


def make_wheel(folder: Path, distribution: str) -> None:
    with zipfile.ZipFile(folder / f"{distribution}-1.0-py3-none-any.whl", "w") as wheel:
        for asset in assets.ASSETS:
            if asset.distribution == distribution:
                wheel.writestr(f"{distribution}{asset.member}", f"content of {asset.name}")


def test_the_named_files_are_taken_out_with_their_licences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for distribution in {asset.distribution for asset in assets.ASSETS}:
        make_wheel(wheels, distribution)

    for asset in assets.ASSETS:
        assets.extract(asset, wheels, tmp_path)

    assert (tmp_path / "htmx.min.js").read_text() == "content of htmx.min.js"
    assert (tmp_path / "bootstrap.LICENSE.txt").exists()
    assert gzip.decompress((tmp_path / "htmx.min.js.gz").read_bytes()) == b"content of htmx.min.js"


def test_a_current_folder_is_left_alone(tmp_path: Path) -> None:
    """Without looking for the wheels, which are not where it is told."""
    (tmp_path / assets.STAMP).write_text(assets.digest())

    assets.fetch_assets(tmp_path, wheels=tmp_path / "nowhere")

    assert [path.name for path in tmp_path.iterdir()] == [assets.STAMP]


def test_every_distribution_is_pinned_with_a_hash() -> None:
    pinned = assets.REQUIREMENTS.read_text().replace("-", "_")

    for asset in assets.ASSETS:
        assert f"{asset.distribution}==" in pinned
    assert "__hash=sha256:" in pinned
