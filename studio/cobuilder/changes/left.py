"""What a draft left behind when something got another name or shape: sentences, desks, forms of a number.

- A name that a cited sentence no longer says is left behind by every place that stands on the sentence,
  or on none, and still says it; while another cited sentence says it, only by the former.
- A desk that a test expects and no step hands to any more is left behind by the test, or by the step.
- Facts of one name have one form in all workflows, and what tests say of them fits that form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from studio.cobuilder.changes.places import Leaf, leaves
from studio.cobuilder.changes.shifts import ListShift, Shift, ValueShift, shifts_between
from studio.domain.changeset import join_path, lookup
from studio.domain.frozen import Json
from studio.domain.shape import read_shape

LONGEST = 64
"""A longer value is not held against a form: no code is as long, and some patterns would take for ever."""


@dataclass(frozen=True, slots=True)
class Left:
    """Old and new in words, the places that have the new, and those that were left with the old."""

    old: str
    new: str
    changed: tuple[str, ...]
    left: tuple[str, ...]


def left_behind(before: Json, after: Json, names: frozenset[str]) -> Iterator[Left]:
    """Yield what the draft (`after`) left behind; `names` are known names of the live version."""
    yield from _sentences(before, after, names)
    yield from _desks(before, after)
    yield from _shapes(before, after)


# Names that sentences no longer say


def _sentences(before: Json, after: Json, names: frozenset[str]) -> Iterator[Left]:
    new = list(leaves(after))
    quotes = {print_: quote for leaf in new for print_, quote in leaf.cited}
    for shift, prints, changed in _renamed(before, after, names):
        others = [q for p, q in quotes.items() if p not in prints and shift.moved(_plain(q)) != _plain(q)]
        left = [
            leaf
            for leaf in new
            if shift.moved(leaf.text) != leaf.text and _stays(leaf, prints, shift, others)
        ]
        paths = tuple(dict.fromkeys(leaf.path for leaf in left))
        if paths:
            yield Left(shift.was, _told(shift), changed, paths)


def _stays(leaf: Leaf, prints: frozenset[str], shift: Shift, others: list[str]) -> bool:
    """Return whether a text that says the old name should not."""
    if {print_ for print_, _ in leaf.cited} & prints:
        return True
    return not others and not any(shift.moved(_plain(quote)) != _plain(quote) for _, quote in leaf.cited)


def _renamed(
    before: Json, after: Json, names: frozenset[str]
) -> Iterator[tuple[Shift, frozenset[str], tuple[str, ...]]]:
    """Yield the names that cited sentences say otherwise now, with the old sentences and the places."""
    found: dict[str, tuple[Shift, set[str], list[str]]] = {}
    for path in dict.fromkeys(leaf.path for leaf in leaves(before) if leaf.cited):
        was, now = (_cited(lookup(tree, path)) for tree in (before, after))
        gone = [(p, q) for p, q in was.items() if p not in now]
        come = [q for p, q in now.items() if p not in was]
        for (print_, old), new in zip(gone, come, strict=False):
            for shift in shifts_between(_plain(old), _plain(new), names):
                if not isinstance(shift, ValueShift) and shift.scope == "everywhere":
                    entry = found.setdefault(shift.was.casefold(), (shift, set(), []))
                    entry[1].add(print_)
                    entry[2].append(path)
    for shift, prints, paths in found.values():
        yield shift, frozenset(prints), tuple(paths)


def _cited(item: Json) -> dict[str, str]:
    found = item.get("citations", ()) if isinstance(item, dict) else ()
    return {c["fingerprint"]: c["quote"] for c in found}


def _plain(text: str) -> str:
    return " ".join(text.split())


def _told(shift: Shift) -> str:
    if isinstance(shift, ListShift):
        return f"{', '.join(shift.new[:-1])} or {shift.new[-1]}"
    return "" if isinstance(shift, ValueShift) or not isinstance(shift.new, str) else shift.new


# Desks


def _desks(before: Json, after: Json) -> Iterator[Left]:
    known, now = _queues(before), _queues(after)
    for gone in (queue for queue in known if queue not in now):
        new = next((queue for queue in now if set(now[queue]) & set(known[gone])), "")
        says = _sayer(gone, now)
        left = dict.fromkeys(leaf.path for leaf in leaves(after) if says(leaf) and not leaf.is_value)
        if new and left:
            yield Left(gone, new, tuple(now[new]), tuple(left))
    for test in after["scenarios"]:
        path = join_path("scenarios", test["id"])
        was = _expected(lookup(before, path) or {})
        for queue in _expected(test):
            if queue in now:
                continue
            if queue in known:
                others = tuple(p for q in now for p in now[q] if p in known[queue])
                yield Left(queue, "", others or (path,), (path,))
            elif (old := next((each for each in was if each != queue), "")) in now:
                yield Left(old, queue, (path,), tuple(now[old]))


def _sayer(name: str, others: Iterable[str]) -> Callable[[Leaf], bool]:
    """Return what tells whether a text says a name that its own sentences do not.

    Where another name holds this one (“Care Plus” and “Care”), saying the other is not saying this one.
    """
    sought = _whole(name)
    longer = [_whole(each) for each in others if sought.search(each)]

    def in_text(text: str) -> bool:
        for each in longer:
            text = each.sub("-", text)
        return sought.search(text) is not None

    return lambda leaf: in_text(leaf.text) and not any(in_text(quote) for _, quote in leaf.cited)


def _whole(name: str) -> re.Pattern[str]:
    """Return what finds a name as words of their own, whatever the spaces between them."""
    words = r"\s+".join(re.escape(word) for word in name.split())
    return re.compile(rf"(?<!\w){words or '(?!)'}(?!\w)", re.IGNORECASE)


def _queues(tree: Json) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for flow in tree["workflows"]:
        for step in flow["steps"]:
            if step["kind"] == "handoff":
                path = join_path("workflows", flow["id"], "steps", step["id"])
                found.setdefault(step["queue"], []).append(path)
    return found


def _expected(test: Json) -> list[str]:
    return [e["queue"] for e in test.get("expectations", ()) if e.get("queue")]


# Forms


def _shapes(before: Json, after: Json) -> Iterator[Left]:
    old, new = _patterns(before), _patterns(after)
    for name, places in new.items():
        was = {pattern for _, pattern in old.get(name, ())}
        changed = tuple(path for path, pattern in places if pattern not in was)
        if len(was) != 1 or not changed:
            continue
        left = [path for path, pattern in places if pattern in was]
        form = next(pattern for path, pattern in places if path in changed)
        left += _unfitting(before, after, name, form)
        if left:
            yield Left(next(iter(was)), form, changed, tuple(left))


def _patterns(tree: Json) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for flow in tree["workflows"]:
        for slot in flow["slots"]:
            if slot.get("pattern"):
                path = join_path("workflows", flow["id"], "slots", slot["id"])
                found.setdefault(slot["id"], []).append((path, slot["pattern"]))
    return found


def _unfitting(before: Json, after: Json, name: str, form: str) -> list[str]:
    """Return the tests in which a customer names a fact in a form that no longer counts."""
    shape, found = read_shape(form), []
    for test in after["scenarios"]:
        values = [str(f["value"]) for f in test.get("facts", ()) if f["id"] == name]
        kept = lookup(before, join_path("scenarios", test["id"]))
        if kept is not None and any(_is_unfit(shape, value) for value in values):
            found.append(join_path("scenarios", test["id"]))
    return found


def _is_unfit(shape: re.Pattern[str] | None, value: str) -> bool:
    return shape is not None and len(value) <= LONGEST and shape.fullmatch(value) is None
