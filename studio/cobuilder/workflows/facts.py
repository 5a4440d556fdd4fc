"""Facts of a workflow that is being drafted: what is known by then, and a condition in words as a test on it.

- A fact comes from the customer (a slot) or from a system. A system that the draft itself describes may
  be given more to answer; one that the agent has answers what its schema says, and no more.
- A threshold is read as a number with its unit; what cannot be measured is a yes or no.
- What only the customer can know (what they want) is asked of the customer, just before it is needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from studio.cobuilder.words.known_facts import OPPOSITES, KnownFact, codes_in, conditions_in, is_amount
from studio.cobuilder.words.spoken import CUSTOMER, asked, capital
from studio.cobuilder.words.values import Value, plain, values_in
from studio.cobuilder.words.vocabulary import stems
from studio.domain.condition import All, AnyOf, Compare, Condition, Not, Operator
from studio.domain.frozen import Json
from studio.domain.source import Citation
from studio.domain.tool import Tool
from studio.domain.workflow import Slot, SlotType

_JOINED = re.compile(
    r",?\s+(?P<how>and|or)\s+(?=(?:if\s+)?(?:the|it|they|he|she|an?|no|there|their|this|your|its|is|are|was|were|"
    r"has|have|can|cannot|did|does|will|isn['’]t|hasn['’]t)\b)",
    re.I,
)
_VERB = r"(?:is|are|was|were|has|have|can|cannot|did|does|will|isn['’]t|hasn['’]t)"
_SUBJECT = re.compile(rf"^(?P<who>.+?)\s+{_VERB}\b", re.I)
_VERB_FIRST = re.compile(rf"^{_VERB}\b", re.I)
_LEAD = re.compile(
    r"^(?:only\s+)?(?:if|when|where|once|in case|as soon as|whenever|provided(?: that)?|should)\s+", re.I
)
_NOT = re.compile(
    r"\b(?:not|no|never|nothing|nobody|none|without|cannot)\b|n['’]t\b|\bout of (?=stock)", re.I
)
_WANTS = re.compile(
    rf"\b(?:{CUSTOMER}|they|he|she)\s+(?:(?:still|then|really|instead)\s+)?(?:wants?|wishes|would like|"
    r"would rather|prefers?|chooses?|asks?|requests?|agrees?|accepts?|declines?|refuses?|insists?|needs?|"
    r"says?)\b"
    r"|\b(?:is|are)\s+(?:wanted|requested|preferred|wished for|desired|chosen|accepted|declined)\b"
    r"|^(?:on a )?(?:yes|no)\b",
    re.IGNORECASE,
)
EMPTY = frozenset(
    "the a an is are was were be been being has have had do does did that this these those it its they their "
    "he she of to in on at for by with from as and or if when there any some than more less then customer "
    "caller client yet already still just only can could will would should may might not no never cannot "
    "ago old above below over under within up least most exactly after before since wants want wanted wish "
    "would like asks requested older larger higher greater bigger longer smaller lower younger shorter "
    "unless".split()
)
_OPERATORS: dict[str, Operator] = {"at most": "<=", "at least": ">=", "above": ">", "below": "<"}
_TYPES: dict[SlotType, str] = {"number": "number", "money": "number", "yes or no": "boolean"}
ANY_AMOUNT = frozenset(stems("amount sum total price cost fee charge value much"))
"""Words for an amount that do not tell which."""
_COMPARATIVE = re.compile(
    r"\b(?P<word>older|larger|higher|greater|bigger|longer|smaller|lower|younger|shorter)\s+than\s*$"
)
_DENIED = re.compile(r"(?:\bnot|\bno|\bnever|n['’]t)\s+(?:be\s+|been\s+)?\w+(?:\s+than)?\s*$", re.IGNORECASE)
_UNLESS = re.compile(r"^(?:(?:but )?unless|except (?:if|when|where))\s+", re.IGNORECASE)
_LESS = frozenset("smaller lower younger shorter".split())
_AFTER = re.compile(
    r"^\s*(?P<side>or more|or older|or above|and more|and above|or longer|or less|or below|or fewer)\b"
)


@dataclass(slots=True)
class DraftTool:
    """A system that the document needs and the agent lacks, while it is described."""

    name: str
    description: str
    effect: str
    parameters: dict[str, Json] = field(default_factory=dict)
    returns: dict[str, Json] = field(default_factory=dict)
    cited: tuple[Citation, ...] = ()

    def built(self) -> Tool:
        """Return the system as a tool of the agent."""
        return Tool.model_validate(
            {
                "name": self.name,
                "description": self.description,
                "effect": self.effect,
                "parameters": {
                    "type": "object", "properties": self.parameters, "required": list(self.parameters)
                },
                "returns": {"type": "object", "properties": self.returns},
            }
        )  # fmt: skip


@dataclass(slots=True)
class FactBook:
    """What is known at the present place of a draft; `wanted` are facts to be asked before going on.

    `last` is the described system that was looked into last, `fixed` says that it is one the agent has.
    """

    slots: dict[str, Slot] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)
    results: dict[str, KnownFact] = field(default_factory=dict)
    wanted: list[str] = field(default_factory=list)
    last: DraftTool | None = None
    fixed: bool = False

    def facts(self) -> list[KnownFact]:
        """Return everything that conditions may read."""
        own = [KnownFact(s.id, "draft", s.type, s.label, s.choices) for s in self.slots.values()]
        return [*own, *self.results.values()]

    def condition(self, text: str) -> Condition | None:
        """Return the test that a condition in words makes, or None where nothing can tell it."""
        words = text.strip().rstrip(".:,;")
        turned = _UNLESS.match(words)
        words = words[turned.end() :] if turned else _LEAD.sub("", words)
        pieces, joints = _cut(words)
        if len(set(joints)) > 1:
            return None  # "a or b and c" is read differently by different people
        tests = [self._test(piece) for piece in pieces]
        found = [test for test in tests if test is not None]
        if not found or len(found) != len(tests):
            return None
        whole = found[0]
        if len(found) > 1:
            whole = AnyOf(of=tuple(found)) if "or" in joints else All(of=tuple(found))
        return _opposite(whole) if turned else whole

    def _test(self, words: str) -> Condition | None:
        return self._named(words) or self._measured(words) or self._yes_or_no(words)

    def _named(self, words: str) -> Condition | None:
        """Return the test on a fact whose name, or one of whose values, the words give in full."""
        for fact, test in conditions_in(words, self.facts()):
            if not isinstance(test.value, bool):
                test = Compare(field=test.field, op="!=", value=test.value) if _NOT.search(words) else test
            elif _NOT.search(words):
                test = Compare(field=test.field, op="=", value=False)
            self._need(fact.name)
            return test
        return None

    def _measured(self, words: str) -> Condition | None:
        values = [v for v in values_in(words) if v.kind != "date"]
        if len(values) != 1 or _is_cut(words, values[0]):
            return None
        value = values[0]
        if value.high is None and re.search(
            r"\b(?:and|or|but)\b(?! (?:more|less|above|older|below|fewer))", words
        ):
            return None  # a figure is half of what is asked for there
        operator = _operator(words, value)
        if operator is None:
            return None
        fact = self._number_known(words, value) or self._new_number(words, value)
        if fact is None:
            return None
        low = Compare(field=fact, op=operator, value=plain(value.amount))
        if value.high is None:
            return low
        return All(
            of=(
                Compare(field=fact, op=">=", value=plain(value.amount)),
                Compare(field=fact, op="<=", value=plain(value.high)),
            )
        )

    def _number_known(self, words: str, value: Value) -> str | None:
        said = _content(f"{words[: value.start]} {words[value.end :]}")
        fits = [
            fact
            for fact in self.facts()
            if fact.type in ("number", "money")
            and (is_amount(fact.name) if value.kind == "money" else value.unit.split()[-1] in fact.name)
        ]
        if value.kind == "money" and said <= ANY_AMOUNT and not any(fact.words & said for fact in fits):
            said = frozenset()  # "the fee": the one amount that is known, whatever it is called
        best = max(fits, key=lambda fact: len(fact.words & said), default=None)
        if best is None or (said and not best.words & said) or (not said and len(fits) > 1):
            return None
        self._need(best.name)
        return best.name

    def _new_number(self, words: str, value: Value) -> str | None:
        after = words[value.end :]
        rest = _key(
            f"{words[: value.start]} {after.replace(value.event_words, ' ') if value.event_words else after}"
        )
        if value.kind == "duration":
            unit = f"{value.unit.split()[-1]}s"
            way = "until" if re.search(r"\bbefore\b", value.event_words or words) else "since"
            about = _key(value.event or "") or rest
            name, label = f"{unit}_{way}_{about or 'start'}", f"{unit.capitalize()} {way} {about or 'start'}"
        elif value.kind == "money":
            name = rest if is_amount(rest) else f"{rest}_amount" if rest else "amount"
            label = name.capitalize()
        else:
            unit = "percent" if value.kind == "percent" else f"{value.unit}s"
            name = f"{rest}_{unit}" if rest and unit not in rest else unit
            label = name.capitalize()
        kind: SlotType = "money" if value.kind == "money" else "number"
        return self._learn(name, label.replace("_", " "), kind, words)

    def _yes_or_no(self, words: str) -> Condition | None:
        if values_in(words):
            return None  # what has a figure is measured, or asked about
        joined = re.search(r"\b(?:and|or|nor|but)\b", words)
        negated = bool(_NOT.search(words)) and not joined
        name = _key(words)
        if not name:
            return None
        if joined and _NOT.search(words):
            name = f"not_{name}"  # the whole clause is the fact: taken apart it could mean another thing
        said = _content(words)
        same = [
            fact
            for fact in self.facts()
            if fact.type == "yes or no"
            and said
            and said <= fact.words
            and codes_in(words) <= codes_in(fact.name.replace("_", " "))
        ]
        fact = same[0].name if same else self._learn(name, words, "yes or no", words)
        if fact is None:
            return None
        self._need(fact)
        return Compare(field=fact, op="=", value=not negated)

    def _learn(self, name: str, label: str, kind: SlotType, words: str) -> str | None:
        """Make a new fact: an answer of the system called last, or a question to the customer."""
        wish = bool(_WANTS.search(words))
        if self.last is not None and not wish:
            schema = {"type": _TYPES.get(kind, "string"), "description": capital(label)}
            self.last.returns[name] = schema
            self.results[name] = KnownFact(
                name, "draft", "yes or no" if kind == "yes or no" else "number", capital(label),
                tool=self.last.name, result=name,
            )  # fmt: skip
            self.known.add(name)
            return name
        if self.fixed and not wish:
            return None
        positive = _positive(words)
        prompt = asked(positive) if kind == "yes or no" else f"What is the {label.lower()}?"
        example = "yes" if kind == "yes or no" else ""
        self.slots[name] = Slot(id=name, label=capital(label), type=kind, prompt=prompt, example=example)
        self._need(name)
        return name

    def _need(self, name: str) -> None:
        if name in self.slots and name not in self.known and name not in self.wanted:
            self.wanted.append(name)


def _cut(words: str) -> tuple[list[str], list[str]]:
    """Return the parts of a condition that are joined by "and" or "or", and the joining words."""
    pieces, joints, at = [], [], 0
    for match in _JOINED.finditer(words):
        pieces.append(words[at : match.start()])
        joints.append(match["how"].lower())
        at = match.end()
    pieces.append(words[at:])
    who = _SUBJECT.match(pieces[0])
    if who:  # "the order is not paid and is not shipped": the second part is about the same thing
        pieces = [f"{who['who']} {each}" if _VERB_FIRST.match(each) else each for each in pieces]
    return pieces, joints


def _opposite(test: Condition) -> Condition:
    """Return what holds where a test does not."""
    if isinstance(test, Compare) and isinstance(test.value, bool):
        return Compare(field=test.field, op="=", value=not test.value)
    return Not(of=test)


def _is_cut(words: str, value: Value) -> bool:
    """Tell whether a figure goes on beyond what was read of it ("1.000,50", "1,5", "1 000", "1k")."""
    before, after = words[: value.start], words[value.end :]
    return bool(
        re.search(r"\d[.,]?$", before)
        or re.match(r"[.,]\d|\s\d{3}\b|\s?[kKmM]\b", after)
        or (value.kind == "money" and re.search(r"\.\d{3}\b", value.words))
    )


def _operator(words: str, value: Value) -> Operator | None:
    denied = bool(_DENIED.search(words[: value.start]))
    if value.side in ("at most", "at least"):
        return _OPERATORS[value.side]
    if value.side is not None:
        operator = _OPERATORS[value.side]
        return OPPOSITES[operator] if denied else operator
    before = _COMPARATIVE.search(words[: value.start])
    if before:
        sign: Operator = "<" if before["word"] in _LESS else ">"
        return OPPOSITES[sign] if denied else sign
    after = _AFTER.match(words[value.end :])
    if after:
        return "<=" if after["side"].split()[1] in ("less", "below", "fewer") else ">="
    if value.high is not None:
        return "="
    return None


def _positive(words: str) -> str:
    """Return a clause without its "not", so that its question is answered by a plain yes."""
    plainer = re.sub(r"\s+(?:not|never)\b|n['’]t\b", "", words)
    return " ".join(re.sub(r"\bcannot\b", "can", plainer).split())


def _key(words: str) -> str:
    """Return the name of a fact: the words that carry the meaning, at most five, and every code like w10."""
    plainer = re.sub(r"n['’]t\b|['’]s\b", "", words.lower()).replace("out of stock", "stock")
    kept = [w for w in re.findall(r"[a-z][a-z0-9]*", plainer) if w not in EMPTY]
    return "_".join([*kept[:5], *(w for w in kept[5:] if codes_in(w))])


def _content(words: str) -> frozenset[str]:
    return frozenset(stems(_key(words).replace("_", " ")))
