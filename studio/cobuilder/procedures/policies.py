"""Policies: what a section about one task implies without saying it step by step.

- The task's own tool closes the section, unless a step already carries it out.
- Labels like "Dates: …" are tasks of their own under the section's.
- A check of the thing acted on needs the look-up that shows it.
- What follows "once it is booked" comes after the booking.
"""

from __future__ import annotations

import re

from studio.cobuilder.procedures.outline import Unit
from studio.cobuilder.procedures.slots import needed_arguments
from studio.cobuilder.procedures.steps import shortened
from studio.cobuilder.systems.matching import ToolMatcher
from studio.cobuilder.words.mood import without_lead_in
from studio.cobuilder.words.sentences import sentences
from studio.domain.finding import StepFinding
from studio.domain.source import Block, SourceDocument

_RESULT = re.compile(
    r"\b(?:after|once|upon|following)\b.{0,40}\bconfirm|\bwill (?:be|have been) \w+ed\b|\bstatus will\b|"
    r"\bafter (?:user |customer )?confirmation",
    re.IGNORECASE,
)
_CHECKS = re.compile(
    r"\b(?:check|verify|status|eligib\w+|confirm that|make sure|ensure|can (?:only |not )?be \w+ed (?:only "
    r")?if|"
    r"only be \w+ed|cannot be \w+ed)\b",
    re.IGNORECASE,
)
_CARRIES_OUT = re.compile(
    r"^(?:apply|process|complete|make|perform|execute|finali[sz]e|carry out|submit|proceed|implement|do|go "
    r"ahead)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^(?P<label>[A-Z][A-Za-z ]{2,40}):(?:\s|$)")
_QUESTION = re.compile(r"\?\s*$|^(?:where|what|when|who|why|which)\b", re.IGNORECASE)


class PolicyReader:
    """Completes the steps of policy sections of one document."""

    def __init__(self, document: SourceDocument, matcher: ToolMatcher) -> None:
        self._document = document
        self._matcher = matcher

    def complete(self, unit: Unit, steps: list[StepFinding]) -> list[StepFinding]:
        """Add what a policy section implies: the task's own tool, and the look-up that its checks need."""
        blocks = [block for part in unit.parts for block in part.blocks]
        if not blocks or _QUESTION.search(unit.name):
            return steps
        body = " ".join(block.text for block in blocks)
        action = self._matcher.for_task(unit.name, " ".join(unit.around[1:]), body)
        if action is not None and action.tool not in {step.tool for step in steps}:
            steps = self._with_action(unit, steps, action.tool, action.confidence)
        steps = self._with_labelled(unit, steps)
        done = (step.tool for step in steps if step.kind == "tool" and step.tool)
        acting = next((name for name in done if self._matcher.is_action(name)), None)
        return self._with_look_up(unit, steps, acting) if acting else steps

    def _with_labelled(self, unit: Unit, steps: list[StepFinding]) -> list[StepFinding]:
        """Add the tools of the labels in a section: "Dates: …" under "Change a booking"."""
        have = {step.tool for step in steps}
        for part in unit.parts:
            labels = [(part.title, part.heading)] if part.heading and part.title != unit.name else []
            labels += [
                (match["label"], block) for block in part.blocks if (match := _LABEL.match(block.text))
            ]
            for label, block in labels:
                found = self._matcher.for_task(label, unit.name)
                if (
                    found is None
                    or block is None
                    or found.tool in have
                    or not self._matcher.is_action(found.tool)
                ):
                    continue
                step = self._made(label, found.tool, block.start, block.end, block, found.confidence)
                inputs = needed_arguments(self._matcher.tool(found.tool), ())
                steps = [*steps, step.model_copy(update={"inputs": inputs})]
                have.add(found.tool)
        return steps

    def _with_action(
        self, unit: Unit, steps: list[StepFinding], tool: str, confidence: float
    ) -> list[StepFinding]:
        for at, step in enumerate(steps):
            told = step.tool is None and _CARRIES_OUT.match(without_lead_in(step.text))
            if told and self._matcher.about(tool, step.text):
                inputs = needed_arguments(self._matcher.tool(tool), ())
                found = {"kind": "tool", "tool": tool, "inputs": inputs, "confidence": confidence}
                return [*steps[:at], step.model_copy(update=found), *steps[at + 1 :]]
        place = (
            self._place(unit, _RESULT) or (unit.heading.start, unit.heading.end, unit.heading)
            if unit.heading
            else None
        )
        if place is None:
            return steps
        start, end, block = place
        known = {name for step in steps if step.tool for name in step.inputs}
        step = self._made(unit.name, tool, start, end, block, confidence)
        step = step.model_copy(update={"inputs": needed_arguments(self._matcher.tool(tool), tuple(known))})
        below = block is not unit.heading
        later = [
            other
            for other in steps
            if (below and other.start > start and other.kind == "say")
            or self._matcher.is_done(tool, other.condition or "")
        ]
        return [*(other for other in steps if other not in later), step, *later]

    def _with_look_up(self, unit: Unit, steps: list[StepFinding], action: str) -> list[StepFinding]:
        tool = self._matcher.look_up_for(action)
        place = self._place(unit, _CHECKS)
        if tool is None or place is None or tool in {step.tool for step in steps}:
            return steps
        start, end, block = place
        for at, step in enumerate(steps):
            if start <= step.start < end and step.tool is None and step.kind == "decide":
                found = step.model_copy(update={"kind": "tool", "tool": tool, "confidence": 0.5})
                return [*steps[:at], found, *steps[at + 1 :]]
        made = self._made(self._document.text[start:end], tool, start, end, block, 0.5)
        first = next(
            (at for at, step in enumerate(steps) if step.start > start or step.tool == action), len(steps)
        )
        return [*steps[:first], made, *steps[first:]]

    def _place(self, unit: Unit, pattern: re.Pattern[str]) -> tuple[int, int, Block] | None:
        for part in unit.parts:
            for block in part.blocks:
                for sentence in sentences(self._document, block):
                    if pattern.search(sentence.text):
                        return sentence.start, sentence.end, block
        return None

    def _made(
        self, text: str, tool: str, start: int, end: int, block: Block, confidence: float
    ) -> StepFinding:
        start, end = shortened(self._document.text, start, end)
        return StepFinding(
            kind="tool",
            text=text,
            quote=self._document.text[start:end],
            start=start,
            end=end,
            anchor=block.anchor,
            tool=tool,
            confidence=confidence,
        )
