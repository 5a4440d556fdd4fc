"""Sources: the documents, each with its sentences marked; add one, look at a sentence, ask for changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from studio.desktop.intake import Intake
from studio.desktop.page import Page
from studio.desktop.page_pictures import PagePictures
from studio.desktop.panels.coverage import shares
from studio.desktop.panels.document_pane import DocumentPane
from studio.desktop.panels.identity import identity_card
from studio.desktop.panels.left_column import LeftColumn
from studio.desktop.panels.readings import reading_card
from studio.desktop.panels.sentence import SentencePanel
from studio.desktop.places import cited_in, way_to
from studio.desktop.reading_deeds import ReadingDeeds
from studio.desktop.source_deeds import SourceDeeds, group_of, work_of
from studio.desktop.source_rows import chip_tone, marked_blocks, open_in, row_of
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.pane import Pane, panes
from studio.desktop.widgets.states import EmptyState
from studio.domain.errors import StudioError
from studio.services.events import Kind

if TYPE_CHECKING:
    from studio.domain.finding import Disagreement
    from studio.domain.proposal import Proposal
    from studio.services.queries.governance import CollisionRow
    from studio.services.queries.marked_document import Sentence
    from studio.services.queries.sources import SourcePage


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
        self.left = LeftColumn()
        self.list, self.work, self.hits = self.left.list, self.left.work, self.left.hits
        self.list_pane.body.addWidget(self.left)
        self.doc_pane = DocumentPane(self.propose, self.describe)
        self.document, self.picture = self.doc_pane.document, self.doc_pane.picture
        self.pictures = PagePictures(self)
        self.sentence = SentencePanel()
        return panes((self.list_pane, self.doc_pane, self.sentence), (300, 622, 330), 1)

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
        self.left.coverage.asked.connect(lambda state: self.left.show_worklist(group_of(state)))
        self.doc_pane.picture_turned.connect(lambda on: self.list_pane.setVisible(not on))
        self.picture.asked.connect(self._draw_page)
        self.pictures.drawn.connect(self.picture.take)
        self.pictures.failed.connect(self.picture.fail)
        for key, slot in (
            ("J", lambda: self._walk(1)), ("K", lambda: self._walk(-1)), ("S", lambda: self._act("confirm")),
            ("W", lambda: self._act("waive")), ("E", self.describe), ("Ctrl+V", self.intake.paste),
            ("Ctrl+F", self.left.field.setFocus), ("P", self.doc_pane.turn_picture),
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
        self.list.show_rows([row_of(source) for source in reversed(found.rows)])
        self.left.coverage.show_rows(found.coverage)
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
        if self._shown is not None:
            ReadingDeeds(self.desk, self).propose(self._shown.source.id, self._proposed)

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
        made = f"{changes} change{'' if changes == 1 else 's'}"
        asked = f"{questions} question{'' if questions == 1 else 's'}"
        text = f"CoBuilder proposed {made} and asked {asked}."
        if proposal.disagreements:
            text += f" The two readings differ in {len(proposal.disagreements)} places."
        self.desk.tell(text, "ok", "Open review", lambda: self.desk.open_page("review", proposal.id))

    def _open(self, source_id: str) -> None:
        from studio.services.queries.sources import ShowSource

        page = self._shown = self.desk.session.ask(ShowSource(source_id))
        chosen = self.doc_pane.show_source(
            page.source, (page.chip, chip_tone(page.chip)), shares(page.coverage), marked_blocks(page)
        )
        if not chosen:
            self.sentence.show_document(page.questions, page.found_unclear, page.proposed, open_in(page))
            if any(row.block.tracked for row in page.blocks):
                self.sentence.add_tracked()
            self.sentence.add_suspicions(page.suspicions, page.declined)
            self._show_reading(source_id)

    def _show_reading(self, source_id: str) -> None:
        from studio.services.queries.models import ShowReading

        card = reading_card(self.desk.session.ask(ShowReading(source_id)), self._show_difference)
        if card is not None:
            self.sentence.add_last(card)

    def _show_difference(self, at: Disagreement) -> None:
        """Go to the sentence that two readings differ in, or to its paragraph where it is none."""
        rows = self._shown.blocks if self._shown else ()
        for row in rows:
            if not row.hidden and row.block.start <= at.start < row.block.end:
                spans = ((s, s.statement.span) for s in row.sentences)
                found = [s for s, (first, last) in spans if first < at.end and at.start < last]
                if found:
                    self.document.choose(found[0].statement.id)
                else:
                    self.document.show_cell(row.block.id)

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
            if self.doc_pane.has_picture and sentence.statement.anchor.page is not None:
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
