"""The set-up of a run: which tests and customers, how they behave, what fails, against which version."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from studio.desktop.widgets.card import Card
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.number import NumberField
from studio.domain.scenario import Behaviour, Fault

CUSTOMERS, SEED = 5, 7
_TRIAL = (
    "This is a trial: it is kept in the history, and is no evidence for a release. "
    "With a failing system a test expects only what must never happen."
)
_WHOLE = (
    "Every test as it is, against the live version: this run is evidence for a release. "
    "The same customer group brings the same customers again, who say the same words."
)


class RunSetupPanel(QWidget):
    """Holds what the next run is set up with; a choice stays as it is when the page is filled again."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "plain")
        self._tests: list[tuple[str, ...]] = [()]
        self._manners: list[tuple[Behaviour, ...]] = [()]
        self._faults: list[tuple[Fault, ...]] = [()]
        self._versions: list[int | None] = [None]
        self.tests, self.manner = Choice("Which tests"), Choice("How customers behave")
        self.fault, self.against = Choice("What fails"), Choice("Against which version")
        self.customers = NumberField("Customers a test", CUSTOMERS, 1, 1_000_000)
        self.seed = NumberField("Number of the customer group", SEED, 0, 1_000_000)
        self.note = label(_WHOLE, "muted", wrap=True)
        card = Card()
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        left = (("Tests", self.tests), ("Customers behave", self.manner), ("Systems", self.fault))
        for line, (words, field) in enumerate(left):
            grid.addWidget(label(words, "muted"), line, 0)
            grid.addWidget(field, line, 1)
            field.setMinimumWidth(120)
            field.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.seed.setToolTip("The same number brings the same customers, who say the same words.")
        right: tuple[tuple[str, QWidget], ...] = (
            ("Compare with", self.against),
            ("Customers a test", self.customers),
            ("Customer group", self.seed),
        )
        for line, (words, widget) in enumerate(right):
            grid.addWidget(label(words, "muted"), line, 2)
            grid.addWidget(widget, line, 3)
        grid.setColumnStretch(1, 3)
        self.against.setFixedWidth(150)
        card.content.addLayout(grid)
        card.add(self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 2)
        column.addWidget(card)
        for choice in (self.tests, self.manner, self.fault, self.against):
            choice.currentIndexChanged.connect(self._say)

    @property
    def chosen_tests(self) -> tuple[str, ...]:
        """Return the tests to run; none means all."""
        return self._tests[max(0, self.tests.currentIndex())]

    @property
    def chosen_manners(self) -> tuple[Behaviour, ...]:
        """Return how every customer behaves, too."""
        return self._manners[max(0, self.manner.currentIndex())]

    @property
    def chosen_faults(self) -> tuple[Fault, ...]:
        """Return what goes wrong in the systems, too."""
        return self._faults[max(0, self.fault.currentIndex())]

    @property
    def chosen_version(self) -> int | None:
        """Return the number of the version to compare with; None for the live one."""
        return self._versions[max(0, self.against.currentIndex())]

    def show_choices(
        self,
        tests: Sequence[tuple[str, tuple[str, ...]]],
        manners: Sequence[Behaviour],
        faults: Sequence[tuple[str, Fault]],
        versions: Sequence[int],
    ) -> None:
        """Offer tests (in groups and alone), manners, what can fail, and versions, the live one first."""
        self._tests = [ids for _, ids in tests]
        _offer(self.tests, [words for words, _ in tests])
        self._manners = [(), *((each,) for each in manners)]
        _offer(self.manner, ["As each test says", *(f"Also: {each}" for each in manners)])
        self._faults = [(), *((fault,) for _, fault in faults)]
        _offer(self.fault, ["Work as each test says", *(words for words, _ in faults)])
        self._versions = [None, *versions[1:]]
        _offer(self.against, [f"Version {n}{' (live)' if not at else ''}" for at, n in enumerate(versions)])
        self._say()

    def choose_test(self, test: str) -> None:
        """Choose one test alone."""
        if (test,) in self._tests:
            self.tests.setCurrentIndex(self._tests.index((test,)))

    @property
    def is_trial(self) -> bool:
        """Return whether the run would be less or other than the whole."""
        return bool(self.chosen_tests or self.chosen_manners or self.chosen_faults) or (
            self.chosen_version is not None
        )

    def _say(self) -> None:
        self.note.setText(_TRIAL if self.is_trial else _WHOLE)


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
