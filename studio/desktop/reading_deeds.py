"""What a person does to have a document read and changes proposed: choose who reads, see what leaves, start.

- Without a language model there is no choice, and CoBuilder reads as ever.
- Nothing is sent before a person has seen what leaves this computer and said that it may.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from studio.desktop.actions import Desk
from studio.desktop.model_deeds import KeepsSettings
from studio.domain.finding import Engine
from studio.settings import ModelSettings

if TYPE_CHECKING:
    from studio.desktop.panels.reader_choice import ReaderOffer
    from studio.domain.model import ModelPreview
    from studio.domain.proposal import Proposal
    from studio.services.workbench import Workbench

Then = Callable[["Proposal"], object]


class ReadingDeeds:
    """Starts readings and proposals for a page."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        self._desk, self._parent = desk, parent

    def propose(self, source_id: str, then: Then) -> None:
        """Let changes be proposed from a source; ask first who reads it, where a language model is chosen."""
        bench = self._desk.session.workbench
        if bench is None or bench.outside.models.preview(()) is None:
            self._start(source_id, then)
            return
        from studio.desktop.panels.reader_choice import ReaderDialog

        offer = self._offer(bench, source_id)
        dialog = ReaderDialog(self._parent, offer)
        looked: list[bool] = []
        dialog.text_asked.connect(lambda: looked.append(self._may_leave(offer.preview)))
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return
        engine, proposing = dialog.engine, dialog.proposing
        if proposing and engine in offer.read_already:
            self._start(source_id, then)
        elif engine == "embedded" or any(looked) or self._may_leave(offer.preview, confirmed_is_enough=True):
            self._read(source_id, engine, None if not proposing else lambda: self._start(source_id, then))

    def _offer(self, bench: Workbench, source_id: str) -> ReaderOffer:
        from studio.desktop.panels.reader_choice import CHOICES, ReaderOffer
        from studio.services.queries.models import (
            NeedsReading,
            RequestsForSource,
            ShowReading,
            ShowWantedEngine,
        )

        ask = self._desk.session.ask
        preview, page = (
            bench.outside.models.preview(ask(RequestsForSource(source_id))),
            ask(ShowReading(source_id)),
        )
        assert preview is not None
        known = [e for e in CHOICES if not ask(NeedsReading(source_id, e, preview.model))]
        wanted = ask(ShowWantedEngine(source_id))
        return ReaderOffer(page.name, wanted, preview, self._budget(), frozenset(known))

    def _budget(self) -> str:
        opener = getattr(self._desk, "opener", None)
        return opener.settings.model.budget if isinstance(opener, KeepsSettings) else ModelSettings().budget

    def _may_leave(self, preview: ModelPreview, *, confirmed_is_enough: bool = False) -> bool:
        """Show every word that would leave; return whether it may, now."""
        if confirmed_is_enough and preview.confirmed:
            return True
        from studio.desktop.panels.model_settings import LeavingDialog
        from studio.services.commands import ConfirmDestination

        dialog = LeavingDialog(self._parent, preview)
        if dialog.exec() != LeavingDialog.DialogCode.Accepted:
            return False
        return self._desk.session.do(ConfirmDestination(preview.destination, preview.model)) is not None

    def _read(self, source_id: str, engine: Engine, then: Callable[[], object] | None) -> None:
        from studio.services.stages.reading_again import ReadAgain

        job = ReadAgain(source_id, engine, anew=then is None)
        self._desk.session.start(job, lambda _made: self._tell(source_id) if then is None else then())

    def _start(self, source_id: str, then: Then) -> None:
        from studio.services.stages.proposing import Propose

        self._desk.session.start(Propose(source_id), then)

    def _tell(self, source_id: str) -> None:
        """Say how it was read."""
        from studio.services.queries.models import ShowReading

        page = self._desk.session.ask(ShowReading(source_id))
        count = len(page.disagreements)
        differ = f" The two readings differ in {count} place{'' if count == 1 else 's'}." if count else ""
        run = f" {page.run.line}" if page.run is not None else ""
        self._desk.tell(f"Read “{page.name}”: {page.statements} sentences bind the agent.{differ}{run}", "ok")
