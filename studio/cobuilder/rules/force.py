"""Force: what one clause does (oblige, forbid, permit, have told, hand over), and how sure that is.

- Negated duties forbid, lifted duties permit, caps (“at most”, “only once”) forbid what goes beyond them.
- Modals of chance (“delays may occur”) and of state (“the status can be open”) bind nobody.
- Sureness is a rough probability, set by pattern family and checked against labelled documents.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from studio.cobuilder.rules.structure import is_carve_out
from studio.cobuilder.words.clauses import Clause
from studio.cobuilder.words.lexicon import (
    AGENT,
    CHANCE,
    CUSTOMER,
    FETCH,
    GRANT,
    HAND_OVER,
    MINDS,
    OPENS_UP,
    PEOPLE,
    STATE_VERBS,
    TELL,
    TELL_ADDRESSED,
)
from studio.domain.statement import StatementKind as Kind


class Force(NamedTuple):
    """How a clause binds, and how sure that is (0 to 1)."""

    kind: Kind
    sureness: float


_CAP = re.compile(
    r"\b(?:at most|no more than|not more than|a maximum of|maximum|only once|only one"
    r"|only a single|once per|no later than|limited to|one \w+ per)\b"
)
_CAP_ONE = re.compile(r"\b(?:only|just)\b.*?\b(?:once|one|twice)\b|\bat most\b|\bno more than\b|\bmaximum\b")
_ONLY_NOT = re.compile(
    r"\bonly\b.*(?:,| and| but) (?:\w+ )?(?:not|never|no)\b"
    r"|\bbe \w+(?: \w+)?,? (?:but )?(?:not|never) \w{2,}(?:ed|en|nt|ld|id|wn)\b"
)
"""“can only be exchanged, not refunded” forbids, whatever it leaves."""
_LETS_OFF = re.compile(
    r"^(?:nothing|neither \w+|no \w+) (?:shall |will |may |can |is |are )?(?:oblige|require|"
    r"restrict|prevent|limit|"
    r"obliged|required)|\bnot (?:be )?(?:restricted|limited|obliged|affected)\b"
)
"""What is denied is a duty or a bound: it leaves free."""
_LEFT_UNSAID = re.compile(r"(?:it|they|he|she|we|you|i|this|that) (?:cannot|can't|couldn't|won't)")
"""“It can't if you don't” says what happens, and forbids nothing."""
_MAYBE = re.compile(
    r"\b(?:may|might|could|can|will|would)(?: \w+ly| also| still)? (?:have (?:\w{2,}ed|\w{2,}en"
    r"|gone|done|made|left|sent|paid|had|got|lost)\b|(?:want|wish|need|like|prefer|feel|think"
    r"|believe) )"
)
_BENEFIT = re.compile(
    r"\b(?:refund|money|credit|replacement|discount|full|free|extra|exchange|upgrade|compensation)\b"
)
_MONEY = re.compile(r"\b(?:refunds?|fees?|charges?|deposits?|credits?|reimbursements?|compensation)$")
_PAST_ABILITY = re.compile(r"\b(?:was|were|had)\b[^,;]*\bcould(?:n't| not)?\b|\bwould have\b")
_COMPANY = re.compile(
    r"\b(?:we|us|i|our|agents?|representatives?|staff|team|company|reps?|associates?|parties)\b"
)
_VAGUE = frozenset(["be", "have", "know", "like", "want", "love", "see", "need", "hope", "treat"])
_SETTLED = frozenset(
    [
        "refund",
        "credit",
        "charge",
        "reimburse",
        "forfeit",
        "delete",
        "require",
        "bill",
        "deny",
        "reject",
        "deduct",
    ]
)
_ABSTAIN = frozenset(["refrain", "abstain", "desist", "avoid"])
"""Verbs of not doing something."""
_PARTY = re.compile(
    r"\b(?:part(?:y|ies)|recipient|vendor|company|supplier|contractor|disclosee|discloser|licensee"
    r"|provider|seller|buyer)s?\b"
)
_DENIES = re.compile(r"\bproperty of\b|^ (?:\w+ )?no (?:rights?|licen[cs]e|obligations?|interest)\b")
_SOLELY = re.compile(r"\b(?:only|solely|exclusively)\b")
_THING = re.compile(
    r"\b(?:system|tools?|api|line|device|app|page|screen|form|button|status|email|emails|it|this"
    r"|that|there|which|website"
    r"|tool|message|notification|orders?"
    r"|accounts?|funds|bank|delays?|fees?|prices?|times?|results?|they|package|parcel|link|process"
    r"|change|changes|balance)\s*$"
)
_ADDRESSEE = re.compile(
    r"\b(?:customers?|users?|clients?|guests?|callers?|patients?|members?|passengers?|them|him|her"
    r"|party|parties|company|owner|buyer"
    r"|tenant|applicant|subscriber|everyone|people|you|the \w+ party|recipient|visitor|student"
    r"|traveler|traveller|requester)\b"
)
_KNOW = re.compile(r"\b(?:know|aware|informed|understands?)\b")
_NOTICE = re.compile(
    r"\b(?:prompt|written|reasonable|immediate|advance|prior)?\s*(?:prompt "
    r"|written )*notice\b(?! period)|\bnotification to\b"
)
_PEOPLE = re.compile(rf"\b(?:{'|'.join(sorted(PEOPLE))})s?\b")
_TARGET = re.compile(r"\b(?:to|with|into|through to|over to)\b(?P<who>[^,.;]{1,60})")
_OURSELVES = re.compile(r"\s*(?:(?:the )?customer|(?:our|the) (?:\w+ )?(?:support|service|help ?desk)\b)")
_INSIDERS = re.compile(
    r"^\s*(?:(?:the|a|an|your|our|their|in|on-call|duty|on-duty|shift|senior|another|appropriate"
    r"|relevant) )*(?:[\w-]+ ){0,2}?"
    r"(?:supervisors?|managers?|team lead|lead|specialists?|security|compliance|fraud|legal"
    r"|management|emergency services|911|999|police"
    r"|escalation|on-call|tier|level|department|authorities|(?:\w+ )?team|duty officer|it support"
    r"|engineering)\b"
)


def force(clause: Clause, *, frame: str = "") -> Force | None:
    """Return how a clause binds, or None when it binds nobody; `frame` is its list's or heading's force."""
    if clause.modality == "plain" or _PAST_ABILITY.search(clause.main):
        return None
    if is_wish(clause):
        return None
    capped = (
        clause.modality == "may" and bool(_CAP_ONE.search(clause.main)) and not _MAYBE.search(clause.main)
    )
    possible = clause.modality == "may" and bool(re.search(r"\b(?:may|can|could|might)\b", clause.main))
    if possible and not clause.negated and not capped and _is_chance(clause):
        return None
    if hands_over(clause):
        return Force(Kind.ESCALATION, 0.85 if clause.modality in ("must", "order") else 0.75)
    if clause.waived:
        return Force(Kind.PERMISSION, 0.55)
    if clause.negated:
        return _negated(clause)
    if clause.modality == "may":
        if _ONLY_NOT.search(clause.main):
            return Force(Kind.PROHIBITION, 0.7)
        return Force(Kind.PROHIBITION, 0.75) if capped else Force(Kind.PERMISSION, _permission(clause))
    if clause.modality == "will":
        return _promise(clause)
    if frame == "never":
        return Force(Kind.PROHIBITION, 0.8)
    if tells(clause):
        return Force(Kind.DISCLOSURE, 0.85)
    return _duty(clause)


def is_wish(clause: Clause) -> bool:
    """Say whether a modal speaks of what somebody may want or may have done (“customers may want …”)."""
    return clause.modality in ("may", "will") and not clause.negated and bool(_MAYBE.search(clause.main))


def _duty(clause: Clause) -> Force | None:
    if is_prediction(clause):
        return None
    if _SOLELY.search(clause.main) and clause.modality != "order":
        if clause.verb in OPENS_UP:
            return Force(Kind.PERMISSION, 0.6)
        if clause.verb == "use" or "purpose" in clause.rest:
            return Force(Kind.PROHIBITION, 0.6)
    if clause.verb in _ABSTAIN and clause.modality == "order":
        return Force(Kind.PROHIBITION, 0.75)
    if clause.modality == "must" and (_CAP.search(clause.main) or _DENIES.search(clause.rest)):
        return Force(Kind.PROHIBITION, 0.7)
    return Force(Kind.OBLIGATION, 0.9 if clause.modality == "must" else 0.75)


def _negated(clause: Clause) -> Force | None:
    if is_carve_out(clause) or _LETS_OFF.search(clause.main):
        return Force(Kind.PERMISSION, 0.5)
    if clause.modality == "may" and _LEFT_UNSAID.fullmatch(clause.main.strip(" .!,;")):
        return None
    state = (
        clause.verb == "be"
        and not clause.passive
        and not re.search(r"\d|\b(?:than|more|less)\b", clause.rest)
    )
    if state and clause.modality == "may" and re.search(r"\b(?:it|they|this|that)$", clause.subject):
        return None
    if clause.modality == "will" and not clause.passive and _THING.search(clause.subject):
        return None
    if clause.modality == "may" and re.search(r"\bwhich$|\bthat$", clause.subject):
        return None
    return Force(Kind.PROHIBITION, 0.85 if clause.modality in ("must", "order") else 0.75)


def _permission(clause: Clause) -> float:
    head = clause.subject.split()
    if clause.modality == "may" and (set(head) & (AGENT | CUSTOMER) or "you" in head or "party" in head):
        return 0.8
    return 0.65


def _promise(clause: Clause) -> Force | None:
    """Read “we will …”: a promise of the company; what a system will do binds nobody."""
    head = set(clause.subject.split())
    served = bool(head & (CUSTOMER | {"you"}))
    company = bool(_COMPANY.search(clause.subject)) or (not served and _is_party(clause.subject))
    if tells(clause) and (company or clause.passive):
        return Force(Kind.DISCLOSURE, 0.65)
    if company:
        if clause.verb in _VAGUE:
            return None
        return Force(
            Kind.PERMISSION if clause.verb in GRANT and not clause.passive else Kind.OBLIGATION, 0.65
        )
    if _DENIES.search(clause.rest):
        return Force(Kind.PROHIBITION, 0.45)
    if clause.passive and _SOLELY.search(clause.main):
        return _duty(clause)
    if clause.passive and clause.verb in _SETTLED:
        return Force(Kind.OBLIGATION, 0.5)
    if served and clause.verb in ("get", "receive", "have") and _BENEFIT.search(clause.rest):
        return Force(Kind.PERMISSION, 0.5)
    if _MONEY.search(clause.subject) and clause.verb not in STATE_VERBS:
        return Force(Kind.OBLIGATION, 0.5)
    if served and clause.verb in ("lose", "forfeit", "pay"):
        return Force(Kind.OBLIGATION, 0.45)
    return None


def _is_party(subject: str) -> bool:
    """Say whether the subject is a party of a contract, bound by “will” as by “shall”."""
    if re.match(r"(?:such|each|either|both|any|neither)\b", subject):
        return not _THING.search(subject)
    return bool(_PARTY.search(subject))


def _is_chance(clause: Clause) -> bool:
    """Say whether a modal of possibility speaks of chance or state, not of permission."""
    subject = clause.subject.split()
    person = bool(set(subject) & (AGENT | CUSTOMER | {"you", "they", "party", "recipient"}))
    if clause.verb in CHANCE and not clause.passive:
        return not person or clause.verb in MINDS or "might" in clause.main
    if clause.verb in ("be", "have", "contain", "include") and not person and not clause.passive:
        return not re.search(r"\bonly\b", clause.main)
    if subject[:1] == ["there"] and not clause.waived:
        return True
    return bool(re.search(r"\b(?:might|could)\b", clause.main)) and not person and not clause.passive


def is_prediction(clause: Clause) -> bool:
    """Say whether “should” or “must” only expects something (“it should arrive within a week”)."""
    if clause.modality != "must" or not re.search(r"\bshould\b", clause.main) or clause.passive:
        return False
    if clause.verb in ("arrive", "appear", "work", "take", "land", "show", "update", "expire", "clear"):
        return bool(_THING.search(clause.subject)) or not set(clause.subject.split()) & (
            AGENT | CUSTOMER | {"you", "we"}
        )
    return False


def tells(clause: Clause) -> bool:
    """Say whether a clause has somebody told something."""
    rest = clause.rest[:90]
    if re.match(r"\s*(?:us|me)\b", rest):
        return False
    if clause.passive:
        return clause.verb in TELL - {"disclose", "state", "mention"} and bool(
            _ADDRESSEE.search(clause.subject) or _ADDRESSEE.search(rest)
        )
    if clause.verb in ("recap", "summarise", "summarize", "acknowledge"):
        return bool(_ADDRESSEE.search(rest))
    if clause.verb in TELL:
        if clause.verb in TELL_ADDRESSED:
            return clause.verb != "disclose" or bool(
                re.match(r"\s*(?:to|that|the (?:fee|price|cost|total|risk))", rest)
            )
        return True
    if clause.verb in ("let", "ensure"):
        return bool(_KNOW.search(rest)) and bool(_ADDRESSEE.search(rest))
    if clause.verb in ("provide", "give", "send", "make"):
        return bool(_NOTICE.search(rest))
    return clause.verb == "say" and bool(re.search(r"\bthat\b|\"", rest))


def hands_over(clause: Clause) -> bool:
    """Say whether a clause hands the case over to a person or team inside the company."""
    if clause.verb in ("escalate",):
        return True
    rest = clause.rest[:140]
    if clause.verb == "put" and re.match(r" (?:\w+ ){1,3}through to\b", rest):
        return True
    if clause.verb in HAND_OVER:
        target = _TARGET.search(rest)
        if target and (_INSIDERS.search(target["who"]) or _PEOPLE.search(target["who"])):
            return True
        return bool(re.match(r"\s+(?:off|over) (?:to\b|the (?:case|call|chat|conversation))", rest)) or bool(
            re.match(r"\s+the (?:a )?human\b", rest)
        )
    if clause.verb in FETCH:
        return bool(_INSIDERS.match(rest)) and not _OURSELVES.match(rest)
    return (
        bool(re.search(r"\b(?:escalat\w+|hand-?off|handover) (?:to|path|the)\b|\bescalation\b", clause.main))
        and clause.modality != "may"
    )
