"""Proposing a document again, and two proposals for one place: nothing waits unseen, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.assembly import new_workbench
from studio.cli.main import run
from studio.domain.agent import Agent
from studio.domain.errors import Stale, WrongUse
from studio.domain.proposal import Proposal
from studio.services.commands import AcceptChange, AcceptRemaining, RejectChange
from studio.services.queries.proposal_words import ShowEarlier
from studio.services.queries.review import ShowProposal
from studio.services.stages.proposing import Propose
from studio.services.stages.reading import ReadSource
from studio.services.workbench import Workbench
from studio.settings import Settings

FRESH = Path(__file__).parents[1] / "measures" / "fresh" / "car_hire"
POLICY = (FRESH / "policy.md").read_text(encoding="utf-8")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A live agent in a new workspace, with its policy read."""
    agent = Agent.model_validate_json((FRESH / "start.json").read_bytes())
    made = new_workbench(tmp_path / "desk", agent, Settings(name="Ana Silva"))
    made.run(ReadSource(file_name="policy.md", data=POLICY.encode()))
    yield made
    made.close()


def _quotes(proposal: Proposal) -> set[str]:
    return {c.quote for change in proposal.changes for c in change.citations}


def _new_rules(proposal: Proposal) -> list[str]:
    return [c.id for c in proposal.changes if c.change.before is None and "/rules/" in c.change.path]


def test_what_was_not_decided_is_in_the_next_proposal(bench: Workbench) -> None:
    """After one accepted change, proposing again asks for every other one again; the ledger line says so."""
    first = bench.run(Propose("S-01"))
    accepted, *rest = _new_rules(first)
    bench.do(AcceptChange(first.id, accepted))
    waiting = {c.quote for name in rest for c in first.change(name).citations}
    line = bench.ask(ShowEarlier("S-01"))
    open_ones = sum(row.verdict is None for g in bench.ask(ShowProposal(first.id)).groups for row in g.rows)
    assert f"{open_ones} of P-01 are not decided" in line and "goes over" in line
    second = bench.run(Propose("S-01"))
    assert waiting <= _quotes(second)
    assert "go over into it" in _last_line(bench)


def _last_line(bench: Workbench) -> str:
    from studio.services.queries.home import ShowHome

    return bench.ask(ShowHome()).recent[0].sentence


def test_a_new_version_keeps_what_nobody_decided(bench: Workbench) -> None:
    """A sentence that was proposed from the last version and left open is proposed from the next one."""
    first = bench.run(Propose("S-01"))
    accepted, *rest = _new_rules(first)
    bench.do(AcceptChange(first.id, accepted))
    waiting = {c.quote for name in rest for c in first.change(name).citations}
    after = POLICY.replace("25%", "30%")
    bench.run(ReadSource(file_name="policy.md", data=after.encode()))
    second = bench.run(Propose("S-01"))
    assert {quote for quote in waiting if "25%" not in quote} <= _quotes(second)
    assert any("30%" in quote for quote in _quotes(second))


def test_a_version_that_was_never_compared_says_nothing_already(bench: Workbench) -> None:
    """Where the first version was only added, the second one proposes all that it says."""
    bench.run(ReadSource(file_name="policy.md", data=POLICY.replace("25%", "30%").encode()))
    assert len(_new_rules(bench.run(Propose("S-01")))) >= 4


def test_the_command_line_tells_before_and_after(
    bench: Workbench, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`propose` says what waits, what becomes of it, and how to take the new proposal back."""
    first = bench.run(Propose("S-01"))
    bench.do(AcceptChange(first.id, _new_rules(first)[0]))
    bench.close()
    assert run(["propose", "S-01", "-w", str(tmp_path / "desk")]) == 0
    told = capsys.readouterr().out
    assert "of P-01 are not decided yet" in told.splitlines()[0] and "cobuilder undo" in told


@pytest.fixture
def two(bench: Workbench) -> tuple[Proposal, Proposal]:
    """Two documents that both change what rule R-01 says, both proposed, none decided."""
    lower = POLICY.replace("£200", "£150")
    limit = "Agents must never pay a refund above £180 without the approval of the duty manager."
    bench.do(AcceptRemaining(bench.run(Propose("S-01")).id))
    bench.run(ReadSource(file_name="policy.md", data=lower.encode()))
    first = bench.run(Propose("S-01"))
    bench.run(ReadSource(file_name="refund-limits.md", data=f"# Refund limit policy\n\n{limit}\n".encode()))
    return first, bench.run(Propose("S-02"))


def _of_rule(proposal: Proposal) -> str:
    return next(c.id for c in proposal.changes if c.change.path == "charter/rules/R-01")


def test_two_proposals_for_one_place_warn_of_each_other(
    bench: Workbench, two: tuple[Proposal, Proposal]
) -> None:
    """Both name the other proposal, its change and the place; accepting the rest leaves them for a person."""
    first, second = two
    for mine, other in ((first, second), (second, first)):
        rows = {r.id: r for group in bench.ask(ShowProposal(mine.id)).groups for r in group.rows}
        warned = " ".join(rows[_of_rule(mine)].warnings)
        assert other.id in warned and _of_rule(other) in warned and "R-01" in warned
    assert first.id in _last_line(bench)
    with pytest.raises(WrongUse, match="carries a warning"):
        bench.do(AcceptRemaining(second.id))
    rows = {r.id: r for group in bench.ask(ShowProposal(second.id)).groups for r in group.rows}
    assert rows[_of_rule(second)].verdict is None


def test_the_one_that_comes_too_late_says_which_stands(
    bench: Workbench, two: tuple[Proposal, Proposal]
) -> None:
    """Once one of the two is accepted, the other is refused with the name of the one that stands."""
    first, second = two
    bench.do(AcceptChange(first.id, _of_rule(first)))
    with pytest.raises(Stale, match=rf"{first.id} {_of_rule(first)}.*same"):
        bench.do(AcceptChange(second.id, _of_rule(second)))
    bench.do(RejectChange(first.id, _of_rule(first)))
    bench.do(AcceptChange(second.id, _of_rule(second)))
