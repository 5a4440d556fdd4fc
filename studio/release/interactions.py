"""Files of interactions: one JSON line for each part, and how they are read back.

- A line that is torn (the power went while it was written) is counted and passed over, never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pydantic import ValidationError

from studio.domain.frozen import canonical
from studio.domain.interaction import Interaction, whole


@dataclass(frozen=True, slots=True)
class ReadBack:
    """Whole conversations, and how many lines were unreadable."""

    interactions: tuple[Interaction, ...]
    unreadable: int


def file_of(day: date) -> str:
    """Return the name of the file for a day in UTC."""
    return f"interactions-{day:%Y-%m-%d}.jsonl"


def line(part: Interaction) -> bytes:
    """Return the line of a part."""
    return canonical(part) + b"\n"


def read_back(files: Iterable[bytes]) -> ReadBack:
    """Return the conversations in files, given in the order of their days."""
    parts: list[Interaction] = []
    unreadable = 0
    for data in files:
        for each in data.split(b"\n"):
            try:
                parts += [Interaction.model_validate_json(each)] if each.strip() else []
            except ValidationError:
                unreadable += 1
    return ReadBack(whole(parts), unreadable)
