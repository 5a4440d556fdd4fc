"""What a document states about itself is suggested with its words and place, and nothing else is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from studio.cobuilder.rules.front_matter import suggest
from studio.cobuilder.words.dates import days_in
from studio.domain.governance import Suggestion
from studio.readers.markdown import read_markdown

SAMPLES = Path(__file__).resolve().parents[2] / "sample_projects"
BODY = "\n\n## Rules\n\nAgents must check the order number. Fees are waived until 3 May 2027.\n"


def stated(head: str, body: str = BODY) -> dict[str, str]:
    """Return the suggested values of a small document by field."""
    return {each.field: each.value for each in suggest(read_markdown(f"# Returns\n\n{head}{body}", "a.md"))}


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("Owner: Jane Doe, Customer Care", "owner", "Jane Doe, Customer Care"),
        ("**Policy owner:** Jane Doe", "owner", "Jane Doe"),
        ("Effective 1 December 2026", "effective_from", "2026-12-01"),
        ("Effective date: December 1st, 2026", "effective_from", "2026-12-01"),
        ("Version 3 · in force from 2026-12-01 · Lamps Ltd", "effective_from", "2026-12-01"),
        ("This policy takes effect on 1 Dec 2026.", "effective_from", "2026-12-01"),
        ("Valid until 31/12/2027", "effective_until", "2027-12-31"),
        ("This procedure expires on 31 December 2027.", "effective_until", "2027-12-31"),
        ("Review by: 30 June 2027", "review_by", "2027-06-30"),
        ("Next review date: 30.06.2027", "review_by", "2027-06-30"),
        ("Audience: care agents", "audience", "care agents"),
        ("Internal use only", "permission", "internal"),
        ("CONFIDENTIAL – not for distribution", "permission", "internal"),
        ("Classification: public", "permission", "may be quoted"),
        ("Applies to: EU, US", "regions", "EU, US"),
        ("This policy applies to customers in Germany and Austria.", "regions", "Germany, Austria"),
        ("Channels: chat and phone", "channels", "chat, phone"),
        ("Products: Lamps, Chairs", "products", "Lamps, Chairs"),
        ("Customer groups: members; guests", "segments", "members, guests"),
        (
            "This edition replaces the *Returns policy* of March 2024.",
            "supersedes",
            "Returns policy of March 2024",
        ),
        ("Supersedes: Returns policy 2024", "supersedes", "Returns policy 2024"),
        ("Working instruction W-12", "authority", "sop"),
        ("Document type: knowledge article", "authority", "knowledge article"),
    ],
)
def test_what_is_stated_is_suggested(line: str, field: str, value: str) -> None:
    """Each common way of stating a field gives its value, and no other field."""
    assert stated(line) == {field: value}


@pytest.mark.parametrize(
    "line",
    [
        "Owner: tbd",
        "Last reviewed: 3 May 2025",
        "Effective immediately",
        "Effective 03/04/2026",
        "This policy does not apply to customers in Germany.",
        "This policy applies to all customers except in Germany.",
        "The owner of the lamp must show the receipt.",
        "Keep the customer's data confidential.",
        "A new lamp replaces the broken one.",
        "Refunds of orders placed before 1 December 2026 go to the Payments team.",
    ],
)
def test_what_is_not_stated_is_not_suggested(line: str) -> None:
    """Rules, past dates, dates of two readings and exclusions give no value."""
    assert stated(line) == {}


def test_a_period_gives_both_ends() -> None:
    """“Effective … to …” states the first and the last day."""
    found = stated("Effective: 1 January 2026 – 31 December 2026")
    assert found == {"effective_from": "2026-01-01", "effective_until": "2026-12-31"}


def test_two_different_values_give_none() -> None:
    """Where a document contradicts itself about a field, nobody is led to the wrong one."""
    assert stated("Owner: Jane Doe\n\nOwner: John Roe") == {}


def test_front_matter_of_a_file_is_read() -> None:
    """The fields in front of a Markdown file are values, lists too; the quote is the line as it stands."""
    fields = "owner: Jane Doe\neffective_date: 2026-12-01\nregions:\n  - EU\n  - US\n"
    text = f"---\ntitle: Returns\n{fields}---\n# Returns{BODY}"
    found = {each.field: each for each in suggest(read_markdown(text, "a.md"))}
    assert {name: each.value for name, each in found.items()} == {
        "owner": "Jane Doe",
        "effective_from": "2026-12-01",
        "regions": "EU, US",
    }
    assert (found["owner"].quote, found["owner"].anchor.line_start) == ("owner: Jane Doe", 3)


def test_tables_of_document_control_are_read() -> None:
    """A table of labels and values states what its rows say."""
    rows = "| Field | Value |\n|---|---|\n| Owner | Jane Doe |\n| Review date | 1 May 2027 |\n"
    table = f"\n\n## Document control\n\n{rows}"
    assert stated("", BODY + table) == {"owner": "Jane Doe", "review_by": "2027-05-01"}


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*/documents/*.md")), ids=lambda path: path.stem)
def test_the_samples_state_owner_and_class(path: Path) -> None:
    """Each sample's owner and class are found, and every quote stands verbatim where it is said to."""
    document = read_markdown(path.read_text(encoding="utf-8"), path.name)
    found = {each.field: each for each in suggest(document)}
    assert {"owner", "authority"} <= found.keys()
    assert all(_stands_there(document.text, each) for each in found.values())


def _stands_there(text: str, each: Suggestion) -> bool:
    lines = text.splitlines()[each.anchor.line_start - 1 : each.anchor.line_end]
    return each.quote in "\n".join(lines)


def test_a_day_is_read_in_every_written_form_and_never_guessed() -> None:
    """Common forms name their day; what has two readings or no such day names none."""
    forms = "1 December 2026, 1st of December 2026, Dec. 1, 2026, 2026-12-01, 1-Dec-2026, 1.12.2026"
    assert [each.day for each in days_in(forms)] == [date(2026, 12, 1)] * 6
    assert [each.day for each in days_in("12/31/2026 and 31/12/2026")] == [date(2026, 12, 31)] * 2
    assert days_in("03/04/2026, 31 June 2026, March 2026, may 5 times") == ()
