"""Open cases: a decision that tells what to do in one case and leaves the other without a next step.

- Cases are listed to choose from, and nothing holds for a case that is not in the list.
- The customer is asked whether, and neither answer leads on.
- A check is told for the good outcome only, in a part of the document that knows no bad one.
- What a screen shows in a case is told, but not what to do then.
- The customer has to be identified, and no sentence knows that this may fail.
- Silence that answers itself is not asked about: an exception, an extra, the customer's yes before going on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from studio.cobuilder.questions.answer_cases import CHOICES, MISSING_CASE
from studio.cobuilder.questions.gaps import Gap
from studio.cobuilder.questions.untold_outcomes import untold
from studio.cobuilder.words.sentences import Sentence
from studio.cobuilder.words.whole import words_in
from studio.domain.source import Block

WHY = (
    "The text tells the other case only; in this one the agent has no next step. "
    f"Possible answers: {', '.join(CHOICES)}, or what else holds."
)
Part = tuple[Block, Sentence]

_CHOICE = re.compile(
    r"\b(?:(?:it|this|that|what (?:follows|happens|comes next|you do|to do)|the (?:next step|rest|way|course|"
    r"path|answer|outcome|handling))(?: now| then)? depends? on (?P<on>[a-z' -]{3,40}?)"
    r"|and (?:choose|pick|select)(?: accordingly)?|\b(?:put|sort|class) (?:it|them|each) (?:in|into|"
    r"under) one of [a-z ]{3,30}"
    r"|\b(?:the )?(?:reason|code|status|type|kind|result|cause)(?: now| then)? (?:decides|"
    r"tells you)[a-z ]{0,30}"
    r"|(?:now |then )?(?:choose|decide|proceed|continue|go on|act|sort)(?: it| them)? (?:by|"
    r"according to|depending "
    r"on) (?P<by>[a-z' -]{3,40}?))\s*[.:]$",
    re.IGNORECASE,
)
_CHOOSING = frozenset(
    "depends depend choose pick select decide proceed continue go act sort put class decides tells".split()
)
_REST = re.compile(
    r"\b(?:others?|else|otherwise|none|neither|unknown|everything|anything|any|all|rest|remaining|unclear|"
    r"not sure|in doubt|whatever|no)\b",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d\s*(?:%|hours?|days?|weeks?|months?|years?|minutes?|to\b|-|–)|[€£$]\s?\d", re.I)
_FEWEST_CASES = 3

_ASK_WHETHER = re.compile(
    r"^(?:\W*|[\w' -]+:\s+)ask(?: (?:them|him|her|the (?:customer|caller|user|client)))? (?:whether|if)\s+"
    r"(?P<what>(?!.*\bor\b)[^,.;:]{6,80})\.?$",
    re.IGNORECASE,
)
_ANSWERED = re.compile(
    r"\b(?:if (?:so|yes|no|not|they|he|she|it|the|nobody|none)|yes|no|otherwise|in that case|when they|where "
    r"they|then|unless)\b",
    re.IGNORECASE,
)

_GOOD = (
    r"(?:match(?:es)?|agrees?|fits?|tally|tallies|is (?:ok|okay|valid|verified|confirmed|correct|"
    r"complete|in order|"
    r"successful|genuine|plausible)|are (?:ok|okay|valid|verified|confirmed|correct|complete|in order|"
    r"genuine)|"
    r"(?:has|have) (?:approved|signed|agreed|passed)|succeeds?|passes|(?:was|is) successful)"
)
_OUTCOME = re.compile(
    rf"^(?:\d+[.)]\s+)?(?:(?:then|now)\s+)?(?:if|when|once|as soon as|where)\s+"
    rf"(?P<case>(?!you\b|we\b|no\b|nothing|neither|not\b)(?:(?!\bnot\b|n['’]t\b|"
    rf"\bno\b)[^,.;:]){{0,60}}?\b{_GOOD})"
    r"(?:\s+(?:and|with) [^,.;:]{0,40})?,",
    re.IGNORECASE,
)
_WHEN = frozenset("if when once as where".split())
_ENDS = re.compile(r"\b(?:close|finish|stop|done|end|that['’]s it)\b", re.IGNORECASE)
"""What follows a good outcome that ends the matter is the next step of the text."""
_CUSTOMER = re.compile(
    r"\b(?:customer|caller|user|client|guest|passenger|visitor|renter|member|patient|buyer|they|he|she|"
    r"traveller|"
    r"subscriber|employee|tenant|people|anyone)\b[^,]*\b(?:agrees?|agreed|match(?:es)?|fits?)\b",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"\b(?:not|no|fail\w*|wrong|otherwise|else|unless|mismatch\w*|reject\w*|refus\w*|declin\w*|den(?:y|ied)|"
    r"neither|missing|unclear|differ\w*|without|doubt\w*|invalid|incomplete|nothing)\b|n['’]t\b",
    re.IGNORECASE,
)


def open_cases(parts: Sequence[Part]) -> Iterator[Gap]:
    """Yield the decisions of a document that tell one case and leave the other open."""
    yield from _without_rest(parts)
    yield from _asked_in_vain(parts)
    yield from _good_outcomes(parts)
    yield from _merely_shown(parts)
    yield from _unproved(parts)


def missing_case(sentence: Sentence, case: str, told: str, weight: float) -> Gap:
    """Return the question what should happen in a case; `told` says what the text tells instead."""
    text = f"{told}: what should happen if {case}?"
    return Gap(sentence, MISSING_CASE, case.lower(), text, WHY, weight)


def _without_rest(parts: Sequence[Part]) -> Iterator[Gap]:
    """Yield lists of cases to choose from in which nothing holds for the rest."""
    for at, (block, sentence) in enumerate(parts):
        if sentence.text[-1:] not in ".:" or block.kind in ("heading", "cell", "code"):
            continue
        if words_in(sentence.text).isdisjoint(_CHOOSING) or _CHOICE.search(sentence.text) is None:
            continue
        labels = _labels(parts, at)
        count = len(set(labels))
        if count < _FEWEST_CASES or any(_REST.search(each) or _FIGURE.search(each) for each in labels):
            continue
        yield missing_case(sentence, "none of the cases listed fits", f"{count} cases are listed here", 0.86)


def _labels(parts: Sequence[Part], at: int) -> list[str]:
    """Return what names the cases listed right after a sentence: first cells of rows, or heads of items."""
    found: list[str] = []
    first: Block | None = None
    last = ""
    for block, sentence in parts[at + 1 :]:
        first = first or block
        if block.kind != first.kind or block.kind not in ("item", "cell"):
            break
        opens, last = block.id != last, block.id
        if block.kind == "cell" and block.column == 0 and not block.header:
            found.append(sentence.text.casefold())
        elif block.kind == "item" and block.level == first.level and opens:
            found.append(re.split(r"[:→(–]", sentence.text)[0].strip().casefold())
    return found


def _asked_in_vain(parts: Sequence[Part]) -> Iterator[Gap]:
    """Yield cases in which the customer is asked whether, and that is all."""
    for at, (block, sentence) in enumerate(parts):
        if block.kind not in ("cell", "item") or "ask" not in sentence.text[:60].lower():
            continue
        match = _ASK_WHETHER.search(sentence.text)
        if match is None or block.marker[:1].isdigit():
            continue
        following = parts[at + 1 : at + 3] if block.kind == "item" else []
        if any(_ANSWERED.search(after.text) for _, after in following):
            continue
        case = f"the answer is no (“{match['what'].strip()}”)"
        yield missing_case(sentence, case, "The customer is asked, and no answer leads on", 0.82)


def _good_outcomes(parts: Sequence[Part]) -> Iterator[Gap]:
    """Yield checks that lead on when they turn out well, where nothing near them knows a bad outcome."""
    for at, (block, sentence) in enumerate(parts):
        if not words_in(sentence.text) & _WHEN:
            continue
        if case := untold(parts, at):
            told = "Only the good outcome is told"
            yield missing_case(sentence, f"it is not so that {_lowered(case)}", told, 0.81)
            continue
        match = _OUTCOME.search(sentence.text)
        if (
            match is None
            or _ENDS.search(sentence.text[match.end() :])
            or _CUSTOMER.search(match["case"])
            or block.kind in ("heading", "code")
        ):
            continue
        near = parts[max(0, at - 3) : at + 4]
        section = block.anchor.section
        if any(_BAD.search(one.text) for other, one in near if other.anchor.section == section):
            continue
        told = "Only the good outcome is told"
        yield missing_case(sentence, f"it is not so that {_lowered(match['case'])}", told, 0.83)


_SHOWN = re.compile(
    r"^(?P<case>(?:an?|the) [a-z ]{3,40}? (?:without|with no) (?:any |"
    r"an? )?[a-z]+(?: [a-z]+)?) (?:shows?|gives?|returns?|"
    r"displays?|turns?|lights?|says?)\b[^.;]*\b(?:empty|nothing|error|blank|red|yellow|orange|gr[ea]y|"
    r"warning)\b[^.;]*\.?$",
    re.IGNORECASE,
)


def _merely_shown(parts: Sequence[Part]) -> Iterator[Gap]:
    """Yield what a screen shows in a case, where nothing behind it tells what to do."""
    for at, (block, sentence) in enumerate(parts):
        match = (
            _SHOWN.search(sentence.text) if "without" in sentence.text or "with no" in sentence.text else None
        )
        if match is None or any(other.id == block.id for other, _ in parts[at + 1 : at + 2]):
            continue
        told = "It is told what is shown, but not what to do"
        yield missing_case(sentence, f"{_lowered(match['case'])} comes up", told, 0.83)


_PROVES = re.compile(
    r"(?:^|[.;,:]\s+|\b(?:must|first|then|and|to|should)\s+)(?:verify|authenticate|identify|confirm|"
    r"check|establish)\b"
    r"(?: the| your| their)?[^.;,]{0,24}\b(?P<who>identity|customer|caller|user|account holder|patient|"
    r"member|"
    r"card ?holder|policy ?holder|guest|passenger|employee|subscriber)\b(?!['’]s (?!identity))",
    re.IGNORECASE,
)
_PROVING = frozenset("verify authenticate identify confirm check establish".split())
_ELSEWHERE = re.compile(
    r"\b(?:see|described?s?|according to|as (?:set|laid|told|in|per)|policy|procedures?|guide|manual|article|"
    r"KB)\b"
)
"""A check that is told in another place may fail there."""
_UNPROVED = re.compile(
    r"\bfail(?:s|ed|ure)?\b|\b(?:can(?:not|['’]t)|could(?: not|n['’]t)|not|n['’]t|un(?:able|til)|"
    r"without|never)\b[^.;]{0,40}"
    r"\b(?:verif\w+|identif\w+|confirm\w*|authenticat\w+|match\w*|pass(?:es|ed)?|found)\b|\b(?:no match|"
    r"no hit|"
    r"mismatch|second miss|wrong (?:code|pin|answer|date|name)|unverified|unidentified|times wrong)\b",
    re.IGNORECASE,
)


def _unproved(parts: Sequence[Part]) -> Iterator[Gap]:
    """Yield the first demand to identify the customer, where the document knows no failure of it."""
    told = [
        (sentence, match)
        for block, sentence in parts
        if block.kind not in ("heading", "code")
        and not words_in(sentence.text).isdisjoint(_PROVING)
        and (match := _PROVES.search(sentence.text)) is not None
    ]
    if not told or any(_ELSEWHERE.search(sentence.text) for sentence, _ in told):
        return
    if any(_UNPROVED.search(sentence.text) for _, sentence in parts):
        return
    sentence, match = told[0]
    who = match["who"].lower()
    case = "the identity cannot be confirmed" if who == "identity" else f"the {who} cannot be identified"
    yield missing_case(sentence, case, "The check is told, but not its failure", 0.82)


def _lowered(words: str) -> str:
    return words if words[1:2].isupper() else f"{words[:1].lower()}{words[1:]}"
