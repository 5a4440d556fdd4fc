"""Guards: code that decides whether a system may be called now, whoever asks for it.

- A guard of a rule that names workflows binds in those (and in blocks called from them); a rule for
  segments, regions or channels binds unless the facts `segment`, `region` or `channel` are known and others.
- `forbidden_when` is held against what is known, and against what is about to be sent.
- A tool's limits bind always; an argument that is no number cannot pass a limit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from studio.domain.charter import Guard, Rule
from studio.domain.condition import Facts, Scalar, holds, in_words, spell
from studio.domain.frozen import Json
from studio.domain.tool import Tool
from studio.domain.trace import TraceEvent
from studio.runtime.recording import event


def binds(rule: Rule, workflows: Collection[str], facts: Facts) -> bool:
    """Return whether a rule is in force here."""
    if rule.workflows and not any(flow in rule.workflows for flow in workflows):
        return False
    scopes = ((rule.segments, "segment"), (rule.regions, "region"), (rule.channels or (), "channel"))
    for wanted, name in scopes:
        if wanted and name in facts and str(facts[name]).casefold() not in {w.casefold() for w in wanted}:
            return False
    return True


def refusal(
    guard: Guard, facts: Facts, arguments: Mapping[str, Json], verified: bool, disclosed: Collection[str]
) -> str | None:
    """Return why a guard refuses, as a clause, or None where it lets the call pass."""
    if guard.forbidden_when is not None:
        sent = {**facts, **{k: v for k, v in arguments.items() if isinstance(v, bool | int | float | str)}}
        if holds(guard.forbidden_when, facts) or holds(guard.forbidden_when, sent):
            return in_words(guard.forbidden_when)
    elif not guard.needs_identity and guard.needs_disclosure is None:
        return "it is never allowed"
    if guard.needs_identity and not verified:
        return "identity has not been verified"
    if guard.needs_disclosure is not None and guard.needs_disclosure not in disclosed:
        return f"{guard.needs_disclosure} has not been said yet"
    return None


def over_limit(tool: Tool, arguments: Mapping[str, Json]) -> str | None:
    """Return which limit of the tool an argument breaks, as a clause, or None."""
    for limit in tool.limits:
        value = arguments.get(limit.argument)
        if value is None:
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            return f"{limit.argument} is not a number"
        if value > limit.maximum:
            return f"{limit.argument} {spell(value)} is above the limit of {spell(_whole(limit.maximum))}"
    return None


def _whole(value: float) -> Scalar:
    return int(value) if value.is_integer() else value


def stop(
    rules: Iterable[tuple[Rule, Guard]],
    tool: Tool,
    arguments: Mapping[str, Json],
    facts: Facts,
    workflows: Collection[str],
    verified: bool,
    disclosed: Collection[str],
) -> TraceEvent | None:
    """Return the guard event that stops this call, or None where it may go out."""
    for rule, guard in rules:
        if not binds(rule, workflows, facts):
            continue
        why = refusal(guard, facts, arguments, verified, disclosed)
        if why is not None:
            detail = f"{rule.id} “{rule.title}” stopped the call: {why}."
            return event("guard", detail, rule=rule.id, tool=tool.name, label="rule", arguments=arguments)
    why = over_limit(tool, arguments)
    if why is not None:
        detail = f"The limit of “{tool.name}” stopped the call: {why}."
        return event("guard", detail, tool=tool.name, label="limit", arguments=arguments)
    return None
