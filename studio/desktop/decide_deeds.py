"""What a reviewer does besides yes and no: edit, choose in three columns, ask, reply, decide on several.

- Each deed is one command, which undo takes back; what cannot be done is told as a sentence.
- It fills its own panels whenever a change comes into sight: three columns, comments, what comes along.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, SignalInstance

from studio.desktop import dialogs
from studio.desktop.page import Page
from studio.desktop.panels.change_parts import ChangeParts
from studio.desktop.panels.comments import CommentsPanel
from studio.desktop.panels.decide import DecideBar
from studio.desktop.panels.three_columns import Side, ThreeColumns
from studio.desktop.panels.value_form import AskDialog, ValueDialog
from studio.desktop.session import words_of
from studio.desktop.widgets.labels import label
from studio.domain.errors import StudioError
from studio.domain.review import Asked

if TYPE_CHECKING:
    from studio.services.commands import Command
    from studio.services.queries.review import ChangeGroup
    from studio.services.queries.talk import Happened


class DecideDeeds(QObject):
    """Does them, for the change that is in sight."""

    def __init__(self, page: Page, bar: DecideBar, parts: ChangeParts, opened: SignalInstance) -> None:
        super().__init__(page)
        self.page, self.bar, self.parts, self.desk = page, bar, parts, page.desk
        self.proposal, self.change = "", ""
        self.columns, self.talk = ThreeColumns(), CommentsPanel()
        self.reworked = label("", "muted", wrap=True)
        self.reworked.setAccessibleName("What became of the proposed value")
        parts.body("changes").insertWidget(0, self.columns)
        parts.body("changes").insertWidget(1, self.reworked)
        self.columns.follow(list(parts.tabs.values())[-1])
        parts.body("comments").addWidget(self.talk)
        parts.body("comments").addStretch(1)
        opened.connect(self.show)
        self.columns.settled.connect(self._settle)
        self.columns.edit_asked.connect(self.edit)
        self.columns.whole_asked.connect(self._keep_mine)
        self.talk.reply_asked.connect(self.reply)
        self.talk.comment_asked.connect(lambda: self.comment())
        self.talk.ask_asked.connect(lambda: self.ask())
        bar.edit_asked.connect(self.edit)
        bar.comment_asked.connect(lambda: self.comment())
        bar.ask_asked.connect(lambda: self.ask())
        bar.several_asked.connect(self._several)
        for key, slot in (
            ("E", self.edit),
            ("C", lambda: self.comment()),
            ("Q", lambda: self.ask()),
            ("Shift+A", lambda: self.decide_group("accept")),
            ("Shift+R", lambda: self.decide_group("reject")),
        ):
            page.key(key, slot)

    def show(self, proposal: str, change: str) -> None:
        """Fill the panels for a change; for the whole proposal, with what was said and done in all of it."""
        from studio.services.queries.deciding import ShowDeciding

        self.proposal, self.change = proposal, change
        found = self.found = self.desk.session.ask(ShowDeciding(proposal, change))
        said = tuple(line for line in found.happened if not _is_remark(line.what))
        self.talk.show_talk(found.threads, said)
        self.parts.set_count("comments", len(found.threads) or None)
        self.reworked.setText(_reworked(said) if change else "")
        self.reworked.setVisible(bool(self.reworked.text()))
        self.columns.show_rows(found.columns, found.live_is, found.verdict == "rejected")
        self.bar.show_along(found.along)
        self.bar.show_several(found.groups)

    # One change

    def edit(self) -> None:
        """Let the person write another value."""
        from studio.services.queries.deciding import ShowValueForm, ShowValueGround

        if not self._is_ready():
            return
        form = self.desk.session.ask(ShowValueForm(self.proposal, self.change))
        if form.why_not:
            self.desk.tell(form.why_not, "warn")
            return
        if not form.fields:
            self.desk.tell(
                "What it proposes has no field to fill in here: accept it, and edit it where it stands then.",
                "warn",
                "Accept and open it",
                self._accept_and_open,
            )
            return
        ground = self.desk.session.ask(ShowValueGround(self.proposal, self.change))
        fields, keep = form.fields, self._keep_value
        ValueDialog(self.page, form.title, form.proposed, fields, keep, ground, form.said).exec()

    def _keep_value(self, texts: dict[str, str]) -> str:
        from studio.services.deciding_commands import EditProposedValue
        from studio.services.queries.deciding import ReadValue

        try:
            after = self.desk.session.ask(ReadValue(self.proposal, self.change, tuple(texts.items())))
            return self._do_or_say(EditProposedValue(self.proposal, self.change, after))
        except StudioError as error:
            return words_of(error)

    def _accept_and_open(self) -> None:
        from studio.services.commands import AcceptChange
        from studio.services.queries.review import ShowChange

        proposal, change = self.proposal, self.change
        path = self.desk.session.ask(ShowChange(proposal, change)).path
        self._do(AcceptChange(proposal, change))
        rooms = {"charter": "charter", "scenarios": "tests", "sources": "sources"}
        self.desk.open_page(rooms.get(path.partition("/")[0], "workflows"))

    def _keep_mine(self) -> None:
        """Let the draft's item stand as it is: nothing of the proposal's is taken."""
        from studio.services.commands import RejectChange

        self._do(RejectChange(self.proposal, self.change))

    def comment(self, about: tuple[str, ...] = ()) -> None:
        """Ask for a remark, on this change or on several, and keep it."""
        from studio.services.commands import CommentOnChange

        if self._is_ready():
            first, more = (about[0], about[1:]) if about else (self.change, ())
            said = f"A remark on these {len(about)} changes." if more else "A remark on this change."
            words = dialogs.ask_text(self.page, "Comment", said, "Keep")
            if words:
                self._do(CommentOnChange(self.proposal, first, words, about=more))

    def reply(self, remark: str) -> None:
        """Ask for a reply to a remark and keep it."""
        from studio.services.commands import CommentOnChange

        about = self.change or remark.split("/")[1]
        words = dialogs.ask_text(self.page, "Reply", "Everybody who reviews this sees it.", "Reply")
        if words:
            self._do(CommentOnChange(self.proposal, about, words, reply_to=remark))

    def ask(self, about: tuple[str, ...] = ()) -> None:
        """Ask somebody about the change, or about several; it waits until there is a reply."""
        from studio.services.queries.talk import WhoToAsk

        if not self._is_ready():
            return
        people = self.desk.session.ask(WhoToAsk(self.proposal, self.change))
        known = {each.words: each for each in people}
        group = self._group()
        title = next((row.title for row in group.rows if row.id == self.change), "") if group else ""
        title = f"{len(about)} changes, first {about[0]}" if len(about) > 1 else title
        AskDialog(self.page, title, tuple(known), partial(self._keep_ask, known, about)).exec()

    def _keep_ask(self, known: dict[str, Asked], about: tuple[str, ...], whom: str, words: str) -> str:
        from studio.services.commands import CommentOnChange

        asked = known.get(whom, Asked(kind="person", name=whom))
        first, more = (about[0], about[1:]) if about else (self.change, ())
        return self._do_or_say(CommentOnChange(self.proposal, first, words, asks=asked, about=more))

    def _settle(self, chosen: tuple[tuple[str, Side], ...]) -> None:
        from studio.services.deciding_commands import RebaseProposal

        self._do(RebaseProposal(self.proposal, chosen))

    # Several

    def decide_group(self, deed: str) -> None:
        """Decide on all that waits in the group of the change that is in sight."""
        group = self._group() if self._is_ready() else None
        if group is not None and _open(group):
            self._several(deed, _open(group))

    def _several(self, deed: str, change_ids: tuple[str, ...]) -> None:
        from studio.services.deciding_commands import AcceptChanges, RejectChanges

        if deed in ("comment", "ask"):
            (self.comment if deed == "comment" else self.ask)(change_ids)
            return
        kind = AcceptChanges if deed == "accept" else RejectChanges
        self._do(kind(self.proposal, change_ids))

    def _group(self) -> ChangeGroup | None:
        """Return the group of the list that holds the change in sight."""
        from studio.services.queries.review import ShowProposal

        page = self.desk.session.ask(ShowProposal(self.proposal))
        return next((g for g in page.groups if any(r.id == self.change for r in g.rows)), None)

    def _is_ready(self) -> bool:
        return bool(self.change) and self.bar.isVisible()

    def _do_or_say(self, command: Command) -> str:
        """Carry out a command; return what is wrong with it, or nothing."""
        bench = self.desk.session.workbench
        assert bench is not None
        try:
            effect = bench.do(command)
        except StudioError as error:
            return words_of(error)
        self.desk.tell(effect.title, "ok", "Undo", self.desk.session.undo)
        return ""

    def _do(self, command: Command) -> None:
        effect = self.desk.session.do(command)
        if effect is not None:
            self.desk.tell(effect.title, "ok", "Undo", self.desk.session.undo)


def _is_remark(what: str) -> bool:
    return what.startswith(("said:", "asked ", "replied:"))


def _reworked(said: Sequence[Happened]) -> str:
    """Return who edited or fitted the value, and what CoBuilder proposed; nothing where nobody did."""
    steps = [line for line in said if line.what.startswith(("edited", "fitted"))]
    if not steps:
        return ""
    was = " / ".join(steps[0].before.splitlines())
    return f"{steps[-1].by} {steps[-1].what}. CoBuilder proposed: “{was}”"


def _open(group: ChangeGroup) -> tuple[str, ...]:
    return tuple(row.id for row in group.rows if row.verdict is None)
