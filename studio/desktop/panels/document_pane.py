"""The document pane: a source as a readable page under its facts; a PDF's page beside it on request."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter

from studio.desktop.panels.document import Marked, parts_of
from studio.desktop.panels.facts import Facts
from studio.desktop.panels.page_picture import PagePicture
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.document_view import DocumentView
from studio.desktop.widgets.meter import Meter, Part
from studio.desktop.widgets.pane import Pane
from studio.domain.source import Block, Source

_PDF = "application/pdf"


class DocumentPane(Pane):
    """`picture_turned` tells whether the page stands beside the text now."""

    picture_turned = Signal(bool)

    def __init__(self, propose: Callable[[], object], describe: Callable[[], object]) -> None:
        super().__init__("", padded=False, title_lines=2)
        self._source: Source | None = None
        self.as_page = Button("Page", self.turn_picture, key="P", name="Show the page beside the text")
        self.as_page.setCheckable(True)
        self.add_head(self.as_page, Button("Propose changes", propose, icon="cobuilder"))
        self.facts = Facts(Button("Describe…", describe, kind="link", name="Describe the document (E)"))
        self.document = DocumentView("Document")
        self.share = Meter(6)
        strip = QHBoxLayout()
        strip.setContentsMargins(14, 4, 14, 8)
        strip.addWidget(self.share)
        self.body.addWidget(self.facts)
        self.body.addLayout(strip)
        self.picture = PagePicture()
        self.picture.closed.connect(self.turn_picture)
        beside = QSplitter(Qt.Orientation.Horizontal)
        beside.setChildrenCollapsible(False)
        beside.setHandleWidth(1)
        for part in (self.document, self.picture):
            beside.addWidget(part)
            part.setMinimumWidth(200)
        beside.setSizes([1, 1])
        self.picture.hide()
        self.body.addWidget(beside, 1)

    def show_source(
        self,
        source: Source,
        chip: tuple[str, Tone],
        parts: Sequence[Part],
        blocks: Sequence[tuple[Block, Sequence[Marked]]],
    ) -> str:
        """Show a document; the same one stays where it was. Return the sentence that is still chosen."""
        again = self._source is not None and self._source.id == source.id
        chosen = self.document.chosen if again else ""
        self._source = source
        self.set_title(source.name)
        self.as_page.setVisible(self._is_pdf())
        self.facts.show_source(source, *chip)
        self.share.show_parts(parts)
        place = self.document.verticalScrollBar().value() if again else 0
        self.document.setAccessibleName(f"Document {source.name}")
        self.document.show_parts(parts_of(blocks))
        if chosen:
            self.document.choose(chosen)
        self.document.verticalScrollBar().setValue(place)
        if not again and self.has_picture:
            self._show_picture(self._is_pdf())
        return chosen

    @property
    def has_picture(self) -> bool:
        """Return whether the page stands beside the text."""
        return self.picture.isVisibleTo(self)

    def turn_picture(self) -> None:
        """Show the page beside the text, or put it away."""
        self._show_picture(self._is_pdf() and not self.has_picture)

    def _show_picture(self, on: bool) -> None:
        self.as_page.setChecked(on)
        self.picture.setVisible(on)
        self.picture_turned.emit(on)
        if on and self._source is not None:
            self.document.setFocus(Qt.FocusReason.OtherFocusReason)  # what had the keyboard may hide now
            blocks = self._source.current.document.blocks
            self.picture.begin(
                self._page_in_sight(), max((block.anchor.page or 1 for block in blocks), default=1)
            )

    def _is_pdf(self) -> bool:
        return self._source is not None and self._source.current.document.media_type == _PDF

    def _page_in_sight(self) -> int:
        blocks = self._source.current.document.blocks if self._source else ()
        shown = self.document.cell_of(self.document.chosen) or self.document.first_cell()
        return next((block.anchor.page or 1 for block in blocks if block.id == shown), 1)
