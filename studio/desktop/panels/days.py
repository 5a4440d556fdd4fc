"""Days as people write them: 1 Dec 2026."""

from __future__ import annotations

from datetime import date, datetime

_FORMS = ("%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%d.%m.%Y")


def day_in_words(text: str) -> str:
    """Return a day written as 2026-12-01 as people write it; anything else as it is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day} {day:%b %Y}"


def day_of(text: str) -> date | None:
    """Return the day that people or programs write so; None for what is no day."""
    for form in _FORMS:
        try:
            return datetime.strptime(" ".join(text.split()), form).date()
        except ValueError:
            continue
    return None
