"""Passing a request to the language model: what would leave is shown first, and a person says that it may."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from studio.desktop.actions import Desk


def may_be_asked(desk: Desk, parent: QWidget, request: str) -> bool:
    """Return whether a request may go to the language model, now; who has not confirmed it yet is asked."""
    bench = desk.session.workbench
    if bench is None:
        return False
    from studio.services.stages.requesting import RequestsForAsking

    preview = bench.outside.models.preview(desk.session.ask(RequestsForAsking(request)))
    if preview is None:
        return False
    if preview.confirmed and not preview.refusal:
        return True
    from studio.desktop.panels.model_settings import LeavingDialog
    from studio.services.commands import ConfirmDestination

    dialog = LeavingDialog(parent, preview)
    if dialog.exec() != LeavingDialog.DialogCode.Accepted:
        return False
    return desk.session.do(ConfirmDestination(preview.destination, preview.model)) is not None
