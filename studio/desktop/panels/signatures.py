"""The signatures panel: who signed in which role, what they had not looked at, and what voided a signature.

- Beside it, what exactly is signed: the fingerprint that people read to each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.itemmodels.rows import Column, RowsModel
from studio.desktop.theme.tips import tip
from studio.desktop.theme.tokens import S2, S3, Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import clear_layout
from studio.desktop.widgets.table import Table
from studio.desktop.widgets.wrap import WrapLayout
from studio.domain.bundle import missed_words

_TONES: dict[str, Tone] = {"signed": "ok", "rejected": "bad", "waiting": "none", "void": "warn"}
NO_POLICY = (
    "Who has to sign stands in IT's approval policy, a file that is not here yet. Ask IT for it. They make "
    "it from the keys of all who sign; yours is made under Settings."
)


class SignatureLike(Protocol):
    """One wanted signature, as it is read."""

    @property
    def role(self) -> str: ...  # noqa: D102
    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def person(self) -> str: ...  # noqa: D102
    @property
    def at(self) -> str: ...  # noqa: D102
    @property
    def looked(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def not_looked(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def void(self) -> str: ...  # noqa: D102


def _state(row: SignatureLike) -> str:
    return "void" if row.void else row.state


class SignaturesPanel(QWidget):
    """Shows the signatures and what is signed."""

    policy_asked = Signal()
    approve_asked = Signal()
    mail_asked = Signal()
    take_asked = Signal()

    def __init__(self, role_words: Mapping[str, str]) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S3)
        self.card = card = Card("Signatures")
        self.model: RowsModel[SignatureLike] = RowsModel(
            [
                Column("Role", lambda r: role_words.get(r.role, r.role)),
                Column("State", _state, tone=lambda r: _TONES[_state(r)], width=76),
                Column(
                    "Who", lambda r: r.person or "–", tone=lambda r: "" if r.person else "none", width=120
                ),
            ],
            self,
        )
        self.table = Table("Signatures", self.model)
        self.table.set_growing()
        card.add(self.table)
        holder = QWidget()
        self.said = QVBoxLayout(holder)
        self.said.setContentsMargins(0, 0, 0, 0)
        self.said.setSpacing(4)
        card.add(holder)
        self.note = label("", "muted", wrap=True)
        card.add(self.note)
        self.approve = Button("Approve…", self.approve_asked.emit, icon="seal")
        self.mail = Button("Ask by mail…", self.mail_asked.emit, icon="export")
        self.take = Button("Take in an approval…", self.take_asked.emit, icon="import")
        self.policy = Button(
            "Another policy…", self.policy_asked.emit, kind="link", name="Another approval policy of IT's…"
        )
        ways = QWidget()
        line = WrapLayout(S2)
        for button in (self.approve, self.mail, self.take, self.policy):
            line.addWidget(button)
        ways.setLayout(line)
        card.add(ways)
        column.addWidget(card)
        content = Card("This exact content")
        self.print = label("", "")
        self.print.setAccessibleName("Fingerprint of this content")
        self.print.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        content.add(self.print)
        self.why = label("", "muted", wrap=True)
        content.add(self.why)
        self.draft = label("", "muted", wrap=True)
        self.draft.setAccessibleName("Fingerprint of the draft alone")
        self.draft.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        content.add(self.draft)
        self.copy = Button("Copy", self._copy, kind="link", icon="copy", name="Copy the fingerprint")
        content.buttons(self.copy)
        column.addWidget(content)

    def show_signatures(self, rows: Sequence[SignatureLike], has_policy: bool, looking: bool) -> None:
        """Show who signed."""
        self.model.set_rows(rows)
        self.table.setVisible(bool(rows))
        clear_layout(self.said)
        for tone, sentence in _voids(rows):
            self.said.addWidget(label(sentence, "", tone, wrap=True))
        for each in rows:
            if not each.void and each.state != "waiting":
                tone = "bad" if each.state == "rejected" else ""
                said = label(_said(each), "" if tone else "muted", tone, wrap=True)
                said.setToolTip(tip("\n".join(each.not_looked)))
                self.said.addWidget(said)
        note = "A signature covers exactly this content. Any edit voids it."
        self.note.setText(note if has_policy else NO_POLICY)
        self.approve.setVisible(has_policy and not looking and any(row.state == "waiting" for row in rows))
        for button in (self.mail, self.take):
            button.setVisible(self.approve.isVisibleTo(self))
        self.policy.setText("Another policy…")
        self.policy.setVisible(has_policy)  # until it is here, the gate on approvals asks for it

    def show_content(self, fingerprint: str, digest: str, why: str) -> None:
        """Show what is signed, or why there is nothing to sign yet."""
        self.print.setText(fingerprint)
        self.print.setToolTip(digest)
        self.print.setVisible(bool(fingerprint))
        self.copy.setVisible(bool(fingerprint))
        told = "IT sees the same letters when they check the bundle: read them to each other."
        self.why.setText(told if fingerprint else why or "It has no fingerprint until it is ready.")

    def show_draft(self, fingerprint: str) -> None:
        """Show what the draft alone is called, as long as there is no more to be signed."""
        self.draft.setText(f"The draft alone: {fingerprint}")
        self.draft.setVisible(not self.print.text())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.print.text())


def _voids(rows: Sequence[SignatureLike]) -> list[tuple[Tone, str]]:
    """Return why signatures are void, each reason once with all whose signatures it voided."""
    people: dict[str, list[str]] = {}
    for row in rows:
        if row.void:
            people.setdefault(row.void.removeprefix("Void: "), []).append(row.person)
    found: list[tuple[Tone, str]] = []
    for why, names in people.items():
        *first, last = names
        whose = f"The signatures of {', '.join(first)} and {last} are" if first else f"{last}’s signature is"
        found.append(("warn", f"{whose} void: {why}"))
    return found


def _said(row: SignatureLike) -> str:
    """Return what there is to say of a signature under the table; what was missed without its list."""
    when = f", {_moment(row.at)}" if row.at else ""
    missed = missed_words(row.not_looked)
    told = ", saw everything" if row.looked and not row.not_looked else ""
    return f"{row.person}{when}{told}.{f' {missed}' if missed else ''}"


def _moment(text: str) -> str:
    moment = datetime.fromisoformat(text).astimezone()
    return f"{moment.day} {moment:%b %Y, %H:%M}"
