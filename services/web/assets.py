"""Fetches the browser files that the pages use: ``python -m services.web.assets DEST [--wheels DIR]``.

They come out of pinned wheels whose hashes are in ``requirements-assets.txt``, so that a build needs
no content delivery network and no node, and the repository holds no third-party browser file.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

REQUIREMENTS = Path(__file__).with_name("requirements-assets.txt")
STAMP = "stamp.txt"


@dataclass(frozen=True)
class Asset:
    """One file of a wheel.

    :ivar distribution: how the wheel's file name begins.
    :ivar member: how the file's path in the wheel ends.
    """

    name: str
    distribution: str
    member: str


ASSETS = (
    Asset("bootstrap.min.css", "bootstrap_flask", "/static/bootstrap5/css/bootstrap.min.css"),
    Asset("bootstrap.LICENSE.txt", "bootstrap_flask", "/licenses/LICENSE"),
    Asset("htmx.min.js", "django_htmx", "/static/django_htmx/htmx-2.min.js"),
    Asset("htmx.LICENSE.txt", "django_htmx", "/licenses/LICENSE"),
    Asset("igv.min.js", "igv_notebook", "/js/igv.min.js"),
    Asset("igv.LICENSE.txt", "igv_notebook", "/LICENSE.md"),
)


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="Fetch the browser files of the web application.")
    parser.add_argument("destination", type=Path)
    parser.add_argument("--wheels", type=Path, help="a folder with the wheels, instead of the package index")
    options = parser.parse_args(arguments)
    fetch_assets(options.destination, wheels=options.wheels)


def fetch_assets(destination: Path, *, wheels: Path | None = None) -> None:
    """Fill the folder, unless it is current."""
    stamp = destination / STAMP
    wanted = digest()
    if stamp.is_file() and stamp.read_text(encoding="ascii") == wanted:
        return
    destination.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        download(Path(folder), wheels)
        for asset in ASSETS:
            extract(asset, Path(folder), destination)
    stamp.write_text(wanted, encoding="ascii")


def download(folder: Path, wheels: Path | None) -> None:
    """Put the wheels into a folder; pip refuses one whose hash is not the pinned one."""
    source = ["--no-index", "--find-links", str(wheels)] if wheels else []
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--require-hashes", "--only-binary", ":all:", *source]
    command += ["--requirement", str(REQUIREMENTS), "--dest", str(folder)]
    subprocess.run(command, check=True)  # noqa: S603 - nothing in it comes from outside.


def extract(asset: Asset, wheels: Path, destination: Path) -> None:
    """Copy one file out of its wheel, with a compressed one beside it."""
    (path,) = wheels.glob(f"{asset.distribution}-*.whl")
    with zipfile.ZipFile(path) as wheel:
        (member,) = (name for name in wheel.namelist() if name.endswith(asset.member))
        data = wheel.read(member)
    (destination / asset.name).write_bytes(data)
    # The server hands out the compressed file that lies beside the plain one.
    (destination / f"{asset.name}.gz").write_bytes(gzip.compress(data, mtime=0))


def digest() -> str:
    """Changes with the pinned wheels and with what is taken out of them."""
    return hashlib.sha256(REQUIREMENTS.read_bytes() + Path(__file__).read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
