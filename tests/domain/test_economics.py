"""What an agent costs and saves in a month, with the cost of passing the rest through."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.economics import Economics

MONEY = st.floats(0, 10_000, allow_nan=False)
SHARE = st.floats(0, 1, allow_nan=False)
FIGURES = st.builds(
    Economics,
    volume=st.integers(0, 1_000_000),
    containment=SHARE,
    person_cost=MONEY,
    agent_cost=MONEY,
    passing_cost=MONEY,
    repeat_share=SHARE,
    fixed_cost=MONEY,
    setup_cost=MONEY,
)


def test_a_worked_example() -> None:
    """10,000 contacts at 6.00, agent 0.50, passing on 1.50, 60 % settled, 10 % of them back, 2,000 fixed.

    People alone: 60,000. Settled: 6,000 × (6 × 0.9 − 0.5) = 29,400 saved. Passed on: 4,000 × (0.5 + 1.5) =
    8,000 more. 29,400 − 8,000 − 2,000 = 19,400 net; 60,000 − 19,400 = 40,600 a month with the agent.
    """
    figures = Economics(
        volume=10_000, containment=0.6, person_cost=6, agent_cost=0.5, passing_cost=1.5, repeat_share=0.1,
        fixed_cost=2_000, setup_cost=38_800,
    )  # fmt: skip
    assert figures.before == 60_000
    assert figures.passing_on_total == pytest.approx(8_000)
    assert figures.net_effect() == pytest.approx(19_400)
    assert figures.after() == pytest.approx(40_600)
    assert figures.months_to_pay_back() == pytest.approx(2.0)
    # (2,000/10,000 + 0.5 + 1.5) / (5.4 + 1.5) = 2.2 / 6.9
    assert figures.break_even() == pytest.approx(2.2 / 6.9)


def test_passing_on_alone_can_eat_the_savings() -> None:
    """With little settled and dear hand-overs the agent costs, though each settled contact saves."""
    figures = Economics(volume=1_000, containment=0.2, person_cost=5, agent_cost=0.5, passing_cost=2)
    assert figures.effect_of_one_settled > 0
    assert figures.net_effect() == pytest.approx(1_000 * (0.2 * 4.5 - 0.8 * 2.5))
    assert figures.net_effect() < 0
    assert figures.months_to_pay_back() is None


def test_an_agent_that_never_pays_has_no_break_even() -> None:
    """Where even settling everything costs more than people, there is no break-even to show."""
    assert Economics(volume=100, person_cost=1, agent_cost=5).break_even() is None
    assert Economics(volume=0, person_cost=5, agent_cost=1).break_even() is None
    assert Economics().break_even() is None


@given(FIGURES)
def test_the_break_even_is_where_the_net_effect_is_nought(figures: Economics) -> None:
    """At the break-even nothing is saved and nothing lost; below it the agent costs, above it saves."""
    pays = figures.break_even()
    scale = max(1.0, figures.volume * (figures.person_cost + figures.agent_cost + figures.passing_cost))
    if pays is None:
        assert figures.net_effect(1.0) <= 1e-9 * scale
    else:
        assert figures.net_effect(pays) == pytest.approx(0, abs=1e-9 * scale + 1e-6)
        assert figures.net_effect(min(1.0, pays + 0.1)) >= -1e-9 * scale - 1e-6
        assert figures.net_effect(max(0.0, pays - 0.1)) <= 1e-9 * scale + 1e-6


@given(FIGURES, SHARE, SHARE)
def test_settling_more_never_costs_more_where_it_saves_once(
    figures: Economics, one: float, other: float
) -> None:
    """The net effect runs straight: its rise from none to all is the gain of containment."""
    rise = figures.net_effect(1.0) - figures.net_effect(0.0)
    scale = max(1.0, figures.volume * (figures.person_cost + figures.agent_cost + figures.passing_cost))
    assert rise == pytest.approx(figures.gain_of_containment, abs=1e-9 * scale + 1e-6)
    low, high = sorted((one, other))
    assert figures.net_effect(high) >= figures.net_effect(low) - 1e-9 * scale - 1e-6


@given(FIGURES)
def test_with_and_without_the_agent_differ_by_the_net_effect(figures: Economics) -> None:
    """What a month costs with the agent and what it saves add up to what people cost alone."""
    scale = max(1.0, figures.before)
    assert figures.after() + figures.net_effect() == pytest.approx(figures.before, abs=1e-9 * scale + 1e-6)
