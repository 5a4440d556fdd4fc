"""Open terms: people, things and amounts that a text treats in a way of their own and does not explain.

- "Loyal customers may downgrade at once": a sentence that begins with a graded word and grants or demands.
- "The regional quality steward", told once and only in passing on: a role that nobody can reach.
- "Put it into the treasury calendar": a system that no tool of the agent opens.
- "Follow the moderation playbook": a paper that this document neither holds nor links.
- What the document explains elsewhere, in a sentence, a heading, a list or a bracket, is not open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from studio.cobuilder.questions.gaps import Gap
from studio.cobuilder.words.concepts import meaningful, plain_words, same_thing
from studio.cobuilder.words.sentences import Sentence
from studio.cobuilder.words.vocabulary import name_words
from studio.cobuilder.words.whole import Whole, words_in
from studio.domain.tool import Tool

_GRADED = (
    r"loyal|regular|frequent|long-standing|long-term|long-time|established|vulnerable|fragile|special|key|"
    r"premium|"
    r"valued|trusted|preferred|local|old|older|abusive|excessive|suspicious|exceptional|seriously|serious|"
    r"severe|"
    r"sensitive|complex|unusual|large|larger|big|bigger|small|smaller|minor|major|urgent|close|eligible|"
    r"partner|repeat|several|significant|high-value|heavy|reputable|important|deserving|difficult"
)
_GRANTS = (
    r"(?:can|may|must|should|cannot|will|get|gets|pays?|has|have|needs?|receives?|qualif\w+|comes?|goes|"
    r"go|earns?|"
    r"also get\w*|(?:is|are) (?:\w+ly |not |always )?(?:\w+ed|given|told|sent|put|kept|made|free|exempt))"
)
_SUBJECT = re.compile(
    rf"^(?:(?:an?|the|for|in|of|with)\s+)?(?:very |really )?"
    rf"(?P<term>(?:{_GRADED})\s+(?P<noun>[a-z]+(?:-[a-z]+)?))\b"
    rf"(?P<rest>,? [^.]*\b{_GRANTS}\b.*|,.*|\.?$)",
    re.IGNORECASE,
)
_INSIDE = re.compile(
    r"\b(?:for|to|of|from|with|in|by|at|had|after|into)\s+(?:an? |the |all |some )?(?P<term>(?:VIPs?\b|"
    r"(?:vulnerable|loyal|"
    r"long-standing|long-term|premium|trusted|valued|partner|close|senior|special|exceptional|excessive|"
    r"abusive|several|"
    r"reasonable|regular)\s+(?P<noun>[a-z]+(?:-[a-z]+)?)))\b",
    re.IGNORECASE,
)
_ENOUGH = re.compile(r"\b(?P<term>(?:big|large|long|good|old|small|serious|high) enough)\b", re.IGNORECASE)
_NO_NOUN = frozenset(
    "and or of to the a an in on for at is are as than from by with if when it its your their his her our "
    "you they we "
    "may can must do does did has have had one time address number date email print way town days".split()
)
_AMOUNTS = frozenset(
    "amount amounts sum sums correction corrections claim claims loss losses order orders difference "
    "differences "
    "refund refunds payment payments time interval intervals fee fees delay delays payout payouts "
    "several".split()
)
_NOUNS_IN_LY = frozenset(["family", "supply", "assembly", "elderly"])
_NUMBER = re.compile(r"(?<![\w.])[$€£]?\d")
_SECTION_NUMBER = re.compile(r"^\d+(?:\.\d+)*[.)]?\s+")

_ROLE = re.compile(
    r"\b(?:the|a|an|our|by|to|past|with|from)\s+(?P<term>(?!customer|user|caller|own\b|the\b|an?\b|your\b|"
    r"our\b|team\b)(?:[a-z]+(?:['’]s?)?(?:-[a-z]+)?\s){1,2}"
    r"(?:steward|link|partner|circle|coordinator|operator|lead|champion|liaison|delegate|guardian|warden|"
    r"custodian|ombudsman|controller|scientist|marshal|envoy|ambassador))\b(?! (?:manager|number|list|"
    r"program))",
    re.IGNORECASE,
)
_LABELLED_ROLE = re.compile(
    r"^(?:[^:]{3,50}:\s+)?(?P<term>(?:[A-Z]?[a-z]+\s){1,2}(?:steward|link|partner|circle|coordinator|"
    r"liaison|champion))(?:[:.]|$)"
)
_PASSES = re.compile(
    r"\b(?:pass\w*|goes|go|sent|send|report\w*|inform\w*|tell|told|ask\w*|ring|call|notif\w+|issued|done|"
    r"assign\w*|"
    r"handed|hand|escalat\w+|refer\w*|decid\w+|decision|approv\w+|handled|taken|contact\w*|alert\w*|"
    r"involve\w*|consult\w*|"
    r"signed|sign\w*|given|need\w*|agreed|confirm\w*|move\w*|page\w*)\b",
    re.IGNORECASE,
)
_REACHED = re.compile(
    r"@|\bext(?:ension|\.)?\b|\b(?:phone|tel|number|queue|channel|e-?mail|hotline)\b|\d{3}", re.IGNORECASE
)

_SYSTEM = re.compile(
    r"\b(?P<how>in|into|to|on|onto|with|by|through|via|from|at)\s+(?:the|our|an?|its|"
    r"their)\s+(?P<term>(?:(?!same|new|old|other|right|"
    r"whole|next|first|last)[a-z]+(?:-[a-z]+)?\s){1,2}(?:portal|archive|vault|calendar|register|registry|"
    r"ledger|console|"
    r"dashboard|tracker|database|platform|log|logbook|map|spreadsheet|workspace|intranet|wiki|drive|"
    r"mailbox|planner|"
    r"repository|catalogue|tool|app|system|board|tracker|cockpit|module)|waiting list|waitlist)\b",
    re.IGNORECASE,
)
_RECORD = re.compile(r"\bagainst (?:the|our|their) (?P<term>[a-z]+ (?:records?|rosters?|registers?))\b", re.I)
_WORKS = re.compile(
    r"\b(?:put|puts|enter\w*|record\w*|log|logs|logged|register\w*|sen[dt]s?|submit\w*|upload\w*|"
    r"file[ds]?|store[ds]?|scan\w*|"
    r"sav\w+|add\w*|note[ds]?|look\w*|check\w*|open\w*|updat\w+|book\w*|plac\w+|gets?|write|written|kept|"
    r"keep|made|make|"
    r"request\w*|report\w*|track\w*|pull\w*|search\w*|find|found|tick\w*|mark\w*)\b",
    re.IGNORECASE,
)

_PAPER = re.compile(
    r"\b(?:(?:see|in|on|per|follow\w*|under|consult\w*|with|from|to|according to|explained in|listed in|"
    r"described in|use)\s+"
    r"(?:the|our|form)\s+)(?P<term>(?:[a-z]+['’]?s?(?:-[a-z]+)?\s){1,2}(?:playbook|guideline|guidelines|"
    r"manual|handbook|"
    r"appendix|annex|matrix|runbook|leaflet|terms|list|charter|instructions?|code of conduct|"
    r"rulebook|rules))\b(?! (?:below|above|at the|of|for|in|on)\b)",
    re.IGNORECASE,
)
_OWN_PAPER = re.compile(
    r"\b(?:on|in|see|follows?|have|has) (?P<term>(?:another|(?:its|their) own) "
    r"(?:page|guide|article|leaflet|policy|document|procedure|instructions?))\b(?! (?:below|above))"
    r"|\bthe (?P<name>[a-z]+ (?:appendix|annex)|(?:claim|consent|complaint|application) form)\b"
    r"(?! (?:below|above))"
    r"|\bfollow (?:the|our) (?P<guide>[a-z]+ guide)\b(?! (?:below|above|of|for)\b)"
    r"|\bget an? (?P<form>(?:claim|consent|complaint|application) form)\b"
    r"|\b(?:compl(?:y|ies)|accordance|line) with the (?:[A-Z]\w+['’]s )?(?P<code>Code (?:of|for) [A-Z]\w+)",
)
_FORM = re.compile(
    r"\b(?P<term>(?:form|template|annex|appendix|checklist|schedule|"
    r"exhibit)\s+[A-Z]{0,3}-?\d*[A-Z]?)(?![\w-])"
)
_APPENDIX = re.compile(r"\b(?P<term>(?:see|in) the (?:appendix|annex|attachment))\b", re.IGNORECASE)
_COMMON_LIST = re.compile(
    r"\b(?:the|this|that|guest|price|waiting|shopping|to-do|following|same|packing|menu)\s+(?:list|terms)$",
    re.I,
)


_GRADES = frozenset(re.split(r"[|-]", _GRADED)) | frozenset("enough reasonable senior vip vips".split())
_ROLES = frozenset(
    "steward link partner circle coordinator operator lead champion liaison delegate "
    "guardian warden custodian "
    "ombudsman controller scientist marshal envoy ambassador".split()
)
_PLACES = frozenset(
    "portal archive vault calendar register registry ledger console dashboard tracker database platform log "
    "logbook map spreadsheet workspace intranet wiki drive mailbox planner "
    "repository catalogue tool app system "
    "board cockpit module list waitlist record records roster rosters registers".split()
)
_PAPERS = frozenset(
    "form template annex appendix checklist schedule exhibit attachment playbook guideline guidelines manual "
    "handbook matrix runbook leaflet terms list charter instruction instructions "
    "code rulebook rules page guide "
    "article policy document procedure".split()
)


def open_terms(sentence: Sentence, whole: Whole, *, binding: bool = True) -> Iterator[Gap]:
    """Yield the graded terms of one sentence that the whole text does not explain."""
    if words_in(sentence.text).isdisjoint(_GRADES):
        return
    text = _SECTION_NUMBER.sub("", sentence.text)
    for pattern in (_SUBJECT, _INSIDE, _ENOUGH):
        match = pattern.search(text)
        if match is None:
            continue
        if pattern is _INSIDE and not binding:
            continue
        noun = (match.groupdict().get("noun") or "").lower()
        term = match["term"]
        if (
            noun in _NO_NOUN
            or _is_name(term, match.start("term"))
            or (term.lower().startswith("reasonable") and noun in ("skill", "care", "endeavours", "efforts"))
            or (noun.endswith("ly") and noun not in _NOUNS_IN_LY)
            or whole.explains(term)
            or _measured(text, match.end("term"))
        ):
            continue
        if (
            noun in _AMOUNTS
            or pattern is _ENOUGH
            or term.lower().startswith(("several", "seriously", "serious"))
        ):
            ask, why = f"How much or how many is “{term}”?", "A decision hangs on it, and no figure is given."
            yield Gap(sentence, "threshold", term.lower(), ask, why, 0.86)
        else:
            ask = f"Who or what counts as “{term}”, and where is that told?"
            yield Gap(
                sentence,
                "undefined term",
                term.lower(),
                ask,
                "Treated in its own way, but not defined.",
                0.85,
            )
        return


def _is_name(term: str, at: int) -> bool:
    """Say whether a term within a sentence is written like a name ("Special Investigations")."""
    words = term.split()
    return at > 0 and len(words) > 1 and all(word.istitle() for word in words)


def _measured(text: str, at: int) -> bool:
    return bool(_NUMBER.search(text[at : at + 24])) or text[at : at + 2] == " ("


def unnamed_roles(sentence: Sentence, whole: Whole, told: str) -> Iterator[Gap]:
    """Yield the roles of one sentence that are told once and cannot be reached; `told` is what tools say."""
    if words_in(sentence.text).isdisjoint(_ROLES):
        return
    match = _LABELLED_ROLE.match(sentence.text) or _ROLE.search(sentence.text)
    if match is None or not (_PASSES.search(sentence.text) or match.re is _LABELLED_ROLE):
        return
    term = match["term"].strip()
    if len(whole.places(term)) > 1 or _REACHED.search(sentence.text) or _is_no_person(sentence.text, term):
        return
    if term.lower() in told or term.split()[-1].lower() in told:
        return
    yield Gap(
        sentence,
        "role",
        term.lower(),
        f"Who is “{term}”, and how are they reached?",
        "The agent has to know whom to hand over to.",
        0.9,
    )


def _is_no_person(text: str, term: str) -> bool:
    """Say whether a term is a thing that is sent, a firm outside, or the head of the desk that reads this."""
    *before, last = term.lower().split()
    if last in ("link", "circle") and _SENT.search(text):
        return True
    if last in ("lead", "coordinator") and _OWN_DESK & set(before):
        return True
    return bool(_OUTSIDE & {word for part in before for word in part.split("-")})


_SENT = re.compile(
    r"\b(?:send\w*|sent|click\w*|open\w*|use[sd]?|follow\w*|through|via|email\w*|text\w*|expire\w*|shar\w+|"
    r"paste\w*|generat\w+|creat\w+|get|gets|give\w*|receiv\w+) (?:\w+ ){0,4}?(?:link|circle)\b"
    r"|\blink (?:expires|in|below|above|works)",
    re.IGNORECASE,
)
_OWN_DESK = frozenset(
    "shift team duty claims desk project group line department support sales operations service payroll "
    "finance clinic front billing care".split()
)
_OUTSIDE = frozenset(
    "network grid tour delivery parcel payment card train rail bus ferry trading travel shipping logistics "
    "roadside courier carrier".split()
)


def words_of_tools(tools: Sequence[Tool]) -> frozenset[str]:
    """Return the stems of all words in the names, descriptions and arguments of tools."""
    said = [word for tool in tools for word in (*name_words(tool.name), *plain_words(tool.description))]
    said += [word for tool in tools for name in tool.argument_names for word in name_words(name)]
    return frozenset(meaningful(said))


def unknown_systems(sentence: Sentence, known: frozenset[str]) -> Iterator[Gap]:
    """Yield the systems that a sentence works in by a name of their own, which no tool speaks of."""
    if words_in(sentence.text).isdisjoint(_PLACES):
        return
    for match in chain(_SYSTEM.finditer(sentence.text), _RECORD.finditer(sentence.text)):
        own = [
            word
            for word in meaningful(plain_words(match["term"]))
            if word not in {"system", "tool", "app", "platform"}
        ]
        if not own or not _WORKS.search(sentence.text):
            continue
        met = [word in known or any(same_thing(word, each) for each in known) for word in own]
        if (met[-1] and "list" not in match["term"].lower()) or all(met):
            continue
        yield Gap(
            sentence,
            "missing tool",
            match["term"].lower(),
            f"No tool of the agent opens the “{match['term']}”: what should be used?",
            "The agent cannot carry out a step without its tool.",
            0.88,
        )


def absent_papers(sentence: Sentence, whole: Whole, titles: str) -> Iterator[Gap]:
    """Yield the papers that a sentence sends the reader to, and that the document neither holds nor links."""
    if words_in(sentence.text).isdisjoint(_PAPERS):
        return
    for pattern in (_FORM, _PAPER, _APPENDIX, _OWN_PAPER):
        match = pattern.search(sentence.text)
        if match is None:
            continue
        term = next(name for name in match.groupdict().values() if name).strip()
        bare = re.sub(r"^(?:see|in) the ", "", term, flags=re.IGNORECASE)
        once = len(whole.places(bare)) <= 1
        if (
            not once
            or bare.lower() in titles
            or _COMMON_LIST.search(f"the {bare}")
            or len(bare.split()) + (pattern is _APPENDIX) < 2
        ):
            continue
        yield Gap(
            sentence,
            "dangling reference",
            bare.lower(),
            f"“{bare}” is referred to, but this document neither holds nor links it: where is it?",
            "A reader cannot follow the reference.",
            0.9,
        )
        return
