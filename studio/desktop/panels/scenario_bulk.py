"""Several tests at once: tag them, let their customers behave otherwise, let something fail, delete them.

- Each deed is one change of all of them, undone at once; `wished` tells a `ScenarioWish`.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.desktop.panels.scenario_rehearsal import AddField, Faults
from studio.desktop.panels.scenario_words import behaviour_options, fault_options
from studio.desktop.theme.tokens import S3
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.form_fields import Option
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import clear_layout, row
from studio.domain.scenario import Fault, Scenario, fault_in_words
from studio.domain.scenario_edit import ScenarioDeed, ScenarioWish


class ScenarioBulk(QWidget):
    """Shows what can be done with several tests."""

    wished = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._tests: tuple[str, ...] = ()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S3)
        self.chosen = Card("")
        column.addWidget(self.chosen)
        tags = Card("Tags")
        self.tag = QLineEdit()
        self.tag.setPlaceholderText("A word to find them by")
        self.tag.setAccessibleName("Tag for the chosen tests")
        self.tag.returnPressed.connect(self._tag)
        add = Button("Tag them", self._tag, name="Tag the chosen tests")
        tags.content.addLayout(row(self.tag, add, stretch=False))
        self._tags = QVBoxLayout()
        tags.content.addLayout(self._tags)
        self._behaviour = QVBoxLayout()
        manners = Card("How they behave")
        manners.content.addLayout(self._behaviour)
        self._fault = QVBoxLayout()
        fails = Card("What fails")
        fails.content.addLayout(self._fault)
        for card in (tags, manners, fails):
            column.addWidget(card)
        gone = Card("Delete")
        gone.say("Undo brings them back.", muted=True)
        gone.buttons(
            Button("Delete them", lambda: self._wish("delete"), kind="reject", name="Delete the tests")
        )
        column.addWidget(gone)

    def show_tests(self, tests: Sequence[Scenario], faults: Faults) -> None:
        """Show what can be done with these tests."""
        self._tests = tuple(test.id for test in tests)
        self.chosen.heading.setText(f"{len(tests)} tests are chosen")
        self.chosen.heading.show()
        while self.chosen.content.count() > 1:
            item = self.chosen.content.takeAt(1)
            if item is not None and (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for test in tests[:8]:
            self.chosen.say(f"{test.id} {test.title}")
        if len(tests) > 8:
            self.chosen.say(f"and {len(tests) - 8} more", muted=True)
        self._removable(tests)
        self._fill(self._behaviour, "Let them behave so, too…", behaviour_options(), "add behaviours")
        behaviours = dict.fromkeys(each for test in tests for each in test.behaviours)
        self._fill(
            self._behaviour, "Not so any more…", [Option(b, b.capitalize()) for b in behaviours],
            "remove behaviours", keep=True,
        )  # fmt: skip
        self._fill(self._fault, "Let something fail…", fault_options(faults), "add faults")
        there = {(f.id, f.failure): Fault(id=f.id, failure=f.failure) for t in tests for f in t.faults}
        words = [Option(each, fault_in_words(each).removesuffix(", every time")) for each in there.values()]
        self._fill(self._fault, "Let it work again…", words, "remove faults", keep=True)

    def _removable(self, tests: Sequence[Scenario]) -> None:
        tags = dict.fromkeys(tag for test in tests for tag in test.tags or ())
        self._fill(self._tags, "Take a tag away…", [Option(tag, tag) for tag in tags], "untag")

    def _fill(
        self, into: QVBoxLayout, words: str, options: Sequence[Option], deed: ScenarioDeed, keep: bool = False
    ) -> None:
        if not keep:
            clear_layout(into)
        if not options:
            if not keep and deed == "untag":
                into.addWidget(label("None of them has a tag.", "muted"))
            return
        field = AddField(words, options)
        field.committed.connect(lambda value: self._wish(deed, value))
        into.addWidget(field)

    def _tag(self) -> None:
        if words := self.tag.text().strip():
            self.tag.clear()
            self._wish("tag", words)

    def _wish(self, deed: ScenarioDeed, value: object = None) -> None:
        name = {"tag": "tags", "untag": "tags"}.get(deed, deed.rpartition(" ")[2])
        given = {} if value is None else {name: (value,)}
        self.wished.emit(ScenarioWish.model_validate({"deed": deed, "tests": self._tests, **given}))
