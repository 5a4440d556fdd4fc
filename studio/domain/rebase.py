"""Re-basing: changes that were made for an earlier draft, fitted to the draft as it is now.

- A change whose place is as it was found stays the very change it was.
- Where the draft moved on, both sides are merged (`three_way`); the change then goes from what stands there
  now to what came out, so that taking it back gives the draft back.
- What both sides changed is a clash: the change waits for a choice by path, and so does what stands on it.
- A new rule or test whose number was given away meanwhile gets the next free one, wherever it is named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.domain.changeset import Change, apply_in_place, identity, join_path, lookup
from studio.domain.frozen import Json
from studio.domain.three_way import Clash, Side, merge, same

State = Literal["fits", "moved on", "there already", "clash", "gone", "kept mine", "waits"]
_NUMBER = re.compile(r"(?P<letters>[A-Z]+-)(?P<digits>\d+)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change that shall be fitted; `needs` are the ids of those it cannot stand without."""

    id: str
    change: Change
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fitted:
    """A change as it fits the draft now.

    `fits`: as it was made; `moved on`: merged with what the draft has since; `there already`: the draft says
    so by itself; `clash`: somebody has to choose; `gone`: what it belongs to was taken away; `kept mine`: the
    draft's side was chosen throughout, so nothing of it is left; `waits`: what it stands on is one of these
    three. `woven` are the texts that hold words of both sides.
    """

    id: str
    change: Change
    state: State
    clashes: tuple[Clash, ...] = ()
    woven: tuple[str, ...] = ()
    renamed: tuple[str, str] | None = None


def rebase(wanted: Sequence[Wanted], now: Json, take: Mapping[str, Side] | None = None) -> tuple[Fitted, ...]:
    """Return the changes as they fit a draft, in order; the tree `now` is used up."""
    found: list[Fitted] = []
    stuck: set[str] = set()
    named = _renumbered(wanted, now)
    for each in named:
        if stuck & set(each.wanted.needs):
            fitted = Fitted(each.wanted.id, each.wanted.change, "waits")
        else:
            fitted = _fit(each, now, take or {})
        if fitted.state in ("clash", "gone", "kept mine", "waits"):
            stuck.add(each.wanted.id)
        elif fitted.state != "there already":
            apply_in_place(now, (fitted.change,))
        found.append(fitted)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Named:
    wanted: Wanted
    renamed: tuple[str, str] | None = None


def _fit(each: _Named, now: Json, take: Mapping[str, Side]) -> Fitted:
    change, name = each.wanted.change, each.wanted.id
    current = lookup(now, change.path)
    if not _has_parents(now, change):
        return Fitted(name, change, "gone", (Clash(change.path, change.before, change.after, None),))
    if change.is_move:
        return _moved(name, change, now, current)
    if same(current, change.before):
        return Fitted(name, change, "fits", renamed=each.renamed)
    if same(current, change.after):
        return Fitted(name, change, "there already")
    made = merge(change.path, change.before, change.after, current, take)
    if made.clashes:
        return Fitted(name, change, "clash", made.clashes)
    fitted = change.model_copy(update={"before": current, "after": made.value})
    if not same(made.value, current):
        return Fitted(name, fitted, "moved on", woven=made.woven)
    chosen = merge(change.path, change.before, change.after, current).clashes
    return Fitted(name, change, "kept mine" if chosen else "there already")


def _moved(name: str, change: Change, now: Json, current: Json) -> Fitted:
    if current is None:
        return Fitted(name, change, "gone", (Clash(change.path, change.before, change.after, None),))
    in_front = _in_front(now, change)
    if same(current, change.before) and in_front == change.place_before:
        return Fitted(name, change, "fits")
    if in_front is not None and in_front == change.place_after:
        return Fitted(name, change, "there already")
    update = {"before": current, "after": current, "place_before": in_front}
    return Fitted(name, change.model_copy(update=update), "moved on")


def _in_front(now: Json, change: Change) -> str | None:
    """Return the item before this one in its list, "" where it is the first; None where there is no list."""
    *parents, last = change.segments
    items = lookup(now, join_path(*parents)) if parents else now
    if not isinstance(items, list):
        return None
    names = [identity(item) or "" for item in items]
    at = names.index(last)
    return names[at - 1] if at else ""


def _has_parents(now: Json, change: Change) -> bool:
    *parents, _ = change.segments
    if not parents:
        return True
    return isinstance(lookup(now, join_path(*parents)), dict | list)


# Numbers that were given away


def _renumbered(wanted: Sequence[Wanted], now: Json) -> list[_Named]:
    names: dict[str, str] = {}
    for each in wanted:
        change = each.change
        *parents, last = change.segments
        if change.before is not None or tuple(parents) not in (("charter", "rules"), ("scenarios",)):
            continue
        there = lookup(now, change.path)
        if there is not None and not same(there, change.after) and _NUMBER.fullmatch(last):
            names[last] = _next_number(last, parents, wanted, now, names)
    if not names:
        return [_Named(each) for each in wanted]
    return [_renamed(each, names) for each in wanted]


def _next_number(
    taken: str, parents: list[str], wanted: Sequence[Wanted], now: Json, names: Mapping[str, str]
) -> str:
    found = _NUMBER.fullmatch(taken)
    assert found is not None
    items = lookup(now, join_path(*parents))
    known = {identity(item) or "" for item in items} | set(names.values())
    known |= {each.change.segments[-1] for each in wanted if list(each.change.segments[:-1]) == parents}
    numbers = [int(m["digits"]) for name in known if (m := _NUMBER.fullmatch(name))]
    return f"{found['letters']}{max(numbers) + 1:0{len(found['digits'])}}"


def _renamed(wanted: Wanted, names: Mapping[str, str]) -> _Named:
    change = wanted.change
    segments = change.segments
    own = segments[-1]
    update = {
        "path": join_path(*(names.get(segment, segment) for segment in segments)),
        "before": _with_names(change.before, names),
        "after": _with_names(change.after, names),
        "place_after": names.get(change.place_after or "", change.place_after),
    }
    is_new = change.before is None and own in names
    return _Named(
        Wanted(wanted.id, change.model_copy(update=update), wanted.needs),
        (own, names[own]) if is_new else None,
    )


def _with_names(node: Json, names: Mapping[str, str]) -> Json:
    if isinstance(node, str):
        return names.get(node, node)
    if isinstance(node, list):
        return [_with_names(each, names) for each in node]
    if isinstance(node, dict):
        return {key: _with_names(value, names) for key, value in node.items()}
    return node
