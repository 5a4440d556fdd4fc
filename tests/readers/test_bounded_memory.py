"""Files that unpack to hundreds of times their size cost little memory, the reader's and the caller's.

- Measured by the system in processes of their own: the peak of what was really in memory (`ru_maxrss`).
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from studio.readers import limits

resource = pytest.importorskip("resource")

Objects = Callable[[list[bytes]], bytes]
SMALL_MB = 120  # the interpreter and the libraries of a reader take about 50
# A new process counts the memory of the one that started it, so a small one stands between.
AFRESH = "import subprocess, sys; sys.exit(subprocess.call(sys.argv[1:]))"
READ = """
import json, resource, sys
from pathlib import Path
from studio.domain.errors import BrokenInput
from studio.readers.sandbox import SANDBOXED

path = Path(sys.argv[1])
reader = next(reader for reader in SANDBOXED if path.suffix in reader.suffixes)
try:
    said = reader.read(path.read_bytes(), path.name).blocks[0].text
except BrokenInput as error:
    said = error.what
child, own = resource.getrusage(resource.RUSAGE_CHILDREN), resource.getrusage(resource.RUSAGE_SELF)
unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
print(json.dumps([said, child.ru_maxrss // unit, own.ru_maxrss // unit, child.ru_utime + child.ru_stime]))
"""


class Cost(NamedTuple):
    """What was said of a file, the peak memory of reader and caller in MB, and the reader's seconds."""

    said: str
    reader: int
    caller: int
    seconds: float


def cost(data: bytes, path: Path) -> Cost:
    """Read a file in the sandbox from a fresh process, and return what it took."""
    path.write_bytes(data)
    root = Path(limits.__file__).parents[2]
    task = [sys.executable, "-c", AFRESH, sys.executable, "-c", READ, str(path)]
    done = subprocess.run(task, cwd=root, capture_output=True, check=True, timeout=120)
    return Cost(*json.loads(done.stdout))


def pdf_of(objects: Objects, packed: bytes, filters: bytes) -> bytes:
    """Return a PDF of one page whose content is packed."""
    return objects(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>",
            b"<</Length %d/Filter%s>>stream\n%s\nendstream" % (len(packed), filters, packed),
        ]
    )


@cache
def deflated(piece: bytes, times: int) -> bytes:
    """Return a piece many times over, packed."""
    packing = zlib.compressobj(9)
    return b"".join([packing.compress(piece) for _ in range(times)]) + packing.flush()


def test_a_word_file_of_446_kb_that_unpacks_to_400_mb(tmp_path: Path) -> None:
    """It is refused by what its directory says; nobody unpacks it."""
    packed, piece = io.BytesIO(), b"<w:p><w:r><w:t>" + b"a" * 999_970 + b"</w:t></w:r></w:p>"
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/document.xml", "w") as out,
    ):
        for _ in range(400):
            out.write(piece)
    assert len(packed.getvalue()) < 446_000
    found = cost(packed.getvalue(), tmp_path / "bomb.docx")
    assert "would unpack to 381 MB" in found.said
    assert max(found.reader, found.caller) < SMALL_MB, found


def test_a_pdf_of_584_kb_that_unpacks_to_600_mb(make_pdf_of_objects: Objects, tmp_path: Path) -> None:
    """It is unpacked piece by piece until it is too much, and nothing is kept."""
    data = pdf_of(make_pdf_of_objects, deflated(b"q " * 5_000_000, 60), b"/FlateDecode")
    assert len(data) < 600_000
    found = cost(data, tmp_path / "bomb.pdf")
    assert "would unpack to more than 256 MB" in found.said
    assert max(found.reader, found.caller) < SMALL_MB, found
    assert found.seconds < limits.PROCESSOR_SECONDS


def test_a_pdf_that_is_packed_twice_meets_the_limit_of_the_sandbox(
    make_pdf_of_objects: Objects, tmp_path: Path
) -> None:
    """Hundreds of megabytes in a few kilobytes: the system stops the reader, and the caller pays nothing."""
    twice = deflated(deflated(b"q " * 5_000_000, 60), 1)
    data = pdf_of(make_pdf_of_objects, twice, b"[/FlateDecode/FlateDecode]")
    assert len(data) < 10_000
    found = cost(data, tmp_path / "twice.pdf")
    assert "could not be read: reading it broke off" in found.said
    assert found.reader <= limits.MEMORY_BYTES // limits.MEBIBYTE
    assert found.caller < SMALL_MB
    assert found.seconds < limits.PROCESSOR_SECONDS + 3


def test_a_large_picture_in_a_pdf_is_no_bomb(make_pdf_of_objects: Objects, tmp_path: Path) -> None:
    """White paper packs well, too: what stays below the limit is read, whatever its ratio."""
    white = deflated(b"\xff" * 1_000_000, 100)
    shown = b"BT /F 10 Tf 50 700 Td (Hello there.) Tj ET"
    data = make_pdf_of_objects(
        [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 5 0 R>>"
            b"/XObject<</P 6 0 R>>>>/Contents 4 0 R>>",
            b"<</Length %d>>stream\n%s\nendstream" % (len(shown), shown),
            b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            b"<</Type/XObject/Subtype/Image/Width 10000/Height 10000/ColorSpace/DeviceGray/BitsPerComponent 8"
            b"/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(white), white),
        ]
    )
    assert cost(data, tmp_path / "white.pdf").said == "Hello there."
