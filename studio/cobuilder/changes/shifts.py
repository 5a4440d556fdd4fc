"""What a fact was and is now, and how a text that states the old fact states the new one.

- A shift is a value, a date, a name (or other words), or a list. It moves every manner of saying the
  old: digits and words, hyphens, other spellings of a currency, other forms of a date, plural and
  possessive, lists with or without articles; and keeps the manner.
- A text that does not state the old fact is returned as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import Literal

from studio.cobuilder.words.dates import Written, written_dates
from studio.cobuilder.words.lexicon import is_verb
from studio.cobuilder.words.matching import ValueChange, turning_words, value_changes
from studio.cobuilder.words.values import masked, patched
from studio.cobuilder.words.vocabulary import STOP_WORDS

Scope = Literal["everywhere", "matter", "linked", "rule"]
"""Where a shift holds: wherever the words stand, where the matter is the same, where the sentence is cited,
or in the rule alone."""


@dataclass(frozen=True, slots=True)
class ValueShift:
    """A number with its unit became another."""

    change: ValueChange
    scope: Scope = "matter"

    @property
    def shown(self) -> str:
        """Return old and new in a line."""
        new = self.change.new
        return f"{self.change.old.shown} → {new.shown}{new.event_words if self.change.moved_event else ''}"

    @property
    def was(self) -> str:
        """Return the old fact as a text states it."""
        old = self.change.old
        return f"{old.shown}{old.event_words if self.change.moved_event else ''}"

    def moved(self, text: str) -> str:
        """Return a text that states the new fact where it stated the old one."""
        return patched(text, self.change.old, self.change.new)


@dataclass(frozen=True, slots=True)
class DateShift:
    """A day became another."""

    old: Written
    new: Written
    scope: Scope = "matter"

    @property
    def shown(self) -> str:
        """Return old and new in a line."""
        return f"{self.old.words} → {self.new.words}"

    @property
    def was(self) -> str:
        """Return the old fact as a text states it."""
        return self.old.words

    def moved(self, text: str) -> str:
        """Return a text that states the new day, in the form in which it stated the old one."""
        out, at = [], 0
        for each in written_dates(text):
            if each.is_same_day(self.old):
                out += [text[at : each.start], each.in_form(self.new)]
                at = each.end
        return "".join(out) + text[at:]


@dataclass(frozen=True)
class WordShift:
    """A name, or other words, became others."""

    old: str
    new: str
    scope: Scope = "linked"

    @property
    def shown(self) -> str:
        """Return old and new in a line."""
        return f"“{self.old}” → “{self.new}”"

    @property
    def was(self) -> str:
        """Return the old words."""
        return self.old

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = [re.escape(word) for word in re.split(r"[\s-]+", self.old) if word]
        tail = r"(?P<plural>e?s)?" if re.search(r"[a-z]$", self.old) else ""
        whole = r"[\s-]+".join(words)
        return re.compile(rf"(?<![\w-]){whole}{tail}(?P<own>['’]s?)?(?![\w-])", re.IGNORECASE)

    def moved(self, text: str) -> str:
        """Return a text with the new words for the old, in the same number and case."""
        return self._pattern.sub(self._in_place, text)

    def _in_place(self, match: re.Match[str]) -> str:
        new = self.new
        if match[0][:1].isupper() and not self.old[:1].isupper():
            new = new[:1].upper() + new[1:]
        elif match[0][:1].islower() and self.old[:1].isupper() and new.istitle() is False:
            new = new[:1].lower() + new[1:]
        if match.groupdict().get("plural"):
            new = new if new.endswith("s") else f"{new}s"
        return new + (match["own"] or "")


@dataclass(frozen=True)
class ListShift:
    """A list of things became another list."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    scope: Scope = "everywhere"

    @property
    def shown(self) -> str:
        """Return what came and what went."""
        came = [f"with “{each}”" for each in self.new if each not in self.old]
        gone = [f"without “{each}”" for each in self.old if each not in self.new]
        return f"{', '.join(_bare(each) for each in self.old)}: {', '.join(came + gone)}"

    @property
    def was(self) -> str:
        """Return the old list."""
        return ", ".join(self.old)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        gap = r"\s*(?:,\s*(?P<c{0}>or|and)?|(?P<d{0}>or|and))\s+"
        items = [
            rf"(?P<a{at}>{'(?:an?|the) +' if _bare(each) != each else '(?!)'})?{_loosely(each)}"
            for at, each in enumerate(self.old)
        ]
        parts = [part for at, item in enumerate(items) for part in (item, gap.format(at))]
        return re.compile(r"\b" + "".join(parts[:-1]) + r"\b", re.IGNORECASE)

    def moved(self, text: str) -> str:
        """Return a text with the new list for the old, with articles and a last word as it had them."""
        return self._pattern.sub(self._in_place, text)

    def _in_place(self, match: re.Match[str]) -> str:
        last = len(self.old) - 2
        joined = match[f"c{last}"] or match[f"d{last}"]
        if not joined and re.match(r"\s*,?\s*(?:or|and)\b", match.string[match.end() :], re.IGNORECASE):
            return match[0]  # the list goes on: it is another one
        articles = any(match[f"a{at}"] for at in range(len(self.old)))
        items = [each if articles else _bare(each) for each in self.new]
        head = ", ".join(items[:-1]) + ("," if match[f"c{last}"] else "")
        words = f"{head} {joined} {items[-1]}" if joined else ", ".join(items)
        return words[:1].upper() + words[1:] if match[0][:1].isupper() else words


Shift = ValueShift | DateShift | WordShift | ListShift


def _bare(item: str) -> str:
    return re.sub(r"^(?:an?|the)\s+", "", item, flags=re.IGNORECASE)


def _loosely(item: str) -> str:
    return r"[\s-]+".join(re.escape(word) for word in _bare(item).split())


def shifts_between(old: str, new: str, names: frozenset[str] = frozenset()) -> list[Shift]:
    """Return the facts that differ between two sentences about one thing; `names` are known names."""
    found: list[Shift] = [ValueShift(change) for change in value_changes(old, new)]
    before, after = written_dates(old), written_dates(new)
    if len(before) == len(after):
        found += [DateShift(a, b) for a, b in zip(before, after, strict=True) if not a.is_same_day(b)]
    lists = list(_list_shifts(old, new))
    found += lists
    found += _word_shifts(old, new, names, lists)
    return found


# Lists

_ITEM = r"(?:(?:an?|the)\s+)?[A-Za-z][\w'’-]*(?:\s+[\w'’-]+){0,3}"
_LIST = re.compile(rf"(?P<first>{_ITEM})(?P<middle>(?:,\s+{_ITEM})+),?\s+(?:or|and)\s+(?P<last>{_ITEM})")


def lists_in(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the lists of three or more things in a text; each thing is as long as the ones in the middle."""
    for match in _LIST.finditer(" ".join(text.split())):
        middle = [item.strip() for item in match["middle"].strip(" ,").split(",")]
        length = max(len(item.split()) for item in middle)
        first = " ".join(match["first"].split()[-length:])
        last = " ".join(match["last"].split()[:length])
        yield (first, *middle, last)


def _list_shifts(old: str, new: str) -> Iterator[ListShift]:
    after = list(lists_in(new))
    for one in lists_in(old):
        known = {_bare(each).casefold() for each in one}
        for other in after:
            items = {_bare(each).casefold() for each in other}
            if known == items or len(known & items) < max(1, len(known) - 1):
                continue
            gone, come = (" ".join(left).split() for left in (known - items, items - known))
            if not set(gone) & set(come):  # else a thing of the list has another name
                yield ListShift(one, other)
            break


# Names and other words

_TOKEN = re.compile(r"#\w+|[\w£€$%]+(?:[-'’./][\w]+)*|[^\w\s]")


def _word_shifts(old: str, new: str, names: frozenset[str], lists: list[ListShift]) -> Iterator[WordShift]:
    before, after = _TOKEN.findall(masked(old)), _TOKEN.findall(masked(new))
    matcher = SequenceMatcher(None, [t.casefold() for t in before], [t.casefold() for t in after], False)
    if matcher.ratio() < 0.5:
        return
    listed = [_words_of([each.old for each in lists]), _words_of([each.new for each in lists])]
    for tag, a, b, c, d in matcher.get_opcodes():
        span, into = before[a:b], after[c:d]
        if tag != "replace" or not (_are_words(span) and _are_words(into)):
            continue
        if all(
            {t.casefold() for t in part} <= known for part, known in zip((span, into), listed, strict=True)
        ):
            continue  # the list says it
        left, right = (before[a - 1] if a else ""), (before[b] if b < len(before) else "")
        first = a == 0 or before[a - 1] in ".!?:"
        shift = _expanded(span, into, left, right)
        if shift is not None:
            yield WordShift(*shift, scope=_scope(span, into, shift[0], names, first=first))


def _words_of(lists: list[tuple[str, ...]]) -> set[str]:
    return {word.casefold() for items in lists for item in items for word in item.split()}


def _are_words(span: list[str]) -> bool:
    content = [t for t in span if t[0].isalnum() and t.casefold() not in STOP_WORDS and not turning_words(t)]
    return bool(content) and len(span) <= 5 and all(t[0].isalnum() for t in span)


def _expanded(span: list[str], into: list[str], left: str, right: str) -> tuple[str, str] | None:
    """Return old and new words as a name would be said: a changed word with its neighbour."""
    if len(span) == len(into) == 1 and not any(c.isdigit() for c in span[0]):
        if _is_content(right) and not is_verb(right.casefold()):
            return f"{span[0]} {right}", f"{into[0]} {right}"
        if _is_content(left):
            return f"{left} {span[0]}", f"{left} {into[0]}"
        if is_verb(span[0].casefold()):
            return None
    return " ".join(span), " ".join(into)


def _is_content(token: str) -> bool:
    return bool(token) and token[0].isalpha() and token.casefold() not in STOP_WORDS


def _scope(span: list[str], into: list[str], whole: str, names: frozenset[str], *, first: bool) -> Scope:
    if whole.isdigit():
        return "matter"
    told = span[1:] + into[1:] if first else span + into
    is_name = whole.casefold() in names or any(t[0].isupper() or any(c.isdigit() for c in t) for t in told)
    return "everywhere" if is_name else "linked"
