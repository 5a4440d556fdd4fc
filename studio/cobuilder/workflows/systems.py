"""Systems that a document needs and the agent lacks: named and described from the words of the step.

- Only what a system can do becomes one; what only hands and heads can do ("sort by due date") does not.
- IT connects them later: until then, simulations answer from the description, as for every system.
"""

from __future__ import annotations

import re
import unicodedata

from studio.cobuilder.words.known_facts import is_amount
from studio.cobuilder.words.mood import as_imperative
from studio.cobuilder.words.spoken import CUSTOMER
from studio.cobuilder.words.vocabulary import families
from studio.cobuilder.workflows.facts import DraftTool, FactBook
from studio.domain.frozen import Json
from studio.domain.workflow import Slot

_READS = frozenset(
    "look check search find open pull get fetch retrieve view read locate review verify validate calculate "
    "see bring query confirm access".split()
)
_WRITES = frozenset(
    "create issue book cancel record log note update register send email e-mail process submit refund credit "
    "charge change mark file raise schedule generate add remove delete block unblock unlock lock "
    "reset assign tag close save enter order reserve extend apply activate deactivate suspend release pay "
    "reimburse replace ship dispatch print set write notify attach post move arrange start reboot switch put "
    "waive freeze cancel amend correct transfer reschedule prepare execute trigger flag reverse store".split()
)
_PARTICLES = frozenset("up out back in on off down".split())
_STOP = re.compile(
    r"\s+(?:in|on|with|by|for|from|to|using|via|into|onto|at|of|and|or|so|that|whether|if|until|within|after|"
    r"before|as|when|through|which|who|again|once|twice)\b|[,.;:(]",
    re.IGNORECASE,
)
_ARTICLES = frozenset(
    "the a an their his her its this that any all each every your our customer's it them".split()
)
_CUSTOMER_OBJECT = re.compile(rf"^(?:{CUSTOMER}|them)\s+(?=an?\b|the\b|their\b)", re.I)
_KEYS = frozenset("number id reference account".split())
_IDENTIFIERS = _KEYS | frozenset("code email mail name surname postcode zip phone birth".split())
_TAKES_DOWN = re.compile(r"^(?:record|note|log|enter|capture|document|write|take)\b", re.IGNORECASE)
_PAYS = re.compile(r"\b(?:refund|credit|charge|pay|reimburs)\w*", re.IGNORECASE)
_IDENTITY = re.compile(
    r"\b(?:verif|authenticat|identif|confirm|check|validat|make sure)\w*\b.*?"
    r"\b(?:identity|customer is|caller is|who|(?:talking|speaking) to|(?:the|a) (?:customer|caller|patient|"
    r"member))\b",
    re.IGNORECASE | re.DOTALL,
)


def is_system_step(clause: str) -> bool:
    """Return whether an action is one that a system does."""
    words = as_imperative(clause).lower().split()
    return bool(words) and words[0].strip(",.") in _READS | _WRITES


def does_another(clause: str, tool: str) -> bool:
    """Return whether a system, by its name, does something else than an action says ("close", "extend")."""
    words = as_imperative(clause).lower().split()
    said, named = words[0] if words else "", tool.split("_")[0]
    if said == named or not {said, named} <= _READS | _WRITES:
        return False
    return not families(said) & families(named)


def effect_of(clause: str) -> str:
    """Return whether an action reads or writes."""
    return "read" if as_imperative(clause).lower().split()[0] in _READS else "write"


def name_of(clause: str) -> str:
    """Return the name of a system from what it does: verb and object ("look_up_order")."""
    verb, *rest = as_imperative(clause).strip().split()
    words = [_plain_letters(verb.lower())]
    if rest and rest[0].lower() in _PARTICLES:
        words.append(rest.pop(0).lower())
    after = _CUSTOMER_OBJECT.sub("", " ".join(rest))
    stop = _STOP.search(f" {after}")
    phrase = f" {after}"[: stop.start()] if stop else after
    phrase = _plain_letters(phrase)
    thing = [w.lower() for w in re.findall(r"[A-Za-z][\w'-]*", phrase) if w.lower() not in _ARTICLES]
    name = "_".join([*words, *thing[:3]]).replace("e-mail", "email")
    return re.sub(r"[^a-z0-9_]+", "_", name).strip("_")


def takes_down(clause: str) -> bool:
    """Return whether an action writes down what the customer says."""
    return bool(_TAKES_DOWN.match(as_imperative(clause)))


def identifies_case(slot: Slot) -> bool:
    """Return whether a slot tells who the customer is, or which case it is about."""
    return slot.type not in ("yes or no", "choice") and bool(_IDENTIFIERS & set(slot.id.split("_")))


def _plain_letters(words: str) -> str:
    """Return words without accents: names of systems are plain."""
    apart = unicodedata.normalize("NFKD", words)
    return "".join(each for each in apart if not unicodedata.combining(each))


def describe(clause: str, document: str) -> str:
    """Return a description of a system from the words that ask for it."""
    words = as_imperative(clause).strip().rstrip(".;,")
    return f"{words[:1].upper()}{words[1:]} (as “{document}” says)."


def draft_tool(clause: str, document: str, book: FactBook) -> DraftTool:
    """Describe a system for an action: it takes what identifies the case, and the amount where it pays."""
    low, effect = clause.lower(), effect_of(clause)
    taken: dict[str, Json] = {}
    for slot in book.slots.values():
        if slot.id not in book.known:
            continue
        words = slot.id.split("_")
        case = identifies_case(slot) and (effect == "read" or bool(_KEYS & set(words)))
        if case or all(word in low for word in words):
            taken[slot.id] = schema_of(slot)
    if _PAYS.search(low):
        for fact in book.facts():
            known = fact.name in book.known
            if known and fact.type in ("number", "money") and is_amount(fact.name):
                taken[fact.name] = {"type": "number", "description": fact.label}
    return DraftTool(name_of(clause), describe(clause, document), effect, taken)


def schema_of(slot: Slot) -> Json:
    """Return the schema of an argument that a slot fills."""
    kinds = {"number": "number", "money": "number", "yes or no": "boolean"}
    schema: dict[str, Json] = {"type": kinds.get(slot.type, "string"), "description": slot.label}
    return schema | ({"enum": list(slot.choices)} if slot.choices else {})


def verifies(words: str) -> bool:
    """Return whether words ask who the customer is."""
    return bool(_IDENTITY.search(words))
