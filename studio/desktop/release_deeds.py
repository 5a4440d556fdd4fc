"""What the Release page does: go where a gate is mended, plan, introduce, approve, ask by mail, export.

- What a person looked at of the release is kept with the signature: the report counts once it was opened on
  exactly this content.
- The content is worked out in the background (`ReleaseWatch`), so that the page is there at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog

from studio.desktop import dialogs
from studio.desktop.apart import Apart
from studio.desktop.page import Page
from studio.desktop.places import way_to
from studio.desktop.proof_watch import ProofWatch
from studio.desktop.theme.tokens import Tone
from studio.domain.errors import BrokenInput, StudioError, WrongUse

if TYPE_CHECKING:
    from studio.desktop.panels.plan_editor import PlanDialog
    from studio.services.commands import ApproveRelease
    from studio.services.jobs import Job
    from studio.services.queries.release import LookedAt, ReleasePage
    from studio.services.release_ways import Way
    from studio.services.stages.exporting import Exported

ROLE_WORDS = {"author": "Operations author", "compliance": "Compliance lead", "it": "IT release"}
BUNDLES = "Release bundles (*.cobundle)"
APPROVALS = "Approvals (*.dsse.json *.json);;All files (*)"
UNFORESEEN = "Signing failed in a way nobody foresaw. Look whether the signature is there, then try again."
NOT_TAKEN = "That failed in a way nobody foresaw; the approval was not taken in. Try it again."
POLICIES = "Approval policy (*.json);;All files (*)"


class ReleaseWatch(ProofWatch):
    """Works out in the background what the next release holds."""

    def job(self) -> Job[None]:
        """Return what is done in the background."""
        from studio.services.stages.preparing_release import PrepareRelease

        return PrepareRelease()


class ReleaseDeeds(QObject):
    """Does what the buttons of the Release page ask; `wrote` hears of a bundle that was written."""

    def __init__(self, page: Page, shown: Callable[[], ReleasePage | None]) -> None:
        super().__init__(page)
        self._desk, self._window, self._shown = page.desk, page, shown
        self._report_seen: str | None = None
        self._apart: Apart[str] = Apart(self)
        self._putting: Apart[str | StudioError] = Apart(self)
        self.wrote: Callable[[Exported, str], None] = lambda _result, _fingerprint: None
        session = page.desk.session
        self.watch = ReleaseWatch(lambda: session.workbench, self)
        session.opened.connect(self._forget)

    def perform(self, verb: str) -> None:
        """Do what an action asks."""
        deeds = {
            "approve": self.approve,
            "export": self.export,
            "plan": self.edit_plan,
            "notes": self.edit_introduction,
        }
        deeds[verb]()

    def follow(self, way: Way) -> None:
        """Go to the place that mends a gate, with that very thing chosen; or do what mends it."""
        deeds = {
            "simulate": self.simulate,
            "approve": self.approve,
            "policy": self.take_policy,
            "plan": self.edit_plan,
        }
        if way.deed:
            deeds[way.deed]()
            return
        page, item = way_to(way.path) if way.path else (way.page, way.item)
        self._desk.open_page(page or "review", item, way.verb)

    def simulate(self) -> None:
        """Run the tests on this content in the background, with as many customers as the last time."""
        from studio.services.queries.simulate import ShowComparison
        from studio.services.stages.simulating import DEFAULT_CUSTOMERS, DEFAULT_SEED, Simulate

        session = self._desk.session
        try:
            last = session.ask(ShowComparison())
        except StudioError:
            last = None
        customers = last.customers if last else DEFAULT_CUSTOMERS
        session.start(
            Simulate(seed=last.seed if last else DEFAULT_SEED, customers=customers), self._simulated
        )

    def edit_plan(self) -> None:
        """Let the person edit the rollout plan; what is kept can be undone."""
        from studio.assembly import now
        from studio.desktop.panels.days import day_in_words
        from studio.desktop.panels.plan_editor import PlanDialog

        page = self._shown()
        if page is None:
            return
        dialog = PlanDialog(self._window, page.rollout.plan, day_in_words(page.not_after), now().date())
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._safely(lambda: self._keep_plan(dialog))

    def edit_introduction(self) -> None:
        """Let the author write above the notes; what is kept can be undone."""
        from studio.desktop.panels.notes import IntroductionDialog
        from studio.services.commands import PlanRelease
        from studio.services.planning import MOST_INTRODUCTION

        page = self._shown()
        if page is None:
            return
        dialog = IntroductionDialog(self._window, page.notes.introduction, MOST_INTRODUCTION)
        if dialog.exec() == QDialog.DialogCode.Accepted and dialog.words != page.notes.introduction:
            self._told(PlanRelease(introduction=dialog.words), undo=True)

    def approve(self) -> None:
        """Let a person sign the present content with their key."""
        from studio.assembly import key_store
        from studio.desktop.panels.approve import Approval, ApproveDialog
        from studio.services.commands import ApproveRelease
        from studio.services.queries.release import ShowLooked
        from studio.settings import load_settings

        page = self._ready()
        if page is None:
            return
        waiting = [row for row in page.signatures if row.state == "waiting"]
        if not waiting:
            self._desk.tell("Every signature that is needed is there.", "ok")
            return
        self._note_looked()
        report = page.manifest_digest is not None and page.manifest_digest == self._report_seen

        def seen(person: str) -> LookedAt:
            return self._desk.session.ask(ShowLooked(person, report and person == who))

        def looks(person: str) -> tuple[Sequence[str], Sequence[str]]:
            found = seen(person)
            return found.looked, found.not_looked

        roles = [(row.role, ROLE_WORDS.get(row.role, row.role), row.candidates) for row in waiting]
        keys, words, who = key_store(load_settings()).usable(), page.in_words, self._who
        if not keys:
            way = ("Make one", lambda: self._desk.open_page("settings"))
            self._desk.tell("You have no signing key on this computer yet.", "warn", *way)
            return

        def sign(given: Approval, ended: Callable[[str], object]) -> None:
            found = seen(given.person)
            command = ApproveRelease(
                role=given.role,
                person=given.person,
                key_uri=given.key,
                passphrase=given.passphrase,
                decision="approve" if given.approve else "reject",
                comment=given.comment,
                looked=found.looked,
                not_looked=found.not_looked,
            )
            self._sign(command, f"{given.person} as {ROLE_WORDS[given.role]}", ended)

        ApproveDialog(self._window, roles, list(keys), words, looks, who, keys, sign).exec()

    def ask_by_mail(self) -> None:
        """Write what is to be approved, for a person who signs on another computer."""
        from studio.services.stages.asking_approval import AskApproval

        page = self._ready()
        if page is None:
            return
        name = page.file_name.replace(".cobundle", "-to-approve.cobundle")
        target = dialogs.choose_target(self._window, "Save what is to be approved", name, BUNDLES)
        if target is not None:
            self._desk.session.start(AskApproval(target), self._asked)

    def take_approval(self) -> None:
        """Take in an approval that was signed on another computer."""
        from studio.services.detached_commands import TakeApproval

        file = dialogs.choose_file(self._window, "An approval that was sent back", APPROVALS)
        bench = self._desk.session.workbench
        if file is None or bench is None or self._apart.busy:
            return

        def work() -> str:
            try:
                taken.append(bench.do(TakeApproval(file.name, _read(file))).title)
            except StudioError as error:
                return str(error)
            return ""

        def done(wrong: str) -> None:
            self._desk.tell(wrong or taken[0], "bad" if wrong else "ok")

        taken: list[str] = []
        self._desk.tell(f"Taking in {file.name}…")
        self._apart.run("Taking in an approval", work, done, lambda: self._desk.tell(NOT_TAKEN, "bad"))

    def export(self) -> None:
        """Write the signed bundle where the person says; the system asks before a file is replaced."""
        from studio.services.stages.exporting import Export

        page = self._shown()
        if page is None:
            return
        if not page.can_export:
            self._desk.tell(_why_not(page), "warn")
            return
        title = "Save the signed bundle"
        target = dialogs.choose_target(self._window, title, page.file_name, BUNDLES)
        if target is not None:
            fingerprint = page.fingerprint
            self._desk.session.start(Export(target), lambda result: self._written(result, fingerprint))

    def show_report(self) -> None:
        """Show the report as it would stand in the bundle; from then on it was looked at.

        It is put together apart: after a signature the content has to be worked out anew.
        """
        from studio.desktop.panels.report import ReportDialog
        from studio.services.queries.release import PreviewReport

        page, bench = self._shown(), self._desk.session.workbench
        if page is None or bench is None:
            return
        dialog = ReportDialog(self._window)

        def work() -> str | StudioError:
            try:
                return bench.ask(PreviewReport())
            except StudioError as error:
                return error

        def show(made: str | StudioError) -> None:
            if isinstance(made, StudioError):
                dialog.reject()
                self._desk.tell(str(made), "warn")
                return
            self._report_seen = page.manifest_digest
            dialog.show_report(made)

        self._putting.run("Putting the report together", work, show, dialog.reject)
        dialog.exec()
        self._putting.let_go(0)  # who closes it early goes on at once; the work ends by itself
        dialog.deleteLater()

    def take_policy(self) -> None:
        """Take IT's approval policy from a file."""
        from studio.release.policy import read_policy
        from studio.services.commands import PlanRelease

        file = dialogs.choose_file(self._window, "IT's approval policy", POLICIES)
        if file is None:
            return
        try:
            policy = read_policy(_read(file), file.name)
        except BrokenInput as error:
            what = f"{file.name} is no approval policy that can be used ({error.what.rstrip('.')})."
            self._desk.tell(f"{what} Ask IT for the right file.", "bad")
        except StudioError as error:
            self._desk.tell(str(error), "bad")
        else:
            self._told(PlanRelease(policy=policy))

    @property
    def _who(self) -> str:
        bench = self._desk.session.workbench
        return bench.outside.who if bench else ""

    def _ready(self) -> ReleasePage | None:
        """Return the page once people can sign what it shows; else say what is in the way."""
        page = self._shown()
        if page is None or not page.has_policy:
            way = "Choose its file"
            self._desk.tell("IT's approval policy is needed first.", "warn", way, self.take_policy)
            return None
        if page.looking:
            self._desk.tell("What is signed is still being worked out. Approve when it is there.", "warn")
            return None
        return page

    def _keep_plan(self, dialog: PlanDialog) -> None:
        from studio.services.commands import PlanRelease

        page = self._shown()
        rollout = None if page is not None and dialog.plan == page.rollout.plan else dialog.plan
        last = dialog.new_until
        if rollout is not None or last is not None:
            not_after = None if last is None else datetime.combine(last, time(23, 59, 59), UTC)
            self._told(PlanRelease(not_after=not_after, rollout=rollout), undo=True)

    def _note_looked(self) -> None:
        from studio.domain.review_approval import Looked
        from studio.services.commands import NoteLooked

        seen = self._desk.session.seen
        looked = Looked(proofs="workflows" in seen, coverage="tests" in seen)
        if looked != Looked():
            self._desk.session.do(NoteLooked(looked))
            seen -= {"workflows", "tests"}

    def _sign(self, command: ApproveRelease, by: str, ended: Callable[[str], object]) -> None:
        """Sign apart, as opening a key takes a second or two; tell it, and what was in the way, or ""."""
        bench = self._desk.session.workbench

        def work() -> str:
            if bench is None:
                return "The workspace was closed meanwhile."
            try:
                bench.do(command)
            except StudioError as error:
                return str(error)
            return ""

        def done(wrong: str) -> None:
            if not wrong:
                verb = "Approved" if command.decision == "approve" else "Refused"
                self._desk.tell(f"{verb} by {by}.", "ok")
            ended(wrong)

        self._apart.run("Signing", work, done, lambda: ended(UNFORESEEN))

    def _told(self, command: object, *, undo: bool = False) -> None:
        from studio.services.commands import Command

        assert isinstance(command, Command)
        effect = self._desk.session.do(command)
        if effect is None:
            return
        if undo:
            self._desk.tell(effect.title, "ok", "Undo", self._desk.session.undo)
        else:
            self._desk.tell(effect.title, "ok")

    def _simulated(self, _result: object) -> None:
        page = self._shown()
        row = next((row for row in page.gates if row.gate.id == "scenarios"), None) if page else None
        tone: Tone = "ok" if row is not None and row.gate.ok else "warn"
        words = row.gate.evidence if row is not None else ""
        self._desk.tell(f"The tests ran on this very content. {words}".rstrip(), tone)

    def _asked(self, result: Exported) -> None:
        text = f"Written: {result.path}. Send it to who signs, and take in the file that comes back."
        self._desk.tell(text, "ok")

    def _written(self, result: Exported, fingerprint: str) -> None:
        self._desk.tell(f"Wrote {result.path.name}. Hand it to IT.", "ok")
        self.wrote(result, fingerprint)

    def _forget(self) -> None:
        self.watch.let_go()
        self._report_seen = None

    def _safely(self, deed: Callable[[], object]) -> None:
        try:
            deed()
        except StudioError as error:
            self._desk.tell(str(error), "bad")


def _why_not(page: ReleasePage) -> str:
    missing = ", ".join(row.gate.title for row in page.gates if row.state not in ("met", "looking"))
    if not missing:
        return "The release is still being worked out. Export it when that is done."
    return f"Nothing can be exported while gates are not met: {missing}."


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise WrongUse(f"{file} cannot be read: {error.strerror}.", "Choose the file again.") from error
