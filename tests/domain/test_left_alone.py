"""What was left alone is told by kind, so that thirty-five lines are read in ten."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from studio.domain.left_alone import FEW, left_groups, left_text

SAME = [f"Rule R-{n:02} “Rule {n}”: the document says the same, “Sentence {n}.”" for n in range(1, 14)]


def test_lines_stand_by_kind_and_the_rest_is_counted() -> None:
    """Of many lines of a kind the first few are shown, with how many more there are."""
    told = left_text([*SAME, "Not taken over from P-01: C-02 “Fee”, because its place was changed since."])
    assert told[0] == "Not taken over from an older proposal (1)"
    assert told[2] == "In the agent already (13)" and told[-1].strip() == f"… and {13 - FEW} more"
    assert len(told) == 2 + 1 + FEW + 1


def test_all_lines_can_be_shown() -> None:
    """With everything asked for, nothing is folded."""
    assert len(left_text(SAME, everything=True)) == 1 + len(SAME)


def test_a_kind_says_once_what_its_lines_begin_with() -> None:
    """The reason stands in the heading, the sentence in the line."""
    line = "By its words not about what this agent does; if it is, ask for it: “Drivers must be 23.”"
    assert left_text([line]) == [
        "Not about what this agent does; if one is, ask for it (1)",
        "  “Drivers must be 23.”",
    ]


@given(st.lists(st.text(min_size=1, max_size=40), max_size=20))
def test_no_line_is_lost(lines: list[str]) -> None:
    """Whatever was told stands in exactly one kind."""
    assert sum(len(group.lines) for group in left_groups(lines)) == len(dict.fromkeys(lines))
