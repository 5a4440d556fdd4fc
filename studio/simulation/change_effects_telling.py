"""In what two conversations of one customer differ: kind by kind, in words, with the turn that parts them.

- What counts is what the customer notices or a system does: the end, the queue and what it is told, every
  call and what it carries, what a guard stopped, disclosures with their time and words, answers, turns.
- The same answer in other words is no consequence, unless it tells other figures; nor is a step that tells
  in the place of another what that told, in nearly the same words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from studio.domain.condition import Scalar, spell
from studio.domain.consequence import Difference
from studio.domain.frozen import Json
from studio.domain.trace import TraceEvent, Turn
from studio.domain.workflow import Disclose, Say, Step
from studio.runtime.program import Program

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"\w+(?:['’]\w+)?")
_TURNS = frozenset("no not never cannot nothing nobody none unless except only without must may".split())
"""Words that turn a sentence into another one."""
_ALIKE = 0.7
"""Share of their words that two answers have in common where one is the other in other words."""
_IN_VAIN: Mapping[str, str] = {
    "timeout": "it does not answer",
    "error": "it fails",
    "refused": "it refuses",
    "slow": "it is too slow",
    "incomplete": "it leaves something out",
}
"""Why a call brings nothing, by the name that a conversation notes it under."""


@dataclass(slots=True)
class Played:
    """One conversation: how it ended, and its turns."""

    outcome: str
    turns: tuple[Turn, ...]

    @property
    def events(self) -> Iterator[TraceEvent]:
        """Yield what happened, in order."""
        return (event for turn in self.turns for event in turn.events)


@dataclass(frozen=True, slots=True)
class Deeds:
    """What counts of one conversation."""

    outcome: str
    queue: str | None
    passed: Mapping[str, Scalar]
    calls: tuple[TraceEvent, ...]
    stopped: tuple[tuple[str, str], ...]
    told: Mapping[str, tuple[str, str]]
    answers: Mapping[tuple[str, str], tuple[str, str]]
    turns: int
    words: tuple[str, ...]
    facts: Mapping[str, Scalar]


def deeds_of(played: Played, program: Program) -> Deeds:
    """Return what counts of a conversation with an agent."""
    events = list(played.events)
    handoff = next((e for e in reversed(events) if e.kind == "handoff"), None)
    facts: dict[str, Scalar] = {}
    for event in events:
        if event.kind in ("understood", "call"):
            facts.update({n: v for n, v in event.facts.items() if n != "seconds"})
    return Deeds(
        outcome=played.outcome,
        queue=handoff.label if handoff else None,
        passed=handoff.facts if handoff else {},
        calls=tuple(e for e in events if e.kind == "call" and e.tool),
        stopped=tuple((e.tool or "", e.rule or "its limit") for e in events if e.kind == "guard"),
        told=dict(_told(events, program)),
        answers={
            (e.workflow or "", e.step or ""): (e.detail, step.text)
            for e in events
            if e.kind == "step" and isinstance(step := _step(e, program), Say)
        },
        turns=sum(turn.role == "customer" for turn in played.turns),
        words=tuple(turn.text for turn in played.turns if turn.role == "agent"),
        facts=facts,
    )


def _told(events: Sequence[TraceEvent], program: Program) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield each rule that was said: the system called next, and the words it is said in; the first time."""
    seen: set[str] = set()
    for at, event in enumerate(events):
        if event.kind == "disclosure" and event.rule and event.rule not in seen:
            seen.add(event.rule)
            following = next((e.tool or "" for e in events[at:] if e.kind == "call"), "")
            step = _step(event, program)
            yield event.rule, (following, step.text if isinstance(step, Disclose) else "")


def _step(event: TraceEvent, program: Program) -> Step | None:
    flow = program.flows.get(event.workflow or "")
    return flow.steps.get(event.step or "") if flow else None


def named(tool: str) -> str:
    """Return the name of a system as people write it."""
    return f"“{tool.replace('_', ' ')}”"


def _spelt(value: Json) -> str:
    if value is None:
        return "nothing"
    return spell(value) if isinstance(value, bool | int | float | str) else "other data"


def differences_of(before: Deeds, after: Deeds) -> tuple[Difference, ...]:
    """Return in what two conversations of one customer differ, the gravest first; empty where in nothing."""
    found = [*_ends(before, after), *_calls(before, after), *_amounts(before, after), *_stops(before, after)]
    found += [*_disclosures(before, after), *_answers(before, after)]
    if before.turns != after.turns:
        more = "longer" if after.turns > before.turns else "shorter"
        words = f"Takes {after.turns} turns of the customer instead of {before.turns}."
        found.append(Difference(kind="length", words=words, alike=f"is {more}"))
    if before.words != after.words:
        found += _figures(before, after) if not found else []
        found.append(Difference(kind="wording", words="Hears other words.", alike="hears other words"))
    return tuple(found)


def _ends(before: Deeds, after: Deeds) -> Iterator[Difference]:
    if before.outcome != after.outcome:
        to = f" ({after.queue})" if after.queue else ""
        words = f"Ends “{after.outcome}”{to} instead of “{before.outcome}”."
        yield Difference(kind="outcome", words=words, alike=f"{before.outcome} → {after.outcome}{to}")
        return
    if before.queue != after.queue:
        was, now = before.queue or "nobody", after.queue or "nobody"
        yield Difference(
            kind="handoff", words=f"Is handed to {now} instead of {was}.", alike=f"handed to {was} → {now}"
        )
    elif dict(before.passed) != dict(after.passed):
        names = [n for n in {**before.passed, **after.passed} if before.passed.get(n) != after.passed.get(n)]
        plain = ", ".join(name.replace("_", " ") for name in names)
        yield Difference(
            kind="handoff",
            words=f"{after.queue} is told otherwise: {plain}.",
            alike=f"{after.queue} is told otherwise: {plain}",
        )


def _calls(before: Deeds, after: Deeds) -> Iterator[Difference]:
    was, now = _counted(before.calls), _counted(after.calls)
    for tool, label in dict.fromkeys((*was, *now)):
        old, new = was[tool, label], now[tool, label]
        if old == new:
            continue
        how = "called" if label is None else f"called without success ({_IN_VAIN.get(label, label)})"
        if not old or not new:
            words = f"{named(tool)} is {'now' if not old else 'no longer'} {how}"
        else:
            words = f"{named(tool)} is {how} {new} times instead of {old}"
        yield Difference(kind="systems", words=f"{words}.", alike=words)
    order = [[e.tool for e in deeds.calls] for deeds in (before, after)]
    if order[0] != order[1] and was == now:
        words = "Systems are called in another order"
        yield Difference(kind="systems", words=f"{words}: {', '.join(filter(None, order[1]))}.", alike=words)


def _counted(calls: Iterable[TraceEvent]) -> Counter[tuple[str, str | None]]:
    return Counter((event.tool or "", event.label) for event in calls)


def _amounts(before: Deeds, after: Deeds) -> Iterator[Difference]:
    """Yield what calls that are made on both sides carry otherwise, and get as an answer."""
    old: dict[str, list[TraceEvent]] = {}
    for event in before.calls:
        old.setdefault(event.tool or "", []).append(event)
    for event in after.calls:
        rest = old.get(event.tool or "")
        if not rest:
            continue
        was = rest.pop(0)
        for name in dict.fromkeys((*was.arguments, *event.arguments)):
            one, other = was.arguments.get(name), event.arguments.get(name)
            if one != other:
                plain = name.replace("_", " ")
                words = f"{named(event.tool or '')} gets {plain} {_spelt(other)} instead of {_spelt(one)}."
                yield Difference(
                    kind="amounts", words=words, alike=f"{named(event.tool or '')} gets another {plain}"
                )


def _stops(before: Deeds, after: Deeds) -> Iterator[Difference]:
    was, now = Counter(before.stopped), Counter(after.stopped)
    for tool, rule in dict.fromkeys((*was, *now)):
        old, new = was[tool, rule], now[tool, rule]
        if bool(old) != bool(new):
            words = f"{rule} {'now stops' if new else 'no longer stops'} {named(tool)}"
            yield Difference(kind="systems", words=f"{words}.", alike=words)


def _disclosures(before: Deeds, after: Deeds) -> Iterator[Difference]:
    for rule in dict.fromkeys((*before.told, *after.told)):
        was, now = before.told.get(rule), after.told.get(rule)
        if was == now:
            continue
        if was is None or now is None:
            words = f"Is {'now' if was is None else 'no longer'} told {rule}"
        elif was[0] != now[0]:
            words = f"Is told {rule} at another time: "
            words += f"before {named(now[0])}" if now[0] else "after the last call"
        else:
            old, new = (", ".join(_FIGURE.findall(side[1])) for side in (was, now))
            other = f"with {new} instead of {old}" if old and new and old != new else "in other words"
            words = f"Is told {rule} {other}"
        yield Difference(kind="disclosures", words=f"{words}.", alike=f"{words[0].lower()}{words[1:]}")


def _answers(before: Deeds, after: Deeds) -> Iterator[Difference]:
    """Yield the answers that only one side gives; an answer is a step that tells something."""
    was = [answer for place, answer in before.answers.items() if place not in after.answers]
    now = [answer for place, answer in after.answers.items() if place not in before.answers]
    if before.words == after.words or not (was or now):
        return
    if len(was) == len(now) and all(_reworded(old[1], new[1]) for old, new in zip(was, now, strict=True)):
        return
    old, new = (" and ".join(f"“{title}”" for title, _ in answers) for answers in (was, now))
    words = f"Is told {new} instead of {old}" if was and now else ""
    words = words or (f"Is now told {new}" if now else f"Is no longer told {old}")
    yield Difference(kind="answers", words=f"{words}.", alike=f"{words[0].lower()}{words[1:]}")


def _reworded(was: str, now: str) -> bool:
    """Return whether a text says in other words what another says: the same figures, nothing turned round."""
    old, new = ({each.casefold() for each in _WORD.findall(text)} for text in (was, now))
    turned = {each for each in old ^ new if each in _TURNS or each.endswith(("n't", "n’t"))}
    figures = [_FIGURE.findall(text) for text in (was, now)]
    return figures[0] == figures[1] and not turned and len(old & new) >= _ALIKE * len(old | new)


def _figures(before: Deeds, after: Deeds) -> Iterator[Difference]:
    """Yield the figures that are told otherwise, where as many texts are said as before."""
    for was, now in zip(before.words, after.words, strict=False):
        old, new = _FIGURE.findall(was), _FIGURE.findall(now)
        if was != now and old != new and len(before.words) == len(after.words):
            words = f"Is told {', '.join(new) or 'no figure'} instead of {', '.join(old) or 'no figure'}."
            yield Difference(kind="amounts", words=words, alike="is told other figures")
            return


def parts_at(before: Sequence[Turn], after: Sequence[Turn]) -> int:
    """Return the first turn in which two conversations differ in what is said or done."""
    for at, (was, now) in enumerate(zip(before, after, strict=False)):
        if was is not now and _seen(was) != _seen(now):
            return at
    return min(len(before), len(after))


def _seen(turn: Turn) -> object:
    """Return what of a turn counts: not how its steps are called."""
    events = [
        (e.kind, e.tool, e.label, e.rule, e.arguments, e.reply)
        for e in turn.events
        if e.kind not in ("step", "understood", "row", "branch")
    ]
    return turn.role, turn.text, events


def counts(found: Iterable[Difference]) -> tuple[Difference, ...]:
    """Return the differences that are consequences: all but other words."""
    return tuple(each for each in found if each.kind != "wording")
