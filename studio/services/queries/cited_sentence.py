"""Where a sentence that something was made from stands today: the way from any place back to its document."""

from __future__ import annotations

from dataclasses import dataclass

from studio.ports import UnitOfWork
from studio.services.accounting import accounts
from studio.services.queries.sources import source_of
from studio.services.standing import standing


@dataclass(frozen=True, slots=True)
class SentencePlace:
    """Where a cited sentence stands today: `way` is `S-03/STATEMENT`, `S-03#BLOCK` or `S-03`."""

    way: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class FindSentence:
    """Ask where the sentence of a citation stands now, in its own source or in the one that replaced it."""

    source_id: str
    fingerprint: str
    quote: str

    def answer(self, unit: UnitOfWork) -> SentencePlace:
        """Return its statement, its paragraph where it is none, or a note; raises WrongUse."""
        stand = standing(unit)
        own = source_of(stand, self.source_id)
        others = [source for source in stand.current_sources if source is not own]
        for source in (own, *others):
            for statement in stand.statements(source):
                if statement.fingerprint == self.fingerprint:
                    return SentencePlace(f"{source.id}/{statement.id}")
        found = accounts(stand)
        for source in (own, *others):
            for statement in stand.statements(source):
                if self.fingerprint in found.prints(source.id, source.current.number, statement.id):
                    note = "The sentence was worded anew since; this is how it reads now."
                    return SentencePlace(f"{source.id}/{statement.id}", note)
        words = " ".join(self.quote.split())
        document = own.current.document
        for block in document.blocks:
            if words and words in " ".join(document.text[block.start : block.end].split()):
                return SentencePlace(f"{own.id}#{block.id}")
        if (end := document.text.find(self.quote) + len(self.quote)) >= len(self.quote) > 0:
            row = next((b for b in document.blocks if b.start < end <= b.end), None)  # it runs over cells
            if row is not None:
                return SentencePlace(f"{own.id}#{row.id}")
        return SentencePlace(own.id, f"“{own.name}” no longer says: “{words}”")
