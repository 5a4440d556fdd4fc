"""The approvals panel: who approves in which role, what they looked at and what not; what was said before.

- An approval that is void is struck through, with what made it void.
- Where a reviewer decided otherwise than somebody here, both stand side by side until a person chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.desktop.theme.tokens import S2, S3, Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.choice import Choice
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import clear_layout, group, row
from studio.desktop.widgets.wrap import WrapLayout

_TONES: dict[str, Tone] = {"approved": "ok", "changes requested": "bad", "waiting": "none"}
_SIGNS = {"approved": "✓", "changes requested": "✗", "waiting": "○"}


class RoleLike(Protocol):
    """One role, as it is read."""

    @property
    def role(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def required(self) -> bool: ...  # noqa: D102
    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def by(self) -> str: ...  # noqa: D102
    @property
    def closed(self) -> str: ...  # noqa: D102


class SaidLike(Protocol):
    """One approval of the history, as it is read."""

    @property
    def role(self) -> str: ...  # noqa: D102
    @property
    def by(self) -> str: ...  # noqa: D102
    @property
    def at(self) -> str: ...  # noqa: D102
    @property
    def decision(self) -> str: ...  # noqa: D102
    @property
    def comment(self) -> str: ...  # noqa: D102
    @property
    def looked(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def not_looked(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def void(self) -> str: ...  # noqa: D102
    @property
    def replaced(self) -> bool: ...  # noqa: D102


class DifferenceLike(Protocol):
    """A change on which two people decided otherwise, as it is read."""

    @property
    def reply_id(self) -> str: ...  # noqa: D102
    @property
    def proposal_id(self) -> str: ...  # noqa: D102
    @property
    def change_id(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def here(self) -> str: ...  # noqa: D102
    @property
    def theirs(self) -> str: ...  # noqa: D102
    @property
    def along(self) -> str: ...  # noqa: D102


class ApprovalsLike(Protocol):
    """The approvals of a review, as they are read."""

    @property
    def scope(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def undecided(self) -> int: ...  # noqa: D102
    @property
    def roles(self) -> Sequence[RoleLike]: ...  # noqa: D102
    @property
    def looked(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def not_looked(self) -> Sequence[str]: ...  # noqa: D102
    @property
    def history(self) -> Sequence[SaidLike]: ...  # noqa: D102
    @property
    def differences(self) -> Sequence[DifferenceLike]: ...  # noqa: D102


class ApprovalsPanel(QWidget):
    """Shows the approvals, takes a new one, and offers the ways out of this computer and back."""

    approve_asked = Signal(str, str)
    changes_asked = Signal(str, str)
    settled = Signal(str, str, str, bool)
    send_asked = Signal()
    merge_asked = Signal()
    reply_asked = Signal()
    roles_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._page: ApprovalsLike | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(S3)
        self.package = Card("", "acc")
        self.package.hide()
        self.package_text = label("", "muted", wrap=True)
        self.package.add(self.package_text)
        self.reply = Button("Send decisions back…", self.reply_asked.emit, kind="primary", icon="export")
        self.package.buttons(self.reply)
        column.addWidget(self.package)
        self.above = self._part(column)
        column.addWidget(group("Approve as"))
        self._ask(column)
        self.below = self._part(column)
        self.ways = QWidget()
        ways = WrapLayout(S2)
        self.send = Button("Send for review…", self.send_asked.emit, icon="export")
        self.merge = Button("Merge decisions…", self.merge_asked.emit)
        self.policy = Button("Who has to approve…", self.roles_asked.emit, kind="link")
        for button in (self.send, self.merge, self.policy):
            ways.addWidget(button)
        self.ways.setLayout(ways)
        column.addWidget(self.ways)

    def show_page(self, page: ApprovalsLike) -> None:
        """Show the approvals of a review."""
        self._page = page
        clear_layout(self.above)
        for gap in page.differences:
            self.above.addWidget(self._difference(gap))
        self.above.addWidget(group("Roles"))
        for each in page.roles:
            must = "" if each.required else " (not asked for)"
            words = f"{each.state} by {each.by}" if each.by else each.state
            sentence = f"{_SIGNS[each.state]}  {each.name}: {words}{must}"
            self.above.addWidget(label(sentence, "", _TONES[each.state], wrap=True))
        clear_layout(self.below)
        self.below.addWidget(group("Said so far"))
        for said in page.history:
            self.below.addWidget(_said(said))
        if not page.history:
            self.below.addWidget(label("Nobody has approved or refused yet.", "muted", wrap=True))
        self.looked.setText("\n".join(f"✓  {line}" for line in page.looked) or "Nothing yet.")
        self.unseen.setText("\n".join(f"○  {line}" for line in page.not_looked) or "Nothing was left out.")
        self._check()

    def show_package(self, text: str, unsent: int) -> None:
        """Say from whom this package is; "" in an ordinary workspace."""
        self.package.setVisible(bool(text))
        self.ways.setVisible(not text)
        self.package.heading.setText(text)
        self.package.heading.setVisible(bool(text))
        self.package_text.setText(
            unsent_words(unsent)
            if unsent
            else "Decide, edit values, answer, comment, approve; then send back what you said."
        )
        self.reply.setEnabled(bool(unsent))

    def _part(self, column: QVBoxLayout) -> QVBoxLayout:
        part = QWidget()
        inner = QVBoxLayout(part)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(S2)
        column.addWidget(part)
        return inner

    def _ask(self, column: QVBoxLayout) -> None:
        card = Card()
        self.role = Choice("Your role")
        self.role.currentIndexChanged.connect(self._check)
        card.content.addLayout(row(self.role))
        card.say("You looked at", muted=True)
        self.looked = label("", "", wrap=True)
        card.add(self.looked)
        card.say("You did not look at; the approval says so", muted=True)
        self.unseen = label("", "", wrap=True)
        card.add(self.unseen)
        self.remark = QLineEdit()
        self.remark.setAccessibleName("Remark")
        self.remark.setPlaceholderText("A remark; what should change, where you request changes")
        self.remark.textChanged.connect(self._check)
        card.add(self.remark)
        self.why_not = label("", "", "warn", wrap=True)
        card.add(self.why_not)
        self.yes = Button("Approve this exact content", self._approve, kind="primary", icon="seal")
        self.no = Button("Request changes", self._request)
        holder = QWidget()
        line = WrapLayout(S2)
        line.addWidget(self.yes)
        line.addWidget(self.no)
        holder.setLayout(line)
        card.add(holder)
        column.addWidget(card)

    def _difference(self, gap: DifferenceLike) -> Card:
        card = Card(f"{gap.change_id} · {gap.title}: two decisions", "warn")
        card.say(
            f"Here {gap.here} it. By a reply, {gap.theirs} it. The decision here stands until you choose."
        )
        if gap.along:
            card.add(label(gap.along, "", "warn", wrap=True))
        names = gap.reply_id, gap.proposal_id, gap.change_id

        def choose(theirs: bool) -> Callable[[], None]:
            return lambda: self.settled.emit(*names, theirs)

        keep = Button(f"Keep: {gap.here}", choose(False), name=f"Keep: {gap.here} {gap.change_id}")
        take = Button(f"Take: {gap.theirs}", choose(True), name=f"Take: {gap.theirs} {gap.change_id}")
        take.setAccessibleDescription(gap.along)
        holder = QWidget()
        line = WrapLayout(S2)
        line.addWidget(keep)
        line.addWidget(take)
        holder.setLayout(line)
        card.add(holder)
        return card

    def offer_roles(self, roles: Sequence[RoleLike], mine: str) -> None:
        """Offer the roles; `mine` is chosen first."""
        if self.role.count():
            return
        for each in roles:
            self.role.addItem(each.name, each.role)
        self.role.setCurrentIndex(max(0, self.role.findData(mine)))

    def _check(self) -> None:
        page = self._page
        if page is None:
            return
        chosen = self.role.currentData()
        closed = next((each.closed for each in page.roles if each.role == chosen), "")
        words = closed
        if page.undecided:
            count = page.undecided
            words = f"{count} change{' is' if count == 1 else 's are'} not decided yet: decide first."
        self.why_not.setText(words)
        self.why_not.setVisible(bool(words))
        self.yes.setEnabled(not words and bool(page.scope))
        self.no.setEnabled(bool(self.remark.text().strip()) and bool(page.scope))

    def _approve(self) -> None:
        self.approve_asked.emit(self.role.currentData(), self.remark.text().strip())

    def _request(self) -> None:
        self.changes_asked.emit(self.role.currentData(), self.remark.text().strip())


def _said(said: SaidLike) -> QWidget:
    """Return one approval of the history: struck through where it is void or replaced, with why."""
    card = Card()
    day = datetime.fromisoformat(said.at).astimezone().strftime("%d %b %Y, %H:%M")
    verb = "approved" if said.decision == "approve" else "requested changes"
    head = label(f"{said.by} ({said.role}) {verb} · {day}", "heading", wrap=True)
    gone = said.void or ("A later word of the same person took its place." if said.replaced else "")
    if gone:
        struck = head.font()
        struck.setStrikeOut(True)
        head.setFont(struck)
        head.setAccessibleName(f"{head.text()}. {gone}")
    card.add(head)
    if gone:
        card.add(label(gone, "", "warn", wrap=True))
    if said.comment:
        card.say(f"“{said.comment}”")
    lines = [f"✓  {line}" for line in said.looked] + [f"○  {line}" for line in said.not_looked]
    card.say("\n".join(lines), muted=True)
    return card


def unsent_words(unsent: int, to: str = "") -> str:
    """Return how much is not sent back yet: "22 of your decisions and comments are not sent back yet."."""
    if unsent == 1:
        return f"One of your decisions and comments is not sent back{to} yet."
    return f"{unsent} of your decisions and comments are not sent back{to} yet."
