"""A plan that wants all tests played again: nobody meets the release before, and a difference stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from studio.domain.bundle import Recomputation
from studio.domain.environment import USUAL_ROLLOUT
from studio.domain.errors import BundleRefused, NotApproved, WrongUse
from studio.store.registry import Registry

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

SAME = (Recomputation(part="draft", verdict="verified", sentence="The same.", claimed_digest="a" * 64),)
OTHER = (
    Recomputation(
        part="draft",
        verdict="contradicted",
        sentence="Greeting went otherwise.",
        claimed_digest="a" * 64,
        computed_digest="b" * 64,
    ),
)


@pytest.fixture
def replaying(registry: Registry, kit: Kit) -> Registry:
    """Return a registry with release 2 for staging and for production; its plan wants a replay first."""
    for environment in ("staging", "production"):
        content = kit.content(environment=environment, rollout=USUAL_ROLLOUT)
        registry.import_bundle(kit.bundle(content), "ida")
    return registry


def test_nobody_meets_a_release_that_was_not_played_again(replaying: Registry) -> None:
    """Skipping stages does not skip it; once it was played again, the first share is given."""
    assert replaying.replay_wanted("production", "2", "ida") is not None
    for skip in (False, True):
        with pytest.raises(BundleRefused, match="not played again"):
            replaying.promote("production", "2", "ida", skip=skip, reason="Hurry" if skip else "")
    replaying.note_replay("production", "2", SAME, "ida")
    assert replaying.replay_wanted("production", "2", "ida") is None
    assert replaying.promote("production", "2", "ida").pointer.weight == 5
    assert [entry.action for entry in replaying.log()][-2:] == ["replay", "promote"]
    assert replaying.verify_log() == ()


def test_what_will_be_refused_is_refused_before_anything_is_played_again(
    replaying: Registry, kit: Kit
) -> None:
    """A share out of the plan or out of turn, another generation, an unknown release: told at once."""
    wanted = replaying.replay_wanted
    for weight in (-5, 0, 7, 101, 1000):
        with pytest.raises(WrongUse, match=rf"no stage of {weight} %. Choose one of 5 %"):
            wanted("production", "2", "ida", weight)
        with pytest.raises(WrongUse, match=rf"no stage of {weight} %"):
            replaying.check_share("production", "2", weight)
    with pytest.raises(BundleRefused, match="not the turn of 100 %"):
        wanted("production", "2", "ida", 100)
    with pytest.raises(WrongUse, match="needs a reason"):
        wanted("production", "2", "ida", 100, skip=True)
    with pytest.raises(BundleRefused, match="at generation 1"):
        wanted("production", "2", "ida", None, 7)
    with pytest.raises(BundleRefused, match="No release “9”"):
        wanted("production", "9", "ida")
    with pytest.raises(NotApproved, match="lists for IT"):
        wanted("production", "2", "ida", signer=kit.signers["ana"])
    assert wanted("production", "2", "ida", 100, skip=True, reason="The pilot is over") is not None


def test_what_was_played_again_at_staging_counts_for_production(replaying: Registry) -> None:
    """The same agents and the same evidence are played again once, in whichever environment."""
    replaying.note_replay("staging", "2", SAME, "ida")
    replaying.promote("staging", "2", "ida", weight=100, skip=True, reason="Staging takes a release whole")
    assert replaying.promote("production", "2", "ida").pointer.weight == 5


@pytest.mark.parametrize("found", [OTHER, (*SAME, *OTHER), ()])
def test_any_difference_stops_it_and_stands_in_the_log(
    replaying: Registry, found: tuple[Recomputation, ...]
) -> None:
    """What came out otherwise, or could not be worked out at all, is refused; no conversation went to it."""
    with pytest.raises(BundleRefused, match="differs from its evidence"):
        replaying.note_replay("production", "2", found, "ida")
    with pytest.raises(BundleRefused, match="not played again"):
        replaying.promote("production", "2", "ida")
    assert replaying.log()[-1].action == "replay differs"
    assert replaying.environment("production").candidate is None
