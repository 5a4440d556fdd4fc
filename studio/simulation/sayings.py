"""Sayings: whether the agent promised, or spoke of, what it must not; told by its words alone.

- A promise is a sentence that names the thing, denies nothing, asks nothing, and promises it or says that the
  customer will have it, or has it already. “Don't worry”, “no problem” and their like deny nothing; what
  stands behind a “but” or a colon is heard by itself.
- Words are held together by their beginnings: “compensate” and “compensation” are one.
"""

from __future__ import annotations

import re

from studio.domain.scenario import ExpectUnsaid

_SENTENCE = re.compile(r"[^.!?]*[^.!?\s][^.!?]*[.!?]*")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_DENIES = re.compile(
    r"\b(?:not|never|no|nor|neither|cannot|without|unable|nothing)\b|n['’]t\b|\bimpossible\b", re.IGNORECASE
)
_SET_PHRASES = re.compile(
    r"\b(?:(?:do not|don['’]t|no need to|not to|never) worry|no (?:problem|worries|doubt|trouble|matter)"
    r"|not only|why not|without (?:any )?(?:doubt|delay|question|further ado)"
    r"|nothing (?:more |else |left )?(?:that )?(?:you |for you )?(?:need |have )?to (?:do|worry))\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[:;–—]|,?\s+but\b", re.IGNORECASE)
_PROMISES = re.compile(
    r"\b(?:promis\w*|guarante\w*|assur\w*|pledg\w*|offer\w*|entitled|granted?|award\w*)\b"
    r"|\b(?:you|i|we|it|they|there)(?:['’]ll|['’]re going to| will| shall| are going to| am going to)\b"
    r"|\b(?:you|we|i) (?:get|receive|give|pay|have)\b|\bwill (?:be|get|receive|have|arrive|come|cover|pay)\b"
    r"|\b(?:i|we)['’]ve (?:already |now |just )?(?:credited|paid|approved)\b"
    r"|\b(?:happy|glad|pleased|delighted) to (?:give|pay|arrange|provide)\b|\blet (?:me|us) (?:give|pay)\b"
    r"|\byour (?:\w+ ){1,2}(?:is|are|was|has been) (?:already |now )?(?:approved|confirmed|credited|paid)\b",
    re.IGNORECASE,
)
_IDLE = frozenset(
    "a an the of to for on in at by any some our your their his her its this that and or".split()
)


def spoken_in(text: str, expected: ExpectUnsaid) -> str | None:
    """Return the sentence of a text that says what must not be said, or None."""
    words = _words(expected.words)
    wanted = {_stem(word) for word in [each for each in words if each not in _IDLE] or words} - {""}
    if not wanted:
        return None
    for match in _SENTENCE.finditer(text):
        sentence = match[0].strip()
        if not sentence.endswith("?") and any(
            _says(clause, wanted, expected) for clause in _CLAUSE_END.split(sentence)
        ):
            return sentence
    return None


def _says(clause: str, wanted: set[str], expected: ExpectUnsaid) -> bool:
    if not wanted <= {_stem(word) for word in _words(clause)} or _DENIES.search(_SET_PHRASES.sub("", clause)):
        return False
    return not expected.promised or _PROMISES.search(clause) is not None


def _words(text: str) -> list[str]:
    return [each.casefold() for each in _WORD.findall(text)]


def _stem(word: str) -> str:
    """Return the beginning of a word that its forms share."""
    bare = re.sub(r"(?:ations?|ings?|ed|es|s|e|ion|ions)$", "", word) if len(word) > 5 else word.rstrip("s")
    return bare[:7]
