"""What every page has: content, an empty, a busy and an error state, and a refresh for what changed.

- `build` lays out the content once; `fill` asks the workspace and shows what it answers.
- A page that is not seen only remembers that it is out of date.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, get_args

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.actions import Desk
from studio.desktop.places import way_to_sentence
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.states import EmptyState, StateStack
from studio.domain.errors import StudioError
from studio.domain.source import Citation
from studio.services.events import Changed, Kind

ALL_KINDS: frozenset[Kind] = frozenset(get_args(Kind))


class Page(QWidget):
    """Base of all pages."""

    kinds: ClassVar[frozenset[Kind]] = ALL_KINDS
    needs_workspace: ClassVar[bool] = True

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._old = True
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.states = StateStack(self.build(), self.empty_state())
        self.states.again.clicked.connect(lambda: self.refresh())
        self._none = no_workspace(desk)
        self.states.addWidget(self._none)
        outer.addWidget(self.states)
        self.wire()

    # What a page says.

    def build(self) -> QWidget:
        """Lay out the content."""
        raise NotImplementedError

    def fill(self) -> None:
        """Ask the workspace and show what it answers; call `states.show_empty` where there is nothing."""
        raise NotImplementedError

    def empty_state(self) -> QWidget:
        """Return what is shown where there is nothing yet."""
        return EmptyState("info", "Nothing here yet", "")

    def wire(self) -> None:
        """Connect what has to be connected, after everything is built."""

    def show_item(self, item: str) -> None:
        """Show an item of this page."""

    def perform(self, verb: str) -> None:
        """Start something that this page can do."""

    def first_focus(self) -> QWidget | None:
        """Return what has the keyboard when the page comes into sight, so that its keys work at once."""
        return None

    # What they share.

    def take_focus(self) -> None:
        """Bring the keyboard to where this page begins."""
        wanted = self.first_focus()
        if wanted is not None and wanted.isVisibleTo(self):
            wanted.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_cited(self, citation: Citation) -> None:
        """Show a cited sentence in its document."""
        self.desk.open_page(*way_to_sentence(citation))

    def key(self, sequence: str, slot: Callable[[], object]) -> None:
        """Let a key do something while this page is seen; a field that takes letters comes first."""
        shortcut = QShortcut(QKeySequence(sequence), self)
        shortcut.setContext(Qt.ShortcutContext.WindowShortcut)
        shortcut.activated.connect(slot)

    def refresh(self) -> None:
        """Show the present state of the workspace."""
        self._old = False
        if self.needs_workspace and self.desk.session.workbench is None:
            self.states.setCurrentWidget(self._none)
            return
        try:
            self.states.show_content()
            self.fill()
        except StudioError as error:
            self.states.show_error(str(error))

    def outdated(self, changed: Changed | None) -> None:
        """Refresh for what changed, now or when the page is seen next; None means everything."""
        if changed is not None and not changed.kinds & self.kinds:
            return
        self._old = True
        if self.isVisible():
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up when the page comes into sight."""
        super().showEvent(event)
        if self._old:
            self.refresh()
        self.take_focus()


def no_workspace(desk: Desk) -> EmptyState:
    """Return what a page shows while no workspace is open."""
    return EmptyState(
        "folder",
        "No workspace is open",
        "A workspace is a folder on this computer that holds your documents, the agent and every decision. "
        "Open one, make one from your documents, or try the sample project.",
        Button("Try the sample project", lambda: desk.ask_for_workspace("sample"), kind="primary"),
        Button("Open a workspace…", lambda: desk.ask_for_workspace("open")),
        Button("New workspace…", lambda: desk.ask_for_workspace("new")),
        Button("Open a review package…", lambda: desk.ask_for_workspace("package")),
        Button("Open a received bundle…", lambda: desk.ask_for_workspace("bundle"), kind="link"),
    )
