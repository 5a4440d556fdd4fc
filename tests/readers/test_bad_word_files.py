"""Hostile and broken Word files end in one sentence, with bounded memory, and never in a hang."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest

from studio.domain.errors import BrokenInput
from studio.readers import limits, sandbox
from studio.readers.docx import read_docx
from studio.readers.sandbox import SANDBOXED

READER = next(reader for reader in SANDBOXED if reader.kind == "docx")
Maker = Callable[..., bytes]
Zip = Callable[[dict[str, str | bytes]], bytes]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _refused(data: bytes, words: str, name: str = "desk.docx") -> None:
    with pytest.raises(BrokenInput, match=words) as caught:
        READER.read(data, name)
    assert name in caught.value.what
    assert caught.value.todo


def test_a_word_file_is_read_in_the_sandbox(make_docx: Maker) -> None:
    """What the sandbox hands back is the document, validated."""
    document = READER.read(make_docx("<w:p><w:r><w:t>Be kind.</w:t></w:r></w:p>"), "desk.docx")
    assert [block.text for block in document.blocks] == ["Be kind."]
    assert document.title == "desk"


def test_empty_truncated_and_renamed_files_are_told_apart(make_docx: Maker, make_zip: Zip) -> None:
    """Each sentence says what the file is and what to do."""
    good = make_docx("<w:p/>")
    _refused(b"", "is empty")
    _refused(b"\x00" * 500, "is empty")
    _refused(good, "has no text")
    _refused(good[: len(good) // 2], "damaged")
    _refused(b"%PDF-1.7\n...", "is a PDF, not a Word document")
    _refused(b"Dear customer", "not a Word document that can be read")
    _refused(b"\x89PNG\r\n", "is a picture")
    _refused(make_zip({"a.txt": "x"}), "is a zip archive")
    _refused(make_zip({"xl/workbook.xml": "<x/>"}), "is an Excel workbook")
    _refused(b"{\\rtf1 hello}", "rich-text")
    _refused(b"\xd0\xcf\x11\xe0 old", "old Office version")


def test_a_password_is_named_as_the_reason() -> None:
    """Word's own encryption hides the document in an old compound file."""
    data = b"\xd0\xcf\x11\xe0" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")
    _refused(data, "protected by a password")


def test_a_bomb_of_446_kb_is_refused_before_it_unpacks() -> None:
    """400 MB of text in a small file costs neither the time nor the memory to unpack them."""
    packed, piece = io.BytesIO(), b"<w:p><w:r><w:t>" + b"a" * 999_970 + b"</w:t></w:r></w:p>"
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("word/document.xml", "w") as out,
    ):
        for _ in range(400):
            out.write(piece)
    data = packed.getvalue()
    assert len(data) < 446_000
    _refused(data, "unpack to 38[0-9] MB")
    tracemalloc.start()
    with pytest.raises(BrokenInput):
        read_docx(data, "desk.docx")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


def test_entities_are_refused_inside_and_outside(make_docx: Maker, make_zip: Zip) -> None:
    """Neither a billion laughs nor a file of the computer comes in through a definition."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    for definitions in (f'<!ENTITY l0 "ha">{laughs}', '<!ENTITY l9 SYSTEM "file:///etc/passwd">'):
        xml = (
            f'<?xml version="1.0"?><!DOCTYPE x [{definitions}]><w:document xmlns:w="{W}"><w:body><w:p><w:r>'
            "<w:t>&l9;</w:t></w:r></w:p></w:body></w:document>"
        )
        _refused(make_zip({"word/document.xml": xml}), "defines text of its own")
        _refused(make_zip({"word/document.xml": xml.encode("utf-16")}), "defines text of its own")
    _refused(make_docx("<w:p/>", styles="<!DOCTYPE x><x/>"), "defines text of its own")


def test_deep_nesting_is_refused_or_read(make_docx: Maker) -> None:
    """Hundreds of tables inside one another do not bring the reader down."""
    deep = "<w:p><w:r><w:t>x</w:t></w:r></w:p>"
    for _ in range(300):
        deep = f"<w:tbl><w:tr><w:tc>{deep}</w:tc></w:tr></w:tbl>"
    _refused(make_docx(deep), "nested hundreds of levels deep")


def test_a_zip_with_too_many_parts_is_refused(make_zip: Zip) -> None:
    """Parts are counted before any is opened."""
    parts: dict[str, str | bytes] = {f"word/{n}.xml": "" for n in range(limits.MEMBERS + 1)}
    _refused(make_zip({"word/document.xml": "<x/>", **parts}), "parts inside")


def test_null_bytes_inside_are_damage(make_docx: Maker) -> None:
    """XML with NUL bytes is no XML."""
    _refused(make_docx("<w:p><w:r><w:t>a\x00b</w:t></w:r></w:p>"), "breaks off")


def test_a_worker_that_dies_hangs_or_lies_becomes_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox survives whatever its worker does, and leaves no process behind."""

    def worker(source: str) -> None:
        monkeypatch.setattr(sandbox, "FROM_SOURCE", "root={root!r}; " + source)

    start = "import sys; sys.path.insert(0, root); from studio.readers import worker; "
    for source, words in (
        ("import os; os.abort()", "broke off"),
        ("print('hello')", "broke off"),
        ("print('done'); print('{{}}')", "broke off"),
        ("print('refused'); print('[]')", "broke off"),
        (start + "worker.renounce(); x = bytearray(3 << 30)", "broke off"),
        (
            start + "worker.limits.PROCESSOR_SECONDS = 1; worker.renounce()\nwhile True: pass",
            "took longer than any document",
        ),
    ):
        worker(source)
        with pytest.raises(BrokenInput, match=words):
            READER.read(b"PK\x03\x04word/document.xml", "a.docx")
    worker("import time; time.sleep(60)")
    began = time.monotonic()
    with pytest.raises(BrokenInput, match="took longer"):
        sandbox.run(["docx", "a.docx"], b"x", "a.docx", seconds=0.3)
    assert time.monotonic() - began < 50


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import os; os.system('true')",
        "import subprocess; subprocess.run(['true'])",
        "open('/tmp/readers-escape', 'w')",
    ],
)
def test_the_worker_has_no_network_no_programs_and_no_pen(
    monkeypatch: pytest.MonkeyPatch, attempt: str
) -> None:
    """A parser that is taken over can call nobody, start nothing and write nowhere."""
    source = (
        "import sys, os; sys.path.insert(0, {root!r}); from studio.readers import worker; worker.renounce()\n"
        f"try:\n    {attempt}\nexcept PermissionError as error:\n"
        "    os.write(1, b'done\\n' + str(error).encode())"
    )
    monkeypatch.setattr(sandbox, "FROM_SOURCE", source)
    assert sandbox.run(["docx", "a.docx"], b"x", "a.docx").startswith(b"a document asked")
