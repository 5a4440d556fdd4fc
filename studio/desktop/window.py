"""The shell: rail, top bar, page stack, CoBuilder's dock, job tray. No feature code.

- A page is made when it is first entered; `open_page(page, item)` is the only way around.
- The dock shows beside Home unless it was put away; elsewhere it shows where it was asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from studio.desktop.actions import ACTIONS, Action
from studio.desktop.dock import DOCK_WIDTH, Dock
from studio.desktop.index import findable_items
from studio.desktop.opening import Opener
from studio.desktop.page import Page
from studio.desktop.palette import Findable, Palette
from studio.desktop.rooms import ROOMS
from studio.desktop.session import Session
from studio.desktop.theme.current import theme
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.grid import Grid
from studio.desktop.widgets.notice import NoticeBar
from studio.desktop.widgets.rail import Rail
from studio.desktop.widgets.topbar import TopBar
from studio.desktop.widgets.tray import Tray
from studio.domain.errors import StudioError
from studio.services.events import Changed
from studio.settings import Settings

if TYPE_CHECKING:
    from studio.desktop.compare_watch import CompareWatch
    from studio.desktop.origin_watch import OriginWatch

NAME = "CoBuilder Studio"
NARROW_BELOW = 1200
SAVED = "Saved · all work is on this computer"


class Window(QMainWindow):
    """The one window of the program; it is the `Desk` of actions and pages."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.setWindowTitle(NAME)
        self.setMinimumSize(980, 620)
        self.resize(1440, 900)
        self._session = Session(self)
        self.opener = Opener(self, settings)
        self.pages: dict[str, Page] = {}
        self.room = ""
        self._once_seen: Callable[[], object] | None = None
        self._dock_rooms = {"home"}
        self._lay_out()
        self.palette_box = Palette(self)
        self._make_actions()
        self._watch: OriginWatch | None = None
        self._compare: CompareWatch | None = None
        self._connect()
        self._enable_actions()
        theme().dress(self)

    @property
    def session(self) -> Session:
        """Return the open workspace as the window knows it."""
        return self._session

    # What actions and pages may ask.

    def open_page(self, page: str, item: str = "", verb: str = "") -> None:
        """Go to a page, show an item there, and start something there."""
        made = self._page(page)
        self.room = page
        self.session.seen.add(page)
        self.rail.show_room(page)
        self.stack.setCurrentWidget(made)
        self._show_dock()
        if self.session.workbench is not None or not made.needs_workspace:
            if item:
                made.show_item(item)
            if verb:
                made.perform(verb)
            made.take_focus()

    def tell(
        self, text: str, tone: str = "", way: str = "", on_way: Callable[[], object] | None = None
    ) -> None:
        """Show a sentence above the page."""
        self.notice.tell(text, cast(Tone, tone), way, on_way)

    def run_action(self, action_id: str) -> None:
        """Do what an action does, if it can be done now."""
        action = next(a for a in ACTIONS if a.id == action_id)
        if action.enabled(self):
            action.run(self)

    def ask_for_workspace(self, how: str) -> None:
        """Open a workspace: `new`, `open`, `sample` or a review `package`."""
        self.opener.ask(how)

    def show_palette(self) -> None:
        """Open the palette over the window."""
        self.palette_box.open_with([*self._findable_actions(), *findable_items(self)])

    def toggle_dock(self) -> None:
        """Show or hide CoBuilder beside this page."""
        self._dock_rooms ^= {self.room}
        self._show_dock()
        if self.dock.isVisible():
            self.dock.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def switch_theme(self) -> None:
        """Change between light and dark, and remember it."""
        self.opener.keep(theme="light" if theme().tokens.name == "dark" else "dark")

    def close_window(self) -> None:
        """End the program."""
        self.close()

    # The shell.

    def _lay_out(self) -> None:
        self.rail = Rail(NAME, [(room.id, room.title, room.icon) for room in ROOMS])
        self.top, self.notice, self.tray = TopBar(), NoticeBar(), Tray()
        self.top.show_title(NAME)
        self.tray.state.setText(SAVED)
        self.stack = QStackedWidget()
        self.dock = Dock(self)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setHandleWidth(1)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.stack)
        self.split.addWidget(self.dock)
        self.split.setStretchFactor(0, 1)
        self.split.setSizes([1440 - DOCK_WIDTH, DOCK_WIDTH])
        self.dock.hide()
        center = QWidget()
        across = QHBoxLayout(center)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        down = QVBoxLayout()
        down.setSpacing(0)
        for widget in (self.top, self.notice, self.split, self.tray):
            down.addWidget(widget, 1 if widget is self.split else 0)
        across.addWidget(self.rail)
        across.addLayout(down, 1)
        self.setCentralWidget(center)

    def _make_actions(self) -> None:
        menu = QMenu(self)
        group = ""
        self.qt_actions: dict[str, QAction] = {}
        for action in ACTIONS:
            made = QAction(action.title, self)
            if action.shortcut:
                made.setShortcuts([QKeySequence(each) for each in (action.shortcut, action.also) if each])
            made.triggered.connect(self._runner(action.id))
            self.addAction(made)
            self.qt_actions[action.id] = made
            if action.group == "Go":
                continue
            if group and group != action.group:
                menu.addSeparator()
            group = action.group
            menu.addAction(made)
        menu.aboutToShow.connect(self._enable_actions)
        self.top.set_menu(menu)

    def _runner(self, action_id: str) -> Callable[[], None]:
        return lambda: self.run_action(action_id)

    def _enable_actions(self) -> None:
        for action in ACTIONS:
            self.qt_actions[action.id].setEnabled(action.enabled(self))

    def _connect(self) -> None:
        self.rail.asked.connect(self._walk)
        self.top.search_asked.connect(self.show_palette)
        self.top.dock_asked.connect(self.toggle_dock)
        self.tray.stop_asked.connect(self.session.stop)
        self.session.told.connect(self.tell)
        self.session.taken_back.connect(lambda text: self.tell(text, "ok", "Redo", self.session.redo))
        self.session.changed.connect(self._on_changed)
        self.session.opened.connect(lambda: self._on_changed(None))
        self.session.job_moved.connect(self.tray.show_job)
        self.session.job_ended.connect(self.tray.rest)

    def _walk(self, room: str) -> None:
        """Go to another page as the person asked; what was told of the last one is left there."""
        self.notice.leave_behind()
        self.open_page(room)

    def _page(self, room_id: str) -> Page:
        if room_id not in self.pages:
            room = next(room for room in ROOMS if room.id == room_id)
            module, _, name = room.page.partition(":")
            made: Page = getattr(import_module(module), name)(self)
            self.pages[room_id] = made
            self.stack.addWidget(made)
        return self.pages[room_id]

    def _show_dock(self) -> None:
        wanted = self.room in self._dock_rooms
        self.dock.setVisible(wanted)
        self.top.dock.setChecked(wanted)

    def _follow_origins(self, opened: bool) -> None:
        if self._watch is None:
            from studio.desktop.origin_watch import OriginWatch

            self._watch = OriginWatch(self, self)
        self._watch.follow(opened=opened)

    def _follow_conflicts(self, changed: Changed | None) -> None:
        if self._compare is None:
            from studio.desktop.compare_watch import CompareWatch

            self._compare = CompareWatch(self, self)
        self._compare.follow(changed)

    def _findable_actions(self) -> list[Findable]:
        return [
            _findable(self, action)
            for action in ACTIONS
            if action.enabled(self) and action.id != "view.palette"
        ]

    def _on_changed(self, changed: Changed | None) -> None:
        self._show_head()
        self._enable_actions()
        for page in self.pages.values():
            page.outdated(changed)
        self.dock.outdated(changed)
        if changed is None or changed.kinds & {"source", "folder"}:
            self._follow_origins(opened=changed is None)
        if self.session.workbench is not None:
            self._follow_conflicts(changed)

    def _show_head(self) -> None:
        """Show in top bar and rail what is open and what waits."""
        self.rail.show_person(self.opener.settings.who, self.opener.settings.role)
        if self.session.workbench is None:
            self.top.show_title(NAME)
            self.top.live.show_fact("")
            self.top.draft.show_fact("")
            self.rail.show_count("review", 0)
            return
        from studio.services.queries.home import ShowHead

        try:
            head = self.session.ask(ShowHead())
        except StudioError as error:
            self.tell(str(error), "bad")
            return
        self.top.show_title(head.agent_name)
        self.top.live.show_fact(f"Live v{head.live_number}")
        count = head.draft_changes
        self.top.draft.show_fact(f"Draft · {count} change{'' if count == 1 else 's'}", "acc" if count else "")
        self.rail.show_count("review", head.waiting)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give a small window's room to the page."""
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW_BELOW
        self.rail.set_narrow(narrow)
        self.top.set_narrow(narrow)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop what runs and let go of the workspace."""
        if (typing := self.focusWidget()) is not None:
            typing.clearFocus()  # what is being typed is kept while there is still a workspace
        for grid in self.findChildren(Grid):
            grid.flush()
        if not self.opener.may_leave():
            event.ignore()
            return
        self.session.close()
        self.opener.let_go()
        self.hide()  # nobody looks at a window that waits for the last work to tidy up
        self.session.settle()
        super().closeEvent(event)

    def once_seen(self, what: Callable[[], object]) -> None:
        """Do something once the window has been drawn; soon, where nothing ever draws it."""
        self._once_seen = what
        QTimer.singleShot(500, self, self._begin)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Begin what waits for the first sight of the window."""
        super().paintEvent(event)
        if self._once_seen is not None:
            QTimer.singleShot(0, self, self._begin)

    def _begin(self) -> None:
        what, self._once_seen = self._once_seen, None
        if what is not None:
            what()


def _findable(desk: Window, action: Action) -> Findable:
    what = " · ".join(part for part in (action.group, action.shortcut) if part)
    return Findable(action.title, what, action.icon or "arrow-right", lambda: desk.run_action(action.id))
