"""Conditions taken apart for choosing and put together again hold for exactly the same facts."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.desktop.panels.condition_draft import Group, put_together, taken_apart
from studio.desktop.panels.condition_words import read_value, read_values, sentence, write_value
from studio.domain.condition import All, AnyOf, Compare, Condition, Not, Scalar, holds
from studio.domain.known import Fact

FACTS = {
    "amount": Fact("amount", "Amount", "money", ""),
    "days": Fact("days", "Days", "number", ""),
    "when": Fact("when", "Bought on", "date", ""),
    "sale": Fact("sale", "Final sale", "yes or no", "", ("yes", "no")),
    "reason": Fact("reason", "Reason", "choice", "", ("too small", "broken, wet", "late")),
}
_numbers = st.integers(-5, 2000) | st.sampled_from([0.5, 12.25, 1200.5])
_values: dict[str, st.SearchStrategy[Scalar]] = {
    "amount": _numbers,
    "days": _numbers,
    "when": st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(lambda day: day.isoformat()),
    "sale": st.booleans(),
    "reason": st.sampled_from(FACTS["reason"].choices),
}


def _compares(name: str) -> st.SearchStrategy[Condition]:
    one = st.builds(
        lambda op, value: Compare(field=name, op=op, value=value),
        st.sampled_from(["=", "!="] if name in ("sale", "reason") else ["=", "!=", "<", "<=", ">", ">="]),
        _values[name],
    )
    if name in ("sale", "when"):
        return one.filter(lambda c: isinstance(c, Compare) and (name != "sale" or c.op == "="))
    several = st.builds(
        lambda op, values: Compare(field=name, op=op, value=tuple(values)),
        st.sampled_from(["in", "!="]),
        st.lists(_values[name], min_size=1, max_size=3, unique_by=str),
    )
    return one | several


conditions: st.SearchStrategy[Condition] = st.recursive(
    st.sampled_from(sorted(FACTS)).flatmap(_compares),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: All(of=tuple(parts))),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: AnyOf(of=tuple(parts))),
        inner.map(lambda part: Not(of=part)),
    ),
    max_leaves=7,
)
situations = st.fixed_dictionaries({}, optional=dict(_values))


@settings(max_examples=100, deadline=None)
@given(conditions, st.lists(situations, min_size=1, max_size=6))
def test_a_condition_put_together_again_holds_for_the_same_facts(
    condition: Condition, facts: list[dict[str, Scalar]]
) -> None:
    """Opening and closing the builder changes no decision, whatever the groups and the facts."""
    again = put_together(taken_apart(condition, FACTS))
    assert again is not None
    for each in facts:
        assert holds(again, each) == holds(condition, each), (condition, again, each)
    assert put_together(taken_apart(again, FACTS)) == again


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(FACTS)).flatmap(lambda name: st.tuples(st.just(name), _values[name])))
def test_a_value_is_read_back_as_it_is_written(pair: tuple[str, Scalar]) -> None:
    """What a field shows and what is typed there are one."""
    kind = FACTS[pair[0]].type
    assert read_value(kind, write_value(kind, pair[1])) == pair[1]


def test_several_values_may_be_typed_with_commas_or_semicolons() -> None:
    """Thousands are not taken for a list."""
    assert read_values("number", "1,250") == (1250,)
    assert read_values("number", "10, 20") == (10, 20)
    assert read_values("text", "broken; wet, cold") == ("broken", "wet, cold")


def test_a_sentence_can_be_read_in_one_way_only() -> None:
    """Groups within groups are bracketed, negations are said before what they deny."""
    a = Compare(field="sale", op="=", value=True)
    b = Compare(field="amount", op=">=", value=1200)
    c = Compare(field="when", op="<", value="2026-03-31")
    assert sentence(AnyOf(of=(All(of=(a, b)), c)), FACTS) == (
        "(Final sale is yes and Amount is at least 1,200) or Bought on is before 31 March 2026"
    )
    assert sentence(Not(of=AnyOf(of=(a, b))), FACTS) == (
        "none of this is so: Final sale is yes or Amount is at least 1,200"
    )
    assert sentence(Not(of=a), FACTS) == "it is not so that Final sale is yes"


def test_nothing_chosen_is_no_condition() -> None:
    """An empty draft makes none, and none makes an empty draft."""
    assert put_together(Group()) is None and taken_apart(None, FACTS).parts == []
