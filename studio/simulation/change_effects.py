"""The diff of behaviour: which customers a proposal treats differently, as a whole and change by change.

- The same customers with the same seed meet the agent without the proposal, with all of it, with each change
  alone (and what it requires), and with all but it. First those of the tests, then those made for changes.
- Where nobody shows a change that conversations can meet, customers are sought for it, until somebody does.
- Where the parts do not add up to the whole, the changes that belong together are named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from studio.domain.agent import Agent
from studio.domain.consequence import ChangeEffect, Consequences, Standing
from studio.domain.frozen import canonical, digest, to_json
from studio.domain.scenario import Scenario
from studio.ports import Progress, Workers, silent
from studio.running import still
from studio.runtime import RUNTIME
from studio.simulation.change_effects_customers import Touch, crossed, near
from studio.simulation.change_effects_groups import Words, groups_of
from studio.simulation.change_effects_known import Known, Run, shown_of
from studio.simulation.change_effects_locks import locks
from studio.simulation.change_effects_playing import touch_of, version_of
from studio.simulation.change_effects_telling import counts
from studio.simulation.change_effects_together import together
from studio.simulation.change_effects_trial import Due, Pair, Place, Search, Trial, Tried

DEFAULT_CUSTOMERS = 500
CHUNK = 8
"""Customers in one task."""
CROSSED = 0.15
"""Share of the customers who stand at the limits of two changes."""

Partial = Callable[[Consequences], None]
_INERT = "It changes nothing that a conversation meets."


@dataclass(frozen=True, slots=True)
class OneChange:
    """A change that is tried: the agent with it alone, and with all but it; or why it cannot be tried.

    `bare` is the agent with what the change requires, and without it: where that is the same for every
    conversation, the change itself does nothing.
    """

    id: str
    title: str
    requires: tuple[str, ...] = ()
    bare: Agent | None = None
    alone: Agent | None = None
    without: Agent | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is compared: the agent without the proposal and with all of it, and each change.

    `content` is the digest of the changes; with both agents it decides what the parts of the plan are.
    `tests` are those of the proposal that were rejected: their customers come all the same.
    """

    proposal_id: str
    before: Agent
    whole: Agent
    content: str
    changes: Callable[[], tuple[OneChange, ...]]
    notes: tuple[str, ...] = ()
    tests: tuple[Scenario, ...] = ()


def key_of(plan: Plan, seed: int, customers: int) -> str:
    """Return the SHA-256 of all that the consequences depend on: what can be met, changes, customers."""
    prints = [version_of(canonical(agent)).fingerprint for agent in (plan.before, plan.whole)]
    tests = [to_json(test) for test in _tests(plan)]
    return digest(
        [plan.proposal_id, *prints, plan.content, list(plan.notes), tests, seed, customers, RUNTIME]
    )


@dataclass
class Comparing:
    """All versions of a plan, the customers they meet, and what these found so far.

    At first there are the tests' own customers before the whole proposal only; `go_on` brings the rest.
    """

    plan: Plan
    seed: int
    customers: int
    changes: tuple[OneChange, ...] = ()
    agents: list[bytes] = field(default_factory=list)
    cards: list[Scenario] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)
    generated: int = 0
    known: Known = field(default_factory=Known)

    def __post_init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._run: Run | None = None
        self._add(self.plan.before)
        self.whole = self._add(self.plan.whole)
        self.alone: dict[str, int] = {}
        self.without: dict[str, int] = {}
        self.touches: dict[str, Touch] = {}
        self.inert: frozenset[str] = frozenset()
        self.tests = _tests(self.plan)
        self.cards = [test.model_copy(update={"expectations": ()}) for test in self.tests]
        self.places = [(at, 0) for at in range(len(self.cards))]

    def go_on(self) -> None:
        """Bring the changes one by one, and the customers near them; what was found is found again."""
        self.changes = self.plan.changes()
        self.inert = frozenset(c.id for c in self.changes if _does_nothing(c))
        tried = [c for c in self.changes if c.id not in self.inert]
        self.alone = {c.id: self._add(c.alone) for c in tried if c.alone is not None}
        self.without = {c.id: self._add(c.without) for c in tried if c.without is not None}
        self.touches = {name: self._touch(number) for name, number in self.alone.items()}
        self.tried = []
        self._run = None
        self._gather()

    def _add(self, agent: Agent) -> int:
        """Return the number of a version; equal ones have one."""
        data = canonical(agent)
        known = version_of(data).fingerprint
        if known not in self._numbers:
            self._numbers[known] = len(self.agents)
            self.agents.append(data)
        return self._numbers[known]

    def print_of(self, number: int) -> str:
        """Return the fingerprint of a version."""
        return version_of(self.agents[number]).fingerprint

    def _touch(self, number: int) -> Touch:
        return touch_of(version_of(self.agents[0]), version_of(self.agents[number]))

    def _gather(self) -> None:
        """Add to the tests' own customers those near the changes, then more persons of the tests."""
        room = max(0, self.customers - len(self.cards))
        touches = [touch for touch in self.touches.values() if touch.parts]
        most = max(12, int(room * (1 - CROSSED) * 0.85) // max(1, len(touches)))
        made = {each.id: each for touch in touches for each in islice(near(touch, self.tests), most)}
        if len(touches) > 1:
            for each in crossed(touches, self.tests, int(room * CROSSED)):
                made.setdefault(each.id, each)
        self.add_cards(list(made.values()))
        number = 1
        while self.cards and len(self.places) < self.customers:
            more = [(at, number) for at in range(len(self.tests))]
            self.places += more[: self.customers - len(self.places)]
            number += 1
            if not self.tests:
                break

    def add_cards(self, cards: Sequence[Scenario]) -> list[Place]:
        """Take further customers, each with a name that nobody has yet."""
        known = {card.id for card in self.cards}
        fresh = [card for card in cards if card.id not in known]
        first = len(self.cards)
        self.cards += fresh
        self.generated += len(fresh)
        added = [(first + at, 0) for at in range(len(fresh))]
        self.places += added
        return added

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Return all pairs that are compared."""
        pairs: list[Pair] = [(0, self.whole), *((0, number) for number in self.alone.values())]
        pairs += [(self.whole, number) for number in self.without.values()]
        return tuple(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]))

    @property
    def run(self) -> Run:
        """Return what these versions are, for whoever compares again later."""
        if self._run is None or len(self._run.shown) != len(self.agents):
            self._run = self._made_run()
        return self._run

    def _made_run(self) -> Run:
        roles = {"before": 0, "whole": self.whole}
        roles |= {f"alone {name}": number for name, number in self.alone.items()}
        roles |= {f"without {name}": number for name, number in self.without.items()}
        return Run(tuple(shown_of(version_of(agent)) for agent in self.agents), roles)

    def trial(self, skipping: bool = True) -> Trial:
        """Return the work for these customers."""
        telling = frozenset(pair for pair in self.pairs if pair[0] == 0)
        alone = tuple((0, number) for number in self.alone.values())
        work = tuple(self.agents), self.pairs, (0, self.whole), alone
        return Trial(*work, telling, tuple(self.cards), self.seed, skipping)

    # What was found

    def result(self, complete: bool = True) -> Consequences:
        """Return what is known so far."""
        words = Words.of(self.plan.whole, self.plan.before)
        whole = self._effect("", "", (), self.whole, None, words)
        changes = tuple(self._of_change(each, words) for each in self.changes)
        requires = {each.id: each.requires for each in self.changes}
        alone = {name: (0, number) for name, number in self.alone.items()}
        without = {name: (self.whole, number) for name, number in self.without.items()}
        return Consequences(
            proposal_id=self.plan.proposal_id,
            key=key_of(self.plan, self.seed, self.customers),
            engine=RUNTIME,
            seed=self.seed,
            asked=self.customers,
            customers=len(self.tried),
            generated=self.generated,
            whole=whole,
            changes=changes,
            together=together(self.tried, self.cards, (0, self.whole), alone, without, requires),
            notes=self.plan.notes,
            complete=complete,
        )

    def _of_change(self, change: OneChange, words: Words) -> ChangeEffect:
        number = self.alone.get(change.id)
        requires = tuple(each for each in change.requires if each not in self.inert)
        if number is None:
            inert = change.id in self.inert
            return ChangeEffect(
                change=change.id,
                title=change.title,
                requires=() if inert else requires,
                standing="nothing to meet" if inert else "cannot be tried",
                sentence=_INERT if inert else change.trouble,
            )
        return self._effect(change.id, change.title, requires, number, self.without.get(change.id), words)

    def _effect(
        self,
        change: str,
        title: str,
        requires: tuple[str, ...],
        number: int,
        without: int | None,
        words: Words,
    ) -> ChangeEffect:
        pair = (0, number)
        touch = self.touches[change] if change else self._touch(number)
        affected = [t for t in self.tried if _differs(t, pair)]
        wording = sum(pair in t.found for t in self.tried) - len(affected)
        met = sum(pair in t.met for t in self.tried)
        versions = version_of(self.agents[0]).program, version_of(self.agents[number]).program
        stopped = locks(*versions, touch) if touch.parts else ()
        told = tuple(each.model_copy(update={"words": words.said(each.words)}) for each in stopped)
        standing = _standing(touch, len(affected), len(stopped), wording, met)
        lost = (self.whole, without) if without is not None else None
        missed = [t for t in self.tried if lost and _differs(t, pair if t.adds_up else lost)]
        return ChangeEffect(
            change=change,
            title=title,
            requires=requires,
            standing=standing,
            sentence=_sentence(standing, len(affected), len(self.tried), met, wording, len(stopped)),
            affected=len(affected),
            met=met,
            tried=len(self.tried),
            wording=wording,
            missed=len(missed),
            groups=groups_of(pair, self.tried, self.cards, words, touch.values),
            locks=told,
        )


def _does_nothing(change: OneChange) -> bool:
    """Return whether a change makes no difference to any conversation, whatever it requires may do."""
    if change.alone is None or change.bare is None:
        return False
    bare, alone = (version_of(canonical(agent)) for agent in (change.bare, change.alone))
    return bare.fingerprint == alone.fingerprint


def _differs(tried: Tried, pair: Pair) -> bool:
    return pair in tried.found and bool(counts(tried.found[pair].differences))


def _tests(plan: Plan) -> tuple[Scenario, ...]:
    """Return the tests of both sides; where both have one, as the proposal has it."""
    found = {test.id: test for test in (*plan.whole.scenarios, *plan.before.scenarios, *plan.tests)}
    found.update({test.id: test for test in plan.whole.scenarios})
    return tuple(found.values())


def _standing(touch: Touch, affected: int, stopped: int, wording: int, met: int) -> Standing:
    if not touch.parts:
        return "nothing to meet"
    if affected or stopped:
        return "affects"
    if wording:
        return "wording only"
    return "none seen" if met else "not reached"


def _many(count: int) -> str:
    return f"{count:,} customer{'' if count == 1 else 's'}"


def _sentence(standing: Standing, affected: int, tried: int, met: int, wording: int, stopped: int) -> str:
    if standing == "affects" and not affected:
        return (
            "None of these customers gets that far: the workflow decides before it. It is a second lock, for "
            f"whoever gets past the workflow: {stopped} kind{' of call' if stopped == 1 else 's of calls'}."
        )
    if standing == "affects":
        verb = "is" if affected == 1 else "are"
        others = f"; {_many(wording)} more hear other words only" if wording else ""
        return f"{affected:,} of {_many(tried)} {verb} treated differently{others}."
    if standing == "wording only":
        return f"{_many(wording)} of {tried:,} hear other words; nobody of them is treated differently."
    if standing == "none seen":
        whom = f"{_many(met)} met what is changed"
        return f"{whom}, and nobody of them was treated differently. Others might be."
    if standing == "not reached":
        return f"Nobody of {_many(tried)} gets to where it counts: not enough evidence."
    return _INERT


def consequences_of(
    comparing: Comparing, workers: Workers, progress: Progress = silent, partial: Partial | None = None
) -> Consequences:
    """Let all customers meet all versions; `partial` hears what is known after the tests, then now and then.

    `progress` raises to stop.
    """
    progress(0.0, "Trying the tests' customers")
    for chunk in _chunks(comparing.places):
        comparing.tried += comparing.trial()([Due(place) for place in chunk])
        progress(0.0, "Trying the tests' customers")
    if partial is not None:
        partial(comparing.result(complete=False))
    comparing.go_on()
    tests, total = len(comparing.tests), len(comparing.places)

    def told() -> None:
        done = len(comparing.tried)
        progress(0.9 * done / max(1, total), f"{done:,} of {total:,} customers tried")

    told()
    for found in _tried(comparing, comparing.places[:tests], None):
        comparing.tried += found
        told()
    if partial is not None:
        partial(comparing.result(complete=False))
    due = 2 * max(tests, 60)
    for found in _tried(comparing, comparing.places[tests:], workers, told):
        comparing.tried += found
        told()
        if partial is not None and len(comparing.tried) >= due:
            due *= 2
            partial(comparing.result(complete=False))
    _seek(comparing, workers, progress)
    comparing.known.forget_others(comparing.run)
    progress(1.0, "Done")
    return comparing.result()


def _tried(
    comparing: Comparing,
    places: Sequence[Place],
    workers: Workers | None,
    pulse: Callable[[], None] = still,
) -> Iterator[list[Tried]]:
    """Yield what customers find, task by task; who is known of an earlier comparison does not come again."""
    known, trial, run = comparing.known, comparing.trial(), comparing.run
    plans = [known.plan(trial, run, chunk) for chunk in _chunks(places)]
    due = [plan.due for plan in plans if plan.due]
    found = workers.map(trial, due, pulse) if workers is not None and due else map(trial, due)
    waiting = iter(plans)
    for got in found:  # to its end, so that the workers know that they are done
        for plan in waiting:
            yield known.merge(trial, run, plan, got if plan.due else ())
            if plan.due:
                break
    for plan in waiting:
        yield known.merge(trial, run, plan, ())


def _chunks(places: Sequence[Place]) -> list[Sequence[Place]]:
    return [places[at : at + CHUNK] for at in range(0, len(places), CHUNK)]


def _seek(comparing: Comparing, workers: Workers, progress: Progress) -> None:
    """Seek customers for each change that nobody showed yet, and let them meet all versions."""
    sought = list(_unseen(comparing))
    if not sought:
        return
    words = f"Looking for customers for {len(sought)} more change{'' if len(sought) == 1 else 's'}"
    added: list[Place] = []
    for found in _found_for(comparing, sought, workers, lambda: progress(0.92, words)):
        added += comparing.add_cards(found)
    if added:
        for tried in _tried(comparing, added, workers, lambda: progress(0.97, words)):
            comparing.tried += tried


def _found_for(
    comparing: Comparing, sought: Sequence[int], workers: Workers, pulse: Callable[[], None]
) -> list[tuple[Scenario, ...]]:
    """Return the customers found for some versions; who was sought before among the same is remembered."""
    known = frozenset(card.id for card in comparing.cards)
    search = Search(tuple(comparing.agents), comparing.tests, known, comparing.seed)
    among = digest([sorted(known), [to_json(test) for test in comparing.tests], comparing.seed])
    places = {number: (among, comparing.print_of(0), comparing.print_of(number)) for number in sought}
    remembered = comparing.known.sought
    new = [number for number in sought if places[number] not in remembered]
    for number, found in zip(new, workers.map(search, new, pulse) if new else (), strict=True):
        remembered[places[number]] = tuple(found)
    return [remembered[places[number]] for number in sought]


def _unseen(comparing: Comparing) -> Iterator[int]:
    """Yield the versions with one change that treat nobody differently so far, though they might."""
    seen: set[int] = set()
    for name, number in comparing.alone.items():
        touch = comparing.touches[name]
        if number in seen or not touch.parts or _only_words(touch):
            continue
        seen.add(number)
        if not any(_differs(each, (0, number)) for each in comparing.tried):
            yield number


_SAID = frozenset({"text", "say"})


def _only_words(touch: Touch) -> bool:
    """Return whether all that is touched are texts, which can make nothing but other words."""
    for part in touch.parts:
        was, now = touch.was.get(part), touch.now.get(part)
        if part[0] not in ("step", "person") or not isinstance(was, dict) or not isinstance(now, dict):
            return False
        if was.get("kind") == "disclose" or _rest(was) != _rest(now):
            return False
    return True


def _rest(tree: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in tree.items() if name not in _SAID}
