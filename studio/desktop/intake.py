"""Taking documents in for the Sources page: chosen, dropped, pasted, or kept connected by a linked folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from studio.desktop import dialogs
from studio.desktop.actions import Desk
from studio.desktop.panels.add_documents import AboutDocument, AddDialog
from studio.desktop.panels.folders import FolderDialog

if TYPE_CHECKING:
    from studio.services.stages.reading import ReadSource

_MARKED = re.compile(r"^#{1,6} \w|^\|[\s:|-]+\|$", re.MULTILINE)
"""Headings and tables as Markdown writes them: a pasted text that has them is read as such."""


class Intake:
    """Reads documents for a desk; `added` hears the file name of each that was read."""

    def __init__(self, desk: Desk, parent: QWidget, added: Callable[[str], object]) -> None:
        self._desk, self._parent, self._added = desk, parent, added
        self._wrong: list[str] = []

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
        # Qt declares that there always is one; an empty clipboard has none.
        data: QMimeData | None = QGuiApplication.clipboard().mimeData()
        data = data or QMimeData()
        files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
        if files:
            self.take(files)
        elif data.text().strip():
            self._take_text(data.text())
        else:
            self._desk.tell("There is no text to paste. Copy a document's text or files first.", "warn")

    def take(self, files: Sequence[Path]) -> None:
        """Ask what each file is and read it, one after the other; offer to link a folder."""
        if not files:
            return
        if self._desk.session.workbench is None:
            self._desk.tell("Open a workspace first: documents are kept in it.", "warn")
            return
        folder = next((file for file in files if file.is_dir()), None)
        self._wrong.clear()
        self._next([file for file in files if not file.is_dir()], 0, folder)

    def _next(self, files: list[Path], place: int, folder: Path | None) -> None:
        if place == len(files):
            self._tell_end(len(files), folder)
            return
        file = files[place]

        def rest() -> None:
            self._next(files, place + 1, folder)

        count = f"({place + 1} of {len(files)})" if len(files) > 1 else ""
        dialog = AddDialog(self._parent, file.name, self._known(), count=count, there=self._there(file))
        if dialog.exec() != AddDialog.DialogCode.Accepted:
            if left := len(files) - place - 1:
                text = f"“{file.name}” and {left} more {_were(left + 1)} not added."
                self._desk.tell(text, "warn", "Go on without it", rest)
            return
        from studio.services.stages.reading import from_file

        try:
            job = from_file(file, **_about(dialog.about()))
        except OSError as error:
            self._wrong.append(
                f"“{file.name}” cannot be read: {error.strerror}. Check that it is still there."
            )
            rest()
            return
        self._start(job, rest)

    def _tell_end(self, count: int, folder: Path | None) -> None:
        """Say last what would be overlooked: what was not read, and that a folder can be linked."""
        if self._wrong:
            several = f"{len(self._wrong)} of {count} documents were not added. " if count > 1 else ""
            self._desk.tell(several + " ".join(self._wrong), "bad")
        elif folder is not None:
            text = f"“{folder.name}” is a folder. Link it, and its documents stay connected."
            self._desk.tell(text, "warn", "Link it", lambda: self.link(folder))

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

            if self._desk.session.do(UnlinkFolder(dialog.wish)) is not None:
                text = "The folder is let go. Its documents stay as they were read. Undo links it again."
                self._desk.tell(text, "ok")

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
            self._wrong.clear()
            ending = "md" if _MARKED.search(text) else "txt"
            about = {**_about(dialog.about()), "name": dialog.typed_name}
            job = ReadSource(f"{name}.{ending}", text.encode(), **about)
            self._start(job, lambda: self._tell_end(1, None))

    def _start(self, job: ReadSource, rest: Callable[[], object]) -> None:
        """Read a document, after the job that runs; then go on, also where it cannot be read."""
        session = self._desk.session

        def done(_result: object) -> None:
            self._added(job.file_name)
            rest()

        def told(text: str, tone: str) -> None:
            if tone == "bad":  # stopped by the person otherwise: then the rest is not wanted either
                self._wrong.append(text)
                QTimer.singleShot(0, self._parent, rest)

        # The session tells why right after it said that it failed.
        def failed() -> None:
            session.told.connect(told, Qt.ConnectionType.SingleShotConnection)

        if session.busy:
            self._desk.tell(f"“{job.file_name}” is read as soon as the running work is done.")
            session.job_ended.connect(
                lambda: QTimer.singleShot(0, self._parent, lambda: self._start(job, rest)),
                Qt.ConnectionType.SingleShotConnection,
            )
            return
        session.start(job, done, failed)

    def _there(self, file: Path) -> AboutDocument | None:
        """Return what is said of the source that a file is the next version of, or None."""
        from studio.services.queries.sources import ListSources, ShowSource

        rows = [r for r in self._desk.session.ask(ListSources()).rows if r.file_name == file.name]
        found = [self._desk.session.ask(ShowSource(row.id)).source for row in rows]
        place = str(file.resolve())
        here = [s for s in found if s.current.origin is not None and s.current.origin.place == place]
        source = next(iter(here or found), None)
        if source is None:
            return None
        return AboutDocument(source.authority, source.owner or "", source.effective_from, "")

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


def _were(count: int) -> str:
    return "was" if count == 1 else "were"


def _look(desk: Desk) -> tuple[Any, Callable[[Any], object]]:
    from studio.services.stages.folders import LookAtOrigins

    return LookAtOrigins(), lambda result: tell_look(desk, result)


def _gone(lost: Sequence[str]) -> str:
    """Return which files are no longer there, and that what was read of them stays."""
    rest = f" and {len(lost) - 3} more" if len(lost) > 3 else ""
    named = ", ".join(f"“{name}”" for name in lost[:3])
    verb = "is" if len(lost) == 1 else "are"
    return f"{named}{rest} {verb} gone from the folder, or cannot be read. What was read of it stays here."


def tell_look(desk: Desk, result: Any, quiet: bool = False) -> None:
    """Say what a look at the origins brought, with a way to what has to be looked at again."""
    taken = len(result.documents)
    lost = [Path(f.place).name for f in result.findings if f.kind in ("vanished", "unreadable")]
    gone = _gone(lost) if lost else ""
    if taken:
        made = "became a new version or a new source" if taken == 1 else "became new versions or new sources"
        words = f"{taken} document{'s' if taken > 1 else ''} changed and {made}. {gone}".strip()
        desk.tell(
            words,
            "bad" if lost else "warn",
            "See what to look at",
            lambda: desk.open_page("sources", verb="work"),
        )
    elif lost:
        desk.tell(gone, "bad")
    elif not quiet:
        desk.tell("Nothing changed in the linked folders.", "ok")
