"""Force: what one clause does to the agent (obliges, forbids, permits, tells, hands over) and how sure that is.

- Negated duties forbid, lifted duties permit, caps (“at most”, “only once”) forbid what goes beyond them.
- Modals of chance (“delays may occur”) and of state (“the status can be open”) bind nobody.
- Sureness is a rough probability, set by pattern family and checked against labelled documents.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from studio.cobuilder.clauses import Clause
from studio.cobuilder.lexicon import (
    AGENT,
    CUSTOMER,
    GRANT,
    HAND_OVER,
    PEOPLE,
    PRACTICE,
    STATE_VERBS,
    TELL,
    TELL_ADDRESSED,
    VERBS,
    base_form,
)
from studio.cobuilder.structure import is_carve_out
from studio.domain.statement import StatementKind as Kind


class Force(NamedTuple):
    """How a clause binds, and how sure that is (0 to 1)."""

    kind: Kind
    sureness: float


_CAP = re.compile(
    r"\b(?:at most|no more than|not more than|a maximum of|maximum|only once|only one|only a single|once per|no later than|limited to|one \w+ per)\b"
)
_CAP_ONE = re.compile(r"\b(?:only|just)\b.*?\b(?:once|one|twice)\b|\bat most\b|\bno more than\b|\bmaximum\b")
_SOLELY = re.compile(r"\b(?:only|solely|exclusively)\b")
_CHANCE = frozenset(
    [
        "occur",
        "happen",
        "take",
        "vary",
        "contain",
        "differ",
        "appear",
        "cause",
        "result",
        "arise",
        "seem",
        "need",
        "mean",
    ]
    + [
        "notice",
        "find",
        "experience",
        "see",
        "depend",
        "fail",
        "feel",
        "look",
        "become",
        "cost",
        "last",
        "lead",
        "affect",
    ]
    + [
        "want",
        "wish",
        "like",
        "know",
        "think",
        "believe",
        "expect",
        "wonder",
        "ask",
        "come",
        "show",
        "require",
        "exist",
    ]
)
_THING = re.compile(
    r"\b(?:system|app|page|screen|form|button|status|email|emails|it|this|that|there|which|website|tool|message|notification|orders?"
    r"|accounts?|funds|bank|delays?|fees?|prices?|times?|results?|they|package|parcel|link|process|change|changes|balance)\s*$"
)
_ADDRESSEE = re.compile(
    r"\b(?:customers?|users?|clients?|guests?|callers?|patients?|members?|passengers?|them|him|her|party|parties|company|owner|buyer"
    r"|tenant|applicant|subscriber|everyone|people|you|the \w+ party|recipient|visitor|student|traveler|traveller|requester)\b"
)
_KNOW = re.compile(r"\b(?:know|aware|informed|understands?)\b")
_NOTICE = re.compile(
    r"\b(?:prompt|written|reasonable|immediate|advance|prior)?\s*(?:prompt |written )*notice\b(?! period)|\bnotification to\b"
)
_PEOPLE = re.compile(rf"\b(?:{'|'.join(sorted(PEOPLE))})s?\b")
_TARGET = re.compile(r"\b(?:to|with|into|through to|over to)\b(?P<who>[^,.;]{1,60})")
_FETCH = frozenset(
    [
        "contact",
        "call",
        "notify",
        "involve",
        "consult",
        "page",
        "alert",
        "inform",
        "loop",
        "get",
        "tell",
        "raise",
        "flag",
        "phone",
    ]
)
_INSIDERS = re.compile(
    r"^\s*(?:(?:the|a|an|your|our|their|in|on-call|duty|on-duty|shift|senior|another|appropriate|relevant) )*(?:[\w-]+ ){0,2}?"
    r"(?:supervisors?|managers?|team lead|lead|specialists?|security|compliance|fraud|legal|management|emergency services|911|999|police"
    r"|escalation|on-call|tier|level|department|authorities|(?:\w+ )?team|duty officer|it support|engineering)\b"
)


def force(clause: Clause, *, frame: str = "") -> Force | None:
    """Return how a clause binds, or None when it binds nobody; `frame` is the force of its list or heading."""
    if clause.modality == "plain":
        return None
    if clause.modality == "may" and not clause.negated and _is_chance(clause):
        return None
    if hands_over(clause):
        return Force(Kind.ESCALATION, 0.85 if clause.modality in ("must", "order") else 0.75)
    if clause.waived:
        return Force(Kind.PERMISSION, 0.55)
    if clause.negated:
        return _negated(clause)
    if clause.modality == "may":
        capped = _CAP_ONE.search(clause.main)
        return Force(Kind.PROHIBITION, 0.75) if capped else Force(Kind.PERMISSION, _permission(clause))
    if clause.modality == "will":
        return _promise(clause)
    if frame == "never":
        return Force(Kind.PROHIBITION, 0.8)
    if tells(clause):
        return Force(Kind.DISCLOSURE, 0.85)
    return _duty(clause)


def _duty(clause: Clause) -> Force | None:
    if clause.modality == "must" and _is_prediction(clause):
        return None
    if _CAP.search(clause.main) and clause.modality == "must":
        return Force(Kind.PROHIBITION, 0.75)
    if _SOLELY.search(clause.main) and clause.modality == "must":
        if clause.verb == "use" or "purpose" in clause.rest:
            return Force(Kind.PROHIBITION, 0.6)
        if clause.verb in (
            "disclose",
            "share",
            "reveal",
            "give",
            "transmit",
            "provide",
            "grant",
            "allow",
            "permit",
        ):
            return Force(Kind.PERMISSION, 0.6)
    if (
        clause.modality == "must"
        and clause.verb in ("be", "have", "remain", "mean", "include")
        and re.search(r"\b(?:property|no (?:rights?|licen[cs]e|obligations?))\b", clause.rest)
    ):
        return Force(Kind.PROHIBITION, 0.5)
    return Force(Kind.OBLIGATION, 0.9 if clause.modality == "must" else 0.75)


def _negated(clause: Clause) -> Force | None:
    if is_carve_out(clause):
        return Force(Kind.PERMISSION, 0.5)
    if clause.modality == "will" and _THING.search(clause.subject) and clause.verb in STATE_VERBS:
        return Force(Kind.PROHIBITION, 0.4)
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
    company = bool(head & {"we", "we'll", "us", "i"}) or clause.subject.endswith(
        ("we", "parties", "party", "recipient")
    )
    company = company or bool(
        re.search(
            r"\b(?:our|agents?|representatives?|staff|team|company|vendor|reps?|associates?)\b",
            clause.subject,
        )
    )
    if tells(clause) and (company or clause.passive):
        return Force(Kind.DISCLOSURE, 0.65)
    if company or (clause.subject and not head & (CUSTOMER | {"you"}) and _legal_party(clause.subject)):
        if clause.verb in ("be", "have", "know", "like", "want", "love", "see", "need", "hope"):
            return None
        kind = Kind.PERMISSION if clause.verb in GRANT and not clause.passive else Kind.OBLIGATION
        return Force(kind, 0.65)
    if clause.passive and clause.verb in (
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
    ):
        return Force(Kind.OBLIGATION, 0.5)
    if head & (CUSTOMER | {"you"}) and clause.verb in ("lose", "forfeit", "pay"):
        return Force(Kind.OBLIGATION, 0.45)
    return None


def _legal_party(subject: str) -> bool:
    return bool(
        re.search(
            r"\b(?:part(?:y|ies)|recipient|vendor|company|supplier|contractor|disclosee|discloser|licensee|provider|seller|buyer)s?\b",
            subject,
        )
    )


def _is_chance(clause: Clause) -> bool:
    """Say whether a modal of possibility speaks of chance or state, not of permission."""
    subject = clause.subject.split()
    person = bool(set(subject) & (AGENT | CUSTOMER | {"you", "they", "party", "recipient"}))
    if clause.verb in _CHANCE and not clause.passive:
        return not (person and clause.verb in ("ask", "require", "see", "find")) or "might" in clause.main
    if clause.verb in ("be", "have", "contain", "include") and not person and not clause.passive:
        return not re.search(r"\bonly\b", clause.main)
    if subject[:1] == ["there"] and not clause.waived:
        return True
    return bool(re.search(r"\b(?:might|could)\b", clause.main)) and not person and not clause.passive


def _is_prediction(clause: Clause) -> bool:
    """Say whether “should” or “must” only expects something (“it should arrive within a week”)."""
    if not re.search(r"\bshould\b", clause.main) or clause.passive:
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
    if clause.verb in HAND_OVER:
        target = _TARGET.search(rest)
        if target and (_INSIDERS.search(target["who"]) or _PEOPLE.search(target["who"])):
            return True
        return bool(re.match(r"\s+(?:off|over)\b", rest)) or bool(re.match(r"\s+the (?:a )?human\b", rest))
    if clause.verb in _FETCH:
        return bool(_INSIDERS.match(rest)) and not re.match(r"\s*(?:the )?customer", rest)
    return (
        bool(re.search(r"\b(?:escalat\w+|hand-?off|handover) (?:to|path|the)\b|\bescalation\b", clause.main))
        and clause.modality != "may"
    )


# -- present-tense declaratives ---------------------------------------------------------------------------------------

_BE_NOT = re.compile(
    r"\b(?:is|are|'re)(?: not|n't| never| no longer)(?: \w+ly)? (?:\w+ )?(?:possible|acceptable|allowed|available|eligible|refundable|returnable"
    r"|exchangeable|entitled|supported|accepted|transferable|negotiable|honou?red|covered|offered|provided|given|issued|granted|processed"
    r"|applied|permitted|refunded|responsible|liable|valid|reimbursed|credited|included|tolerated|returned|exchanged|shared|sold|able)\b"
)
_FORBIDDEN = re.compile(
    r"\b(?:is|are|'s|as)\b[^,;]{0,24}?\b(?:ineligible|non-?refundable|non-?returnable|non-?transferable|final sale|prohibited|forbidden|disallowed|off[- ]limits"
    r"|unacceptable|void|out of scope|banned|against (?:our |the |company )?(?:policy|rules))\b|\bat no time\b|\bunder no circumstances\b"
)
_NO = re.compile(
    r"^no [a-z]+|^there(?:'s| is| are) no (?!need|fee|charge|cost|limit|penalty)\w+|^not (?:allowed|permitted|eligible|refundable)"
)
_CAPPED = re.compile(
    r"\b(?:is|are) (?:strictly )?(?:limited to|capped at|restricted to)|\bat most\b|\bno more than\b|\b(?:the )?maximum\b.*\bis\b|\bonly once\b"
)
_MAY_BE = re.compile(
    r"\b(?:is|are|'re)(?: also| always| still| \w+ly)? (?:allowed|permitted|eligible|entitled|accepted|optional|okay|ok|acceptable|refundable|returnable"
    r"|exchangeable|free to|welcome|fine|reimbursable|covered|approved|possible|exempt)\b(?! (?:if not|only))|\bqualif(?:y|ies) for\b"
    r"|\bcase[- ]by[- ]case\b|\bat (?:our|your|the agent's|their|its) (?:sole |own )?discretion\b|\b(?:have|has|get|gets) (?:up to )?(?:\d+|\w+) (?:calendar |business |working )?(?:days?|hours|weeks?|months?) (?:to|from|after|in which)\b"
)
_MUST_BE = re.compile(
    r"\b(?:is|are|'s)(?: also| always| \w+ly)? (?:required|mandatory|compulsory|needed|necessary|due (?:within|by|on)|expected|subject to (?:\w+ )?approval)\b"
    r"|\brequires? (?!that you read)\w+|\bit(?:'s| is) (?:\w+ )?(?:important|essential|critical|vital|imperative|crucial|your job|our responsibility) (?:to|that|for)\b"
    r"|\b(?:is|are) (?:solely |fully )?responsible for\b"
)
_HANDLED = re.compile(
    r"\b(?:is|are)(?: \w+ly| always| only| also)? (?:issued|processed|refunded|credited|charged|granted|applied|approved|handled|reviewed|answered|returned"
    r"|honou?red|calculated|prorated|waived|deducted|escalated|logged|recorded|verified|billed|retained|stored|deleted|assessed|paid|capped|rounded|shipped|rejected|declined|denied)\b"
)
_HEDGE = re.compile(
    r"\b(?:usually|often|sometimes|typically|tend(?:s)? to|normally|historically|traditionally|mostly|frequently)\b"
)
_WE = re.compile(
    r"^(?:(?:that's|this is) (?:why|how) )?(?:we|our (?:\w+ )?(?:team|staff|agents|support|company)|the company|(?:the |all |each |every |an? )?(?:\w+ )?"
    r"(?:agents?|representatives?|reps?|associates?|staff|team|clerks?|receptionists?|dispatchers?|nurses?|officers?|specialists?|supervisors?|managers?))\s+"
    r"(?P<adverbs>(?:also |always |only |\w+ly |generally |never |do not |don't |does not |doesn't |no longer |will )*)(?P<verb>[a-z]+)(?P<rest>.*)"
)
_THIRD_NOT = re.compile(r"\b(?:does not|doesn't|do not|don't) (?P<verb>[a-z]+)")


def practice(main: str) -> Force | None:
    """Return how a plain present-tense clause binds (“we don't prorate”, “sale items are final”), or None."""
    low = main.strip()
    if _BE_NOT.search(low) or _FORBIDDEN.search(low):
        return Force(Kind.PROHIBITION, 0.65)
    if _NO.match(low) and len(low.split()) <= 14:
        return Force(Kind.PROHIBITION, 0.6)
    if _HEDGE.search(low):
        return None
    we = _WE.match(low)
    if we is not None and (found := _company(we)) is not None:
        return found
    if _CAPPED.search(low):
        return Force(Kind.PROHIBITION, 0.55)
    if _MUST_BE.search(low):
        return Force(Kind.OBLIGATION, 0.6)
    if _MAY_BE.search(low):
        return Force(Kind.PERMISSION, 0.55)
    denied = _THIRD_NOT.search(low)
    if denied and base_form(denied["verb"]) in (
        "qualify",
        "cover",
        "apply",
        "accept",
        "allow",
        "permit",
        "support",
        "offer",
        "include",
        "extend",
    ):
        return Force(Kind.PROHIBITION, 0.5)
    if _HANDLED.search(low) and "automatically" not in low:
        return Force(Kind.OBLIGATION, 0.45)
    return None


def _company(we: re.Match[str]) -> Force | None:
    """Read a sentence on what the company or its agents do as a rule."""
    verb = base_form(we["verb"])
    pronoun = we[0].startswith(("we ", "that's", "this is"))
    if re.search(r"\b(?:never|not|don't|doesn't|no longer)\b", we["adverbs"]):
        known = verb in PRACTICE or verb in VERBS
        return Force(Kind.PROHIBITION, 0.65) if known and verb not in STATE_VERBS else None
    if re.match(r" (?:\w+ )*(?:no|nothing)\b", we["rest"][:12]):
        return Force(Kind.PROHIBITION, 0.55)
    if re.match(r" it (?:easy|simple|possible|clear)\b", we["rest"]) and verb == "make":
        return Force(Kind.OBLIGATION, 0.5)
    if verb in STATE_VERBS or (verb not in PRACTICE and pronoun):
        return None
    if verb in HAND_OVER and _PEOPLE.search(we["rest"]):
        return Force(Kind.ESCALATION, 0.55)
    if verb in TELL and verb not in TELL_ADDRESSED:
        return Force(Kind.DISCLOSURE, 0.55)
    if verb in GRANT:
        return Force(Kind.PERMISSION, 0.55)
    known = verb in PRACTICE if pronoun else verb in VERBS
    return Force(Kind.OBLIGATION, 0.5) if known else None
