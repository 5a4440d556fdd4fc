"""What the Review page does with roles and packages: approve, send for review, send back, merge, choose.

- What the person opens is remembered, so that an approval can say what was looked at; it is kept when the
  approvals are looked at, when somebody approves, when a reply is made, and when the workspace is let go of.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, SignalInstance
from PySide6.QtWidgets import QDialog, QWidget

from studio.desktop import dialogs
from studio.desktop.actions import Desk
from studio.desktop.page import Page
from studio.desktop.panels.approvals import ApprovalsPanel
from studio.desktop.panels.change_parts import ChangeParts
from studio.desktop.panels.package_dialogs import MergeDialog, RolesDialog, SendDialog, SignReplyDialog
from studio.desktop.session import words_of
from studio.desktop.widgets.waiting import waiting
from studio.domain.errors import StudioError, WrongUse

if TYPE_CHECKING:
    from studio.domain.review_approval import ReviewRole, ReviewVerdict

PART = "approvals"
PACKAGES = "Review packages (*.cobreview)"
REPLIES = "Replies to review packages (*.cobreply)"
_ROLES = {"Operations author": "operations", "Compliance lead": "compliance", "IT release": "it"}


class PackageDeeds(QObject):
    """Fills the approvals part of the Review page, and does what its buttons ask."""

    def __init__(self, page: Page, parts: ChangeParts, opened: SignalInstance) -> None:
        super().__init__(page)
        self._desk, self._window, self._parts = page.desk, page, parts
        self._seen: dict[str, None] = {}
        self._affected = False
        self._open = ""
        self.panel = ApprovalsPanel()
        parts.body(PART).addWidget(self.panel)
        parts.body(PART).addStretch(1)
        opened.connect(self._on_opened)
        parts.part_shown.connect(self._on_part)
        page.desk.session.opened.connect(self._forget)
        page.desk.session.closing.connect(self._keep_looked)
        self.panel.approve_asked.connect(lambda role, words: self._approve(role, "approve", words))
        self.panel.changes_asked.connect(lambda role, words: self._approve(role, "request changes", words))
        self.panel.settled.connect(self._settle)
        self.panel.send_asked.connect(self.send)
        self.panel.merge_asked.connect(self.merge)
        self.panel.reply_asked.connect(self.reply)
        self.panel.roles_asked.connect(self._choose_roles)

    def on_affected_read(self) -> None:
        """Note that the person saw who would be treated differently: found out, not only asked for."""
        self._affected = True
        self._keep_looked()

    def perform(self, verb: str) -> None:
        """Do what an action asks: send, merge or reply."""
        if verb == "approvals":
            self._parts.show_part(PART)
        if verb in ("send", "merge", "reply"):
            self._parts.show_part(PART)
            {"send": self.send, "merge": self.merge, "reply": self.reply}[verb]()

    def fill(self) -> None:
        """Show the approvals as they are now."""
        from studio.services.queries.review_package import ShowApprovals, ShowPackage

        session = self._desk.session
        self._keep_looked()
        package = session.ask(ShowPackage())
        page = session.ask(ShowApprovals(self._who))
        self.panel.offer_roles(page.roles, self._my_role())
        self.panel.show_page(page)
        unsent = package.unsent if package else 0
        self.panel.show_package(f"A review package from {package.made_by}" if package else "", unsent)

    def opened_so_far(self) -> frozenset[str]:
        """Return which changes this person has opened, by `PROPOSAL/CHANGE`: now, and at earlier times."""
        from studio.services.queries.review_package import ShowReviewer

        return self._desk.session.ask(ShowReviewer(self._who)).opened | frozenset(self._seen)

    def apart_words(self) -> str:
        """Return that somebody else approves in their role what they accept; "" where it is not so."""
        from studio.domain.review_approval import ROLE_NAMES
        from studio.services.queries.review_package import ShowReviewer

        role = next((each for each in ROLE_NAMES if each == self._my_role()), None)
        if role is None or role not in self._desk.session.ask(ShowReviewer(self._who)).apart:
            return ""
        return f"What you accept here, somebody else approves for {ROLE_NAMES[role]}."

    def send(self) -> None:
        """Say what would travel, then write the package where the person wants it."""
        self._safely(self._send)

    def merge(self) -> None:
        """Let the person choose a reply, show what it would do, and merge it."""
        self._safely(self._merge)

    def reply(self) -> None:
        """Write what was decided here into a reply."""
        self._safely(lambda: send_back(self._desk, self._window))

    @property
    def _who(self) -> str:
        bench = self._desk.session.workbench
        return bench.outside.who if bench else ""

    def _my_role(self) -> str:
        from studio.settings import load_settings

        try:
            return _ROLES.get(load_settings().role, "")
        except StudioError:
            return ""

    def _forget(self) -> None:
        self._seen.clear()
        self._affected, self._open = False, ""
        self._parts.show_part("changes")
        self.panel.role.clear()
        self.panel.remark.clear()

    def _on_opened(self, proposal: str, change: str) -> None:
        self._open = f"{proposal}/{change}" if change else ""
        if self._parts.shown == PART:
            self.fill()  # the change itself is behind the approvals, and nobody has looked at it
        elif self._open:
            self._seen[self._open] = None

    def _on_part(self, part: str) -> None:
        if part == PART:
            self.fill()
        elif self._open:
            self._seen[self._open] = None

    def _keep_looked(self) -> None:
        from studio.domain.review_approval import Looked
        from studio.services.commands import NoteLooked

        seen = self._desk.session.seen
        looked = Looked(
            changes=tuple(self._seen),
            consequences=self._affected,
            proofs="workflows" in seen,
            coverage="tests" in seen,
        )
        if looked != Looked():
            self._desk.session.do(NoteLooked(looked))
            self._affected = False  # noted of what is proposed now; of anything later it was not looked at
            seen -= {"workflows", "tests"}

    def _approve(self, role: str, decision: ReviewVerdict, words: str) -> None:
        from studio.services.commands import ApproveReview

        self._keep_looked()
        effect = self._desk.session.do(ApproveReview(cast("ReviewRole", role), decision, words))
        if effect is not None:
            self.panel.remark.clear()
            self.fill()
            verb = "approved exactly this content" if decision == "approve" else "asked for changes"
            self._desk.tell(f"You {verb}. Any edit voids it.", "ok", "Undo", self._desk.session.undo)

    def _settle(self, reply: str, proposal: str, change: str, theirs: bool) -> None:
        from studio.services.commands import SettleDifference

        effect = self._desk.session.do(SettleDifference(reply, proposal, change, theirs))
        if effect is not None:
            self.fill()
            self._desk.tell(effect.title, "ok", "Undo", self._desk.session.undo)

    def _choose_roles(self) -> None:
        from studio.services.commands import ForgetReviewerKey, SetReviewPolicy
        from studio.services.queries.review_package import ShowApprovals

        page = self._desk.session.ask(ShowApprovals(self._who))
        required = [row.role for row in page.roles if row.required]
        apart = [row.role for row in page.roles if row.name in page.apart]
        keys = [(key.key_id, f"{key.person}: {key.fingerprint}, compared by {key.by}") for key in page.keys]
        roles = [(row.role, row.name) for row in page.roles]
        dialog = RolesDialog(self._window, roles, required, apart, page.signed, keys)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            chosen, held = cast("tuple[tuple[ReviewRole, ...], tuple[ReviewRole, ...]]", dialog.chosen())
            for key_id in dialog.forgotten():
                self._desk.session.do(ForgetReviewerKey(key_id))
            self._desk.session.do(SetReviewPolicy(chosen, held, dialog.signed.isChecked()))
            self.fill()

    def _send(self) -> None:
        from studio.services.commands import RecordPackage
        from studio.services.queries.review_package import PackReview

        session = self._desk.session
        ask = partial(PackReview, self._who, datetime.now(UTC))
        found = session.ask(ask())
        dialog = SendDialog(self._window, found.contents)
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return
        name = f"{'-'.join(found.proposals)[:60]}.cobreview"
        file = dialogs.choose_target(self._window, "Save the review package", name, PACKAGES)
        if file is None:
            return
        packed = session.ask(ask(note=dialog.note.text().strip()))
        _write(file, packed.data)
        session.do(RecordPackage(file.name, packed.digest, len(packed.data), packed.proposals))
        self._desk.tell(f"Written: {file}. Send it to the reviewer, and merge what comes back.", "ok")

    def _merge(self) -> None:
        from studio.services.commands import MergeReply
        from studio.services.queries.review_package import ShowMerge

        file = dialogs.choose_file(self._window, "The reply of a reviewer", REPLIES)
        if file is None:
            return
        data, session = _read(file), self._desk.session
        page = session.ask(ShowMerge(data))
        if page.already and page.seal != "unknown":
            self._desk.tell(f"This reply of {page.reviewer} was merged already.", "")
            return
        dialog = MergeDialog(
            self._window,
            page.reviewer,
            page.number,
            page.lines,
            "This reply was merged already" if page.already else page.sentence,
            page.unsigned,
            "" if page.seal == "none" else page.signed,
            page.fingerprint if page.seal == "unknown" else "",
        )
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return
        effect = session.do(MergeReply(data, dialog.compared()))
        if effect is not None:
            self.fill()
            self._desk.tell(effect.title, "ok", "Undo", session.undo)

    def _safely(self, deed: Callable[[], object]) -> None:
        try:
            deed()
        except StudioError as error:
            self._desk.tell(words_of(error), "bad")


def send_back(desk: Desk, window: QWidget) -> bool:
    """Write what was decided on a package into a reply, where the person wants it; return whether it was."""
    from studio.services.commands import RecordReplySent
    from studio.services.queries.review_package import MakeReply

    assert desk.session.workbench is not None
    made = desk.session.ask(MakeReply(desk.session.workbench.outside.who, datetime.now(UTC)))
    signed = _signed(window, made.data, desk)
    if signed is None:
        return False
    data, fingerprint = signed
    file = dialogs.choose_target(window, "Save what you decided", "decisions.cobreply", REPLIES)
    if file is None:
        return False
    _write(file, data)
    desk.session.do(RecordReplySent(file.name, made.said))
    told = (
        f"Signed; the key's fingerprint, for the telephone, is {fingerprint}."
        if fingerprint
        else f"It is not signed; the check number, for the telephone, is {made.number}."
    )
    desk.tell(f"Written: {file}. Send it back. {told}", "ok")
    return True


def _signed(window: QWidget, data: bytes, desk: Desk) -> tuple[bytes, str] | None:
    """Ask with which key a reply is signed; return it with the key's fingerprint, "" where there is none."""
    from studio.assembly import key_store
    from studio.release.keys import fingerprint
    from studio.services.queries.review_package import ShowPackage
    from studio.services.review_signing import sign_reply
    from studio.settings import load_settings

    store = key_store(load_settings())
    keys = store.usable()
    if not keys:
        return data, ""
    made: list[tuple[bytes, str]] = []

    def sign(name: str, secret: str) -> str:
        try:
            with waiting():
                signer = store.open(name, secret)
                made.append((sign_reply(data, signer), fingerprint(signer.key_id)))
        except StudioError as error:
            return words_of(error)
        return ""

    package = desk.session.ask(ShowPackage())
    dialog = SignReplyDialog(window, keys, package.made_by if package else "who sent it", sign)
    if dialog.exec() != QDialog.DialogCode.Accepted:
        return None
    return made[-1] if made else (data, "")


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise WrongUse(f"{file} cannot be written: {error.strerror}.", "Choose another place.") from error


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise WrongUse(f"{file} cannot be read: {error.strerror}.", "Choose the file again.") from error
