"""The content of the next release, computed from the workspace: the same draft gives the same bytes.

- No time and no name of this computer goes in; only attestations carry times of their own.
- The last few contents are kept, by the standing they were computed from.
"""

from __future__ import annotations

from functools import lru_cache

from studio import __version__
from studio.checks.results import ENGINE
from studio.diff.agents import diff_agents
from studio.domain.bundle import (
    BundleContent,
    CoverageFile,
    Evidence,
    GatesFile,
    LineageFile,
    ProofsFile,
    RunsFile,
    SourceLineage,
    StatementUse,
)
from studio.domain.changeset import ChangeSet
from studio.domain.errors import Refused, WrongUse
from studio.domain.run import Comparison
from studio.domain.source import Source
from studio.release import bundle as bundles
from studio.release.evidence import CHECKS_TOOL, summarise
from studio.services.access import all_checks
from studio.services.accounting import accounts
from studio.services.gates import content_gates
from studio.services.recomputing import consequences_file
from studio.services.release_report import report_html
from studio.services.standing import Standing
from studio.simulation.coverage import coverage


def release_changeset(stand: Standing) -> ChangeSet:
    """Return everything that leads from the live version to the draft, as one change set."""
    return diff_agents(stand.live, stand.draft, f"Release {stand.live_number + 1} of {stand.draft.name}")


def _comparison(stand: Standing) -> Comparison:
    if stand.comparison is None or not stand.comparison_is_current:
        raise Refused("This draft has not been simulated yet.", "Simulate it, then go on.")
    return stand.comparison


def _lineage_of(stand: Standing, source: Source) -> SourceLineage:
    uses = []
    for statement in stand.statements(source):
        places = accounts(stand).places(source, statement)
        if places:
            uses.append(
                StatementUse(
                    quote=statement.quote,
                    fingerprint=statement.fingerprint,
                    place=statement.anchor.label,
                    used_by=tuple(sorted(place.path for place in places)),
                )
            )
    version = source.current
    return SourceLineage(
        source_id=source.id,
        name=source.name,
        version=version.number,
        digest=version.digest,
        authority=source.authority,
        effective_from=source.effective_from,
        effective_until=source.effective_until,
        statements=tuple(uses),
    )


def _evidence(stand: Standing, comparison: Comparison) -> Evidence:
    digest = stand.draft_digest
    draft, live = summarise(comparison.draft, "draft"), summarise(comparison.live, "live")
    comparable = live.scenarios_digest == draft.scenarios_digest  # a new workflow's tests cannot run on live
    return Evidence(
        runs=RunsFile(runs=(draft, live) if comparable else (draft,)),
        proofs=ProofsFile(agent_digest=digest, checks=all_checks(stand)),
        coverage=CoverageFile(agent_digest=digest, lines=coverage(stand.draft, comparison.draft)),
        gates=GatesFile(agent_digest=digest, gates=content_gates(stand)),
        consequences=consequences_file(stand.live_digest, digest, comparison, stand.draft.scenarios),
    )


@lru_cache(maxsize=4)
def release_content(stand: Standing) -> BundleContent:
    """Return the content of the next release; raises Refused where it is not ready."""
    comparison = _comparison(stand)
    planned, policy = stand.plan, stand.policy
    if planned is None or policy is None:
        raise WrongUse(
            "There is no plan for this release yet.",
            "Hand in IT's approval policy: `cobuilder release plan --policy FILE`, or on the Release page.",
        )
    changeset = release_changeset(stand)
    evidence = _evidence(stand, comparison)
    lineage = LineageFile(sources=tuple(_lineage_of(stand, s) for s in stand.current_sources))
    return BundleContent(
        environment=planned.environment,
        release_sequence=stand.live_number + 1,
        not_after=planned.not_after,
        policy_id=policy.id,
        before=stand.live,
        after=stand.draft,
        changeset=changeset,
        evidence=evidence,
        lineage=lineage,
        report_html=report_html(stand, changeset, evidence, lineage, planned),
        rollout=planned.rollout,
        tools={"cobuilder-studio": __version__, CHECKS_TOOL: ENGINE},
    )


@lru_cache(maxsize=4)
def present_manifest_digest(stand: Standing) -> str:
    """Return the digest that approvers sign for the present content."""
    return bundles.manifest_digest(release_content(stand))
