"""Scoring against τ²-bench, which nobody here wrote: gold calls pass, each mutation of them fails.

- Agreement is on the state at the end: the product's goal mark against a second, plain reckoning of the same
  calls. A mutation that changes no state (a pair of calls on two orders swapped, a call that the shop refuses
  anyway) must leave the goal mark alone, and counts, too.
- A look-up left out, or made after the change, changes no state: there the process or the limits must be
  marked wrong and the goal right.
- The real conversations are held against the reward that τ²-bench gave; that reward also asks for what was
  said, so that full agreement is not to be expected. What differs is printed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise

from studio.domain.run import Aspect, Mark
from studio.runtime.program import Program
from tests.measures.retail_replay import (
    FINDING,
    LOG,
    WRITES,
    Call,
    conversations,
    gold_calls,
    reckon,
    records,
    replay,
    scenario,
    shop,
)

FIRST = (*FINDING, "get_user_details", "get_order_details")
"""Look-ups that must come before any change."""


@dataclass(slots=True)
class Figures:
    """What the replay found."""

    tasks: int = 0
    gold_passed: int = 0
    agreed: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    rewards: Counter[tuple[bool, bool]] = field(default_factory=Counter)
    unlike: list[str] = field(default_factory=list)

    @property
    def agreement(self) -> float:
        """Return the share of replays, gold ones included, in which both agree."""
        return (self.gold_passed + self.agreed.total()) / (self.tasks + self.tried.total())


def _ok(marks: tuple[Mark, ...], *aspects: Aspect) -> bool:
    return all(mark.ok for mark in marks if mark.aspect in aspects)


def mutations(gold: tuple[Call, ...], others: list[Call]) -> Iterator[tuple[str, tuple[Call, ...]]]:
    """Yield (what was done, the calls) for every change of the writing calls of a task."""
    writes = [at for at, call in enumerate(gold) if call.writes]
    for at in writes:
        yield "a change dropped", gold[:at] + gold[at + 1 :]
        for name, value in gold[at].arguments.items():
            for other in _other_values(gold[at], name, value, others):
                wrong = replace(gold[at], arguments={**gold[at].arguments, name: other})
                yield f"a wrong {name}", (*gold[:at], wrong, *gold[at + 1 :])
    for first, second in pairwise(writes):
        swapped = list(gold)
        swapped[first], swapped[second] = gold[second], gold[first]
        yield "two changes swapped", tuple(swapped)
    for extra in others[:3]:
        yield "an extra change", (*gold, extra)
    for at in writes:
        yield "a change done twice", (*gold[: at + 1], *gold[at:])


def _other_values(call: Call, name: str, value: object, others: list[Call]) -> Iterator[object]:
    if isinstance(value, list):
        yield [*value[:-1], "0000000000"]
        if len(value) > 1:
            yield value[:-1]
            yield list(reversed(value))
        return
    if name in ("order_id", "user_id"):
        kin = [each for each in others if each.tool == call.tool and each.arguments[name] != value]
        yield from (each.arguments[name] for each in kin[:1])
        yield "#W0000000"
        return
    yield f"{value} (another)"


def twofold(gold: tuple[Call, ...]) -> Iterator[tuple[Call, ...]]:
    """Yield the calls with the last change made twice, first with another value: there order matters."""
    last = next((call for call in reversed(gold) if call.writes), None)
    if last is None:
        return
    for name, value in last.arguments.items():
        if name in ("order_id", "user_id"):
            continue
        other = [*value[:-1], "0000000000"] if isinstance(value, list) else f"{value} (another)"
        first = replace(last, arguments={**last.arguments, name: other})
        yield (*(call for call in gold if call is not last), first, last)


def calls_before(calls: tuple[Call, ...]) -> tuple[Call, ...]:
    """Return all but the last two calls."""
    return calls[:-2]


def misordered(gold: tuple[Call, ...]) -> Iterator[tuple[str, tuple[Call, ...]]]:
    """Yield (what was done, the calls) for look-ups left out or made too late."""
    for name in dict.fromkeys(call.tool for call in gold if not call.writes):
        rest = tuple(call for call in gold if call.tool != name)
        yield "a look-up left out", rest
        late = tuple(call for call in gold if call.tool == name)
        if any(call.writes for call in gold) and name in FIRST:
            yield "a look-up too late", (*rest, *late)


def figures() -> Figures:
    """Return what replaying found."""
    found = conversations()
    gold, start, agent = gold_calls(found), records(found), shop(found)
    program, told = Program.of(agent), Figures()
    writes = [call for each in gold.values() for call in each.calls if call.tool in WRITES]
    for number, ((task, _), one) in enumerate(gold.items()):
        calls = one.calls
        test, right = scenario(agent, calls), reckon(start, calls)
        told.tasks += 1
        marks = replay(program, test, calls)
        told.gold_passed += all(mark.ok for mark in marks)
        told.missed += (f"task {task}, gold: {mark.note}" for mark in marks if not mark.ok)
        others = [w for w in writes[number * 7 :] + writes if w not in calls]
        for kind, changed in mutations(calls, others):
            same = reckon(start, changed) == right
            marks = replay(program, test, changed)
            told.tried[kind] += 1
            told.failed[kind] += not same
            told.agreed[kind] += _ok(marks, "goal") == same
            if _ok(marks, "goal") != same:
                told.missed.append(
                    f"task {task}, {kind}: the state {'did not change' if same else 'changed'}"
                )
        for both in twofold(calls):
            test, right = scenario(agent, both), reckon(start, both)
            changed = (*calls_before(both), both[-1], both[-2])
            same = reckon(start, changed) == right
            told.tried["swapped on one record"] += 1
            told.failed["swapped on one record"] += not same
            told.agreed["swapped on one record"] += _ok(replay(program, test, changed), "goal") == same
        test = scenario(agent, calls)
        for kind, changed in misordered(calls):
            marks = replay(program, test, changed)
            noticed = _ok(marks, "goal") and not _ok(marks, "process", "limits")
            told.tried[kind] += 1
            told.failed[kind] += 1
            told.agreed[kind] += noticed
            if not noticed:
                told.missed.append(f"task {task}, {kind}")
    for each in found:
        model = gold.get(each.named)
        if model is not None and model.number != each.number:
            marks = replay(program, scenario(agent, model.calls), each.calls)
            told.rewards[_ok(marks, "goal"), each.right] += 1
            if _ok(marks, "goal") != each.right:
                note = next(mark.note for mark in marks if mark.aspect == "goal") or "the state is right"
                told.unlike.append(f"task {each.task} of {each.agent}, reward {each.right:d}: {note[:160]}")
    return told


def measure() -> None:
    """Print the figures."""
    if not LOG.exists():
        print("Scoring: the shared log of τ²-bench is not here; nothing was measured.")
        return
    told = figures()
    print(
        f"Gold calls of {told.tasks} retail tasks of τ²-bench replayed: "
        f"{told.gold_passed} pass in every aspect"
    )
    for kind in sorted(told.tried):
        print(
            f"  {kind:<26} {told.tried[kind]:>5} tried, {told.failed[kind]:>5} must fail, "
            f"{told.agreed[kind]:>5} judged rightly"
        )
    whole = told.tasks + told.tried.total()
    print(f"  agreement {told.agreement:.4f} of {whole} replays (goal: 0.99)")
    for line in told.missed[:10]:
        print(f"    {line}")
    both = sum(n for (ours, theirs), n in told.rewards.items() if ours == theirs)
    print(f"Other conversations of these tasks: our goal is their reward in {both} of {told.rewards.total()}")
    for line in told.unlike:
        print(f"    {line}")


if __name__ == "__main__":
    measure()
