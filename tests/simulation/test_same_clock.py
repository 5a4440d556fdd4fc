"""Made-up customers are possible ones: what one clock counts moves together."""

from __future__ import annotations

import pytest

from studio.domain.condition import Scalar
from studio.simulation.same_clock import kept_together
from studio.simulation.situations import with_value
from studio.store import samples

REPLY = {"days_since_purchase": 12, "days_since_delivery": 9, "hours_since_call": 5, "amount": 64.5}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("days_since_delivery", 45, {"days_since_purchase": 48, "days_since_delivery": 45}),
        ("days_since_purchase", 1, {"days_since_purchase": 1, "days_since_delivery": 0}),
        ("amount", 200, {"amount": 200}),
    ],
)
def test_who_comes_later_is_later_after_everything(name: str, value: Scalar, told: dict[str, Scalar]) -> None:
    """Days since one event move those since another as far, never below nothing; nothing else moves."""
    assert kept_together(REPLY, name, value) == {**REPLY, **told}


def test_what_is_to_come_draws_nearer() -> None:
    """Two hours later it is two hours less until the appointment; words are left alone."""
    reply = {"hours since booking": 10, "hours until appointment": 30, "days until refund": "soon"}
    made = kept_together(reply, "hours until appointment", 28)
    assert made == {"hours since booking": 12, "hours until appointment": 28, "days until refund": "soon"}


def test_no_made_up_parcel_arrives_before_it_was_bought() -> None:
    """Around every limit, the sample's customers have had their parcel no longer than they have owned it."""
    agent = samples.load("returns_assistant").agent
    base = agent.scenario("T-01")
    for value in (0, 1, 29, 30, 31, 45, 46):
        made = with_value(agent, base, "days_elapsed", value)
        assert made is not None
        (reply,) = [each.reply for each in made.systems if each.id == "get_order"] or [{}]
        own = {name: v for record in made.records or () for name, v in record.values.items()}
        told = {**reply, **own}
        if "days_since_delivery" in told and "days_since_purchase" in told:
            assert told["days_since_delivery"] <= told["days_since_purchase"]
        assert told["days_since_purchase"] == value
