"""Conditions and expectations as lines that people type: what is written reads back; the rest is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.condition import All, AnyOf, Compare, Condition, Not
from studio.domain.condition_text import read_condition, write_condition
from studio.domain.errors import WrongUse
from studio.domain.expectation_text import read_expectations, write_expectations
from studio.domain.known import Fact
from studio.domain.scenario import (
    DoneCall,
    ExpectCall,
    ExpectDisclosure,
    ExpectEffort,
    ExpectGuard,
    ExpectHandoff,
    ExpectOutcome,
    ExpectRecord,
    ExpectStep,
    ExpectUnsaid,
    ExpectWorld,
)

WORDS = st.one_of(
    st.sampled_from(["gold", "yes", "and", "United Kingdom", "12", "a, b", 'he said "no"', "", "x=y; z"]),
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=8),
)
NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e6, 1e6, allow_nan=False))
SCALARS = st.one_of(WORDS, NUMBERS, st.booleans())
NAMES = st.sampled_from(["days_elapsed", "and", "region", "two words", "ß.x"])
COMPARES: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Compare, field=NAMES, op=st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), value=SCALARS),
    st.builds(
        Compare, field=NAMES, op=st.sampled_from(["in", "!="]), value=st.lists(SCALARS, max_size=3).map(tuple)
    ),
)
CONDITIONS = st.recursive(
    COMPARES,
    lambda inner: st.one_of(
        st.builds(All, of=st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, of=st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, of=inner),
    ),
    max_leaves=6,
)


@given(CONDITIONS)
def test_a_condition_reads_back(condition: Condition) -> None:
    """Whatever stands in a condition, its line says exactly that condition again."""
    assert read_condition(write_condition(condition)) == condition


FACTS = {
    "days": Fact("days", "Days", "number", ""),
    "region": Fact("region", "Region", "choice", "", ("UK", "Ireland")),
    "since": Fact("since", "Since", "date", ""),
    "vip": Fact("vip", "VIP", "yes or no", ""),
}


def test_people_write_conditions_in_words() -> None:
    """Words stand for signs, dates and amounts are read as elsewhere, choices whatever their capitals."""
    text = "days is at most £1250 and (region is one of (uk, IRELAND) or since is before 1 May 2026)"
    assert read_condition(text, FACTS) == All(
        of=(
            Compare(field="days", op="<=", value=1250),
            AnyOf(
                of=(
                    Compare(field="region", op="in", value=("UK", "Ireland")),
                    Compare(field="since", op="<", value="2026-05-01"),
                )
            ),
        )
    )
    assert read_condition(" ") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("days > 3 and vip = yes or vip = no", "side by side"),
        ("days > soon", "not a number"),
        ("age > 3", "no fact “age”"),
        ("region = France", "never “France”"),
        ("vip = maybe", "neither yes nor no"),
        ("days", "how “days” is compared"),
        ("days > ", "a value for “days” is missing"),
        ("(days > 3", "a “)” is missing"),
        ("days > 3)", "where nothing can stand"),
        ('region = "UK', "says nothing"),
        ("(" * 20 + "days > 3", "brackets within brackets"),
    ],
)
def test_what_is_no_condition_is_refused(text: str, said: str) -> None:
    """Nothing is guessed: each is refused with what is wrong."""
    with pytest.raises(WrongUse, match="|".join([said.replace("(", r"\(").replace(")", r"\)")])):
        read_condition(text, FACTS)


PAIRS = st.tuples(st.sampled_from(["amount", "order_id", "a.b"]), SCALARS)
SOME = PAIRS.map(lambda pair: dict((pair,)))
NONE: dict[str, Any] = {}
VALUES = st.one_of(st.just(NONE), SOME)
TEXT = st.one_of(
    st.sampled_from(["gold", "yes", "United Kingdom", "12", "a, b", 'he said "no"', "x=y; z"]),
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=8),
)
FEW = st.one_of(st.just(()), st.tuples(TEXT), st.tuples(TEXT, TEXT))
CALLS = st.builds(DoneCall, tool=TEXT, arguments=VALUES)
MAYBE = st.one_of(st.none(), TEXT)
EXPECTED: st.SearchStrategy[Any] = st.one_of(
    st.builds(ExpectOutcome, outcome=TEXT),
    st.builds(
        ExpectCall,
        tool=TEXT,
        never=st.booleans(),
        arguments=st.one_of(st.none(), SOME),
        times=st.one_of(st.none(), st.integers(1, 9)),
    ),
    st.builds(ExpectDisclosure, rule=TEXT, before=MAYBE),
    st.builds(ExpectStep, step=TEXT, never=st.booleans(), after=MAYBE),
    st.builds(ExpectHandoff, queue=TEXT, context=FEW, after=MAYBE),
    st.builds(ExpectWorld, calls=st.one_of(st.just(()), st.tuples(CALLS), st.tuples(CALLS, CALLS))),
    st.builds(ExpectRecord, table=TEXT, id=TEXT, values=SOME),
    st.builds(ExpectEffort, turns=st.one_of(st.none(), st.integers(1, 99)), seconds=st.just(1.5)),
    st.builds(
        ExpectGuard,
        tool=TEXT,
        rule=MAYBE,
        facts=VALUES,
        arguments=VALUES,
        verified=st.booleans(),
        told=st.booleans(),
        never=st.booleans(),
    ),
    st.builds(ExpectUnsaid, words=TEXT, promised=st.booleans(), rule=MAYBE),
)


@given(st.one_of(st.just(()), st.tuples(EXPECTED), st.tuples(EXPECTED, EXPECTED)))
def test_what_must_happen_reads_back(expected: tuple[Any, ...]) -> None:
    """Every kind of expectation, with whatever values, is the same again when its line is read."""
    assert read_expectations(write_expectations(expected)) == expected


def test_people_write_what_must_happen() -> None:
    """A line is what happens, whom it is about, and further fields; what says nothing is refused."""
    found = read_expectations("ends refused\n\nuses issue_refund; never=yes\nneeds at most; turns=6\n")
    assert found == (
        ExpectOutcome(outcome="refused"),
        ExpectCall(tool="issue_refund", never=True),
        ExpectEffort(turns=6),
    )
    assert read_expectations("leaves as after issue_refund, create_return")[0] == ExpectWorld(
        calls=(DoneCall(tool="issue_refund"), DoneCall(tool="create_return"))
    )
    for text, said in (
        ("is nice", "says nothing"),
        ("uses x; loud=yes", "sets nothing"),
        ("uses", "tool is missing"),
        ("uses x; times=often", "times"),
        ('uses "x', "quotation mark"),
    ):
        with pytest.raises(WrongUse, match=said):
            read_expectations(text)
