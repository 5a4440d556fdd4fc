"""A request in plain words and what CoBuilder answers: an answer with its places, or one proposal.

- A reply never changes anything: what it would change stands in its proposal, for people to decide.
- `choices` are the close matches of a request that can be read in several ways; each is a whole request.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from studio.domain.finding import ModelRun
from studio.domain.frozen import Frozen
from studio.domain.proposal import Proposal
from studio.domain.source import Citation

Verdict = Literal["proposed", "answered", "unsure", "refused", "needs a language model", "not understood"]


class Link(Frozen):
    """An item that both faces can open: the window's page, the item there, and what people call it."""

    page: str
    item: str
    label: str


class Choice(Frozen):
    """One way to read a request: what it would mean, and the request that says so plainly.

    With a `deed` it is nothing to say but something to do: both faces do it when it is chosen.
    """

    label: str
    request: str
    deed: Literal["", "undo"] = ""


class Reply(Frozen):
    """What CoBuilder says to one request; `run` tells of the language model where it was asked."""

    request: str
    verdict: Verdict
    text: str
    kind: str | None = None
    links: tuple[Link, ...] = ()
    citations: tuple[Citation, ...] = ()
    choices: tuple[Choice, ...] = ()
    warnings: tuple[str, ...] = ()
    proposal: Proposal | None = None
    run: ModelRun | None = None

    @property
    def about(self) -> str:
        """Return the words that name the first item it speaks of, so that "it" can mean it afterwards."""
        if not self.links:
            return ""
        link = self.links[0]
        return link.item if link.page in ("charter", "tests", "sources") and link.item else link.label

    @property
    def listed(self) -> tuple[str, ...]:
        """Return the words that name each item it speaks of, so that "the second one" can mean it."""
        return tuple(
            link.item if link.page in ("charter", "tests", "sources") and link.item else link.label
            for link in self.links
        )

    @property
    def understood(self) -> bool:
        """Return whether the request was carried out, answered, or declined for a reason of its own."""
        return self.verdict in ("proposed", "answered")


class Exchange(Frozen):
    """One request and its reply as they are kept; the proposal is kept where proposals are."""

    at: datetime
    who: str
    reply: Reply
    proposal_id: str | None = None
    changes: int = 0
    unaffected: int = 0


class RequestFamily(Frozen):
    """One kind of request as people are told of it: what it does, and how it may be said."""

    id: str
    group: str
    does: str
    examples: tuple[str, ...]
    changes: bool
