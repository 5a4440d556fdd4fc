"""Who owns performance after launch is a gate: closed while nobody is named, open with a name in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.assembly import new_from_sample
from studio.domain.bundle import Gate
from studio.domain.charter_edit import CharterWish
from studio.ports import UnitOfWork
from studio.services.authoring.charter_wishes import fulfil_wish
from studio.services.commands import EditAgent
from studio.services.gates import PERFORMANCE, content_gates
from studio.services.queries.charter import ShowCharter
from studio.services.standing import standing
from studio.services.workbench import Workbench
from studio.settings import Settings


class _Gate:
    """Asks for the gate as the release page does."""

    def answer(self, unit: UnitOfWork) -> Gate:
        """Return it."""
        return next(gate for gate in content_gates(standing(unit)) if gate.id == PERFORMANCE)


def _do(bench: Workbench, wish: CharterWish) -> None:
    page = bench.ask(ShowCharter())
    bench.do(EditAgent(fulfil_wish(page.draft, wish, page.taken)))


def test_nobody_owning_performance_closes_the_gate(tmp_path: Path) -> None:
    """The sample's owner opens it; without a role, or a role without a name, it is closed with what to do."""
    bench = new_from_sample(tmp_path / "workspace", "returns_assistant", Settings(name="Ana Silva"))
    try:
        gate = bench.ask(_Gate())
        assert gate.ok
        assert "Ben Aldous (Analytics)" in gate.evidence
        _do(bench, CharterWish(deed="name owner", item="analytics", given={"name": ""}))
        closed = bench.ask(_Gate())
        assert not closed.ok
        assert "nobody is named there" in closed.evidence
        _do(bench, CharterWish(deed="set performance owner"))
        assert "Nobody is named who owns performance" in bench.ask(_Gate()).evidence
        bench.undo()
        bench.undo()
        assert bench.ask(_Gate()) == gate
    finally:
        bench.close()


def test_a_rule_id_that_waits_in_a_proposal_is_not_given_again(tmp_path: Path) -> None:
    """A new rule by hand and one that CoBuilder proposed never get the same id."""
    from studio.assembly import sample
    from studio.services.queries.sources import ListSources
    from studio.services.stages.proposing import Propose
    from studio.services.stages.reading import ReadSource

    bench = new_from_sample(tmp_path / "workspace", "returns_assistant", Settings(name="Ana Silva"))
    try:
        bench.run(ReadSource(**sample("returns_assistant").new_document.as_job()))
        bench.run(Propose(bench.ask(ListSources()).rows[-1].id))
        page = bench.ask(ShowCharter())
        if not page.taken:
            pytest.fail("the sample's new policy proposes new rules")
        _do(bench, CharterWish(deed="add rule", item="never"))
        new = {rule.id for rule in bench.ask(ShowCharter()).draft.charter.rules} - {
            rule.id for rule in page.draft.charter.rules
        }
        assert new
        assert not new & set(page.taken)
    finally:
        bench.close()
