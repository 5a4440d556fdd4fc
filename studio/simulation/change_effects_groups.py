"""Groups of customers who are treated differently in the same way, and what they share that others lack.

- A group is told by facts: a range of numbers, or a few values, that everybody in it has; as many as it takes
  to leave out the others who met what is changed, three at most. Facts that the change compares come first,
  then facts that the agent decides by, manners and failures; what nothing decides by tells nothing.
- Where others remain who have all of it too, the group says so ("12 of 20 customers with …").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from studio.checks.fact_words import COUNTED, FactWords
from studio.diff.naming import listed
from studio.domain.agent import Agent
from studio.domain.condition import Scalar, spell
from studio.domain.consequence import KINDS, EffectGroup, Story, Talk
from studio.domain.frozen import to_json
from studio.domain.scenario import Scenario, fault_in_words
from studio.domain.trace import Turn
from studio.domain.workflow import Say
from studio.simulation.change_effects_telling import counts
from studio.simulation.change_effects_trial import Found, Pair, Tried, likeness
from studio.simulation.situations import boundaries

MOST_FACTS = 3
"""Facts by which a group is told."""
MOST_VALUES = 4
"""Values of one fact that are told one by one."""
STORIES = 4
"""Conversations that are kept of a group."""
_CODES = ("code", "email", "phone", "text", "date")
_MONEY = re.compile(r"amount|price|fee|cost|total|refund|charge|balance|value", re.I)
_RULE = re.compile(r"\b[A-Z]{1,3}-\d+\b")
_SIGN = re.compile(r"([$€£])\s?\d|\d\s?([$€£])")


@dataclass(frozen=True, slots=True)
class Words:
    """How facts of an agent are called, which of them are codes, and the sign of its money."""

    labels: Mapping[str, str]
    codes: frozenset[str]
    money: frozenset[str]
    deciding: frozenset[str]
    sign: str
    rules: Mapping[str, str]
    facts: FactWords = field(default_factory=lambda: FactWords(()))

    @classmethod
    def of(cls, *agents: Agent) -> Words:
        """Return the words of some agents, the first first; customers are counted as the last one counts."""
        slots = {slot.id: slot for a in reversed(agents) for flow in a.workflows for slot in flow.slots}
        columns = {c.id: c.label for a in reversed(agents) for table in a.tables for c in table.inputs}
        keys = {table.key for agent in agents for table in agent.records or ()}
        texts = [s.text for a in agents for f in a.workflows for s in f.steps if isinstance(s, Say)]
        texts += [rule.text for agent in agents for rule in agent.charter.rules]
        found = next((m for text in texts if (m := _SIGN.search(text))), None)
        return cls(
            {**{n: s.label for n, s in slots.items() if s.label}, **{n: w for n, w in columns.items() if w}},
            frozenset(n for n, s in slots.items() if s.type in _CODES) | frozenset(keys),
            frozenset(n for n, s in slots.items() if s.type == "money"),
            frozenset(name for agent in agents for name in boundaries(agent, [to_json(agent)])),
            (found[1] or found[2]) if found else "",
            {r.id: r.title for agent in reversed(agents) for r in agent.charter.rules if r.title},
            FactWords(agents, agents[-1]),
        )

    def said(self, text: str) -> str:
        """Return a sentence in which each rule is called by its title too."""
        return _RULE.sub(lambda m: f"“{self.rules[m[0]]}” ({m[0]})" if m[0] in self.rules else m[0], text)

    def told(self, name: str, span: str) -> str:
        """Return a fact with its values: "24–47 hours until the appointment", "refund £201–£350"."""
        called = self.label(name)
        if COUNTED.match(called) and span[:1].isdigit():
            return self.facts.counted(name, called, span)
        if span.startswith(self.sign or " "):
            return self.facts.money(called, span)
        return f"{called} {span}"

    def label(self, name: str) -> str:
        """Return what a fact is called."""
        return self.facts.label(name, self.labels.get(name, "")).casefold()

    def spelt(self, name: str, value: Scalar) -> str:
        """Return a value of a fact."""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if self.sign and not isinstance(value, bool | str) and self.is_money(name):
            return f"{self.sign}{value:,}" if isinstance(value, int) else f"{self.sign}{value:,.2f}"
        return spell(value)

    def is_money(self, name: str) -> bool:
        """Return whether a fact is an amount of money."""
        return name in self.money or bool(_MONEY.search(name))


def facts_of_customer(tried: Tried, card: Scenario) -> dict[str, Scalar]:
    """Return what tells a customer from others: facts, and (with "!") manners and failures in words."""
    facts = dict(tried.facts)
    facts.update({f"!in the manner “{each}”": True for each in card.behaviours})
    facts.update({f"!when {fault_in_words(each)}": True for each in card.faults})
    return facts


@dataclass(frozen=True, slots=True)
class _Sharing:
    """One fact that all of a group have: in words, and the customers elsewhere who have it too."""

    words: str
    others: frozenset[int]
    weight: int


def groups_of(
    pair: Pair,
    tried: Sequence[Tried],
    cards: Sequence[Scenario],
    words: Words,
    near: Iterable[str] = (),
) -> tuple[EffectGroup, ...]:
    """Return the groups of customers who are treated differently by a pair, the largest of each kind first.

    `near` are the facts that the change compares.
    """
    by_likeness: dict[str, list[int]] = {}
    for at, each in enumerate(tried):
        if (found := each.found.get(pair)) is not None and (grave := counts(found.differences)):
            by_likeness.setdefault(likeness(grave), []).append(at)
    facts = [facts_of_customer(each, cards[each.place[0]]) for each in tried] if by_likeness else []
    made = [_group(pair, tried, cards, members, facts, words, near) for members in by_likeness.values()]
    return tuple(sorted(made, key=lambda each: (_gravest(each), -each.count)))


def _gravest(group: EffectGroup) -> int:
    return KINDS.index(group.kinds[0])


def name_of(tried: Tried, cards: Sequence[Scenario]) -> str:
    """Return the name of a customer: the card, and the person where it is another one than the card's own."""
    card, number = cards[tried.place[0]], tried.place[1]
    return f"{card.id}, person {number + 1}" if number else card.id


def _group(
    pair: Pair,
    tried: Sequence[Tried],
    cards: Sequence[Scenario],
    members: Sequence[int],
    facts: Sequence[Mapping[str, Scalar]],
    words: Words,
    near: Iterable[str],
) -> EffectGroup:
    inside = set(members)
    flows = {cards[tried[at].place[0]].workflow for at in members}
    rest = [
        at for at, each in enumerate(tried) if at not in inside and cards[each.place[0]].workflow in flows
    ]
    others = frozenset(at for at in rest if not counts(tried[at].found.get(pair, _NONE).differences))
    rivals = frozenset(rest) - others
    shared, left = _described([facts[at] for at in members], others, rivals, facts, words, frozenset(near))
    finds = [tried[at].found[pair] for at in members]
    alike = [words.said(each) for each in _common(finds)]
    amounts = _amounts(finds, words)
    beside = f", {amounts}" if amounts and amounts not in shared else ""
    count = len(members)
    many = f"{count} of {count + len(left)} customers" if left else f"{count} customer{'s'[: count > 1]}"
    who = f"{many} {shared or 'who get there'}"
    return EffectGroup(
        title=f"{who}: {alike[0].removeprefix('is ')}{beside}",
        who=shared,
        what="; ".join(alike),
        kinds=tuple(
            kind for kind in KINDS if any(d.kind == kind for f in finds for d in counts(f.differences))
        ),
        customers=tuple(name_of(tried[at], cards) for at in members),
        exact=not left,
        amounts=amounts,
        stories=tuple(_retold(each.story, words) for each in finds if each.story is not None)[:STORIES],
    )


def _retold(story: Story, words: Words) -> Story:
    differences = tuple(d.model_copy(update={"words": words.said(d.words)}) for d in story.differences)
    sides = {"before": _named(story.before, words), "after": _named(story.after, words)}
    return story.model_copy(update={"differences": differences, **sides})


def _named(talk: Talk, words: Words) -> Talk:
    """Return a conversation in which a rule that was told is called by its title too."""
    return talk.model_copy(update={"turns": tuple(_named_turn(turn, words) for turn in talk.turns)})


def _named_turn(turn: Turn, words: Words) -> Turn:
    if not any(event.kind == "disclosure" and event.rule for event in turn.events):
        return turn
    events = tuple(
        each.model_copy(update={"detail": words.said(each.detail)}) if each.kind == "disclosure" else each
        for each in turn.events
    )
    return turn.model_copy(update={"events": events})


_NONE = Found(())


def _common(finds: Sequence[Found]) -> list[str]:
    """Return what differs for everybody of a group, the gravest first."""
    first = counts(finds[0].differences)
    said = [{each.alike: each.words for each in found.differences} for found in finds]
    alike = dict.fromkeys(each.alike for each in first if each.kind != "length") or {first[0].alike: None}
    values = {each.alike for each in first if each.kind == "amounts"}
    there = [words for at, words in enumerate(alike) if not at or all(words in each for each in said)]
    return [_same_values(words, said) if words in values else words for words in there]


def _same_values(alike: str, said: Sequence[Mapping[str, str]]) -> str:
    """Return what differs with its values, where they are the same for everybody of a group."""
    told = {each.get(alike, "") for each in said}
    if len(told) > 1 or not (words := next(iter(told)).rstrip(".")):
        return alike
    return words[:1].lower() + words[1:]


def _described(
    group: Sequence[Mapping[str, Scalar]],
    others: frozenset[int],
    rivals: frozenset[int],
    facts: Sequence[Mapping[str, Scalar]],
    words: Words,
    near: frozenset[str],
) -> tuple[str, frozenset[int]]:
    """Return what a group shares in words, and who has all of it, too, and is treated as before.

    `others` are treated as before, `rivals` otherwise than the group: what tells it leaves out both.
    """
    everybody = others | rivals
    candidates = list(_shared(group, everybody, facts, words, near))
    chosen: list[_Sharing] = []
    left = everybody
    for weight in sorted({each.weight for each in candidates}, reverse=True):
        rest = [each for each in candidates if each.weight == weight]
        while left and rest and len(chosen) < MOST_FACTS:
            best = min(rest, key=lambda each: len(left & each.others))
            fewer = len(left) - len(left & best.others)
            if not fewer or (not left & others and fewer < len(left) / 2):
                break
            chosen.append(best)
            left &= best.others
            rest.remove(best)
    plain = [each.words for each in chosen if not each.words.startswith(("whose ", "in ", "when "))]
    whose = [each.words for each in chosen if each.words.startswith("whose ")]
    manners = [each.words for each in chosen if each.words.startswith(("in ", "when "))]
    told = f"with {listed(plain)}" if plain else ""
    return " ".join(filter(None, [told, listed(whose), *manners])), left & others


def _shared(
    group: Sequence[Mapping[str, Scalar]],
    others: frozenset[int],
    facts: Sequence[Mapping[str, Scalar]],
    words: Words,
    near: frozenset[str],
) -> Iterable[_Sharing]:
    for name in group[0]:
        if name in words.codes or any(name not in each for each in group):
            continue
        values = [each[name] for each in group]
        if name.startswith("!"):
            yield _Sharing(name[1:], frozenset(at for at in others if name in facts[at]), 1)
            continue
        if name not in near and name not in words.deciding:
            continue
        weight = 3 if name in near else 2
        numbers = [v for v in values if isinstance(v, int | float) and not isinstance(v, bool)]
        if len(numbers) == len(values):
            low, high = min(numbers), max(numbers)
            span = words.spelt(name, low)
            span += f"–{words.spelt(name, high)}" if low != high else ""
            inside = frozenset(at for at in others if _within(facts[at].get(name), low, high))
            yield _Sharing(words.told(name, span), inside, weight)
        elif len(few := list(dict.fromkeys(values))) <= MOST_VALUES:
            told = " or ".join(f"“{v}”" if isinstance(v, str) else spell(v) for v in few)
            same = frozenset(at for at in others if facts[at].get(name) in few and name in facts[at])
            label = words.label(name)
            said = (
                f"whose “{label}” is {told}" if all(isinstance(v, bool) for v in few) else f"{label} {told}"
            )
            yield _Sharing(said, same, weight)


def _within(value: Scalar | None, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _amounts(finds: Sequence[Found], words: Words) -> str:
    """Return the span of money in calls that only one side makes."""
    amounts = [(name, value) for found in finds for name, value in found.amounts if words.is_money(name)]
    if not any(value for _, value in amounts):
        return ""
    name, low, high = amounts[0][0], min(v for _, v in amounts), max(v for _, v in amounts)
    first, last = words.spelt(name, low), words.spelt(name, high)
    return first if low == high else f"{first}–{last}"
