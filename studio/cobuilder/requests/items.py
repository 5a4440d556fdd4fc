"""What an agent consists of, by name, and finding it: rules, workflows, steps, facts, systems, decisions.

- An id or a whole name is certain; else words are weighed by how rare they are among the agent's own.
- A phrase that fits several items about equally well names none of them: whoever asked is asked back.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from rapidfuzz import fuzz, process

from studio.cobuilder.requests.spelling import british
from studio.cobuilder.requests.wording import bare
from studio.cobuilder.words.matching import topic
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.request import Link
from studio.domain.source import Citation, Source
from studio.domain.tool import Tool
from studio.domain.workflow import CallBlock, Decide, Handoff, Step, ToolCall, Verify

ItemKind = Literal[
    "rule", "workflow", "step", "fact", "system", "decision", "row", "branch", "test", "source"
]
NOUNS: dict[str, str] = {
    "rule": "rule",
    "workflow": "workflow",
    "step": "step",
    "fact": "fact",
    "system": "system",
    "decision": "decision",
    "row": "row",
    "branch": "way out",
    "test": "test",
    "source": "source",
}
GOOD = 0.62
"""From this score on, a phrase may name an item."""
TIE = 0.07
"""Items whose scores lie closer together than this are as likely as each other."""

_ARTICLES = re.compile(
    r"^(?:(?:the|our|that|this|these|those|a|an|any|its|his|her|their|all)\s+)+", re.IGNORECASE
)
_NOUN = (
    r"rules?|steps?|workflows?|procedures?|tests?|scenarios?|tables?|decisions?|rows?|queues?"
    r"|systems?|tools?|"
    r"branch(?:es)?|ways? out|sources?|documents?|facts?|questions?|fields?|slots?|messages?|answers?"
)
_LEADING = re.compile(
    rf"^(?:{_NOUN})\s+(?:(?:about|on|for|called|named|that|which|with|titled|whether|concerning|in "
    rf"which|where)\s+)?",
    re.IGNORECASE,
)
_TRAILING = re.compile(rf"\s+(?:{_NOUN})$", re.IGNORECASE)
_ALIASES = {
    "lookup": "look_up",
    "check": "verif",
    "compar": "verif",
    "reschedul": "mov",
    "handov": "hand_over",
    "e-mail": "email",
    "call_off": "cancel",
    "mail": "email",
    "fee": "cost",
    "pric": "cost",
    "charg": "cost",
    "kid": "child",
    "solicitor": "lawyer",
    "client": "user",
}
_EMPTY = frozenset({"user", "agent", "custom", "somebod", "anyth", "someth", "person", "th", "thing"})


@dataclass(frozen=True, slots=True)
class Item:
    """One item of an agent: what it is, its path, and the words by which people may mean it."""

    kind: ItemKind
    id: str
    name: str
    path: str
    words: frozenset[str]
    more: frozenset[str] = frozenset()
    holder: str = ""
    holder_name: str = ""
    aliases: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    sort: str = ""

    @property
    def label(self) -> str:
        """Return what people call it."""
        if self.kind in ("rule", "test", "source"):
            return f"{self.id} “{self.name}”"
        if self.kind == "system":
            return f"“{self.name.replace('_', ' ')}”"
        of = (
            f" of “{self.holder_name}”" if self.kind in ("step", "row", "branch") and self.holder_name else ""
        )
        return f"“{self.name}”{of}"

    @property
    def reference(self) -> str:
        """Return the words that name it and nothing else."""
        return self.id if self.kind in ("rule", "test", "source", "system") else self.label

    @property
    def link(self) -> Link | None:
        """Return where the window shows it."""
        place = {
            "rule": ("charter", self.id),
            "workflow": ("workflows", self.id),
            "test": ("tests", self.id),
            "step": ("workflows", f"{self.holder}/{self.id}"),
            "decision": ("workflows", f"/{self.id}"),
            "row": ("workflows", f"/{self.holder}"),
            "source": ("sources", self.id),
            "fact": ("workflows", self.holder),
            "branch": ("workflows", self.holder),
        }.get(self.kind)
        return Link(page=place[0], item=place[1], label=self.label) if place else None


_SAYINGS = (
    (
        re.compile(r"\b(?:send|sends|sent|sending|giv\w+|bring\w*) (?:\w+ ){0,2}back\b", re.IGNORECASE),
        "return",
    ),
    (re.compile(r"\bmoney back\b", re.IGNORECASE), "refund"),
    (re.compile(r"\bsign(?:s|ed|ing)? off\b", re.IGNORECASE), "approve"),
)
"""What the trade says in several words and names in one."""


def stems_of(text: str) -> frozenset[str]:
    """Return the stems of a phrase, with the trade's common variants made one."""
    text = british(text.replace("_", " "))
    for pattern, instead in _SAYINGS:
        text = pattern.sub(instead, text)
    found = topic(text)
    numbers = re.findall(r"\b\d{2,}\b", text)
    return frozenset(_ALIASES.get(word, word) for word in (*found, *numbers))


def _said(step: Step) -> str:
    return " ".join(str(getattr(step, name, "") or "") for name in ("text", "say", "queue"))


_IDENTITY = (
    *("identity", "identity check", "identification", "verification", "proving who they are", "who they are"),
    *("verify their identity", "their identity", "the identity", "the identity check"),
)
"""What people call the step that identifies the customer, whatever its title."""


def _steps(agent: Agent) -> Iterator[Item]:
    tools = {tool.name: tool for tool in agent.tools}
    for flow in agent.workflows:
        for step in flow.steps:
            tool = step.tool if isinstance(step, ToolCall | Verify) else ""
            about = tools[tool].description if tool in tools else ""
            block = step.block if isinstance(step, CallBlock) else ""
            queue = (step.queue,) if isinstance(step, Handoff) else ()
            yield Item(
                "step",
                step.id,
                step.title,
                join_path("workflows", flow.id, "steps", step.id),
                stems_of(step.title),
                stems_of(f"{_said(step)} {tool} {about} {block} {flow.name if flow.reusable else ''}"),
                flow.id,
                flow.name,
                (*filter(None, (tool, *queue)), *(_IDENTITY if isinstance(step, Verify) else ())),
                step.citations,
                step.kind,
            )
            if isinstance(step, Decide):
                for branch in step.branches:
                    path = join_path("workflows", flow.id, "steps", step.id)
                    yield Item(
                        "branch",
                        branch.id,
                        branch.id,
                        path,
                        stems_of(branch.id),
                        stems_of(step.title),
                        f"{flow.id}/{step.id}",
                        step.title,
                    )


def _facts(agent: Agent) -> Iterator[Item]:
    seen: set[str] = set()
    for flow in agent.workflows:
        for slot in flow.slots:
            if slot.id not in seen:
                seen.add(slot.id)
                words = stems_of(slot.label) | stems_of(slot.id)
                yield Item(
                    "fact",
                    slot.id,
                    slot.label,
                    join_path("workflows", flow.id, "slots", slot.id),
                    words,
                    stems_of(f"{slot.prompt} {' '.join(slot.choices)}"),
                    flow.id,
                    flow.name,
                    aliases=(slot.id, slot.id.replace("_", " ")),
                )
    for flow in agent.workflows:
        for step in flow.steps:
            for binding in step.results if isinstance(step, ToolCall) else ():
                if binding.fact not in seen:
                    seen.add(binding.fact)
                    name = binding.fact.replace("_", " ")
                    yield Item(
                        "fact",
                        binding.fact,
                        name,
                        "",
                        stems_of(name),
                        frozenset(),
                        flow.id,
                        flow.name,
                        aliases=(binding.fact,),
                    )


def _decisions(agent: Agent) -> Iterator[Item]:
    for table in agent.tables:
        inputs = " ".join(each.label for each in table.inputs)
        words = stems_of(f"{table.name} {table.id}")
        yield Item("decision", table.id, table.name, join_path("tables", table.id), words, stems_of(inputs))
        for row in table.rows:
            told = " ".join([cell.words for cell in row.cells] + [row.then])
            yield Item(
                "row",
                row.id,
                row.id,
                join_path("tables", table.id, "rows", row.id),
                stems_of(row.id),
                stems_of(told),
                table.id,
                table.name,
                aliases=(row.then,),
                citations=row.citations,
            )


def _numbers(tool: Tool) -> bool:
    schemas = tool.parameters.get("properties", {}).values()
    return any(schema.get("type") in ("number", "integer") for schema in schemas)


def items_of(agent: Agent, sources: Sequence[Source] = ()) -> tuple[Item, ...]:
    """Return every item that a request may name."""
    found: list[Item] = []
    for rule in agent.charter.rules:
        path = join_path("charter", "rules", rule.id)
        more = stems_of(f"{rule.text} {' '.join(c.quote for c in rule.citations)}")
        found.append(
            Item("rule", rule.id, rule.title, path, stems_of(rule.title), more, citations=rule.citations)
        )
    for flow in agent.workflows:
        more = stems_of(f"{flow.intent} {' '.join(flow.examples)}")
        found.append(
            Item("workflow", flow.id, flow.name, join_path("workflows", flow.id), stems_of(flow.name), more)
        )
    found += [*_steps(agent), *_facts(agent), *_decisions(agent)]
    for tool in agent.tools:
        words = stems_of(tool.name)
        found.append(
            Item(
                "system",
                tool.name,
                tool.name,
                join_path("tools", tool.name),
                words,
                stems_of(tool.description),
                sort="amount" if _numbers(tool) else tool.effect,
            )
        )
    for test in agent.scenarios:
        found.append(
            Item(
                "test",
                test.id,
                test.title,
                join_path("scenarios", test.id),
                stems_of(test.title),
                stems_of(test.goal),
                test.workflow,
                citations=test.citations,
            )
        )
    for source in sources:
        found.append(Item("source", source.id, source.name, "", stems_of(source.name)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Match:
    """What a phrase may mean: the items that fit, best first; `certain` if there is only one to take."""

    phrase: str
    items: tuple[Item, ...]
    score: float = 0.0
    certain: bool = False
    near: tuple[Item, ...] = ()


class Index:
    """The items of one agent, found by phrase."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.items = tuple(items)
        counts = Counter(word for item in self.items for word in item.words | item.more)
        total = len(self.items) + 1
        self._weight = {word: math.log(1 + total / number) for word, number in counts.items()}
        self._unseen = math.log(1 + total)
        self._known = [word for word in self._weight if len(word) > 4]
        self._memo: dict[tuple[str, tuple[str, ...], str], Match] = {}

    @cached_property
    def spelled(self) -> frozenset[str]:
        """Return the words of all names, as people write them."""
        texts = " ".join(" ".join((item.name, item.id, *item.aliases)) for item in self.items)
        return frozenset(word.lower() for word in re.findall(r"[A-Za-z]{3,}", texts.replace("_", " ")))

    @cached_property
    def by_path(self) -> dict[str, Item]:
        """Return the items that stand at a path of their own; a way out stands inside its step."""
        return {item.path: item for item in self.items if item.path and item.kind != "branch"}

    def uses(self, word: str) -> bool:
        """Return whether a word stands anywhere among the items, up to a typing error."""
        return any(stem in self._weight for stem in self._mended(stems_of(word)))

    def named_by(self, stems: frozenset[str], item: Item) -> float:
        """Return the share of an item's name that stands among some stems."""
        return self._sum(item.words & stems) / (self._sum(item.words) or 1.0)

    def _sum(self, words: Iterable[str]) -> float:
        return sum(self._weight.get(word, self._unseen) for word in words)

    def find(self, phrase: str, kinds: Sequence[str], holder: str = "") -> Match:
        """Return what a phrase means among items of some kinds, within a workflow or table if given."""
        key = (phrase, tuple(kinds), holder)
        if key not in self._memo:
            self._memo[key] = self._find(phrase, kinds, holder)
        return self._memo[key]

    def _find(self, phrase: str, kinds: Sequence[str], holder: str) -> Match:
        kinds = _told_kind(phrase, kinds)
        among = [i for i in self.items if i.kind in kinds or f"{i.kind}:{i.sort}" in kinds]
        if holder:
            among = [i for i in among if holder in (i.holder, i.holder.split("/")[0])]
        whole = self._among(phrase, among)
        if whole.certain and whole.score > 0.9:
            return whole
        parted = re.match(r"(.+)\s+(?:in|of|from|within|inside|for)\s+(.+)$", phrase.strip(), re.IGNORECASE)
        if parted and not holder:
            home = self.find(parted[2], ("workflow", "decision"))
            stage = self.find(parted[2], ("step",)) if "branch" in kinds else None
            for place in (home, stage):
                if place is not None and place.certain and place.score > 0.7:
                    at = place.items[0]
                    inner = f"{at.holder}/{at.id}" if at.kind == "step" else at.id
                    inside = self.find(parted[1], kinds, inner)
                    if inside.certain and inside.score >= whole.score - 0.1:
                        return Match(phrase, inside.items, inside.score, True)
        return whole

    def _among(self, phrase: str, among: Sequence[Item]) -> Match:
        told = Counter(word for item in among for word in item.words & _EMPTY)
        empty = _EMPTY - {word for word, number in told.items() if number < 3}
        scored = sorted(
            ((self._score(phrase, item, empty), n, item) for n, item in enumerate(among)),
            key=lambda s: (-s[0], s[1]),
        )
        near = tuple(item for score, _, item in scored[:4] if score > 0.3)
        good = [(score, item) for score, _, item in scored if score >= GOOD]
        if not good:
            return Match(phrase, (), scored[0][0] if scored else 0.0, False, near)
        best = good[0][0]
        equal = tuple(item for score, item in good if score > best - (TIE if best < 0.995 else 0.004))
        if len(equal) > 1:
            equal = _in_order(phrase, equal)
        return Match(phrase, equal[:6], best, len(equal) == 1, near)

    def _score(self, phrase: str, item: Item, empty: frozenset[str] = _EMPTY) -> float:
        text = bare(phrase).casefold()
        if text in (item.id.casefold(), _bald(item.name)) or _bald(text) == _bald(item.name):
            return 1.0
        if (
            text in (alias.casefold() for alias in item.aliases)
            or text == item.id.replace("-", " ").replace("_", " ").casefold()
        ):
            return 0.97
        short = shortened(text)
        if short != text and (short == item.id.casefold() or _bald(short) == _bald(item.name)):
            return 0.99
        words = self._mended(stems_of(short)) - empty or self._mended(stems_of(short))
        if not words:
            return 0.0
        total = self._sum(words)
        cover = self._sum(words & item.words) / total
        back = self._sum(words & item.words) / (self._sum(item.words) or 1.0)
        everywhere = self._sum(words & (item.words | item.more)) / total
        letters = fuzz.token_sort_ratio(_bald(short), _bald(item.name)) / 100
        by_letters = 0.95 * letters if letters > 0.8 else 0.0
        return max(0.68 * cover + 0.3 * back, 0.63 * everywhere + 0.14 * cover + 0.14 * back, by_letters)

    def _mended(self, words: frozenset[str]) -> frozenset[str]:
        """Return the words, those that nobody uses here replaced by one that is nearly the same."""
        mended = set()
        for word in words:
            near = None
            if word not in self._weight and len(word) > 4:
                near = process.extractOne(word, self._known, scorer=fuzz.ratio, score_cutoff=86)
            mended.add(near[0] if near else word)
        return frozenset(mended)


def _in_order(phrase: str, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return the one item whose name begins with the word the phrase begins with, or all."""
    said = shortened(phrase).split()
    first = stems_of(said[0]) if said else frozenset()
    begun = tuple(item for item in items if first and stems_of(_bald(item.name).split(" ")[0]) == first)
    return begun if len(begun) == 1 and len(said) > 1 else items


_KIND_WORDS: dict[str, str] = {
    "rule": "rule",
    "step": "step",
    "workflow": "workflow",
    "test": "test",
    "scenario": "test",
    "system": "system",
    "tool": "system",
    "decision": "decision",
    "table": "decision",
    "document": "source",
    "source": "source",
}


def _told_kind(phrase: str, kinds: Sequence[str]) -> Sequence[str]:
    """Return only the kind that the phrase itself names ("the step …"), where that is among the kinds."""
    first = _ARTICLES.sub("", bare(phrase)).split(" ", 1)
    told = _KIND_WORDS.get(first[0].casefold(), "") if len(first) > 1 else ""
    found = [kind for kind in kinds if told and kind.split(":")[0] == told]
    if not found and told in ("rule", "step", "test"):
        return ()
    return found or kinds


def _bald(text: str) -> str:
    return re.sub(r"[^\w£€$%]+", " ", text.casefold()).strip()


def shortened(phrase: str) -> str:
    """Return a phrase without articles and without the noun that says what kind of item it is."""
    before, text = "", bare(phrase)
    while text != before:
        before = text
        text = _ARTICLES.sub("", text)
        text = _LEADING.sub("", text) or text
        text = bare(_TRAILING.sub("", text) or text)
    return text
