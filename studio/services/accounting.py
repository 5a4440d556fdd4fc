"""Accounting for sentences: each statement of each source is in exactly one state, and suspect or not.

- A statement is named `SOURCE/STATEMENT`; its places are those that cite it in any version of its
  source, or in the source that its own replaces, as the alignments say.
- It is suspect when its text changed since a place was made from it, or when a place changed since
  a person last confirmed it; confirming, or accepting a change made from it, clears that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal

from studio.domain.agent import Agent
from studio.domain.changeset import Indexed, lookup
from studio.domain.frozen import Json, digest, to_json
from studio.domain.governance import Match
from studio.domain.places import Place, places_by_sentence
from studio.domain.proposal import OpenQuestion, Proposal
from studio.domain.source import Source
from studio.domain.statement import Statement
from studio.services.collisions import undecided
from studio.services.standing import Standing

State = Literal[
    "in the agent and tested",
    "in the agent, not tested",
    "open question",
    "conflict",
    "waived",
    "not yet looked at",
]
STATES: tuple[State, ...] = (
    "in the agent and tested",
    "in the agent, not tested",
    "open question",
    "conflict",
    "waived",
    "not yet looked at",
)
_LAYOUT = ("citations", "place")


def key_of(source_id: str, statement_id: str) -> str:
    """Return the name of a statement."""
    return f"{source_id}/{statement_id}"


def content_digest(tree: Json, path: str) -> str:
    """Return the digest of what a place says, without its citations and its spot on the canvas."""
    return _content_of(lookup(tree, path))


def _content_of(item: Json) -> str:
    if isinstance(item, dict):
        item = {name: value for name, value in item.items() if name not in _LAYOUT}
    return digest({"is": item} if item is not None else {})


def _citations(node: Json) -> Iterator[Json]:
    """Yield every citation in a tree."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "citations":
                yield from value
            else:
                yield from _citations(value)
    elif isinstance(node, list):
        for item in node:
            yield from _citations(item)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """Why a statement is suspect, in a sentence that names the places to look at, and these.

    `about` says why without naming the places, for a list of them that follows; `short` in a few words.
    """

    why: str
    about: str
    short: str
    places: tuple[Place, ...]
    turned: bool = False


@dataclass(frozen=True, eq=False)
class Accounts:
    """The accounts of a workspace at one moment."""

    stand: Standing

    @cached_property
    def _live_tree(self) -> Indexed:
        return Indexed(to_json(self.stand.live))

    @cached_property
    def _draft_tree(self) -> Indexed:
        return Indexed(to_json(self.stand.draft))

    @cached_property
    def _digests(self) -> dict[tuple[bool, str], str]:
        return {}

    @cached_property
    def _suspicions(self) -> dict[str, Suspicion | None]:
        return {}

    def _digest_of(self, path: str, *, live: bool) -> str:
        """Return what a place says; each is worked out once, for many sentences stand on few places."""
        if (live, path) not in self._digests:
            tree = self._live_tree if live else self._draft_tree
            self._digests[live, path] = _content_of(tree.lookup(path))
        return self._digests[live, path]

    @cached_property
    def _live_places(self) -> dict[str, tuple[Place, ...]]:
        return places_by_sentence(self.stand.live)

    @cached_property
    def _matches_by_id(self) -> dict[tuple[str, int], dict[str, list[Match]]]:
        found: dict[tuple[str, int], dict[str, list[Match]]] = {}
        for version, alignment in self.stand.alignments.items():
            by_id = found.setdefault(version, {})
            for match in alignment.matches:
                by_id.setdefault(match.new_id, []).append(match)
        return found

    @cached_property
    def _statements(self) -> defaultdict[tuple[str, int], dict[str, Statement]]:
        found: defaultdict[tuple[str, int], dict[str, Statement]] = defaultdict(dict)
        for version, analysis in self.stand.readings.items():
            found[version] = {statement.id: statement for statement in analysis.statements}
        return found

    @cached_property
    def _open_questions_by_source(self) -> dict[tuple[str, int], list[tuple[Proposal, OpenQuestion]]]:
        found: dict[tuple[str, int], list[tuple[Proposal, OpenQuestion]]] = {}
        for proposal in self.stand.proposals:
            for question in proposal.questions:
                cite = question.citation
                found.setdefault((cite.source_id, cite.version), []).append((proposal, question))
        return found

    @cached_property
    def _replaced(self) -> dict[str, str | None]:
        return {source.id: source.supersedes for source in self.stand.sources}

    @cached_property
    def _proposed(self) -> frozenset[str]:
        return frozenset(cite.fingerprint for _, c in self.stand.undecided for cite in c.citations)

    @cached_property
    def _conflicting(self) -> frozenset[str]:
        return frozenset(name for each in undecided(self.stand) for name in (each.left, each.right))

    def _matches(self, source_id: str, number: int, statement_id: str) -> tuple[tuple[str, int, Match], ...]:
        """Return (source, version, match) of what a statement continues, also where a person said so."""
        alignment = self.stand.alignments.get((source_id, number))
        if alignment is None:
            return ()
        follows = alignment.follows
        if follows[0] not in (source_id, self._replaced.get(source_id)):
            return ()
        found = list(self._matches_by_id[source_id, number].get(statement_id, ()))
        for doubt in alignment.doubts:
            if doubt.new_id != statement_id:
                continue
            decision = self.stand.identities.get(doubt_id(source_id, number, doubt.old_id, doubt.new_id))
            if decision is not None and decision.same:
                found.append(
                    Match(old_id=doubt.old_id, new_id=doubt.new_id, how="reworded", score=1.0, turned=True)
                )
        return tuple((follows[0], follows[1], match) for match in found)

    def prints(self, source_id: str, number: int, statement_id: str) -> frozenset[str]:
        """Return the fingerprints of all sentences that were this statement."""
        own = self._statement(source_id, number, statement_id)
        found = {own.fingerprint} if own else set[str]()
        for before, version, match in self._matches(source_id, number, statement_id):
            if (before, version) != (source_id, number):
                found |= self.prints(before, version, match.old_id)
        return frozenset(found)

    def _statement(self, source_id: str, number: int, statement_id: str) -> Statement | None:
        return self._statements[source_id, number].get(statement_id)

    def places(self, source: Source, statement: Statement) -> tuple[Place, ...]:
        """Return the places of the draft that stand on a statement."""
        key = (source.id, statement.id, statement.fingerprint)
        if key not in self._places:
            self._places[key] = self._places_of(source, statement)
        return self._places[key]

    @cached_property
    def _places(self) -> dict[tuple[str, str, str], tuple[Place, ...]]:
        return {}

    def _places_of(self, source: Source, statement: Statement) -> tuple[Place, ...]:
        prints = self.prints(source.id, source.current.number, statement.id)
        if not any(each in self.stand.places for each in prints):
            prints |= self._parts(source, statement)
        found = {p.path: p for each in sorted(prints) for p in self.stand.places.get(each, ())}
        return tuple(found.values())

    @cached_property
    def _by_line(self) -> dict[tuple[str, int, int], dict[str, str]]:
        """Return what the draft cites, as fingerprint and quote, by the lines of its sources' versions."""
        found: dict[tuple[str, int, int], dict[str, str]] = defaultdict(dict)
        for cited in _citations(self._draft_tree.tree):
            anchor, quote = cited["anchor"], " ".join(cited["quote"].split())
            for line in range(anchor["line_start"], anchor["line_end"] + 1):
                found[cited["source_id"], cited["version"], line][cited["fingerprint"]] = quote
        return found

    def _parts(self, source: Source, statement: Statement) -> frozenset[str]:
        """Return what is cited of a statement that no place cites as such: a part of it, or more."""
        said = " ".join(statement.quote.split())
        lines = range(statement.anchor.line_start, statement.anchor.line_end + 1)
        cited = {
            name: quote
            for line in lines
            for name, quote in self._by_line.get((source.id, source.current.number, line), {}).items()
        }
        return frozenset(name for name, quote in cited.items() if quote and (quote in said or said in quote))

    def suspicion(self, source: Source, statement: Statement) -> Suspicion | None:
        """Return why a statement of a source's present version is suspect, or None.

        In a replaced source it is so only where a place still stands on it alone.
        """
        key = key_of(source.id, statement.id)
        if key not in self._suspicions:
            why = self._orphan if source.id in self.stand.superseded else self._suspicion
            self._suspicions[key] = why(source, statement)
        return self._suspicions[key]

    def _suspicion(self, source: Source, statement: Statement) -> Suspicion | None:
        places = self.places(source, statement)
        if not places:
            return None
        confirmed = self.stand.confirmations.get(key_of(source.id, statement.id))
        if confirmed is None or confirmed.fingerprint != statement.fingerprint:
            reworded = self._reworded(source, statement)
            if reworded is not None:
                return reworded
        moved = tuple(
            place
            for place in places
            if self._changed(place, statement, confirmed.places if confirmed else None)
        )
        if not moved:
            return None
        names = ", ".join(place.name for place in moved)
        return Suspicion(
            f"{names} changed since it was last confirmed to say what this sentence demands.",
            "It was confirmed that the agent does what this sentence demands. This has changed since:",
            "the agent changed",
            moved,
        )

    def _reworded(self, source: Source, statement: Statement) -> Suspicion | None:
        own = {place.path for place in self.stand.places.get(statement.fingerprint, ())}
        behind = [place for place in self.places(source, statement) if place.path not in own]
        telling = [
            match
            for _, _, match in self._matches(source.id, source.current.number, statement.id)
            if match.turned or match.how in ("reworded", "split", "merged")
        ]
        if not behind or not telling:
            return None
        turned = any(match.turned for match in telling)
        what = "says something else now" if turned else "was worded anew"
        names = ", ".join(place.name for place in behind)
        return Suspicion(
            f"The sentence {what}; {names} was made from the older one.",
            f"The sentence {what}. This was made from the older one:",
            "says something else" if turned else "worded anew",
            tuple(behind),
            turned,
        )

    def _changed(self, place: Place, statement: Statement, confirmed: dict[str, str] | None) -> bool:
        now = self._digest_of(place.path, live=False)
        if confirmed is not None:
            return place.path in confirmed and confirmed[place.path] != now
        was_cited = any(p.path == place.path for p in self._live_places.get(statement.fingerprint, ()))
        return was_cited and self._digest_of(place.path, live=True) != now

    def proposed(self, statement: Statement) -> bool:
        """Return whether an undecided change stands on a statement."""
        return statement.fingerprint in self._proposed

    def is_waived(self, key: str, statement: Statement) -> bool:
        """Return whether a waiver of exactly this sentence holds today."""
        waiver = self.stand.waivers.get(key)
        if waiver is None or waiver.fingerprint != statement.fingerprint:
            return False
        return waiver.until is None or waiver.until >= self.stand.today

    @cached_property
    def _states(self) -> dict[str, State]:
        return {}

    def state(self, source: Source, statement: Statement) -> State:
        """Return the one state a statement of a source's present version is in."""
        key = key_of(source.id, statement.id)
        if key not in self._states:
            self._states[key] = self._state(source, statement, key)
        return self._states[key]

    def _state(self, source: Source, statement: Statement, key: str) -> State:
        if self.is_waived(key, statement):
            return "waived"
        if key in self._conflicting:
            return "conflict"
        question = self._question(source, statement)
        if question is not None:
            return question
        places = self.places(source, statement)
        if any(place.path.startswith("scenarios/") for place in places):
            return "in the agent and tested"
        return "in the agent, not tested" if places else "not yet looked at"

    def _question(self, source: Source, statement: Statement) -> State | None:
        version = (source.id, source.current.number)
        for proposal, question in self._open_questions_by_source.get(version, ()):
            quote = question.citation.quote
            if not (quote in statement.core or statement.quote in quote):
                continue
            answer = self.stand.answer(proposal, question)
            if answer is None:
                return "conflict" if question.category == "conflict" else "open question"
            if answer.waived and not self.places(source, statement):
                return "waived"
        return None

    def coverage(self, sources: tuple[Source, ...] | None = None) -> dict[State, int]:
        """Return how many statements are in each state, over current sources unless told otherwise."""
        counts: dict[State, int] = dict.fromkeys(STATES, 0)
        for source in self.stand.current_sources if sources is None else sources:
            for statement in self.stand.statements(source):
                counts[self.state(source, statement)] += 1
        return counts

    @cached_property
    def _inherited(self) -> frozenset[str]:
        """Return the fingerprints that sentences of current versions stand for."""
        return frozenset(
            each
            for source in self.stand.current_sources
            for statement in self.stand.statements(source)
            for each in self.prints(source.id, source.current.number, statement.id)
        )

    def _orphan(self, source: Source, statement: Statement) -> Suspicion | None:
        """Return why a place is suspect that stands only on sentences which are no longer in force."""
        places = self.stand.places.get(statement.fingerprint, ())
        alone = tuple(place for place in places if not self._has_other_ground(place))
        confirmed = self.stand.confirmations.get(key_of(source.id, statement.id))
        if not alone or statement.fingerprint in self._inherited:
            return None
        if confirmed is not None and all(
            confirmed.places.get(p.path) == self._digest_of(p.path, live=False) for p in alone
        ):
            return None
        names = ", ".join(place.name for place in alone)
        return Suspicion(
            f"“{source.name}” was replaced and says this no more; {names} still stands on it.",
            f"“{source.name}” was replaced, and what replaced it does not say this. This still stands on it:",
            "no longer said",
            alone,
        )

    def _has_other_ground(self, place: Place) -> bool:
        return any(place in places for each, places in self.stand.places.items() if each in self._inherited)

    def suspects(self) -> tuple[tuple[Source, Statement, Suspicion], ...]:
        """Return every suspect statement, with why; of replaced sources those that places still stand on."""
        found: list[tuple[Source, Statement, Suspicion]] = []
        for source in self.stand.sources:
            for statement in self.stand.statements(source):
                suspicion = self.suspicion(source, statement)
                if suspicion is not None:
                    found.append((source, statement, suspicion))
        return tuple(found)


def doubt_id(source_id: str, number: int, old_id: str, new_id: str) -> str:
    """Return the name of a question whether two sentences are the same statement."""
    return f"{source_id}/{number}/{old_id}/{new_id}"


@lru_cache(maxsize=4)
def accounts(stand: Standing) -> Accounts:
    """Return the accounts of a standing."""
    return Accounts(stand)


def place_digests(agent: Agent, places: tuple[Place, ...]) -> dict[str, str]:
    """Return the content digest of each place, by path."""
    tree = to_json(agent)
    return {place.path: content_digest(tree, place.path) for place in places}
