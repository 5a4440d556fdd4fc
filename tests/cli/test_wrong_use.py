"""What scripts and people rely on when something is wrong: the exit code and one sentence."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio.cli.main import run


def call(*arguments: object) -> tuple[int, str, str]:
    """Run the command line in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run([str(argument) for argument in arguments])
    return code, out.getvalue(), err.getvalue()


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings of nobody in particular."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    monkeypatch.delenv("COBUILDER_PASSPHRASE", raising=False)


WRONG = [
    (["frobnicate"], 2),
    (["source", "list", "-w", "{tmp}"], 2),
    (["source", "list", "--frob"], 2),
    (["new", "{tmp}/w"], 2),
    (["new", "{tmp}/w", "--sample", "nothing"], 2),
    (["new", "{tmp}/w", "--name", "  "], 2),
    (["new", "{tmp}/w", "--name", "Desk", "--sample", "returns_assistant"], 2),
    (["new", "{tmp}/w", "--agent", "{tmp}/missing.json"], 2),
    (["new", "{tmp}/w", "--agent", "{tmp}/broken.json"], 3),
    (["analyze", "{tmp}/missing.md"], 2),
    (["analyze", "{tmp}/picture.png"], 3),
    (["analyze", "{tmp}/empty.md"], 3),
    (["analyze", "{tmp}/nul.md"], 3),
    (["analyze", "{tmp}/good.md", "--tools", "{tmp}/broken.json"], 3),
    (["bundle", "verify", "{tmp}/broken.json", "--policy", "{tmp}/broken.json"], 3),
    (["bundle", "show", "{tmp}/broken.json"], 3),
    (["bundle", "recompute", "{tmp}/broken.json"], 3),
    (["registry", "status", "-r", "{tmp}/missing.db"], 2),
    (["registry", "log", "-r", "{tmp}/broken.json"], 3),
    (["key", "new", "../ana"], 2),
    (["policy", "new", "{tmp}/p.json", "--agent", "a", "--person", "ana"], 2),
    (["demo", "--dir", "{tmp}"], 2),
]


@pytest.mark.parametrize(
    ("arguments", "code"), WRONG, ids=lambda v: " ".join(v) if isinstance(v, list) else ""
)
def test_wrong_input_gives_one_sentence_and_its_code(arguments: list[str], code: int, tmp_path: Path) -> None:
    """Whatever is handed in wrongly: the right exit code, one sentence on stderr, nothing on stdout."""
    (tmp_path / "broken.json").write_text('{"a": ')
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    (tmp_path / "empty.md").write_bytes(b"")
    (tmp_path / "nul.md").write_bytes(b"a\x00b")
    (tmp_path / "good.md").write_text("# Refunds\n\nYou must ask for the receipt.\n")
    found, out, err = call(*(argument.format(tmp=tmp_path) for argument in arguments))
    assert found == code, err
    assert out == ""
    assert err.startswith("cobuilder: ")
    assert len(err.strip().splitlines()) == 1
    assert "Traceback" not in err
    assert "internal fault" not in err


def test_a_verb_that_is_nearly_one_is_asked_about() -> None:
    """A question ends with its own sign, and with no other behind it."""
    code, _, err = call("registry", "stats")
    assert code == 2
    assert err.startswith("cobuilder: No such command 'stats'. Did you mean 'status'? See `")


def test_analyze_prints_the_stable_shape(tmp_path: Path) -> None:
    """Programs rely on the shape: rules, workflows and questions, with verbatim quotes."""
    text = "# Refunds\n\nNever refund in cash. You must ask for the receipt.\n"
    (tmp_path / "sop.md").write_text(text)
    code, out, _ = call("analyze", tmp_path / "sop.md", "--json")
    report = json.loads(out)
    assert code == 0
    assert set(report) == {"rules", "workflows", "questions"}
    assert {rule["kind"] for rule in report["rules"]} == {"never", "must"}
    assert all(rule["source_quote"] in text for rule in report["rules"])
    assert all(set(rule) == {"kind", "text", "source_quote"} for rule in report["rules"])


def test_every_verb_explains_itself() -> None:
    """`--help` of every verb ends with exit code 0 and says what the verb does."""
    import typer.main

    from studio.cli.main import app

    group = typer.main.get_command(app)
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        for sub in getattr(command, "commands", {None: command}):
            arguments = [name, *([sub] if sub else []), "--help"]
            out = io.StringIO()
            with contextlib.redirect_stdout(out):  # the command is built once, not for every verb
                code = group.main(args=arguments, prog_name="cobuilder", standalone_mode=False)
            assert not code
            assert len(out.getvalue().splitlines()) > 4, arguments


def test_the_module_is_the_command(tmp_path: Path) -> None:
    """`python -m studio` is `cobuilder`, with the same exit codes."""
    environment = {**os.environ, "COBUILDER_CONFIG": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "studio", "source", "list", "-w", str(tmp_path)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 2
    assert "is not a workspace" in done.stderr
