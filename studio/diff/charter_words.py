"""Charter words: how changes of portfolio, thresholds, economics, technology and company policy are said.

- Shares are said in percent, money with its currency where it stands beside it, lists as lists.
"""

from __future__ import annotations

from collections.abc import Callable

from studio.diff.naming import listed, quoted
from studio.domain.charter_terms import ROLE_WORDS
from studio.domain.condition import spell
from studio.domain.frozen import Json
from studio.domain.readiness import Threshold, percent

PARTS = {
    "technology": "the technology",
    "economics": "what it costs and saves",
    "company_policy": "the company’s AI policy",
}
"""Parts of the charter that are spoken of by a name of their own."""

LABELS: dict[tuple[str, str], str] = {
    ("charter", "cannot"): "what it says it cannot do",
    ("charter", "capabilities"): "what it says it can do",
    ("charter", "tone"): "how it speaks",
    ("charter", "performance_owner"): "who owns performance after launch",
    ("charter", "portfolio"): "kinds of requests",
    ("charter", "readiness"): "thresholds",
    ("intent", "title"): "name",
    ("intent", "complexity"): "how hard it is",
    ("intent", "emotion"): "how charged it is",
    ("intent", "handling"): "handling",
    ("intent", "volume"): "contacts a month",
    ("threshold", "limit"): "limit",
    ("threshold", "baseline"): "what people reach",
    ("technology", "kind"): "class",
    ("technology", "reach"): "what it may do",
    ("technology", "models"): "language models",
    ("economics", "volume"): "contacts a month",
    ("economics", "containment"): "share settled without a person",
    ("economics", "person_cost"): "cost of a contact with a person",
    ("economics", "agent_cost"): "cost of a conversation with the agent",
    ("economics", "passing_cost"): "cost of passing one on",
    ("economics", "repeat_share"): "share that comes back",
    ("economics", "fixed_cost"): "fixed cost a month",
    ("economics", "setup_cost"): "cost of setting up",
    ("company_policy", "models"): "language models allowed",
    ("company_policy", "data_classes"): "kinds of data allowed",
    ("company_policy", "automations"): "kinds of automation allowed",
    ("company_policy", "technologies"): "technology allowed",
    ("company_policy", "highest_autonomy"): "highest autonomy level",
    ("rule", "channels"): "channels",
}
TEXTS = frozenset({("charter", "cannot"), ("charter", "tone")})
_SHARES = frozenset(
    {("economics", "containment"), ("economics", "repeat_share")}
    | {("threshold", "limit"), ("threshold", "baseline")}
)


def speaker(kind: str, field: str) -> Callable[[Json], str] | None:
    """Return how a value of one of these fields is said, or None for one that is not ours."""
    if (kind, field) in _SHARES:
        return lambda value: percent(float(value))
    if field == "performance_owner":
        return lambda value: ROLE_WORDS.get(value, str(value))
    if kind == "economics" and field.endswith("_cost"):
        return lambda value: f"{float(value):,.2f}"
    return None


def detail(kind: str, item: Json) -> str:
    """Return what is worth saying of a whole item, or ""."""
    tell: dict[str, Callable[[Json], str]] = {
        "intent": _intent,
        "threshold": _threshold,
        "technology": lambda each: f"{each.get('kind', '')}, {each.get('reach', '')}",
        "economics": _economics,
        "company_policy": _policy,
    }
    return tell[kind](item) if kind in tell and isinstance(item, dict) else ""


def _intent(item: Json) -> str:
    volume = f", {spell(item['volume'])} a month" if item.get("volume") is not None else ""
    return f"{item.get('complexity')} and {item.get('emotion')}: {item.get('handling')}{volume}"


def _threshold(item: Json) -> str:
    return Threshold.model_validate(item).words.rstrip(".")


def _economics(item: Json) -> str:
    with_person = f"{float(item.get('person_cost', 0)):,.2f} {item.get('currency', '')}".strip()
    return (
        f"{spell(item.get('volume', 0))} contacts a month, {percent(item.get('containment', 0))} settled "
        f"without a person, {with_person} a contact with one"
    )


def _policy(item: Json) -> str:
    limits = [
        f"{label} {listed(quoted(str(each)) for each in item[field]) or 'none'}"
        for (kind, field), label in LABELS.items()
        if kind == "company_policy" and isinstance(item.get(field), list)
    ]
    if "highest_autonomy" in item:
        limits.append(f"highest autonomy level {item['highest_autonomy']}")
    return "; ".join([quoted(item.get("name", "")), *limits])
