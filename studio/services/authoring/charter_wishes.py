"""Fulfilling wishes about the charter: one table from deed to the function that makes the change set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pydantic import ValidationError

from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.charter import Guard, Rule
from studio.domain.charter_edit import CharterDeed, CharterWish
from studio.domain.errors import WrongUse
from studio.domain.source import Citation, SourcePin
from studio.services.authoring import charter, figures, portfolio, rules


def fulfil_wish(agent: Agent, wish: CharterWish, taken: Iterable[str] = ()) -> ChangeSet:
    """Return the change set of a wish; `taken` are rule ids that wait in proposals. Raises WrongUse."""
    given = dict(wish.given)
    if wish.deed in ("add rule", "copy rule"):
        given["taken"] = tuple(taken)
    try:
        return _DEEDS[wish.deed](agent, wish.item, **given)
    except (TypeError, ValidationError) as error:
        raise WrongUse(
            f"“{wish.deed}” cannot be done so: {error}.", "Give what it needs, in the form it needs."
        ) from error


def _guard(agent: Agent, item: str, guard: Guard | dict[str, Any] | None) -> ChangeSet:
    made = Guard.model_validate(guard) if isinstance(guard, dict) else guard
    return rules.set_guard(agent, item, made)


def _cite(agent: Agent, item: str, citation: Any, pin: Any = None) -> ChangeSet:
    found = None if pin is None else SourcePin.model_validate(pin)
    return rules.cite(agent, item, Citation.model_validate(citation), found)


_DEEDS: dict[CharterDeed, Callable[..., ChangeSet]] = {
    "reword": charter.reword,
    "set autonomy": lambda agent, _, **given: charter.set_autonomy(agent, **given),
    "name owner": charter.name_owner,
    "set performance owner": lambda agent, item: charter.set_performance_owner(agent, item or None),
    "set technology": lambda agent, _, **given: charter.set_technology(agent, **given),
    "set policy": lambda agent, _, **given: charter.set_policy(agent, **given),
    "remove policy": lambda agent, _: charter.remove_policy(agent),
    "add intent": lambda agent, item, **given: portfolio.add_intent(agent, item, **given),
    "take over intents": lambda agent, _: portfolio.intents_of_workflows(agent),
    "place intent": portfolio.place_intent,
    "change intent": portfolio.change_intent,
    "remove intent": portfolio.remove_intent,
    "add threshold": lambda agent, item, **given: figures.put_threshold(agent, item, **given),
    "change threshold": figures.change_threshold,
    "remove threshold": figures.remove_threshold,
    "set economics": lambda agent, _, **given: figures.set_economics(agent, **given),
    "remove economics": lambda agent, _: figures.remove_economics(agent),
    "add rule": lambda agent, item, **given: rules.add_rule(agent, item, **given),
    "copy rule": rules.duplicate_rule,
    "change rule": rules.change_rule,
    "guard rule": _guard,
    "cite rule": _cite,
    "uncite rule": rules.uncite,
    "move rule": rules.move_rule,
    "remove rule": rules.remove_rule,
    "restore rule": lambda agent, _, rule: rules.restore_rule(agent, Rule.model_validate(rule)),
}


_RULE = "title, text, kind, severity, workflows, segments, regions, channels, enforced_by"
TAKES: dict[CharterDeed, tuple[str, str]] = {
    "reword": ("purpose, audience, channel, ai_disclosure, capabilities, cannot or tone", "text"),
    "set autonomy": ("", "level"),
    "name owner": ("role", "name"),
    "set performance owner": ("role, or nothing", ""),
    "set technology": ("", "kind, reach, models"),
    "set policy": ("", "name, models, data_classes, automations, technologies, highest_autonomy"),
    "remove policy": ("", ""),
    "add intent": ("its name", "complexity, emotion"),
    "take over intents": ("", ""),
    "place intent": ("its id", "complexity, emotion"),
    "change intent": ("its id", "title, handling, volume, workflow"),
    "remove intent": ("its id", ""),
    "add threshold": ("its measure", "limit, baseline, about"),
    "change threshold": ("its id", "limit, baseline"),
    "remove threshold": ("its id", ""),
    "set economics": (
        "",
        "volume, containment, person_cost, agent_cost, passing_cost, repeat_share, fixed_cost, setup_cost, "
        "currency",
    ),
    "remove economics": ("", ""),
    "add rule": ("its kind", "title, text"),
    "copy rule": ("its id", ""),
    "change rule": ("its id", _RULE),
    "guard rule": ("its id", "guard"),
    "cite rule": ("its id", "citation"),
    "uncite rule": ("its id", "fingerprint"),
    "move rule": ("its id", "steps"),
    "remove rule": ("its id", ""),
    "restore rule": ("", "rule"),
}
"""What each deed is done to, and what is given with it, in words."""
