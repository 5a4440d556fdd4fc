"""Texts with `{fact}` places, filled in one pass and never evaluated.

- What a customer said is data: braces inside a fact are not places.
- A fact that is not known is named by its label, so that no brace ever reaches a customer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from studio.domain.condition import Facts, Scalar, spell

PLACE = re.compile(r"\{([A-Za-z_][\w.-]*)\}")


def spell_out(value: Scalar) -> str:
    """Return a fact as it is said to a customer: thousands grouped, at most two decimals."""
    return f"{value:,.2f}" if isinstance(value, float) else spell(value)


def fill(text: str, facts: Facts, labels: Mapping[str, str]) -> str:
    """Return the text with its places filled."""
    if "{" not in text:
        return text

    def put(found: re.Match[str]) -> str:
        name = found.group(1)
        if name in facts:
            return spell_out(facts[name])
        return f"your {labels.get(name, name.replace('_', ' ')).lower()}"

    return PLACE.sub(put, text)


def places(text: str) -> tuple[str, ...]:
    """Return the names of the facts that a text needs, in order."""
    return tuple(PLACE.findall(text))
