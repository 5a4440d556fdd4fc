"""What would leave this computer for a language model, as requests; nothing is sent by asking."""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.model import Content, ModelRequest
from studio.domain.source import Source
from studio.ports import UnitOfWork


def contents_of(source: Source) -> tuple[Content, ...]:
    """Return what kind of text a source is, for the policy on language models."""
    return ("internal documents",) if source.permission == "internal" else ("documents",)


@dataclass(frozen=True, slots=True)
class RequestsForSource:
    """Ask for the requests by which a model would read a source, before anything is masked.

    Without a source: the one that was added last; nothing where there is none.
    """

    source_id: str = ""

    def answer(self, unit: UnitOfWork) -> tuple[ModelRequest, ...]:
        """Return one request a part of the current version."""
        from studio.cobuilder.model_parts import parts_of
        from studio.cobuilder.model_prompt import request_for

        if self.source_id:
            source = unit.sources.get(self.source_id)
        else:
            sources = unit.sources.all()
            if not sources:
                return ()
            source = sources[-1]
        document, tools = source.current.document, unit.agents.draft().tools
        return tuple(request_for(document, part, tools, contents_of(source)) for part in parts_of(document))
