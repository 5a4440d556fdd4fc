"""Second locks: calls that no conversation brings about, and that a change stops or lets through.

- A guard is often a second lock behind the workflow; who takes the workflow out of the way, or lets a
  language model drive, meets it. So the guards of both versions are asked alone, around every limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from studio.domain.condition import Scalar, spell
from studio.domain.consequence import Lock
from studio.domain.scenario import ExpectGuard
from studio.runtime.program import Program
from studio.simulation.change_effects_customers import Touch
from studio.simulation.change_effects_telling import named
from studio.simulation.probes import probes, stopped_by

MOST_LOCKS = 6
"""Kinds of calls that are told of one change."""
_SCOPES = ("segments", "regions", "channels")


def locks(before: Program, after: Program, touch: Touch) -> tuple[Lock, ...]:
    """Return the calls that are stopped, or let through, by one version only; one of each kind."""
    tools = {part[1] for part in touch.parts if part[0] in ("guards", "tool")}
    found: dict[tuple[str, str | None, str | None], Lock] = {}
    for tool in sorted(tools):
        if tool in before.tools and tool in after.tools:
            for stops, lock in _of_tool(before, after, touch, tool):
                found.setdefault((tool, *stops), lock)
    return tuple(islice(found.values(), MOST_LOCKS))


def _of_tool(
    before: Program, after: Program, touch: Touch, tool: str
) -> Iterator[tuple[tuple[str | None, str | None], Lock]]:
    """Yield who stopped a call and who stops it now, with the call."""
    near: dict[str, list[Scalar]] = {**_sent(before, touch, tool), **_scopes(before, after, tool)}
    flows = [flow.id for flow in after.agent.workflows if any(_uses(s, tool) for s in flow.steps)]
    for flow in flows or [each.id for each in after.agent.workflows][:1]:
        for probe in islice(probes(before, after, flow, tool, near), 40):
            was, now = (stopped_by(program, flow, probe) for program in (before, after))
            yield (was, now), Lock(tool=tool, words=_words(tool, probe, was, now), values=_values(probe))


def _uses(step: object, tool: str) -> bool:
    return getattr(step, "tool", None) == tool


def _sent(program: Program, touch: Touch, tool: str) -> dict[str, list[Scalar]]:
    """Return the values around limits, by the arguments that they are limits of as well as by the facts."""
    near = dict(touch.values)
    for flow in program.agent.workflows:
        for step in flow.steps:
            for argument in getattr(step, "arguments", ()) if _uses(step, tool) else ():
                if argument.fact in near and argument.name not in near:
                    near[argument.name] = near[argument.fact]
    return near


def _scopes(before: Program, after: Program, tool: str) -> dict[str, list[Scalar]]:
    """Return the segments, regions and channels that guards of a system are for."""
    found: dict[str, list[Scalar]] = {}
    for program in (before, after):
        for rule, _ in program.guards.get(tool, ()):
            for scope in _SCOPES:
                for value in getattr(rule, scope) or ():
                    found.setdefault(scope[:-1], ["another"]).append(value)
    return {name: list(dict.fromkeys(values)) for name, values in found.items()}


def _values(probe: ExpectGuard) -> dict[str, Scalar]:
    known: Mapping[str, object] = {**probe.facts, **probe.arguments}
    return {name: value for name, value in known.items() if isinstance(value, bool | int | float | str)}


def _words(tool: str, probe: ExpectGuard, was: str | None, now: str | None) -> str:
    parts = [f"{name.replace('_', ' ')}: {spell(value)}" for name, value in _values(probe).items()]
    parts += [] if probe.verified else ["identity not verified"]
    parts += [] if probe.told else ["nothing told beforehand"]
    call = f"{named(tool)}, for instance with {', '.join(parts)}" if parts else named(tool)
    if was is None:
        return f"{now or 'The limit'} now stops {call}."
    if now is None:
        return f"{was or 'The limit'} no longer stops {call}."
    return f"{now or 'The limit'}, not {was or 'the limit'}, stops {call}."
