"""Statements that cannot both hold are found where both can apply, and it is said which goes first."""

from __future__ import annotations

import importlib.util
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from studio.cobuilder.analysis import analyze
from studio.cobuilder.collisions.finding import Paper, find_collisions
from studio.domain.frozen import digest
from studio.domain.governance import Collision
from studio.domain.source import Authority, Scope, Source, SourceVersion
from studio.readers.markdown import read_markdown

OPENING = "This page is for the people who answer customers."


def paper(name: str, body: str, **given: Any) -> Paper:
    """Return a source of this text, with its statements as the reader and the analysis give them."""
    text = f"# {name}\n\n{OPENING}\n\n{body}\n"
    version = SourceVersion(
        number=1,
        file_name=f"{name}.md",
        digest=digest(text.encode()),
        size=len(text),
        added_at=datetime(2026, 1, 1, tzinfo=UTC),
        document=read_markdown(text, f"{name}.md"),
    )
    source = Source(id=name.lower(), name=name, versions=(version,), **given)
    return source, analyze(version.document, ()).statements


def only(*papers: Paper, **given: Any) -> Collision:
    """Return the one collision among some papers."""
    (found,) = find_collisions(papers, **given)
    return found


LONG = "Refunds must be paid within 45 days."
SHORT = "Every refund has to be paid within 30 days."


def test_detail_says_in_plain_words_what_the_two_say() -> None:
    """The sentence names both documents and both values."""
    found = only(paper("Returns policy", LONG), paper("Refund handling", SHORT))
    assert found.kind == "limit"
    assert found.detail == "Returns policy says 45 days, Refund handling says 30 days."
    assert (found.left.citation.quote, found.right.citation.quote) == (LONG, SHORT)


def test_id_depends_only_on_the_two_sentences() -> None:
    """A decision on a collision survives renaming, re-ordering and moving the sentences."""
    one = only(paper("A", LONG), paper("B", SHORT))
    two = only(paper("C", f"## Money\n\nNever shout.\n\n{SHORT}"), paper("D", LONG, authority=Authority.NOTE))
    assert one.id == two.id


@pytest.mark.parametrize(
    ("left", "right", "winner", "reason"),
    [
        ({"authority": Authority.POLICY}, {"authority": Authority.SOP}, "left", "weighs more than an SOP"),
        ({"effective_from": date(2026, 1, 1)}, {"effective_from": date(2026, 3, 1)}, "right", "later day"),
        ({"effective_from": date(2026, 1, 1)}, {}, None, "Neither goes first"),
        ({}, {"applies_to": Scope(regions=("Germany",))}, "right", "narrower case"),
    ],
)
def test_winner(left: dict[str, Any], right: dict[str, Any], winner: str | None, reason: str) -> None:
    """Authority goes before the date of effect, and that before the narrower case; else a person decides."""
    found = only(paper("A", LONG, **left), paper("B", SHORT, **right))
    assert found.winner == winner
    assert reason in found.why


def test_order_of_authority_is_the_users() -> None:
    """Where a user ranks notes over policies, the note goes first."""
    papers = paper("A", LONG, authority=Authority.POLICY), paper("B", SHORT, authority=Authority.NOTE)
    assert only(*papers).winner == "left"
    assert only(*papers, authority_order=tuple(reversed(Authority))).winner == "right"


def test_a_day_to_come_does_not_win_yet() -> None:
    """A source that takes effect only later does not go first before its day."""
    papers = (
        paper("A", LONG, effective_from=date(2026, 1, 1)),
        paper("B", SHORT, effective_from=date(2026, 6, 1)),
    )
    assert only(*papers, today=date(2026, 5, 31)).winner is None
    assert only(*papers, today=date(2026, 6, 1)).winner == "right"


def test_other_regions_do_not_collide() -> None:
    """What one document says for one region is no conflict with another document's other region."""
    germany, japan = Scope(regions=("Germany",)), Scope(regions=("Japan",))
    assert not find_collisions([paper("A", LONG, applies_to=germany), paper("B", SHORT, applies_to=japan)])


def test_one_document_contradicts_itself() -> None:
    """Two sentences of one document collide, but a rule and its exception for a narrower case do not."""
    assert only(paper("A", f"## Payment\n\n{LONG}\n\n## Money\n\n{SHORT}")).left.source_id == "a"
    assert not find_collisions([paper("A", f"{LONG} For gold members, refunds must be paid within 5 days.")])


def test_same_sentence_in_two_documents_is_no_conflict() -> None:
    """Repeating a sentence contradicts nothing."""
    assert not find_collisions([paper("A", LONG), paper("B", LONG)])


@pytest.fixture(scope="module")
def measured(repository: Path) -> ModuleType:
    """Return the script that measures planted conflicts."""
    place = repository / "tests" / "measures" / "sources_conflicts.py"
    spec = importlib.util.spec_from_file_location("sources_conflicts", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_planted_conflicts_are_found(measured: ModuleType) -> None:
    """Of conflicts written after the search was frozen, most are found, and most finds are right."""
    figures = measured.measure("conflicts_second.txt")
    assert figures.recall >= 0.85
    assert figures.precision >= 0.85


def test_the_planted_set_is_large_enough(measured: ModuleType) -> None:
    """The figures stand on 60 conflicts of all kinds and 200 near-misses or more."""
    cases = [case for name in measured.SETS.values() for case in measured.cases(name)]
    kinds = {case.label for case in cases if case.planted}
    assert kinds == {"number", "date", "limit", "list", "modality", "order", "outcome"}
    assert sum(case.planted for case in cases) >= 60
    assert sum(not case.planted for case in cases) >= 200


CHANGING = "Orders can be changed free of charge before they are packed."
BEFORE_AND_AFTER = (
    (CHANGING, "Never change an order after it was packed."),
    (CHANGING, "Orders cannot be changed once they are packed."),
    (
        "Never change an order after it was packed.",
        "The customer must pay the charge before an order is changed.",
    ),
    (
        "Never change an order after it was packed.",
        "You must tell the customer the charge before the order is changed.",
    ),
    (
        "Agents must not charge the card before the order is packed.",
        "Never change an order after it was packed.",
    ),
    (
        "Appointments can be cancelled free of charge up to 24 hours before they start.",
        "Tell the patient about the charge before you cancel an appointment.",
    ),
)


@pytest.mark.parametrize(("left", "right"), BEFORE_AND_AFTER)
def test_yes_before_an_event_and_no_after_it_are_no_conflict(left: str, right: str) -> None:
    """What is free before packing, ruled out after it, and to be said before it can all hold at once."""
    assert not find_collisions([paper("Left", left), paper("Right", right)])
    assert not find_collisions([paper("Left", f"{left}\n\n{right}")])


def test_yes_and_no_before_the_same_event_stay_a_conflict() -> None:
    """The two sides of an event are no excuse where both speak of the same side."""
    left = "Agents must not change an order before the customer has paid."
    assert find_collisions(
        [paper("Left", left), paper("Right", "Change the order before the customer has paid.")]
    )
    assert find_collisions(
        [paper("Left", "Never change an order."), paper("Right", "Agents may change an order.")]
    )


WINDOWS = """## Return windows

| Product | {head} |
|---|---|
| {name} | {cell} |
| Books | 30 days |
"""


@pytest.mark.parametrize(
    "said", ["Customers may return {} within 60 days.", "The return window for {} is 60 days."]
)
@pytest.mark.parametrize(
    ("head", "cell"), [("Return window", "no return"), ("Return", "No return unless faulty")]
)
@pytest.mark.parametrize(
    ("name", "other"), [("Earrings", "rugs"), ("Swimwear", "desk lamps"), ("Sale items", "kettles")]
)
def test_a_cell_of_one_product_does_not_contradict_a_sentence_of_another(
    name: str, other: str, head: str, cell: str, said: str
) -> None:
    """“No return” in the row of earrings leaves the 60 days for rugs as they are."""
    table, sentence = WINDOWS.format(head=head, name=name, cell=cell), said.format(other)
    assert not find_collisions([paper("Left", table), paper("Right", f"## Return windows\n\n{sentence}")])
    assert not find_collisions([paper("Left", f"{table}\n## Other products\n\n{sentence}")])
