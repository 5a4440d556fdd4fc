"""Conflicts between statements: found once for the same sources, with what people decided about them.

- Many statements are compared by a job, whose result is kept with the workspace.
- Only current, valid sources are compared. A conflict that CoBuilder already asked about in a
  proposal is the same conflict: answering the question decides it.
- What compares is loaded with the first conflict looked for: most commands compare nothing.
- Counts and states need the conflicts in short only; in full they are read when somebody looks at them.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property, lru_cache

from studio.cobuilder.answers.overruled import losing, standing_on
from studio.domain.charter import Rule
from studio.domain.frozen import digest, to_json
from studio.domain.governance import Collision, StatementRef
from studio.domain.proposal import OpenQuestion, Proposal
from studio.domain.source import Source
from studio.domain.statement import Statement
from studio.services.memory import Memory
from studio.services.origins import KeptCollisions, Outline
from studio.services.standing import Standing

AT_ONCE = 600
"""So many statements are compared within the blink that a page takes to open; more take a job."""

Paper = tuple[Source, tuple[Statement, ...]]
Asked = tuple[Proposal, OpenQuestion]


class Found:
    """The conflicts that were found here at once, with the same look as those that a job kept."""

    def __init__(self, found: tuple[Collision, ...]) -> None:
        """Take the conflicts in full."""
        self.found = found

    @cached_property
    def outlines(self) -> tuple[Outline, ...]:
        """Return the conflicts in short."""
        return tuple(Outline.of(each) for each in self.found)


_FOUND: Memory[str, Found | KeptCollisions] = Memory(8)


def _papers_key(stand: Standing, sources: tuple[Source, ...]) -> str:
    fields = [
        [source.current.digest, source.current.number, to_json(source.model_copy(update={"versions": ()}))]
        for source in sources
    ]
    order = [authority.value for authority in stand.authority_order]
    states = [[source.id, stand.state_of(source)] for source in sources]
    # What a language model read changes without a new version; the embedded engine's reading does not.
    read = [
        [source.id, [[each.id, each.kind, each.fingerprint] for each in stand.statements(source)]]
        for source in sources
        if (found := stand.analyses.get(source.id)) is not None and found.run is not None
    ]
    return digest([fields, states, order, read] if read else [fields, states, order])


@lru_cache(maxsize=4)
def compared(stand: Standing) -> tuple[Source, ...]:
    """Return the sources that are compared with one another: those that are in force, or will be."""
    return tuple(s for s in stand.current_sources if stand.state_of(s) != "expired")


def papers(stand: Standing) -> list[Paper]:
    """Return the sources that are compared, with their statements."""
    return [(source, stand.statements(source)) for source in compared(stand)]


@lru_cache(maxsize=4)
def key_of_papers(stand: Standing) -> str:
    """Return what names a comparison: the very sources, their versions, their scope and how they weigh."""
    return _papers_key(stand, compared(stand))


@lru_cache(maxsize=4)
def is_compared(stand: Standing) -> bool:
    """Return whether the sources were compared as they are now, or are few enough to do it at once."""
    key = key_of_papers(stand)
    few = sum(len(statements) for _, statements in papers(stand)) <= AT_ONCE
    return few or key in _FOUND or (stand.kept_collisions is not None and stand.kept_collisions.key == key)


def compared_already(stand: Standing) -> bool:
    """Return whether the conflicts are known without a wait: found before, or too many to be looked for now.

    What compares takes a while to load, whatever there is to compare.
    """
    if not is_compared(stand) or not any(statements for _, statements in papers(stand)):
        return True
    key = key_of_papers(stand)
    return key in _FOUND or (stand.kept_collisions is not None and stand.kept_collisions.key == key)


def found_collisions(stand: Standing) -> Found | KeptCollisions | None:
    """Return every conflict between the sources, in short and in full; None before many were compared."""
    if not is_compared(stand):
        return None
    key, kept = key_of_papers(stand), stand.kept_collisions

    def compare() -> Found | KeptCollisions:
        if kept is not None and kept.key == key:
            return kept
        if not any(statements for _, statements in papers(stand)):
            return Found(())  # nothing to compare: what compares takes a while to load
        from studio.cobuilder.collisions.finding import find_collisions

        return Found(find_collisions(papers(stand), stand.authority_order, stand.today))

    return _FOUND.get(key, compare)


def collisions(stand: Standing) -> tuple[Collision, ...]:
    """Return every conflict between statements of the sources; nothing before many were compared."""
    known = found_collisions(stand)
    return known.found if known else ()


def outlines(stand: Standing) -> tuple[Outline, ...]:
    """Return every conflict in short."""
    known = found_collisions(stand)
    return known.outlines if known else ()


@lru_cache(maxsize=4)
def conflicts_by_statement(stand: Standing) -> dict[str, tuple[str, ...]]:
    """Return the ids of the conflicts of each statement, by `SOURCE/STATEMENT`."""
    found: dict[str, list[str]] = {}
    for each in outlines(stand):
        for name in (each.left, each.right):
            found.setdefault(name, []).append(each.id)
    return {name: tuple(ids) for name, ids in found.items()}


@lru_cache(maxsize=4)
def _asked(stand: Standing) -> dict[str, Asked]:
    """Return the newest question that CoBuilder asked about each conflict it asked about, by its id."""
    said = [
        (" ".join(f"{question.text} {question.citation.quote}".split()), (proposal, question))
        for proposal in reversed(stand.proposals)
        for question in proposal.questions
        if question.category == "conflict"
    ]
    found: dict[str, Asked] = {}
    for each in collisions(stand) if said else ():
        left, right = (" ".join(ref.citation.quote.split()).rstrip(".") for ref in (each.left, each.right))
        asked = next((asked for words, asked in said if left in words and right in words), None)
        if asked is not None:
            found[each.id] = asked
    return found


def question_of(stand: Standing, collision: Collision) -> Asked | None:
    """Return the question in which CoBuilder already asked about a conflict, or None."""
    return _asked(stand).get(collision.id)


@lru_cache(maxsize=4)
def undecided(stand: Standing) -> tuple[Outline, ...]:
    """Return in short the conflicts that nobody has decided, here or by answering CoBuilder's question."""
    answers = {name: stand.answer(*asked) for name, asked in _asked(stand).items()}
    told = {name for name, answer in answers.items() if answer is not None and not answer.waived}
    return tuple(
        each for each in outlines(stand) if each.id not in stand.collision_decisions and each.id not in told
    )


@lru_cache(maxsize=4)
def overruled(stand: Standing) -> tuple[StatementRef, ...]:
    """Return the sentences that no longer hold, as people decided conflicts."""
    told = stand.collision_decisions
    decided = [each for each in collisions(stand) if each.id in told] if told else []
    return tuple(ref for each in decided for ref in losing(each, told[each.id].holds))


@lru_cache(maxsize=4)
def still_standing(stand: Standing) -> tuple[Rule, ...]:
    """Return the rules of the draft that stand on sentences alone that lost a decided conflict."""
    lost = overruled(stand)
    return standing_on(stand.draft, lost) if lost else ()


@lru_cache(maxsize=4)
def undecided_ids(stand: Standing) -> frozenset[str]:
    """Return the ids of the conflicts that nobody has decided."""
    return frozenset(each.id for each in undecided(stand))


@lru_cache(maxsize=4)
def undecided_by_source(stand: Standing) -> Counter[str]:
    """Return how many conflicts nobody has decided, by the source of either side."""
    sides = ({name.rpartition("/")[0] for name in (each.left, each.right)} for each in undecided(stand))
    return Counter(source_id for pair in sides for source_id in pair)
