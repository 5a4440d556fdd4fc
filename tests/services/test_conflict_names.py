"""What a conflict is called aloud: short, its own, and the same for the same two sentences."""

from __future__ import annotations

from studio.domain.frozen import digest
from studio.services.queries.governance import spoken_names


def test_every_conflict_has_a_name_of_its_own_that_stays() -> None:
    """Among 3,000 conflicts no two share a name, and a lone conflict is called C- and four figures."""
    ids = [digest(str(n).encode())[:16] for n in range(3_000)]
    names = spoken_names(ids)
    assert len(set(names.values())) == len(ids)
    assert spoken_names(ids[:1]) == spoken_names(ids[:1] * 2)
    assert len(spoken_names(ids[:1])[ids[0]]) == len("C-4821")
