"""Consequences: which customers would be treated differently by the draft, and how, in words.

- Live and draft are compared customer by customer: same scenario, same number, same seed.
- What counts is what the customer would notice or a system would do: outcome, queue, calls and what
  they carry, disclosures and when they are said. Wording alone is no consequence.
"""

from __future__ import annotations

from collections import Counter

from studio.domain.condition import spell
from studio.domain.frozen import Frozen, Json
from studio.domain.run import ASPECTS, Aspect, Comparison, Conversation
from studio.domain.scenario import Scenario
from studio.domain.trace import TraceEvent


class Consequence(Frozen):
    """One customer who is treated differently; `live_outcome` is None where live has no such workflow."""

    scenario: str
    customer: int
    live_outcome: str | None
    draft_outcome: str
    differences: tuple[str, ...]


class Tally(Frozen):
    """How often something is so."""

    words: str
    customers: int


class ScenarioEffect(Frozen):
    """One scenario in the result table: who passed before and after, and what differs."""

    id: str
    title: str
    manner: str
    customers: int
    live_passed: int | None
    draft_passed: int
    aspects: dict[Aspect, int]
    affected: int
    differences: tuple[Tally, ...]

    @property
    def is_new(self) -> bool:
        """Return whether the live version has no such workflow."""
        return self.live_passed is None


def _events(conversation: Conversation) -> list[TraceEvent]:
    return [event for turn in conversation.turns for event in turn.events]


def _calls(events: list[TraceEvent]) -> dict[str, dict[str, Json]]:
    """Return the calls that succeeded, with what the last of each carried."""
    return {e.tool: e.arguments for e in events if e.kind == "call" and e.tool and e.label is None}


def _disclosures(events: list[TraceEvent]) -> dict[str, str | None]:
    """Return the rules that were said, with the first system called after each."""
    found: dict[str, str | None] = {}
    for at, event in enumerate(events):
        if event.kind == "disclosure" and event.rule and event.rule not in found:
            found[event.rule] = next((e.tool for e in events[at:] if e.kind == "call"), None)
    return found


def _queue(events: list[TraceEvent]) -> str | None:
    return next((event.label for event in events if event.kind == "handoff"), None)


def _outcomes(live: Conversation, draft: Conversation) -> list[str]:
    before, after = _queue(_events(live)), _queue(_events(draft))
    if live.outcome != draft.outcome:
        to = f" to {after}" if after else ""
        return [f"Ends “{draft.outcome}”{to} instead of “{live.outcome}”."]
    return [f"Is handed to {after} instead of {before}."] if before != after else []


def _changed_calls(live: list[TraceEvent], draft: list[TraceEvent]) -> list[str]:
    before, after = _calls(live), _calls(draft)
    words = [f"“{tool}” is now called." for tool in after if tool not in before]
    words += [f"“{tool}” is no longer called." for tool in before if tool not in after]
    for tool in (tool for tool in after if tool in before):
        for name in dict.fromkeys((*before[tool], *after[tool])):
            old, new = before[tool].get(name), after[tool].get(name)
            if old != new:
                words.append(f"“{tool}” gets {name} {_spelt(new)} instead of {_spelt(old)}.")
    return words


def _spelt(value: Json) -> str:
    if value is None:
        return "nothing"
    return spell(value) if isinstance(value, bool | int | float | str) else "other data"


def _changed_disclosures(live: list[TraceEvent], draft: list[TraceEvent]) -> list[str]:
    before, after = _disclosures(live), _disclosures(draft)
    words = [f"Is now told {rule}." for rule in after if rule not in before]
    words += [f"Is no longer told {rule}." for rule in before if rule not in after]
    for rule in (rule for rule in after if rule in before and before[rule] != after[rule]):
        when = f"before “{after[rule]}”" if after[rule] else "after the last call"
        words.append(f"Is told {rule} at another time: {when}.")
    return words


def differences(live: Conversation, draft: Conversation) -> tuple[str, ...]:
    """Return what the draft does differently for one customer, in words; empty where nothing."""
    before, after = _events(live), _events(draft)
    return (*_outcomes(live, draft), *_changed_calls(before, after), *_changed_disclosures(before, after))


def consequences(comparison: Comparison) -> tuple[Consequence, ...]:
    """Return every customer who is treated differently, in the order of the run."""
    live = {(c.scenario, c.customer): c for c in comparison.live.conversations}
    found = []
    for after in comparison.draft.conversations:
        before = live.get((after.scenario, after.customer))
        words = differences(before, after) if before else ("Is new: the live version has no such workflow.",)
        if words:
            found.append(
                Consequence(
                    scenario=after.scenario,
                    customer=after.customer,
                    live_outcome=before.outcome if before else None,
                    draft_outcome=after.outcome,
                    differences=words,
                )
            )
    return tuple(found)


def effects(comparison: Comparison, scenarios: tuple[Scenario, ...]) -> tuple[ScenarioEffect, ...]:
    """Return the result table: one row for each scenario of the draft's run."""
    changed: dict[str, list[Consequence]] = {}
    for each in consequences(comparison):
        changed.setdefault(each.scenario, []).append(each)
    by_id = {scenario.id: scenario for scenario in scenarios}
    live = _by_scenario(comparison.live.conversations)
    draft = _by_scenario(comparison.draft.conversations)
    return tuple(
        _effect(by_id[name], live.get(name), after, changed.get(name, []))
        for name, after in draft.items()
        if name in by_id
    )


def _by_scenario(conversations: tuple[Conversation, ...]) -> dict[str, list[Conversation]]:
    found: dict[str, list[Conversation]] = {}
    for conversation in conversations:
        found.setdefault(conversation.scenario, []).append(conversation)
    return found


def _effect(
    scenario: Scenario,
    live: list[Conversation] | None,
    draft: list[Conversation],
    changed: list[Consequence],
) -> ScenarioEffect:
    counted = Counter(words for each in changed for words in each.differences)
    right = Counter(mark.aspect for c in draft for mark in c.marks if mark.ok)
    return ScenarioEffect(
        id=scenario.id,
        title=scenario.title,
        manner=manner(scenario),
        customers=len(draft),
        live_passed=None if live is None else sum(c.passed for c in live),
        draft_passed=sum(c.passed for c in draft),
        aspects={aspect: right[aspect] for aspect in ASPECTS},
        affected=len(changed),
        differences=tuple(Tally(words=words, customers=n) for words, n in counted.most_common()),
    )


def manner(scenario: Scenario) -> str:
    """Return how the customer of a scenario behaves, in a few words."""
    words: list[str] = list(scenario.behaviours)
    if scenario.persona.mood != "calm" and scenario.persona.mood not in words:
        words.append(scenario.persona.mood)
    if scenario.persona.patience == "low" and "impatient" not in words:
        words.append("impatient")
    return ", ".join(words) or "plain"
