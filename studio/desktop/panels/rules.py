"""The rules panel: a charter's rules as rows with how each is kept, and guards in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from studio.desktop.panels.graph import plain
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.row_list import RowItem
from studio.domain.charter import Charter, Guard, Rule
from studio.domain.check import RuleEnforcement
from studio.domain.condition import in_words

_ORDER = ("never", "must", "disclose", "escalate", "allow")
KIND_WORDS = {
    "never": "must never", "must": "must", "disclose": "must tell", "escalate": "must hand over",
    "allow": "may",
}  # fmt: skip
KEPT_WORDS = {
    "guard": "code", "tool permission": "permission", "step": "step", "text only": "words only",
}  # fmt: skip
WORDS_ONLY = "A model is asked to keep it, nothing makes it."
FILTERS: tuple[tuple[str, str], ...] = (
    ("", "All rules"),
    *((kind, KIND_WORDS[kind].capitalize()) for kind in _ORDER),
    ("high", "High severity"),
    ("words", "Kept by words only"),
    ("changed", "Changed in the draft"),
    ("uncited", "Without a sentence"),
)


def rule_rows(
    live: Charter,
    draft: Charter,
    enforced: Mapping[str, RuleEnforcement],
    wanted: str = "",
    words: str = "",
    broken: Iterable[str] = (),
) -> list[RowItem]:
    """Return the rules of both versions in groups; `wanted` is a filter, `words` are looked for in them."""
    was = {rule.id: rule for rule in live.rules}
    now = {rule.id: rule for rule in draft.rules}
    bad = set(broken)
    items: list[RowItem] = []
    for kind in (*_ORDER, *sorted({r.kind for r in (*live.rules, *draft.rules)} - set(_ORDER))):
        ids = [r.id for r in draft.rules if r.kind == kind]
        ids += [r.id for r in live.rules if r.kind == kind and r.id not in now]
        rows = [
            _row(was.get(each), now.get(each), enforced.get(each), each in bad)
            for each in ids
            if _fits(was.get(each), now.get(each), enforced.get(each), wanted, words)
        ]
        if rows:
            items.append(RowItem("", KIND_WORDS.get(kind, kind).upper()))
        items += rows
    return items


def _fits(
    live: Rule | None, draft: Rule | None, kept: RuleEnforcement | None, wanted: str, words: str
) -> bool:
    rule = draft or live
    assert rule is not None
    scope = (*rule.segments, *rule.regions, *(rule.channels or ()))
    said = f"{rule.id} {rule.title} {rule.text} {' '.join(scope)}".casefold()
    if not all(word in said for word in words.casefold().split()):
        return False
    special = {
        "": True,
        "high": rule.severity == "high",
        "words": kept is not None and kept.how == "text only",
        "changed": live != draft,
        "uncited": not rule.citations,
    }
    return special.get(wanted, rule.kind == wanted)


def _row(live: Rule | None, draft: Rule | None, kept: RuleEnforcement | None, broken: bool) -> RowItem:
    rule = draft or live
    assert rule is not None
    sign: Tone = "add" if live is None else "del" if draft is None else "chg" if live != draft else ""
    how = kept.how if kept is not None else rule.enforced_by
    chip = KEPT_WORDS[how] if draft is not None else "removed"
    tone: Tone = "warn" if how == "text only" and draft is not None else ""
    scope = [*rule.segments, *rule.regions, *(rule.channels or ())]
    about = " · ".join(
        [f"{rule.severity} severity", *scope, *(["not written anywhere"] * (not rule.citations))]
    )
    mark: Tone = "bad" if broken else ""
    words = "a check is broken" if broken else ""
    return RowItem(
        rule.id,
        f"{rule.id} {rule.title}",
        about,
        sign,
        mark=mark,
        mark_words=words,
        chip=chip,
        chip_tone=tone,
    )


def guard_words(guard: Guard) -> Iterator[str]:
    """Yield what a guard stops, in words."""
    names = ", ".join(f"“{plain(tool)}”" for tool in guard.tools)
    if guard.forbidden_when is not None:
        yield f"Code refuses {names} when {in_words(guard.forbidden_when)}"
    if guard.needs_identity:
        yield f"Code refuses {names} until it is verified who the customer is"
    if guard.needs_disclosure:
        yield f"Code refuses {names} until the customer was told what {guard.needs_disclosure} demands"
    if guard.forbidden_when is None and not guard.needs_identity and not guard.needs_disclosure:
        yield f"Code always refuses {names}"
