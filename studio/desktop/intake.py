"""Taking documents in for the Sources page: chosen, dropped, pasted, or kept connected by a linked folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.desktop import dialogs
from studio.desktop.actions import Desk
from studio.desktop.panels.add_documents import AboutDocument, AddDialog
from studio.desktop.panels.folders import FolderDialog

if TYPE_CHECKING:
    from studio.services.stages.reading import ReadSource


class Intake:
    """Reads documents for a desk; `added` hears the file name of each that was read."""

    def __init__(self, desk: Desk, parent: QWidget, added: Callable[[str], object]) -> None:
        self._desk, self._parent, self._added = desk, parent, added

    def kinds(self) -> str:
        """Return the filter of the file dialog: what the readers can read."""
        bench = self._desk.session.workbench
        readers = bench.outside.readers if bench else ()
        patterns = sorted({f"*{suffix}" for reader in readers for suffix in reader.suffixes})
        return f"Documents ({' '.join(patterns)});;All files (*)"

    def choose(self) -> None:
        """Let the user choose files, say what they are, and read them."""
        self.take(dialogs.choose_files(self._parent, "Add documents", self.kinds()))

    def paste(self) -> None:
        """Take files or text from the clipboard; a text is asked for its name."""
        data = QGuiApplication.clipboard().mimeData()
        files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if files:
            self.take([file for file in files if file.is_file()])
        elif data.text().strip():
            self._take_text(data.text())
        else:
            self._desk.tell("There is no text to paste. Copy a document's text or files first.", "warn")

    def take(self, files: list[Path]) -> None:
        """Ask what the first file is, read it, then go on with the rest."""
        if not files or self._desk.session.workbench is None:
            return
        dialog = AddDialog(self._parent, files[0].name, self._known())
        if dialog.exec() != AddDialog.DialogCode.Accepted:
            return
        from studio.services.stages.reading import from_file

        try:
            job = from_file(files[0], **_about(dialog.about()))
        except OSError as error:
            text = f"“{files[0].name}” cannot be read: {error.strerror}. Check that it is still there."
            self._desk.tell(text, "bad")
            return
        self._start(job, files[1:])

    def link_folder(self) -> None:
        """Show the linked folders; link one more, let go of one, or look again."""
        from studio.services.queries.governance import ShowOrigins

        found = self._desk.session.ask(ShowOrigins())
        dialog = FolderDialog(
            self._parent,
            [(folder.id, folder.path) for folder in found.folders],
            [(finding.kind, finding.place, finding.detail) for finding in found.drifted],
        )
        dialog.exec()
        if dialog.wish == "link":
            self.link(dialogs.choose_folder(self._parent, "Link a folder"))
        elif dialog.wish == "look":
            self._desk.session.start(*_look(self._desk))
        elif dialog.wish:
            from studio.services.commands import UnlinkFolder

            self._desk.session.do(UnlinkFolder(dialog.wish))

    def link(self, folder: Path | None) -> None:
        """Keep the documents of a folder connected, and read those that are there."""
        if folder is None:
            return
        from studio.services.commands import LinkFolder

        if self._desk.session.do(LinkFolder(str(folder.resolve()))) is not None:
            self._desk.session.start(*_look(self._desk))

    def _take_text(self, text: str) -> None:
        if self._desk.session.workbench is None:
            return
        first = next(line.strip("# ").strip() for line in text.splitlines() if line.strip())
        dialog = AddDialog(self._parent, first[:60], self._known(), pasted=True)
        if dialog.exec() == AddDialog.DialogCode.Accepted:
            from studio.services.stages.reading import ReadSource

            name = "".join("-" if letter in '/\\:*?"<>|' else letter for letter in dialog.typed_name)
            self._start(ReadSource(f"{name}.txt", text.encode(), **_about(dialog.about())), [])

    def _start(self, job: ReadSource, rest: list[Path]) -> None:
        def done(_result: object) -> None:
            self._added(job.file_name)
            self.take(rest)

        self._desk.session.start(job, done)

    def _known(self) -> list[tuple[str, str]]:
        from studio.services.queries.sources import ListSources

        return [(row.id, row.name) for row in self._desk.session.ask(ListSources()).rows]


def _about(about: AboutDocument) -> dict[str, Any]:
    return {
        "authority": about.authority,
        "owner": about.owner or None,
        "effective_from": about.effective_from,
        "supersedes": about.supersedes or None,
    }


def _look(desk: Desk) -> tuple[Any, Callable[[Any], object]]:
    from studio.services.stages.folders import LookAtOrigins

    return LookAtOrigins(), lambda result: tell_look(desk, result)


def tell_look(desk: Desk, result: Any, quiet: bool = False) -> None:
    """Say what a look at the origins brought, with a way to what has to be looked at again."""
    taken = len(result.documents)
    lost = [Path(f.place).name for f in result.findings if f.kind in ("vanished", "unreadable")]
    if taken:
        words = f"{taken} document{'s' if taken > 1 else ''} changed and became new versions or new sources."
        desk.tell(words, "warn", "See what to look at", lambda: desk.open_page("sources", verb="work"))
    elif lost:
        desk.tell(f"{', '.join(lost[:3])}: gone from where it was read, or not readable.", "bad")
    elif not quiet:
        desk.tell("Nothing changed in the linked folders.", "ok")
