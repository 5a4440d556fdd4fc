"""Gates: the conditions a draft meets before it becomes a bundle, each with its grounds in a sentence.

- `content_gates` are written into the bundle; approval comes after, on exactly that content.
"""

from __future__ import annotations

from collections.abc import Iterable

from studio.domain.bundle import Approval, Gate, RunEvidence
from studio.domain.check import CheckResult
from studio.domain.environment import ApprovalPolicy, Threshold
from studio.domain.errors import Refused
from studio.domain.frozen import Frozen
from studio.release.policy import missing_approvals, rules_of

_FEW = 5
ROLE_NAMES = {"author": "operations author", "compliance": "compliance lead", "it": "IT release"}
REVIEWED, QUESTIONS, PROOFS, SCENARIOS, APPROVED = "reviewed", "questions", "proofs", "scenarios", "approved"


class GateInputs(Frozen):
    """What the gates look at: counts of decisions, open questions, checks, and the draft's run.

    `failing` says of each test that failed in any run of this content how often; `earlier` says what the
    newest run of other content found, where this content was not run.
    """

    result_digest: str
    changes: int
    accepted: int
    rejected: int
    open_questions: tuple[str, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    checked_digest: str | None = None
    run: RunEvidence | None = None
    warned: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    earlier: str = ""


def content_gates(inputs: GateInputs) -> tuple[Gate, ...]:
    """Return the gates on the content of a draft."""
    return (_reviewed(inputs), _questions(inputs), _proofs(inputs), _scenarios(inputs))


def approval_gate(policy: ApprovalPolicy, environment: str, approvals: Iterable[Approval]) -> Gate:
    """Return the gate on approvals of exactly this content."""
    given = tuple(approvals)
    missing = missing_approvals(policy, environment, given)
    wanted = sum(threshold.count for threshold in rules_of(policy, environment).thresholds)
    done = wanted - sum(threshold.count for threshold in missing)
    names = ", ".join(_spelled(threshold) for threshold in missing)
    said_no = [approval.person for approval in given if approval.decision == "reject"]
    evidence = f"{done} of {wanted} signatures on exactly this content"
    if missing:
        evidence += f"; waiting for {names}"
    if said_no:
        evidence += f"; rejected by {', '.join(said_no)}"
    return Gate(id=APPROVED, title="Approved", ok=not missing and not said_no, evidence=f"{evidence}.")


def _spelled(threshold: Threshold) -> str:
    name = ROLE_NAMES.get(threshold.role, threshold.role)
    return name if threshold.count == 1 else f"{threshold.count} × {name}"


def require(gates: Iterable[Gate]) -> None:
    """Raise Refused with the first gate that is not met."""
    for gate in gates:
        if not gate.ok:
            raise Refused(f"The gate “{gate.title}” is not met: {gate.evidence}", "Mend that first.")


def counted(count: int, noun: str) -> str:
    """Return a number with its noun, in the right number."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _reviewed(inputs: GateInputs) -> Gate:
    decided = inputs.accepted + inputs.rejected
    evidence = f"{decided} of {inputs.changes} decided, {inputs.accepted} accepted."
    if inputs.warned:
        evidence += f" Accepted in spite of a warning: {'; '.join(inputs.warned)}."
    return Gate(id=REVIEWED, title="Every change reviewed", ok=decided == inputs.changes, evidence=evidence)


def _questions(inputs: GateInputs) -> Gate:
    count = len(inputs.open_questions)
    evidence = "None is open." if not count else f"{count} open, first: {inputs.open_questions[0]}"
    return Gate(id=QUESTIONS, title="No open question", ok=not count, evidence=evidence)


def _proofs(inputs: GateInputs) -> Gate:
    title = "Checks hold on every path"
    if inputs.checked_digest != inputs.result_digest:
        return Gate(id=PROOFS, title=title, ok=False, evidence="This content was not checked yet.")
    broken = [check for check in inputs.checks if check.status == "broken"]
    evidence = f"{counted(len(inputs.checks), 'check')}, none broken."
    if broken:
        evidence = f"{len(broken)} of {len(inputs.checks)} broken, first: {broken[0].detail}"
    return Gate(id=PROOFS, title=title, ok=not broken and bool(inputs.checks), evidence=evidence)


def _scenarios(inputs: GateInputs) -> Gate:
    title, run = "All scenarios pass every time", inputs.run
    if run is None or run.agent_digest != inputs.result_digest:
        not_yet = f"This content was not simulated yet. {inputs.earlier}".rstrip()
        return Gate(id=SCENARIOS, title=title, ok=False, evidence=not_yet)
    evidence = f"{run.conversations_passed} of {run.conversations} conversations passed"
    failing = inputs.failing or run.failedTests
    if failing:
        more = f" and {len(failing) - _FEW} more" if len(failing) > _FEW else ""
        evidence += f"; failing: {', '.join(failing[:_FEW])}{more}"
    ok = run.result == "PASSED" and run.conversations > 0 and not failing
    return Gate(id=SCENARIOS, title=title, ok=ok, evidence=f"{evidence}.")
