"""The published JSON Schemas (draft 2020-12) of materials, made from the very types that write them.

- A schema's id is `urn:cobuilder:NAME:1`; the number grows when what was valid no longer is.
- Members that are absent were None: they are never written as null.
"""

from __future__ import annotations

import json
from functools import lru_cache

from studio.domain.agent import Agent
from studio.domain.frozen import Frozen
from studio.domain.materials import AgentCard, CharterFile, MaterialIndex, MaterialPointer, ToolsFile
from studio.domain.workflow import DecisionTable, Workflow

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SUFFIX = ".schema.json"
KINDS: dict[str, type[Frozen]] = {
    "agent": AgentCard,
    "charter": CharterFile,
    "current": MaterialPointer,
    "index": MaterialIndex,
    "table": DecisionTable,
    "tools": ToolsFile,
    "whole": Agent,
    "workflow": Workflow,
}


@lru_cache(maxsize=1)
def schemas() -> dict[str, bytes]:
    """Return the schema files by name; the same bytes every time."""
    return {f"{name}{SUFFIX}": _schema(name, kind) for name, kind in KINDS.items()}


def schema_name(kind: str) -> str:
    """Return the name of the schema file of a kind of file."""
    assert kind in KINDS
    return f"{kind}{SUFFIX}"


def _schema(name: str, kind: type[Frozen]) -> bytes:
    tree = {"$schema": DIALECT, "$id": f"urn:cobuilder:{name}:1", **kind.model_json_schema()}
    return spelled(tree)


def spelled(tree: object) -> bytes:
    """Return JSON that people can read and compare line by line."""
    return (json.dumps(tree, indent=2, ensure_ascii=False) + "\n").encode()
