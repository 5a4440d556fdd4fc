"""A condition as one line that people can type: `days_elapsed <= 45 and (region = "UK" or vip = yes)`.

- `write_condition` and `read_condition` are each other's inverse, groups within groups included.
- Words for comparisons (“is at most”) are read as well as signs; `and` beside `or` needs brackets.
- What cannot be read is refused with a sentence: nothing is guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Protocol

from studio.domain.cell_text import NO, YES, read_amount, read_day
from studio.domain.condition import OPERATOR_WORDS, All, AnyOf, Compare, Condition, Not, Operator, Scalar
from studio.domain.errors import WrongUse
from studio.domain.workflow import SlotType

HOW = "Write it as: days_elapsed <= 45 and (region = UK or vip = yes)."
_DEEPEST = 12
_MORE: tuple[tuple[str, Operator], ...] = (
    ("is none of", "!="), ("is before", "<"), ("is on or before", "<="), ("is after", ">"),
    ("is on or after", ">="),
)  # fmt: skip
_WORDED = sorted(
    (*_MORE, *((words, op) for op, words in OPERATOR_WORDS.items())), key=lambda each: -len(each[0])
)
_TOKEN = re.compile(
    r'\s*(?:(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<sign><=|>=|!=|[=<>])|(?P<mark>[(),])|(?P<word>[^\s"<>=!(),]+))'
)
_NAME = re.compile(r"[^\W\d][\w.-]*")
_KEPT = frozenset(("and", "or", "not", "all", "any", "in", "is"))
_BARE = re.compile(r"[^\W\d_][\w-]*")


class FactLike(Protocol):
    """What is known of a fact: its type and, where only some values can be, those."""

    @property
    def type(self) -> SlotType: ...  # noqa: D102
    @property
    def choices(self) -> tuple[str, ...]: ...  # noqa: D102


# Writing


def write_condition(condition: Condition | None) -> str:
    """Return a condition as text; "" where there is none."""
    return "" if condition is None else _written(condition)


def _written(condition: Condition) -> str:
    if isinstance(condition, Compare):
        name = condition.field
        plain = _NAME.fullmatch(name) and name.casefold() not in _KEPT
        return f"{name if plain else _quoted(name)} {condition.op} {write_scalars(condition.value)}"
    if isinstance(condition, Not):
        return f"not ({_written(condition.of)})"
    word = "and" if isinstance(condition, All) else "or"
    if len(condition.of) < 2:
        inner = ", ".join(_written(part) for part in condition.of)
        return f"{'all' if word == 'and' else 'any'}({inner})"
    parts = [f"({_written(p)})" if isinstance(p, All | AnyOf) and len(p.of) > 1 else _written(p)
             for p in condition.of]  # fmt: skip
    return f" {word} ".join(parts)


def write_scalars(value: Scalar | tuple[Scalar, ...]) -> str:
    """Return a value, or several in brackets, so that its type can be read back."""
    if isinstance(value, tuple):
        return f"({', '.join(write_scalars(each) for each in value)})"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return json.dumps(value)
    plain = _BARE.fullmatch(value) and value.casefold() not in (*_KEPT, *YES, *NO)
    return value if plain else _quoted(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


# Reading


def read_condition(text: str, facts: Mapping[str, FactLike] | None = None) -> Condition | None:
    """Return the condition that a text says, None where it is empty; raises WrongUse.

    With `facts`, names and values are held against what can be known.
    """
    if not text.strip():
        return None
    reader = _Reader(text, facts)
    found = reader.whole(0)
    if reader.token:
        raise _wrong(f"“{reader.token}” stands where nothing can stand")
    return found


def _wrong(what: str) -> WrongUse:
    return WrongUse(f"The condition cannot be read: {what}.", HOW)


class _Reader:
    """Reads from the front, a token at a time; `token` is the one in sight, "" at the end."""

    def __init__(self, text: str, facts: Mapping[str, FactLike] | None) -> None:
        self.facts, self.at = facts, 0
        self.tokens: list[str] = []
        at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None:
                raise _wrong(f"“{text[at:].strip()[:20]}” says nothing")
            self.tokens.append(found[0].strip())
            at = found.end()

    @property
    def token(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def next(self) -> str:
        token = self.token
        self.at += 1
        return token

    def want(self, mark: str) -> None:
        if self.next() != mark:
            raise _wrong(f"a “{mark}” is missing")

    def whole(self, depth: int) -> Condition:
        """Read parts joined by one word; another word beside it could be read in two ways."""
        if depth > _DEEPEST:
            raise _wrong("it has too many brackets within brackets")
        parts, joined = [self.part(depth)], ""
        while (word := self.token.casefold()) in ("and", "or"):
            if joined and word != joined:
                raise _wrong("“and” and “or” stand side by side; put brackets around what belongs together")
            joined = word
            self.next()
            parts.append(self.part(depth))
        if not joined:
            return parts[0]
        return All(of=tuple(parts)) if joined == "and" else AnyOf(of=tuple(parts))

    def part(self, depth: int) -> Condition:
        word, after = self.token.casefold(), self.tokens[self.at + 1 : self.at + 2]
        if word == "(":
            self.next()
            inner = self.whole(depth + 1)
            self.want(")")
            return inner
        if word in ("not", "all", "any") and after == ["("]:
            self.next()
            self.next()
            if word == "not":
                negated = self.whole(depth + 1)
                self.want(")")
                return Not(of=negated)
            parts = () if self.token == ")" else (self.whole(depth + 1),)
            self.want(")")
            return All(of=parts) if word == "all" else AnyOf(of=parts)
        return self.compared()

    def compared(self) -> Compare:
        name = self.name()
        op = self.operator(name)
        if self.token == "(":
            self.next()
            values = [] if self.token == ")" else [self.value(name)]
            while self.token == ",":
                self.next()
                values.append(self.value(name))
            self.want(")")
            return Compare(field=name, op=op, value=tuple(values))
        value = self.value(name)
        return Compare(field=name, op=op, value=(value,) if op == "in" else value)

    def name(self) -> str:
        token = self.next()
        if token.startswith('"'):
            token = _unquoted(token)
        elif not _NAME.fullmatch(token):
            raise _wrong(f"the name of a fact is missing before “{token or 'the end'}”")
        if self.facts is not None and token not in self.facts:
            known = ", ".join(self.facts) or "none"
            raise WrongUse(f"There is no fact “{token}” here.", f"Known are: {known}.")
        return token

    def operator(self, name: str) -> Operator:
        token = self.next()
        if token in OPERATOR_WORDS:
            return token
        for words, op in _WORDED:
            said = words.split()
            if [each.casefold() for each in self.tokens[self.at - 1 : self.at - 1 + len(said)]] == said:
                self.at += len(said) - 1
                return op
        raise _wrong(f"it does not say how “{name}” is compared")

    def value(self, name: str) -> Scalar:
        token = self.next()
        if not token or token in "(),=<>":
            raise _wrong(f"a value for “{name}” is missing")
        if token.startswith('"'):
            return self.meant(name, _unquoted(token), is_quoted=True)
        while self.token and self.token not in "()," and self.token.casefold() not in ("and", "or"):
            if self.token.startswith('"') or self.token in OPERATOR_WORDS:
                raise _wrong(f"“{self.token}” stands where nothing can stand")
            token += f" {self.next()}"
        return self.meant(name, token, is_quoted=False)

    def meant(self, name: str, text: str, *, is_quoted: bool) -> Scalar:
        """Return a value as its fact's type has it; without a fact, as it looks."""
        fact = self.facts.get(name) if self.facts is not None else None
        if fact is None:
            return text if is_quoted else _as_it_looks(text)
        if fact.type in ("number", "money"):
            try:
                return read_amount(text)
            except WrongUse:
                raise WrongUse(
                    f"“{text}” is not a number.", f"“{name}” is one; write 45 or 1250.50."
                ) from None
        if fact.type == "date":
            return read_day(text)
        if fact.type == "yes or no":
            if text.casefold() not in (*YES, *NO):
                raise WrongUse(f"“{text}” is neither yes nor no.", f"“{name}” is one of the two.")
            return text.casefold() in YES
        known = {each.casefold(): each for each in fact.choices}
        if known and text.casefold() not in known:
            raise WrongUse(f"“{name}” is never “{text}”.", f"It is one of: {', '.join(fact.choices)}.")
        return known.get(text.casefold(), text)


def _unquoted(token: str) -> str:
    try:
        return str(json.loads(token, strict=False))
    except ValueError:
        raise _wrong(f"{token} is not closed") from None


def _as_it_looks(text: str) -> Scalar:
    if text.casefold() in (*YES, *NO):
        return text.casefold() in YES
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    if re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text):
        return float(text)
    return text
