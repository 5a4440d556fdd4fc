"""The words by which a passage speaks to the machine that reads it, by kind, with the reason for the author.

- Applied to undisguised, lower-case text. Honest procedures ignore tickets, override fees, keep scores from
  customers and forbid to reveal prompts; each pattern asks for what only a reading machine can be told.
- What is denied (“never reveal …”) or reported (“a customer asks you to ignore …”) is no order.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Sign(NamedTuple):
    """One way of speaking to the machine: the kind, the reason in words, and the pattern."""

    category: str
    reason: str
    pattern: re.Pattern[str]
    denied: bool = True
    """Whether a denial or a report in front makes it harmless."""


def _sign(category: str, reason: str, *alternatives: str, denied: bool = True) -> Sign:
    return Sign(category, reason, re.compile("|".join(f"(?:{each})" for each in alternatives)), denied)


_VOID = r"(?:ignore|disregard|forget|override|overrule|neglect|discard|(?:do not|don't|stop) follow(?:ing)?)"
_ALL = r"(?:\s+(?:please|all|any|every|each|of|the|your|these|those|my|our))*"
_ORDERS = (
    r"(?:instructions?|prompts?|directions?|commands?|messages?|guidelines?|rules?|constraints?|context"
    r"|programming|restrictions?|polic(?:y|ies))"
)
_EARLIER = (
    r"(?:previous|prior|earlier|preceding|above|foregoing|initial|original|system|existing|former|hidden)"
)
_MACHINE = (
    r"(?:ais?|a\.i\.|llms?|(?:large )?language models?|chat ?bots?|artificial intelligences?|gpt[-\w]*"
    r"|cobuilder|neural networks?|automated (?:reader|reviewer|system|tool|assistant)s?|machines?|parsers?)"
)
_THIS = r"(?:this|these)(?: (?:document|file|text|page|policy|source|content|paragraph|lines?|sentences?))?"
_READS = r"(?:read|process|analy[sz]|summari[sz]|pars|scann?|ingest|extract|review|index|classif|convert)\w*"
_DOES = (
    r"(?:mark|ignore|skip|leave|add|output|propose|accept|approve|treat|set|classify|bypass|label|do not"
    r"|don't"
    r"|never|always|you (?:must|have|are)|has to|must|include|omit|respond|reply|say|forget|disregard|return)"
)
_REVIEWER = (
    r"(?:reviewers?|authors?|approvers?|auditors?|compliance(?: (?:lead|officer|team))?|operators?"
    r"|(?:person|people|human)s? (?:who|that) (?:reviews?|approves?|decides?))\b(?!['’]s)"
)
_UNTOLD = (
    r"(?:do not|don't|never|must not|without)\s+(?:tell|mention|show|reveal|report|flag|disclos|list|cit"
    r"|inform|notify|alert|warn|point)\w*"
)
_HOLDINGS = r"(?:refunds?|requests?|refund requests?|claims?|returns?|credits?|exceptions?|payments?)"

SIGNS = (
    _sign(
        "override",
        "It tells whoever reads it to set earlier instructions or rules aside.",
        rf"\b{_VOID}{_ALL}\s+{_EARLIER}(?:ly)?\s+(?:\w+\s+)?{_ORDERS}\b(?!\s+(?:printed|issued|sent|from"
        rf" the \w+))",
        rf"\b{_VOID}{_ALL}\s+{_ORDERS}\s+(?:that\s+)?(?:you (?:were|have|are|got|received|had)|above|set"
        rf" above)\b",
        rf"\b{_VOID}(?:\s+(?:please|all|any|every|each|of))*\s+your\s+(?:own\s+|\w+\s+)?{_ORDERS}\b",
        rf"\b{_VOID}\s+(?:everything|anything|all|what)\s+(?:(?:that\s+)?(?:is|was|stands|comes|said)\s+)?"
        r"(?:above|before this|so far|you (?:know|were told|have read))\b",
        rf"\b{_VOID}\s+(?:\w+\s+){{0,2}}limits? (?:set )?above\b",
        r"\b(?:all|the) (?:polic(?:y|ies)|rules|limits|guidelines)(?: of this \w+)? (?:are|is) (?:null"
        r"|void)\b",
        r"\byour (?:guidelines|rules|restrictions|instructions|limits) (?:no longer|do not|don't) "
        r"(?:apply|hold|count|exist)\b",
        r"\b(?:ignorier\w*|missachte\w*|vergiss)\s+(?:bitte\s+)?(?:alle|sämtliche|deine|jede)\s+(?:\w+\s+)?"
        r"(?:anweisung|instruktion|regel|vorgabe)\w*",
        r"\b(?:ignore[zr]?|oublie[zr]?)\s+(?:toutes\s+)?(?:les|vos|tes)\s+(?:instructions|règles"
        r"|consignes)\s+"
        r"(?:précédentes|antérieures|ci-dessus)",
        r"\b(?:ignor[ae]n?|olvid[ae]n?|ignorar)\s+(?:todas?\s+)?(?:las|tus|sus)\s+(?:instrucciones|reglas)\s+"
        r"(?:anteriores|previas)",
        r"\bignora(?:re|te)?\s+(?:tutte\s+)?le\s+(?:istruzioni\s+precedenti|precedenti\s+istruzioni)",
        r"\bignore\s+(?:todas\s+)?as\s+instruções\s+anteriores|\bnegeer\s+(?:alle\s+)?(?:vorige"
        r"|eerdere)\s+instructies",
    ),
    _sign(
        "false role",
        "It poses as a message of the system or of an assistant.",
        r"(?:^|\n)\W*(?:new |updated |hidden |secret |begin |end of )*system (?:prompt|message"
        r"|instructions?)\b",
        r"(?:^|\n)\W*system\s*(?:override|note)?\s*[:>\]]\s*(?=[^\n]*\b(?:you (?:are|must|will|may)"
        r"|override|ignore"
        r"|maintenance|new (?:rule|instruction|polic)|approve|all \w+ are (?:allowed|void|approved)))",
        r"(?:^|\n)\W*(?:assistant|ai)\s*:\s*(?=[^\n]*\bi (?:will|shall|am going to) (?:now )?(?:allow|approve"
        r"|ignore|accept|comply|obey|disregard|skip)\b[^\n]*\b(?:every|all|any|everything|from now on|rules?"
        r"|instructions?)\b)",
        r"\b(?:treat|regard|read|handle|follow)\b[^.]{0,50}\bas (?:an? |the )?(?:system|developer) "
        r"(?:messages?|prompts?|instructions?)",
        denied=False,
    ),
    _sign(
        "new identity",
        "It gives whoever reads it a new identity, free of rules.",
        r"\byou are (?:now|no longer)\s+(?!connected|speaking|talking|chatting|logged)(?:(?:an?|in|the"
        r"|my)\s+)?"
        r"[^.,]{0,40}\b(?:ai|language model|model|bot|dan|unrestricted|unfiltered|uncensored|jailbroken"
        r"|without (?:any )?(?:rules|restrictions|limits)|(?:developer|maintenance|debug|god|admin) mode"
        r"|bound)\b",
        r"\bfrom now on,? you (?:are|act as|become) (?:an? |the )?[^.]{0,30}\b(?:model|ai|unrestricted|dan"
        r"|bot)\b",
        r"\b(?:pretend|imagine|act as if)\b[^.]{0,30}\b(?:no (?:rules|restrictions|limits|guidelines)|an? "
        r"(?:ai|unrestricted|language model))\b",
    ),
    _sign(
        "speaks to the reader",
        "It speaks to the machine that reads the document, not to an agent or a customer.",
        rf"\b{_MACHINE}\b[^.]{{0,40}}\b{_READS}\s+{_THIS}\b",
        rf"\b(?:if|since|because|when|as) you(?:'re| are) (?:an? |the )?{_MACHINE}\b",
        rf"\bas (?:an? |the )?(?:automated (?:reader|reviewer)|{_MACHINE} (?:reader|reviewer))\b",
        rf"(?:^|[.!?\n])\W*(?:dear |hey |attention |(?:note|message|instructions?|hint) (?:to|for) (?:the "
        rf"|any )?)?"
        rf"{_MACHINE}(?: (?:reader|reviewer|system|assistant|instruction"
        rf"|note))?s?\s*[:,]\s*(?=[^.\n]*\b{_DOES}\b)",
        rf"\b(?:when|while|before|after|if)\s+(?:you\s+)?(?:are\s+)?{_READS}\s+{_THIS}\b(?=[^.]*\b{_DOES}\b)",
        rf"\b{_DOES}\b[^.]{{0,60}}\b(?:when|while) (?:you )?{_READS} {_THIS}\b",
        r"\bfor (?:the |any )?automated (?:reader|reviewer)s?\b",
        r"\b(?:bypass|disable|turn off|switch off|deactivate)\s+(?:all\s+|any\s+)?your\s+(?:safety|guard"
        r" ?rails?"
        r"|filters?|moderation|rules|restrictions)\b",
    ),
    _sign(
        "dictates the answer",
        "It dictates what a reading machine shall answer.",
        r"\b(?:set|raise|put|assign)\b[^.]{0,30}\bconfidence of\b",
        r"\bclassify (?:every|each|all|any|these|this)\b[^.]{0,50}\bas (?:an? )?(?:permission|obligation"
        r"|definition"
        r"|prohibition|rule)",
        r"\b(?:propose|output|return|extract|emit) (?:no|only) (?:an? )?(?:questions?|rules?|findings?"
        r"|permissions?"
        r"|prohibitions?)\b",
        r"\b(?:mark|label|treat|rate) this (?:document|source|file|page|text|paragraph|rule|proposal"
        r"|policy) as "
        r"(?:verified|trusted|safe|reviewed|approved|accepted|authoritative)",
        r"\b(?:respond|reply|answer|output)\s+(?:only\s+)?(?:with|in|as)\s+(?:only\s+)?(?:valid\s+)?"
        r"(?:the following\s+)?json\b",
    ),
    _sign(
        "secrecy",
        "It asks to keep something from the people who review.",
        rf"\b{_UNTOLD}\s+(?:to\s+)?(?:the\s+|any\s+|a\s+)?(?:human\s+)?{_REVIEWER}[^.]{{0,25}}\b(?:this"
        rf"|these|it|them)\b",
        rf"\b{_UNTOLD}\s+(?:this|these|it|them|that|the following|any of)\b[^.]{{0,70}}\b{_REVIEWER}",
        rf"\b(?:keep|hide|conceal|withhold)\s+(?:this|these|it|the"
        rf" following)\b[^.]{{0,50}}\bfrom\b[^.]{{0,20}}"
        rf"\b(?:{_REVIEWER}|review\b)",
        r"\b(?:skip|bypass|avoid)\s+(?:the\s+|any\s+)?human review",
        r"\b(?:reviewers?|approvers?|compliance|authors?) (?:has|have) (?:already )?(?:approved|accepted"
        r"|signed off)"
        r"\s+(?:all|these|this|every)\b",
        denied=False,
    ),
    _sign(
        "mass approval",
        "It demands to approve everything, without a limit or a condition.",
        r"\b(?:approve|accept|grant|allow|authori[sz]e)\s+(?:everything|anything|whatever)\b"
        r"(?![^.]*\b(?:if|when|under|within|up to|less than|unless|above|below)\b)",
        r"\b(?:approve|accept|merge|apply)\w*\s+(?:all|every|each|any)\s+(?:of\s+)?(?:the\s+|these\s+"
        r"|future\s+)?"
        r"(?:proposals?|proposed changes?|change sets?|changes(?=\s*[.!]|$| (?:without|automatically|now"
        r"|at once)))\b",
        rf"\b(?:approve|accept|grant|pay|allow|authori[sz]e)\s+(?:all|every|each|any)\s+"
        rf"(?:\w+\s+)?{_HOLDINGS}\s*"
        r"(?=[.!]|$|,? (?:from this sender|from now on|no matter|regardless|unconditionally|without "
        r"(?:an?y? )?"
        r"(?:check|limit|question|review|verification|proof)))",
        r"\bonly rule is to (?:accept|approve|grant|allow)\b",
    ),
    _sign(
        "asks for secrets",
        "It asks to reveal prompts, keys or hidden instructions.",
        r"\b(?:reveal|print|output|repeat|show|disclose|send|leak|display|expose|tell me)\s+(?:me\s+)?"
        r"(?:all\s+)?"
        r"(?:of\s+)?(?:your\s+(?:\w+\s+)?(?:system prompt|system message|instructions|prompts?|api keys?"
        r"|configuration|guidelines)|the (?:full |hidden )?(?:system prompt|hidden instructions))\b",
    ),
)

ROLE_MARKS = re.compile(
    r"<\|[a-z_]{2,30}\|>|\[/?INST\]|<</?SYS>>|</(?:system|assistant|instructions?|prompt|document|source)>"
    r"|</?(?:tool_calls?|function_calls?)>|\"role\"\s*:\s*\"(?:system|assistant|developer)\""
    r"|\"(?:tool_calls|function_call)\"\s*:",
    re.IGNORECASE,
)
ROLE_REASON = "It holds the marks by which conversations with a language model are written down."

DENIED = re.compile(
    r"(?:\b(?:never|not|don't|cannot|can't|nor|refuse to|decline to|(?:asks?|asked|asking|tr(?:y|ies|ied) to"
    r"|trying to|attempts?|attempting|wants?|tells?|told|instructs?|make|such as|says?|like|whether|why|how"
    r"|(?:requests?|demands?) (?:to|that|you))\b[^.!?;,:]{0,40}))(?::\s*(?=[\"'“‘«]))?\s*[\"'“‘«]?\s*$"
)

HINTS = re.compile(
    r"ignor|disregard|forget|overrid|overrul|neglect|discard|follow|instruct|prompt|void|system|assistant"
    r"|you are|you're|pretend|imagine|act as|\bais?\b|\ba\.i\.|llm|language model|bot|gpt|cobuilder|neural"
    r"|automated"
    r"|machine|parser|confidence|classify|propose|output|extract|summari|json|mark this|label this|rate this"
    r"|treat|review|approv|author|audit|complian|operator|accept|grant|allow|pay\b|only rule|reveal|print"
    r"|bypass|disabl|turn off|switch off|guideline|missacht|vergiss|oubli|olvid|negeer|conceal|hide|keep"
)
