"""Materials: the running agent as plain files, for whatever runtime IT has; and the index of those files.

- A generation of materials is one folder that never changes; a pointer beside it names the present one.
- Names of schemas are those of the files in the folder `schemas`.
"""

from __future__ import annotations

from typing import Literal

from studio.domain.charter import Charter
from studio.domain.environment import Label, Percent, Sha256, Word
from studio.domain.frozen import Frozen
from studio.domain.tool import Tool

MATERIALS = "cobuilder-materials/1"
Part = Literal["stable", "canary"]


class MaterialFile(Frozen):
    """One file: its path within the folder of its agent, its digest, and the schema it keeps."""

    path: str
    sha256: Sha256
    described_by: str


class NamedFile(Frozen):
    """The file in which one workflow or table of an agent stands."""

    id: str
    name: str
    path: str


class AgentCard(Frozen):
    """An agent's table of contents; `digest` is the SHA-256 of `whole`, which is the agent undivided."""

    id: str
    name: str
    digest: Sha256
    whole: str = "whole.json"
    charter: str = "charter.json"
    tools: str = "tools.json"
    workflows: tuple[NamedFile, ...] = ()
    tables: tuple[NamedFile, ...] = ()


class CharterFile(Frozen):
    """The charter of an agent, with the agent it belongs to."""

    agent: str
    charter: Charter


class ToolsFile(Frozen):
    """The systems an agent calls, without how they are rehearsed."""

    agent: str
    tools: tuple[Tool, ...]


class RunningAgent(Frozen):
    """One of the agents that run: which release it is, its share of new conversations, and its files."""

    part: Part
    release: Sha256
    sequence: int
    label: Label
    agent_digest: Sha256
    weight: Percent
    folder: str
    files: tuple[MaterialFile, ...]


class TrafficRule(Frozen):
    """Who gets the canary: who has an id whose bucket lies below `canary_below`; all others not.

    `bucket = int(sha256(seed + ":" + conversation id), the first 8 hexadecimal digits) % buckets`.
    """

    engine: str
    version: str
    seed: str
    buckets: int
    canary_below: int
    missing_id: Literal["stable"] = "stable"
    flags: str = "traffic.flagd.json"


class MaterialIndex(Frozen):
    """What runs in one environment, as the registry said it: the agents, their shares and all files."""

    format: Literal["cobuilder-materials/1"] = "cobuilder-materials/1"
    agent: str
    environment: Word
    generation: int
    runtime: str
    agents: tuple[RunningAgent, ...]
    traffic: TrafficRule
    schemas: tuple[MaterialFile, ...] = ()


class MaterialPointer(Frozen):
    """Which folder of materials is the present one, and the digest of its index."""

    format: Literal["cobuilder-materials/1"] = "cobuilder-materials/1"
    environment: Word
    generation: int
    folder: str
    index_sha256: Sha256
