"""Finding personal data in text: what can be told by its form, with check digits where there are some.

- E-mail addresses; bank accounts (IBAN, ISO 13616 mod 97); card numbers (Luhn, ISO/IEC 7812); phone numbers;
  postal addresses in common English, German and French forms; account numbers in the shapes that a workspace
  names.
- What has no form is not found: names of people, a birthday, a fact about somebody. It is said so where a
  user decides; whoever must be sure forbids the kind of text, or the model.
- Every pattern is bounded, so that no text makes it slow.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from studio.domain.model import Personal


@dataclass(frozen=True, slots=True)
class Found:
    """One piece of personal data: what it is, and where."""

    kind: Personal
    start: int
    end: int


_EMAIL = re.compile(r"[^\W_][\w.%+'-]{0,63}@(?:[^\W_][\w-]{0,62}\.){1,6}[^\W\d_]{2,24}(?![\w@])")
_IBAN = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}")
_CARD = re.compile(r"(?<![\d.,])\d(?:[ -]?\d){12,18}(?!\d)")
_DATE = re.compile(r"\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}")
_PHONE = re.compile(
    r"(?<![\w+.,/-])(?:"
    r"\+\d(?:[ ().\-/]{0,3}\d){6,14}"  # international
    r"|\(\d{2,5}\)[ \-]?\d{2,4}(?:[ .\-]?\d{2,5}){1,3}"  # area code in brackets
    r"|(?:1[-. ])?\d{3}[-. ]\d{3}[-. ]\d{4}"  # North America
    r"|0\d{1,4}[ \-/]\d{2,8}(?:[ \-]\d{2,8}){0,4}"  # trunk zero
    r"|0\d{9,11}"
    r")(?![\w-])"
)
_SPOKEN = re.compile(
    r"(?i)\b(?:tel(?:ephone)?|phone|fax|mobile|cell|hotline|call|dial|ring|sms|text)\b"
    r"[^\d\n]{0,24}?(?P<number>\d(?:[ ().\-/]{0,2}\d){4,14})(?!\w)"
)
_STREET = (
    r"Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Court|Ct|Place|Pl|Square|Sq|Terrace|"
    r"Close|Crescent|Highway|Hwy|Parkway|Pkwy"
)
_TOWN = (
    r"(?:,?[ \n]{1,3}(?:Apt|Apartment|Suite|Ste|Unit|Floor|Fl)\.? ?#?\w{1,6})?"
    r"(?:,[ \n]{0,2}[A-Z][\w'.-]{1,24}(?: [A-Z][\w'.-]{1,24}){0,2})?"
    r"(?:,?[ \n]{1,3}(?:[A-Z]{2} \d{5}(?:-\d{4})?|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}))?"
)
_ADDRESS = re.compile(
    r"(?<![\w#])(?:"
    rf"\d{{1,5}}[A-Za-z]?,? (?:[A-Z0-9][\w'.-]{{0,24}} ){{1,4}}(?:{_STREET})\b\.?{_TOWN}"
    r"|[A-ZÄÖÜ][\wäöüß-]{1,30}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm) \d{1,4}[a-z]?\b"
    r"(?:,?[ \n]{1,3}\d{4,5} [A-ZÄÖÜ][\wäöüß-]{1,30})?"
    r"|\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|boulevard|place|chemin|allée|quai|impasse) "
    r"(?:(?:de|du|des|la|le|les|l'|d')[ ]?){0,3}[A-ZÀ-Ý][\wà-ÿ'-]{1,30}(?: [A-ZÀ-Ý][\wà-ÿ'-]{1,30}){0,3}"
    r"(?:,?[ \n]{1,3}\d{5} [A-ZÀ-Ý][\wà-ÿ'-]{1,30})?"
    r"|P\.? ?O\.? Box \d{1,8}"
    r"|[A-Z][\w'.-]{1,24}(?: [A-Z][\w'.-]{1,24}){0,2}, [A-Z]{2} \d{5}(?:-\d{4})?"
    r")"
)
_REMEMBERED = 256
"""Texts of which it is known what they hold: thousands of questions begin with the same words."""
_LETTERS = {"#": r"\d", "@": "[^\\W\\d_]"}


def _emails(text: str) -> Iterator[tuple[int, int]]:
    for match in _EMAIL.finditer(text):
        yield match.span()


def is_iban(text: str) -> bool:
    """Return whether a text without blanks is an IBAN by form and check digits."""
    if not (15 <= len(text) <= 34 and text.isascii() and text.isalnum()):
        return False
    turned = text[4:] + text[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def _ibans(text: str) -> Iterator[tuple[int, int]]:
    for match in _IBAN.finditer(text):
        # The words after an account number look like more of it: the longest beginning that checks counts.
        for end in range(match.end(), match.start() + 14, -1):
            if text[end - 1] not in " -" and is_iban(re.sub("[ -]", "", text[match.start() : end])):
                yield match.start(), end
                break


def is_card(digits: str) -> bool:
    """Return whether digits are a card number by length, issuer and check digit."""
    if not (13 <= len(digits) <= 19 and digits.isascii() and digits.isdigit() and digits[0] in "23456"):
        return False
    doubled = (int(sign) * (2 if place % 2 else 1) for place, sign in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _cards(text: str) -> Iterator[tuple[int, int]]:
    for match in _CARD.finditer(text):
        if is_card(re.sub("[ -]", "", match.group())):
            yield match.span()


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for match in _PHONE.finditer(text):
        digits = sum(sign.isdigit() for sign in match.group())
        if 7 <= digits <= 15 and not _DATE.fullmatch(match.group()):
            yield match.span()
    for match in _SPOKEN.finditer(text):
        if not _DATE.fullmatch(match.group("number")):
            yield match.span("number")


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    for match in _ADDRESS.finditer(text):
        yield match.span()


def _shaped(shapes: Sequence[str]) -> Callable[[str], Iterator[tuple[int, int]]]:
    patterns = [
        re.compile(r"(?<!\w)" + "".join(_LETTERS.get(sign, re.escape(sign)) for sign in shape) + r"(?!\w)")
        for shape in shapes
    ]

    def find(text: str) -> Iterator[tuple[int, int]]:
        for pattern in patterns:
            for match in pattern.finditer(text):
                yield match.span()

    return find


def personal(text: str, kinds: Sequence[Personal], id_shapes: Sequence[str] = ()) -> tuple[Found, ...]:
    """Return the personal data of these kinds in a text, in order, none overlapping another."""
    return _personal(text, tuple(kinds), tuple(id_shapes))


@lru_cache(maxsize=_REMEMBERED)
def _personal(text: str, kinds: tuple[Personal, ...], id_shapes: tuple[str, ...]) -> tuple[Found, ...]:
    finders: dict[Personal, Callable[[str], Iterator[tuple[int, int]]]] = {
        "account number": _shaped(id_shapes),
        "e-mail address": _emails,
        "bank account": _ibans,
        "card number": _cards,
        "phone number": _phones,
        "postal address": _addresses,
    }
    taken: list[Found] = []
    for kind, find in finders.items():
        if kind not in kinds:
            continue
        for start, end in find(text):
            if all(end <= other.start or other.end <= start for other in taken):
                taken.append(Found(kind, start, end))
    return tuple(sorted(taken, key=lambda found: found.start))
