"""The keyboard on a flow that is edited: walking, choosing, connecting, and every other deed.

- Arrows walk from step to step; Shift chooses more, Alt moves what is chosen.
- C connects: the way is chosen with C, the target with the arrows, Enter connects, Esc lets it be.
- W walks through the ways out of a step; what then is pressed is about that way.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from studio.desktop.widgets.flow_board import FlowBoard
from studio.desktop.widgets.flow_gestures import Gestures
from studio.desktop.widgets.flow_menus import Menus
from studio.desktop.widgets.flow_overlays import FindBar
from studio.desktop.widgets.flow_wishes import (
    Connect,
    Disconnect,
    MoveSteps,
    OnSteps,
    Paste,
    Travel,
)

Key = Qt.Key
_CTRL, _SHIFT, _ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
_STEPS = {Key.Key_Down: 1, Key.Key_Right: 1, Key.Key_Up: -1, Key.Key_Left: -1}
_RUNS = {Key.Key_Down: (0, 10), Key.Key_Right: (10, 0), Key.Key_Up: (0, -10), Key.Key_Left: (-10, 0)}
HELP = "N new step · C connect · W ways out · F2 rename · Del delete · Ctrl+F find · + − 0 zoom"


class Keys:
    """What the keyboard is doing on one canvas."""

    def __init__(self, canvas: FlowBoard, menus: Menus, gestures: Gestures, finder: FindBar) -> None:
        self._canvas, self._menus, self._gestures, self._finder = canvas, menus, gestures, finder
        self._source = ""
        self._key = ""
        self._target = ""
        self._plain: dict[Key, Callable[[], object]] = {
            Key.Key_Delete: self._delete,
            Key.Key_Backspace: self._delete,
            Key.Key_F2: lambda: canvas.begin_renaming(canvas.chosen),
            Key.Key_C: self._connect,
            Key.Key_W: self._next_way,
            Key.Key_N: self._new,
            Key.Key_Insert: self._new,
            Key.Key_Return: self._enter,
            Key.Key_Enter: self._enter,
            Key.Key_Escape: self._escape,
            Key.Key_Plus: lambda: canvas.zoom(1.2),
            Key.Key_Equal: lambda: canvas.zoom(1.2),
            Key.Key_Minus: lambda: canvas.zoom(1 / 1.2),
            Key.Key_0: canvas.fit,
            Key.Key_Home: lambda: self._walk_to(0),
            Key.Key_End: lambda: self._walk_to(-1),
            Key.Key_F3: lambda: finder.step(1),
        }
        self._held: dict[Key, Callable[[], object]] = {
            Key.Key_A: lambda: canvas.choose_many(canvas.steps),
            Key.Key_C: lambda: self._on_steps("copy"),
            Key.Key_X: lambda: self._on_steps("cut"),
            Key.Key_V: lambda: canvas.ask(Paste()),
            Key.Key_D: lambda: self._on_steps("duplicate"),
            Key.Key_G: lambda: self._on_steps("group"),
            Key.Key_F: finder.bring_up,
            Key.Key_Z: lambda: canvas.ask(Travel(back=True)),
            Key.Key_Y: lambda: canvas.ask(Travel(back=False)),
            Key.Key_Plus: lambda: canvas.zoom(1.2),
            Key.Key_Equal: lambda: canvas.zoom(1.2),
            Key.Key_Minus: lambda: canvas.zoom(1 / 1.2),
            Key.Key_0: canvas.fit,
        }

    def owns(self, event: QKeyEvent) -> bool:
        """Return whether a key means something here, so that the window leaves it alone."""
        key, held = Key(event.key()), event.modifiers()
        if held & _CTRL:
            return key in self._held and not held & (_SHIFT | _ALT)
        return key in self._plain or key in _STEPS

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key means; return whether it means anything."""
        key, held = Key(event.key()), event.modifiers()
        if held & _CTRL:
            deed = self._held.get(key) if not held & (_SHIFT | _ALT) else None
        elif key in _STEPS:
            return self._arrow(key, held)
        else:
            deed = self._plain.get(key)
        if deed is None:
            return False
        deed()
        return True

    def flow_changed(self) -> None:
        """Forget a connection that was being made in the flow as it was."""
        if self._source:
            self._stop()

    @property
    def words(self) -> str:
        """Return what can be pressed now."""
        canvas = self._canvas
        if not canvas.steps:
            return "Click a kind of step at the left, or press N here: it is where the workflow begins."
        if self._source:
            return self._connecting_words()
        if canvas.way is not None:
            out = canvas.drawing.out(*canvas.way)
            away = "Del leaves it open · " if out and out.target else ""
            return (
                f"{canvas.way_words(canvas.way)}: N new step on it · C lead it elsewhere · {away}W next way"
            )
        if len(canvas.chosen_ids) > 1:
            count = len(canvas.chosen_ids)
            return f"{count} steps: Ctrl+C copy · Ctrl+D duplicate · Ctrl+G group · Del delete"
        return HELP if canvas.hasFocus() else ""

    # Walking

    def _arrow(self, key: Key, held: Qt.KeyboardModifier) -> bool:
        canvas = self._canvas
        if held & _ALT:
            self._shift(*_RUNS[key])
            return True
        order = canvas.steps
        if not order:
            return False
        here = self._target if self._source and self._target else canvas.chosen
        at = order.index(here) + _STEPS[key] if here in order else 0 if _STEPS[key] > 0 else len(order) - 1
        there = order[max(0, min(len(order) - 1, at))]
        if self._source:
            self._aim(there)
        elif held & _SHIFT:
            canvas.choose_many([*(s for s in canvas.chosen_ids if s != there), there])
        else:
            canvas.choose(there)
        return True

    def _walk_to(self, at: int) -> None:
        if order := self._canvas.steps:
            self._canvas.choose(order[at])

    def _shift(self, x: int, y: int) -> None:
        canvas = self._canvas
        items = {step: canvas.item(step) for step in canvas.chosen_ids}
        places = {
            step: (float(round(item.pos().x() + x)), float(round(item.pos().y() + y)))
            for step, item in items.items()
            if item is not None
        }
        if places:
            canvas.ask(MoveSteps(places))

    # Deeds

    def _on_steps(self, deed: str) -> None:
        if self._canvas.chosen_ids:
            self._canvas.ask(OnSteps(deed, self._canvas.chosen_ids))

    def _delete(self) -> None:
        canvas = self._canvas
        if canvas.way is not None:
            out = canvas.drawing.out(*canvas.way)
            if out is not None and out.target:
                canvas.ask(Disconnect(*canvas.way))
            return
        self._on_steps("delete")

    def _new(self) -> None:
        canvas = self._canvas
        source, key = canvas.way if canvas.way is not None else (canvas.chosen, None)
        if self._source:
            source, key = self._source, self._key
            self._stop()
        at = canvas.viewport().rect().center() if not source else canvas.viewport_place(source)
        self._menus.show_kinds(canvas.viewport().mapToGlobal(at), source, key)

    def _enter(self) -> None:
        canvas = self._canvas
        if not self._source:
            self._on_steps("open")
            return
        source, key, target = self._source, self._key, self._target
        self._stop()
        if target:
            canvas.ask(Connect(source, key, target))

    def _escape(self) -> None:
        canvas = self._canvas
        if self._source:
            self._stop()
        elif self._gestures.mode:
            self._gestures.cancel()
        elif self._finder.isVisible():
            self._finder.put_away()
        elif canvas.way is not None:
            canvas.choose_way()
            canvas.told.emit()
        else:
            canvas.choose_many([])

    def _next_way(self) -> None:
        canvas = self._canvas
        step = canvas.way[0] if canvas.way else canvas.chosen
        outs = [out.key for out in canvas.ways_of(step) if out.needed or out.target]
        if not outs:
            return
        at = outs.index(canvas.way[1]) + 1 if canvas.way and canvas.way[1] in outs else 0
        canvas.choose_way(step, outs[at % len(outs)])

    # Connecting

    def _connect(self) -> None:
        canvas = self._canvas
        if self._source:
            keys = [out.key for out in canvas.ways_of(self._source)]
            self._key = keys[(keys.index(self._key) + 1) % len(keys)]
        elif canvas.way is not None:
            self._source, self._key = canvas.way
        else:
            outs = canvas.ways_of(canvas.chosen)
            if not outs:
                return
            first = next((out for out in outs if out.needed and not out.target), outs[0])
            self._source, self._key = canvas.chosen, first.key
        self._tell()

    def _aim(self, step: str) -> None:
        canvas = self._canvas
        for each, light in ((self._target, False), (step, True)):
            item = canvas.item(each) if each else None
            if item is not None:
                item.shine("target" if light else "")
                if light:
                    canvas.ensureVisible(item, 30, 30)
        self._target = step
        self._tell()

    def _stop(self) -> None:
        item = self._canvas.item(self._target) if self._target else None
        if item is not None:
            item.shine("")
        self._source = self._key = self._target = ""
        self._canvas.told.emit()

    def _tell(self) -> None:
        self._canvas.told.emit()
        self._canvas.announce(self._connecting_words())

    def _connecting_words(self) -> str:
        canvas = self._canvas
        source, out = canvas.item(self._source), canvas.drawing.out(self._source, self._key)
        target = canvas.item(self._target) if self._target else None
        title = source.step.title if source else ""
        name = f" ({out.name or out.key})" if out and (out.name or out.key) else ""
        if target is None:
            return (
                f"Connect “{title}”{name}: walk to the step with the arrows · C another way · Esc lets it be"
            )
        return f"Connect “{title}”{name} to “{target.step.title}”: Enter · C another way · Esc lets it be"
