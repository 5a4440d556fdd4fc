"""The words of requests: made plain, stripped of politeness, and the verbs by which they are known.

- Every kind of quotation mark becomes “…”; what stands inside is never touched.
- A verb class holds base forms; all their forms are made by rule, so nothing has to be loaded.
"""

from __future__ import annotations

import re
from functools import cache

_OPENINGS = re.compile(
    r"^(?:please(?: to)?|kindly|hey|hi|hello|ok|okay|well|so|now|and|also|then|but|maybe|perhaps|"
    r"just|actually"
    r"|honestly|really|additionally|furthermore|next|cobuilder|sorry|quick one|one more thing|by the way"
    r"|(?:could|can|would|will) (?:you|we)(?: please| kindly| also| maybe| perhaps| just)*(?! do\b| hand\b)"
    r"|(?:i|we)(?:'d| would) (?:like|love|prefer)(?: it if)? (?:you |it |the agent |the assistant )?to"
    r"|(?:i|we)(?:'d| would) (?:like|love)(?= an? | the )|(?:i|we) want (?=an? )"
    r"|(?:i|we) (?:want|need|have) (?:you |it |the agent |the assistant )?to"
    r"|(?:i|we|you|it) (?:should|ought to)(?! be\b| not| never| say| ask| expect| hold| read| really)"
    r"|we should really|we(?:'d| would)(?: better)? (?=need)"
    r"|would you mind|may i ask you to|(?:i|we)(?:'d| would) be (?:grateful|glad|happy|thankful) if"
    r"|(?:i|we)(?:'d| would) like (?=(?:rule )?R-\d)"
    r"|it (?:has been|was) (?:agreed|decided|settled)(?: with [^,“”]{1,40}?)? that"
    r"|let us|let's|go ahead and|i (?:think|believe|guess) (?:that )?(?:we should )?|i want (?:that )?"
    r"|(?:it is|it's) (?:essential|important|necessary|vital|crucial|required|critical) (?:that|to)"
    r"|(?:we need to |you must |please )?(?:make sure|ensure|see to it) (?:that )?(?!.* in (?:test )?T-)"
    r"|(?:as agreed|with effect|effective|starting|according to|following|in line with|as of|as from"
    r"|for (?:legal|compliance) reasons)\b[^,“”]*,"
    r"|from (?:next )?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: on)?|from (?:tomorrow|today|"
    r"next \w+)(?: on)?"
    r"|from now on|in future|by the way|thanks to [^,]*)[,:]?\s+",
    re.IGNORECASE,
)
_CLOSINGS = re.compile(
    r"[\s,]+(?:please|thanks|thank you|thx|cheers|for me|from now on|if possible|in future|asap|would you"
    r"|for now|if you can|if that is ok(?:ay)?|right\?|ok\?|exactly|at the moment|for us|today)$",
    re.IGNORECASE,
)

_VERBS: dict[str, str] = {
    "change": "change alter update set adjust modify amend raise increase lower reduce extend bring switch "
    "turn make lift drop decrease prolong put cut shorten expand move bump lengthen correct amend",
    "remove": "remove delete drop scrap erase discard strike skip omit eliminate forget clear "
    "kill ditch lose bin axe "
    "withdraw abolish",
    "add": "add insert create include introduce write append make pop put need",
    "ask": "ask request collect gather query inquire",
    "tell": "tell inform advise remind notify warn",
    "say": "say state read mention show write",
    "mention": "mention report bring_up talk_about speak_of say write name threaten complain_about tell",
    "go": "go continue lead proceed jump move switch lead_on go_on pass return",
    "send": "send route direct redirect lead point move forward",
    "hand": "escalate transfer forward hand_over hand pass send connect refer route put_through hand_off",
    "fail": "fail break crash time_out go_wrong",
    "use": "use call run execute invoke issue trigger",
    "rename": "rename retitle rebrand",
    "reword": "reword rephrase rewrite reformulate",
    "forbid": "forbid ban prohibit block disallow prevent deny bar",
    "allow": "allow let permit accept offer enable",
    "need": "need require demand want",
    "decide": "decide accept approve reject refuse review",
    "verify": "verify check confirm authenticate identify",
    "retry": "retry repeat",
}
_PHRASES: dict[str, str] = {
    "remove": "get rid of|take away|take out|throw away|throw out|leave out|leave away|do away with|strike "
    "out",
    "add": "put in|pop in|slip in",
    "change": "cut down",
    "go": "go on|move on|carry on|end up|be sent|be led|branch",
    "hand": "put through|hand over|hand off|be handed|be passed|be transferred|be escalated|be put",
    "fail": "(?:is|are) (?:not working|unreachable|not reachable|out of order|dead)|isn't (?:working|"
    "reachable)|crash(?:es|ed)?|(?:does not|doesn't) (?:go through|load|come back|succeed)|goes? wrong|went "
    "wrong|"
    "going wrong|does not (?:answer|work|respond|reply)|doesn't "
    "(?:answer|work|respond|reply)"
    "|do not answer|not answer|is (?:down|not available|unavailable|offline|broken)|times? "
    "out|cannot [a-z ]+|can't [a-z ]+|throws? an error",
    "retry": "try again|try once more|try",
    "use": "make use of",
}
_VOWELS = "aeiou"


def _forms(verb: str) -> list[str]:
    """Return the forms of a regular verb; of several words, the first is bent."""
    head, _, tail = verb.partition("_")
    rest = f" {tail.replace('_', ' ')}" if tail else ""
    stem = head[:-1] if head.endswith("e") and not head.endswith("ee") else head
    doubled = len(head) > 2 and head[-1] in "bdgmnprt" and head[-2] in _VOWELS and head[-3] not in _VOWELS
    double = (
        head + head[-1] if doubled and (len(head) < 5 or head in ("permit", "forget", "forbid")) else stem
    )
    if head.endswith("y") and head[-2] not in _VOWELS:
        third, past = f"{head[:-1]}ies", f"{head[:-1]}ied"
    else:
        third = head + ("es" if head.endswith(("s", "x", "ch", "sh", "o")) else "s")
        past = f"{double}ed"
    return [form + rest for form in (head, third, past, f"{double}ing")]


def _folded(words: set[str]) -> str:
    """Return the alternatives with what is alike at their beginning written once; it compiles much faster."""
    groups: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda w: (-len(w), w)):
        groups.setdefault(word[:3], []).append(word[3:])
    return "|".join(
        f"{head}(?:{'|'.join(tails)})" if len(tails) > 1 else head + tails[0]
        for head, tails in groups.items()
    )


@cache
def verbs(name: str) -> str:
    """Return the alternatives of a verb class, in all their forms, longest first."""
    found = {form for verb in _VERBS.get(name, "").split() for form in _forms(verb)}
    found |= {"sent"} if name in ("send", "hand") else set()
    found |= {"told"} if name in ("tell", "mention") else set()
    return "|".join([*filter(None, [_PHRASES.get(name, "")]), _folded(found)])


def plain(text: str) -> str:
    """Return a request with one kind of quotation mark, single spaces, and no closing stop."""
    text = re.sub(r"\s+", " ", text.replace("’", "'")).strip()
    text = re.sub(r"[\"„“”«»]([^\"„“”«»]+)[\"„“”«»]", r"“\1”", text)
    text = re.sub(r"(?<![\w“])['‘]([^'‘]{2,})'(?!\w)", r"“\1”", text)
    return text


def stripped(text: str) -> str:
    """Return a plain request without what only makes it polite."""
    before = ""
    while text != before:
        before = text
        text = _OPENINGS.sub("", text)
        text = _CLOSINGS.sub("", text.rstrip(" .!?…;,"))
    return text


def bare(text: str) -> str:
    """Return a phrase without the quotation marks around it."""
    return text.strip().strip("“”").strip(" ,;:")


def sentence(text: str) -> str:
    """Return words as a sentence: a capital in front, a stop behind."""
    text = bare(text) if text.count("“") <= 1 else text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) else f"{text}."


_NUMBERS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve".split()
    )
} | {"once": 1, "twice": 2, "thrice": 3, "no": 0, "a single": 1, "a couple of": 2}


def count(text: str) -> int | None:
    """Return the whole number that digits or words name, or None."""
    low = re.sub(r"\s*(?:times?|tries|attempts?|more|level)\b", "", text.strip().lower()).strip()
    if low in _NUMBERS:
        return _NUMBERS[low]
    return int(low) if low.isdigit() and len(low) < 5 else None


def several(names: list[str], word: str = "and") -> str:
    """Return names as a list in a sentence."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {word} {names[-1]}" if names else ""


def initial(text: str) -> str:
    """Return a text with a capital in front."""
    return text[:1].upper() + text[1:]


_FREE_VERBS = (
    "stop don't do never make let set use give take keep ask tell say start limit cap allow "
    "forbid require apply "
    "treat shorten translate rewrite call show list explain put pass include leave accept offer try tighten"
)


@cache
def _imperatives() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join([*map(verbs, _VERBS), *_FREE_VERBS.split()])})\b", re.IGNORECASE)


def imperative(text: str) -> bool:
    """Return whether words begin as an order."""
    return _imperatives().match(text) is not None


@cache
def verb_words() -> frozenset[str]:
    """Return every word by which a verb class is known."""
    forms = {form for names in _VERBS.values() for verb in names.split() for form in _forms(verb)}
    return frozenset(word for form in forms for word in form.replace("_", " ").split() if len(word) > 2)
