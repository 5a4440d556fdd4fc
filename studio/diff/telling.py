"""Telling: one thing with all its changes, as a sentence with its name in front.

- What a thing demands is said first, then the rest, then its name; who demands it only where nothing else is.
- A thing that is replaced whole is said by the fields that differ in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from studio.diff import charter_words
from studio.diff.agents import fields_between, is_layout, same
from studio.diff.expectation_words import expectation, expectations_clause
from studio.diff.field_words import clause, fact_words, number, reply_words, threshold_words
from studio.diff.naming import Names, clipped, listed, quoted, spaced
from studio.diff.record_words import record_clause
from studio.diff.rule_words import new_rule, rule_clauses
from studio.diff.subjects import Subject, subject_of
from studio.diff.value_words import cell, condition, now_was, scalar
from studio.domain.changeset import Change
from studio.domain.frozen import Json
from studio.domain.scenario import Fault, Persona, fault_in_words

LEADS = frozenset({"next", "on_failure", "otherwise"})
_DEMANDED = frozenset({"citations", "place", "groups"})
_THINGS = frozenset(
    {"rules", "owners", "portfolio", "readiness", "workflows", "steps", "slots", "branches", "tables", "rows"}
) | {"inputs", "tools", "scenarios", "sources", "records"}
"""Lists whose members are told field by field; anything else is one value."""
_VERBS = frozenset(
    "now no is has can may must moves changes stands says reads takes accepts expects answers".split()
)
_MOST_QUOTED = 30


@dataclass(frozen=True, slots=True)
class Told:
    """One thing with all its changes: what it is called, how it changes, and what is said of it."""

    collection: str
    how: str
    name: str
    said: str
    inside: str = ""
    leads: tuple[Change, ...] = ()

    def sentence(self, where: str | None = None) -> str:
        """Return the whole sentence, without capital and full stop; `where` is said behind the name."""
        place = f" {where}" if where else ""
        match self.how:
            case "new" if self.collection == "rules":
                return self.said
            case "new":
                glue = {"steps": " ", "scenarios": ": ", "tools": ": "}.get(self.collection, ", ")
                return f"new {self.name}{place}" + (f"{glue}{self.said}" if self.said else "")
            case "gone":
                return f"{self.name}{place} is removed" + (f": {self.said}" if self.said else "")
        if self.name in ("the charter", "the agent") and not self.is_verbal:
            return self.said
        return f"{self.name}{place}{'' if self.is_verbal else ':'} {self.said}"

    @property
    def is_verbal(self) -> bool:
        """Return whether what is said is the verb that goes with the name."""
        return _is_verb(self.said)


def thing_of(change: Change) -> tuple[str, ...]:
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


def collection_of(thing: tuple[str, ...]) -> str:
    """Return the list that a thing stands in; "charter" or "agent" for a part of them."""
    if len(thing) == 1:
        return "agent"
    if len(thing) == 2:
        return thing[0]
    return thing[-2]


def tell(
    thing: tuple[str, ...], changes: Sequence[Change], names: Names, cases: Sequence[str] | None
) -> Told:
    """Return one thing with all its changes; `cases` are what a decision table now answers, where known."""
    whole = subject_of(thing, names)
    inside = f"in workflow {names.workflow(thing[1])}" if len(thing) == 4 else ""
    name = whole.name.removesuffix(inside).rstrip()
    first, last = changes[0], changes[-1]
    collection = collection_of(thing)
    is_item = len(thing) > 1 and not whole.rest
    if is_item and first.segments == thing and first.before is None:
        return _new(
            whole, collection, last.after if last.segments == thing else first.after, name, inside, names
        )
    if is_item and last.segments == thing and last.after is None:
        gone = clipped(last.before.get("text", ""), _MOST_QUOTED) if collection == "rules" else ""
        return Told(collection, "gone", name, gone if gone != "“”" else "", inside)
    parts = [part for change in changes for part in _parts(change)]
    told = [part for part in parts if part.segments[-1] not in _DEMANDED] or parts
    own_name = len(told) == 1 and _is_name(told[0]) and told[0].segments[:-1] == thing
    if own_name and collection != "owners":
        called = name.replace(quoted(str(told[0].after)), quoted(str(told[0].before)))
        return Told(collection, "other", called, f"is now called {quoted(str(told[0].after))}", inside)
    if collection == "rules" and all(len(part.segments) > 3 for part in parts):
        said = rule_clauses(parts, thing[2], names)
        code = name.partition(" “")[0] if any(p.segments[3] == "text" for p in parts) else name
        return Told(collection, "other", code, _joined(said), inside)
    name, told = _renamed(name, told)
    if collection == "tables" and cases is not None:
        return Told(collection, "other", name, _answers(told, whole, names, cases), inside)
    said = [_clause(part, whole, names) for part in sorted(told, key=_weight)]
    leads = collection == "steps" and told and all(part.segments[-1] in LEADS for part in told)
    return Told(
        collection, "leads" if leads else "other", name, _joined(said), inside, tuple(told) if leads else ()
    )


def _new(whole: Subject, collection: str, value: Json, name: str, inside: str, names: Names) -> Told:
    if collection == "rules":
        return Told(collection, "new", name, new_rule(value, whole.name, names))
    return Told(collection, "new", name, detail(whole, value, names), inside)


def _joined(said: Sequence[str]) -> str:
    """Return clauses as one; from the second on a verb gets a subject of its own."""
    told = list(dict.fromkeys(each for each in said if each))
    more = [f"it {each}" if _is_verb(each) else each for each in told[1:]]
    return "; ".join([*told[:1], *more]) or "changes in nothing that can be told"


def _is_verb(said: str) -> bool:
    return said.partition(" ")[0].rstrip(",") in _VERBS


def _weight(part: Change) -> int:
    """Return what is said first: what a thing demands, then the rest, then its name."""
    return {"text": 0, "kind": 0, "expectations": 1, "title": 3, "name": 3}.get(part.segments[-1], 2)


def _renamed(name: str, parts: list[Change]) -> tuple[str, list[Change]]:
    """Return a thing's name with its old one, where it changes in more than its name."""
    title = next(filter(_is_name, parts), None)
    if title is None or len(parts) < 2 or quoted(str(title.after)) not in name:
        return name, parts
    return f"{name} (was {quoted(str(title.before))})", [part for part in parts if part is not title]


def _is_name(part: Change) -> bool:
    return part.segments[-1] in ("title", "name", "label") and bool(part.before and part.after)


def _answers(parts: Sequence[Change], whole: Subject, names: Names, cases: Sequence[str]) -> str:
    """Return what a decision table answers now, with the rows and columns behind it in brackets."""
    behind: dict[str, list[str]] = {}
    for part in parts:
        how, short = _short(part, whole, names)
        if short not in behind.setdefault(how, []):
            behind[how].append(short)
    shown = "; ".join(f"{how}: {listed(each)}" if how else listed(each) for how, each in behind.items())
    if not cases:
        return f"answers every case as before ({shown})"
    return f"{'; '.join(_lowered(case) for case in cases)} ({shown})"


def _lowered(words: str) -> str:
    return words[:1].lower() + words[1:] if words[1:2].islower() else words


def _short(part: Change, whole: Subject, names: Names) -> tuple[str, str]:
    """Return how a row or column changes, and what it is called; ("", a clause) for anything else."""
    subject = subject_of(part.segments, names)
    if subject.kind == "cell":
        subject = subject_of(part.segments[:4], names)
    if subject.kind not in ("row", "input"):
        return "", _clause(part, whole, names)
    short = _within(subject.name, whole.name)
    if subject.rest or len(part.segments) > 4 or (part.before is not None and part.after is not None):
        return "moved" if part.is_move else "changed", short
    return "new" if part.before is None else "removed", short


def _parts(change: Change) -> list[Change]:
    """Return a change as the fields that differ, where it replaces a thing whole."""
    before, after, segments = change.before, change.after, change.segments
    if not isinstance(before, dict) or not isinstance(after, dict) or change.is_move:
        return [change]
    opened = len(segments) > 1 and (
        segments[-2] in _THINGS or segments[-1] in ("persona", *charter_words.PARTS)
    )
    if not opened or before.get("kind") != after.get("kind"):
        is_rule = len(segments) > 1 and segments[-2] == "rules"
        if not is_rule:
            return [change]
    return list(fields_between(segments, before, after)) or [change]


def _clause(part: Change, whole: Subject, names: Names) -> str:
    """Return what one part of a thing says, the name of the part in front where it has one."""
    subject = subject_of(part.segments, names)
    where = "" if subject.name == whole.name else _within(subject.name, whole.name)
    if part.is_move and same(part.before, part.after):
        return f"{where} moves {place(part, names)}".strip()
    if subject.rest:
        said = _field(subject, part, names)
        return said if subject.kind == "persona" else f"{where} {said}".strip()
    return _item(subject, part, where, names)


def _field(subject: Subject, part: Change, names: Names) -> str:
    *inner, field = subject.rest
    if subject.kind == "records" and inner:
        return record_clause(subject.rest, part.before, part.after)
    if field == "expectations":
        return expectations_clause(part.before, part.after, names)
    if subject.kind == "persona":
        return f"the customer is now {now_was(_manner(field, part.before), _manner(field, part.after))}"
    if inner:
        head = listed(spaced(each) for each in inner)
        return f"{head}: {clause(replace(subject, rest=(field,)), field, part, names)}"
    return clause(subject, field, part, names)


_MANNERS = {
    "mood": "{}",
    "patience": "of {} patience",
    "clarity": "of {} clarity",
    "language": "one with {} English",
    "channel": "one who comes by {}",
    "name": "called “{}”",
}


def _manner(field: str, value: Json) -> str:
    if isinstance(value, dict):
        return Persona.model_validate(value).words
    usual = {"language": "one of any language", "channel": "one who comes by any channel"}
    return usual.get(field, "") if value is None else _MANNERS.get(field, "{}").format(value)


def _item(subject: Subject, part: Change, where: str, names: Names) -> str:
    """Return what is said of a part that came, went, or is another whole."""
    if subject.kind in ("reply", "fault", "fact", "cell"):
        return _rehearsed(subject, part, where, names)
    if subject.kind == "argument" and part.after is not None and part.before is not None:
        value = quoted(spaced(part.segments[-1]))
        return f"now fills {value} with {now_was(_given(part.before, names), _given(part.after, names))}"
    if subject.kind == "argument" and not subject.rest:
        value = quoted(spaced(part.segments[-1]))
        new = _given(part.after, names) if part.after is not None else ""
        return f"now fills {value} with {new}" if new else f"no longer fills {value}"
    if part.before is None:
        more = detail(subject, part.after, names)
        return f"has a new {where}" + (f", {more}" if more else "") if where else more or "is new"
    if part.after is None:
        return f"no longer has {where}" if where else "is removed"
    old, new = (detail(subject, value, names) for value in (part.before, part.after))
    if old == new or not new:
        return f"{where} changes".strip()
    if subject.kind == "step":
        return f"now {new} (was: {old})"
    return f"{where} is now {now_was(old, new)}".strip()


def _rehearsed(subject: Subject, part: Change, where: str, names: Names) -> str:
    """Return what is said of a table's cell, or of what a test's customer knows and its systems answer."""
    old, new = (
        detail(subject, value, names) if value is not None else "" for value in (part.before, part.after)
    )
    called = names.tool(part.segments[-1])
    match subject.kind:
        case "cell":
            return f"{where} is now {now_was(old or 'anything', new or 'anything')}"
        case "reply":
            if part.after is None:
                return f"{called} now answers as usual"
            return f"{called} now answers {reply_words(part.before, part.after)}"
        case "fault":
            return (
                f"{called} now {new} (was: {old or 'works'})" if new else f"{called} now works (was: {old})"
            )
        case _:
            fact = names.fact(part.segments[-1])
            if not new:
                return f"the customer no longer knows {fact}"
            return f"for {fact}, the customer now says {now_was(old, new)}"


def _within(name: str, whole: str) -> str:
    """Return what a part of a thing is called inside a sentence about the thing."""
    for glue in (f" of {whole}", f" given by {whole}", f"{whole}, ", f"{whole}: "):
        name = name.replace(glue, "")
    return name


def place(change: Change, names: Names) -> str:
    """Return where an item moves to."""
    front = change.place_after
    if front is None:
        return "to the end"
    if not front:
        return "to the first place"
    return f"behind {subject_of((*change.segments[:-1], front), names).name}"


def detail(subject: Subject, value: Json, names: Names) -> str:
    """Return what is worth saying of a whole item, or ""."""
    say: dict[str, Callable[[Json], str]] = {
        "owner": lambda item: quoted(item.get("name", "")),
        "workflow": lambda item: _counted(len(item.get("steps", ())), "step"),
        "step": lambda item: _step_does(item, names),
        "slot": lambda item: (
            item["type"] if item.get("type") == "yes or no" else f"a {item.get('type', 'text')}"
        ),
        "branch": lambda item: _branch(item, subject, names),
        "argument": lambda item: f"filled with {_given(item, names)}",
        "table": lambda item: _counted(len(item.get("rows", ())), "row"),
        "row": lambda item: _row(item, names),
        "cell": cell,
        "tool": lambda item: clipped(item["description"]) if item.get("description") else "",
        "scenario": lambda item: _expects(item, names),
        "fact": fact_words,
        "fault": lambda item: fault_in_words(Fault.model_validate(item)).partition("” ")[2],
        "source": lambda item: f"version {number(item['version'])}" if item.get("version") else "",
        "threshold": threshold_words,
    }
    if subject.kind in say and isinstance(value, dict):
        return say[subject.kind](value)
    return charter_words.detail(subject.kind, value)


def _counted(count: int, noun: str) -> str:
    """Return "with 1 step", "with 7 steps"."""
    return f"with {count} {noun}{'' if count == 1 else 's'}"


def _expects(item: Json, names: Names) -> str:
    said = [expectation(each, names) for each in item.get("expectations", ())]
    return "; ".join(said)


def _branch(item: Json, subject: Subject, names: Names) -> str:
    said = [f"taken when {condition(item.get('when'))}"] if item.get("when") else []
    said += [f"leading to {names.step(subject.workflow, item['next'])}"] if item.get("next") else []
    return ", ".join(said)


def _step_does(step: Json, names: Names) -> str:
    """Return what a step does, as a clause."""
    match step:
        case {"kind": "ask", "slots": slots}:
            return f"asks for {listed(names.fact(slot) for slot in slots) or 'nothing'}"
        case {"kind": "verify"}:
            return "checks who the customer is"
        case {"kind": "tool", "tool": tool}:
            return f"calls {names.tool(tool)}"
        case {"kind": "decide"}:
            return (
                f"decides by {names.table(step['table'])}" if step.get("table") else "decides by conditions"
            )
        case {"kind": "say" | "disclose", "text": text}:
            return f"says {clipped(text, _MOST_QUOTED)}"
        case {"kind": "handoff", "queue": queue}:
            return f"hands over to {quoted(spaced(queue))}"
        case {"kind": "end"}:
            return f"ends the conversation as “{step.get('outcome', 'resolved')}”"
        case {"kind": "call", "block": block}:
            return f"runs workflow {names.workflow(block)}"
        case _:
            return "does something else"


def _given(argument: Json, names: Names) -> str:
    """Return what fills an argument."""
    if argument.get("fact"):
        return f"the customer's {names.fact(argument['fact'])}"
    return scalar(argument.get("value"))


def _row(row: Json, names: Names) -> str:
    """Return a table row as "where days is at most 30 and b is new"."""
    tests = [
        f"{names.fact(each.get('id', ''))} is {cell(each)}"
        for each in row.get("cells", ())
        if each.get("op") != "any"
    ]
    return f"where {listed(tests)}" if tests else "for every other case"


def parts_of(changes: Sequence[Change]) -> Iterator[Change]:
    """Yield the fields that changes are about."""
    for change in changes:
        yield from _parts(change)
