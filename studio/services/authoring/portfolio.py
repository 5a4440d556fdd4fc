"""The interaction portfolio by hand: kinds of requests added, placed in the 2 × 2, handled, removed.

- Pure: `(agent, …) -> ChangeSet`. One that is put into another field is handled as that field suggests,
  unless a person had decided otherwise.
"""

from __future__ import annotations

import re
from typing import Any

from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.errors import WrongUse
from studio.domain.portfolio import SUGGESTED, Complexity, Emotion, Intent, moved
from studio.services.authoring.charter import remade, revised


def intents(agent: Agent) -> tuple[Intent, ...]:
    """Return the kinds of requests."""
    return agent.charter.portfolio or ()


def intent_of(agent: Agent, intent_id: str) -> Intent:
    """Return one kind of request; raises WrongUse."""
    for each in intents(agent):
        if each.id == intent_id:
            return each
    raise WrongUse(f"There is no kind of request “{intent_id}”.", "Choose one of the list.")


def add_intent(
    agent: Agent, title: str, complexity: Complexity = "simple", emotion: Emotion = "calm"
) -> ChangeSet:
    """Add a kind of request, handled as its field suggests."""
    name = title.strip()
    if not name:
        raise WrongUse(
            "A kind of request needs a name.", "Say what customers come for, as “Where is my refund?”."
        )
    if any(each.title.casefold() == name.casefold() for each in intents(agent)):
        raise WrongUse(f"“{name}” is there already.", "Change that one, or name the new one otherwise.")
    made = Intent(
        id=_free_id(name, {each.id for each in intents(agent)}),
        title=name,
        complexity=complexity,
        emotion=emotion,
        handling=SUGGESTED[complexity, emotion],
    )
    return revised(agent, f"Add the kind of request “{name}”", portfolio=(*intents(agent), made))


def intents_of_workflows(agent: Agent) -> ChangeSet:
    """Add one kind of request for each workflow that customers start and that none names yet."""
    served = {each.workflow for each in intents(agent)}
    found = list(intents(agent))
    for flow in agent.workflows:
        if not flow.reusable and flow.id not in served:
            taken = {each.id for each in found}
            found.append(Intent(id=_free_id(flow.name, taken), title=flow.name, workflow=flow.id))
    return revised(agent, "Take over the kinds of requests of the workflows", portfolio=tuple(found))


def place_intent(agent: Agent, intent_id: str, complexity: Complexity, emotion: Emotion) -> ChangeSet:
    """Put a kind of request into another field of the 2 × 2."""
    now = moved(intent_of(agent, intent_id), complexity, emotion)
    return _with(agent, now, f"“{now.title}” is {complexity} and {emotion}: {now.handling}")


def change_intent(agent: Agent, intent_id: str, **fields: Any) -> ChangeSet:
    """Change name, handling, volume or workflow of a kind of request; raises WrongUse."""
    now = remade(intent_of(agent, intent_id), **fields)
    if not now.title.strip():
        raise WrongUse("A kind of request needs a name.", "Say what customers come for.")
    if now.volume is not None and now.volume < 0:
        raise WrongUse("Contacts a month cannot be below zero.", "Give a count, or leave it empty.")
    return _with(agent, now)


def remove_intent(agent: Agent, intent_id: str) -> ChangeSet:
    """Take a kind of request out."""
    gone = intent_of(agent, intent_id)
    left = tuple(each for each in intents(agent) if each.id != intent_id)
    return revised(agent, f"Remove the kind of request “{gone.title}”", portfolio=left)


def _with(agent: Agent, intent: Intent, title: str = "") -> ChangeSet:
    every = tuple(intent if each.id == intent.id else each for each in intents(agent))
    return revised(agent, title, portfolio=every)


def _free_id(title: str, taken: set[str]) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:40] or "request"
    number, name = 1, slug
    while name in taken:
        number += 1
        name = f"{slug}-{number}"
    return name
