"""JSON at the door: one strict parse, and only the RFC 8785 bytes of a value are accepted as that value.

- Refused: duplicate members, NaN and infinities, byte order marks, lone surrogates, integers beyond 2^53 - 1,
  deep nesting, anything after the value, and every spelling but the canonical one (so 1.0 is not 1).
- Whatever is wrong, the error is BundleBroken with a sentence; never a crash, never a recursion error.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from typing import Any, NoReturn

from studio.domain.errors import BundleBroken
from studio.domain.frozen import Json, canonical, decoded

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 64
_MAX_DIGITS = 16
_LARGEST = 2**53 - 1

_NO_SIGNS = bytes(set(range(256)) - set(b'[]{}"'))
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_ESCAPES = re.compile(rb'\\["\\]')
# A string runs to its closing quote or, unfinished, to the end; escapes are gone by then.
_STRINGS = re.compile(rb'"[^"]*+"?')


def parse_canonical(data: bytes, what: str) -> Json:
    """Return the value whose RFC 8785 form is exactly `data`; `what` names the file in errors."""
    check_depth(data, what)
    with suppress(ValueError):  # where it is not plain, the parser that takes care says what is wrong
        return decoded(data)
    value = parse(data, what)
    try:
        same = canonical(value) == data
    except (ValueError, RecursionError):
        same = False
    if not same:
        raise _broken(what, "is not written in the one way that counts (names in order, no blanks: RFC 8785)")
    return value


def parse(data: bytes, what: str) -> Json:
    """Return the value of strict JSON in any spelling; `what` names the file in errors."""
    check_depth(data, what)
    try:
        text = data.decode("utf-8")
        value = _decoder(what).decode(text)
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeError:
        raise _broken(what, "is not valid UTF-8 text, or holds half a character") from None
    except (ValueError, RecursionError):
        raise _broken(what, "is not valid JSON") from None
    return value


def _decoder(what: str) -> json.JSONDecoder:
    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            raise _broken(what, "names a member twice")
        return result

    def integer(digits: str) -> int:
        if len(digits) > _MAX_DIGITS + 1 or abs(int(digits)) > _LARGEST:
            raise _broken(what, "holds an integer beyond 2^53 - 1")
        return int(digits)

    def number(digits: str) -> float:
        value = float(digits)
        if value in (float("inf"), float("-inf")):
            raise _broken(what, "holds a number too large to keep exactly")
        return value

    def constant(name: str) -> NoReturn:
        raise _broken(what, f"holds {name}, which is not JSON")

    return json.JSONDecoder(
        object_pairs_hook=members, parse_int=integer, parse_float=number, parse_constant=constant
    )


def check_size(data: bytes, what: str) -> None:
    """Raise BundleBroken for data that is too large to be parsed at all."""
    if len(data) > MAX_BYTES:
        raise _broken(what, f"is larger than {MAX_BYTES // 1024 // 1024} MB")


def check_depth(data: bytes, what: str) -> None:
    """Raise BundleBroken for data that is too large, or nested too deep, to be parsed at all."""
    check_size(data, what)
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return
    signs = _ESCAPES.sub(b"", data).translate(_ONE_KIND, _NO_SIGNS)
    # Quotes side by side, of one string or of two, change nothing in what stands within a string.
    signs = left = _STRINGS.sub(b"", signs.replace(b'""', b""))
    for _ in range(MAX_DEPTH):  # each round takes the innermost pairs away
        left = left.replace(b"[]", b"")
    if left and _deepest(signs) > MAX_DEPTH:
        raise _broken(what, f"is nested more than {MAX_DEPTH} levels deep")


def _deepest(signs: bytes) -> int:
    depth = deepest = 0
    for sign in signs:
        depth += 1 if sign in b"[" else -1
        deepest = max(depth, deepest)
    return deepest


def _broken(what: str, why: str) -> BundleBroken:
    return BundleBroken(f"{what} {why}.", "Ask the sender for a fresh export.")
