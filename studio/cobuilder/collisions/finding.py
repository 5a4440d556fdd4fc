"""Statements that cannot both hold, across documents and within one, with which of them goes first.

- Compared are only statements whose applicability overlaps: scope of the source, and scope words in
  the sentence, its headings and the document's name.
- Weightier document first, then the later day of effect, then the narrower rule; where none of these
  tells, a person has to.
- Plain facts, which bind nobody, are compared by their figures alone.
- Callers leave out sources that are superseded or not in force.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from studio.cobuilder.collisions.candidates import Weights, candidates
from studio.cobuilder.collisions.kinds import Clash, Pair, clash_of, quantity_clash
from studio.cobuilder.collisions.readings import Reading, read
from studio.cobuilder.collisions.scopes import apart
from studio.cobuilder.collisions.verdicts import narrowness, verdict
from studio.cobuilder.sketch.desk import cite
from studio.cobuilder.words.markup import readable
from studio.cobuilder.words.plain_facts import is_plain_fact, plain_facts
from studio.domain.frozen import digest
from studio.domain.governance import Collision, StatementRef
from studio.domain.source import AUTHORITY_ORDER, Authority, Source
from studio.domain.statement import Statement, StatementKind

Paper = tuple[Source, tuple[Statement, ...]]
_TOLD_EVERY = 64


def find_collisions(
    papers: Sequence[Paper],
    authority_order: Sequence[Authority] = AUTHORITY_ORDER,
    today: date | None = None,
    told: Callable[[float], object] = lambda _share: None,
) -> tuple[Collision, ...]:
    """Return the pairs of statements that cannot both hold, in reading order of their left side.

    `today`: a source that takes effect only later does not win by its day; None takes all as in force.
    `told` hears how far it is, 0 to 1, many times a second; what it raises ends the comparing.
    """
    readings = _readings(papers, told)
    weights, meetings = Weights(readings), _Meetings(readings)
    found: dict[str, Collision] = {}
    for number, (one, two) in enumerate(candidates(readings, weights)):
        if not number % _TOLD_EVERY:
            told(0.5 + 0.5 * two / len(readings))
        if not meetings.may_meet(one, two):
            continue
        left, right = readings[one], readings[two]
        pair = Pair(left, right, weights)
        plain = is_plain_fact(left.statement) or is_plain_fact(right.statement)
        clash = quantity_clash(pair) if plain else clash_of(pair)
        if clash is not None and not _general_beside_special(left, right):
            name = _name(left, right)
            if name not in found:
                found[name] = _collision(name, left, right, clash, authority_order, today)
    return tuple(found.values())


def _readings(papers: Sequence[Paper], told: Callable[[float], object]) -> list[Reading]:
    found = []
    number, count = 0, sum(len(statements) for _, statements in papers)
    for source, statements in papers:
        seen: set[tuple[str, int]] = set()
        for statement in (*statements, *plain_facts(source, statements)):
            if not number % _TOLD_EVERY:
                told(min(0.5, 0.5 * number / max(count, 1)))
            number += 1
            key = statement.fingerprint, statement.start
            reading = None if key in seen else read(source, statement)
            seen.add(key)
            if reading is not None and reading.matter:
                found.append(reading)
    return found


class _Meetings:
    """Whether two statements are two, of one sort, and can apply to one case; told once for like scopes."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        numbers: dict[object, int] = {}
        keys = [(r.source.id, r.source.applies_to, tuple(sorted(r.scope.items()))) for r in readings]
        self._place = [numbers.setdefault(key, len(numbers)) for key in keys]
        self._print = [reading.statement.fingerprint for reading in readings]
        self._defines = [reading.kind is StatementKind.DEFINITION for reading in readings]
        self._plain = [is_plain_fact(reading.statement) for reading in readings]
        self._readings = readings
        self._known: dict[tuple[int, int], bool] = {}

    def may_meet(self, one: int, two: int) -> bool:
        """Say whether the statements at two positions may be compared."""
        plain = self._plain[one] or self._plain[two]
        if self._print[one] == self._print[two] or (not plain and self._defines[one] != self._defines[two]):
            return False
        places = self._place[one], self._place[two]
        known = self._known.get(places)
        if known is None:
            known = self._known[places] = _overlap(self._readings[one], self._readings[two])
        return known


def _overlap(left: Reading, right: Reading) -> bool:
    return left.source.applies_to.overlaps(right.source.applies_to) and not apart(left.scope, right.scope)


def _general_beside_special(left: Reading, right: Reading) -> bool:
    """Say whether one document states a rule and, beside it, the same for a narrower case."""
    if left.source.id != right.source.id:
        return left.excepts != right.excepts and narrowness(left, right) != 0
    return narrowness(left, right) != 0 or left.excepts or right.excepts


def _name(left: Reading, right: Reading) -> str:
    """Return the id of a collision, which depends on the two sentences alone."""
    prints = sorted((left.statement.fingerprint, right.statement.fingerprint))
    return digest("\n".join(prints).encode())[:16]


def _collision(
    name: str, left: Reading, right: Reading, clash: Clash, order: Sequence[Authority], today: date | None
) -> Collision:
    winner, why = verdict(left, right, order, today)
    return Collision(
        id=name,
        kind=clash.kind,
        left=_ref(left),
        right=_ref(right),
        detail=_detail(left, right, clash),
        winner=winner,
        why=why,
        confidence=round(clash.confidence, 2),
    )


def _ref(reading: Reading) -> StatementRef:
    said = reading.statement
    cited = cite(reading.source, said.quote, said.start, said.end, said.anchor)
    return StatementRef(
        source_id=reading.source.id,
        statement_id=said.id,
        citation=cited.model_copy(update={"fingerprint": said.fingerprint}),
    )


def _detail(left: Reading, right: Reading, clash: Clash) -> str:
    """Return in a sentence what the two say differently."""
    one, two = _names(left, right)
    if clash.kind in ("number", "limit", "date"):
        return f"{one} says {clash.left}, {two} says {clash.right}."
    if clash.kind == "modality":
        yes, no = (one, two) if clash.left == "yes" else (two, one)
        return f"{yes} allows or asks for what {no} rules out: “{_short(left)}” against “{_short(right)}”."
    if clash.kind == "order":
        return f"{one} and {two} put the steps in opposite order: “{_short(left)}” against “{_short(right)}”."
    if clash.kind == "outcome":
        return f"For the same case {one} says {clash.left}, {two} says {clash.right}."
    extra = [f"only {name} names {words}" for name, words in ((one, clash.left), (two, clash.right)) if words]
    return f"The lists differ: {', '.join(extra)}."


def _names(left: Reading, right: Reading) -> tuple[str, str]:
    if left.source.id != right.source.id and left.source.name != right.source.name:
        return left.source.name, right.source.name
    places = [f"{r.source.name} ({r.statement.anchor.label})" for r in (left, right)]
    return places[0], places[1]


def _short(reading: Reading) -> str:
    words = re.sub(r"\s+", " ", readable(reading.statement.core).text)
    return words if len(words) <= 110 else words[:107].rsplit(" ", 1)[0] + " …"
