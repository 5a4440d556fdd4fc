"""What a person does to workflows in the window: a wish of the canvas becomes one edit of the draft.

- Each deed is one command, saved at once, and undone at once; what cannot be done is told as a sentence.
- What was copied stands on the system's clipboard, so that it can be pasted into another workflow or window.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import shiboken6
from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.desktop import dialogs
from studio.desktop.actions import Desk
from studio.desktop.widgets.flow_wishes import (
    AddStep,
    Connect,
    Disconnect,
    MoveInList,
    MoveSteps,
    OnGroup,
    OnSteps,
    Paste,
    Point,
    Rename,
    Travel,
    Wish,
)
from studio.domain.errors import StudioError, WrongUse
from studio.domain.workflow import Place

if TYPE_CHECKING:
    from studio.domain.agent import Agent
    from studio.domain.changeset import ChangeSet

CLIP_MIME = "application/x-cobuilder-steps"
Edit = Callable[["Agent", str], "ChangeSet"]


class FlowDeeds:
    """Does them, for the workflow that is shown."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        self._parent, self._desk = parent, desk

    def fulfil(self, agent: Agent, workflow: str, wish: Wish) -> tuple[str, ...]:
        """Do what is wished for; return the steps that were added by it."""
        if isinstance(wish, Travel):
            (self._desk.session.undo if wish.back else self._desk.session.redo)()
            return ()
        if isinstance(wish, OnSteps) and wish.deed in ("copy", "cut"):
            self._copy(agent, workflow, wish.steps)
            if wish.deed == "copy":
                return ()
        edit = self._edit_of(wish)
        return self.run(agent, workflow, edit) if edit is not None else ()

    def run(self, agent: Agent, workflow: str, edit: Edit) -> tuple[str, ...]:
        """Carry out an edit; return the steps that were added by it."""
        from studio.services.authoring.steps import added_steps

        changeset = self.do(lambda: edit(agent, workflow))
        return added_steps(changeset, workflow) if changeset is not None else ()

    def do(self, make: Callable[[], ChangeSet]) -> ChangeSet | None:
        """Carry out the change set that is made; None where nothing came of it, which is told."""
        from studio.services.commands import EditAgent

        try:
            changeset = make()
        except StudioError as error:
            self._desk.tell(str(error), "warn")
            return None
        if not changeset.changes or self._desk.session.do(EditAgent(changeset)) is None:
            return None
        if ";" in changeset.title or "not connected yet" in changeset.title:
            self._desk.tell(f"{changeset.title}.", "", "Undo", lambda: self._desk.run_action("edit.undo"))
        return changeset

    def do_if(self, make: Callable[[], ChangeSet] | None) -> None:
        """Carry out a change set, where there is one to make."""
        if make is not None:
            self.do(make)

    def new_workflow(self, agent: Agent, *, reusable: bool) -> str:
        """Ask for a name and make a workflow; return its id, or nothing."""
        from studio.services.authoring.workflows import made_workflow, new_workflow

        what = "reusable block" if reusable else "workflow"
        text = (
            "Name what it does; other workflows can run it."
            if reusable
            else "Name what the customer wants: “Return an item”."
        )
        name = self._ask(f"New {what}", text, "Make it")
        changeset = self.do(lambda: new_workflow(agent, name, reusable=reusable)) if name else None
        return made_workflow(changeset) if changeset is not None else ""

    def on_workflow(self, agent: Agent, workflow: str, deed: str) -> str:
        """Rename, duplicate or delete a workflow; return the one to show then, or nothing."""
        from studio.services.authoring import workflows as edits

        if deed == "rename":
            name = self._ask("Rename", f"Another name for “{agent.workflow(workflow).name}”.", "Rename")
            if name:
                self.do(lambda: edits.rename_workflow(agent, workflow, name))
            return workflow
        if deed == "duplicate":
            made = self.do(lambda: edits.duplicate_workflow(agent, workflow))
            return edits.made_workflow(made) if made is not None else ""
        gone = self.do(lambda: edits.delete_workflow(agent, workflow))
        if gone is not None:
            self._desk.tell(f"{gone.title}.", "", "Undo", lambda: self._desk.run_action("edit.undo"))
        return ""

    # Which edit a wish is

    def _edit_of(self, wish: Wish) -> Edit | None:
        from studio.services.authoring import layout, steps

        if isinstance(wish, AddStep):
            at = _place(wish.at)
            return lambda a, w: steps.add_step(a, w, wish.kind, after=wish.after, way=wish.way, place=at)
        if isinstance(wish, Connect):
            return lambda a, w: steps.connect(a, w, wish.source, wish.way, wish.target)
        if isinstance(wish, Disconnect):
            return lambda a, w: steps.disconnect(a, w, wish.source, wish.way)
        if isinstance(wish, Rename):
            return lambda a, w: steps.rename_step(a, w, wish.step, wish.title)
        if isinstance(wish, MoveSteps):
            places = {step: _place(at) for step, at in wish.places.items()}
            return lambda a, w: layout.place_steps(a, w, places)
        if isinstance(wish, MoveInList):
            return lambda a, w: steps.move_in_flow(a, w, wish.step, wish.by)
        if isinstance(wish, Paste):
            return self._paste(_place(wish.at))
        if isinstance(wish, OnGroup):
            return self._on_group(wish)
        return self._on_steps(wish) if isinstance(wish, OnSteps) else None

    def _on_steps(self, wish: OnSteps) -> Edit | None:
        from studio.services.authoring import blocks, clips, layout, steps

        chosen = wish.steps
        simple: dict[str, Edit] = {
            "delete": lambda a, w: steps.delete_steps(a, w, chosen),
            "cut": lambda a, w: steps.delete_steps(a, w, chosen),
            "duplicate": lambda a, w: clips.duplicate_steps(a, w, chosen),
            "lay out": lambda a, w: layout.lay_out_anew(a, w, chosen),
            "begin": lambda a, w: steps.begin_at(a, w, chosen[0]),
        }
        if wish.deed == "group":
            name = self._ask("Group these steps", "Say what they are together.", "Group")
            return (lambda a, w: layout.group_steps(a, w, chosen, name)) if name else None
        if wish.deed == "block":
            text = "Name what these steps do together; every workflow can run the block then."
            name = self._ask("Make a reusable block", text, "Make the block")
            return (lambda a, w: blocks.extract_block(a, w, chosen, name)) if name else None
        return simple.get(wish.deed)

    def _on_group(self, wish: OnGroup) -> Edit | None:
        from studio.services.authoring import layout

        if wish.deed == "ungroup":
            return lambda a, w: layout.ungroup(a, w, wish.group)
        name = self._ask("Rename the group", "Say what its steps are together.", "Rename")
        return (lambda a, w: layout.rename_group(a, w, wish.group, name)) if name else None

    # Copying

    def _copy(self, agent: Agent, workflow: str, chosen: tuple[str, ...]) -> None:
        from studio.services.authoring.clips import copy_steps

        clip = copy_steps(agent, workflow, chosen)
        data = QMimeData()
        data.setData(CLIP_MIME, QByteArray(clip.model_dump_json().encode()))
        data.setText("\n".join(step.title for step in clip.steps))
        QGuiApplication.clipboard().setMimeData(data)
        _words_stay_at_the_end()

    def _paste(self, at: Place | None) -> Edit:
        def edit(agent: Agent, workflow: str) -> ChangeSet:
            from studio.services.authoring.clips import Clip, paste_steps

            data = QGuiApplication.clipboard().mimeData()
            if data is None or not data.hasFormat(CLIP_MIME):
                raise WrongUse("No steps were copied.", "Choose steps and press Ctrl+C first.")
            return paste_steps(
                agent, workflow, Clip.read(bytes(data.data(CLIP_MIME).data()).decode(errors="replace")), at
            )

        return edit

    def _ask(self, title: str, text: str, action: str) -> str:
        return " ".join((dialogs.ask_text(self._parent, title, text, action) or "").split())


@cache
def _words_stay_at_the_end() -> None:
    """Leave only the words when the program ends: Qt would free what Python made after Python is gone."""

    def leave() -> None:
        if QGuiApplication.instance() is not None:
            clipboard = QGuiApplication.clipboard()
            data = clipboard.mimeData()
            if data is not None and shiboken6.createdByPython(data):  # not what another program copied
                clipboard.setText(data.text())

    atexit.register(leave)


def _place(at: Point | None) -> Place | None:
    return Place(x=round(at[0]), y=round(at[1])) if at is not None else None
