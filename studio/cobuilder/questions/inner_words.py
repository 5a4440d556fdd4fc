"""Opposed wordings: the pairs of phrases by which two sentences on one thing cannot both hold.

- Each pair is a phrase that leaves nothing open and one that limits it ("as often as needed", "once").
- How much two sentences have to share before their phrases are set against each other stands with the pair.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Opposed(NamedTuple):
    """A wording, what it cannot stand beside, and how much two sentences have to share for that.

    - `cues`: letters of which one stands in any such wording; looked for first, as they cost nearly nothing.
    """

    cues: tuple[str, ...]
    one: re.Pattern[str]
    other: re.Pattern[str]
    shared: int
    alike: float
    why: str


def _opposed(cues: str, one: str, other: str, shared: int, alike: float, why: str) -> Opposed:
    return Opposed(tuple(cues.split("|")), re.compile(one, re.I), re.compile(other, re.I), shared, alike, why)


_MAY = r"\b(?:may|can|could)\b(?! not\b|['’]t)"
_NO_MATTER = (
    r"\bas (?:long|often|many|much|frequently) as (?:(?:you|they|people|customers|members)\s+"
    r"(?:need|like|want|wish)|(?:is |are )?(?:needed|necessary|required|wanted))|\bwithout (?:any )?limit\b"
)
_CAPPED = r"\b(?:once|twice|up to|at most|no more than|maximum|only \w+ times?)\b"

OPPOSED = (
    _opposed("as |limit", _NO_MATTER, _CAPPED, 1, 0.3, "One sentence sets a limit, another sets none."),
    _opposed(
        "exception|reason",
        r"^\W*(?:[A-Z]?[\d.]+\s+)?(?:no|all|every|none|nothing|nobody)\b(?! longer)"
        r".*\b(?:without exceptions?|no exceptions|for (?:any|whatever) reason)\b",
        _MAY,
        1,
        0.2,
        "One sentence knows no exception, another makes one.",
    ),
    _opposed(
        "form|orally",
        r"\bin any form\b|\borally\b",
        r"\bnot been (?:\w+ )?in writing\b|\bonly in writing\b|\bmust be (?:\w+ )?in writing\b",
        2,
        0.25,
        "One sentence admits any form, another only writing.",
    ),
    _opposed(
        "includ|towards",
        r"\b(?:counts? towards|(?:is|are) included|(?:\w+ )?included\.?$)",
        r"\b(?:excluded|not included|(?:is|are)(?: not|n['’]t) refundable|does(?: not|n['’]t) count)\b",
        2,
        0.3,
        "One sentence counts in what another leaves out.",
    ),
    _opposed(
        "automatically",
        r"\bautomatically\b",
        r"\b(?:ask|apply|claim|request)\b[^.]*\bwithin\b|\bmust be (?:requested|claimed|applied for)\b",
        1,
        0.25,
        "One sentence does it by itself, another only when asked.",
    ),
    _opposed(
        "immediately|at once",
        r"\b(?:takes?|come|comes) (?:effect|into force) (?:immediately|at once)\b|"
        r"\b(?:effective|apply|applies) (?:immediately|at once)\b",
        r"\b(?:days?|weeks?|months?)\b[^.]*\b(?:ahead|before|in advance)\b"
        r"|\b(?:days?|weeks?|months?)['’]? notice\b",
        1,
        0.2,
        "One sentence gives notice, another none.",
    ),
    _opposed(
        "final",
        r"\bfinal\b[^.]*\b(?:can['’]t|cannot|may not|can not) be (?:appealed|contested|challenged)\b",
        r"\bappeals?\b[^.]*\bwithin\b|\bmay (?:appeal|contest|challenge)\b",
        1,
        0.25,
        "One sentence opens a way that another closes.",
    ),
    _opposed(
        "only",
        r"\bonly (?:by|with) (?:the|an?)\b",
        rf"^(?!.*\bonly\b)(?=.*{_MAY})",
        2,
        0.4,
        "One sentence gives it to one person alone, another to somebody else.",
    ),
    _opposed(
        "without",
        rf"^(?=.*{_MAY}).*\bwithout (?:a |an |the |any |their )?(?:repl(?:y|ies)|asking|consent|agreement|"
        r"confirmation|approval)\b",
        r"\bonly (?:after|once|when|with)\b[^.]*\b(?:agree\w*|consent\w*|confirm\w*|approv\w*|said yes)\b",
        1,
        0.1,
        "One sentence asks for a yes that another does without.",
    ),
    _opposed(
        "personal|transferable",
        r"\bpersonal\b|\bnot transferable\b|\bnon-transferable\b",
        r"\bmay be (?:given|passed on|transferred)\b|\bcan be (?:given away|passed on|transferred)\b",
        1,
        0.25,
        "One sentence ties it to a person, another lets it be given away.",
    ),
    _opposed(
        "not|never",
        r"\b(?:may|must|shall) not\b|\bnever\b",
        r"^(?!.*\b(?:not|never|unless|except)\b)"
        r"(?=.*\b(?:is|are) (?:fine|enough|allowed|all right|permitted)\b)",
        1,
        0.2,
        "One sentence allows what another forbids.",
    ),
    _opposed(
        "nobody|no one",
        r"\bnobody\b[^.]*\bworks?\b|\bno one\b[^.]*\bworks?\b",
        r"\b(?:covered|worked|staffed) by\b",
        1,
        0.2,
        "One sentence has people at work where another has none.",
    ),
)
"""What cannot stand beside what; the shared words are those that tell what is spoken of."""

GENERIC = frozenset(
    "day hour week month year minute time percent cent per business work euro dollar pound least most "
    "than more two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "twenty thirty forty fifty sixty seventy eighty ninety hundred thousand without under over above "
    "below within after before only also first second third once all every may can must half company "
    "customer user party either she they person people who anything something nothing pay ask give come "
    "take make get tell say have notify don cannot aren isn won doesn can't other others such same each "
    "there when what which until let keep leave last next past out instead full".split()
)
"""Words that stand in sentences on anything, and the units of numbers."""

LASTING = re.compile(r"\b(?:kept|keeps?|retain\w*|stored?|archived|deleted|valid|age|aged)\b", re.I)
"""How long something is kept is no other number for when it happens."""
