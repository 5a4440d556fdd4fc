"""The menus on a flow that is edited: kinds of steps, ways out, and what can be done with what is chosen.

- A menu is shown, not waited for; what is chosen in it is told as a wish.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QMenu

from studio.desktop.theme.current import tokens
from studio.desktop.theme.icons import icon
from studio.desktop.widgets.flow_board import End, FlowBoard
from studio.desktop.widgets.flow_overlays import FindBar
from studio.desktop.widgets.flow_wishes import (
    AddStep,
    Connect,
    Disconnect,
    OnGroup,
    OnSteps,
    Paste,
    Point,
)

_ON_STEPS: tuple[tuple[str, str], ...] = (
    ("duplicate", "Duplicate\tCtrl+D"),
    ("copy", "Copy\tCtrl+C"),
    ("cut", "Cut\tCtrl+X"),
    ("group", "Group…\tCtrl+G"),
    ("block", "Make a reusable block…"),
    ("lay out", "Lay out anew"),
    ("delete", "Delete\tDel"),
)


class Menus:
    """The menus of one canvas; the one that is open is `shown`."""

    def __init__(self, canvas: FlowBoard, finder: FindBar) -> None:
        self._canvas, self._finder = canvas, finder
        self.shown: QMenu | None = None

    def show_kinds(self, at: QPoint, source: str, way: str | None = None, place: Point | None = None) -> None:
        """Let a kind of step be chosen, which is then added there."""
        menu = self._menu("Add a step")
        self._add_kinds(menu, source, way, place)
        self._pop_up(menu, at)

    def show_ways(self, at: QPoint, source: str, keys: Sequence[str], target: str) -> None:
        """Let the way be chosen that leads to a step."""
        menu = self._menu("Which way leads there?")
        for key in keys:
            out = self._canvas.drawing.out(source, key)
            if out is not None:
                open_ = " (open)" if not out.target else ""
                words = f"{out.name or out.key or 'Goes on'}{open_}"
                self._add(menu, words[:1].upper() + words[1:], Connect(source, key, target))
        self._pop_up(menu, at)

    def show_for(self, event: QContextMenuEvent) -> None:
        """Show what can be done with what is under the pointer; by the keyboard, with what is chosen."""
        canvas = self._canvas
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            spot = canvas.item(canvas.chosen)
            at = canvas.viewport_place(canvas.chosen) if spot else canvas.viewport().rect().center()
            menu = self._for_way(canvas.way) if canvas.way else self._for_steps() if spot else None
            self._pop_up(menu or self._for_ground(QPointF()), canvas.viewport().mapToGlobal(at))
            return
        self._pop_up(self._under(canvas.mapToScene(event.pos())), event.globalPos())

    def _under(self, spot: QPointF) -> QMenu:
        canvas = self._canvas
        if step := canvas.step_at(spot):
            if step not in canvas.chosen_ids:
                canvas.choose(step)
            return self._for_steps()
        way = canvas.end_at(spot) or canvas.line_at(spot)
        if way is not None:
            canvas.choose_way(*way)
            return self._for_way(way)
        if (frame := canvas.frame_at(spot)) is not None:
            return self._for_group(frame.frame.id)
        return self._for_ground(spot)

    def on_group(self, deed: str, group: str) -> None:
        """Do something with a group."""
        self._canvas.ask(OnGroup(deed, group))

    def _for_steps(self) -> QMenu:
        canvas = self._canvas
        chosen = canvas.chosen_ids
        menu = self._menu("Step" if len(chosen) == 1 else f"{len(chosen)} steps")
        if len(chosen) == 1:
            self._add(menu, "Open\tEnter", OnSteps("open", chosen))
            self._do(menu, "Rename\tF2", partial(canvas.begin_renaming, chosen[0]))
            self._add(menu, "Begin here", OnSteps("begin", chosen))
            kinds = menu.addMenu("Add a step after it")
            self._add_kinds(kinds, chosen[0], None, None)
            menu.addSeparator()
        for deed, words in _ON_STEPS:
            self._add(menu, words, OnSteps(deed, chosen))
        return menu

    def _for_way(self, way: End) -> QMenu:
        menu = self._menu("Way")
        kinds = menu.addMenu("Put a step here")
        self._add_kinds(kinds, *way, None)
        out = self._canvas.drawing.out(*way)
        if out is not None and out.target:
            self._add(menu, "Leave it open\tDel", Disconnect(*way))
        return menu

    def _for_group(self, group: str) -> QMenu:
        menu = self._menu("Group")
        self._add(menu, "Rename…", OnGroup("rename", group))
        self._add(menu, "Ungroup", OnGroup("ungroup", group))
        return menu

    def _for_ground(self, spot: QPointF) -> QMenu:
        canvas, menu = self._canvas, self._menu("Workflow")
        place = (float(round(spot.x() / 10) * 10), float(round(spot.y() / 10) * 10)) if spot else None
        self._add_kinds(menu.addMenu("Add a step"), "", None, place)
        self._add(menu, "Paste\tCtrl+V", Paste(place))
        menu.addSeparator()
        self._do(menu, "Choose all\tCtrl+A", lambda: canvas.choose_many(canvas.steps))
        self._do(menu, "Find…\tCtrl+F", self._finder.bring_up)
        self._do(menu, "Fit\t0", canvas.fit)
        return menu

    def _menu(self, name: str) -> QMenu:
        menu = QMenu(self._canvas)
        menu.setAccessibleName(name)
        menu.setTitle(name)
        return menu

    def _add_kinds(self, menu: QMenu, source: str, way: str | None, place: Point | None) -> None:
        for kind in self._canvas.kinds:
            action = menu.addAction(icon(kind.icon, tokens().accent), kind.name)
            action.triggered.connect(partial(self._tell, AddStep(kind.id, source, way, place)))

    def _add(self, menu: QMenu, words: str, wish: object) -> None:
        menu.addAction(words).triggered.connect(partial(self._tell, wish))

    def _do(self, menu: QMenu, words: str, deed: Callable[[], object]) -> None:
        menu.addAction(words).triggered.connect(lambda _checked=False: deed())

    def _tell(self, wish: object, _checked: bool = False) -> None:
        self._canvas.asked.emit(wish)

    def _pop_up(self, menu: QMenu, at: QPoint) -> None:
        if self.shown is not None:
            self.shown.deleteLater()
        self.shown = menu
        menu.popup(at, menu.actions()[0] if menu.actions() else None)
