"""Steps: what each instruction asks for, its tool, its inputs and its condition, quoted verbatim.

- One step an action; an action is quoted by itself, or by its sentence where its place is not clear.
- A tool that the text names comes first; else an action may mean a tool by its verb and object.
- A quote has at most 400 characters and is always a slice of the original text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import NamedTuple

from studio.cobuilder.procedures.instruction_signs import REQUIRED
from studio.cobuilder.procedures.instructions import Instruction, all_actions, is_go_to
from studio.cobuilder.procedures.ordering import goes_on
from studio.cobuilder.procedures.recast import case_of, entries, recast
from studio.cobuilder.procedures.slots import argument_slots, collected, merged, needed_arguments
from studio.cobuilder.procedures.step_kinds import ends, hands_over, is_manner, kind_of, only_says, to_person
from studio.cobuilder.systems.calls import is_called, presupposed, without_arguments
from studio.cobuilder.systems.matching import ToolMatcher, ToolMention
from studio.cobuilder.systems.pieces import cut, piece_spans
from studio.cobuilder.words.conditions import Clauses, clauses
from studio.cobuilder.words.markup import readable
from studio.cobuilder.words.mood import (
    as_imperative,
    forbids,
    mood_of,
    narrative_mood,
    needs_hand_over,
    without_lead_in,
)
from studio.domain.finding import StepFinding, StepFindingKind
from studio.domain.pulse import beat
from studio.domain.source import SourceDocument

MAX_QUOTE = 400
UNNAMED, BESIDE_ONE_NAME, SAYING = 0.62, 0.74, 0.85
"""How well an action has to fit a tool that it does not name; texts that name several tools name all."""
LIKELY, SURELY, BESIDE_LIKELY = 0.3, 0.5, 0.8
"""How probable it has to be that an action means a tool; more where it is said or asked, or one is named."""

_LATER = re.compile(r",?\s+before\s+(?=(?:we|you|they|the|an?|any|it|he|she)\b)", re.IGNORECASE)
"""Where a clause goes on to what is done at a later moment: “… before we book a return”."""
_NEW_CLAUSE = re.compile(r"[:;]")
_OBTAINS = re.compile(r"^(?:get|obtain|collect|gather|request|note|record|ask|take|capture)\b", re.IGNORECASE)
_SENDS_TO_SYSTEM = re.compile(
    r"\b(?:send|submit|pass|make|issue|forward) (?:the |a |this |your )?(?:request|query|details|"
    r"information|data|form)\b"
    r"|\b(?:query|call|search|check) (?:the )?(?:system|database|backend|api)\b",
    re.IGNORECASE,
)


_POINTS_BACK = re.compile(r"if so|if yes|in (?:this|that|such a|such) case", re.IGNORECASE)
_QUESTIONED = re.compile(r"\b(?:whether|if|in case|especially if)\s+(?P<what>[^.;:?]{5,160})", re.IGNORECASE)


class Context(NamedTuple):
    """What stands around an instruction: headings, how many tools are named, what was said before."""

    headings: str
    named: int
    before: str = ""


@dataclass(frozen=True)
class _Action:
    """One action of an instruction, as (start, end) in its text, under a condition."""

    instruction: Instruction
    start: int
    end: int
    condition: str | None
    follows: bool = False

    @property
    def clause(self) -> str:
        return self.instruction.text[self.start : self.end]

    @property
    def order(self) -> str | None:
        """Return the order that an entry of a list stands for where it only names its action."""
        return recast(self.clause) if self.instruction.numbered else None

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*collected(self.order or self.clause), *self.instruction.extra_inputs]))

    def under_its_own_condition(self) -> _Action:
        """Return the action without the "otherwise" or "if" that only it has."""
        own = clauses(self.clause)
        if not self.follows or own.condition is None or own.main[1] - own.main[0] <= 3:
            return self
        condition = self.clause[own.condition[0] : own.condition[1]].strip(" ,")
        return replace(
            self, start=self.start + own.main[0], end=self.start + own.main[1], condition=condition
        )


class StepWriter:
    """Turns the instructions of one document into steps."""

    def __init__(self, document: SourceDocument, matcher: ToolMatcher) -> None:
        self._document = document
        self._matcher = matcher

    def write(self, instruction: Instruction, context: Context) -> list[StepFinding]:
        """Return the steps of one instruction, in the order in which they are to be done."""
        beat()
        if instruction.row:
            return [self._line(instruction, context)]
        text = instruction.text
        parts = clauses(text)
        case = case_of(text) if instruction.numbered and not parts.condition else None
        if case is not None:
            parts = Clauses((case[1] + 2, len(text)), case)
        main_start, main_end = parts.main
        condition = _condition(text, parts, instruction)
        if main_end - main_start < 3:
            return [self._branch(instruction, condition)]
        steps: list[StepFinding] = []
        for span, mention in presupposed(text, parts, self._matcher.named(text)):
            own = None if span == parts.condition else condition
            steps.append(self._tool_step(_Action(instruction, *span, own), mention, ()))
        main = text[main_start:main_end]
        for start, end in entries(main) if instruction.numbered and recast(main) else all_actions(main):
            action = _Action(instruction, main_start + start, main_start + end, condition, start > 0)
            steps.extend(self._steps(action.under_its_own_condition(), context))
        return steps

    def _line(self, instruction: Instruction, context: Context) -> StepFinding:
        """Return the step of a line of a decision table: what its cells mean, in the case of the first."""
        whole = _Action(instruction, 0, len(instruction.text), "; ".join(instruction.conditions))
        step = self._finding("decide", whole, instruction.start, instruction.end)
        cells = [piece for cell in instruction.row for piece in cut(cell)]
        named = [m.tool for cell in cells for m in self._matcher.named(cell)]
        around = f"{context.headings}\n{instruction.conditions[-1]}"
        meant = [self._matcher.likely(cell, around, SURELY) for cell in cells]
        tool = next(iter([*named, *(m.tool for m in meant if m)]), None)
        if tool is None:
            return step
        needed = needed_arguments(self._matcher.tool(tool), ()) if not named else ()
        return step.model_copy(update={"kind": "tool", "tool": tool, "inputs": needed})

    def _branch(self, instruction: Instruction, condition: str | None) -> StepFinding:
        """Return the step of a mere "If …": a decision, with what its next sentence says."""
        end = instruction.tail[0].end if instruction.tail else instruction.end
        words = " ".join([instruction.text, *(s.text for s in instruction.tail[:1])])
        whole = _Action(instruction, 0, len(instruction.text), condition)
        return self._finding("decide", whole, instruction.start, end).model_copy(update={"text": words})

    def _steps(self, action: _Action, context: Context) -> list[StepFinding]:
        """Return the steps of one action: one for each tool that it names, else one."""
        clause, text = action.clause, action.instruction.text
        if is_go_to(without_lead_in(clause)):
            return self._go_to(action)
        named = [m for m in self._matcher.named(text) if action.start <= m.start < action.end]
        named = without_arguments(text, [m for m in named if is_called(text, m)])
        if named:
            return [self._tool_step(action, mention, action.inputs) for mention in named]
        if ends(clause):
            meant = self._likely(action, context, SURELY)
            return [self._tool_step(action, meant, ()) if meant else self._step("end", action)]
        if needs_hand_over(clause):
            return [self._step("escalate", action, self._matcher.hand_over_tool, (), 0.65)]
        if forbids(clause):
            return []
        return self._apart(action, context) or [self._one(action, context)]

    def _apart(self, action: _Action, context: Context) -> list[StepFinding]:
        """Return the steps of an action's pieces, where a piece means a tool and the whole does not."""
        spans = [span for span in piece_spans(action.clause) if not _is_later(action.clause[: span[0]])]
        if len(spans) < 2 or not self._matcher.guesses or self._meant(action, context):
            return []
        parts = [
            replace(action, start=action.start + first, end=action.start + last) for first, last in spans
        ]
        if not any(self._meant(part, context) for part in parts):
            return []
        return [self._one(part, context) for part in parts]

    def _one(self, action: _Action, context: Context) -> StepFinding:
        clause = action.clause
        if hands_over(clause):
            tool = self._matcher.hand_over_to(clause)
            if tool is None and (to_person(clause) or not self._matcher.spells_out):
                tool = self._matcher.hand_over_tool
            return self._step("escalate", action, tool, action.inputs, 0.7)
        meant = self._meant(action, context)
        if meant:
            return self._tool_step(action, meant, action.inputs)
        found = kind_of(action.order or clause, action.inputs, action.condition is not None)
        return self._step(found.kind, action, None, found.inputs, found.confidence)

    def _go_to(self, action: _Action) -> list[StepFinding]:
        """Return a jump as a decision; going on to the next step is none."""
        instruction, clause = action.instruction, action.clause
        plain = goes_on(clause, instruction.number) and (action.follows or not action.condition)
        told = action.condition or re.search(r"\bstep \d", clause)
        return [self._step("decide", action)] if told and not plain else []

    def _meant(self, action: _Action, context: Context) -> ToolMention | None:
        """Return the tool that an action means without naming it."""
        clause = action.order or action.clause
        if is_manner(clause) or REQUIRED.match(action.instruction.text):
            return None
        mood = mood_of(clause) or narrative_mood(clause)
        bare = as_imperative(clause)
        obtains = bool(collected(clause) and _OBTAINS.match(bare))
        if mood in {None, "speech", "duty"} or obtains:
            return self._likely(action, context, SURELY) if mood != "duty" else None
        demand = (UNNAMED, BESIDE_ONE_NAME)[context.named] if context.named < 2 else 2.0
        if only_says(clause):
            demand = max(demand, SAYING)
        found = self._matcher.meant(bare, f"{action.instruction.text} {context.headings}", demand)
        if not found and self._matcher.only_tool and _SENDS_TO_SYSTEM.search(clause):
            return ToolMention(self._matcher.only_tool, 0, len(clause), False, 0.6)
        return found[0] if found else self._likely(action, context, SURELY if only_says(clause) else LIKELY)

    def _likely(self, action: _Action, context: Context, demand: float) -> ToolMention | None:
        """Return the tool that an action probably means, unless its procedure names its tools."""
        if context.named >= 2:
            return None
        instruction = action.instruction
        around = "\n".join(
            (context.headings, instruction.under, context.before, instruction.text[: action.start])
        )
        told = _LATER.split(action.order or action.clause, maxsplit=1)[0]
        return self._matcher.likely(as_imperative(told), around, (demand, BESIDE_LIKELY)[context.named])

    def _tool_step(self, action: _Action, mention: ToolMention, inputs: tuple[str, ...]) -> StepFinding:
        tool = self._matcher.tool(mention.tool)
        slots = merged(inputs, argument_slots(tool, action.clause))
        if not mention.literal:
            slots = merged(slots, needed_arguments(tool, ()))
        kind: StepFindingKind = "escalate" if mention.tool == self._matcher.hand_over_tool else "tool"
        return self._step(kind, action, mention.tool, slots, mention.confidence)

    def _step(
        self,
        kind: StepFindingKind,
        action: _Action,
        tool: str | None = None,
        inputs: tuple[str, ...] = (),
        confidence: float = 0.6,
    ) -> StepFinding:
        """Return a step that quotes its action, up to the stop that ends it."""
        instruction, start, end = action.instruction, action.start, action.end
        raw = readable(
            self._document.text[instruction.start : instruction.end],
            instruction.start,
            self._document.media_type == "text/markdown",
        )
        while end > start and instruction.text[end - 1] in " ,;":
            end -= 1
        while end < len(instruction.text) and instruction.text[end] in ".!?\"”')]":
            end += 1
        if raw.text == instruction.text and end > start:
            first, last = raw.span(start, end)
        else:
            first, last = instruction.start, instruction.end
        step = self._finding(kind, replace(action, end=end), first, last)
        return step.model_copy(update={"tool": tool, "inputs": inputs, "confidence": confidence})

    def _finding(self, kind: StepFindingKind, action: _Action, start: int, end: int) -> StepFinding:
        start, end = shortened(self._document.text, start, end)
        return StepFinding(
            kind=kind,
            text=action.clause.strip(),
            quote=self._document.text[start:end],
            start=start,
            end=end,
            anchor=action.instruction.block.anchor,
            condition=action.condition,
            confidence=0.6,
        )


def _condition(text: str, parts: Clauses, instruction: Instruction) -> str | None:
    own = text[parts.condition[0] : parts.condition[1]].strip() if parts.condition else ""
    if _POINTS_BACK.fullmatch(own):
        own = _asked_before(instruction.said_before) or own
    return "; ".join(part for part in (*instruction.conditions, own) if part) or None


def _asked_before(text: str) -> str | None:
    """Return what "if so" points back to: the last question or condition before it."""
    asked = list(_QUESTIONED.finditer(" ".join(text.split())))
    return asked[-1]["what"].strip(" ,") if asked else None


def shortened(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span of at most 400 characters, cut between words."""
    if end - start <= MAX_QUOTE:
        return start, end
    cut = text.rfind(" ", start, start + MAX_QUOTE)
    return start, cut if cut > start else start + MAX_QUOTE


def _is_later(before: str) -> bool:
    """Say whether the words in front of a piece leave it to a later moment: “before we book, pay …”."""
    last = _NEW_CLAUSE.split(before)[-1]
    return _LATER.search(last) is not None
