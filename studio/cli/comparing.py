"""Two versions of a document compared word by word, told for people or for programs.

- The work of `cobuilder diff`. Used in loops as `git diff` is, so a plain call starts without the command
  line's parser (`quick`); what this module needs beside a comparison is imported where it is used.
"""

from __future__ import annotations

import sys

from studio.diff.edits import edits
from studio.diff.lines import ADDED, CHANGED, EQUAL, MOVED, REMOVED, Line, lines

PLAIN = (".md", ".markdown", ".txt", ".text", ".rst", "")
_FLAGS = ("--json", "--all")
_SIGNS = {EQUAL: "  ", CHANGED: "~ ", ADDED: "+ ", REMOVED: "- "}


def quick(arguments: list[str]) -> int | None:
    """Compare at once when told just two files and known flags; None leaves it to the parser."""
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
    rows = lines(before, after)
    try:
        sys.stdout.flush()
        for part in as_json(rows) if "--json" in flags else as_text(rows, "--all" in flags):
            sys.stdout.buffer.write(part.encode("utf-8", "surrogatepass"))
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return int(before != after)


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
    same = 0
    for row in rows:
        kind = row.kind
        if kind == EQUAL and not whole:
            same += row.before.count("\n\n") or 1
            continue
        if same:
            out.append(_counted(same))
            same = 0
        if kind in (CHANGED, MOVED):
            out.append(_two_sided(row))
        else:
            out.append(_SIGNS[kind] + (row.before or row.after).strip() + "\n")
    if same:
        out.append(_counted(same))
    return out


def _counted(same: int) -> str:
    return f"  ({same} unchanged part{'' if same == 1 else 's'})\n"


def _two_sided(row: Line) -> str:
    """Return a changed or moved row with its words marked as git marks them."""
    sign = "~ "
    if row.kind == MOVED:
        sign = "> " if row.arrives else "< "
        if row.before.split() == row.after.split():
            return sign + row.after.strip() + "\n"
    found = [sign]
    for before, after, changed in edits(row.before, row.after, row.count_tail):
        if not changed:
            found.append(after)
            continue
        if before:
            found.append(f"[-{before}-]")
        if after:
            found.append("{+" + after + "+}")
    if row.only_layout:
        found[0] = "= "
    found.append("\n")
    return "".join(found).rstrip() + "\n"
