"""Whole numbers in English words, both ways: "forty-five" is 45, and 45 is "forty-five".

- From zero to nine hundred and ninety-nine, with or without hyphen; larger ones are written in digits.
"""

from __future__ import annotations

import re

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_BELOW_HUNDRED = (
    rf"(?:(?:{'|'.join(_TENS)})(?:[-\s](?:{'|'.join(_SMALL[1:10])})\b)?|(?:{'|'.join(reversed(_SMALL))}))"
)
NUMBER_WORDS = (
    rf"\b(?:(?:{'|'.join(_SMALL[1:10])})\s+hundred(?:\s+and\s+{_BELOW_HUNDRED})?|{_BELOW_HUNDRED})\b"
)
"""A pattern for one number in words."""


def number_of(words: str) -> int | None:
    """Return the number that words stand for, or None where they are none."""
    total, found = 0, False
    for word in re.split(r"[-\s]+", words.strip().lower()):
        if word in _SMALL:
            total += _SMALL.index(word)
        elif word in _TENS:
            total += 20 + 10 * _TENS.index(word)
        elif word == "hundred":
            total *= 100
        elif word != "and":
            return None
        found = True
    return total if found else None


def in_words(number: int) -> str | None:
    """Return a number in words, or None where it is written in digits."""
    if not 0 <= number < 1000:
        return None
    if number < 20:
        return _SMALL[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f"-{_SMALL[ones]}" if ones else "")
    hundreds, rest = divmod(number, 100)
    return f"{_SMALL[hundreds]} hundred" + (f" and {in_words(rest)}" if rest else "")
