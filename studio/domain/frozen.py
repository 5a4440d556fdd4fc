"""The base of every domain type: immutable, strict about names, one canonical JSON form.

- Canonical JSON is RFC 8785 of the dump without `None`; fingerprints are its SHA-256.
- rfc8785 is the reference, and slow; where the standard library's encoder gives the same bytes (no
  large or whole floats, no large integers, no character whose UTF-16 order differs), it is used instead.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

import rfc8785
from pydantic import BaseModel, ConfigDict

Json = Any
"""A JSON value: None, bool, int, float, str, list or dict of JSON values."""


class Frozen(BaseModel):
    """An immutable value with a canonical JSON form.

    What reads and writes a type is built when it is first used: of the hundreds of types that a verb imports
    it uses a few. Since pydantic 2.14 threads may meet in that.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, ser_json_bytes="base64", defer_build=True
    )


Model = TypeVar("Model", bound=Frozen)


def to_json(value: Frozen) -> dict[str, Json]:
    """Return the JSON tree of a value, without absent (None) members."""
    return value.model_dump(mode="json", exclude_none=True)


class _NeedsCare(Exception):
    """The standard library would spell this number differently."""


def _fraction(text: str) -> float:
    if "e" in text:
        raise _NeedsCare
    return _integer(text[:-2]) if text.endswith(".0") else float(text)


def _integer(text: str) -> int:
    if len(text) > 15:
        raise _NeedsCare
    return int(text)


# A number that may need care, at its place: long, with an exponent, or whole with a fraction. Strings may
# hold what looks like one; that costs only a look.
_SPELLING = re.compile(r"^-?\d|[:,\[]-?(?:\d{15}|\d+(?:\.\d+)?[eE]|\d+\.0(?!\d))")
# The same at any place, looked for first, as that is quicker by far; all digits are zeros by then.
_ALIKE = bytes.maketrans(b"123456789", b"0" * 9)
_LONG, _EXPONENT = b"0" * 15, re.compile(rb"0e[-+]")
_WHOLE = re.compile(rb"\.0[],}]")
_UNUSUAL_ORDER = re.compile("[\ud800-\U0010ffff]")
_FIRST_BYTES = tuple(bytes([first]) for first in range(0xED, 0xF5))
"""What begins a character of an unusual order, or one just below: looked for first, as that is quicker."""
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_DECODER = json.JSONDecoder(parse_float=_fraction, parse_int=_integer)


def canonical(value: Frozen | Json) -> bytes:
    """Return the RFC 8785 bytes of a value or JSON tree."""
    return _canonical(to_json(value) if isinstance(value, Frozen) else value)


def _canonical(tree: Json) -> bytes:
    try:
        text = _ENCODER.encode(tree)
        data = text.encode()
        if _is_usual(data):
            if _is_spelt_alike(data) or _SPELLING.search(text) is None:
                return data
            read = _DECODER.decode(text)
            # A whole number is written without its fraction.
            return _ENCODER.encode(read).encode() if ".0" in text else data
    except (_NeedsCare, ValueError, TypeError, RecursionError):
        pass  # the reference decides on the part that needs care, and says what is wrong
    if isinstance(tree, list | tuple) and tree:
        return b"[" + b",".join(_canonical(item) for item in tree) + b"]"
    return _members(tree) if isinstance(tree, dict) and len(tree) > 1 else rfc8785.dumps(tree)


def _is_spelt_alike(data: bytes) -> bool:
    """Return whether no number that the standard library wrote can be spelt otherwise; no is no proof."""
    alike = data.translate(_ALIKE)
    return not (alike[:1] in (b"0", b"-") or _LONG in alike or _EXPONENT.search(alike) or _WHOLE.search(data))


def _is_usual(data: bytes) -> bool:
    """Return whether members come in one order whether sorted as characters or as UTF-16."""
    return not any(first in data for first in _FIRST_BYTES) or _UNUSUAL_ORDER.search(data.decode()) is None


def _members(tree: dict[str, Json]) -> bytes:
    if not all(isinstance(name, str) for name in tree):
        return rfc8785.dumps(tree)
    names = sorted(tree, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return b"{" + b",".join(rfc8785.dumps(name) + b":" + _canonical(tree[name]) for name in names) + b"}"


def plainly(tree: Json) -> str:
    """Return a plain tree (see `decoded`) as text, quickly; raises ValueError or TypeError for any other."""
    return _ENCODER.encode(tree)


def _written(tree: Json) -> bytes:
    return _ENCODER.encode(tree).encode()


def is_plainly(data: bytes) -> bool:
    """Return whether what `plainly` wrote is canonical; no where only care could tell."""
    return _is_usual(data) and _is_spelt_alike(data)


def without_fractions(tree: Json, text: str) -> Json:
    """Return a tree, which `plainly` wrote as `text`, whose whole numbers have no fraction (1, not 1.0).

    Raises ValueError where a number needs more care than that.
    """
    if ".0" not in text:
        return tree
    try:
        return _DECODER.decode(text)
    except _NeedsCare:
        raise ValueError("a number needs care") from None


def decoded(data: bytes) -> Json:
    """Return the tree of plain canonical JSON: quickly, or with ValueError where only care could tell.

    What comes back has no number that the standard library would spell differently.
    """
    text = data.decode()
    try:
        tree = _DECODER.decode(text)
        if _is_usual(data) and plainly(tree) == text:
            return tree
    except (_NeedsCare, TypeError, RecursionError):
        pass
    raise ValueError("no plain canonical JSON")


def spelt(tree: Json, data: bytes, write: Callable[[Json], bytes] = _written) -> bool:
    """Return whether `data` is the canonical form of a tree whose every part came from `decoded`.

    For any other tree it must be known already that `data` is canonical. Whoever writes many trees that share
    parts may hand in another way to write, which gives the same text.
    """
    with suppress(ValueError, TypeError, RecursionError):  # the slower way says what is wrong
        if write(tree) == data and _is_usual(data):
            return True
    return canonical(tree) == data


def digest(value: Frozen | Json | bytes) -> str:
    """Return the SHA-256, in hexadecimal, of bytes or of a value's canonical JSON."""
    data = value if isinstance(value, bytes) else canonical(value)
    return hashlib.sha256(data).hexdigest()
