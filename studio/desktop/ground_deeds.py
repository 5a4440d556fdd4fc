"""What a person does with the sentences that a step or a row stands on: choose one, take one away."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from studio.desktop.actions import Desk
from studio.domain.edit import GroundWanted

if TYPE_CHECKING:
    from studio.domain.agent import Agent
    from studio.domain.changeset import ChangeSet
    from studio.services.queries.charter import Citable


def chosen_sentence(parent: QWidget, desk: Desk, question: str) -> Citable | None:
    """Let a person choose a binding sentence of the documents; None when they thought better of it."""
    from studio.desktop.panels.charter_cite import CiteDialog
    from studio.services.queries.charter import ListCitable

    sentences = desk.session.ask(ListCitable())
    dialog = CiteDialog(parent, question, [each.citation for each in sentences])
    if dialog.exec() != QDialog.DialogCode.Accepted or dialog.chosen is None:
        return None
    return next(each for each in sentences if each.citation == dialog.chosen)


def ground_edit(
    parent: QWidget, desk: Desk, agent: Agent, wanted: GroundWanted
) -> Callable[[], ChangeSet] | None:
    """Return the edit that a wish for a ground comes to; None when nothing was chosen."""
    from studio.services.authoring.citing import cite_place, uncite_place

    if wanted.without:
        return lambda: uncite_place(agent, wanted.path, wanted.without)
    found = chosen_sentence(parent, desk, "Which sentence demands this?")
    return (lambda: cite_place(agent, wanted.path, found.citation, found.pin)) if found else None
