"""Summary: a whole change set in as few sentences as say it, each change in exactly one of them.

- Written by rules, never by a model: the same changes always read the same.
- Changes of one thing are one sentence; things that change in the very same way, that are all new or all
  gone, or that only lead elsewhere or stand elsewhere, are one sentence with their number.
- Steps that stand in another order are said by who comes before whom; a decision table by the cases that it
  answers otherwise, where they are known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from studio.diff.leading_words import reordered
from studio.diff.naming import Names, listed, quoted
from studio.diff.telling import Told, collection_of, tell, thing_of
from studio.diff.words_summary import sentence
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
MOST_CASES = 4
"""Cases of a decision table that are told one by one."""
_WITHOUT_NAMES = ("scenarios", "steps", "slots", "records", "owners")
"""Collections whose new or lost members are told together."""
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
class _Line:
    """One thing with all its changes, where it is told and by which of them."""

    heading: str
    told: Told
    ids: tuple[str, ...]


def summary_of(
    changes: Sequence[tuple[str, Change]],
    before: Agent,
    after: Agent,
    cases: Mapping[str, Sequence[str]] | None = None,
) -> tuple[SummaryLine, ...]:
    """Return the sentences of changes with their ids, in their order; names are looked up in both agents.

    `cases` are, by the id of a decision table, what all these changes make it answer otherwise, in words.
    """
    names = Names(before, after)
    things: dict[tuple[str, ...], list[tuple[str, Change]]] = {}
    for change_id, change in changes:
        things.setdefault(thing_of(change), []).append((change_id, change))
    told = [_tell(thing, each, names, cases or {}) for thing, each in things.items()]
    groups: dict[tuple[str, ...], list[_Line]] = {}
    for line in told:
        groups.setdefault(_matter(line), []).append(line)
    lines = [_line(group, names) for group in groups.values()]
    order = list(dict.fromkeys(line.heading for line in lines))
    return tuple(sorted(lines, key=lambda line: order.index(line.heading)))


def counted(changes: Iterable[Change]) -> str:
    """Return how many things of each kind are touched: "2 rules, 7 steps and 4 tests"."""
    met: dict[str, set[tuple[str, ...]]] = {}
    for change in changes:
        thing = thing_of(change)
        noun = "steps" if thing[0] == "layout" else collection_of(thing)
        met.setdefault(noun, set()).add(thing)
    return listed(_number(len(found), noun) for noun, found in met.items())


def changes_counted(changes: Iterable[Change]) -> int:
    """Return how many changes these are as a proposal counts them: one a rule, step, row, column or test."""
    return len({_counts_as(change) for change in changes})


def _counts_as(change: Change) -> tuple[str, ...]:
    match change.segments:
        case ("tables", table, ("inputs" | "outputs" | "rows") as part, item, *_):
            return "tables", table, part, item
        case _:
            return thing_of(change)


def _number(count: int, collection: str) -> str:
    one, several = _NOUNS.get(collection, ("part of the charter", "parts of the charter"))
    return f"{count:,} {one if count == 1 else several}"


def _heading(thing: tuple[str, ...], names: Names) -> str:
    at = 1 if thing[0] == "layout" else 0
    head = HEADINGS.get(thing[at], "The agent")
    if thing[at] != "workflows" or len(thing) == at + 1:  # all of them at once, where two share an id
        return head
    return f"{head} · {names.workflow(thing[at + 1])[1:-1]}"


def _tell(
    thing: tuple[str, ...],
    changes: list[tuple[str, Change]],
    names: Names,
    cases: Mapping[str, Sequence[str]],
) -> _Line:
    ids = tuple(change_id for change_id, _ in changes)
    heading = _heading(thing, names)
    if thing[0] == "layout":
        steps = {change.segments[3] for _, change in changes if len(change.segments) > 3}
        return _Line(heading, Told("layout", "layout", _number(len(steps), "steps"), ""), ids)
    known = cases.get(thing[1]) if thing[0] == "tables" and len(thing) > 1 else None
    shown = known if known is not None and len(known) <= MOST_CASES else None
    return _Line(heading, tell(thing, [change for _, change in changes], names, shown), ids)


def _matter(line: _Line) -> tuple[str, ...]:
    """Return what puts things into one sentence."""
    told = line.told
    one = line.heading, told.collection, told.how
    if told.how in ("leads", "layout") or (told.how in ("new", "gone") and told.collection in _WITHOUT_NAMES):
        return one
    return (*one, told.said if told.how == "other" else told.name, told.inside)


def _line(group: list[_Line], names: Names) -> SummaryLine:
    ids = tuple(each for line in group for each in line.ids)
    return SummaryLine(group[0].heading, sentence(_sentence([line.told for line in group], names)), ids)


def _sentence(group: list[Told], names: Names) -> str:
    first, count = group[0], len(group)
    if first.how == "layout":
        verb = "stands" if first.name.startswith("1 ") else "stand"
        return f"{first.name} only {verb} elsewhere in the drawing, which changes nothing"
    if count == 1:
        return first.sentence()
    number = _number(count, first.collection)
    if first.how == "leads":
        flow = first.leads[0].segments[1]
        if (order := reordered([part for told in group for part in told.leads], flow, names)) is not None:
            return order
        return f"{number} lead elsewhere: {'; '.join(f'{_short(told)} {told.said}' for told in group)}"
    if first.how == "new":
        said = [_short(told) + (f" {told.said}" if first.collection == "steps" else "") for told in group]
        return f"{number.replace(' ', ' new ', 1)}: {_few(said)}"
    shown = _few([_short(told) for told in group])
    return (
        f"{number} are removed: {shown}"
        if first.how == "gone"
        else f"{number} change alike ({shown}): {first.said}"
    )


def _short(told: Told) -> str:
    """Return a thing's name without its noun: “Explain the window”, T-15 “Day 46”."""
    one, _ = _NOUNS.get(told.collection, ("", ""))
    return told.name.removeprefix(one).strip() or quoted(told.name)


def _few(names: Sequence[str]) -> str:
    if len(names) <= FEW + 1:
        return listed(names)
    return f"{', '.join(names[:FEW])} and {len(names) - FEW} more"
