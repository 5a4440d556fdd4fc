"""Trying the draft beside its canvas: asks how it answers, shows it, and lights the way that was taken.

- What was said is kept while the draft is edited: the same words are tried again at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from studio.desktop.actions import Desk
from studio.desktop.panels.try_it import FactLine, Line, TryPanel
from studio.desktop.widgets.flow_board import FlowBoard
from studio.domain.errors import StudioError

if TYPE_CHECKING:
    from studio.domain.agent import Agent
    from studio.domain.workflow import Workflow
    from studio.services.queries.try_it import Trial


class TryDeeds(QObject):
    """Talks with the draft; `closed`: a person has had enough; `wandered`: it is in that workflow."""

    closed = Signal()
    wandered = Signal(str)

    def __init__(self, desk: Desk, canvas: FlowBoard) -> None:
        super().__init__()
        self._desk, self._canvas = desk, canvas
        self.panel = TryPanel()
        self.on = False
        self._said: tuple[str, ...] = ()
        self._as_in = ""
        self._shown = ""
        self.trial: Trial | None = None
        self.panel.said.connect(self._say)
        self.panel.back.connect(lambda: self._again(self._heard[:-1]))
        self.panel.again.connect(lambda: self._again(()))
        self.panel.kept.connect(self._keep)
        self.panel.world_chosen.connect(self._choose_world)
        self.panel.closed.connect(self.closed)

    def turn(self, on: bool, workflow: Workflow, draft: Agent) -> None:
        """Begin to try, or stop."""
        self.on = on
        if not on:
            self._canvas.light(())
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        tests = {test.id: test.workflow for test in draft.scenarios}
        if self._as_in not in tests or (not self._said and tests[self._as_in] != workflow.id):
            own = (test for test, flow in tests.items() if flow == workflow.id)
            self._as_in = "" if draft.records else next(own, next(iter(tests), ""))
        self.show_in(workflow, draft)
        self.panel.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_in(self, workflow: Workflow, draft: Agent) -> None:
        """Try the same words again, with the draft and the workflow that are shown now."""
        if not self.on:
            return
        if self._as_in and all(test.id != self._as_in for test in draft.scenarios):
            self._as_in = ""
        self._shown = workflow.id
        self._ask()

    def _ask(self) -> None:
        from studio.services.queries.try_it import TryIt

        try:
            trial = self._desk.session.ask(TryIt(self._said, self._as_in))
        except StudioError as error:
            self._desk.tell(str(error), "warn")
            return
        self.trial = trial
        lines = [
            Line(each.role, each.text, tuple(n.words for n in each.notes), any(n.bad for n in each.notes))
            for each in trial.lines
        ]
        facts = [
            FactLine(f.label, f.value, "the customer said so" if f.from_customer else "a system said so")
            for f in trial.facts
        ]
        self.panel.show_worlds([(world.id, world.title) for world in trial.worlds], self._as_in)
        self.panel.show_talk(lines, facts, _state(trial), trial.over)
        self.panel.allow_keeping(bool(trial.outcome))
        self._light(trial)

    def _light(self, trial: Trial) -> None:
        mine = [step for flow, step in trial.places if flow == self._shown]
        passed = {step for flow, step in trial.passed if flow == self._shown}
        ways = [(source, label) for flow, source, label in trial.ways if flow == self._shown]
        self._canvas.light(passed, mine[-1] if mine else "", ways)
        if trial.places and not mine:
            self.wandered.emit(trial.places[0][0])

    @property
    def _heard(self) -> tuple[str, ...]:
        """Return the words that the talk came to; what an edit cut off is kept until something is said."""
        return self.trial.said if self.trial is not None else ()

    def _say(self, words: str) -> None:
        self._again((*self._heard, words))

    def _again(self, said: tuple[str, ...]) -> None:
        self._said = said
        self._ask()
        self.panel.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choose_world(self, as_in: str) -> None:
        self._as_in = as_in
        self._ask()

    def _keep(self) -> None:
        from studio.services.commands import KeepTrial

        effect = self._desk.session.do(KeepTrial(self._heard, self._as_in))
        if effect is not None:
            test = effect.events[0].ids[0]
            self._desk.tell(
                f"{effect.title}. Undo takes it back.",
                "ok",
                "Open the test",
                lambda: self._desk.open_page("tests", test),
            )


def _state(trial: Trial) -> str:
    identity = "Identity verified" if trial.verified else "Identity not verified"
    if trial.outcome:
        return f"{identity} · ended: {trial.outcome}"
    return f"{identity} · asks for: {trial.asking.lower()}" if trial.asking else identity
