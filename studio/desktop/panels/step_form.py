"""The inspector: every field of a step or a workflow, editable; it tells wishes and changes nothing itself.

- `edited` carries a `FieldEdit` (make it a change set with `services.authoring.fields.fulfil`), a
  `StepWanted` (a new step where a way leads) or a `GroundWanted`; `opened` the path of another item; `cited`
  a citation to show; `kept` says that what was typed and cannot be taken waits at its step.
- Shown again after an edit, it keeps the keyboard, the cursor and drafts that were not told.
- `departures` (what `ShowDepartures` answers) says which cited steps a hand changed.
- What a step was made from stays in sight, and an edit of such a step says that it departs from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.panels.call_form_system import SystemParts, new_system
from studio.desktop.panels.condition_builder import ConditionBuilder
from studio.desktop.panels.evidence import GroundCards
from studio.desktop.panels.mock_form import MockParts
from studio.desktop.panels.slot_form import FactParts
from studio.desktop.panels.step_form_branches import BranchParts
from studio.desktop.panels.step_form_parts import Hooks, StepParts
from studio.desktop.panels.step_form_text import FactTexts
from studio.desktop.panels.step_form_workflow import WorkflowParts
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.form import Form, Part, Section
from studio.desktop.widgets.form_fields import Held, LineField
from studio.desktop.widgets.labels import label
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.edit import FieldEdit, GroundWanted, SetField
from studio.domain.fact_edit import fact_added
from studio.domain.known import Knowledge, in_words
from studio.domain.workflow import Decide, Step, ToolCall, Workflow

_SHOWN = 40
DEPARTS = "This step was made from the text below. What you change here by hand departs from it."


class StepForm(QWidget):
    """Shows one step, or the workflow itself, as fields."""

    edited = Signal(object)
    opened = Signal(str)
    cited = Signal(object)
    kept = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.form = Form()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.form)
        column.addStretch(1)
        self._agent: Agent | None = None
        self._knowledge: Knowledge | None = None
        self._at = ("", "")
        self._fact = ""
        self._naming = False
        self._system = ""
        self._naming_system = False
        self.departures: Mapping[str, str] = {}
        self._turn = 0
        self._remark = ""
        self._builders: dict[str, ConditionBuilder] = {}
        self._untold: dict[tuple[str, str], dict[str, str]] = {}

    def show_step(self, agent: Agent, workflow_id: str, step_id: str, remark: str = "") -> None:
        """Show a step; `remark` says more about its evidence. Raises KeyError for no such step."""
        agent.workflow(workflow_id).step(step_id)
        self._show(agent, (workflow_id, step_id), remark)

    def show_workflow(self, agent: Agent, workflow_id: str) -> None:
        """Show a workflow's own fields; raises KeyError for no such workflow."""
        agent.workflow(workflow_id)
        self._show(agent, (workflow_id, ""), "")

    def flush(self) -> None:
        """Tell at once what was typed and not told yet."""
        self.form.flush()

    def _show(self, agent: Agent, at: tuple[str, str], remark: str) -> None:
        self._turn += 1
        turn = self._turn
        if at != self._at and self._at[0]:
            self.form.flush()
            if turn != self._turn:
                return  # what was told brought a newer agent here already
            self._keep_untold()
            self._fact, self._naming, self._system, self._naming_system = "", False, "", False
        come = at != self._at
        if agent is not self._agent:
            self._agent, self._knowledge = agent, Knowledge(agent)
        self._at = at
        self._remark = remark or self.departures.get(join_path("workflows", at[0], "steps", at[1]), "")
        self._render()
        if come and at in self._untold:
            self.form.put_back(self._untold.pop(at))

    def _keep_untold(self) -> None:
        """Keep what cannot be taken until its step is shown again, and say so."""
        left = self.form.untold()
        if not left:
            return
        self._untold[self._at] = {key: words for key, (_, words) in left.items()}
        name, words = next(iter(left.values()))
        shown = words if len(words) <= _SHOWN else f"{words[:_SHOWN]}…"
        self.kept.emit(f"“{shown}” under “{name}” could not be taken. It waits there for you to mend it.")

    def _render(self) -> None:
        assert self._agent is not None and self._knowledge is not None
        flow = self._agent.workflow(self._at[0])
        hooks = Hooks(
            self.edited.emit,
            self.opened.emit,
            self._edit_fact,
            self._new_fact,
            self._edit_system,
            self._new_system,
        )
        if not self._at[1]:
            sections = list(WorkflowParts(self._agent, flow, hooks).sections())
            self.form.show_parts([*sections[:-1], *self._facts(flow, None), sections[-1]])
            return
        step = flow.step(self._at[1])
        parts = StepParts(self._agent, flow, step, self._knowledge, hooks)
        sections = parts.sections()
        if isinstance(step, Decide):
            sections[2:2] = BranchParts(parts, self._builders).sections()
        sections[2:2] = [*self._facts(flow, step), *self._system_fields()]
        self.form.show_parts([*sections, *self._evidence(step)])

    # Facts

    def _facts(self, flow: Workflow, step: Step | None) -> list[Section]:
        """Return the fields of the fact that is being edited, or the question for a new one's name."""
        assert self._agent is not None and self._knowledge is not None
        if self._naming:
            path = join_path("workflows", flow.id, "slots")
            ask = partial(LineField, "What it is called", hint="for example: Order number")
            return [Section("A new fact", [Part(f"{path}/new", ask, "", None, self._add_fact)])]
        home = next(
            (f for f in (flow, *self._agent.workflows) if any(s.id == self._fact for s in f.slots)), None
        )
        if home is None or not self._fact:
            return []
        slot = next(each for each in home.slots if each.id == self._fact)
        known = self._knowledge.before(*self._at) if step else self._knowledge.before(flow.id, flow.start)
        texts = FactTexts(self._knowledge, known)
        parts = FactParts(self._agent, home.id, slot, texts, self.edited.emit, partial(self._edit_fact, ""))
        return [Section(f"Fact “{slot.label}”", list(parts.parts()), "acc")]

    def _edit_fact(self, fact: str) -> None:
        self._fact = "" if fact == self._fact else fact
        self._naming = False
        self._render()

    def _new_fact(self) -> None:
        self._naming, self._fact = True, ""
        self._render()
        flow = self._at[0]
        field = self.form.widget(join_path("workflows", flow, "slots") + "/new")
        if isinstance(field, LineField):
            field.line.setFocus()

    def _add_fact(self, label_: str) -> None:
        if not label_ or self._agent is None:
            return
        self._fact, wish = fact_added(self._agent, self._at[0], label_, self._at[1])
        self._naming = False
        self.edited.emit(wish)

    # Systems

    def _system_fields(self) -> list[Section]:
        """Return the fields of the system that is being edited, or the question for a new one's name."""
        assert self._agent is not None
        if self._naming_system:
            ask = partial(LineField, "What it is called", hint="for example: Get order")
            return [Section("A new system", [Part("tools/new", ask, "", None, self._add_system)])]
        tool = next((each for each in self._agent.tools if each.name == self._system), None)
        if tool is None:
            return []
        parts = SystemParts(self._agent, tool, self.edited.emit, partial(self._edit_system, ""))
        rehearsed = MockParts(tool, self._agent.records or (), self.edited.emit)
        return [
            Section(f"System “{in_words(tool.name)}”", list(parts.parts()), "acc"),
            Section("When it is rehearsed", list(rehearsed.parts()), "acc"),
        ]

    def _edit_system(self, name: str) -> None:
        self._system = "" if name == self._system else name
        self._naming_system = False
        self._render()

    def _new_system(self) -> None:
        self._naming_system, self._system = True, ""
        self._render()
        field = self.form.widget("tools/new")
        if isinstance(field, LineField):
            field.line.setFocus()

    def _add_system(self, words: str) -> None:
        tool = new_system(self._agent, words) if self._agent else None
        field = self.form.widget("tools/new")
        if tool is None and isinstance(field, LineField):
            field.complain("Give it a name of letters that no other system has.")
        if tool is None:
            return
        path = join_path("workflows", self._at[0], "steps", self._at[1])
        sets = [
            SetField(path=join_path("tools", tool.name), value=tool),
            SetField(path=f"{path}/tool", value=tool.name),
            SetField(path=f"{path}/arguments", value=()),
        ]
        assert self._agent is not None
        if isinstance(self._agent.workflow(self._at[0]).step(self._at[1]), ToolCall):
            sets.append(SetField(path=f"{path}/results", value=()))
        self._naming_system, self._system = False, tool.name
        self.edited.emit(FieldEdit(sets=tuple(sets), title=f"Add the system “{words}”"))

    # Where it is written

    def _evidence(self, step: Step) -> list[Section]:
        place = join_path("workflows", self._at[0], "steps", step.id)

        def make() -> Held:
            remark = None
            if step.citations:
                tone: Tone = "warn" if self._remark else ""
                remark = label(self._remark or DEPARTS, "note", tone, wrap=True)
            cards = GroundCards(
                step.citations,
                self.cited.emit,
                lambda: self.edited.emit(GroundWanted(path=place)),
                lambda fingerprint: self.edited.emit(GroundWanted(path=place, without=fingerprint)),
                remark,
            )
            return Held(cards)

        return [Section("", [Part(f"{place}/citations", make, mark=(step.citations, self._remark))])]
