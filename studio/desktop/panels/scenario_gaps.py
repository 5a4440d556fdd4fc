"""What no passing test exercises: rules, steps, ways, rows, failures, sentences; a test for each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.theme.tokens import S3
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.form_fields import Combo, Option
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.meter import Meter
from studio.desktop.widgets.pane import clear_layout
from studio.desktop.widgets.paragraph import Link

KINDS = {
    "rules": "Rules", "steps": "Steps", "branches": "Ways out of steps", "rows": "Rows of decisions",
    "faults": "Failures of systems and queues", "sentences": "Sentences of the documents",
}  # fmt: skip
_MOST = 40


class Thing(Protocol):
    """One thing that tests can exercise."""

    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def passed(self) -> int: ...  # noqa: D102
    @property
    def state(self) -> str: ...  # noqa: D102


class ScenarioGaps(QWidget):
    """`wanted` tells kind and id of what a test shall be written for, `opened` the path of what to show."""

    wanted = Signal(str, str)
    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S3)
        self.figures = Card("Exercised by tests that pass")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(6)
        self.figures.content.addLayout(self._lines)
        column.addWidget(self.figures)
        self.kind = Combo("Which kind", [Option("", "Everything that none exercises")])
        self.kind.choose("")
        self.kind.picked.connect(lambda _kind: self._show_gaps())
        column.addWidget(self.kind)
        self._gaps = QVBoxLayout()
        self._gaps.setSpacing(8)
        column.addLayout(self._gaps)
        column.addStretch(1)
        self._things: tuple[Thing, ...] = ()
        self._words_only: tuple[str, ...] = ()

    def show_things(self, things: Sequence[Thing], words_only: Sequence[str]) -> None:
        """Show what is exercised and what is not; `words_only` are rules that no test can show."""
        self._things, self._words_only = tuple(things), tuple(words_only)
        clear_layout(self._lines)
        options = [Option("", "Everything that none exercises")]
        for kind, words in KINDS.items():
            own = [each for each in things if each.kind == kind]
            good = sum(each.passed > 0 for each in own)
            if not own:
                continue
            self._lines.addWidget(label(f"{words}: {good} of {len(own)}", "note"))
            meter = Meter()
            meter.show_parts([(good / len(own), "ok" if good == len(own) else "acc", words)])
            self._lines.addWidget(meter)
            if good < len(own):
                options.append(Option(kind, f"{words}: {len(own) - good} not exercised"))
        before = self.kind.value()
        self.kind.set_options(options)
        if not self.kind.choose(before):
            self.kind.choose("")
        self._show_gaps()

    def _show_gaps(self) -> None:
        clear_layout(self._gaps)
        wanted = self.kind.value()
        gaps = [each for each in self._things if not each.passed and wanted in ("", each.kind)]
        for each in gaps[:_MOST]:
            self._gaps.addWidget(self._gap(each))
        if not gaps:
            self._gaps.addWidget(label("Passing tests exercise all of it.", "muted", wrap=True))
        if len(gaps) > _MOST:
            words = f"and {len(gaps) - _MOST} more: choose one kind, or write tests for these first"
            self._gaps.addWidget(label(words, "muted", wrap=True))
        if self._words_only and wanted in ("", "rules"):
            card = Card("In words only")
            card.say("Nothing carries these rules out, so no test can show that they are kept.", muted=True)
            for words in self._words_only:
                card.say(words)
            self._gaps.addWidget(card)

    def _gap(self, thing: Thing) -> QWidget:
        card = Card()
        card.add(Link(thing.title, partial(self.opened.emit, thing.path), name=f"Show {thing.title}"))
        card.add(label(f"{KINDS[thing.kind]} · {thing.state}", "small", wrap=True))
        ask = partial(self.wanted.emit, thing.kind, thing.id)
        card.buttons(Button("Write a test", ask, name=f"Write a test: {thing.title}"))
        return card
