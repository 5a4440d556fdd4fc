"""The list of a workflow's steps: the same edits as on the canvas, by keyboard alone.

- Steps stand in the order in which a customer meets them; what leaves one at the side is indented below.
- A way that leads to a step that stands elsewhere in the list names it; one that leads nowhere says so.
- It tells wishes and changes nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QColor, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QMenu, QTreeWidget, QTreeWidgetItem

from studio.desktop.panels.graph import KIND_WORDS, outs_of, subtitle
from studio.desktop.theme.current import tokens
from studio.desktop.theme.icons import icon
from studio.desktop.widgets.flow_drawing import Kind, Out
from studio.desktop.widgets.flow_wishes import (
    AddStep,
    Connect,
    Disconnect,
    MoveInList,
    OnSteps,
    Paste,
    Rename,
    Travel,
    Wish,
)
from studio.domain.workflow import Step, Workflow

ROLE = Qt.ItemDataRole.UserRole
NARROW = 560
Key = Qt.Key
_CTRL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
_HELD: dict[Key, Wish | str] = {
    Key.Key_C: "copy", Key.Key_X: "cut", Key.Key_D: "duplicate", Key.Key_G: "group",
    Key.Key_V: Paste(), Key.Key_Z: Travel(back=True), Key.Key_Y: Travel(back=False),
}  # fmt: skip


class Outline(QTreeWidget):
    """Shows the steps of a workflow as an indented list."""

    asked = Signal(object)
    chosen_changed = Signal(object)

    def __init__(self, kinds: Sequence[Kind]) -> None:
        super().__init__()
        self._kinds = tuple(kinds)
        self._items: dict[str, QTreeWidgetItem] = {}
        self._flow: Workflow | None = None
        self._filling = False
        self.shown: QMenu | None = None
        self.setAccessibleName("Steps of the workflow")
        self.setColumnCount(2)
        self.setHeaderLabels(["Step", "What it does"])
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, QHeaderView.ResizeMode.Interactive)
        self.header().setStretchLastSection(False)
        self.header().resizeSection(1, 230)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        self.itemSelectionChanged.connect(self._tell_chosen)
        self.itemChanged.connect(self._renamed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the room to the steps where there is little."""
        super().resizeEvent(event)
        self.setColumnHidden(1, event.size().width() < NARROW)

    # What is shown

    def show_workflow(self, workflow: Workflow, *, anew: bool) -> None:
        """Show a workflow; what is chosen stays where it is the same."""
        if workflow == self._flow:
            return
        kept, at = (() if anew else self.chosen_ids), self.chosen
        self._filling = True
        self._flow = workflow
        self.clear()
        self._items = {}
        steps = {step.id: step for step in workflow.steps}
        top = self.invisibleRootItem()
        self._fill(top, workflow.start, steps)
        apart = [step.id for step in workflow.steps if step.id not in self._items]
        if apart:
            head = self._item(top, "Not reached from the beginning", "", ("", None))
            for step in apart:
                self._fill(head, step, steps)
        self.expandAll()
        self._filling = False
        self.choose_many([*(each for each in kept if each != at), at], tell=False)

    def _fill(self, parent: QTreeWidgetItem, start: str, steps: dict[str, Step]) -> None:
        """Put the course that begins at a step below a row, then what leaves it at the side."""
        waiting: list[tuple[QTreeWidgetItem, str]] = [(parent, start)]
        while waiting:
            below, at = waiting.pop(0)
            while at in steps and at not in self._items:
                step = steps[at]
                row = self._items[at] = self._step_row(below, step)
                on = ""
                for out in outs_of(step):
                    if out.side:
                        waiting += self._way_row(row, step, out, steps)
                    elif out.target and out.target not in self._items:
                        on = out.target
                        if out.name:
                            self._names_target(self._plain_way(row, step, out), steps.get(on))
                    else:
                        self._way_row(row, step, out, steps)
                at = on
            is_way = (below.data(0, ROLE) or ("", None))[1] is not None
            if is_way and at in steps and below.childCount() == 0:
                self._names_target(below, steps[at])

    def _step_row(self, below: QTreeWidgetItem, step: Step) -> QTreeWidgetItem:
        row = self._item(below, step.title, subtitle(step), (step.id, None))
        row.setIcon(0, icon(step.kind, tokens().accent, 14))
        row.setFlags(row.flags() | Qt.ItemFlag.ItemIsEditable)
        words = f"{KIND_WORDS[step.kind]}: {step.title}. {subtitle(step)}"
        row.setData(0, Qt.ItemDataRole.AccessibleTextRole, words)
        return row

    def _way_row(
        self, row: QTreeWidgetItem, step: Step, out: Out, steps: dict[str, Step]
    ) -> list[tuple[QTreeWidgetItem, str]]:
        """Put a way below its step; return what is to be put below the way."""
        if not out.target and not out.needed:
            return []
        target = steps.get(out.target)
        name = out.name or "goes on"
        if target is None:
            way = self._item(row, f"{name}: leads nowhere yet", "", (step.id, out.key))
            way.setForeground(0, QBrush(QColor(tokens().warn)))
            return []
        way = self._plain_way(row, step, out)
        if target.id in self._items:
            self._names_target(way, target)
            return []
        return [(way, target.id)]

    def _plain_way(self, row: QTreeWidgetItem, step: Step, out: Out) -> QTreeWidgetItem:
        way = self._item(row, out.name or "goes on", "", (step.id, out.key))
        way.setForeground(0, QBrush(QColor(tokens().muted)))
        return way

    def _names_target(self, way: QTreeWidgetItem, target: Step | None) -> None:
        way.setText(0, f"{way.text(0)} → {target.title if target else 'a step that is not there'}")

    def _item(
        self, below: QTreeWidgetItem, text: str, aside: str, data: tuple[str, str | None]
    ) -> QTreeWidgetItem:
        item = QTreeWidgetItem(below, [text, aside])
        item.setForeground(1, QBrush(QColor(tokens().muted)))
        item.setData(0, ROLE, data)
        return item

    # What is chosen

    @property
    def chosen_ids(self) -> tuple[str, ...]:
        """Return the steps that are chosen."""
        found = (item.data(0, ROLE) for item in self.selectedItems())
        return tuple(step for step, key in found if step and key is None)

    @property
    def chosen(self) -> str:
        """Return the step at the keyboard's place, also where a way of it is."""
        item = self.currentItem()
        return str(item.data(0, ROLE)[0]) if item is not None else ""

    @property
    def way(self) -> tuple[str, str] | None:
        """Return the way at the keyboard's place, or None."""
        item = self.currentItem()
        step, key = item.data(0, ROLE) if item is not None else ("", None)
        return (step, key) if key is not None else None

    def choose_many(self, ids: Sequence[str], *, tell: bool = True) -> None:
        """Choose steps; the last one has the keyboard."""
        items = [self._items[each] for each in ids if each in self._items]
        before, self._filling = self._filling, True
        picked = QItemSelection()
        for item in items:
            index = self.indexFromItem(item)
            picked.select(index, index)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(picked, flags.ClearAndSelect | flags.Rows)
        if items:
            self.selectionModel().setCurrentIndex(self.indexFromItem(items[-1]), flags.NoUpdate)
            self.scrollToItem(items[-1])
        self._filling = before
        if tell:
            self._tell_chosen()

    def _tell_chosen(self) -> None:
        if not self._filling:
            self.chosen_changed.emit(self.chosen_ids)

    # What is wanted

    def _renamed(self, item: QTreeWidgetItem, column: int) -> None:
        step, key = item.data(0, ROLE) if not self._filling else ("", None)
        title = item.text(0).strip()
        if self._filling or column or not step or key is not None or self._flow is None:
            return
        if title and title != self._flow.step(step).title:
            # The list is filled anew by it, which it must not be while the field is closing.
            QTimer.singleShot(0, self, lambda: self.asked.emit(Rename(step, title)))

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something here from the window."""
        asks = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if asks and self._deed(event) is not None:  # type: ignore[arg-type]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Edit by key; everything else is as in any list."""
        deed = self._deed(event)
        if deed is None:
            super().keyPressEvent(event)
        else:
            deed()

    def _deed(self, event: QKeyEvent) -> Callable[[], object] | None:
        key, held = Key(event.key()), event.modifiers()
        if held == _CTRL:
            wish = _HELD.get(key)
            return (
                None
                if wish is None
                else partial(self._on_steps, wish)
                if isinstance(wish, str)
                else (partial(self.asked.emit, wish))
            )
        if held == _ALT and key in (Key.Key_Up, Key.Key_Down) and self.chosen:
            return partial(self.asked.emit, MoveInList(self.chosen, -1 if key == Key.Key_Up else 1))
        plain: dict[Key, Callable[[], object]] = {
            Key.Key_Delete: self._delete,
            Key.Key_N: self._show_kinds,
            Key.Key_Insert: self._show_kinds,
            Key.Key_C: self._show_targets,
            Key.Key_Return: lambda: self._on_steps("open"),
            Key.Key_Enter: lambda: self._on_steps("open"),
        }
        plain_key = not held & (_CTRL | _ALT)
        return plain.get(key) if plain_key and self.state() != self.State.EditingState else None

    def _on_steps(self, deed: str) -> None:
        if self.chosen_ids:
            self.asked.emit(OnSteps(deed, self.chosen_ids))

    def _delete(self) -> None:
        if self.way is not None:
            self.asked.emit(Disconnect(*self.way))
        else:
            self._on_steps("delete")

    # Menus

    def _show_kinds(self) -> None:
        menu = QMenu(self)
        menu.setAccessibleName("Add a step")
        self._add_kinds(menu)
        self._pop_up(menu)

    def _add_kinds(self, menu: QMenu) -> None:
        source, key = self.way or (self.chosen, None)
        for kind in self._kinds:
            wish = AddStep(kind.id, source, key)
            action = menu.addAction(icon(kind.icon, tokens().accent), kind.name)
            action.triggered.connect(lambda _=False, wish=wish: self.asked.emit(wish))

    def _show_targets(self) -> None:
        """Let the step be chosen to which the way at the keyboard's place leads."""
        if self._flow is None or not self.chosen:
            return
        outs = outs_of(self._flow.step(self.chosen))
        if not outs:
            return
        key = (
            self.way[1] if self.way else next((o.key for o in outs if o.needed and not o.target), outs[0].key)
        )
        menu = QMenu(self)
        menu.setAccessibleName("Lead this way to")
        for step in self._flow.steps:
            wish = Connect(self.chosen, key, step.id)
            action = menu.addAction(icon(step.kind, tokens().accent), step.title)
            action.triggered.connect(lambda _=False, wish=wish: self.asked.emit(wish))
        self._pop_up(menu)

    def _show_menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAccessibleName("Step")
        self._add_kinds(menu.addMenu("Add a step here\tN"))
        if self.way is not None:
            menu.addAction("Lead this way to…\tC").triggered.connect(self._show_targets)
            menu.addAction("Leave it open\tDel").triggered.connect(self._delete)
        for deed, words in (
            ("begin", "Begin here"), ("duplicate", "Duplicate\tCtrl+D"), ("copy", "Copy\tCtrl+C"),
            ("cut", "Cut\tCtrl+X"), ("group", "Group…\tCtrl+G"), ("block", "Make a reusable block…"),
            ("delete", "Delete\tDel"),
        ):  # fmt: skip
            if self.chosen_ids:
                menu.addAction(words).triggered.connect(lambda _=False, deed=deed: self._on_steps(deed))
        menu.addAction("Paste\tCtrl+V").triggered.connect(lambda: self.asked.emit(Paste()))
        self._pop_up(menu, at)

    def _pop_up(self, menu: QMenu, at: QPoint | None = None) -> None:
        if self.shown is not None:
            self.shown.deleteLater()
        self.shown = menu
        item = self.currentItem()
        spot = at or (self.visualItemRect(item).bottomLeft() if item is not None else QPoint(20, 20))
        menu.popup(self.viewport().mapToGlobal(spot), menu.actions()[0])
