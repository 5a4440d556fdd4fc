"""Reading a long document shows how far it is all the while, and stops soon after it is asked to."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from studio.cobuilder.rules.statements import read_bound
from studio.domain.errors import BrokenInput, Cancelled
from studio.domain.pulse import watched
from studio.ports import Progress
from studio.readers.markdown import MarkdownReader
from studio.services.commands import KeepReading, LinkFolder
from studio.services.queries.models import ShowReading
from studio.services.queries.sources import ListSources
from studio.services.stages.folders import LookAtOrigins
from studio.services.stages.reading import ReadSource
from studio.services.stages.reading_again import ReadAgain
from studio.services.workbench import Workbench

THINGS = "order parcel invoice account card booking deposit complaint claim payment".split()
ACTS = "check confirm record refund cancel review archive close".split()


def handbook(chapters: int, word: str = "must") -> bytes:
    """Return a handbook whose every chapter has some twenty sentences."""
    lines = ["# Handbook"]
    for number in range(chapters):
        lines += ["", f"## Chapter {number + 1}: {THINGS[number % 10]}s"]
        for at in range(20):
            act, thing = ACTS[(at + number) % 8], THINGS[(at * 3 + number) % 10]
            lines += [
                "",
                f"Agents {word} {act} the {thing} number {number} of kind {at} within {at + 2} days.",
            ]
    return "\n".join(lines).encode()


def heard(shares: list[float], stop_at: float = 2.0) -> Progress:
    """Return what writes down how far a job is, and asks it to stop at a share."""

    def progress(fraction: float, message: str = "") -> None:
        shares.append(fraction)
        if fraction >= stop_at:
            raise Cancelled

    return progress


def test_a_long_reading_tells_steadily_how_far_it_is(bench: Workbench) -> None:
    """The bar never goes back and never jumps by more than a sixth while rules are looked for."""
    shares: list[float] = []
    bench.run(ReadSource("handbook.md", handbook(30)), heard(shares))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    inside = [share for share in shares if 0.3 <= share <= 0.9]
    assert max(two - one for one, two in pairwise(inside)) < 0.17


def test_it_is_told_from_the_first_sentence_on(bench: Workbench) -> None:
    """Weighing what binds, half of the work, is heard piece by piece, and stopped in its midst."""
    shares: list[float] = []
    with pytest.raises(Cancelled):
        bench.run(ReadSource("handbook.md", handbook(30)), heard(shares, 0.4))
    assert shares[-1] < 0.6
    document = MarkdownReader().read(handbook(30), "handbook.md")
    beats: list[int] = []
    with watched(lambda: beats.append(1)):
        found = read_bound(document)
    assert len(beats) >= 2 * len(found.statements) > 0


def test_reading_again_is_heard_and_stopped_as_well(bench: Workbench) -> None:
    """The embedded engine's reading again never goes back, and Stop in its midst keeps what was known."""
    bench.run(ReadSource("handbook.md", handbook(30)))
    source = bench.ask(ListSources()).rows[-1].id
    kept = bench.ask(ShowReading(source))
    with bench.outside.workspace.unit() as unit:
        analysis = unit.sources.analysis(source, 1)
    assert analysis is not None
    bench.do(KeepReading(source, 1, analysis.model_copy(update={"engine": "loopback/one"})))
    shares: list[float] = []
    with pytest.raises(Cancelled):
        bench.run(ReadAgain(source, "embedded"), heard(shares, 0.4))
    assert shares[-1] < 0.6
    assert bench.ask(ShowReading(source)).read_by == "model"
    shares.clear()
    bench.run(ReadAgain(source, "embedded"), heard(shares))
    inside = [share for share in shares if share <= 0.9]
    assert inside == sorted(inside)
    assert len(inside) > 5
    assert bench.ask(ShowReading(source)) == kept


def test_who_stops_a_reading_in_its_midst_is_heard_at_once(bench: Workbench) -> None:
    """Stop in the midst of looking for rules ends the job there, and no source is added."""
    shares: list[float] = []
    before = len(bench.ask(ListSources()).rows)
    with pytest.raises(Cancelled):
        bench.run(ReadSource("handbook.md", handbook(30)), heard(shares, 0.5))
    assert shares[-1] < 0.7
    assert len(bench.ask(ListSources()).rows) == before


def test_a_new_version_is_compared_under_the_eyes_of_who_waits(bench: Workbench, tmp_path: Path) -> None:
    """Comparing a long new version with the one before goes on saying so, and may be stopped."""
    file = tmp_path / "handbook.md"
    file.write_bytes(handbook(30))
    bench.run(ReadSource(file.name, file.read_bytes(), place=str(file)))
    shares: list[float] = []
    with pytest.raises(Cancelled):
        bench.run(
            ReadSource(file.name, handbook(30, "should always"), place=str(file)),
            lambda fraction, message="": heard(shares, 0.0 if message.startswith("Comparing") else 2.0)(
                fraction
            ),
        )
    assert shares[-1] == 0.9


def test_looking_at_a_linked_folder_is_heard_inside_each_file(bench: Workbench, tmp_path: Path) -> None:
    """A folder with one long document can be stopped while it is read; nothing of it is taken."""
    folder = tmp_path / "linked"
    folder.mkdir()
    (folder / "handbook.md").write_bytes(handbook(30))
    bench.do(LinkFolder(str(folder)))
    before = len(bench.ask(ListSources()).rows)
    shares: list[float] = []
    with pytest.raises(Cancelled):
        bench.run(LookAtOrigins(), heard(shares, 0.4))
    assert shares[-1] < 0.7
    assert len(bench.ask(ListSources()).rows) == before


def test_a_file_that_cannot_be_read_leaves_the_workspace_as_it_was(bench: Workbench) -> None:
    """Empty, truncated, renamed or hostile: the sources stay, and no change is recorded."""
    told: list[object] = []
    before = bench.ask(ListSources())
    leave = bench.listen(lambda *events: told.append(events))
    laughs = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(9))
    for name, data in (
        ("empty.md", b""),
        ("cut.docx", b"PK\x03\x04\x14\x00"),
        ("renamed.pdf", b"Be kind."),
        ("noise.html", b"\x00\x01\x02\x03" * 40),
        ("laughs.xlsx", f'<!DOCTYPE a [<!ENTITY a0 "ha">{laughs}]><a>&a9;</a>'.encode()),
    ):
        with pytest.raises(BrokenInput):
            bench.run(ReadSource(name, data))
    leave()
    assert bench.ask(ListSources()) == before
    assert told == []
