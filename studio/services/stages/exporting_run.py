"""Exporting a run: one file, written whole or not at all; nothing in the workspace changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from studio.domain.errors import WrongUse
from studio.ports import Progress, UnitOfWork
from studio.services.jobs import Tools
from studio.services.queries.simulate import comparison_of, comparison_page
from studio.services.run_export import RunToExport, format_of, pieces
from studio.services.standing import standing


@dataclass(frozen=True, slots=True)
class ExportRun:
    """Write a run (else the newest) to a file; the file's ending says CSV, JSON or HTML."""

    target: Path
    run: str = ""

    @property
    def title(self) -> str:
        """Return what is being done."""
        return f"Writing {self.target.name}"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Path]:
        """Read the run; return the writing. Raises WrongUse."""
        kind = format_of(self.target)
        found = comparison_of(unit, self.run)
        if found is None:
            raise WrongUse("Nothing was simulated yet.", "Simulate first.")
        what = RunToExport(comparison_page(standing(unit), found), found)

        def work(progress: Progress) -> Path:
            self._write(pieces(what, kind), what, progress)
            return self.target

        return work

    def _write(self, text: Iterator[str], what: RunToExport, progress: Progress) -> None:
        total = what.page.live.conversations + what.page.draft.conversations + 1
        part = self.target.with_name(self.target.name + ".part")
        try:
            with part.open("w", encoding="utf-8", newline="") as file:
                for at, piece in enumerate(text):
                    file.write(piece)
                    if at % 200 == 0:
                        progress(min(0.99, at / total), "")
            part.replace(self.target)
        except OSError as error:
            raise WrongUse(
                f"{self.target} cannot be written: {error.strerror}.", "Choose another place."
            ) from error
        finally:
            part.unlink(missing_ok=True)

    def record(self, result: Path) -> None:
        """Keep nothing: the workspace is as before."""
