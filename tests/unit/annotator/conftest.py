"""A workbench for the annotation engine: text in, annotated records, log, summary and table out."""

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.annotator.annotation import csq_server
from services.annotator.annotation.csq import Csq
from services.annotator.annotation.file import Options, annotate_file
from services.annotator.engines import process_group
from services.annotator.pack.genes import Genes
from services.annotator.pack.pack import BUILTIN_PACKS, Pack, load_pack
from services.annotator.result.report import Report
from services.annotator.result.result_files import Outputs

HEADER = b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"


USUAL = Options()


@dataclass(frozen=True)
class Result:
    """What an annotation left, read back."""

    report: Report
    outputs: Outputs

    @property
    def text(self) -> bytes:
        return gzip.decompress(self.outputs.vcf.read_bytes())

    @property
    def header(self) -> list[bytes]:
        return [line for line in self.text.splitlines() if line.startswith(b"#")]

    @property
    def records(self) -> list[bytes]:
        return [line for line in self.text.split(b"\n") if line and not line.startswith(b"#")]

    @property
    def infos(self) -> list[dict[str, str]]:
        columns = (record.split(b"\t")[7].decode("latin-1") for record in self.records)
        return [dict(entry.partition("=")[::2] for entry in info.split(";")) for info in columns]

    @property
    def log(self) -> str:
        return self.outputs.log.read_text(encoding="utf-8")

    @property
    def summary(self) -> dict[str, Any]:
        summary: dict[str, Any] = json.loads(self.outputs.summary.read_text(encoding="utf-8"))
        return summary

    @property
    def table(self) -> pa.Table:
        assert self.outputs.table
        # Threads of Arrow in this process would be in the way of the workers that the next test forks.
        return pq.ParquetFile(self.outputs.table, pre_buffer=False).read(use_threads=False)

    @property
    def files(self) -> dict[str, bytes]:
        """The bytes of every file of the result."""
        return {name: path.read_bytes() for name, path in vars(self.outputs).items()}

    @property
    def contents(self) -> dict[str, bytes]:
        """What a result is besides where its compressed blocks begin, which follows those of the text."""
        files = self.files
        del files["index"]
        return {**files, "vcf": self.text}


@dataclass(frozen=True)
class Bench:
    """Annotates bytes in a folder of its own."""

    folder: Path
    pack: Pack

    def annotate(self, content: bytes, *, pack: Pack | None = None, options: Options = USUAL) -> Result:
        """Annotate the bytes of a file."""
        source = self.folder / "input"
        source.write_bytes(content)
        report = annotate_file(source, self.outputs, pack or self.pack, file_name="x.vcf", options=options)
        return Result(report, self.outputs)

    def records(self, *lines: str, pack: Pack | None = None) -> Result:
        """Annotate sites given as ``CHROM POS REF ALT [INFO]``, separated by blanks."""
        return self.annotate(HEADER + b"".join(map(site, lines)), pack=pack)

    @property
    def outputs(self) -> Outputs:
        names = ("out.vcf.gz", "out.vcf.gz.tbi", "log", "summary", "out.parquet")
        return Outputs(*(self.folder / name for name in names))

    @property
    def left(self) -> list[str]:
        """What lies in the folder besides the input."""
        return sorted(path.name for path in self.folder.iterdir() if path.name != "input")


def site(line: str) -> bytes:
    chrom, pos, ref, alt, info = (*line.split(" "), ".")[:5]
    return f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\t.\t{info}\n".encode()


@pytest.fixture(scope="session")
def pack() -> Pack:
    return load_pack(BUILTIN_PACKS / "human_mt")


@pytest.fixture
def bench(tmp_path: Path, pack: Pack) -> Bench:
    return Bench(tmp_path, pack)


@pytest.fixture
def new_bench(tmp_path_factory: pytest.TempPathFactory, pack: Pack) -> Callable[[], Bench]:
    """For tests that need a fresh folder many times."""
    return lambda: Bench(tmp_path_factory.mktemp("bench"), pack)


@pytest.fixture
def new_engine(pack: Pack, tmp_path: Path) -> Callable[..., Csq]:
    """The engine, or what stands in for it: a function that gets the same arguments and input."""

    def new(call: Callable[[list[str]], None] = csq_server.call, of: Pack = pack) -> Csq:
        return Csq(of, Genes(of), tmp_path, call)

    return new


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beats of an engine come without a pause."""
    monkeypatch.setattr(process_group, "BEAT_SECONDS", 0.0)
