"""Sentences that changed between two editions, though nothing of the agent cites them.

- A fact in such a sentence (how a number is made up, how long an answer takes) may still be said by the
  agent in its own words; it is carried there like any other, by its matter.
- Sentences are paired by likeness, one to one; those that the agent cites are met elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from studio.cobuilder.changes.shifts import shifts_between
from studio.cobuilder.sketch.desk import Desk, cite
from studio.cobuilder.words.markup import readable
from studio.cobuilder.words.matching import Meeting, Target, value_keys
from studio.cobuilder.words.sentences import Sentence, sentences
from studio.cobuilder.words.values import masked
from studio.domain.source import Block, SourceDocument, words_fingerprint
from studio.domain.statement import Statement, StatementKind

ALIKE = 0.6
"""How close two sentences of two editions are that say one thing."""

_Part = tuple[Block, Sentence, str]


def uncited(desk: Desk, met: Iterable[Meeting]) -> list[Meeting]:
    """Return how sentences that the agent does not cite continue those of the replaced edition."""
    if desk.replaced is None:
        return []
    source, _ = desk.replaced
    before = list(_parts(source.current.document))
    after = list(_parts(desk.source.current.document))
    known, now = {_plain(p[2]) for p in before}, {_plain(p[2]) for p in after}
    cited = {_plain(target.text) for target in desk.targets}
    spans = [m.statement.span for m in met]
    gone = [p for p in before if _plain(p[2]) not in now | cited]
    come = [p for p in after if _plain(p[2]) not in known and not _overlaps(p[1], spans)]
    pairs = sorted(
        (
            (desk.weights.likeness(old[2], new[2]), at, on)
            for at, old in enumerate(gone)
            for on, new in enumerate(come)
        ),
        reverse=True,
    )
    found: list[Meeting] = []
    used: tuple[set[int], set[int]] = (set(), set())
    for score, at, on in pairs:
        if score < ALIKE or at in used[0] or on in used[1]:
            continue
        used[0].add(at)
        used[1].add(on)
        if shifts_between(_plain(gone[at][2]), _plain(come[on][2])):
            block, sentence, quote = gone[at]
            old = Target(quote, None, cite(source, quote, sentence.start, sentence.end, block.anchor))
            found.append(Meeting(_statement(come[on], len(found) + 1), old, score, False))
    return found


def continues(desk: Desk, meeting: Meeting) -> bool:
    """Return whether a sentence is another one of the replaced edition with a new value in it.

    It says nothing of the sentence that it only resembles, then.
    """
    if desk.replaced is None or meeting.same:
        return False
    now = _plain(readable(meeting.statement.core).text)
    document = _plain(desk.source.current.document.text)
    if masked(now) == now:
        return False
    for _, _, quote in _parts(desk.replaced[0].current.document):
        was = _plain(readable(quote).text)
        if was != now and masked(was) == masked(now) and _plain(quote) not in document:
            old, met = value_keys(was), value_keys(meeting.target.text)
            return was != _plain(readable(meeting.target.text).text) and not all(met[key] for key in old)
    return False


def _parts(document: SourceDocument) -> Iterator[_Part]:
    for block in document.blocks:
        if block.kind in ("paragraph", "item"):
            for sentence in sentences(document, block):
                yield block, sentence, document.text[sentence.start : sentence.end]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _overlaps(sentence: Sentence, spans: list[tuple[int, int]]) -> bool:
    return any(start < sentence.end and sentence.start < end for start, end in spans)


def _statement(part: _Part, number: int) -> Statement:
    block, sentence, quote = part
    return Statement(
        id=f"U-{number:03}",
        kind=StatementKind.DEFINITION,
        text=sentence.text,
        quote=quote,
        start=sentence.start,
        end=sentence.end,
        block_id=block.id,
        anchor=block.anchor,
        fingerprint=words_fingerprint(quote),
        block_fingerprint=block.fingerprint,
        confidence=0.6,
    )
