"""Slots and queues of a workflow that is being drafted: those the agent has, and new ones by their names."""

from __future__ import annotations

import re

from studio.cobuilder.words.known_facts import is_amount
from studio.cobuilder.words.spoken import capital
from studio.domain.agent import Agent
from studio.domain.frozen import Json
from studio.domain.tool import Tool
from studio.domain.workflow import Handoff, Slot, SlotType, Verify


def verifying_tools(agent: Agent) -> set[str]:
    """Return the systems that verify identity; the block for it calls them."""
    return {step.tool for flow in agent.workflows for step in flow.steps if isinstance(step, Verify)}


def usual_queue(agent: Agent) -> str:
    """Return the queue that the agent hands over to first."""
    queues = [s.queue for flow in agent.workflows for s in flow.steps if isinstance(s, Handoff)]
    return queues[0] if queues else "Customer service"


def known_slot(agent: Agent, slot_id: str) -> Slot | None:
    """Return the slot with this id that a workflow of the agent asks for already."""
    return next((slot for flow in agent.workflows for slot in flow.slots if slot.id == slot_id), None)


def slug(words: str) -> str:
    """Return words as the name of a fact."""
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def new_slot(slot_id: str, name: str) -> Slot:
    """Return a slot for something that a document says to ask for."""
    kind: SlotType = "text"
    last = slot_id.split("_")[-1]
    if last in ("email", "mail") or "e_mail" in slot_id:
        kind = "email"
    elif last == "phone" or "phone_number" in slot_id or "mobile" in slot_id:
        kind = "phone"
    elif last in ("date", "day", "birth"):
        kind = "date"
    elif is_amount(last):
        kind = "money"
    return Slot(id=slot_id, label=capital(name), type=kind, prompt=f"What is the {name}?")


def argument_slot(agent: Agent, tool: Tool, name: str) -> Slot:
    """Return the slot for an argument of a system that the agent has."""
    known = known_slot(agent, name)
    if known is not None:
        return known
    schema: dict[str, Json] = tool.parameters.get("properties", {}).get(name, {})
    words = name.replace("_", " ")
    choices = tuple(str(each) for each in schema.get("enum", ()))
    return Slot(
        id=name,
        label=capital(words),
        type=_type(name, schema),
        prompt=f"What is the {words}?",
        choices=choices,
        example=choices[0] if choices else "",
    )


def _type(name: str, schema: dict[str, Json]) -> SlotType:
    if schema.get("enum"):
        return "choice"
    if schema.get("type") in ("integer", "number"):
        return "money" if is_amount(name) else "number"
    if schema.get("type") == "boolean":
        return "yes or no"
    formats: dict[str, SlotType] = {"date": "date", "email": "email"}
    return formats.get(str(schema.get("format", "")), "email" if name == "email" else "text")
