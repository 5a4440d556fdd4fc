"""What happens to words on the way from a head to a keyboard or a telephone: slips, haste, habits.

- Only plain words are touched; a code, a number, an address, a place in braces never is.
- Slips are those of real keyboards: the neighbouring key, two letters swapped, one lost, one doubled.
- Every change is drawn from the customer's voice, so the same customer slips in the same way.
"""

from __future__ import annotations

import re
from functools import lru_cache

from studio.simulation.voices import Voice

_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_WORD = re.compile(r"(?<![\w@.{'’-])[A-Za-z]{5,}(?![\w@}'’-])(?!\.\w)")
_SLANG = (
    (re.compile(r"\b[Pp]lease\b"), ("pls", "plz")),
    (re.compile(r"\b(?:[Tt]hank you|[Tt]hanks)\b"), ("thx", "ta", "cheers")),
    (re.compile(r"\byou\b"), ("u", "ya")),
    (re.compile(r"\byour\b"), ("ur", "yr")),
    (re.compile(r"\bwant to\b"), ("wanna",)),
    (re.compile(r"\bgoing to\b"), ("gonna",)),
    (re.compile(r"\b[Gg]ive me\b"), ("gimme",)),
    (re.compile(r"\b[Ll]et me\b"), ("lemme",)),
    (re.compile(r"\b[Dd]on't know\b"), ("dunno",)),
    (re.compile(r"\b(?:Hello|Hi)\b"), ("yo", "heya", "hiya")),
    (re.compile(r"\bbecause\b"), ("cos", "bc")),
    (re.compile(r"\breally\b"), ("rly", "proper")),
)
_TAGS = (" mate", " tbh", " lol", " innit", " fam", " pal", "")
_FILLERS = ("um, ", "uh, ", "er, ", "well, ", "so, ", "yeah so, ", "right, ", "")
_SHORT = (
    (re.compile(r"\b[Pp]lease\b"), "pls"),
    (re.compile(r"\b(?:[Tt]hank you|[Tt]hanks)\b"), "thx"),
    (re.compile(r"\byou\b"), "u"),
    (re.compile(r"\byour\b"), "ur"),
    (re.compile(r"\band\b"), "&"),
    (re.compile(r"\btomorrow\b"), "tmrw"),
    (re.compile(r"\bminutes?\b"), "min"),
)
_ARTICLE = re.compile(r"\b(?:[Tt]he|[Aa]n?)\s+(?!\{|bit\b|lot\b|little\b)")
_FINE = re.compile(r"\b(?:I would like to|I'd like to|I would like|I'd like)\b")
_APOSTROPHE = re.compile(r"(?<=[a-z])['’](?=(?:t|m|s|d|ll|re|ve)\b)", re.I)


def _beside() -> dict[str, str]:
    found: dict[str, str] = {}
    for upper, row in enumerate(_ROWS):
        for at, letter in enumerate(row):
            near = row[max(0, at - 1) : at] + row[at + 1 : at + 2]
            for other in (upper - 1, upper + 1):
                if 0 <= other < len(_ROWS):
                    near += _ROWS[other][at : at + 1]
            found[letter] = near
    return found


BESIDE = _beside()
"""The keys next to each letter's key."""


def slip(word: str, kind: int, at: int, pick: int) -> str:
    """Return a word with one slip behind its first letter: swapped, neighbour, lost or doubled."""
    at = 1 + at % (len(word) - 2)
    letter = word[at]
    if kind % 4 == 0 and letter != word[at + 1]:
        return word[:at] + word[at + 1] + letter + word[at + 2 :]
    if kind % 4 == 1 and letter in BESIDE:
        return word[:at] + BESIDE[letter][pick % len(BESIDE[letter])] + word[at + 1 :]
    if kind % 4 == 2:
        return word[:at] + word[at + 1 :]
    return word[:at] + letter + word[at:]


def typos(text: str, voice: Voice, key: str, most: int = 2) -> str:
    """Return the text with up to so many plain words misspelt, at least one where there is one."""
    spans = [found.span() for found in _WORD.finditer(text)]
    number = voice.number(f"{key}/typos")
    chosen: list[int] = []
    for turn in range(min(most, len(spans))):
        chosen.append((number >> (6 * turn)) % len(spans))
    for place in sorted(set(chosen), reverse=True):
        start, end = spans[place]
        drawn = number >> (12 + 3 * place % 24)
        text = text[:start] + slip(text[start:end], drawn, drawn >> 2, drawn >> 5) + text[end:]
    return text


@lru_cache(maxsize=4_096)
def careless(text: str) -> str:
    """Return the text as typed in haste: no capitals, no full stop, no apostrophes."""
    return _APOSTROPHE.sub("", _lowered(text)).rstrip(".!")


def _lowered(text: str) -> str:
    """Return the text in small letters, but what has a digit in it and the places in braces."""
    words = text.split(" ")
    return " ".join(w if any(c.isdigit() for c in w) or "{" in w or "@" in w else w.lower() for w in words)


def slang(text: str, voice: Voice, key: str) -> str:
    """Return the text as friends write to each other."""
    number = voice.number(f"{key}/slang")
    for at, (pattern, words) in enumerate(_SLANG):
        word = words[(number >> at) % len(words)]
        text = pattern.sub(lambda found, word=word: word, text)  # type: ignore[misc]
    text = careless(text)
    tag = _TAGS[(number >> 16) % len(_TAGS)]
    if "unfinished" in key:
        return text
    return text if not tag or text.endswith(("}", "?", "...")) or "{" in text[-12:] else text + tag


@lru_cache(maxsize=4_096)
def short(text: str) -> str:
    """Return the text as it is thumbed into a telephone."""
    for pattern, word in _SHORT:
        text = pattern.sub(word, text)
    return careless(text)


def aloud(text: str, voice: Voice, key: str) -> str:
    """Return the text as a telephone line's transcript has it: fillers, no capitals, little punctuation."""
    filler = _FILLERS[voice.number(f"{key}/filler") % len(_FILLERS)]
    return filler + _lowered(text).rstrip(".!").replace("!", "")


@lru_cache(maxsize=4_096)
def basic(text: str) -> str:
    """Return the text in the English of somebody who has not learnt it for long."""
    return _ARTICLE.sub("", _FINE.sub("I want", text))
