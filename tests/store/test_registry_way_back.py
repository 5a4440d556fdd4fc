"""The way back in a registry that was damaged: whole, or refused in a sentence before anything changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from studio.domain.errors import BrokenInput, BundleRefused
from studio.domain.frozen import digest
from studio.store.registry import Registry

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

ANOTHER = "UPDATE releases SET agent = (SELECT agent FROM releases WHERE sequence = 2) WHERE sequence = 0"


def _all_at_once(registry: Registry) -> None:
    """Let release 2 answer everyone."""
    registry.promote("production", "2", "ida", weight=100, skip=True, reason="The pilot is over")


def _rewrite(registry: Registry, statement: str) -> None:
    """Change the database behind the registry's back."""
    with registry.connect() as connection:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize("statement", ["UPDATE releases SET agent = '' WHERE sequence = 0", ANOTHER])
def test_there_is_no_way_back_to_an_agent_that_was_damaged(
    imported: Registry, kit: Kit, statement: str
) -> None:
    """Before the pointer, the log or a traffic file changes, it is said what is damaged and what to do."""
    _all_at_once(imported)
    _rewrite(imported, statement)
    flags = imported.files.flags("production").read_bytes()
    before = (imported.environment("production"), imported.log_length(), flags)
    for to in (None, "0"):
        with pytest.raises(BundleRefused, match=r"damaged, so there is no way back to it; nothing was chang"):
            imported.roll_back("production", "ida", to)
    flags = imported.files.flags("production").read_bytes()
    assert (imported.environment("production"), imported.log_length(), flags) == before


@pytest.mark.parametrize("statement", ["UPDATE releases SET agent = '' WHERE sequence = 0", ANOTHER])
def test_a_rollout_is_stopped_although_the_stable_release_was_damaged(
    imported: Registry, kit: Kit, statement: str
) -> None:
    """What answers most conversations already takes the rest again: nothing of it has to be read for that."""
    imported.promote("production", "2", "ida")
    _rewrite(imported, statement)
    done = imported.roll_back("production", "ida")
    assert done.changed and done.pointer.stable == digest(kit.before) and done.pointer.candidate is None


@pytest.mark.parametrize(("deed", "complete"), [("roll back", False), ("roll back", True), ("abort", False)])
def test_the_way_back_goes_without_the_state_of_the_rollout(
    imported: Registry, kit: Kit, deed: str, complete: bool
) -> None:
    """Where that state cannot be read, the answer and the log say so; afterwards the registry is sound."""
    imported.promote("production", "2", "ida")
    if complete:
        _all_at_once(imported)
    _rewrite(imported, "UPDATE rollouts SET body = ''")
    with pytest.raises(BrokenInput, match="cannot be read"):
        imported.environment("production")
    if deed == "abort":
        done = imported.abort("production", "ida", "Complaints.")
    else:
        done = imported.roll_back("production", "ida", reason="Complaints.")
    assert done.changed and done.pointer.stable == digest(kit.before)
    assert "could not be read; the way back went without it" in done.sentence
    reason = imported.log()[-1].details["reason"]
    assert reason.startswith("Complaints.") and "could not be read" in reason
    assert imported.environment("production").rollout.phase == "Healthy" and imported.verify_log() == ()


def test_an_agent_that_was_changed_in_the_database_is_not_handed_out(imported: Registry, kit: Kit) -> None:
    """Neither a runtime nor a promotion gets another agent than the one that was released."""
    other = "UPDATE releases SET agent = (SELECT agent FROM releases WHERE sequence = 0) WHERE sequence = 2"
    _rewrite(imported, other)
    release = imported.release("2").id
    with pytest.raises(BrokenInput, match="an agent that cannot be read"):
        imported.agent(release)
    entries = imported.log_length()
    with pytest.raises(BrokenInput, match="an agent that cannot be read"):
        imported.promote("production", "2", "ida")
    assert imported.environment("production").candidate is None and imported.log_length() == entries
