"""Moments as a registry keeps them: UTC, to the second, ISO 8601."""

from __future__ import annotations

from datetime import datetime


def stamp(moment: datetime) -> str:
    """Return a moment as it is kept."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(text: str) -> datetime:
    """Return the moment of a stamp; raises ValueError for any other text."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment says its zone")
    return found
