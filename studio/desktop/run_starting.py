"""What a person does to begin a run: fill the set-up, bring conversations in, let a language model take part.

- Nothing is sent to a language model before a person has seen what leaves this computer and said that it may.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QDialog, QWidget

from studio.desktop import dialogs
from studio.desktop.actions import Desk
from studio.desktop.panels.run_setup import Offer, RunSetupPanel
from studio.domain.errors import StudioError

if TYPE_CHECKING:
    from studio.services.stages.sampling import Sample
    from studio.services.stages.simulating import Simulate

FILES = "Conversations (*.json *.jsonl *.csv *.tsv *.txt *.md);;All files (*)"
_FIRST = (
    "The first question of each conversation stands for all; every turn of a customer asks one or two more."
)


class RunStarter:
    """Fills the set-up and starts what it says."""

    def __init__(self, desk: Desk, parent: QWidget, setup: RunSetupPanel) -> None:
        self._desk, self._parent, self._setup = desk, parent, setup
        setup.file_asked.connect(self.bring_conversations)

    def fill(self) -> None:
        """Offer what can be chosen now."""
        from studio.services.queries.runs import ShowSetup

        there = self._desk.session.ask(ShowSetup())
        named = (("Not right", there.failing), ("Different", there.differing))
        bench = self._desk.session.workbench
        preview = bench.outside.models.preview(()) if bench is not None else None
        self._setup.show_choices(
            Offer(
                tests=there.tests,
                sets=[(f"{words} ({len(ids)})", ids) for words, ids in named if ids],
                manners=there.manners,
                faults=there.faults,
                fault_steps=there.fault_steps,
                versions=there.versions,
                model=preview.model if preview else "",
            )
        )

    def bring_conversations(self) -> None:
        """Read a file of conversations, show what was understood, and take its customers where wanted."""
        from studio.desktop.panels.conversation_preview import ConversationPreview
        from studio.services.queries.conversations import ReadConversations
        from studio.services.text_files import read_text

        path = dialogs.choose_file(self._parent, "Customers from conversations", FILES)
        if path is None:
            return
        try:
            page = self._desk.session.ask(ReadConversations(read_text(path)))
        except StudioError as error:
            self._desk.tell(str(error), "bad")
            return
        dialog = ConversationPreview(self._parent, path.name, page.rows, page.words, bool(page.cards))
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._setup.take_cards(page.cards, f"{len(page.cards)} from {path.name}")

    def job(self) -> Simulate:
        """Return the run that the set-up says."""
        from studio.services.stages.simulating import Simulate

        setup = self._setup
        return Simulate(
            seed=setup.seed.value(),
            customers=setup.customers.value(),
            tests=setup.chosen_tests,
            manners=setup.chosen_manners,
            faults=setup.chosen_faults,
            against=None if setup.with_model else setup.chosen_version,
            drawn=setup.drawn.value(),
            limits=setup.limits.isChecked(),
            cards=setup.cards,
        )

    def start(self, then: Callable[[Any], None], stopped: Callable[[], None]) -> bool:
        """Start the run, or the sample with a model once its text may leave; return whether it did."""
        if not self._setup.with_model:
            return self._desk.session.start(self.job(), then, stopped)
        from studio.services.stages.sampling import Sample

        try:
            sample = Sample.like(self.job(), self._setup.whole, self._setup.customers_speak)
            return self._may_leave(sample) and self._desk.session.start(sample, then, stopped)
        except StudioError as error:
            self._desk.tell(str(error), "bad")
            return False

    def _may_leave(self, sample: Sample) -> bool:
        """Show every word that would leave at first; return whether it may, now."""
        from studio.desktop.panels.model_settings import LeavingDialog
        from studio.services.commands import ConfirmDestination
        from studio.services.stages.sampling import RequestsForSample

        session = self._desk.session
        bench = session.workbench
        found = bench.outside.models.preview(session.ask(RequestsForSample(sample))) if bench else None
        if found is None:
            return False
        if found.confirmed and not found.refusal:
            return True
        dialog = LeavingDialog(self._parent, found, _FIRST)
        if dialog.exec() != LeavingDialog.DialogCode.Accepted:
            return False
        return session.do(ConfirmDestination(found.destination, found.model)) is not None
