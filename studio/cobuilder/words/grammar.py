"""The small grammar of policy prose: patterns for modals, conditions and openings, on masked text.

- Masked means lower case, quotes and brackets blanked, marks made plain, and of the same length.
- Patterns name what they find: `waived`, `negated`, `must`, `may`, `will`.
"""

from __future__ import annotations

import re

_ADVERB = (
    r"(?:\w+ly|also|always|then|only|first|at most|still|please|just|ever|even|both|each|all|again"
    r"|not only|at least"
    r"|further|however|in (?:all|any|most) cases?|in turn|at all times|hereby|thereafter|therefore)"
)
_RIGHT = r"(?:right|option|discretion|authority|freedom|choice|opportunity)"
_ABLE = r"(?:allowed|permitted|eligible|entitled|authori[sz]ed|able|free|welcome|empowered)"

NEGATED = (
    r"(?:must|shall|should|may|can|could|will|would|ought|'ll"
    rf"|'d)(?:,? {_ADVERB},?)? (?:not(?! only)|never)\b"
    r"|cannot|can't|mustn't|shouldn't|shan't|won't|wouldn't|couldn't"
    r"|(?:must|shall|should|may|can|could|will|would)\b(?=,? (?:under no circumstances"
    r"|in no (?:case|event|way)))"
    rf"|(?:is|are|am|'re|'m)(?: never| not|n't)(?: \w+ly)? {_ABLE}(?: to\b)?|(?:is|are|am) (?:not|never) to\b"
    r"|(?:agrees?|undertakes?|covenants?|bound|instructed|required|asked|obliged|advised) not to\b"
)
WAIVED = (
    r"(?:do|does|did|will|would)(?: not|n't) (?:\w+ly )?(?:need(?: to)?|have to|require)\b"
    r"|won't (?:need|have) to\b"
    r"|need not|needn't|no need (?:to|for)|(?:is|are|'re)(?: not|n't) (?:\w+ly )?(?:required"
    r"|obliged|obligated|necessary|needed)(?: to)?"
)
MUST = (
    rf"(?:will|would)(?: also| then| still)? (?:have|need) to|(?:will|would) be required to"
    rf"|must|shall|should|ought to|(?:has|have|had|need|needs|'ve got)(?: {_ADVERB})? to\b(?! do with)"
    r"|(?:is|are|be|'re)(?: \w+ly)? (?:required|expected|obliged|obligated|responsible|supposed"
    r"|instructed|bound) (?:to|for)\b"
    r"|(?:is|are) to be\b|agrees? to\b|undertakes?(?: and agrees?)? to\b|covenants? to\b"
)
MAY = (
    rf"may|can|could|might|(?:is|are|be|am|'re|'m)(?: \w+ly)? (?:{_ABLE}|happy|glad|willing"
    r"|delighted) (?:to|for)\b"
    r"|(?:has|have|retains?|reserves?|gets?|keeps?)(?: also| always)? (?:(?:the|a|full|sole|every"
    rf"|our|their|no) )*{_RIGHT}\b(?: to)?"
)
MODAL = re.compile(
    rf"(?<![\w'-])(?:(?P<waived>{WAIVED})|(?P<negated>{NEGATED})|(?P<must>{MUST})|(?P<may>{MAY})"
    r"|(?P<will>will|would))(?![\w'])"
    rf"|(?<=\w)(?P<willing>'(?:re|m) (?:\w+ly )?(?:{_ABLE}|happy|glad|willing|delighted) to)\b"
    rf"|(?<=\w)(?P<unable>'(?:re|m) not (?:\w+ly )?(?:{_ABLE}) to)\b"
    r"|(?<=\w)(?P<short>'ll(?! (?:never|not))|'d(?! (?:never|not|like)))\b"
    r"|(?<=\w)(?P<never>'ll (?:never|not)|'d (?:never|not))\b"
)

SUBORDINATORS = (
    r"if and only if|only if|only when|even if|even when|even though|if|whenever|when|once(?!,"
    r"| per| a | every| in | only|[.;]|$)|unless|until|till|before|after|while"
    r"|where|wherever|as long as|so long as|as soon as|provided(?: that|, however)|in case"
    r"|in the event(?: that| of)?|in cases where"
    r"|except(?: for| that| as| when| if| where| to)?|save (?:as|that|for)|other than|without"
    r"|because|since|so that"
    r"|in order (?:to|that)|although|though|whether or not|regardless of|rather than|instead of"
    r"|otherwise than"
    r"|to the extent|(?<!not )(?<!is )(?<!are )(?<!be )subject to|upon"
)
LEAD = re.compile(
    rf"(?!under no circumstances|in no (?:case|event|way)|at no time)(?:{SUBORDINATORS}|for|in|at"
    r"|on|during|within|under|with|by|as|from|given|following|prior to|notwithstanding|to|per"
    r"|depending on|due to|each time|every time|any time|apart from|aside from|besides|along with"
    r"|in addition to"
    r"|should (?=(?:the|a|an|any|you|your|this|that|it)\b))\b"
)
TRAIL = re.compile(rf"(?<=[\w,)\"'] )(?:{SUBORDINATORS})\b")
CONDITION = re.compile(
    r"(?:if and only if|only if|only when|even if|even when|if|whenever|when|once|until|before"
    r"|after|while|where|wherever"
    r"|as long as|so long as|as soon as|provided(?: that)?|in case|in the event|in cases where|for"
    r"|upon|should|during|within"
    r"|each time|every time|any time|subject to|to the extent|following|prior to|under|on|at)\b"
)
EXCEPTION = re.compile(
    r"(?:unless|except|save (?:as|that|for)|other than|without|apart from|aside from"
    r"|otherwise than|notwithstanding)\b"
)

OPENING = re.compile(
    r"(?:(?:and|but|or|so|also|then|next|finally|first|firstly|second|secondly|third|lastly"
    r"|otherwise|instead|however"
    r"|therefore|thus|in particular|in addition|in practice|in general|additionally|furthermore"
    r"|moreover|likewise"
    r"|accordingly|hence|again|of course|(?:if so|if not|if yes|if no|either way)(?=[,:])|where possible"
    r"|where applicable|when possible"
    r"|if possible|if applicable|if needed|if necessary|as needed|in (?:this|that|such|either"
    r"|any) (?:case|event|situation)"
    r"|at (?:this|that) point|please note(?: that)?|note that|note:|please|kindly|just|simply"
    r"|always|for (?:this|that) reason"
    r"|as a (?:rule|result|reminder)|that said|yes|no|ideally|\w+ly)\b,?:?\s+|[-*•\u2013\u2014]\s*)+"
)
ARROW = re.compile(r"\s*(?:[\u2192\u21d2\u27a1\u2794]|[-=]{1,2}>)\ufe0f?\s*(?=\S)")
"""What parts a case from what follows in it, in notes (“no answer → close the case”)."""
_HEADS = ">\u2192\u21d2\u27a1\u2794"
LABEL = re.compile(r"[^\s:.,;][^:.,;?]{0,45}:\s+(?=\S)")
RELATIVE = re.compile(
    r"\b(?:whether|how|what|why)\b[^,;]*$"
    r"|\b(?:who(?:ever)?|which(?:ever)?|whose|whom|that|whatever)(?: \w+ly)? ?$"
)
REPORTED = re.compile(
    r"\b(?:says?|said|knows?|hears?|thinks?|means?|shows?|told|tells?|explains?|sees?|asks?"
    r"|describes?)\b[^;]*\bthat\b[^,;]*$"
)
JOINT = re.compile(
    r"(?:;|,|\s[-\u2013\u2014]{1,2}|:)\s+(?:(?:and|but|or|so|yet|then|otherwise|however|instead"
    r"|also|provided|except)\b,?\s+)*"
    r"|\s+(?:and|but|or)\s+(?:(?:then|also|therefore|otherwise|if not),?\s+)*"
)
OWN_MODAL = re.compile(
    rf"(?:(?!(?:{SUBORDINATORS}|who|which|that|to|and|or|but)\b)[\w'/&-]+,?\s+){{0,6}}?"
    rf"(?:(?:{WAIVED}|{NEGATED}|{MUST}|{MAY}|will|would)(?![\w'])|(?:never|do not|don't|be sure"
    r"|make sure|ensure)\b)"
    r"|(?:\w+ )?\w+'(?:ll|d)\b"
)
MAIN_START = re.compile(
    r"(?:you|we|they|he|she|it|i|there|this|these|those|no|none|nothing|neither)\b"
    r"|(?:the|a|an|all|any|each|every|our|their|your|such)?\s*[\w'-]+(?:\s+[\w'-]+){0,4}?\s+"
    r"(?:is|are|was|were|has|have|do|does|gets?|receives?)\b"
)

_MAY = re.compile(r"\b\d{1,2}(?:st|nd|rd|th)? May\b|\bMay \d|\b(?:in|of|since|until|by) May\b")
_MARKS = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"', "\u00a0": " "})


def arrow(masked: str, start: int, end: int) -> re.Match[str] | None:
    """Return the first arrow of a text between two places."""
    if not any(head in masked for head in _HEADS):  # cheap, and true of nearly all sentences
        return None
    return ARROW.search(masked, start, end)


def mask(text: str) -> str:
    """Return text in lower case with quotes and brackets blanked, character by character."""
    if "May" in text:
        text = _MAY.sub(lambda match: match[0].replace("May", "Mai"), text)
    low = text.lower()
    if len(low) != len(text) or "Σ" in text:  # letters that change in number, or with their neighbours
        low = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    low = low.translate(_MARKS)
    if "(" in low or "[" in low:
        low = _BRACKETED.sub(_blank, low)
    if "case may" in low or "if any" in low:
        low = _IN_PASSING.sub(_blank, low)
    if '"' in low:
        low = _QUOTED.sub(_blank_quote, low)
    return _SINGLY_QUOTED.sub(_blank_quote, low) if "'" in low else low


_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_IN_PASSING = re.compile(r"\bas the case may be\b|\bif any\b(?=[,.;)]|$)")
_QUOTED = re.compile(r"\"[^\"]{1,400}\"")
_SINGLY_QUOTED = re.compile(r"(?<!\w)'[^']{1,200}'(?!\w)")


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _blank_quote(match: re.Match[str]) -> str:
    return '"' + "x" * (len(match[0]) - 2) + '"'
