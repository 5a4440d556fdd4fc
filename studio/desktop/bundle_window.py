"""IT's window on a received bundle: verdict, report, approvals, evidence, changes; it only reads.

- No workspace is needed, and none is touched. The policy is IT's own file; which one is remembered by agent.
- The file is read apart from the window's thread, and a large one in a process of its own: nothing stops.
- Evidence is worked out again in the background by a process that gave up network, other programs, writing
  and more than its share of memory and time; it can be stopped, and leaves no trace.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from PySide6.QtCore import QMimeData, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut

from studio.desktop import dialogs
from studio.desktop.apart import Apart
from studio.desktop.bundle_shell import BUSY, NOTHING, WHOLE, BundleShell
from studio.desktop.panels.received import ROLE_WORDS, ApprovalRow, check_items
from studio.desktop.relay import Relay
from studio.desktop.theme.current import theme
from studio.desktop.theme.tokens import Tone
from studio.domain.bundle import SUFFIX
from studio.domain.errors import BundleRefused, Cancelled, StudioError
from studio.ports import Progress
from studio.settings import Settings, load_settings, save_settings

if TYPE_CHECKING:
    from studio.domain.bundle import Recomputation
    from studio.domain.environment import ApprovalPolicy
    from studio.services.jobs import Handle
    from studio.services.received import Received
    from studio.services.received_contents import Contents

BUNDLES = f"Signed bundles (*{SUFFIX});;All files (*)"
POLICIES = "Approval policy (*.json);;All files (*)"
PAGES = "Web page (*.html)"
AT_ONCE = 512 * 1024
"""A file of so many bytes is read within a blink; a larger one takes a while, in a process of its own."""
OTHER_POLICY = "Choose another policy…"
PATIENCE = 80
"""After so many milliseconds the window says that it reads."""
_VERDICTS: dict[str, tuple[Tone, str, str]] = {
    "verified": ("ok", "Verified", ""),
    "waiting": ("warn", "Waits for approvals", "Sign an approval…"),
    "refused": ("bad", "Refused", ""),
    "unjudged": ("warn", "Not judged yet", "Choose IT's policy…"),
    "broken": ("bad", "This file cannot be used", "Open another file…"),
}


class BundleWindow(BundleShell):
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
        self._apart: Apart[tuple[bytes, Received]] = Apart(self)
        self._policy_file = self._busy_words = ""
        self._again_of = b""
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(PATIENCE)
        self._slow.timeout.connect(self._show_busy)
        self._listen()
        for keys, act in (("Ctrl+O", self.choose_file), ("Ctrl+S", self.save_report), ("Ctrl+W", self.close)):
            QShortcut(QKeySequence(keys), self).activated.connect(act)
        theme().dress(self)

    def _listen(self) -> None:
        for asked, deed in (
            (self.file_asked, self.choose_file),
            (self.policy_asked, self.choose_policy),
            (self.save_asked, self.save_report),
            (self.copy_asked, self.copy_report),
            (self.sign_asked, self.sign),
            (self.again_asked, self.recompute),
            (self.stop_asked, self._stop),
            (self.way_asked, self._on_way),
        ):
            asked.connect(deed)

    # What a person may do.

    def open_file(self, file: Path) -> bool:
        """Show a bundle; return whether the file could be read at all. It is read apart."""
        try:
            opened = file.open("rb")
        except OSError as error:
            self.notice.tell(f"{file} cannot be read: {error.strerror}. Choose the file again.", "bad")
            return False
        self._stop()
        self.notice.hide()  # what was told of another file
        self.file, self._data, self._policy_file = file, b"", ""
        self._judge(None, opened)
        return True

    def choose_file(self) -> None:
        """Let the person choose another bundle."""
        if (file := dialogs.choose_file(self, "Open a received bundle", BUNDLES)) is not None:
            self.open_file(file)

    def choose_policy(self) -> None:
        """Let the person choose IT's policy; it is remembered for this agent."""
        file = dialogs.choose_file(self, "IT's approval policy", POLICIES)
        if file is None:
            return
        agent = contents.manifest.agent.id if (contents := self._contents) is not None else ""
        policy = self._read_policy(file)
        if policy is not None and policy.agent == agent:
            self._remember(agent, file)

    def save_report(self) -> None:
        """Write the report with all approvals and the verdict where the person says."""
        if self.received is None or self._contents is None or self.file is None:
            return
        target = dialogs.choose_target(self, "Save the report", f"{self.file.stem}-report.html", PAGES)
        if target is None:
            return
        try:
            target.write_text(self.received.report, encoding="utf-8")
        except OSError as error:
            self.notice.tell(f"{target} cannot be written: {error.strerror}. Choose another place.", "bad")
            return
        self.notice.tell(f"Written: {target}", "ok")

    def copy_report(self) -> None:
        """Put the report on the clipboard, with its looks and as plain text."""
        if self.received is None or self._contents is None:
            return
        both = QMimeData()
        both.setHtml(self.received.report)
        both.setText(self.report.toPlainText())
        QGuiApplication.clipboard().setMimeData(both)
        self.notice.tell("The report is on the clipboard.", "ok")

    def recompute(self) -> None:
        """Work the evidence out again, in the background."""
        if self._job is not None or self._contents is None:
            return
        from studio.services.jobs import Handle

        self._again_of = self._data
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
        if self.received is not None and (contents := self._contents) is not None:
            from studio.desktop.bundle_signing import sign_approval

            said = sign_approval(self, contents, self.received.policy, self.settings)
            if said is not None:
                self.notice.tell(said[0], said[1])

    # What is shown.

    @property
    def _contents(self) -> Contents | None:
        """Return what the file holds, once it was read and is a sound bundle."""
        return self.received.contents if self.received is not None else None

    def _judge(self, policy: ApprovalPolicy | None, opened: BinaryIO | None = None) -> None:
        """Read and check the file under a policy, apart, and show it; `opened` is a file still to be read."""
        from studio.assembly import now

        assert self.file is not None
        size = os.fstat(opened.fileno()).st_size if opened is not None else len(self._data)
        read, moment, remembered = self._data, now(), dict(self.settings.policies)

        def work(progress: Progress) -> tuple[bytes, Received]:
            try:
                data = read if opened is None else _all_of(opened)
            except OSError as error:
                said = f"The file cannot be read: {error.strerror}. Choose it again."
                return b"", _broken(said)
            return data, _looked_at(data, policy, moment, remembered, progress)

        def found(made: tuple[bytes, Received]) -> None:
            self._slow.stop()
            self._data, self.received = made
            self._show()

        self.received = None
        self._busy_words = f"Reading and checking {self.file.name} ({max(size, 10_000) / 1e6:.2f} MB)…"
        if size > AT_ONCE:
            self._show_busy()
        else:
            self._slow.start()
        self._apart.run_watched("Reading", work, found, self._not_read)

    def _show_busy(self) -> None:
        self.banner.show_verdict("none", "Being read", self._busy_words)
        self.heading.setText(self.file.name if self.file else "")
        self.busy.text.setText("Every part is compared with what was signed.")
        self.content.setCurrentIndex(BUSY)
        for chip in (self.environment, self.until):
            chip.show_fact("")
        for button in (self.save, self.copy):
            button.setEnabled(False)

    def _not_read(self) -> None:
        self._slow.stop()
        self.content.setCurrentIndex(NOTHING)
        self.banner.show_verdict("bad", "This file could not be read", "", _VERDICTS["broken"][2])

    def _read_policy(self, file: Path) -> ApprovalPolicy | None:
        from studio.release.policy import read_policy

        try:
            policy = read_policy(file.read_bytes(), file.name)
            # A file that is still being read is begun anew.
            opened = self.file.open("rb") if self.file is not None and not self._data else None
        except (StudioError, OSError) as error:
            self.notice.tell(str(error) if isinstance(error, StudioError) else f"{error.strerror}.", "bad")
            return None
        self.notice.hide()
        self._policy_file = str(file)
        self._judge(policy, opened)
        return policy

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
        if _is_of_another(found):
            way = OTHER_POLICY
        self.banner.show_verdict(tone, title, found.reason, way)
        self.checks.show_items(check_items(found.checks))
        self.setWindowTitle(f"{self.file.name} – received bundle")
        self._show_policy(found)
        self.content.setCurrentIndex(WHOLE if found.contents is not None else NOTHING)
        for button in (self.save, self.copy):
            button.setEnabled(found.contents is not None)
        self.evidence.show_results(
            (),
            "You need not believe the figures below: this file is enough to work all of it out again.",
        )
        if found.contents is None:
            self.heading.setText(self.file.name)
            self.environment.show_fact("")
            self.until.show_fact("")
            return
        self._show_contents(found, found.contents)

    def _show_policy(self, found: Received) -> None:
        policy = found.policy
        self.policy.setText(
            "None is chosen yet" if policy is None else f"{policy.id}, version {policy.version}"
        )
        self.policy_file.setText("" if policy is None else found.policy_file or self._policy_file)
        if found.policy_fault:
            self.notice.tell(found.policy_fault, "warn")

    def _show_contents(self, found: Received, contents: Contents) -> None:
        from studio.release.keys import fingerprint

        manifest = contents.manifest
        self.heading.setText(manifest.label)
        self.environment.show_fact(f"for {manifest.environment}")
        self.until.show_fact(f"valid until {manifest.not_after:%d %b %Y}")
        self.digest.setText(fingerprint(contents.manifest_digest))
        self.digest.setToolTip(contents.manifest_digest)
        self.report.show_page(found.report)
        self.changes.show_changes(contents.words, contents.sources)
        self.approvals.show_approvals(_rows(contents, found), found.policy is not None)
        self.evidence.show_claims(contents.claims, contents.gates)

    def _on_way(self) -> None:
        if self.received is None or self.received.verdict == "broken":
            self.choose_file()
        elif self.received.verdict == "waiting":
            self.sign()
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
        """Take leave of a job that ended; return whether its outcome is still asked for.

        It may end well after another file was opened, of which it says nothing.
        """
        if of is not self._job or self._job is None:
            return False
        self._job.join(10)
        self._job = None
        self.tray.rest()
        self.evidence.show_running(False)
        return self._again_of is self._data

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
        self._apart.let_go()
        if job is not None:
            job.cancel()
            self.hide()
            job.join(30)
        super().closeEvent(event)


def _is_of_another(found: Received) -> bool:
    """Return whether a bundle was judged by the policy for another agent, which refuses it whatever it is."""
    contents, policy = found.contents, found.policy
    return contents is not None and policy is not None and policy.agent != contents.manifest.agent.id


def _all_of(opened: BinaryIO) -> bytes:
    """Return what a file holds; of one that is too large, enough to be told so."""
    from studio.release.container import MAX_BYTES

    with opened:
        return opened.read(MAX_BYTES + 1)


def _looked_at(
    data: bytes,
    policy: ApprovalPolicy | None,
    moment: datetime,
    remembered: dict[str, str],
    progress: Progress,
) -> Received:
    """Return what a file holds: of a small one found here, of a large one in a process of its own."""
    from studio.assembly import look_apart
    from studio.services.received import look_at

    if len(data) <= AT_ONCE:
        return look_at(data, policy, moment, remembered)
    try:
        return look_apart(data, policy, moment, remembered, progress)
    except BundleRefused as error:
        return _broken(str(error))


def _broken(why: str) -> Received:
    from studio.services.received import Received

    return Received(verdict="broken", reason=why, checks=())


def _rows(contents: Contents, found: Received) -> list[ApprovalRow]:
    from studio.release.keys import fingerprint

    rows, policy = [], found.policy
    for signed in contents.approvals:
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
                each.looked_words,
                None if policy is None else found.faults.get(signed.file, ""),
            )
        )
    return rows


def _again(data: bytes) -> Callable[..., tuple[Recomputation, ...]]:
    """Return the work: the evidence from the bundle alone, in a process that can reach nothing else."""
    from studio.assembly import recompute_apart

    def work(progress: Progress) -> tuple[Recomputation, ...]:
        return recompute_apart(data, progress=progress)

    return work
