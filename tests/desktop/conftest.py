"""A window on a copy of a real workspace: the sample, its new policy read, proposed and simulated once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from studio.assembly import new_from_sample, open_workbench, sample
from studio.desktop.main import dress
from studio.desktop.window import Window
from studio.services.queries.sources import ListSources
from studio.services.stages.proposing import Propose
from studio.services.stages.reading import ReadSource
from studio.services.stages.simulating import Simulate
from studio.settings import Settings

SAMPLE = "returns_assistant"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a proposal nobody has decided on, and a simulation; made once."""
    folder = tmp_path_factory.mktemp("prepared") / "workspace"
    bench = new_from_sample(folder, SAMPLE, Settings(name="Ana Silva"))
    bench.run(ReadSource(**sample(SAMPLE).new_document.as_job()))
    bench.run(Propose(bench.ask(ListSources()).rows[-1].id))
    bench.run(Simulate(customers=1))
    bench.close()
    return folder


@pytest.fixture
def dressed(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> QApplication:
    """The application in the light theme, with settings of its own."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    dress(qapp, Settings(name="Ana Silva"))
    return qapp


@pytest.fixture
def bare(dressed: QApplication, qtbot: QtBot) -> Iterator[Window]:
    """The window as it opens, without a workspace."""
    window = Window(Settings(name="Ana Silva"))
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    window.open_page("home")
    yield window
    window.session.use(None)
    window.close()


@pytest.fixture
def window(bare: Window, prepared: Path, tmp_path: Path) -> Window:
    """The window on a fresh copy of the prepared workspace."""
    folder = tmp_path / "workspace"
    shutil.copytree(prepared, folder)
    bare.session.use(open_workbench(folder, Settings(name="Ana Silva")))
    bare.open_page("home")
    return bare
