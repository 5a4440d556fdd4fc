"""Alignment: which statements of a new version are those of the old one, so that they keep their ids.

- Each old statement is matched, in doubt, or gone; each new one is matched, in doubt, or added.
- A match whose numbers, dates, limits, modality or negation differ, or most of whose words are new, is
  marked `turned`: it is the same statement with another meaning, and every link to it is suspect.
  Without certain context it is a doubt.
- One id goes to one statement: of the parts of a split, the closest one inherits it; so of a merge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from studio.cobuilder.alignment.pairs import Link, Pairs, in_order, pair_units
from studio.cobuilder.alignment.units import Unit, units
from studio.cobuilder.words.sense import turns, without_number
from studio.domain.finding import Analysis
from studio.domain.governance import Alignment, Doubt, How, Match
from studio.domain.pulse import beat
from studio.domain.source import SourceDocument
from studio.domain.statement import Statement

Version = tuple[SourceDocument, tuple[Statement, ...]]

_ALIKE = 0.5
_VOUCHED = 0.6
_NUMBERED = re.compile(r"S-(\d+)")


def align(old: Version, new: Version) -> Alignment:
    """Return which statements of two versions of a document are the same, and which are in doubt."""
    pairs = pair_units(units(*old), units(*new))
    matches = [match for link in in_order(pairs) for match in _matches(pairs, link)]
    olds, news = {each.old_id for each in matches}, {each.new_id for each in matches}
    doubts = []
    for maybe in pairs.doubts:
        why, score = maybe.why, maybe.score
        for one, other, _ in _paired(
            pairs.left[maybe.old].statements, pairs.right[maybe.new].statements, pairs
        ):
            if one.id not in olds and other.id not in news:
                doubts.append(_doubt(one, other, why, score))
    return _settled(old[1], new[1], matches, doubts)


def decide(alignment: Alignment, answers: Mapping[tuple[str, str], bool]) -> Alignment:
    """Return an alignment in which doubts, by (old id, new id), are settled by people's answers."""
    matches, doubts = list(alignment.matches), []
    gone, added = list(alignment.gone), list(alignment.added)
    for doubt in alignment.doubts:
        answer = answers.get((doubt.old_id, doubt.new_id))
        if answer is None:
            doubts.append(doubt)
        elif answer:
            matches.append(
                Match(
                    old_id=doubt.old_id,
                    new_id=doubt.new_id,
                    how="reworded",
                    score=doubt.score,
                    turned=doubt.turned,
                )
            )
        else:
            gone.append(doubt.old_id)
            added.append(doubt.new_id)
    return Alignment(matches=tuple(matches), doubts=tuple(doubts), gone=tuple(gone), added=tuple(added))


def carry_ids(old: Analysis, new: Analysis, alignment: Alignment, used: Iterable[str] = ()) -> Analysis:
    """Return the new analysis with inherited ids; every other statement gets one that was never used.

    `used` holds the ids of all earlier versions; those of `old` are taken as used in any case.
    """
    heirs = alignment.heirs
    taken = {*used, *(statement.id for statement in old.statements)}
    number = max((int(match[1]) for name in taken if (match := _NUMBERED.fullmatch(name))), default=0)
    renamed = []
    for statement in new.statements:
        name = heirs.get(statement.id)
        if name is None:
            number += 1
            name = f"S-{number:03d}"
        renamed.append(statement.model_copy(update={"id": name}))
    return new.model_copy(update={"statements": tuple(renamed)})


def _settled(
    old: Sequence[Statement], new: Sequence[Statement], matches: list[Match], doubts: list[Doubt]
) -> Alignment:
    held_old = {each.old_id for each in matches} | {each.old_id for each in doubts}
    held_new = {each.new_id for each in matches} | {each.new_id for each in doubts}
    return Alignment(
        matches=tuple(matches),
        doubts=tuple(doubts),
        gone=tuple(each.id for each in old if each.id not in held_old),
        added=tuple(each.id for each in new if each.id not in held_new),
    )


def _doubt(one: Statement, other: Statement, why: str, score: float) -> Doubt:
    return Doubt(
        old_id=one.id,
        new_id=other.id,
        old_quote=one.quote,
        new_quote=other.quote,
        why=why,
        score=score,
        turned=_turned(one, other),
    )


def _matches(pairs: Pairs, link: Link) -> list[Match]:
    """Return the matches of the statements that stand in linked units."""
    beat()
    lefts, rights = [pairs.left[i] for i in link.old], [pairs.right[j] for j in link.new]
    olds = [each for unit in lefts for each in unit.statements]
    news = [each for unit in rights for each in unit.statements]
    # Where most words are new, nobody can vouch for the meaning.
    new_words = not link.equal and len(link.old) == len(link.new) and link.score < _VOUCHED
    whole = new_words or turns(_text(lefts), _text(rights))
    found = []
    for one, other, score in _paired(olds, news, pairs, len(link.new) > 1, len(link.old) > 1):
        turned = whole or _turned(one, other)
        how: How = _how(link, lefts[0], rights[0], one, other)
        found.append(
            Match(
                old_id=one.id,
                new_id=other.id,
                # The words may be equal and what leads into them another.
                how="reworded" if turned and how in ("unchanged", "reformatted") else how,
                score=1.0 if link.equal and one.kind is other.kind else round(min(score, link.score), 3),
                turned=turned,
            )
        )
    return found


def _text(group: Sequence[Unit]) -> str:
    return without_number(" ".join(unit.text for unit in group))


def _how(link: Link, old: Unit, new: Unit, one: Statement, other: Statement) -> How:
    if len(link.new) > 1:
        return "split"
    if len(link.old) > 1:
        return "merged"
    if not link.equal:
        return "reworded"
    if link.moved:
        return "moved"
    same = one.fingerprint == other.fingerprint and old.kind == new.kind and old.section == new.section
    return "unchanged" if same else "reformatted"


def _turned(one: Statement, other: Statement) -> bool:
    """Return whether two statements bind differently, by themselves or through what leads into them."""
    return (
        one.kind is not other.kind
        or turns(one.core, other.core)
        or turns(without_number(one.text), without_number(other.text))
    )


def _paired(
    olds: Sequence[Statement],
    news: Sequence[Statement],
    pairs: Pairs,
    split: bool = False,
    merged: bool = False,
) -> list[tuple[Statement, Statement, float]]:
    """Pair the statements of two units: of one kind and most alike first, in order where they tie.

    Where a unit was split, a statement may have several parts; where some were merged, several wholes.
    """
    scored = []
    for n, one in enumerate(olds):
        for m, other in enumerate(news):
            alike = pairs.weights.likeness(one.text, other.text)
            scored.append((one.kind is other.kind, alike, -abs(n - m), n, m))
    scored.sort(key=lambda each: (not each[0], -each[1], -each[2], each[3], each[4]))
    taken: tuple[set[int], set[int]] = (set(), set())
    found = []
    alone = len(olds) == len(news) == 1
    for _, alike, _, n, m in scored:
        if (n in taken[0] and not split) or (m in taken[1] and not merged):
            continue
        if alone or alike >= _ALIKE or (split or merged):
            taken[0].add(n)
            taken[1].add(m)
            found.append((olds[n], news[m], alike))
    return sorted(found, key=lambda each: (each[0].start, each[1].start))
