"""What runs, as plain files: whole generations, published schemas, nothing written twice."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from studio.domain.agent import Agent
from studio.domain.environment import EnvironmentRow, Pointer, ReleaseRow
from studio.domain.errors import BrokenInput, ProviderFailed, StudioError, WrongUse
from studio.domain.frozen import digest
from studio.release.material_schemas import DIALECT, schemas
from studio.release.materials import file_name, materials
from studio.release.traffic import bucket
from studio.services.agent_file import read_agent
from studio.services.materializing import KEPT, Materialized, follow, materialize

if TYPE_CHECKING:
    from studio.store.registry import Registry
    from tests.bundle_conformance.kit import Kit


class OneAgent:
    """What a registry says of an environment in which one agent runs."""

    def __init__(self, agent: Agent, approved: str = "") -> None:
        self.running = agent
        self.approved = approved or digest(agent)

    def environment(self, name: str) -> EnvironmentRow:
        """Return the row."""
        facts = {"id": digest(self.running), "sequence": 0, "label": self.running.name}
        row = ReleaseRow(**facts, result_digest=self.approved, imported_at="2026-11-02T12:00:00Z")
        pointer = Pointer(environment=name, generation=1, stable=row.id)
        return EnvironmentRow(pointer=pointer, stable=row, flag_file="")

    def agent(self, _release: str) -> Agent:
        """Return the agent."""
        return self.running


def current(folder: Path) -> Path:
    """Return the present generation, as a reader on any system finds it."""
    return folder / str(json.loads((folder / "current.json").read_bytes())["folder"])


def tree(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return every file below a folder with its time of change and content."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}


def load(path: Path) -> Any:
    """Return a JSON file's content."""
    return json.loads(path.read_bytes())


def check(folder: Path) -> dict[str, Any]:
    """Hold a generation against its index and its own schemas; return the index."""
    index: dict[str, Any] = load(folder / "index.json")
    known = {name: json.loads(data) for name, data in schemas().items()}
    for each in index["schemas"]:
        assert hashlib.sha256((folder / each["path"]).read_bytes()).hexdigest() == each["sha256"]
    assert not list(Draft202012Validator(known["index.schema.json"]).iter_errors(index))
    for agent in index["agents"]:
        for file in agent["files"]:
            data = (folder / agent["folder"] / file["path"]).read_bytes()
            assert hashlib.sha256(data).hexdigest() == file["sha256"]
            validator = Draft202012Validator(load(folder / "schemas" / file["described_by"]))
            assert not list(validator.iter_errors(json.loads(data))), file["path"]
        whole = (folder / agent["folder"] / "whole.json").read_bytes()
        assert hashlib.sha256(whole).hexdigest() == agent["agent_digest"]
    return index


def test_every_schema_is_one_of_draft_2020_12() -> None:
    """The schemas are valid themselves, name their dialect, and have ids of their own."""
    trees = [json.loads(data) for data in schemas().values()]
    for each in trees:
        Draft202012Validator.check_schema(each)
        assert each["$schema"] == DIALECT
    assert len({each["$id"] for each in trees}) == len(trees) == 8


@pytest.mark.parametrize("sample", ["returns_assistant", "appointment_desk"])
def test_the_files_of_a_sample_keep_their_schemas(sample: str, repository: Path) -> None:
    """Each part of a real agent is a file that its published schema accepts, and no workflow is left out."""
    path = repository / "sample_projects" / sample / "agent.json"
    agent = read_agent(path.read_bytes(), sample)
    files = materials(OneAgent(agent).environment("production"), OneAgent(agent))
    index = json.loads(files["index.json"])
    for file in index["agents"][0]["files"]:
        schema = json.loads(files[f"schemas/{file['described_by']}"])
        assert not list(Draft202012Validator(schema).iter_errors(json.loads(files[f"stable/{file['path']}"])))
    card = json.loads(files["stable/agent.json"])
    assert [each["id"] for each in card["workflows"]] == [flow.id for flow in agent.workflows]
    assert [each["id"] for each in card["tables"]] == [table.id for table in agent.tables]
    assert Agent.model_validate_json(files["stable/whole.json"]) == agent
    tools = json.loads(files["stable/tools.json"])["tools"]
    assert [tool["name"] for tool in tools] == [tool.name for tool in agent.tools]
    assert not any("mock" in tool for tool in tools), "how it is rehearsed is nothing for a runtime"


def test_another_agent_than_the_approved_one_is_not_written(kit: Kit, tmp_path: Path) -> None:
    """Where the registry gives an agent that was not approved, no file is made of it."""
    changed = OneAgent(kit.after, approved=digest(kit.before))
    with pytest.raises(BrokenInput, match="not the one that was approved"):
        materialize(changed, "production", tmp_path / "out")
    assert not (tmp_path / "out" / "current.json").exists()


@given(st.text(max_size=120), st.text(max_size=120))
def test_file_names_are_safe_and_their_own(one: str, other: str) -> None:
    """Whatever an id holds, its file stays in its folder, and two ids never share a file on any system."""
    for name in (one, other):
        made = file_name(name)
        assert made == Path(made).name
        assert made.isascii() and made == made.lower()
        assert not made.startswith(".") and len(made) <= 60
        assert made.partition(".")[0] not in ("con", "nul", "aux", "prn", "com1", "lpt1")
    assert (file_name(one) == file_name(other)) == (one == other)


def test_a_rollout_and_its_end_are_written(registry: Registry, kit: Kit, tmp_path: Path) -> None:
    """While a release is rolled out both agents are there with their shares; after a rollback one again."""
    folder = tmp_path / "out"
    assert materialize(registry, "production", folder).changed
    index = check(current(folder))
    assert [(each["part"], each["weight"]) for each in index["agents"]] == [("stable", 100)]
    registry.promote("production", "2", "ida")
    assert materialize(registry, "production", folder).generation == 2
    index = check(current(folder))
    shares = [
        (each["part"], each["sequence"], each["weight"], each["agent_digest"]) for each in index["agents"]
    ]
    assert shares == [("stable", 0, 95, digest(kit.before)), ("canary", 2, 5, digest(kit.after))]
    rule = index["traffic"]
    assert rule["canary_below"] == 500 and rule["missing_id"] == "stable"
    assert bucket(rule["seed"], "conversation-0001") < rule["buckets"]
    assert (current(folder) / rule["flags"]).read_bytes() == registry.files.flags("production").read_bytes()
    registry.roll_back("production", "ida")
    assert materialize(registry, "production", folder).generation == 3
    assert [each["part"] for each in check(current(folder))["agents"]] == ["stable"]
    assert not (current(folder) / "canary").exists()


def test_what_is_there_is_not_written_again(registry: Registry, tmp_path: Path) -> None:
    """A second time nothing is touched; what somebody altered is written anew, the altered one left alone."""
    folder = tmp_path / "out"
    first = materialize(registry, "production", folder)
    before = tree(folder)
    again = materialize(registry, "production", folder)
    assert (again.changed, again.folder, tree(folder)) == (False, first.folder, before)
    (first.folder / "stable" / "charter.json").write_bytes(b"{}")
    mended = materialize(registry, "production", folder)
    assert mended.changed and mended.folder != first.folder
    check(current(folder))
    assert materialize(registry, "production", folder).changed is False


def test_a_reader_never_sees_a_half_state(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every single step of writing, what the pointer and the link name is one whole generation."""
    folder = tmp_path / "out"
    materialize(registry, "production", folder)
    registry.promote("production", "2", "ida")
    seen: list[int] = []
    real_fsync, real_replace = os.fsync, os.replace

    def look() -> None:
        by_link = folder / "current"
        seen.append(check(current(folder))["generation"])
        if os.name == "posix":
            assert check(by_link)["generation"] in (1, 2)

    def fsync(number: int) -> None:
        look()
        real_fsync(number)

    def replace(old: Path, new: Path) -> None:
        look()
        real_replace(old, new)
        look()

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    materialize(registry, "production", folder)
    assert seen == sorted(seen) and set(seen) == {1, 2} and len(seen) > 20


def test_a_full_disk_leaves_what_was_there(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever write fails, the generation before stays, nothing unfinished does, and a sentence says so."""
    folder = tmp_path / "out"
    materialize(registry, "production", folder)
    before = tree(folder)
    registry.promote("production", "2", "ida")
    real = os.fsync
    for failing in (1, 5, 25):
        left = [failing]

        def fsync(number: int, left: list[int] = left) -> None:
            left[0] -= 1
            if not left[0]:
                raise OSError(28, "No space left on device")
            real(number)

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fsync)
            with pytest.raises(ProviderFailed, match="No space left"):
                materialize(registry, "production", folder)
        assert tree(folder) == before
    assert materialize(registry, "production", folder).changed


def test_old_generations_go_the_newest_stay(registry: Registry, tmp_path: Path) -> None:
    """A long life does not fill the disk: the present generation and the newest others stay."""
    folder = tmp_path / "out"
    for _ in range(KEPT):
        registry.promote("production", "2", "ida")
        materialize(registry, "production", folder)
        registry.roll_back("production", "ida")
        materialize(registry, "production", folder)
    assert len(list((folder / "versions").iterdir())) == KEPT
    check(current(folder))


def test_a_folder_with_something_else_is_left_alone(registry: Registry, tmp_path: Path) -> None:
    """A folder that holds other files is refused, and an unknown environment makes nothing."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letters.txt").write_text("Dear …")
    with pytest.raises(WrongUse, match=r"letters\.txt"):
        materialize(registry, "production", tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["letters.txt"]
    with pytest.raises(WrongUse, match="no environment"):
        materialize(registry, "nowhere", tmp_path / "other")


def test_following_writes_what_changes_and_nothing_else(registry: Registry, tmp_path: Path) -> None:
    """Each change is written once and told once; trouble is told once, and the next look tries again."""
    folder = tmp_path / "out"
    told: list[Materialized | StudioError] = []
    beats: Iterator[Callable[[], object]] = iter(
        [
            lambda: None,
            lambda: registry.promote("production", "2", "ida"),
            lambda: None,
            lambda: (folder / "versions").rename(tmp_path / "aside"),
            lambda: registry.roll_back("production", "ida"),
            lambda: None,
        ]
    )

    def stopped() -> bool:
        step = next(beats, None)
        if step is not None:
            step()
        return step is None

    follow(registry, "production", folder, stopped, told.append)
    assert [each.generation for each in told if isinstance(each, Materialized)] == [1, 2, 3]
    check(current(folder))


def test_following_is_stopped_by_a_signal(registry: Registry, tmp_path: Path) -> None:
    """`--watch` writes, follows a promotion made meanwhile, and ends at once with exit code 0 on SIGTERM."""
    if os.name != "posix":
        pytest.skip("signals of POSIX")
    folder = tmp_path / "out"
    verb = ["registry", "materialize", str(folder), "--watch", "--every", "0.1", "--json"]
    with subprocess.Popen(
        [sys.executable, "-m", "studio", *verb, "--registry", str(registry.path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as following:
        try:
            assert following.stdout is not None
            assert json.loads(following.stdout.readline())["generation"] == 1
            registry.promote("production", "2", "ida")
            assert json.loads(following.stdout.readline())["generation"] == 2
            following.send_signal(signal.SIGTERM)
            _, said = following.communicate(timeout=60)
        finally:
            following.kill()
    assert (following.returncode, said.strip()) == (0, "Stopped.")
    assert check(current(folder))["generation"] == 2
