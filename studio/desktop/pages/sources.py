"""Sources: the documents, each with its sentences marked; add one, look at a sentence, ask for changes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from studio.desktop.intake import Intake
from studio.desktop.page import Page
from studio.desktop.page_pictures import PagePictures
from studio.desktop.panels.document import STATE_SIGNS, STATE_TONES, Marked, parts_of
from studio.desktop.panels.facts import Facts, standing_of
from studio.desktop.panels.identity import identity_card
from studio.desktop.panels.left_column import LeftColumn
from studio.desktop.panels.page_picture import PagePicture
from studio.desktop.panels.sentence import SentencePanel
from studio.desktop.places import cited_in, way_to
from studio.desktop.source_deeds import SourceDeeds, work_of
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.document_view import DocumentView
from studio.desktop.widgets.labels import Chip
from studio.desktop.widgets.meter import Legend, Meter, Part
from studio.desktop.widgets.pane import Pane, group, panes
from studio.desktop.widgets.row_list import RowItem
from studio.desktop.widgets.states import EmptyState
from studio.domain.errors import StudioError
from studio.services.events import Kind

if TYPE_CHECKING:
    from studio.domain.proposal import Proposal
    from studio.services.queries.governance import CollisionRow
    from studio.services.queries.marked_document import BlockRow, Sentence
    from studio.services.queries.sources import CoverageRow, SourcePage, SourceRow


def _chip_tone(chip: str) -> Tone:
    if "conflict" in chip or chip in ("expired", "missing at its origin"):
        return "bad"
    if chip == "superseded":
        return ""
    return "ok" if chip == "current" else "warn"


class SourcesPage(Page):
    """The documents that the agent relies on."""

    kinds: ClassVar[frozenset[Kind]] = frozenset(
        (
            "source", "proposal", "decision", "answer", "agent", "waiver", "confirmation", "marking",
            "collision", "identity", "folder", "reading",
        )
    )  # fmt: skip

    def build(self) -> QWidget:
        """Lay out the list, the document and the sentence."""
        self._wanted = ""
        self._shown: SourcePage | None = None
        self.intake = Intake(self.desk, self, self._added)
        self.deeds = SourceDeeds(self.desk, self)
        self.list_pane = Pane("Sources", padded=False)
        folders = Button("", self.intake.link_folder, icon="folder", name="Linked folders")
        self.list_pane.add_head(folders, Button("Add files", self.add, icon="plus", name="Add files"))
        self.left = LeftColumn(self._coverage())
        self.list, self.work, self.hits = self.left.list, self.left.work, self.left.hits
        self.list_pane.body.addWidget(self.left)
        self.doc_pane = Pane("", padded=False)
        self.version = Chip()
        self.ask = Button("Propose changes", self.propose, icon="cobuilder")
        self.as_page = Button("Page", self._turn_picture, key="P", name="Show the page beside the text")
        self.as_page.setCheckable(True)
        describe = Button("Describe…", self.describe, key="E")
        self.doc_pane.add_head(self.version, self.as_page, describe, self.ask)
        self.facts = Facts()
        self.document = DocumentView("Document")
        self.share = Meter(6)
        strip = QHBoxLayout()
        strip.setContentsMargins(14, 4, 14, 8)
        strip.addWidget(self.share)
        self.doc_pane.body.addWidget(self.facts)
        self.doc_pane.body.addLayout(strip)
        self.picture, self.pictures = PagePicture(), PagePictures(self)
        beside = QSplitter(Qt.Orientation.Horizontal)
        beside.setChildrenCollapsible(False)
        beside.setHandleWidth(1)
        for part in (self.document, self.picture):
            beside.addWidget(part)
            part.setMinimumWidth(200)
        beside.setSizes([1, 1])
        self.picture.hide()
        self.doc_pane.body.addWidget(beside, 1)
        self.sentence = SentencePanel()
        return panes((self.list_pane, self.doc_pane, self.sentence), (300, 622, 330), 1)

    def _coverage(self) -> QWidget:
        holder = QWidget()
        holder.setProperty("role", "plain")
        column = QVBoxLayout(holder)
        column.setContentsMargins(14, 10, 14, 12)
        column.addWidget(group("Policy coverage"))
        self.bar = Meter(12)
        self.legend = Legend()
        column.addWidget(self.bar)
        column.addWidget(self.legend)
        return holder

    def empty_state(self) -> QWidget:
        """Say how a first document is added."""
        return EmptyState(
            "sources",
            "No documents yet",
            "Drop policies or procedures here, paste their text, choose files, or link a folder. "
            "Each sentence that binds the agent is found and marked.",
            Button("Add files", self.add, kind="primary", icon="plus"),
            Button("Link a folder…", self.intake.link_folder, icon="folder"),
        )

    def wire(self) -> None:
        """Listen to the list, the document and the sentence."""
        self.setAcceptDrops(True)
        self.list.chosen.connect(self._open)
        self.document.mark_chosen.connect(self._show_sentence)
        self.sentence.place_asked.connect(lambda path: self.desk.open_page(*way_to(path)))
        self.sentence.answered.connect(self.deeds.answer)
        self.sentence.quote_asked.connect(self._find_quote)
        self.sentence.acted.connect(self._act)
        self.sentence.decided.connect(self._decide)
        self.sentence.side_asked.connect(self._show_side)
        self.sentence.passage_asked.connect(self.document.choose)
        self.left.asked.connect(self._search)
        self.left.way_asked.connect(self._go)
        self.picture.asked.connect(self._draw_page)
        self.picture.closed.connect(self._turn_picture)
        self.pictures.drawn.connect(self.picture.take)
        self.pictures.failed.connect(self.picture.fail)
        for key, slot in (
            ("J", lambda: self._walk(1)), ("K", lambda: self._walk(-1)), ("S", lambda: self._act("confirm")),
            ("W", lambda: self._act("waive")), ("E", self.describe), ("Ctrl+V", self.intake.paste),
            ("Ctrl+F", self.left.field.setFocus), ("P", self._turn_picture),
        ):  # fmt: skip
            self.key(key, slot)

    def fill(self) -> None:
        """Ask for the list, the work, and the document that was open."""
        from studio.services.queries.sources import ListSources
        from studio.services.queries.worklist import ListWork

        found = self.desk.session.ask(ListSources())
        if not found.rows:
            self.states.show_empty()
            return
        self.list.show_rows([_row(source) for source in reversed(found.rows)])
        self._show_coverage(found.coverage)
        work = self.desk.session.ask(ListWork())
        self._doubts = {f"?{doubt.id}": doubt for doubt in work.doubts}
        self.left.show_work(work_of(work))
        wanted, self._wanted = self._wanted or self.list.current_id(), ""
        source_id, _, place = wanted.replace("#", "/").partition("/")
        if not self.list.choose(source_id, tell=False):
            self.list.choose(self.list.items()[0].id, tell=False)
        self._open(self.list.current_id())
        if place:
            self._go(wanted)

    def show_item(self, item: str) -> None:
        """Open a document (`S-03`), a sentence of it (`S-03/STATEMENT`), or one that is cited somewhere."""
        cited = cited_in(item)
        if cited is None:
            self._wanted = item
            self.refresh()
            return
        from studio.services.queries.cited_sentence import FindSentence

        try:
            found = self.desk.session.ask(FindSentence(*cited))
        except StudioError as error:
            self.desk.tell(str(error), "bad")
            return
        self._wanted = found.way
        self.refresh()
        if found.note:
            self.desk.tell(found.note, "warn")

    def first_focus(self) -> QWidget:
        """Let the arrow keys go through the documents."""
        return self.list

    def perform(self, verb: str) -> None:
        """Add documents, propose changes from the one that is open, or show what there is to do."""
        {"add": self.add, "propose": self.propose, "work": self.left.show_worklist}[verb]()

    def add(self) -> None:
        """Let the user choose files, say what they are, and read them."""
        self.intake.choose()

    def propose(self) -> None:
        """Ask CoBuilder what the open document demands of the agent."""
        from studio.services.stages.proposing import Propose

        if self._shown is not None:
            self.desk.session.start(Propose(self._shown.source.id), self._proposed)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add the files that were dropped."""
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.intake.take(files)

    def describe(self) -> None:
        """Let the user say what the open document is."""
        if self._shown is not None:
            self.deeds.describe(self._shown.source, [(item.id, item.title) for item in self.list.items()])

    def _added(self, file_name: str) -> None:
        from studio.services.queries.sources import ListSources

        rows = self.desk.session.ask(ListSources()).rows
        added = next((row for row in reversed(rows) if row.file_name == file_name), rows[-1])
        self.show_item(added.id)
        count = added.statements
        binds = "1 sentence binds" if count == 1 else f"{count} sentences bind"
        text = f"Read “{added.name}”: {binds} the agent."
        if self.deeds.suggestions(added.id):
            self.desk.tell(f"{text} The document says more about itself.", "ok", "Check it", self.describe)
        else:
            self.desk.tell(text, "ok", "Propose changes", self.propose)

    def _proposed(self, proposal: Proposal) -> None:
        changes, questions = len(proposal.changes), len(proposal.questions)
        text = f"CoBuilder proposed {changes} changes and asked {questions} questions."
        self.desk.tell(text, "ok", "Open review", lambda: self.desk.open_page("review", proposal.id))

    def _open(self, source_id: str) -> None:
        from studio.services.queries.sources import ShowSource

        again = self._shown is not None and self._shown.source.id == source_id
        chosen = self.document.chosen if again else ""
        page = self._shown = self.desk.session.ask(ShowSource(source_id))
        source = page.source
        self.doc_pane.set_title(source.name)
        self.as_page.setVisible(self._is_pdf())
        self.facts.show_source(source, page.chip, _chip_tone(page.chip))
        self.share.show_parts(_shares(page.coverage))
        self.version.show_fact(f"version {source.current.number}" if source.current.number > 1 else "")
        blocks = [(row.block, _marks(row)) for row in page.blocks]
        place = self.document.verticalScrollBar().value() if again else 0
        self.document.setAccessibleName(f"Document {source.name}")
        self.document.show_parts(parts_of(blocks))
        if chosen:
            self.document.choose(chosen)
        self.document.verticalScrollBar().setValue(place)
        if not again and self.picture.isVisibleTo(self):
            self._show_picture(self._is_pdf())
        if not chosen:
            self.sentence.show_document(page.questions, page.found_unclear, page.proposed)
            self.sentence.add_suspicions(page.suspicions, page.declined)

    def _turn_picture(self) -> None:
        """Show the page beside the text, or put it away; the list makes room for it."""
        self._show_picture(self._is_pdf() and not self.picture.isVisibleTo(self))

    def _show_picture(self, on: bool) -> None:
        self.as_page.setChecked(on)
        self.picture.setVisible(on)
        self.list_pane.setVisible(not on)
        if on and self._shown is not None:
            blocks = self._shown.source.current.document.blocks
            last = max((block.anchor.page or 1 for block in blocks), default=1)
            self.picture.begin(self._page_in_sight(), last)

    def _is_pdf(self) -> bool:
        return self._shown is not None and self._shown.source.current.document.media_type == "application/pdf"

    def _page_in_sight(self) -> int:
        sentence = self._chosen()
        if sentence is not None:
            return sentence.statement.anchor.page or 1
        shown = self.document.first_cell()
        blocks = self._shown.source.current.document.blocks if self._shown else ()
        return next((block.anchor.page or 1 for block in blocks if block.id == shown), 1)

    def _draw_page(self, page: int, width: int) -> None:
        bench = self.desk.session.workbench
        if bench is not None and self._shown is not None:
            self.pictures.ask(bench, self._shown.source.current.digest, page, width)

    def _chosen(self) -> Sentence | None:
        rows = self._shown.blocks if self._shown else ()
        wanted = self.document.chosen
        return next((s for row in rows for s in row.sentences if s.statement.id == wanted), None)

    def _show_sentence(self, statement_id: str) -> None:
        passages = self._shown.suspicions if self._shown else ()
        passage = next((row for row in passages if row.id == statement_id), None)
        if passage is not None:
            self.sentence.show_suspicion(passage)
            return
        sentence = self._chosen()
        if self._shown is not None and sentence is not None:
            if self.picture.isVisibleTo(self) and sentence.statement.anchor.page is not None:
                self.picture.show_page(sentence.statement.anchor.page)
            self.sentence.show_sentence(
                sentence, self._shown.questions, self.deeds.conflicts(sentence.conflicts)
            )

    def _act(self, what: str) -> None:
        sentence = self._chosen()
        if self._shown is None or sentence is None or (what == "confirm" and not sentence.suspect):
            return
        if what == "ask":
            self.propose()
        else:
            self.deeds.act(what, self._shown.source.id, sentence.statement.id)

    def _decide(self, row: CollisionRow, outcome: str) -> None:
        if outcome == "later":
            self._walk(1)
        else:
            self.deeds.decide(row, outcome)

    def _show_side(self, row: CollisionRow, side: str) -> None:
        ref = row.collision.left if side == "left" else row.collision.right
        self._go(f"{ref.source_id}/{ref.statement_id}")

    def _walk(self, by: int) -> None:
        self.left.show_worklist()
        self.work.step(by)

    def _search(self, words: str) -> None:
        from studio.services.queries.governance import SearchSources

        self.document.highlight(words.split())
        self.left.show_hits(words, self.desk.session.ask(SearchSources(words)) if words else ())

    def _go(self, way: str) -> None:
        """Go to a sentence (`S-03/STATEMENT`), a block (`S-03#BLOCK`) or a question of identity (`?…`)."""
        if way in self._doubts:
            doubt = self._doubts[way]
            self._go(f"{doubt.source_id}/{way.rpartition('/')[2]}")
            self.sentence.show_card(
                "One statement or two?",
                identity_card(
                    doubt.old_quote,
                    doubt.new_quote,
                    doubt.why,
                    lambda same: self.deeds.identify(doubt.id, same),
                ),
            )
            return
        source_id, _, place = way.replace("#", "/").partition("/")
        if self._shown is None or self._shown.source.id != source_id:
            self.list.choose(source_id, tell=False)
            self._open(source_id)
        if "#" in way:
            self.document.show_cell(place)
        else:
            self.document.choose(place)

    def _find_quote(self, quote: str) -> None:
        assert self._shown is not None
        for row in self._shown.blocks:
            for sentence in row.sentences:
                if quote in sentence.statement.quote or sentence.statement.quote in quote:
                    self.document.choose(sentence.statement.id)
                    return

    def _show_coverage(self, rows: tuple[CoverageRow, ...]) -> None:
        shown = [row for row in rows if row.count]
        self.bar.show_parts(_shares(shown))
        self.legend.show_lines(
            [
                (STATE_TONES[r.state], r.state[:1].upper() + r.state[1:], f"{r.share:.0%}".replace("%", " %"))
                for r in shown
            ],
            [STATE_SIGNS[r.state] for r in shown],
        )


def _marked(sentence: Sentence) -> Marked:
    statement = sentence.statement
    return Marked(
        statement.id,
        statement.quote,
        sentence.state,
        sentence.suspect,
        sentence.turned,
        sentence.internal,
        bool(sentence.warnings),
    )


def _marks(row: BlockRow) -> list[Marked]:
    """Return the marks of a block: its sentences, and suspicious passages that are in none of them."""
    marks = [_marked(sentence) for sentence in row.sentences]
    for each in row.suspicions:
        start, end = each.suspicion.start, each.suspicion.end
        told = any(s.statement.start < end and start < s.statement.end for s in row.sentences)
        if row.hidden or not told:
            marks.append(Marked(each.id, each.suspicion.quote, "suspicious", warned=True))
    return marks


def _shares(rows: Sequence[CoverageRow]) -> tuple[Part, ...]:
    return tuple((row.share, STATE_TONES[row.state], row.state) for row in rows if row.count)


def _row(source: SourceRow) -> RowItem:
    about = [standing_of(source.authority), source.owner or ""]
    about.append(f"version {source.version}" if source.version > 1 else "")
    about.append(f"look at {source.suspects} again" if source.suspects else "")
    return RowItem(
        source.id,
        source.name,
        " · ".join(part for part in about if part),
        chip=source.chip,
        chip_tone=_chip_tone(source.chip),
        quiet=source.chip == "superseded",
        bar=_shares(source.coverage),
    )
