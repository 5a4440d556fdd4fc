"""The plan editor: the stages of a rollout, what each waits for, the measures that call it back; in words.

- Beside the fields the whole plan stands in words, and what is wrong with it, as soon as something is typed.
- What cannot be kept cannot be saved; what a careful person would think over can.
"""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from studio.desktop.panels.days import day_of
from studio.desktop.panels.plan_lines import GuardLine, StageLine
from studio.desktop.theme.tokens import S2, S3
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label, set_tone
from studio.desktop.widgets.pane import group, row, scrolled, settle
from studio.domain.environment import GuardMetric, RolloutPlan
from studio.release.rollout_words import (
    MEASURES,
    PlanStage,
    cautions,
    plan_of,
    plan_sentence,
    stages_of,
    unsound,
)

NO_DAY = "Valid until: a day is missing."


class PlanDialog(QDialog):
    """Edits a plan; `plan` is what was made of it. A release cannot end before `today`."""

    def __init__(self, parent: QWidget, plan: RolloutPlan, until: str, today: date) -> None:
        super().__init__(parent)
        self._until, self._today = until, today
        self.setWindowTitle("Rollout plan")
        self.resize(1000, 640)
        self.stages: list[StageLine] = []
        self.guards: list[GuardLine] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(S3)
        column.addWidget(label("Rollout plan", "title"))
        line = QHBoxLayout()
        line.setSpacing(20)
        self.fields = self._fields(until, bool(plan.staging))
        line.addWidget(scrolled(self.fields), 68)
        line.addWidget(self._side(), 32)
        column.addLayout(line, 1)
        self.yes = Button("Keep this plan", self.accept, kind="primary")
        self.yes.setDefault(True)
        column.addLayout(row(self.yes, Button("Cancel", self.reject)))
        for stage in stages_of(plan):
            self._add_stage(stage)
        for guard in plan.guards:
            self._put_guard(guard)
        self._laid_out()

    @property
    def plan(self) -> RolloutPlan:
        """Return the plan as the fields say it."""
        stages = [line.stage() for line in self.stages]
        if stages:
            stages[-1] = PlanStage(100)
        guards = [line.guard() for line in self.guards]
        return plan_of(stages, guards, replay=self.replay.isChecked())

    @property
    def new_until(self) -> date | None:
        """Return the last day of the release where another one was written than before."""
        text = self.until.text().strip()
        return None if text == self._until else day_of(text)

    def _until_fault(self) -> str:
        text = self.until.text().strip()
        if text == self._until:
            return ""
        day = day_of(text)
        if day is None:
            return f"Valid until: “{text}” is no day. Write it as 31 Dec 2026." if text else NO_DAY
        past = f"Valid until: {day.day} {day:%b %Y} is past, so the release could never run."
        return past if day < self._today else ""

    def _fields(self, until: str, replay: bool) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(S2)
        column.addWidget(group("Before the first conversation"))
        self.replay = QCheckBox("IT plays all tests again; any difference from this evidence stops it")
        self.replay.setChecked(replay)
        self.replay.toggled.connect(lambda _on: self._say())
        column.addWidget(self.replay)
        column.addSpacing(S2)
        column.addWidget(group("Stages"))
        self._stage_box = QVBoxLayout()
        self._stage_box.setSpacing(S2)
        column.addLayout(self._stage_box)
        self.more = Button("Add a stage", self._new_stage, icon="plus")
        column.addLayout(row(self.more))
        column.addSpacing(S2)
        column.addWidget(group("Back at once if"))
        self._guard_box = QVBoxLayout()
        self._guard_box.setSpacing(S2)
        column.addLayout(self._guard_box)
        self.guard_more = Button("Add a guard", self._new_guard, icon="plus")
        column.addLayout(row(self.guard_more))
        column.addSpacing(S2)
        column.addWidget(group("Valid until"))
        self.until = QLineEdit(until)
        self.until.setAccessibleName("Valid until")
        self.until.setPlaceholderText("31 Dec 2026")
        self.until.textChanged.connect(lambda _text: self._say())
        self.until.setMaximumWidth(160)
        column.addWidget(self.until)
        column.addStretch(1)
        return holder

    def _side(self) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        card = Card("In words")
        self.words = label("", "", wrap=True)
        self.words.setAccessibleName("The plan in words")
        card.add(self.words)
        column.addWidget(card)
        self.wrong = label("", "", "bad", wrap=True)
        self.wrong.setAccessibleName("What is wrong with the plan")
        column.addWidget(self.wrong)
        self.beware = label("", "", "warn", wrap=True)
        self.beware.setAccessibleName("What to think over")
        column.addWidget(self.beware)
        note = "IT runs this plan, and may pause it or call it back at any time."
        column.addWidget(label(note, "muted", wrap=True))
        column.addStretch(1)
        return holder

    def _add_stage(self, stage: PlanStage, at: int | None = None) -> StageLine:
        line = StageLine(stage)
        line.changed.connect(self._say)
        line.gone.connect(lambda: self._drop_stage(line))
        self.stages.insert(len(self.stages) if at is None else at, line)
        return line

    def _new_stage(self) -> None:
        shares = [line.share.value() for line in self.stages[:-1]]
        last = shares[-1] if shares else 0
        doubled = last * 2 or 5
        share = max(1, doubled if doubled < 100 else (last + 100) // 2)
        made = self._add_stage(PlanStage(share), max(len(self.stages) - 1, 0))
        made.wait.choose("time")
        self._laid_out()
        made.share.setFocus(Qt.FocusReason.OtherFocusReason)
        made.share.selectAll()

    def _drop_stage(self, line: StageLine) -> None:
        self.stages.remove(line)
        line.hide()
        line.deleteLater()
        self._laid_out()
        self.more.setFocus(Qt.FocusReason.OtherFocusReason)

    def _put_guard(self, guard: GuardMetric) -> GuardLine:
        line = GuardLine(guard, [(each.id, each.title) for each in MEASURES])
        line.changed.connect(self._say)
        line.gone.connect(lambda: self._drop_guard(line))
        self.guards.append(line)
        self._guard_box.addWidget(line)
        return line

    def _new_guard(self) -> None:
        taken = {line.guard().id for line in self.guards}
        found = next((each for each in MEASURES if each.id not in taken), MEASURES[0])
        made = self._put_guard(
            GuardMetric(id=found.id, title=found.title, bound=found.first_bound, worse_when=found.worse_when)
        )
        self._laid_out()
        made.measure.setFocus(Qt.FocusReason.OtherFocusReason)

    def _drop_guard(self, line: GuardLine) -> None:
        self.guards.remove(line)
        line.hide()
        line.deleteLater()
        self._laid_out()
        self.guard_more.setFocus(Qt.FocusReason.OtherFocusReason)

    def _laid_out(self) -> None:
        """Number the stages and guards; the last stage is everybody."""
        for place, line in enumerate(self.stages):
            self._stage_box.insertWidget(place, line)
            line.number(place + 1, last=place == len(self.stages) - 1)
        for place, guard in enumerate(self.guards, start=1):
            guard.number(place)
        self._say()
        if self.isVisible():
            settle(self.fields)

    def _say(self) -> None:
        plan = self.plan
        wrong = (*unsound(plan), *_faults(self.stages, self.guards), *filter(None, (self._until_fault(),)))
        self.words.setText(plan_sentence(plan))
        self.wrong.setText("\n".join(wrong))
        self.wrong.setVisible(bool(wrong))
        beware = () if wrong else cautions(plan)
        self.beware.setText("\n".join(beware))
        self.beware.setVisible(bool(beware))
        set_tone(self.wrong, "bad")
        self.yes.setEnabled(not wrong)
        self.yes.setToolTip("Mend first what is wrong." if wrong else "")


def _faults(stages: list[StageLine], guards: list[GuardLine]) -> tuple[str, ...]:
    said = (*(line.fault for line in stages), *(line.fault for line in guards))
    return tuple(fault for fault in said if fault)
