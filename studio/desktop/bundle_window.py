"""IT's window on a received bundle: verdict, report, approvals, evidence, changes; it only reads.

- No workspace is needed, and none is touched. The policy is IT's own file; which one is remembered by agent.
- Evidence is worked out again in the background by a process that gave up network, other programs, writing
  and more than its share of memory and time; it can be stopped, and leaves no trace.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.desktop import dialogs
from studio.desktop.panels.received import (
    ROLE_WORDS,
    ApprovalRow,
    ApprovalsPanel,
    ChangesPanel,
    EvidencePanel,
    VerdictBanner,
    check_items,
    checks_panel,
)
from studio.desktop.panels.report import SealedReport
from studio.desktop.relay import Relay
from studio.desktop.theme.current import theme
from studio.desktop.theme.tokens import S2, Tone
from studio.desktop.widgets.button import Button, Switch
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import Chip, Elided, label
from studio.desktop.widgets.notice import NoticeBar
from studio.desktop.widgets.pane import Pane
from studio.desktop.widgets.states import EmptyState
from studio.desktop.widgets.tray import Tray
from studio.domain.bundle import SUFFIX
from studio.domain.errors import Cancelled, StudioError
from studio.settings import Settings, load_settings, save_settings

if TYPE_CHECKING:
    from studio.domain.bundle import Bundle, Recomputation
    from studio.domain.environment import ApprovalPolicy
    from studio.services.jobs import Handle
    from studio.services.received import Received

BUNDLES = f"Signed bundles (*{SUFFIX});;All files (*)"
POLICIES = "Approval policy (*.json);;All files (*)"
PAGES = "Web page (*.html)"
PARTS = ("Report", "Changes", "Approvals", "Evidence")
_VERDICTS: dict[str, tuple[Tone, str, str]] = {
    "verified": ("ok", "Verified", ""),
    "refused": ("bad", "Refused", ""),
    "unjudged": ("warn", "Not judged yet", "Choose IT's policy…"),
    "broken": ("bad", "This file cannot be used", "Open another file…"),
}


class BundleWindow(QMainWindow):
    """Shows one received bundle."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self.file: Path | None = None
        self.received: Received | None = None
        self._data = b""
        self._job: Handle[tuple[Recomputation, ...]] | None = None
        self._relay = Relay(self)
        self._relay.progressed.connect(self._on_progress)
        self._relay.done.connect(self._on_done)
        self._relay.failed.connect(self._on_failed)
        self.setMinimumSize(900, 600)
        self.resize(1280, 860)
        self.setWindowTitle("Received bundle")
        self._lay_out()
        for keys, act in (("Ctrl+O", self.choose_file), ("Ctrl+S", self.save_report), ("Ctrl+W", self.close)):
            QShortcut(QKeySequence(keys), self).activated.connect(act)
        theme().dress(self)

    # What a person may do.

    def open_file(self, file: Path) -> bool:
        """Show a bundle; return whether the file could be read at all."""
        from studio.release.container import MAX_BYTES

        try:
            with file.open("rb") as opened:
                data = opened.read(MAX_BYTES + 1)  # one more is enough to be told that it is too large
        except OSError as error:
            self.notice.tell(f"{file} cannot be read: {error.strerror}. Choose the file again.", "bad")
            return False
        self._stop()
        self.file, self._data = file, data
        self._judge(None)
        bundle = self.received.bundle if self.received else None
        if bundle is not None and (kept := self.settings.policies.get(bundle.manifest.agent.id)):
            self._read_policy(Path(kept), remembered=True)
        return True

    def choose_file(self) -> None:
        """Let the person choose another bundle."""
        if (file := dialogs.choose_file(self, "Open a received bundle", BUNDLES)) is not None:
            self.open_file(file)

    def choose_policy(self) -> None:
        """Let the person choose IT's policy; it is remembered for this agent."""
        file = dialogs.choose_file(self, "IT's approval policy", POLICIES)
        if file is not None and self._read_policy(file) and self.received and self.received.bundle:
            self._remember(self.received.bundle.manifest.agent.id, file)

    def save_report(self) -> None:
        """Write the report with all approvals and the verdict where the person says."""
        if self.received is None or self.received.bundle is None or self.file is None:
            return
        target = dialogs.choose_target(self, "Save the report", f"{self.file.stem}-report.html", PAGES)
        if target is None:
            return
        try:
            target.write_text(self.received.report(), encoding="utf-8")
        except OSError as error:
            self.notice.tell(f"{target} cannot be written: {error.strerror}. Choose another place.", "bad")
            return
        self.notice.tell(f"Written: {target}", "ok")

    def copy_report(self) -> None:
        """Put the report on the clipboard, with its looks and as plain text."""
        if self.received is None or self.received.bundle is None:
            return
        both = QMimeData()
        both.setHtml(self.received.report())
        both.setText(self.report.toPlainText())
        QGuiApplication.clipboard().setMimeData(both)
        self.notice.tell("The report is on the clipboard.", "ok")

    def recompute(self) -> None:
        """Work the evidence out again, in the background."""
        if self._job is not None or self.received is None or self.received.bundle is None:
            return
        from studio.services.jobs import Handle

        self._job = Handle("Working out the evidence again")
        self.evidence.show_running(True)
        self.evidence.show_results((), "It takes as long as the author's simulations took.")
        self.tray.show_job(self._job.title, 0.0)
        job = self._job
        job.begin(
            _again(self._data),
            lambda fraction, message="": self._relay.tell_progress(fraction, message, job),
            lambda found: self._relay.tell_done(found, job),
            lambda error: self._relay.tell_failed(error, job),
        )

    def sign(self) -> None:
        """Let a person sign an approval of exactly this bundle, to be sent back as a file."""
        if self.received is not None and self.received.bundle is not None:
            from studio.desktop.bundle_signing import sign_approval

            said = sign_approval(self, self.received.bundle, self.received.policy, self.settings)
            if said is not None:
                self.notice.tell(said[0], said[1])

    def show_part(self, name: str) -> None:
        """Show report, changes, approvals or evidence."""
        self.parts.setCurrentIndex(PARTS.index(name))
        self.switches[name].setChecked(True)

    # What is shown.

    def _judge(self, policy: ApprovalPolicy | None) -> None:
        from studio.assembly import now
        from studio.services.received import look_at

        self.received = look_at(self._data, policy, now())
        self._show()

    def _read_policy(self, file: Path, *, remembered: bool = False) -> bool:
        from studio.release.policy import read_policy

        try:
            policy = read_policy(file.read_bytes(), file.name)
        except (StudioError, OSError) as error:
            words = str(error) if isinstance(error, StudioError) else f"{error.strerror}."
            lead = f"The policy that was chosen last, {file}, cannot be read: " if remembered else ""
            self.notice.tell(f"{lead}{words}", "warn" if remembered else "bad")
            return False
        self._judge(policy)
        self.policy.setText(f"{policy.id}, version {policy.version}")
        self.policy_file.setText(str(file))
        return True

    def _remember(self, agent: str, file: Path) -> None:
        try:
            kept = load_settings()  # another window may have kept something since
            policies = {**kept.policies, agent: str(file.resolve())}
            self.settings = kept.model_copy(update={"policies": policies})
            save_settings(self.settings)
        except (StudioError, OSError):
            self.notice.tell("Which policy was chosen could not be remembered.", "warn")

    def _show(self) -> None:
        found = self.received
        assert found is not None and self.file is not None
        tone, title, way = _VERDICTS[found.verdict]
        self.banner.show_verdict(tone, title, found.reason, way)
        self.checks.show_items(check_items(found.checks))
        self.setWindowTitle(f"{self.file.name} – received bundle")
        self.policy.setText("None is chosen yet" if found.policy is None else found.policy.id)
        self.policy_file.setText("")
        self.content.setCurrentIndex(1 if found.bundle is not None else 0)
        for button in (self.save, self.copy):
            button.setEnabled(found.bundle is not None)
        self.evidence.show_results(
            (),
            "You need not believe the figures below: this file is enough to work all of it out again.",
        )
        if found.bundle is None:
            self.heading.setText(self.file.name)
            self.environment.show_fact("")
            self.until.show_fact("")
            return
        self._show_bundle(found, found.bundle)

    def _show_bundle(self, found: Received, bundle: Bundle) -> None:
        manifest = bundle.manifest
        self.heading.setText(manifest.label)
        self.environment.show_fact(f"for {manifest.environment}")
        self.until.show_fact(f"valid until {manifest.not_after:%d %b %Y}")
        self.digest.setText(bundle.manifest_digest)
        self.report.show_page(found.report())
        self.changes.show_changes(bundle, found.words)
        self.approvals.show_approvals(_rows(bundle, found), found.policy is not None)
        self.evidence.show_claims(bundle)

    def _on_way(self) -> None:
        if self.received is not None and self.received.verdict == "broken":
            self.choose_file()
        else:
            self.choose_policy()

    # The job.

    def _stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _on_progress(self, fraction: float, message: str, of: object) -> None:
        if of is self._job and self._job is not None:
            self.tray.show_job(self._job.title, fraction, message)

    def _end(self, of: object) -> bool:
        """Take leave of a job that ended; return whether it was the one that is waited for."""
        if of is not self._job or self._job is None:
            return False
        self._job.join(10)
        self._job = None
        self.tray.rest()
        self.evidence.show_running(False)
        return True

    def _on_done(self, results: tuple[Recomputation, ...], of: object) -> None:
        if self._end(of):
            bad = [each for each in results if each.verdict in ("contradicted", "stale")]
            vouched = any(each.verdict == "attested" for each in results)
            same = (
                "All that can be worked out again came out the same." if vouched else "All came out the same."
            )
            self.evidence.show_results(results, "Not all of it came out the same." if bad else same)

    def _on_failed(self, error: BaseException, of: object) -> None:
        if not self._end(of):
            return
        if isinstance(error, StudioError):
            self.evidence.show_results((), "Stopped." if isinstance(error, Cancelled) else str(error))
        else:
            sys.excepthook(type(error), error, error.__traceback__)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what runs before the window goes."""
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
            self.hide()
            job.join(30)
        super().closeEvent(event)

    # The shell.

    def _lay_out(self) -> None:
        self.banner, self.notice, self.tray = VerdictBanner(), NoticeBar(), Tray()
        self.banner.way.clicked.connect(lambda _down=False: self._on_way())
        self.tray.stop_asked.connect(self._stop)
        self.tray.state.setText("Only looked at: nothing of this file is taken over or kept")
        self.content = QStackedWidget()
        self.content.addWidget(
            EmptyState("alert", "Nothing in this file can be shown", "Ask the sender for a fresh export.")
        )
        self.content.addWidget(self._split())
        center = QWidget()
        column = QVBoxLayout(center)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self._head(), self.notice, self.banner, self.content, self.tray):
            column.addWidget(widget, 1 if widget is self.content else 0)
        self.setCentralWidget(center)

    def _head(self) -> QWidget:
        bar = QFrame()
        bar.setProperty("role", "top")
        bar.setFixedHeight(52)
        line = QHBoxLayout(bar)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(S2)
        self.heading = Elided("", "title")
        self.environment, self.until = Chip(), Chip()
        self.save = Button("Save report…", self.save_report, icon="export")
        self.copy = Button("Copy report", self.copy_report)
        self.other = Button("Open another file…", self.choose_file)
        line.addWidget(self.heading, 1)
        for widget in (self.environment, self.until, self.copy, self.save, self.other):
            line.addWidget(widget)
        return bar

    def _split(self) -> QWidget:
        left = Pane("Every check, in its order", scroll=True)
        self.checks = checks_panel()
        left.body.addWidget(self.checks)
        policy = Card("IT's approval policy")
        self.policy, self.policy_file = label("", wrap=True), label("", "muted", wrap=True)
        policy.add(self.policy)
        policy.add(self.policy_file)
        self.choose = Button("Choose policy…", self.choose_policy)
        policy.buttons(self.choose)
        left.body.addWidget(policy)
        content = Card("This exact content")
        self.digest = label("", wrap=True)
        self.digest.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        content.add(self.digest)
        content.say("The author sees the same figure. Any change of any letter makes it another.", muted=True)
        left.body.addWidget(content)
        left.body.addStretch(1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self._right())
        split.setStretchFactor(1, 1)
        split.setSizes([400, 880])
        return split

    def _right(self) -> QWidget:
        self.report, self.changes = SealedReport(), ChangesPanel()
        self.approvals, self.evidence = ApprovalsPanel(self.sign), EvidencePanel(self.recompute)
        self.parts = QStackedWidget()
        self.switches = {name: Button(name, self._shower(name)) for name in PARTS}
        for widget in (self.report, self.changes, self.approvals, self.evidence):
            self.parts.addWidget(widget)
        right = Pane("", padded=False)
        right.head.insertWidget(0, Switch("What is shown", *self.switches.values()))
        holder = QHBoxLayout()
        holder.addWidget(self.parts)
        right.body.addLayout(holder)
        return right

    def _shower(self, name: str) -> Callable[[], None]:
        return lambda: self.parts.setCurrentIndex(PARTS.index(name))


def _rows(bundle: Bundle, found: Received) -> list[ApprovalRow]:
    from studio.release.keys import fingerprint

    rows, policy = [], found.policy
    for signed in bundle.approvals:
        each = signed.approval
        person = policy.person(each.person) if policy else None
        rows.append(
            ApprovalRow(
                person.name if person else each.person,
                ROLE_WORDS.get(each.role, each.role),
                "approved" if each.decision == "approve" else "refused",
                f"{each.time:%d %b %Y, %H:%M} UTC",
                fingerprint(signed.key_id),
                each.comment,
                None if policy is None else found.faults.get(signed.file, ""),
            )
        )
    return rows


def _again(data: bytes) -> Callable[..., tuple[Recomputation, ...]]:
    """Return the work: the evidence from the bundle alone, in a process that can reach nothing else."""
    from studio.assembly import recompute_apart
    from studio.ports import Progress

    def work(progress: Progress) -> tuple[Recomputation, ...]:
        return recompute_apart(data, progress=progress)

    return work
