"""Conditions as people say them, over known facts: "the amount is above £150", "it is for a child".

- A part that names no known fact, or a value no fact has, makes the whole condition unknown: nothing is
  guessed.
- A number goes to the fact whose name was said, else to the only fact of its measure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from studio.cobuilder.requests.items import stems_of
from studio.cobuilder.words.known_facts import KnownFact, conditions_in, facts_of, is_amount, is_span
from studio.cobuilder.words.values import Value, converted, plain, values_in
from studio.domain.agent import Agent
from studio.domain.condition import All, Compare, Condition, Operator, Scalar

_OPERATORS: tuple[tuple[str, Operator], ...] = (
    (r"\b(?:at least|no less than|not less than|minimum|or more|or longer|or later|from)\b|≥|>=", ">="),
    (
        r"\b(?:at most|up to|within|no more than|not more than|maximum|or less|or fewer|or earlier)\b|≤|<=",
        "<=",
    ),
    (r"\b(?:above|over|more than|greater than|exceed\w*|beyond|longer than|later than)\b|>", ">"),
    (r"\b(?:below|under|less than|fewer than|smaller than|shorter than|earlier than)\b|<", "<"),
)
_NOT = re.compile(r"\b(?:not|isn't|is no|has no|without|other than|except|n't)\b", re.IGNORECASE)
_BETWEEN = re.compile(r"\bbetween\b[^.;]*\d[^.;]*\band\b[^.;]*\d", re.IGNORECASE)
_BARE_NUMBER = re.compile(r"(?<![\w-])(\d+(?:\.\d+)?)(?![\w-])")


def known(agent: Agent, flows: Iterable[str] = ()) -> list[KnownFact]:
    """Return the facts that are filled in some workflows, or in all; each name once."""
    wanted = set(flows)
    found: dict[str, KnownFact] = {}
    for flow in agent.workflows:
        if not wanted or flow.id in wanted:
            for fact in facts_of(agent, flow):
                if fact.bound and fact.name not in found:
                    found[fact.name] = fact
    return list(found.values())


def _operator(text: str) -> Operator | None:
    return next((op for pattern, op in _OPERATORS if re.search(pattern, text, re.IGNORECASE)), None)


def _fits(fact: KnownFact, value: Value | None) -> bool:
    if fact.type not in ("number", "money") and value is not None:
        return False
    if value is None:
        return fact.type in ("number", "money")
    if value.kind == "money":
        return fact.type == "money" or (is_amount(fact.name, fact.label) and not is_span(fact.name))
    if value.kind == "duration":
        unit = value.unit.removeprefix("working ")
        if value.unit.startswith("working "):
            return "working" in fact.name and unit in fact.name
        return unit in fact.name or (unit in ("week", "month") and "day" in fact.name)
    return fact.type == "number"


def number_fact(text: str, facts: Sequence[KnownFact]) -> tuple[KnownFact, float] | None:
    """Return the fact a number in a phrase is about, with the number in its unit."""
    found = [value for value in values_in(text) if value.kind != "date"]
    single = _BARE_NUMBER.search(text)
    value = next((v for v in found if v.kind in ("money", "duration")), None)
    if value is None and not found and single is None:
        return None
    amount = value.amount if value else found[0].amount if found else float(single[1])  # type: ignore[index]
    fitting = [fact for fact in facts if _fits(fact, value)]
    said = stems_of(text)
    scored = sorted(fitting, key=lambda f: -len(said & (f.words | stems_of(f.label))))
    if not scored:
        return None
    overlap = [len(said & (fact.words | stems_of(fact.label))) for fact in scored]
    if value is None and overlap[0] == 0:
        return None
    plain_days = [f for f in scored if "working" not in f.name]
    best = scored[0] if overlap[0] > (overlap[1] if len(overlap) > 1 else 0) else (plain_days or scored)[0]
    return best, converted(value, f"{best.name} {best.label}") if value else amount


def _worded(text: str, facts: Sequence[KnownFact]) -> Compare | None:
    """Return a condition on a choice, or on a yes or no."""
    hits = conditions_in(text, facts)
    if hits:
        fact, test = hits[0]
        negative = bool(_NOT.search(text))
        if isinstance(test.value, bool):
            return test.model_copy(update={"value": not negative})
        return test.model_copy(update={"op": "!="}) if negative else test
    said = stems_of(text)
    for fact in facts:
        names = fact.words | stems_of(fact.label)
        if fact.type == "yes or no" and said and said <= names:
            return Compare(field=fact.name, op="=", value=not _NOT.search(text))
        for choice in fact.choices:
            if stems_of(choice) and stems_of(choice) <= said:
                return Compare(field=fact.name, op="!=" if _NOT.search(text) else "=", value=choice)
        answer = re.search(r"\b(?:is|=|should be|are)\s+(yes|no|true|false)\b", text, re.IGNORECASE)
        if answer and fact.type == "yes or no" and said & names:
            return Compare(field=fact.name, op="=", value=answer[1].lower() in ("yes", "true"))
    return None


def part(text: str, facts: Sequence[KnownFact]) -> Compare | None:
    """Return the condition that one clause states, or None."""
    op = _operator(text)
    number = number_fact(text, facts)
    if number is not None and (op is not None or re.search(r"\bis\b|=", text)):
        return Compare(field=number[0].name, op=op or "=", value=plain(number[1]))
    return _worded(text, facts)


def condition(text: str, facts: Sequence[KnownFact]) -> Condition | None:
    """Return the condition a phrase states, all its clauses together, or None where one is not known."""
    whole = part(text, facts)
    clauses = [each for each in re.split(r"\s+and\s+|,\s+", text) if each.strip()]
    if len(clauses) < 2:
        return whole
    parts = [part(each, facts) for each in clauses]
    if all(each is not None for each in parts):
        distinct = [each for n, each in enumerate(parts) if each is not None and each not in parts[:n]]
        return All(of=tuple(distinct)) if len(distinct) > 1 else distinct[0]
    return whole


def facts_said(text: str, facts: Sequence[KnownFact]) -> dict[str, Scalar]:
    """Return the facts that a case states: numbers as they are, choices, yes or no."""
    said: dict[str, Scalar] = {}
    if _BETWEEN.search(text):
        return said  # the two ends may be answered differently
    for clause in [text, *re.split(r"\s+and\s+|,\s+", text)]:
        number = number_fact(clause, facts)
        if number is not None:
            said.setdefault(number[0].name, plain(_beyond(clause, *number)))
        worded = _worded(clause, facts)
        if worded is not None and worded.op == "=" and not isinstance(worded.value, tuple):
            said.setdefault(worded.field, worded.value)
    return said or _by_last_word(text, facts)


def _beyond(clause: str, fact: KnownFact, number: float) -> float:
    """Return the number a case is asked about: “more than 45 days” are 46, exactly 45 are not meant."""
    operator = next((op for words, op in _OPERATORS if re.search(words, clause, re.IGNORECASE)), "=")
    step = 0.01 if is_amount(fact.name, fact.label) else 1
    return number + step if operator == ">" else number - step if operator == "<" else number


def _by_last_word(text: str, facts: Sequence[KnownFact]) -> dict[str, Scalar]:
    """Return the one choice whose last word a question names: "damaged items" for "arrived damaged"."""
    stems = stems_of(text)
    found = [
        (fact.name, choice)
        for fact in facts
        for choice in fact.choices
        if len(choice.split()) > 1 and stems_of(choice.split()[-1]) and stems_of(choice.split()[-1]) <= stems
    ]
    return {found[0][0]: found[0][1]} if len(found) == 1 and not _NOT.search(text) else {}


__all__ = ["condition", "facts_said", "known", "number_fact", "part"]
