"""CoBuilder beside the page: a conversation about the agent, and what CoBuilder and people did.

- What is said here is read by rules on this computer; a change becomes a proposal, nothing is applied.
- Lines between are facts of the ledger; nothing is made up, and what leads somewhere says where.
- The field also runs what the palette knows: an action by its name, an item that nothing else was asked of.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from textwrap import shorten

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent

from studio.desktop.actions import ACTIONS, Desk
from studio.desktop.palette import Findable, best
from studio.desktop.panels.reply import Way, entry_of, family_entry
from studio.desktop.theme.tokens import S2
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.chat_log import ChatLog, Entry
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import Pane, row
from studio.desktop.widgets.recall_field import RecallField
from studio.domain.errors import StudioError
from studio.domain.request import Reply
from studio.services.events import Changed

DOCK_WIDTH = 340
LEDGER_LINES = 14
MOST_SAID = 20
FIELD = "Say what should change, or ask"
BUSY = "I am reading your request …"
_BY_COBUILDER = frozenset({"SourceAdded", "ProposalRecorded", "ProposalMade", "RunRecorded"})
_WAYS = {
    "SourceAdded": ("sources", "show document"),
    "ProposalRecorded": ("review", "show changes"),
    "ProposalMade": ("review", "show changes"),
    "ConflictDecided": ("review", "show changes"),
    "RunRecorded": ("simulate", "show results"),
    "ReleaseApproved": ("release", "show release"),
    "BundleExported": ("release", "show release"),
}
_PROPOSAL = re.compile(r"(?:\(|\. )(P-\d+)(?=: | proposes)")
"""Where a line of the ledger names the proposal that it tells of."""
_HELLO = (
    "Say what should change, or ask about the agent. I answer from the draft and its documents, or "
    "propose one "
    "change; you decide. I also read documents and propose what they demand."
)
_EXAMPLES = (
    "What does the agent do when a customer is not identified?",
    "Which rules concern refunds?",
    "What is still open?",
)


@dataclass(frozen=True, slots=True)
class _Said:
    """One entry with its moment and what its ways do."""

    at: datetime
    entry: Entry
    ways: tuple[Callable[[], object], ...] = ()


class Dock(Pane):
    """The conversation, and a field."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("CoBuilder", padded=False)
        self.setProperty("role", "dock")
        self.setMinimumWidth(280)
        self._desk = desk
        self._said: list[_Said] = []
        self._shown: list[_Said] = []
        self._proposed: set[str] = set()
        self._talked = False
        self._workspace: object = None
        self._stale = True
        self.shut = Button("", desk.toggle_dock, kind="quiet", icon="cross", name="Hide CoBuilder")
        self.add_head(self.shut)
        self.log = ChatLog("Conversation with CoBuilder")
        self.log.followed.connect(self._follow)
        self.body.addWidget(self.log, 1)
        self.field = RecallField(FIELD)
        self.field.sent.connect(self.say)
        self.body.addWidget(self._foot())

    def _foot(self) -> Pane:
        foot = Pane("")
        foot.bar.hide()
        foot.body.setContentsMargins(14, 8, 14, 12)
        foot.body.setSpacing(S2)
        foot.body.addWidget(self.field)
        self.help = Button("What can I ask?", self._help, kind="link")
        foot.body.addLayout(row(self.help))
        words = "Read on this computer; a language model is asked only when you choose it"
        foot.body.addWidget(label(words, "small", wrap=True))
        return foot

    # What is shown.

    def outdated(self, changed: Changed | None) -> None:
        """Read the ledger again, now or when the dock is seen next."""
        if self._workspace is not self._desk.session.workbench:
            self._workspace = self._desk.session.workbench
            self._said.clear()
            self._talked = False
        self._stale = True
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Show what the ledger holds, and what was said here, in the order of time."""
        self._stale = False
        talk = self._talk()
        hello = _Said(datetime.min.replace(tzinfo=UTC), Entry("it", _HELLO))
        if not self._said and not self._talked and self._desk.session.workbench is not None:
            examples = tuple(partial(self.say, text) for text in _EXAMPLES)
            hello = _Said(hello.at, Entry("it", _HELLO, ways=_EXAMPLES), examples)
        self._shown = [hello, *sorted([*talk, *self._ledger(), *self._said], key=lambda said: said.at)]
        self.log.show_entries([said.entry for said in self._shown])

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up when the dock comes into sight."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def _talk(self) -> list[_Said]:
        """Return what was said in this workspace, as it is kept: it survives closing the window."""
        from studio.services.queries.requests import ListConversation

        self._proposed.clear()
        said: list[_Said] = []
        if self._desk.session.workbench is None:
            return said
        try:
            kept = self._desk.session.ask(ListConversation(MOST_SAID))
        except StudioError:
            return said
        for each in kept:
            held = each.exchange
            number = held.proposal_id or ""
            if number and each.stands != "taken back":
                self._proposed.add(number)
            stands = each.stands or "waits"
            passes = self._passes(held.reply) and each is kept[-1]
            entry, ways = entry_of(held.reply, number, held.changes, held.unaffected, stands, passes)
            said.append(_Said(held.at, Entry("you", held.reply.request)))
            said.append(_Said(held.at, entry, tuple(self._doing(way) for way in ways)))
        self._talked = bool(said)
        return said

    def _ledger(self) -> list[_Said]:
        if self._desk.session.workbench is None:
            return []
        from studio.services.queries.recent import ListRecent

        try:
            recent = self._desk.session.ask(ListRecent(LEDGER_LINES))
        except StudioError:
            return []
        return [
            self._fact(line.at, line.event, line.sentence)
            for line in recent
            if not any(f"({proposal}:" in line.sentence for proposal in self._proposed)
            or line.event != "ProposalMade"
        ]

    def _fact(self, at: datetime, event: str, sentence: str) -> _Said:
        page, way = _WAYS.get(event, ("", ""))
        named = _PROPOSAL.search(sentence)
        item = named[1] if named and page == "review" else ""
        if event == "ConflictDecided" and not item:
            way = ""
        when = at.astimezone().strftime("%d %b %H:%M")
        text = shorten(sentence, 160, placeholder=" …")
        entry = Entry("it" if event in _BY_COBUILDER else "you", text, when, ways=(way,) if way else ())
        return _Said(at, entry, (partial(self._desk.open_page, page, item),) if way else ())

    def _follow(self, number: int, way: int) -> None:
        if number < len(self._shown) and way < len(self._shown[number].ways):
            self._shown[number].ways[way]()

    # What is said.

    def say(self, text: str) -> None:
        """Say something to CoBuilder, as if it had been typed and sent."""
        self.field.remember(text)
        self._add(Entry("you", text))
        action = self._action(text)
        if action is not None:
            self._add(Entry("it", f"Doing: {action.title}"))
            action.go()
        elif self._desk.session.workbench is None:
            self._without_workspace(text)
        else:
            self._ask(text)

    def _add(self, entry: Entry, ways: tuple[Callable[[], object], ...] = ()) -> None:
        self._said.append(_Said(datetime.now(UTC), entry, ways))
        self.refresh()

    def _ask(self, text: str, by_model: bool = False) -> None:
        from studio.services.stages.requesting import AskCoBuilder

        started = self._desk.session.start(
            AskCoBuilder(text, "model" if by_model else "embedded"),
            partial(self._answer, text),
            partial(self._failed, text),
        )
        if not started:
            self.field.setText(text)
            self._add(
                Entry("it", "Something else is being done. Send it again when that has ended.", tone="warn")
            )
            return
        self._busy(True)

    def _passes(self, reply: Reply) -> bool:
        """Return whether a language model could be asked what CoBuilder is not sure of."""
        bench = self._desk.session.workbench
        if bench is None or reply.run is not None or any(choice.deed for choice in reply.choices):
            return False
        from studio.services.stages.requesting import PASSED_ON

        return reply.verdict in PASSED_ON and bench.outside.models.preview(()) is not None

    def _pass_on(self, text: str) -> None:
        """Pass a request to the language model, once a person has seen what leaves and said that it may."""
        from studio.desktop.asking_deeds import may_be_asked

        if may_be_asked(self._desk, self, text):
            self._add(Entry("you", text))
            self._ask(text, by_model=True)

    def _undo(self) -> None:
        self._add(Entry("you", "Undo"))
        self._desk.session.undo()

    def _busy(self, busy: bool) -> None:
        """Show that an answer is on its way, or that it has come."""
        self._said = [said for said in self._said if said.entry.text != BUSY]
        self.field.setReadOnly(busy)
        if busy:
            self._add(Entry("it", BUSY, tone="none"))

    def _answer(self, text: str, reply: Reply) -> None:
        self._busy(False)
        found = self._item(text) if reply.verdict == "not understood" else None
        if reply.verdict != "not understood":
            # It is kept with the workspace; what stands here only for now gives way to it.
            self._said = [said for said in self._said if said.entry != Entry("you", text)]
            self.refresh()
        elif found is not None:
            self._add(Entry("it", f"Opening: {found.title}"))
            found.go()
        else:
            entry, ways = entry_of(reply, passes=self._passes(reply))
            self._add(entry, tuple(self._doing(way) for way in ways))
        self._back_to_field()

    def _doing(self, way: Way) -> Callable[[], object]:
        if way.page:
            return partial(self._desk.open_page, way.page, way.item)
        if way.group:
            return partial(self._help, way.group)
        if way.passes:
            return partial(self._pass_on, way.request)
        if way.deed:
            return self._undo
        return partial(self.say, way.request) if way.sends else partial(self._fill, way.request)

    def _fill(self, text: str) -> None:
        self.field.setText(text)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _failed(self, text: str) -> None:
        self._busy(False)
        self.field.setText(text)
        words = (
            "I could not answer; nothing was changed. The reason stands above the page. You can send "
            "it again."
        )
        self._add(Entry("it", words, tone="bad"))
        self._back_to_field()

    def _without_workspace(self, text: str) -> None:
        words = (
            "No workspace is open, so there is no agent to talk about. Open one, or try the sample project."
        )
        ways = ("Open a workspace", "Try the sample project")
        doing = (
            partial(self._desk.ask_for_workspace, "open"),
            partial(self._desk.ask_for_workspace, "sample"),
        )
        self._add(Entry("it", words, ways=ways), doing)

    def _help(self, group: str = "") -> None:
        from studio.services.queries.requests import request_families

        entry, ways = family_entry(request_families(), group)
        self._add(Entry("you", group or "What can I ask?"))
        self._add(entry, tuple(self._doing(way) for way in ways))
        self._back_to_field()

    def _back_to_field(self) -> None:
        if self.isVisible():
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    # What the palette knows.

    def _action(self, text: str) -> Findable | None:
        from rapidfuzz import fuzz, utils

        for action in ACTIONS:
            title = action.title.rstrip("…")
            close = fuzz.ratio(text, title, processor=utils.default_process) >= 88
            if close and action.id != "view.dock" and action.enabled(self._desk):
                return Findable(title, "Doing", action.icon, partial(self._desk.run_action, action.id))
        return None

    def _item(self, text: str) -> Findable | None:
        from rapidfuzz import fuzz, utils

        from studio.desktop.index import findable_items

        for thing in best(text, findable_items(self._desk), 3):
            if fuzz.token_sort_ratio(text, thing.title, processor=utils.default_process) >= 82:
                return thing
        return None
