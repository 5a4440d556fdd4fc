"""What people type, made into what the patterns read: numbers, money, ids, shores' spellings, typing errors.

- Nothing inside quotation marks is touched, and no word that is an English word is taken for a typing error.
- A typing error is mended word by word, so that a slot's own words can be put back as they were typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache

from studio.cobuilder.words.lemmas import all_lemmas
from studio.cobuilder.words.number_words import NUMBER_WORDS, number_of

_UNIT = r"(?:working |business )?(?:days?|hours?|weeks?|months?|minutes?|years?|times|tries|attempts|digits)"
_MONEY = {"pound": "£", "gbp": "£", "quid": "£", "euro": "€", "eur": "€", "dollar": "$", "usd": "$"}
_CURRENCY = r"(?:pounds?|GBP|quid|euros?|EUR|dollars?|USD)"
_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_IDS = {"rule": "R", "test": "T", "scenario": "T", "source": "S", "document": "S"}
_SHORE = (
    (r"\bcancelation", "cancellation"),
    (r"\b([Cc])anceling\b", r"\1ancelling"),
    (r"\b([Cc])anceled\b", r"\1ancelled"),
    (r"\b([Ll])abel(ed|ing)\b", r"\1abell\2"),
    (r"\b([Cc])olor", r"\1olour"),
    (r"\b([Bb])ehavior", r"\1ehaviour"),
    (r"\b([Ff])avor", r"\1avour"),
    (r"\b([Cc])enter\b", r"\1entre"),
    (r"\b([A-Za-z]{4,})iz(e[sd]?|ing|ation)\b", r"\1is\2"),
)
_LOOSE = (
    (r"\bany ?(?:more|longer)\b", "any more"),
    (r"\b(isn|doesn|don|can|won|didn|aren|shouldn|mustn|hasn)t\b", r"\1't"),
    (r"\b(\d+) ?h(?:rs?)?\b", r"\1 hours"),
    (r"\b(\d+) ?mins?\b", r"\1 minutes"),
    (r"\bwanna\b", "want to"),
    (r"\bgonna\b", "going to"),
    (r"\bpls\b|\bplz\b", "please"),
    (r"\bu\b", "you"),
    (r"\btwice\b", "2 times"),
    (r"\bthrice\b", "3 times"),
    (r"\bwhats\b", "what is"),
    (r"\bwhat's\b", "what is"),
    (r"\bwhere's\b", "where is"),
    (r"\bwho's\b", "who is"),
    (r"\s*(?:–|—)\s*", " - "),
)


def unquoted(text: str, change: Callable[[str], str]) -> str:
    """Return a text with what stands outside quotation marks changed."""
    parts = re.split(r"(“[^”]*”)", text)
    return "".join(part if part.startswith("“") else change(part) for part in parts)


def _in_digits(text: str) -> str:
    text = re.sub(r"\ba hundred\b", "one hundred", text, flags=re.IGNORECASE)

    def digits(found: re.Match[str]) -> str:
        number = number_of(found[0])
        small = number is not None and number <= 12
        unit = re.match(rf"[\s-]+(?:{_UNIT}|{_CURRENCY})\b", text[found.end() :], re.IGNORECASE)
        return found[0] if number is None or (small and not unit) else str(number)

    text = re.sub(NUMBER_WORDS, digits, text, flags=re.IGNORECASE)
    return re.sub(r"\b(\d{1,9}) thousand\b", lambda m: str(int(m[1]) * 1000), text, flags=re.IGNORECASE)


def _money(text: str) -> str:
    """Return a text whose amounts of money stand as a sign and digits."""

    def sign(words: str) -> str:
        return _MONEY[words.lower().rstrip("s")]

    def with_pence(found: re.Match[str]) -> str:
        return f"{sign(found[2])}{found[1]}" + (f".{found[3]}" if found[3] else "")

    pence = r"(?:(?: and)? (\d\d)(?: pence| cents)?\b)?"
    text = re.sub(rf"\b({_DIGITS}) ?({_CURRENCY})\b{pence}", with_pence, text, flags=re.IGNORECASE)
    text = re.sub(
        rf"\b(GBP|EUR|USD) ?({_DIGITS})", lambda m: f"{sign(m[1])}{m[2]}", text, flags=re.IGNORECASE
    )
    text = re.sub(rf"(?<![£€$.\d])({_DIGITS}) ?([£€$])", r"\2\1", text)
    return re.sub(r"([£€$])\s+(?=\d)", r"\1", text)


def _ids(text: str) -> str:
    """Return a text in which "rule seven" and "rule 7" are rule R-07."""

    def named(found: re.Match[str]) -> str:
        number = int(found[2]) if found[2].isdigit() else number_of(found[2])
        if not number:
            return found[0]
        return f"{found[1]} {_IDS[found[1].lower()]}-{number:02}"

    text = re.sub(
        r"\b(rule|test|scenario|source|document) (?:number |no\.? )?"
        r"(\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|"
        r"fourteen)\b(?![\d-])",
        named,
        text,
        flags=re.IGNORECASE,
    )
    return re.sub(r"(?<![\w'-])([RrTt])-?(\d{1,2})\b", lambda m: f"{m[1].upper()}-{int(m[2]):02}", text)


def normal(text: str) -> str:
    """Return a plain request in the one spelling that the patterns are written in."""

    def change(part: str) -> str:
        for pattern, instead in _LOOSE:
            part = re.sub(pattern, instead, part, flags=re.IGNORECASE)
        return _ids(_money(_in_digits(part)))

    return unquoted(text, change)


def british(text: str) -> str:
    """Return words in British spelling, so that both shores' spellings name the same item."""
    for pattern, instead in _SHORE:
        text = re.sub(pattern, instead, text)
    return text


_SHORT = frozenset(
    "the and for with from that this when what which who why how where not but you our its "
    "his her their they "
    "them than then into onto upon over under after before about above below until unless while should would "
    "could must may might can will shall does did has have had are was were been being any all each every "
    "some more most less very much many also only just even still yet ever never always there here "
    "without within because since during against between among whom whose whether else itself".split()
)


@cache
def _english(word: str) -> bool:
    return bool(all_lemmas(word))


def respelled(text: str, known: Collection[str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return a request with typing errors mended, and which words became which; word stays at word."""
    from rapidfuzz.distance import OSA

    by_length: dict[int, list[str]] = {}
    for word in sorted(known):
        by_length.setdefault(len(word), []).append(word)
    made: list[tuple[str, str]] = []

    def mend(found: re.Match[str]) -> str:
        word = found[0].lower()
        if word in known or word in _SHORT or (found[0][0].isupper() and found.start() > 0):
            return found[0]
        most = 1 if len(word) < 8 else 2
        near = [
            (OSA.distance(word, other, score_cutoff=most), other)
            for size in range(len(word) - most, len(word) + most + 1)
            for other in by_length.get(size, ())
            if len(other) > 2
        ]
        near = sorted(each for each in near if each[0] <= most)
        if not near or _english(word):
            return found[0]
        best = [other for distance, other in near if distance == near[0][0]]
        same = [other for other in best if other[0] == word[0]] or best
        if len(same) > 1:
            same = [other for other in same if sorted(other) == sorted(word)] or same
        if len(same) > 1:
            same = [other for other in same if _left_out(word, other)] or same
        if len(same) != 1 and not _one_stem(same):
            return found[0]
        made.append((found[0], same[0]))
        return same[0]

    mended = unquoted(text, lambda part: re.sub(r"(?<![\w@./-])[A-Za-z]{3,}(?![\w@-])", mend, part))
    return mended, tuple(made)


def _left_out(word: str, other: str) -> bool:
    """Return whether a word is another one with letters left out."""
    letters = iter(other)
    return all(letter in letters for letter in word)


def _one_stem(words: list[str]) -> bool:
    head = min(words, key=len)
    return all(word.startswith(head[: max(3, len(head) - 1)]) for word in words)
