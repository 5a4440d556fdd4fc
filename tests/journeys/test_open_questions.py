"""A policy that leaves something open, through both faces: one proposal, one answer, and it is complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from studio.desktop.widgets.row_list import RowList
from studio.desktop.window import Window
from studio.services.queries.agents import ShowAgent
from tests.journeys.conftest import call, settle
from tests.journeys.test_window import Hands, _add_source, named, window  # noqa: F401

ANSWER = "45 days"


@pytest.fixture
def policy(tmp_path: Path, repository: Path) -> Path:
    """The sample's new policy, in which the return window is left open."""
    sample = repository / "sample_projects/returns_assistant/documents/returns-policy-2026.md"
    text = sample.read_text(encoding="utf-8")
    for said, now in (
        ("within 45 days of delivery", "within a reasonable time of delivery"),
        ("up to 45 days", "in time"),
        ("more than 45 days", "too late"),
    ):
        text = text.replace(said, now)
    made = tmp_path / "returns-policy-2026.md"
    made.write_text(text, encoding="utf-8")
    return made


def test_from_an_open_question_to_a_tested_draft(
    policy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dropped in, proposed with its question, decided in part, answered: complete, tested, undone again."""
    settle(monkeypatch, tmp_path)
    assert call("new", tmp_path / "workspace", "--sample", "returns_assistant").code == 0
    assert call("source", "add", policy, "--supersedes", "S-01").code == 0
    first = call("propose", "S-03", "--json").json
    question = next(q for q in first["questions"] if "a reasonable time" in q["text"])
    assert not any("R-03" in row["title"] for group in first["groups"] for row in group["rows"])
    rule = next(row for g in first["groups"] for row in g["rows"] if row["title"].startswith("New rule R-14"))
    assert call("review", "accept", "P-01", rule["id"]).code == 0
    decided = call("review", "list", "P-01", "--json").json
    accepted = [r["id"] for g in decided["groups"] for r in g["rows"] if r["verdict"] == "accepted"]
    told = call("review", "answer", "P-01", question["id"], ANSWER)
    assert "CoBuilder completed the proposal" in told.out
    after = call("review", "list", "P-01", "--json").json
    rows = {row["id"]: row for group in after["groups"] for row in group["rows"]}
    before = {row["id"]: row for group in first["groups"] for row in group["rows"]}
    assert all(rows[each]["verdict"] == "accepted" for each in accepted)
    assert before.keys() <= rows.keys(), "what was proposed keeps its ids"
    new = [row["title"] for name, row in rows.items() if name not in before]
    assert any("R-03" in title and "45 days" in title for title in new)
    assert any("Day 46" in title for title in new), "tests come with it"
    assert call("review", "accept", "P-01", "--all").code == 0
    assert call("check").code == 0
    assert call("simulate", "--customers", "2").code == 0
    for _ in range(2):  # the acceptance of the rest, then the answer
        assert call("undo").code == 0
    again = call("review", "list", "P-01", "--json").json
    assert again["total"] == first["total"] and again["accepted"] == len(accepted)


def test_the_window_completes_the_proposal_before_your_eyes(
    window: Window,  # noqa: F811
    qtbot: QtBot,
    policy: Path,
) -> None:
    """The answer is typed, the list grows by what follows from it, and the next key accepts it."""
    from studio.services.queries.review import ShowProposal

    hands = Hands(qtbot, window)
    session = window.session
    hands.press("Try the sample project")
    hands.done()
    _add_source(hands, policy)
    hands.press("Propose changes")
    hands.done()
    hands.press("Review")
    before = session.ask(ShowProposal("P-01"))
    hands.key(Qt.Key.Key_A)
    decided = session.ask(ShowProposal("P-01")).decided
    assert decided >= 1
    rows = named(window, RowList, "Changes")
    lines = (rows.model().index(number, 0) for number in range(rows.model().rowCount()))
    at = next(line for line in lines if "“a reasonable time”" in str(line.data()))

    def in_sight() -> bool:
        rows.scrollTo(at)
        return rows.indexAt(rows.visualRect(at).center()) == at

    hands.wait(in_sight)
    QTest.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.visualRect(at).center())
    hands.then(hands.write(ANSWER, "Keep"))
    hands.press("Answer")
    after = session.ask(ShowProposal("P-01"))
    assert after.decided == decided and after.total > before.total
    titles = {row.id: row.title for group in after.groups for row in group.rows}
    assert titles.keys() <= {item.id for item in rows.items()}, "the list shows what came"
    assert any("R-03" in title and ANSWER in title for title in titles.values())
    hands.press("Accept all that are left")
    agent = session.ask(ShowAgent()).draft
    assert f"within {ANSWER} of delivery" in agent.charter.rule("R-03").text
    assert any("Day 46" in test.title for test in agent.scenarios), "tests come with it"


def test_answers_and_requests_that_wait_side_by_side_are_both_accepted(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rule that an answer brings takes no number of a request that waits; the last undo brings it back."""
    settle(monkeypatch, tmp_path)
    sample = repository / "sample_projects/returns_assistant/documents/returns-policy-2026.md"
    assert call("new", tmp_path / "workspace", "--sample", "returns_assistant").code == 0
    assert call("source", "add", sample, "--supersedes", "S-01").code == 0
    first = call("propose", "S-03", "--json").json
    assert call("ask", "Add a rule: never promise a date").code == 0
    late = next(q for q in first["questions"] if "slightly late" in q["text"])
    call("review", "answer", "P-01", late["id"], "7 days")
    listed = call("review", "list", "P-01", "--json").json
    more = next(q for q in listed["questions"] if "seems reasonable" in q["text"])
    assert "1 new change" in call("review", "answer", "P-01", more["id"], "A supervisor agrees").out
    titles = {
        name: [row["title"] for group in call("review", "list", name, "--json").json["groups"]
               for row in group["rows"]]
        for name in ("P-01", "P-02")
    }  # fmt: skip
    numbers = [re.search(r"New rule (R-\d+)", title) for name in titles for title in titles[name]]
    new = [found[1] for found in numbers if found]
    assert len(new) > 2 and len(set(new)) == len(new)
    for name in ("P-02", "P-01"):
        assert call("review", "accept", name, "--all").code == 0
    assert call("check").code == 0
