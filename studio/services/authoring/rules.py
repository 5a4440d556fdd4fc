"""The charter's rules by hand: add, copy, change, guard, cite, order, remove.

- Pure: `(agent, …) -> ChangeSet`. A rule with a guard is enforced by it; one that loses its guard rests on
  words again, until a person says otherwise.
- A rule that others refer to may go; `uses_of` says beforehand where it will be missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from studio.diff.agents import diff_agents
from studio.diff.words_summary import FORCE
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.charter import Guard, Rule, RuleKind
from studio.domain.errors import WrongUse
from studio.domain.source import Citation, SourcePin
from studio.domain.workflow import Disclose
from studio.services.authoring.charter import remade, revised

UNTITLED = "New rule"


def rule_of(agent: Agent, rule_id: str) -> Rule:
    """Return a rule; raises WrongUse."""
    try:
        return agent.charter.rule(rule_id)
    except KeyError:
        raise WrongUse(f"There is no rule {rule_id} in the draft.", "Choose one of the list.") from None


def free_rule_id(agent: Agent, taken: Iterable[str] = ()) -> str:
    """Return the id of the next new rule; `taken` are ids that wait in proposals."""
    known = [*(rule.id for rule in agent.charter.rules), *taken]
    numbers = [int(found[1]) for each in known if (found := re.fullmatch(r"R-(\d+)", each))]
    return f"R-{max(numbers, default=0) + 1:02}"


def add_rule(
    agent: Agent, kind: RuleKind, title: str = "", text: str = "", *, taken: Iterable[str] = ()
) -> ChangeSet:
    """Add a rule behind the last of its kind; it rests on words until it is guarded or a step keeps it."""
    rule = Rule(
        id=free_rule_id(agent, taken), kind=RuleKind(kind), title=title.strip() or UNTITLED, text=text.strip()
    )
    title = f"Add rule {rule.id}: {FORCE[rule.kind]} …" if rule.title == UNTITLED else f"Add {_named(rule)}"
    return _ordered(agent, [*agent.charter.rules, rule], title)


def duplicate_rule(agent: Agent, rule_id: str, *, taken: Iterable[str] = ()) -> ChangeSet:
    """Add a copy of a rule right behind it."""
    rule = rule_of(agent, rule_id)
    copy = remade(rule, id=free_rule_id(agent, taken), title=f"{rule.title} (copy)")
    rules = list(agent.charter.rules)
    rules.insert(rules.index(rule) + 1, copy)
    return _ordered(agent, rules, f"Copy rule {rule.id} as {copy.id}")


def remove_rule(agent: Agent, rule_id: str) -> ChangeSet:
    """Remove a rule; what refers to it stays, and is told by the checks."""
    rule = rule_of(agent, rule_id)
    rules = [each for each in agent.charter.rules if each.id != rule_id]
    return _ordered(agent, rules, f"Remove {_named(rule)}")


def restore_rule(agent: Agent, rule: Rule) -> ChangeSet:
    """Bring a removed rule back as it was, behind the last of its kind; raises WrongUse where it is there."""
    if any(each.id == rule.id for each in agent.charter.rules):
        raise WrongUse(f"{rule.id} is in the draft.", "Change that one.")
    rules = list(agent.charter.rules)
    kin = [at for at, each in enumerate(rules) if each.kind == rule.kind]
    rules.insert(kin[-1] + 1 if kin else len(rules), rule)
    return _ordered(agent, rules, f"Bring back {_named(rule)}")


def move_rule(agent: Agent, rule_id: str, steps: int) -> ChangeSet:
    """Move a rule among those of its kind; an empty change set where it is at the end already."""
    rule, rules = rule_of(agent, rule_id), list(agent.charter.rules)
    kin = [each for each in rules if each.kind == rule.kind]
    at = kin.index(rule)
    to = max(0, min(len(kin) - 1, at + steps))
    if to == at:
        return ChangeSet(title="")
    other = kin[to]
    rules.remove(rule)
    rules.insert(rules.index(other) + (1 if to > at else 0), rule)
    where = "up" if to < at else "down"
    return _ordered(agent, rules, f"Move rule {rule.id} {where}")


def change_rule(agent: Agent, rule_id: str, **fields: Any) -> ChangeSet:
    """Change fields of a rule; raises WrongUse where a value does not fit."""
    rule = rule_of(agent, rule_id)
    if strange := set(fields) - set(Rule.model_fields) - {"id"}:
        raise WrongUse(f"A rule has no “{sorted(strange)[0]}”.", "Choose another field.")
    if "title" in fields and not str(fields["title"]).strip():
        raise WrongUse("A rule needs a name.", "Say in a few words what it is about.")
    if fields.get("enforced_by") == "guard" and rule.guard is None and not fields.get("guard"):
        raise WrongUse(f"{rule.id} has no guard.", "Choose the systems that it protects first.")
    if not fields.get("channels", True):
        fields["channels"] = None
    now = remade(rule, **fields)
    return _put(agent, now, _title(rule, fields))


def set_guard(agent: Agent, rule_id: str, guard: Guard | None) -> ChangeSet:
    """Guard a rule by code, guard it otherwise, or leave it to words; a guard without systems is none."""
    rule = rule_of(agent, rule_id)
    if guard is None or not guard.tools:
        by = "text only" if rule.enforced_by == "guard" else rule.enforced_by
        return _put(agent, remade(rule, guard=None, enforced_by=by), f"Remove the guard of rule {rule.id}")
    title = f"Guard rule {rule.id}" if rule.guard is None else f"Change the guard of rule {rule.id}"
    return _put(agent, remade(rule, guard=guard, enforced_by="guard"), title)


def cite(agent: Agent, rule_id: str, citation: Citation, pin: SourcePin | None = None) -> ChangeSet:
    """Give a sentence of a document as the ground of a rule; `pin` is the document, where it is a new one."""
    rule = rule_of(agent, rule_id)
    if any(each.fingerprint == citation.fingerprint for each in rule.citations):
        raise WrongUse(f"{rule.id} stands on that sentence already.", "Choose another.")
    title = f"Rule {rule.id} stands on a sentence of “{citation.source_name}”"
    now = remade(rule, citations=(*rule.citations, citation))
    if pin is None or any(each.id == pin.id for each in agent.sources):
        return _put(agent, now, title)
    rules = tuple(now if each.id == rule.id else each for each in agent.charter.rules)
    charter = agent.charter.model_copy(update={"rules": rules})
    after = agent.model_copy(update={"charter": charter, "sources": (*agent.sources, pin)})
    return diff_agents(agent, after, title)


def uncite(agent: Agent, rule_id: str, fingerprint: str) -> ChangeSet:
    """No longer give a sentence as the ground of a rule."""
    rule = rule_of(agent, rule_id)
    left = tuple(each for each in rule.citations if each.fingerprint != fingerprint)
    title = f"Rule {rule.id} no longer stands on that sentence"
    return _put(agent, remade(rule, citations=left), title)


def uses_of(agent: Agent, rule_id: str) -> tuple[str, ...]:
    """Return where a rule is referred to, in words: steps that say it, guards that demand it, tests."""
    return all_uses(agent).get(rule_id, ())


def all_uses(agent: Agent) -> dict[str, tuple[str, ...]]:
    """Return where each rule that is referred to is, in words."""
    found: dict[str, list[str]] = {}
    for flow in agent.workflows:
        for step in flow.steps:
            if isinstance(step, Disclose) and step.rule:
                found.setdefault(step.rule, []).append(f"step “{step.title}” of “{flow.name}” says it")
    for rule in agent.charter.rules:
        if rule.guard is not None and rule.guard.needs_disclosure:
            words = f"the guard of {rule.id} demands that it is said"
            found.setdefault(rule.guard.needs_disclosure, []).append(words)
    for test in agent.scenarios:
        for named in dict.fromkeys(getattr(each, "rule", None) for each in test.expectations):
            if isinstance(named, str):
                found.setdefault(named, []).append(f"test {test.id} expects it")
    return {rule_id: tuple(words) for rule_id, words in found.items()}


def _named(rule: Rule) -> str:
    return f"rule {rule.id} “{rule.title}”"


def _title(rule: Rule, fields: dict[str, Any]) -> str:
    if tuple(fields) == ("text",):
        return f"Reword rule {rule.id}"
    if tuple(fields) == ("title",):
        return f"Rename rule {rule.id} to “{str(fields['title']).strip()}”"
    return ""


def _put(agent: Agent, rule: Rule, title: str = "") -> ChangeSet:
    rules = tuple(rule if each.id == rule.id else each for each in agent.charter.rules)
    return revised(agent, title, rules=rules)


def _ordered(agent: Agent, rules: list[Rule], title: str) -> ChangeSet:
    charter = agent.charter.model_copy(update={"rules": tuple(rules)})
    return diff_agents(agent, agent.model_copy(update={"charter": charter}), title)
