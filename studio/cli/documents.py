"""The verb `diff`: two versions of a document, word by word; no workspace is needed.

- Exit code 0 the same · 1 different, as `diff` and `git diff` have it · 2 wrong use · 3 broken input.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.output import JsonFlag
from studio.cli.places import read_bytes


def diff(
    before: Annotated[Path, typer.Argument(help="The version before.", metavar="BEFORE")],
    after: Annotated[Path, typer.Argument(help="The version after.", metavar="AFTER")],
    whole: Annotated[bool, typer.Option("--all", help="Print unchanged parts, too.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Compare two versions of a document, word by word. Exit code 0: the same, 1: different.

    \b
    ~  changed, with [-gone-] and {+new+} words
    +  added              -  removed
    <  moved away         >  moved here
    =  the same words, only laid out anew
    """
    from studio.cli import comparing
    from studio.cli.marking import marked
    from studio.diff.lines import lines

    rows = lines(_text_of(before), _text_of(after), None if as_json else marked)
    for part in comparing.as_json(rows) if as_json else comparing.as_text(rows, whole):
        typer.echo(part, nl=False)
    if any(row.before != row.after or row.kind == "moved" for row in rows):
        raise typer.Exit(1)


def _text_of(path: Path) -> str:
    """Return the text of a document, whatever kind of file it is."""
    data = read_bytes(path, "The document")
    if path.suffix.lower() in comparing_kinds():
        from studio.domain.errors import BrokenInput

        try:
            return data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BrokenInput(
                f"“{path.name}” is no text in UTF-8 (byte {error.start}).", "Save it as UTF-8 and try again."
            ) from None
    from studio import assembly
    from studio.services.stages.reading import reader_for

    return reader_for(assembly.document_readers(), path.name).read(data, path.name).text


def comparing_kinds() -> tuple[str, ...]:
    """Return the endings of files that are compared as they are."""
    from studio.cli.comparing import PLAIN

    return PLAIN


def register(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command("diff")(diff)
