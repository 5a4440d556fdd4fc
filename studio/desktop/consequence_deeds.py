"""What the Review page does to find out who is affected: asks, has it worked out, shows it arrive.

- It begins by itself once the part is in sight and nothing is known, and gives way to what a person starts.
- Once a person stopped it, it waits until it is asked for.
- Results that arrive in the thread of the job cross over to the window's thread here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from studio.desktop.page import Page
from studio.desktop.panels.change_parts import ChangeParts
from studio.desktop.panels.consequences import ConsequencesPanel
from studio.domain.errors import StudioError

if TYPE_CHECKING:
    from studio.domain.consequence import ChangeEffect, Consequences
    from studio.services.events import Changed

PART = "affected"
CUSTOMERS = 500
"""Customers who meet both versions."""


class ConsequenceDeeds(QObject):
    """Fills the part “Who is affected” of the Review page."""

    read = Signal()
    """What the whole work found out about the draft as it is now stands before the person."""
    _arrived = Signal(object)

    def __init__(self, page: Page, parts: ChangeParts, opened: SignalInstance) -> None:
        super().__init__(page)
        self._desk, self._parts = page.desk, parts
        self._proposal, self._change = "", ""
        self._found: Consequences | None = None
        self._current = False
        self.customers = CUSTOMERS
        self._working, self._stopped = "", ""
        self.panel = ConsequencesPanel()
        parts.body(PART).addWidget(self.panel, 1)
        opened.connect(self._on_opened)
        parts.part_shown.connect(self._on_part)
        session = page.desk.session
        session.opened.connect(self._forget)
        session.changed.connect(self._on_changed)
        session.job_moved.connect(self._on_moved)
        session.job_ended.connect(self._on_ended)
        self._arrived.connect(self._on_arrived)
        self.panel.asked.connect(self.find_out)
        self.panel.stop_asked.connect(self._stop)
        self.panel.scope_changed.connect(self._show)

    def _forget(self) -> None:
        self._proposal = self._change = self._working = self._stopped = ""
        self._found = None

    def _on_opened(self, proposal: str, change: str) -> None:
        if proposal != self._proposal:
            self._found = None
        self._proposal, self._change = proposal, change
        self.panel.show_scope(bool(change))
        self._parts.set_count(PART, self._affected())
        self._look()

    def _on_part(self, part: str) -> None:
        if part == PART:
            self._look()

    def _on_changed(self, changed: Changed | None) -> None:
        if changed is None or changed.kinds & {"agent", "proposal", "decision", "consequence", "history"}:
            self._stopped = ""
            self._look()

    def _look(self) -> None:
        """Ask what is known, and have it worked out where nothing is; only while it is in sight."""
        if not self._proposal or self._parts.shown != PART or self._desk.session.workbench is None:
            return
        if self._working == self._proposal:
            self._show()
            return
        from studio.services.queries.consequences import ShowConsequences

        try:
            page = self._desk.session.ask(ShowConsequences(self._proposal))
        except StudioError:
            return  # the page tells it, where it asks for the proposal
        self._found, self._current = page.found, page.current
        self._show()
        if not page.current and self._stopped != self._proposal and not self._desk.session.busy:
            self.find_out()

    def find_out(self) -> None:
        """Have it worked out in the background."""
        from studio.services.stages.consequences import WorkOutConsequences

        job = WorkOutConsequences(self._proposal, self.customers, partial=self._arrived.emit)
        proposal = self._proposal
        if self._desk.session.start(job, self._done, lambda: self._failed(proposal), gives_way=True):
            self._working = proposal
            self.panel.show_running(0.0, "Getting ready")

    def _stop(self) -> None:
        self._stopped = self._working
        self.panel.show_stopping()
        self._desk.session.stop()

    def _failed(self, proposal: str) -> None:
        self._stopped = proposal  # the end of the job was heard before: nothing is at work any more
        self._rest()

    def _done(self, result: Consequences) -> None:
        self._rest()
        if result.proposal_id == self._proposal:
            self._found, self._current = result, True
            self._show()

    def _rest(self) -> None:
        self._working = ""
        self.panel.show_rest()

    def _on_ended(self) -> None:
        self._rest()
        QTimer.singleShot(0, self, self._look)  # another job may have been in the way

    def _on_moved(self, _title: str, fraction: float, words: str) -> None:
        if self._working:
            self.panel.show_running(fraction, words)

    def _on_arrived(self, found: Consequences) -> None:
        if self._working and found.proposal_id == self._proposal:
            self._found, self._current = found, True
            self._show()

    def _effect(self) -> ChangeEffect | None:
        """Return what is known of the change in sight, or of the whole proposal."""
        found = self._found
        if found is None or found.proposal_id != self._proposal:
            return None
        return found.whole if self.panel.whole or not self._change else found.change(self._change)

    def _affected(self) -> int | None:
        """Return how many customers the tab speaks of; it never keeps the number of another change."""
        effect = self._effect()
        return effect.affected or None if effect is not None else None

    def _show(self) -> None:
        """Show what is known of the change in sight, or of the whole proposal."""
        found = self._found
        if found is None or found.proposal_id != self._proposal:
            self.panel.show_nothing()
            self._parts.set_count(PART, None)
            return
        whole = self.panel.whole or not self._change
        effect = self._effect()
        self._parts.set_count(PART, self._affected())
        if effect is None:  # not tried yet: the changes one by one come after the whole
            self.panel.show_nothing()
            return
        self.panel.titles = {each.change: each.title for each in found.changes}
        meetings = [each for each in found.together if whole or self._change in each.changes]
        notes = found.notes if whole else ()
        self.panel.show_effect(effect, meetings, notes, current=self._current)
        if self._current and not self._working and self._parts.shown == PART:
            self.read.emit()
