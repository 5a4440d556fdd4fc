"""A condition while it is being chosen: tests and groups that may still be incomplete, and what they make.

- A group says how its parts count: all, at least one, not all, none. A condition that was taken apart and put
  together again holds for exactly the same facts.
- What is incomplete makes no condition; each part says itself what it lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from studio.desktop.panels.condition_words import (
    Comparing,
    comparisons,
    kind_for,
    read_value,
    read_values,
    write_value,
)
from studio.domain.condition import All, AnyOf, Compare, Condition, Not, Operator
from studio.domain.known import Fact
from studio.domain.workflow import SlotType

How = Literal["all", "any", "not all", "none"]
HOW_WORDS: dict[How, str] = {
    "all": "All of these are so", "any": "At least one is so", "none": "None of these is so",
    "not all": "Not all of these are so",
}  # fmt: skip


@dataclass(eq=False)
class Comparison:
    """One comparison; `words` is what stands in the value's field."""

    fact: str = ""
    op: Comparing = "="
    words: str = ""
    kind: SlotType = "text"
    trouble: str = ""


@dataclass(eq=False)
class Group:
    """Tests and groups that count together."""

    how: How = "all"
    parts: list[Comparison | Group] = field(default_factory=list)
    trouble: str = ""

    def tests(self) -> Iterator[Comparison]:
        """Yield every test in it, from the top."""
        for part in self.parts:
            if isinstance(part, Comparison):
                yield part
            else:
                yield from part.tests()


def taken_apart(condition: Condition | None, facts: Mapping[str, Fact]) -> Group:
    """Return the draft of a condition; an empty group for none."""
    if condition is None:
        return Group()
    made = _part(condition, facts)
    return made if isinstance(made, Group) else Group(parts=[made])


def _part(condition: Condition, facts: Mapping[str, Fact]) -> Comparison | Group:
    if isinstance(condition, Compare):
        kind = kind_for(facts.get(condition.field), condition.value)
        several = isinstance(condition.value, tuple)
        op: Comparing = ("not in" if condition.op == "!=" else "in") if several else condition.op
        return Comparison(condition.field, op, write_value(kind, condition.value), kind)
    if isinstance(condition, Not):
        inner = _part(condition.of, facts)
        if isinstance(inner, Comparison):
            return Group("none", [inner])
        turned: dict[How, How] = {"all": "not all", "any": "none", "not all": "all", "none": "any"}
        return Group(turned[inner.how], inner.parts)
    return Group(
        "any" if isinstance(condition, AnyOf) else "all", [_part(each, facts) for each in condition.of]
    )


def draft_in_words(group: Group, facts: Mapping[str, Fact]) -> str:
    """Return what is chosen so far, with a gap where something lacks."""
    said = []
    for test in group.tests():
        fact = facts.get(test.fact)
        words = dict(comparisons(test.kind)).get(test.op, "is")
        said.append(f"{fact.label if fact else '…'} {words} {test.words or '…'}" if test.fact else "…")
    return "; ".join(said) or "…"


def put_together(group: Group) -> Condition | None:
    """Return the condition of a draft, None for an empty one; raises ValueError where something lacks."""
    if not group.parts:
        return None
    made = [_whole(part) for part in group.parts]
    if None in made:
        raise ValueError("The condition is not complete yet.")
    return _joined(group, [each for each in made if each is not None])


def _whole(part: Comparison | Group) -> Condition | None:
    part.trouble = ""
    if isinstance(part, Comparison):
        return _compared(part)
    if not part.parts:
        part.trouble = "Choose at least one comparison here, or remove the group."
        return None
    made = [_whole(each) for each in part.parts]
    whole = [each for each in made if each is not None]
    if len(whole) < len(made):
        part.trouble = " "
        return None
    return _joined(part, whole)


def _joined(group: Group, made: list[Condition]) -> Condition:
    how = group.how
    joined: Condition
    if len(made) == 1:
        joined = made[0]
    else:
        joined = All(of=tuple(made)) if how in ("all", "not all") else AnyOf(of=tuple(made))
    return Not(of=joined) if how in ("not all", "none") else joined


def _compared(test: Comparison) -> Condition | None:
    if not test.fact:
        test.trouble = "Choose what to look at."
        return None
    try:
        if test.op in ("in", "not in"):
            op: Operator = "in" if test.op == "in" else "!="
            return Compare(field=test.fact, op=op, value=read_values(test.kind, test.words))
        return Compare(field=test.fact, op=test.op, value=read_value(test.kind, test.words))
    except ValueError as error:
        test.trouble = str(error)
        return None
