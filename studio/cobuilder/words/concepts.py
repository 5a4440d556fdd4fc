"""Words that stand for one another where people tell what to do and systems say what they do.

- A group gathers words of one meaning in the work of service desks; a word may be in several groups.
- Phrases ("bring up", "drop them a line") are verbs of one word, so that they compare like one.
- The groups hold words of the trade in general, never the words of one document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from studio.cobuilder.words.vocabulary import STOP_WORDS, stem

_DOINGS = """
get retrieve fetch read find look_up search check review view see pull load open locate access query list
show display inspect examine consult dig browse lookup bring watch compare trace info detail details state
status history;
search find locate match identify query lookup;
list show display offer browse available availability free see;
check verify validate confirm test inspect examine assess measure look see run ensure;
verify authenticate identify validate confirm identity authentication prove match;
test measure check diagnose run trial probe;
modify change update edit adjust alter correct amend revise set switch reset move reschedule shift swap save
apply;
change swap replace exchange substitute switch;
create open add make raise log place submit file register set_up start enter draw_up order request book
generate issue new begin initiate launch trigger;
book reserve schedule arrange plan fix appoint appointment slot hold set_aside visit;
order request buy purchase procure reorder place;
cancel void terminate end call_off revoke withdraw stop annul rescind scrap abort;
close finish complete end resolve settle conclude;
delete remove erase wipe purge clear discard destroy drop;
destroy dispose discard bin scrap destruction disposal write_off;
send email mail text message forward deliver dispatch drop_line write notify inform tell letter sms note
push post transmit line;
notify inform tell alert message warn advise notification let_know update page;
call ring phone telephone dial callback contact reach call_back;
write record log note jot_down document add enter save save register report comment annotate remark put
store tag mark key_in;
record log register enter save capture report file key_in submit store;
tag label code mark flag classify categorise categorize reason;
refund reimburse repay credit pay_back compensate money_back return compensation;
credit goodwill compensate gesture voucher compensation grant book add put;
transfer escalate hand_over hand_off route connect refer redirect pass forward pass_on put_through send_on
handover handoff go queue take alert page warm reassign;
assign allocate give delegate dispatch attribute hand pass;
calculate compute work_out total recalculate quote estimate price figure count sum quotation cost;
quote estimate price cost fee charge rate quotation;
pay charge bill debit settle collect payment payout disburse transfer money remit;
block freeze lock suspend deactivate disable hold quarantine bar stop pause;
hold pause suspend stop park wait put_on_hold freeze waiting delay defer;
unblock unfreeze unlock reactivate activate enable release lift restore reinstate resume switch_on turn_on;
approve authorize authorise grant accept permit agree approval consent sign_off ok;
deny reject decline refuse turn_down no rejection refusal;
return send_back bring_back come_back;
renew extend prolong lengthen extension renewal longer;
lend loan loaner borrow spare temporary;
repair fix mend service workshop maintenance restore;
restart reboot reset power cycle;
install deploy reinstall push roll_out package;
print label produce output;
ship dispatch deliver send post courier delivery shipment shipping consign;
track trace follow status scan tracking whereabouts;
remind nudge chase reminder prompt follow_up;
sort classify grade categorise rank triage prioritise prioritize;
upload attach add file submit append;
download export extract save;
lift raise waive remove drop release;
waive remove forgive drop exempt;
merge combine join consolidate link connect attach;
upgrade improve raise promote increase;
increase raise lift extend up;
reduce lower decrease cut downgrade;
allow permit let enable grant;
replace exchange swap substitute replacement new renew;
subscribe sign_up register enrol enroll join opt;
unsubscribe opt_out leave cancel remove;
schedule plan fix arrange set book time;
check_in admit arrive register;
collect pick_up fetch gather pickup collection;
ask request approve consult approval permission agree;
sign initial signature countersign;
scan read capture image;
dispatch send order assign rescue;
invite call summon;
publish post release announce;
"""

_THINGS = """
customer user client member guest caller patient subscriber passenger traveller applicant holder renter
tenant employee visitor shopper buyer consumer resident policyholder claimant cardholder person profile
organiser participant borrower donor student learner account;
account profile record contract customer membership user;
profile record entry file details account;
reservation booking rental hire appointment stay;
appointment slot visit date time session meeting booking;
order purchase transaction basket;
item product article goods thing piece line;
product item device appliance unit machine;
device machine laptop phone handset appliance equipment hardware unit gadget set;
router box modem hub gateway;
line number phone connection circuit;
phone telephone mobile handset number;
invoice bill receipt statement charge;
bill statement charge fee invoice reminder;
receipt proof slip purchase;
payment transaction charge transfer money payout;
refund money reimbursement repayment credit;
amount sum total money value figure;
price cost fee charge rate quote total fare tariff amount surcharge difference;
fee charge penalty fine cost surcharge;
fault problem issue trouble defect failure incident error breakdown symptom malfunction;
outage fault incident disruption failure downtime interruption;
incident ticket case event alarm disruption;
ticket case incident request matter enquiry inquiry complaint job;
case file matter claim dossier ticket;
claim case loss request;
complaint grievance dissatisfaction case;
job work task order ticket repair;
engineer technician fitter mechanic plumber electrician specialist surveyor operative;
team department queue desk group unit tier line colleague person human supervisor manager colleagues
specialist security;
human person agent supervisor manager representative colleague specialist advisor adviser team_lead lead;
manager supervisor lead head chief boss line_manager approver;
address place location street home;
place location site station branch office shop store depot venue hub;
postcode zip area location region postal address;
home property house flat tenancy dwelling premises apartment;
vehicle car van truck fleet automobile;
parcel package shipment consignment delivery packet;
delivery shipment shipping parcel dispatch courier drop;
courier carrier driver shipper;
date day time deadline until when;
time slot window hour appointment date;
email mail message letter e-mail address;
message text sms note line letter;
text sms message;
letter mail message email;
note comment remark log entry memo annotation;
record history log file entry;
history past previous earlier old former prior recent;
note record history;
code pin password passcode number otp;
password login credentials reset self-service;
card credit debit plastic;
bank account iban money;
plan tariff package subscription contract offer;
subscription plan membership service contract;
offer deal promotion retention discount;
voucher coupon credit code gift;
points rewards loyalty balance;
policy cover insurance contract;
warranty guarantee cover;
prescription medication medicine drug dose;
patient person;
appointment visit consultation;
allergy allergen intolerance dietary;
dish meal food menu plate course;
menu dish meal food;
stock inventory supply batch goods warehouse quantity batches availability;
batch lot stock product;
fridge refrigerator cooler storage freezer cold;
storage place location warehouse shelf;
shelf place location rack;
temperature degrees heat cold reading;
reading curve measurement value data figure meter;
meter reading counter;
logger recorder sensor;
test measurement trial check;
certificate document proof;
document file proof paper form evidence;
form document sheet questionnaire;
photo picture image photograph;
tenancy lease rent home property tenant;
room place ward;
key lock access;
visit call appointment engineer;
workshop repair service;
quote estimate cost offer price;
reminder nudge dunning chase;
reminders collection dunning;
calendar agenda schedule diary;
panel committee board agenda;
decision verdict outcome result;
reviewer referee assessor;
application request submission form;
register registry database list;
network line connection internet;
fault error defect;
speed line bandwidth;
channel frequency radio;
wifi wireless network;
loaner loan spare temporary replacement courtesy;
replacement substitute spare new exchange;
engineer technician visit appointment;
flight journey trip travel;
seat place chair;
bag baggage luggage suitcase;
event show concert performance session;
ticket admission entry pass;
membership card member;
waitlist waiting queue;
course class lesson training;
grade mark score result;
loan credit mortgage;
interest rate;
tax vat duty;
salary pay wage payroll;
leave holiday vacation absence;
contract agreement terms;
supplier vendor manufacturer wholesaler;
wholesaler supplier distributor;
label tag sticker;
serial number identifier;
reason cause why grounds;
question query enquiry;
address home delivery;
fraud risk security suspicious;
security fraud;
emergency urgent priority;
priority urgency severity;
survey feedback rating score questionnaire;
summary overview recap;
callback call return;
option choice alternative preference;
balance amount owed arrears;
stolen lost missing theft;
lost missing stolen;
damage broken harm damaged;
dispute chargeback disagreement complaint contest;
pharmacist quality;
health state status condition;
service system platform;
staff employee colleague worker;
directory book staff people;
interval period span;
"""

_PHRASES = (
    (r"look(?:s|ing|ed)? (?:it |them |this |that |the [\w ]{2,24}?|her |him )?up\b", "look_up"),
    (r"pull(?:s|ing|ed)? (?:it |them |the [\w ]{2,24}? )?up\b", "look_up"),
    (r"bring(?:s|ing)? (?:it |them |the [\w ]{2,24}? )?up\b", "look_up"),
    (r"call(?:s|ing)? (?:it |them |the [\w ]{2,24}? )?up\b(?! to)", "look_up"),
    (r"dig(?:s|ging)? (?:it |them )?(?:out|up)\b", "look_up"),
    (r"(?:have|take|get) a look (?:at|in|into)?\b", "look_up"),
    (r"(?:go|goes|going|run|runs) through\b", "look_up"),
    (r"look(?:s|ing)? (?:at|into|in|for|through|over)\b", "look_up"),
    (r"find(?:s|ing)? out\b", "check"),
    (r"see(?:s|ing)? (?:if|whether|what|which)\b", "check"),
    (r"work(?:s|ing|ed)? (?:it |them |the [\w ]{2,24}? )?out\b", "calculate"),
    (r"draw(?:s|ing)? up\b", "create"),
    (r"set(?:s|ting)? up\b", "create"),
    (r"kick(?:s|ing)? off\b", "run"),
    (r"set(?:s|ting)? aside\b", "reserve"),
    (r"jot(?:s|ting)? (?:it |them )?down\b", "record"),
    (r"(?:write|note|put|take)(?:s|ing)? (?:it |them |this )?down\b", "record"),
    (r"key(?:s|ing)? (?:it |them )?in\b", "record"),
    (r"put(?:s|ting)? (?:it |them |theirs |this )?in\b", "record"),
    (r"drop(?:s|ping)? (?:the \w+ |them |him |her )?a (?:line|note|message)\b", "send message"),
    (r"(?:write|writes|writing) to\b", "send message"),
    (r"let(?:s|ting)? (?:the \w+|them|him|her|us|\w+) know\b", "notify"),
    (r"(?:give|gives) (?:the \w+|them|him|her) a (?:ring|call)\b", "call"),
    (
        r"(?:hand|pass|put|send|turn)(?:s|ing|ed)? (?:it |them |the [\w ]{2,24}? )?(?:over|on|through)\b",
        "transfer",
    ),
    (r"hand(?:s|ing|ed)? (?:it |them )?off\b", "transfer"),
    (r"put(?:s|ting)? (?:the [\w ]{2,24}?|it|them) on hold\b", "hold"),
    (r"take(?:s|n)? (?:it |them )?(?:up )?to\b", "transfer"),
    (r"goes? (?:straight )?to (?=the |a |[A-Z])", "transfer to "),
    (r"pay(?:s|ing)? [\w ]{0,20}?back\b", "refund"),
    (r"(?:give|send|pay)(?:s|ing)? (?:\w+ )?(?:the |their |her |his )?money back\b", "refund"),
    (r"(?:call|phone|ring)(?:s|ing)? (?:\w+ )?back\b", "callback"),
    (r"(?:switch|turn)(?:es|s|ing|ed)? (?:it |them |the [\w ]{2,24}? )?off\b", "disable"),
    (r"(?:switch|turn)(?:es|s|ing|ed)? (?:it |them |the [\w ]{2,24}? )?on\b", "enable"),
    (r"(?:take|book)(?:s|ing|n)? (?:it |them |the [\w ]{2,24}? )?out\b", "remove"),
    (r"(?:take|taken) over\b", "acknowledge"),
    (r"sign(?:s|ing|ed)? (?:it |them )?off\b", "approve"),
    (r"follow(?:s|ing|ed)? up\b", "remind"),
    (r"pick(?:s|ing|ed)? (?:it |them )?up\b", "collect"),
    (r"send(?:s|ing)? (?:it |them |the [\w ]{2,24}? )?back\b", "return"),
    (r"make(?:s)? sure\b", "check"),
    (r"make(?:s)? a note\b", "record"),
    (r"leave(?:s)? a note\b", "record note"),
    (r"(?:start|begin)(?:s|ning)? by\b", ""),
)


def _openings(pattern: str) -> tuple[str, ...]:
    """Return the beginnings of a phrase: a text that holds none of them does not hold the phrase."""
    told = re.match(r"\(\?:([a-z|]+)\)|([a-z]+)(\??)", pattern)
    if told is None:
        raise ValueError(f"A phrase begins with letters or a choice of words, not so: {pattern}")
    return tuple(told[1].split("|")) if told[1] else (told[2][:-1] if told[3] else told[2],)


_PHRASE_RULES = tuple(
    (_openings(pattern), re.compile(rf"\b{pattern}", re.IGNORECASE), f" {verb} ")
    for pattern, verb in _PHRASES
)
_OPENS_PHRASE = frozenset(opening[:3] for openings, _, _ in _PHRASE_RULES for opening in openings)
"""The first letters of the words that may open a phrase."""
_HINT = re.compile(
    r"\b(?:up|at|into|in|for|through|over|out|if|whether|what|which|off|aside|down|line|note|message|know|ring|call|"
    r"on|hold|to|back|sure|by)\b",
    re.IGNORECASE,
)
"""Words without which a text holds none of the phrases."""
_WORD = re.compile(r"[a-z]+(?:[_-][a-z]+)*")
_LETTERS = re.compile(r"[a-z]+")


@lru_cache(maxsize=8192)
def plain_words(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case, phrases of several words as the verb that they stand for."""
    low = text.casefold()
    heads = {word[:3] for word in _LETTERS.findall(low)}
    if not heads.isdisjoint(_OPENS_PHRASE) and _HINT.search(text):
        for openings, pattern, verb in _PHRASE_RULES:
            if any(map(low.__contains__, openings)):
                text, count = pattern.subn(verb, text)
                low = text.casefold() if count else low
    found: list[str] = []
    for word in _WORD.findall(text.lower().replace("’s", "").replace("'s", "")):
        found.extend([word] if "_" in word else word.split("-"))
    return tuple(word for word in found if word)


@lru_cache(maxsize=20000)
def concept_stem(word: str) -> str:
    """Return the stem by which a word is compared; phrases are compared as they are."""
    return word if "_" in word else stem(word)


def _index(groups: str) -> dict[str, frozenset[int]]:
    index: dict[str, set[int]] = {}
    for number, group in enumerate(groups.split(";")):
        for word in group.split():
            index.setdefault(concept_stem(word), set()).add(number)
    return {word: frozenset(numbers) for word, numbers in index.items()}


@lru_cache(maxsize=1)
def doings() -> dict[str, frozenset[int]]:
    """Return the groups of each stem that tells what is done."""
    return _index(_DOINGS)


@lru_cache(maxsize=1)
def things() -> dict[str, frozenset[int]]:
    """Return the groups of each stem that tells what it is done to."""
    return _index(_THINGS)


@lru_cache(maxsize=60000)
def same_doing(one: str, other: str) -> float:
    """Return how far two stems mean the same thing being done: 1 the same word, 0 nothing in common."""
    if one == other:
        return 1.0
    return 0.7 if doings().get(one, frozenset()) & doings().get(other, frozenset()) else 0.0


@lru_cache(maxsize=60000)
def same_thing(one: str, other: str) -> float:
    """Return how far two stems mean the same thing: 1 the same word, 0 nothing in common."""
    if one == other:
        return 1.0
    return 0.7 if things().get(one, frozenset()) & things().get(other, frozenset()) else 0.0


def meaningful(words: Iterable[str]) -> list[str]:
    """Return the stems of the words that carry meaning, in order, each once."""
    return list(
        dict.fromkeys(concept_stem(word) for word in words if word not in STOP_WORDS and len(word) > 1)
    )
