"""What tables of fees, limits, terms and approvals bind to, in the formats in which they arrive."""

from __future__ import annotations

import pytest

from studio.cobuilder.analysis import RULE_KINDS, analyze, as_report
from studio.cobuilder.rules.statements import read_statements
from studio.readers.markdown import read_markdown
from tests.measures.cobuilder_tables import WAYS, labelled_tables, measured, wrong_rows

FEES = """# Extras

| Service | Fee | Refundable | Approval needed by |
|---|---|---|---|
| Late check-out | £20* | No | Shift lead |
| | £35 | — | n/a |

\\* Free for members.
"""


def test_each_cell_of_a_fee_table_is_a_rule_in_its_rows_case() -> None:
    """A fee is to be charged, “No” under “Refundable” forbids, who approves is asked; “n/a” says nothing."""
    found = [
        (RULE_KINDS[each.kind], each.text, each.condition)
        for each in read_statements(read_markdown(FEES, "x.md"))
    ]
    assert found[:3] == [
        ("must", "Late check-out — Fee: £20", "Late check-out"),
        ("never", "Late check-out — Refundable: No", "Late check-out"),
        ("escalate", "Late check-out — Approval needed by: Shift lead", "Late check-out"),
    ]
    assert ("must", "Late check-out — Fee: £35", "Late check-out") in found
    assert not any("n/a" in text or "—: —" in text for _, text, _ in found)


def test_a_value_is_quoted_with_its_row_and_its_note_is_the_exception() -> None:
    """A cell alone would tell nobody anything; the note below the table limits the value it is marked at."""
    document = read_markdown(FEES, "x.md")
    found = read_statements(document)
    first = found[0]
    assert first.quote == "Late check-out | £20" and first.core == first.value == "£20"
    assert as_report(analyze(document, ()))["rules"][0]["source_quote"] == first.quote
    assert first.exception == "Free for members."
    assert [each.quote for each in found if "£35" in each.core] == [f"{found[2].quote} |\n| | £35"]


def test_each_value_has_a_quote_of_its_own() -> None:
    """Quotes stand in the document word for word, end with what binds, and no two are the same."""
    document = read_markdown(FEES + FEES.replace("Late", "Early"), "x.md")
    found = [each for each in read_statements(document) if each.value]
    assert len(found) == 8 and len({each.quote for each in found}) == len(found)
    for each in found:
        assert document.text[each.start : each.end] == each.quote and document.text.count(each.quote) == 1
        assert document.text[slice(*each.span)] == each.core == each.value


def test_one_changed_cell_leaves_the_values_beside_it_as_they_are() -> None:
    """Values of one row, and like values of two rows, are told apart: only the changed one is another."""
    old = read_statements(read_markdown(FEES, "x.md"))
    new = read_statements(read_markdown(FEES.replace("£20", "£25"), "x.md"))
    assert len({each.fingerprint for each in old}) == len(old)
    assert [a.text for a, b in zip(old, new, strict=True) if a.fingerprint != b.fingerprint] == [
        "Late check-out — Fee: £20"
    ]


@pytest.mark.parametrize("way", ["alone", "in a handbook", "as HTML", "as Word"])
def test_labelled_tables_are_read_row_by_row(way: str) -> None:
    """Nearly every row of our labelled tables is read right, hardly a statement too many, in each format."""
    for name in ("labelled", "second"):
        right, every, surplus, _ = measured(name, WAYS[way])
        assert right >= 0.95 * every and surplus <= 1


def test_tables_of_plain_facts_give_no_rule() -> None:
    """Contacts, versions, opening hours and figures of last year bind nobody."""
    plain = [table for name in ("labelled", "second") for table in labelled_tables(name) if not table.rows]
    assert len(plain) >= 5
    assert all(wrong_rows(table, WAYS["alone"](table.text)) == ([], 0) for table in plain)


def test_a_mere_price_list_is_still_declined() -> None:
    """Prices without a limit, a term or an approval are no procedure, and it is said so."""
    rows = "\n".join(f"| Lamp {n} | €{n}9.50 |" for n in range(1, 9))
    found = analyze(read_markdown(f"# Lamps\n\n| Article | Price |\n|---|---|\n{rows}\n", "x.md"), ())
    assert not found.statements and found.declined


def test_how_long_ago_is_the_case() -> None:
    """Time that has passed is what a row is about, not what holds in it."""
    table = "| What | Bought how long ago | We do |\n|---|---|---|\n| damaged | any | refund, free label |"
    found = read_statements(read_markdown(f"# Returns\n\nAgents must check.\n\n{table}\n", "x.md"))
    assert [each.core for each in found[1:]] == ["refund, free label"]
    assert found[1].quote == "damaged | any | refund, free label"
