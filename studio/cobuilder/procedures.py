"""Procedures: a document read as workflows, with the tools that an agent has.

- No language model, no network, and the same answer every time.
- Numbered steps are what is to be done; the text around them adds only tools that they leave out.
- A policy section about one task becomes a workflow: look the object up, check, collect, confirm, act.
- Checks that a policy demands "at the beginning" open every workflow of that policy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio.cobuilder.instructions import Instruction, InstructionReader
from studio.cobuilder.mood import without_lead_in
from studio.cobuilder.ordering import fold_branches, in_order
from studio.cobuilder.outline import Outline, Unit, outline
from studio.cobuilder.sentences import sentences
from studio.cobuilder.slots import needed_arguments
from studio.cobuilder.steps import Context, StepWriter, shortened
from studio.cobuilder.tool_matching import ToolMatcher
from studio.domain.finding import StepFinding, WorkflowFinding
from studio.domain.source import Block, SourceDocument
from studio.domain.tool import Tool

_OPENING = re.compile(
    r"\b(?:at the (?:beginning|start|outset)|before (?:anything|you|helping|proceeding|any|doing|"
    r"discussing|making)|first|"
    r"start by|begin by|always|every (?:call|conversation|chat))\b",
    re.IGNORECASE,
)
_IDENTITY = re.compile(
    r"\b(?:authenticat|verif|identif|validat|locat)\w*\b.*\b(?:identity|user|customer|caller|patient|"
    r"member|account|guest|"
    r"client|subscriber|passenger|applicant|employee|who)\b",
    re.I,
)
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
_CONTRACT = re.compile(
    r"\b(?:herein|hereof|hereby|hereto|hereunder|thereof|pursuant|notwithstanding|party|parties|agreement|"
    r"recipient|"
    r"undertakings?|affiliates?)\b",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"\b(?:shall|herein|hereof|hereby|pursuant|thereof|party|parties|we['’]ll|we)\b", re.IGNORECASE
)
_CARRIES_OUT = re.compile(
    r"^(?:apply|process|complete|make|perform|execute|finali[sz]e|carry out|submit|proceed|implement|do|go "
    r"ahead)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^(?P<label>[A-Z][A-Za-z ]{2,40}):(?:\s|$)")
_SUBJECT = re.compile(
    r"^(?:you|we|agents?|the (?:agent|representative|team|assistant)) (?:should|must|have to|need to|has "
    r"to|will)\s+",
    re.IGNORECASE,
)
_SEQUENCE = re.compile(
    r"\b(?:first|then|next|finally|after(?:wards?| that)?|once|otherwise|subsequently|lastly)\b",
    re.IGNORECASE,
)


def read_procedures(document: SourceDocument, tools: Sequence[Tool]) -> tuple[WorkflowFinding, ...]:
    """Return the procedures of a document as workflows, in the order of the text."""
    return _Procedures(document, tools).read()


class _Procedures:
    """One reading of one document."""

    def __init__(self, document: SourceDocument, tools: Sequence[Tool]) -> None:
        self._document = document
        self._matcher = ToolMatcher(tools)
        self._reader = InstructionReader(document, self._matcher)
        self._writer = StepWriter(document, self._matcher)
        self._has_tools = bool(tools)

    def read(self) -> tuple[WorkflowFinding, ...]:
        plan = outline(self._document)
        shared = [] if self._only(plan) else self._shared(plan)
        opening = self._opening(shared)
        found: list[WorkflowFinding] = []
        for unit in plan.units:
            steps = self._steps(unit)
            if not steps:
                continue
            if opening and (opening.tool is None or opening.tool not in {step.tool for step in steps}):
                first = opening.model_copy(update={"inputs": ()}) if opening.tool else opening
                steps = [first, *steps]
            found.append(WorkflowFinding(name=unit.name, steps=tuple(steps)))
        return (*(workflow for workflow in shared), *found)

    @staticmethod
    def _only(plan: Outline) -> bool:
        return len(plan.units) == 1 and plan.units[0].whole

    # -- what holds for every procedure -------------------------------------------------------------

    def _shared(self, plan: Outline) -> list[WorkflowFinding]:
        """Return the small procedures that a policy's opening paragraphs hold."""
        found: list[WorkflowFinding] = []
        for part in plan.preamble:
            if part.role != "open":
                continue
            groups: dict[str, list[Instruction]] = {}
            for instruction in self._reader.read([part]):
                groups.setdefault(instruction.block.id, []).append(instruction)
            for group in groups.values():
                context = Context("", len(set(self._named(group))))
                steps = [step for instruction in group for step in self._writer.write(instruction, context)]
                if any(step.tool for step in steps) or self._identifies(steps):
                    found.append(WorkflowFinding(name=_name_of(steps), steps=tuple(steps)))
        return found

    def _named(self, instructions: Sequence[Instruction]) -> list[str]:
        return [m.tool for i in instructions for m in self._matcher.named(i.text) if m.literal]

    @staticmethod
    def _identifies(steps: Sequence[StepFinding]) -> bool:
        words = " ".join(step.quote for step in steps)
        return any(step.kind in {"tool", "collect"} for step in steps) and bool(
            _OPENING.search(words) and _IDENTITY.search(words)
        )

    def _opening(self, shared: Sequence[WorkflowFinding]) -> StepFinding | None:
        """Return the identity check that opens every conversation."""
        for workflow in shared:
            if self._identifies(workflow.steps):
                return next(step for step in workflow.steps if step.kind in {"tool", "collect"})
        return None

    # -- one procedure ------------------------------------------------------------------------------

    def _steps(self, unit: Unit) -> list[StepFinding]:
        instructions = self._reader.read([*unit.above, *unit.parts])
        named = self._called(unit)
        context = Context(" ".join((*unit.around[-1:], unit.name)), len(named))
        numbered = [i for i in instructions if i.numbered]
        chosen = [i for i in instructions if not i.background]
        if numbered:
            first = numbered[0].start
            chosen = [i for i in chosen if i.start >= first or self._named([i])]
        chosen = fold_branches(chosen)
        pairs = [(i, step) for i in chosen for step in self._writer.write(i, context)]
        pairs = self._authoritative(pairs, bool(numbered))
        pairs = self._with_background_tools(pairs, [i for i in instructions if i.background], context)
        steps = in_order(pairs)
        if not named and not numbered:
            steps = self._policy(unit, steps)
        if self._is_procedure(unit, steps, numbered, instructions):
            return steps
        return [] if numbered else self._narrated(unit, context)

    def _narrated(self, unit: Unit, context: Context) -> list[StepFinding]:
        """Return the steps of a text that reports a process ("The clerk checks the order. Then …")."""
        words = " ".join(block.text for part in unit.parts for block in part.blocks)
        if len(_SEQUENCE.findall(words)) < 2 or len(_LEGAL.findall(words)) * 3 > len(
            _SEQUENCE.findall(words)
        ):
            return []
        instructions = [i for i in self._reader.read(unit.parts, narrative=True) if not i.background]
        steps = in_order([(i, step) for i in instructions for step in self._writer.write(i, context)])
        return steps if len(steps) >= 3 else []

    def _called(self, unit: Unit) -> set[str]:
        return {
            m.tool for part in unit.parts for block in part.blocks for m in self._matcher.named(block.text)
        }

    @staticmethod
    def _authoritative(
        pairs: list[tuple[Instruction, StepFinding]], has_numbers: bool
    ) -> list[tuple[Instruction, StepFinding]]:
        """Leave out mentions around the numbered steps of tools that the numbered steps call."""
        if not has_numbers:
            return pairs
        first = min(i.start for i, _ in pairs if i.numbered) if any(i.numbered for i, _ in pairs) else 0
        called = {step.tool for i, step in pairs if i.start >= first and step.tool}
        return [
            (i, step) for i, step in pairs if i.start >= first or step.tool is None or step.tool not in called
        ]

    def _with_background_tools(
        self,
        pairs: list[tuple[Instruction, StepFinding]],
        background: Sequence[Instruction],
        context: Context,
    ) -> list[tuple[Instruction, StepFinding]]:
        """Add the tools that only the explanations name, at the end where their place is not told."""
        have = {step.tool for _, step in pairs}
        for instruction in background:
            for step in self._writer.write(instruction, context):
                if step.tool and step.tool not in have and self._named([instruction]):
                    pairs = [*pairs, (instruction, step)]
                    have.add(step.tool)
        return pairs

    def _is_procedure(
        self,
        unit: Unit,
        steps: list[StepFinding],
        numbered: Sequence[Instruction],
        all_: Sequence[Instruction],
    ) -> bool:
        if any(step.tool and step.kind == "tool" for step in steps):
            return True
        if len(steps) < 2 or _is_contract(
            " ".join(block.text for part in unit.parts for block in part.blocks)
        ):
            return False
        if numbered:
            return True
        if any(part.role == "steps" for part in unit.parts):
            return any(i.in_steps for i in all_)
        words = " ".join(i.text for i in all_)
        return len(_SEQUENCE.findall(words)) >= 2

    # -- policies -----------------------------------------------------------------------------------

    def _policy(self, unit: Unit, steps: list[StepFinding]) -> list[StepFinding]:
        """Add what a policy section implies: the task's own tool, and the look-up that its checks need."""
        blocks = [block for part in unit.parts for block in part.blocks]
        if not self._has_tools or not blocks:
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
        later = [s for s in steps if s.start > start and block is not unit.heading and s.kind == "say"]
        return [*(s for s in steps if s not in later), step, *later]

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


def _is_contract(text: str) -> bool:
    """Tell whether a text binds parties to each other rather than telling somebody what to do."""
    return len(_CONTRACT.findall(text)) * 60 > len(text.split())


def _name_of(steps: Sequence[StepFinding]) -> str:
    """Return a name for an untitled procedure: its first action in a few words."""
    first = next((step for step in steps if step.tool), steps[0])
    words = _SUBJECT.sub("", without_lead_in(first.text))
    words = re.split(r"\s+(?:by|via|using|if|when|before|after|so that|with)\s|[,.:;(]", words, maxsplit=1)[0]
    return " ".join(words.split()[:9]).capitalize()
