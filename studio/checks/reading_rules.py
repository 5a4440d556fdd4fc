"""The formal reading of a rule in words, offered to a person to confirm: what it demands on every path.

- Read are orders ("before", "until", "first"), what is never done, done twice, or done above an amount, and
  what must follow a failure. What cannot be read for certain has no reading: nothing is guessed.
- What a rule excepts is carried into its reading, or the reading says that it leaves it out.
- The systems a rule speaks of are those whose names share its words; a guard names them itself.
"""

from __future__ import annotations

import re

from studio.checks.exceptions import case_of, except_for, exceptions_in
from studio.domain.agent import Agent
from studio.domain.charter import Rule, RuleKind
from studio.domain.condition import Compare, fields_of
from studio.domain.frozen import Frozen
from studio.domain.property import Event, Property
from studio.domain.tool import Tool
from studio.domain.workflow import Disclose, Verify


class Reading(Frozen):
    """A rule's formal reading: in words to confirm, and the property that is then proved.

    `left_out` are exceptions of the rule that the property does not know, as the rule's words.
    """

    rule: str
    words: str
    property: Property
    left_out: tuple[str, ...] = ()


_IDENTITY = re.compile(
    r"\bidentit|\bverif(?:y|ied|ies|ication)\b|\bidentif|\bwho (?:the \w+|they|he|she) (?:is|are)\b", re.I
)
_ORDER = re.compile(r"\bbefore\b|\buntil\b|\bunless\b|\bfirst\b|\bwithout\b|\bprior to\b", re.I)
_TWICE = re.compile(r"\btwice\b|\bmore than once\b|\bonly once\b|\bsecond time\b|\bdouble\b", re.I)
_FAILED = re.compile(r"\b(?:fail|failed|fails|failing)\b.{0,30}\b(?:identity|verif|check)|"
                     r"\b(?:identity|verification)\b.{0,30}\b(?:fails?|failed)\b", re.I)  # fmt: skip
_ABOVE = re.compile(
    r"\b(?:more than|above|over|exceed(?:s|ing)?|greater than)\s+[£$€]?\s?(\d[\d,]*(?:\.\d+)?)", re.I
)
_BREAKS = re.compile(
    r"\b(?:system|call|change|payment|booking)\b.{0,20}\bfails?\b|\bif .{0,30}\bfails?\b", re.I
)
_PERSON = re.compile(r"\b(?:person|human|colleague|agent|desk|team|hand(?:ed)? over)\b", re.I)
_COMMON = frozenset("get set find look check make create update issue send the and for with from".split())


def formal_reading(rule: Rule, agent: Agent) -> Reading | None:
    """Return what a rule demands on every path, to be confirmed; None where it cannot be read for certain."""
    guarded = _of_guard(rule)
    read = guarded or _of_words(rule, agent)
    if read is None:
        return None
    left: list[str] = []
    for clause in _exceptions(rule, read):
        case = case_of(clause, agent, _stem)
        if case is not None and read.when is not None and fields_of(case) <= fields_of(read.when):
            continue
        spared = except_for(read, case) if case is not None and guarded is None else None
        if spared is None:
            left.append(clause)
        read = spared or read
    told = " ".join(f"It leaves out “{clause}”: there, too, it would be told as broken." for clause in left)
    words = f"{read.words} {told}".strip()
    return Reading(rule=rule.id, words=words, property=read, left_out=tuple(left))


def _exceptions(rule: Rule, read: Property) -> list[str]:
    """Return the exceptions in a rule's words, but for what its reading demands anyway."""
    found = dict.fromkeys((*exceptions_in(rule.title), *exceptions_in(rule.text)))
    demands_identity = read.other is not None and read.other.kind == "identity"
    return [clause for clause in found if not (demands_identity and _IDENTITY.search(clause))]


def _of_guard(rule: Rule) -> Property | None:
    guard = rule.guard
    if guard is None or not guard.tools:
        return None
    call = Event(kind="call", names=guard.tools)
    if guard.needs_identity:
        return Property(kind="before", event=call, other=Event(kind="identity"))
    if guard.needs_disclosure is not None:
        said = Event(kind="disclosure", names=(guard.needs_disclosure,))
        return Property(kind="before", event=call, other=said)
    return Property(kind="never", event=call, when=guard.forbidden_when)


def _of_words(rule: Rule, agent: Agent) -> Property | None:
    text = f"{rule.title}. {rule.text}"
    tools = _tools(text, agent)
    call = Event(kind="call", names=tuple(tool.name for tool in tools))
    if _FAILED.search(text) and tools and rule.kind is RuleKind.NEVER:
        return Property(kind="never", event=call, other=Event(kind="failed identity"))
    if _TWICE.search(text) and tools and rule.kind in (RuleKind.NEVER, RuleKind.MUST):
        return Property(kind="once", event=call)
    if rule.kind is RuleKind.DISCLOSE:
        return _disclosure(rule, agent)
    amount = _ABOVE.search(text)
    if amount is not None and tools and rule.kind in (RuleKind.NEVER, RuleKind.ESCALATE):
        return _bound(call, tools, float(amount[1].replace(",", "")), agent)
    if _IDENTITY.search(text) and _ORDER.search(text) and rule.kind in (RuleKind.NEVER, RuleKind.MUST):
        verifying = {s.tool for flow in agent.workflows for s in flow.steps if isinstance(s, Verify)}
        names = tuple(t.name for t in tools if t.name not in verifying)
        return Property(kind="before", event=Event(kind="call", names=names), other=Event(kind="identity"))
    if _BREAKS.search(text) and _PERSON.search(text) and rule.kind in (RuleKind.MUST, RuleKind.ESCALATE):
        return Property(
            kind="then", event=Event(kind="failure", names=call.names), other=Event(kind="handoff")
        )
    return None


def _disclosure(rule: Rule, agent: Agent) -> Property | None:
    """Return that a disclosure is said before the system that the words behind "before" name."""
    behind = re.search(r"\bbefore\b(.*?)(?:[.;]|$)", rule.text, re.I)
    tools = [tool for tool in _tools(behind[1], agent) if tool.effect == "write"] if behind else []
    said = any(isinstance(s, Disclose) and s.rule == rule.id for flow in agent.workflows for s in flow.steps)
    if not tools or not said:
        return None
    call = Event(kind="call", names=tuple(tool.name for tool in tools))
    return Property(kind="before", event=call, other=Event(kind="disclosure", names=(rule.id,)))


def _bound(call: Event, tools: list[Tool], amount: float, agent: Agent) -> Property | None:
    """Return that no call goes out above an amount, where one argument is the only number it could mean."""
    top = int(amount) if amount.is_integer() else amount
    for tool in tools:
        properties = tool.parameters.get("properties", {})
        numbers = [n for n, s in properties.items() if isinstance(s, dict) and s.get("type") in _NUMBERS]
        if tool.effect == "write" and len(numbers) == 1:
            when = Compare(field=numbers[0], op=">", value=top)
            return Property(kind="never", event=Event(kind="call", names=(tool.name,)), when=when)
    return None


_NUMBERS = ("number", "integer")


def _tools(text: str, agent: Agent) -> list[Tool]:
    """Return the systems that a text names: those that share most of their words, changing ones first."""
    words = {_stem(word) for word in re.findall(r"[a-z]+", text.lower())}
    scored: list[tuple[float, Tool]] = []
    for tool in agent.tools:
        own = [_stem(part) for part in tool.name.lower().split("_") if part not in _COMMON]
        shared = sum(part in words for part in own)
        if own and shared:
            scored.append((shared / len(own), tool))
    writing = [each for each in scored if each[1].effect == "write"]
    kept = writing or scored
    best = max((score for score, _ in kept), default=0.0)
    return [tool for score, tool in kept if score == best and score >= 0.5]


def _stem(word: str) -> str:
    for end in ("ations", "ation", "ments", "ment", "ings", "ing", "ed", "es", "s", "e"):
        if word.endswith(end) and len(word) - len(end) >= 4:
            root = word[: -len(end)]
            return root[:-1] if root[-1] == root[-2] else root
    return word
