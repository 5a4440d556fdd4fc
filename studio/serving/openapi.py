"""The contract as an OpenAPI 3.1 document, made from the types that the endpoint takes and gives.

- It also describes, as a webhook, what the endpoint sends to a system of IT's that is mapped.
"""

from __future__ import annotations

from functools import lru_cache

from pydantic.json_schema import models_json_schema

from studio import __version__
from studio.domain.frozen import Frozen, Json
from studio.serving.contract import (
    CONTRACT,
    About,
    CustomerTurn,
    Health,
    NewConversation,
    Problem,
    Reply,
    SystemCall,
)
from studio.serving.trouble import KINDS, PREFIX

_MODELS: tuple[type[Frozen], ...] = (
    About,
    CustomerTurn,
    Health,
    NewConversation,
    Problem,
    Reply,
    SystemCall,
)
_WHERE = "#/components/schemas/{model}"


@lru_cache(maxsize=1)
def openapi() -> dict[str, Json]:
    """Return the document."""
    _, made = models_json_schema([(model, "validation") for model in _MODELS], ref_template=_WHERE)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "CoBuilder reference endpoint",
            "version": CONTRACT,
            "summary": "A released agent, answering customers, with the exact version in every reply.",
            "description": f"{_ABOUT} Made by cobuilder {__version__}.",
        },
        "security": [{}, {"token": []}],
        "paths": _paths(),
        "webhooks": {"system": {"post": _system_call()}},
        "components": {
            "schemas": made["$defs"],
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


_ABOUT = (
    "A conversation is pinned to one release when it begins, by the traffic split; without an id of the "
    "caller's own the stable release answers. Every request may be repeated: the same turn is heard once."
)


def _paths() -> dict[str, Json]:
    one = {
        "name": "id",
        "in": "path",
        "required": True,
        "description": "The caller's own id, or the one that the endpoint gave.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    }
    return {
        "/": {"get": _operation("about", "What this endpoint is.", About, ())},
        "/health": {"get": _operation("health", "Whether a new conversation would be answered.", Health, ())},
        "/openapi.json": {"get": _document()},
        "/conversations": {
            "post": _operation(
                "begin",
                "Begin a conversation; the agent speaks first. The same id again is the same conversation.",
                Reply,
                ("not-readable", "busy", "too-large", "wrong-type", "full"),
                NewConversation,
                also_201=True,
            )
        },
        "/conversations/{id}": {
            "parameters": [one],
            "get": _operation("look", "The last reply, once more.", Reply, ("no-conversation", "busy")),
            "delete": _operation("leave", "The customer left.", Reply, ("no-conversation", "busy")),
        },
        "/conversations/{id}/turns": {
            "parameters": [one],
            "post": _operation(
                "hear",
                "What the customer said, and what the agent answers; the same turn again is answered alike.",
                Reply,
                (
                    "not-readable",
                    "no-conversation",
                    "busy",
                    "wrong-turn",
                    "ended",
                    "too-large",
                    "wrong-type",
                ),
                CustomerTurn,
            ),
        },
    }


_EVERYWHERE = ("no-token", "wrong-host", "too-slow", "too-many", "fault", "not-ready", "crowded", "stopping")


def _operation(
    name: str,
    summary: str,
    reply: type[Frozen],
    troubles: tuple[str, ...],
    body: type[Frozen] | None = None,
    also_201: bool = False,
) -> dict[str, Json]:
    responses: dict[str, Json] = {"200": _content("As asked.", reply)}
    if also_201:
        responses["201"] = _content("A new conversation.", reply)
    for status in sorted({KINDS[kind][0] for kind in (*troubles, *_EVERYWHERE)}):
        kinds = [kind for kind in (*troubles, *_EVERYWHERE) if KINDS[kind][0] == status]
        words = "; ".join(f"{KINDS[kind][1]} ({PREFIX}{kind})" for kind in sorted(kinds))
        responses[str(status)] = _content(f"{words}.", Problem, "application/problem+json")
    operation: dict[str, Json] = {"operationId": name, "summary": summary, "responses": responses}
    if body is not None:
        operation["requestBody"] = {"required": True, "content": _json_of(body)}
    return operation


def _system_call() -> dict[str, Json]:
    return {
        "operationId": "system",
        "summary": "What a mapped system is sent for each call of the agent, with an Idempotency-Key.",
        "requestBody": {"required": True, "content": _json_of(SystemCall)},
        "responses": {
            "200": {
                "description": "The reply: an object with the values that the tool gives back.",
                "content": {"application/json": {"schema": {"type": "object"}}},
            },
            "409": {"description": "Refused: an answer, never tried again. 422 says the same."},
            "default": {"description": "Failed: the agent may try again, with the same Idempotency-Key."},
        },
    }


def _document() -> dict[str, Json]:
    described = {
        "description": "This document.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
    return {"operationId": "openapi", "summary": "This document.", "responses": {"200": described}}


def _content(words: str, model: type[Frozen], media_type: str = "application/json") -> dict[str, Json]:
    return {"description": words, "content": _json_of(model, media_type)}


def _json_of(model: type[Frozen], media_type: str = "application/json") -> dict[str, Json]:
    return {media_type: {"schema": {"$ref": _WHERE.format(model=model.__name__)}}}
