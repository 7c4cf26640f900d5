"""Sequence and gene models come from a mirror of Ensembl, also when the line is bad."""

import gzip
import subprocess
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from gas.errors import InvalidInput, Misconfigured
from services.annotator.pack.pack import load_pack, verify_pack
from services.annotator.pack_tool.__main__ import main
from services.annotator.pack_tool.mirror.checksums import Sum, read_checksums, sum_of
from services.annotator.pack_tool.mirror.downloads import ATTEMPTS, Downloads
from services.annotator.pack_tool.mirror.ensembl import Wanted, fetch_files
from tests.unit.annotator.pack_workshop import ENSEMBL, GENOME

FASTA_FOLDER = "/pub/release-115/fasta/homo_sapiens/dna"
GFF_FOLDER = "/pub/release-115/gff3/homo_sapiens"
FASTA_NAME = "Homo_sapiens.GRCh38.dna.primary_assembly.fa.gz"
GFF_NAME = "Homo_sapiens.GRCh38.115.gff3.gz"


class Mirror:
    """A web server with files in memory, whose line breaks and whose answers fail as they are told to.

    :ivar cut: how many bytes of the next answers with a body are sent before the connection ends.
    :ivar answers: statuses of the next answers, 0 for the usual one.
    :ivar ranges: whether it gives a part of a file when it is asked for one.
    """

    def __init__(self):
        self.files = {}
        self.cut = []
        self.answers = []
        self.ranges = True
        self.asked = Counter()
        self.sent = Counter()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def put(self, path, content):
        self.files[path] = content
        folder = path.rpartition("/")[0]
        lines = [
            f"{checksum(body)} {-(-len(body) // 1024)} {name.rpartition('/')[2]}\n"
            for name, body in self.files.items()
            if name.startswith(f"{folder}/") and not name.endswith("CHECKSUMS")
        ]
        self.files[f"{folder}/CHECKSUMS"] = "".join(lines).encode()

    def _handler(mirror):  # noqa: N805 (self is the handler's)
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                mirror.asked[self.path] += 1
                status = mirror.answers.pop(0) if mirror.answers else 0
                content = mirror.files.get(self.path)
                if status or content is None:
                    self.send_error(status or 404)
                    return
                self._send(content)

            def _send(self, content):
                start = int(self.headers.get("Range", "bytes=0-")[6:-1]) if mirror.ranges else 0
                if start >= len(content) > 0:
                    self.send_response(416)
                    self.send_header("Content-Range", f"bytes */{len(content)}")
                    self.end_headers()
                    return
                body = content[start:]
                self.send_response(206 if start else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                part = body[: mirror.cut.pop(0)] if mirror.cut else body
                mirror.sent[self.path] += len(part)
                self.wfile.write(part)

            def log_message(self, *_):
                pass

        return Handler


def checksum(content):
    """What ``sum -r`` computes, as its manual describes it."""
    state = 0
    for byte in content:
        state = ((state >> 1) + ((state & 1) << 15) + byte) % 65536
    return state


@pytest.fixture
def mirror():
    server = Mirror()
    fasta = f">1 dna:primary_assembly\n{GENOME}\n"
    server.put(f"{FASTA_FOLDER}/{FASTA_NAME}", gzip.compress(fasta.encode()))
    server.put(f"{GFF_FOLDER}/{GFF_NAME}", gzip.compress(ENSEMBL.encode()))
    yield server
    server.close()


@pytest.fixture
def downloads(tmp_path):
    pauses = []
    made = Downloads(tmp_path, lambda _: None, pauses.append)
    made.pauses = pauses
    return made


def expected(content):
    return Sum(checksum(content), -(-len(content) // 1024))


def test_a_pack_is_made_from_a_mirror(mirror, tmp_path, capsys):
    """Names, version and attribution follow from what was fetched."""
    options = ["--species", "homo_sapiens", "--release", "115", "--assembly", "GRCh38"]

    assert main(["fetch", str(tmp_path / "pack"), "--mirror", f"{mirror.address}/pub/", *options]) == 0

    pack = load_pack(tmp_path / "pack")
    verify_pack(pack)
    assert (pack.name, pack.version, pack.assembly) == ("homo_sapiens_grch38_115", "115", "GRCh38")
    assert pack.gene_model_version == "Homo_sapiens.GRCh38.115.gff3"
    assert "Ensembl release 115" in pack.attribution
    assert pack.contigs[0].accession == "NC_000001.11"


def test_what_is_there_already_is_not_downloaded_again(mirror, tmp_path):
    """After a build that failed, the next one starts with the files."""
    wanted = Wanted(f"{mirror.address}/pub", "homo_sapiens", 115, "GRCh38")

    for _ in range(2):
        fetch_files(wanted, Downloads(tmp_path, lambda _: None))

    assert mirror.asked[f"{FASTA_FOLDER}/{FASTA_NAME}"] == 1


@pytest.mark.parametrize("ranges", [True, False])
def test_an_interrupted_download_goes_on(mirror, downloads, ranges):
    """From where it broke off if the server can do that, from the start otherwise."""
    content = bytes(range(256)) * 100
    mirror.put("/x.gz", content)
    mirror.cut, mirror.ranges = [1_000, 5_000], ranges

    path = downloads.fetch(f"{mirror.address}/x.gz", expected(content))

    assert path.read_bytes() == content
    assert mirror.sent["/x.gz"] == (25_600 if ranges else 31_600)
    assert mirror.asked["/x.gz"] == 3


def test_a_download_goes_on_in_another_process(mirror, downloads, tmp_path):
    """What an ended process left is taken up; a whole file of which only the name was missing, too."""
    content = bytes(range(256)) * 100
    mirror.put("/x.gz", content)
    (tmp_path / "x.gz.part").write_bytes(content[:10_000])
    (tmp_path / "y.gz.part").write_bytes(content)
    mirror.put("/y.gz", content)

    downloads.fetch(f"{mirror.address}/x.gz", expected(content))
    downloads.fetch(f"{mirror.address}/y.gz", expected(content))

    assert mirror.sent == {"/x.gz": 15_600}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.gz", "y.gz"]


def test_a_file_that_has_changed_is_downloaded_anew(mirror, downloads, tmp_path):
    """The parts of two versions give neither checksum."""
    content = bytes(range(256)) * 100
    mirror.put("/x.gz", content)
    (tmp_path / "x.gz.part").write_bytes(b"old" * 1_000)

    assert downloads.fetch(f"{mirror.address}/x.gz", expected(content)).read_bytes() == content


def test_a_part_that_is_larger_than_the_file_is_thrown_away(mirror, downloads, tmp_path):
    """It cannot be of this file."""
    mirror.put("/x.gz", b"short")
    (tmp_path / "x.gz.part").write_bytes(b"old" * 1_000)

    assert downloads.fetch(f"{mirror.address}/x.gz", expected(b"short")).read_bytes() == b"short"


def test_a_wrong_checksum_is_never_accepted(mirror, downloads, tmp_path):
    """It is downloaded once more, then refused, and nothing is left that looks like the file."""
    mirror.put("/x.gz", b"content")

    with pytest.raises(InvalidInput, match=r"x\.gz does not have the checksum of its mirror"):
        downloads.fetch(f"{mirror.address}/x.gz", expected(b"Content"))

    assert mirror.asked["/x.gz"] == 2
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_busy_is_asked_again(mirror, downloads):
    """With pauses that get longer."""
    mirror.put("/x.gz", b"content")
    mirror.answers = [503, 429, 500]

    downloads.fetch(f"{mirror.address}/x.gz", expected(b"content"))

    assert downloads.pauses == [2.0, 4.0, 8.0]


def test_it_is_not_asked_for_ever(mirror, downloads):
    """A server that is down for good ends the command."""
    mirror.answers = [503] * 20

    with pytest.raises(Misconfigured, match=r"x\.gz cannot be downloaded: HTTP Error 503"):
        downloads.fetch(f"{mirror.address}/x.gz", Sum(0, 0))

    assert mirror.asked["/x.gz"] == ATTEMPTS


def test_what_is_not_there_is_told_at_once(mirror, downloads):
    """Asking again would not help."""
    with pytest.raises(Misconfigured, match=r"nothing\.gz cannot be downloaded: the server answers 404"):
        downloads.fetch(f"{mirror.address}/nothing.gz", Sum(0, 0))

    assert mirror.asked["/nothing.gz"] == 1


@pytest.mark.parametrize("address", ["file:///etc", "ftp://example.org/pub", "data:,x"])
def test_only_web_addresses_are_opened(downloads, address):
    """A mirror cannot make the command read files of the machine."""
    with pytest.raises(Misconfigured, match="only http and https can"):
        downloads.text(f"{address}/CHECKSUMS")
    with pytest.raises(Misconfigured, match="is not an http or https address"):
        fetch_files(Wanted(address, "homo_sapiens", 115, "GRCh38"), downloads)


def test_the_top_level_is_taken_where_there_is_no_primary_assembly(mirror, downloads):
    """Species without alternative loci have no other; old assemblies keep the number of their gene models."""
    folder = "/pub/release-115/{}/danio_rerio"
    mirror.put(f"{folder.format('fasta')}/dna/Danio_rerio.GRCz11.dna.toplevel.fa.gz", b"fasta")
    mirror.put(f"{folder.format('fasta')}/dna/Danio_rerio.GRCz11.dna_sm.toplevel.fa.gz", b"soft")
    mirror.put(f"{folder.format('gff3')}/Danio_rerio.GRCz11.99.gff3.gz", b"gff3")
    mirror.put(f"{folder.format('gff3')}/Danio_rerio.GRCz11.99.abinitio.gff3.gz", b"other")

    fasta, genes = fetch_files(Wanted(f"{mirror.address}/pub", "danio_rerio", 115, "GRCz11"), downloads)

    assert (fasta.read_bytes(), genes.read_bytes()) == (b"fasta", b"gff3")


def test_an_assembly_that_the_mirror_does_not_have_is_named(mirror, downloads):
    """The list of the folder says so, without guessing addresses."""
    with pytest.raises(Misconfigured, match=r"CHECKSUMS names no file for .*GRCh39"):
        fetch_files(Wanted(f"{mirror.address}/pub", "homo_sapiens", 115, "GRCh39"), downloads)


@pytest.mark.parametrize("size", [0, 1, 1023, 1024, 1025, 100_000])
def test_sums_are_those_of_the_system_s_command(tmp_path, size):
    """GNU's ``sum`` uses BSD's algorithm by default, with which Ensembl makes its lists."""
    path = tmp_path / "file"
    path.write_bytes(bytes(number * 7 % 256 for number in range(size)))

    done = subprocess.run(["sum", str(path)], capture_output=True, text=True, check=True)

    assert sum_of(path) == tuple(map(int, done.stdout.split()[:2]))


def test_a_list_of_sums_is_read_as_sum_prints_it():
    """A name may have a path before it; anything else is told."""
    assert read_checksums("00254     1 x.gz\n\n12345 67 ./y.gz\n") == {"x.gz": (254, 1), "y.gz": (12345, 67)}
    with pytest.raises(InvalidInput, match="has an odd line: '<html>'"):
        read_checksums("<html>\n")
