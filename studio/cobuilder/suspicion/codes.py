"""Text that a person cannot read and a machine can: Base64, hexadecimal, shifted or reversed letters.

- Only what decodes to words is meant: a checksum, a picture or a random key decodes to noise.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
from collections.abc import Iterator

_BASE64 = re.compile(r"(?<![\w+/=.-])[A-Za-z0-9+/]{32,}={0,2}(?![\w+/=])")
_HEX = re.compile(r"(?<!\w)(?:[0-9a-fA-F]{2}){20,}(?!\w)")
_TOKEN = ("eyJ",)  # the beginning of a web token, which only holds names and times
_WORDS = re.compile(r"(?:[A-Za-z]{2,}[ ,.!?']+){3,}")
_KEYS = (
    "ignore",
    "disregard",
    "instruction",
    "approve",
    "override",
    "system",
    "prompt",
    "refund",
    "reviewer",
)
_SHIFTED = re.compile("|".join(codecs.encode(key, "rot13") for key in _KEYS), re.IGNORECASE)
_REVERSED = re.compile("|".join(key[::-1] for key in _KEYS), re.IGNORECASE)
_FEWEST_KEYS = 2


def decoded(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, words) of every stretch of a text that decodes to words."""
    for match in _BASE64.finditer(text):
        if not match[0].startswith(_TOKEN) and (words := _words(_from_base64(match[0]))):
            yield match.start(), match.end(), words
    for match in _HEX.finditer(text):
        if words := _words(bytes.fromhex(match[0])):
            yield match.start(), match.end(), words


def turned(text: str) -> str | None:
    """Return the words of a text whose letters were shifted by thirteen or reversed, or None."""
    if len(set(map(str.lower, _SHIFTED.findall(text)))) >= _FEWEST_KEYS:
        return codecs.encode(text, "rot13")
    if len(set(map(str.lower, _REVERSED.findall(text)))) >= _FEWEST_KEYS:
        return text[::-1]
    return None


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""


def _words(data: bytes) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return text if _WORDS.search(text) and all(char.isprintable() or char.isspace() for char in text) else ""
