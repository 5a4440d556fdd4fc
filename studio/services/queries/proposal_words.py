"""A whole proposal in words, and what proposing again would do to it."""

from __future__ import annotations

from dataclasses import dataclass

from studio.diff.summary import SummaryLine, counted, summary_of
from studio.domain.changeset import split_path
from studio.ports import UnitOfWork
from studio.services.change_forms import PATIENT, QUICK, TableForm, table_form
from studio.services.change_sides import whole
from studio.services.earlier import earlier
from studio.services.queries.review import find_proposal
from studio.services.standing import standing


@dataclass(frozen=True, slots=True)
class SummaryPage:
    """A whole proposal in words: how much it touches, each change in one sentence, the cases of each table.

    `tables` are the decision tables that come out otherwise, live against the whole proposal.
    """

    touched: str
    lines: tuple[SummaryLine, ...]
    tables: tuple[TableForm, ...]


@dataclass(frozen=True, slots=True)
class SummariseProposal:
    """Ask for a proposal in words; `patient` as in `ShowChange`."""

    proposal_id: str
    patient: bool = False

    def answer(self, unit: UnitOfWork) -> SummaryPage:
        """Return it; raises WrongUse."""
        stand = standing(unit)
        proposal = find_proposal(stand, self.proposal_id)
        both, most = whole(stand, proposal), PATIENT if self.patient else QUICK
        tables: dict[str, TableForm] = {}
        for change in proposal.changes:
            name = split_path(change.change.path)[:2][-1]
            if name not in tables and (form := table_form(change.change, both, most)) is not None:
                tables[name] = form
        cases = {name: told for name, form in tables.items() if (told := form.told) is not None}
        lines = summary_of([(c.id, c.change) for c in proposal.changes], *both, cases)
        return SummaryPage(counted(c.change for c in proposal.changes), lines, tuple(tables.values()))


@dataclass(frozen=True, slots=True)
class ShowEarlier:
    """Ask what happens to undecided changes of a source if it is proposed again; "" if none waits."""

    source_id: str

    def answer(self, unit: UnitOfWork) -> str:
        """Return a sentence."""
        return earlier(unit, unit.sources.get(self.source_id)).line
