"""Procedures: a document read as workflows, with the tools that an agent has.

- No language model, no network, and the same answer every time.
- Numbered steps are what is to be done; the text around them adds only tools that they leave out.
- A policy section about one task becomes a workflow: look the object up, check, collect, confirm, act.
- Checks that a policy demands "at the beginning" open every workflow of that policy.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio.cobuilder.procedures.instructions import Instruction, InstructionReader
from studio.cobuilder.procedures.ordering import fold_branches, in_order
from studio.cobuilder.procedures.outline import Outline, Unit, outline
from studio.cobuilder.procedures.policies import PolicyReader
from studio.cobuilder.procedures.steps import Context, StepWriter
from studio.cobuilder.systems.matching import ToolMatcher
from studio.cobuilder.systems.pieces import pieces
from studio.cobuilder.words.mood import narrative_mood, without_lead_in
from studio.cobuilder.words.sentences import sentences
from studio.cobuilder.words.spoken import CUSTOMER
from studio.domain.finding import StepFinding, WorkflowFinding
from studio.domain.source import SourceDocument
from studio.domain.tool import Tool

AGAIN = 0.6
"""How probable a guessed tool has to be where another step of the procedure means it more surely."""

_OPENING = re.compile(
    r"\b(?:at the (?:beginning|start|outset)|before (?:anything|you|helping|proceeding|any|doing|"
    r"discussing|making)|first|"
    r"start by|begin by|always|every (?:call|conversation|chat))\b",
    re.IGNORECASE,
)
_OPENS_ALL = re.compile(
    r"\b(?:before anything|before any \w+ (?:is|about)|before (?:you|we) (?:do|say|discuss|give)|at the "
    r"(?:beginning|start|outset)|(?:every|each) (?:call|conversation|chat|contact))\b",
    re.IGNORECASE,
)
_IDENTITY = re.compile(
    r"\b(?:authenticat|verif|identif|validat|locat)\w*\b.*\b(?:identity|user|customer|caller|patient|"
    r"member|account|guest|"
    r"client|subscriber|passenger|applicant|employee|who)\b",
    re.I,
)
_CONTRACT = re.compile(
    r"\b(?:herein|hereof|hereby|hereto|hereunder|thereof|pursuant|notwithstanding|party|parties|agreement|"
    r"recipient|"
    r"undertakings?|affiliates?)\b",
    re.IGNORECASE,
)
_LEGAL = re.compile(
    r"\b(?:shall|herein|hereof|hereby|pursuant|thereof|party|parties|we['’]ll|we|you|your|"
    r"our)\b",
    re.IGNORECASE,
)
CUSTOMER_CASE = re.compile(
    rf"^(?:if|when|what (?:to do )?(?:if|when)|in case)\s+{CUSTOMER}\s+"
    r"(?!(?:is|are|has|have|was|can|cannot)\b)\w+",
    re.IGNORECASE,
)
"""A title that tells what a customer does or wants: what stands below it is done then."""
_SUBJECT = re.compile(
    r"^(?:you|we|agents?|the (?:agent|representative|team|assistant)) (?:should|must|have to|need to|has "
    r"to|will)\s+",
    re.IGNORECASE,
)
_SEQUENCE = re.compile(
    r"\b(?:first|then|next|finally|after(?:wards?| that)?|once|otherwise|subsequently|lastly|if|as soon as|"
    r"before|when|"
    r"meanwhile|in (?:this|that|the other) case)\b",
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
        self._matcher.compare(pieces(document))
        self._reader = InstructionReader(document, self._matcher)
        self._writer = StepWriter(document, self._matcher)
        self._policies = PolicyReader(document, self._matcher) if tools else None

    def read(self) -> tuple[WorkflowFinding, ...]:
        plan = outline(self._document)
        shared = [] if self._only(plan) else self._shared(plan)
        read = [(unit, self._steps(unit)) for unit in plan.units]
        opening = self._opening(shared)
        if opening is None and not self._only(plan):
            checks = [found for unit, steps in read if not steps for found in self._checks_in(unit)]
            opening = _asking(checks[0].steps) if checks else None
            shared += checks
        found: list[WorkflowFinding] = []
        for unit, steps in read:
            if not steps:
                continue
            if opening and (opening.tool is None or opening.tool not in {step.tool for step in steps}):
                first = opening.model_copy(update={"inputs": ()}) if opening.tool else opening
                steps = [first, *steps]
            found.append(WorkflowFinding(name=unit.name, steps=tuple(steps)))
        return (*shared, *found)

    def _checks_in(self, unit: Unit) -> list[WorkflowFinding]:
        """Return the identity check that a section demands for every conversation, if it does."""
        steps = self._identity_first(
            [
                step
                for instruction in self._reader.read(unit.parts)
                if _OPENS_ALL.search(instruction.text)
                for step in self._writer.write(instruction, Context(unit.name, 0))
            ]
        )
        named = any(step.kind in {"tool", "collect"} and (step.tool or step.inputs) for step in steps)
        return [WorkflowFinding(name=unit.name, steps=tuple(steps))] if named else []

    def _identity_first(self, steps: Sequence[StepFinding]) -> list[StepFinding]:
        """Give a step that asks who somebody is the look-up that takes just what it asks for."""
        found = []
        for step in steps:
            tool = self._matcher.look_up_by(step.inputs) if step.kind == "collect" and not step.tool else None
            found.append(step.model_copy(update={"kind": "tool", "tool": tool}) if tool else step)
        return found

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
                if self._identifies(steps):
                    steps = self._identity_first(steps)
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
                return _asking(workflow.steps)
        return None

    # -- one procedure ------------------------------------------------------------------------------

    def _steps(self, unit: Unit) -> list[StepFinding]:
        instructions = self._reader.read([*unit.above, *unit.parts])
        named = self._called(unit)
        context = Context(" ".join((*unit.around[-1:], unit.name)), len(named))
        numbered = [i for i in instructions if i.numbered]
        chosen = [i for i in instructions if not i.background]
        if numbered:
            first = 0 if self._matcher.guesses else numbered[0].start
            chosen = [i for i in chosen if i.start >= first or self._named([i])]
        chosen = fold_branches(chosen)
        pairs = _without_spare_titles(self._written(chosen, context))
        pairs = self._authoritative(pairs, bool(numbered))
        pairs = self._with_background_tools(pairs, [i for i in instructions if i.background], context)
        steps = self._once(in_order(pairs))
        if self._policies and not named and not numbered:
            steps = self._policies.complete(unit, steps)
        if self._is_procedure(unit, steps, numbered, instructions):
            return steps
        return [] if numbered else self._narrated(unit, context)

    def _once(self, steps: Sequence[StepFinding]) -> list[StepFinding]:
        """Take a tool from the less likely of two steps that would both use it, where it was only guessed."""
        if not self._matcher.guesses:
            return list(steps)
        best: dict[str, float] = {}
        for step in steps:
            if step.tool:
                best[step.tool] = max(best.get(step.tool, 0.0), step.confidence)
        return [
            step.model_copy(update={"tool": None, "inputs": (), "confidence": 0.4})
            if step.tool and step.confidence < min(AGAIN, best[step.tool])
            else step
            for step in steps
        ]

    def _written(
        self, instructions: Sequence[Instruction], context: Context
    ) -> list[tuple[Instruction, StepFinding]]:
        """Return the steps of instructions, each read with what the two before it say."""
        pairs, said = [], ["", ""]
        for instruction in instructions:
            known = context._replace(before="\n".join(said))
            pairs += [(instruction, step) for step in self._writer.write(instruction, known)]
            said = [said[1], instruction.text]
        return pairs

    def _narrated(self, unit: Unit, context: Context) -> list[StepFinding]:
        """Return the steps of a text that reports a process ("The clerk checks the order. Then …")."""
        blocks = [block for part in unit.parts for block in part.blocks if block.kind == "paragraph"]
        told = [sentence.text for block in blocks for sentence in sentences(self._document, block)]
        words = " ".join(told)
        if not unit.whole or _is_contract(words):
            return []
        reporting = sum(narrative_mood(text) is not None for text in told)
        if len(_SEQUENCE.findall(words)) < 2 or reporting * 5 < len(told) * 3:
            return []
        if len(_LEGAL.findall(words)) * 3 > len(_SEQUENCE.findall(words)):
            return []
        instructions = [i for i in self._reader.read(unit.parts, narrative=True) if not i.background]
        steps = in_order(self._written(instructions, context))
        return steps if len(steps) >= 3 else []

    def _called(self, unit: Unit) -> set[str]:
        """Return the tools that the text of a procedure calls by name; a likeness of words is no name."""
        mentions = [
            m for part in unit.parts for block in part.blocks for m in self._matcher.named(block.text)
        ]
        return {m.tool for m in mentions if m.literal or not self._matcher.guesses}

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
        if CUSTOMER_CASE.match(unit.name):
            return True
        words = " ".join(i.text for i in all_)
        return len(_SEQUENCE.findall(words)) >= 2


def _without_spare_titles(
    pairs: Sequence[tuple[Instruction, StepFinding]],
) -> list[tuple[Instruction, StepFinding]]:
    """Leave out a title's own step where the text below it has one with the same tool, or none is meant."""
    below: dict[str, set[str | None]] = {}
    for instruction, step in pairs:
        if not instruction.is_title:
            below.setdefault(instruction.under, set()).add(step.tool)
    return [
        (instruction, step)
        for instruction, step in pairs
        if not instruction.is_title or (step.tool and step.tool not in below.get(instruction.under, ()))
    ]


def _asking(steps: Sequence[StepFinding]) -> StepFinding:
    return next(step for step in steps if step.kind in {"tool", "collect"})


def _is_contract(text: str) -> bool:
    """Tell whether a text binds parties to each other rather than telling somebody what to do."""
    return len(_CONTRACT.findall(text)) * 60 > len(text.split())


def _name_of(steps: Sequence[StepFinding]) -> str:
    """Return a name for an untitled procedure: its first action in a few words."""
    first = next((step for step in steps if step.tool), steps[0])
    words = _SUBJECT.sub("", without_lead_in(first.text))
    words = re.split(r"\s+(?:by|via|using|if|when|before|after|so that|with)\s|[,.:;(]", words, maxsplit=1)[0]
    return " ".join(words.split()[:9]).capitalize()
