"""CoBuilder beside the page: what it read and proposed, what people decided, and a line to say what to do.

- Every line is a fact of the ledger; nothing is made up, and a line that leads somewhere says where.
- The field runs what the palette knows. It changes nothing of the agent by itself, and says so.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from textwrap import shorten

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLineEdit

from studio.desktop.actions import ACTIONS, Desk
from studio.desktop.palette import Findable, best
from studio.desktop.theme.tokens import S2
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import Pane
from studio.desktop.widgets.transcript_view import Line, Speaker, TranscriptView
from studio.domain.errors import StudioError
from studio.services.events import Changed

DOCK_WIDTH = 340
_BY_COBUILDER = frozenset({"SourceAdded", "ProposalRecorded", "ProposalMade", "RunRecorded"})
_WAYS = {
    "SourceAdded": ("sources", "show document"),
    "ProposalRecorded": ("review", "show changes"),
    "ProposalMade": ("review", "show changes"),
    "RunRecorded": ("simulate", "show results"),
    "ReleaseApproved": ("release", "show release"),
    "BundleExported": ("release", "show release"),
}
_HELLO = (
    "I read documents and compare them with the agent. I propose changes, each with the sentence "
    "that demands it; you decide. Add a document to begin."
)


class Dock(Pane):
    """The log of CoBuilder's work, and a field."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("CoBuilder", padded=False)
        self.setProperty("role", "dock")
        self.setMinimumWidth(280)
        self._desk = desk
        self._said: list[Line] = []
        self._ways: list[tuple[str, str]] = []
        self.shut = Button("", desk.toggle_dock, kind="quiet", icon="cross", name="Hide CoBuilder")
        self.add_head(self.shut)
        self.log = TranscriptView(
            "What CoBuilder and people did", {"agent": "CoBuilder", "customer": "You", "system": "Note"}
        )
        self.log.activated.connect(self._follow)
        self.body.addWidget(self.log, 1)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Say what to do, or name what to open")
        self.field.setAccessibleName("Say what to do, or name what to open")
        self.field.returnPressed.connect(self._say)
        foot = Pane("")
        foot.bar.hide()
        foot.body.setContentsMargins(14, 8, 14, 12)
        foot.body.setSpacing(S2)
        foot.body.addWidget(self.field)
        foot.body.addWidget(label("Embedded engine · nothing leaves this computer", "small"))
        self.body.addWidget(foot)
        self._stale = True

    def outdated(self, changed: Changed | None) -> None:
        """Read the ledger again, now or when the dock is seen next."""
        self._stale = True
        if self.isVisible():
            self.refresh()

    def refresh(self) -> None:
        """Show what the ledger holds, and what was said here."""
        self._stale = False
        lines, self._ways = [Line("agent", _HELLO)], [("", "")]
        for at, event, sentence, item in self._ledger():
            page, way = _WAYS.get(event, ("", ""))
            speaker: Speaker = "agent" if event in _BY_COBUILDER else "customer"
            when = at.astimezone().strftime("%d %b %H:%M")
            lines.append(Line(speaker, shorten(sentence, 160, placeholder=" …"), aside=when, way=way))
            self._ways.append((page, item))
        self.log.show_lines([*lines, *self._said], to_end=True)

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up when the dock comes into sight."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def _ledger(self) -> list[tuple[datetime, str, str, str]]:
        if self._desk.session.workbench is None:
            return []
        from studio.services.queries.home import ShowHome

        try:
            recent = self._desk.session.ask(ShowHome(recent=40)).recent
        except StudioError:
            return []
        newest_last = sorted(recent, key=lambda line: line.at)
        return [(line.at, line.event, line.sentence, "") for line in newest_last]

    def _follow(self, index: int) -> None:
        if index < len(self._ways) and self._ways[index][0]:
            self._desk.open_page(*self._ways[index])

    def _say(self) -> None:
        text = self.field.text().strip()
        if not text:
            return
        self.field.clear()
        self._said.append(Line("customer", text))
        found = self._understand(text)
        if found is None:
            self._said.append(Line("agent", _honest()))
        else:
            self._said.append(Line("agent", f"{found.what}: {found.title}"))
        self.refresh()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        if found is not None:
            found.go()

    def _understand(self, text: str) -> Findable | None:
        from rapidfuzz import fuzz, utils

        from studio.desktop.index import findable_items

        things = [
            Findable(a.title.rstrip("…"), "Doing", a.icon, partial(self._desk.run_action, a.id))
            for a in ACTIONS
            if a.enabled(self._desk) and a.id != "view.dock"
        ]
        things += [Findable(t.title, "Opening", t.icon, t.go) for t in findable_items(self._desk)]
        for thing in best(text, things, 3):
            if fuzz.token_set_ratio(text, thing.title, processor=utils.default_process) >= 82:
                return thing
        return None


def _honest() -> str:
    return (
        "I cannot change the agent from a free sentence. Put it into a document and add that: then I propose "
        "changes, and you decide. I can also open anything by its name, and run: add documents, propose "
        "changes, simulate, approve, export, undo."
    )
