"""Cards of what the checks say: a finding with the ways that lead on, and proofs with what each assumes.

- A card changes nothing: it tells which deed a person wants on which finding.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Literal

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import clear_layout
from studio.desktop.widgets.paragraph import Link
from studio.domain.check import CheckResult

Deed = Literal["light", "talk", "mend", "test"]
_WAYS: tuple[tuple[Deed, str, bool], ...] = (
    ("light", "Show the way on the canvas", True),
    ("talk", "Show it as a conversation", True),
    ("mend", "Mend it…", False),
    ("test", "Make it a test", True),
)
"""What can be done, its words, and whether it needs a way that was found."""


class FindingCard(Card):
    """One finding with the ways that lead on: see it happen, mend it, make it a test, light the way."""

    def __init__(self, result: CheckResult, tell: Callable[[Deed, CheckResult], object]) -> None:
        super().__init__("", "bad")
        self.add(label(f"✕ {without_way(result)}", "", "bad", wrap=True))
        if result.counterexample:
            told = " → ".join(step.title for step in result.counterexample)
            self.say(f"For example: {told}", muted=True)
        for deed, words, needs_way in _WAYS:
            if result.counterexample or not needs_way:
                self.add(Link(words, partial(tell, deed, result), name=f"{words}: {result.subject}"))


class ProvedList(QWidget):
    """How many proofs hold, and on a click which, with what each assumes."""

    def __init__(self) -> None:
        super().__init__()
        self.turn = Button("", self._turn, kind="quiet")
        self._open = False
        self._found: tuple[CheckResult, ...] = ()
        self._proofs = QWidget()
        self._rows = QVBoxLayout(self._proofs)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(6)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.turn)
        column.addWidget(self._proofs)

    def show_proofs(self, results: Collection[CheckResult]) -> None:
        """Show the proofs among these results; nothing where there is none."""
        self._found = tuple(each for each in results if each.status == "holds" and each.assumes)
        self.setVisible(bool(self._found))
        self._show()

    def _turn(self) -> None:
        self._open = not self._open
        self._show()

    def _show(self) -> None:
        self.turn.setText(f"{'▾' if self._open else '▸'} Proved: {len(self._found)}")
        does = "Hide" if self._open else "Show"
        self.turn.setAccessibleName(f"{does} what is proved ({len(self._found)})")
        clear_layout(self._rows)
        for each in self._found if self._open else ():
            self._rows.addWidget(ProvedCard(each))
        self._proofs.setVisible(self._open)


class ProvedCard(Card):
    """One proof and its assumption."""

    def __init__(self, result: CheckResult) -> None:
        super().__init__()
        self.add(label(f"✓ {result.detail}", "", "ok", wrap=True))
        if result.assumes:
            self.say(f"What it assumes: {result.assumes}", muted=True)


def without_way(result: CheckResult) -> str:
    """Return what was found without the steps that lead to it, where they are told apart from it."""
    head, found, way = result.detail.partition(": ")
    titles = [step.title for step in result.counterexample]
    return (
        f"{head}." if found and titles and way.startswith(titles[0]) and titles[-1] in way else result.detail
    )
