"""The facts that an agent states, and the places that hold each: what a complete change would touch.

- Facts are the values, days and lists of rules and of the sentences that steps cite, and the names that
  rules hold; a name's places are only those that stand on the rule's sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from studio.cobuilder.changes.impact import Completion, another, complete_change
from studio.cobuilder.changes.names import names_of
from studio.cobuilder.changes.places import read
from studio.cobuilder.changes.shifts import lists_in
from studio.cobuilder.words.dates import written_dates
from studio.cobuilder.words.values import values_in
from studio.domain.agent import Agent
from studio.domain.changeset import join_path, lookup, split_path
from studio.domain.errors import WrongUse
from studio.domain.frozen import Json, canonical

Way = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Stated:
    """A fact of an agent: the words that state it, where, and the leaves of each place that hold it."""

    words: str
    where: str
    places: tuple[tuple[str, tuple[Way, ...]], ...]


_PLACES: dict[tuple[str, str, str], Stated | None] = {}
"""Facts with their places, by the agent's digest, the words and where; the last answers are kept."""
_STATED: dict[str, list[tuple[str, str, bool]]] = {}


def with_places(agent: Agent, key: str, words: str, where: str, *, is_name: bool) -> Iterator[Stated]:
    """Yield a fact with its places, if it stands in more than one; `key` is the agent's digest."""
    name = (key, words, where)
    if name not in _PLACES:
        while len(_PLACES) > 400:
            _PLACES.pop(next(iter(_PLACES)), None)
        _PLACES[name] = _found(agent, words, where, is_name=is_name)
    found = _PLACES[name]
    if found is not None:
        yield found


def _found(agent: Agent, words: str, where: str, *, is_name: bool) -> Stated | None:
    try:
        made = complete_change(agent, (), words, another(words), where)
    except WrongUse:
        return None
    places = _places(agent, made)
    if is_name:
        places = tuple(each for each in places if _cites(agent, each[0], where))
    return Stated(words, where, places) if len(places) > 1 else None


def stated(agent: Agent, key: str) -> list[tuple[str, str, bool]]:
    """Return the words that state facts, the place where, and whether they are a name; `key` its digest."""
    found = _STATED.get(key)
    if found is None:
        found = _all_stated(agent)
        while len(_STATED) > 2:
            _STATED.pop(next(iter(_STATED)), None)
        _STATED[key] = found
    return found


def _all_stated(agent: Agent) -> list[tuple[str, str, bool]]:
    names = sorted(name for name in names_of(agent) if " " in name)
    found: list[tuple[str, str, bool]] = []
    cited: set[str] = set()
    for rule in agent.charter.rules:
        where = join_path("charter", "rules", rule.id)
        cited |= {citation.fingerprint for citation in rule.citations}
        found += [(words, where, False) for words in _facts_in(rule.text)]
        found += [
            (name, where, True) for name in (*names, *_numbers_in(rule.text)) if name in rule.text.casefold()
        ]
    for flow in agent.workflows:
        for step in flow.steps:
            where = join_path("workflows", flow.id, "steps", step.id)
            new = [citation for citation in step.citations if citation.fingerprint not in cited]
            cited |= {citation.fingerprint for citation in new}
            found += [(words, where, False) for citation in new for words in _facts_in(citation.core)]
            plain = " ".join(" ".join(citation.core.split()) for citation in new).casefold()
            found += [(name, where, True) for name in names if name in plain]
        for slot in flow.slots:
            where = join_path("workflows", flow.id, "slots", slot.id)
            found += [(words, where, False) for words in _facts_in(slot.prompt)]
    return list(dict.fromkeys(found))


def _numbers_in(text: str) -> list[str]:
    """Return the numbers of a text that are called rather than counted: an extension, an emergency call."""
    counted = {value.words for value in values_in(text)}
    return [
        number
        for number in re.findall(r"(?<![\w.,£€$-])\d{3,}(?![\w.,]\d|\w)", text)
        if number not in counted
    ]


def _facts_in(text: str) -> Iterator[str]:
    plain = " ".join(text.split())
    for value in values_in(plain):
        if value.kind != "date":
            yield value.shown
    for day in written_dates(plain):
        yield day.words
    for items in lists_in(plain):
        yield f"{', '.join(items[:-1])} or {items[-1]}"


def _places(agent: Agent, made: Completion) -> tuple[tuple[str, tuple[Way, ...]], ...]:
    tree, _ = read(agent)
    found = []
    for each in made.changes:
        if lookup(tree, each.change.path) is None or each.change.after is None:
            continue
        ways = tuple(
            way for way in _differing(each.change.before, each.change.after, ()) if "citations" not in way
        )
        if ways and split_path(each.change.path)[0] != "sources":
            found.append((each.change.path, ways))
    return tuple(found)


def _cites(agent: Agent, path: str, where: str) -> bool:
    tree, _ = read(agent)
    prints = [
        {c["fingerprint"] for c in item.get("citations", ())} if isinstance(item, dict) else set[str]()
        for item in (lookup(tree, path), lookup(tree, where))
    ]
    return bool(prints[0] & prints[1])


def _differing(before: Json, after: Json, way: Way) -> Iterator[Way]:
    """Yield the ways to the leaves in which two items differ; a list of other length is one leaf."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before.keys() | after.keys():
            yield from _differing(before.get(name), after.get(name), (*way, name))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for at, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _differing(one, other, (*way, at))
    elif canonical(before if before is not None else {}) != canonical(after if after is not None else {}):
        yield way
