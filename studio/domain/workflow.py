"""Workflows: explicit graphs of steps, their slots, and decision tables in DMN's words.

- Steps name their successors by id; `next` of None on a step other than `end`/`handoff` is a defect
  that the checks report, not a parse error: a draft may be unfinished, nothing is lost.
- A reusable block is a workflow with `reusable=True`; its `end` returns to the caller.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from studio.domain.condition import Condition, Facts, Scalar, compare, spell
from studio.domain.frozen import Frozen
from studio.domain.source import Citation

SlotType = Literal["text", "code", "number", "money", "date", "email", "phone", "choice", "yes or no"]
OUTCOMES = ("resolved", "refused", "handed over", "abandoned")


class Slot(Frozen):
    """A fact to collect from the customer; `id` is the fact's name in conditions and arguments."""

    id: str
    label: str
    type: SlotType = "text"
    prompt: str = ""
    example: str = ""
    pattern: str | None = None
    choices: tuple[str, ...] = ()


class Place(Frozen):
    """Where a person put a step on the canvas; layout only, no meaning."""

    x: int
    y: int


class Argument(Frozen):
    """One argument of a tool call: the fact that fills it, or a fixed value."""

    name: str
    fact: str | None = None
    value: Scalar | None = None


class Binding(Frozen):
    """A value of a tool's reply that becomes a fact."""

    result: str
    fact: str


class StepBase(Frozen):
    """What every step has."""

    id: str
    title: str
    place: Place | None = None
    citations: tuple[Citation, ...] = ()


class Ask(StepBase):
    """Ask the customer for facts, one after the other, skipping what is known."""

    kind: Literal["ask"] = "ask"
    slots: tuple[str, ...]
    say: str = ""
    tries: int = 3
    next: str | None = None
    on_failure: str | None = None


class Verify(StepBase):
    """Check who the customer is with a tool; only this step makes identity verified.

    `tool` replies `verified` (yes or no); after `tries` failures `on_failure` is taken.
    """

    kind: Literal["verify"] = "verify"
    slots: tuple[str, ...]
    tool: str
    arguments: tuple[Argument, ...] = ()
    tries: int = 2
    next: str | None = None
    on_failure: str | None = None


class ToolCall(StepBase):
    """Call a system; after `retries` repeats of a failure `on_failure` is taken."""

    kind: Literal["tool"] = "tool"
    tool: str
    arguments: tuple[Argument, ...] = ()
    results: tuple[Binding, ...] = ()
    retries: int = 1
    next: str | None = None
    on_failure: str | None = None


class Branch(Frozen):
    """One way out of a decision; `id` is the label, which a table's `then` may name."""

    id: str
    when: Condition | None = None
    next: str | None = None


class Decide(StepBase):
    """Choose a branch by a decision table's answer, or by the first branch whose condition holds."""

    kind: Literal["decide"] = "decide"
    table: str | None = None
    branches: tuple[Branch, ...] = ()
    otherwise: str | None = None


class Say(StepBase):
    """Tell the customer something; `{fact}` is filled in."""

    kind: Literal["say"] = "say"
    text: str
    next: str | None = None


class Disclose(StepBase):
    """Tell the customer what a disclosure rule demands, word for word."""

    kind: Literal["disclose"] = "disclose"
    rule: str
    text: str
    next: str | None = None


class Handoff(StepBase):
    """Hand the customer to a person in `queue`, with the named facts and what was tried.

    Where the queue is closed, `on_failure` is taken; without it nobody takes over.
    """

    kind: Literal["handoff"] = "handoff"
    queue: str
    say: str = ""
    context: tuple[str, ...] = ()
    on_failure: str | None = None


class End(StepBase):
    """End of the conversation (or return from a reusable block) with an outcome."""

    kind: Literal["end"] = "end"
    outcome: str = "resolved"
    say: str = ""


class CallBlock(StepBase):
    """Run a reusable block; its `handed over` or `refused` end takes `on_failure`."""

    kind: Literal["call"] = "call"
    block: str
    next: str | None = None
    on_failure: str | None = None


Step = Annotated[
    Ask | Verify | ToolCall | Decide | Say | Disclose | Handoff | End | CallBlock, Field(discriminator="kind")
]


class StepGroup(Frozen):
    """A named frame around steps on the canvas; it makes no difference to what happens."""

    id: str
    name: str
    steps: tuple[str, ...] = ()


class Workflow(Frozen):
    """One procedure: when it starts, the facts it needs, and its steps.

    `open_to` "anyone": it may change things for people whom nobody has identified, such as new customers.
    `groups` are absent (None) where nothing is grouped, so that older agents keep their digest.
    """

    id: str
    name: str
    intent: str = ""
    examples: tuple[str, ...] = ()
    reusable: bool = False
    open_to: Literal["anyone"] | None = None
    slots: tuple[Slot, ...] = ()
    start: str = ""
    steps: tuple[Step, ...] = ()
    groups: tuple[StepGroup, ...] | None = None

    def step(self, step_id: str) -> Step:
        """Return the step with this id; raises KeyError."""
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)


def ways_out(step: Step) -> Iterator[tuple[str, str | None]]:
    """Yield (label, successor id) of a step; the label is "" for the ordinary way on."""
    if isinstance(step, Handoff | End):
        if isinstance(step, Handoff) and step.on_failure is not None:
            yield "if it fails", step.on_failure
        return
    if isinstance(step, Decide):
        yield from ((branch.id, branch.next) for branch in step.branches)
        yield "otherwise", step.otherwise
        return
    yield "", step.next
    if isinstance(step, Ask | Verify | ToolCall | CallBlock):
        yield "if it fails", step.on_failure


class TableInput(Frozen):
    """One column of conditions: the fact it reads."""

    id: str
    label: str
    type: SlotType = "text"


class Cell(Frozen):
    """The test of one input in one row; `between` includes both ends (`value` to `high`)."""

    id: str
    op: Literal["any", "=", "!=", "<", "<=", ">", ">=", "in", "between"] = "any"
    value: Scalar | tuple[Scalar, ...] | None = None
    high: Scalar | None = None

    def admits(self, facts: Facts) -> bool:
        """Return whether the fact named by this cell passes; a missing fact passes only `any`."""
        if self.op == "any":
            return True
        if self.value is None or self.id not in facts:
            return False
        fact = facts[self.id]
        if self.op == "between":
            return (
                self.high is not None and compare(fact, ">=", self.value) and compare(fact, "<=", self.high)
            )
        return compare(fact, self.op, self.value)

    @property
    def words(self) -> str:
        """Return the cell as it stands in the grid."""
        if self.op == "any" or self.value is None:
            return "any"
        sign = {"=": "", "!=": "not ", "<=": "≤ ", ">=": "≥ ", "<": "< ", ">": "> "}
        if self.op == "between":
            return f"{spell(self.value)}–{spell(self.high if self.high is not None else '')}"
        return sign.get(self.op, "") + spell(self.value)


class Row(Frozen):
    """One row: its cells (an input without a cell accepts anything) and the answer."""

    id: str
    cells: tuple[Cell, ...] = ()
    then: str
    citations: tuple[Citation, ...] = ()

    def cell(self, input_id: str) -> Cell:
        """Return the cell of an input, `any` where the row has none."""
        return next((cell for cell in self.cells if cell.id == input_id), Cell(id=input_id))

    def admits(self, facts: Facts) -> bool:
        """Return whether every cell of the row passes."""
        return all(cell.admits(facts) for cell in self.cells)


class DecisionTable(Frozen):
    """A decision: inputs, rows, hit policy `first` (top row wins) or `unique` (one row may fit)."""

    id: str
    name: str
    inputs: tuple[TableInput, ...]
    rows: tuple[Row, ...] = ()
    hit_policy: Literal["first", "unique"] = "first"

    def decide(self, facts: Facts) -> Row | None:
        """Return the row that answers for these facts, or None where no row does."""
        return next((row for row in self.rows if row.admits(facts)), None)
