"""What a reviewer must read before deciding on a change: the warnings that its cited sentences carry.

- A change inherits the warnings of every stretch of the document that it cites; nothing is dropped for it.
- What stands in one paragraph with a suspicious passage is told so: whoever wrote the one wrote the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from studio.domain.finding import HARMFUL, Analysis
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
                said += analysis.warnings(start, end) or _beside(citation, analysis)
    return tuple(dict.fromkeys(said))


def _beside(citation: Citation, analysis: Analysis) -> list[str]:
    """Return that a suspicious passage stands in the same paragraph."""
    here = citation.anchor
    return [
        f"It stands beside a passage that may be trying to steer the reading machine. {each.reason}"
        for each in analysis.suspicions
        if each.category not in HARMFUL
        and each.anchor.page == here.page
        and each.anchor.line_start <= here.line_end
        and here.line_start <= each.anchor.line_end
    ][:1]


def _places(citation: Citation, text: str) -> Iterator[tuple[int, int]]:
    """Yield where a quote stands: on its own lines, else wherever its words are."""
    spots = (
        [match.start() for match in re.finditer(re.escape(citation.quote), text)] if citation.quote else []
    )
    own = [at for at in spots if text.count("\n", 0, at) + 1 == citation.anchor.line_start]
    for at in own or spots:
        end = at + len(citation.quote)
        yield end - len(citation.core), end
