"""Conversations as they travel and are kept: compressed canonical JSON, several times cheaper than objects.

- The text is written piece by piece and equals `studio.domain.frozen.canonical`, byte for byte; a test
  holds both to it. What is not plain (floats that are spelt in two ways, large numbers) goes to `canonical`.
- Events, marks and turns of the agent that recur thousands of times (the runtime and the simulation share
  them) are spelt once.
"""

from __future__ import annotations

import zlib
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from itertools import accumulate
from json.encoder import encode_basestring
from typing import Any, overload

from pydantic import TypeAdapter

from studio.domain.collector import uncollected
from studio.domain.errors import BrokenInput
from studio.domain.frozen import Frozen, canonical
from studio.domain.run import Conversation, Mark
from studio.domain.trace import TraceEvent, Turn

LEVEL = 1
"""How hard bodies are pressed: harder takes twice the time for a tenth of the space."""
LARGEST_BODY = 256 * 2**20
"""Bytes that the body of one batch may unfold to."""
_SAFE = 10**15
_SPELT_MOST = 20_000
_TURNS_MOST = 5_000


class _NotPlain(Exception):
    """A value that only the reference spells for sure."""


@cache
def _names(kind: type[Frozen]) -> tuple[tuple[str, str], ...]:
    """Return the fields of a kind in canonical order, each with its beginning in JSON."""
    return tuple((name, f'"{name}":') for name in sorted(kind.model_fields))


_spelt: dict[int, tuple[Frozen, str]] = {}
_turns: dict[int, tuple[Turn, str]] = {}


def _text(value: Any) -> str:
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is tuple or kind is list:
        return "[" + ",".join(map(_text, value)) + "]"
    if kind is dict:
        return _members(value) if value else "{}"
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return _number(value)
    if kind is float:
        return _fraction(value)
    if value is None:
        return "null"
    if isinstance(value, Frozen):
        return _frozen(value)
    raise _NotPlain


def _number(value: int) -> str:
    if -_SAFE < value < _SAFE:
        return str(value)
    raise _NotPlain


def _fraction(value: float) -> str:
    if value.is_integer() and -_SAFE < value < _SAFE:
        return str(int(value))
    text = repr(value)
    if "e" in text or "n" in text:
        raise _NotPlain
    return text


def _members(tree: dict[Any, Any]) -> str:
    if not all(type(name) is str and name.isascii() for name in tree):
        raise _NotPlain
    members = (f"{encode_basestring(name)}:{_text(tree[name])}" for name in sorted(tree))
    return "{" + ",".join(members) + "}"


def _frozen(value: Frozen) -> str:
    if type(value) is Turn:
        return _turn(value)
    if type(value) is TraceEvent:
        return _event(value)
    if type(value) is Mark:
        known = _spelt.get(id(value))
        return known[1] if known is not None and known[0] is value else _remembered(value)
    return _object(value)


def _turn(value: Turn) -> str:
    """Return a turn in JSON; customers put things in their own words, all others say the same again."""
    if value.role == "customer":
        events = ",".join(map(_event, value.events))
        return f'{{"events":[{events}],"role":"customer","text":{encode_basestring(value.text)}}}'
    known = _turns.get(id(value))
    if known is not None and known[0] is value:
        return known[1]
    text = _object(value)
    if len(_turns) >= _TURNS_MOST:
        _turns.clear()
    _turns[id(value)] = value, text
    return text


def _event(value: TraceEvent) -> str:
    known = _spelt.get(id(value))
    if known is not None and known[0] is value:
        return known[1]
    fields = value.__dict__
    if fields["arguments"] or fields["reply"]:
        return _object(value)
    return _remembered(value)


def _remembered(value: Frozen) -> str:
    text = _object(value)
    if len(_spelt) >= _SPELT_MOST:
        _spelt.clear()
    _spelt[id(value)] = (value, text)
    return text


def _object(value: Frozen) -> str:
    fields = value.__dict__
    members: list[str] = []
    for name, start in _names(type(value)):
        each = fields[name]
        kind = type(each)
        if kind is str:
            members.append(start + encode_basestring(each))
        elif each is None:
            continue
        elif kind is dict and not each:
            members.append(start + "{}")
        elif name == "events":
            members.append(start + "[" + ",".join(map(_event, each)) + "]")
        elif name == "turns":
            members.append(start + "[" + ",".join(map(_turn, each)) + "]")
        else:
            members.append(start + _text(each))
    return "{" + ",".join(members) + "}"


def spell(conversation: Conversation) -> bytes:
    """Return the canonical JSON of a conversation."""
    try:
        return _frozen(conversation).encode()
    except (_NotPlain, UnicodeEncodeError):
        return canonical(conversation)


def pack(spelt: Iterable[bytes]) -> bytes:
    """Return the body of a batch of conversations in canonical JSON."""
    return zlib.compress(b"[" + b",".join(spelt) + b"]", LEVEL)


@cache
def _reader() -> TypeAdapter[tuple[Conversation, ...]]:
    return TypeAdapter(tuple[Conversation, ...])


def unpack(body: bytes) -> tuple[Conversation, ...]:
    """Return the conversations of a body; raises BrokenInput for what is none."""
    unfolding = zlib.decompressobj()
    try:
        text = unfolding.decompress(body, LARGEST_BODY)
        if unfolding.unconsumed_tail or not unfolding.eof:
            raise ValueError("too long or cut off")
        with uncollected():
            return _reader().validate_json(text)
    except (zlib.error, ValueError) as error:
        raise BrokenInput(
            "A kept conversation of this run is damaged.", "Simulate again; the same seed gives the same."
        ) from error


class KeptConversations(Sequence[Conversation], ABC):
    """The conversations of one side of a run, unpacked batch by batch as they are looked at."""

    def __init__(self, remembered: int = 4) -> None:
        """Read nothing yet; `remembered` batches stay unpacked."""
        self._remembered = remembered
        self._open: OrderedDict[int, tuple[Conversation, ...]] = OrderedDict()

    @abstractmethod
    def counts(self) -> Sequence[int]:
        """Return how many conversations each batch has."""

    @abstractmethod
    def load(self, number: int) -> bytes:
        """Return the body of a batch."""

    @cached_property
    def _ends(self) -> tuple[int, ...]:
        return tuple(accumulate(self.counts()))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def _batch(self, number: int) -> tuple[Conversation, ...]:
        found = self._open.get(number)
        if found is None:
            self._open[number] = found = unpack(self.load(number))
            while len(self._open) > self._remembered:
                self._open.popitem(last=False)
        return found

    def __iter__(self) -> Iterator[Conversation]:
        for number in range(len(self._ends)):
            yield from self._batch(number)

    @overload
    def __getitem__(self, index: int) -> Conversation: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Conversation]: ...
    def __getitem__(self, index: int | slice) -> Conversation | Sequence[Conversation]:
        if isinstance(index, slice):
            return _Part(self, range(len(self))[index])
        at = range(len(self))[index]
        number = bisect_right(self._ends, at)
        return self._batch(number)[at - self._ends[number]]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]


class _Part(Sequence[Conversation]):
    """Some of the conversations of a side."""

    def __init__(self, whole: KeptConversations, places: range) -> None:
        self._whole, self._places = whole, places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> Conversation: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Conversation]: ...
    def __getitem__(self, index: int | slice) -> Conversation | Sequence[Conversation]:
        if isinstance(index, slice):
            return _Part(self._whole, self._places[index])
        return self._whole[self._places[index]]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]
