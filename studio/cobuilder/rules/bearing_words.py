"""Words by meaning: what sort of act a verb names, and what sort of thing or person a noun.

- Small lists of our own, general to service work; a word may belong to several sorts.
- Unknown words have no sort: the rest of a sentence has to speak for it.
"""

from __future__ import annotations

from functools import lru_cache

from studio.cobuilder.words.lexicon import (
    AGENT,
    CUSTOMER,
    FETCH,
    HAND_OVER,
    MINDS,
    STATE_VERBS,
    TELL,
    base_form,
)

VERB_SORTS: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "giving": "give grant offer refund credit reimburse compensate provide waive extend replace "
        "exchange issue "
        "repay return ship deliver add double honour honor match prorate lend owe allow let include",
        "charging": "charge bill deduct pay cost debit invoice withhold fine collect forfeit lose apply",
        "telling": "say mention quote apologise apologize confirm state introduce greet summarise "
        "summarize reply "
        "answer respond read recap warn promise " + " ".join(sorted(TELL)),
        "asking": "ask request require obtain collect gather get need demand",
        "checking": "check verify look compare review inspect confirm identify authenticate test ensure "
        "make assess "
        "examine match search find count measure listen",
        "recording": "record log note document write tag enter fill file save attach register set mark "
        "label book "
        "update print scan photograph sign keep track list",
        "handing over": "go belong pass put send move give bring take " + " ".join(sorted(HAND_OVER)),
        "fetching": "ring page approach " + " ".join(sorted(FETCH)),
        "stopping": "block suspend close cancel delete remove freeze lock end terminate stop pause "
        "revoke disable "
        "withdraw void switch shut destroy expire lapse clear overwrite shred",
        "keeping": "keep store retain hold save preserve archive remain stay stand",
        "starting": "open start create set book schedule arrange order begin reserve plan prepare "
        "launch trigger",
        "deciding": "decide approve authorise authorize sign agree allow accept permit choose judge "
        "okay override",
        "refusing": "deny refuse decline reject exclude ban forbid prohibit turn",
        "using": "use follow apply run call enter select click press choose open",
        "changing": "change update modify edit correct move swap reset raise reduce adjust amend transfer",
        "bearing oneself": "be stay act treat respect thank apologise smile sound dress behave greet "
        "speak talk",
        "guessing": "guess assume speculate invent diagnose promise guarantee commit estimate argue "
        "accuse blame",
        "sharing": "share disclose reveal discuss publish post show expose leak paste copy forward comment",
        "moving": "come visit leave enter bring wear carry park travel walk drive arrive swim smoke "
        "drink eat stand",
        "receiving": "get receive have keep earn claim win enjoy",
        "working": "work run operate build make help grow serve sell train learn improve love believe "
        "start win",
        "waiting": "wait last take follow",
        "counting as": "count qualify cover include apply mean exceed reach",
        "being": "be become remain seem",
        "thinking": " ".join(sorted((MINDS | STATE_VERBS) - {"be", "have", "need"})),
        "having": "have need own",
    }.items()
}
NOUN_SORTS: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "money back": "refund refunds credit credits voucher vouchers compensation replacement discount "
        "discounts "
        "exchange reimbursement goodwill waiver prorated rebate",
        "money due": "fee fees charge charges price prices deposit deposits cost costs invoice invoices "
        "payment "
        "payments amount amounts bill bills surcharge fine excess interest rate rates balance commission",
        "proof": "receipt receipts id ids passport proof form forms signature consent licence photo photos "
        "certificate report evidence document documents note estimate statement badge permission",
        "secrets": "password passwords pin pins code codes data details information card credentials address "
        "secret secrets name names score diagnosis",
        "goods": "order orders item items parcel parcels bag bags room rooms ticket tickets booking "
        "bookings account "
        "accounts seat seats subscription plan plans membership product products policy contract",
        "deadlines": "deadline day days hour hours week weeks month months year years minute minutes "
        "notice weekend",
        "danger": "fire smoke violence threat threats weapon injury fraud emergency police abuse "
        "harassment lawyer "
        "danger accident leak press journalist journalists legal",
        "above": "manager managers supervisor supervisors lead leads director officer board committee "
        "head specialist "
        "specialists security legal compliance finance management coordinator owner engineer doctor "
        "nurse hr dpo",
        "systems": "system app screen page form button field tool tools software website dashboard "
        "inbox console "
        "settings menu link",
        "company": "company founders founder team office headquarters firm business story history year "
        "years award "
        "people staff mission values market",
    }.items()
}
_SORTS_OF_VERBS: dict[str, tuple[str, ...]] = {
    word: tuple(name for name, words in VERB_SORTS.items() if word in words)
    for word in sorted({word for words in VERB_SORTS.values() for word in words})
}
_SORTS_OF_NOUNS: dict[str, tuple[str, ...]] = {
    word: tuple(name for name, words in NOUN_SORTS.items() if word in words)
    for word in sorted({word for words in NOUN_SORTS.values() for word in words})
}


def verb_sorts(word: str) -> tuple[str, ...]:
    """Return the sorts of act that a verb names, in any of its forms."""
    return _SORTS_OF_VERBS.get(base_form(word), ())


def noun_sorts(word: str) -> tuple[str, ...]:
    """Return the sorts of thing or person that a noun names."""
    return _SORTS_OF_NOUNS.get(word, ())


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """Return a word without the endings of number and tense, roughly: what is needed to know it again."""
    found = base_form(word)
    if found != word or len(word) < 5:
        return found
    for ending, tail in (("ies", "y"), ("sses", "ss"), ("es", "e"), ("s", "")):
        if word.endswith(ending) and not word.endswith("ss"):
            return word[: -len(ending)] + tail
    return word


PERSONS: dict[str, frozenset[str]] = {
    "we": frozenset(["we", "us", "our", "i"]),
    "you": frozenset(["you", "your", "yourself"]),
    "staff": frozenset(AGENT - {"we", "i"}),
    "customers": CUSTOMER
    | frozenset("adult adults child children family families parent parents party whoever recipient".split()),
    "nobody": frozenset("nobody nothing none neither".split()),
    "it": frozenset("it this that they these those there he she".split()),
}
"""Who stands in front of a verb."""


def person(words: list[str]) -> str:
    """Return who a subject's words name: the last person among them; "thing" for anything else."""
    for word in reversed(words[:8]):
        for name, known in PERSONS.items():
            if word in known:
                return name
    return "thing" if words else "none"
