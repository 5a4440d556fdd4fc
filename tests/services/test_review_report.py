"""The report of a review: complete, alone, the same each time, and safe against what documents hold."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from typer.testing import CliRunner

from studio.cli.main import app
from studio.diff.flow_picture import picture_of
from studio.diff.sheets import SheetRow
from studio.domain.agent import Agent
from studio.domain.proposal import Proposal
from studio.domain.scenario import Scenario
from studio.ports import silent
from studio.services.commands import (
    AcceptChange,
    AcceptRemaining,
    ApproveReview,
    CommentOnChange,
    RecordProposal,
    RejectChange,
)
from studio.services.queries.proposal_words import SummariseProposal
from studio.services.queries.review import ShowProposal
from studio.services.report_parts.as_html import page_of
from studio.services.report_parts.blocks import (
    Block,
    Columns,
    Document,
    Drawing,
    Grid,
    GridRow,
    Heading,
    Items,
    Para,
    Quotation,
    Run,
    plain,
    shown,
)
from studio.services.report_parts.marks import sheet_blocks, text_blocks
from studio.services.review_report.as_pdf import pdf_of
from studio.services.review_report.content import report_of
from studio.services.review_report.material import gather
from studio.services.stages.consequences import WorkOutConsequences
from studio.services.stages.review_reporting import MakeReviewReport
from studio.services.workbench import Workbench
from studio.store.workspace import Workspace, create

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=y> [a](javascript:alert(2)) \"'& <font name=x> "
    "\u202ereversed\u202c \u2066a\u2069 \x00\x1b " + "W" * 4_000
)
TAGS = set(
    "html head meta title style body main header nav section div span p br h1 h2 h3 ul ol li a table thead "
    "tbody tr th td blockquote ins del strong details summary svg g rect circle polyline polygon text".split()
)


class Page(HTMLParser):
    """Collects tags, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        """Read the page."""
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self.names: set[str] = set()
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and what it could fetch or run."""
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        self.links |= {value or "" for name, value in attrs if name in ("href", "src")}

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.words += data


@pytest.fixture
def workspace(tmp_path: Path, agent: Agent) -> Iterator[Workspace]:
    """A workspace with a test of the workflow."""
    flow = agent.workflows[0].model_copy(update={"examples": ("I want my money back",)})
    test = Scenario(id="T-01", title="Money back", workflow=flow.id, opening="I want my money back")
    made = create(
        tmp_path / "workspace", agent.model_copy(update={"workflows": (flow,), "scenarios": (test,)})
    )
    yield made
    made.close()


@pytest.fixture
def reviewed(bench: Workbench, proposal: Proposal) -> Workbench:
    """A review on its way: one change accepted, one rejected, a remark, consequences worked out."""
    bench.do(RecordProposal(proposal))
    ids = [change.id for change in proposal.changes]
    bench.do(AcceptChange("P-01", ids[0]))
    bench.do(RejectChange("P-01", ids[-1]))
    bench.do(CommentOnChange("P-01", ids[0], f"Please look. {HOSTILE[:60]}"))
    bench.run(WorkOutConsequences("P-01", customers=20))
    return bench


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    return [page.extract_text() for page in PdfReader(BytesIO(pdf)).pages]


def test_the_page_tells_everything_and_stands_alone(reviewed: Workbench) -> None:
    """Each change, each sentence, decisions, remarks; no script, nothing fetched, no dark side."""
    html = reviewed.run(MakeReviewReport("P-01")).data.decode()
    page = Page(html)
    assert page.tags <= TAGS and not any(name.startswith("on") for name in page.names)
    assert page.links and all(link.startswith("#b") for link in page.links)
    assert "default-src &#x27;none&#x27;" in html and "prefers-color-scheme" not in html
    shown_page = reviewed.ask(ShowProposal("P-01"))
    for row in (row for group in shown_page.groups for row in group.rows):
        assert f"{row.id}  {row.title}" in page.words
    for line in reviewed.ask(SummariseProposal("P-01")).lines:
        assert line.text in page.words
    for part in (
        "Who is affected",
        "Proofs over every path",
        "Coverage",
        "Decisions",
        "Approvals",
        "Please look.",
    ):
        assert part in page.words
    assert "Accepted" in page.words and "Rejected" in page.words and "To decide" in page.words
    assert "<svg" in html


def test_a_sentence_of_what_was_rejected_says_so(reviewed: Workbench) -> None:
    """Who signs reads in words what is in the draft: a rejected change is told as rejected, no other is."""
    page = Page(reviewed.run(MakeReviewReport("P-01")).data.decode())
    rows = [row for group in reviewed.ask(ShowProposal("P-01")).groups for row in group.rows]
    (gone,) = [row.id for row in rows if row.verdict == "rejected"]
    lines = reviewed.ask(SummariseProposal("P-01")).lines
    (line,) = [each for each in lines if gone in each.ids]
    assert line.ids == (gone,)
    assert f"Rejected, not in the draft: {line.text}  [{gone} rejected]" in page.words
    assert page.words.count("not in the draft: ") == 1


def test_a_voided_approval_is_told_once_in_whole_words(reviewed: Workbench) -> None:
    """Who reads an approval sees what was not looked at and why it counts no more, each said once."""
    reviewed.do(AcceptRemaining("P-01"))
    reviewed.do(ApproveReview(role="qa"))
    reviewed.do(RejectChange("P-01", "C-02"))
    words = Page(reviewed.run(MakeReviewReport("P-01")).data.decode()).words
    assert "It counts no more: since then " in words and "Void: " not in words
    assert "Not looked at: Who would be treated differently." in words
    assert ": not looked at." not in words


def test_the_same_review_gives_the_same_bytes(reviewed: Workbench) -> None:
    """No time of writing is in it: the moment it tells is when the last thing in the review happened."""
    for kind in ("html", "pdf"):
        first, second = (reviewed.run(MakeReviewReport("P-01", kind)) for _ in range(2))
        assert first.data == second.data and first.as_of == second.as_of


def test_a_report_says_what_it_cannot_tell(bench: Workbench, proposal: Proposal) -> None:
    """Where nobody has worked out who is affected, the report says that and claims nothing."""
    bench.do(RecordProposal(proposal))
    made = bench.run(MakeReviewReport("P-01"))
    assert not made.with_consequences
    assert "Nobody has worked out yet which customers" in made.data.decode()


def test_the_pdf_has_text_numbers_contents_and_an_outline(reviewed: Workbench) -> None:
    """Words can be searched, pages are numbered, the contents name what is there, pictures are vectors."""
    data = reviewed.run(MakeReviewReport("P-01", "pdf")).data
    reader = PdfReader(BytesIO(data))
    texts = pages_of(data)
    assert all(f"page {number}" in text for number, text in enumerate(texts, 1))
    assert "Contents" in texts[0] and "Approvals" in texts[0]
    assert {item.title for item in reader.outline if not isinstance(item, list)} >= {"In words", "Approvals"}
    assert not any(page.images for page in reader.pages)
    flat = " ".join(" ".join(texts).split())
    for line in reviewed.ask(SummariseProposal("P-01")).lines:
        assert line.text[:40] in flat


def _hostile(text: str, picture: Drawing | None = None) -> Document:
    runs = (*plain(text), Run(text, "del"), Run(text, "ins"))
    grid = Grid((text[:40], "b"), (GridRow((runs, plain(text)), "added"),), signs=True)
    blocks: list[Block] = [
        Heading(1, text[:200]), Heading(2, text[:200]), Heading(3, text[:200], "moved"), Para(runs),
        Items((runs,)), Quotation(runs, text), grid,
        Columns(("Now", text[:40]), ((runs, plain(text), "changed"),)),
    ]  # fmt: skip
    return Document(text[:200], text[:200], (*blocks, *((picture,) if picture else ())))


def test_what_documents_hold_is_shown_and_never_works(agent: Agent) -> None:
    """Markup, links to scripts, marks that turn text around and endless words are text, in page and PDF."""
    flow = agent.workflows[0]
    renamed = flow.model_copy(
        update={
            "name": HOSTILE[:90],
            "steps": tuple(s.model_copy(update={"title": HOSTILE}) for s in flow.steps),
        }
    )
    picture = picture_of(flow, renamed)
    assert picture is not None
    document = _hostile(HOSTILE, Drawing(picture))
    html = page_of(document)
    page = Page(html)
    assert page.tags <= TAGS and all(link.startswith("#b") for link in page.links)
    assert not any(name.startswith("on") for name in page.names)
    assert "[U+202E]reversed[U+202C]" in page.words and "\u202e" not in html and "\x1b" not in html
    made = pdf_of(document)
    text = " ".join(pages_of(made))
    assert "<script>alert(1)</script>" in text and "[U+202E]" in text
    assert b"/URI" not in made and b"/JavaScript" not in made


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80))
def test_any_text_comes_out_as_text(text: str) -> None:
    """Whatever a name or a sentence is, the page holds exactly its characters and no tag of its own."""
    page = Page(page_of(Document("Title", "line", (Heading(3, text), Para(plain(text))))))
    assert page.tags <= TAGS
    assert page.words.count(shown(text).replace("\r", "")) >= (2 if text else 0)


@settings(max_examples=15)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_text_can_be_set(text: str) -> None:
    """The PDF is made of any text, whatever its script, its spaces and its length."""
    assert pdf_of(_hostile(text)).startswith(b"%PDF")


def test_what_a_font_lacks_is_named_and_said(reviewed: Workbench) -> None:
    """A character that cannot be drawn is named by its number, and the report says so at its end."""
    text = " ".join(pages_of(pdf_of(Document("Title", "line", (Para(plain("a \U00013000 b")),)))))
    assert "a [U+13000] b" in text and "1 character of other scripts could not be drawn" in " ".join(
        text.split()
    )


def test_a_removed_text_is_told_without_colour(reviewed: Workbench) -> None:
    """Signs and words say what colour says: struck, underlined, a sign with its word at each change."""
    material = gather_of(reviewed)
    document = report_of(material, silent)
    html = page_of(document)
    assert "<del>" in html and "<ins>" in html
    assert 'title="changed">~</span>' in html or 'title="new">+</span>' in html
    assert "ins{text-decoration:underline" in html


def gather_of(bench: Workbench):  # type: ignore[no-untyped-def]
    """Return the material of the proposal."""

    class Ask:
        """Reads in one transaction."""

        def answer(self, unit):  # type: ignore[no-untyped-def]
            """Return it."""
            return gather(unit, "P-01")

    return bench.ask(Ask())


def test_the_command_line_writes_both_kinds(
    reviewed: Workbench, workspace: Workspace, tmp_path: Path
) -> None:
    """The ending of the file says which; another ending is refused with what to do; --json tells the file."""
    folder = str(workspace.folder)
    for name, begins in (("r.html", b"<!doctype html>"), ("r.pdf", b"%PDF")):
        file = tmp_path / name
        done = CliRunner().invoke(
            app, ["review", "report", "P-01", "-o", str(file), "-w", folder, "--as-is", "--json"]
        )
        assert done.exit_code == 0, done.output
        assert file.read_bytes().startswith(begins)
        assert json.loads(done.stdout)["bytes"] == file.stat().st_size
    refused = CliRunner().invoke(
        app, ["review", "report", "P-01", "-o", str(tmp_path / "r.txt"), "-w", folder]
    )
    assert refused.exit_code != 0


def test_what_is_new_as_a_whole_is_no_wall_of_marks() -> None:
    """A new rule's text and a new thing's lines carry their sign, and no word of them is marked."""
    (text,) = text_blocks(("", "A new rule.\nIt says this."))
    assert isinstance(text, Columns)
    assert {run.style for side in text.rows[0][:2] for run in side} == {"", "muted"}
    (sheet,) = sheet_blocks(
        [SheetRow("", "Kind", None, "Must be done"), SheetRow("", "Weight", None, "high")]
    )
    assert isinstance(sheet, Grid) and sheet.heads[0] == "All of it is new"
    assert {run.style for row in sheet.rows for cell in row.cells for run in cell} == {""}
    rows = [SheetRow("", "Kind", None, "new"), SheetRow("", "Weight", "low", "low")]
    assert any(
        run.style == "ins"
        for block in sheet_blocks(rows)
        if isinstance(block, Grid)
        for row in block.rows
        for cell in row.cells
        for run in cell
    )
