"""Titles: a sentence in a few words, with its condition, cut where a phrase ends.

- A title never ends on an article, an adjective, a number without its unit or a word that waits for another.
- Words are left out at the end of a phrase, a clause before a phrase, with “…” as the sign of it.
- A rule that holds in one case must not read as if it held in all: the condition stays, in short.
"""

from __future__ import annotations

import re

from studio.cobuilder.words.grammar import mask
from studio.cobuilder.words.mood import is_noun_too
from studio.cobuilder.words.orders import leading_end
from studio.cobuilder.words.vocabulary import is_verb_form

ALONE, MAIN, CASE, BOTH, OVER = 12, 10, 8, 18, 2
"""So many words a title has where it is cut: alone, with a condition, the condition itself, both together.

Of what is only a few words `OVER`, nothing is left out.
"""

_LEAD = re.compile(
    r"(?:before|after|once|when|whenever|if|as soon as|in case|for|while|where|wherever|unless|until|upon"
    r"|during|in the event)\b",
    re.I,
)
_CASE = re.compile(
    r"\s(?=(?:only\s+|but\s+only\s+|even\s+)?"
    r"(?:if|when|whenever|unless|except|as long as|until|in case"
    r"|provided (?:that|the|an?|he|she|it|they|you|we|there|no)\b)\b)",
    re.I,
)
_IN_LIST = r"(?!\s(?:[\w-]+\s){1,4}(?:and|or)\s)"
_CASE_END = re.compile(rf"[;:(]|,(?!\s*(?:and|or)\b){_IN_LIST}")
_CLAUSE_END = re.compile(rf"[;:(]|,{_IN_LIST}| unless | except ")
_AUXILIARY = frozenset(
    "is are was were be been being has have had can cannot can't may must shall should will would could "
    "might do does did need needs not never to".split()
)
_VERBS = _AUXILIARY - {"to", "not", "never"}
_WAITING = (
    _AUXILIARY
    | frozenset(
        "a an the of for by in on at and or nor but with from into onto as than that which who whose whom "
        "within without before after until during under over above below between against about via per "
        "its their our your his her my this these those any all each every both either neither such no some "
        "only more less most least own other another same following if when whenever where while unless "
        "because since through upon also".split()
    )
    | frozenset("new entire whole full first last next several many few certain applicable".split())
)
"""What cannot stand last: each waits for the word that follows it."""
_OPENS = frozenset(
    "in on at by for from with within without before after until till during into onto to through under over "
    "above below between against about regarding concerning than as via per upon unless if when whenever "
    "where while because since so that which who whose whom and or but nor then except including not".split()
)
"""What begins a phrase of its own, so that the one before has ended."""
_TAKEN_BY_VERBS = frozenset(
    "to out up off over back down away on in into through with for from as at about that upon".split()
)
_TAKING = frozenset(
    "different responsible subject due liable eligible entitled able aware equal prior".split()
)
_PAIRS = frozenset(["between", "both", "either", "neither", "from"])
_MID_PHRASE, _MID_NAME, _NO_VERB, _HALF, _LISTED = 11, 5, 3, 4, 3


def short(text: str) -> str:
    """Return a title from a sentence's first clause that says something, with its condition in short.

    Together they have at most eighteen words, twelve where there is no condition.
    """
    lead = _lead_end(text)
    case, main = text[:lead], text[lead:]
    inner = next((found for found in _CASE.finditer(main) if len(main[: found.start()].split()) > 2), None)
    if inner is not None:
        case = case or main[inner.start() :]
        main = main[: inner.start()]
    told = _first_clause(main.rstrip(" .,;"))
    under = _CASE_END.split(case.strip(" .,;"))[0].split()
    under = under if len(under) > 1 else []
    both = BOTH + OVER if len(told) + len(under) <= BOTH + OVER else BOTH
    words = cut_to(under, max(CASE, both - len(told)))
    alone = ALONE + OVER if len(told) <= ALONE + OVER else ALONE
    head = cut_to(told, max(MAIN, both - len(words)) if words else alone)
    words[:1] = [word[:1].lower() + word[1:] for word in words[:1]]
    if head:
        head[0] = head[0][:1].upper() + head[0][1:]
    return " ".join([*head, *words])


def cut_to(words: list[str], most: int) -> list[str]:
    """Return at most so many words; where some are left out, a phrase ends there, with a sign of it."""
    if len(words) <= most:
        return list(words)
    sizes = range(min(most, 3), most + 1)
    size = max(sizes, key=lambda size: (size - _harm(words, size), size))
    kept = words[:size]
    while len(kept) > 1 and _bare(kept[-1]) in _WAITING:
        kept.pop()
    kept[-1] = f"{kept[-1].rstrip(',;:')}…"
    return kept


def _lead_end(text: str) -> int:
    """Return where the case in front of a sentence ends, after its comma; 0 where there is none."""
    if not _LEAD.match(text):
        return 0
    end = leading_end(mask(text), 0)
    goes_on = text[end:].startswith(("or ", "and ", "nor "))
    return end if text[:end].rstrip().endswith(",") and not goes_on else 0


def _first_clause(main: str) -> list[str]:
    """Return the words up to the end of the first clause that has a verb."""
    for end in _CLAUSE_END.finditer(main):
        head = main[: end.start()].split()
        if len(head) >= 4 and any(_may_be_verb(word) for word in head[1:]):
            return head
    return main.split()


def _may_be_verb(word: str) -> bool:
    return is_verb_form(word.lower()) or word.lower() in _VERBS


def _harm(words: list[str], size: int) -> float:
    """Return how much is lost where only so many words stay: nothing where a phrase has ended."""
    last, following = _bare(words[size - 1]), _bare(words[size])
    adverb = last.endswith("ly") and words[size - 1][-1] not in ",;:"
    if last in _WAITING or adverb or last.endswith(("'s", "’s", "s'", "s’")) or _has_opened(words[:size]):
        return len(words)
    harm = 0.0
    paused = words[size - 1][-1] in ",;:"
    if following == "of":
        harm += _MID_NAME
    elif _is_finite(following):
        harm += 2
    elif paused:
        harm += _HALF if words[size - 1].endswith(":") else 1
    elif not _begins(following, words[size + 1 : size + 2]) or last.isdigit():
        harm += _MID_PHRASE
    if not paused and following in _TAKEN_BY_VERBS | {"and", "or"} and _is_verb(words, size - 1):
        harm += _HALF
    if following in ("and", "or") and size > 1 and words[size - 2].endswith(","):
        harm += _LISTED
    if following in ("and", "or", "nor", "to") and _PAIRS & {_bare(word) for word in words[size - 4 : size]}:
        harm += _HALF
    if not any(_may_be_verb(_bare(word)) for word in words[:size]):
        harm += _NO_VERB
    return harm


def _is_finite(word: str) -> bool:
    """Return whether a word is the verb of the sentence (“is”, “gets”), so that its subject has ended."""
    third = word.endswith("s") and not word.endswith("ss") and is_verb_form(word)
    return word in _VERBS or (third and not is_noun_too(word[:-1]))


def _begins(word: str, after: list[str]) -> bool:
    """Return whether a word begins a phrase: by itself, or as a participle (“received from …”)."""
    participle = word.endswith("ed") and bool(after) and _bare(after[0]) in _OPENS | {"of"}
    return word in _OPENS or participle


def _is_verb(words: list[str], at: int) -> bool:
    """Return whether the word at a place waits for an object or a preposition, as its neighbour tells."""
    word = _bare(words[at])
    if word in _TAKING:
        return True
    if at == 0 or _bare(words[at - 1]) in _AUXILIARY | {"you", "we", "they", "agent", "customer"}:
        return True
    return is_verb_form(word) and not is_noun_too(word) and _bare(words[at - 1]) not in _WAITING


def _has_opened(words: list[str]) -> bool:
    """Return whether a bracket or a quotation is still open behind some words."""
    text = " ".join(words)
    return text.count("(") > text.count(")") or text.count("“") > text.count("”") or text.count('"') % 2 == 1


def _bare(word: str) -> str:
    return word.strip(',;:.!?()[]“”"').lower()
