"""Consequences: which customers would be treated differently by the draft, and how, in words.

- Live and draft are compared customer by customer: same scenario, same number, same seed.
- What counts is what the customer would notice or a system would do: outcome, queue, calls and what
  they carry, disclosures and when they are said. Wording alone is no consequence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from studio.domain.condition import spell
from studio.domain.frozen import Frozen, Json
from studio.domain.run import ASPECTS, Aspect, Comparison, Conversation, Differences, ScenarioFigures, Tally
from studio.domain.scenario import Scenario
from studio.domain.trace import TraceEvent

NEW = "Is new: the live version has no such workflow."


class Consequence(Frozen):
    """One customer who is treated differently; `live_outcome` is None where live has no such workflow."""

    scenario: str
    customer: int
    live_outcome: str | None
    draft_outcome: str
    differences: tuple[str, ...]


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


def _pairs(comparison: Comparison) -> Iterator[tuple[Conversation | None, Conversation]]:
    """Yield every customer on both sides, in the order of the draft's run, reading each side once."""
    live = iter(comparison.live.conversations)
    known = set(comparison.live.scenario_ids)
    for after in comparison.draft.conversations:
        yield (next(live) if after.scenario in known else None), after


def consequences(comparison: Comparison) -> tuple[Consequence, ...]:
    """Return every customer who is treated differently, in the order of the run."""
    found = []
    for before, after in _pairs(comparison):
        words = differences(before, after) if before else (NEW,)
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


def _differences(comparison: Comparison) -> dict[str, Differences]:
    """Return what was found while both sides ran, or find it now."""
    if comparison.differences is not None:
        return {each.scenario: each for each in comparison.differences}
    affected: Counter[str] = Counter()
    counted: dict[str, Counter[str]] = {}
    for before, after in _pairs(comparison):
        if words := differences(before, after) if before else (NEW,):
            affected[after.scenario] += 1
            counted.setdefault(after.scenario, Counter()).update(words)
    return {
        name: Differences(
            scenario=name,
            affected=affected[name],
            tallies=tuple(Tally(words=words, customers=n) for words, n in tallies.most_common()),
        )
        for name, tallies in counted.items()
    }


def effects(comparison: Comparison, scenarios: tuple[Scenario, ...]) -> tuple[ScenarioEffect, ...]:
    """Return the result table: one row for each scenario of the draft's run."""
    changed = _differences(comparison)
    by_id = {scenario.id: scenario for scenario in scenarios}
    live = {each.scenario: each for each in comparison.live.figures.scenarios}
    return tuple(
        _effect(by_id[after.scenario], live.get(after.scenario), after, changed.get(after.scenario))
        for after in comparison.draft.figures.scenarios
        if after.scenario in by_id
    )


def _effect(
    scenario: Scenario,
    live: ScenarioFigures | None,
    draft: ScenarioFigures,
    changed: Differences | None,
) -> ScenarioEffect:
    return ScenarioEffect(
        id=scenario.id,
        title=scenario.title,
        manner=manner(scenario),
        customers=draft.conversations,
        live_passed=None if live is None else live.passed,
        draft_passed=draft.passed,
        aspects={aspect: draft.right.get(aspect, 0) for aspect in ASPECTS},
        affected=changed.affected if changed else 0,
        differences=changed.tallies if changed else (),
    )


def manner(scenario: Scenario) -> str:
    """Return how the customer of a scenario behaves, in a few words."""
    words: list[str] = list(scenario.behaviours)
    if scenario.persona.mood != "calm" and scenario.persona.mood not in words:
        words.append(scenario.persona.mood)
    if scenario.persona.patience == "low" and "impatient" not in words:
        words.append("impatient")
    return ", ".join(words) or "plain"
