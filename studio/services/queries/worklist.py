"""What waits for a person in the sources: suspects, conflicts, questions, identity, what nobody looked at."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from studio.ports import UnitOfWork
from studio.services.accounting import State, accounts, key_of
from studio.services.queries.governance import DoubtRow, ListDoubts
from studio.services.standing import standing


@dataclass(frozen=True, slots=True)
class SentenceRow:
    """One sentence of a source in force: its name (`SOURCE/STATEMENT`), state, and in a few words a doubt."""

    key: str
    source_name: str
    where: str
    quote: str
    state: State
    suspect: str
    turned: bool


@dataclass(frozen=True, slots=True)
class WorkPage:
    """Every sentence with its state, and the open questions of identity."""

    sentences: tuple[SentenceRow, ...]
    doubts: tuple[DoubtRow, ...]


@dataclass(frozen=True, slots=True)
class ListWork:
    """Ask what is in which state, also of replaced sources where places still stand on a sentence."""

    def answer(self, unit: UnitOfWork) -> WorkPage:
        """Return the rows in the order of the documents."""
        stand = standing(unit)
        found = accounts(stand)
        why = {key_of(source.id, st.id): suspicion for source, st, suspicion in found.suspects()}
        rows = []
        for source in stand.sources:
            said = Counter(st.quote for st in stand.statements(source))
            for st in stand.statements(source):
                key = key_of(source.id, st.id)
                doubt = why.get(key)
                if source.id in stand.superseded and doubt is None:
                    continue
                words = doubt.short if doubt else ""
                quote, state, where = " ".join(st.quote.split()), found.state(source, st), st.anchor.label
                if said[st.quote] > 1:  # it demands two things: each row says which one is meant
                    quote, where = " ".join(st.text.split()), f"{where} · {st.kind.value}"
                turned = bool(doubt and doubt.turned)
                rows.append(SentenceRow(key, source.name, where, quote, state, words, turned))
        open_doubts = tuple(row for row in ListDoubts().answer(unit) if row.same is None)
        return WorkPage(tuple(rows), open_doubts)
