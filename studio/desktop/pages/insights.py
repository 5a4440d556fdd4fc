"""Insights: how the agent does with real customers; empty until IT hands back what happened in production."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from studio.desktop.page import Page
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.states import EmptyState


class InsightsPage(Page):
    """Says honestly that there is nothing yet, and what will be here."""

    def build(self) -> QWidget:
        """Lay out what will be here."""
        return EmptyState(
            "insights",
            "No production results imported yet",
            "After IT has promoted a release, its conversations come back by version: resolved without "
            "repeat contact, satisfaction, handed over, cost, each against the version before. This version "
            "of the program cannot import them yet. Until then, the simulation shows which customers would "
            "be treated differently.",
            Button("Open the simulation", lambda: self.desk.open_page("simulate"), kind="primary"),
            Button("Open the release", lambda: self.desk.open_page("release")),
        )

    def fill(self) -> None:
        """Nothing to ask for."""
