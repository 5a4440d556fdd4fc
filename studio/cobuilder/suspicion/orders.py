"""Orders that do harm whoever carries them out: sending data away, asking for codes, paying without a check.

- They speak to the agent as any sentence does, so nothing shows that they are meant ill; a person decides,
  and is told what to look at.
- Denied, limited or reported orders (“never ask for …”, “up to £150 …”, “if a caller wants …”) are honest.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Order(NamedTuple):
    """One kind of order: its category, the caution in words, its pattern, what makes its sentence honest."""

    category: str
    reason: str
    pattern: re.Pattern[str]
    honest: re.Pattern[str]


SENDS_AWAY = "sends data away"
ASKS_CODES = "asks for codes"
NO_CHECKS = "without checks"

_DENIED = (
    r"(?:\b(?:never|nor|cannot|refuse|decline|scams?|phishing|fraudsters?|suspicious|claims? to"
    r"|pretend)\b|(?:\bnot|n't)\b(?! (?:hesitate|forget|fail))"
    r"|\bif (?:a|the|any|some)\w* \w+ (?:asks?|wants?|demands?)\b)"
)
_LIMITED = (
    r"|\b(?:under|below|up to|less than|at most|within|if|when|where|unless|until|only|whose|that|who"
    r"|which)\b"
    r"|[£$€]\s*\d|\d+\s*(?:%|days?|hours?|pounds|euros|dollars)"
)
_PLACE = r"(?:[\w.+-]+@[\w-]+\.\w|https?://|\bwww\.)"
_DATA = (
    r"(?:(?:customer|client|user|member|patient)s?['’]? ?(?:lists?|databases?|base|records)"
    r"|(?:lists?|names|details|data|records|addresses|numbers) of (?:all|every|our|the) "
    r"(?:customers|clients|users|members|patients|accounts)"
    r"|(?:all|every|the whole|the full) (?:customer|client|user|member|patient|account)s?\b"
    r"|card (?:numbers?|details|data)|cvv2?|cvc2?|passwords?|bank details of)"
)
_CODE = (
    r"(?:cvv2?|cvc2?|card (?:verification|security) (?:codes?|numbers?|values?)"
    r"|(?:security|three-digit|3-digit) (?:code|number)s? (?:on|of|from) (?:the|their|his|her) "
    r"(?:back of (?:the |their )?)?card"
    r"|(?:card|bank|their|his|her|the customer's|online banking|atm)['’]?s? pins?(?: codes?)?"
    r"|(?:their|his|her|the customer's|account|online banking|login|e-?mail) passwords?)\b"
    r"(?! (?:reset|change|hint|policy|manager|page|link))"
)
_RENEWS = (
    r"\b(?:reset|chang\w+|choos\w+|set|creat\w+|updat\w+|forg[eo]t\w*|new|recover\w*|unlock\w*|block\w*)\b"
)
_CHECK = r"(?:approvals?|checks?|checking|verif\w+|authori[sz]ation|review|limits?|questions asked)"
_PAYS = r"(?:refund|pay|reimburse|credit|compensate|release|approve|grant|transfer|unlock)"
_GIVEN = r"(?:refunded|paid|reimbursed|credited|compensated|released|approved|granted|transferred|unlocked)"

ORDERS = (
    Order(
        SENDS_AWAY,
        "It sends data of customers to an address that stands in the text itself. Check whose address it is.",
        re.compile(
            r"\b(?:send|e-?mail|forward|post|upload|copy|transfer|export|share|submit|report)\b"
            rf"[^!?\n]{{0,60}}?\b{_DATA}[^!?\n]{{0,60}}?{_PLACE}"
        ),
        re.compile(_DENIED),
    ),
    Order(
        ASKS_CODES,
        "It asks for a code or password that nobody but its owner may know. Check whether it has to.",
        re.compile(
            r"\b(?:ask(?:ed)?|request|collect|obtain|take|get|require|send|give|tell|provide|read out|share"
            rf"|note|write down)\b[^.!?\n]{{0,60}}?\b{_CODE}"
        ),
        re.compile(f"{_DENIED}|{_RENEWS}"),
    ),
    Order(
        NO_CHECKS,
        "It does something for everybody, or every time, without a check. Check whether that is meant.",
        re.compile(
            rf"\b{_PAYS}\s+(?:out\s+|back\s+)?(?:every|all|any|each)(?:thing|one|body)?\b[^.!?\n]{{0,60}}?"
            rf"\bwithout\s+(?:\w+\s+){{0,2}}?{_CHECK}\b"
            rf"|\b(?:every|all|any|each)\b[^.!?\n]{{0,40}}?\b(?:is|are|be)\s+{_GIVEN}\b[^.!?\n]{{0,40}}?"
            rf"\bwithout\s+(?:\w+\s+){{0,2}}?{_CHECK}\b"
            r"|\b(?:disable|bypass|turn off|switch off|deactivate|skip|suspend)\s+(?:all|any|every)\s+"
            r"(?:of\s+)?(?:the\s+)?(?:(?:safety|security|fraud|identity)\s+)?(?:checks?|controls?|guards?|safeguards?"
            r"|verifications?)\b(?=\s*(?:[.!,;]|$|and\b|then\b))"
        ),
        re.compile(_DENIED + _LIMITED),
    ),
)

ORDER_HINTS = re.compile(
    r"@|http|www|cvv|cvc|\bcode|\bpins?\b|passw|card|without|checks?|controls?|guards?|verif"
)
