"""What a title, a lead-in or a column's name announces: rules, cases, background, samples, figures."""

from __future__ import annotations

import re
from functools import lru_cache

_ANNOUNCES: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "not": r"\b(?:not|never|no|don'?ts?|isn't|aren't|cannot|can't|won't|excluded|exclusions?|ineligible|"
        r"prohibited|without|avoid)\b",
        "eligible": r"\b(?:eligib\w+|qualif\w+|entitled|covered|included|allowed|accepted|scenarios?)\b",
        "not eligible": r"\b(?:not|no|in|never|don't|isn't)[ -]?(?:\w+ ){0,2}(?:eligib\w+|covered|"
        r"included|allowed|"
        r"accepted|qualif\w+)|\bineligible\b|\bexclu\w+\b",
        "escalation": r"\b(?:escalat\w*|hand(?:over|off|[ -]off)|who (?:to call|decides)|pass (?:on|it)|"
        r"refer|"
        r"bring in|involve|get help|second line|to the team lead|supervisors?|emergenc\w+)\b",
        "background": r"\b(?:background|about|introduction|why|history|overview|purpose|scope|summary|"
        r"context|"
        r"explanation|who we are|our story|environment|issue|symptoms?|mission|values|welcome|first of "
        r"all)\b",
        "figures": r"\b(?:figures?|facts|statistics|numbers|trivia|did you know|good to know|for the "
        r"curious)\b",
        "records": r"\b(?:change ?log|history|versions?|revisions?|feedback|related|see also|articles?|"
        r"links?|"
        r"references|contacts?|tags?|owner|attachments?|credits|thanks|comments?|further)\b",
        "samples": r"\b(?:macros?|canned|templates?|responses?|phrases?|samples?|examples?|scripts?|wording|"
        r"snippets?|good|replies|quotes?)\b",
        "tone": r"\b(?:tone|voice|style|language|manner|communication|greeting|how we (?:talk|speak|"
        r"write))\b",
        "steps": r"\b(?:steps?|procedure|process|how to|instructions|do it|resolution|diagnosis|"
        r"workflow|checks?|"
        r"what to do|do this|action|actions|before|after|closing|opening|decide|verify|confirm)\b",
        "asking": r"\b(?:ask|asks|collect|gather|check|checks|look for|confirm|verify|need|needs|note|"
        r"find out)\b",
        "rules": r"\b(?:rules?|polic(?:y|ies)|guidelines?|terms|conditions|limits?|requirements?|duties|"
        r"responsibilit\w+|rights?|obligations?|must|do's|dos|expectations?|criteria|exceptions?|"
        r"standards?)\b",
        "money": r"\b(?:refunds?|payments?|paying|pay|fees?|prices?|charges?|billing|credits?|"
        r"compensation|costs?|"
        r"deposits?|amounts?|money|goodwill|discounts?)\b",
        "access": r"\b(?:visit\w*|opening|hours|guests?|bookings?|cancel\w*|returns?|delivery|"
        r"membership|leaving|"
        r"privacy|data|security|safety|accounts?|cards?|loans?)\b",
        "notes": r"\b(?:notes?|important|remember|tips?|hints?|for you alone|staff|crew|internal|agents?)\b",
        "definitions": r"\b(?:definitions?|glossary|terms used|abbreviations|meaning|it means)\b",
        "questions": r"\b(?:faq|q&a|questions?|answers?)\b|\?$",
        "a case": r"^(?:if|when|in case|for|during|after|before|under|on|with)\b|\b(?:situation|"
        r"condition|trigger|"
        r"case|scenario|you see|when)\b",
        "approval": r"\b(?:approv\w+|auto|allowed|permitted|who decides|authority|sign-?off)\b",
        "we": r"\b(?:we|our|us)\b",
        "you": r"\b(?:you|your)\b",
    }.items()
}


@lru_cache(maxsize=2048)
def title_signs(title: str) -> tuple[str, ...]:
    """Return what a title announces; “other” when nothing is recognised in it."""
    text = title[-160:].strip()
    return tuple(name for name, pattern in _ANNOUNCES.items() if pattern.search(text)) or ("other",)
