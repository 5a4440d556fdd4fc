"""The charter held against itself and the company's AI policy: what goes beyond, what is not as it says.

- An agent that goes beyond the company's policy is broken: no release, until one of the two is changed.
- What a level of autonomy demands and the agent does not show is a warning, since people may be on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from studio.checks.autonomy import demands, writing_tools
from studio.checks.results import result
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.charter_terms import AUTONOMY_TITLES
from studio.domain.check import CheckResult
from studio.domain.company_policy import CompanyPolicy, automation_of
from studio.domain.readiness import percent, unsound

POLICY, TECHNOLOGY, AUTONOMY = "company policy", "technology", "autonomy"


def check_policy(agent: Agent) -> Iterator[CheckResult]:
    """Yield where the agent goes beyond the company's policy, or is not what its charter says."""
    yield from _company_policy(agent)
    yield from _technology(agent)
    yield from _autonomy(agent)
    yield from _portfolio(agent)
    yield from _figures(agent)


def _company_policy(agent: Agent) -> Iterator[CheckResult]:
    policy = agent.charter.company_policy
    if policy is None:
        return
    beyond = [*_models(agent, policy), *_systems(agent, policy), *_level(agent, policy)]
    yield from beyond
    if not any(each.status == "broken" for each in beyond):
        detail = f"The agent keeps to “{policy.name}”."
        yield result(POLICY, "holds", agent.name, detail, "charter/company_policy")


def _or_none(allowed: Iterable[str]) -> str:
    return ", ".join(allowed) or "nothing"


def _models(agent: Agent, policy: CompanyPolicy) -> Iterator[CheckResult]:
    technology = agent.charter.technology
    subject, path = "Technology", "charter/technology"
    if technology is None:
        if policy.models is not None or policy.technologies is not None:
            detail = (
                f"“{policy.name}” limits technology, but the charter does not say what the agent is made of."
            )
            yield result(POLICY, "warning", subject, detail, path)
        return
    if policy.technologies is not None and technology.kind not in policy.technologies:
        detail = (
            f"The agent is {technology.kind}; “{policy.name}” allows {_or_none(policy.technologies)} only."
        )
        yield result(POLICY, "broken", subject, detail, path, "kind")
    for model in technology.models:
        if not policy.allows_model(model):
            detail = f"The language model “{model}” is not among those that “{policy.name}” allows."
            yield result(POLICY, "broken", subject, detail, path, f"model:{model}")


def _systems(agent: Agent, policy: CompanyPolicy) -> Iterator[CheckResult]:
    for tool in agent.tools:
        path, name = join_path("tools", tool.name), tool.name.replace("_", " ")
        if policy.data_classes is not None and tool.data_class not in policy.data_classes:
            detail = (
                f"“{name}” handles {tool.data_class} data; “{policy.name}” allows "
                f"{_or_none(policy.data_classes)} only."
            )
            yield result(POLICY, "broken", name, detail, path, "data")
        kind = automation_of(tool.effect, tool.reversible)
        if policy.automations is not None and kind not in policy.automations:
            detail = f"“{name}” can {kind}, which “{policy.name}” does not allow an agent."
            yield result(POLICY, "broken", name, detail, path, "automation")


def _level(agent: Agent, policy: CompanyPolicy) -> Iterator[CheckResult]:
    level = agent.charter.autonomy
    if policy.highest_autonomy is not None and level > policy.highest_autonomy:
        title = AUTONOMY_TITLES[level].lower()
        detail = (
            f"The agent has autonomy level {level} ({title}); “{policy.name}” allows "
            f"at most level {policy.highest_autonomy}."
        )
        yield result(POLICY, "broken", "Autonomy level", detail, "charter/autonomy")


def _technology(agent: Agent) -> Iterator[CheckResult]:
    technology = agent.charter.technology
    if technology is None:
        return
    path, subject = "charter/technology", "Technology"
    writes = writing_tools(agent)
    if technology.reach == "retrieves only" and writes:
        tool, (_, titles) = next(iter(writes.items()))
        name = tool.replace("_", " ")
        detail = f"It is said to retrieve only, but “{titles[0]}” calls “{name}”, which changes something."
        yield result(TECHNOLOGY, "broken", subject, detail, path, "reach")
    if technology.reach == "acts" and not any(tool.effect == "write" for tool in agent.tools):
        detail = "It is said to act, but none of its systems changes anything."
        yield result(TECHNOLOGY, "warning", subject, detail, path, "reach")
    if technology.kind == "deterministic" and technology.models:
        detail = f"It is said to be deterministic, but to speak through “{technology.models[0]}”."
        yield result(TECHNOLOGY, "broken", subject, detail, path, "models")
    if technology.kind != "deterministic" and not technology.models:
        detail = f"It is {technology.kind}, but no language model is named."
        yield result(TECHNOLOGY, "warning", subject, detail, path, "models")


def _autonomy(agent: Agent) -> Iterator[CheckResult]:
    level = agent.charter.autonomy
    for demand in demands(agent):
        if demand.met is False:
            detail = f"Autonomy level {level} demands: {demand.title.lower()}. {demand.why}"
            yield result(AUTONOMY, "warning", "Autonomy level", detail, "charter/autonomy", demand.kind)


def _portfolio(agent: Agent) -> Iterator[CheckResult]:
    flows = {flow.id for flow in agent.workflows}
    for intent in agent.charter.portfolio or ():
        path = join_path("charter", "portfolio", intent.id)
        if intent.workflow is not None and intent.workflow not in flows:
            detail = f"“{intent.title}” is served by “{intent.workflow}”, which is no workflow."
            yield result("portfolio", "broken", intent.title, detail, path)
        elif intent.workflow is None and intent.handling == "automate":
            detail = f"“{intent.title}” shall be automated, but no workflow serves it."
            yield result("portfolio", "warning", intent.title, detail, path)


def _figures(agent: Agent) -> Iterator[CheckResult]:
    for threshold in agent.charter.readiness or ():
        if wrong := unsound(threshold):
            path = join_path("charter", "readiness", threshold.id)
            yield result("thresholds", "broken", threshold.id, wrong, path)
    figures = agent.charter.economics
    if figures is not None and figures.volume and figures.net_effect() < 0:
        pays = figures.break_even()
        detail = (
            f"At {percent(figures.containment)} settled without a person the agent costs more than it saves"
            + (
                f"; it pays from {percent(round(pays, 3))} on."
                if pays is not None
                else ", and it never pays."
            )
        )
        yield result("economics", "warning", agent.name, detail, "charter/economics")
