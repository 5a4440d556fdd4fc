"""The release report: one HTML page for people, that stands alone.

- Everything shown comes in as plain values and is escaped; there is no script and nothing is fetched, which
  the page's own security policy also forbids.
- The same values give the same bytes: no time of making, no name of a computer.
- Inside a bundle the report cannot show approvals, which are given on it; a copy made afterwards can.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from studio.diff.pieces import segments
from studio.domain.bundle import CoverageLine, Gate, LineageFile, RunEvidence
from studio.domain.check import CheckResult
from studio.domain.environment import DEFAULT_ROLLOUT, Moment, RolloutPlan
from studio.domain.frozen import Frozen
from studio.release.gates import counted
from studio.release.html_page import whole_page
from studio.release.report_style import STYLE
from studio.release.rollout import guard_words, stages


class Quote(Frozen):
    """The sentence of a source that a change stands on."""

    source: str
    place: str
    text: str


class ReportChange(Frozen):
    """One change in words: what it is about, where, before and after, why, and who decided.

    `read_by` tells of the language model where one read the document.
    """

    title: str
    place: str = ""
    before: str = ""
    after: str = ""
    reason: str = ""
    quotes: tuple[Quote, ...] = ()
    decided_by: str = ""
    warnings: tuple[str, ...] = ()
    read_by: str = ""


class ReportSignature(Frozen):
    """One approval, as people read it."""

    person: str
    role: str
    decision: str
    time: Moment
    fingerprint: str
    comment: str = ""


class Report(Frozen):
    """Everything the report shows; what is left empty is left out, or said to be missing."""

    agent: str
    environment: str
    release_sequence: int
    base_digest: str
    result_digest: str
    not_after: Moment
    in_words: tuple[str, ...] = ()
    changes: tuple[ReportChange, ...] = ()
    consequences: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    runs: tuple[RunEvidence, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    coverage: tuple[CoverageLine, ...] = ()
    lineage: LineageFile = LineageFile(sources=())
    rollout: RolloutPlan = DEFAULT_ROLLOUT
    irreversible: tuple[str, ...] = ()
    signatures: tuple[ReportSignature, ...] = ()


def render(report: Report) -> str:
    """Return the whole page."""
    title = escape(f"{report.agent} · release {report.release_sequence}")
    body = "".join(
        (
            _head(report, title),
            _list_section("In words", report.in_words, "words"),
            _changes(report.changes),
            _list_section("What customers will notice", report.consequences, "words"),
            _gates(report.gates),
            _runs(report.runs),
            _checks(report.checks),
            _coverage(report.coverage),
            _sources(report.lineage),
            _rollout(report.rollout),
            _list_section("What a rollback cannot take back", report.irreversible, "words"),
            _signatures(report.signatures),
            _identity(report),
        )
    )
    return whole_page(title, body, STYLE)


def _head(report: Report, title: str) -> str:
    count = len(report.changes)
    line = f"{counted(count, 'change')} for {report.environment}, valid until {_day(report.not_after)}"
    return f'<header><h1>{title}</h1><p class="muted">{escape(line)}.</p></header>'


def _changes(changes: Sequence[ReportChange]) -> str:
    """Draw one card for consecutive changes of one title: most changes touch several fields of one thing."""
    cards = [_card(title, list(group)) for title, group in groupby(changes, key=lambda change: change.title)]
    return _section("Changes", "".join(cards))


def _card(title: str, changes: Sequence[ReportChange]) -> str:
    warnings = [
        f'<p class="warn">Accepted in spite of a warning: {escape(warning)}</p>'
        for change in changes
        for warning in change.warnings
    ]
    reasons = [f"<p>{escape(change.reason)}</p>" for change in changes if change.reason]
    quotes = [_quote(quote) for change in changes for quote in change.quotes]
    deciders = [change.decided_by for change in changes if change.decided_by]
    decided = [f'<p class="muted small">{escape(name)}</p>' for name in dict.fromkeys(deciders)]
    pairs = [_pair(change) for change in changes]
    readers = [f'<p class="muted small">{escape(each.read_by)}</p>' for each in changes if each.read_by]
    grounds = [*dict.fromkeys(reasons), *dict.fromkeys(quotes), *dict.fromkeys(readers)]
    parts = [f"<h3>{escape(title)}</h3>", *dict.fromkeys(warnings), *pairs, *grounds, *decided]
    return f'<section class="card">{"".join(parts)}</section>'


def _pair(change: ReportChange) -> str:
    was, now = _word_diff(change.before, change.after)
    place = f'<p class="muted small">{escape(change.place)}</p>' if change.place else ""
    sides = _side("Before", change.before, was, "was") + _side("After", change.after, now, "now")
    return f'{place}<div class="two">{sides}</div>'


def _quote(quote: Quote) -> str:
    where = escape(_joined((quote.source, quote.place)))
    return f'<blockquote>{escape(quote.text)}<br><span class="muted small">{where}</span></blockquote>'


def _side(label: str, text: str, marked: str, kind: str) -> str:
    return f'<div class="{kind if text else "none"}"><p class="label">{label}</p>{marked}</div>'


def _word_diff(before: str, after: str) -> tuple[str, str]:
    if not before or not after:
        nothing = '<span class="muted">—</span>'
        return escape(before) or nothing, escape(after) or nothing
    was, now = [], []
    for piece in segments(before, after):
        if piece.changed:
            was.append(f"<del>{escape(piece.before)}</del>" if piece.before else "")
            now.append(f"<ins>{escape(piece.after)}</ins>" if piece.after else "")
        else:
            was.append(escape(piece.before))
            now.append(escape(piece.after))
    return "".join(was), "".join(now)


def _gates(gates: Iterable[Gate]) -> str:
    rows = [
        (_verdict(gate.ok, "met", "not met"), escape(gate.title), escape(gate.evidence)) for gate in gates
    ]
    return _table_section("Gates", ("", "Gate", "Grounds"), rows)


def _runs(runs: Iterable[RunEvidence]) -> str:
    rows = []
    for run in runs:
        name = "This release" if run.role == "draft" else "Live version"
        failing = ", ".join(run.failedTests) or "none"
        kind = "a language model took part" if run.sampled else "deterministic"
        rows.append(
            (
                name,
                f"{run.conversations_passed:,} of {run.conversations:,}",
                escape(failing),
                escape(f"seed {run.seed}, {counted(run.customers, 'customer')} a scenario, {kind}"),
                f'<span class="digest">{escape(run.evidence_digest[:16])}</span>',
            )
        )
    return _table_section("Simulation", ("Agent", "Passed", "Failing scenarios", "Setting", "Digest"), rows)


def _checks(checks: Iterable[CheckResult]) -> str:
    rows = []
    for check in checks:
        word = {"holds": ("ok", "holds"), "broken": ("bad", "broken"), "warning": ("warn", "warning")}[
            check.status
        ]
        path = " → ".join(
            f"{step.title} ({step.label})" if step.label else step.title for step in check.counterexample
        )
        detail = f"{check.detail} Path: {path}" if path else check.detail
        rows.append((f'<span class="{word[0]}">{word[1]}</span>', escape(check.subject), escape(detail)))
    return _table_section("Checks over all paths", ("", "About", "Finding"), rows)


def _coverage(lines: Iterable[CoverageLine]) -> str:
    rows = [
        (escape(line.kind), f"{line.covered} of {line.total}", escape(", ".join(line.missing) or "—"))
        for line in lines
    ]
    return _table_section("What the simulation touched", ("Kind", "Touched", "Not touched"), rows)


def _sources(lineage: LineageFile) -> str:
    rows = [
        (
            escape(source.name),
            str(source.version),
            escape(source.authority),
            str(len(source.statements)),
            f'<span class="digest">{escape(source.digest[:16])}</span>',
        )
        for source in lineage.sources
    ]
    return _table_section(
        "Sources", ("Document", "Version", "Authority", "Statements in use", "Digest"), rows
    )


def _rollout(plan: RolloutPlan) -> str:
    rows = [(f"{stage.weight} %", escape(stage.duration or "—")) for stage in stages(plan)]
    guards = "".join(f"<li>{escape(guard_words(guard))}</li>" for guard in plan.guards)
    stop = f'<p class="small">Stop and roll back if:</p><ul class="small">{guards}</ul>' if guards else ""
    table = _table(("Share of conversations", "For"), rows)
    return _section("Rollout", f'<div class="card">{table}{stop}</div>')


def _signatures(signatures: Sequence[ReportSignature]) -> str:
    if not signatures:
        text = (
            "Approvals are signed on exactly this content, so they stand beside this report in the bundle. "
            "<code>cobuilder bundle show</code> lists them."
        )
        return _section("Approvals", f'<div class="card"><p>{text}</p></div>')
    rows = [
        (
            escape(each.person),
            escape(each.role),
            _verdict(each.decision == "approve", "approved", "rejected"),
            escape(f"{each.time:%Y-%m-%d %H:%M} UTC"),
            escape(each.comment or "—"),
            f'<span class="digest">{escape(each.fingerprint)}</span>',
        )
        for each in signatures
    ]
    heads = ("Person", "Role", "Decision", "When", "Comment", "Key")
    return _table_section("Approvals", heads, rows)


def _identity(report: Report) -> str:
    facts = (("Live version", report.base_digest), ("This release", report.result_digest))
    items = "".join(
        f'<dt>{escape(name)}</dt><dd class="digest">{escape(value)}</dd>' for name, value in facts
    )
    return _section("Exact content", f'<div class="card"><dl>{items}</dl></div>')


def _list_section(title: str, lines: Iterable[str], kind: str) -> str:
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return _section(title, f'<div class="card"><ul class="{kind}">{items}</ul></div>') if items else ""


def _table_section(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return _section(title, f'<div class="card scroll">{_table(heads, rows)}</div>') if rows else ""


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _section(title: str, body: str) -> str:
    return f"<h2>{escape(title)}</h2>{body}" if body else ""


def _verdict(ok: bool, yes: str, no: str) -> str:
    return f'<span class="{"ok" if ok else "bad"}">{yes if ok else no}</span>'


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _day(moment: Moment) -> str:
    return f"{moment:%Y-%m-%d}"  # no month names: those follow the computer's language
