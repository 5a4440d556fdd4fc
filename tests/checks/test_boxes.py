"""Situations split by conditions are the same as trying every value; the solver agrees where it is asked."""

from __future__ import annotations

import random
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.checks.boxes import MOST_PARTS, Splitter, Store, meet, without
from studio.checks.facts import MISSING, FactBook
from studio.checks.solver import possible
from studio.domain.agent import Agent
from studio.domain.charter import Charter
from studio.domain.condition import All, AnyOf, Compare, Condition, Not, Scalar, holds

NAMES = ("colour", "days", "amount")
VALUES: dict[str, tuple[Scalar, ...]] = {"colour": ("red", "green"), "days": (14, 30), "amount": (80, 200)}


def some_condition(dice: random.Random, depth: int) -> Condition:
    """A condition over three facts, of some depth."""
    kind = dice.choice(("compare", "all", "any", "not")) if depth else "compare"
    if kind == "not":
        return Not(of=some_condition(dice, depth - 1))
    if kind in ("all", "any"):
        parts = tuple(some_condition(dice, depth - 1) for _ in range(dice.randint(0, 3)))
        return All(of=parts) if kind == "all" else AnyOf(of=parts)
    name = dice.choice(NAMES)
    op = dice.choice(("=", "!=") if name == "colour" else ("<", "<=", ">", ">=", "=", "!="))
    return Compare.model_validate(
        {"kind": "compare", "field": name, "op": op, "value": dice.choice(VALUES[name])}
    )


def ground(*conditions: Condition) -> tuple[FactBook, Splitter, Store]:
    """The facts cut at what the conditions name, and the situation in which everything is possible."""
    charter = Charter(purpose="", audience="", channel="", ai_disclosure="", capabilities="")
    book = FactBook(Agent(id="a", name="A", charter=charter), conditions)
    splitter = Splitter(book, {name: at for at, name in enumerate(NAMES)})
    return book, splitter, tuple(book.fact(name).full for name in NAMES)


def cases(book: FactBook) -> list[tuple[Store, dict[str, Scalar]]]:
    """Every single situation with its facts; a fact that is not known is absent."""
    every = []
    for name in NAMES:
        fact = book.fact(name)
        samples = [(1 << (at + 1), piece.sample) for at, piece in enumerate(fact.pieces)]
        every.append([(MISSING, None), *samples])
    return [
        (
            tuple(bits for bits, _ in case),
            {n: v for n, (_, v) in zip(NAMES, case, strict=True) if v is not None},
        )
        for case in product(*every)
    ]


def within(case: Store, stores: list[Store]) -> int:
    """How many of the stores a single situation lies in."""
    return sum(all(a & b for a, b in zip(case, store, strict=True)) for store in stores)


@given(st.integers(0, 10**9))
def test_a_split_is_disjoint_whole_and_right(seed: int) -> None:
    """Each single situation lies in exactly one part, and on the side on which the condition says it is."""
    condition = some_condition(random.Random(f"split {seed}"), 3)
    book, splitter, everything = ground(condition)
    found = splitter.split(condition, everything)
    assert found.exact
    for case, facts in cases(book):
        sides = within(case, found.holds), within(case, found.fails)
        assert sides == ((1, 0) if holds(condition, facts) else (0, 1))


@given(st.integers(0, 10**9))
def test_what_lies_outside_a_box_is_the_rest(seed: int) -> None:
    """A box and what lies outside it share nothing and leave nothing out."""
    dice = random.Random(f"box {seed}")
    condition = some_condition(dice, 2)
    book, _, everything = ground(condition)
    box = tuple((at, dice.randint(0, book.fact(name).full)) for at, name in enumerate(NAMES))
    inside = meet(everything, box)
    parts = ([inside] if inside is not None else []) + without(everything, box)
    assert all(within(case, parts) == 1 for case, _ in cases(book))


@settings(max_examples=40)
@given(st.integers(0, 10**9))
def test_the_solver_says_the_same(seed: int) -> None:
    """A condition across fields is possible for the solver exactly where some value makes it true."""
    condition = some_condition(random.Random(f"solver {seed}"), 3)
    book, splitter, everything = ground(condition)
    truly = any(holds(condition, facts) for _, facts in cases(book))
    assert possible(book, splitter.index, everything, condition) == truly


def test_a_condition_too_wide_to_split_is_put_to_the_solver() -> None:
    """A contradiction across ten fields, each either way, is still seen to be one."""
    fields = [f"f{n}" for n in range(10)]
    either = [
        AnyOf(of=(Compare(field=one, op="=", value="x"), Compare(field=other, op="=", value="x")))
        for one in fields
        for other in fields
        if one < other
    ]
    nobody = Not(of=AnyOf(of=tuple(Compare(field=f, op="=", value="x") for f in fields[:9])))
    charter = Charter(purpose="", audience="", channel="", ai_disclosure="", capabilities="")
    book = FactBook(Agent(id="a", name="A", charter=charter), [*either])
    splitter = Splitter(book, {name: at for at, name in enumerate(fields)})
    everything = tuple(book.fact(name).full for name in fields)
    assert 2 ** len(fields) > MOST_PARTS
    found = splitter.split(All(of=(*either, nobody)), everything)
    assert found.holds == [] and found.fails
