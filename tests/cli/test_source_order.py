"""How documents weigh, on the command line: shown, changed, refused."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import pytest

from studio.cli.main import run


def call(*arguments: object) -> tuple[int, str]:
    """Run the command line in this process; return the exit code and all it said."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = run([str(argument) for argument in arguments])
    return code, said.getvalue()


def test_the_order_is_shown_changed_and_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`source order` shows the kinds, takes all of them in another order, and refuses a part of them."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    place = tmp_path / "w"
    assert call("new", place, "--sample", "appointment_desk")[0] == 0
    order = ["regulation", "sop", "policy", "knowledge article", "note"]
    assert call("source", "order", "-w", place)[1].splitlines()[1] == "2. policy"
    assert call("source", "order", *order, "-w", place)[0] == 0
    code, said = call("source", "order", "-w", place, "--json")
    assert (code, json.loads(said)) == (0, order)
    for wrong in (["sop", "policy"], ["law"], order):
        code, said = call("source", "order", *wrong, "-w", place)
        assert code == 2 and said.startswith("cobuilder: "), said
    assert call("undo", "-w", place)[0] == 0
    assert call("source", "order", "-w", place)[1].splitlines()[1] == "2. policy"
