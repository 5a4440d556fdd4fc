"""Lead-ins: what they do to the items under them, also where all stand at one depth."""

from __future__ import annotations

import pytest

from studio.cobuilder.analysis import analyze, distinct_rules
from studio.cobuilder.rules.structure import lead_frame
from studio.domain.statement import StatementKind
from studio.readers.markdown import read_markdown

KIND = StatementKind


@pytest.mark.parametrize(
    ("lead", "frame"),
    [
        ("Neither party will:", "never"),
        ("The agency agrees that neither it nor its staff shall:", "never"),
        ("No tenant may:", "never"),
        ("For two years, neither the agency nor any subsidiary will, directly or indirectly:", "never"),
        ("The hirer shall not, without consent:", "never"),
        ("Both parties will:", "must"),
        ("The agency agrees that its staff shall:", "must"),
        ("No later than Monday the agency shall:", "must"),
        ("Hirers may:", "may"),
    ],
)
def test_a_lead_in_about_nobody_forbids(lead: str, frame: str) -> None:
    """“Neither will” forbids as “will not” does; “no later than” is a time, and forbids nothing."""
    assert lead_frame(lead)[0] == frame


NESTED = """# Agency agreement

The agency works for the company in the town of Brook.

1. Competition

   (a) For two years, neither the agency nor any subsidiary will, directly or indirectly:

   (i) open an office within 10 miles of the town;

   (ii) disclose the price list of the company;

   (iii) approach any customer of the company.

   (b) The agency shall:

   (i) keep a list of the customers that it has visited;

   (ii) send this list to the company every month.

2. The agency shall keep its books for ten years.
"""


def test_items_that_are_counted_otherwise_stand_under_the_open_one() -> None:
    """“(i)” after “(a) … will:” completes it, whatever its depth; “(b)” is a new one, “2.” stands alone."""
    rules = {
        rule.quote.rstrip(";."): rule.kind
        for rule in distinct_rules(analyze(read_markdown(NESTED, "a.md"), ()).statements)
    }
    kinds = {
        "open an office within 10 miles of the town": KIND.PROHIBITION,
        "disclose the price list of the company": KIND.PROHIBITION,
        "approach any customer of the company": KIND.PROHIBITION,
        "keep a list of the customers that it has visited": KIND.OBLIGATION,
        "The agency shall keep its books for ten years": KIND.OBLIGATION,
    }
    for words, kind in kinds.items():
        found = [rule for quote, rule in rules.items() if words in quote]
        assert found == [kind], words


def test_what_a_lead_in_forbids_is_no_step() -> None:
    """A numbered list under “never” is no procedure: each of its items is a rule of its own."""
    items = "1. open the safe alone\n2. lend the key to a visitor\n3. send money abroad\n"
    text = f"# Desk\n\nThe desk must never:\n\n{items}"
    statements = analyze(read_markdown(text, "a.md"), ()).statements
    found = [each for each in statements if each.quote[:4] in ("open", "lend", "send")]
    assert [each.kind for each in found] == [KIND.PROHIBITION] * 3
    assert not any(each.is_step for each in found)
