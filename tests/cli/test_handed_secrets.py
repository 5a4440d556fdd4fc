"""Secrets in the environment: this program reads them, and no process that it starts does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from studio.cli import handed_secrets

PASSPHRASE = "a long passphrase in the environment"
SECRETS = {"COBUILDER_PASSPHRASE": PASSPHRASE, "COBUILDER_SERVE_TOKEN": "token-of-the-endpoint"}
WITH_PASSWORD = "postgresql+psycopg://otto:hunter2@127.0.0.1:1/db"
IN_WORKERS = """
import os
from studio.cli.handed_secrets import handed, take
from studio.workers.pool import PoolWorkers
if __name__ == "__main__":
    take()
    with PoolWorkers(1) as pool:
        print(list(pool.map(os.getenv, ["COBUILDER_PASSPHRASE", "COBUILDER_SERVE_TOKEN", "COBUILDER_OTHER"])))
    print(handed("COBUILDER_PASSPHRASE"))
"""


def _environment(tmp_path: Path, **more: str) -> dict[str, str]:
    return {**os.environ, **SECRETS, "COBUILDER_CONFIG": str(tmp_path / "config"), **more}


def test_a_metrics_command_is_told_no_secret(tmp_path: Path, repository: Path) -> None:
    """It has the rest of the environment, but no passphrase, no token, and no password of a database."""
    program, told = tmp_path / "readings.py", tmp_path / "told.json"
    program.write_text(f"import json, os; json.dump(dict(os.environ), open({str(told)!r}, 'w'))")
    advance = [sys.executable, "-m", "studio", "registry", "advance"]
    command = [*advance, "--metrics-command", f"{sys.executable} {program}"]
    for place, kept in ((WITH_PASSWORD, False), (str(tmp_path / "none.db"), True)):
        environment = _environment(tmp_path, COBUILDER_REGISTRY=place, COBUILDER_OTHER="kept")
        subprocess.run(command, env=environment, cwd=repository, capture_output=True, timeout=60)
        seen = json.loads(told.read_text())
        assert not set(SECRETS) & set(seen) and not set(SECRETS.values()) & set(seen.values())
        assert ("COBUILDER_REGISTRY" in seen) is kept and seen["COBUILDER_OTHER"] == "kept"


def test_workers_are_told_no_secret_and_this_program_has_it_still(tmp_path: Path, repository: Path) -> None:
    """What the program took out of its environment at the start, no process started later inherits."""
    script = tmp_path / "workers.py"
    script.write_text(IN_WORKERS)
    environment = _environment(tmp_path, COBUILDER_OTHER="kept", PYTHONPATH=str(repository))
    answer = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True, timeout=120
    )
    assert answer.stdout.splitlines() == ["[None, None, 'kept']", PASSPHRASE], answer.stderr


def test_the_program_reads_the_passphrase_that_it_was_handed(tmp_path: Path, repository: Path) -> None:
    """A key is made and opened with the passphrase of the environment."""
    for verb in (["key", "new", "ana"], ["key", "challenge", "ana", "--person", "ana", "--code", "1234"]):
        answer = subprocess.run(
            [sys.executable, "-m", "studio", *verb],
            env=_environment(tmp_path, PYTHONPATH=str(repository)),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert answer.returncode == 0, answer.stderr
    body = (tmp_path / "config" / "keys" / "ana.key").read_text()
    assert PASSPHRASE not in body


def test_which_addresses_hold_a_password() -> None:
    """A registry without a password in its address is told to a metrics command, which may well ask it."""
    for place, kept in (
        ("registry.db", True),
        ("/srv/a:b/registry.db", True),
        ("postgresql+psycopg://it@db/registry", True),
        ("postgresql+psycopg://it@db:5432/registry?files=/srv/it", True),
        (WITH_PASSWORD, False),
        ("postgresql+psycopg://it:p@ss/w@db/registry", False),
        ("postgresql+psycopg://it@db/registry?password=x", False),
    ):
        told = handed_secrets.for_children({"COBUILDER_REGISTRY": place, "HOME": "/"})
        assert told == {"HOME": "/", **({"COBUILDER_REGISTRY": place} if kept else {})}
