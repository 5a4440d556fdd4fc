"""Summary: a whole change set in as few sentences as say it, each change in exactly one of them.

- Written by rules, never by a model: the same changes always read the same.
- Changes of one thing are one sentence; things that change in the very same way, that are all new or all
  gone, or that only lead elsewhere or stand elsewhere, are one sentence with their number.
- A thing that is replaced whole is said by the fields that differ in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from studio.diff.agents import fields_between, is_layout, same
from studio.diff.naming import Names, listed, quoted, spaced
from studio.diff.subjects import Subject, subject_of
from studio.diff.words_summary import detail, label_of, place, replaced, said_of
from studio.domain.agent import Agent
from studio.domain.changeset import Change

HEADINGS = {
    "charter": "Charter",
    "workflows": "Workflow",
    "tables": "Decisions",
    "tools": "Systems",
    "scenarios": "Tests",
    "sources": "Sources",
    "records": "Records",
}
FEW = 4
"""So many names are told of things that change alike; then their number."""
_LEADS = frozenset({"next", "on_failure", "otherwise"})
_NOUNS = {
    "rules": ("rule", "rules"),
    "owners": ("owner", "owners"),
    "portfolio": ("kind of request", "kinds of requests"),
    "readiness": ("threshold", "thresholds"),
    "workflows": ("workflow", "workflows"),
    "steps": ("step", "steps"),
    "slots": ("fact", "facts"),
    "tables": ("decision table", "decision tables"),
    "tools": ("system", "systems"),
    "scenarios": ("test", "tests"),
    "sources": ("source", "sources"),
    "records": ("table of records", "tables of records"),
}


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """One sentence under its heading, with the ids of the changes that it tells."""

    heading: str
    text: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """One thing with all its changes: what it is called, and what is said of it."""

    heading: str
    collection: str
    how: str
    name: str
    said: str
    ids: tuple[str, ...]
    inside: str = ""


def summary_of(changes: Sequence[tuple[str, Change]], before: Agent, after: Agent) -> tuple[SummaryLine, ...]:
    """Return the sentences of changes with their ids, in their order; names are looked up in both agents."""
    names = Names(before, after)
    things: dict[tuple[str, ...], list[tuple[str, Change]]] = {}
    for change_id, change in changes:
        things.setdefault(_thing(change), []).append((change_id, change))
    told = [_tell(thing, each, names) for thing, each in things.items()]
    groups: dict[tuple[str, str, str, str, str], list[_Told]] = {}
    for each in told:
        groups.setdefault(_matter(each), []).append(each)
    lines = [_line(group) for group in groups.values()]
    order = list(dict.fromkeys(line.heading for line in lines))
    return tuple(sorted(lines, key=lambda line: order.index(line.heading)))


def counted(changes: Iterable[Change]) -> str:
    """Return how many things of each kind are touched: "2 rules, 7 steps and 4 tests"."""
    met: dict[str, set[tuple[str, ...]]] = {}
    for change in changes:
        thing = _thing(change)
        noun = "steps" if thing[0] == "layout" else _collection(thing)
        met.setdefault(noun, set()).add(thing)
    return listed(_number(len(found), noun) for noun, found in met.items())


def _number(count: int, collection: str) -> str:
    one, several = _NOUNS.get(collection, ("part of the charter", "parts of the charter"))
    return f"{count:,} {one if count == 1 else several}"


def _thing(change: Change) -> tuple[str, ...]:
    """Return what a change is told with: its step, rule, table …, or the layout of its workflow."""
    segments = change.segments
    if is_layout(change):
        return ("layout", *segments[:2])
    match segments:
        case ("charter", ("rules" | "owners" | "portfolio" | "readiness") as part, item, *_):
            return "charter", part, item
        case ("workflows", flow, ("steps" | "slots") as part, item, *_):
            return "workflows", flow, part, item
        case _:
            return segments[:2]


def _collection(thing: tuple[str, ...]) -> str:
    if len(thing) == 1:
        return "agent"
    return thing[0] if len(thing) == 2 and thing[0] != "charter" else thing[-2]


def _heading(thing: tuple[str, ...], names: Names) -> str:
    at = 1 if thing[0] == "layout" else 0
    head = HEADINGS.get(thing[at], "The agent")
    return f"{head} · {names.workflow(thing[at + 1])[1:-1]}" if thing[at] == "workflows" else head


def _tell(thing: tuple[str, ...], changes: list[tuple[str, Change]], names: Names) -> _Told:
    ids = tuple(change_id for change_id, _ in changes)
    heading = _heading(thing, names)
    if thing[0] == "layout":
        steps = {change.segments[3] for _, change in changes if len(change.segments) > 3}
        return _Told(heading, "layout", "layout", _number(len(steps), "steps"), "", ids)
    whole = subject_of(thing, names)
    inside = f"in workflow {names.workflow(thing[1])}" if len(thing) == 4 else ""
    name = whole.name.removesuffix(inside).rstrip()
    first, last = changes[0][1], changes[-1][1]
    collection = _collection(thing)
    if len(thing) > 1 and first.segments == thing and first.before is None:
        shown = last.after if last.segments == thing else first.after
        said = detail(whole, shown, names)
        return _Told(heading, collection, "new", name, said, ids, inside)
    if last.segments == thing and last.after is None:
        return _Told(heading, collection, "gone", name, "", ids, inside)
    parts = [part for _, change in changes for part in _parts(change)]
    if parts and all(part.segments[-1] in _LEADS for part in parts) and collection == "steps":
        return _Told(heading, collection, "leads", name, _clauses(parts, thing, whole, names), ids, inside)
    return _Told(heading, collection, "other", name, _clauses(parts, thing, whole, names), ids, inside)


def _parts(change: Change) -> list[Change]:
    """Return a change as the fields that differ, where it replaces a thing whole."""
    before, after = change.before, change.after
    alike = isinstance(before, dict) and isinstance(after, dict) and before.get("kind") == after.get("kind")
    if not alike or change.is_move or (len(change.segments) < 3 and change.segments[0] == "charter"):
        return [change]
    return list(fields_between(change.segments, before, after)) or [change]


def _clauses(parts: list[Change], thing: tuple[str, ...], whole: Subject, names: Names) -> str:
    """Return what is said of a thing, field by field; who demands it only where nothing else is said."""
    demanded = [part for part in parts if part.segments[-1] in ("citations", "place", "groups")]
    told = sorted((part for part in parts if part not in demanded), key=_weight) or demanded
    said = [clause for part in told if (clause := _clause(part, thing, whole, names))]
    return "; ".join(dict.fromkeys(said)) or "changes"


def _weight(part: Change) -> int:
    """Return what is said first: what a thing demands, then the rest, then its name."""
    return {"text": 0, "kind": 0, "title": 2, "name": 2}.get(part.segments[-1], 1)


def _clause(part: Change, thing: tuple[str, ...], whole: Subject, names: Names) -> str:
    subject = subject_of(part.segments, names)
    where = "" if subject.name == whole.name else _within(subject.name, whole.name)
    if subject.rest:
        *inner, field = subject.rest
        label = label_of(subject, field)
        words = said_of(subject, field, part, names)
        shown = [spaced(each) for each in inner if (subject.kind, each) != ("rule", "guard")]
        head = ", ".join(each for each in (where, *shown, label) if each)
        return f"{head}: {words}" if head else words
    if part.is_move and same(part.before, part.after):
        return f"{where} moves {place(part, names)}".strip()
    if part.before is None:
        more = detail(subject, part.after, names)
        return f"new {where}" + (f" ({more})" if more else "")
    if part.after is None:
        return f"{where} is removed"
    said = replaced(subject, part, names)
    return f"{where}{said or ' changes'}" if where else said.removeprefix(": ") or "changes"


def _within(name: str, whole: str) -> str:
    """Return what a part of a thing is called inside a sentence about the thing."""
    for glue in (f" of {whole}", f" given by {whole}", f"{whole}, ", f"{whole}: "):
        name = name.replace(glue, "")
    return name


def _matter(told: _Told) -> tuple[str, str, str, str, str]:
    """Return what puts things into one sentence."""
    one = told.heading, told.collection, told.how
    if told.how in ("new", "gone") and told.collection in (
        "scenarios",
        "steps",
        "slots",
        "records",
        "owners",
    ):
        return (*one, "", "")
    if told.how in ("leads", "layout"):
        return (*one, "", "")
    alike = told.said if told.how == "other" else told.name
    return (*one, alike, told.inside)


def _line(group: list[_Told]) -> SummaryLine:
    ids = tuple(each for told in group for each in told.ids)
    said = _sentence(group).rstrip(" .")
    return SummaryLine(group[0].heading, said[:1].upper() + said[1:] + ".", ids)


def _sentence(group: list[_Told]) -> str:
    first, count = group[0], len(group)
    inside = f" {first.inside}" if first.inside else ""
    if first.how == "layout":
        verb = "stands" if first.name.startswith("1 ") else "stand"
        return f"{first.name} only {verb} elsewhere in the drawing, which changes nothing"
    if count == 1:
        return _alone(first, inside)
    names = _few([_short(told) for told in group])
    number = _number(count, first.collection)
    match first.how:
        case "new":
            return f"{_number(count, first.collection).replace(' ', ' new ', 1)}{inside}: {names}"
        case "gone":
            return f"{number}{inside} are removed: {names}"
        case "leads":
            ways = "; ".join(f"{_short(told)} {told.said}" for told in group)
            return f"{number}{inside} lead elsewhere: {ways}"
        case _:
            return f"{number}{inside} change alike ({names}): {first.said}"


def _alone(told: _Told, inside: str) -> str:
    match told.how:
        case "new":
            return f"new {told.name}{inside}" + (f": {told.said}" if told.said else "")
        case "gone":
            return f"{told.name}{inside} is removed"
        case _:
            return f"{told.name}{inside}: {told.said}"


def _short(told: _Told) -> str:
    """Return a thing's name without its noun: “Explain the window”, T-15 “Day 46”."""
    one, _ = _NOUNS.get(told.collection, ("", ""))
    return told.name.removeprefix(one).strip() or quoted(told.name)


def _few(names: Sequence[str]) -> str:
    if len(names) <= FEW + 1:
        return listed(names)
    return f"{', '.join(names[:FEW])} and {len(names) - FEW} more"
