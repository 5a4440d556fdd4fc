"""Working out a finding: the conversation that shows it, what mends it in words, and the test that keeps it.

- It may take a moment: remedies are tried on copies, and customers are met. Nothing is changed by it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from studio.domain.check import CheckResult
from studio.domain.errors import WrongUse
from studio.ports import Progress, UnitOfWork
from studio.services.access import all_checks
from studio.services.commands import Command
from studio.services.jobs import Tools
from studio.services.queries.check_findings import Finding, finding_of
from studio.services.standing import standing


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """A finding with sentences: what its fix changes, and what its test expects is in `finding.test`."""

    finding: Finding
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkOutFinding:
    """Work out one finding of the draft, by its id."""

    check: str

    @property
    def title(self) -> str:
        """Return what is being done."""
        return "Working out what was found"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], WorkedOut]:
        """Read the draft; raises WrongUse where it has no such finding any more."""
        from studio.diff.words_summary import in_words
        from studio.domain.changeset import apply

        stand = standing(unit)
        agent = stand.draft
        result: CheckResult | None = next((each for each in all_checks(stand) if each.id == self.check), None)
        if result is None:
            raise WrongUse(
                "The draft has changed, and the checks no longer find this.", "Look at what they find now."
            )
        found = result

        def work(progress: Progress) -> WorkedOut:
            progress(0.1, found.subject)
            finding = finding_of(agent, found)
            fix = finding.fix
            words = tuple(in_words(fix, agent, apply(agent, fix))) if fix is not None else ()
            return WorkedOut(finding, words)

        return work

    def record(self, result: WorkedOut) -> Command | None:
        """Keep nothing: it is worked out anew whenever it is asked for."""
        return None
