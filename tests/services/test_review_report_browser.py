"""The report of a review in a real browser: it is drawn, light, and asks nobody for anything."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from studio.domain.proposal import Proposal
from studio.services.commands import CommentOnChange, RecordProposal
from studio.services.stages.review_reporting import MakeReviewReport
from studio.services.workbench import Workbench

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PLANTED = "planted.example"
OPTIONS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-default-apps", "--metrics-recording-only", "--window-size=1100,1600",
)  # fmt: skip


@pytest.fixture
def proxy() -> Iterator[tuple[int, list[bytes]]]:
    """A proxy of this computer that notes what is asked of it, and answers nothing."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:

        def listen() -> None:
            while True:
                try:
                    caller, _ = door.accept()
                except OSError:
                    return
                with caller:
                    caller.settimeout(5)
                    try:
                        asked.append(caller.recv(4_096))
                    except OSError:
                        continue

        thread = threading.Thread(target=listen)
        thread.start()
        yield door.getsockname()[1], asked
        door.shutdown(socket.SHUT_RDWR)
    thread.join(30)


def _open(page: Path, port: int, folder: Path) -> Path:
    """Open a page in the browser; return the picture of it."""
    assert BROWSER is not None
    picture = folder / f"{page.stem}.png"
    where = (f"--user-data-dir={folder / 'profile'}", f"--proxy-server=127.0.0.1:{port}")
    subprocess.run(
        [BROWSER, *OPTIONS, *where, f"--screenshot={picture}", page.as_uri()],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return picture


@pytest.mark.skipif(BROWSER is None, reason="no browser of the chromium family is installed")
def test_a_browser_shows_it_and_nothing_leaves(
    bench: Workbench, proposal: Proposal, proxy: tuple[int, list[bytes]], tmp_path: Path
) -> None:
    """Addresses that a remark or a document holds are not asked; the page is light and full of words."""
    port, asked = proxy
    bench.do(RecordProposal(proposal))
    planted = f'<img src="http://{PLANTED}/x.png"><script src="http://{PLANTED}/x.js"></script>'
    bench.do(CommentOnChange("P-01", proposal.changes[0].id, planted))
    report = tmp_path / "report.html"
    report.write_bytes(bench.run(MakeReviewReport("P-01")).data)
    with Image.open(_open(report, port, tmp_path)) as picture:
        grey = picture.convert("L")
        shades, corner = grey.histogram(), grey.crop((0, 0, 4, 4)).histogram()
    assert not any(PLANTED.encode() in each for each in asked)
    assert sum(corner[230:]) == 16, "the page is light"
    assert sum(shades[:110]) > 3_000, "there are words on it"
    # The same proxy does hear of a page that asks.
    (tmp_path / "asks.html").write_text(planted, encoding="utf-8")
    _open(tmp_path / "asks.html", port, tmp_path)
    assert any(PLANTED.encode() in each for each in asked)
