"""The charter by hand: what the agent is for and says, how far it goes, what it is made of, who answers.

- Pure: `(agent, …) -> ChangeSet`. A title says what changed as the diff would say it; texts are "reworded".
- A part that was never filled in begins with what the agent shows today, never with invented figures.
"""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import ValidationError

from studio.diff.agents import diff_agents
from studio.diff.words_summary import in_words
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.charter import Owner
from studio.domain.charter_terms import (
    AUTONOMY_TITLES,
    ROLE_WORDS,
    ROLES,
    AutonomyLevel,
    OwnerRole,
    Reach,
    Technology,
)
from studio.domain.company_policy import AUTOMATIONS, CompanyPolicy, automation_of
from studio.domain.errors import WrongUse
from studio.domain.frozen import Frozen

Part = TypeVar("Part", bound=Frozen)
_LONGEST_TITLE = 140

TEXTS: dict[str, str] = {
    "purpose": "what the agent is for",
    "audience": "for whom the agent is",
    "channel": "the channel",
    "ai_disclosure": "what it says about being automated",
    "capabilities": "what it says it can do",
    "cannot": "what it says it cannot do",
    "tone": "how it speaks",
}
_OPTIONAL = ("cannot", "tone")


def revised(agent: Agent, title: str = "", **fields: Any) -> ChangeSet:
    """Return the change set that gives the charter these fields; raises WrongUse where one does not fit.

    Without a title it is worded from the change.
    """
    charter = remade(agent.charter, **fields)
    after = agent.model_copy(update={"charter": charter})
    made = diff_agents(agent, after, title)
    if title or not made.changes:
        return made
    said = in_words(made, agent, after)
    words = said[0].removeprefix("The charter ").rstrip(".")
    words = words[:1].upper() + words[1:]
    more = f" (and {len(said) - 1} more)" if len(said) > 1 else ""
    short = words if len(words) <= _LONGEST_TITLE else f"{words[:_LONGEST_TITLE].rsplit(' ', 1)[0]} …"
    return made.model_copy(update={"title": short + more})


def remade(part: Part, **fields: Any) -> Part:
    """Return a part with other fields, checked; raises WrongUse with what does not fit."""
    try:
        return type(part).model_validate({**dict(part), **fields})
    except ValidationError as error:
        first = error.errors()[0]
        place = str(first["loc"][0]).replace("_", " ") if first["loc"] else "it"
        raise WrongUse(f"That value does not fit at “{place}”: {first['msg']}.", "Give another.") from error


def reword(agent: Agent, field: str, text: str) -> ChangeSet:
    """Say one of the charter's texts otherwise."""
    if field not in TEXTS:
        raise WrongUse(f"The charter has no text “{field}”.", f"Choose one of {', '.join(TEXTS)}.")
    words = text.strip()
    value = words or (None if field in _OPTIONAL else "")
    before = getattr(agent.charter, field)
    verb = "Reword" if before and words else "Say" if words else "Leave out"
    return revised(agent, f"{verb} {TEXTS[field]}", **{field: value})


def set_autonomy(agent: Agent, level: AutonomyLevel) -> ChangeSet:
    """Trust the agent with a level of autonomy."""
    if level not in AUTONOMY_TITLES:
        raise WrongUse(f"There is no autonomy level {level}.", "Choose 1, 2 or 3.")
    return revised(agent, f"Autonomy level {level}: {AUTONOMY_TITLES[level].lower()}", autonomy=level)


def name_owner(agent: Agent, role: OwnerRole, name: str) -> ChangeSet:
    """Name who answers in a role; an empty name takes the person away."""
    if role not in ROLES:
        raise WrongUse(f"“{role}” is no role.", f"Choose one of {', '.join(ROLES)}.")
    named = {owner.id: owner for owner in agent.charter.owners}
    if name.strip():
        named[role] = Owner(id=role, name=name.strip())
    else:
        named.pop(role, None)
    title = f"{ROLE_WORDS[role]}: {name.strip()}" if name.strip() else f"{ROLE_WORDS[role]}: nobody"
    return revised(agent, title, owners=tuple(named[each] for each in ROLES if each in named))


def set_performance_owner(agent: Agent, role: OwnerRole | None) -> ChangeSet:
    """Say which role owns performance after launch."""
    if role is not None and role not in ROLES:
        raise WrongUse(f"“{role}” is no role.", f"Choose one of {', '.join(ROLES)}.")
    title = f"{ROLE_WORDS[role]} owns performance after launch" if role else "Nobody owns performance"
    return revised(agent, title, performance_owner=role)


def set_technology(agent: Agent, **fields: Any) -> ChangeSet:
    """Say of what the agent is made (`kind`, `reach`, `models`); what was never said the agent shows."""
    present = agent.charter.technology or Technology(kind="deterministic", reach=shown_reach(agent))
    return revised(agent, technology=remade(present, **fields))


def shown_reach(agent: Agent) -> Reach:
    """Return whether the agent's systems change anything."""
    return "acts" if any(tool.effect == "write" for tool in agent.tools) else "retrieves only"


def set_policy(agent: Agent, **fields: Any) -> ChangeSet:
    """Change the company's AI policy as it stands with the agent; a first one allows what it does today."""
    present = agent.charter.company_policy or policy_of_today(agent)
    return revised(agent, company_policy=remade(present, **fields))


def remove_policy(agent: Agent) -> ChangeSet:
    """Take the company's AI policy off the agent."""
    return revised(agent, "Remove the company’s AI policy", company_policy=None)


def policy_of_today(agent: Agent) -> CompanyPolicy:
    """Return the narrowest policy to which this agent keeps: a draft for whoever writes the real one."""
    technology = agent.charter.technology
    does = {automation_of(tool.effect, tool.reversible) for tool in agent.tools} | {"tell"}
    classes = dict.fromkeys(tool.data_class for tool in agent.tools)
    return CompanyPolicy(
        name="AI policy",
        models=technology.models if technology else None,
        data_classes=tuple(classes),
        automations=tuple(each for each in AUTOMATIONS if each in does),
        technologies=(technology.kind,) if technology else None,
        highest_autonomy=agent.charter.autonomy,
    )
