"""What a run adds up to, batch by batch: figures, differences and the log, in the order of the customers.

- A batch is counted where it was made; here only sums are added, so that memory does not grow with a run.
- Of the ways in which customers are treated differently, the first `KINDS` of a scenario are told apart.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.domain.run import (
    DIFFERS,
    PASSED,
    Conversation,
    Differences,
    Exercised,
    KeptBatch,
    RunFigures,
    ScenarioFigures,
    Side,
    Tally,
    conversation_digest,
    count,
    joined,
)
from studio.ports import RunLog
from studio.simulation.coverage import Ground, Touched
from studio.simulation.coverage import Tally as CoverageTally
from studio.simulation.packing import pack, spell

KINDS = 500
"""Different differences that are counted apart for one scenario."""


@dataclass(frozen=True, slots=True)
class Made:
    """One batch of one side, as it comes from where it was made."""

    kept: KeptBatch
    digests: bytes
    figures: ScenarioFigures
    passed: tuple[tuple[Touched, int], ...] = ()
    failed: tuple[tuple[Touched, int], ...] = ()


@dataclass(frozen=True, slots=True)
class MadeBatch:
    """One batch of customers on each side that met them, and in what they were treated differently."""

    sides: tuple[tuple[Side, Made], ...]
    affected: int = 0
    words: tuple[tuple[str, int], ...] = ()


def made(
    conversations: Sequence[Conversation], differing: Sequence[bool], ground: Ground | None = None
) -> Made:
    """Return a batch of one scenario's conversations, counted, spelt and packed.

    With the agent's ground, what they exercised of it is counted, too.
    """
    tally = CoverageTally(ground) if ground else None
    if tally is not None:
        for conversation in conversations:
            tally.add(conversation)
    spelt = [spell(conversation) for conversation in conversations]
    flags = bytes(
        PASSED * conversation.passed + DIFFERS * differs
        for conversation, differs in zip(conversations, differing, strict=True)
    )
    scenario, first = conversations[0].scenario, conversations[0].customer
    return Made(
        KeptBatch(scenario, first, len(spelt), flags, pack(spelt)),
        b"".join(map(conversation_digest, spelt)),
        count(scenario, conversations),
        tuple(tally.passed.items()) if tally else (),
        tuple(tally.failed.items()) if tally else (),
    )


@dataclass(slots=True)
class _Sums:
    """One side: the SHA-256 over everything so far, and the figures by scenario."""

    log: hashlib._Hash = field(default_factory=hashlib.sha256)
    scenarios: dict[str, ScenarioFigures] = field(default_factory=dict)
    passed: Counter[Touched] = field(default_factory=Counter)
    failed: Counter[Touched] = field(default_factory=Counter)

    def add(self, batch: Made) -> None:
        """Add one batch."""
        self.log.update(batch.digests)
        before = self.scenarios.get(batch.figures.scenario)
        self.scenarios[batch.figures.scenario] = joined(before, batch.figures) if before else batch.figures
        self.passed.update(dict(batch.passed))
        self.failed.update(dict(batch.failed))

    def exercised(self) -> tuple[Exercised, ...]:
        """Return what was exercised so far, by kind and name."""
        return tuple(
            Exercised(kind=kind, id=name, passed=self.passed[kind, name], failed=self.failed[kind, name])
            for kind, name in sorted({*self.passed, *self.failed})
        )


class Gathering:
    """Takes the batches of a run in order; gives its figures and differences at the end."""

    def __init__(self, log: RunLog) -> None:
        """Take the log that keeps the conversations."""
        self._log = log
        self._sums: dict[Side, _Sums] = {"live": _Sums(), "draft": _Sums()}
        self._affected: Counter[str] = Counter()
        self._words: dict[str, Counter[str]] = {}
        self.done = 0
        self.passed = 0

    def add(self, batch: MadeBatch) -> None:
        """Take one batch; waits while the log has no room."""
        for side, one in batch.sides:
            self._log.add(side, one.kept)
            self._sums[side].add(one)
            self.done += one.figures.conversations
            self.passed += one.figures.passed
        if batch.affected:
            scenario = batch.sides[-1][1].figures.scenario
            self._affected[scenario] += batch.affected
            words = self._words.setdefault(scenario, Counter())
            for each, customers in batch.words:
                words[each if each in words or len(words) < KINDS else "Something else differs."] += customers

    def figures(self, side: Side) -> RunFigures:
        """Return what was counted on a side."""
        sums = self._sums[side]
        return RunFigures(
            log_digest=sums.log.hexdigest(),
            scenarios=tuple(sums.scenarios.values()),
            exercised=sums.exercised(),
        )

    def differences(self) -> tuple[Differences, ...]:
        """Return in what customers are treated differently, by scenario."""
        return tuple(
            Differences(
                scenario=scenario,
                affected=affected,
                tallies=tuple(
                    Tally(words=each, customers=n) for each, n in self._words[scenario].most_common()
                ),
            )
            for scenario, affected in self._affected.items()
        )
