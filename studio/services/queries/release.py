"""What the Release page and `cobuilder release show` show: gates, notes, plan, signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.domain.bundle import Gate
from studio.domain.environment import PRODUCTION, USUAL_ROLLOUT, RolloutPlan
from studio.domain.review_approval import Looked
from studio.ports import UnitOfWork
from studio.release.bundle import name_of
from studio.release.keys import fingerprint
from studio.release.rollout_words import (
    STAGING_STAGE,
    STAGING_STOP,
    cautions,
    guard_clause,
    plan_sentence,
    stage_words,
)
from studio.services.approvals import current_signatures, gates
from studio.services.gates import unknown
from studio.services.proofs import Found, found_now, found_whole
from studio.services.release_content import release_content
from studio.services.release_notes import ReleaseNotes, notes_now, release_notes
from studio.services.release_state import Content, content_now, content_of, voids
from studio.services.release_ways import NO_WAY, Way, way_of
from studio.services.reviewing import looked_by, looked_within, not_looked, scope_of
from studio.services.scaling import ScalingPage, scaling, scaling_whole
from studio.services.standing import Standing, standing
from studio.services.told_changes import NoteGroup

GateState = Literal["met", "not met", "stale", "looking", "waiting"]
_UNKNOWN = Content(None, "What is signed is being worked out.")


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate, how it stands, and the way to what mends it.

    Stale: it was met by other content, and has to be computed anew. Waiting: for people, not for work.
    """

    gate: Gate
    state: GateState
    way: Way = NO_WAY


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """One wanted approval and who gave it; `void` says why one that was given counts no more."""

    role: str
    state: Literal["signed", "rejected", "waiting"]
    person: str
    at: str
    candidates: tuple[str, ...]
    comment: str = ""
    looked: tuple[str, ...] = ()
    not_looked: tuple[str, ...] = ()
    void: str = ""


@dataclass(frozen=True, slots=True)
class RolloutRow:
    """One stage in words."""

    stage: str
    share: str
    wait: str
    stop_if: str


@dataclass(frozen=True, slots=True)
class PlanPage:
    """The plan itself, in words, and what a careful person would think over."""

    plan: RolloutPlan
    rows: tuple[RolloutRow, ...]
    sentence: str
    cautions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """The next release; while anything is `looking`, nothing is signed and nothing can be exported.

    `fingerprint` is the digest of the content as people read it to each other; "" where there is none yet:
    what is signed names policy, plan and runs, too. `draft_fingerprint` is that of the draft alone.
    """

    live_number: int
    next_number: int
    environment: str
    not_after: str
    has_policy: bool
    environments: tuple[str, ...]
    gates: tuple[GateRow, ...]
    notes: ReleaseNotes
    in_words: tuple[str, ...]
    signatures: tuple[SignatureRow, ...]
    rollout: PlanPage
    manifest_digest: str | None
    fingerprint: str
    blocked: str
    can_export: bool
    file_name: str
    scaling: ScalingPage
    draft_fingerprint: str
    looking: bool = False


def plan_page(plan: RolloutPlan) -> PlanPage:
    """Return a plan in words, as a table and as a sentence."""
    bounds = " · ".join(guard_clause(guard) for guard in plan.guards)
    stops = {"All": "", STAGING_STAGE: STAGING_STOP}
    rows = tuple(
        RolloutRow(each.name, each.share, each.wait, stops.get(each.name, bounds))
        for each in stage_words(plan)
    )
    return PlanPage(plan, rows, plan_sentence(plan), cautions(plan))


def _signatures(stand: Standing, unit: UnitOfWork, looking: bool) -> tuple[SignatureRow, ...]:
    policy, plan = stand.policy, stand.plan
    if policy is None or plan is None:
        return ()
    rules = policy.rules(plan.environment)
    given = () if looking else current_signatures(stand)
    gone = {} if looking else {(v.signature.role, v.signature.person): v.why for v in voids(stand, unit)}
    rows: list[SignatureRow] = []
    for wanted in rules.thresholds if rules else ():
        able = tuple(person.name for person in policy.people if wanted.role in person.roles)
        signed = [s for s in given if s.role == wanted.role]
        void = [(who, why) for (role, who), why in gone.items() if role == wanted.role]
        for index in range(max(wanted.count, len(signed))):
            if index >= len(signed):
                who, why = void.pop(0) if void else ("", "")
                person = policy.person(who)
                rows.append(
                    SignatureRow(wanted.role, "waiting", person.name if person else who, "", able, void=why)
                )
                continue
            s = signed[index]
            person = policy.person(s.person)
            rows.append(
                SignatureRow(
                    role=wanted.role,
                    state="signed" if s.decision == "approve" else "rejected",
                    person=person.name if person else s.person,
                    at=s.at.isoformat(),
                    candidates=able,
                    looked=s.looked or (),
                    not_looked=s.not_looked or (),
                )
            )
    return tuple(rows)


def _row(gate: Gate, stand: Standing, known: Found, looking: bool, later: tuple[str, ...]) -> GateRow:
    if gate.ok:
        return GateRow(gate, "met", NO_WAY)
    if (gate.id == "proofs" and known.looking) or gate.id in later:
        return GateRow(gate, "looking", NO_WAY)
    way = way_of(gate, stand, known)
    if gate.id == "approved":
        waits = looking and stand.policy is not None  # a policy can be handed in at any time
        return GateRow(gate, "looking" if waits else "waiting", NO_WAY if waits else way)
    stale = gate.id == "scenarios" and stand.comparison is not None and not stand.comparison_is_current
    return GateRow(gate, "stale" if stale else "not met", way)


@dataclass(frozen=True, slots=True)
class ShowRelease:
    """Ask for the next release; without `wait`, with what is known now of checks and content."""

    wait: bool = True

    def answer(self, unit: UnitOfWork) -> ReleasePage:
        """Return gates, notes, plan and signatures."""
        stand = standing(unit)
        plan, policy = stand.plan, stand.policy
        notes = release_notes(stand) if self.wait else notes_now(stand)
        known = found_whole(stand) if self.wait else found_now(stand, unit.stamp()[0])
        content = content_of(stand) if self.wait else content_now(stand, unit)
        later = () if self.wait else unknown(stand)
        looking = known.looking or content is None or bool(later) or notes.looking
        found = gates(stand, None if self.wait else known, looking=looking, later=later)
        content = _UNKNOWN if looking or content is None else content
        return ReleasePage(
            live_number=stand.live_number,
            next_number=stand.live_number + 1,
            environment=plan.environment if plan else PRODUCTION,
            not_after=plan.not_after.date().isoformat() if plan else "",
            has_policy=policy is not None,
            environments=tuple(rules.id for rules in policy.environments) if policy else (),
            gates=tuple(_row(gate, stand, known, looking, later) for gate in found),
            notes=notes,
            in_words=notes.sentences,
            signatures=_signatures(stand, unit, looking),
            rollout=plan_page(plan.rollout if plan else USUAL_ROLLOUT),
            manifest_digest=content.digest,
            fingerprint=fingerprint(content.digest) if content.digest else "",
            blocked=content.why_not,
            can_export=not looking and all(gate.ok for gate in found),
            file_name=name_of(stand.draft.id, stand.live_number + 1),
            scaling=scaling(stand, found, known, later),
            draft_fingerprint=fingerprint(stand.draft_digest),
            looking=looking,
        )


@dataclass(frozen=True, slots=True)
class ShowScaling:
    """Ask for the twelve questions before scaling alone."""

    def answer(self, unit: UnitOfWork) -> ScalingPage:
        """Return the questions with their answers."""
        stand = standing(unit)
        return scaling_whole(stand, found_whole(stand))


@dataclass(frozen=True, slots=True)
class ShowPlan:
    """Ask for the rollout plan alone."""

    def answer(self, unit: UnitOfWork) -> PlanPage:
        """Return the plan, or the usual one before a plan was made."""
        plan = standing(unit).plan
        return plan_page(plan.rollout if plan else USUAL_ROLLOUT)


@dataclass(frozen=True, slots=True)
class ShowNotes:
    """Ask for the release notes alone."""

    def answer(self, unit: UnitOfWork) -> tuple[ReleaseNotes, str]:
        """Return the notes, and the agent's name."""
        stand = standing(unit)
        return release_notes(stand), stand.draft.name


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What a person has looked at of what the release holds, and what not, in sentences."""

    looked: tuple[str, ...]
    not_looked: tuple[str, ...]


def looked_at(unit: UnitOfWork, who: str, report: bool) -> LookedAt:
    """Return what a person looked at before signing; `report`: the report was opened on this content."""
    stand = standing(unit)
    scope = scope_of(stand)
    seen = looked_within(stand, scope, looked_by(unit, who, stand))
    missed = not_looked(stand, scope, seen)
    return LookedAt(
        looked=(*(("The report of this release.",) if report else ()), *_words(seen)),
        not_looked=(*(() if report else ("The report of this release: not opened.",)), *missed),
    )


def _words(seen: Looked) -> tuple[str, ...]:
    count = len(seen.changes)
    parts = (
        (bool(count), f"{count} change{'' if count == 1 else 's'} opened in the review."),
        (seen.consequences, "Who would be treated differently."),
        (seen.proofs, "The proofs on every path."),
        (seen.coverage, "What the tests cover."),
    )
    return tuple(words for was_seen, words in parts if was_seen)


@dataclass(frozen=True, slots=True)
class ShowLooked:
    """Ask what a person looked at before signing."""

    who: str
    report: bool = False

    def answer(self, unit: UnitOfWork) -> LookedAt:
        """Return it in sentences."""
        return looked_at(unit, self.who, self.report)


@dataclass(frozen=True, slots=True)
class PreviewReport:
    """Ask for the report as it would stand in the bundle."""

    def answer(self, unit: UnitOfWork) -> str:
        """Return the HTML of the report; raises Refused where the content is not ready."""
        return release_content(standing(unit)).report_html


__all__ = ["NoteGroup", "ReleasePage", "ShowRelease", "Way"]
