"""Steps: what each instruction asks for, its tool, its inputs and its condition, quoted verbatim.

- One step an action; an action is quoted by itself, or by its sentence when that is short.
- A tool that a sentence only refers to (in a condition, or under "do not") is no step.
- A quote has at most 400 characters and is always a slice of the original text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from studio.cobuilder.conditions import Clauses, clauses
from studio.cobuilder.instructions import Instruction, is_go_to
from studio.cobuilder.markup import readable
from studio.cobuilder.mood import (
    actions,
    as_imperative,
    forbids,
    mood_of,
    narrative_mood,
    needs_hand_over,
    without_lead_in,
)
from studio.cobuilder.ordering import goes_on
from studio.cobuilder.slots import argument_slots, bare_slot, collected
from studio.cobuilder.tool_matching import ToolMatcher, ToolMention
from studio.domain.finding import StepFinding, StepFindingKind
from studio.domain.source import SourceDocument

MAX_QUOTE = 400
_ESCALATE = re.compile(
    r"\b(?:escalat\w+|hand(?:ing)? (?:it |this |them |the \w+ )?(?:off|over)\b|"
    r"(?:transfer|connect|redirect|refer|route|pass|forward)\w*\b.{0,60}\b(?:human|agents?|person|"
    r"representative|specialist|"
    r"supervisor|manager|team|department|tier|level \d|queue|support|colleague|nurse|doctor|dispatcher|"
    r"on-call)|"
    r"(?:notify|page|alert|call) (?:the |your |an? )?(?:\w+ ){0,2}(?:supervisor|manager|on-call \w+|team "
    r"lead|emergency services|911))",
    re.IGNORECASE,
)
_TO_PERSON = re.compile(
    r"\b(?:human|live|person|supervisor|manager|specialist|representative|agents?)\b", re.IGNORECASE
)
_END = re.compile(
    r"\[?\b(?:end|close|finish|terminate|conclude) (?:the |this )?(?:conversation|call|chat|session|"
    r"interaction|case|ticket|process|procedure)\b"
    r"|^(?:stop|end|the (?:process|procedure) (?:ends|is complete))\b",
    re.IGNORECASE,
)
_SAY = re.compile(
    r"^(?:say|tell|inform|explain|apologi[sz]e|thank|greet|advise|remind|let \w+(?: \w+)? know|acknowledge|"
    r"reassure|assure|"
    r"notify|announce|mention|offer|warn|clarify|disclose|state|read|summari[sz]e|answer|respond|reply|"
    r"communicate|recommend|"
    r"suggest|encourage|list|(?:send|post|use|give) (?:the|a|this|them the|following|an?)(?: \w+)? "
    r"(?:message|sentence|phrase|reply)|repeat|describe|share|express|emphasi[sz]e|compliment|welcome|"
    r"instruct|discuss|educate)\b",
    re.IGNORECASE,
)
_ASK = re.compile(
    r"^(?:ask|obtain|collect|gather|request|get|confirm|inquire|prompt|find out|note down|have the \w+ "
    r"(?:provide|confirm)|"
    r"require|you will need|need|will need|enter|input|record|take|capture|elicit)\b",
    re.IGNORECASE,
)
_DECIDE = re.compile(
    r"^(?:decide|determine|evaluate|assess|check (?:if|whether|that)|verify (?:if|whether|that)|see (?:if|"
    r"whether)|validate|"
    r"confirm (?:that|whether|if)|ensure|make sure|find out whether|consider|judge|identify|check|verify|"
    r"review|inspect|"
    r"examine|compare|diagnose|select|choose|classify|confirm eligib\w+)\b",
    re.IGNORECASE,
)
_WHOSE = frozenset({"customer", "user", "client", "full", "member", "guest", "patient"})
_OBTAINS = re.compile(r"^(?:get|obtain|collect|gather|request|note|record|ask|take|capture)\b", re.IGNORECASE)
_GIVES = re.compile(r"^(?:offer|send|list)\b", re.IGNORECASE)
_ENTERS = re.compile(r"^(?:enter|input|record|get|take|capture|need)\b", re.IGNORECASE)
_SPOKEN = re.compile(
    r"^(?:say|ask|tell \w+(?: \w+)?|reply|respond|message)?\s*:?\s*[\"“](?P<words>[^\"”]+)", re.IGNORECASE
)
_QUESTION_SLOT = re.compile(
    r"\b(?:your|the|a|an|which|what(?: is| are)?|whose)\s+(?P<thing>(?:[a-z]+\s){0,2}?[a-z]+)(?=,| please|"
    r"\?| would| did | does | do | will | can | have | are | is | should| of|$)",
    re.IGNORECASE,
)
_REFERS = re.compile(
    r"\b(?:as part of|when using|part of|instead of|rather than|without|unless you|whether you['’]ve|"
    r"already|permission to use|"
    r"access to(?: run)?|can be found by|found by|returned by|result of|outcome of|from|see|not|don['’]t|"
    r"never use|do not use|until|"
    r"avoid)\b[^.;]{0,60}$",
    re.IGNORECASE,
)
_ARGUMENT = re.compile(
    r"^\s*(?:\(\s*[\"'“]?|with (?:the )?(?:tool )?(?:name|argument|parameter)s?:?\s*[\"'“]?)$", re.IGNORECASE
)
_WHEN_USING = re.compile(r"\b(?:using|calling|running|invoking|executing)(?: the)?\s*$", re.IGNORECASE)
_QUESTION = re.compile(
    r"(?:who|whom|with whom|what|which|when|where|at what|for what|how many|how much|how long|could|can|may|do you|"
    r"are you|please)\b(?![^?]*\b(?:anything else|help)\b)[^?]*\?",
    re.IGNORECASE,
)
_CALLS = re.compile(
    r"\b(?:using|use|call|calling|invoke|run|click|select|press|with|via|through|by|enter|into|in|choose|"
    r"submit|and|then|operate|"
    r"execute|trigger|to|check)\W*(?:the |a |an |on |our |internal |regular |standard |tool |function |"
    r"button |option |:|\(|\"|')*$",
    re.IGNORECASE,
)


class Context(NamedTuple):
    """What stands around an instruction: headings, and how many tools its procedure names."""

    headings: str
    named: int


class StepWriter:
    """Turns the instructions of one document into steps."""

    def __init__(self, document: SourceDocument, matcher: ToolMatcher) -> None:
        self._document = document
        self._matcher = matcher

    def write(self, instruction: Instruction, context: Context) -> list[StepFinding]:
        """Return the steps of one instruction, in the order in which they are to be done."""
        text = instruction.text
        parts = clauses(text)
        main_start, main_end = parts.main
        condition = self._condition(text, parts, instruction)
        if main_end - main_start < 3:
            return [self._branch(instruction, condition)]
        steps: list[StepFinding] = []
        for start, end in actions(text[main_start:main_end]):
            steps.extend(self._action(instruction, main_start + start, main_start + end, condition, context))
        return [*self._presupposed(instruction, parts, condition), *steps]

    def _condition(self, text: str, parts: Clauses, instruction: Instruction) -> str | None:
        own = text[parts.condition[0] : parts.condition[1]].strip() if parts.condition else None
        heads = [head for head in instruction.conditions if head]
        said = [*heads, own] if own else heads
        return "; ".join(said) or None

    def _branch(self, instruction: Instruction, condition: str | None) -> StepFinding:
        """Return the step of a mere "If …": a decision, with what its next sentence says."""
        end = instruction.tail[0].end if instruction.tail else instruction.end
        words = " ".join([instruction.text, *(s.text for s in instruction.tail[:1])])
        return self._finding("decide", words, instruction, instruction.start, end, condition=condition)

    def _presupposed(
        self, instruction: Instruction, parts: Clauses, condition: str | None
    ) -> list[StepFinding]:
        """Return the calls that "after using X, …" and "when using X, …" take for granted."""
        found = []
        for span in (parts.after, parts.condition):
            if span is None:
                continue
            for mention in self._matcher.named(instruction.text):
                before = instruction.text[: mention.start]
                if mention.literal and span[0] <= mention.start < span[1] and _WHEN_USING.search(before):
                    own = None if span == parts.condition else condition
                    found.append(self._tool_step(instruction, *span, mention, own, ()))
        return found

    def _action(
        self, instruction: Instruction, start: int, end: int, condition: str | None, context: Context
    ) -> list[StepFinding]:
        text = instruction.text
        clause = text[start:end]
        own = clauses(clause)
        if own_start(start, text) and own.condition is not None and own.main[1] - own.main[0] > 3:
            condition = clause[own.condition[0] : own.condition[1]].strip(" ,")
            end = start + own.main[1]
            start += own.main[0]
            clause = text[start:end]
        if is_go_to(without_lead_in(clause)):
            plain = goes_on(clause, instruction.number) and (own_start(start, text) or not condition)
            told = condition or re.search(r"\bstep \d", clause)
            return [self._step("decide", instruction, start, end, condition)] if told and not plain else []
        inputs = tuple(dict.fromkeys([*collected(clause), *instruction.extra_inputs]))
        named = [m for m in self._matcher.named(text) if start <= m.start < end and self._calls(text, m)]
        named = self._without_arguments(text, named)
        if named:
            return [self._tool_step(instruction, start, end, m, condition, inputs) for m in named]
        if _END.search(clause) and not _SAY.match(without_lead_in(clause)):
            tools = self._meant(clause, instruction, context)
            if tools:
                return [self._tool_step(instruction, start, end, tools[0], condition, inputs)]
            return [self._step("end", instruction, start, end, condition)]
        if needs_hand_over(clause):
            tool = self._matcher.hand_over_tool
            return [self._step("escalate", instruction, start, end, condition, tool, (), 0.65)]
        if forbids(clause):
            return []
        if _ESCALATE.search(clause) and not _SAY.match(without_lead_in(clause)):
            tool = self._matcher.hand_over_to(clause)
            if tool is None and _TO_PERSON.search(clause):
                tool = self._matcher.hand_over_tool
            return [self._step("escalate", instruction, start, end, condition, tool, inputs, 0.7)]
        meant = self._meant(clause, instruction, context)
        if meant:
            return [self._tool_step(instruction, start, end, meant[0], condition, inputs)]
        return [self._plain(instruction, start, end, condition, inputs)]

    def _meant(self, clause: str, instruction: Instruction, context: Context) -> list[ToolMention]:
        if mood_of(clause) in {"speech", "duty"}:
            return []
        if mood_of(clause) is None and narrative_mood(clause) is None:
            return []
        bare = as_imperative(clause)
        if collected(clause) and _OBTAINS.match(bare):
            return []
        around = f"{instruction.text} {context.headings}"
        demand = (0.62, 0.74)[context.named] if context.named < 2 else 2.0
        if _SAY.match(bare) and not _GIVES.match(bare):
            demand = max(demand, 0.85)
        found = self._matcher.meant(bare, around, demand)
        if not found and self._matcher.only_tool and _SENDS_TO_SYSTEM.search(clause):
            found = [ToolMention(self._matcher.only_tool, 0, len(clause), False, 0.6)]
        return found

    @staticmethod
    def _without_arguments(text: str, named: list[ToolMention]) -> list[ToolMention]:
        """Leave out tools that are only what another tool is told about: `unlock("x")` does not run x."""
        kept: list[ToolMention] = []
        for mention in named:
            outer = kept[-1] if kept else None
            between = text[outer.end : mention.start] if outer else ""
            inside = outer is not None and _ARGUMENT.match(between)
            if not inside or re.match(
                r"(?:call|run|execute|invoke|use)", outer.tool if outer else "", re.IGNORECASE
            ):
                kept.append(mention)
        return kept

    @staticmethod
    def _calls(text: str, mention: ToolMention) -> bool:
        """Tell whether a named tool is to be used here, not merely spoken of."""
        before = text[: mention.start]
        sentence = clauses(text)
        purpose = re.match(r"to \w+[^,]*,", text, re.IGNORECASE)
        if purpose and mention.end <= purpose.end():
            return False
        if sentence.condition and sentence.condition[0] <= mention.start < sentence.condition[1]:
            return False
        if _CALLS.search(before) and not re.search(
            r"\b(?:do not|don['’]t|never|avoid|without using)\b(?:(?! and )[^.;,)]){0,40}$", before, re.I
        ):
            return not re.search(
                r"\b(?:as part of|permission to use|access to run|already \w+ [^.;]{0,40}(?:via|using|with|"
                r"by))\b[^.;]{0,30}$",
                before,
                re.I,
            )
        return not _REFERS.search(before)

    def _tool_step(
        self,
        instruction: Instruction,
        start: int,
        end: int,
        mention: ToolMention,
        condition: str | None,
        inputs: tuple[str, ...],
    ) -> StepFinding:
        tool = self._matcher.tool(mention.tool)
        clause = instruction.text[start:end]
        slots = merged(inputs, argument_slots(tool, clause))
        kind: StepFindingKind = "escalate" if mention.tool == self._matcher.hand_over_tool else "tool"
        return self._step(kind, instruction, start, end, condition, mention.tool, slots, mention.confidence)

    def _plain(
        self, instruction: Instruction, start: int, end: int, condition: str | None, inputs: tuple[str, ...]
    ) -> StepFinding:
        told = instruction.text[start:end]
        clause = as_imperative(told)
        mood = mood_of(told) or narrative_mood(told)
        spoken = _SPOKEN.match(clause)
        if spoken:
            asked = _asked(spoken["words"]) if "?" in spoken["words"] else ()
            kind: StepFindingKind = "collect" if asked or _QUESTION.match(spoken["words"]) else "say"
            return self._step(kind, instruction, start, end, condition, None, asked, 0.8)
        if _SAY.match(clause):
            return self._step("say", instruction, start, end, condition)
        if mood == "duty" or (_ASK.match(clause) and inputs):
            return self._step("collect", instruction, start, end, condition, None, inputs, 0.7)
        if inputs and re.search(r"\b(?:ask|asking|request|obtain|collect)\b", clause, re.IGNORECASE):
            return self._step("collect", instruction, start, end, condition, None, inputs, 0.65)
        if _DECIDE.match(clause):
            return self._step(
                "decide", instruction, start, end, condition, None, inputs if _needs(clause) else ()
            )
        if _ASK.match(clause) and not _ENTERS.match(clause):
            return self._step("collect", instruction, start, end, condition, None, inputs)
        if inputs:
            return self._step("collect", instruction, start, end, condition, None, inputs, 0.55)
        bare = bare_slot(clause)
        if bare:
            return self._step("collect", instruction, start, end, condition, None, (bare,), 0.5)
        unsaid: StepFindingKind = "tool" if mood else "decide" if condition else "say"
        return self._step(unsaid, instruction, start, end, condition, None, (), 0.4)

    def _step(
        self,
        kind: StepFindingKind,
        instruction: Instruction,
        start: int,
        end: int,
        condition: str | None,
        tool: str | None = None,
        inputs: tuple[str, ...] = (),
        confidence: float = 0.6,
    ) -> StepFinding:
        """Return a step for `instruction.text[start:end]`."""
        raw = readable(
            self._document.text[instruction.start : instruction.end],
            instruction.start,
            self._document.media_type != "text/plain",
        )
        while end > start and instruction.text[end - 1] in " ,;":
            end -= 1
        while end < len(instruction.text) and instruction.text[end] in ".!?\"”')]":
            end += 1
        if raw.text == instruction.text and end > start:
            first, last = raw.span(start, end)
        else:
            first, last = instruction.start, instruction.end
        return self._finding(
            kind, instruction.text[start:end], instruction, first, last, tool, inputs, condition, confidence
        )

    def _finding(
        self,
        kind: StepFindingKind,
        text: str,
        instruction: Instruction,
        start: int,
        end: int,
        tool: str | None = None,
        inputs: tuple[str, ...] = (),
        condition: str | None = None,
        confidence: float = 0.6,
    ) -> StepFinding:
        start, end = shortened(self._document.text, start, end)
        return StepFinding(
            kind=kind,
            text=text.strip(),
            quote=self._document.text[start:end],
            start=start,
            end=end,
            anchor=instruction.block.anchor,
            tool=tool,
            inputs=inputs,
            condition=condition,
            confidence=confidence,
        )


_SENDS_TO_SYSTEM = re.compile(
    r"\b(?:send|submit|pass|make|issue|forward) (?:the |a |this |your )?(?:request|query|details|"
    r"information|data|form)\b"
    r"|\b(?:query|call|search|check) (?:the )?(?:system|database|backend|api)\b",
    re.IGNORECASE,
)


def merged(inputs: tuple[str, ...], arguments: tuple[str, ...]) -> tuple[str, ...]:
    """Return the inputs with the arguments that they do not name already."""
    names = list(inputs)
    for argument in arguments:
        if not any(_same_thing(argument, name) for name in names):
            names.append(argument)
    return tuple(names)


def _same_thing(argument: str, name: str) -> bool:
    """Tell whether "customer name" is "full name", "membership level" is "member level"."""
    if argument in name or name in argument:
        return True
    left, right = argument.split(), name.split()
    if left[-1] != right[-1]:
        return False
    return left[0] in _WHOSE or right[0] in _WHOSE or left[0][:5] == right[0][:5]


def own_start(start: int, text: str) -> bool:
    """Tell whether an action follows another one in its sentence."""
    return start > instruction_main(text)


def instruction_main(text: str) -> int:
    """Return where the main clause of a sentence begins."""
    return clauses(text).main[0]


def shortened(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span of at most 400 characters, cut between words."""
    if end - start <= MAX_QUOTE:
        return start, end
    cut = text.rfind(" ", start, start + MAX_QUOTE)
    return start, cut if cut > start else start + MAX_QUOTE


def _needs(clause: str) -> bool:
    return bool(re.match(r"(?:confirm|verify|identify|select|choose)\b", clause, re.IGNORECASE))


def _asked(question: str) -> tuple[str, ...]:
    """Return what a spoken question asks for."""
    direct = collected(question)
    if direct:
        return direct
    names = [bare_slot(match["thing"]) for match in _QUESTION_SLOT.finditer(question)]
    return tuple(dict.fromkeys(name for name in names if name))
