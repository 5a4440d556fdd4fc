"""The words of procedures: stems, verb families, and who takes part.

- Stems are for comparing words only; they are never shown.
- A verb family gathers verbs that ask a system for the same kind of thing; a verb may be in several.
- The lists hold words of the trade in general, never the words of one document.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SUFFIXES = (
    *("ications", "ication", "ations", "ation", "ments", "ment", "ings", "ing"),
    *("ied", "ies", "ions", "ion", "ed", "es", "s", "y", "e"),
)
_IRREGULAR = {
    **{"information": "information", "info": "information", "sent": "send", "found": "find"},
    **{"gave": "giv", "given": "giv", "took": "tak", "taken": "tak", "told": "tel", "tells": "tel"},
    **{"made": "mak", "paid": "pay", "pays": "pay", "held": "hold", "got": "get", "sold": "sel"},
    **{"wrote": "writ", "written": "writ", "chosen": "choos", "bought": "buy", "does": "do"},
    **{"address": "address", "addresses": "address", "details": "detail", "status": "status"},
    **{"statuses": "status", "customers": "customer", "user": "user", "users": "user"},
    **{"emails": "email", "e-mail": "email", "this": "this", "his": "his", "action": "action"},
    **{"transaction": "transaction", "transactions": "transaction", "person": "person"},
    **{"option": "option", "options": "option", "station": "station", "using": "us"},
}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

STOP_WORDS = frozenset(
    "a an the of to for by in on at and or with from into about as is are be been was were it its their his "
    "her your our my this that these those any all each every some such if when then than so not no do does "
    "will would can could may might should must shall have has had you they we he she them him us i per via "
    "there here also only just more most other same one both either using".split()
)
PARTICIPANTS = frozenset(
    "user customer client member guest caller patient guest person applicant subscriber passenger".split()
)
GENERIC_OBJECTS = frozenset(
    (
        "detail",
        "information",
        "data",
        "record",
        "list",
        "id",
        "ids",
        "tool",
        "system",
        "database",
        "request",
        "type",
        "name",
    )
)
"""Stems of words that say little about which system is meant."""

_FAMILIES: dict[str, str] = {
    "read": "get retrieve fetch look_up look find search check review view see pull_up locate access read "
    "query list show gather determine consult lookup inspect examine open find_out verify pull",
    "modify": "modify change update edit adjust alter correct amend revise set switch reset "
    "increase reduce extend",
    "create": "create open add make book place submit file register schedule generate issue raise log record "
    "reserve enter start set_up apply order request arrange",
    "cancel": "cancel void terminate delete remove close revoke withdraw call_off stop",
    "send": "send email mail forward share deliver dispatch give provide text issue offer hand_out",
    "verify": "verify authenticate validate confirm identify check",
    "refund": "refund reimburse credit compensate repay return_money issue",
    "transfer": "transfer escalate hand_off hand_over route connect refer redirect handover pass",
    "calculate": "calculate compute work_out total",
    "exchange": "exchange replace swap substitute",
    "return": "return send_back",
    "pay": "pay charge bill debit settle collect_payment",
    "block": "block freeze lock suspend deactivate disable",
    "unblock": "unblock unfreeze unlock reactivate activate enable",
    "notify": "notify alert inform message page",
    "approve": "approve authorize authorise grant accept",
    "deny": "deny reject decline refuse",
}
_OTHER_VERBS = (
    "go ask tell inform explain remind advise apologize apologise thank say greet offer let mention reassure "
    "assure "
    "acknowledge announce repeat read_back summarize summarise disclose clarify warn encourage answer "
    "respond reply "
    "obtain collect gather request confirm get note write type click press select choose pick use enter "
    "fill input "
    "put submit proceed continue go skip wait hold return move repeat end finish complete wrap_up close "
    "stop decide "
    "determine evaluate assess compare consider ensure make_sure be_sure double-check prepare attach "
    "document upload "
    "download print scan sign store save archive assign allocate forward receive contact call phone dial "
    "follow "
    "initiate begin start perform carry_out run execute invoke trigger process handle resolve investigate "
    "troubleshoot test restart reboot reinstall install remove clean inspect measure monitor track flag "
    "mark tag "
    "label count keep leave take bring put place load pack ship deliver invoice bill deduct credit waive "
    "apply attempt "
    "try retry escalate finalize finalise launch log record report publish post release sell buy purchase "
    "quote "
    "draft analyze analyse discuss negotiate plan organize organise recommend suggest propose reject approve "
    "verify help assist guide direct show demonstrate conduct define identify estimate inquire question "
    "interview "
    "treat include add append combine consolidate reconcile match map sort filter group separate unlock lock "
    "authenticate speak talk listen visit meet replace repair fix order re-verify re-authenticate recheck "
    "revert "
    "adopt adjust advise allow arrange bear borrow build calculate carry cease charge clear commit "
    "communicate "
    "compile compute conclude connect construct convert copy cover create deal deny deploy deposit design "
    "destroy "
    "detect develop discard dispatch distribute divide draw drop edit email empty enable encode enrol enroll "
    "establish exchange exclude exit export extract fail fetch figure file find form formulate fulfil "
    "fulfill "
    "generate give grant hand hire hold implement import improve instruct insert issue join judge know "
    "learn lend "
    "look maintain make manage manufacture message modify name notify open operate pass pay perform permit "
    "pick "
    "present produce prompt provide pull push read realize recall recommend redirect reduce refer refund "
    "refuse "
    "register reimburse remit renew reply reschedule reserve reset respond retain retrieve review revise "
    "schedule "
    "search seek send serve set settle share split state supply suspend switch tell terminate transfer "
    "transmit "
    "transport turn update validate view withdraw work touch rinse hang reverse wear wipe weigh "
    "resume pause refuel toggle power plug unplug rotate sync reconnect disconnect pair relaunch "
    "reactivate redeem "
    "rebook upgrade downgrade pack unpack wash dry cook heat cool pour mix stir screen triage vaccinate "
    "administer "
    "prescribe sterilize disinfect evacuate isolate secure patrol inspect audit budget forecast hire "
    "onboard train "
    "coach interview wipe dispose dispense refill renew subscribe unsubscribe enroll opt reassign reopen "
    "merge "
    "pop dig ring jot key kick park lay lift stick pin chase nudge ping grab browse scroll tick "
    "untick hover "
    "skim circle highlight stay remember seal reorder link redo recalculate rerun lower bump snooze halt "
    "rank "
    "grade trace restock quarantine tally look_up treat have swap "
    "prioritize prioritise categorize categorise classify diagnose reproduce simulate validate observe report"
)

_PHRASES = (
    ("look up", "look_up"),
    ("looks up", "look_up"),
    ("looking up", "look_up"),
    ("pull up", "pull_up"),
    ("pulls up", "pull_up"),
    ("pulling up", "pull_up"),
    ("find out", "find_out"),
    ("set up", "set_up"),
    ("hand off", "hand_off"),
    ("hand over", "hand_over"),
    ("hands over", "hand_over"),
    ("work out", "work_out"),
    ("wrap up", "wrap_up"),
    ("carry out", "carry_out"),
    ("call off", "call_off"),
    ("send back", "send_back"),
    ("make sure", "make_sure"),
    ("be sure", "be_sure"),
    ("read back", "read_back"),
)


def words_of(text: str) -> list[str]:
    """Return the words of a text in lower case, phrasal verbs joined by an underscore."""
    low = text.lower()
    for phrase, joined in _PHRASES:
        if phrase in low:
            low = re.sub(rf"\b{phrase}\b", joined, low)
    return _WORD.findall(low)


_WORD = re.compile(r"[a-z0-9]+(?:[_-][a-z]+)*(?:['’][a-z]+)?")


_SHORTENED = re.compile(r"['’](?:s|t|re|ll|ve|d)?$")


@lru_cache(maxsize=20000)
def stem(word: str) -> str:
    """Return the stem of a word, alike for its inflections and its common nouns."""
    low = word.lower()
    if not low.isalnum():
        low = _SHORTENED.sub("", low)
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    for suffix in _SUFFIXES:
        if (
            low.endswith(suffix)
            and len(low) - len(suffix) >= 3
            and not (suffix == "s" and low.endswith("ss"))
        ):
            low = low[: -len(suffix)]
            break
    if len(low) > 3 and low[-1] == low[-2] and low[-1] != "s":
        low = low[:-1]
    if len(low) > 3 and low[-1] in "iey":
        low = low[:-1]
    return low


def stems(text: str) -> list[str]:
    """Return the stems of the words that carry meaning, in order; customers of every kind are `user`."""
    return list(_stems(text))


@lru_cache(maxsize=20000)
def _stems(text: str) -> tuple[str, ...]:
    return tuple(_person(stem(word)) for word in words_of(text) if word not in STOP_WORDS)


def _person(stemmed: str) -> str:
    return "user" if stemmed in PARTICIPANTS else stemmed


def name_words(name: str) -> list[str]:
    """Split a tool's or argument's name into lower-case words, without trailing serial numbers."""
    parts = [part.lower() for part in re.split(r"[^A-Za-z0-9]+", _CAMEL.sub(" ", name)) if part]
    while len(parts) > 1 and parts[-1].isdigit() and len(parts[-1]) >= 3:
        parts.pop()
    return parts


@lru_cache(maxsize=1)
def _family_index() -> dict[str, frozenset[str]]:
    index: dict[str, set[str]] = {}
    for family, verbs in _FAMILIES.items():
        for verb in verbs.split():
            index.setdefault(stem(verb), set()).add(family)
    return {verb: frozenset(families) for verb, families in index.items()}


@lru_cache(maxsize=1)
def _verbs() -> frozenset[str]:
    named = {verb for verbs in _FAMILIES.values() for verb in verbs.split()} | set(_OTHER_VERBS.split())
    return frozenset(named)


@lru_cache(maxsize=1)
def _verb_stems() -> frozenset[str]:
    return frozenset(stem(verb) for verb in _verbs())


def families(verb: str) -> frozenset[str]:
    """Return the families of a verb in any of its forms."""
    return _family_index().get(stem(verb), frozenset())


def is_base_verb(word: str) -> bool:
    """Tell whether a word is the plain form of a verb that procedures use."""
    return word.lower() in _verbs()


def is_verb_form(word: str) -> bool:
    """Tell whether a word may be any form of a verb that procedures use."""
    return stem(word) in _verb_stems()
