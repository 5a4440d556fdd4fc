"""The user's own order of documents holds for what CoBuilder proposes, too."""

from __future__ import annotations

from pathlib import Path

from studio.assembly import new_from_sample, sample
from studio.domain.source import AUTHORITY_ORDER, Authority
from studio.services.commands import OrderAuthorities
from studio.services.stages.proposing import Propose
from studio.services.stages.reading import ReadSource
from studio.settings import Settings


def _questions(folder: Path, *order: Authority) -> list[str]:
    bench = new_from_sample(folder, "returns_assistant", Settings(name="Ana Silva"))
    if order:
        bench.do(OrderAuthorities(order))
    bench.run(ReadSource(**sample("returns_assistant").new_document.as_job()))
    made = bench.run(Propose("S-03"))
    bench.close()
    return [question.text for question in made.questions if question.category == "conflict"]


def test_a_proposal_follows_the_order_of_this_workspace(tmp_path: Path) -> None:
    """Where procedures weigh more than policies, what CoBuilder asks about a conflict says so."""
    usual = _questions(tmp_path / "usual")
    rest = (kind for kind in AUTHORITY_ORDER if kind is not Authority.SOP)
    other = _questions(tmp_path / "other", Authority.SOP, *rest)
    assert usual and other
    assert all("policy weighs more than an SOP" in text for text in usual)
    assert all("SOP weighs more than a policy" in text for text in other)
