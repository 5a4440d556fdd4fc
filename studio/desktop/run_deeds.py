"""What can be done with a simulated conversation and its run: keep as a test, ask for a fix, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from studio.desktop import dialogs
from studio.desktop.actions import Desk

if TYPE_CHECKING:
    from studio.domain.request import Reply

FILES = (
    "Web page for reading (*.html);;Table, a line a conversation (*.csv);;Everything, for programs (*.json)"
)
_WAYS = {"review": "Open it in Review", "workflows": "Open the step", "tests": "Open the test"}


class RunDeeds:
    """Does them, and tells how it went above the page."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        self._parent, self._desk = parent, desk

    def keep(self, scenario: str, customer: int, run: str) -> None:
        """Make a test of the draft of one conversation."""
        from studio.services.commands import KeepAsTest

        effect = self._desk.session.do(KeepAsTest(scenario, customer, run))
        if effect is not None:
            test = effect.events[0].ids[0]
            self._desk.tell(
                f"{effect.title}. Undo takes it back.",
                "ok",
                "Open the test",
                lambda: self._desk.open_page("tests", test),
            )

    def fix(self, scenario: str, customer: int, run: str) -> None:
        """Let CoBuilder look for a change with which a failed conversation is right."""
        from studio.services.stages.fixing import FixFailure

        self._desk.session.start(FixFailure(scenario, customer, run), self._tell_reply)

    def _tell_reply(self, reply: Reply) -> None:
        page, item = reply.links[0].page, reply.links[0].item
        if reply.proposal is not None:
            page, item = "review", reply.proposal.id
        tone = "ok" if page == "review" else "warn"
        way = _WAYS.get(page, "Open it")
        self._desk.tell(f"CoBuilder: {reply.text}", tone, way, lambda: self._desk.open_page(page, item))

    def export(self, run: str) -> None:
        """Write a run to a file of the user's choice."""
        from studio.services.stages.exporting_run import ExportRun

        name = f"{run.replace(' ', '-').lower()}.html"
        target = dialogs.choose_target(self._parent, "Export this run", name, FILES)
        if target is not None:
            self._desk.session.start(ExportRun(target, run), self._exported)

    def _exported(self, target: Path) -> None:
        self._desk.tell(f"{target.name} is written, in {target.parent}.", "ok")
