"""More of what a request may mean: exceptions, conditions, groups, texts, levels, tests, ways on.

- Each is a whole request in plain words; it is tried before it is offered, and never carried out unasked.
- Where nothing at all is close, the page is named on which people do it themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Protocol

from studio.cobuilder.requests.items import Item, stems_of
from studio.cobuilder.requests.kinds import Ground
from studio.cobuilder.requests.scoped import group_in
from studio.cobuilder.words.values import Value
from studio.domain.request import Link
from studio.domain.workflow import Decide


class Seen(Protocol):
    """What stands in a request."""

    text: str
    ground: Ground
    cues: set[str]
    quotes: list[str]
    values: list[Value]

    def items(self, *kinds: str, most: int = 2) -> list[Item]:
        """Return the items of some kinds that are named."""
        ...

    def said(self, item: Item) -> str:
        """Return how an item is named so that nothing else is meant."""
        ...


def _rules(seen: Seen, words: str, most: int = 2) -> list[Item]:
    """Return the rules that words are about, by number, by name, or by what they say."""
    index = seen.ground.index
    numbers = re.findall(r"R-\d+", seen.text)
    named = [i for i in index.items if i.kind == "rule" and i.id in numbers]
    if named:
        return named[:most]
    match = index.find(words, ("rule",))
    if match.items:
        return list(match.items[:most])
    stems = stems_of(words)
    scored = [
        (len(stems & i.words) + 0.6 * len(stems & i.more - i.words), n, i)
        for n, i in enumerate(index.items)
        if i.kind == "rule"
    ]
    best = sorted(scored, key=lambda each: (-each[0], each[1]))
    return [i for score, _, i in best[:most] if score >= 1]


_EXCEPT = re.compile(
    r"^(?P<head>.*?),?\s*\b(?:unless|except(?: (?:when|if|for|where|that))?|but not (?:when|if|for)|other "
    r"than when)"
    r"\s+(?P<case>.+?)(?:\s+-\s+R-\d+)?$",
    re.IGNORECASE,
)
_WAIVED = re.compile(
    r"(?:(?:do not|don't|never|stop|no longer|not) (?:apply\w*|us(?:e|ing)|enforc\w+|charg\w+|tak\w+|ask\w*)|"
    r"waive|skip"
    r"|ignore|no) (?P<head>.+?) (?:when|if|for|in case) (?P<case>.+)",
    re.IGNORECASE,
)
_ONLY = re.compile(
    r"^(?:only (?P<head>.+?) (?P<case>(?:on|when|if|during|between|at|for|in|from|after|before|within|"
    r"while)\b .+)|"
    r"(?P<head2>.+?),? (?:but )?only (?P<case2>(?:on|when|if|during|between|at|for|in|to|from|after|before|"
    r"within"
    r"|while)\b .+))$",
    re.IGNORECASE,
)


def likely(seen: Seen) -> Iterator[str]:
    """Yield what a wish may mean, the narrowest readings first."""
    yield from _for_some(seen)
    yield from _cases(seen)
    yield from _texts(seen)
    yield from _levels(seen)
    yield from _tests(seen)
    yield from _questions(seen)
    yield from _ways_on(seen)
    yield from _told(seen)
    yield from _heard(seen)
    yield from _choices(seen)
    yield from _handing(seen)


def _for_some(seen: Seen) -> Iterator[str]:
    group = group_in(seen.text, seen.ground)
    if not group:
        return
    rest = seen.text.replace(group, " ")
    for rule in _rules(seen, rest):
        for value in seen.values[-1:]:
            yield f"for {group} only, change {rule.id} to {value.shown}"
        if "no" in seen.cues:
            yield f"{rule.id} should not apply for {group}"


def _cases(seen: Seen) -> Iterator[str]:
    excepted = _EXCEPT.match(seen.text) or _WAIVED.search(seen.text)
    if excepted:
        for rule in _rules(seen, excepted["head"]):
            yield f"{rule.id} should not apply when {excepted['case']}"
    only = _ONLY.match(seen.text)
    if only:
        for rule in _rules(seen, only["head"] or only["head2"]):
            yield f"{rule.id} should hold only {only['case'] or only['case2']}"


def _texts(seen: Seen) -> Iterator[str]:
    if not seen.quotes:
        if "polite" in seen.cues and re.search(r"\b(?:no|not|refus\w+|declin\w+|turn\w* down)\b", seen.text):
            yield from (
                f"make “{s.title}” of “{f.name}” politer"
                for f in seen.ground.agent.workflows
                for s in f.steps
                if s.kind == "say" or getattr(s, "outcome", "") == "refused"
            )
        return
    new = seen.quotes[-1]
    if new in {item.name for item in seen.ground.index.items}:
        return  # a name in quotation marks is no new text
    for flow in seen.ground.agent.workflows:
        for slot in flow.slots:
            if slot.prompt in seen.quotes[:-1] or re.search(
                rf"\bask(?:s|ing)? (?:for|about) (?:the |their |a )?{re.escape(slot.label)}\b",
                seen.text,
                re.I,
            ):
                yield f"the question for {slot.label} should be “{new}”"
        for step in flow.steps:
            if str(getattr(step, "say", "") or getattr(step, "text", "")) in seen.quotes[:-1]:
                yield f"in “{step.title}” of “{flow.name}” say “{new}”"
    for rule in _rules(seen, "") if re.search(r"R-\d+", seen.text) else ():
        yield f"reword {rule.id} to “{new}”"
    refused = re.search(r"\b(?:can't|cannot|can not|not|isn't|no)\b", seen.text)
    if refused and "say" in seen.cues:
        stems = stems_of(re.sub(r"“[^”]*”", " ", seen.text))
        for flow in seen.ground.agent.workflows:
            for step in flow.steps:
                if getattr(step, "outcome", "") == "refused" and stems & stems_of(
                    f"{step.title} {flow.name}"
                ):
                    yield f"in “{step.title}” of “{flow.name}” say “{new}”"
    for queue in dict.fromkeys(
        str(getattr(s, "queue", "")) for f in seen.ground.agent.workflows for s in f.steps
    ):
        if queue and stems_of(queue) & stems_of(seen.text) and queue != new:
            yield f"change the queue of {queue} to “{new}”"


def _levels(seen: Seen) -> Iterator[str]:
    level = re.search(r"\b(low|medium|high)\b", seen.text, re.IGNORECASE)
    if level and re.search(r"R-\d+|\b(?:rule|severity|priority|serious|important|critical)\b", seen.text):
        for rule in _rules(seen, seen.text):
            yield f"make {rule.id} {level[1].lower()} severity"


def _tests(seen: Seen) -> Iterator[str]:
    tests = re.findall(r"T-\d+", seen.text)
    for test in tests[:1]:
        rest = re.sub(r"T-\d+|\b(?:make|it|in|the|be|should|must|to|set|is|a)\b", " ", seen.text)
        for fact in (i for i in seen.ground.index.items if i.kind == "fact"):
            number = re.search(r"\b(\d+|two|three|four|five|six)\b", rest)
            if number and stems_of(rest) & fact.words:
                yield f"in {test} set {fact.name} to {number[1]}"
        never = re.search(r"\b(?:nothing|nobody|no one|not|never|no)\b (?:is |gets? |was )?(\w+)", seen.text)
        for tool in (i for i in seen.ground.index.items if i.kind == "system"):
            if never and stems_of(never[1]) & tool.words:
                yield f"{test} should also expect that {tool.id} is never used"
        like = re.search(r"\b(?:when|if|where|with|but) (.+)$", seen.text)
        if like:
            yield f"add a test like {test} where {like[1]}"


def _questions(seen: Seen) -> Iterator[str]:
    asked = re.search(
        r"\bask(?:s|ing)? (?:them |people |<?customers?>? |patients? |members? )?(?:also )?(?:for|about|"
        r"whether|if|which|"
        r"what|when) (?P<what>.+?)(?: too| as well| also)?$",
        seen.text,
        re.IGNORECASE,
    )
    if not asked or seen.cues & {"no", "polite", "short"} or seen.quotes:
        return
    flows = [f for f in seen.ground.agent.workflows if not f.reusable and f.slots]
    stems = stems_of(seen.text)
    flows.sort(key=lambda f: -len(stems & stems_of(f"{f.name} {f.intent} {' '.join(f.examples)}")))
    what = re.sub(r"^(?:they have|they want|there is|it is|the|a|an|their)\s+", "", asked["what"])
    for flow in flows[:2]:
        yield f"ask for {what} in “{flow.name}”"


def _ways_on(seen: Seen) -> Iterator[str]:
    """Yield where a way out or a failure may lead."""
    stems = stems_of(seen.text)
    steps = seen.items("step", most=4)
    quoted = [i for i in seen.ground.index.items if i.kind == "step" and i.name in seen.quotes]
    for flow in seen.ground.agent.workflows:
        for step in flow.steps:
            for branch in step.branches if isinstance(step, Decide) else ():
                if not stems_of(branch.id) or not stems_of(branch.id) <= stems:
                    continue
                for to in flow.steps:
                    if to.id != branch.next and stems_of(to.title) <= stems and to.id != step.id:
                        yield f"in “{step.title}” of “{flow.name}” let “{branch.id}” go to “{to.title}”"
    if "fail" in seen.cues:
        for place in (i for i in steps if i.sort in ("tool", "ask", "verify", "call")):
            for to_item in quoted or [i for i in steps if i is not place]:
                if to_item.holder == place.holder and to_item is not place:
                    yield f"if {seen.said(place)} fails, go to {seen.said(to_item)}"


def _told(seen: Seen) -> Iterator[str]:
    about = re.search(
        r"\b(?:nothing|no word|not a word|never anything) (?:about|on) (.+?)(?:,? ever)?$", seen.text, re.I
    )
    if about:
        yield f"add a rule: never talk about {about[1]}"
    said = re.search(
        r"\b(?:tell|inform|let|remind|mention|warn|advise)\b(?: to)? ?(?P<who>[\w ]*?)\b(?:know )?that "
        r"(?P<what>.+)$",
        seen.text,
        re.IGNORECASE,
    )
    if not said or seen.quotes:
        return
    place = re.search(r"\b(before|after|once)\b (.+?)(?:,| that\b)", seen.text)
    if place:
        where = "before" if place[1].lower() == "before" else "after"
        yield f"{where} {place[2]}, tell the customer that {said['what']}"
    yield f"tell customers that {said['what']}"


def _heard(seen: Seen) -> Iterator[str]:
    said = re.search(
        r"(?:mention\w*|says?|ask\w* (?:for|about)|complain\w* about|threaten\w*(?: to)?|talk\w* about|"
        r"bring\w* up|writes?) "
        r"(?:that |about |they are |they're )?[“]?(?P<heard>[\w' -]+?)[”]?(?:,| get| ->| =>| should| must| "
        r"has to| "
        r"to a | goes?\b"
        r"| belong\w*| hand| pass| transfer|$)",
        seen.text,
        re.IGNORECASE,
    )
    if said is None or not seen.cues & {"hand", "queue", "teams"} or "no" in seen.cues:
        return
    queues = [str(getattr(s, "queue", "")) for f in seen.ground.agent.workflows for s in f.steps]
    stems = stems_of(seen.text)
    named = [q for q in dict.fromkeys(queues) if q and stems_of(q) & stems]
    yield f"hand over to {named[0] if named else 'a person'} when the customer mentions {said['heard']}"


def _choices(seen: Seen) -> Iterator[str]:
    """Yield what may become of a choice that is named, with or without quotation marks."""
    gone = re.search(
        r"\b(?:tak\w+ (?:\w+ )?(?:out|off)|taken out|drop\w*|remov\w+|no longer|no more|delet\w+)\b",
        seen.text,
    )
    for slot in {s.id: s for f in seen.ground.agent.workflows for s in f.slots}.values():
        for choice in slot.choices:
            if gone and re.search(rf"\b{re.escape(choice)}\b", seen.text, re.IGNORECASE):
                yield f"remove “{choice}” from {slot.label}"


_WENT = re.compile(
    r"\b(?:go|goes|land|lands|end up|sent|routed|belongs?) (?:\w+ )?(?:to|with|in|at) (?:the "
    r")?(?P<queue>[A-Z][\w ]+?)"
    r"(?= from| now|,|$)"
)
"""Where cases go, as people say it: the queue's name has a capital."""


def _handing(seen: Seen) -> Iterator[str]:
    """Yield what may become of a fact that those who take over get, or do not get."""
    stems = stems_of(seen.text)
    queues = [str(getattr(s, "queue", "")) for f in seen.ground.agent.workflows for s in f.steps]
    named = [q for q in dict.fromkeys(queues) if q and stems_of(q) & stems]
    facts = [i for i in seen.ground.index.items if i.kind == "fact" and i.words and i.words <= stems]
    for queue in named:
        for fact in facts:
            if "no" in seen.cues:
                yield f"don't pass {fact.name} on to {queue}"
            elif re.search(r"\b(?:also|too|see|know|get|gets|pass|tell|give|send)\b", seen.text):
                yield f"also pass {fact.name} on to {queue}"
                yield from (
                    f"also pass {fact.name} on to “{s.title}”"
                    for f in seen.ground.agent.workflows
                    for s in f.steps
                    if getattr(s, "queue", "") == queue
                )
    went = _WENT.search(seen.text)
    if went:
        rest = stems_of(seen.text.replace(went[1], " "))
        for flow in seen.ground.agent.workflows:
            for step in flow.steps:
                queue = str(getattr(step, "queue", ""))
                if queue and queue != went[1] and rest & stems_of(f"{queue} {step.title} {flow.name}"):
                    yield f"change the queue of “{step.title}” to “{went[1]}”"
        for queue in dict.fromkeys(queues):
            if queue and queue != went[1]:
                yield f"change the queue of {queue} to “{went[1]}”"


# Where people do it themselves.

_PAGES: tuple[tuple[str, str, str], ...] = (
    (
        r"\b(?:approv\w+|sign\w*|bundle|publish\w*|releas\w+|deploy\w*|go live|roll ?out|export)\b",
        "release",
        "Release",
    ),
    (r"\b(?:accept|reject|decide|proposals?|suggestions?)\b", "review", "Review"),
    (r"\b(?:simulat\w+|run|personas?|customers? in bulk|thousand)\b", "simulate", "Simulate"),
    (r"\b(?:documents?|polic(?:y|ies)|upload|sources?|pdf|word file|import)\b", "sources", "Sources"),
    (r"\b(?:tests?|scenarios?)\b", "tests", "Tests"),
    (r"\b(?:language models?|api|keys?|settings?|theme|dark|font|language)\b", "settings", "Settings"),
    (
        r"\b(?:figures?|numbers|statistics|how many|report|satisfaction|csat|containment)\b",
        "insights",
        "Insights",
    ),
    (r"\b(?:steps?|workflows?|flow|decisions?|tables?|questions?|branch\w*)\b", "workflows", "Workflows"),
    (r"\b(?:rules?|charter|purpose|owner|greeting|autonomy|guards?)\b", "charter", "Charter"),
)


def pages_for(text: str) -> Sequence[Link]:
    """Return the page on which people do by hand what a request speaks of, or none."""
    bald = re.sub(r"“[^”]*”", " ", text)
    hit = next((each for each in _PAGES if re.search(each[0], bald, re.IGNORECASE)), None)
    return (Link(page=hit[1], item="", label=f"the page {hit[2]}"),) if hit else ()
