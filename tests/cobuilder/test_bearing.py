"""Bearing: what binds without a pattern, what does not in spite of one, and how sure that is."""

from __future__ import annotations

from studio.cobuilder.analysis import analyze, distinct_rules
from studio.cobuilder.rules.bearing import Judge, fitted_weights, unpacked
from studio.cobuilder.rules.bearing_weights import KNOTS
from studio.domain.statement import Statement, StatementKind
from studio.readers.markdown import read_markdown

POLICY = """# Returns

Owner: Returns team

## What customers get

- Full refund within 14 days of delivery
- Store credit up to 60 days
- Free exchange for another size, once per order
- Nothing after 90 days

## How it is handled

You must check the order number first. Never refund to another card than the one that was charged.
If the item is broken, ask for a photo. We'll give customers a full refund when a parcel is lost.
Agents usually answer the easy ones before lunch. Our warehouse was built in 1974 by two brothers from Leeds.

Escalate to a team lead when any of these apply:

- the order is above 500 euros
- the customer mentions a lawyer
"""
REPORT = "# The year behind us\n\n" + "\n\n".join(
    f"In {month} the team moved into a new building near the river, and {count} visitors came to see it. "
    f"Sales in the region grew by {count % 9 + 1} per cent, which surprised everybody in the company."
    for count, month in enumerate(
        "January February March April May June July August September October November December".split(), 40
    )
)


def rules(text: str) -> dict[str, Statement]:
    """Return the rules of a text by their quote."""
    return {rule.quote: rule for rule in distinct_rules(analyze(read_markdown(text, "a.md"), ()).statements)}


def test_items_without_a_verb_are_rules_under_a_title_of_rules() -> None:
    """“Full refund within 14 days” under “What customers get” permits, without any modal verb."""
    found = rules(POLICY)
    assert found["Full refund within 14 days of delivery"].kind is StatementKind.PERMISSION
    assert found["Store credit up to 60 days"].kind is StatementKind.PERMISSION


def test_promises_bind_beside_what_patterns_read() -> None:
    """A promise (“We'll give customers …”) is a rule just as “must” and “never” are."""
    found = rules(POLICY)
    assert "You must check the order number first." in found
    assert any(quote.startswith("We'll give customers a full refund") for quote in found)
    assert any(rule.kind is StatementKind.PROHIBITION for rule in found.values())


def test_owners_habits_and_history_bind_nobody() -> None:
    """A label, what agents usually do, and the company's past are no rules."""
    quotes = " ".join(rules(POLICY))
    for words in ("Owner", "usually", "1974"):
        assert words not in quotes


def test_cases_of_a_lead_in_are_no_rules_of_their_own() -> None:
    """“Escalate when any of these apply: …” is one rule; its cases are not proposed beside it."""
    found = rules(POLICY)
    escalated = [rule for rule in found.values() if rule.kind is StatementKind.ESCALATION]
    assert len(escalated) == 1
    assert "the customer mentions a lawyer" in escalated[0].text
    assert "the customer mentions a lawyer" not in found


def test_a_report_is_declined_in_words() -> None:
    """A long text in which hardly a sentence binds gives nothing, and the reason is told."""
    analysis = analyze(read_markdown(REPORT, "a.md"), ())
    assert analysis.statements == ()
    assert analysis.declined is not None
    assert "no procedure or policy" in analysis.declined


def test_clear_rules_among_much_talk_are_never_declined() -> None:
    """A handbook of idle words is read as one when clear duties stand in it, however few in a hundred."""
    parts = [f"## Section {n}\n\nYou must check form {n}.\n\n" + "Idle words here. " * 60 for n in range(20)]
    analysis = analyze(read_markdown("# Handbook\n\n" + "\n\n".join(parts), "a.md"), ())
    assert analysis.declined is None
    assert len(analysis.statements) == 20


def test_confidence_rises_with_what_speaks_for_a_rule() -> None:
    """Calibration never turns a likelier reading into a less sure one, and stays between 0 and 1."""
    shares = [share for _, share in KNOTS]
    assert shares == sorted(shares)
    assert shares[0] >= 0
    assert shares[-1] <= 1
    assert all(0 <= rule.confidence <= 1 for rule in rules(POLICY).values())


def test_weights_are_compact_and_read_back() -> None:
    """Each sign has one whole weight for binding and one for each kind."""
    assert unpacked("=1,2,3;a sign=-4,\n5,6;") == {"": (1, 2, 3), "a sign": (-4, 5, 6)}
    assert {len(weights) for weights in fitted_weights().values()} == {6}


def test_unknown_signs_weigh_nothing() -> None:
    """A sign that was never seen neither speaks for nor against a rule."""
    judge = Judge()
    assert judge.weigh(["a sign nobody has seen"]) == judge.weigh([])
