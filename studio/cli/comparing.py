"""Two versions of a document compared word by word, told for people or for programs.

- The work of `cobuilder diff`. Used in loops as `git diff` is, so a plain call starts without the command
  line's parser (`quick`); what this module needs beside a comparison is imported where it is used.
"""

from __future__ import annotations

import sys

from studio.cli.marking import LAID_OUT, marked, one_line, two_sided
from studio.cli.sharing import by_two
from studio.diff.edits import edits
from studio.diff.lines import ADDED, CHANGED, EQUAL, MOVED, REMOVED, Line, lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = (".md", ".markdown", ".txt", ".text", ".rst", "")
_FLAGS = ("--json", "--all")
_SIGNS = {ADDED: "+ ", REMOVED: "- "}


def quick(arguments: list[str], end: Callable[[int], object] = int) -> int | None:
    """Compare at once when told just two files and known flags; None leaves it to the parser.

    `end` is called with the exit code when all is written and nothing has been taken apart yet: a process
    that ends there saves the time of freeing what the system frees at once.
    """
    paths = [each for each in arguments if not each.startswith("-")]
    flags = [each for each in arguments if each.startswith("-")]
    if len(paths) != 2 or any(flag not in _FLAGS for flag in flags):
        return None
    texts = [_plain_text(path) for path in paths]
    if texts[0] is None or texts[1] is None:
        return None
    import gc

    gc.disable()  # a comparison makes no cycles, and its memory ends with the process
    before, after = texts[0], texts[1]
    share = by_two if end is not int else None  # where the process does nothing else
    made: list[object] = []
    rows = lines(before, after, None if "--json" in flags else marked, share, made)
    try:
        sys.stdout.flush()
        told = as_json(rows) if "--json" in flags else as_text(rows, "--all" in flags)
        left = "".join(told).encode("utf-8", "surrogatepass")
        while left:  # without a buffer (`python -u`) a part may be written
            left = left[sys.stdout.buffer.write(left) :]
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    code = int(before != after)
    end(code)
    return code


def _plain_text(path: str) -> str | None:
    """Return the text of a file that needs no reader, or None."""
    dot = path.rfind(".")
    if (path[dot:].lower() if dot > path.rfind("/") else "") not in PLAIN:
        return None
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def as_json(rows: list[Line]) -> list[str]:
    """Return all rows as one JSON document; `edits` are before, after, changed."""
    import json

    told = []
    for row in rows:
        each: dict[str, object] = {"kind": row.kind, "before": row.before, "after": row.after}
        if row.kind in (CHANGED, MOVED) and row.before != row.after:
            each["edits"] = edits(row.before, row.after, row.count_tail)
            each["only_layout"] = row.only_layout
        if row.kind == MOVED:
            each["partner"], each["arrives"] = row.partner, row.arrives
        told.append(each)
    same = all(row.before == row.after for row in rows)
    return [json.dumps({"same": same, "rows": told}, ensure_ascii=False, indent=1), "\n"]


def as_text(rows: list[Line], whole: bool) -> list[str]:
    """Return the comparison for people: unchanged parts are counted, unless all is asked for."""
    out: list[str] = []
    same = wrapped = 0
    for row in rows:
        kind = row.kind
        told = ""
        if kind == EQUAL:
            if not whole:
                same += 1 if len(rows) > 1 else row.before.count("\n\n") or 1
                continue
            told = "  " + (row.before or row.after).strip() + "\n"
        elif kind == CHANGED and row.told and "\n" not in row.before and "\n" not in row.after:
            told = row.told  # sentences inside a paragraph: as `two_sided` would tell them
        elif kind in (CHANGED, MOVED):
            told = two_sided(row)
            if not told:
                if not whole:
                    wrapped += 1
                    continue
                told = LAID_OUT + one_line(row.after) + "\n"
        else:
            told = _SIGNS[kind] + one_line(row.before or row.after) + "\n"
        if same or wrapped:
            out.append(_counted(same, wrapped))
            same = wrapped = 0
        out.append(told)
    if same or wrapped:
        out.append(_counted(same, wrapped))
    return out


def _counted(same: int, wrapped: int) -> str:
    """Return how many parts are not shown."""
    told = [f"{same} unchanged part{'' if same == 1 else 's'}"] if same else []
    if wrapped:
        told.append(f"{wrapped} only wrapped anew")
    return f"  ({', '.join(told)})\n"
