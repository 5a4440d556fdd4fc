"""Words of a procedure's steps: failures, tries, "otherwise", queues, and several cases in one sentence."""

from __future__ import annotations

import re

from studio.cobuilder.procedures.step_kinds import ends, hands_over, kind_of
from studio.cobuilder.words.lemmas import all_lemmas
from studio.cobuilder.words.spoken import ADDRESSED, CUSTOMER, capital
from studio.domain.finding import StepFinding, StepFindingKind

QUEUE = re.compile(
    r"\b(?:to|from) (?:the |our |a |an )?(?P<queue>[A-Z][\w&-]*(?: (?:[A-Z][\w&-]*|team|desk|department))*)"
)
ROLE = re.compile(
    r"\b(?:to|from|by|of|with) (?:the |our |a |an )?(?P<queue>(?:\w+ ){0,2}(?:team(?: leader)?|desk|"
    r"supervisor|manager|department|specialist|lead|colleague|office|officer|nurse))\b",
    re.IGNORECASE,
)
TO_WHOM = re.compile(
    r"\b(?:hand(?:ed|ing|s)?|transfer\w*|pass(?:ed|es)?|escalat\w+|refer\w*|approval|permission|sign-?off)\b[^.;]*?"
    r"\b(?:to|from|by)\s+(?:the |our |a |an )?(?P<queue>[a-z]+(?:\s(?:of\s)?[a-z]+){0,2})",
    re.IGNORECASE,
)
APPROVAL = re.compile(
    r"\b(?:request|get|obtain|ask (?:\w+ ){0,3}for|seek|needs?)\s+(?:\w+ ){0,2}"
    r"(?:approval|sign-?off|permission)\b",
    re.I,
)
GREETS = re.compile(r"^(?:greet|welcome)\b", re.I)
ELSE = re.compile(
    r"^(?:otherwise|else|if not|if no|in (?:any|all|every) other cases?|in the other case|no)\b[,:]?\s*$",
    re.I,
)
_SUBJECT_FAILS = (
    r"(?:it|system|tool|service|look-?up|search|check|verification|call|connection|attempt|query|request|"
    r"caller|customer|they|that|step)"
)
FAILS = re.compile(
    r"\b(?:(?:cannot|can['’]t|can not|could not|couldn['’]t) be "
    r"(?:found|located|verified|identified|opened|reached)"
    r"|(?:is|are|was|were) not found|isn['’]t found|nothing (?:comes up|is found|appears|shows up)"
    r"|no \w+(?: \w+)? (?:comes? up|(?:is|are|was) found|appears?|shows? up)"
    rf"|{_SUBJECT_FAILS}(?:\s+\w+)?\s+(?:fails?|failed|times? out|timed out|hangs?|is down|"
    r"is (?:not available|unavailable|offline)|(?:does not|doesn['’]t) (?:answer|respond|match|work))"
    r"|details do(?: not|n['’]t) match)\b",
    re.IGNORECASE,
)
_TRIES = re.compile(
    r"\b(?:after|up to|at most|more than|for the)?\s*(?P<n>one|two|three|four|five|second|third|\d)\s+"
    r"(?:more |failed |unsuccessful )*(?:attempts?|tries|times|time|goes)\b|\b(?P<twice>once|twice)\b",
    re.IGNORECASE,
)
_NUMBERS = {
    "one": 1,
    "once": 1,
    "two": 2,
    "twice": 2,
    "second": 2,
    "three": 3,
    "third": 3,
    "four": 4,
    "five": 5,
}
WHETHER = re.compile(
    rf"\bask\s+(?:{ADDRESSED}\s+)?(?:whether|if)\s+(?P<rest>.+)$",
    re.IGNORECASE | re.DOTALL,
)
OPEN_ASK = re.compile(
    rf"\bask\s+(?:{ADDRESSED}\s+)?(?P<rest>(?:what|which|how|why|when|where|who)\b.+)$",
    re.IGNORECASE | re.DOTALL,
)
LOOKED_UP_BY = re.compile(
    r"\b(?:(?:in order )?to|so (?:that )?(?:you|we|the agent) can)\s+"
    r"(?P<act>(?:look|find|search|locate|pull|retrieve|open)\b.+)$",
    re.IGNORECASE | re.DOTALL,
)
"""What is asked for to find somebody or something: the look-up is a step of its own."""
LOOKS_AT = re.compile(
    r"^(?:check|review|see|inspect)\s+(?!(?:if|whether|that|it|this|them|with|how|what|which)\b)"
    r"[^.;]*?\b(?:in|on)\s+(?:the|our)\s",
    re.IGNORECASE,
)
"""What is looked at somewhere else ("check the free times in the calendar"), rather than decided on."""
EITHER_OR = re.compile(
    r"(?:would like|wants?|prefers?|chooses?|is|wish(?:es)?(?: for)?)\s+"
    r"(?P<first>(?:an? |the |to )?[\w -]{2,30}?)\s+or\s+"
    r"(?P<second>(?:an? |the |to )?[\w -]{2,30}?)$",
    re.IGNORECASE,
)
_HOLDS_BACK = re.compile(
    r"^(?:if|when|where|once|after|unless|as soon as|provided|in case)\b[^.]*,$", re.IGNORECASE
)
_CUSTOMER_CASE = re.compile(
    rf"^(?:what (?:to do )?)?(?:if|when|in case)\s+{CUSTOMER}\s+(?P<verb>[a-z]+)(?P<rest>\b.*)$",
    re.IGNORECASE,
)
_CASE = re.compile(
    r"\s*(?P<when>if\s+[^,\d]*\d[^,]*,|"
    r"(?:up to|above|over|below|under|more than|less than|at least|at most|from)\s+"
    r"[£$€]?\d[\d,.]*\s?%?(?:\s+(?:days?|weeks?|months?|hours?|minutes?|pounds|euros|dollars))?),?\s+"
    r"(?P<do>.+)$",
    re.IGNORECASE | re.DOTALL,
)
REFUSES = re.compile(
    r"\b(?:too late|not possible|cannot|can['’]t|not (?:allowed|available|eligible|refundable|able)|refus|"
    r"declin|reject|sorry)",
    re.I,
)


def title_of(text: str) -> str:
    """Return an action as the title of its step."""
    words = " ".join(text.split()).strip().rstrip(".:;,")
    return capital(words)


def lead_of(text: str, found: StepFinding) -> str:
    """Return what stands before a step in its sentence."""
    line = re.split(r"\n|(?<=[.!?])\s", text[max(0, found.start - 300) : found.start])[-1]
    return re.sub(r"^\s*(?:[-*•]|\d+[.)]|#+)\s*", "", line).strip()


def in_speech(lead: str) -> bool:
    """Return whether what follows is inside quotation marks."""
    return lead.count("“") > lead.count("”") or lead.count('"') % 2 == 1


def holds_back(lead: str) -> bool:
    """Return whether what stands before a step says when it is done only."""
    return bool(_HOLDS_BACK.match(lead)) and len(lead.split()) > 1


def tries_of(words: str) -> int:
    """Return how many tries words speak of, 0 where of none."""
    found = _TRIES.search(words)
    if found is None:
        return 0
    said_number = (found["n"] or found["twice"]).lower()
    return min(9, _NUMBERS[said_number] if said_number in _NUMBERS else int(said_number))


def alternatives(text: str) -> list[tuple[str, str]]:
    """Return conditions with their actions where a sentence holds several ("up to 5 do X; above 5 do Y")."""
    body = text.split(":", 1)[1] if ":" in text else text
    found = []
    for piece in body.split(";"):
        match = _CASE.match(piece.strip())
        if match is None:
            return []
        found.append((match["when"].strip(" ,"), match["do"].strip().rstrip(".")))
    return found if len(found) > 1 else []


def kind_of_action(action: str) -> StepFindingKind:
    """Return the kind of step that an action by itself is."""
    if ends(action):
        return "end"
    return "escalate" if hands_over(action) or APPROVAL.search(action) else kind_of(action, (), False).kind


def wish_of(title: str) -> str:
    """Return what a customer says who is in the case that a title tells, or nothing where it tells none."""
    found = _CUSTOMER_CASE.match(title.strip().rstrip(".:?"))
    if found is None:
        return ""
    verb = found["verb"].lower()
    base = next((each for each in all_lemmas(verb).get("VERB", ()) if each != verb), verb)
    rest = re.sub(r"\b(?:their|his|her)\b", "my", found["rest"])
    return f"I {base}{rest}"
