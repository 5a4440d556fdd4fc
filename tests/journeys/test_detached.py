"""Approving by mail: the author asks, another computer signs, both ways lead to the very same bundle."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.journeys.conftest import Cobuilder, sign


def test_an_approval_signed_elsewhere_counts_in_the_workspace_and_in_the_bundle(
    cobuilder: Cobuilder, tmp_path: Path, policy_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """IT signs without a workspace; taken in by the author or attached by IT, the bundle verifies."""
    assert cobuilder("export", tmp_path).code == 1, "an approval is missing"
    written = cobuilder("release", "request", tmp_path)
    assert written.code == 0, written.err
    request = tmp_path / "returns-assistant-2-to-approve.cobundle"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(request, elsewhere)
    monkeypatch.delenv("COBUILDER_WORKSPACE")
    monkeypatch.chdir(elsewhere)
    approval = elsewhere / "chi.approval.json"
    signed = cobuilder(
        "approve", "--detached", request.name, "--role", "it", "--person", "Chi Nguyen", "--key", "chi",
        "--policy", policy_file, "-o", approval, "--yes",
    )  # fmt: skip
    assert signed.code == 0, signed.err
    spoken = re.search(r"who sign: ([0-9A-Z-]+)", written.out)
    assert spoken and f"fingerprint {spoken[1]}" in signed.out, (
        "who signs can compare what the author reads out"
    )
    assert (
        "Returns assistant, release 2, for production" in signed.out and "Signed already: ana" in signed.out
    )
    attached = elsewhere / "whole.cobundle"
    put = cobuilder("bundle", "attach", request.name, approval, "-o", attached, "--policy", policy_file)
    assert put.code == 0, put.out + put.err
    assert cobuilder("bundle", "verify", attached, "--policy", policy_file).code == 0

    monkeypatch.setenv("COBUILDER_WORKSPACE", str(tmp_path / "workspace"))
    taken = cobuilder("release", "take", approval)
    assert taken.code == 0 and "approval of Chi Nguyen (IT)" in taken.out, taken.out
    assert "taken in before" in cobuilder("release", "take", approval).out
    exported = tmp_path / "exported.cobundle"
    assert cobuilder("export", exported).code == 0
    assert exported.read_bytes() == attached.read_bytes()


def test_an_approval_of_other_content_is_told_and_not_taken(cobuilder: Cobuilder, tmp_path: Path) -> None:
    """After an edit the approval that was on its way is void; nothing is taken in."""
    assert cobuilder("release", "request", tmp_path).code == 0
    request = tmp_path / "returns-assistant-2-to-approve.cobundle"
    approval = tmp_path / "chi.approval.json"
    asked = (
        "approve",
        "--detached",
        request,
        "--role",
        "it",
        "--person",
        "chi",
        "--key",
        "chi",
        "-o",
        approval,
    )
    unasked = cobuilder(*asked)
    assert unasked.code == 2 and "no terminal to ask on" in unasked.err and not approval.exists()
    signed = cobuilder(*asked, "--yes")
    assert signed.code == 0, signed.err
    assert cobuilder("simulate", "--customers", "3").code == 0
    answer = cobuilder("release", "take", approval)
    assert answer.code == 1 and "was given for other content" in answer.out
    sign(0)  # the content is another, so everybody may sign anew
    assert "chi" not in str(cobuilder("release", "show", "--json").json["signatures"])
