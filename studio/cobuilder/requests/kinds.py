"""What a kind of request is: how it may be said, what it does, and what comes of it.

- A pattern is a regular expression over the plain request with `<verbs>` for a verb class and `{slot}`
  for words; a slot whose name is an item's kind (`{rule}`, `{step2}`) is looked up among the agent's items,
  `{text!}` takes words in quotation marks only.
- An effect returns an outcome; a reading that does not fit after all returns `NotMine`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from studio.cobuilder.requests.items import Index, Item
from studio.cobuilder.requests.kept_back import KeptBack
from studio.cobuilder.requests.wording import bare, verbs
from studio.cobuilder.sketch.drafting import Sketch, Why
from studio.domain.agent import Agent
from studio.domain.finding import Analysis
from studio.domain.proposal import Proposal
from studio.domain.request import Choice, Link
from studio.domain.review import Answer, Decision
from studio.domain.source import Citation, Source

SLOT_KINDS: dict[str, tuple[str, ...]] = {
    "rule": ("rule",),
    "flow": ("workflow",),
    "step": ("step",),
    "fact": ("fact",),
    "tool": ("system",),
    "table": ("decision",),
    "row": ("row",),
    "branch": ("branch",),
    "test": ("test",),
    "source": ("source",),
    "item": ("rule", "step", "test", "workflow", "decision", "system", "fact"),
    "place": ("step", "system"),
    "trying": ("step:ask", "step:verify"),
    "calling": ("step:tool",),
    "deciding": ("step:decide",),
    "paying": ("system:amount",),
    "demand": ("rule", "step"),
}

MACROS = {
    "agent": r"(?:it|we|you|the agent|the assistant|the bot|the chat assistant|the chatbot|agents?|our "
    r"agent)",
    "customer": r"(?:(?:the |a |an |any |our |all )?(?:customers?|patients?|clients?|users?|callers?|people"
    r"|guests?|members?)"
    r"|someone|somebody|anyone|anybody|they|whoever)",
    "the": r"(?:the |our |this |that |a |an |its )?",
    "not": r"(?:do not|don't|not|must not|should not|shouldn't|may not|can not|cannot|mustn't|shall not|never"
    r"|no longer)",
    "must": r"(?:must|should|shall|has to|have to|needs? to|is to|are to|ought to|will)",
    "when": r"(?:when|if|where|whenever|in case|as soon as|for customers? (?:who|whose)|while|should)",
    "more": r"(?:any ?more|any ?longer|at all)",
    "become": r"(?:to|as|into|by|with|:|->|→)",
}


@dataclass(frozen=True, slots=True)
class SentenceState:
    """One sentence of a source and how it stands, as the accounts of the workspace say."""

    source: Source
    quote: str
    state: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of what was done in the workspace: when, by whom, what."""

    at: datetime
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Everything a request can be answered from, as it stands now.

    `last` and `listed` name the item, and all items, of the reply before; `undoable` what an undo takes back.
    """

    agent: Agent
    live: Agent
    live_number: int
    index: Index
    papers: tuple[tuple[Source, Analysis | None], ...] = ()
    proposals: tuple[Proposal, ...] = ()
    decisions: tuple[Decision, ...] = ()
    answers: tuple[Answer, ...] = ()
    states: Callable[[], Sequence[SentenceState]] = tuple
    proposal_id: str = "P-01"
    last: str = ""
    listed: tuple[str, ...] = ()
    undoable: str = ""
    happened: Callable[[], Sequence[Happening]] = tuple
    now: datetime = field(default_factory=lambda: datetime.min)
    kept_back: Callable[[], KeptBack] = KeptBack


@dataclass(frozen=True, slots=True)
class Done:
    """The sketch holds the change; `text` says it in one sentence."""

    text: str
    title: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, with the items and sentences it rests on."""

    text: str
    links: tuple[Link, ...] = ()
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsure:
    """Asked back: what is not clear, and the ways it may be meant."""

    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class NeedsModel:
    """Understood, but no rule can do it honestly; `choices` are what can be said instead."""

    text: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class No:
    """Understood and declined, with the reason."""

    text: str


@dataclass(frozen=True, slots=True)
class NotMine:
    """The words fit, the matter does not: let another reading try."""


Outcome = Done | Told | Unsure | NeedsModel | No | NotMine


@dataclass(slots=True)
class Turn:
    """One request being carried out: its words, the items found in it, and a sketch to change."""

    ground: Ground
    said: str
    found: dict[str, Item]
    words: dict[str, str]
    sketch: Sketch

    @property
    def agent(self) -> Agent:
        """Return the agent as it stands in the sketch."""
        return self.sketch.agent

    def item(self, name: str) -> Item:
        """Return the item a slot names."""
        return self.found[name]

    def text(self, name: str) -> str:
        """Return a slot's words without quotation marks; "" where the slot was not said."""
        return bare(self.words.get(name) or "")

    def why(self, title: str, *citations: Citation, confidence: float = 0.9) -> Why:
        """Return why a place changes: in the user's own words."""
        return Why(title, f"You asked: “{self.said}”", tuple(citations), confidence)

    def choose(self, slot: str, items: Sequence[Item]) -> tuple[Choice, ...]:
        """Return the request once for each item, with the slot's words replaced by the item's name."""
        return choices(self.said, self.words.get(slot) or "", items)


def choices(said: str, phrase: str, items: Sequence[Item]) -> tuple[Choice, ...]:
    """Return a request once for each item that a phrase of it may mean."""
    at = said.casefold().find(phrase.casefold())
    made = []
    for item in items[:5]:
        # The item's name stands alone; quotation marks around the phrase would wrap it twice.
        head, tail = (said[:at], said[at + len(phrase) :]) if at >= 0 else (f"{said} ", "")
        request = f"{head.rstrip('“') if head.endswith('“') else head}{item.reference}{tail.lstrip('”')}"
        made.append(Choice(label=f"{_noun(item)} {item.label}", request=request.strip()))
    return tuple(made)


def _noun(item: Item) -> str:
    return {
        "rule": "Rule",
        "step": "Step",
        "fact": "Question for",
        "workflow": "Workflow",
        "system": "System",
        "decision": "Decision",
        "row": "Row",
        "branch": "Way out",
        "test": "Test",
        "source": "Document",
    }[item.kind]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request; the registry, the help, the tests and the matching all read this row."""

    id: str
    group: str
    does: str
    examples: tuple[str, ...]
    patterns: tuple[str, ...]
    effect: Callable[[Turn], Outcome]
    changes: bool = True


_SLOT = re.compile(r"\{([a-z]+\d?)(!?)\}")


def _class(name: str) -> str:
    words = verbs(name)
    assert words, f"no verbs are called {name!r}"
    return f"(?:{words})"


@cache
def compiled(pattern: str, greedy: bool = False) -> re.Pattern[str]:
    """Return the regular expression of a pattern; a greedy one gives its first slots as much as it can."""
    pattern = re.sub(r"(?<!\?P)<([a-z]+)>", lambda found: MACROS.get(found[1]) or _class(found[1]), pattern)
    pattern = _SLOT.sub(
        lambda m: f"“(?P<{m[1]}>[^”]+)”" if m[2] else f"(?P<{m[1]}>.+{'' if greedy else '?'})", pattern
    )
    return re.compile(pattern, re.IGNORECASE)
