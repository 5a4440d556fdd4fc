"""What a person does with a language model as judge: choose, label, see what leaves, read what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from studio.desktop import dialogs
from studio.desktop.actions import Desk
from studio.desktop.panels.judge_dialog import JudgedDialog, JudgeDialog, JudgedLine
from studio.domain.errors import StudioError

if TYPE_CHECKING:
    from studio.services.stages.judging import Judged

CSV = "Table (*.csv)"
_SAID = {True: "answered", False: "not answered", None: "no judgement"}


class JudgeDeeds:
    """Opens the dialogs and starts the judging; nothing leaves before somebody has seen it."""

    def __init__(self, parent: QWidget, desk: Desk) -> None:
        self._parent, self._desk, self._run = parent, desk, ""

    def ask(self, run: str) -> None:
        """Let a person choose what is judged, and start it."""
        self._run = run
        bench = self._desk.session.workbench
        preview = bench.outside.models.preview(()) if bench is not None else None
        dialog = JudgeDialog(self._parent, preview.model if preview else "")
        dialog.sheet_asked.connect(lambda: self._write(dialog))
        dialog.labels_asked.connect(lambda: self._labels(dialog))
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self._start(dialog.customers.value(), dialog.labels)

    def _write(self, dialog: JudgeDialog) -> None:
        from studio.services.stages.judging import SheetForLabels

        target = dialogs.choose_target(dialog, "Write a sheet for people", "labels.csv", CSV)
        if target is None:
            return
        try:
            text = self._desk.session.ask(SheetForLabels(self._run, dialog.customers.value()))
            target.write_text(text, encoding="utf-8-sig", newline="")
        except (StudioError, OSError) as error:
            self._desk.tell(str(error), "bad")
        else:
            dialog.file.setText(f"{target.name} is written: fill in yes or no under “answered”")

    def _labels(self, dialog: JudgeDialog) -> None:
        from studio.services.text_files import read_text
        from studio.simulation.judging import read_labels

        path = dialogs.choose_file(dialog, "People's labels", f"{CSV};;All files (*)")
        if path is None:
            return
        try:
            text = read_text(path)
            count = len(read_labels(text))
        except StudioError as error:
            dialog.take_labels("", str(error))
        else:
            dialog.take_labels(text, f"{count} labels from {path.name}")

    def _start(self, customers: int, labels: str) -> None:
        from studio.desktop.panels.model_settings import LeavingDialog
        from studio.services.commands import ConfirmDestination
        from studio.services.stages.judging import Judge, RequestsForJudging

        session, job = self._desk.session, Judge(self._run, customers, labels)
        bench = session.workbench
        try:
            found = bench.outside.models.preview(session.ask(RequestsForJudging(job))) if bench else None
        except StudioError as error:
            self._desk.tell(str(error), "bad")
            return
        if found is None:
            return
        if not found.confirmed or found.refusal:
            dialog = LeavingDialog(self._parent, found)
            if dialog.exec() != LeavingDialog.DialogCode.Accepted:
                return
            if session.do(ConfirmDestination(found.destination, found.model)) is None:
                return
        session.start(job, self.show)

    def show(self, made: Judged) -> None:
        """Show what came of it."""
        differ = {each.place for each in made.differ}
        lines = [
            JudgedLine(
                f"{each.test}, customer {each.customer}",
                _SAID[each.answered],
                _SAID[made.labels[each.place]] if each.place in made.labels else "",
                each.question,
                each.place in differ,
            )
            for each in made.judgements
        ]
        JudgedDialog(self._parent, made.words, lines).exec()
