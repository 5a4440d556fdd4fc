"""For every kind of file: a place that a person finds, any script, and a sentence for a bad file."""

from __future__ import annotations

import io
from collections.abc import Callable

import openpyxl
import pytest

from studio.domain.errors import BrokenInput
from studio.domain.source import SourceDocument
from studio.plugins import readers
from studio.ports import DocumentReader

ARABIC, CHINESE = "يجب التحقق من الهوية", "退款前必须核实身份。"
KINDS = (".md", ".txt", ".html", ".csv", ".eml", ".xlsx", "")
BINARY = (".docx", ".pdf", ".xlsx")


def reader_of(suffix: str) -> DocumentReader:
    """Return the reader that the program uses for a kind of file."""
    return next(reader for reader in readers().working if suffix in reader.suffixes)


def _workbook(lines: list[str]) -> bytes:
    book = openpyxl.Workbook()
    for line in ("Rules", *lines):
        book.worksheets[0].append([line, "x"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def file_of(suffix: str, *lines: str) -> bytes:
    """Return a file of this kind with a heading, where the kind has one, and these lines below it."""
    whole: dict[str, Callable[[], str]] = {
        ".md": lambda: "# Rules\n\n" + "\n\n".join(lines),
        ".html": lambda: "<meta charset=utf-8><h1>Rules</h1>" + "".join(f"<p>{each}</p>" for each in lines),
        ".csv": lambda: "Rules,Why\n" + "\n".join(f"{each},x" for each in lines),
        ".eml": lambda: (
            "Subject: Rules\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
            + "\n\n".join(lines)
        ),
    }
    if suffix == ".xlsx":
        return _workbook(list(lines))
    return whole.get(suffix, lambda: "\n\n".join(lines))().encode()


def place_of(document: SourceDocument, words: str) -> str:
    """Return where a document says something, in the words that people are told."""
    return next(block.anchor.label for block in document.blocks if words in block.text)


@pytest.mark.parametrize(
    ("suffix", "place"),
    [
        (".md", "Rules · line 5"),
        (".html", "Rules · line "),
        (".csv", "cell A3"),
        (".eml", "line 3"),
        (".xlsx", "cell Sheet!A3"),
        (".txt", "line 3"),
        ("", "line 3"),
    ],
)
def test_every_kind_says_where_a_sentence_stands(suffix: str, place: str) -> None:
    """A person finds the sentence again: by heading and line, or by the cell of a sheet."""
    document = reader_of(suffix).read(file_of(suffix, "Check it first.", "Refund it then."), f"rules{suffix}")
    assert place in place_of(document, "Refund it then.")


@pytest.mark.parametrize("suffix", KINDS)
def test_every_kind_keeps_right_to_left_and_chinese_text(suffix: str) -> None:
    """Arabic and Chinese sentences come out letter by letter as they went in."""
    document = reader_of(suffix).read(file_of(suffix, ARABIC, CHINESE), f"rules{suffix}")
    texts = [block.text for block in document.blocks]
    assert ARABIC in texts
    assert CHINESE in texts


@pytest.mark.parametrize("suffix", [".txt", ".csv", "", ".md"])
@pytest.mark.parametrize("encoding", ["utf-16", "cp1252"])
def test_text_of_older_programs_is_read(suffix: str, encoding: str) -> None:
    """Two-byte text and Windows text have their quotation marks and accents."""
    data = file_of(suffix, "Don’t charge a café.").decode().encode(encoding)
    assert place_of(reader_of(suffix).read(data, f"rules{suffix}"), "Don’t charge a café.")


@pytest.mark.parametrize("suffix", [*KINDS, ".docx", ".pdf"])
def test_an_empty_file_is_named_as_such(suffix: str) -> None:
    """Nothing, or nothing but blanks, is refused by every reader in the same words."""
    for data in (b"", b" \n\t "):
        with pytest.raises(BrokenInput, match="is empty"):
            reader_of(suffix).read(data, f"rules{suffix}")


@pytest.mark.parametrize("suffix", BINARY)
def test_a_wrong_ending_is_told_by_what_the_file_is(suffix: str) -> None:
    """A text under the name of a document of another kind is refused with advice."""
    with pytest.raises(BrokenInput) as caught:
        reader_of(suffix).read(b"Be kind to customers.", f"rules{suffix}")
    assert caught.value.todo.endswith(".")
