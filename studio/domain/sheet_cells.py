"""Texts as cells of a spreadsheet file: one like a formula is shown as it stands, and read back."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t")


def as_cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; a plain number stays one."""
    return f"'{text}" if text[:1] in _FORMULA and not _is_number(text) else text


def from_cell(text: str) -> str:
    """Return the text that `as_cell` was given."""
    return text[1:] if text[:1] == "'" and text[1:2] in _FORMULA and text[1:2] else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
