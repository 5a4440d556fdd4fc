"""What a test expects, in words."""

from __future__ import annotations

from studio.desktop.panels.graph import plain
from studio.domain.scenario import (
    Expectation,
    ExpectCall,
    ExpectDisclosure,
    ExpectEffort,
    ExpectGuard,
    ExpectOutcome,
    ExpectRecord,
    ExpectStep,
    ExpectUnsaid,
    ExpectWorld,
    in_a_clause,
)


def expectation_words(expectation: Expectation) -> str:
    """Return what is expected, as a clause."""
    if isinstance(expectation, ExpectOutcome):
        return f"Ends: {expectation.outcome}"
    if isinstance(expectation, ExpectCall):
        return f"{'Never uses' if expectation.never else 'Uses'} “{plain(expectation.tool)}”"
    if isinstance(expectation, ExpectDisclosure):
        before = f" before “{plain(expectation.before)}”" if expectation.before else ""
        return f"Tells the customer what {expectation.rule} demands{before}"
    if isinstance(expectation, ExpectStep):
        return f"{'Never passes' if expectation.never else 'Passes'} “{plain(expectation.step)}”"
    if isinstance(expectation, ExpectWorld | ExpectRecord | ExpectEffort | ExpectGuard | ExpectUnsaid):
        return in_a_clause(expectation)
    facts = f", with {', '.join(map(plain, expectation.context))}" if expectation.context else ""
    return f"Hands over to {expectation.queue}{facts}"
