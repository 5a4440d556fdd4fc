"""The container: one byte sequence per content, and nothing else gets in."""

from __future__ import annotations

import io
import string
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from studio.domain.errors import BundleBroken
from studio.release import container

SEGMENT = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8).map(lambda text: "f" + text)
NAME = st.lists(SEGMENT, min_size=1, max_size=3).map(lambda parts: "/".join(parts) + ".json")
FILES = st.dictionaries(NAME, st.binary(max_size=200), min_size=1, max_size=6)
SMALL = {"a.json": b"{}", "b/c.json": b"[1]"}


@given(FILES)
def test_packing_and_unpacking_are_inverse(files: dict[str, bytes]) -> None:
    """What went in comes out, and packs to the same bytes again."""
    data = container.pack(files)
    assert container.unpack(data) == files
    assert container.pack(container.unpack(data)) == data
    assert container.pack(dict(reversed(files.items()))) == data


@given(FILES)
def test_ordinary_zip_tools_open_it(files: dict[str, bytes]) -> None:
    """Python's zipfile reads the same names and bytes and finds no bad checksum."""
    with zipfile.ZipFile(io.BytesIO(container.pack(files))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == files


def test_any_changed_bit_is_seen() -> None:
    """Flipping any single bit either is refused or gives other contents (never the same ones)."""
    data = container.pack(SMALL)
    for at in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[at] ^= 1 << bit
            with pytest.raises(BundleBroken):
                container.unpack(bytes(changed))


@given(st.binary(max_size=400))
@example(b"")
@example(container.pack(SMALL) + b"\n")
@example(b"MZ" + container.pack(SMALL))
def test_whatever_is_accepted_is_canonical(data: bytes) -> None:
    """Random bytes are refused with a typed error, or are exactly what we would have written."""
    try:
        files = container.unpack(data)
    except BundleBroken:
        return
    assert container.pack(files) == data


@given(FILES, st.data())
def test_inserted_deleted_and_copied_bytes_are_refused(files: dict[str, bytes], data: st.DataObject) -> None:
    """Cutting, repeating or inserting a piece anywhere never gives a container with the same files."""
    whole = container.pack(files)
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    piece = data.draw(st.sampled_from([b"", b"\0", whole[start:end] * 2, b"PK\x03\x04"]))
    changed = whole[:start] + piece + whole[end:]
    if changed == whole:
        return
    try:
        found = container.unpack(changed)
    except BundleBroken:
        return
    assert found != files


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/a",
        "../a",
        "a/../b",
        "a//b",
        "a/",
        "./a",
        "a\\b",
        "c:a",
        "A.json",
        "ä.json",
        "a\u0301.json",
        "a\u202etxt.json",
        "a\0b",
        "con",
        "aux.json",
        "x/lpt1.txt",
        "a.",
        "a ",
        " a",
        ".hidden",
        "a..b",
        "a/b/c/d/e",
        "a" * 121,
    ],
)
def test_dangerous_names_cannot_be_written(name: str) -> None:
    """Traversal, drives, devices, look-alikes and hidden names are refused before any byte is made."""
    with pytest.raises(BundleBroken):
        container.pack({name: b""})


def test_a_file_cannot_stand_below_a_file() -> None:
    """No name is also a folder of another name."""
    with pytest.raises(BundleBroken, match="below a file"):
        container.pack({"a": b"", "a/b": b""})


def test_too_many_files_are_refused() -> None:
    """A flood of tiny files is stopped at the limit."""
    with pytest.raises(BundleBroken, match="more than 1000"):
        container.pack({f"f{number}": b"" for number in range(container.MAX_ENTRIES + 1)})
