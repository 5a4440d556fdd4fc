"""Signing an approval of a received bundle: a file beside it, sent back to the author; the bundle stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from studio.desktop import dialogs
from studio.desktop.apart import Apart
from studio.desktop.panels.approve import Approval, ApproveDialog
from studio.desktop.panels.received import ROLE_WORDS
from studio.desktop.theme.tokens import Tone
from studio.domain.environment import ApprovalPolicy
from studio.domain.errors import StudioError
from studio.settings import Settings

if TYPE_CHECKING:
    from studio.services.received_contents import Contents

APPROVALS = "Approval files (*.approval.json)"


def sign_approval(
    parent: QWidget, contents: Contents, policy: ApprovalPolicy | None, settings: Settings
) -> tuple[str, Tone] | None:
    """Ask who signs with which key, and write the approval; return what to tell, with its tone."""
    from studio.assembly import key_store, now
    from studio.services.detached import SUFFIX, sign_detached

    store = key_store(settings)
    try:
        wanted = contents.asked(now())
        unlocks = store.usable()
        made: list[bytes] = []

        def sign(given: Approval, ended: Callable[[str], object]) -> None:
            def work() -> str:
                try:
                    key = store.open(given.key, given.passphrase)
                    done = sign_detached(
                        wanted,
                        key,
                        given.role,
                        given.person,
                        now(),
                        decision="approve" if given.approve else "reject",
                        comment=given.comment,
                        policy=policy,
                    )
                except StudioError as error:
                    return str(error)
                made.append(done)
                return ""

            apart.run("Signing", work, ended, lambda: ended("Signing failed; nothing was signed."))

        apart: Apart[str] = Apart(parent)
        dialog = ApproveDialog(
            parent, _roles(policy), list(unlocks), wanted.words, me=settings.who, unlocks=unlocks, sign=sign
        )
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return None
    except StudioError as error:
        return str(error), "bad"
    name = f"{wanted.file_stem}-{dialog.given().role}{SUFFIX}"
    target = dialogs.choose_target(parent, "Save the approval", name, APPROVALS)
    if target is None:
        return "Nothing was written: the approval was signed, and forgotten again.", "warn"
    try:
        target.write_bytes(made[0])
    except OSError as error:
        return f"{target} cannot be written: {error.strerror}. Choose another place.", "bad"
    return f"Written: {target}. Send it to the author, who takes it in.", "ok"


def _roles(policy: ApprovalPolicy | None) -> list[tuple[str, str, list[str]]]:
    """Return the roles with those who may sign in them; without a policy nobody is proposed."""
    people = policy.people if policy else ()
    return [
        (role, words, [person.name for person in people if role in person.roles])
        for role, words in ROLE_WORDS.items()
    ]
