"""The running agent as plain files: from what a registry says to paths and bytes, nothing else.

- The same releases and shares give the same bytes, on every computer.
- File names never come from outside as they are: what is no plain word becomes one, with a digest.
- `whole.json` is the agent's canonical JSON: its SHA-256 is the digest that was approved.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Protocol

from studio.domain.agent import Agent
from studio.domain.environment import EnvironmentRow, ReleaseRow
from studio.domain.errors import BrokenInput
from studio.domain.frozen import Frozen, canonical, digest, to_json
from studio.domain.materials import (
    AgentCard,
    CharterFile,
    MaterialFile,
    MaterialIndex,
    NamedFile,
    Part,
    RunningAgent,
    ToolsFile,
    TrafficRule,
)
from studio.domain.run import RUNTIME
from studio.domain.workflow import DecisionTable, Workflow
from studio.release.flagd import flag_file
from studio.release.material_schemas import schema_name, schemas, spelled
from studio.release.traffic import BUCKETS, ENGINE, VERSION, seed_for

INDEX, FLAGS, SCHEMAS = "index.json", "traffic.flagd.json", "schemas"
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_DEVICES = re.compile(r"(con|prn|aux|nul|(com|lpt)[0-9])")
_LONGEST = 40

Files = dict[str, bytes]


class Releases(Protocol):
    """A registry, as far as it says what runs."""

    def environment(self, name: str) -> EnvironmentRow:
        """Return what runs in one environment; raises WrongUse for an unknown one."""
        ...

    def agent(self, release: str) -> Agent:
        """Return the agent of a release, named by its id."""
        ...


def file_name(name: str) -> str:
    """Return a file name (without ending) that every system takes, different for different names."""
    if _PLAIN.fullmatch(name) and not _DEVICES.fullmatch(name):
        return name
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:_LONGEST]
    return f"{words or 'x'}.{digest(name.encode('utf-8', 'surrogatepass'))[:12]}"


def running(row: EnvironmentRow) -> tuple[tuple[Part, ReleaseRow, int], ...]:
    """Return the releases that run, each with its share of new conversations in percent."""
    if row.candidate is None:
        return (("stable", row.stable, 100),)
    weight = row.pointer.weight
    return (("stable", row.stable, 100 - weight), ("canary", row.candidate, weight))


def materials(row: EnvironmentRow, releases: Releases) -> Files:
    """Return all files of one generation: paths with slashes, and bytes; `index.json` names the others.

    Raises BrokenInput where the registry gives another agent than was approved.
    """
    files: Files = {}
    agents: list[RunningAgent] = []
    identity = ""
    for part, release, share in running(row):
        agent = releases.agent(release.id)
        if digest(agent) != release.result_digest:
            raise BrokenInput(
                f"The registry's agent of release {release.sequence} is not the one that was approved.",
                "Look at `cobuilder registry verify-log`, and restore the registry.",
            )
        own, kinds = agent_files(agent)
        files |= {f"{part}/{path}": data for path, data in own.items()}
        agents.append(_running_agent(part, release, share, own, kinds))
        identity = agent.id
    files[FLAGS] = _flags(row, identity)
    files |= {f"{SCHEMAS}/{name}": data for name, data in schemas().items()}
    files[INDEX] = _written(_index(row, identity, agents))
    return dict(sorted(files.items()))


def agent_files(agent: Agent) -> tuple[Files, dict[str, str]]:
    """Return the files of one agent, and what kind of file each is."""
    named: dict[str, list[NamedFile]] = {"workflow": [], "table": []}
    files: Files = {}
    kinds: dict[str, str] = {}
    parts: Iterable[tuple[str, str, tuple[Workflow, ...] | tuple[DecisionTable, ...]]] = (
        ("workflow", "workflows", agent.workflows),
        ("table", "tables", agent.tables),
    )
    for kind, folder, items in parts:
        for item in items:
            path = f"{folder}/{file_name(item.id)}.json"
            files[path], kinds[path] = _written(item), kind
            named[kind].append(NamedFile(id=item.id, name=item.name, path=path))
    card = AgentCard(
        id=agent.id,
        name=agent.name,
        digest=digest(agent),
        workflows=tuple(named["workflow"]),
        tables=tuple(named["table"]),
    )
    tools = tuple(tool.model_copy(update={"mock": None}) for tool in agent.tools)
    files["agent.json"] = _written(card)
    files[card.charter] = _written(CharterFile(agent=agent.id, charter=agent.charter))
    files[card.tools] = _written(ToolsFile(agent=agent.id, tools=tools))
    files[card.whole] = canonical(agent)
    kinds |= {"agent.json": "agent", card.charter: "charter", card.tools: "tools", card.whole: "whole"}
    return files, kinds


def _running_agent(
    part: Part, release: ReleaseRow, share: int, files: Files, kinds: Mapping[str, str]
) -> RunningAgent:
    return RunningAgent(
        part=part,
        release=release.id,
        sequence=release.sequence,
        label=release.label,
        agent_digest=release.result_digest,
        weight=share,
        folder=part,
        files=tuple(
            MaterialFile(path=path, sha256=digest(data), described_by=schema_name(kinds[path]))
            for path, data in sorted(files.items())
        ),
    )


def _index(row: EnvironmentRow, identity: str, agents: list[RunningAgent]) -> MaterialIndex:
    seed = seed_for(identity, (row.candidate or row.stable).sequence)
    below = row.pointer.weight * BUCKETS // 100 if row.candidate else 0
    return MaterialIndex(
        agent=identity,
        environment=row.pointer.environment,
        generation=row.pointer.generation,
        runtime=RUNTIME,
        agents=tuple(agents),
        traffic=TrafficRule(engine=ENGINE, version=VERSION, seed=seed, buckets=BUCKETS, canary_below=below),
        schemas=tuple(
            MaterialFile(path=f"{SCHEMAS}/{name}", sha256=digest(data), described_by="")
            for name, data in sorted(schemas().items())
        ),
    )


def _flags(row: EnvironmentRow, identity: str) -> bytes:
    candidate = row.candidate.result_digest if row.candidate else None
    seed = seed_for(identity, (row.candidate or row.stable).sequence)
    return flag_file(row.pointer, row.stable.result_digest, candidate, seed)


def _written(value: Frozen) -> bytes:
    return spelled(to_json(value))
