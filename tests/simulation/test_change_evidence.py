"""Facts of evidence where an engine is not deterministic: intervals, and three judgements only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.simulation.change_evidence import evidence, evidence_of_tests, wilson

COUNTS = st.integers(1, 400).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


def test_the_interval_is_newcombes() -> None:
    """56 of 70 against 48 of 80 is Newcombe's own example: 0.2 with 0.0524 to 0.3339."""
    found = evidence("", (48, 80), (56, 70))
    assert found.low == pytest.approx(0.0524, abs=5e-5)
    assert found.high == pytest.approx(0.3339, abs=5e-5)
    assert found.judgement == "better"
    assert wilson(15, 148, 0.95) == pytest.approx((0.0624, 0.1605), abs=5e-5)


def test_few_repeats_are_not_enough() -> None:
    """Four of five against two of five says nothing; the same the other way round neither."""
    assert evidence("T-01", (2, 5), (4, 5)).judgement == "not enough evidence"
    assert evidence("T-01", (5, 5), (0, 5)).judgement == "worse"
    assert "Not enough evidence: 2 of 5 right → 4 of 5 right" in evidence("T-01", (2, 5), (4, 5)).sentence


@given(COUNTS, COUNTS)
def test_turned_round_the_judgement_turns_round(before: tuple[int, int], after: tuple[int, int]) -> None:
    """What is better one way is worse the other way; the difference lies within the interval."""
    one, other = evidence("", before, after), evidence("", after, before)
    turned = {"better": "worse", "worse": "better", "not enough evidence": "not enough evidence"}
    assert turned[one.judgement] == other.judgement
    share = after[0] / after[1] - before[0] / before[1]
    assert one.low - 1e-9 <= share <= one.high + 1e-9


def test_one_of_many_tests_needs_more_to_be_told() -> None:
    """The same figures that judge one test alone are not enough for one of forty; none is called safe."""
    before, after = [True] * 4 + [False] * 6, [True] * 9 + [False]
    alone = evidence_of_tests({"T-01": before}, {"T-01": after})
    names = [f"T-{n:02}" for n in range(40)]
    many = evidence_of_tests(dict.fromkeys(names, before), dict.fromkeys(names, after))
    assert alone[1].judgement == "better"
    assert many[1].judgement == "not enough evidence"
    assert many[0].judgement == "better"
    assert "safe" not in " ".join(each.sentence for each in many)
