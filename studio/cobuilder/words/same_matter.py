"""The words by which two sentences are seen to speak of one matter, or of two that stand side by side.

- A concept gathers words that service documents use for one thing; it is named by its first word.
- A class gathers things that exclude each other: what is said of one is not said of another.
- The lists hold words of service work in general, never the words of one document.
"""

from __future__ import annotations

import re
from functools import lru_cache

from studio.cobuilder.words.vocabulary import stem, words_of

_PHRASES = tuple(
    (re.compile(rf"\b(?:{words})\b", re.I), name)
    for words, name in (
        (r"mone?y[ -]back|(?:get|give|gives|given|receives?) (?:their |the |your )?money back", "refund"),
        (
            r"(?:send|sends|sent|sending|bring|brings|brought|bringing|hand|hands|ship|ships|shipped) "
            r"(?:it |them |items? |goods )?back",
            "return",
        ),
        (r"gift (?:cards?|vouchers?|certificates?)", "giftcard"),
        (r"store credits?|credit (?:notes?|vouchers?)", "voucher"),
        (r"proof of purchase|till receipts?|sales? receipts?", "receipt"),
        (r"credit cards?", "creditcard"),
        (r"debit cards?", "debitcard"),
        (r"(?:wire|bank|money|payment) transfers?", "wire"),
        (r"(?:test|lab|laboratory) results?", "result"),
        (r"pay(?:s|ing)? out|paid out|pay(?:s|ing)? back|paid back", "refund"),
        (r"without asking (?:anyone|anybody|first)|on their own|by themselves|independently", "alone"),
        (r"(?:be|is|are|arrives?) (?:on[- ]site|on the premises|at the premises)", "arrive"),
        (r"checked (?=bags?\b|bagg|lugg|suitc)", "checkin "),
        (r"log(?:s|ged|ging)?[ -]?(?:in|on) ?to|get(?:s|ting)? into|sign(?:s|ed|ing)? in to", "access"),
        (r"log(?:s|ged|ging)?[ -](?:in|on)|sign(?:s|ed|ing)?[ -]in", "login"),
        (r"picks? up|picked up|pick-up", "collect"),
        (r"family members?", "family"),
        (r"(?:goes|go|went|gone) (?:missing|astray)|never (?:arrive[sd]?|turns? up)", "lost"),
        (r"get back to|come back to|(?:sends?|gives?) an? (?:answer|reply|response) to", "respond"),
        (r"call(?:ed|ing)? off", "cancel"),
        (r"hand(?:s|ed|ing)? (?:over|off)|pass(?:es|ed)? (?:on )?to", "escalate"),
        (r"let \w+ (?:\w+ )?know", "notify"),
        (r"check(?:ing|ed)?[ -]in", "checkin"),
        (r"check(?:ing|ed)?[ -]out", "checkout"),
        (r"(?:looks?|looking|check(?:s|ed|ing)?) up", "find"),
        (r"two[- ](?:factor|step)|multi[- ]factor|2fa|mfa", "twofactor"),
        (r"free[- ]of[- ]charge|at no (?:extra |additional )?(?:cost|charge)|without charge", "nofee"),
        (r"team lead(?:er)?s?|shift leads?|line managers?|floor managers?", "supervisor"),
        (r"in[- ]person|face[- ]to[- ]face", "inperson"),
        (r"direct debits?|standing orders?", "directdebit"),
        (r"date of birth|birth ?dates?|birthday", "birthdate"),
        (r"passes? away|death", "deceased"),
        (r"turn(?:s|ed)? (?:down|away)", "reject"),
        (r"sign(?:ed|s)?[- ]offs?|signs? off|green light", "approve"),
        (r"working order", "functional"),
    )
)

_ANY_PHRASE = re.compile("|".join(pattern.pattern for pattern, _ in _PHRASES), re.I)

_CONCEPTS = """
refund reimburse reimbursement repay repayment
return
replace replacement exchange swap substitute
voucher coupon
parcel package shipment consignment packet
purchase buy order bought shop
item product goods article merchandise ware
customer client user guest caller patient passenger subscriber shopper buyer cardholder holder traveller
 traveler
 people person anyone everyone member policyholder consumer visitor borrower account-holder requester
agent representative rep advisor adviser associate staff employee operator clerk teller colleague
 consultant team we company receptionist personnel handler crew desk assistant
supervisor manager superior
identity identification id
verify authenticate confirm check validate identify verification confirmation
fee charge surcharge cost levy penalty penalise bill
pay payment paid settle
cancel cancellation terminate termination
reschedule rebook postpone
appointment booking reservation book reserve consultation slot
late overdue delayed delay tardy belated
respond reply answer acknowledge response react
complaint grievance complain
escalate transfer refer forward route redirect
email e-mail
phone telephone call ring
sms text
password passcode passphrase
lock block freeze suspend disable deactivate suspension
unlock unblock unfreeze reactivate
delete erase purge destroy wipe deletion discard shred erasure
keep retain retention archive preserve store
record data file information detail
discount reduction rebate markdown
plan subscription tariff
contract agreement
renew renewal extend extension prolong
notify inform tell alert notice notification advise warn announce remind
bag baggage luggage suitcase
ticket fare
child minor kid infant
prescription script repeat
medication medicine drug
doctor physician clinician gp
withdraw withdrawal
limit cap maximum ceiling max threshold
minimum min
approve authorise authorize authorisation authorization approval clearance
attempt try retry tries
share disclose reveal divulge
damage damaged broken faulty defective fault defect
lost missing mislay misplace
unused unworn unopened untouched wear worn
price rate
urgent emergency critical severe
outage incident downtime disruption
ship dispatch send despatch
arrive arrival deliver delivery receipt-of
request ask apply application
sign signature
pet animal dog cat
allowance quota entitlement
router modem equipment device hardware
technician engineer installer
install installation fit
dispute chargeback contest
fraud scam fraudulent
open opening
close shut closure
meeting session
quote quotation estimate
warranty guarantee
error mistake
name
invoice
annual yearly annually
month monthly
family relative relation kin
ready prepare
see seen saw
speak spoken spoke talk discuss discussion
know known
write written wrote
consent agree
resolve resolution solve fix remedy
upgrade
downgrade
premise premises site
backup back-up
update upgrade-notes
train training trained
review audit reassess
expire expiry lapse
change modify amend alter edit adjust modification amendment
begin start commence
depart departure
wait
photo picture photograph image
document paperwork papers
investigate investigation enquiry inquiry
report raise lodge
account profile
login log-in sign-in signin logon
access
cash banknote
cheque check-book
weight weigh heavy
compensate compensation
"""

_GENERIC = frozenset(
    stem(word)
    for word in (
        "customer agent process issue make give provide do handle carry perform complete take offer grant "
        "get receive use item service case time period policy rule company need want have put apply "
        "within after before first then always please once per day hour week month year minute working "
        "business "
        "calendar date new own full new total standard normal business current ever whole least most "
        "who which what where there their them whose person day's made must allow permit accept eligible "
        "require mandatory necessary obligatory able available possible entitle valid subject available "
        "set stand run amount number last long follow available counted count calculate regard regarding "
        "ensure certain kind type way basis due order original "
        "alone request ask under over up above below more less than until later exceed beyond older earlier "
        "longer "
        "any every each all own personally automatically immediately directly promptly simply"
    ).split()
)
"""Stems that stand in sentences about anything."""

_DROPPED = frozenset(
    "a an the of to for by in on at and or with from into about as is are be been was were it its their his "
    "her "
    "your our my this that these those such if when whenever then than so will would can could may might "
    "should "
    "must shall have has had you they he she them him us i via there here also just same either per do does "
    "not no never nor cannot can't don't without unless refuse decline deny prohibit forbid ban exclude "
    "exempt "
    "free waive optional optionally while during where whether only other but however out back through "
    "against "
    "non neither none nothing nobody instead even still otherwise upon both".split()
)

_NEGATIVE = re.compile(
    r"\b(?:not|never|no|nor|neither|none|nobody|cannot|without|refus\w+|declin\w+|den(?:y|ies|ied)|reject\w*"
    r"|prohibit\w*|forbid\w*|forbidden|banned?|exclud\w+|exempt\w*|waiv\w+|optional\w*|ineligible|unavailable"
    r"|impossible|refrain|avoid\w*|off limits|barred|nofee|free)\b|n['’]t\b|\bnon-?(?=[a-z])",
    re.I,
)
_BOUNDED = re.compile(
    r"\b(?:no|not|never)(?: be)? (?:later|more|less|fewer|longer|earlier|greater|older|exceed\w*|only"
    r"|higher|above"
    r"|over|beyond)\b(?: than)?|\bcannot exceed\b|\b(?:may|must|can|shall|should|do"
    r"|does) not(?: \w+)? exceed\b"
    r"|\bno matter\b|\bwhether or not\b|\bdo not forget\b"
    r"|\bwithout (?:delay|undue delay|exception|fail|discussion|question|hesitation)\b"
    r"|\bnever exceeds?\b|\bfree (?:of|from)\b|\bfeel free\b|\b(?:is|are|has|have) not (?:yet )?(?:arrived"
    r"|been)\b",
    re.I,
)
_HELD_BACK = re.compile(r"\b(?:until|unless|before|except|other than)\b", re.I)
_FREE = re.compile(r"\bfree (?:of charge|cancellation|shipping|delivery|returns?|changes?)\b", re.I)


@lru_cache(maxsize=1)
def _concept_index() -> dict[str, str]:
    index: dict[str, str] = {}
    for line in _CONCEPTS.strip().replace("\n ", " ").splitlines():
        words = line.split()
        for word in words:
            index.setdefault(stem(word), stem(words[0]))
    return index


@lru_cache(maxsize=16384)
def unified(text: str) -> str:
    """Return a text in which phrases for one thing are that thing's word."""
    if _ANY_PHRASE.search(text):
        for pattern, name in _PHRASES:
            text = pattern.sub(name, text)
    return text


@lru_cache(maxsize=32768)
def concept(word: str) -> str:
    """Return the concept that a word stands for, its stem where it stands for none."""
    stemmed = stem(word)
    return _concept_index().get(stemmed, stemmed)


def concepts_in(text: str) -> list[str]:
    """Return the concepts of a text in order, without numbers, negations and words of grammar."""
    found = (word for word in words_of(unified(text)) if word not in _DROPPED and not word[0].isdigit())
    return [concept(re.sub(r"^non-?(?=[a-z]{4})", "", word)) for word in found]


def is_generic(name: str) -> bool:
    """Say whether a concept stands in sentences about anything."""
    return name in _GENERIC


def is_negative(text: str) -> bool:
    """Say whether a sentence, all its negations taken together, says no.

    “Never X without Y” and “not X until Y” say yes to X with Y.
    """
    plain = _BOUNDED.sub(" ", _FREE.sub(" nofee ", unified(text)))
    count = len(_NEGATIVE.findall(plain))
    first = _NEGATIVE.search(plain)
    if first and (held := _HELD_BACK.search(plain, first.end())) and not _NEGATIVE.search(held[0]):
        count += 1
    return count % 2 == 1
