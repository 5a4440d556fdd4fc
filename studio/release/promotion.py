"""Promotion: pure decisions on what may be imported, promoted and rolled back to.

- Import: the right environment and agent, not expired, not withdrawn, sequence above the floor; the very same
  bundle again is welcome and changes nothing.
- Promote: an imported release based on what runs; which share comes when is the rollout's matter.
- Roll back: back to an imported release, always with a higher generation, and needing nothing from outside;
  that it ran there before is the registry's to know.
- What changes nothing returns the same pointer, so a repeated request is harmless; but never at another
  generation than the caller named.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from studio.domain.agent import Agent
from studio.domain.bundle import Manifest
from studio.domain.environment import EnvironmentState, Moment, Pointer, RolloutPlan, Sha256, Word
from studio.domain.errors import BundleRefused
from studio.domain.frozen import Frozen
from studio.domain.workflow import ToolCall


class ReleaseFacts(Frozen):
    """What decisions need to know of a release in the registry."""

    id: Sha256
    environment: Word | None = None
    sequence: int
    base_digest: Sha256 | None = None
    result_digest: Sha256
    not_after: Moment | None = None
    withdrawn: bool = False
    rollout: RolloutPlan = RolloutPlan(steps=())

    @property
    def label(self) -> str:
        """Return the release as people name it."""
        return f"release {self.sequence}"


class SameSequence(BundleRefused):
    """Two different bundles claim one release sequence: someone should look into it."""


class Overtaken(BundleRefused):
    """Someone else changed the environment between the look and the move."""


def check_import(
    manifest: Manifest, manifest_digest: str, state: EnvironmentState | None, now: datetime
) -> str:
    """Return a sentence on why the bundle may enter; without a state, only time is judged."""
    if now > manifest.not_after:
        raise BundleRefused(
            f"The bundle expired on {manifest.not_after:%Y-%m-%d}.", "Ask for a fresh export."
        )
    if state is None:
        return (
            f"Valid until {manifest.not_after:%Y-%m-%d}. Whether {manifest.environment} can take it is asked "
            "when the registry imports and promotes it."
        )
    if manifest.environment != state.environment:
        raise BundleRefused(
            f"The bundle is for {manifest.environment}, not for {state.environment}.",
            "Ask for one for this environment.",
        )
    if manifest.agent.id != state.agent:
        raise BundleRefused(
            f"The bundle is for the agent {manifest.agent.id}, not for {state.agent}.", "Do not use it."
        )
    if manifest_digest in state.withdrawn:
        raise BundleRefused(f"{manifest.label}, was withdrawn.", "Ask for a new release.")
    _check_sequence(manifest, manifest_digest, state)
    if state.running_digest is not None and manifest.base_digest != state.running_digest:
        raise BundleRefused(
            f"{manifest.label}, was built on an agent that does not run in {state.environment}.",
            "Ask for a release that is built on what runs.",
        )
    return f"May enter {state.environment}; valid until {manifest.not_after:%Y-%m-%d}."


def promote(
    pointer: Pointer,
    release: ReleaseFacts,
    running_digest: str,
    now: datetime,
    weight: int,
    expected_generation: int | None = None,
) -> Pointer:
    """Return the pointer with the release at `weight` percent, one of its plan's shares."""
    _check_release(release, pointer)
    check_generation(pointer, expected_generation)
    done = pointer.candidate is None and pointer.stable == release.id
    if done or (pointer.candidate == release.id and pointer.weight == weight):
        return pointer
    if release.not_after is not None and now > release.not_after:
        raise BundleRefused(
            f"{release.label.capitalize()} expired on {release.not_after:%Y-%m-%d}.", "Ask for a new one."
        )
    if release.base_digest != running_digest:
        raise BundleRefused(
            f"{release.label.capitalize()} was built on an agent that does not run in {pointer.environment}.",
            "Ask for a release that is built on what runs.",
        )
    if pointer.candidate not in (None, release.id):
        raise BundleRefused("Another release is being rolled out.", "Finish it or roll it back first.")
    generation = pointer.generation + 1
    if weight == 100:
        return Pointer(environment=pointer.environment, generation=generation, stable=release.id)
    return pointer.model_copy(update={"generation": generation, "candidate": release.id, "weight": weight})


def roll_back(
    pointer: Pointer,
    releases: Sequence[ReleaseFacts],
    to: str | None = None,
    expected_generation: int | None = None,
) -> Pointer:
    """Return the pointer after going back: off a rollout, or to the release before (or to `to`)."""
    check_generation(pointer, expected_generation)
    if to is None:
        target = pointer.stable if pointer.candidate is not None else _one_before(pointer, releases)
    else:
        target = to
    if pointer.candidate is None and pointer.stable == target:
        return pointer
    release = _find(releases, target)
    _check_release(release, pointer)
    return Pointer(environment=pointer.environment, generation=pointer.generation + 1, stable=target)


def check_generation(pointer: Pointer, expected: int | None) -> None:
    """Raise Overtaken unless the environment is where the caller last saw it."""
    if expected is not None and expected != pointer.generation:
        raise Overtaken(
            f"Someone else changed {pointer.environment} meanwhile: it is at generation "
            f"{pointer.generation}, not {expected}.",
            "Look at the status again, then decide.",
        )


def irreversible(after: Agent) -> tuple[str, ...]:
    """Return a sentence for everything a rollback cannot undo once customers met this agent."""
    used = {
        step.tool: workflow.name
        for workflow in after.workflows
        for step in workflow.steps
        if isinstance(step, ToolCall)
    }
    return tuple(
        f"“{tool.name}” changes data in another system and cannot be reversed (used in “{used[tool.name]}”)."
        for tool in after.tools
        if tool.effect == "write" and not tool.reversible and tool.name in used
    )


def _check_sequence(manifest: Manifest, manifest_digest: str, state: EnvironmentState) -> None:
    known = state.known.get(manifest.release_sequence)
    if known == manifest_digest:
        return
    if known is not None:
        raise SameSequence(
            f"Another bundle was imported as release {manifest.release_sequence} already.",
            "Find out who made two of them; do not use this one.",
        )
    if manifest.release_sequence <= state.sequence_floor:
        raise BundleRefused(
            f"{manifest.label}, is older than release {state.sequence_floor}, which was imported already.",
            "Use the newest release, or roll back to an imported one.",
        )


def _check_release(release: ReleaseFacts, pointer: Pointer) -> None:
    if release.withdrawn:
        raise BundleRefused(f"{release.label.capitalize()} was withdrawn.", "Choose another release.")
    if release.environment not in (None, pointer.environment):
        raise BundleRefused(
            f"{release.label.capitalize()} is for {release.environment}, not for {pointer.environment}.",
            "Import a bundle for this environment.",
        )


def _one_before(pointer: Pointer, releases: Sequence[ReleaseFacts]) -> str:
    current = _find(releases, pointer.stable)
    earlier = [each for each in releases if each.sequence < current.sequence and not each.withdrawn]
    for release in sorted(earlier, key=lambda each: each.sequence, reverse=True):
        if release.result_digest == current.base_digest and release.environment in (
            None,
            pointer.environment,
        ):
            return release.id
    raise BundleRefused(
        f"There is nothing before {current.label} to go back to.", "Name the release to go to."
    )


def _find(releases: Sequence[ReleaseFacts], identity: str) -> ReleaseFacts:
    for release in releases:
        if release.id == identity:
            return release
    raise BundleRefused(f"No release {identity[:12]} was imported.", "Import it first, or look at the log.")
