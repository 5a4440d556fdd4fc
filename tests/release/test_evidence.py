"""Recomputing evidence gives one of four verdicts, and gates say on what grounds they stand."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from studio.domain.bundle import Approval, ConsequenceLine, CoverageLine
from studio.domain.check import CheckResult
from studio.domain.errors import BundleRefused, NotApproved, Refused
from studio.domain.frozen import digest
from studio.domain.run import Comparison
from studio.release import evidence, gates, policy
from studio.release.verification import open_bundle

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit


def again(kit: Kit, **changes: Any) -> evidence.Again:
    """Return what working out the kit's bundle again gives, with these parts changed."""
    claimed = kit.content().evidence
    live, draft = (kit.run(agent, kit.after.scenarios) for agent in (kit.before, kit.after))
    facts = evidence.Again(
        comparison=Comparison("again", live, draft),
        coverage=claimed.coverage.lines,
        consequences=claimed.consequences.lines if claimed.consequences else (),
        checks=claimed.proofs.checks,
        checks_engine="test-checks/1",
    )
    return replace(facts, **changes)


def verdicts(kit: Kit, given: evidence.Again, data: bytes | None = None) -> dict[str, str]:
    """Return the verdict on each part of a bundle, by default the sound one."""
    found = evidence.judge_again(open_bundle(data or kit.bundle()), given)
    return {each.part: each.verdict for each in found}


def test_the_same_result_is_verified(kit: Kit) -> None:
    """What comes out the same is verified; the gates, which need the workspace, are vouched for only."""
    assert verdicts(kit, again(kit)) == {
        "draft": "verified",
        "live": "verified",
        "coverage": "verified",
        "consequences": "verified",
        "proofs": "verified",
        "gates": "attested",
    }


def test_each_part_that_comes_out_otherwise_contradicts(kit: Kit) -> None:
    """Coverage, consequences and proofs are each worked out again, and each can contradict alone."""
    line = CoverageLine(kind="steps", total=2, covered=1)
    told = ConsequenceLine(scenario="T-01", title="Greeting", customers=1, affected=0)
    check = CheckResult(id="c1", check="reference", status="warning", subject="desk", detail="One is open.")
    for part, given in (
        ("coverage", again(kit, coverage=(line,))),
        ("consequences", again(kit, consequences=(told,))),
        ("proofs", again(kit, checks=(check,))),
    ):
        assert [name for name, found in verdicts(kit, given).items() if found == "contradicted"] == [part]


def test_proofs_of_another_version_of_the_checks_are_stale(kit: Kit) -> None:
    """Proofs that differ because the checks did are no contradiction; the same proofs still count."""
    content = kit.content(tools={evidence.CHECKS_TOOL: "test-checks/0"})
    data = kit.bundle(content)
    check = CheckResult(id="c1", check="reference", status="holds", subject="desk", detail="Said otherwise.")
    assert verdicts(kit, again(kit, checks=(check,)), data)["proofs"] == "stale"
    assert verdicts(kit, again(kit), data)["proofs"] == "verified"


def test_what_needs_the_documents_is_vouched_for(kit: Kit) -> None:
    """The check of internal sentences cannot be made without the documents: it is attested, not proved."""
    content = kit.content()
    access = CheckResult(id="a", check=evidence.ACCESS_CHECK, status="holds", subject="desk", detail="None.")
    proofs = content.evidence.proofs
    more = proofs.model_copy(update={"checks": (*proofs.checks, access)})
    changed = content.model_copy(update={"evidence": content.evidence.model_copy(update={"proofs": more})})
    found = verdicts(kit, again(kit), kit.bundle(changed))
    assert (found["proofs"], found["access"]) == ("verified", "attested")


def test_another_result_contradicts(kit: Kit) -> None:
    """A conversation that goes otherwise is told as a contradiction, whatever the summary says."""
    claimed = evidence.summarise(kit.run(kit.after, kit.after.scenarios), "draft")
    other = kit.run(kit.after, kit.after.scenarios, passed=False)
    assert evidence.compare(claimed, other).verdict == "contradicted"
    embellished = claimed.model_copy(update={"conversations": 500, "conversations_passed": 500})
    again = kit.run(kit.after, kit.after.scenarios)
    assert evidence.compare(embellished, again).verdict == "contradicted"


def test_another_engine_makes_evidence_stale(kit: Kit) -> None:
    """What was made with another version cannot be compared, so it is neither right nor wrong."""
    claimed = evidence.summarise(kit.run(kit.after, kit.after.scenarios), "draft")
    newer = replace(kit.run(kit.after, kit.after.scenarios), engine="test/2")
    assert evidence.compare(claimed, newer).verdict == "stale"


def test_what_a_model_touched_is_attested_at_most(kit: Kit) -> None:
    """A matching recording is not a proof."""
    run = kit.run(kit.after, kit.after.scenarios)
    claimed = evidence.summarise(run, "draft", sampled=True)
    assert evidence.compare(claimed, run).verdict == "attested"


def test_a_summary_counts_scenarios_and_conversations(kit: Kit) -> None:
    """One failed conversation fails its scenario and the run."""
    summary = evidence.summarise(kit.run(kit.after, kit.after.scenarios, passed=False), "draft")
    assert (summary.result, summary.failedTests, summary.conversations_passed) == ("FAILED", ("T-01",), 0)


def inputs(kit: Kit, **changes: object) -> gates.GateInputs:
    """Return gate inputs that meet every gate, with these fields changed."""
    result = digest(kit.after)
    check = CheckResult(id="c", check="path", status="holds", subject="s", detail="Holds.")
    run = evidence.summarise(kit.run(kit.after, kit.after.scenarios), "draft")
    facts = gates.GateInputs(
        result_digest=result,
        changes=3,
        accepted=2,
        rejected=1,
        checks=(check,),
        checked_digest=result,
        run=run,
    )
    return facts.model_copy(update=changes)


def test_all_gates_are_met_by_a_finished_draft(kit: Kit) -> None:
    """Reviewed, answered, proved, simulated: nothing stands in the way."""
    found = gates.content_gates(inputs(kit))
    assert all(gate.ok for gate in found)
    gates.require(found)


@pytest.mark.parametrize(
    ("changes", "gate", "words"),
    [
        ({"accepted": 1}, gates.REVIEWED, "2 of 3 decided"),
        ({"open_questions": ("What is final sale?",)}, gates.QUESTIONS, "What is final sale?"),
        ({"checked_digest": None}, gates.PROOFS, "not checked yet"),
        ({"checks": ()}, gates.PROOFS, "0 checks"),
        ({"run": None}, gates.SCENARIOS, "not simulated yet"),
        ({"result_digest": "0" * 64}, gates.SCENARIOS, "not simulated yet"),
    ],
)
def test_each_gate_stops_for_its_own_reason(
    kit: Kit, changes: dict[str, object], gate: str, words: str
) -> None:
    """The gate that is not met says why, and the export is refused with it."""
    found = gates.content_gates(inputs(kit, **changes))
    stopped = next(each for each in found if each.id == gate)
    assert not stopped.ok and words in stopped.evidence
    with pytest.raises(Refused, match="is not met"):
        gates.require(found)


def test_the_approval_gate_counts_and_names_who_is_missing(kit: Kit) -> None:
    """It shows how many signatures there are, whose are missing, and who said no."""

    def gate(*given: Approval) -> str:
        return gates.approval_gate(kit.policy, "production", given).evidence

    ana, carl, ida = (kit.approval(name) for name in ("ana", "carl", "ida"))
    assert gate(ana) == "1 of 3 signatures on exactly this content; waiting for compliance lead, IT release."
    assert gates.approval_gate(kit.policy, "production", (ana, carl, ida)).ok
    assert "rejected by carl" in gate(ana, kit.approval("carl", decision="reject"), ida)


def test_an_approval_that_would_not_count_is_refused_before_it_is_signed(kit: Kit) -> None:
    """Unknown keys, foreign roles and second signatures are told to the person who is about to sign."""

    def ask(person: str, signer: str, given: tuple[Approval, ...] = (), **changes: object) -> None:
        key_id = kit.signers[signer].key_id
        policy.may_approve(kit.policy, "production", key_id, kit.approval(person, **changes), given, kit.now)

    ask("carl", "carl")
    ask("carl", "carl", decision="reject")
    with pytest.raises(NotApproved, match="a key that IT's policy does not know"):
        ask("carl", "mallory")
    with pytest.raises(NotApproved, match="a role that Ana does not hold"):
        ask("ana", "ana", role="it")
    with pytest.raises(NotApproved, match="separation of duties"):
        ask("carl", "carl", (kit.approval("carl"),))
    with pytest.raises(BundleRefused, match="knows no environment"):
        policy.may_approve(kit.policy, "moon", kit.signers["ana"].key_id, kit.approval("ana"), (), kit.now)
