"""Steps as labelled lines: what one does, with what, and where it leads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import TypeAdapter

from studio.diff.naming import Names, blanks
from studio.diff.sheets import SheetLine
from studio.diff.value_words import condition
from studio.domain.condition import spell
from studio.domain.frozen import Json
from studio.domain.workflow import Argument, Step, ways_out

_STEP: TypeAdapter[Step] = TypeAdapter(Step)
STEP_KINDS = {
    "ask": "Asks the customer",
    "verify": "Verifies identity",
    "tool": "Uses a system",
    "decide": "Decides",
    "say": "Says something",
    "disclose": "Discloses a rule",
    "handoff": "Hands over to a person",
    "end": "Ends the conversation",
    "call": "Runs another workflow",
}
_TIMES = {1: "once", 2: "twice"}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def plain(name: str) -> str:
    """Return a machine's name as words."""
    return name.replace("_", " ").replace("-", " ").strip()


def times(count: int) -> str:
    """Return how often, in words: "twice", "three times"."""
    if count in _TIMES:
        return _TIMES[count]
    return f"{_NUMBERS[count] if 0 <= count < len(_NUMBERS) else count} times"


@dataclass(frozen=True, slots=True)
class Called:
    """What the parts of an agent are called in its sheets; `flow` is the workflow whose steps are meant.

    What is not known is called by its id, written as words.
    """

    names: Names = field(default_factory=Names)
    flow: str = ""

    def fact(self, name: str) -> str:
        """Return what people call a fact."""
        return self.names.fact(name)[1:-1]

    def workflow(self, name: str) -> str:
        """Return the name of a workflow."""
        return self.names.workflow(name)[1:-1]

    def table(self, name: str) -> str:
        """Return the name of a decision table."""
        return self.names.table(name)[1:-1]

    def step(self, name: str) -> str:
        """Return the title of a step in quotes."""
        return self.names.step(self.flow, name) if self.flow else self.names.any_step(name)

    def rule(self, name: str) -> str:
        """Return a rule as "R-06 “Tell how long a refund takes”"."""
        return self.names.rule(name).removeprefix("rule ")


def step_sheet(value: Json, called: Called) -> Iterator[SheetLine]:
    """Write down a step."""
    step = _STEP.validate_python(value)
    yield SheetLine("Name", step.title)
    yield SheetLine("Does", STEP_KINDS[step.kind])
    for name, label in (("text", "Words"), ("say", "Words")):
        if said := getattr(step, name, ""):
            yield SheetLine(label, f"“{blanks(said)}”")
    yield from _uses(step, called)
    yield from _how_often(step)
    for argument in getattr(step, "arguments", ()):
        yield SheetLine(plain(argument.name), _filled(argument, called), "What it is given")
    for kept in getattr(step, "results", ()):
        yield SheetLine(called.fact(kept.fact), f"from “{plain(kept.result)}”", "What it learns")
    yield from _ways(step, called)


def _uses(step: Step, called: Called) -> Iterator[SheetLine]:
    for label, name, say in (
        ("System", "tool", plain),
        ("Decision table", "table", called.table),
        ("Workflow", "block", called.workflow),
        ("Queue", "queue", plain),
        ("Rule", "rule", called.rule),
        ("Outcome", "outcome", plain),
    ):
        if found := getattr(step, name, None):
            yield SheetLine(label, say(found))
    if facts := getattr(step, "slots", ()):
        yield SheetLine("Asks for", ", ".join(map(called.fact, facts)))
    if facts := getattr(step, "context", ()):
        yield SheetLine("Hands on", ", ".join(map(called.fact, facts)))


def _how_often(step: Step) -> Iterator[SheetLine]:
    if step.kind == "ask":
        yield SheetLine("Asks", times(step.tries), figure=float(step.tries))
    elif step.kind == "verify":
        yield SheetLine("Tries", times(step.tries), figure=float(step.tries))
    elif step.kind == "tool":
        said = "not at all" if not step.retries else times(step.retries)
        yield SheetLine("Tries again", said, figure=float(step.retries))


def _filled(argument: Argument, called: Called) -> str:
    if argument.fact:
        return f"what is known as “{called.fact(argument.fact)}”"
    return spell(argument.value) if argument.value is not None else "nothing yet"


def _ways(step: Step, called: Called) -> Iterator[SheetLine]:
    conditions = {branch.id: branch.when for branch in step.branches} if step.kind == "decide" else {}
    for label, to in ways_out(step):
        if to is None and label in ("if it fails", "otherwise"):
            continue
        when = conditions.get(label)
        asked = f" (when {condition(when)})" if when is not None else ""
        name = plain(label)[:1].upper() + plain(label)[1:] if label else "Then"
        yield SheetLine(name, f"→ {called.step(to) if to else 'nowhere yet'}{asked}", "Where it leads")
