"""The rules panel: a charter's rules as rows, live against draft, and guards in words."""

from __future__ import annotations

from collections.abc import Iterator

from studio.desktop.panels.graph import plain
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.row_list import RowItem
from studio.domain.charter import Charter, Guard, Rule
from studio.domain.condition import in_words

_ORDER = ("never", "must", "disclose", "escalate", "allow")
KIND_WORDS = {
    "never": "must never", "must": "must", "disclose": "must tell", "escalate": "must hand over",
    "allow": "may",
}  # fmt: skip


def rule_rows(live: Charter, draft: Charter) -> list[RowItem]:
    """Return all rules of both versions in groups, with signs where they differ."""
    was = {rule.id: rule for rule in live.rules}
    now = {rule.id: rule for rule in draft.rules}
    items: list[RowItem] = []
    for kind in (*_ORDER, *sorted({r.kind for r in (*live.rules, *draft.rules)} - set(_ORDER))):
        ids = [r.id for r in draft.rules if r.kind == kind]
        ids += [r.id for r in live.rules if r.kind == kind and r.id not in now]
        if ids:
            items.append(RowItem("", KIND_WORDS.get(kind, kind).upper()))
        items += [_row(was.get(rule_id), now.get(rule_id)) for rule_id in ids]
    return items


def _row(live: Rule | None, draft: Rule | None) -> RowItem:
    rule = draft or live
    assert rule is not None
    sign: Tone = "add" if live is None else "del" if draft is None else "chg" if live != draft else ""
    by = "enforced by guard" if rule.guard else f"enforced by {rule.enforced_by}"
    return RowItem(rule.id, f"{rule.id} {rule.title}", by, sign)


def about_lines(charter: Charter) -> Iterator[tuple[str, str]]:
    """Yield the fields of a charter with their headings."""
    yield "Purpose", charter.purpose
    yield "Audience", charter.audience
    yield "Channel", charter.channel
    yield "What it says about being automated", charter.ai_disclosure
    yield "What it says it can do", charter.capabilities
    levels = {
        1: "answers and prepares; people act",
        2: "acts within limits",
        3: "acts alone within the rules",
    }
    yield "Autonomy", f"Level {charter.autonomy} of 3: {levels[charter.autonomy]}"


def guard_words(guard: Guard) -> Iterator[str]:
    """Yield what a guard stops, in words."""
    names = ", ".join(f"“{plain(tool)}”" for tool in guard.tools)
    if guard.forbidden_when is not None:
        yield f"{names} is stopped when {in_words(guard.forbidden_when)}"
    if guard.needs_identity:
        yield f"{names} is stopped until identity is verified"
    if guard.needs_disclosure:
        yield f"{names} is stopped until the customer was told what {guard.needs_disclosure} demands"
