"""An edit is on disk when it is done: a process that is killed right after it loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from studio.assembly import new_workbench, open_workbench, sample
from studio.domain.frozen import canonical
from studio.services.queries.agents import ShowAgent
from studio.settings import Settings

EDIT = """
import os, signal, sys
from pathlib import Path
from studio.assembly import open_workbench
from studio.services.authoring.steps import add_step
from studio.services.commands import EditAgent
from studio.services.queries.agents import ShowAgent
from studio.settings import Settings

bench = open_workbench(Path(sys.argv[1]), Settings(name="Ana Silva"))
draft = bench.ask(ShowAgent()).draft
bench.do(EditAgent(add_step(draft, draft.workflows[0].id, "say", title="Said before the crash")))
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="a process can only be killed so on POSIX")
def test_nothing_is_lost_when_the_process_is_killed_after_an_edit(tmp_path: Path) -> None:
    """After the kill the workspace opens with the edit, which can still be taken back to the byte."""
    folder = tmp_path / "workspace"
    bench = new_workbench(folder, sample("returns_assistant").agent, Settings(name="Ana Silva"))
    before = canonical(bench.ask(ShowAgent()).draft)
    bench.close()
    made = subprocess.run(
        [sys.executable, "-c", EDIT, str(folder)], env=dict(os.environ), timeout=120, check=False
    )
    assert made.returncode == -signal.SIGKILL
    bench = open_workbench(folder, Settings(name="Ana Silva"))
    draft = bench.ask(ShowAgent()).draft
    assert draft.workflows[0].steps[-1].title == "Said before the crash"
    assert "Said before the crash" in bench.undo()
    assert canonical(bench.ask(ShowAgent()).draft) == before
    bench.close()
