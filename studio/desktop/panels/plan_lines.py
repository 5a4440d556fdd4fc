"""The lines of the plan editor: one stage with its share and its wait, one guard with its limit.

- A line says what is wrong with what was typed in it; it holds the last number that made sense.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.form_fields import Combo, Option
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.number import NumberField
from studio.domain.environment import GuardMetric, Pause
from studio.release.rollout_words import MOST_CONVERSATIONS, MOST_HOURS, PlanStage, measure_of

_HOURS = {"hours": 1, "days": 24}
_WAITS = (
    ("none", "goes on at once"),
    ("time", "waits for time"),
    ("conversations", "waits for conversations"),
    ("both", "waits for time and conversations"),
    ("person", "waits until a person lets it go on"),
)


class StageLine(QWidget):
    """One stage: its share, and what it waits for before the next."""

    changed = Signal()
    gone = Signal()

    def __init__(self, stage: PlanStage) -> None:
        super().__init__()
        self.title = label("")
        self.title.setFixedWidth(52)
        self.share = NumberField("Share in percent", stage.weight, 0, 100)
        self.share.setFixedWidth(46)
        self.sign = label("%")
        self.wait = Combo("Then", [Option(name, words) for name, words in _WAITS])
        self.wait.setMinimumWidth(170)
        self.time = NumberField("How long", 1, 0, MOST_HOURS)
        self.time.setFixedWidth(46)
        self.unit = Combo("Unit", [Option(name, name) for name in _HOURS])
        self.unit.setFixedWidth(72)
        self.count = NumberField("How many conversations", 500, 0, MOST_CONVERSATIONS)
        self.count.setFixedWidth(64)
        self.count.setToolTip("Conversations")
        self.all = label("all conversations", "muted")
        self.drop = Button("", self.gone.emit, kind="quiet", icon="cross", name="Take this stage away")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        for part in (
            self.title,
            self.share,
            self.sign,
            self.all,
            self.wait,
            self.time,
            self.unit,
            self.count,
        ):
            line.addWidget(part, 1 if part in (self.wait, self.all) else 0)
        line.addWidget(self.drop)
        self._show(stage.pause)
        for field in (self.share, self.time, self.count):
            field.textChanged.connect(lambda _text: self.changed.emit())
        self.wait.currentIndexChanged.connect(lambda _at: self._waits_otherwise())
        self.unit.currentIndexChanged.connect(lambda _at: self.changed.emit())

    @property
    def fault(self) -> str:
        """Return what is wrong with what was typed."""
        fields = [self.share, *(field for field in (self.time, self.count) if not field.isHidden())]
        empty = self.share.isEnabled() and any(not field.text().strip() for field in fields)
        return f"{self.title.text()}: a number is missing." if empty else ""

    def stage(self) -> PlanStage:
        """Return the stage as the fields say it."""
        hours = self.time.value() * _HOURS[self.unit.value() or "hours"]
        count = self.count.value()
        pauses = {
            "time": Pause(hours=hours),
            "conversations": Pause(conversations=count),
            "both": Pause(hours=hours, conversations=count),
            "person": Pause(),
        }
        return PlanStage(self.share.value(), pauses.get(self.wait.value() or "none"))

    def number(self, place: int, *, last: bool) -> None:
        """Say which stage it is; the last one is everybody, and needs no field."""
        self.title.setText(f"Stage {place}")
        for part, words in (
            (self.share, "share in percent"), (self.wait, "then"), (self.time, "how long"),
            (self.unit, "hours or days"), (self.count, "how many conversations"),
        ):  # fmt: skip
            part.setAccessibleName(f"Stage {place}, {words}")
        self.drop.setAccessibleName(f"Take stage {place} away")
        if last:
            self.share.setText("100")
        self.share.setEnabled(not last)
        self.all.setVisible(last)
        self.wait.setVisible(not last)
        self.drop.setVisible(not last)
        if last:
            self.wait.choose("none")
        self._fit()

    def _show(self, pause: Pause | None) -> None:
        kind = "none"
        if pause is not None:
            hours, count = pause.hours, pause.conversations
            kind = "time" if hours is not None else "conversations" if count is not None else "person"
            kind = "both" if hours is not None and count is not None else kind
            unit = "days" if hours and hours % 24 == 0 else "hours"
            self.unit.choose(unit)
            if hours is not None:
                self.time.setText(str(hours // _HOURS[unit]))
            if count is not None:
                self.count.setText(str(count))
        else:
            self.unit.choose("days")
        self.wait.choose(kind)

    def _waits_otherwise(self) -> None:
        self._fit()
        self.changed.emit()

    def _fit(self) -> None:
        kind = self.wait.value() or "none"
        self.time.setVisible(kind in ("time", "both"))
        self.unit.setVisible(kind in ("time", "both"))
        self.count.setVisible(kind in ("conversations", "both"))


class GuardLine(QWidget):
    """One guard: what is measured, more or less than which limit, alone or against what runs now."""

    changed = Signal()
    gone = Signal()

    def __init__(self, guard: GuardMetric, measures: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._guard = guard
        known = dict(measures)
        options = [Option(each, title) for each, title in measures]
        if guard.id not in known:
            options.append(Option(guard.id, guard.title))
        self.measure = Combo("Measure", options)
        self.way = Combo("When", [Option("above", "more than"), Option("below", "less than")])
        self.bound = QLineEdit(f"{guard.bound:g}")
        self.bound.setFixedWidth(56)
        self.unit = label("")
        self.against = Combo(
            "Held against", [Option("nothing", "on its own"), Option("stable", "against what runs now")]
        )
        self.times = NumberField("Readings that may be past the limit", guard.failureLimit, 0, 1000)
        self.drop = Button("", self.gone.emit, kind="quiet", icon="cross", name="Take this guard away")
        self._lay_out()
        for combo, value in (
            (self.measure, guard.id),
            (self.way, guard.worse_when),
            (self.against, guard.against),
        ):
            combo.choose(value)
        self.measure.currentIndexChanged.connect(lambda _at: self._another())
        for combo in (self.way, self.against):
            combo.currentIndexChanged.connect(lambda _at: self._moved())
        self.bound.textChanged.connect(lambda _text: self.changed.emit())
        self.times.textChanged.connect(lambda _text: self.changed.emit())
        self._fit()

    @property
    def fault(self) -> str:
        """Return what is wrong with what was typed."""
        if self._number() is None:
            return f"“{self.measure.currentText()}”: “{self.bound.text()}” is no number."
        return ""

    def guard(self) -> GuardMetric:
        """Return the guard as the fields say it."""
        chosen = self.measure.value() or self._guard.id
        measure, bound = measure_of(chosen), self._number()
        below, against = self.way.value() == "below", self.against.value()
        if bound is None:
            bound = self._guard.bound
        elif against == "stable" and below:
            bound = -abs(bound)
        return self._guard.model_copy(
            update={
                "id": chosen,
                "title": measure.title if measure and chosen != self._guard.id else self._guard.title,
                "bound": bound,
                "worse_when": "below" if below else "above",
                "against": against,
                "failureLimit": self.times.value(),
            }
        )

    def number(self, place: int) -> None:
        """Say which guard it is, to who cannot see the line."""
        for part, words in (
            (self.measure, "measure"), (self.way, "more or less"), (self.bound, "limit"),
            (self.against, "held against"), (self.times, "readings that may be past the limit"),
        ):  # fmt: skip
            part.setAccessibleName(f"Guard {place}, {words}")
        self.drop.setAccessibleName(f"Take guard {place} away")

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(4)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.measure, 1)
        first.addWidget(self.drop)
        tolerates, readings = label("tolerates", "muted"), label("readings", "muted")
        self.times.setFixedWidth(46)
        for told in (tolerates, self.times, readings):
            told.setToolTip("How often the figure may be past its limit before the release goes back")
        self.way.setFixedWidth(100)
        self.against.setFixedWidth(176)
        self.unit.setFixedWidth(40)
        for part in (self.way, self.bound, self.unit, self.against, tolerates, self.times, readings):
            second.addWidget(part)
        second.addStretch(1)
        column.addLayout(first)
        column.addLayout(second)

    def _number(self) -> float | None:
        try:
            number = float(self.bound.text().strip().replace(",", "."))
        except ValueError:
            return None
        return number if abs(number) < 1e9 else None

    def _another(self) -> None:
        """Begin with the usual limit of the measure that was chosen."""
        measure = measure_of(self.measure.value() or "")
        if measure is not None:
            self.bound.setText(f"{measure.first_bound:g}")
            self.way.choose(measure.worse_when)
            self.against.choose("nothing")
        self._moved()

    def _moved(self) -> None:
        self._fit()
        self.changed.emit()

    def _fit(self) -> None:
        measure = measure_of(self.measure.value() or "")
        share = measure is not None and measure.unit == "share"
        points = self.against.value() == "stable"
        self.unit.setText("points" if points else "%" if share else "")
