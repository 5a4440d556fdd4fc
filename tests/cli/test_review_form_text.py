"""The forms of a change as text: sheets, tables with their cases, and a whole proposal in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.cli.review_forms import say_forms, say_summary
from studio.diff.summary import SummaryLine
from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply, lookup
from studio.domain.frozen import to_json
from studio.services.change_forms import forms_of
from studio.services.queries.proposal_words import SummaryPage


@pytest.fixture
def agent(repository: Path) -> Agent:
    """The live agent of the returns sample."""
    file = repository / "sample_projects/returns_assistant/agent.json"
    return Agent.model_validate_json(file.read_bytes())


def test_a_table_is_printed_cell_by_cell_with_its_cases(
    agent: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    """The old and the new test of a cell stand in the row, and below the cases that come out otherwise."""
    table = agent.tables[0]
    row = next(r for r in table.rows if any(c.op == "<=" for c in r.cells))
    cell = next(c for c in row.cells if c.op == "<=")
    path = f"tables/{table.id}/rows/{row.id}/cells/{cell.id}"
    after = to_json(cell.model_copy(update={"value": 45}))
    change = Change(path=path, before=lookup(to_json(agent), path), after=after)
    both = agent, apply(agent, ChangeSet(title="x", changes=(change,)))
    say_forms(forms_of(change, both, both))
    out = capsys.readouterr().out
    assert "≤ 30 → ≤ 45" in out
    assert "come out otherwise:" in out
    assert "31 to 45 days" in out
    assert "(this change)" not in out  # the step does what it did


def test_a_limit_is_printed_as_a_figure(agent: Agent, capsys: pytest.CaptureFixture[str]) -> None:
    """A system's limit says before, after and by how much; what stays is counted."""
    tool = next(each for each in agent.tools if each.limits)
    limit = tool.limits[0]
    other = [to_json(limit.model_copy(update={"maximum": limit.maximum + 150}))]
    path = f"tools/{tool.name}/limits"
    change = Change(path=path, before=lookup(to_json(agent), path), after=other)
    both = agent, apply(agent, ChangeSet(title="x", changes=(change,)))
    say_forms(forms_of(change, both, both))
    out = capsys.readouterr().out
    assert "(+150)" in out
    assert "lines stay as they are" in out
    assert "{" not in out


def test_a_summary_names_its_changes(capsys: pytest.CaptureFixture[str]) -> None:
    """Each sentence stands under its heading, with the changes it tells."""
    line = SummaryLine("Charter", "Rule R-1: 30 → 45 days.", ("C-01", "C-02"))
    say_summary(SummaryPage("1 rule", (line,), ()))
    out = capsys.readouterr().out
    assert "In words: 1 rule." in out
    assert "Rule R-1: 30 → 45 days. [C-01, C-02]" in out
