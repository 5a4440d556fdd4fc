"""Days as people write them: 1 Dec 2026."""

from __future__ import annotations

from datetime import date


def day_in_words(text: str) -> str:
    """Return a day written as 2026-12-01 as people write it; anything else as it is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%b %Y}"
