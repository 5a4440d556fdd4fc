"""The agent of the simulation's measures: one workflow of twelve steps, ten turns, guards and a table."""

from __future__ import annotations

from typing import Any

from studio.domain.agent import Agent

TURNS = 10


def _object(**properties: str) -> dict[str, Any]:
    named = {name: {"type": kind} for name, kind in properties.items()}
    return {"type": "object", "properties": named, "required": list(properties)}


_RULES = [
    {"id": "R-01", "kind": "must", "title": "Identity first", "text": "Verify identity before a move.",
     "enforced_by": "guard", "guard": {"tools": ["move_delivery"], "needs_identity": True}},
    {"id": "R-02", "kind": "disclose", "title": "Fee", "text": "Tell the fee before a delivery is moved.",
     "workflows": ["move"], "enforced_by": "guard",
     "guard": {"tools": ["move_delivery"], "needs_disclosure": "R-02"}},
    {"id": "R-03", "kind": "never", "title": "Nothing on the van", "text": "Never move what is on the van.",
     "enforced_by": "guard",
     "guard": {"tools": ["move_delivery"],
               "forbidden_when": {"kind": "compare", "field": "on_van", "op": "=", "value": True}}},
]  # fmt: skip
_TOOLS = [
    {"name": "identify", "parameters": _object(email="string"), "returns": _object(verified="boolean")},
    {"name": "get_delivery", "parameters": _object(order_id="string"),
     "returns": _object(days="integer", on_van="boolean")},
    {"name": "move_delivery", "effect": "write", "parameters": _object(order_id="string", place="string"),
     "returns": _object(slot="string")},
]  # fmt: skip
_SLOTS = [
    {"id": "order_id", "label": "Order number", "type": "code", "pattern": "W\\d{4}",
     "prompt": "What is your order number?", "example": "W4471"},
    {"id": "email", "label": "E-mail address", "type": "email", "prompt": "What is your e-mail address?"},
    {"id": "place", "label": "Place", "type": "choice", "choices": ["front door", "neighbour", "parcel shop"],
     "prompt": "Where shall we leave it?"},
    {"id": "reason", "label": "Reason", "type": "choice", "choices": ["on holiday", "at work", "moved house"],
     "prompt": "Why do you want to move it?"},
]  # fmt: skip
_STEPS = [
    {"kind": "ask", "id": "order", "title": "Ask for the order", "slots": ["order_id"], "next": "who",
     "on_failure": "person"},
    {"kind": "verify", "id": "who", "title": "Verify identity", "slots": ["email"], "tool": "identify",
     "arguments": [{"name": "email", "fact": "email"}], "next": "look", "on_failure": "person"},
    {"kind": "tool", "id": "look", "title": "Look up the delivery", "tool": "get_delivery",
     "arguments": [{"name": "order_id", "fact": "order_id"}],
     "results": [{"result": "days", "fact": "days"}, {"result": "on_van", "fact": "on_van"}],
     "next": "movable", "on_failure": "person"},
    {"kind": "decide", "id": "movable", "title": "Can it be moved?", "table": "movable",
     "branches": [{"id": "yes", "next": "where"}, {"id": "no", "next": "refuse"}], "otherwise": "person"},
    {"kind": "ask", "id": "where", "title": "Ask for the place", "slots": ["place"], "next": "why",
     "on_failure": "person"},
    {"kind": "ask", "id": "why", "title": "Ask for the reason", "slots": ["reason"], "next": "fee",
     "on_failure": "person"},
    {"kind": "disclose", "id": "fee", "title": "Tell the fee", "rule": "R-02",
     "text": "Moving a delivery costs 2 euros.", "next": "move"},
    {"kind": "tool", "id": "move", "title": "Move the delivery", "tool": "move_delivery", "retries": 0,
     "arguments": [{"name": "order_id", "fact": "order_id"}, {"name": "place", "fact": "place"}],
     "results": [{"result": "slot", "fact": "slot"}], "next": "told", "on_failure": "person"},
    {"kind": "say", "id": "told", "title": "Confirm", "text": "It is moved to the {place}.", "next": "done"},
    {"kind": "end", "id": "done", "title": "Moved", "outcome": "resolved", "say": "It comes {slot}."},
    {"kind": "end", "id": "refuse", "title": "Refused", "outcome": "refused",
     "say": "I am sorry, it cannot be moved any more."},
    {"kind": "handoff", "id": "person", "title": "Hand to a person", "queue": "Deliveries",
     "say": "A colleague will help you.", "context": ["order_id"]},
]  # fmt: skip
_TABLE = {
    "id": "movable",
    "name": "Can it be moved?",
    "inputs": [
        {"id": "days", "label": "Days left", "type": "number"},
        {"id": "on_van", "label": "On the van", "type": "yes or no"},
    ],
    "hit_policy": "first",
    "rows": [
        {"id": "van", "cells": [{"id": "on_van", "op": "=", "value": True}], "then": "no"},
        {"id": "soon", "cells": [{"id": "days", "op": ">=", "value": 1}], "then": "yes"},
    ],
}


def _scenario(number: int, title: str, **more: Any) -> dict[str, Any]:
    return {
        "id": f"T-{number:02}",
        "title": title,
        "workflow": "move",
        "opening": "I want my parcel delivered somewhere else",
        "facts": [
            {"id": "order_id", "value": "W4471"},
            {"id": "email", "value": "ada@mail.example"},
            {"id": "place", "value": "neighbour"},
            {"id": "reason", "value": "at work"},
        ],
        "systems": [
            {"id": "identify", "reply": {"verified": True}},
            {"id": "get_delivery", "reply": {"days": 3, "on_van": False}},
            {"id": "move_delivery", "reply": {"slot": "on Friday"}},
        ],
        "expectations": [
            {"kind": "outcome", "outcome": "resolved"},
            {"kind": "call", "tool": "move_delivery"},
            {"kind": "disclosure", "rule": "R-02", "before": "move_delivery"},
            {"kind": "step", "step": "told"},
        ],
        **more,
    }


def agent() -> Agent:
    """Return the agent, with four tests."""
    return Agent.model_validate(
        {
            "id": "deliveries",
            "name": "Delivery desk",
            "charter": {
                "purpose": "Move deliveries.",
                "audience": "Customers",
                "channel": "Chat",
                "ai_disclosure": "Hello, I am the delivery desk's automated assistant.",
                "capabilities": "Moving deliveries.",
                "rules": _RULES,
            },
            "tools": _TOOLS,
            "tables": [_TABLE],
            "workflows": [
                {
                    "id": "move",
                    "name": "Move a delivery",
                    "intent": "have a parcel delivered elsewhere",
                    "examples": ["I want my parcel delivered somewhere else", "Leave it with my neighbour"],
                    "slots": _SLOTS,
                    "start": "order",
                    "steps": _STEPS,
                }
            ],
            "scenarios": [
                _scenario(1, "A delivery is moved"),
                _scenario(2, "Typing badly", behaviours=["typos"]),
                _scenario(3, "Worried", persona={"mood": "worried", "clarity": "medium"}),
                _scenario(4, "Angry", persona={"mood": "angry"}),
            ],
        }
    )
