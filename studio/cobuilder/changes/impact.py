"""What depends on a fact, and the one complete change when it becomes another.

- A fact is words that state it (“30 days”, “£15”, “15 September”, “Complaints desk”) and where: the rule,
  step, row or question that people have in view. Its matter is that of the sentence stated there.
- Changing it changes every dependent place of the agent at once, and the tests with it; documents are
  never changed, those that still state the old value are named.
- Places that state the same in another matter are left alone, and named with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from studio.cobuilder.changes.matters import Spread, about, clauses, words_about
from studio.cobuilder.changes.places import Leaf, read
from studio.cobuilder.changes.propagation import spread, spread_words
from studio.cobuilder.changes.shifts import DateShift, ListShift, Shift, ValueShift, WordShift, lists_in
from studio.cobuilder.changes.tests import move_tests
from studio.cobuilder.sketch.desk import Desk
from studio.cobuilder.sketch.drafting import Sketch, Why, rule_path
from studio.cobuilder.words.dates import written_dates
from studio.cobuilder.words.matching import Meeting, Target, ValueChange, Weights, targets_of, value_changes
from studio.cobuilder.words.values import spelled, values_in
from studio.domain.agent import Agent
from studio.domain.changeset import lookup, split_path
from studio.domain.charter import Rule
from studio.domain.errors import WrongUse
from studio.domain.finding import Analysis
from studio.domain.frozen import Json, to_json
from studio.domain.places import place_name
from studio.domain.proposal import OpenQuestion, ProposedChange
from studio.domain.source import Anchor, Citation, Source, words_fingerprint
from studio.domain.statement import Statement, StatementKind

REQUEST = "your request"
_NOTHING = Analysis(statements=(), workflows=(), questions=())


@dataclass(frozen=True, slots=True)
class Fact:
    """Words that state a fact, and the path of the place that is meant (empty: the first that says it)."""

    words: str
    where: str = ""


@dataclass(frozen=True, slots=True)
class Dependent:
    """One place that depends on a fact; `how` tells whether it is tied to the sentence or says the same."""

    path: str
    name: str
    states: str
    how: Literal["linked", "textual", "document"]
    source_id: str = ""


@dataclass(frozen=True, slots=True)
class Completion:
    """One complete change: what changes, what is open, what was looked at and left, what documents say."""

    changes: tuple[ProposedChange, ...]
    questions: tuple[OpenQuestion, ...] = ()
    unaffected: tuple[str, ...] = ()
    documents: tuple[Dependent, ...] = ()
    citations: tuple[Citation, ...] = field(default=())


@dataclass(slots=True)
class _RequestDesk(Desk):
    """A desk without a new document: what is cited stays cited."""

    ground: tuple[Citation, ...] = ()

    def why(self, title: str, reason: str, *said: Statement, confidence: float = 0.7) -> Why:
        """Return why something changes, with the sentence that states the old fact."""
        return Why(title, reason, self.ground, confidence)

    def cite(self, statement: Statement) -> Citation:
        """Return the citation of the old sentence."""
        return self.ground[0]


def dependents(agent: Agent, sources: Sequence[Source], fact: Fact) -> tuple[Dependent, ...]:
    """Return every place that depends on a fact: of the agent, and of documents in force."""
    made = complete_change(agent, sources, fact.words, another(fact.words), fact.where)
    tree, known = to_json(agent), {each.id for each in agent.scenarios}
    found = []
    for each in made.changes:
        area, *rest = split_path(each.change.path)
        if area == "scenarios" and rest[0] not in known:
            continue
        linked = _is_linked(lookup(tree, each.change.path), area, made.citations)
        name = place_name((tree,), each.change.path)
        found.append(Dependent(each.change.path, name, fact.words, "linked" if linked else "textual"))
    return (*found, *made.documents)


def complete_change(
    agent: Agent, sources: Sequence[Source], old: str, new: str, where: str = "", by: str = REQUEST
) -> Completion:
    """Return the one complete change in which a fact becomes another.

    `old` and `new` are words as people say them ("30 days", "45 days"); `where` is the path of the place
    that is meant. Raises WrongUse where nothing states the old fact.
    """
    meeting = _meeting(agent, old, new, where)
    desk = _desk(agent, sources, meeting, by)
    thresholds = []
    told: list[Shift] = []
    for shift in _shifts(old, new, meeting):
        told.append(shift)
        if isinstance(shift, ValueShift):
            went = spread(desk, meeting, shift.change, None)
            thresholds += [(threshold, tuple(went.paths)) for threshold in went.thresholds]
        else:
            went = spread_words(desk, meeting, shift, None)
        _lead(desk, meeting, went)
    move_tests(desk, thresholds, [(meeting, told)])
    return Completion(
        desk.sketch.changes(),
        tuple(desk.questions),
        tuple(dict.fromkeys(desk.unaffected)),
        _stating(sources, meeting, told),
        desk.ground,
    )


def _lead(desk: Desk, meeting: Meeting, went: Spread) -> None:
    """Let all other places need the rule that is meant, where it changes."""
    home = rule_path(meeting.rule.id) if meeting.rule else ""
    if desk.sketch.touched(home):
        for path in went.paths:
            desk.sketch.needs(path, home)


def _desk(agent: Agent, sources: Sequence[Source], meeting: Meeting, by: str) -> _RequestDesk:
    targets = tuple(targets_of(agent))
    cited = meeting.target.citation
    own = next((s for s in sources if cited and s.id == cited.source_id), None)
    return _RequestDesk(
        agent=agent,
        source=own or Source(id="", name=by),
        analysis=_NOTHING,
        replaced=None,
        others=tuple((s, _NOTHING) for s in sources if s is not own),
        sketch=Sketch(agent),
        weights=Weights([target.text for target in targets]),
        statements=(),
        targets=targets,
        by=by,
        ground=(cited,) if cited else (),
    )


def _meeting(agent: Agent, old: str, new: str, where: str) -> Meeting:
    """Return the sentence that states the old fact at a place, met by the same sentence with the new one."""
    tree, told = read(agent)
    shift = plain_shift(old, new)
    stating = [leaf for leaf in told if shift.moved(leaf.text) != leaf.text]
    here = [leaf for leaf in stating if where and (leaf.path == where or leaf.path.startswith(f"{where}/"))]
    rules = [leaf for leaf in stating if leaf.path.startswith("charter/rules/")]
    item = lookup(tree, where) if where else None
    quotes = _quotes(item)
    stated = next((c for c in quotes if shift.moved(c.core) != c.core), None)
    leaf = next(iter((*sorted(here, key=_fullest), *sorted(rules, key=_fullest), *stating)), None)
    if stated is None and leaf is None:
        raise WrongUse(
            f"Nothing in the agent states “{old}”.", "Say it as the agent does, for instance “30 days”."
        )
    if stated is None and leaf is not None and (not where or here):
        item = lookup(tree, leaf.path)
        stated = next((c for c in _quotes(item) if shift.moved(c.core) != c.core), None)
    rule = _rule_of(agent, where if item is not None and where and stated else (leaf.path if leaf else where))
    text = stated.core if stated else (leaf.text if leaf else "")
    return Meeting(
        _statement(shift.moved(" ".join(text.split())), text), Target(text, rule, stated), 1.0, False
    )


def _fullest(leaf: Leaf) -> tuple[bool, int]:
    return leaf.way != ("text",), -len(leaf.text)


def _quotes(item: Json) -> list[Citation]:
    found = item.get("citations", ()) if isinstance(item, dict) else ()
    return [Citation.model_validate(each) for each in found]


def _rule_of(agent: Agent, path: str) -> Rule | None:
    parts = split_path(path)
    found = next((r for r in agent.charter.rules if parts[:3] == ("charter", "rules", r.id)), None)
    if found is not None or not path:
        return found
    cited = {c.fingerprint for c in _quotes(lookup(read(agent)[0], path))}
    return next((r for r in agent.charter.rules if cited & {c.fingerprint for c in r.citations}), None)


def _statement(text: str, quote: str) -> Statement:
    return Statement(
        id="S-000",
        kind=StatementKind.OBLIGATION,
        text=text,
        quote=quote,
        start=0,
        end=len(quote),
        block_id="",
        anchor=Anchor(line_start=1, line_end=1),
        fingerprint=words_fingerprint(quote),
        block_fingerprint=words_fingerprint(quote),
        confidence=1.0,
    )


def plain_shift(old: str, new: str) -> Shift:
    """Return the shift that words stand for: of a value, a day, a list, or else of the words themselves."""
    before, after = values_in(old), values_in(new)
    if len(before) == len(after) == 1 and before[0].kind == after[0].kind != "date":
        return ValueShift(ValueChange(before[0], after[0]))
    days, others = written_dates(old), written_dates(new)
    if len(days) == len(others) == 1:
        return DateShift(days[0], others[0])
    lists, now = list(lists_in(old)), list(lists_in(new))
    if len(lists) == len(now) == 1 and old.casefold() in _as_lists(lists[0]):
        return ListShift(lists[0], now[0])
    return WordShift(old, new, "everywhere")


def _shifts(old: str, new: str, meeting: Meeting) -> list[Shift]:
    """Return the shifts of a change, values with the side and the event that the sentence gives them."""
    plain = plain_shift(old, new)
    if not isinstance(plain, ValueShift):
        return [plain]
    full = value_changes(meeting.target.text, meeting.statement.text)
    return [ValueShift(change) for change in full] or [plain]


def another(words: str) -> str:
    """Return words that state another fact of the same kind, to see what would change with it."""
    values, days = values_in(words), written_dates(words)
    if len(values) == 1 and values[0].kind != "date":
        one = values[0]
        high = None if one.high is None else one.high + 1
        other = replace(one, amount=one.amount + 1, high=high)
        return words[: one.start] + spelled(other, one) + words[one.end :]
    if len(days) == 1:
        day = days[0]
        return day.in_form(day._replace(day=day.day % 28 + 1))
    lists = list(lists_in(words))
    if len(lists) == 1 and words.casefold() in _as_lists(lists[0]):
        items = (*lists[0][:-1], "others", lists[0][-1])
        return f"{', '.join(items[:-1])} or {items[-1]}"
    return f"{words} (another)"


def _as_lists(items: tuple[str, ...]) -> tuple[str, ...]:
    """Return how a list of things is said when nothing else is."""
    head, last = ", ".join(items[:-1]), items[-1]
    return tuple(f"{head}{joint} {last}".casefold() for joint in (" or", " and", ", or", ", and", ","))


def _is_linked(item: Json, area: str, grounds: tuple[Citation, ...]) -> bool:
    cited = {c.fingerprint for c in _quotes(item)}
    return area == "tools" or bool(cited & {c.fingerprint for c in grounds})


def _stating(sources: Sequence[Source], meeting: Meeting, shifts: list[Shift]) -> tuple[Dependent, ...]:
    """Return the passages of documents that state the old fact of the matter."""
    replaced = {source.supersedes for source in sources}
    found = []
    for source in sources:
        if source.id in replaced or not source.versions:
            continue
        for block in source.current.document.blocks:
            if block.kind == "heading":
                continue
            around = " ".join(block.anchor.section[1:])
            for part in clauses(block.text):
                if any(s.moved(part) != part and _is_about(meeting, s, f"{around} {part}") for s in shifts):
                    name = f"{source.name}, {block.anchor.label}"
                    found.append(Dependent("", name, part, "document", source.id))
    return tuple(found)


def _is_about(meeting: Meeting, shift: Shift, part: str) -> bool:
    return shift.scope == "everywhere" or bool(words_about(part) & about(meeting))
