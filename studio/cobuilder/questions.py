"""Questions: what a document leaves open."""

from __future__ import annotations

from collections.abc import Sequence

from studio.domain.source import SourceDocument
from studio.domain.statement import Question, Statement
from studio.domain.tool import Tool


def read_questions(
    document: SourceDocument, statements: Sequence[Statement], tools: Sequence[Tool]
) -> tuple[Question, ...]:
    """Return the questions a document leaves open."""
    return ()
