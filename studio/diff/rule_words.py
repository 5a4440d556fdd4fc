"""Rule words: what changes in a rule, with the code that keeps it: its new words, and what code refuses now.

- One fact is said once: where text, title and guard go from 200 to 350 together, the text says it, and that
  code keeps to it. A title that only follows the text is not told again.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.diff.field_words import KEPT, KINDS, clause
from studio.diff.naming import Names, clipped, listed
from studio.diff.subjects import subject_of
from studio.diff.text_words import MOST_WORDS, figures
from studio.diff.value_words import condition, scalar
from studio.domain.changeset import Change
from studio.domain.charter import Guard
from studio.domain.condition import Compare, Condition, Not, Scalar
from studio.domain.frozen import Json, to_json

_ORDER = ("text", "kind", "guard", "enforced_by", "workflows", "segments", "regions", "channels", "severity",
          "formal", "not_meant", "title", "citations")  # fmt: skip


def rule_clauses(parts: Sequence[Change], rule_id: str, names: Names) -> list[str]:
    """Return what is said of a rule that changes, its words first."""
    by_field = {part.segments[3]: part for part in parts if part.segments[3] != "guard"}
    text, title = by_field.get("text"), by_field.get("title")
    guards = _guards([part for part in parts if part.segments[3] == "guard"], rule_id, names)
    said: dict[str, str] = {}
    for field, part in by_field.items():
        if field == "title" and text is not None and _follows(text, title):
            continue
        if field == "citations" and len(by_field) > 1:
            continue
        said[field] = clause(subject_of(part.segments, names), field, part, names)
    if guards is not None:
        kept = by_field.get("enforced_by")
        if kept is not None and kept.after == "guard":
            del said["enforced_by"]
        said["guard"] = _guard_clause(*guards, text, kept, rule_id, names)
    return [said[field] for field in sorted(said, key=_rank)]


def _rank(field: str) -> int:
    return _ORDER.index(field) if field in _ORDER else len(_ORDER)


def _follows(text: Change, title: Change | None) -> bool:
    """Return whether a title says nothing else than the text that changes with it."""
    if title is None or not title.before or not title.after:
        return False
    old, new = (set(str(value).casefold().split()) for value in (title.before, title.after))
    words = [set(str(value or "").casefold().split()) for value in (text.before, text.after)]
    gone, come = figures(title.before, title.after)
    numbers = figures(text.before, text.after)
    others = {word for word in (old ^ new) if not any(c.isdigit() for c in word)}
    told = {word.strip(".,:;") for side in words for word in side}
    return gone <= numbers[0] and come <= numbers[1] and {word.strip(".,:;") for word in others} <= told


def _guards(parts: Sequence[Change], rule_id: str, names: Names) -> tuple[Json, Json] | None:
    """Return a rule's guard without and with these changes, or None where none is about it."""
    if not parts:
        return None
    whole = next((part for part in parts if len(part.segments) == 4), None)
    if whole is not None:
        return whole.before, whole.after
    rules = (rule for agent in reversed(names.agents) for rule in agent.charter.rules if rule.id == rule_id)
    guard = next((rule.guard for rule in rules if rule.guard is not None), None)
    base = to_json(guard) if guard is not None else {}
    old, new = dict(base), dict(base)
    for part in parts:
        old[part.segments[4]], new[part.segments[4]] = part.before, part.after
    return old, new


def _guard_clause(
    old: Json, new: Json, text: Change | None, kept: Change | None, rule_id: str, names: Names
) -> str:
    if new is None:
        return f"code no longer refuses {refused(old, rule_id, names)}"
    if old is None:
        by_code = kept is not None and kept.after == "guard"
        was = (
            f"now kept by code (was {KEPT.get(kept.before, 'otherwise')}), which" if kept and by_code else ""
        )
        return f"is {was} refuses {refused(new, rule_id, names)}" if was else _now(new, rule_id, names)
    exchanged = _exchanged(old.get("forbidden_when"), new.get("forbidden_when"))
    alike = {key: value for key, value in old.items() if key != "forbidden_when"} == {
        key: value for key, value in new.items() if key != "forbidden_when"
    }
    if not alike or exchanged is None:
        return f"{_now(new, rule_id, names)} (was: {refused(old, rule_id, names)})"
    if text is not None and _told_already(exchanged, text):
        return "code keeps to it"
    was = listed(scalar(before) for before, _ in exchanged)
    return f"{_now(new, rule_id, names)} (was {was})"


def _now(guard: Json, rule_id: str, names: Names) -> str:
    return f"code now refuses {refused(guard, rule_id, names)}"


def refused(guard: Json, rule_id: str, names: Names) -> str:
    """Return what a guard refuses, and when: "“issue refund” when amount is above 200"."""
    told = listed(names.tool(each) for each in guard.get("tools") or ()) or "calls"
    when = [f"when {condition(guard['forbidden_when'])}"] if guard.get("forbidden_when") else []
    when += ["until it is verified who the customer is"] if guard.get("needs_identity") else []
    if rule := guard.get("needs_disclosure"):
        what = "this" if rule == rule_id else f"what {names.rule(rule)} demands"
        when.append(f"until the customer has been told {what}")
    return f"{told} {listed(when) or 'always'}"


Pairs = list[tuple[Scalar, Scalar]]


def _exchanged(old: Json, new: Json) -> Pairs | None:
    """Return the values that differ between two conditions of one shape; None where the shapes differ."""
    if not old or not new:
        return None
    guards = [Guard.model_validate({"tools": [], "forbidden_when": each}) for each in (old, new)]
    first, second = guards[0].forbidden_when, guards[1].forbidden_when
    return _pairs(first, second) if first is not None and second is not None else None


def _pairs(old: Condition, new: Condition) -> Pairs | None:
    if isinstance(old, Compare) and isinstance(new, Compare):
        if (
            (old.field, old.op) != (new.field, new.op)
            or isinstance(old.value, tuple)
            or isinstance(new.value, tuple)
        ):
            return [] if old == new else None
        return [(old.value, new.value)] if old.value != new.value else []
    if isinstance(old, Compare) or isinstance(new, Compare) or old.kind != new.kind:
        return None
    if isinstance(old, Not) or isinstance(new, Not):
        return _pairs(old.of, new.of) if isinstance(old, Not) and isinstance(new, Not) else None
    if len(old.of) != len(new.of):
        return None
    found: Pairs = []
    for one, other in zip(old.of, new.of, strict=True):
        inner = _pairs(one, other)
        if inner is None:
            return None
        found += inner
    return found


def _told_already(exchanged: Pairs, text: Change) -> bool:
    """Return whether a text tells the very numbers that a guard exchanges."""
    gone, come = figures(text.before, text.after)
    return bool(exchanged) and all(
        not isinstance(was, str | bool) and not isinstance(now, str | bool) and was in gone and now in come
        for was, now in exchanged
    )


def new_rule(value: Json, name: str, names: Names) -> str:
    """Return a rule that is new by its text: "New prohibition R-15: “Final sale items …”"."""
    code = name.partition(" “")[0].removeprefix("rule").strip()
    kind = KINDS.get(value.get("kind", ""), "")
    head = f"new rule {code or name.removeprefix('rule ')}" + (f", a {kind}" if kind else "")
    text = clipped(value.get("text") or value.get("title") or "", MOST_WORDS)
    said = f"{head}: {text}"
    if value.get("guard"):
        said += f"; code refuses {refused(value['guard'], value.get('id', ''), names)}"
    return said
