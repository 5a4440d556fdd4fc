"""IT on a machine of its own: only the base set, only the README, from a received file to a canary and back.

- The environment is a real virtual one that holds what `base.lock` names, linked from this one (no network),
  and this checkout; nothing else can be imported in it.
"""

from __future__ import annotations

import contextlib
import http.client
import importlib
import importlib.metadata
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sysconfig
import threading
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from studio.cli.main import run
from studio.release.interactions import read_back
from studio.release.traffic import bucket, seed_for

pytestmark = pytest.mark.skipif(
    os.name != "posix" or shutil.which("bash") is None, reason="the README's commands are for a POSIX shell"
)
SECTION = "### For IT: from a received file to a canary and back"
EXAMPLES = ("github-actions.yml", "gitlab-ci.yml")


def base_packages(repository: Path) -> list[str]:
    """Return the packages of the base lock that are installed here; markers leave some out."""
    lock = (repository / "packaging" / "base.lock").read_text(encoding="utf-8")
    installed = {dist.name.lower().replace("_", "-") for dist in importlib.metadata.distributions()}
    return [name for name in re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE) if name in installed]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """Return the folder of programs of an environment with the base set alone."""
    folder = tmp_path_factory.mktemp("it") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    own = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    for name in base_packages(repository):
        for file in importlib.metadata.distribution(name).files or ():
            there = Path(str(file.locate())).parent
            while there.name != "site-packages" and there.parent.name != "site-packages":
                there = there.parent
            top = Path(str(file.locate())) if there.name == "site-packages" else there
            link = own / top.name
            if ".." not in file.parts and top.exists() and not link.exists() and top.name != "__pycache__":
                link.symlink_to(top)
    (own / "checkout.pth").write_text(f"{repository}\n")
    command = folder / "bin" / "cobuilder"
    command.write_text(f"#!{folder / 'bin' / 'python'}\nfrom studio.__main__ import main\nmain()\n")
    command.chmod(0o755)
    return folder / "bin"


@pytest.fixture
def desk(received: Path, tmp_path: Path) -> Path:
    """Return a folder of IT's with what was received."""
    shutil.copytree(received, tmp_path / "desk")
    return tmp_path / "desk"


def surroundings(alone: Path, desk: Path) -> dict[str, str]:
    """Return the environment variables of a machine on which nothing else is set."""
    kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TMPDIR") if name in os.environ}
    settings = {"HOME": str(desk), "COBUILDER_CONFIG": str(desk / "config"), "COBUILDER_USER": "ida"}
    return {**kept, **settings, "PATH": f"{alone}{os.pathsep}{os.defpath}"}


def shell(script: str, alone: Path, desk: Path, **more: str) -> str:
    """Run a script as IT's shell would, stopping at the first failure; return what it printed."""
    done = subprocess.run(
        ["bash", "-e", "-u", "-o", "pipefail", "-c", script],
        cwd=desk,
        env={**surroundings(alone, desk), **more},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def typed(*arguments: str) -> str:
    """Run the command line in this process, where the surroundings are set; return what it printed."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = run(list(arguments))
    assert code == 0, out.getvalue()
    return out.getvalue()


@contextmanager
def quick_command(desk: Path) -> Iterator[str]:
    """Give a shell function `cobuilder` that is answered by this process: starting Python costs the most."""
    for name in ("asked", "said"):
        os.mkfifo(desk / name)

    def answer() -> None:
        while (arguments := (desk / "asked").read_text().splitlines()) != ["stop"]:
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = run(arguments)
            (desk / "code").write_text(f"{code}\n{err.getvalue()}")
            (desk / "said").write_text(out.getvalue())

    answering = threading.Thread(target=answer)
    answering.start()
    try:
        lines = [
            "printf '%s\\n' \"$@\" > asked",
            "cat said",
            "tail -n +2 code >&2",
            'return "$(head -n 1 code)"',
        ]
        yield f"cobuilder() {{ {'; '.join(lines)}; }}\n"
    finally:
        (desk / "asked").write_text("stop")
        answering.join()


@pytest.fixture
def at_desk(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let this process stand where IT stands."""
    monkeypatch.chdir(desk)
    for name, value in {"COBUILDER_CONFIG": str(desk / "config"), "COBUILDER_USER": "ida"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("COBUILDER_REGISTRY", raising=False)
    return desk


def readme_blocks(repository: Path) -> list[str]:
    """Return the shell blocks of the README's section for IT."""
    text = (repository / "README.md").read_text(encoding="utf-8")
    section = text.partition(SECTION)[2].partition("\n### ")[0]
    return re.findall(r"^```sh\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


def test_the_readme_leads_to_a_canary_and_back(alone: Path, desk: Path, repository: Path) -> None:
    """The very lines of the README, on the base set without Qt, end with the earlier agent running again."""
    (commands,) = [block for block in readme_blocks(repository) if "registry promote" in block]
    absent = (
        "import importlib.util as u; print(*(n for n in ('PySide6', 'litellm', 'pytest') if u.find_spec(n)))"
    )
    assert shell(f"python -c {shlex.quote(absent)}", alone, desk).strip() == "", "the base set, nothing more"
    said = shell(commands, alone, desk)
    assert "now answers 5 % of the conversations in production" in said
    assert "as it ran before, answers all conversations in production" in said
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(desk)
        from studio import assembly

        with assembly.registry("registry.db") as registry:
            row = registry.environment("production")
            assert (row.stable.sequence, row.candidate, row.pointer.generation) == (0, None, 3)
            assert registry.verify_log() == ()


def job_lines(path: Path) -> list[str]:
    """Return the shell steps of a pipeline in their order, without the installation."""
    tree: Any = importlib.import_module("yaml").safe_load(path.read_text(encoding="utf-8"))
    jobs = tree["jobs"].values() if "jobs" in tree else [tree[name] for name in tree["stages"]]
    found: list[str] = []
    for job in jobs:
        steps = job.get("steps", [])
        found += [step["run"] for step in steps if "run" in step and step["name"] != "Install"]
        found += job.get("script", [])
    return [line.strip() for step in found for line in step.splitlines()]


def test_both_pipelines_take_the_same_steps(repository: Path) -> None:
    """GitHub's and GitLab's examples run the same lines in the same order: verify first, canary last."""
    one, other = (job_lines(repository / "packaging" / "ci-examples" / name) for name in EXAMPLES)
    assert one == other
    order = ["bundle verify", "registry import", "--environment staging", "bundle recompute", '"$RELEASE"']
    places = [next(i for i, line in enumerate(one) if words in line) for words in order[:4]]
    assert places == sorted(places)
    assert [line for line in one if "registry promote" in line][-1] == 'cobuilder registry promote "$RELEASE"'


def test_a_pipeline_runs_on_real_bundles(alone: Path, at_desk: Path, repository: Path) -> None:
    """Its lines take a release through staging to a canary; a run that is repeated changes nothing."""
    lines = job_lines(repository / "packaging" / "ci-examples" / EXAMPLES[0])
    given = {
        "RELEASE": "2",
        "STAGING_BUNDLE": "staging-2.cobundle",
        "PRODUCTION_BUNDLE": "returns-assistant-2.cobundle",
        "POLICY": "approval-policy.json",
    }
    typed("registry", "init", "--policy", given["POLICY"], "--agent", given["PRODUCTION_BUNDLE"])
    with quick_command(at_desk) as command:
        said = shell(command + "\n".join(lines), alone, at_desk, **given)
    assert "now answers 100 % of the conversations in staging" in said
    assert "now answers 5 % of the conversations in production" in said
    index = json.loads((at_desk / "agent-files" / "current" / "index.json").read_bytes())
    assert [each["weight"] for each in index["agents"]] == [95, 5]
    for line in (line for line in lines if "registry promote" in line):
        again = shlex.split(line.replace("$RELEASE", given["RELEASE"]))[1:]
        assert "Nothing to do" in typed(*again)


@contextmanager
def serving(alone: Path, desk: Path) -> Iterator[str]:
    """Serve in a process of its own; give its address, and stop it as an operator would."""
    command = [str(alone / "cobuilder"), "serve", "--port", "0", "--json"]
    with subprocess.Popen(
        command,
        cwd=desk,
        env=surroundings(alone, desk),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            yield str(json.loads(process.stdout.readline() or "{}").get("address"))
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=120)
            assert (process.returncode, said) == (0, "Stopped; 2 open conversations closed.\n")
        finally:
            process.kill()


def ask(address: str, path: str, body: dict[str, object]) -> dict[str, Any]:
    """Post a request and return the reply."""
    host, _, port = address.removeprefix("http://").rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=60)
    try:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        reply: dict[str, Any] = json.loads(answer.read())
        assert answer.status in (200, 201), reply
        return reply
    finally:
        connection.close()


def test_a_served_conversation_keeps_its_version_over_a_rollback(alone: Path, at_desk: Path) -> None:
    """A canary answers its share; after a rollback it finishes what it began, and no new one reaches it."""
    bundle = "returns-assistant-2.cobundle"
    typed("registry", "init", "--policy", "approval-policy.json", "--agent", bundle)
    typed("registry", "import", bundle)
    typed("registry", "promote", "2")
    seed = seed_for("returns-assistant", 2)
    drawn = [name for name in (f"customer-{n}" for n in range(400)) if bucket(seed, name) < 500]
    others = [name for name in (f"customer-{n}" for n in range(20)) if bucket(seed, name) >= 500]
    with serving(alone, at_desk) as address:
        first = ask(address, "/conversations", {"id": drawn[0]})
        stable = ask(address, "/conversations", {"id": others[0]})
        assert (first["metadata"]["sequence"], stable["metadata"]["sequence"]) == (2, 0)
        typed("registry", "rollback")
        said = ask(address, f"/conversations/{drawn[0]}/turns", {"turn": 1, "text": "Where is my refund?"})
        assert said["metadata"] == first["metadata"] and said["replies"]
        after = ask(address, "/conversations", {"id": drawn[1]})
        assert (after["metadata"]["sequence"], after["metadata"]["answered_by"]) == (0, "stable")
        ended = ask(
            address, f"/conversations/{drawn[1]}/turns", {"turn": 1, "text": "I want to talk to a person"}
        )
        assert ended["outcome"] == "handed over"
    found = read_back(path.read_bytes() for path in sorted((at_desk / "interactions").glob("*.jsonl")))
    versions = {talk.conversation: (talk.agent_version, talk.generation) for talk in found.interactions}
    assert versions == {drawn[0]: ("2", 2), others[0]: ("0", 2), drawn[1]: ("0", 3)}
    assert {talk.agent_digest for talk in found.interactions} == {
        first["metadata"]["agent_digest"],
        stable["metadata"]["agent_digest"],
    }
    outcomes = {talk.conversation: talk.outcome for talk in found.interactions}
    assert outcomes == {drawn[0]: "abandoned", others[0]: "abandoned", drawn[1]: "handed over"}
