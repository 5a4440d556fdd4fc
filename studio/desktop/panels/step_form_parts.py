"""The fields of one step: each declared field as the right kind of editor, with its value and where it goes.

- Every edit is told as a wish; a form changes nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from studio.desktop.panels.call_form import CallParts
from studio.desktop.panels.graph import KIND_WORDS, plain
from studio.desktop.panels.slot_form import fact_choices
from studio.desktop.panels.step_form_declared import FAILS, Declared, declared
from studio.desktop.panels.step_form_text import FactTexts, text_field
from studio.desktop.theme.tokens import S1
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.form import Field, Part, Section
from studio.desktop.widgets.form_fields import ChoiceField, CountField, Held, LineField, Option, Words
from studio.desktop.widgets.form_list import PickField
from studio.desktop.widgets.pane import row
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.charter import RuleKind
from studio.domain.edit import FieldEdit, SetField, StepWanted, wish
from studio.domain.fact_edit import facts_borrowed
from studio.domain.known import Knowledge, Known
from studio.domain.tool import Tool
from studio.domain.workflow import OUTCOMES, Argument, Decide, Handoff, Step, ToolCall, Verify, Workflow

NEW_STEPS = ("ask", "tool", "decide", "say", "disclose", "handoff", "end", "call", "verify")
_WAY_NAMES = {"next": "", "on_failure": "if it fails", "otherwise": "otherwise"}
_OUTCOME_WORDS = {
    "resolved": "Resolved", "refused": "Refused, and told why", "handed over": "Handed over to a person",
    "abandoned": "Given up",
}  # fmt: skip
_NEW_SYSTEM = ("new system",)
_BLOCK_ENDS = (
    "After “Resolved” the workflow that runs this block goes on; after the others it takes its failure path."
)


@dataclass(frozen=True)
class New:
    """A step that is still to be made, as a choice among the ways."""

    kind: str


@dataclass
class Hooks:
    """What a form can ask for."""

    tell: Callable[[FieldEdit | StepWanted], object]
    open: Callable[[str], object]
    edit_fact: Callable[[str], object]
    new_fact: Callable[[], object]
    edit_system: Callable[[str], object]
    new_system: Callable[[], object]


@dataclass
class StepParts:
    """Builds the sections of one step."""

    agent: Agent
    flow: Workflow
    step: Step
    knowledge: Knowledge
    hooks: Hooks
    known: Known = field(init=False)
    path: str = field(init=False)

    def __post_init__(self) -> None:
        self.path = join_path("workflows", self.flow.id, "steps", self.step.id)
        self.known = self.knowledge.before(self.flow.id, self.step.id)
        if isinstance(self.step, Verify):
            asked = frozenset(self.step.slots)
            self.known = Known(self.known.sure | asked, self.known.possible | asked)

    def sections(self) -> list[Section]:
        """Return the fields under their headings, in the order of the step's model; failure comes last."""
        found: dict[str, list[Part]] = {}
        later: dict[str, list[Part]] = {}
        for name, how in declared(self.step):
            made = list(self._parts(name, how))
            if made:
                (later if how.heading == FAILS else found).setdefault(how.heading, []).extend(made)
        return [Section(heading, parts) for heading, parts in (*found.items(), *later.items())]

    def _parts(self, name: str, how: Declared) -> Iterator[Part]:
        make: Callable[[str, Declared], Iterator[Part]] = getattr(self, f"_{how.widget}")
        yield from make(name, how)

    def _part(
        self, name: str, make: Callable[[], Field], mark: Any = None, warn: str = "", value: Any = None
    ) -> Part:
        path = f"{self.path}/{name}"
        shown = getattr(self.step, name) if value is None else value
        return Part(path, make, shown, mark, lambda given: self.hooks.tell(wish(path, given)), warn)

    # Words

    def _line(self, name: str, how: Declared) -> Iterator[Part]:
        yield self._part(name, lambda: LineField(how.title, how.help, read=partial(_needed, how.needed)))

    def _count(self, name: str, how: Declared) -> Iterator[Part]:
        yield self._part(name, lambda: CountField(how.title, *how.bounds, how.help))

    def _text(self, name: str, how: Declared) -> Iterator[Part]:
        texts = FactTexts(self.knowledge, self.known, how.needed)

        def make() -> Field:
            return text_field(how.title, texts, how.help, spoken=how.title or how.heading)

        yield self._part(name, make, texts.mark)

    # Facts

    def _facts(self, name: str, how: Declared) -> Iterator[Part]:
        asks = name == "slots"
        options = (
            fact_choices(self.agent, self.flow)
            if asks
            else tuple(Option(f.id, f.label, "", f.origin) for f in self.knowledge.facts.values())
        )

        def make() -> Field:
            made = PickField(
                how.heading, options, how.help, add="Add a fact…", new="A new fact…" if asks else "",
                open_words="Edit" if asks else "",
            )  # fmt: skip
            made.title.hide()
            made.opened.connect(self.hooks.edit_fact)
            made.new_wanted.connect(self.hooks.new_fact)
            return made

        path = f"{self.path}/{name}"

        def told(chosen: tuple[str, ...]) -> None:
            wanted = asks and not self.flow.reusable  # a block asks for what the workflow around it declares
            borrowed = facts_borrowed(self.agent, self.flow, chosen) if wanted else ()
            title = f"Ask for another fact in “{self.step.title}”" if borrowed else ""
            self.hooks.tell(FieldEdit(sets=(*borrowed, SetField(path=path, value=chosen)), title=title))

        warn = "" if getattr(self.step, name) or not asks else "It asks for nothing yet."
        yield Part(path, make, getattr(self.step, name), options, told, warn)

    # Ways

    def _way(self, name: str, how: Declared) -> Iterator[Part]:
        yield self.to(name, how.title, how.heading, _WAY_NAMES[name], getattr(self.step, name))

    def to(self, name: str, title: str, spoken: str, way: str, target: str | None) -> Part:
        """Return the field of one way out: `way` is its label, `spoken` is what it is read aloud with."""
        path = f"{self.path}/{name}"
        optional = isinstance(self.step, Handoff) or (name == "on_failure" and self.step.kind == "ask")
        none = "A person takes over" if self.step.kind == "ask" else "Nobody takes over, and it ends"
        options = self.targets(none if optional else "Nowhere yet")

        def told(chosen: Any) -> None:
            if isinstance(chosen, New):
                self.hooks.tell(
                    StepWanted(workflow_id=self.flow.id, step_id=self.step.id, way=way, kind=chosen.kind)
                )
            else:
                self.hooks.tell(wish(path, chosen))

        def make() -> Field:
            made = WayField(title, options, spoken)
            made.gone.connect(lambda to: self.hooks.open(join_path("workflows", self.flow.id, "steps", to)))
            return made

        warn = "" if target or optional else "It leads nowhere yet."
        return Part(path, make, target, options, told, warn)

    def targets(self, none: str = "Nowhere yet") -> tuple[Option, ...]:
        """Return where a way can lead: nowhere, the other steps, or a new one."""
        steps = [
            Option(s.id, s.title, "Steps", KIND_WORDS[s.kind])
            for s in self.flow.steps
            if s.id != self.step.id
        ]
        new = [Option(New(kind), KIND_WORDS[kind], "Make a new step") for kind in NEW_STEPS]
        return (Option(None, none), *steps, *new)

    # Systems

    def _tool_of(self) -> Tool | None:
        name = getattr(self.step, "tool", "")
        return next((tool for tool in self.agent.tools if tool.name == name), None)

    def _call(self) -> CallParts | None:
        tool = self._tool_of()
        if tool is None or not isinstance(self.step, ToolCall | Verify):
            return None
        return CallParts(self.step, tool, self.path, self.knowledge, self.known, self.hooks.tell)

    def _tool(self, name: str, how: Declared) -> Iterator[Part]:
        options = (*self._systems(), Option(_NEW_SYSTEM, "A new system…"))
        path = f"{self.path}/tool"

        def told(chosen: Any) -> None:
            if chosen == _NEW_SYSTEM:
                self.hooks.new_system()
            else:
                self.hooks.tell(FieldEdit(sets=(SetField(path=path, value=chosen), *self._refilled(chosen))))

        call = self._call()
        about = call.about() if call else "" if getattr(self.step, "tool", "") else "Choose what it uses."
        make = partial(ChoiceField, how.title, options, about)
        yield Part(path, make, getattr(self.step, "tool", ""), (options, about), told)
        if call is not None:
            yield self._edit_system(call.tool.name)
        if call is not None and isinstance(self.step, ToolCall):
            yield self._patience(call.tool)

    def _systems(self) -> Iterator[Option]:
        """Yield the systems; for recognising a customer, those first that can."""
        checks = isinstance(self.step, Verify)
        able = [tool for tool in self.agent.tools if checks and "verified" in tool.result_names]
        for tool in able:
            yield Option(tool.name, _called(tool.name), "Can recognise a customer", tool.description)
        for tool in self.agent.tools:
            if tool not in able:
                group = "Others, which do not answer “verified”" if checks else ""
                yield Option(tool.name, _called(tool.name), group, tool.description)

    def _edit_system(self, name: str) -> Part:
        def make() -> Held:
            words = "Edit this system"
            return Held(Button(words, partial(self.hooks.edit_system, name), kind="link"))

        return Part(f"edit {name}", make, mark=name)

    def _refilled(self, chosen: str) -> Iterator[SetField]:
        """Fill another system's parameters with the facts of the same names; keep what still fits."""
        tool = self.agent.tool(chosen)
        assert isinstance(self.step, ToolCall | Verify)
        kept = {each.name: each for each in self.step.arguments if each.name in tool.argument_names}
        for name in tool.required_arguments:
            if name not in kept and name in self.knowledge.facts:
                kept[name] = Argument(name=name, fact=name)
        yield SetField(path=f"{self.path}/arguments", value=tuple(kept.values()))
        if isinstance(self.step, ToolCall):
            results = tuple(each for each in self.step.results if each.result in tool.result_names)
            yield SetField(path=f"{self.path}/results", value=results)

    def _patience(self, tool: Tool) -> Part:
        path = join_path("tools", tool.name, "answers_within")
        users = sum(
            getattr(step, "tool", "") == tool.name for flow in self.agent.workflows for step in flow.steps
        )
        shared = f"It holds for all {users} steps that use this system." if users > 1 else ""

        def make() -> Field:
            return LineField(
                "Gives up after, in seconds", shared, read=_seconds, write=_seconds_words, hint="not told"
            )

        return Part(path, make, tool.answers_within, shared, lambda given: self.hooks.tell(wish(path, given)))

    def _arguments(self, name: str, how: Declared) -> Iterator[Part]:
        call = self._call()
        if call is not None:
            yield from call.arguments()

    def _results(self, name: str, how: Declared) -> Iterator[Part]:
        call = self._call()
        if call is not None:
            made = list(call.results())
            yield from made or [Part(f"{self.path}/results", Words, "The system answers nothing to keep.")]

    # Others of the agent

    def _table(self, name: str, how: Declared) -> Iterator[Part]:
        assert isinstance(self.step, Decide)
        tables = tuple(Option(t.id, t.name, "By a decision table") for t in self.agent.tables)
        options = (Option(None, "Conditions, one for each way"), *tables)
        yield self._part(name, partial(ChoiceField, "", options, spoken=how.heading), options)
        if self.step.table is not None:
            path = join_path("tables", self.step.table)
            yield self._opening(path, "Open the decision table")

    def _opening(self, path: str, words: str) -> Part:
        def make() -> Held:
            return Held(Button(words, partial(self.hooks.open, path), kind="link"))

        return Part(f"open {path}", make, mark=words)

    def _branches(self, name: str, how: Declared) -> Iterator[Part]:
        return iter(())  # they are sections of their own: `step_form_branches`

    def _rule(self, name: str, how: Declared) -> Iterator[Part]:
        rules = [r for r in self.agent.charter.rules if r.kind == RuleKind.DISCLOSE]
        options = tuple(Option(r.id, f"{r.id} {r.title}", "", r.text) for r in rules)
        none = "" if options else "The charter has no disclosure yet: add a rule of that kind there first."
        yield self._part(name, partial(ChoiceField, how.title, options, none), (options, none))
        if none:
            yield self._opening("charter", "Open the charter")
        rule = next((r for r in rules if r.id == getattr(self.step, "rule", "")), None)
        if rule is not None:
            yield Part(f"{self.path}/rule words", Words, f"It demands: {rule.text}")
            yield self._opening(join_path("charter", "rules", rule.id), f"Open {rule.id}")

    def _queue(self, name: str, how: Declared) -> Iterator[Part]:
        steps = [step for flow in self.agent.workflows for step in flow.steps if isinstance(step, Handoff)]
        queues = tuple(dict.fromkeys(step.queue for step in steps))

        def make() -> Field:
            return LineField(how.title, read=partial(_needed, how.needed), suggestions=queues)

        yield self._part(name, make, queues)

    def _outcome(self, name: str, how: Declared) -> Iterator[Part]:
        options = tuple(Option(each, _OUTCOME_WORDS.get(each, each)) for each in OUTCOMES)
        words = _BLOCK_ENDS if self.flow.reusable else ""
        yield self._part(name, partial(ChoiceField, how.title, options, words), words)

    def _block(self, name: str, how: Declared) -> Iterator[Part]:
        blocks = [flow for flow in self.agent.workflows if flow.reusable and flow.id != self.flow.id]
        options = tuple(Option(flow.id, flow.name) for flow in blocks)
        none = "" if options else "There is no reusable block yet."
        yield self._part(name, partial(ChoiceField, how.title, options, none), (options, none))
        block = getattr(self.step, "block", "")
        if any(flow.id == block for flow in blocks):
            yield self._opening(join_path("workflows", block), "Open the block")


class WayField(ChoiceField):
    """Where a way leads, with a button that goes there."""

    gone = Signal(str)

    def __init__(self, title: str, options: tuple[Option, ...], spoken: str) -> None:
        super().__init__(
            title, options, lost="The step it led to is gone: choose another.", spoken=f"{spoken}: {title}"
        )
        self.go = Button("", self._on_go, kind="quiet", icon="arrow-right", name=f"Go there: {spoken}")
        self.column.removeWidget(self.box)
        line = row(self.box, self.go, gap=S1, stretch=False)
        line.setStretch(0, 1)
        self.column.insertLayout(1, line)

    def show_value(self, value: Any) -> None:
        """Show where it leads."""
        super().show_value(value)
        self.go.setVisible(value is not None and self.box.currentIndex() >= 0)

    def _on_go(self) -> None:
        self.gone.emit(str(self._value))


def _called(name: str) -> str:
    words = plain(name)
    return words[:1].upper() + words[1:]


def _needed(sentence: str, words: str) -> str:
    if sentence and not words:
        raise ValueError(sentence)
    return words


def _seconds(words: str) -> float | None:
    if not words:
        return None
    try:
        found = float(words.lower().removesuffix("seconds").removesuffix("s").strip())
    except ValueError:
        found = -1
    if not 0 < found <= 600:
        raise ValueError("Give the seconds as a number from 1 to 600, or nothing.")
    return found


def _seconds_words(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
