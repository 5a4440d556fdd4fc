"""Reading past slang and slips: the plain words of what a customer wrote.

- Abbreviations become words; a misspelt word becomes the one it stands for only if that is one of the few
  words that this agent listens for, and only by one slip of a keyboard.
- Values are safe: a word with a digit, an @, a dot or a capital inside it is never touched.
- What was written stays in the trace; only the understanding reads the plain words.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import OSA

_WORDS = {
    "u": "you",
    "ya": "you",
    "ur": "your",
    "yr": "your",
    "r": "are",
    "pls": "please",
    "plz": "please",
    "thx": "thanks",
    "ty": "thanks",
    "wanna": "want to",
    "gonna": "going to",
    "gotta": "have to",
    "gimme": "give me",
    "gime": "give me",
    "lemme": "let me",
    "dunno": "don't know",
    "idk": "I don't know",
    "nvm": "never mind",
    "btw": "by the way",
    "tmrw": "tomorrow",
    "cos": "because",
    "coz": "because",
    "bc": "because",
    "rly": "really",
    "ain't": "isn't",
    "aint": "isn't",
    "dont": "don't",
    "doesnt": "doesn't",
    "didnt": "didn't",
    "cant": "can't",
    "couldnt": "couldn't",
    "wont": "won't",
    "wouldnt": "wouldn't",
    "isnt": "isn't",
    "wasnt": "wasn't",
    "havent": "haven't",
    "hasnt": "hasn't",
    "arent": "aren't",
    "im": "I'm",
    "ive": "I've",
    "whats": "what's",
    "thats": "that's",
    "theres": "there's",
    "lets": "let's",
    "youre": "you're",
}
_HEARD = frozenset(
    word
    for line in (
        "person human speak speaking talk transfer connect representative operator colleague",
        "advisor supervisor",
        "agent manager someone somebody exception actually instead mistake forget scratch should",
        "second thought thoughts",
        "change changed comfortable sharing prefer refuse business agree believe sense check again double",
        "instructions ignore disregard override pretend verified developer system approve approved",
        "rules robot",
        "machine please thanks skip verification checking without anyway remember moment minute",
        "number answered",
        "answer telling giving website otherwise correction mistyped meant really money neighbour",
        "sister brother",
        "husband mother father friend partner another customer information details address account",
        "weather football",
        "rather sorry wrong never cancel everything administrator employee restrictions limits",
        "prompt hidden nobody",
        "notice record friend's still unfair right about correct meant definitely absolutely",
        "certainly course indeed write",
    )
    for word in line.split()
    if len(word) > 4
)
_REAL = frozenset(
    word
    for line in (
        "gather lather later rater bather father worry lorry chance charge changes though thought",
        "shoulder could",
        "would cheek chick chuck speck sneak agreed agrees tall walk taller wring prong light night",
        "might fight",
        "sight tight eight bright honey monkey numbers answers rights others weather leather",
        "heather whether until",
        "there their these where lover lever fiend trend since fence tense dense ruler ruled hears",
        "shore notices",
        "recorded records abort above alike price prices peace place please lease pleased release",
        "agent agents again argent",
        "doubles trouble marine first after being other times items still stilt spill skill steel",
        "steal style",
    )
    for word in line.split()
)
_TOKEN = re.compile(r"(?<![\w@.+'’-])[A-Za-z][A-Za-z'’]*(?![\w@+-]|\.\w)")


def _initials() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for word in sorted(_HEARD):
        found.setdefault(word[0], []).append(word)
    return {letter: tuple(words) for letter, words in found.items()}


_BY_FIRST = _initials()


@lru_cache(maxsize=20_000)
def _plain_word(word: str) -> str:
    low = word.lower().replace("’", "'")
    if (long := _WORDS.get(low)) is not None:
        return long if word != word.upper() or len(word) < 2 else word
    if len(low) < 4 or low in _HEARD or low in _REAL or word[1:] != word[1:].lower():
        return word
    for known in _BY_FIRST.get(low[0], ()):
        if abs(len(known) - len(low)) > 1 or known == f"{low}s" or low == f"{known}s":
            continue
        if OSA.distance(low, known) == 1:
            return known
    return word


@lru_cache(maxsize=8_192)
def plain(text: str) -> str:
    """Return a text with abbreviations and slips read as the words they stand for."""
    return _TOKEN.sub(lambda found: _plain_word(found[0]), text)
