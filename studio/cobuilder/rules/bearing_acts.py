"""Acts: what a sentence does to whom: who is told, asked, refused, let off, made to pay.

- They tell kinds of rules apart where no modal does (“the sender gets a text”, “later claims are lost”).
- A pattern is only tried where one of its words stands: most sentences cost a look at their words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_MESSAGE = (
    r"(?:reminders?|notes?|texts?|letters?|e-?mails?|notices?|reports?|messages?|answers?|repl(?:y|ies)|"
    r"mails?|"
    r"confirmations?|breakdowns?|statements?|findings|announcements?|line|templates?|reasons?|sms|calls?|"
    r"warnings?|"
    r"updates?|news|summary|decision|outcome)"
)
_ABOVE = (
    r"(?:managers?|leads?|supervisors?|officers?|engineers?|librarian|nurse|doctor|line|police|security|"
    r"desk|team|"
    r"pharmacist|moderators?|treasury|finance|dpo|mediator|help|person|human|colleague|specialists?|"
    r"department|chef|"
    r"solicitor|controller|services|vet|head|director|queue|ambulance|112|999|911|authority|authorities|"
    r"board|"
    r"committee|council|duty|owner|lawyers?|risk|fraud|compliance|legal|management|technician|somebody else|"
    r"tier|level|second line)"
)


class _Act(NamedTuple):
    """An act: the words one of which must stand in a sentence, and how they stand in it."""

    words: frozenset[str]
    pattern: re.Pattern[str]


def _act(words: str, pattern: str) -> _Act:
    return _Act(frozenset(words.split()), re.compile(pattern))


_ACTS: dict[str, _Act] = {
    "a message goes to somebody": _act(
        "get gets receive receives send sends sent drop write writes give gives given has have is are "
        "goes hear hears "
        "say make makes",
        rf"\b(?:gets?|receives?|sends?|drop|writes?|given?|gives?|has|have) (?:\w+ ){{0,5}}?{_MESSAGE}\b|"
        rf"\b{_MESSAGE} "
        r"(?:is|are|goes|go) (?:\w+ )?(?:sent|to)\b|\bhears? (?:\w+ )?(?:about|of|from|that|within)\b|"
        r"\bsay so\b|"
        r"\bmakes? (?:it )?clear\b",
    ),
    "a fact is told": _act(
        "give gives name names state states read reads quote quotes repeat promise promises announce "
        "announces mention "
        "mentions confirm confirms point disclose discloses warn warns publish says contain contains "
        "explains lists",
        r"\b(?:gives?|names?|states?|reads?|quotes?|repeat|promises?|announces?|mentions?|confirms?|"
        r"point (?:out|to)|"
        r"discloses?|warns?|publish|says|contains?|explains|lists) (?:\w+ ){0,4}?(?:dates?|amounts?|"
        r"prices?|numbers?|"
        r"deadlines?|reasons?|fees?|rates?|times?|terms?|total|costs?|limits?|risks?|window|slot|name|"
        r"names|back|that|"
        r"how|what|why|when|who|answer|findings|decision)\b",
    ),
    "somebody above is fetched": _act(
        "ring ask tell ping page call phone fetch get bring involve alert contact consult inform notify "
        "message warn "
        "wake go hand see approach reach handed escalate escalated escalates escalation hands calls "
        "rings asks",
        r"\b(?:rings?|asks?|tell|ping|page|calls?|phone|fetch|get|bring in|involve|alert|contact|consult|"
        r"inform|notify|"
        r"message|warn|wake|go to|hands? over|hand off|see|approach|reach) (?:for |in |to |"
        r"with )?(?:the |a |an |our |"
        rf"your |their |someone |somebody )?(?:[\w-]+ ){{0,3}}?{_ABOVE}\b|\bhand(?:s|ed)? (?:\w+ )?over\b|"
        r"\bescalat\w+|\b(?:call|bring) in\b",
    ),
    "it goes to somebody above": _act(
        "goes go pass passes passed sent refer referred transferred forwarded moved given raise raised "
        "put belongs "
        "transfer reported report",
        r"\b(?:goes?|pass(?:es|ed)?|sent|refer(?:red)?|transfer(?:red)?|forwarded|moved|given|raised?|"
        r"put|belongs?|"
        rf"report(?:ed)?) (?:\w+ ){{0,4}}?(?:to|with|for|past) (?:the |a |an |"
        rf"our )?(?:[\w-]+ ){{0,3}}?{_ABOVE}\b",
    ),
    "somebody above decides": _act(
        "decides decide signs sign signature approves approve approval okay ok takes comes handles looks "
        "answers "
        "handled decided approved taken dealt ordered signed answered reviewed",
        rf"\b{_ABOVE}(?:'s)? (?:\w+ )?(?:decides?|signs?|signature|approves?|approval|okay|ok|"
        rf"takes? over|comes?|"
        r"handles?|looks?|answers?)\b|\b(?:handled|decided|approved|taken over|dealt with|ordered|signed|"
        r"answered|"
        r"reviewed) by (?:the |our |a |an )?\w+",
    ),
    "something is refused": _act(
        "refuse refused refuses deny denied denies reject rejected rejects decline declined declines "
        "exclude excluded "
        "excludes ineligible forfeit forfeited forfeits lost void invalid forbidden banned prohibited "
        "off out barred "
        "blocked valid lapse lapses lapsed taboo misconduct breach cheating withheld silent closed lose "
        "loses",
        r"\b(?:refus\w+|den(?:y|ied|ies)|reject\w*|declin\w+|exclud\w+|ineligible|forfeit\w*|lost|loses?|"
        r"void|invalid|"
        r"forbidden|banned|prohibited|off limits|out of (?:scope|bounds)|barred|blocked|not valid|"
        r"lapse[sd]?|taboo|"
        r"misconduct|breach|cheating|withheld|silent)\b|\b(?:is|are|stays?|remains?) (?:out|closed|lost|"
        r"off)\b",
    ),
    "it is kept away from": _act(
        "avoid avoids avoided refrain stay keep keeps leave leaves stop stops hands steer skip nor "
        "neither instead "
        "rather without not",
        r"\b(?:avoid\w*|refrain\w*|stay away|keeps? (?:away|out|off|from)|leaves? (?:\w+ ){0,2}alone|"
        r"stops?|hands off|"
        r"steer clear|skip|not for|nor|neither|instead of|rather than|without (?:asking|permission|"
        r"consent|warning))\b",
    ),
    "there is none": _act(
        "no none nothing nobody",
        r"\bno (?!more|less|later|longer|matter|doubt|one|answer|hit|id\b|reply|response|show)[a-z]+|"
        r"\bnone\b|"
        r"\bnothing\b|\bnobody\b|\bno one\b",
    ),
    "not more than that": _act(
        "not no never most maximum up at one only limit limits limited per",
        r"\b(?:not|no|never) (?:more|longer|later|fewer|less)\b|\bat most\b|\bmaximum\b|\bup to\b|"
        r"\bat a time\b|"
        r"\bone \w+ per\b|\bonly (?:one|once)\b|\blimit(?:ed|s)?\b|\bper (?:person|household|order|"
        r"customer|member|day|"
        r"decision|message|room|trip)\b",
    ),
    "on the house": _act(
        "on free waive waived waives no we refunded reimbursed credited replaced exchanged paid given "
        "lifted extended "
        "doubled",
        r"\bon (?:us|the house)\b|\bfree\b|\bwaive[sd]?\b|\bno (?:charge|fee|questions|cost)\b|"
        r"\bwe (?:pay|cover|"
        r"refund|repair|exchange|replace|swap|give|credit|return|reimburse|compensate)\b|\b(?:refunded|"
        r"reimbursed|"
        r"credited|waived|replaced|exchanged|paid back|given back|lifted|extended|doubled)\b",
    ),
    "as one likes": _act(
        "whenever whoever wherever however any as your choice choose chooses pick prefer prefers if "
        "request welcome "
        "fine okay no enough will counts count optional decide decides",
        r"\b(?:whenever|whoever|wherever|however|any time|as often|as (?:you|they)|your choice|chooses?|"
        r"choice|pick|"
        r"prefers?|if (?:they|you) (?:like|want|wish|ask|prefer)|on request|welcome|fine|okay|no problem|"
        r"enough|"
        r"will do|counts? as|optional|decides?)\b",
    ),
    "it is granted": _act(
        "granted lifted restored erased allowed accepted is are needn't suffices suffice no not exempt "
        "exempted entitle "
        "entitled entitles",
        r"\b(?:granted|lifted|restored?|erased|allowed|accepted|(?:is|are|'s) (?:fine|okay|ok|enough|"
        r"welcome|included|"
        r"covered|insured|exempt|free|valid|good|possible)|suffices?|no questions|no need|needn't|"
        r"not (?:required|"
        r"obliged|needed|necessary)|exempt\w*|entitle\w*)\b",
    ),
    "somebody gets it": _act(
        "get gets receive receives keep keeps has have there entitled earn earns",
        r"\b(?:gets?|receives?|keeps?|has|have|there's|there is|there are|entitled|earns?)\b",
    ),
    "leave is needed": _act(
        "need needs without consent",
        r"\bneeds? (?:\w+ ){0,3}?(?:consent|approval|okay|ok|permission|signature|agreement|sign-off)\b|"
        r"\bwithout "
        r"(?:\w+ ){0,3}?(?:consent|approval|okay|permission|asking)\b|\bconsent\b",
    ),
    "somebody pays": _act(
        "pay pays cost costs charged charge billed fee owe owes deducted bear bears",
        r"\b(?:pays?|costs?|charged?|billed|fee is|owes?|deducted|bears?)\b",
    ),
    "two people": _act(
        "two second another both",
        r"\b(?:two|second|another|both) (?:people|persons?|pairs? of eyes|colleagues?|signatures?|"
        r"members of staff|"
        r"approvers?)\b",
    ),
    "kept for a time": _act(
        "kept stored valid deleted retained held archived",
        r"\b(?:kept|stored|valid|deleted|retained|held|archived) (?:for|after|until)\b",
    ),
    "it is written down": _act(
        "log record note enter tag register write file fill tick label photograph scan save book check "
        "verify compare "
        "confirm ask count measure weigh test",
        r"\b(?:log|record|note|enter|tag|register|write down|file|fill|tick|label|photograph|scan|save|"
        r"book|check|"
        r"verify|compare|confirm|ask|count|measure|weigh|test)\b",
    ),
    "a bare amount": _act(
        "days day weeks week months month years year",
        r"^(?:up to |about |from )?[$€£]?\d[\d,.]*\b|\b\d+ (?:days?|weeks?|months?|years?)(?: \w+){0,3}$",
    ),
}
_FIRST = re.compile(r"^\W*(?:up to |about |from )?[$€£]?\d")


def act_signs(low: str, words: Sequence[str], who: str) -> list[str]:
    """Return the acts that a masked sentence tells of, and each with who stands in front."""
    said = frozenset(words)
    found = [
        name for name, act in _ACTS.items() if not said.isdisjoint(act.words) and act.pattern.search(low)
    ]
    if _FIRST.match(low):
        found.append("an amount first")
    return [f"act: {name}" for name in found] + [f"act: {name} by {who}" for name in found] or ["act: none"]
