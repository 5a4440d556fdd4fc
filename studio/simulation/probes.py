"""Probes of guards: would a call be stopped, whoever asked for it?

- A guard is often a second lock: the workflow itself never tries what it forbids, so that no conversation
  shows whether it is there. A language model that drives the agent may try. A probe asks the guards alone.
- Values on both sides of every limit are tried, with identity verified or not, disclosures said or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations, product

from studio.domain.condition import Scalar
from studio.domain.scenario import ExpectGuard
from studio.runtime.guards import stop
from studio.runtime.program import Program

MOST_PROBES = 2_000
"""Calls that are tried for one system."""


def stopped_by(program: Program, workflow: str, probe: ExpectGuard) -> str | None:
    """Return the rule that would stop a call, "" for a limit of the system, or None where it may go out."""
    tool = program.tools.get(probe.tool)
    if tool is None:
        return None
    rules = program.guards.get(probe.tool, ())
    told = [rule.id for rule in program.agent.charter.rules] if probe.told else []
    found = stop(rules, tool, probe.arguments, probe.facts, [workflow], probe.verified, told)
    return None if found is None else found.rule or ""


def probes(
    sound: Program, faulty: Program, workflow: str, tool: str, near: Mapping[str, list[Scalar]]
) -> Iterator[ExpectGuard]:
    """Yield what the guards of a system should do, where those of a faulty agent do otherwise.

    `near` gives the facts that guards compare, with the values around what they are compared with.
    """
    known = sound.tools.get(tool)
    sent = set(known.argument_names) if known else set()
    for number, (values, verified, told) in enumerate(_cases(near)):
        if number >= MOST_PROBES:
            return
        probe = ExpectGuard(
            tool=tool,
            facts={name: value for name, value in values.items() if name not in sent},
            arguments={name: value for name, value in values.items() if name in sent},
            verified=verified,
            told=told,
        )
        right = stopped_by(sound, workflow, probe)
        if right != stopped_by(faulty, workflow, probe):
            update = {"never": True} if right is None else {"rule": right or None}
            yield probe.model_copy(update=update)


def _cases(near: Mapping[str, list[Scalar]]) -> Iterator[tuple[dict[str, Scalar], bool, bool]]:
    """Yield values with identity and disclosures: none, each, each two, each three."""
    for count in range(min(3, len(near)) + 1):
        for names in combinations(near, count):
            for values in product(*(near[name] for name in names)):
                chosen = dict(zip(names, values, strict=True))
                yield from (
                    (chosen, verified, told)
                    for verified, told in ((True, True), (False, True), (True, False))
                )
