"""Signs: what about a sentence and its place in a document speaks for or against its being a rule.

- Signs are general and cheap: form, persons, numbers, place, neighbours; no sign knows a subject matter.
- A sign is a name; what it weighs was fitted on labelled documents and stands in `bearing_weights`.
- `REASONS` says some of them in plain words, for the people who decide.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from studio.cobuilder.rules.bearing_acts import act_signs
from studio.cobuilder.rules.bearing_core import core_signs, cores
from studio.cobuilder.rules.bearing_titles import title_signs
from studio.cobuilder.rules.bearing_words import noun_sorts, stem, verb_sorts
from studio.cobuilder.rules.structure import Context
from studio.cobuilder.words.clauses import clauses
from studio.cobuilder.words.grammar import LEAD, mask
from studio.cobuilder.words.lexicon import AGENT, CUSTOMER, base_form


class Unit(NamedTuple):
    """One sentence, item or table row with what stands around it.

    - `kind` is paragraph, item or row; `place` its number in its block, `alone` whether it fills it.
    - `before` is the sentence before it, `asked` the question that it answers, `label` the bold words or
      the case in front of it; `found` the kinds that patterns read, with how surely.
    """

    text: str
    kind: str
    context: Context
    titles: tuple[str, ...]
    place: int = 0
    alone: bool = True
    before: str = ""
    asked: str = ""
    label: str = ""
    head: str = ""
    leads: bool = False
    marked: bool = False
    found: tuple[tuple[str, float], ...] = ()


_SEARCHED: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "a number with a unit of time": r"(?:\d|\b(?:one|two|three|four|five|six|seven|eight|ten|twelve|a|an|"
        r"half an?|twenty|thirty|ninety))[ -](?:\w+ )?(?:minutes?|hours?|days?|weeks?|months?|years?|h|"
        r"min)\b",
        "an amount of money": r"[$€£¥]\s?\d|\d\s?(?:[$€£]|eur|usd|gbp|euros?|dollars?|pounds?|cents?|p\b)",
        "a share": r"\d ?%|\b(?:per ?cent|half (?:of|price)|double)\b",
        "a number": r"\d",
        "a year": r"\b(?:19|20)\d\d\b",
        "a large number": r"\b\d{1,3}[,.]\d{3}\b|\bmillions?\b|\bthousands?\b|\bbillions?\b",
        "a rough number": r"\b(?:about|roughly|around|nearly|almost|some|over|approximately|an average of) "
        r"(?:\d|one|two|three|four|half)|\baverage\b|\bmedian\b",
        "a limit": r"\b(?:up to|at most|no more than|not more than|at least|more than|less than|maximum|"
        r"minimum|limit(?:ed)?|within|over|under|above|below|between|per (?:person|day|week|month|year)|"
        r"until|till|by the|no later|from \d|at a time|once|twice|(?:two|three|four|five) times|only)\b",
        "a comparison": r"[<>≤≥]=?",
        "no": r"\bno(?:thing|body|ne| one)\b|[,;:.] no\b|^(?:and |but |just |so )?no\b",
        "not": r"\b(?:not|never|neither|nor|without)\b|n't\b",
        "starts with not": r"^(?:not|never|neither|nobody|nothing|none|without)\b",
        "only": r"\bonly\b|\bsolely\b|\bexclusively\b",
        "free": r"\bfree\b|\bno charge\b|\bnothing extra\b|\bwithout charge\b|\bon us\b|\bincluded?s?\b",
        "a cost": r"\b(?:fees?|charges?d?|costs?|pays?|paid|price|surcharge|deposit|fine|rate|bill\w*)\b",
        "a benefit": r"\b(?:refund\w*|credit\w*|voucher\w*|discount\w*|replacement\w*|exchange\w*|"
        r"compensat\w*|reimburs\w*|money back|waive\w*|gets?|receives?|welcome|eligible|entitled|bonus)\b",
        "approval": r"\b(?:approv\w*|permission|consent|sign(?:s|ed|ature)?|authori[sz]\w*|written|in "
        r"writing|"
        r"proof|evidence|receipts?|passport|identity|id card|verif\w*)\b",
        "a person above": r"\b(?:supervisors?|managers?|team leads?|lead|specialists?|duty \w+|director|"
        r"manager's|legal|compliance|police|solicitor|head of|board|committee|doctor|engineer|"
        r"escalat\w*|999|911|112|second line|tier|t2|l2|desk|team)\b",
        "going to somebody": r"\b(?:goes?|passed?|hand(?:s|ed)?|sent?|send|refer\w*|transfer\w*|escalat\w*|"
        r"forward\w*|ring|call|raise|alert|notif\w+|inform\w*|belongs?) (?:\w+ ){0,4}?(?:to|on|over|for)\b",
        "telling": r"\b(?:tell|tells|told|say|explain|inform\w*|notif\w*|remind\w*|announce\w*|advis\w+|"
        r"mention|apologi[sz]e|warn\w*|hear from us|let (?:them|the \w+|you) know|quote)\b",
        "a danger": r"\b(?:threats?|violence|weapons?|injur\w+|fraud\w*|smoke|fire|emergenc\w+|lawyers?|"
        r"press|"
        r"court|harass\w*|abuse|legal action|suspect\w*|safety|complain\w*)\b",
        "an absolute": r"\b(?:always|every|all|any|each|anyone|whoever|whatever|both|either|in every|"
        r"regardless|exceptions?)\b",
        "a hedge": r"\b(?:usually|often|sometimes|typically|mostly|normally|most of|many|tends?|perhaps|"
        r"maybe|"
        r"probably|seems?|appears?|likely|may be|might|can be|generally|rarely|hardly|kind of|sort of)\b",
        "time past": r"\b(?:was|were|had|did|used to|ago|last (?:year|month|week|summer|winter|spring|"
        r"autumn)|"
        r"since|until (?:last|then)|became|began|started|founded|grew|won|built|came|went|took|told|said|"
        r"asked|found|wrote|made|met|bought|introduced|decided)\b",
        "time present": r"\b(?:today|now|currently|these days|at the moment|this (?:year|month|week))\b",
        "time to come": r"\b(?:will|'ll|going to|expected|planned|soon|next (?:year|month|spring|summer))\b",
        "perfect": r"\b(?:has|have|'ve) (?:\w+ly |never |not |always )?(?:been|\w+ed|become|grown|had|"
        r"made|got)\b",
        "is or are": r"\b(?:is|are|'s|'re|isn't|aren't)\b",
        "passive": r"\b(?:is|are|be|being|gets?)(?: \w+ly| not| never| only| also)? (?:\w{2,}ed|kept|"
        r"paid|given|"
        r"sent|made|held|taken|told|lent|put|sold|done|shown|written|known|left|met|let|set|lost|built|"
        r"found)\b",
        "a feeling": r"\b(?:love\w*|happy|glad|proud|hope\w*|feel\w*|enjoy\w*|sorry|like|worry|worried|fun|"
        r"friendly|nice|favourite|pleasant|beautiful|lovely|annoy\w*|upset|bored?|funny|kind)\b",
        "a thought": r"\b(?:think\w*|believe\w*|know\w*|mean\w*|understand\w*|remember\w*|wonder\w*|"
        r"expect\w*|surpris\w*|notice\w*|learn\w*)\b",
        "a reason": r"\b(?:because|since|so that|which is why|that's why|this is why|the reason|due to|"
        r"in other words|the idea|the point|helps?|ensures?|keeps?|makes it)\b",
        "a definition": r"\b(?:means?|stands? for|refers? to|counts? as|defined|called|known as|is when)\b",
        "a story word": r"\b(?:story|stories|history|company|founder|grandfather|award|prize|museum|festival|"
        r"record|team (?:of|in)|offices?|headquarters|customers? (?:say|said|told|love)|survey|study|"
        r"statistic\w*|report says|figures?)\b",
        "a link": r"\b(?:https?://|www\.|see (?:also |the |our |section|page|chapter|appendix)|read more\b|"
        r"click here\b|for (?:more|further) (?:details|information)\b|related\b|intranet\b)",
        "about the document": r"\b(?:this|the) (?:page|article|document|guide|policy|handbook|section|note|"
        r"script|matrix|manual|table|version|chapter|instruction|text)\b|\blast (?:updated|modified)\b|"
        r"\bversion\b",
        "a system does it": r"\b(?:system|app|screen|page|form|button|field|software|tool|dashboard|website|"
        r"automatic\w*|console|status|window|portal|device)\b",
        "a gap to fill": r"\{[^}]*\}|<[a-z_ ]+>|\[[a-z_ ]+\]|_{3,}",
        "a greeting": r"^(?:hi|hello|dear|thanks|thank you|welcome|kind regards|best regards|good (?:morning|"
        r"afternoon|evening)|hey|sorry|oh)\b",
        "we": r"\b(?:we|our|us|ours|we'(?:re|ll|ve|d))\b",
        "you": r"\b(?:you|your|yours|you'(?:re|ll|ve|d))\b",
        "i": r"\b(?:i|my|me|i'm|i've|i'll)\b",
        "they": r"\b(?:they|them|their|those|these)\b",
        "he or she": r"\b(?:he|she|his|her|him|hers)\b",
        "it": r"^(?:it|this|that|they|these|those|he|she|there|here)(?:'\w+)?\b",
        "a case first": r"^(?:if|when|whenever|once|unless|after|before|in case|where|as soon as|until|"
        r"while|for|"
        r"in the event|on|at|from|between|during|within|outside|with|without)\b",
        "a case after": r"[\w)] (?:if|when|unless|once|as long as|provided|before|after|until|where|"
        r"except)\b",
        "a relative clause": r"\b(?:who|which|whose|that)\b",
        "a promise": r"\bwe(?:'ll| will| do| never| always| don't| keep| give| pay| take| answer)\b",
        "must": r"\b(?:must|shall|should|ha(?:s|ve) to|need(?:s|ed)? to|required?|mandatory|ought)\b",
        "may": r"\b(?:may|can|could|allowed|permitted|free to|welcome to|able to|possible|optional)\b",
        "please": r"\bplease\b|\bremember\b|\bmake sure\b|\bensure\b|\bdon't\b|\bdo not\b|\bavoid\b",
        "joined": r"; ",
        "a superlative": r"\b(?:most|best|first|largest|biggest|oldest|fastest|commonest|only \w+ in|"
        r"\w{3,}est)\b",
        "starts with a number": r"^[$€£]?\d|^(?:one|two|three|four|five|six|ten|twenty|thirty|half|a|an) ",
        "hours or date": r"\b\d{1,2}(?::\d\d| ?(?:am|pm|a\.m|p\.m))|\b(?:monday|tuesday|wednesday|thursday|"
        r"friday|saturday|sunday|weekdays?|weekends?|january|february|march|april|june|july|august|"
        r"september|october|november|december|midnight|noon)s?\b",
    }.items()
}
_ON_RAW: dict[str, re.Pattern[str]] = {
    "ends with a colon": re.compile(r":\s*$"),
    "ends without a stop": re.compile(r"[\w)%”\"’]$"),
    "exclaims": re.compile(r"!"),
    "asks": re.compile(r"\?[\"”]?$"),
    "opens with a quote": re.compile(r"^[\"“‘]"),
    "quotes": re.compile(r"[\"“”]"),
    "has brackets": re.compile(r"\("),
    "has a dash": re.compile(r"\s[-–—]+\s"),
    "labelled": re.compile(r"^[^\s:.;?!][^:.;?!]{0,50}:\s+\S"),
    "lists": re.compile(r"\w, (?:\w+ )?\w+(?:,| and| or)\s"),
    "capitals": re.compile(r"\b[A-Z]{4,}\b"),
    "opens small": re.compile(r"^[a-z]"),
}
_NAME = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]{2,}")
_FINITE = re.compile(
    r"\b(?:is|are|was|were|am|be|has|have|had|do|does|did|can|may|must|will|shall|should|could|would|might|"
    r"cannot|gets?|goes|go|comes?|makes?|takes?|needs?|wants?|pays?|keeps?|works?|applies|apply|"
    r"means?|stays?|\w+n't)\b|'(?:s|re|ll|ve|d|m)\b"
)
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_PEOPLE = CUSTOMER | frozenset(
    "adult adults child children baby babies families family business businesses".split()
)
_LENGTHS = (3, 6, 10, 15, 22, 32, 50)


def _lead_signs(unit: Unit) -> list[str]:
    context, found = unit.context, []
    if context.lead is not None:
        lead = context.lead.text.rstrip()
        low = mask(lead)[-160:]
        found.append("has a lead-in")
        found.append("the lead-in is open" if lead.endswith(":") else "the lead-in is no open one")
        first = clauses(lead)[0] if lead else None
        if first is not None:
            found.append(f"the lead-in is {first.modality}{' not' if first.negated else ''}")
        found += [f"the lead-in has {name}" for name in _OF_LEADS if _SEARCHED[name].search(low)]
        found += [f"the lead-in: {name}" for name in title_signs(lead)]
    if context.frame:
        found.append(f"stands under {context.frame}")
    found += [name for name, holds in (("in steps", context.step), ("an example", context.example)) if holds]
    if context.siblings:
        found.append("in a list" if len(context.siblings) < 12 else "in a long list")
    return found


_OF_LEADS = (
    "not",
    "you",
    "we",
    "may",
    "must",
    "a case first",
    "going to somebody",
    "a definition",
    "time past",
)


def _form_signs(unit: Unit, low: str, words: list[str]) -> list[str]:
    found = [f"shorter than {limit}" for limit in _LENGTHS if len(words) < limit]
    first = clauses(unit.text, orders=unit.context.orders)[0]
    found.append(f"form: {first.modality}{' not' if first.negated else ''}")
    for name, holds in (("has a condition", first.condition), ("has an exception", first.exception)):
        if holds:
            found.append(name)
    finite = _FINITE.search(low)
    if not finite:
        found.append("no verb seen")
        if len(words) < 13:
            found.append("short, no verb seen")
    early = set(words[:6])
    found += [f"{name} early" for name, said in _EARLY.items() if early & said]
    if _HANDS_ON.search(low):
        found.append("goes to a person above")
    subject = set(words[:5]) if not finite else set(_WORD.findall(low[: finite.start()])[:9])
    if subject & _PEOPLE:
        found.append("customers first")
    if subject & AGENT:
        found.append("staff first")
    if set(words) & _PEOPLE:
        found.append("customers")
    if words and words[0].endswith("s") and len(words[0]) > 3 and words[0] not in _NO_PLURALS:
        found.append("a plural first")
    if any(word.endswith("ed") and len(word) > 4 for word in words):
        found.append("an -ed word")
    if any(word.endswith("s") and base_form(word) != word for word in words[1:6]):
        found.append("a third person")
    names = len(_NAME.findall(unit.text))
    found += [name for least, name in ((1, "a name"), (3, "several names")) if names >= least]
    return found


_EARLY = {
    "a negation": frozenset(
        "no not never don't can't cannot won't isn't aren't doesn't nobody nothing none".split()
    ),
    "only": frozenset(["only"]),
    "you": frozenset("you you'll you're your".split()),
    "we": frozenset("we we'll we're our we've".split()),
    "a permission": frozenset(
        "can may could free welcome allowed eligible gets get receive receives".split()
    ),
    "a duty": frozenset("must shall should needs need has have always please".split()),
    "a telling": frozenset(
        "tell say explain inform apologise apologize remind mention warn announce".split()
    ),
}
_HANDS_ON = re.compile(
    r"\b(?:goes?|belongs?|pass(?:ed|es)?|hand(?:s|ed)?|sent|send|refer(?:red|s)?|transfer(?:red|s)?|"
    r"escalated?|"
    r"forward(?:ed|s)?|given?|put|taken|raised?|moves?) (?:\w+ ){0,4}?(?:up |on |over |straight |"
    r"through )*to (?:the |a |an |our |"
    r"your )?(?:[\w-]+ ){0,3}?(?:teams?|leads?|managers?|supervisors?|desks?|specialists?|officers?|"
    r"engineers?|"
    r"department|care|security|legal|finance|risk|fraud|payments?|police|solicitor|office|board|"
    r"committee|l2|t2|"
    r"tier)\b|\b(?:managers?|lead|leads|director|officer|supervisors?|pharmacist|solicitor|committee|"
    r"board|finance|risk|"
    r"librarian|specialist|engineer|doctor|nurse) (?:then )?(?:decides?|signs?|approves?|takes? over|"
    r"comes?)\b|"
    r"\b(?:get|ring|call|fetch|phone|alert|page) (?:the |a |an |our |your )(?:[\w-]+ ){0,2}(?:managers?|"
    r"lead|supervisor|"
    r"officer|engineer|librarian|nurse|doctor|line|police|security|desk|team)\b|\bdecided by\b"
)
_NO_PLURALS = frozenset(
    "this thus less unless does always across perhaps towards process address access".split()
)


def _place_signs(unit: Unit) -> list[str]:
    found = [f"a {unit.kind}", "first in its block" if not unit.place else "later in its block"]
    flags = {
        "alone in its block": unit.alone,
        "leads a list": unit.leads,
        "in a quote block": unit.marked,
        "answers a question": bool(unit.asked),
        "answers at once": bool(unit.asked) and not unit.place,
        "has a label": bool(unit.label),
        "no title above": not unit.titles,
    }
    found += [name for name, holds in flags.items() if holds]
    if unit.titles:
        found += [f"title: {name}" for name in title_signs(unit.titles[-1])]
        found += [f"above: {name}" for title in unit.titles[1:-1] for name in title_signs(title)]
    found += [f"label: {name}" for name in title_signs(unit.label)] if unit.label else []
    found += [f"column: {name}" for name in title_signs(unit.head)] if unit.head else []
    if unit.asked:
        low = unit.asked.lower()
        found += [f"asked {name}" for name, pattern in _ASKED.items() if pattern.search(low)]
    if unit.before:
        found += [f"before it: {name}" for name in _BEFORE if _SEARCHED[name].search(unit.before.lower())]
    return found


_ASKED = {
    "can": re.compile(r"\b(?:can|may|could|do you|do i|does|is|are|am i|will)\b"),
    "how many": re.compile(r"\bhow (?:many|much|long|soon|often)\b|\bwhen\b|\bwhat (?:if|happens)\b"),
    "why": re.compile(r"\b(?:why|who)\b"),
}
_BEFORE = ("not", "a number", "must", "may", "time past", "no", "a cost", "a hedge")


def _found_signs(unit: Unit) -> list[str]:
    if not unit.found:
        return ["no pattern"]
    best = max(sureness for _, sureness in unit.found)
    bands = [f"pattern at {band:.2f}" for band in (0.45, 0.5, 0.55, 0.6, 0.7, 0.8) if best >= band]
    kinds = [f"pattern {kind}" for kind in sorted({kind for kind, _ in unit.found})]
    return ["a pattern", *bands, *kinds, *(["two patterns"] if len(unit.found) > 1 else [])]


def _word_signs(words: list[str]) -> list[str]:
    stems = [stem(word) for word in words[:60]]
    found = [f"opens: {words[0]}"] if words else []
    found += [f"says: {word}" for word in stems]
    found += [f"speaks of {sort}" for word in words[:60] for sort in noun_sorts(word)]
    found += [f"does: {sort}" for word in words[:60] for sort in verb_sorts(word)]
    found += ["a word in -able" for word in words if word.endswith(("able", "ible")) and len(word) > 6]
    found += ["a word in non-" for word in words if word == "non"]
    found += ["opens in -ing"] if words and words[0].endswith("ing") and len(words[0]) > 4 else []
    return found


def signs(unit: Unit) -> list[str]:
    """Return the signs that a unit bears by itself, in a fixed order, without doubles."""
    low = mask(unit.text[:1200])
    words = _WORD.findall(low)
    found = [name for name, pattern in _SEARCHED.items() if pattern.search(low)]
    found += [name for name, pattern in _ON_RAW.items() if pattern.search(unit.text)]
    if LEAD.match(low):
        found.append("opens with a circumstance")
    found += _form_signs(unit, low, words)
    found += _lead_signs(unit)
    found += _place_signs(unit)
    found += _found_signs(unit)
    told = cores(clauses(unit.text, orders=unit.context.orders))
    found += core_signs(told)
    found += act_signs(low, words, told[0].who)
    found += _word_signs(words)
    return list(dict.fromkeys(found))
