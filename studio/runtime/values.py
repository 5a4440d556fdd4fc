"""Reading typed values out of what a customer wrote.

- A reader finds one value and says where it stood, so that two facts never share the same words.
- Unasked, only what cannot be taken for something else is read; asked, the reader is more generous.
- Dates that could mean two days (03/04/2026) are not guessed; days told from today are read by `days`.
- What our scanner takes for an e-mail address is judged by `email-validator`, a number with a country by
  `phonenumberslite`, which also knows that "+44 (0)20" has no 0; each text once (60 and 80 µs, then kept).
  A number without a country stands for no country, so digits are all there is to judge it by.
- No library reads dates or money: measured on a turn, dateparser takes 1-2 ms, dateutil takes 03/04/2026,
  "May" and "17" for days nobody said, price-parser takes order numbers for prices.
- Spoken addresses ("ada at mail dot example") and spelt codes ("W 4 4 7 1") are put together again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from studio.domain.condition import Scalar
from studio.domain.shape import longest_said, read_shape
from studio.domain.workflow import Slot, SlotType


class Found(NamedTuple):
    """A value and the span of words it was read from."""

    value: Scalar
    start: int
    end: int


Reader = Callable[[str, bool], Found | None]
"""Takes the text and whether this fact was asked for."""

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = "(" + "|".join(f"{name}|{name[:3]}" for name in _MONTHS) + r")\.?"
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? {_MONTH},? (\d{{4}})\b", re.I)
_MONTH_FIRST = re.compile(rf"\b{_MONTH} (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})\b", re.I)
_NUMERIC = re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b")
_EMAIL = re.compile(r"[\w.+-](?:[\w.+'’-]*[\w+-])?@[\w-]+(?:\.[\w-]+)+")
_SPOKEN_EMAIL = re.compile(
    r"\b(\w+(?: (?:dot|dash|underscore|plus) \w+)*) at (\w+(?: (?:dot|dash) \w+)+)\b", re.I
)
_SPOKEN = (("dot", "."), ("dash", "-"), ("underscore", "_"), ("plus", "+"))
_PHONE = re.compile(r"(?<![\w@])\+?\(?\d[\d ().-]{5,18}\d(?!\w)")
_AMOUNT = r"(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})*,\d{2}(?!\d)|\d+(?:\.\d+)?)"
_COMMA_CENTS = re.compile(r"\d{1,3}(?:\.\d{3})*,\d{2}")
_MONEY = re.compile(
    rf"(?:[$£€]|\b(?:usd|eur|gbp) ?) ?{_AMOUNT}"
    rf"|(?<![\w.]){_AMOUNT} ?(?:dollars?|euros?|pounds?|bucks?|quid|usd|eur|gbp|[$£€])",
    re.I,
)
_NUMBER = re.compile(rf"(?<![\w.,-]){_AMOUNT}(?![\w-])")
_COUNTED = (
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_COUNT = re.compile(
    r"(?<!\bthat )(?<!\bthis )(?<!\bwhich )\b(" + "|".join(_COUNTED) + r")\b"
    r"(?! (?:more )?(?:moment|second|sec|minute|min|thing|last)s?\b)",
    re.I,
)
_NO = re.compile(
    r"\b(no|nope|nah|not|never|nay|isn'?t|wasn'?t|don'?t|didn'?t|haven'?t|hasn'?t|won'?t)\b", re.I
)
_YES = re.compile(
    r"\b(yes|yeah|yep|yup|yea|aye|sure|of course|certainly|correct|right|ok|okay|alright|definitely"
    r"|absolutely"
    r"|it is|it was|i do|i did|i have|i am|please do|go ahead|that'?s fine)\b",
    re.I,
)
_UNSURE = re.compile(
    r"\b(?:(?:don'?t|dont|do not) (?:really )?know|no idea|not (?:really )?(?:so )?sure|unsure"
    r"|can(?:no|')?t (?:find|remember|say)|(?:don'?t|dont|do not) have (?:it|that|one))\b",
    re.I,
)
_SOFT_NO = re.compile(
    r"^\W*(?:(?:right|ok|okay|alright|yeah|yea|well|so|um|uh|er|hm+|then|i'?d say|honestly|it'?s an?"
    r"|that'?s an?)\W+)+"
    r"(?=(?:oh )?no\b|nope\b|nah\b|(?:absolutely|definitely|certainly) not\b|not (?:really|at all)\b"
    r"|i (?:don'?t think|wouldn'?t say) so)",
    re.I,
)
_A_NO = re.compile(
    r"\b(?:be|it'?s|that'?s|say|is) (?:a )?no\b(?! (?:problem|worries|bother|objections?))", re.I
)
_NO_TROUBLE = re.compile(r"\bno (?:problem|worries|bother|objections?)\b", re.I)
_DENIED = re.compile(
    r"\b(?:not|never|\w+n['\u2019]t|cannot|isnt|wasnt|dont|hasnt|no longer|instead of|rather"
    r" than)\s+(?:\w+\s+){0,2}$",
    re.I,
)
_TOKEN = re.compile(r"[^\s,;!?]+")
_LEAD_IN = re.compile(r"^(?:it'?s|it is|because|well|so|um|that would be|sure|ok|okay)[,:]?\s+", re.I)


def plain_number(words: str) -> int | float:
    """Return a number from digits with thousands separators (1,250.50 or 1.250,50); whole values are ints."""
    if _COMMA_CENTS.fullmatch(words):
        words = words.replace(".", "").replace(",", ".")
    value = float(words.replace(",", ""))
    return int(value) if value.is_integer() else value


def _day(year: str, month: int, day: str, found: re.Match[str]) -> Found | None:
    try:
        return Found(date(int(year), month, int(day)).isoformat(), *found.span())
    except ValueError:
        return None


def _month_number(name: str) -> int:
    return next(i for i, month in enumerate(_MONTHS, 1) if month.startswith(name.lower()[:3]))


def read_date(text: str, asked: bool) -> Found | None:
    """Return a date as ISO text: ISO, "12 March 2026", "March 12, 2026", or an unambiguous 25/12/2026."""
    if found := _ISO.search(text):
        return _day(found[1], int(found[2]), found[3], found)
    if found := _DAY_FIRST.search(text):
        return _day(found[3], _month_number(found[2]), found[1], found)
    if found := _MONTH_FIRST.search(text):
        return _day(found[3], _month_number(found[1]), found[2], found)
    if found := _NUMERIC.search(text):
        first, second = int(found[1]), int(found[2])
        if first > 12 or first == second:
            return _day(found[3], second, found[1], found) if second <= 12 else None
        if second > 12:
            return _day(found[3], first, found[2], found)
    return None


def read_email(text: str, asked: bool) -> Found | None:
    """Return an e-mail address in lower case."""
    for found in _EMAIL.finditer(text):
        if address := _address(found[0].replace("’", "'")):
            return Found(address, *found.span())
    if spoken := _SPOKEN_EMAIL.search(text):
        name, host = spoken[1], spoken[2]
        for word, sign in _SPOKEN:
            name, host = (re.sub(rf" {word} ", sign, part, flags=re.I) for part in (name, host))
        return Found(f"{name}@{host}".lower(), *spoken.span())
    return None


@lru_cache(maxsize=20_000)
def _address(text: str) -> str | None:
    """Return an address as it is written, in lower case; None where it can be none."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    return found.normalized.lower()


def read_phone(text: str, asked: bool) -> Found | None:
    """Return a telephone number as digits; one with a country as + and its digits all over the world."""
    for found in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", found[0])
        if not 7 <= len(digits) <= 16 or _ISO.fullmatch(found[0].strip()):
            continue
        if not found[0].startswith("+"):
            if len(digits) <= 15:
                return Found(digits, *found.span())
        elif number := _number(found[0]):
            return Found(number, *found.span())
    return None


@lru_cache(maxsize=20_000)
def _number(text: str) -> str | None:
    """Return a number with a country in the form of E.164; None where there can be no such number."""
    import phonenumbers

    try:
        found = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(found):
        return None
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)


def read_money(text: str, asked: bool) -> Found | None:
    """Return an amount; without a currency only if it was asked for."""
    if found := _MONEY.search(text):
        return Found(plain_number(found[1] or found[2]), *found.span())
    return read_number(text, asked)


def read_number(text: str, asked: bool) -> Found | None:
    """Return a number that was asked for, in digits or as a word up to twelve."""
    if not asked:
        return None
    if found := _NUMBER.search(text):
        return Found(plain_number(found[1]), *found.span())
    if found := _COUNT.search(text):
        return Found(_COUNTED.index(found[1].lower()), *found.span())
    return None


def read_yes_no(text: str, asked: bool) -> Found | None:
    """Return yes or no when it was asked; what comes first decides, then any denial.

    Who does not know has said neither.
    """
    if not asked:
        return None
    text = _UNSURE.sub(lambda found: "\x00" * len(found[0]), text)
    no, yes = _NO.search(text), _YES.search(text)
    if no and (fine := _NO_TROUBLE.search(text)):
        return Found(True, *fine.span())
    if no and (_SOFT_NO.match(text) or _A_NO.search(text)):
        return Found(False, *no.span())
    if yes and (not no or yes.start() < no.start()) and not (no and no.start() - yes.end() < 2):
        return Found(True, *yes.span())
    return Found(False, *no.span()) if no else None


def read_text(text: str, asked: bool) -> Found | None:
    """Return everything said, when it was asked for."""
    words = _LEAD_IN.sub("", text.strip())
    return Found(words, 0, len(text)) if asked and any(c.isalnum() for c in words) else None


def read_loose_code(text: str, asked: bool) -> Found | None:
    """Return the token that looks like a code (a digit, or all capitals, or the only word)."""
    if not asked:
        return None
    tokens = [(t[0].strip(".:#'\"()"), t.start(), t.end()) for t in _TOKEN.finditer(text)]
    for fits in (lambda w: any(c.isdigit() for c in w), lambda w: len(w) > 2 and w.isupper()):
        for word, start, end in tokens:
            if fits(word):
                return Found(word, start, end)
    return Found(*tokens[0]) if len(tokens) == 1 and tokens[0][0] else None


_SPELT = re.compile(
    r"(?<![A-Za-z0-9'’])[A-Za-z0-9](?:(?: |-|\.(?! ))+(?:dash|hyphen|minus|[A-Za-z0-9](?![A-Za-z0-9])))+",
    re.I,
)
_PREFIXED = re.compile(r"([A-Za-z]+[-_ ]?)(\\d(?:\{\d+\}|\+))")


def _joined(text: str) -> str:
    """Return the text with what was spelt letter by letter put together."""

    def join(found: re.Match[str]) -> str:
        words = re.sub(r"\b(?:dash|hyphen|minus)\b", "-", found[0], flags=re.I)
        return re.sub(r"[ .,]", "", words)

    return _SPELT.sub(join, text)


def together(text: str) -> str:
    """Return a text with spoken addresses and spelt codes written as they are meant."""
    if " at " in text and (found := read_email(text, False)):
        text = f"{text[: found.start]}{found.value}{text[found.end :]}"
    return _joined(text)


def _bare(core: str) -> tuple[str, re.Pattern[str]] | None:
    """Return the letters before the digits of a code like LH-204418 and the shape of the digits alone."""
    found = _PREFIXED.fullmatch(core)
    return (found[1], re.compile(rf"(?<![\w.,-]){found[2]}(?![\w-])")) if found else None


def code_reader(pattern: str) -> Reader:
    """Return a reader for codes of a given shape; upper case is restored where the shape needs it."""
    core = pattern.removeprefix("^").removesuffix("$")
    exact, longest = read_shape(core), longest_said(core)
    if exact is None:
        return read_loose_code
    try:
        loose = re.compile(rf"(?<![A-Za-z0-9])(?:{core})(?![A-Za-z0-9])", re.I)
        bare = _bare(core)
    except (re.error, OverflowError, RecursionError):
        return read_loose_code

    def shaped(words: str) -> str:
        return words if exact.fullmatch(words) or not exact.fullmatch(words.upper()) else words.upper()

    def read(said: str, asked: bool) -> Found | None:
        text = said[:longest]  # a shape is tried on so much at most that it always ends soon
        if found := loose.search(text):
            return Found(shaped(found[0]), *found.span())
        if not asked:
            return None
        for joined in (_joined(text), re.sub(r"[\s.-]", "", text), re.sub(r"[\s.]", "", text)):
            if joined and (found := loose.search(joined)):
                return Found(shaped(found[0]), 0, len(said))
        if bare is not None and (found := bare[1].search(text)) and (len(found[0]) > 4 or len(text) < 12):
            return Found(bare[0] + found[0], *found.span())
        return None

    return read


def choice_reader(choices: tuple[str, ...]) -> Reader:
    """Return a reader for one of some choices, named in words; asked, small misspellings pass.

    A choice that is denied ("not used") is not read; of two choices, it then is the other one.
    """
    ordered = sorted(choices, key=lambda c: (-len(c), c))
    exact = [
        (choice, re.compile(rf"(?<!\w){re.escape(choice).replace('_', '[ _]')}(?!\w)", re.I))
        for choice in ordered
    ]

    def read(text: str, asked: bool) -> Found | None:
        denied = []
        for choice, pattern in exact:
            if found := pattern.search(text):
                if not _DENIED.search(text[: found.start()]):
                    return Found(choice, *found.span())
                denied.append(Found(choice, *found.span()))
        if not asked:
            return None
        if denied:
            left = [choice for choice in choices if choice not in {d.value for d in denied}]
            return Found(left[0], denied[0].start, denied[0].end) if len(left) == 1 else None
        return _misspelt(text, ordered)

    return read


def _misspelt(text: str, choices: list[str]) -> Found | None:
    words = _TOKEN.findall(text.casefold())
    for choice in choices:
        parts = choice.casefold().replace("_", " ").split()
        if all(any(fuzz.ratio(part, word) >= 80 for word in words) for part in parts):
            return Found(choice, 0, len(text))
    return None


_PERSONS_NAME = re.compile(
    r"^(?:(?:your|customer|guest|patient|full|first|last|family)\W+)*(?:name|surname)$", re.I
)
_NAME_IS = re.compile(
    r"\b(?:my (?:full )?name(?: is|'s)|the name(?: is|'s)|name:|this is|i'm|i am|it's|it is|call me)\s+(.+)",
    re.I,
)
_NAME_ENDS = re.compile(
    r"\s*(?:[,.;!?(]|\s(?:and|but|from|with|here|speaking|thanks|thank|please)\b).*$", re.I | re.S
)
_NAME = re.compile(r"[^\W\d_][\w'’-]*(?: [^\W\d_][\w'’-]*){0,4}\.?")


def read_name(text: str, asked: bool) -> Found | None:
    """Return a person's name: what stands after "my name is", or all that was said where it was asked for."""
    found = _NAME_IS.search(text)
    if found is None and not asked:
        return None
    if found is not None and (asked or "name" in found[0].lower()[:14]):
        start, said = found.start(1), _NAME_ENDS.sub("", found[1])
    elif asked:
        said = _NAME_ENDS.sub("", _LEAD_IN.sub("", text.strip()))
        start = max(0, text.find(said))
    else:
        return None
    said = said.strip()
    if _NAME.fullmatch(said):
        return Found(said, start, start + len(said))
    return read_text(text, asked)


_BY_TYPE: dict[SlotType, Reader] = {
    "text": read_text,
    "code": read_loose_code,
    "number": read_number,
    "money": read_money,
    "date": read_date,
    "email": read_email,
    "phone": read_phone,
    "yes or no": read_yes_no,
    "choice": read_text,
}

ORDER: tuple[SlotType, ...] = (
    "email",
    "date",
    "code",
    "money",
    "phone",
    "choice",
    "number",
    "yes or no",
    "text",
)
"""Slot types from the least to the most easily confused."""


def reader(slot: Slot) -> Reader:
    """Return the reader for a slot."""
    if slot.type == "text" and _PERSONS_NAME.search(slot.label or slot.id.replace("_", " ")):
        return read_name
    if slot.type == "code" and slot.pattern:
        return code_reader(slot.pattern)
    if slot.type == "choice" and slot.choices:
        return choice_reader(slot.choices)
    return _BY_TYPE[slot.type]
