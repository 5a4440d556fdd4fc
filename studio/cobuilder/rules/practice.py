"""Practice: how plain present-tense sentences bind (“sale items are final”, “we don't prorate”).

- What the company says it does as a rule binds it; what usually happens, and what systems do, does not.
"""

from __future__ import annotations

import re

from studio.cobuilder.rules.approvals import is_approved
from studio.cobuilder.rules.force import Force
from studio.cobuilder.words.lexicon import (
    GRANT,
    HAND_OVER,
    PEOPLE,
    PRACTICE,
    SCOPE_VERBS,
    STATE_VERBS,
    STRIVING,
    TELL,
    TELL_ADDRESSED,
    VERBS,
    base_form,
)
from studio.domain.statement import StatementKind as Kind

_PEOPLE = re.compile(rf"\b(?:{'|'.join(sorted(PEOPLE))})s?\b")

_BE_NOT = re.compile(
    r"\b(?:is|are|'re)(?: not|n't| never| no longer)(?: \w+ly)? (?:\w+ )?(?:possible|acceptable"
    r"|allowed|available|eligible|refundable|returnable"
    r"|exchangeable|entitled|supported|accepted|transferable|negotiable|honou?red|covered|offered"
    r"|provided|given|issued|granted|processed"
    r"|applied|permitted|refunded|responsible|liable|valid|reimbursed|credited|included|tolerated"
    r"|returned|exchanged|shared|sold|able)\b"
)
_NOT_DONE = re.compile(
    r"\b(?:is|are)(?: not|n't| never| no longer)(?: \w+ly)? (?!intended|meant|expected|based"
    r"|limited|connected|concerned|needed"
    r"|required|related|supposed|interested|satisfied|sorted)\w{2,}(?:ed|en|wn|ld|nt|de|id)\b"
)
_FORBIDDEN = re.compile(
    r"\b(?:is|are|'s|as)\b[^,;]{0,24}?\b(?:ineligible|non-?refundable|non-?returnable"
    r"|non-?transferable|final sale|prohibited|forbidden|disallowed|off[- ]limits"
    r"|unacceptable|void|out of scope|banned|against (?:our |the |company )?(?:policy|rules))\b"
    r"|\bat no time\b|\bunder no circumstances\b"
)
_NO = re.compile(
    r"^no (?!problem|worries|doubt|wonder|matter|surprise|big deal|longer|waiting|fees?\b"
    r"|charges?\b|costs?\b|need|limits?\b|penalt|additional|further|action|interest|deposit"
    r"|minimum|commitment|obligation|phone|questions|order|account|change in)[a-z]+"
    r"|^there(?:'s| is| are) no (?:refunds?|returns?|exchanges?|exceptions?|credits?|guarantees?"
    r"|grace|discounts?|cancellations?|extensions?"
    r"|waivers?|substitut\w+|liability|changes? |entitlement|right to)|^not (?:allowed|permitted"
    r"|eligible|refundable)"
)
_RANKED = re.compile(
    r"\b(?:is|are|counts? as|means|has|have|gets?) (?:an? |the )?(?:\w+ )?(?:priority|class|level|grade|"
    r"case|emergency|\d)"
)
"""“No heating is priority 2” sorts a case in; it forbids nothing."""
_SPARED = re.compile(
    r"^(?:there(?:'s| is| are) )?no (?:\w+ ){0,2}?(?:fees?|charges?|surcharges?|costs?|penalt(?:y|"
    r"ies)|deposits?)\b"
    r"(?! (?:is|are) (?:refunded|returned|waived|given))"
    r"|\b(?:pays?|costs?|owes?) (?:no (?:\w+ )?(?:fees?|charges?|surcharges?|extra)|nothing)\b"
    r"|\bno (?:\w+ )?(?:\w+) (?:is |are )?(?:needed|required|necessary)\b|\bnothing is (?:owed|due|"
    r"charged)\b"
)
"""Somebody is let off: no fee, nothing owed, no paper needed."""
_CAPPED = re.compile(
    r"\b(?:is|are) (?:strictly )?(?:limited to|capped at|restricted to)|\bat most\b"
    r"|\bno more than\b|\b(?:the )?maximum\b.*\bis\b|\bonly once\b"
)
_MAY_BE = re.compile(
    r"\b(?:is|are|'re|'s)(?: also| always| still| \w+ly)? (?:allowed|permitted|eligible|entitled"
    r"|accepted|optional|okay|ok|acceptable|refundable|returnable"
    r"|exchangeable|free to|welcome|fine|reimbursable|covered|approved|possible"
    r"|exempt|subject to (?:cancellation|suspension|termination|removal|inspection"
    r"|review))\b(?! (?:if not|only))|\bqualif(?:y|ies) for\b"
    r"|\bcase[- ]by[- ]case\b|\bat (?:our|your|the agent's|their|its) (?:sole |own )?discretion\b"
    r"|\b(?:have|has|get|gets) (?:up to )?(?:\d+|\w+) (?:calendar |business |working )?(?:days?"
    r"|hours|weeks?|months?) (?:to|from|after|in which)\b"
)
_MUST_BE = re.compile(
    r"\b(?:is|are|'s)(?: also| always| \w+ly)? (?:required|mandatory|compulsory|needed|necessary"
    r"|due\b|expected|subject to (?:\w+ )?approval)\b"
    r"|\brequires? (?!that you read)\w+|\bneeds? (?:an? (?!lot|bit|few|hand|break)|at least"
    r"|their own|prior|approval|authori|a signature)\w*|\bit(?:'s| is) (?:\w+ )?(?:important|best"
    r"|better|advisable|recommended|good practice"
    r"|essential|critical|vital"
    r"|imperative|crucial|your job|our responsibility) (?:to|that|for)\b"
    r"|\b(?:is|are) (?:solely |fully )?responsible for\b"
)
_HANDLED = re.compile(
    r"\b(?:is|are|gets?)(?: \w+ly| always| only| also)? (?:issued|processed|refunded|credited|charged"
    r"|granted|applied|approved|handled|reviewed|answered|returned"
    r"|honou?red|calculated|prorated|waived|deducted|escalated|logged|recorded|verified|billed"
    r"|retained|stored|deleted|assessed|paid|capped|rounded|shipped|rejected|declined|denied|kept"
    r"|handed|thrown|sent|posted|passed|forwarded|released|given|notified|locked|destroyed|taken"
    r"|made|booked|arranged|collected|counted|delivered|checked|blocked|closed|suspended|frozen|removed)\b"
)
_DEEMED = re.compile(
    r"\b(?:is|are)(?: \w+ly| then| also| always)? (?:deemed|considered|treated as|regarded as"
    r"|taken (?:to be|as)|held to (?:be|have)|classed as|classified as|counted (?:as|among)"
    r"|understood (?:to be|as)|assumed to)\b"
    r"(?! (?:to be )?(?:an? |very |quite |as )?(?:important|good|best|better|polite|rude|helpful|useful"
    r"|essential|appropriate|easy|hard|difficult|normal|common|safe|popular|excellent|modern|friendly"
    r"|reliable|pleasant)\b)"
)
"""A word is settled with an effect: from then on the case is handled so (“is deemed returned when …”)."""
_ABSTAINS = re.compile(
    r"^(?:[\w' -]{2,40}? )?(?:(?:always|please) )?(?:refrains?|abstains?|desists?) from \w"
    r"|^(?:the |our |all )?[\w -]{2,30}? (?:avoids?|keeps? (?:silent|quiet)|stays? silent|says? nothing)"
    r" (?:about|on|to|\w+ing)\b"
)
"""Not doing it, said without a “not”."""
_NOBODY = re.compile(r"(?:neither|nothing|none|nobody|no one)\b")
_PARTY_NOT = re.compile(
    r"^(?:the |each |such |either )?(?:\w+ )?(?:party|parties|recipient) (?:does|do) not\b"
)
_PRINCIPLE = re.compile(r"our (?:\w+ ){0,3}(?:principle|practice|policy|rule|default) is (?P<not>not )?to\b")
_BELONGS = re.compile(r"\b(?:remains?|is|are)\b.{0,40}\bproperty of\b")
_HANDED_ON = re.compile(
    r"\b(?:customers?|patients?|callers?|guests?|clients?|users?|members?|anyone|everyone|whoever"
    r"|cases?|calls?|chats?|requests?"
    r"|conversations?|complaints?|refunds?|person|it|they)\b.*\b(?:is|are) (?:\w+ly )?"
    r"(?:passed|handed|referred|transferred|put through|escalated|routed|forwarded) (?:on|over|to"
    r"|through|straight|directly)\b"
)
_FLOWS = re.compile(
    r"\b(?:refunds?|money|credits?|deposits?|payments?) (?:always |only )?(?:go|goes) (?:back )?(?:to|on)\b"
)
_GOES_TO = re.compile(
    r"\b(?:goes?|is (?:passed|handed|referred)|are (?:passed|handed|referred)) (?:straight "
    r"|directly |on )?to (?:the |a |an |our )?(?:\w+ )?"
    r"(?:supervisors?|managers?|lead|specialists?|security|team|department|legal|compliance|police)\b"
)
_ONLY = re.compile(r"\b(?:is|are) (?:only|exclusively|solely) \w+(?:ed|en|n|t)\b")
_FREE = re.compile(
    r"\b(?:is|are) free(?: of charge)?(?! to\b)(?=[\s.,;]|$)|\b(?:\d+|one|two|three|an?) free \w+"
)
_AWARD = re.compile(
    r"(?:(?:a |an )?(?:full|partial|free|prorated|store|\d+ ?%) )+(?:refund|credit|replacement|exchange"
    r"|return|compensation|voucher|repair|discount)s?\b(?! (?:policy|window|fee|id))"
)
"""What is granted, said without a verb (“full refund within 14 days”)."""
_VERB = re.compile(r"\b(?:is|are|was|were|has|have|will|must|may|can|should|needs?|takes?|goes?|requires?)\b")
_PAYS = re.compile(
    r"[\w' -]{2,40}? pays? (?:nothing|no|half|extra|for|the|an?|[$€£\d]|full|everything|only|upfront)"
)
_HEDGE = re.compile(
    r"\b(?:usually|often|sometimes|typically|tend(?:s)? to|normally|historically|traditionally"
    r"|mostly|frequently|than before|last (?:year|month|week|autumn|fall|spring|summer|winter)"
    r"|more [\w ]{3,30} than)\b"
)
_WE = re.compile(
    r"^(?:(?:that's|this is) (?:why|how) |(?:later|earlier|more|less) than (?:that|this) "
    r"|after (?:that|this) |then )?(?:we|our (?:\w+ )?(?:team|staff|agents|support|company)"
    r"|the company|(?:the |all |each |every |an? )?(?:\w+ )?"
    r"(?:agents?|representatives?|reps?|associates?|staff|team|clerks?|receptionists?|dispatchers?"
    r"|(?:chat |virtual |voice )?assistant|chatbot"
    r"|nurses?|officers?|specialists?|supervisors?|managers?))\s+"
    r"(?P<adverbs>(?:also |always |only |\w+ly |generally |never |do not |don't |does not "
    r"|doesn't |no longer |will )*)(?P<verb>[a-z]+)(?P<rest>.*)"
)
_THIRD_NOT = re.compile(
    r"^(?!whoever|anyone who|if)(?:(?!\b(?:who|that|which)\b).)*\b(?:does not|doesn't|do not"
    r"|don't) (?P<verb>[a-z]+)"
)


def is_hedged(main: str) -> bool:
    """Say whether a clause only tells what is usual (“agents usually ask …”, “last year we …”)."""
    return bool(_HEDGE.search(main))


def practice(main: str) -> Force | None:
    """Return how a plain present-tense clause binds (“we don't prorate”, “sale items are final”), or None."""
    low = main.strip()
    if _BE_NOT.search(low) or _NOT_DONE.search(low) or _FORBIDDEN.search(low):
        return Force(Kind.PROHIBITION, 0.65)
    if _SPARED.search(low):
        return Force(Kind.PERMISSION, 0.5)
    if _NO.match(low) and len(low.split()) <= 14 and not _RANKED.search(low):
        return Force(Kind.PROHIBITION, 0.6)
    if _NOBODY.match(low) and len(low.split()) > 3:
        return Force(Kind.PROHIBITION, 0.55)
    if principle := _PRINCIPLE.match(low):
        return Force(Kind.PROHIBITION if principle["not"] else Kind.OBLIGATION, 0.5)
    if _BELONGS.search(low) or _PARTY_NOT.search(low):
        return Force(Kind.PROHIBITION, 0.45)
    if _HEDGE.search(low):
        return None
    if _DEEMED.search(low):
        return Force(Kind.OBLIGATION, 0.6)
    if _ABSTAINS.match(low):
        return Force(Kind.PROHIBITION, 0.6)
    if _AWARD.match(low) and not _VERB.search(low):
        return Force(Kind.PERMISSION, 0.5)
    if is_approved(low):
        return Force(Kind.OBLIGATION, 0.6)
    we = _WE.match(low)
    if we is not None and (found := _company(we)) is not None:
        return found
    if re.search(r"(?:^|[:;,] )no \w+(?: \w+)? (?:is|are) (?!needed|required|necessary|charged)\w+", low):
        return Force(Kind.PROHIBITION, 0.5)
    if _CAPPED.search(low):
        return Force(Kind.PROHIBITION, 0.55)
    if _MUST_BE.search(low):
        return Force(Kind.OBLIGATION, 0.6)
    if _MAY_BE.search(low):
        return Force(Kind.PERMISSION, 0.55)
    denied = _THIRD_NOT.match(low)
    if denied and base_form(denied["verb"]) in SCOPE_VERBS:
        return Force(Kind.PROHIBITION, 0.5)
    if re.search(r"\b(?:is|are) (?:\w+ )?(?:told|informed|notified|reminded)\b", low):
        return Force(Kind.DISCLOSURE, 0.5)
    if _HANDED_ON.search(low):
        return Force(Kind.ESCALATION, 0.6)
    if _FLOWS.search(low):
        return Force(Kind.OBLIGATION, 0.5)
    if _GOES_TO.search(low):
        return Force(Kind.ESCALATION, 0.5)
    if _ONLY.search(low) or _FREE.search(low):
        return Force(Kind.PERMISSION, 0.45)
    if _PAYS.match(low):
        return Force(Kind.OBLIGATION, 0.45)
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
    if verb in STATE_VERBS:
        return None
    if verb in HAND_OVER and _PEOPLE.search(we["rest"]):
        return Force(Kind.ESCALATION, 0.55)
    says = verb in ("say", "introduce") and re.search(r"\bthat\b|\bas\b", we["rest"])
    if says or (verb in TELL and verb not in TELL_ADDRESSED):
        return Force(Kind.DISCLOSURE, 0.55)
    if verb in GRANT or verb in ("get", "receive"):
        return Force(Kind.PERMISSION, 0.55)
    known = verb in PRACTICE if pronoun else verb in VERBS
    if known:
        return Force(Kind.OBLIGATION, 0.5)
    present = we["verb"] == verb and verb in VERBS and verb not in STRIVING
    return Force(Kind.OBLIGATION, 0.42) if pronoun and present else None
