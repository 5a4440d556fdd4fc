"""Sources: the documents, each with its sentences marked; add one, look at a sentence, ask for changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop import dialogs
from studio.desktop.page import Page
from studio.desktop.panels.add_documents import AboutDocument, AddDialog
from studio.desktop.panels.document import STATE_TONES, Marked, parts_of
from studio.desktop.panels.sentence import SentencePanel
from studio.desktop.places import way_to
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.document_view import DocumentView
from studio.desktop.widgets.labels import Chip
from studio.desktop.widgets.meter import Legend, Meter
from studio.desktop.widgets.pane import Pane, group, panes
from studio.desktop.widgets.row_list import RowItem, RowList
from studio.desktop.widgets.states import EmptyState
from studio.services.events import Kind

if TYPE_CHECKING:
    from studio.domain.proposal import Proposal
    from studio.services.queries.sources import CoverageRow, Sentence, SourcePage, SourceRow

FILES = "Documents (*.md *.markdown *.txt *.text);;All files (*)"


def _chip_tone(chip: str) -> Tone:
    if "conflict" in chip or chip in ("expired", "missing at its origin"):
        return "bad"
    if chip == "superseded":
        return ""
    return "ok" if chip == "current" else "warn"


class SourcesPage(Page):
    """The documents that the agent relies on."""

    kinds: ClassVar[frozenset[Kind]] = frozenset(("source", "proposal", "decision", "answer", "agent"))

    def build(self) -> QWidget:
        """Lay out the list, the document and the sentence."""
        self._wanted = ""
        self._shown: SourcePage | None = None
        self.list_pane = Pane("Sources", padded=False)
        self.list_pane.add_head(Button("Add files", self.add, icon="plus", name="Add files"))
        self.list = RowList("Documents")
        self.list_pane.body.addWidget(self.list, 1)
        self.list_pane.body.addWidget(self._coverage())
        self.doc_pane = Pane("", padded=False)
        self.authority, self.effective, self.version = Chip(), Chip(), Chip()
        self.ask = Button("Propose changes", self.propose, icon="cobuilder")
        self.doc_pane.add_head(self.authority, self.effective, self.version, self.ask)
        self.document = DocumentView("Document")
        self.doc_pane.body.addWidget(self.document)
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
            "Drop a policy or procedure here (Markdown or plain text), or choose files. "
            "Each sentence that binds the agent is found and marked.",
            Button("Add files", self.add, kind="primary", icon="plus"),
        )

    def wire(self) -> None:
        """Listen to the list, the document and the sentence."""
        self.setAcceptDrops(True)
        self.list.chosen.connect(self._open)
        self.document.mark_chosen.connect(self._show_sentence)
        self.sentence.place_asked.connect(lambda path: self.desk.open_page(*way_to(path)))
        self.sentence.answered.connect(self._answer)
        self.sentence.quote_asked.connect(self._find_quote)

    def fill(self) -> None:
        """Ask for the list, and for the document that was open."""
        from studio.services.queries.sources import ListSources

        found = self.desk.session.ask(ListSources())
        if not found.rows:
            self.states.show_empty()
            return
        self.list.show_rows([_row(source) for source in reversed(found.rows)])
        self._show_coverage(found.coverage)
        wanted, self._wanted = self._wanted or self.list.current_id(), ""
        if not self.list.choose(wanted, tell=False):
            self.list.choose(self.list.items()[0].id, tell=False)
        self._open(self.list.current_id())

    def show_item(self, item: str) -> None:
        """Open a document."""
        self._wanted = item
        self.refresh()

    def first_focus(self) -> QWidget:
        """Let the arrow keys go through the documents."""
        return self.list

    def perform(self, verb: str) -> None:
        """Add documents, or propose changes from the one that is open."""
        {"add": self.add, "propose": self.propose}[verb]()

    def add(self) -> None:
        """Let the user choose files, say what they are, and read them."""
        self._add(dialogs.choose_files(self, "Add documents", FILES))

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
        self._add([file for file in files if file.is_file()])

    def _add(self, files: list[Path]) -> None:
        if not files or self.desk.session.workbench is None:
            return
        from studio.services.queries.sources import ListSources

        known = [(row.id, row.name) for row in self.desk.session.ask(ListSources()).rows]
        dialog = AddDialog(self, files[0].name, known)
        if dialog.exec() == AddDialog.DialogCode.Accepted:
            self._read(files, dialog.about())

    def _read(self, files: list[Path], about: AboutDocument) -> None:
        from studio.services.stages.reading import ReadSource

        file, rest = files[0], files[1:]
        try:
            data = file.read_bytes()
        except OSError as error:
            self.desk.tell(
                f"“{file.name}” cannot be read: {error.strerror}. Check that it is still there.", "bad"
            )
            return
        job = ReadSource(
            file.name,
            data,
            about.authority,
            about.owner or None,
            about.effective_from,
            about.supersedes or None,
        )
        self.desk.session.start(job, lambda _result: self._added(file.name, rest))

    def _added(self, file_name: str, rest: list[Path]) -> None:
        from studio.services.queries.sources import ListSources

        rows = self.desk.session.ask(ListSources()).rows
        added = next((row for row in reversed(rows) if row.file_name == file_name), rows[-1])
        self.show_item(added.id)
        text = f"Read “{added.name}”: {added.statements} sentences bind the agent."
        self.desk.tell(text, "ok", "Propose changes", self.propose)
        if rest:
            self._add(rest)

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
        self.authority.show_fact(_standing(source.authority.value))
        when = source.effective_from
        self.effective.show_fact(f"from {when.day} {when:%b %Y}" if when else "")
        self.version.show_fact(f"version {source.current.number}" if source.current.number > 1 else "")
        blocks = [(row.block, [_marked(sentence) for sentence in row.sentences]) for row in page.blocks]
        place = self.document.verticalScrollBar().value() if again else 0
        self.document.setAccessibleName(f"Document {source.name}")
        self.document.show_parts(parts_of(blocks))
        if chosen:
            self.document.choose(chosen)
        self.document.verticalScrollBar().setValue(place)
        if not chosen:
            self.sentence.show_document(page.questions, page.found_unclear, page.proposed)

    def _show_sentence(self, statement_id: str) -> None:
        if self._shown is None:
            return
        for row in self._shown.blocks:
            for sentence in row.sentences:
                if sentence.statement.id == statement_id:
                    self.sentence.show_sentence(sentence, self._shown.questions)

    def _find_quote(self, quote: str) -> None:
        assert self._shown is not None
        for row in self._shown.blocks:
            for sentence in row.sentences:
                if quote in sentence.statement.quote or sentence.statement.quote in quote:
                    self.document.choose(sentence.statement.id)
                    return

    def _answer(self, proposal_id: str, question_id: str, waived: bool) -> None:
        from studio.services.commands import AnswerQuestion

        question = "Not for this agent" if waived else "Answer the question"
        text = "Say why, so that others can follow." if waived else "Your answer is kept with your name."
        words = dialogs.ask_text(self, question, text, "Keep")
        if words:
            self.desk.session.do(AnswerQuestion(proposal_id, question_id, words, waived))

    def _show_coverage(self, rows: tuple[CoverageRow, ...]) -> None:
        shown = [row for row in rows if row.count]
        self.bar.show_parts([(row.share, STATE_TONES[row.state], row.state) for row in shown])
        self.legend.show_lines(
            [
                (STATE_TONES[r.state], r.state[:1].upper() + r.state[1:], f"{r.share:.0%}".replace("%", " %"))
                for r in shown
            ]
        )


def _marked(sentence: Sentence) -> Marked:
    statement = sentence.statement
    return Marked(
        statement.id, statement.quote, sentence.state, sentence.suspect, sentence.turned, sentence.internal
    )


def _standing(authority: str) -> str:
    return "SOP" if authority == "sop" else authority.capitalize()


def _row(source: SourceRow) -> RowItem:
    about = [_standing(source.authority), source.owner or ""]
    about.append(f"version {source.version}" if source.version > 1 else "")
    return RowItem(
        source.id,
        source.name,
        " · ".join(part for part in about if part),
        chip=source.chip,
        chip_tone=_chip_tone(source.chip),
        quiet=source.chip == "superseded",
    )
