"""How many guesses a passphrase would take, estimated plainly while it is typed.

- Pieces are counted, not signs: a repeat, a run such as “abc” or “qwerty”, a year, the owner's name or the
  key's name hardly add anything; something that can be spoken counts as a word, not as so many letters.
- No list of known passwords is used, so a famous one that looks random is rated too high; the estimate is a
  guide for whoever types, and only what is plainly guessed at once is refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

LEAST_SIGNS, LEAST_BITS = 8, 20.0
FAIR, GOOD, STRONG = 28.0, 42.0, 56.0
WORD_BITS = 12.0
"""A word out of about 4,000 that people think of."""

_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiop")
_INSTEAD = str.maketrans("013457@$!", "oleastasi")
_SPOKEN = re.compile(
    r"(?:[bcdfghjklmnpqrstvwxyz]{0,5}[aeiouyäöüéèàáíóúñ]{1,2})+[bcdfghjklmnpqrstvwxyzß]{0,4}"
)
_PART = re.compile(r"[^\W\d_]+|\d+|[\W_]", re.UNICODE)

Grade = Literal["too weak", "weak", "fair", "good", "strong"]


@dataclass(frozen=True, slots=True)
class Strength:
    """An estimate: `bits` is the logarithm (base 2) of the guesses; `advice` says what would help most."""

    bits: float
    grade: Grade
    advice: str

    @property
    def words(self) -> str:
        """Return the estimate for people."""
        return f"{self.grade.capitalize()}: {_many(self.bits)}."


def strength(passphrase: str, names: Iterable[str] = ()) -> Strength:
    """Return how hard a passphrase is to guess for one who knows these names (the owner's, the key's)."""
    known = {part for name in names for part in re.split(r"[\W_]+", name.casefold()) if len(part) > 2}
    seen: set[str] = set()
    bits, names_found, plain = 0.0, False, False
    for piece in _pieces(passphrase):
        cost, kind = _cost(piece, known, seen)
        bits += cost
        names_found |= kind == "name"
        plain |= kind in ("repeat", "sequence", "year")
        seen.add(piece.casefold())
    bits = round(bits, 1)
    return Strength(bits, _grade(passphrase, bits), _advice(passphrase, bits, names_found, plain))


def _pieces(passphrase: str) -> list[str]:
    """Return the parts of a passphrase; digits and signs inside a word stay with it, as in “p4ssw0rd”."""
    found: list[str] = []
    for word in re.split(r"([\s_.,;:/+-]+)", passphrase):
        spelled = word.casefold().translate(_INSTEAD)
        letters = sum(sign.isalpha() for sign in word)
        if letters >= 3 and letters * 2 >= len(word) and _SPOKEN.fullmatch(spelled) and not word.isdigit():
            found.append(word)
        else:
            found += _PART.findall(word)
    return [piece for piece in found if piece]


def _cost(piece: str, known: set[str], seen: set[str]) -> tuple[float, str]:
    """Return the bits of a piece and what it was taken for."""
    low = piece.casefold()
    spelled = low.translate(_INSTEAD)
    if not any(sign.isalnum() for sign in low) and len(low) == 1:
        return (0.5 if low in seen else _sign_bits(piece)), "sign"
    if low in seen:
        return 1.0, "repeat"
    if any(name in (low, spelled) or (len(name) > 3 and name in low) for name in known):
        return 3.0, "name"
    if len(set(low)) == 1 and len(low) > 2:
        return 5.0 + math.log2(len(low)), "repeat"
    if (unit := _repeated(low)) is not None:
        return _cost(unit, known, seen)[0] + 1.0, "repeat"
    if len(low) > 2 and any(low in row or low in row[::-1] for row in _ROWS):
        return 4.0 + math.log2(len(low)), "sequence"
    if re.fullmatch(r"(19|20)\d\d", low):
        return 7.0, "year"
    if _SPOKEN.fullmatch(spelled) and len(low) > 2:
        swapped = sum(a != b for a, b in zip(low, spelled, strict=True))
        return min(WORD_BITS + max(0, len(low) - 8) * 0.5, len(low) * 4.7) + _capitals(
            piece
        ) + swapped, "word"
    return len(piece) * _sign_bits(piece), "signs"


def _repeated(text: str) -> str | None:
    """Return what a text is made of by repeating it, or None."""
    at = (text + text).find(text, 1)
    return text[:at] if 1 < at < len(text) else None


def _capitals(piece: str) -> float:
    upper = sum(sign.isupper() for sign in piece)
    if upper in (0, len(piece)):
        return float(upper > 0)
    return 1.0 if upper == 1 and piece[0].isupper() else float(min(upper, len(piece) - upper) + 1)


def _sign_bits(piece: str) -> float:
    """Return the bits of one sign of a piece, by what kinds of signs stand in it."""
    if piece.isdigit():
        return math.log2(10)
    if piece.isalpha():
        return math.log2(26 if piece in (piece.lower(), piece.upper()) else 52)
    return 2.0 if piece.isspace() or piece in "-_.,!?" else 5.0


def _grade(passphrase: str, bits: float) -> Grade:
    if len(passphrase) < LEAST_SIGNS or bits < LEAST_BITS:
        return "too weak"
    if bits < FAIR:
        return "weak"
    return "fair" if bits < GOOD else "good" if bits < STRONG else "strong"


def _advice(passphrase: str, bits: float, names_found: bool, plain: bool) -> str:
    if not passphrase:
        return "Four unrelated words make a good one."
    if len(passphrase) < LEAST_SIGNS:
        return f"It needs at least {LEAST_SIGNS} characters; four unrelated words make a good one."
    if names_found and bits < STRONG:
        return "Your name or the key's name is guessed first; leave it out."
    if plain and bits < STRONG:
        return "Repeats, rows of keys and years are guessed first; use unrelated words."
    return "" if bits >= GOOD else "One or two more unrelated words help most."


def _many(bits: float) -> str:
    """Return a number of guesses in words."""
    power = int(bits * math.log10(2))
    if power >= 18:
        return "more guesses than anybody can make"
    names = (
        (15, "million billion"),
        (12, "thousand billion"),
        (9, "billion"),
        (6, "million"),
        (3, "thousand"),
    )
    for least, name in names:
        if power >= least:
            count = 10 ** (power - least)
            return f"about {'a' if count == 1 else format(count, ',')} {name} guesses"
    return "fewer than a thousand guesses"
