"""Missing systems: deeds that the agent is told to do and that none of its tools could carry out.

- Asked only where the agent works through tools: the text tells what an assistant does, and tools are listed.
- A deed is a verb of working in a system and what it is done to, told as an order or as something on offer.
- Whatever a tool speaks of, in its name, description or arguments, may be done with it: no question then; nor
  about talking, nor about what other people do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from studio.cobuilder.questions.gaps import Gap
from studio.cobuilder.questions.open_cases import Part
from studio.cobuilder.systems.profiles import ToolProfile
from studio.cobuilder.systems.words import Side
from studio.cobuilder.words.concepts import concept_stem, meaningful, plain_words, same_doing, same_thing
from studio.cobuilder.words.spans import Spans
from studio.cobuilder.words.whole import words_in
from studio.domain.tool import Tool

FEWEST_TOOLS = 4
"""With fewer tools a text tells what people do, rather than what the agent can."""
_DEEDS = (
    "add activate apply block book deactivate disable dispatch enable extend freeze "
    "generate import issue link "
    "merge order postpone print reactivate record redirect register renew reprint reroute reserve reschedule "
    "schedule split start suspend unblock unlock upgrade upload"
).split()
_IRREGULAR = {"frozen": "freeze", "split": "split", "applied for": "apply", "put on": "add"}
_DONE = {
    (verb + "d" if verb.endswith("e") else verb + "ed"): verb
    for verb in _DEEDS
    if verb not in ("split", "apply")
} | _IRREGULAR
_WORKING = frozenset(word for deed in (*_DEEDS, *_DONE, "open") for word in deed.split())
_THING = (
    r"(?P<thing>(?!(?:the|an?|their|his|her|its|your|any|another|one)\b)[a-z][a-z' -]{2,40}?)(?=[.,;:(]|"
    r"\s+(?:for|to|in|on|of|with|by|from|at|if|when|unless|and|or|until|"
    r"as|that|which|who|against|per|within|after|before|into|through|via|is|are|up)\b|$)"
)
_DETERMINER = r"(?:the|an?|their|his|her|its|your|any|another)\s+"
_PLAIN = (
    "activate deactivate disable dispatch enable generate reactivate reprint reschedule upload unlock".split()
)
"""Verbs that are no nouns: they need no article behind them to be an order."""
_ORDER = re.compile(
    r"(?:^|[.;:]\s+|,\s+(?:then\s+)?|\b(?:and|then|please)\s+|\b(?:must|should|may|can|will)\s+)"
    rf"(?P<deed>(?:{'|'.join(sorted(_DEEDS, key=len, reverse=True))})(?=\s+{_DETERMINER})|"
    rf"{'|'.join(_PLAIN)})\s+"
    rf"(?:{_DETERMINER})?(?!(?:for|to|it|them|with|again|at|as|by|one|once|what|whatever|only|"
    rf"here)\b){_THING}"
    rf"|\b(?P<started>start|open)\s+an?\s+{_THING.replace('?P<thing>', '?P<what>')}",
    re.IGNORECASE,
)
_OFFER = re.compile(
    r"(?:^|[.;:,]\s+|\b(?:and|if|when)\s+)(?:(?:an?|the|any|one|its|"
    r"their)\s+)?(?P<thing>[A-Za-z][a-z' -]{2,40}?)"
    r"(?:\s+(?:of|on|for|in|with|after|up to)\s[^.;:]{0,40}?)?\s+(?:can|may)\s+(?:also\s+|then\s+)?be\s+"
    rf"(?P<deed>{'|'.join(sorted(_DONE, key=len, reverse=True))})\b",
    re.IGNORECASE,
)
_ASSISTANT = re.compile(
    r"\b(?:you are|you['’]re|as) (?:\w+,? )?(?:the|an?)\b[^.\n]{0,60}\b(?:agent|assistant|bot|chatbot)\b"
    r"|\b(?:virtual|chat|ai) (?:agent|assistant)\b|\bbot\b|\b(?:agent|"
    r"assistant)\b[^.\n]{0,30}\b(?:policy|prompt)\b",
    re.IGNORECASE,
)
_HEAD = 800
_NO_THING = frozenset(
    meaningful(
        "one list name number code file account case thing way time day yes step it them "
        "details data new back "
        "information note summary question message reply answer".split()
    )
)


class _Deed(NamedTuple):
    """What is done, to what, as the sentence words it."""

    verb: str
    words: tuple[str, ...]
    said: str


class Systems:
    """What the agent's tools do and speak of."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self.sides = [Side(ToolProfile(tool)) for tool in tools]
        self.spoken_of = frozenset(word for side in self.sides for word in side.spoken_of)
        self.spoken = self.spoken_of | frozenset(verb for side in self.sides for verb in side.verbs)

    def cover(self, deed: _Deed) -> bool:
        """Say whether a tool speaks of the thing by a word of its own, or does the like to a like thing."""
        own = [word for word in deed.words if word not in _NO_THING and not word.endswith("ly")]
        if not own or any(word in self.spoken for word in own):
            return True
        return any(
            any(same_doing(deed.verb, verb) for verb in side.verbs)
            and any(same_thing(word, thing) for word in own for thing in (*side.things, *side.described))
            for side in self.sides
        )


def works_with_tools(text: str, tools: Sequence[Tool]) -> bool:
    """Say whether a text tells what an assistant does with the tools it has."""
    return len(tools) >= FEWEST_TOOLS and _ASSISTANT.search(text[:_HEAD]) is not None


def missing_systems(parts: Sequence[Part], bound: Spans, tools: Sequence[Tool], whole: str) -> Iterator[Gap]:
    """Yield the deeds of a document that no tool of the agent could carry out."""
    systems, offers = Systems(tools), works_with_tools(whole, tools)
    for block, sentence in parts:
        if block.kind in ("heading", "code") or not bound.meet(sentence.start, sentence.end):
            continue
        if words_in(sentence.text).isdisjoint(_WORKING):
            continue
        title = meaningful(plain_words(" ".join(block.anchor.section[-1:])))
        offered = _offered(sentence.text) if offers and not systems.spoken_of & set(title) else ()
        for deed in (*_deeds(sentence.text), *offered):
            if systems.cover(deed):
                continue
            text = f"Which system does this: “{deed.said}”? No tool of the agent does."
            why = "The agent cannot carry out a step without its tool."
            yield Gap(sentence, "missing tool", deed.said.lower(), text, why, 0.8)
            break


def _deeds(text: str) -> Iterator[_Deed]:
    for match in _ORDER.finditer(text):
        named = "deed" if match["deed"] else "started"
        thing, said = match["thing"] or match["what"], text[match.start(named) : match.end()]
        yield _Deed(concept_stem(match[named].lower()), tuple(meaningful(plain_words(thing))), said.strip())


def _offered(text: str) -> Iterator[_Deed]:
    for match in _OFFER.finditer(text):
        verb, thing = _DONE[match["deed"].lower()], match["thing"]
        yield _Deed(concept_stem(verb), tuple(meaningful(plain_words(thing))), match[0].strip(" ,.;:"))
