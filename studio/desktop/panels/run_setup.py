"""The set-up of a run: which tests and customers, how they behave, what fails, against what, who answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QVBoxLayout, QWidget

from studio.desktop.panels.run_faults import RunFaults
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.labels import Elided, label
from studio.desktop.widgets.many_choice import ManyChoice
from studio.desktop.widgets.number import NumberField
from studio.desktop.widgets.pane import row
from studio.domain.scenario import Behaviour, Fault, Scenario

CUSTOMERS, SEED = 5, 7
_TRIAL = (
    "This is a trial: it is kept in the history, and is no evidence for a release. "
    "With a failing system a test expects only what must never happen."
)
_WHOLE = (
    "Every test as it is, against the live version: this run is evidence for a release. "
    "The same customer group brings the same customers again, who say the same words."
)
_SAMPLE = (
    "The draft meets the same customers without and with the language model. What a model said is a sample, "
    "never a proof. You see what leaves this computer before anything does."
)
ANSWERED = (
    "The draft, by its steps",
    "A language model listens and words",
    "A language model is the whole agent",
    "The draft; a model words the customers",
)


@dataclass(frozen=True, slots=True)
class Offer:
    """What a run can be set up with; `sets` are groups of tests, `model` is the language model's name."""

    tests: Sequence[tuple[str, str]]
    sets: Sequence[tuple[str, tuple[str, ...]]]
    manners: Sequence[Behaviour]
    faults: Sequence[tuple[str, Fault]]
    fault_steps: Sequence[tuple[Fault, tuple[str, ...]]]
    versions: Sequence[int]
    model: str = ""


class RunSetupPanel(QWidget):
    """Holds what the next run is set up with; a choice stays as it is when the page is filled again."""

    file_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "plain")
        self._versions: list[int | None] = [None]
        self._manners: dict[str, Behaviour] = {}
        self.cards: tuple[Scenario, ...] = ()
        self.tests = ManyChoice("Which tests", "All tests")
        self.manners = ManyChoice("How customers behave", "As each test says")
        self.faults, self.against = RunFaults(), Choice("Against which version")
        self.customers = NumberField("Customers a test", CUSTOMERS, 1, 1_000_000)
        self.seed = NumberField("Number of the customer group", SEED, 0, 1_000_000)
        self.seed.setToolTip("The same number brings the same customers, who say the same words.")
        self.drawn = NumberField("Further customers drawn from the tests", 0, 0, 20_000)
        self.limits = QCheckBox("At every limit")
        self.limits.setToolTip("Customers for each row of each table, and below, at and above each limit.")
        self.file = Button("From conversations…", self.file_asked.emit, kind="link")
        self.from_file = Elided("", "muted")
        self.no_file = Button(
            "", self._forget, kind="quiet", icon="cross", name="Leave the conversations out"
        )
        self.answer = Choice("Who answers")
        self.answer.addItems([ANSWERED[0]])
        self.note = label(_WHOLE, "muted", wrap=True)
        card = Card()
        card.content.addLayout(self._lay_out())
        card.add(self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 2)
        column.addWidget(card)
        for choice in (self.against, self.answer):
            choice.currentIndexChanged.connect(self._say)
        for field in (self.tests, self.manners, self.faults):
            field.changed.connect(self._say)
        self.drawn.textChanged.connect(self._say)
        self.limits.toggled.connect(self._say)
        self._forget()

    def _lay_out(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        left = (("Tests", self.tests), ("Customers behave", self.manners), ("Answered by", self.answer))
        for line, (words, field) in enumerate(left):
            grid.addWidget(label(words, "muted"), line, 0)
            grid.addWidget(field, line, 1)
            field.setMinimumWidth(120)
        self.answer.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        right: tuple[tuple[str, QWidget], ...] = (
            ("Compare with", self.against),
            ("Customers a test", self.customers),
            ("Customer group", self.seed),
        )
        for line, (words, widget) in enumerate(right):
            grid.addWidget(label(words, "muted"), line, 2)
            grid.addWidget(widget, line, 3)
        self.against.setFixedWidth(150)
        systems = label("Systems", "muted")
        systems.setContentsMargins(0, 6, 0, 0)
        grid.addWidget(systems, 3, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.faults, 3, 1, 1, 3)
        more = row(
            self.drawn, label("drawn from the tests", "muted"), self.limits, self.file, self.no_file, gap=8,
            stretch=False,
        )  # fmt: skip
        more.addWidget(self.from_file, 1)
        grid.addWidget(label("Further customers", "muted"), 4, 0)
        grid.addLayout(more, 4, 1, 1, 3)
        grid.setColumnStretch(1, 3)
        return grid

    @property
    def chosen_tests(self) -> tuple[str, ...]:
        """Return the tests to run; none means all."""
        return self.tests.chosen

    @property
    def chosen_manners(self) -> tuple[Behaviour, ...]:
        """Return how every customer behaves, too."""
        return tuple(self._manners[name] for name in self.manners.chosen)

    @property
    def chosen_faults(self) -> tuple[Fault, ...]:
        """Return what goes wrong in the systems, too."""
        return self.faults.chosen

    @property
    def chosen_version(self) -> int | None:
        """Return the number of the version to compare with; None for the live one."""
        return self._versions[max(0, self.against.currentIndex())]

    @property
    def with_model(self) -> bool:
        """Return whether a language model takes part."""
        return self.answer.currentIndex() > 0

    @property
    def whole(self) -> bool:
        """Return whether a language model is the whole agent."""
        return self.answer.currentIndex() == 2

    @property
    def customers_speak(self) -> bool:
        """Return whether a language model words the customers."""
        return self.answer.currentIndex() == 3

    def show_choices(self, offer: Offer) -> None:
        """Offer tests, manners, what can fail, versions (the live one first), and a model if any."""
        self._manners = {each: each for each in offer.manners}
        self.tests.show_items([(name, f"{name} {title}") for name, title in offer.tests], offer.sets)
        self.manners.show_items([(each, each) for each in offer.manners])
        self.faults.show_choices(offer.faults, offer.fault_steps)
        self._versions = [None, *offer.versions[1:]]
        _offer(
            self.against, [f"Version {n}{' (live)' if not at else ''}" for at, n in enumerate(offer.versions)]
        )
        _offer(self.answer, ANSWERED if offer.model else ANSWERED[:1])
        self.answer.setToolTip(
            f"The language model is {offer.model}."
            if offer.model
            else "No language model is chosen in Settings."
        )
        self._say()

    def choose_test(self, test: str) -> None:
        """Choose one test alone."""
        self.tests.choose((test,))

    def take_cards(self, cards: tuple[Scenario, ...], words: str) -> None:
        """Let the customers of a file of conversations come, too."""
        self.cards = cards
        self.from_file.setText(words)
        self.no_file.setVisible(bool(cards))
        self._say()

    def _forget(self) -> None:
        self.take_cards((), "")

    @property
    def is_trial(self) -> bool:
        """Return whether the run would be less or other than the whole."""
        less = self.chosen_tests or self.chosen_manners or self.chosen_faults or self.cards
        return bool(less or self.drawn.value() or self.limits.isChecked()) or self.chosen_version is not None

    def _say(self) -> None:
        self.against.setEnabled(not self.with_model)
        self.note.setText(_SAMPLE if self.with_model else _TRIAL if self.is_trial else _WHOLE)


def _offer(choice: Choice, words: Sequence[str]) -> None:
    """Offer these words; what was chosen stays chosen where it is still there."""
    was = choice.currentText()
    if [choice.itemText(at) for at in range(choice.count())] == list(words):
        return
    choice.blockSignals(True)
    choice.clear()
    choice.addItems(list(words))
    choice.setCurrentIndex(max(0, choice.findText(was)))
    choice.blockSignals(False)
