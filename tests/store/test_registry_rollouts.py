"""A rollout by stages in the registry: waits, guards, pauses, and the certificate, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from studio.domain.environment import Pointer
from studio.domain.errors import BrokenInput, BundleRefused, WrongUse
from studio.domain.frozen import digest
from studio.release import promotion
from studio.release.guards import Feed, Reading
from studio.store import registry as registries

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bundle_conformance.kit import Kit
    from tests.store.databases import Databases


class Desk:
    """A registry whose clock can be moved, with release 2 imported; its plan is 5, 50 and 100 %."""

    def __init__(self, place: str, kit: Kit) -> None:
        self.now: datetime = kit.now
        self.registry = registries.open_registry(place, lambda: self.now)

    def later(self, hours: float) -> None:
        """Let time pass."""
        self.now += timedelta(hours=hours)

    def readings(self, broken: float | None = 0.0, more: float = 0.5, conversations: int = 9999) -> Feed:
        """Return readings of the plan's two guards, taken now."""
        return Feed(
            conversations=conversations,
            readings=(
                Reading(guard="rule-broken", time=self.now, candidate=broken),
                Reading(guard="escalation-rate", time=self.now, candidate=4 + more, stable=4),
            ),
        )

    def last(self) -> tuple[str, str]:
        """Return the last deed in the log and its reason."""
        entry = self.registry.log()[-1]
        return entry.action, entry.details.get("reason", "")


@pytest.fixture
def desk(kind: str, databases: Databases, kit: Kit, tmp_path: Path) -> Iterator[Desk]:
    """Return a desk."""
    made = Desk(databases.imported(kind, tmp_path), kit)
    with made.registry:
        yield made


def test_promote_takes_the_next_stage_and_waits_as_the_plan_says(desk: Desk) -> None:
    """5 %, then nothing until 24 hours, 500 conversations and good readings; then 50 %, then 100 %."""
    registry = desk.registry
    first = registry.promote("production", "2", "ida")
    assert first.changed and first.pointer.weight == 5 and first.rollout is not None
    assert first.rollout.phase == "Paused" and first.rollout.next_weight == 50
    again = registry.promote("production", "2", "ida")
    assert not again.changed and "24 hours more, 500 more conversations" in again.sentence
    desk.later(25)
    assert registry.advance("production", "timer", desk.readings(), go_on=False).rollout is not None
    second = registry.promote("production", "2", "ida")
    assert second.changed and second.pointer.weight == 50
    desk.later(48)
    done = registry.advance("production", "timer", desk.readings())
    assert done.pointer.candidate is None and done.rollout is not None and done.rollout.phase == "Healthy"
    assert registry.verify_log() == ()


def test_a_stage_is_skipped_only_on_purpose_and_with_a_reason(desk: Desk) -> None:
    """Out of turn is refused with what is next; with a reason it is done, and the log says what."""
    registry = desk.registry
    with pytest.raises(BundleRefused, match=r"next stage of Desk, release 2, is 5 %\. Go there first"):
        registry.promote("production", "2", "ida", weight=50)
    registry.promote("production", "2", "ida")
    with pytest.raises(BundleRefused, match="24 hours more"):
        registry.promote("production", "2", "ida", weight=50)
    with pytest.raises(WrongUse, match="needs a reason"):
        registry.promote("production", "2", "ida", weight=100, skip=True, reason=" ")
    registry.promote("production", "2", "ida", weight=100, skip=True, reason="Known from the pilot")
    details = registry.log()[-1].details
    assert details["reason"] == "Known from the pilot"
    assert details["skipped"].startswith("skipped the stages 50 % and The plan waits at 5 %")


def test_a_failed_guard_rolls_back_and_the_log_says_why(desk: Desk, kit: Kit) -> None:
    """At once, also while a person paused; and the same release does not begin again by itself."""
    registry = desk.registry
    registry.promote("production", "2", "ida")
    registry.pause("production", "ida", "Lunch")
    move = registry.advance("production", "timer", desk.readings(broken=1))
    assert move.pointer.candidate is None and move.pointer.stable == digest(kit.before)
    assert move.rollout is not None and move.rollout.phase == "Degraded" and "rolled back" in move.sentence
    action, reason = desk.last()
    assert action == "automatic rollback" and "Conversations in which a rule was broken" in reason
    with pytest.raises(BundleRefused, match=r"guards took Desk, release 2, back.*--retry"):
        registry.promote("production", "2", "ida")
    assert registry.promote("production", "2", "ida", retry=True, reason="The feed was wrong").changed
    assert registry.verify_log() == ()


def test_silence_pauses_until_a_person_resumes(desk: Desk) -> None:
    """Nothing is promoted on silence; resuming lets the plan go on, once there are readings."""
    registry = desk.registry
    registry.promote("production", "2", "ida")
    desk.later(30)
    for _ in range(2):
        move = registry.advance("production", "timer", Feed(conversations=900))
        assert move.rollout is not None and move.rollout.phase == "Paused" and move.pointer.weight == 5
    assert [entry.action for entry in registry.log()].count("automatic pause") == 1
    assert registry.advance("production", "timer", desk.readings()).pointer.candidate is not None
    with pytest.raises(BundleRefused, match="Paused by the guards"):
        registry.promote("production", "2", "ida", weight=50)
    assert registry.resume("production", "ida").changed
    desk.later(1)
    assert registry.advance("production", "timer", desk.readings()).pointer.weight == 50


def test_a_person_pauses_and_resumes_once(desk: Desk) -> None:
    """Repeating either changes nothing; without a rollout both are wrong use."""
    registry = desk.registry
    with pytest.raises(WrongUse, match="Nothing is being rolled out in production"):
        registry.pause("production", "ida")
    registry.promote("production", "2", "ida")
    assert registry.pause("production", "ida", "Lunch").changed
    assert not registry.pause("production", "otto").changed
    assert "Paused by ida: Lunch" in registry.environment("production").rollout.waits
    assert registry.resume("production", "ida").changed
    assert not registry.resume("production", "ida").changed
    assert [entry.action for entry in registry.log()][-2:] == ["pause", "resume"]
    assert registry.verify_log() == ()


def test_aborting_stops_what_rolls_out(desk: Desk) -> None:
    """The stable release answers everyone; where nothing rolls out there is nothing to abort."""
    registry = desk.registry
    registry.promote("production", "2", "ida")
    move = registry.abort("production", "ida", "Complaints")
    assert move.pointer.candidate is None and move.rollout is not None
    assert move.rollout.phase == "Degraded" and desk.last() == ("abort", "Complaints")
    with pytest.raises(WrongUse, match="Nothing is being rolled out"):
        registry.abort("production", "ida", "Complaints")
    assert registry.promote("production", "2", "ida").changed, "a person may begin anew"


def test_readings_of_the_clock_turned_back_do_not_shorten_a_wait(desk: Desk) -> None:
    """The highest time seen counts: a stage neither ends early nor begins in the past."""
    registry = desk.registry
    desk.later(48)
    with registries.open_registry(registry.place, lambda: desk.now):
        pass
    desk.later(-48)
    registry.promote("production", "2", "ida")
    state = registry.environment("production").rollout.state
    assert state is not None and state.since == desk.now + timedelta(hours=48)
    desk.later(25)
    assert "24 hours more" in registry.environment("production").rollout.waits


def test_broken_metrics_change_nothing(desk: Desk) -> None:
    """A reading of no guard is refused before anything is counted."""
    registry = desk.registry
    registry.promote("production", "2", "ida")
    length = registry.status().log_length
    with pytest.raises(BrokenInput, match="does not guard by"):
        registry.advance("production", "timer", Feed(readings=(Reading(guard="typo", candidate=1),)))
    assert registry.status().log_length == length
    assert not registry.advance("staging", "timer").changed


def test_the_certificate_is_a_rehearsal_without_a_trace(desk: Desk) -> None:
    """Forward, back, forward again with pointers and flag files; afterwards the one kept at the promotion."""
    registry = desk.registry
    length = registry.status().log_length
    told = registry.certificate("2", "production")
    assert [step.pointer.weight for step in told.rehearsed] == [5, 0, 5]
    assert [step.pointer.generation for step in told.rehearsed] == [2, 3, 4]
    assert (
        len({step.flags_digest for step in told.rehearsed}) == 3 and told.back_to == "Desk, as it ran before"
    )
    assert registry.status().log_length == length
    move = registry.promote("production", "2", "ida", weight=100, skip=True, reason="Pilot")
    assert registry.certificate("2", "production") == move.rehearsal
    with pytest.raises(BundleRefused, match="No release “9”"):
        registry.certificate("9", "production")
    with pytest.raises(BundleRefused, match=r"has no bundle|does not run"):
        registry.certificate("0", "production")


def test_the_rehearsal_is_made_by_what_makes_the_move(desk: Desk) -> None:
    """What the certificate promises is what stands there afterwards, flag file included."""
    registry = desk.registry
    promised = registry.certificate("2", "production").rehearsed[0]
    move = registry.promote("production", "2", "ida")
    assert move.pointer == promised.pointer
    assert digest(registry.files.flags("production").read_bytes()) == promised.flags_digest


def test_a_promotion_that_cannot_be_taken_back_is_not_made(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the copy does not come back to where it began, nothing is changed."""
    registry = desk.registry

    def crooked(old: Pointer, *_: object) -> Pointer:
        return old.model_copy(update={"generation": old.generation + 1})

    monkeypatch.setattr(promotion, "roll_back", crooked)
    with pytest.raises(BundleRefused, match="did not come back to where it began"):
        registry.promote("production", "2", "ida")
    monkeypatch.undo()
    assert registry.environment("production").candidate is None and registry.verify_log() == ()


def test_status_lists_the_newest_releases_and_counts_all(desk: Desk) -> None:
    """A registry with thousands of releases stays readable."""
    status = desk.registry.status(newest=1)
    assert [row.sequence for row in status.releases] == [2] and status.releases_total == 2
    assert len(desk.registry.status(None).releases) == 2


def test_a_beat_does_not_promote_what_was_stopped_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Someone who stops the rollout between the readings and the next stage is not overruled."""
    registry = desk.registry
    registry.promote("production", "2", "ida")
    desk.later(25)
    promote = registry.promote

    def stopped_before(*given: object, **named: object) -> object:
        registry.abort("production", "otto", "Looks wrong")
        return promote(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(registry, "promote", stopped_before)
    with pytest.raises(BundleRefused, match="otto did “abort”"):
        registry.advance("production", "timer", desk.readings())
    assert registry.environment("production").candidate is None
