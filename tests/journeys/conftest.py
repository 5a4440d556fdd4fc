"""The main job's fixed circumstances: the same sample, person, plan and keys for both faces."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from studio.cli.main import run

POLICY = "approval-policy.json"
NEW_DOCUMENT = "sample_projects/returns_assistant/documents/returns-policy-2026.md"
PASSPHRASE = "correct horse battery"
PEOPLE = (("ana", "Ana Silva", "author"), ("ben", "Ben Okoro", "compliance"), ("chi", "Chi Nguyen", "it"))


@dataclass(frozen=True)
class Answer:
    """What the command line answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


Cobuilder = Callable[..., Answer]


def call(*arguments: object) -> Answer:
    """Run the command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([str(argument) for argument in arguments])
    return Answer(code, out.getvalue(), err.getvalue())


def settle(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let the command line find everything in one folder."""
    patch.setenv("COBUILDER_CONFIG", str(folder / "config"))
    patch.setenv("COBUILDER_USER", "Ana Silva")
    patch.setenv("COBUILDER_WORKSPACE", str(folder / "workspace"))
    patch.setenv("COBUILDER_PASSPHRASE", PASSPHRASE)
    patch.setenv("COBUILDER_REGISTRY", str(folder / "registry.db"))


def make_policy(folder: Path) -> None:
    """Make three keys, and IT's policy that knows them."""
    people: list[str] = []
    for name, full, role in PEOPLE:
        assert call("key", "new", name).code == 0
        public = folder / "config" / "keys" / f"{name}.pub.pem"
        people += ["--person", f"{name}:{full}:{role}:{public}"]
    answer = call("policy", "new", folder / POLICY, "--agent", "returns-assistant", *people)
    assert answer.code == 0, answer.err


def make_draft(document: Path, folder: Path) -> None:
    """Make the sample's workspace; read, compare, decide, check, simulate; hand in IT's policy."""
    assert call("new", folder / "workspace", "--sample", "returns_assistant").code == 0
    added = call("source", "add", document, "--supersedes", "S-01", "--json")
    assert added.json[0]["id"] == "S-03"
    proposal = call("propose", "S-03", "--json").json
    assert proposal["total"] >= 10
    assert call("review", "accept", "P-01", "--all").code == 0
    for question in proposal["questions"]:
        aside = () if question["category"] == "conflict" else ("--set-aside",)
        assert call("review", "answer", "P-01", question["id"], "Left to people.", *aside).code == 0
    for row in call("source", "conflicts", "--json").json["conflicts"]:
        if not row["decided"]:
            holds = row["collision"]["winner"] or "both"
            assert call("source", "decide", row["collision"]["id"], holds, "Left to people.").code == 0
    assert call("source", "suspects").code == 0
    assert call("check").code == 0
    assert call("simulate", "--customers", "2").code == 0
    assert call("release", "plan", "--policy", folder / POLICY).code == 0


def sign(*people: int) -> None:
    """Approve, each in the own role."""
    for index in people:
        key, name, role = PEOPLE[index]
        answer = call("approve", "--role", role, "--person", name, "--key", key)
        assert answer.code == 0, answer.err


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """Keys, policy, and a workspace whose draft was signed by two of three people; made once."""
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        settle(patch, folder)
        make_policy(folder)
        make_draft(repository / NEW_DOCUMENT, folder)
        sign(0, 1)
    return folder


@pytest.fixture
def cobuilder(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cobuilder:
    """Run the command line on a copy of what was prepared."""
    shutil.copytree(prepared, tmp_path, dirs_exist_ok=True)
    settle(monkeypatch, tmp_path)
    return call


@pytest.fixture
def approved(cobuilder: Cobuilder) -> Cobuilder:
    """The same, with the third signature."""
    sign(2)
    return cobuilder


@pytest.fixture
def policy_file(tmp_path: Path) -> Path:
    """IT's policy."""
    return tmp_path / POLICY


@pytest.fixture(scope="session")
def received(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What IT receives: its policy, and one release in signed bundles for staging and production."""
    folder = tmp_path_factory.mktemp("received")
    work = folder / "work"
    shutil.copytree(prepared, work)
    with pytest.MonkeyPatch.context() as patch:
        settle(patch, work)
        sign(2)
        assert call("export", folder / "returns-assistant-2.cobundle").code == 0
        assert call("release", "plan", "--policy", work / POLICY, "--environment", "staging").code == 0
        sign(0, 1)
        assert call("export", folder / "staging-2.cobundle").code == 0
    shutil.copy(work / POLICY, folder / POLICY)
    shutil.rmtree(work)
    return folder
