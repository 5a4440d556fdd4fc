"""The verb demo: the whole main job on a sample, in a fresh copy, with the real figures of each stage."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import meter, plural, say
from studio.domain.errors import Refused, WrongUse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.domain.agent import Agent
    from studio.domain.bundle import Recomputation
    from studio.domain.environment import ApprovalPolicy
    from studio.services.stages.exporting import Exported
    from studio.services.workbench import Workbench
    from studio.settings import Settings

SAMPLE = "returns_assistant"
ASIDE = "Set aside in this demonstration; the owner of the document has to answer it before a real release."


@dataclass(frozen=True, slots=True)
class Persona:
    """Someone who approves in the demonstration."""

    id: str
    name: str
    role: str


PEOPLE = (
    Persona("ana", "Ana Silva", "author"),
    Persona("ben", "Ben Okoro", "compliance"),
    Persona("chi", "Chi Nguyen", "it"),
)


class Stages:
    """Prints each stage with its number, its time, and where to look."""

    def __init__(self, folder: Path) -> None:
        """Take the folder everything goes to."""
        self.folder = folder
        self.number = 0
        self.started = self.last = time.monotonic()

    def done(self, title: str, *lines: str) -> None:
        """Print one stage that is done."""
        self.number += 1
        now = time.monotonic()
        say(f"{self.number}. {title}  ({now - self.last:.1f} s)")
        for line in lines:
            say(f"   {line}")
        self.last = now


def demo(
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Where to leave everything.", show_default="a new folder")
    ] = None,
    no_window: Annotated[
        bool, typer.Option("--no-window", help="Finish on the console, even with a display.")
    ] = False,
) -> None:
    """Run the whole main job on a sample: from a new policy to a release that is promoted and rolled back.

    Leaves in the folder: workspace/, the signed bundle, approval-policy.json, registry.db, the traffic file
    and report.html. Opens the window on the result where there is a display.

    \b
    Example:
      cobuilder demo --dir /tmp/demo --no-window
    """
    folder = directory or Path(tempfile.mkdtemp(prefix="cobuilder-demo-"))
    _prepare(folder)
    stages = Stages(folder)
    workspace = folder / "workspace"
    bench = _author(stages, workspace)
    try:
        exported = _release(stages, bench, folder)
    finally:
        bench.close()
    _operate(stages, exported, folder)
    say(f"\nThe whole job took {time.monotonic() - stages.started:.1f} s. Everything is in {folder}")
    say(
        f"Verify the bundle again:  cobuilder bundle verify {exported.path} "
        f"--policy {folder / 'approval-policy.json'}"
    )
    say(f"Look around:              cobuilder open {workspace}")
    if not no_window and _has_display():
        from studio.cli.window import open_window

        raise typer.Exit(open_window(workspace))


def _prepare(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()):
        raise WrongUse(f"{folder} is not empty.", "Name an empty or missing folder, so that nothing is lost.")
    folder.mkdir(parents=True, exist_ok=True)


def _has_display() -> bool:
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _settings(folder: Path, name: str) -> Settings:
    from studio.settings import Settings

    return Settings(name=name, keys=str(folder / "keys"))


def _author(stages: Stages, workspace: Path) -> Workbench:
    """Open, read, propose, decide, check and simulate."""
    from studio import assembly

    folder = stages.folder
    bench = assembly.new_from_sample(workspace, SAMPLE, _settings(folder, PEOPLE[0].name))
    _opened(stages, bench, workspace)
    source_id = _read_new_document(stages, bench)
    _propose_and_decide(stages, bench, source_id)
    _check(stages, bench)
    _simulate(stages, bench)
    return bench


def _opened(stages: Stages, bench: Workbench, workspace: Path) -> None:
    from studio.services.queries.agents import ShowAgent
    from studio.services.queries.sources import ListSources

    live: Agent = bench.ask(ShowAgent()).live
    rows = bench.ask(ListSources()).rows
    stages.done(
        f"Opened {workspace}",
        f"{live.name} is live as version 1: {len(live.charter.rules)} rules, "
        f"{len(live.workflows)} workflows, "
        f"{len(live.scenarios)} tests",
        *(f"{row.id} {row.name}: {plural(row.statements, 'binding sentence')}" for row in rows),
    )


def _read_new_document(stages: Stages, bench: Workbench) -> str:
    from studio import assembly
    from studio.services.queries.sources import ListSources
    from studio.services.stages.reading import ReadSource

    new = assembly.sample(SAMPLE).new_document
    bench.run(ReadSource(**new.as_job()), meter)
    row = bench.ask(ListSources()).rows[-1]
    stages.done(
        f"Added {row.file_name} as {row.id}",
        f"{plural(row.statements, 'binding sentence')}; it replaces {new.supersedes}",
        f"see: cobuilder source show {row.id} -w {stages.folder / 'workspace'}",
    )
    return row.id


def _propose_and_decide(stages: Stages, bench: Workbench, source_id: str) -> None:
    from studio.services.commands import AcceptRemaining, AnswerQuestion, DecideCollision
    from studio.services.queries.governance import ListCollisions
    from studio.services.queries.review import ShowProposal
    from studio.services.stages.proposing import Propose

    made = bench.run(Propose(source_id), meter)
    page = bench.ask(ShowProposal(made.id))
    rows = [row for group in page.groups for row in group.rows]
    stages.done(
        f"CoBuilder proposed {plural(page.total, 'change')} and asked "
        f"{plural(len(page.questions), 'question')}",
        *(f"{row.id} {row.title} · {row.subtitle}" for row in rows),
        *(f"{question.id} {question.text}" for question in page.questions),
    )
    if made.changes:
        bench.do(AcceptRemaining(made.id))
    for question in made.questions:
        bench.do(AnswerQuestion(made.id, question.id, ASIDE, waived=True))
    undecided = [row.collision for row in bench.ask(ListCollisions()) if not row.decided]
    for conflict in undecided:
        bench.do(DecideCollision(conflict.id, conflict.winner or "both", conflict.why or ASIDE))
    page = bench.ask(ShowProposal(made.id))
    stages.done(
        f"Decided: {page.accepted} of {page.total} accepted, "
        f"{plural(len(page.questions), 'question')} set aside, "
        f"{plural(len(undecided), 'conflict')} between documents decided",
        *(f"{conflict.detail} {conflict.why}" for conflict in undecided),
        f"see: cobuilder review list {made.id} -w {stages.folder / 'workspace'}",
    )


def _check(stages: Stages, bench: Workbench) -> None:
    from studio.services.queries.agents import ShowAgent

    checks = bench.ask(ShowAgent()).checks
    broken = [check for check in checks if check.status == "broken"]
    identity = [check.detail for check in checks if check.check == "identity"]
    stages.done(
        f"Checked: {plural(len(checks), 'check')}, {len(broken)} broken",
        *(check.detail for check in broken),
        *identity[:3],
    )


def _simulate(stages: Stages, bench: Workbench) -> None:
    from studio.services.queries.simulate import ShowComparison
    from studio.services.stages.simulating import Simulate

    bench.run(Simulate(customers=20), meter)
    page = bench.ask(ShowComparison())
    assert page is not None
    stages.done(
        f"Simulated {page.draft.conversations + page.live.conversations} conversations",
        f"draft: {page.draft.scenarios_passed} of {page.draft.scenarios} tests pass every time "
        f"(live: {page.live.scenarios_passed} of {page.live.scenarios})",
        *(f"{row.id} {row.title}: {row.difference}" for row in page.rows if row.differs),
    )


def _policy_and_keys(bench: Workbench, folder: Path) -> tuple[ApprovalPolicy, dict[str, str]]:
    from studio import assembly
    from studio.domain.frozen import canonical
    from studio.services.policy_file import Approver, new_policy
    from studio.services.queries.agents import ShowAgent
    from studio.services.whole_file import write_whole

    store = assembly.key_store(_settings(folder, ""))
    passphrases = {person.id: secrets.token_urlsafe(12) for person in PEOPLE}
    for person in PEOPLE:
        store.new(person.id, passphrases[person.id])
        secret = folder / "keys" / f"{person.id}.passphrase"
        secret.touch(mode=0o600)
        secret.write_text(passphrases[person.id] + "\n", encoding="utf-8")
    public = {key.name: key.public_pem for key in store.list()}
    approvers = [Approver(p.id, p.name, (p.role,), public[p.id]) for p in PEOPLE]
    policy = new_policy(bench.ask(ShowAgent()).live.id, approvers, assembly.now() - timedelta(minutes=1))
    write_whole(folder / "approval-policy.json", canonical(policy))
    return policy, passphrases


def _release(stages: Stages, bench: Workbench, folder: Path) -> Exported:
    """Plan, approve in three roles, and export."""
    from studio.services.commands import ApproveRelease, PlanRelease
    from studio.services.queries.release import PreviewReport, ShowRelease
    from studio.services.stages.exporting import Export
    from studio.services.whole_file import write_whole

    policy, passphrases = _policy_and_keys(bench, folder)
    bench.do(PlanRelease(policy=policy))
    for person in PEOPLE:
        role = person.role
        bench.do(ApproveRelease(role, person.name, person.id, passphrases[person.id]))  # type: ignore[arg-type]
    page = bench.ask(ShowRelease())
    stages.done(
        f"Approved by {', '.join(f'{p.name} ({p.role})' for p in PEOPLE)}",
        *(f"{'✓' if row.gate.ok else '✗'} {row.gate.title}: {row.gate.evidence}" for row in page.gates),
    )
    exported = bench.run(Export(folder), meter)
    write_whole(folder / "report.html", bench.ask(PreviewReport()).encode())
    stages.done(
        f"Exported {exported.path.name}: {exported.size:,} bytes",
        f"content {exported.manifest_digest}",
        f"report for people: {folder / 'report.html'}",
    )
    return exported


def _operate(stages: Stages, exported: Exported, folder: Path) -> None:
    """Verify, refuse a tampered copy, recompute, import, promote and roll back, as IT would."""
    from studio import assembly
    from studio.release.policy import read_policy
    from studio.release.verification import verify_bundle

    policy = read_policy((folder / "approval-policy.json").read_bytes())
    data = exported.path.read_bytes()
    verdict = verify_bundle(data, policy, assembly.now())
    if not verdict.ok:
        raise Refused(f"The bundle that was just exported is refused: {verdict.refusal}")
    flipped = bytearray(data)
    flipped[len(flipped) // 2] ^= 1
    tampered = verify_bundle(bytes(flipped), policy, assembly.now())
    stages.done(
        "IT verified the bundle",
        *(f"{check.name}: {check.sentence}" for check in verdict.checks),
        f"one bit changed in a copy → {'accepted' if tampered.ok else f'refused: {tampered.refusal}'}",
    )
    again = assembly.recompute_apart(data, seconds=900, memory_megabytes=4096)
    stages.done("IT recomputed the evidence", *(f"{r.verdict}: {r.sentence}" for r in again))
    _move(stages, folder, data, policy, again)


def _move(
    stages: Stages, folder: Path, data: bytes, policy: ApprovalPolicy, again: Sequence[Recomputation]
) -> None:
    from studio import assembly

    actor = PEOPLE[2].name
    live = assembly.sample(SAMPLE).agent
    with assembly.new_registry(folder / "registry.db", live, policy, actor) as registry:
        imported = registry.import_bundle(data, actor)
        release = str(imported.sequence)
        registry.note_replay("production", release, again, actor)
        first = registry.promote("production", release, actor)
        back = registry.roll_back("production", actor)
        registry.promote("production", release, actor)
        why = "A demonstration does not wait for days"
        done = registry.promote("production", release, actor, weight=100, skip=True, reason=why)
        faults = registry.verify_log()
        log = registry.log()
    stages.done(
        "IT imported, promoted by stages, rolled back, and promoted again",
        first.sentence,
        f"rolled back: {back.sentence}",
        done.sentence,
        *(
            f"cannot be taken back: {line}"
            for line in (first.rehearsal.irreversible if first.rehearsal else ())
        ),
        f"traffic: {done.flag_file}",
        f"log: {plural(len(log), 'entry')}, {'whole' if not faults else faults[0]}".replace(
            "entrys", "entries"
        ),
        f"see: cobuilder registry status -r {folder / 'registry.db'}",
    )


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("demo")(demo)
