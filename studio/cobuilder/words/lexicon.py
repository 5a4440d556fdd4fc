"""The words by which policy prose is read: verbs of service work, who acts, who is served, who takes over.

- Plain word lists, so that every reading can be explained and nothing has to be loaded.
- Verbs stand in their base form; `base_form` leads other forms back to them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from studio.cobuilder.words.lemmas import all_lemmas


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


VERBS = _words(
    "accept access acknowledge act activate add address adjust advise agree aim allow alert amend",
    "analyse analyze",
    "announce answer apologise apologize appeal append apply approve argue arrange ask assess assign",
    "assist assume",
    "attach attempt attend audit authenticate authorise authorize avoid back ban be begin bill block",
    "book bring browse",
    "build bypass calculate call cancel capture carry cc change charge chase check choose cite claim",
    "clarify classify",
    "clean clear click close collect combine comment communicate compare compensate complete",
    "compliment comply",
    "compose conclude conduct confirm connect consider consult contact continue contribute convert",
    "convey copy correct",
    "count cover create credit cut deal decide decline deduct defer delay delete deliver demand deny",
    "deposit describe",
    "design destroy detach determine develop direct disable disclose discount discuss dispatch",
    "display dispose dispute",
    "distribute divide do document double-check download draft drive drop echo edit email emphasise",
    "emphasize employ",
    "enable encourage end endorse enforce engage enquire enrol enroll ensure enter escalate establish",
    "estimate evaluate",
    "exceed exchange exclude excuse execute exempt exercise expand expect expedite explain export",
    "express extend",
    "facilitate fetch file fill finalise finalize find finish fix flag focus follow forward fulfil",
    "fulfill gather",
    "generate get give go grant greet guarantee guide halt hand handle have help hide hire hold honor",
    "honour identify",
    "ignore implement impose include increase indicate inform initiate inquire insert inspect",
    "instruct insure",
    "integrate interrupt introduce invite invoice issue join keep label leave lend let limit link",
    "list listen locate loop",
    "lock log look lower mail maintain make manage mark match measure mention merge message mind",
    "minimise minimize",
    "modify monitor move name navigate negotiate note notice notify obey obtain offer omit open",
    "operate order organise",
    "organize outline override own page park partner pass paste pause pay perform permit phone pick",
    "place plan play",
    "point post postpone prepare present press preserve prevent print prioritise prioritize proceed",
    "process produce",
    "prohibit promise promote prompt proofread propose protect provide publish pull purchase push put",
    "qualify query",
    "question quote raise re-check reach read reactivate reassign reassure rebook recap receive",
    "recheck recognise",
    "recognize recommend reconcile record recruit redirect reduce refer refrain refund refuse",
    "register reimburse reissue",
    "reject release rely remain remember remind remove render renew repair repeat rephrase replace",
    "reply report",
    "represent request require resend reschedule research reserve reset resolve respect respond",
    "restart restore",
    "restrict resume retain retrieve retry return reveal reverse review revoke reward ring route run",
    "save say scan",
    "schedule search secure seek select sell send separate serve set settle share ship show sign",
    "skip smile solicit",
    "solve sort speak specify split start state stay stick stop store strive submit substitute",
    "suggest summarise",
    "summarize supply support suspend switch take tailor talk tell terminate test thank track",
    "transcribe transfer",
    "transmit treat try turn type understand undertake undo unlock update upgrade upload upsell use",
    "validate verify",
    "view visit void wait waive walk warn watch welcome withdraw withhold work wrap write",
)
"""Base forms that may open an instruction."""

NOUN_LIKE = _words(
    "access act address aim back bill block book build call cancel change charge check claim click",
    "comment contact copy",
    "count cover credit cut deal delay deposit design discount display dispute document double",
    "download draft drive drop",
    "email end estimate exchange file fill fix flag focus forward guide hand handle help hold hire",
    "increase invoice issue",
    "label leave limit link list log look mail mark match measure message mind monitor move name note",
    "notice offer open",
    "order outline own page park partner pass pause pay phone pick place plan play point post present",
    "press print process",
    "produce promise prompt purchase push query question quote raise record reference refund release",
    "repair repeat reply",
    "report request research reserve reset respect restart return review reward ring route run save",
    "scan schedule search",
    "secure separate set share ship show sign smile sort split start state stay stick stop store",
    "submit supply support",
    "switch talk test thank track transfer trial try turn type update upgrade use view visit void",
    "wait walk watch welcome",
    "work wrap complete clear clean close direct lower correct free interrupt invite object appeal",
    "audit ban lock scan be",
    "do have get go mention total balance answer approach attempt credit experience interest lead",
    "market mistake",
)
"""Verbs that are as often nouns or adjectives: only what follows tells."""

TELL = _words(
    "tell inform notify remind explain advise warn alert announce mention state disclose clarify",
    "emphasise emphasize reassure communicate convey recap summarise summarize acknowledge",
)
"""Verbs of telling somebody something."""

TELL_ADDRESSED = _words("advise alert explain communicate state mention disclose clarify convey announce")
"""Verbs of telling only where somebody is addressed: a party may disclose something to no customer."""

HAND_OVER = _words(
    "transfer escalate refer route hand forward report redirect pass connect assign reassign involve loop"
)
"""Verbs that hand a case over when a person or team follows."""

GRANT = _words(
    "refund credit reimburse compensate give grant waive offer extend replace exchange issue provide",
    "prorate honor",
    "owe honour accept allow let permit support apply consider",
)
"""What a company does for a customer's benefit: a promise of it permits it."""

PRACTICE = _words(
    "accept allow answer apply ask bill charge check collect confirm contact credit delete disclose",
    "give grant handle",
    "honor honour inform investigate issue keep let limit make monitor notify offer permit process",
    "prohibit prorate provide",
    "refund reimburse remove replace reply report require reserve respond restrict retain return",
    "review sell send share",
    "ship store support suspend take terminate track treat use verify waive work refuse reject",
    "encrypt protect back",
    "owe match post hold run serve cancel close aim strive expect follow recommend prioritize",
    "prioritise comply cooperate operate limit tell publish",
)
"""What a company says it does as a rule, in the present tense (“we don't charge …”)."""

STATE_VERBS = _words(
    "be have know like want need understand believe think feel love hate seem appear mean remember",
    "forget realise",
    "realize care exist occur happen depend vary differ belong matter notice experience hope wish",
    "agree expect see",
    "contain include consist look sound become remain result cause cost last",
)
"""Verbs of being and feeling: a sentence built on one tells how things are."""

AGENT = _words(
    "agent agents representative representatives rep reps associate associates advisor advisors",
    "adviser advisers staff",
    "team teams employee employees operator operators clerk clerks specialist specialists supervisor",
    "supervisors",
    "manager managers assistant assistants consultant consultants colleague colleagues technician",
    "technicians",
    "receptionist receptionists dispatcher dispatchers nurse nurses teller tellers cashier cashiers",
    "officer officers",
    "bot chatbot company firm bank store hotel clinic we i crew personnel desk office department",
)
"""Who is bound: the agent, or the company acting through it."""

CUSTOMER = _words(
    "customer customers user users client clients guest guests caller callers buyer buyers patient",
    "patients member",
    "members passenger passengers subscriber subscribers shopper shoppers account-holder cardholder",
    "cardholders owner",
    "owners holder holders tenant tenants applicant applicants student students visitor visitors",
    "traveler travelers",
    "traveller travellers policyholder policyholders claimant claimants requester requesters people",
    "person anyone",
    "everyone somebody someone borrower borrowers parent parents resident residents vendor vendors",
)
"""Who is served; a duty of theirs is one that the agent has to enforce."""

PEOPLE = _words(
    "care reception helpdesk experts nurse human agent agents supervisor supervisors manager managers",
    "specialist specialists team teams",
    "department lead leads",
    "support tier level person colleague desk security compliance legal fraud billing finance",
    "operator representative",
    "management authorities police doctor nurse officer engineer engineering director owner office",
    "line staff",
)
"""Whom a case may be handed over to."""

DETERMINERS = _words(
    "the a an this that these those any all each every no your their his her its our my some both",
    "either neither one two",
    "three what which whether how who when where why if it them him us me you everyone anyone",
    "everything anything nothing",
    "to for with on in at by from into out up off through about as and or only another other such",
    "more until before after",
    "not back over again ahead down away there here sure please always never directly immediately",
    "politely carefully",
)
"""Words that show that what stands before them is a verb."""

_IRREGULAR = {
    "given": "give",
    "gave": "give",
    "taken": "take",
    "took": "take",
    "made": "make",
    "sent": "send",
    "told": "tell",
    "said": "say",
    "kept": "keep",
    "held": "hold",
    "paid": "pay",
    "sold": "sell",
    "bought": "buy",
    "found": "find",
    "done": "do",
    "did": "do",
    "does": "do",
    "gone": "go",
    "went": "go",
    "written": "write",
    "wrote": "write",
    "spoken": "speak",
    "shown": "show",
    "known": "know",
    "knew": "know",
    "got": "get",
    "gotten": "get",
    "left": "leave",
    "met": "meet",
    "read": "read",
    "put": "put",
    "set": "set",
    "let": "let",
    "cut": "cut",
    "is": "be",
    "are": "be",
    "was": "be",
    "were": "be",
    "been": "be",
    "being": "be",
    "has": "have",
    "had": "have",
    "withheld": "withhold",
    "undertaken": "undertake",
    "chosen": "choose",
    "begun": "begin",
    "brought": "bring",
    "built": "build",
    "understood": "understand",
    "forgotten": "forget",
    "seen": "see",
    "felt": "feel",
    "thought": "think",
}


@lru_cache(maxsize=8192)
def base_form(word: str) -> str:
    """Return a verb's base form as far as the lists know it, else the word in lower case."""
    low = word.lower()
    if low in VERBS or low in STATE_VERBS:
        return low
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    for ending, replacements in _ENDINGS:
        if low.endswith(ending):
            stem = low[: -len(ending)]
            doubled = stem[:-1] if len(stem) > 2 and stem[-1] == stem[-2] else ""
            for candidate in (*(stem + tail for tail in replacements), doubled):
                if candidate in VERBS or candidate in STATE_VERBS or candidate in PRACTICE:
                    return candidate
    return low


_ENDINGS = (
    ("ies", ("y",)),
    ("ied", ("y",)),
    ("es", ("", "e")),
    ("s", ("",)),
    ("ed", ("", "e")),
    ("ing", ("", "e")),
)


_PREFIX = re.compile(r"^(?:pre|re|un|co|de|over)-")


def is_verb(word: str, *, or_noun: bool = False) -> bool:
    """Say whether a word may be a verb in its base form; unknown words are looked up in lemminflect.

    - `or_noun`: a word that is as often a noun will do, because what follows shows that it is a verb.
    """
    low = word.lower().strip("'\"()")
    if low in VERBS or ("-" in low and _PREFIX.sub("", low) in VERBS):
        return True
    return low.isalpha() and 2 < len(low) < 20 and _looked_up(low, or_noun)


@lru_cache(maxsize=8192)
def _looked_up(word: str, or_noun: bool) -> bool:
    found = all_lemmas(word)
    return (
        "VERB" in found
        and word in found["VERB"]
        and not ({"ADJ", "ADV", "AUX"} | ({"NOUN"} - {"NOUN" * or_noun})) & set(found)
    )


CHANCE = _words(
    "occur happen take vary contain differ appear cause result arise seem need mean notice find",
    "experience see depend fail",
    "feel look become cost last lead affect want wish like know think believe expect wonder ask come",
    "show require exist",
)
"""Verbs with which “may” and “can” speak of what happens, not of what is allowed."""

MINDS = _words("want wish like know think believe expect wonder need feel notice experience mean")
"""Verbs of the mind: “customers may want …” allows nothing."""

OPENS_UP = _words("disclose share reveal give transmit provide grant allow permit release communicate")
"""Verbs of letting somebody have something: with “only” they permit it to the ones named."""

FETCH = _words("contact call notify involve consult page alert inform loop get tell raise flag phone")
"""Verbs that bring in a person inside the company, when one follows."""


MANNERS = _words(
    "aware brief careful cautious certain clear concise empathetic friendly honest kind mindful",
    "patient polite prepared proactive professional ready specific sure transparent",
)
"""Adjectives of bearing: “be polite” is an instruction."""


PARTICLES = _words(
    "about and as at by for from in into off on or out through to up with",
)
"""Short words after a verb that prove it only for some verbs."""


PARTICLE_VERBS = _words(
    "loop act ask back call check close fill focus go hand hold listen log look move note pick point read",
    "refund reply report respond return search set ship sign speak start stay submit switch talk",
    "transfer turn wait walk work wrap",
)
"""Verbs that go with a preposition (“wait for”, “log in”)."""


EMPTY_OBJECTS = _words(
    "all and any apply are below cases conditions customers following for including met more not one",
    "steps that the these things those true users with",
)
"""Words that give a lead-in no object of its own."""


MATTERLESS = _words(
    "a after agent agents all also an and any are as at be been before by can could customer",
    "customers do does each every for from had has have if in into is it its may must need needs no",
    "not of on only or other our per shall should than that the their them then these they this those",
    "to up user users via was we were when will with within would you your",
)
"""Words that do not carry the matter of a sentence."""


FORCE_WORDS = _words(
    "always can't cannot don't ensure if may must never please required shall should",
)
"""Words that show that a text demands something."""


STORY_PERSONS = _words(
    "he her hers herself him himself his i me my she them they",
)
"""Words for the persons of a story."""


STORY_PAST = _words(
    "came fell felt gave had kept knew left made ran said sat saw stood thought told took was went",
    "were",
)
"""Past tenses of which stories are made."""


SCOPE_VERBS = _words("qualify cover apply accept allow permit support offer include extend")
"""Verbs by which a text in the third person excludes something (“sale items do not qualify”)."""

STRIVING = _words("work strive look hope build make help aim write start go get think call welcome do sell")
"""Verbs with which a company speaks about itself rather than about its rules."""
