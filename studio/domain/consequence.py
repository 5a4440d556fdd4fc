"""Consequences of a proposal: which customers it treats differently, change by change, with their stories.

- A difference of words alone is no consequence; it is counted apart.
- Nothing here says that a change is safe: it says who was tried, who met what is changed, and what differed.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Literal

from studio.domain.condition import Scalar
from studio.domain.frozen import Frozen
from studio.domain.trace import Turn

DifferenceKind = Literal[
    "outcome", "handoff", "systems", "amounts", "disclosures", "answers", "length", "wording"
]
KINDS: tuple[DifferenceKind, ...] = (
    "outcome",
    "handoff",
    "systems",
    "amounts",
    "disclosures",
    "answers",
    "length",
    "wording",
)
"""What can differ, the gravest first."""
Standing = Literal[
    "affects", "wording only", "none seen", "not reached", "nothing to meet", "cannot be tried"
]
"""How a change stands: it affects somebody, changes words only, or treats nobody who met it differently,
or nobody could be brought to where it counts, or no conversation meets what it changes, or it cannot be
tried (alone)."""


class Difference(Frozen):
    """In what one conversation differs: the kind, and a sentence.

    `alike` is the same sentence without the values, by which customers are grouped.
    """

    kind: DifferenceKind
    words: str
    alike: str = ""


class Talk(Frozen):
    """One conversation as it went."""

    outcome: str
    queue: str | None = None
    turns: tuple[Turn, ...] = ()


class Story(Frozen):
    """One customer before both versions; `parts_at` is the first turn that differs."""

    customer: str
    number: int
    title: str
    workflow: str
    before: Talk
    after: Talk
    parts_at: int
    differences: tuple[Difference, ...]

    @property
    def reads_apart_at(self) -> int:
        """Return the first turn that reads otherwise; `parts_at` where only what nobody reads differs."""
        for at, (was, now) in enumerate(zip_longest(self.before.turns, self.after.turns)):
            if was is None or now is None or told_of(was) != told_of(now):
                return at
        return self.parts_at


TOLD = ("call", "guard", "failure", "fault", "disclosure", "handoff", "row")
"""Events that people are told of a turn."""


def told_of(turn: Turn) -> tuple[str, ...]:
    """Return what people read of a turn: who speaks, what was done meanwhile, and the words."""
    return (turn.role, *(e.detail for e in turn.events if e.kind in TOLD and e.detail), turn.text)


class EffectGroup(Frozen):
    """Customers who are treated differently in the same way.

    `title` is the whole sentence ("12 customers with orders of 31–45 days: refused → resolved"); `who` is
    what they share, `exact` where nobody else has it; `kinds` and `what` are what differs; `customers` are
    the names of all of them.
    """

    title: str
    who: str
    what: str
    kinds: tuple[DifferenceKind, ...]
    customers: tuple[str, ...]
    exact: bool
    amounts: str = ""
    stories: tuple[Story, ...] = ()

    @property
    def count(self) -> int:
        """Return how many customers there are."""
        return len(self.customers)


class Lock(Frozen):
    """A call that no customer brings about, and that is now stopped, or no longer, whoever asks for it."""

    tool: str
    words: str
    values: dict[str, Scalar]


class ChangeEffect(Frozen):
    """What one change does alone (with what it requires), or all of them together (`change` is "").

    `met` counts the customers who met what is changed, `wording` those who hear other words and nothing else;
    `missed` counts those for whom the whole would go otherwise without this change.
    """

    change: str
    title: str
    requires: tuple[str, ...] = ()
    standing: Standing
    sentence: str
    affected: int = 0
    met: int = 0
    tried: int = 0
    wording: int = 0
    missed: int = 0
    groups: tuple[EffectGroup, ...] = ()
    locks: tuple[Lock, ...] = ()


class Together(Frozen):
    """Changes that do more, or less, together than each of them alone."""

    changes: tuple[str, ...]
    words: str
    customers: tuple[str, ...]
    stories: tuple[Story, ...] = ()


class Consequences(Frozen):
    """All consequences of one proposal, by the content (`key`) that they were worked out of.

    `asked` is how many customers were asked for, `customers` how many were tried, `generated` how many cards
    of them no test has. `complete` is False while they are still being worked out.
    """

    proposal_id: str
    key: str
    engine: str
    seed: int
    asked: int
    customers: int
    generated: int
    whole: ChangeEffect
    changes: tuple[ChangeEffect, ...] = ()
    together: tuple[Together, ...] = ()
    notes: tuple[str, ...] = ()
    complete: bool = True

    def change(self, change_id: str) -> ChangeEffect | None:
        """Return what one change does, or None where it is not among them."""
        return next((each for each in self.changes if each.change == change_id), None)
