"""The next release below the window: gates with their ways, the plan and its undo, notes, void signatures."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from studio.assembly import key_store, new_from_sample, open_workbench, sample
from studio.domain.charter_edit import CharterWish
from studio.domain.environment import ApprovalPolicy, EnvironmentRules, GuardMetric, RolloutPlan, SetWeight
from studio.domain.environment import Threshold as Wanted
from studio.domain.errors import Refused, WrongUse
from studio.release.dsse import open_envelope, read_approval
from studio.release.rollout_words import PlanStage, plan_of
from studio.services.authoring.charter_wishes import fulfil_wish
from studio.services.commands import AcceptRemaining, AnswerQuestion, ApproveRelease, EditAgent, PlanRelease
from studio.services.policy_file import Approver, new_policy
from studio.services.queries.charter import ShowCharter
from studio.services.queries.release import GateRow, ReleasePage, ShowNotes, ShowRelease, ShowScaling
from studio.services.queries.sources import ListSources
from studio.services.release_notes import as_markdown
from studio.services.stages.exporting import Export
from studio.services.stages.preparing_release import PrepareRelease
from studio.services.stages.proposing import Propose
from studio.services.stages.reading import ReadSource
from studio.services.stages.simulating import Simulate
from studio.services.workbench import Workbench
from studio.settings import Settings

PASSPHRASE = "correct horse battery"
SAMPLE = "returns_assistant"


def _settings(folder: Path) -> Settings:
    return Settings(name="Ana Silva", keys=str(folder / "keys"))


def _policy(folder: Path) -> ApprovalPolicy:
    """A policy in which the author alone releases: one key is enough to see what signing does."""
    store = key_store(_settings(folder))
    store.new("ana", PASSPHRASE)
    ana = Approver("ana", "Ana Silva", ("author",), store.list()[0].public_pem)
    policy = new_policy("returns-assistant", [ana], datetime.now(UTC) - timedelta(minutes=1))
    rules = EnvironmentRules(id="production", thresholds=(Wanted(role="author"),))
    return policy.model_copy(update={"environments": (rules,)})


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose draft is decided and simulated, one question open; made once."""
    folder = tmp_path_factory.mktemp("release")
    bench = new_from_sample(folder / "workspace", SAMPLE, _settings(folder))
    bench.run(ReadSource(**sample(SAMPLE).new_document.as_job()))
    proposal = bench.run(Propose(bench.ask(ListSources()).rows[-1].id))
    bench.do(AcceptRemaining(proposal.id))
    for question in proposal.questions[1:]:
        waived = question.category != "conflict"
        bench.do(AnswerQuestion(proposal.id, question.id, "Left to people.", waived=waived))
    bench.do(PlanRelease(policy=_policy(folder)))
    bench.run(Simulate(customers=1))
    bench.close()
    return folder


@pytest.fixture
def bench(made: Path, tmp_path: Path) -> Iterator[Workbench]:
    """The workbench on a copy of it."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    opened = open_workbench(tmp_path / "workspace", _settings(tmp_path))
    yield opened
    opened.close()


def _gate(page: ReleasePage, name: str) -> GateRow:
    return next(row for row in page.gates if row.gate.id == name)


def _answer_all(bench: Workbench) -> None:
    way = _gate(bench.ask(ShowRelease()), "questions").way
    while way.item:
        proposal, _, question = way.item.partition("/?")
        bench.do(AnswerQuestion(proposal, question, "Left to people.", waived=True))
        way = _gate(bench.ask(ShowRelease()), "questions").way


def _sign(bench: Workbench, missed: tuple[str, ...] = ()) -> None:
    bench.do(
        ApproveRelease("author", "Ana Silva", "ana", PASSPHRASE, looked=("The report.",), not_looked=missed)
    )


def _name_owner(bench: Workbench, name: str) -> None:
    page = bench.ask(ShowCharter())
    wish = CharterWish(deed="name owner", item="analytics", given={"name": name})
    bench.do(EditAgent(fulfil_wish(page.draft, wish, page.taken)))


def test_each_gate_leads_to_the_very_thing(bench: Workbench) -> None:
    """An open question is named by its place in the review; a nameless owner by its place in the charter."""
    way = _gate(bench.ask(ShowRelease()), "questions").way
    assert way.page == "review" and "/?Q-" in way.item
    _name_owner(bench, "")
    page = bench.ask(ShowRelease())
    assert _gate(page, "performance-owner").way.path == "charter/performance_owner"
    stale = _gate(page, "scenarios")
    assert stale.state == "stale" and stale.way.deed == "simulate"
    assert "Before the last edit" in stale.gate.evidence
    assert not page.can_export and page.manifest_digest is None


def test_nothing_is_signed_but_what_lay_before_the_person(bench: Workbench) -> None:
    """Where somebody else changed it meanwhile, as on the command line, the signature is not given."""
    _answer_all(bench)
    seen = bench.ask(ShowRelease()).manifest_digest
    assert seen is not None
    bench.do(PlanRelease(introduction="Another word to those who read this."))
    approval = ApproveRelease("author", "Ana Silva", "ana", PASSPHRASE, shown=seen)
    with pytest.raises(Refused, match="changed while you looked at it, so nothing was signed"):
        bench.do(approval)
    now = bench.ask(ShowRelease()).manifest_digest
    bench.do(replace(approval, shown=now))
    assert "waiting" not in [row.state for row in bench.ask(ShowRelease()).signatures]


def test_thresholds_and_owners_are_a_gate(bench: Workbench) -> None:
    """Without a threshold for repeat contact it is not ready for customers, and says so."""
    assert _gate(bench.ask(ShowRelease()), "thresholds").gate.ok
    page = bench.ask(ShowCharter())
    wish = CharterWish(deed="remove threshold", item="repeat contact")
    bench.do(EditAgent(fulfil_wish(page.draft, wish, page.taken)))
    row = _gate(bench.ask(ShowRelease()), "thresholds")
    assert not row.gate.ok and "no threshold for repeat contact" in row.gate.evidence
    assert row.way.path == "charter/readiness"


def test_a_plan_is_kept_undone_and_refused_in_sentences(bench: Workbench) -> None:
    """An edited plan is one step of undo; one that makes no sense is refused, and nothing has changed."""
    before = bench.ask(ShowRelease()).rollout
    plan = plan_of([PlanStage(10), PlanStage(100)], (GuardMetric(id="failure-rate", title="Fail", bound=2),))
    bench.do(PlanRelease(rollout=plan))
    assert "more than 2 % of conversations fail" in bench.ask(ShowRelease()).rollout.sentence
    with pytest.raises(WrongUse, match="not more than the 50 %"):
        bench.do(PlanRelease(rollout=RolloutPlan(steps=(SetWeight(weight=50), SetWeight(weight=5)))))
    with pytest.raises(WrongUse, match="could never run"):
        bench.do(PlanRelease(not_after=datetime(2020, 1, 1, tzinfo=UTC)))
    bench.undo()
    assert bench.ask(ShowRelease()).rollout == before
    bench.redo()
    assert bench.ask(ShowRelease()).rollout.plan == plan
    assert bench.ask(ShowRelease()).has_policy


def test_notes_tell_each_change_once_and_keep_the_authors_words(bench: Workbench) -> None:
    """The generated part depends on the changes alone; the introduction stands above it, and is undone."""
    notes, agent = bench.ask(ShowNotes())
    assert notes.groups[0].heading == "Charter"
    assert len(set(notes.sentences)) == len(notes.sentences) > 10
    bench.do(PlanRelease(introduction="  Takes over the policy of 2026. "))
    told, _ = bench.ask(ShowNotes())
    assert told.introduction == "Takes over the policy of 2026." and told.groups == notes.groups
    text = as_markdown(told, agent)
    assert text.index("Takes over") < text.index("## Charter")
    assert all(f"- {sentence}" in text for sentence in notes.sentences)
    bench.undo()
    assert bench.ask(ShowNotes())[0].introduction == ""


def test_a_signature_tells_what_voided_it(bench: Workbench, tmp_path: Path) -> None:
    """Introduction, plan and draft void a signature, each told with the deed; taken back, it counts again."""
    with pytest.raises(Refused, match="No open question"):
        _sign(bench)
    _answer_all(bench)
    _sign(bench, ("The proofs: not looked at.",))
    signed = bench.ask(ShowRelease())
    assert signed.can_export and signed.signatures[0].not_looked == ("The proofs: not looked at.",)
    with bench.outside.workspace.unit() as unit:
        envelope = next(s.envelope for s in unit.approvals.all())
    approval = read_approval(open_envelope(envelope.encode(), "The approval"), "The approval")[1]
    assert approval.not_looked == ("The proofs: not looked at.",), "it is inside what was signed"
    bench.do(PlanRelease(introduction="New words."))
    row = bench.ask(ShowRelease()).signatures[0]
    assert row.state == "waiting" and row.person == "Ana Silva"
    assert "the introduction changed" in row.void and "another introduction" in row.void
    bench.undo()
    assert bench.ask(ShowRelease()).signatures == signed.signatures
    _name_owner(bench, "Dana Cole")
    page = bench.ask(ShowRelease())
    assert "the draft changed" in page.signatures[0].void and "Dana Cole" in page.signatures[0].void
    bench.undo()
    written = bench.run(Export(tmp_path))
    assert written.path.name == signed.file_name == "returns-assistant-2.cobundle"
    assert bench.run(Export(tmp_path, replace=False)).manifest_digest == signed.manifest_digest
    written.path.write_bytes(b"another")
    with pytest.raises(WrongUse, match="there already"):
        bench.run(Export(tmp_path, replace=False))
    assert written.path.read_bytes() == b"another"


def test_a_page_does_not_wait_and_is_right_afterwards(bench: Workbench) -> None:
    """What takes a while is looked for: nothing is signed meanwhile; then all is as if waited for."""
    _answer_all(bench)
    bench.do(PlanRelease(introduction="Something new."))
    quick = bench.ask(ShowRelease(wait=False))
    assert quick.looking and not quick.can_export and quick.fingerprint == ""
    assert _gate(quick, "approved").state == "looking"
    bench.run(PrepareRelease())
    assert bench.ask(ShowRelease(wait=False)) == bench.ask(ShowRelease())
    _sign(bench)
    after = bench.ask(ShowRelease(wait=False))
    assert after.can_export, "a signature changes nothing of what is signed"


def test_notes_are_written_in_the_background(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page that does not wait finds no changes itself: it says that the notes are being written."""
    from studio.services import release_notes
    from studio.services.memory import Memory

    monkeypatch.setattr(release_notes, "_NOTES", Memory(4))
    quick = bench.ask(ShowRelease(wait=False))
    assert quick.notes.looking and quick.looking and quick.notes.groups == ()
    bench.run(PrepareRelease())
    after = bench.ask(ShowRelease(wait=False))
    assert not after.notes.looking and after.notes == bench.ask(ShowRelease()).notes and after.notes.groups


def test_one_failing_run_of_this_content_holds_the_gate(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All runs on this very content count: a later run that passed does not hide one that failed."""
    from studio.services import standing
    from studio.services.failed_runs import FailedRun

    monkeypatch.setattr(
        standing, "failed_runs", lambda _unit: (FailedRun("Run 7", 50, 3, (("T-02", 12, 50),)),)
    )
    bench.do(PlanRelease(introduction="A new standing."))
    row = _gate(bench.ask(ShowRelease()), "scenarios")
    assert not row.gate.ok and "T-02 in 12 of 50 (Run 7)" in row.gate.evidence
    assert (row.way.page, row.way.item) == ("simulate", "T-02")


def test_twelve_questions_are_answered_by_what_is_computed(bench: Workbench) -> None:
    """Each has its answer, or what is missing and the way; taking an answer away opens its question."""
    page = bench.ask(ShowRelease()).scaling
    assert len(page.questions) == 12 and all(each.evidence for each in page.questions)
    assert not page.open and page.sentence == "All 12 answered with evidence."
    _name_owner(bench, "")
    found = bench.ask(ShowScaling())
    opened = {each.id: each for each in found.open}
    assert set(opened) == {"autonomy", "tests", "owner"}
    assert opened["owner"].way.path == "charter/performance_owner"
    assert "nobody is named" in opened["owner"].evidence
    assert opened["tests"].way.deed == "simulate"
    assert found.sentence.startswith("9 answered with evidence, 3 open: How much may it do alone")
