"""What the charter's forms share: how figures are typed and written, and what a form of the charter is.

- Figures are read as everywhere (`domain/cell_text`): a comma groups thousands, a point begins the fraction.
- `wished` carries a `CharterWish`; a form changes nothing itself.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.theme.tokens import S3
from studio.desktop.widgets.form import Form
from studio.domain.agent import Agent
from studio.domain.cell_text import read_amount
from studio.domain.cell_text import read_number as read_plain
from studio.domain.charter_edit import CharterDeed, CharterWish
from studio.domain.errors import WrongUse
from studio.domain.readiness import percent


class CharterForm(QWidget):
    """Base of the charter's forms: a column with a form in it, and wishes."""

    wished = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(S3)
        self.form = Form()
        self.column.addWidget(self.form)

    def show_agent(self, agent: Agent) -> None:
        """Show this part of an agent's charter."""
        raise NotImplementedError

    def wish(self, deed: CharterDeed, item: str = "", **given: Any) -> None:
        """Tell a wish."""
        self.wished.emit(CharterWish(deed=deed, item=item, given=given))

    def flush(self) -> None:
        """Tell at once what was typed and not told yet."""
        self.form.flush()


def read_number(words: str) -> float:
    """Return an amount as people type it (12,000.50); raises ValueError with a sentence."""
    try:
        value = float(read_amount(words))
    except WrongUse:
        raise ValueError("Write an amount like 5.40 or 12,000.") from None
    if not 0 <= value <= 1e12:
        raise ValueError("The amount must not be below zero, nor beyond all measure.")
    return value


def write_number(value: Any) -> str:
    """Return an amount as people write it."""
    return "" if value is None else f"{float(value):,.2f}".removesuffix(".00")


def read_count(words: str) -> int | None:
    """Return a count, or None for an empty field; raises ValueError with a sentence."""
    if not words.strip():
        return None
    try:
        count = read_plain(words)
    except WrongUse:
        count = -1
    if not isinstance(count, int) or not 0 <= count < 10**12:
        raise ValueError("Write a whole number like 1,200.")
    return count


def read_count_or_none(words: str) -> int:
    """Return a count; an empty field is nought."""
    return read_count(words) or 0


def write_count(value: Any) -> str:
    """Return a count as people write it."""
    return "" if value is None else f"{int(value):,}"


def read_share(words: str) -> float:
    """Return a share typed as a percentage (60, 60 %, 0.5 %); raises ValueError with a sentence."""
    try:
        value = read_plain(words.strip().removesuffix("%"))
    except WrongUse:
        raise ValueError("Write a percentage like 60 or 0.5.") from None
    if not 0 <= value <= 100:
        raise ValueError("Write a percentage from 0 to 100.")
    return round(value / 100, 8)


def read_share_or_none(words: str) -> float | None:
    """Return a share, or None for an empty field."""
    return read_share(words) if words.strip() else None


def write_share(value: Any) -> str:
    """Return a share as a percentage."""
    return "" if value is None else percent(float(value))
