"""The report of a review as long work: it reads everything at once, then proves, draws and sets it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from studio.ports import Progress, UnitOfWork
from studio.services.commands import Command
from studio.services.jobs import Tools

ReportKind = Literal["html", "pdf"]


@dataclass(frozen=True, slots=True)
class ReviewReportMade:
    """A report that is ready to be written; `as_of` is when the last thing in the review happened."""

    proposal_id: str
    kind: ReportKind
    as_of: str
    data: bytes
    with_consequences: bool


@dataclass(frozen=True, slots=True)
class MakeReviewReport:
    """Makes the report of a proposal, as a web page or as a PDF; nothing in the workspace changes."""

    proposal_id: str
    kind: ReportKind = "html"

    @property
    def title(self) -> str:
        """Return what is being done."""
        return f"Writing the report of {self.proposal_id}"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], ReviewReportMade]:
        """Read everything that is known of the proposal; return the work. Raises WrongUse."""
        from studio.services.review_report.content import report_of
        from studio.services.review_report.material import gather

        material = gather(unit, self.proposal_id)

        def work(progress: Progress) -> ReviewReportMade:
            document = report_of(material, progress)
            progress(0.9, "Setting the pages")
            if self.kind == "pdf":
                from studio.services.review_report.as_pdf import pdf_of

                data = pdf_of(document)
            else:
                from studio.services.report_parts.as_html import page_of

                data = page_of(document).encode()
            known = material.consequences.found is not None and material.consequences.current
            return ReviewReportMade(self.proposal_id, self.kind, material.as_of.isoformat(), data, known)

        return work

    def record(self, result: ReviewReportMade) -> Command | None:
        """Return nothing to keep."""
        return None
