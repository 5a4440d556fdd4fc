"""Requests for some only: another value for a group of customers, a rule that holds only in a case.

- A value for some never changes the value for all: the rule that states it stays, and a second one stands
  beside it. Where it is not sure which rule is meant, whoever asked chooses; for everybody is one choice.
- Where no known fact says who or when that is, no guard can know it, and that is said first.
"""

from __future__ import annotations

import re

from studio.cobuilder.requests.conditions import condition, known
from studio.cobuilder.requests.items import Index, Item, stems_of
from studio.cobuilder.requests.kinds import Done, Ground, Kind, No, NotMine, Outcome, Turn, Unsure
from studio.cobuilder.requests.rules import next_rule_id
from studio.cobuilder.requests.wording import initial, verb_words
from studio.cobuilder.words.known_facts import compares, opposite
from studio.cobuilder.words.values import Value, patched, values_in
from studio.domain.charter import Guard, Rule
from studio.domain.condition import All, AnyOf, Compare, Condition, Not
from studio.domain.request import Choice

_PEOPLE = (
    r"(?:customers?|members?|patients?|clients?|users?|guests?|people|shoppers?|buyers?|subscribers?"
    r"|holders?|callers?|parents?|visitors?|companies|businesses|couples|families)"
)
_KNOWN = (
    r"(?:students?|pensioners?|seniors?|children|kids|adults|teenagers?|employees|colleagues|veterans?|vips?"
    r"|newcomers|regulars|apprentices|nurses|teachers|retailers|wholesalers|the (?:disabled|unemployed|"
    r"elderly))"
)
_ALL = frozenset(
    "a an the our your their its his her my all any every each most some these those this that such both "
    "only "
    "just even also for to of and or but than then with from by in on at as if when more less fewer many few "
    "let lets tell give gives offer offers grant allow allows make so we they it i you can may must should "
    "will "
    "shall would could do does did have has had is are was were be been not no never ever please now only "
    "change set raise lower extend increase reduce charge bill where what which who why how whether whose "
    "loyal dear good many other certain existing like want wish prefer love need expect would remind our "
    "here "
    "how so well when while until unless because since".split()
)
_AFTER = re.compile(
    rf"\b(?P<group>{_PEOPLE}\s+(?:(?:aged |who are )?(?:over|under|above|below) \d+|(?:with|without|who|"
    rf"whose|from)\s"
    rf"(?:(?!\b(?:can|may|must|should|get|have|gets|has to|pay|pays)\b)[^,“”])+?))(?=$|,|\s(?:can|may|must|"
    rf"should|"
    rf"get|gets|have|pay|pays|is|are|to|only)\b)",
    re.IGNORECASE,
)
_BEFORE = re.compile(rf"\b(?P<words>(?:[A-Za-z][\w'-]*\s+){{1,3}}){_PEOPLE}\b", re.IGNORECASE)
_BARE = re.compile(rf"\b{_KNOWN}\b", re.IGNORECASE)


def group_in(text: str, ground: Ground) -> str:
    """Return the words that name some of the customers, or "" where a request is about all of them."""
    bald = re.sub(r"“[^”]*”", " ", text)
    found = _AFTER.search(bald)
    if found is not None:
        return found["group"].strip()
    for hit in _BEFORE.finditer(bald):
        words = hit["words"].split()
        kept: list[str] = []
        for word in reversed(words):
            if word.casefold() in _ALL or word.casefold() in verb_words() or re.search(r"\d", word):
                break
            kept.insert(0, word)
        if kept and not stems_of(" ".join(kept)) <= _everybody(ground):
            return " ".join([*kept, hit[0].split()[-1]])
    bare = _BARE.search(bald)
    if bare is not None and not stems_of(bare[0]) <= _everybody(ground):
        return bare[0]
    return ""


def _everybody(ground: Ground) -> frozenset[str]:
    """Return the words by which the agent calls all its customers."""
    charter = ground.agent.charter
    return stems_of(f"{charter.audience} {ground.agent.name}")


def _value_for(turn: Turn) -> Outcome:
    said = turn.words.get("loose", "")
    group = turn.text("group") or group_in(said, turn.ground)
    if not group or "?" in turn.said:
        return NotMine()
    new = _new_value(turn.text("new") or said.replace(group, " "))
    if new is None:
        return NotMine()
    if "rule" in turn.found:
        return _beside(turn, turn.agent.charter.rule(turn.item("rule").id), group, new)
    rest = re.sub(r"\b(?:for|only|just|to|of)\b", " ", said.replace(group, " ").replace(new.words, " "))
    rules = _stating(turn, new, rest)
    if not rules:
        return NotMine()
    made = []
    for item in rules[:3]:
        for_some = f"for {group} only, change {item.id} to {new.shown}"
        made.append(Choice(label=f"For {group} only: {new.shown} in rule {item.label}", request=for_some))
    first = rules[0]
    made.append(
        Choice(
            label=f"For everybody: {new.shown} in rule {first.label}",
            request=f"change {first.id} to {new.shown}",
        )
    )
    told = re.search(
        rf"(?:^|\b(?:for|to|give|offer|grant|only) )(?:the |our )?{re.escape(group)}\b", said, re.IGNORECASE
    )
    if told and len(rules) == 1 and _named(turn, first, rest):
        return _beside(turn, turn.agent.charter.rule(first.id), group, new)
    return Unsure(f"Shall {new.shown} hold for {group} only, or for everybody?", tuple(made))


def _new_value(text: str) -> Value | None:
    bald = re.sub(r"\b[A-Z]-\d+\b", "it", text)  # “R-03 to 45 days” is no range
    found = [v for v in values_in(bald) if v.kind in ("money", "duration", "percent")]
    return found[-1] if found else None


def _stating(turn: Turn, new: Value, rest: str) -> list[Item]:
    """Return the rules that state one value of the same measure, those that the words speak of first."""
    stems = stems_of(rest)
    found: list[tuple[int, Item]] = []
    for item in turn.ground.index.items:
        if item.kind != "rule":
            continue
        values = [v for v in values_in(turn.agent.charter.rule(item.id).text) if v.kind == new.kind]
        if len(values) == 1:
            near = values[0].unit == new.unit and values[0].high is None
            found.append((3 * len(stems & item.words) + len(stems & item.more) + near, item))
    best = max((score for score, _ in found), default=0)
    return [item for score, item in sorted(found, key=lambda each: -each[0]) if score >= max(1, best - 1)]


def _named(turn: Turn, item: Item, rest: str) -> bool:
    """Return whether the words beside the value name this rule, and no other as well."""
    rules = Index([i for i in turn.ground.index.items if i.kind == "rule"])
    return bool(stems_of(rest) & (item.words | item.more)) and rules.find(rest, ("rule",)).items[:1] in (
        (),
        (item,),
    )


def _beside(turn: Turn, rule: Rule, group: str, new: Value) -> Outcome:
    """Put a rule for the group beside the rule for all; the old one names it as its exception."""
    old = next((v for v in values_in(rule.text) if v.kind == new.kind), None)
    if old is None:
        return No(f"Rule {rule.id} states no such value: “{rule.text}”")
    if old.equals(new):
        return No(f"Rule {rule.id} says {old.shown} already, for everybody: “{rule.text}”")
    number, sentence = next_rule_id(turn), patched(rule.text, old, new)
    first = sentence if re.match(r"[A-Z]{2}", sentence) else sentence[:1].lower() + sentence[1:]
    title = f"{initial(group)}: {new.shown}"
    fact = condition(group, known(turn.agent, rule.workflows))
    fields: dict[str, object] = {
        "id": number,
        "title": title,
        "text": f"For {group}: {first}",
        "segments": (group,),
        "citations": (),
        "guard": None,
        "enforced_by": "text only",
    }
    base: dict[str, object] = {"text": f"{rule.text.rstrip('.')}; for {group}, rule {number} holds instead."}
    guards = _guards(rule, old, new, fact)
    if guards is not None:
        base["guard"], fields["guard"] = guards
        fields["enforced_by"] = "guard"
    made = rule.model_copy(update=fields)
    turn.sketch.put(f"charter/rules/{number}", made, turn.why(f"New rule {number}: {title}"))
    why = turn.why(f"{rule.id} no longer holds for {group}", *rule.citations)
    turn.sketch.edit(f"charter/rules/{rule.id}", rule, why, **base)
    return Done(
        f"I propose rule {number} beside {rule.id} “{rule.title}”: “{made.text}” For everybody else "
        f"{old.shown} stays.",
        f"{initial(group)}: {new.shown} instead of {old.shown}",
        _unknown(rule, group, old, guarded=guards is not None),
    )


def _unknown(rule: Rule, group: str, old: Value, *, guarded: bool) -> tuple[str, ...]:
    if guarded:
        return (f"The guards know {group}; look whether a decision still goes by {old.shown} for all.",)
    stays = f"; until then the guard of {rule.id} stops at {old.shown} for them, too" if rule.guard else ""
    return (
        f"Nothing the agent asks or looks up says who belongs to “{group}”, so it is text that people and "
        f"language models follow{stays}. Let the agent ask for it, or give it a system that knows.",
    )


def _guards(rule: Rule, old: Value, new: Value, fact: Condition | None) -> tuple[Guard, Guard] | None:
    """Return the guard of the rule for all, and that of the rule for some, where a fact tells them apart."""
    stops = rule.guard.forbidden_when if rule.guard else None
    if rule.guard is None or stops is None or not isinstance(fact, Compare):
        return None
    if not any(c.value == old.amount for c in compares(stops)):
        return None
    here = _with_value(stops, old.amount, new.amount)
    return (
        rule.guard.model_copy(update={"forbidden_when": All(of=(stops, opposite(fact)))}),
        rule.guard.model_copy(update={"forbidden_when": All(of=(here, fact))}),
    )


def _with_value(stops: Condition, old: float, new: float) -> Condition:
    if isinstance(stops, Compare):
        return stops.model_copy(update={"value": new}) if stops.value == old else stops
    if isinstance(stops, All | AnyOf):
        return stops.model_copy(update={"of": tuple(_with_value(each, old, new) for each in stops.of)})
    return (
        stops.model_copy(update={"of": _with_value(stops.of, old, new)}) if isinstance(stops, Not) else stops
    )


# A rule that holds only in a case.


def _only(turn: Turn) -> Outcome:
    rule, case = turn.agent.charter.rule(turn.item("rule").id), turn.text("case")
    flows = turn.ground.index.find(re.sub(r"^(?:in|for|to|on|during|when)\s+", "", case), ("workflow",))
    if flows.items or flows.near:
        return NotMine()
    if rule.text.rstrip(".").endswith(f"only {case}"):
        return No(f"Rule {rule.id} says that already.")
    found = condition(case, known(turn.agent, rule.workflows))
    fields: dict[str, object] = {"text": f"{rule.text.rstrip('.')}; this holds only {case}."}
    warnings: tuple[str, ...] = ()
    if rule.guard and isinstance(found, Compare):
        stops = rule.guard.forbidden_when
        both = found if stops is None else All(of=(stops, found))
        fields["guard"] = rule.guard.model_copy(update={"forbidden_when": both})
    elif rule.guard or rule.enforced_by == "step":
        how = "guard" if rule.guard else "step that carries it out"
        warnings = (
            f"No fact says whether it is “{case}”, so the {how} of {rule.id} goes on in every case; only the "
            f"words change.",
        )
    title = f"Rule {rule.id}: only {case}"
    turn.sketch.edit(f"charter/rules/{rule.id}", rule, turn.why(title, *rule.citations), **fields)
    return Done(f"I propose that rule {rule.id} holds only {case}: “{fields['text']}”", title, warnings)


_CASE = (
    r"(?P<case>(?:on|when|if|during|between|at|for|in|to|from|after|before|within|while|as long as|outside|"
    r"until)"
    r"\b .+)"
)
_NEW = r"(?P<new>[£€$]?\s?\d[\w£€$%., -]*?)"

KINDS: tuple[Kind, ...] = (
    Kind(
        "value-for",
        "Values",
        "Give some customers another value: a rule for them beside the rule for everybody.",
        ("For gold members only, change R-03 to 45 days", "for students the label should cost £2"),
        (
            rf"(?:only )?for (?P<group>.+?)(?: only)?,? change (?P<rule>(?:rule )?R-\d+) to {_NEW}",
            rf"(?:<change>) (?P<rule>(?:rule )?R-\d+) to {_NEW} (?:but )?(?:only )?for (?P<group>.+?)(?: "
            rf"only)?",
            r"(?P<loose>(?=.*\d).+)",
        ),
        _value_for,
    ),
    Kind(
        "rule-condition",
        "Rules",
        "Let a rule hold only in a case: on some days, at some times, when a fact says so.",
        ("R-07 should hold only on weekdays", "apply R-08 only when the amount is above £20"),
        (
            rf"(?P<rule>(?:rule )?R-\d+):? (?:(?:<must>|is|are|holds?|applies|counts|does|will|matters) "
            rf")?(?:only"
            rf"|just) (?:(?:hold|apply|count|be (?:valid|used|told)|holds|applies|counts|valid|meant|matter|"
            rf"needed)"
            rf" )?{_CASE}",
            rf"(?:<the>)?rule {{rule}} (?:(?:<must>|is|are|holds?|applies|counts) )?only "
            rf"(?:(?:hold|apply|count|be valid|valid|meant) )?{_CASE}",
            rf"(?:<the>)?{{rule}} rule (?:(?:<must>|is|are|holds?|applies|counts) )?only "
            rf"(?:(?:hold|apply|count|be valid|valid|meant) )?{_CASE}",
            rf"(?P<rule>(?:rule )?R-\d+) (?:(?:<must>) )?(?:hold|apply|count|holds|applies|counts|is valid) "
            rf"only {_CASE}",
            rf"(?:apply|use|limit|restrict|enforce|keep|tell) (?:rule )?{{rule}} only {_CASE}",
            r"(?:limit|restrict) (?P<rule>(?:rule )?R-\d+) (?P<case>(?:to) .+)",
        ),
        _only,
    ),
)
