"""One row an action: id, title, shortcut, when it is enabled, and what it does.

- Menus, shortcuts and the palette are made from these rows; nothing else declares a command.
- A row speaks to the `Desk`, which is all that an action or a page knows of the window.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from studio.desktop.rooms import ROOMS
from studio.desktop.session import Session


class Desk(Protocol):
    """What an action or a page may ask of the window."""

    @property
    def session(self) -> Session:
        """Return the open workspace as the window knows it."""
        ...

    def open_page(self, page: str, item: str = "", verb: str = "") -> None:
        """Go to a page, show an item there, and start something (`verb`) there."""
        ...

    def tell(
        self, text: str, tone: str = "", way: str = "", on_way: Callable[[], object] | None = None
    ) -> None:
        """Show a sentence; `way` names a button that leads on."""
        ...

    def run_action(self, action_id: str) -> None:
        """Do what an action does."""
        ...

    def ask_for_workspace(self, how: str) -> None:
        """Open a workspace: `new`, `open`, `sample` or a review `package`; or a received `bundle`."""
        ...

    def show_palette(self) -> None:
        """Open the palette."""
        ...

    def toggle_dock(self) -> None:
        """Show or hide CoBuilder beside the page."""
        ...

    def switch_theme(self) -> None:
        """Change between light and dark."""
        ...

    def close_window(self) -> None:
        """End the program."""
        ...


def always(desk: Desk) -> bool:
    """Return True."""
    return True


def with_workspace(desk: Desk) -> bool:
    """Return whether a workspace is open."""
    return desk.session.workbench is not None


@dataclass(frozen=True, slots=True)
class Action:
    """Something a user can do from anywhere."""

    id: str
    title: str
    group: str
    run: Callable[[Desk], object]
    shortcut: str = ""
    icon: str = ""
    enabled: Callable[[Desk], bool] = always
    also: str = ""
    """A second shortcut, for hands that learned it elsewhere."""


def _go(room: str) -> Callable[[Desk], object]:
    return lambda desk: desk.open_page(room)


def _do(page: str, verb: str) -> Callable[[Desk], object]:
    return lambda desk: desk.open_page(page, verb=verb)


def _workspace(how: str) -> Callable[[Desk], object]:
    return lambda desk: desk.ask_for_workspace(how)


WORK = with_workspace

ACTIONS: tuple[Action, ...] = (
    Action("workspace.open", "Open a workspace…", "Workspace", _workspace("open"), "Ctrl+O", "folder"),
    Action("workspace.new", "New workspace…", "Workspace", _workspace("new"), "Ctrl+N", "plus"),
    Action("workspace.sample", "Try the sample project", "Workspace", _workspace("sample"), "", "play"),
    Action("workspace.package", "Open a review package…", "Workspace", _workspace("package"), "", "review"),
    Action("workspace.bundle", "Open a received bundle…", "Workspace", _workspace("bundle"), "", "seal"),
    Action("source.add", "Add documents…", "Work", _do("sources", "add"), "Ctrl+D", "sources", WORK),
    Action("proposal.make", "Propose changes", "Work", _do("sources", "propose"), "", "cobuilder", WORK),
    Action("review.next", "Next undecided change", "Work", _do("review", "next"), "", "review", WORK),
    Action(
        "review.report",
        "Write the report of this review…",
        "Work",
        _do("review", "report"),
        "",
        "export",
        WORK,
    ),
    Action("review.send", "Send for review…", "Work", _do("review", "send"), "", "export", WORK),
    Action("review.merge", "Merge decisions…", "Work", _do("review", "merge"), "", "review", WORK),
    Action("review.reply", "Send decisions back…", "Work", _do("review", "reply"), "", "export", WORK),
    Action("workflow.new", "New workflow…", "Work", _do("workflows", "new"), "", "plus", WORK),
    Action("workflow.try", "Try the draft in talk", "Work", _do("workflows", "try"), "F6", "comment", WORK),
    Action("simulate.run", "Simulate the draft", "Work", _do("simulate", "run"), "F5", "simulate", WORK),
    Action("release.approve", "Approve this release…", "Work", _do("release", "approve"), "", "seal", WORK),
    Action("release.plan", "Edit the rollout plan…", "Work", _do("release", "plan"), "", "release", WORK),
    Action("release.notes", "Write an introduction…", "Work", _do("release", "notes"), "", "comment", WORK),
    Action("release.export", "Export signed bundle…", "Work", _do("release", "export"), "", "export", WORK),
    Action("edit.undo", "Undo", "Edit", lambda d: d.session.undo(), "Ctrl+Z", "undo", WORK),
    Action("edit.redo", "Redo", "Edit", lambda d: d.session.redo(), "Ctrl+Shift+Z", "redo", WORK, "Ctrl+Y"),
    *(
        Action(f"go.{r.id}", f"Go to {r.title}", "Go", _go(r.id), f"Ctrl+{(place + 1) % 10}", r.icon)
        for place, r in enumerate(ROOMS)
    ),
    Action("view.palette", "Search or run a command", "View", lambda d: d.show_palette(), "Ctrl+K", "search"),
    Action("view.dock", "Ask CoBuilder", "View", lambda d: d.toggle_dock(), "Ctrl+B", "cobuilder"),
    Action("view.theme", "Light or dark", "View", lambda d: d.switch_theme(), "Ctrl+Shift+L", "moon"),
    Action("program.quit", "Quit", "View", lambda d: d.close_window(), "Ctrl+Q", "cross"),
)
