"""What goes wrong in the systems of a run: several, each with where and how often."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.labels import Elided
from studio.desktop.widgets.pane import clear_layout, row
from studio.domain.scenario import Fault

OFTEN: tuple[tuple[str, dict[str, int | float]], ...] = (
    ("Every time", {}),
    ("First time only", {"times": 1}),
    ("First 2 times", {"times": 2}),
    ("10 % by chance", {"chance": 0.1}),
    ("25 % by chance", {"chance": 0.25}),
    ("50 % by chance", {"chance": 0.5}),
)
"""How often something goes wrong; chance is drawn from the number of the customer group."""


class RunFaults(QWidget):
    """Holds what was chosen to go wrong; `changed` tells that it is something else now."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "plain")
        self._offered: tuple[tuple[str, Fault], ...] = ()
        self._steps: dict[tuple[str, str], tuple[str, ...]] = {}
        self._faults: list[Fault] = []
        self.add = Choice("What fails")
        self.add.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.add.activated.connect(self._add)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(4)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.add)
        column.addLayout(self._rows)

    @property
    def chosen(self) -> tuple[Fault, ...]:
        """Return what goes wrong."""
        return tuple(self._faults)

    def show_choices(
        self, faults: Sequence[tuple[str, Fault]], steps: Sequence[tuple[Fault, tuple[str, ...]]]
    ) -> None:
        """Offer what can go wrong, and where; what was chosen stays where it still can."""
        self._offered = tuple(faults)
        self._steps = {(fault.id, fault.failure): ids for fault, ids in steps}
        words = ["Work as each test says", *(text.removesuffix(", every time") for text, _ in faults)]
        if [self.add.itemText(at) for at in range(self.add.count())] != words:
            self.add.clear()
            self.add.addItems(words)
        kept = [f for f in self._faults if self._possible(f)]
        if kept != self._faults:
            self._faults = kept
            self._show()

    def _possible(self, fault: Fault) -> bool:
        steps = self._steps.get((fault.id, fault.failure))
        return steps is not None and (fault.step is None or fault.step in steps)

    def put(self, fault: Fault) -> None:
        """Let one more thing go wrong."""
        if fault not in self._faults:
            self._faults.append(fault)
            self._show()
            self.changed.emit()

    def _add(self, at: int) -> None:
        if at > 0:
            self.put(self._offered[at - 1][1])
        self.add.setCurrentIndex(0)

    def _show(self) -> None:
        clear_layout(self._rows)
        self.add.setItemText(0, "And also …" if self._faults else "Work as each test says")
        for number, fault in enumerate(self._faults):
            words = next(
                (
                    text
                    for text, each in self._offered
                    if (each.id, each.failure) == (fault.id, fault.failure)
                ),
                fault.id,
            ).removesuffix(", every time")
            often, where = Choice(f"How often: {words}"), Choice(f"Where: {words}")
            often.addItems([each for each, _ in OFTEN])
            now = {name: v for name in ("times", "chance") if (v := getattr(fault, name)) is not None}
            often.setCurrentIndex(next((n for n, (_, each) in enumerate(OFTEN) if each == now), 0))
            steps = self._steps.get((fault.id, fault.failure), ())
            where.addItems(["Everywhere", *(f"At “{step.replace('-', ' ')}”" for step in steps)])
            where.setCurrentIndex(steps.index(fault.step) + 1 if fault.step in steps else 0)
            where.setEnabled(bool(steps))
            for field, least in ((often, 130), (where, 120)):
                field.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
                field.setMinimumWidth(least)
            often.activated.connect(lambda at, n=number: self._set(n, often=at))
            where.activated.connect(lambda at, n=number: self._set(n, where=at))
            gone = Button(
                "", partial(self._remove, number), kind="quiet", icon="cross", name=f"Leave out: {words}"
            )
            line = row(Elided(words, lines=2), often, where, gone, gap=6, stretch=False)
            for place, share in enumerate((5, 3, 3)):
                line.setStretch(place, share)
            self._rows.addLayout(line)

    def _set(self, number: int, often: int | None = None, where: int | None = None) -> None:
        fault = self._faults[number]
        if often is not None:
            fault = fault.model_copy(update={"times": None, "chance": None, **OFTEN[often][1]})
        if where is not None:
            steps = self._steps.get((fault.id, fault.failure), ())
            fault = fault.model_copy(update={"step": steps[where - 1] if where else None})
        self._faults[number] = fault
        self.changed.emit()

    def _remove(self, number: int) -> None:
        del self._faults[number]
        self._show()
        self.changed.emit()
