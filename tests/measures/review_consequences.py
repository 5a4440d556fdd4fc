"""How many changes with an effect are shown to have one, how many without to have none, and the time.

Run with `.venv/bin/python -m tests.measures.review_consequences [--every N]`.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from collections.abc import Iterable

from studio.domain.changeset import ChangeSet, apply
from studio.domain.consequence import ChangeEffect
from studio.ports import Workers
from studio.simulation.change_effects import Comparing, OneChange, Plan, consequences_of
from studio.simulation.mutants import Mutant, mutants
from studio.workers.inline import InlineWorkers
from studio.workers.pool import PoolWorkers
from tests.measures.review_planted import Planted, sample, with_effect, without_effect

CUSTOMERS = 100


def effect_of(planted: Planted, customers: int = CUSTOMERS) -> ChangeEffect:
    """Return what a planted change is shown to do."""
    change = OneChange("C-01", planted.title, (), planted.before, planted.after, planted.before)
    plan = Plan("P-01", planted.before, planted.after, planted.title, lambda: (change,))
    return consequences_of(Comparing(plan, 7, customers), InlineWorkers()).changes[0]


def count(planted: Iterable[Planted], *, shown: bool) -> tuple[Counter[str], Counter[str], list[str]]:
    """Return how many there are of each kind, how many are told rightly, and which are not."""
    made: Counter[str] = Counter()
    right: Counter[str] = Counter()
    wrong: list[str] = []
    for each in planted:
        made[each.kind] += 1
        effect = effect_of(each)
        if (effect.standing == "affects") == shown:
            right[each.kind] += 1
        else:
            wrong.append(f"{each.sample}: {each.kind}: {each.title}: {effect.sentence}")
    return made, right, wrong


def measure_planted(every: int) -> None:
    """Print both, by kind."""
    sets = (("with an effect", list(with_effect()), True), ("without", list(without_effect()), False))
    for words, planted, shown in sets:
        made, right, wrong = count(planted[::every], shown=shown)
        print(f"\n{words:42}{'planted':>9}{'told so':>9}")
        for kind in made:
            print(f"{kind:42}{made[kind]:9}{right[kind]:9}")
        print(f"{'all':42}{made.total():9}{right.total():9}")
        for line in wrong:
            print(f"wrong: {line}")


def twenty() -> Plan:
    """Return a proposal of twenty changes to the returns assistant, of several kinds."""
    before = sample("returns_assistant")
    kinds = ("limit shifted", "desk", "wrong end", "answer", "disclosure", "second try", "value")
    taken: list[Mutant] = []
    whole = before
    for mutant in mutants(before):
        if any(word in mutant.kind for word in kinds) and len(taken) < 20:
            try:
                whole = apply(whole, ChangeSet(title="", changes=(mutant.change,)))
            except Exception:  # two changes of one place: the first is taken
                continue
            taken.append(mutant)

    def changes() -> tuple[OneChange, ...]:
        made = []
        for mutant in taken:
            rest = tuple(each.change for each in taken if each is not mutant)
            without = apply(before, ChangeSet(title="", changes=rest))
            made.append(OneChange(mutant.id, mutant.title, (), before, mutant.plant(before), without))
        return tuple(made)

    return Plan("P-01", before, whole, "twenty", changes)


def measure_time() -> None:
    """Print how long twenty changes take with five hundred customers, and when the first result is there."""
    timed(InlineWorkers())
    with PoolWorkers(2) as pool:
        timed(pool)
    print(f"  {resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime:.1f} s of processor in both others")


def timed(workers: Workers) -> None:
    """Print how long it takes with some workers."""
    plan = twenty()
    began, busy = time.perf_counter(), time.process_time()
    arrived: list[float] = []
    found = consequences_of(
        Comparing(plan, 7, 500), workers, partial=lambda _: arrived.append(time.perf_counter() - began)
    )
    took, spent = time.perf_counter() - began, time.process_time() - busy
    print(
        f"{type(workers).__name__}: {len(found.changes)} changes, {found.customers} customers: {took:.1f} s,"
    )
    print(f"  {spent:.1f} s of this processor; first result after {arrived[0]:.2f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="only every so many of the planted changes")
    given = parser.parse_args()
    measure_time()
    measure_planted(given.every)
