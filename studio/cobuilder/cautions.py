"""What a reviewer must read before deciding on a change: the warnings that its cited sentences carry.

- A change inherits the warnings of every stretch of the document that it cites; nothing is dropped for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from studio.domain.finding import Analysis
from studio.domain.proposal import ProposedChange
from studio.domain.source import Citation, Source


def with_warnings(
    changes: Sequence[ProposedChange], source: Source, analysis: Analysis
) -> tuple[ProposedChange, ...]:
    """Return the changes, each with the warnings of the sentences of this source that it cites."""
    return tuple(
        change.model_copy(update={"warnings": tuple(dict.fromkeys((*change.warnings, *found)))})
        if (found := _warnings(change, source, analysis))
        else change
        for change in changes
    )


def _warnings(change: ProposedChange, source: Source, analysis: Analysis) -> tuple[str, ...]:
    said: list[str] = []
    for citation in change.citations:
        if citation.source_id == source.id and citation.version == source.current.number:
            for start, end in _places(citation, source.current.document.text):
                said += analysis.warnings(start, end)
    return tuple(dict.fromkeys(said))


def _places(citation: Citation, text: str) -> Iterator[tuple[int, int]]:
    """Yield where a quote stands: on its own lines, else wherever its words are."""
    spots = (
        [match.start() for match in re.finditer(re.escape(citation.quote), text)] if citation.quote else []
    )
    own = [at for at in spots if text.count("\n", 0, at) + 1 == citation.anchor.line_start]
    for at in own or spots:
        yield at, at + len(citation.quote)
