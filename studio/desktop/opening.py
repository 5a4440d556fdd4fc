"""Opening workspaces and keeping settings for the window: where they are, what happens when they fail."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QDialog, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from studio.desktop import dialogs
from studio.desktop.actions import Desk
from studio.desktop.file_openings import is_bundle, show_bundle
from studio.desktop.theme.current import theme
from studio.desktop.theme.tokens import ThemeName
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row
from studio.domain.errors import StudioError
from studio.settings import Settings, save_settings

if TYPE_CHECKING:
    from PySide6.QtCore import QLockFile

    from studio.ports import Progress
    from studio.services.workbench import Workbench

RECENT = 8
SAMPLE = "returns_assistant"
PACKAGE_SUFFIX = ".cobreview"
PACKAGE_FILES = "Review packages (*.cobreview);;All files (*)"
BUNDLE_FILES = "Signed bundles (*.cobundle);;All files (*)"
AGENT_FILES = "Agent files (*.json);;All files (*)"


def sample_folder() -> Path:
    """Return a fresh folder among the user's documents for a copy of the sample."""
    import platformdirs

    home = Path(platformdirs.user_documents_dir()) / "CoBuilder Studio"
    number = 1
    while (home / f"returns-sample-{number}").exists():
        number += 1
    return home / f"returns-sample-{number}"


class Opener:
    """Opens workspaces for a desk and keeps the user's settings."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk, self.settings = desk, settings
        self._leaving: Path | None = None
        self._present: QLockFile | None = None

    def ask(self, how: str) -> None:
        """Ask where, then open: `new` from an agent file, `open` a folder, `sample`, `package`, `bundle`."""
        try:
            ways = {
                "new": self._new,
                "open": self._open,
                "sample": self._sample,
                "package": self._package,
                "bundle": self._bundle,
            }
            ways[how]()
        except StudioError as error:
            self._desk.tell(str(error), "bad")

    def open_folder(self, folder: Path) -> bool:
        """Open the workspace in a folder; on a foreseen error tell it and return False."""
        from studio.assembly import open_workbench

        try:
            self._use(open_workbench(folder, self.settings), folder)
        except StudioError as error:
            self._desk.tell(str(error), "bad")
            return False
        return True

    def open_any(self, path: Path) -> bool:
        """Open a workspace's folder, a review package, or a bundle in its window; tell a foreseen error."""
        if is_bundle(path):
            show_bundle(path, self.settings)
            return True
        return self.open_package(path) if path.suffix == PACKAGE_SUFFIX else self.open_folder(path)

    def open_package(self, file: Path) -> bool:
        """Open a review package; on a foreseen error tell it and return False."""
        from studio.desktop.package_opening import open_package_file

        if not self.may_leave():
            return False
        try:
            workbench, present = open_package_file(file, self.settings)
        except StudioError as error:
            self._desk.tell(str(error), "bad")
            return False
        folder = workbench.outside.workspace.folder
        self._leaving = self._leaving if self._leaving != folder else None
        self._desk.session.use(workbench)
        self.let_go()
        self._present = present
        self._desk.open_page("review")
        text = "This is a review package: decide, comment and approve, then send your decisions back."
        reply = lambda: self._desk.open_page("review", verb="reply")  # noqa: E731
        self._desk.tell(text, "", "Send decisions back…", reply)
        return True

    def may_leave(self) -> bool:
        """Return whether the open workspace may be left; a package with unsent decisions asks first."""
        from studio.desktop.package_opening import leave_package

        may, self._leaving = leave_package(self._desk, self._parent())
        return may

    def let_go(self) -> None:
        """Remove what a package that was closed leaves on this computer, where nothing waits to be sent.

        What another window still shows stays; the last window to leave removes it.
        """
        from studio.desktop.package_opening import remove_unless_shown

        folder, self._leaving = self._leaving, None
        present, self._present = self._present, None
        if present is not None:
            present.unlock()
        if folder is not None:
            remove_unless_shown(folder)

    def keep(self, **choices: Any) -> None:
        """Choose settings, keep them in the user's file, and let them take effect."""
        self.settings = Settings.model_validate({**self.settings.model_dump(), **choices})
        try:
            save_settings(self.settings)
        except OSError as error:
            self._desk.tell(
                f"The settings cannot be written: {error.strerror}. They hold until you quit.", "warn"
            )
        self.wear(self.settings.theme)

    def wear(self, name: ThemeName) -> None:
        """Dress the window in a theme."""
        if name != theme().tokens.name:
            theme().apply(name)

    def _parent(self) -> QWidget:
        assert isinstance(self._desk, QWidget)
        return self._desk

    def _use(self, workbench: Workbench, folder: Path) -> None:
        if not self.may_leave():
            workbench.close()
            return
        self._desk.session.use(workbench)
        self.let_go()
        kept = [str(folder), *(each for each in self.settings.recent if each != str(folder))]
        self.keep(recent=tuple(kept[:RECENT]))
        self._desk.open_page("home")

    def _package(self) -> None:
        file = dialogs.choose_file(self._parent(), "Open a review package", PACKAGE_FILES)
        if file is not None:
            self.open_package(file)

    def _bundle(self) -> None:
        file = dialogs.choose_file(self._parent(), "Open a received bundle", BUNDLE_FILES)
        if file is not None:
            show_bundle(file, self.settings)

    def _open(self) -> None:
        folder = dialogs.choose_folder(self._parent(), "Open the folder of a workspace")
        if folder is not None:
            self.open_folder(folder)

    def _new(self) -> None:
        from studio.assembly import new_workbench

        dialog = NewWorkspaceDialog(self._parent())
        if dialog.exec() == QDialog.DialogCode.Accepted:
            from studio.services.agent_file import read_agent
            from studio.services.new_agent import new_agent

            name, agent_file, folder = dialog.chosen()
            if agent_file is None:
                agent = new_agent(name)
            else:
                agent = read_agent(agent_file.read_bytes(), str(agent_file))
            self._use(new_workbench(folder, agent, self.settings), folder)
            if agent_file is None:
                self._desk.open_page("sources")

    def _sample(self) -> None:
        folder, settings = sample_folder(), self.settings

        def make(progress: Progress) -> Workbench:
            from studio.assembly import new_from_sample

            return new_from_sample(folder, SAMPLE, settings, progress)

        def use(workbench: Workbench) -> None:
            self._use(workbench, folder)
            text = f"The sample is yours to change; it lies in {folder}. A new policy waits to be read."
            self._desk.tell(text, "warn", "Add the new policy", self._add_new_document)

        def too_late(workbench: Workbench) -> None:
            workbench.close()

        self._desk.session.start_apart("Making the sample project", make, use, too_late)

    def _add_new_document(self) -> None:
        """Read the document that comes with the sample: nobody would find it in the installed program."""
        from studio.assembly import sample
        from studio.services.stages.reading import ReadSource

        def read(_result: object) -> None:
            self._desk.open_page("sources")
            text = "The new policy is read. Propose changes lets CoBuilder say what it demands of the agent."
            self._desk.tell(text, "ok")

        self._desk.session.start(ReadSource(**sample(SAMPLE).new_document.as_job()), read)


class NewWorkspaceDialog(QDialog):
    """Asks what the workspace begins with, a name or the agent that is live, and for an empty folder."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("New workspace")
        self.setMinimumWidth(560)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(10)
        column.addWidget(label("New workspace", "title"))
        self.fresh = QRadioButton("From documents: CoBuilder drafts the agent from what you add")
        self.live = QRadioButton("From the agent that serves customers now: IT can give you its file")
        self.fresh.setChecked(True)
        self.name, self.naming = self._field(column, "Name of the agent, such as “Returns desk”", self.fresh)
        self.agent, self.choosing = self._field(
            column, "File of the live agent", self.live, self._choose_agent
        )
        self.folder, _ = self._field(
            column, "Folder for the workspace (empty, or new)", None, self._choose_folder
        )
        self.yes = Button("Make workspace", self.accept, kind="primary")
        self.yes.setDefault(True)
        column.addLayout(row(self.yes, Button("Cancel", self.reject)))
        for each in (self.name, self.agent, self.folder):
            each.textChanged.connect(self._check)
        self.fresh.toggled.connect(self._check)
        self._check()

    def chosen(self) -> tuple[str, Path | None, Path]:
        """Return the name, the agent file where one is live, and the folder."""
        agent = None if self.fresh.isChecked() else Path(self.agent.text().strip())
        return self.name.text().strip(), agent, Path(self.folder.text().strip())

    def _field(
        self,
        column: QVBoxLayout,
        name: str,
        under: QRadioButton | None,
        choose: Callable[[], None] | None = None,
    ) -> tuple[QLineEdit, QWidget]:
        if under is not None:
            column.addWidget(under)
        part = QWidget()
        lines = QVBoxLayout(part)
        lines.setContentsMargins(0 if under is None else 26, 0, 0, 0)
        lines.setSpacing(4)
        lines.addWidget(label(name, "heading" if under is None else "muted"))
        field = QLineEdit()
        field.setAccessibleName(name)
        ways = [Button("Choose…", choose, name=f"Choose: {name}")] if choose is not None else []
        lines.addLayout(row(field, *ways, stretch=False))
        column.addWidget(part)
        return field, part

    def _choose_agent(self) -> None:
        found = dialogs.choose_file(self, "File of the live agent", AGENT_FILES)
        if found is not None:
            self.agent.setText(str(found))

    def _choose_folder(self) -> None:
        found = dialogs.choose_folder(self, "Folder for the workspace")
        if found is not None:
            self.folder.setText(str(found))

    def _check(self) -> None:
        fresh = self.fresh.isChecked()
        self.naming.setEnabled(fresh)
        self.choosing.setEnabled(not fresh)
        agent = self.agent.text().strip()
        begun = bool(self.name.text().strip()) if fresh else bool(agent) and os.path.isfile(agent)
        self.yes.setEnabled(begun and bool(self.folder.text().strip()))
