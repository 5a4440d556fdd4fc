"""What the Review page does to write the report of a review: where to, who is affected, then the file.

- Who is affected is worked out first where nobody knows it yet; where that cannot be, the report says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, SignalInstance

from studio.desktop import dialogs
from studio.desktop.page import Page
from studio.desktop.widgets.button import Button
from studio.domain.errors import StudioError

if TYPE_CHECKING:
    from studio.services.stages.review_reporting import ReportKind, ReviewReportMade

KINDS = "Web page (*.html);;PDF document (*.pdf)"


class ReportDeeds(QObject):
    """Writes the report of the proposal in sight when its button is pressed."""

    def __init__(self, page: Page, button: Button, opened: SignalInstance) -> None:
        super().__init__(page)
        self._desk, self._page = page.desk, page
        self._proposal = ""
        button.clicked.connect(lambda _down=False: self.write())
        opened.connect(self._on_opened)

    def perform(self, verb: str) -> None:
        """Do what an action asks."""
        if verb == "report":
            self.write()

    def write(self) -> None:
        """Let the person choose a file, and have the report written there."""
        if not self._proposal:
            return
        file = dialogs.choose_target(self._page, "Save the report", f"review-{self._proposal}.html", KINDS)
        if file is None:
            return
        proposal = self._proposal
        if self._is_known(proposal):
            self._make(proposal, file)
            return
        from studio.services.stages.consequences import WorkOutConsequences

        self._desk.session.start(
            WorkOutConsequences(proposal),
            lambda _found: self._make(proposal, file),
            lambda: self._make(proposal, file),
        )

    def _on_opened(self, proposal: str, _change: str) -> None:
        self._proposal = proposal

    def _is_known(self, proposal: str) -> bool:
        from studio.services.queries.consequences import ShowConsequences

        try:
            return self._desk.session.ask(ShowConsequences(proposal)).current
        except StudioError:
            return False

    def _make(self, proposal: str, file: Path) -> None:
        from studio.services.stages.review_reporting import MakeReviewReport

        kind: ReportKind = "pdf" if file.suffix.lower() == ".pdf" else "html"
        self._desk.session.start(MakeReviewReport(proposal, kind), lambda made: self._keep(made, file))

    def _keep(self, made: ReviewReportMade, file: Path) -> None:
        try:
            file.write_bytes(made.data)
        except OSError as error:
            self._desk.tell(f"“{file}” cannot be written: {error.strerror}. Choose another folder.", "bad")
            return
        lacks = (
            "" if made.with_consequences else " It does not tell who is affected: nobody has worked it out."
        )
        self._desk.tell(f"Written: {file}.{lacks}", "ok")
