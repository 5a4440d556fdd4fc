"""How a release stands, for its report: who is affected, proofs, runs, gates, sources, plan, who signs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from studio.domain.agent import Agent
from studio.domain.bundle import ConsequenceLine, Evidence, LineageFile
from studio.domain.check import CheckResult
from studio.release.promotion import irreversible
from studio.release.rollout_words import plan_sentence, stage_words
from studio.services.planning import ReleasePlan
from studio.services.report_parts.blocks import (
    Block,
    Grid,
    GridRow,
    Heading,
    Run,
    Style,
    para,
    plain,
    points,
)
from studio.services.scaling import ScalingPage
from studio.services.standing import Standing

_NAMED = re.compile(r"“[a-z0-9]+(?:_[a-z0-9]+)+”")
MISSING = 12
"""Names that are told of what no test meets."""


def consequence_blocks(evidence: Evidence) -> Iterator[Block]:
    """Yield which customers of which test fare differently from today, and in what."""
    found = evidence.consequences
    if found is None:
        return
    yield Heading(1, "Who is treated differently")
    new = [line for line in found.lines if line.is_new]
    told = [line for line in found.lines if line.affected and not line.is_new]
    same = len(found.lines) - len(new) - len(told)
    affected = sum(line.affected for line in told)
    tried = sum(line.customers for line in found.lines if not line.is_new)
    yield para(
        f"{affected:,} of {tried:,} simulated customers are treated differently from today, "
        f"in {len(told):,} of {len(found.lines) - len(new):,} tests.",
        "strong",
    )
    if told:
        yield Grid(("Test", "Customers", "What differs"), tuple(map(_affected, told)), widths=(2, 1, 4))
    if new:
        names = "; ".join(f"{line.scenario} {line.title}" for line in new)
        yield para(f"For something that is new, so that there is no today: {names}")
    if same:
        yield para(f"In {same:,} tests nobody is treated differently; wording alone does not count.", "muted")


def _affected(line: ConsequenceLine) -> GridRow:
    words = "\n".join(
        _plain(tally.words)
        if tally.customers == line.affected
        else f"{tally.customers}: {_plain(tally.words)}"
        for tally in line.differences
    )
    count = plain(f"{line.affected} of {line.customers}")
    return GridRow((plain(f"{line.scenario} {line.title}"), count, plain(words)))


def _plain(words: str) -> str:
    """Return words with the names of systems as people write them."""
    return _NAMED.sub(lambda found: found[0].replace("_", " "), words)


def check_blocks(evidence: Evidence) -> Iterator[Block]:
    """Yield what was proved over every path, and what is worth a warning."""
    checks = evidence.proofs.checks
    holds = [check for check in checks if check.status == "holds"]
    yield Heading(1, "Proofs over every path")
    yield para(f"{len(holds):,} of {len(checks):,} checks hold.", "strong")
    rest = [check for check in checks if check.status != "holds"]
    if rest:
        yield Grid(("", "About", "Finding"), tuple(map(_finding, rest)), widths=(0.8, 1.4, 4))
    if holds:
        counts = Counter(check.check for check in holds)
        subjects: dict[str, dict[str, None]] = {}
        for check in holds:
            subjects.setdefault(check.check, {})[check.subject] = None
        rows = tuple(
            GridRow(
                (plain("holds", "ok"), plain(name), plain(f"{count:,}"), plain("; ".join(subjects[name])))
            )
            for name, count in counts.items()
        )
        yield Grid(("", "Check", "Times", "About"), rows, widths=(0.8, 1.6, 0.6, 4))


def _finding(check: CheckResult) -> GridRow:
    style: Style = "bad" if check.status == "broken" else "warn"
    path = " → ".join(step.title for step in check.counterexample)
    detail = f"{check.detail} Path: {path}" if path and "→" not in check.detail else check.detail
    return GridRow((plain(check.status, style), plain(check.subject), plain(detail)))


def run_blocks(evidence: Evidence) -> Iterator[Block]:
    """Yield how the simulated customers fared, and what of the agent they met."""
    yield Heading(1, "Simulation")
    rows = []
    for run in evidence.runs.runs:
        right = f"{run.conversations_passed:,} of {run.conversations:,}"
        kind = "a language model took part" if run.sampled else "the same again whoever runs it"
        setting = f"seed {run.seed}, customers in each test: {run.customers:,}; {kind}"
        rows.append(
            GridRow((
                plain("This release" if run.role == "draft" else "Live version, same tests"), plain(right),
                plain(", ".join(run.failedTests) or "none"), plain(setting),
            ))
        )  # fmt: skip
    heads = ("Agent", "Conversations right", "Tests not passed", "Setting")
    yield Grid(heads, tuple(rows), widths=(1.4, 1.2, 1.6, 2.4))
    yield Heading(2, "What the customers met")
    lines = []
    for line in evidence.coverage.lines:
        more = f" and {len(line.missing) - MISSING} more" if len(line.missing) > MISSING else ""
        names = "; ".join(line.missing[:MISSING]).replace("/", ", ").replace("_", " ")
        style: Style = "ok" if line.covered == line.total else "warn"
        count = plain(f"{line.covered:,} of {line.total:,}", style)
        lines.append(GridRow((plain(line.kind.capitalize()), count, plain(names + more or "—"))))
    yield Grid(("What", "Met", "Not met"), tuple(lines), widths=(1.2, 1, 4))


def gate_blocks(evidence: Evidence) -> Iterator[Block]:
    """Yield the gates with their grounds."""
    yield Heading(1, "Gates")
    rows = tuple(
        GridRow((
            plain("met" if gate.ok else "not met", "ok" if gate.ok else "bad"), plain(gate.title),
            plain(gate.evidence),
        ))
        for gate in evidence.gates.gates
    )  # fmt: skip
    yield Grid(("", "Gate", "Grounds"), rows, widths=(0.8, 2, 4))


def scaling_blocks(page: ScalingPage) -> Iterator[Block]:
    """Yield the twelve questions before scaling, each with its answer."""
    yield Heading(1, "Twelve questions before scaling")
    yield para(page.sentence, "strong")
    rows = tuple(
        GridRow((
            plain(each.state, "ok" if each.state == "answered" else "bad"), plain(each.text),
            plain(each.evidence),
        ))
        for each in page.questions
    )  # fmt: skip
    yield Grid(("", "Question", "Answer"), rows, widths=(0.8, 2, 4))


def source_blocks(lineage: LineageFile) -> Iterator[Block]:
    """Yield the documents behind the release."""
    if not lineage.sources:
        return
    yield Heading(1, "Sources")
    rows = tuple(
        GridRow((
            plain(source.name), plain(str(source.version)), plain(source.authority),
            plain(f"{source.effective_from}" if source.effective_from else "—"),
            plain(f"{len(source.statements):,}"), plain(source.digest[:16], "muted"),
        ))
        for source in lineage.sources
    )  # fmt: skip
    heads = ("Document", "Version", "Authority", "In force from", "Sentences in use", "Digest")
    yield Grid(heads, rows, widths=(3, 0.8, 1, 1.2, 1, 1.6))


def plan_blocks(after: Agent, planned: ReleasePlan) -> Iterator[Block]:
    """Yield how the release is rolled out, and what cannot be taken back."""
    yield Heading(1, "Rollout")
    yield para(plan_sentence(planned.rollout))
    rows = tuple(
        GridRow((plain(stage.name), plain(stage.share), plain(stage.wait or "—")))
        for stage in stage_words(planned.rollout)
    )
    yield Grid(("Stage", "Share of conversations", "Then"), rows, widths=(1.5, 1.5, 3))
    if lasting := irreversible(after):
        yield Heading(2, "What a rollback cannot take back")
        yield points(lasting)


def signing_blocks(stand: Standing, planned: ReleasePlan) -> Iterator[Block]:
    """Yield who has to sign this content: the names in IT's policy."""
    yield Heading(1, "Approvals")
    yield para(
        "Approvals are signed on exactly this content, so they stand beside this report in the bundle; "
        "“cobuilder bundle report” shows them below it.",
        "muted",
    )
    policy = stand.policy
    rules = policy.rules(planned.environment) if policy else None
    if policy is None or rules is None:
        return
    rows = []
    for wanted in rules.thresholds:
        names = [person.name for person in policy.people if wanted.role in person.roles]
        rows.append(
            GridRow((
                plain(wanted.role), plain(f"{wanted.count}"), (Run(", ".join(names)),),
            ))
        )  # fmt: skip
    yield Grid(("Role", "Signatures wanted", "Who may sign"), tuple(rows), widths=(1.5, 1, 4))
