"""Shapes of codes in what comes into an agent: refused where they cannot be read, or are tried too long."""

from __future__ import annotations

from collections.abc import Iterator

from studio.domain.changeset import ChangeSet
from studio.domain.errors import WrongUse
from studio.domain.frozen import Json
from studio.domain.shape import trouble_of


def check_shapes(changeset: ChangeSet) -> None:
    """Raise WrongUse where a change brings the shape of a code that cannot be read, or is tried too long."""
    for change in changeset.changes:
        for pattern in _shapes_in(change.after, change.segments[-1]):
            if trouble := trouble_of(pattern):
                raise WrongUse(
                    f"The shape “{pattern}” cannot be taken: {trouble}.",
                    "Write it plainly, for instance \\d{8} for eight digits or [A-Z]{2}-\\d{6}.",
                )


def _shapes_in(node: Json, name: str = "") -> Iterator[str]:
    if name == "pattern" and isinstance(node, str):
        yield node
    elif isinstance(node, dict) and "prompt" in node:
        yield from _shapes_in(node.get("pattern"), "pattern")
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from _shapes_in(value, key if key in ("slots",) else "")
    elif isinstance(node, list):
        for value in node:
            yield from _shapes_in(value)
