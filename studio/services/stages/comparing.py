"""Comparing all sources with one another, where that takes longer than a page may take to open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.domain.governance import Collisions
from studio.ports import Progress, UnitOfWork
from studio.services.collisions import key_of_papers, papers
from studio.services.commands import Command, RecordCollisions
from studio.services.jobs import Tools
from studio.services.standing import standing


@dataclass(frozen=True, slots=True)
class CompareSources:
    """Find every conflict between statements of current sources."""

    @property
    def title(self) -> str:
        """Return what is being done."""
        return "Comparing the documents with one another"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Collisions]:
        """Read the sources; return the comparing."""
        from studio.cobuilder.collisions.finding import find_collisions

        stand = standing(unit)
        key, all_papers = key_of_papers(stand), papers(stand)

        def work(progress: Progress) -> Collisions:
            words = f"Comparing {sum(len(found) for _, found in all_papers):,} sentences"

            def told(share: float) -> None:
                progress(0.95 * share, words)

            found = find_collisions(all_papers, stand.authority_order, stand.today, told)
            progress(1.0, f"Found {len(found)} conflicts")
            return Collisions(key=key, found=found)

        return work

    def record(self, result: Collisions) -> Command:
        """Return the command that keeps what was found."""
        return RecordCollisions(result)
