"""Text as a machine would understand it behind its disguise: invisible characters out, look-alikes as Latin.

- Every character of the plain form knows where it stands in the raw text, so that a find can be quoted.
- Only what fools the eye is undone: zero-width and direction marks, tag characters, look-alike letters,
  wide and mathematical letters, spaced-out words, digits standing for letters.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

from studio.cobuilder.words.markup import readable

_JOINERS = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\u3164\ufeff"
)
INVISIBLE = re.compile(f"[{_JOINERS}\ufe00-\ufe0f\U000e0000-\U000e01ef]")
_PARTED = re.compile("[^\\W\\d_]+(?:[\u200b\u2060\ufeff]+[^\\W\\d_]+)+")
_LONG_WORD = 14
_FEWEST_PARTED = 2
_CYRILLIC = dict(zip("аеорсухіјѕһԁԛԝгпкАВЕКМНОРСТХІЈЅ", "aeopcyxijshdqwrnkABEKMHOPCTXIJS", strict=True))
_GREEK = dict(zip("ονιυκρΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "oviukpABEZHIKMNOPTYX", strict=True))
LOOK_ALIKES = _CYRILLIC | _GREEK
_WORD = re.compile(r"[^\W\d_]{3,}")
_SPACED = re.compile(r"(?<!\w)(?:\w[ .\-_*]){4,}\w(?!\w)")
_LEET = str.maketrans("013457@$", "oieastas")
_LEET_WORD = re.compile(
    r"(?<![\w@$])(?=\w*[a-z])(?=[\w@$]*[013457@$])[a-z013457@$]{3,}(?![\w@$])", re.IGNORECASE
)


class Plain(NamedTuple):
    """A text without its disguise, and for each of its characters the offset in the document."""

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw span of `text[start:end]` (not empty)."""
        return self.offsets[start], self.offsets[end - 1] + 1


def undisguised(raw: str, base: int, *, markdown: bool) -> Plain:
    """Return the plain form of a raw slice that stands at `base` in its document."""
    if raw.isascii():
        form = readable(raw, base, markdown)
        return _joined(Plain(form.text, form.offsets))
    kept = [at for at, char in enumerate(raw) if not INVISIBLE.match(char)]
    form = readable("".join(raw[at] for at in kept), 0, markdown)
    chars: list[str] = []
    offsets: list[int] = []
    for char, at in zip(form.text, form.offsets, strict=True):
        folded = unicodedata.normalize("NFKC", LOOK_ALIKES.get(char, char))
        chars.extend(folded)
        offsets.extend([base + kept[at]] * len(folded))
    return _joined(Plain("".join(chars), tuple(offsets)))


def _joined(plain: Plain) -> Plain:
    """Return the text with spaced-out words (“i g n o r e”) closed up; two spaces part words."""
    if not _SPACED.search(plain.text):
        return plain
    drop: set[int] = set()
    for match in _SPACED.finditer(plain.text):
        drop.update(range(match.start() + 1, match.end(), 2))
    kept = [at for at in range(len(plain.text)) if at not in drop]
    return Plain("".join(plain.text[at] for at in kept), tuple(plain.offsets[at] for at in kept))


def unleeted(text: str) -> str:
    """Return a text with digits and signs inside words as the letters they stand for; same length."""
    return _LEET_WORD.sub(lambda match: match[0].translate(_LEET), text)


def parted_words(raw: str) -> list[tuple[int, int]]:
    """Return where invisible characters part the letters of words; a break in a long word is no disguise."""
    found = [
        match.span() for match in _PARTED.finditer(raw) if len(INVISIBLE.sub("", match[0])) <= _LONG_WORD
    ]
    return found if len(found) >= _FEWEST_PARTED else []


def mixed_words(raw: str) -> list[tuple[int, int]]:
    """Return the words that mix Latin letters with look-alikes from other alphabets."""
    return [
        match.span()
        for match in _WORD.finditer(raw)
        if not match[0].isascii()
        and any(char in LOOK_ALIKES for char in match[0])
        and any(char.isascii() for char in match[0])
        and all(char.isascii() or char in LOOK_ALIKES for char in match[0])
    ]
