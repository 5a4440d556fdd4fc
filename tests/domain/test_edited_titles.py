"""Who edited a proposed value last is whom the title of the change names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.changeset import Change
from studio.domain.proposal import ProposedChange

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NAMES = st.text("Ana Ruz:()→", min_size=1).filter(str.strip)


def _edited(title: str, *names: str) -> str:
    change = Change(path="tools/pay/limits/0/maximum", before=200, after=350)
    found = ProposedChange(id="C-01", title=title, change=change, reason="")
    for name in names:
        found = found.again(change, "edited", name, NOON)
    return found.title


@pytest.mark.parametrize("title", ["System “pay”, limit: £200 → £350", "Supervisor approves (£200 → £350)"])
@given(names=st.lists(NAMES, min_size=1, max_size=4))
def test_the_title_names_the_last_editor_only(title: str, names: list[str]) -> None:
    """However many people edited a value before, the title reads as if only the last one had."""
    assert _edited(title, *names) == _edited(title, names[-1])


def test_an_edited_title_no_longer_tells_the_value_proposed_first() -> None:
    """From what to what gives way to who edited it: the numbers beside it are no longer those."""
    assert _edited("Limit: £200 → £350", "Ana", "Carl") == "Limit: edited by Carl"
    assert _edited("Large refunds (£200 → £350)", "Ana", "Carl") == "Large refunds (edited by Carl)"
