"""The base of every domain type: immutable, strict about names, one canonical JSON form.

- Canonical JSON is RFC 8785 of the dump without `None`; fingerprints are its SHA-256.
- rfc8785 is the reference, and slow; where the standard library's encoder gives the same bytes (no
  large or whole floats, no large integers, no character whose UTF-16 order differs), it is used instead.
"""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import suppress
from typing import Any, TypeVar

import rfc8785
from pydantic import BaseModel, ConfigDict

Json = Any
"""A JSON value: None, bool, int, float, str, list or dict of JSON values."""


class Frozen(BaseModel):
    """An immutable value with a canonical JSON form."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, ser_json_bytes="base64")


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


_UNUSUAL_ORDER = re.compile("[\ud800-\U0010ffff]")
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_DECODER = json.JSONDecoder(parse_float=_fraction, parse_int=_integer)


def canonical(value: Frozen | Json) -> bytes:
    """Return the RFC 8785 bytes of a value or JSON tree."""
    return _canonical(to_json(value) if isinstance(value, Frozen) else value)


def _canonical(tree: Json) -> bytes:
    try:
        text = _ENCODER.encode(tree)
        if text.isascii() or _UNUSUAL_ORDER.search(text) is None:
            read = _DECODER.decode(text)
            # A whole number is written without its fraction.
            return (_ENCODER.encode(read) if ".0" in text else text).encode()
    except (_NeedsCare, ValueError, TypeError, RecursionError):
        pass  # the reference decides on the part that needs care, and says what is wrong
    if isinstance(tree, list | tuple) and tree:
        return b"[" + b",".join(_canonical(item) for item in tree) + b"]"
    return _members(tree) if isinstance(tree, dict) and len(tree) > 1 else rfc8785.dumps(tree)


def _members(tree: dict[str, Json]) -> bytes:
    if not all(isinstance(name, str) for name in tree):
        return rfc8785.dumps(tree)
    names = sorted(tree, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    return b"{" + b",".join(rfc8785.dumps(name) + b":" + _canonical(tree[name]) for name in names) + b"}"


def spelt(tree: Json, data: bytes) -> bool:
    """Return whether `data`, which is known to be canonical, is the canonical form of a JSON tree."""
    with suppress(ValueError, TypeError, RecursionError):  # the slower way says what is wrong
        if _ENCODER.encode(tree).encode("utf-8", "surrogatepass") == data:
            return True
    return canonical(tree) == data


def digest(value: Frozen | Json | bytes) -> str:
    """Return the SHA-256, in hexadecimal, of bytes or of a value's canonical JSON."""
    data = value if isinstance(value, bytes) else canonical(value)
    return hashlib.sha256(data).hexdigest()
