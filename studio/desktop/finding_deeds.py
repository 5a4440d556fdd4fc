"""What a person does with a finding in the window: sees it as a conversation, mends it, makes it a test.

- What takes a while is worked out in the background; what it makes is applied to the draft it was made of,
  as one edit that Undo takes back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from studio.desktop.actions import Desk
from studio.desktop.panels.finding import FindingPanel, no_test
from studio.domain.check import CheckResult

if TYPE_CHECKING:
    from studio.domain.agent import Agent
    from studio.services.stages.showing_finding import WorkedOut


class FindingDeeds(QObject):
    """Does them; `shown`: the panel has something to show, `closed`: a person has had enough.

    `lit` tells a finding whose way is to be lit on the canvas, `unlit` that none is any more.
    """

    shown = Signal()
    closed = Signal()
    lit = Signal(object)
    unlit = Signal()

    def __init__(self, desk: Desk, draft: Callable[[], Agent]) -> None:
        super().__init__()
        self._desk, self._draft = desk, draft
        self.panel = FindingPanel()
        self._made_of: Agent | None = None
        self._result: CheckResult | None = None
        self.worked: WorkedOut | None = None
        self.panel.mend_asked.connect(self._mend)
        self.panel.keep_asked.connect(self._keep)
        self.panel.way_asked.connect(self.light)
        self.panel.closed.connect(self.close)

    @property
    def on(self) -> bool:
        """Return whether a finding is shown."""
        return self._result is not None

    def do(self, deed: str, result: CheckResult) -> None:
        """Do what a card of a finding tells."""
        if deed == "light":
            self.lit.emit(result)
        elif deed == "test":
            self.make_test(result)
        else:
            self._show(result, to_mend=deed == "mend")

    def light(self) -> None:
        """Light the way of the finding that is shown."""
        if self._result is not None:
            self.lit.emit(self._result)

    def follow(self, checks: Collection[CheckResult]) -> None:
        """Keep what is shown true: work it out anew on a changed draft; close it once it is mended."""
        if self._result is None or self._made_of is self._draft():
            return
        now = next((each for each in checks if each.id == self._result.id and each.status != "holds"), None)
        if now is None:
            self.close()
        else:
            self._show(now, to_mend=False)

    def close(self) -> None:
        """Show it no longer."""
        if self.on:
            self._result = self.worked = self._made_of = None
            self.unlit.emit()
            self.closed.emit()

    # Showing

    def _show(self, result: CheckResult, *, to_mend: bool) -> None:
        self._result, self._made_of, self.worked = result, self._draft(), None
        self.panel.show_working(result)
        self.shown.emit()
        self.light()
        self._work_out(result, lambda worked: self._worked(result, worked, to_mend=to_mend))

    def _work_out(self, result: CheckResult, then: Callable[[WorkedOut], object]) -> None:
        from studio.services.stages.showing_finding import WorkOutFinding

        if not self._desk.session.start(WorkOutFinding(result.id), then, self._gave_up, gives_way=True):
            self._gave_up()

    def _gave_up(self) -> None:
        if self.on and self.worked is None:
            self.close()

    def _worked(self, result: CheckResult, worked: WorkedOut, *, to_mend: bool) -> None:
        if self._result is not result:
            return
        self.worked = worked
        finding = worked.finding
        self.panel.show_talk(result, finding.conversation)
        self.panel.show_ways(finding.fix.title if finding.fix else "", worked.changes, finding.test)
        if to_mend:
            self.panel.come_to_mending()
        else:
            self.panel.view.setFocus()

    # Changing

    def _mend(self) -> None:
        from studio.services.commands import EditAgent

        worked = self.worked
        if worked is None or worked.finding.fix is None:
            return
        if self._desk.session.do(EditAgent(worked.finding.fix)) is not None:
            told = f"Mended: {worked.finding.fix.title}. Undo takes it back."
            self._desk.tell(told, "ok", "Undo", lambda: self._desk.run_action("edit.undo"))

    def _keep(self) -> None:
        if self.worked is not None:
            self._keep_test(self.worked)

    def make_test(self, result: CheckResult) -> None:
        """Work a finding's test out and add it to the draft; why there is none is told."""
        self._work_out(result, self._keep_test)

    def _keep_test(self, worked: WorkedOut) -> None:
        from studio.services.commands import EditAgent

        finding = worked.finding
        if finding.test is None or finding.add_test is None:
            self._desk.tell(no_test(finding.fix is not None), "warn")
            return
        test = finding.test.id
        if self._desk.session.do(EditAgent(finding.add_test)) is not None:
            told = f"{test} is a test now. It fails as the draft is, and passes once this is mended."
            self._desk.tell(told, "ok", "Open the test", lambda: self._desk.open_page("tests", test))
