"""Two versions of a decision table: the cases they answer otherwise, said in words and exact."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.checks.differing import cases_of, differing
from studio.checks.domains import NotProvable
from studio.domain.agent import Agent
from studio.domain.charter import Charter
from studio.domain.condition import Scalar
from studio.domain.workflow import Cell, DecisionTable, Row, TableInput

DAYS = TableInput(id="days", label="Days since delivery", type="number")
SALE = TableInput(id="final_sale", label="Final sale", type="yes or no")
WHY = TableInput(id="reason", label="Reason", type="text")
PAID = TableInput(id="paid", label="Amount paid", type="money")
VALUES: dict[str, tuple[Scalar, ...]] = {
    "days": (0, 1, 14, 15, 29, 30, 31, 44, 45, 46, 90),
    "final_sale": (True, False),
    "reason": ("broken", "wrong size", "none of these"),
    "paid": (0, 99.99, 100, 100.01, 349.99, 350, 350.01, 1000),
}
AGENT = Agent(
    id="a",
    name="A",
    charter=Charter(purpose="", audience="", channel="chat", ai_disclosure="", capabilities="", autonomy=1),
)


def _table(*rows: Row, inputs: tuple[TableInput, ...] = (DAYS, SALE), policy: str = "first") -> DecisionTable:
    return DecisionTable.model_validate(
        {"id": "t", "name": "Eligible?", "inputs": inputs, "rows": rows, "hit_policy": policy}
    )


def _cell(rng: random.Random, name: str) -> Cell:
    value = rng.choice(VALUES[name])
    if name in ("final_sale", "reason"):
        return Cell(id=name, op=rng.choice(("=", "!=", "any")), value=value)
    high = rng.choice(VALUES[name])
    return Cell.model_validate(
        {
            "id": name,
            "op": rng.choice(("any", "<", "<=", ">", ">=", "between", "=")),
            "value": value,
            "high": high,
        }
    )


def _drawn(rng: random.Random) -> DecisionTable:
    inputs = tuple(rng.sample((DAYS, SALE, WHY, PAID), rng.randint(1, 4)))
    rows = [
        Row(id=f"r{n}", cells=tuple(_cell(rng, each.id) for each in inputs), then=rng.choice("xyz"))
        for n in range(rng.randint(0, 4))
    ]
    return _table(*rows, inputs=inputs, policy=rng.choice(("first", "unique")))


def _decide(table: DecisionTable, facts: dict[str, Scalar]) -> str | None:
    rows = [row for row in table.rows if row.admits(facts)]
    if not rows or (table.hit_policy == "unique" and len(rows) > 1):
        return None
    return rows[0].then


@given(st.integers(0, 10**9))
def test_what_is_told_is_what_differs(seed: int) -> None:
    """Whatever two tables are, each stretch holds as told, and there are stretches just where they differ."""
    rng = random.Random(seed)
    before, after = _drawn(rng), _drawn(rng)
    found = differing(before, after, (AGENT,))
    for each in found:
        assert (_decide(before, each.example), _decide(after, each.example)) == (each.before, each.after)
        assert each.before != each.after
    apart = {
        answers
        for values in itertools.product(*VALUES.values())
        if (answers := (_decide(before, f := dict(zip(VALUES, values, strict=True))), _decide(after, f)))
        and answers[0] != answers[1]
    }
    assert apart <= {(each.before, each.after) for each in found}


def test_a_longer_window_is_said_in_days() -> None:
    """Thirty days become forty-five: one stretch, in the words of the column, with both answers."""
    before = _table(
        Row(id="a", cells=(Cell(id="days", op="<=", value=30),), then="take back"), inputs=(DAYS,)
    )
    after = _table(Row(id="b", cells=(Cell(id="days", op="<=", value=45),), then="take back"), inputs=(DAYS,))
    rest = Row(id="z", then="refused")
    old, new = (t.model_copy(update={"rows": (*t.rows, rest)}) for t in (before, after))
    (only,) = differing(old, new, (AGENT,))
    assert only.words == "31 to 45 days since delivery: “refused” → “take back”"


def test_a_new_column_is_told_by_the_cases_it_parts() -> None:
    """A column that only the new version has narrows the telling; one that says the same tells nothing."""
    before = _table(Row(id="a", then="take back"), inputs=(DAYS,))
    no = Row(id="no", cells=(Cell(id="final_sale", op="=", value=True),), then="refused")
    after = _table(no, Row(id="a", then="take back"))
    assert [each.words for each in differing(before, after, (AGENT,))] == [
        "Final sale: “take back” → “refused”"
    ]
    same = _table(Row(id="other-id", then="take back"), inputs=(DAYS, SALE))
    assert differing(before, same, (AGENT,)) == ()


def test_a_table_that_is_new_or_gone_answers_nothing_before_or_after() -> None:
    """Against no table at all, every answer is one that was not there."""
    table = _table(Row(id="a", then="take back"), inputs=(DAYS,))
    assert [each.words for each in differing(None, table, (AGENT,))] == [
        "In every case: no answer → “take back”"
    ]
    assert [each.after for each in differing(table, None, (AGENT,))] == [None]


def test_too_large_is_refused_in_words() -> None:
    """A comparison that would take too long is refused with the reason, not begun."""
    with pytest.raises(NotProvable, match="too large"):
        differing(None, _table(Row(id="a", then="take back")), (AGENT,), most=0)


def test_cases_are_told_by_their_record_and_as_one_where_they_are_one(repository: Path) -> None:
    """Days that a system tells of an order are days of orders; what is answered alike now is one stretch."""
    file = repository / "sample_projects/returns_assistant/agent.json"
    agent = Agent.model_validate_json(file.read_bytes())
    before = agent.table("return-eligibility")
    no = Row(id="no", cells=(Cell(id="item_condition", op="=", value="unused"),), then="never")
    after = before.model_copy(update={"rows": (no, *before.rows)})
    apart, together = (find(before, after, (agent,)) for find in (differing, cases_of))
    (only,) = [each for each in together if each.after == "never" and each.others]
    assert len({each.before for each in apart}) == 1 + len(only.others)
    assert "unused" in only.when and " or " in only.words
    longer = before.model_copy(
        update={
            "rows": tuple(
                Row.model_validate_json(row.model_dump_json().replace("30", "45")) for row in before.rows
            )
        }
    )
    assert "rders of 31 to 45 days since purchase" in cases_of(before, longer, (agent,))[0].words


@given(st.integers(0, 10**9))
def test_what_is_told_together_is_what_differs(seed: int) -> None:
    """Stretches that are told as one have just the answers that they had one by one, and a true example."""
    rng = random.Random(seed)
    before, after = _drawn(rng), _drawn(rng)
    found = cases_of(before, after, (AGENT,))
    for each in found:
        assert (_decide(before, each.example), _decide(after, each.example)) == (each.before, each.after)
    told = {(old, each.after) for each in found for old in (each.before, *each.others)}
    assert told == {(each.before, each.after) for each in differing(before, after, (AGENT,))}
