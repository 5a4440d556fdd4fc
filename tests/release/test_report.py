"""The report stands alone, shows what it was given, and lets nothing in."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from studio.domain.check import CheckResult, PathStep
from studio.domain.frozen import digest
from studio.release.report import Quote, Report, ReportChange, ReportSignature, render

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

HOSTILE = "<script>alert(1)</script><img src=x onerror=y>\"'&"
ALLOWED = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "main",
        "header",
        "section",
        "div",
        "span",
        "p",
        "br",
    ),
    *("h1", "h2", "h3", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "dl", "dt", "dd"),
    *("blockquote", "ins", "del", "code"),
}


class Page(HTMLParser):
    """Collects tags, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        """Read the page."""
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Note that the innermost tag ends."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Note text."""
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        """Return all visible text."""
        return " ".join(" ".join(self.words).split())


def full(kit: Kit, text: str = "Plain words.") -> Report:
    """Return a report with something in every part; `text` stands everywhere."""
    content = kit.content()
    return Report(
        agent=text,
        environment="production",
        release_sequence=13,
        base_digest=digest(kit.before),
        result_digest=digest(kit.after),
        not_after=content.not_after,
        in_words=(text,),
        changes=(
            ReportChange(
                title=text,
                place=text,
                before="Returns within 30 days.",
                after="Returns within 45 days. " + text,
                reason=text,
                quotes=(Quote(source=text, place=text, text=text),),
                decided_by=text,
            ),
            ReportChange(title="A new rule", after=text),
        ),
        consequences=(text,),
        gates=content.evidence.gates.gates,
        runs=content.evidence.runs.runs,
        checks=(
            CheckResult(
                id="c",
                check="path",
                status="broken",
                subject=text,
                detail=text,
                counterexample=(PathStep(workflow="w", step="s", title=text, label=text),),
            ),
        ),
        coverage=content.evidence.coverage.lines,
        lineage=content.lineage,
        irreversible=(text,),
        signatures=(
            ReportSignature(
                person=text, role="it", decision="approve", time=kit.now, fingerprint="AAAA", comment=text
            ),
        ),
    )


def test_the_report_tells_everything_in_words(kit: Kit) -> None:
    """Changes with marked words, evidence, sources, rollout, approvals and digests all stand in it."""
    html = render(full(kit))
    page = Page(html)
    for words in ("release 13", "In words", "Gates", "Simulation", "Style guide", "50 %", "24 hours", "AAAA"):
        assert words in page.text
    assert "<del>30</del>" in html and "<ins>45</ins>" in html
    assert digest(kit.after) in page.text and page.open == []


def test_the_report_needs_nothing_and_runs_nothing(kit: Kit) -> None:
    """No script, no link, no remote content, and a policy that forbids them."""
    html = render(full(kit))
    page = Page(html)
    assert set(page.tags) <= ALLOWED
    assert page.attributes <= {"lang", "charset", "http-equiv", "content", "name", "class"}
    assert "http:" not in html and "https:" not in html and "url(" not in html
    assert "default-src &#x27;none&#x27;" in html


@given(st.text(max_size=40) | st.just(HOSTILE))
def test_hostile_text_stays_text(kit: Kit, text: str) -> None:
    """Whatever a document or a person wrote adds no tag and no attribute."""
    plain, hostile = Page(render(full(kit, "x"))), Page(render(full(kit, text)))
    assert set(hostile.tags) <= ALLOWED and hostile.open == []
    assert hostile.attributes <= plain.attributes


def test_equal_values_give_equal_bytes(kit: Kit) -> None:
    """The report goes into signed bytes, so it may not depend on anything else."""
    assert render(full(kit)) == render(Report.model_validate(full(kit).model_dump()))


def test_fields_of_one_change_share_a_card(kit: Kit) -> None:
    """Consecutive changes of one title stand together; their common reason and quotes are told once."""
    quote = Quote(source="Policy", place="line 3", text="Forty-five days.")
    fields = [("30", "45"), ("purchase", "delivery")]
    changes = tuple(
        ReportChange(title="Return window", before=b, after=a, reason="The policy says so.", quotes=(quote,))
        for b, a in fields
    )
    text = Page(render(full(kit).model_copy(update={"changes": changes}))).text
    assert [text.count(words) for words in ("Return window", "The policy says so.", "Forty-five days.")] == [
        1,
        1,
        1,
    ]
    assert text.count("Before") == 2


def test_an_empty_report_is_still_a_page(kit: Kit) -> None:
    """Parts without content are left out; approvals say where they are."""
    report = Report(
        agent="Desk",
        environment="production",
        release_sequence=1,
        base_digest="a" * 64,
        result_digest="b" * 64,
        not_after=kit.now,
    )
    page = Page(render(report))
    assert "Simulation" not in page.text and "beside this report" in page.text
