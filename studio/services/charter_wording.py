"""The charter's newer parts as a person would write them down, line by line; nobody is shown JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from studio.domain.charter_terms import ROLE_WORDS, TECHNOLOGY_WORDS, Technology
from studio.domain.company_policy import CompanyPolicy
from studio.domain.economics import Economics
from studio.domain.frozen import Json
from studio.domain.portfolio import Intent
from studio.domain.readiness import Threshold, percent


def intent_lines(value: Json) -> Iterator[str]:
    """Write down a kind of request."""
    intent = Intent.model_validate(value)
    yield intent.title
    yield f"{intent.complexity.capitalize()} and {intent.emotion}: {intent.handling}"
    if intent.volume is not None:
        yield f"{intent.volume:,} contacts a month"
    if intent.workflow is not None:
        yield f"Served by: {intent.workflow.replace('-', ' ')}"


def threshold_lines(value: Json) -> Iterator[str]:
    """Write down a threshold."""
    yield Threshold.model_validate(value).words


def owner_lines(value: Json) -> Iterator[str]:
    """Write down who answers in a role."""
    yield f"{ROLE_WORDS[value['id']]}: {value['name']}"


def technology_lines(value: Json) -> Iterator[str]:
    """Write down what the agent is made of."""
    technology = Technology.model_validate(value)
    yield f"{technology.kind.capitalize()}, {technology.reach}"
    yield TECHNOLOGY_WORDS[technology.kind]
    if technology.models:
        yield f"Language models: {', '.join(technology.models)}"


def economics_lines(value: Json) -> Iterator[str]:
    """Write down the figures and what comes out of them."""
    figures = Economics.model_validate(value)
    money = figures.currency
    yield f"{figures.volume:,} contacts a month, {percent(figures.containment)} settled without a person"
    yield f"A contact with a person: {figures.person_cost:,.2f} {money}"
    yield f"A conversation with the agent: {figures.agent_cost:,.2f} {money}"
    yield f"Passing one on: {figures.passing_cost:,.2f} {money} more"
    yield f"Of the settled, {percent(figures.repeat_share)} come back to a person"
    yield f"Fixed: {figures.fixed_cost:,.0f} {money} a month, {figures.setup_cost:,.0f} once"
    effect, pays = figures.net_effect(), figures.break_even()
    yield f"{'Saves' if effect >= 0 else 'Costs'} {abs(effect):,.0f} {money} a month"
    yield f"Pays from {percent(round(pays, 3))} settled on" if pays is not None else "Never pays"


def policy_lines(value: Json) -> Iterator[str]:
    """Write down the company's AI policy."""
    policy = CompanyPolicy.model_validate(value)
    yield policy.name
    limits = (
        ("Kinds of data", policy.data_classes),
        ("Kinds of automation", policy.automations),
        ("Technology", policy.technologies),
        ("Language models", policy.models),
    )
    for title, allowed in limits:
        if allowed is not None:
            yield f"{title}: {', '.join(allowed) or 'none'}"
    if policy.highest_autonomy is not None:
        yield f"Highest autonomy level: {policy.highest_autonomy}"


ITEMS: dict[str, Callable[[Json], Iterator[str]]] = {
    "owners": owner_lines,
    "portfolio": intent_lines,
    "readiness": threshold_lines,
}
PARTS: dict[str, Callable[[Json], Iterator[str]]] = {
    "technology": technology_lines,
    "economics": economics_lines,
    "company_policy": policy_lines,
}
_SHARES = {"containment", "repeat_share"}


def charter_lines(path: tuple[str, ...], value: Json) -> list[str] | None:
    """Return what stands at a place of the charter, or None for a place that others write down."""
    match path:
        case ("charter", part) if part in PARTS and isinstance(value, dict):
            return list(PARTS[part](value))
        case ("charter", part) if part in ITEMS and isinstance(value, list):
            return [" · ".join(ITEMS[part](item)) for item in value]
        case ("charter", part, _) if part in ITEMS and isinstance(value, dict):
            return list(ITEMS[part](value))
        case ("charter", "performance_owner"):
            return [ROLE_WORDS.get(value, str(value))]
        case ("charter", "readiness", _, "limit" | "baseline"):
            return [percent(float(value))]
        case ("charter", "economics", field) if field in _SHARES:
            return [percent(float(value))]
        case _:
            return None
