"""Gaps in the wording: sentences that bind but leave open how much, how long, who, or what exactly.

- Only where a decision hangs on the word: in a rule or a condition, with no number or definition beside it.
- One question for each open term of a document; the first place that uses it is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from studio.cobuilder.words.lexicon import NOUN_LIKE, is_verb
from studio.cobuilder.words.sentences import Sentence
from studio.cobuilder.words.whole import Whole, words_in
from studio.domain.tool import Tool


class Gap(NamedTuple):
    """One open point: where, what kind, the term it hangs on, the question and why it matters."""

    sentence: Sentence
    category: str
    term: str
    text: str
    reason: str
    weight: float


_PLACEHOLDER = re.compile(
    r"\b(?:TBD|TBC|TBA|TODO|FIXME|XXX+|N\.?N\.)\b|\?\?\?+|\[(?:insert|fill in|to be|your|company"
    r"|name|date|amount|add|placeholder|\.\.\.)[^\]]*\]"
    r"|<(?:insert|fill in|to be|your)[^>]*>|\b(?:to be (?:determined|defined|decided|confirmed"
    r"|agreed|announced|clarified|added|completed)"
    r"|not yet (?:defined|decided|agreed|final)|still (?:open|under discussion|being discussed"
    r"|to be)|under review|coming soon)\b",
)
_AMOUNT = re.compile(
    r"(?<!/)\b(?P<term>(?:significant(?:ly)?|substantial(?:ly)?|considerable|large|high[- ]value"
    r"|expensive|excessive(?:ly)?|small|minor|low[- ]value"
    r"|unusual(?:ly)?(?! (?:and|or))|repeated(?:ly)?|frequent(?:ly)?|(?:slightly|somewhat"
    r"|marginally|a bit|a little) (?:late|early|over|above|below|higher|lower|damaged|more|less)"
    r"|too (?:many|often|much|long"
    r"|high|large)|multiple times|several times|a long time)"
    r"(?: (?:amounts?|orders?|refunds?|purchases?|delays?|discounts?|claims?|requests?|losses"
    r"|damage|number|volume|transactions?))?)\b(?!/)",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b(?P<term>(?:an? )?(?:extended|reasonable|prolonged|certain|short|long|brief"
    r"|suitable) (?:period|time|while|delay|wait|timeframe)"
    r"(?: of time)?|timely(?: manner)?|in good time|recent(?:ly)?(?= (?:purchase|order|change"
    r"|placed|bought|opened|changed))|for (?:a|some) (?:while|time)"
    r"|within (?:a few|several|some) \w+|a few (?:days|weeks|hours|minutes|times|months)"
    r"|a couple of (?:days|weeks|hours|months|times))\b(?! ago)",
    re.IGNORECASE,
)
_JUDGEMENT = re.compile(
    r"\b(?P<term>(?:appropriate|suitable|relevant|proper|adequate|sufficient|reasonable|acceptable"
    r"|satisfactory|fair|valid|good|legitimate|genuine"
    r"|compelling|strong|exceptional|special|extenuating|extraordinary|unusual|serious|sensitive|certain"
    r"|subjective|inappropriate|abusive|suspicious|vulnerable"
    r"|eligible|qualifying|premium|priority|trusted|loyal|long-standing|urgent|complex)"
    r" (?:(?!the\b)\w+ )?(?:options?|actions?|steps?|measures?|reasons?|circumstances|cases?"
    r"|evidence|proof|documents?|documentation|information|compensation|amounts?"
    r"|solutions?|gestures?|goodwill|explanations?|excuses?|situations?|items?|customers?|users?"
    r"|recommendations?|comments?|behaviou?r|language|activity|orders?"
    r"|products?|requests?|issues?|condition|credit|offer|discount|resolution|response|procedure"
    r"|form|fees?|methods?|signs|indications|suspicions?|doubts?)"
    r"|something (?:looks|seems|feels) (?:off|wrong|odd|strange)"
    r"|an agreed (?:index|rate|standard|level|format|period)"
    r"|best judge?ment|(?:use|at) (?:your|own|their|our|its) (?:own )?(?:sole )?discretion"
    r"|exercise discretion|case[- ]by[- ]case(?: basis)?|common sense"
    r"|good condition|(?:seems?|is|are|appears?|looks?) (?:reasonable|appropriate|fair|justified"
    r"|suitable|sensible)|(?:sufficient|reasonable|due|short) notice|where appropriate"
    r"|as appropriate|if appropriate|as necessary|when necessary"
    r"|as needed|if warranted|where warranted|within reason)\b(?! (?:listed|described|defined"
    r"|given|named|above|below|set out|shown|stated))",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"\b(?P<term>(?:above|below|over|under|within|exceeds?|up to|beyond|reach(?:es)?) (?:the|a"
    r"|your|their|our|its) (?:\w+ )?"
    r"(?:limit|threshold|maximum|minimum|cap|allowance|ceiling|quota|approval limit)"
    r"|(?:the )?(?:usual|standard|normal|applicable|small|nominal|additional|regular) (?:fee"
    r"|charge|rate|price|penalty|deadline|time ?frame|window|period))\b",
    re.IGNORECASE,
)
_GRADED_CASE = re.compile(
    r"\b(?:if|when|where)\b[^,.;:]{0,40}?(?:\bis|\bare|['’]s|\bgets?)\s+(?:too |very |really )?"
    r"(?P<term>big|large|high|small|low|a lot|serious|severe)(?=\s*[.,;:]|$)"
    r"|\b(?P<term2>a few (?:per ?cent|percent|%|euros?|pounds|dollars|kilos?|kilograms?|met(?:re|er)s))\b"
    r"|\bwith (?P<term3>(?:a |an )?(?:high|heavy|low) (?:usage|use|consumption|volume|turnover|balance))\b",
    re.IGNORECASE,
)
_UNPRICED = re.compile(
    r"\bthere(?: is|['’]s|['’]ll be| will be) (?P<term>an? (?:\w+ )?(?:surcharge|fee|charge|penalty))\b",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?P<term>(?:the )?(?:appropriate|relevant|responsible|right|correct|proper|designated"
    r"|competent) (?:\w+ )?"
    r"(?:team|department|person|manager|contact|colleague|group|unit|staff|specialist|authority"
    r"|channel|queue|level|supervisor|agent)"
    r"|someone (?:senior|in charge)|the person in charge|higher[- ]ups?)\b",
    re.IGNORECASE,
)
_APPROVAL = re.compile(
    r"\b(?P<term>(?:prior |written |special |additional |internal )*(?:approval|authori[sz]ation"
    r"|sign-?off|permission)(?: is| are)? (?:required|needed|necessary)"
    r"|(?:requires?|needs?|with|without|subject to|obtain|get|after|until) (?:prior |written "
    r"|special |additional |internal )*(?:approval|authori[sz]ation|sign-?off))\b"
    r"(?! (?:by|from|of|through|at)\b)",
    re.IGNORECASE,
)
_GARBLED = re.compile(
    r"\b(?P<term>(?:the|a|an) (?:the|a|an)|(?!that|had|very|no|so|bye|is|do|you|her|blah"
    r"|ha)(?P<twice>[a-z]{2,}) (?P=twice)"
    r"|(?:to|of|for|with) (?:of|to) (?:the|a)|(?:wants?|needs?|asks?|tries|wishes) the (?P<verb>[a-z]+))\b",
)
_OPEN_END = re.compile(
    r"(?:,|\band)\s+(?P<term>etc\.?|and so on|and so forth|or similar|and the like)(?=[\s.,;)]|$)",
    re.IGNORECASE,
)
_SHARED_CAP = re.compile(
    r"^(?P<one>[\w' -]{3,40}?) (?:or|and) (?P<two>[\w' -]{3,40}?) (?:can|may|is|are"
    r"|must)\b[^.;]{0,40}\b(?:only|at most|maximum|no more than)\b[^.;]{0,40}"
    r"\b(?:once|twice|one|two|\d+ times?)\b",
    re.IGNORECASE,
)
_IDENTIFIER = re.compile(
    r"(?<![\w./@-])(?P<name>[a-z][a-z0-9]*(?:_[a-z0-9]+)+|[a-z]+(?:[A-Z][a-z0-9]+)+)(?![\w/@-])(?!\.\w)"
)
_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|sixty|ninety)\b",
    re.IGNORECASE,
)


def wording_gaps(sentence: Sentence, *, binding: bool, whole: Whole) -> Iterator[Gap]:
    """Yield the open points in one sentence; `whole` is where a term may be explained."""
    text = sentence.text[:2_000]  # more is no sentence, and some patterns take the square of its length
    if match := _PLACEHOLDER.search(text):
        yield _gap(
            sentence,
            "unfinished",
            match[0],
            f"The text is unfinished (“{match[0]}”): what should it say?",
            "A placeholder is left in.",
            1.0,
        )
    if (match := _GARBLED.search(text)) and _really_garbled(match):
        yield _gap(
            sentence,
            "garbled",
            match[0],
            f"“{match[0]}” looks like a slip of the pen: what is meant?",
            "The sentence does not parse.",
            0.85,
        )
    if match := _SHARED_CAP.search(text):
        yield _gap(
            sentence,
            "scope",
            match[0],
            f"Do “{match['one'].strip()}” and “{match['two'].strip()}” share this limit, or has each one?",
            "The limit can be read in two ways.",
            0.8,
        )
    words, low = words_in(text), text.lower()
    for pattern, category, ask, why, weight in _KINDS:
        always = category in ("role", "limit") or pattern is _GRADED_CASE
        if not (binding or always) or words.isdisjoint(_CUES[pattern]):
            continue
        if _IN_LOWER_CASE[pattern].search(low) is None:
            continue
        match = _asked(text) if pattern is _APPROVAL else pattern.search(text)
        if match is None or (category in ("threshold", "deadline", "limit") and _NUMBER.search(text)):
            continue
        term = next(
            name for key, name in match.groupdict().items() if name and key.startswith("term")
        ).strip()
        if whole.defines(term) or _is_no_gap(category, term, text, match):
            continue
        yield _gap(sentence, category, term, ask.format(term), why, weight)


def _asked(text: str) -> re.Match[str] | None:
    """Return the first approval that a text asks for; "needs no approval" asks for none."""
    return next(
        (
            match
            for match in _APPROVAL.finditer(text)
            if not match["term"].lower().startswith("without")
            and not _APPROVER.search(text)
            and not _NONE.search(text[: match.start()])
        ),
        None,
    )


def _is_no_gap(category: str, term: str, text: str, match: re.Match[str]) -> bool:
    """Say whether nothing hangs on a word here: a bare size, no approval, or examples beside it."""
    if category == "threshold":
        return term.lower() in _BARE_SIZES
    return category == "undefined term" and bool(_EXAMPLES.match(text[match.end() :]))


_BARE_SIZES = frozenset(["small", "large", "minor"])
_APPROVER = re.compile(
    r"\b(?:by|from|of) (?:(?:the|your|an?|his|her|their|our|its) )?(?:[a-z]+ ){0,2}(?:manager|lead|leader|"
    r"supervisor|director|head|board|officer|committee|owner|finance|hr|controller|partner|team|desk)\b"
    r"|['’]s? (?:prior |written )?(?:approval|authori[sz]ation|sign-?off|permission)",
    re.IGNORECASE,
)
"""Who approves is told in the sentence itself."""
_NONE = re.compile(
    r"(?:\b(?:no|not|never|nobody|none|nor|neither|without)\b|\bno one\b|n['’]t\b)(?:\s+[\w-]+){0,2}\s+$",
    re.I,
)
_EXAMPLES = re.compile(r",? (?:such as|for example|e\.g\.|like)\b| \([a-z]", re.IGNORECASE)
_KINDS = (
    (
        _ROLE,
        "role",
        "Who exactly is “{}”, and how are they reached?",
        "The agent has to know whom to hand over to.",
        0.9,
    ),
    (
        _APPROVAL,
        "role",
        "Who gives it (“{}”), and how is it recorded?",
        "An approval without an approver cannot be checked.",
        0.75,
    ),
    (
        _GRADED_CASE,
        "threshold",
        "From what figure on is it “{}”?",
        "A decision hangs on it, and no figure is given.",
        0.8,
    ),
    (_UNPRICED, "limit", "How much is “{}”?", "The customer will ask, and no figure is given.", 0.8),
    (_LIMIT, "limit", "What is the value of “{}”?", "A limit without a number cannot be enforced.", 0.9),
    (
        _AMOUNT,
        "threshold",
        "How much or how many is “{}”?",
        "A decision hangs on it, and no figure is given.",
        0.7,
    ),
    (_TIME, "deadline", "How long is “{}”?", "A decision hangs on it, and no figure is given.", 0.7),
    (
        _JUDGEMENT,
        "undefined term",
        "What counts as “{}”, and who decides?",
        "The agent cannot decide it without a definition.",
        0.6,
    ),
    (
        _OPEN_END,
        "open list",
        "Which further cases does “{}” include?",
        "An open list cannot be checked.",
        0.5,
    ),
)


_IN_LOWER_CASE = {pattern: re.compile(pattern.pattern) for pattern, *_ in _KINDS}
"""The same patterns for a text in lower case, which they search several times as fast."""


def _gap(sentence: Sentence, category: str, term: str, text: str, reason: str, weight: float) -> Gap:
    return Gap(sentence, category, term.lower(), text, reason, weight)


def _really_garbled(match: re.Match[str]) -> bool:
    verb = match["verb"]
    return verb is None or (is_verb(verb) and verb not in NOUN_LIKE)


_CUES: dict[re.Pattern[str], frozenset[str]] = {
    _ROLE: frozenset(
        "appropriate relevant responsible right correct proper designated competent "
        "someone charge ups".split()
    ),
    _APPROVAL: frozenset("approval authorisation authorization sign signoff permission".split()),
    _GRADED_CASE: frozenset("if when where few with".split()),
    _UNPRICED: frozenset(["there"]),
    _LIMIT: frozenset(
        "limit threshold maximum minimum cap allowance ceiling quota usual standard normal applicable small "
        "nominal additional regular".split()
    ),
    _AMOUNT: frozenset(
        "significant significantly substantial substantially considerable large high expensive excessive "
        "excessively small minor low unusual unusually repeated repeatedly frequent "
        "frequently slightly somewhat "
        "marginally bit little too times time".split()
    ),
    _TIME: frozenset(
        "extended reasonable prolonged certain short long brief suitable timely good "
        "recent recently while time "
        "within few couple".split()
    ),
    _JUDGEMENT: frozenset(
        "appropriate suitable relevant proper adequate sufficient reasonable acceptable "
        "satisfactory fair valid "
        "good legitimate genuine compelling strong exceptional special extenuating "
        "extraordinary unusual serious "
        "sensitive certain subjective inappropriate abusive suspicious vulnerable "
        "eligible qualifying premium "
        "priority trusted loyal long urgent complex something agreed judgment judgement "
        "discretion case common "
        "justified sensible due short necessary needed warranted reason".split()
    ),
    _OPEN_END: frozenset("etc so similar like".split()),
}
"""Words of which a sentence holds at least one where the pattern is found in it: most hold none."""


class ToolNames:
    """The names that the agent's tools bear or speak of, in lower case."""

    def __init__(self, tools: Sequence[Tool]) -> None:
        self.known = {tool.name.lower() for tool in tools}
        self.known |= {name.lower() for tool in tools for name in tool.argument_names}
        self._described = " ".join(f"{tool.description} {tool.parameters}" for tool in tools).lower()

    def tell(self, name: str) -> bool:
        """Say whether a tool bears a name or speaks of it."""
        return name.lower() in self.known or name.lower() in self._described


def unknown_tools(sentence: Sentence, names: ToolNames) -> Iterator[Gap]:
    """Yield the systems that a sentence calls by a technical name which no tool has."""
    for match in _IDENTIFIER.finditer(sentence.text) if _TECHNICAL.search(sentence.text) else ():
        name = match["name"]
        words = re.split(r"_|(?=[A-Z])", name)
        before = sentence.text[max(0, match.start() - 30) : match.start()].lower()
        if _CALLED.search(before) and not names.tell(name) and is_verb(words[0].lower()):
            yield _gap(
                sentence,
                "missing tool",
                name,
                f"“{name}” is called here, but no such tool is known: what should be used?",
                "The agent cannot carry out a step without its tool.",
                0.95,
            )


_TECHNICAL = re.compile(r"_|[a-z][A-Z]")
_CALLED = re.compile(r"\b(?:call|use|using|run|invoke|via|tool|function|execute|trigger|with)\b[^.,;]{0,20}$")
