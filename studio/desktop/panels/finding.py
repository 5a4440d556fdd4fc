"""One finding beside the canvas: the conversation that shows it, what mends it in words, and its test.

- It changes nothing itself: `mend_asked` and `keep_asked` tell what a person wants, `way_asked` that the
  way be lit again, `closed` that a person has seen enough.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.panels.expectations import expectation_words
from studio.desktop.panels.finding_card import without_way
from studio.desktop.panels.transcript import lines_of
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import Pane, scrolled
from studio.desktop.widgets.transcript_view import Line, TranscriptView
from studio.domain.check import CheckResult
from studio.domain.run import Conversation
from studio.domain.scenario import Scenario

MOST_CHANGES = 6


class FindingPanel(Pane):
    """Shows what was found as it would happen, and the ways to mend it."""

    mend_asked = Signal()
    keep_asked = Signal()
    way_asked = Signal()
    closed = Signal()

    def __init__(self) -> None:
        super().__init__("What was found", padded=False)
        self.way = Button("Show the way", self.way_asked.emit, name="Show the way of this on the canvas")
        self.close_ = Button("", self.closed.emit, icon="cross", name="Close what was found")
        self.add_head(self.way, self.close_)
        self.detail = label("", "", "bad", wrap=True)
        self.detail.setContentsMargins(14, 10, 14, 4)
        self.said = label("", "note", wrap=True)
        self.said.setContentsMargins(14, 0, 14, 2)
        self.view = TranscriptView("How it would happen")
        self.body.addWidget(self.detail)
        self.body.addWidget(self.said)
        self.body.addWidget(self.view, 3)
        self.body.addWidget(self._below(), 2)

    def _below(self) -> QWidget:
        holder = QWidget()
        holder.setProperty("role", "scroll-body")
        column = QVBoxLayout(holder)
        column.setContentsMargins(14, 8, 14, 12)
        column.setSpacing(8)
        self.mending, self.keeping = Card("How to mend it"), Card("Keep it mended")
        self.mend_words, self.keep_words = label("", wrap=True), label("", wrap=True)
        self.mend = Button("Mend it", self.mend_asked.emit, kind="primary")
        self.keep = Button("Make it a test", self.keep_asked.emit)
        for card, words, button in (
            (self.mending, self.mend_words, self.mend),
            (self.keeping, self.keep_words, self.keep),
        ):
            card.add(words)
            card.buttons(button)
            column.addWidget(card)
        column.addStretch(1)
        self.area = scrolled(holder)
        return self.area

    def show_working(self, result: CheckResult) -> None:
        """Say that it is being worked out."""
        self.detail.setText(f"✕ {without_way(result)}")
        self.said.setText("A customer is looked for who comes to it, and what would mend it…")
        self.view.show_lines(())
        self.way.setEnabled(bool(result.counterexample))
        self.area.hide()
        self._share(3, 2)

    def _share(self, talk: int, ways: int) -> None:
        """Share the height between the conversation and the ways to mend."""
        for part, share in ((self.view, talk), (self.area, ways)):
            self.body.setStretchFactor(part, share)

    def show_talk(self, result: CheckResult, talk: Conversation | None) -> None:
        """Show the conversation; where none was found, the way in steps."""
        if talk is not None:
            self.said.setText("This is how it would happen, with a customer made for it:")
            self.view.show_lines([line for line in lines_of(talk) if not line.text.startswith("Not right")])
            return
        steps = [Line("system", f"{at}. {_step(each.title, each.label)}")
                 for at, each in enumerate(result.counterexample, 1)]  # fmt: skip
        why = "No customer was found who comes to it by talking; the way leads through these steps:"
        self.said.setText(why if steps else "It is seen without a conversation.")
        self.view.show_lines(steps)

    def show_ways(self, title: str, changes: Sequence[str], test: Scenario | None) -> None:
        """Say what mends it, and what would keep it mended."""
        if title:
            lines = [f"• {each}" for each in changes[:MOST_CHANGES]]
            if len(changes) > MOST_CHANGES:
                lines.append(f"and {len(changes) - MOST_CHANGES} more")
            told = "\n".join([f"{title}.", *lines])
            self.mend_words.setText(
                f"{told}\nIt was tried on a copy: this is gone then, and nothing else breaks."
            )
        else:
            self.mend_words.setText(
                "No usual remedy mends this without breaking something else: only you can tell what is meant."
            )
        self.mend.setVisible(bool(title))
        if test is not None:
            musts = "; ".join(expectation_words(each) for each in test.expectations)
            self.keep_words.setText(
                f"The same customer, and what must happen: {musts}. "
                "It fails now, and passes once this is mended."
            )
        else:
            self.keep_words.setText(no_test(bool(title)))
        self.keep.setVisible(test is not None)
        self.area.show()

    def come_to_mending(self) -> None:
        """Bring the keyboard to the button that mends, and the button in sight."""
        button = self.mend if not self.mend.isHidden() else self.close_
        button.setFocus()
        self._share(1, 3)
        QTimer.singleShot(0, button, lambda: self.area.ensureWidgetVisible(button))  # once it is laid out


def no_test(mendable: bool) -> str:
    """Return why there is no test of a finding."""
    if mendable:
        return "No conversation tells the draft before and after the fix apart: no test would show it."
    return (
        "A test that fails now and passes then needs to know the fix. Mend it by hand; it is checked always."
    )


def _step(title: str, label_: str) -> str:
    return f"{title} ({label_})" if label_ else title
