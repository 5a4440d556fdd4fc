"""The rules of the house that no linter knows: sizes, names, and what may stand in a lock.

- A file is at most 500 lines, a function at most 60; names say what a thing is (no `utils`, `helpers`, ...).
- `violations(root)` lists every breach as one line, `path:line: sentence`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import lock

FOLDERS = ("studio", "tests", "packaging")
LONGEST_FILE = 500
LONGEST_FUNCTION = 60
EMPTY_NAMES = frozenset({"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"})


def violations(root: Path) -> list[str]:
    """List every breach of the house rules in a checkout."""
    found = [fault for path in python_files(root) for fault in _file_faults(path, root)]
    return sorted(found) + lock.faults(root)


def python_files(root: Path) -> Iterator[Path]:
    """Yield the checkout's own Python files."""
    for folder in FOLDERS:
        yield from sorted((root / folder).rglob("*.py"))


def _file_faults(path: Path, root: Path) -> Iterator[str]:
    place = path.relative_to(root)
    text = path.read_text(encoding="utf-8")
    lines = text.count("\n") + 1
    if lines > LONGEST_FILE:
        yield f"{place}:1: {lines} lines; a file has at most {LONGEST_FILE}: split it by meaning"
    for word in {part for name in place.with_suffix("").parts for part in name.split("_")} & EMPTY_NAMES:
        yield f"{place}:1: the name {word!r} says nothing about what is inside"
    for node in ast.walk(ast.parse(text, str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _function_faults(node, place)


def _function_faults(node: ast.FunctionDef | ast.AsyncFunctionDef, place: Path) -> Iterator[str]:
    length = (node.end_lineno or node.lineno) - node.lineno + 1
    if length > LONGEST_FUNCTION:
        limit = f"a function has at most {LONGEST_FUNCTION}"
        yield f"{place}:{node.lineno}: {node.name} has {length} lines; {limit}"
