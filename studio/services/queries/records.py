"""What a grid of the mock systems' records shows, and what a run exercised of the draft."""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.errors import WrongUse
from studio.domain.world import RecordTable
from studio.ports import UnitOfWork
from studio.services.standing import standing
from studio.simulation.coverage import Coverage, exercised_in
from studio.simulation.verdicts import Verdict, verdicts_of
from studio.simulation.world import actings


@dataclass(frozen=True, slots=True)
class RecordsPage:
    """The tables of records of the draft, and for each table the systems that work on it."""

    tables: tuple[RecordTable, ...]
    systems: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class ShowRecords:
    """Ask for the tables of records that mock systems work on."""

    def answer(self, unit: UnitOfWork) -> RecordsPage:
        """Return all tables with their records."""
        draft = unit.agents.draft()
        found: dict[str, list[str]] = {table.id: [] for table in draft.records or ()}
        for name, acting in actings(draft).items():
            for table in (acting.table, acting.adds):
                if table is not None and name not in found[table.id]:
                    found[table.id].append(name)
        return RecordsPage(
            tables=draft.records or (), systems=tuple((table, tuple(names)) for table, names in found.items())
        )


@dataclass(frozen=True, slots=True)
class CoveragePage:
    """What the newest simulation exercised of the draft; `current` if it ran exactly the present draft."""

    run: str
    current: bool
    coverage: Coverage
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class ShowCoverage:
    """Ask what a simulation (else the newest whole one) exercised, and the verdict of each test."""

    run: str = ""

    def answer(self, unit: UnitOfWork) -> CoveragePage:
        """Return the coverage by passed and failed conversations; raises WrongUse where nothing was run."""
        stand = standing(unit)
        found = unit.comparisons.get(self.run) if self.run else stand.comparison
        if found is None:
            raise WrongUse("Nothing was simulated yet.", "Simulate first.")
        return CoveragePage(
            run=found.id,
            current=stand.is_of_today(found.draft),
            coverage=exercised_in(stand.draft, found.draft),
            verdicts=verdicts_of(found.draft),
        )
