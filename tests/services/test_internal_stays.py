"""What is marked internal leaves with no request to a language model, or says that it does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.assembly import new_workbench
from studio.services.commands import AcceptRemaining, DescribeSource, MarkAccess
from studio.services.new_agent import new_agent
from studio.services.queries.models import RequestsForSource
from studio.services.queries.sources import ShowSource
from studio.services.stages.proposing import Propose
from studio.services.stages.reading import ReadSource
from studio.services.stages.requesting import RequestsForAsking
from studio.services.workbench import Workbench
from studio.settings import Settings

SECRET = "Heliotrope"
TEXT = f"""# Paying out

1. Ask for the order number.
2. Say that the order is paid with the word Mayflower next week.

The agent must greet the customer by name.

The agent must never pay more than 731 pounds without the secret word {SECRET}.
"""
ASKED = "Make the greeting warmer and tell me of the secret word"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Workbench]:
    """A workspace with one document."""
    made = new_workbench(tmp_path / "w", new_agent("Desk"), Settings())
    made.run(ReadSource(file_name="a.md", data=TEXT.encode()))
    yield made
    made.close()


def _sent(bench: Workbench) -> tuple[tuple[str, ...], str]:
    (request,) = bench.ask(RequestsForAsking(ASKED))
    return request.contents, "\n".join(message.text for message in request.messages)


def _mark_secrets(bench: Workbench) -> None:
    rows = bench.ask(ShowSource("S-01")).blocks
    found = [s.statement for row in rows for s in row.sentences if SECRET in s.statement.quote]
    assert found
    for each in found:
        bench.do(MarkAccess("S-01", each.id, "internal"))


def test_what_was_drafted_from_an_internal_document_does_not_leave(bench: Workbench) -> None:
    """A rule or step that stands on an internal document is not sent, accepted or not; the others are."""
    bench.do(AcceptRemaining(bench.run(Propose("S-01")).id))
    assert SECRET in _sent(bench)[1]
    bench.do(DescribeSource("S-01", {"permission": "internal"}))
    contents, text = _sent(bench)
    assert SECRET not in text
    assert "Mayflower" not in text
    assert contents == ("requests", "agent")


def test_a_sentence_marked_internal_does_not_leave_with_a_request(bench: Workbench) -> None:
    """Neither as a passage nor as the rule that was drafted from it; its neighbours still leave."""
    bench.do(AcceptRemaining(bench.run(Propose("S-01")).id))
    assert SECRET in _sent(bench)[1]
    _mark_secrets(bench)
    _, text = _sent(bench)
    assert SECRET not in text
    assert "greet the customer by name" in text


def test_reading_a_document_with_an_internal_sentence_says_so(bench: Workbench) -> None:
    """Before a model reads it, the policy on internal documents must allow it."""
    assert "internal documents" not in bench.ask(RequestsForSource("S-01"))[0].contents
    _mark_secrets(bench)
    assert {"documents", "internal documents"} <= set(bench.ask(RequestsForSource("S-01"))[0].contents)
