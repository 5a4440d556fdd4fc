"""Noticing: a test made from what the sound agent does in a situation and a faulty one does not.

- It expects what tells the two apart: how it ends, which systems are called with what and how often, which
  desk gets the customer with what, what is disclosed before what; steps only where nothing else differs.
- Nothing is believed: the test is run, and kept only if the sound agent passes it with every customer and
  the faulty one does not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from studio.domain.run import Conversation
from studio.domain.scenario import (
    Expectation,
    ExpectCall,
    ExpectDisclosure,
    ExpectHandoff,
    ExpectOutcome,
    ExpectStep,
)
from studio.domain.trace import TraceEvent
from studio.domain.workflow import OUTCOMES

_SCALARS = (bool, int, float, str)


def telling(sound: Conversation, faulty: Conversation, writes: Collection[str]) -> tuple[Expectation, ...]:
    """Return what to expect so that these two are told apart; nothing where they do not differ.

    `writes` are the systems that change something in this workflow; those that were not called where nothing
    was resolved must never be.
    """
    right, wrong = _events(sound), _events(faulty)
    found = [*_calls(right, wrong), *_handoffs(right, wrong), *_disclosures(right, wrong)]
    if not found and sound.outcome == faulty.outcome:
        found = list(_steps(right, wrong))
        if not found:
            return ()
    if sound.outcome not in OUTCOMES:
        return ()
    called = {e.tool for e in right if e.kind == "call"}
    told = {each.tool for each in found if isinstance(each, ExpectCall)}
    unharmed = [ExpectCall(tool=name, never=True) for name in sorted(writes) if name not in called | told]
    return (ExpectOutcome(outcome=sound.outcome), *found, *(unharmed if sound.outcome != "resolved" else ()))


def joined(one: tuple[Expectation, ...], other: tuple[Expectation, ...]) -> tuple[Expectation, ...]:
    """Return what two tests of one situation expect, each thing once."""
    return (*one, *(each for each in other if each not in one))


def _events(conversation: Conversation) -> list[TraceEvent]:
    return [event for turn in conversation.turns for event in turn.events]


def _made(events: list[TraceEvent]) -> dict[str, list[TraceEvent]]:
    found: dict[str, list[TraceEvent]] = {}
    for event in events:
        if event.kind == "call" and event.tool:
            found.setdefault(event.tool, []).append(event)
    return found


def _calls(right: list[TraceEvent], wrong: list[TraceEvent]) -> Iterator[Expectation]:
    should, does = _made(right), _made(wrong)
    for tool in should:
        if tool not in does:
            yield ExpectCall(tool=tool)
            continue
        last, other = should[tool][-1].arguments, does[tool][-1].arguments
        differing = {n: v for n, v in last.items() if other.get(n) != v and isinstance(v, _SCALARS)}
        if differing:
            yield ExpectCall(tool=tool, arguments=differing)
        elif len(should[tool]) != len(does[tool]):
            yield ExpectCall(tool=tool, times=len(should[tool]))
    yield from (ExpectCall(tool=tool, never=True) for tool in does if tool not in should)


def _handoffs(right: list[TraceEvent], wrong: list[TraceEvent]) -> Iterator[Expectation]:
    should = next((event for event in right if event.kind == "handoff"), None)
    does = next((event for event in wrong if event.kind == "handoff"), None)
    if should is None or should.label is None:
        return
    told = tuple(name for name in should.facts if does is None or name not in does.facts)
    if does is None or does.label != should.label or told:
        yield ExpectHandoff(queue=should.label, context=told if does is not None else ())


def _said(events: list[TraceEvent]) -> dict[str, str | None]:
    """Return what was disclosed, with the first system called after it."""
    found: dict[str, str | None] = {}
    for at, event in enumerate(events):
        if event.kind == "disclosure" and event.rule and event.rule not in found:
            found[event.rule] = next((e.tool for e in events[at:] if e.kind == "call"), None)
    return found


def _disclosures(right: list[TraceEvent], wrong: list[TraceEvent]) -> Iterator[Expectation]:
    should, does = _said(right), _said(wrong)
    for rule, before in should.items():
        if rule not in does:
            yield ExpectDisclosure(rule=rule)
        elif does[rule] != before and before is not None:
            yield ExpectDisclosure(rule=rule, before=before)


def _steps(right: list[TraceEvent], wrong: list[TraceEvent]) -> Iterator[Expectation]:
    should = Counter(e.step for e in right if e.kind == "step" and e.step)
    does = Counter(e.step for e in wrong if e.kind == "step" and e.step)
    passed = next((step for step in should if step not in does), None)
    strayed = next((step for step in does if step not in should), None)
    if passed is not None:
        yield ExpectStep(step=passed)
    if strayed is not None:
        yield ExpectStep(step=strayed, never=True)
