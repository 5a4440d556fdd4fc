"""Takes pictures of every page of the window, offscreen, on a fresh copy of the sample project.

- Usage: `python packaging/screenshots.py FOLDER [--pages home,review] [--themes light] [--sizes 1440x900]`.
- The work shown is real: the sample's new policy is read, proposed, half decided and simulated first.
- Pictures are stable from run to run where the Inter font is installed (`fonts-inter` on Debian).
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studio.desktop.theme.tokens import ThemeName
    from studio.services.workbench import Workbench

SIZES = ("1440x900", "1100x700")
SAMPLE = "returns_assistant"


def prepare(folder: Path) -> Workbench:
    """Make a workspace in which the sample's new document is read, proposed, and partly decided."""
    from studio.assembly import new_from_sample, sample
    from studio.services.commands import AcceptChange, AnswerQuestion, CommentOnChange, RejectChange
    from studio.services.queries.sources import ListSources
    from studio.services.stages.proposing import Propose
    from studio.services.stages.reading import ReadSource
    from studio.services.stages.simulating import Simulate
    from studio.settings import Settings

    bench = new_from_sample(folder, SAMPLE, Settings(name="Ana Ruiz"))
    bench.run(ReadSource(**sample(SAMPLE).new_document.as_job()))
    proposal = bench.run(Propose(bench.ask(ListSources()).rows[-1].id))
    for change in proposal.changes[1:5]:
        bench.do(AcceptChange(proposal.id, change.id))
    if len(proposal.changes) > 8:
        bench.do(RejectChange(proposal.id, proposal.changes[-3].id))
        bench.do(
            CommentOnChange(proposal.id, proposal.changes[0].id, "Agreed with the returns team on Monday.")
        )
    if proposal.questions:
        bench.do(AnswerQuestion(proposal.id, proposal.questions[0].id, "Up to 7 days late."))
    bench.run(Simulate(customers=5))
    return bench


def take(bench: Workbench, target: Path, pages: list[str], themes: list[ThemeName], sizes: list[str]) -> None:
    """Take the pictures of the pages in all themes and sizes."""
    from PySide6.QtWidgets import QApplication

    from studio.desktop.main import dress
    from studio.desktop.window import Window
    from studio.settings import Settings

    app = QApplication.instance() or QApplication(["screenshots"])
    assert isinstance(app, QApplication)
    settings = Settings(name="Ana Ruiz", theme="light")
    dress(app, settings)
    window = Window(settings)
    window.show()
    window.session.use(bench)
    for size in sizes:
        width, height = (int(part) for part in size.split("x"))
        window.resize(width, height)
        for theme_name in themes:
            window.opener.wear(theme_name)
            for page in pages:
                started = time.perf_counter()
                window.open_page(page)
                for _ in range(3):
                    app.processEvents()
                took = time.perf_counter() - started
                file = target / f"{page}-{theme_name}-{size}.png"
                window.grab().save(str(file))
                print(f"{file}  ({took * 1000:.0f} ms)")
    window.close()


def main() -> None:
    """Read the arguments and take the pictures."""
    from studio.desktop.rooms import ROOMS

    every = ",".join(room.id for room in ROOMS)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", default=every)
    parser.add_argument("--themes", default="light,dark")
    parser.add_argument("--sizes", default=",".join(SIZES))
    given = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["COBUILDER_CONFIG"] = str(Path(scratch) / "config")
        bench = prepare(Path(scratch) / "workspace")
        take(bench, given.folder, given.pages.split(","), given.themes.split(","), given.sizes.split(","))


if __name__ == "__main__":
    main()
