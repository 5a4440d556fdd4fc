"""What a request may mean that no pattern reads: close matches, each a request that is known to work.

- A glimpse is never carried out; it is offered, and whoever asked chooses it or says it otherwise.
- It rests on what is named (a rule, a step, a question, a value, words in quotation marks) and on the words
  of wanting that stand beside it; every one offered has been tried on the agent before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from studio.cobuilder.requests.items import Item, stems_of
from studio.cobuilder.requests.kinds import Ground
from studio.cobuilder.requests.likely import likely
from studio.cobuilder.requests.wording import several
from studio.cobuilder.words.values import Value, values_in
from studio.domain.request import Choice, Reply
from studio.domain.workflow import Handoff

MOST = 4
NAMED = 0.5
"""The share of an item's name that has to stand in a request for the item to be named by it."""

_CUES = {
    "no": r"\b(?:no|not|never|without|stop|drop|remove|delete|superfluous|unnecessary|obsolete|"
    r"invalid|skip|less"
    r"|leave out|get rid|goes|gone|history|throw|ditch|bin|take .+ (?:out|off|away)|no longer|out|cancel|"
    r"quit|scrap|avoid)\b|n't\b",
    "new": r"\b(?:new|add|another|more|also|too|include|extra|additional|missing|need|want)\b",
    "asking": r"^(?:so |and |but )*(?:what|why|when|where|which|who|whom|how|is|are|does|do|"
    r"did|can|could|may|must"
    r"|has|have|should|under (?:which|what)|tell me|show|list|find|suppose|explain|to-?dos?)\b|\?$",
    "short": r"\b(?:short|shorter|shorten|long|longer|wordy|rambl\w+|brief\w*|concise|fewer "
    r"words|trim|drags?)\b",
    "polite": r"\b(?:polite\w*|friendl\w+|rude|kindly|nicer|nicely|courteous)\b",
    "say": r"\b(?:say|says|text|message|wording|words|tell|read|write|sentence)\b",
    "know": r"\b(?:tell|inform|know|aware|warn|remind|told|disclose|mention to)\b",
    "ask": r"\b(?:ask|asks|asking|question|collect|request|need|enquire|inquire|get|note down)\b",
    "hand": r"\b(?:hand|hands|handover|escalat\w+|human|person|colleague|pass|passed|transfer|"
    r"desk|team|nurse|goes to)\b",
    "heard": r"\b(?:mention\w*|brings? up|the word|talks?|talking|says?|threat\w*|writes?|"
    r"complain\w*|wants?)\b",
    "order": r"\b(?:before|after|between|first|then|earlier|later|ahead)\b",
    "fail": r"\b(?:fail\w*|down|offline|broken|error|fallback|unavailable|not work\w*|cannot|"
    r"timeout)\b|can't|doesn't",
    "test": r"\b(?:tests?|tested|scenarios?|test cases?|untested|cover\w*)\b",
    "lack": r"\b(?:lack\w*|missing|gaps?|not|without|un\w+|no)\b",
    "rule": r"\b(?:rules?)\b",
    "why": r"\b(?:why|basis|reason for|demand\w*|justif\w*|because|origin|comes? from)\b",
    "where": r"\b(?:where|anywhere|everywhere|places?)\b",
    "paper": r"\b(?:polic(?:y|ies)|documents?|handbook|passage|paragraph|sources?|manual|guide)\b",
    "use": r"\b(?:use[ds]?|need|needed|for what|uses)\b",
    "path": r"\b(?:how|circumstances|when|paths?|ways?|route)\b",
    "open": r"\b(?:open|to-?dos?|decide|waiting|pending|left|outstanding|unanswered)\b",
    "changed": r"\b(?:chang\w+|differ\w*|new)\b.*\b(?:since|live|draft|version|release|v\d+|last)\b",
    "decided": r"\b(?:who|when)\b.*\b(?:accepted|approved|decided|rejected|signed)\b",
    "times": r"\b(?:tries|attempts?|chances?|times|retry|retries|once|again)\b",
    "queue": r"\b(?:queue|route|routed|go|goes|send|sent|land|called|renamed)\b",
    "order to": r"\b(?:pay|refund|amount|above|more than|exceed)\b",
    "identity": r"\b(?:identity|identif\w+|who (?:they|it|the customer) (?:are|is)|verif\w+)\b",
    "owner": r"\b(?:owner|owns|responsible|accountable|taken over|takes over|in charge|call about)\b",
    "autonomy": r"\bautonomy\b",
    "severity": r"\b(?:severity|serious|critical|important)\b",
    "greeting": r"\b(?:greet\w*|welcome|introduction|opening|hello)\b",
    "teams": r"\b(?:teams?|queues?|desks?)\b",
}
_ROLE = re.compile(r"\b(business|operations|ops|qa|quality|compliance|IT|analytics)\b")
_NAME = re.compile(r"(?<![.!?] )\b([A-Z][a-z]+ [A-Z][a-z]+)\b")
_STOPS = re.compile(r"\s+(?:in|during|when|while|if|to|from|before|after|on|at|for)\b.*$")


@dataclass
class _Seen:
    """What stands in a request: its cues, quotations, values, and the items it names."""

    text: str
    ground: Ground
    cues: set[str] = field(default_factory=set)
    quotes: list[str] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    named: dict[str, list[Item]] = field(default_factory=dict)

    def has(self, *names: str) -> bool:
        """Return whether all these cues stand in the request."""
        return self.cues.issuperset(names)

    def items(self, *kinds: str, most: int = 2) -> list[Item]:
        """Return the items of some kinds that are named, the likeliest first."""
        return [item for kind in kinds for item in self.named.get(kind, [])[:most]]

    def said(self, item: Item) -> str:
        """Return how an item is named so that nothing else is meant."""
        return item.reference if item.kind != "fact" else item.name


def _look(text: str, ground: Ground) -> _Seen:
    seen = _Seen(text, ground)
    bald = re.sub(r"“[^”]*”", " ", text)
    seen.cues = {name for name, cue in _CUES.items() if re.search(cue, bald, re.IGNORECASE)}
    seen.quotes = re.findall(r"“([^”]+)”", text)
    seen.values = [v for v in values_in(bald) if v.kind in ("money", "duration")]
    stems = stems_of(text)
    scored: list[tuple[float, Item]] = []
    for item in ground.index.items:
        score = ground.index.named_by(stems, item)
        if re.search(rf"(?<![\w-]){re.escape(item.id)}(?![\w-])", text) or item.name in seen.quotes:
            score = 2.0
        if score >= NAMED:
            scored.append((score, item))
    scored.sort(key=lambda each: -each[0])
    for _, item in scored:
        seen.named.setdefault(item.kind, []).append(item)
    return seen


def _after(pattern: str, text: str) -> str:
    found = re.search(rf"\b(?:{pattern})\s+(?:that |about |of |to |a |an |the )*(.+)", text, re.IGNORECASE)
    return (
        re.split(r",|\bshould\b|\bhas to\b|\bhave to\b|\bmust\b|\bget\b", found[1])[0].strip()
        if found
        else ""
    )


def _questions(seen: _Seen) -> Iterator[str]:
    fixed = (
        ("test", "lack", "what is untested?"),
        ("changed", "changed", "what changed since the live version?"),
        ("decided", "decided", "who decided what?"),
        ("open", "open", "what is still open?"),
        ("teams", "hand", "to whom does the agent hand over?"),
    )
    if seen.values and seen.cues & {"where", "say"}:
        yield f"where does {seen.values[0].shown} appear?"
    for item in seen.items("rule", "step", most=1) if "why" in seen.cues else ():
        yield f"why is {seen.said(item)} there?"
    for first, second, question in fixed:
        if seen.has(first, second):
            yield question
    role = _ROLE.search(seen.text)
    if role and ("owner" in seen.cues or seen.text.lower().startswith("who")):
        yield f"who is responsible for {role[1]}?"
    if "fail" in seen.cues:
        for item in seen.items("step", "system"):
            yield f"what happens when {seen.said(item)} fails?"
        if "identity" in seen.cues:
            yield "what happens when the identity check fails?"
    topic = several([*_topic(seen)][:3], " ").replace(",", "")
    if topic and "paper" in seen.cues:
        yield f"what do the documents say about {topic}?"
    if topic and "rule" in seen.cues:
        yield f"which rules concern {topic}?"
    if "test" in seen.cues:
        about = re.sub(r"^.*?\b(?:tests?|tested|scenarios?|covers?|checks?)\b", "", seen.text)
        for item in seen.items("rule", "step", "decision", "workflow"):
            yield f"which tests cover {seen.said(item)}?"
        yield f"which tests cover {about.strip() or seen.text}?"
    case = re.sub(
        r"^(?:so |and )?(?:what about|how about|how much is it to|is|are|does|do|can|how do we handle"
        r"|somebody|someone)\s+",
        "",
        seen.text,
    )
    yield f"what happens when {case}?"
    yield from _cases_in(seen)
    for item in seen.items("fact", "system", most=1) if "use" in seen.cues else ():
        yield f"where is {seen.said(item)} used?"
    for item in seen.items("step", most=1) if "path" in seen.cues else ():
        yield f"which paths lead to {seen.said(item)}?"
    for item in seen.items("rule", "test", "step", "workflow", most=1):
        yield f"show me {seen.said(item)}"


def _cases_in(seen: _Seen) -> Iterator[str]:
    """Yield the case that a question's values and choices tell, in words that are read for sure."""
    for value in seen.values[:1]:
        noun = "a refund of " if value.kind == "money" else ""
        yield f"what happens with {noun}{value.shown}?"
    stems = stems_of(seen.text)
    for flow in seen.ground.agent.workflows:
        for slot in flow.slots:
            for choice in slot.choices:
                said = stems_of(choice)
                if said and (said <= stems or (len(said) > 1 and max(said, key=len) in stems)):
                    yield f"what happens when {slot.label} is {choice}?"


def _topic(seen: _Seen) -> Iterator[str]:
    """Yield the words of a request that its documents and rules use."""
    idle = (
        r"(?:what|which|where|find|show|tell|about|policy|documents?|passage|rules?|say|says|in|on|the|all"
        r"|do|we|me)"
    )
    for word in re.findall(r"[A-Za-z-]{3,}", re.sub(rf"\b{idle}\b", " ", seen.text)):
        if seen.ground.index.uses(word):
            yield word


def _about_values(seen: _Seen) -> Iterator[str]:
    value = seen.values[-1].shown
    alike = [
        (len(stems_of(seen.text) & (item.words | item.more)), item)
        for item in seen.ground.index.items
        if item.kind == "rule"
        and any(
            v.kind == seen.values[-1].kind for v in values_in(seen.ground.agent.charter.rule(item.id).text)
        )
    ]
    for shared, item in sorted(alike, key=lambda each: -each[0]):
        if shared:
            yield f"change {item.id} to {value}"
    if "order to" in seen.cues:
        for item in seen.ground.index.items:
            if item.kind == "system" and item.sort == "amount":
                yield f"limit {item.id} to {value}"


def _about_words(seen: _Seen) -> Iterator[str]:
    """Yield what words in quotation marks may be for: a choice, a phrase, a text, a step, a greeting."""
    quote = seen.quotes[-1]
    known = {item.name for items in seen.named.values() for item in items}
    if quote in known and len(seen.quotes) == 1:
        return  # a name in quotation marks is no new text
    if quote in known and len(seen.quotes) > 1:
        quote = next((each for each in seen.quotes if each not in known), quote)
    slots = [s for f in seen.ground.agent.workflows for s in f.slots if s.type == "choice"]
    for slot in {s.id: s for s in slots}.values():
        if quote.casefold() in (c.casefold() for c in slot.choices):
            yield f"remove “{quote}” from {slot.label}"
        elif stems_of(slot.label) & stems_of(re.sub(r"“[^”]*”", " ", seen.text)):
            yield f"add “{quote}” to {slot.label}"
    if "greeting" in seen.cues:
        yield f"change the greeting to “{quote}”"
    for item in seen.items("step"):
        if item.name != quote and "order" in seen.cues:
            where = "before" if "before" in seen.text else "after"
            yield f"add a step {where} {seen.said(item)} that says “{quote}”"
        if item.name != quote:
            yield f"in {seen.said(item)} say “{quote}”"
    for flow in seen.ground.agent.workflows:
        if quote in flow.examples and "no" in seen.cues:
            yield f"remove the phrase “{quote}” from “{flow.name}”"
    for item in seen.items("workflow"):
        if item.name != quote:
            yield f"add the phrase “{quote}” to “{item.name}”"
    for queue in _queues(seen):
        if queue != quote and seen.cues & {"queue", "hand"}:
            yield f"send {queue} handovers to the queue “{quote}”"


def _queues(seen: _Seen) -> list[str]:
    stems = stems_of(seen.text)
    steps = [s for f in seen.ground.agent.workflows for s in f.steps if isinstance(s, Handoff)]
    return list(dict.fromkeys(s.queue for s in steps if stems_of(f"{s.queue} {s.title}") & stems))


def _wishes(seen: _Seen) -> Iterator[str]:
    text = seen.text
    if seen.quotes:
        yield from _about_words(seen)
    if seen.values:
        yield from _about_values(seen)
    if seen.cues & {"short", "polite"}:
        how = "shorter" if "short" in seen.cues else "politer"
        if "greeting" in seen.cues:
            yield f"make the greeting {how}"
        for item in seen.items("step", "fact"):
            yield f"make {seen.said(item)} {how}"
    if seen.has("hand", "heard"):
        heard = (
            seen.quotes[0]
            if seen.quotes
            else _after(r"mention\w*|brings? up|the word|talk\w* about|threat\w*|says?", text)
        )
        who = next(iter(_queues(seen)), "a person")
        if heard:
            yield f"hand over to {who} when the customer mentions {heard}"
    if "test" in seen.cues:
        for item in seen.items("test", most=1) if "no" in seen.cues else ():
            yield f"remove test {item.id}"
        what = _after(r"tests?|scenarios?", text)
        if what:
            yield f"add a test where {what}"
    yield from _about_items(seen)
    role = _ROLE.search(text)
    known = {owner.name for owner in seen.ground.agent.charter.owners}
    names = [re.sub(r"^(?:As|Please|And|Now|So) ", "", name) for name in _NAME.findall(text)]
    for name in names if role else ():
        if " " in name and name not in known and not any(name in each for each in known):
            yield f"make {name} the {role[1] if role else ''} owner"
    level = re.search(r"\b(\d|one|two|three|lowest|highest)\b", text)
    if "autonomy" in seen.cues and level:
        yield f"set the autonomy level to {level[1]}"
    never = re.search(
        r"\b(?:never|must not|may not|do not ever|don't ever|always)\b\s+(.+)", text, re.IGNORECASE
    )
    if never:
        yield f"add a rule: {'always' if 'always' in never[0].lower() else 'never'} {never[1]}"
    if "know" in seen.cues and (told := _after(r"know|aware|told|informed", text)):
        yield f"tell customers that {told}"


def _about_items(seen: _Seen) -> Iterator[str]:
    """Yield what may be wanted of the items that are named: gone, asked for, tried again, moved, guarded."""
    if "no" in seen.cues:
        yield from (
            f"remove rule {item.id}"
            for item in seen.items("rule")
            if "rule" in seen.cues or item.id in seen.text
        )
        yield from (f"stop asking for {seen.said(item)}" for item in seen.items("fact"))
        yield from (f"remove the step {seen.said(item)}" for item in seen.items("step", most=1))
        yield from (f"the agent may not use {item.id}" for item in seen.items("system", most=1))
    number = re.search(r"\b(\d+|one|two|three|four|five)\b", seen.text)
    if "times" in seen.cues and number:
        for item in seen.items("step"):
            yield f"retry {seen.said(item)} {number[1]} times"
            yield f"allow {number[1]} attempts in {seen.said(item)}"
    steps = seen.items("step")
    if "order" in seen.cues and len(steps) > 1:
        first, second = sorted(steps, key=lambda item: seen.text.casefold().find(item.name.casefold()[:5]))
        yield f"move {seen.said(first)} before {seen.said(second)}"
    if "identity" in seen.cues:
        yield from (f"require identity before {item.id} is used" for item in seen.items("system"))
    if "ask" in seen.cues and "no" not in seen.cues:
        what = _STOPS.sub(
            "",
            _after(r"ask (?:them |people |customers )?(?:for|about)|collect|question about|need", seen.text),
        )
        for item in seen.items("workflow", most=1) if what else ():
            yield f"ask for {what} in “{item.name}”"


_MAYBE_A_WISH = re.compile(
    r"(?:so |and |but )*(?:please )?(?:can|could|may|should|must|would|when|whenever|where|is it possible|do "
    r"we really"
    r"|does it have to)\b",
    re.IGNORECASE,
)
"""How a wish begins that is put as a question, or as a case."""


def glimpses(
    text: str, ground: Ground, trying: Callable[[str], Reply], asked: bool = False
) -> tuple[Choice, ...]:
    """Return the requests that words may mean, each tried; what is not understood is not offered.

    `asked` says that a question mark stood behind the words.
    """
    seen = _look(text, ground)
    seen.cues |= {"asking"} if asked else set()
    if len(text.split()) < 2 and not any(seen.named.values()) and not seen.cues & {"open"}:
        return ()
    questions = "asking" in seen.cues
    orders = [_questions(seen)] if questions else [likely(seen), _wishes(seen)]
    if questions and _MAYBE_A_WISH.match(text):
        orders = [likely(seen), _wishes(seen), _questions(seen)]
    found: dict[str, Choice] = {}
    for request in dict.fromkeys(line for order in orders for line in order):
        if len(found) == MOST:
            break
        if (said := trying(request)).understood or said.verdict == "needs a language model":
            found[request] = Choice(label=request[:1].upper() + request[1:], request=request)
    return tuple(found.values())
