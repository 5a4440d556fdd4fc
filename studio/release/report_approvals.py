"""The report with its approvals: the page of a bundle, and below it who signed exactly this content.

- Approvals are given on the report, so it cannot hold them; this copy, made afterwards, does.
- Where IT's policy was at hand, names are the policy's and every line was judged; else the page says that
  nobody looked at the signatures.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from studio.domain.bundle import Bundle, SignedApproval, Verification
from studio.domain.environment import ApprovalPolicy
from studio.release.html_page import check_page
from studio.release.keys import fingerprint
from studio.release.layout import REPORT
from studio.release.policy import role_words

_END = "</main></body></html>\n"


def with_approvals(
    bundle: Bundle, verdict: Verification | None = None, policy: ApprovalPolicy | None = None
) -> str:
    """Return the bundle's page with a section on its approvals, and on the verdict where there is one."""
    page = bundle.report_html
    if not page.endswith(_END):  # an unusual page keeps its form; the section stands behind it
        return page + _section(bundle, verdict, policy)
    whole = page.removesuffix(_END) + _section(bundle, verdict, policy) + _END
    check_page(whole, REPORT)
    return whole


def _section(bundle: Bundle, verdict: Verification | None, policy: ApprovalPolicy | None) -> str:
    rows = "".join(_row(signed, policy) for signed in bundle.approvals)
    heads = "".join(f"<th>{head}</th>" for head in ("Person", "Role", "Decision", "When", "Comment", "Key"))
    grid = f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    body = grid if rows else "<p>Nobody has signed this content.</p>"
    return (
        f'<h2>Signatures on exactly this content</h2><section class="card">{_said(verdict)}'
        f'<div class="scroll">{body}</div><p class="digest">{escape(bundle.manifest_digest)}</p></section>'
        f"{_checks(verdict)}"
    )


def _said(verdict: Verification | None) -> str:
    if verdict is None:
        words = "These are the words of the file; nobody has looked at the signatures for this page."
        return f'<p class="warn">{words}</p>'
    if verdict.ok:
        return '<p class="ok">Verified: all of it holds under IT’s approval policy.</p>'
    return f'<p class="bad">Refused: {escape(verdict.refusal)}</p>'


def _row(signed: SignedApproval, policy: ApprovalPolicy | None) -> str:
    each = signed.approval
    person = policy.person(each.person) if policy else None
    cells = (
        person.name if person else each.person,
        each.role,
        "approved" if each.decision == "approve" else "rejected",
        f"{each.time:%Y-%m-%d %H:%M} UTC",
        " ".join(filter(None, (each.comment, each.looked_words))) or "—",
    )
    row = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr>{row}<td class="digest">{escape(fingerprint(signed.key_id))}</td></tr>'


def _checks(verdict: Verification | None) -> str:
    if verdict is None:
        return ""
    styles = {"passed": "ok", "refused": "bad", "not reached": "muted"}
    rows = "".join(
        f'<tr><td><span class="{styles[check.verdict]}">{check.verdict}</span></td>'
        f"<td>{check.name}</td><td>{escape(check.sentence)}</td></tr>"
        for check in verdict.checks
    )
    return f'<h2>Verification</h2><section class="card"><table><tbody>{rows}</tbody></table></section>'


def lines_for_people(bundle: Bundle, words: Sequence[str], policy: ApprovalPolicy | None) -> list[str]:
    """Return the report as lines for a terminal; `words` tell the change, worked out by this program."""
    manifest, evidence = bundle.manifest, bundle.evidence
    found = [f"{manifest.label}, for {manifest.environment}, valid until {manifest.not_after:%Y-%m-%d}", ""]
    found += ["What changes", *(f"  {sentence}" for sentence in words), ""]
    if evidence.consequences is not None:
        found += ["Who is treated differently from today", *_consequence_lines(bundle), ""]
    checks = evidence.proofs.checks
    counts = {state: sum(check.status == state for check in checks) for state in ("holds", "warning")}
    found += ["Proofs", f"  {counts['holds']:,} of {len(checks):,} checks hold."]
    found += [f"  warning: {each.subject}: {each.detail}" for each in checks if each.status == "warning"]
    found += ["", "Simulation"]
    found += [
        f"  {'result' if run.role == 'draft' else 'live version'}: {run.conversations_passed:,} of "
        f"{run.conversations:,} conversations right"
        for run in evidence.runs.runs
    ]
    found += [f"  {line.kind}: {line.covered} of {line.total} met" for line in evidence.coverage.lines]
    found += [
        "",
        "Gates",
        *(f"  {'✓' if g.ok else '✗'} {g.title}: {g.evidence}" for g in evidence.gates.gates),
    ]
    found += ["", "Signatures on exactly this content"]
    for signed in bundle.approvals:
        each = signed.approval
        person = policy.person(each.person) if policy else None
        said = "approved" if each.decision == "approve" else "rejected"
        comment = f": {each.comment}" if each.comment else ""
        found.append(
            f"  {person.name if person else each.person} {said} as {role_words(each.role)}, "
            f"{each.time:%Y-%m-%d %H:%M} UTC{comment}"
        )
        found += [f"    {each.looked_words}"] if each.looked_words else []
    return found


def _consequence_lines(bundle: Bundle) -> list[str]:
    found = bundle.evidence.consequences
    told = [line for line in (found.lines if found else ()) if line.is_new or line.affected]
    lines = []
    for line in told:
        if line.is_new:
            lines.append(f"  {line.scenario} {line.title}: is new")
            continue
        lines.append(f"  {line.scenario} {line.title}: {line.affected} of {line.customers} customers")
        lines += [f"    {tally.customers}: {tally.words}" for tally in line.differences]
    return lines or ["  Nobody in these tests."]
