"""What the Release page and `cobuilder release show` show: gates, words, plan, signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from studio.diff.words_summary import in_words
from studio.domain.bundle import Gate
from studio.domain.environment import DEFAULT_ROLLOUT, PRODUCTION, RolloutPlan
from studio.domain.errors import StudioError
from studio.ports import UnitOfWork
from studio.release.rollout import guard_words, stages
from studio.services.approvals import current_signatures, gates
from studio.services.release_content import present_manifest_digest, release_changeset, release_content
from studio.services.standing import Standing, standing

FIX_PAGES = {
    "reviewed": "review",
    "questions": "review",
    "sources": "sources",
    "one-value": "review",
    "proofs": "workflows",
    "scenarios": "simulate",
    "approved": "release",
    "role-approval": "review",
}


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate, and the page on which it is mended."""

    gate: Gate
    page: str


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """One wanted approval and who gave it."""

    role: str
    state: Literal["signed", "rejected", "waiting"]
    person: str
    at: str
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RolloutRow:
    """One stage in words."""

    stage: str
    share: str
    wait: str
    stop_if: str


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """The next release."""

    live_number: int
    next_number: int
    environment: str
    not_after: str
    has_policy: bool
    gates: tuple[GateRow, ...]
    in_words: tuple[str, ...]
    signatures: tuple[SignatureRow, ...]
    rollout: tuple[RolloutRow, ...]
    manifest_digest: str | None
    blocked: str
    can_export: bool


def rollout_rows(plan: RolloutPlan) -> tuple[RolloutRow, ...]:
    """Return the stages of a plan in words."""
    bounds = " · ".join(guard_words(guard) for guard in plan.guards)
    return tuple(
        RolloutRow(
            "All" if stage.weight == 100 else f"Stage {number}",
            f"{stage.weight} %",
            stage.duration,
            "" if stage.weight == 100 else bounds,
        )
        for number, stage in enumerate(stages(plan), start=1)
    )


def _signatures(stand: Standing) -> tuple[SignatureRow, ...]:
    policy, plan = stand.policy, stand.plan
    if policy is None or plan is None:
        return ()
    rules = policy.rules(plan.environment)
    given = current_signatures(stand)
    rows: list[SignatureRow] = []
    for wanted in rules.thresholds if rules else ():
        able = tuple(person.name for person in policy.people if wanted.role in person.roles)
        signed = [s for s in given if s.role == wanted.role]
        for index in range(max(wanted.count, len(signed))):
            if index < len(signed):
                s = signed[index]
                person = policy.person(s.person)
                state: Literal["signed", "rejected"] = "signed" if s.decision == "approve" else "rejected"
                name = person.name if person else s.person
                rows.append(SignatureRow(wanted.role, state, name, s.at.isoformat(), able))
            else:
                rows.append(SignatureRow(wanted.role, "waiting", "", "", able))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class ShowRelease:
    """Ask for the next release."""

    def answer(self, unit: UnitOfWork) -> ReleasePage:
        """Return gates, words, plan and signatures."""
        stand = standing(unit)
        plan = stand.plan
        found = gates(stand)
        manifest, blocked = None, ""
        try:
            manifest = present_manifest_digest(stand)
        except StudioError as error:
            blocked = str(error)
        return ReleasePage(
            live_number=stand.live_number,
            next_number=stand.live_number + 1,
            environment=plan.environment if plan else PRODUCTION,
            not_after=plan.not_after.date().isoformat() if plan else "",
            has_policy=stand.policy is not None,
            gates=tuple(GateRow(gate, FIX_PAGES.get(gate.id, "release")) for gate in found),
            in_words=in_words(release_changeset(stand), stand.live, stand.draft),
            signatures=_signatures(stand),
            rollout=rollout_rows(plan.rollout if plan else DEFAULT_ROLLOUT),
            manifest_digest=manifest,
            blocked=blocked,
            can_export=all(gate.ok for gate in found),
        )


@dataclass(frozen=True, slots=True)
class PreviewReport:
    """Ask for the report as it would stand in the bundle."""

    def answer(self, unit: UnitOfWork) -> str:
        """Return the HTML of the report; raises Refused where the content is not ready."""
        return release_content(standing(unit)).report_html
