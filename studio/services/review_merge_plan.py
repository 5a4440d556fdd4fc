"""What a reply is merged into, and what merging it does: a line for everything in it, records, edits.

- Nothing is changed by a plan; `review_merging` fills it, the handler carries it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from studio.domain.changeset import Change
from studio.domain.frozen import Json
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.review import Answer, Comment, Decision
from studio.domain.review_approval import ReviewPolicy, RoleApproval, same_person
from studio.domain.review_package import Difference

What = Literal["decision", "comment", "approval", "edit", "answer"]
State = Literal["new", "known", "moved on", "held", "different", "void"]


@dataclass(frozen=True, slots=True)
class MergeLine:
    """What becomes of one thing in a reply, in a sentence; `key` is `PROPOSAL/CHANGE` of a decision.

    `void` is an approval that is taken, and would count no more: `review_merge_voids` finds it.
    """

    what: What
    state: State
    sentence: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a reply is merged into; `draft` is the agent as a JSON tree.

    For `themselves` no unsigned file speaks; what is said in the name of the `proven` is signed by them.
    """

    proposals: tuple[Proposal, ...]
    decisions: Mapping[str, Decision]
    comments: tuple[Comment, ...]
    approvals: tuple[RoleApproval, ...]
    draft: Json
    policy: ReviewPolicy = field(default_factory=ReviewPolicy)
    authors: tuple[str, ...] = ()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    themselves: tuple[str, ...] = ()
    proven: tuple[str, ...] = ()

    def usurped(self, name: str) -> bool:
        """Return whether a file speaks for somebody who speaks for themselves, and does not prove it."""
        own, proven = (
            any(same_person(name, each) for each in names) for names in (self.themselves, self.proven)
        )
        return own and not proven


@dataclass(slots=True)
class MergePlan:
    """What merging a reply does: a line for everything in it, and the records and edits that follow.

    `seen` are the changes whose value is the reviewer's, with the digest of what was packed; of the `untaken`
    ones the value was not taken, and so no decision on it.
    """

    lines: list[MergeLine] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    approvals: list[RoleApproval] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    edits: list[Change] = field(default_factory=list)
    taken: list[ProposedChange] = field(default_factory=list)
    redone: dict[str, Proposal] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    untaken: set[str] = field(default_factory=set)
    draft: Json = None

    def tell(self, what: What, state: State, words: str, key: str = "") -> None:
        """Add a line."""
        self.lines.append(MergeLine(what, state, words, key))

    def mark(self) -> tuple[int, int, int, int, dict[str, Proposal]]:
        """Return how far the plan is, for `back_to`."""
        return len(self.lines), len(self.decisions), len(self.edits), len(self.taken), dict(self.redone)

    def back_to(self, mark: tuple[int, int, int, int, dict[str, Proposal]]) -> None:
        """Forget what was planned since a mark."""
        lines, decisions, edits, taken, self.redone = mark
        del self.lines[lines:], self.decisions[decisions:], self.edits[edits:], self.taken[taken:]

    def count(self, state: State) -> int:
        """Return how many things are in a state."""
        return sum(line.state == state for line in self.lines)
