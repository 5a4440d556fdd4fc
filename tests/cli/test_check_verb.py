"""The verb of proofs: the window's findings under lasting ids, as text, JSON, SARIF; shown, mended, kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from studio.assembly import new_from_sample, open_workbench
from studio.cli.main import run
from studio.cli.places import settings_for
from studio.diff.agents import diff_agents
from studio.domain.workflow import ToolCall
from studio.release.standard_sarif import sarif
from studio.services.commands import EditAgent
from studio.services.queries.agents import ShowAgent

# What the SARIF 2.1.0 specification demands of the parts that are used here (sections 3.13 to 3.38).
_TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string", "minLength": 1}}}
_LOCATION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "message": _TEXT,
        "logicalLocations": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "fullyQualifiedName": {"type": "string"},
                    "name": {"type": "string"},
                    "kind": {"type": "string"},
                },
            },
        },
    },
}
_FLOW = {
    "type": "object",
    "required": ["threadFlows"],
    "properties": {
        "threadFlows": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["locations"],
                "properties": {
                    "locations": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": "object", "properties": {"location": _LOCATION}},
                    }
                },
            },
        }
    },
}
_RESULT = {
    "type": "object",
    "required": ["message", "ruleId", "ruleIndex", "kind", "level", "partialFingerprints"],
    "additionalProperties": False,
    "properties": {
        "message": _TEXT,
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "kind": {"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
        "level": {"enum": ["none", "note", "warning", "error"]},
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
        "locations": {"type": "array", "items": _LOCATION},
        "codeFlows": {"type": "array", "items": _FLOW},
        "properties": {"type": "object"},
    },
    # 3.27.10: a result that is no failure has the level "none".
    "if": {"properties": {"kind": {"const": "pass"}}},
    "then": {"properties": {"level": {"const": "none"}}},
}
_DRIVER = {
    "type": "object",
    "required": ["name"],
    "properties": {
        "name": {"type": "string"},
        "semanticVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+"},
        "rules": {
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "object", "required": ["id"], "properties": {"shortDescription": _TEXT}},
        },
    },
}
SARIF: dict[str, Any] = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool"],
                "additionalProperties": False,
                "properties": {
                    "tool": {"type": "object", "required": ["driver"], "properties": {"driver": _DRIVER}},
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "automationDetails": {"type": "object", "required": ["id"]},
                    "results": {"type": "array", "items": _RESULT},
                },
            },
        },
    },
}


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace of the returns assistant in which the look-up comes before identity."""
    folder = tmp_path / "desk"
    new_from_sample(folder, "returns_assistant", settings_for("")).close()
    bench = open_workbench(folder, settings_for(""))
    draft = bench.ask(ShowAgent()).draft
    flow = draft.workflow("return-item")
    look = next(step for step in flow.steps if isinstance(step, ToolCall))
    flows = tuple(
        each.model_copy(update={"start": look.id}) if each.id == flow.id else each for each in draft.workflows
    )
    changed = draft.model_copy(update={"workflows": flows})
    bench.do(EditAgent(diff_agents(draft, changed, "Look up first")))
    bench.close()
    monkeypatch.chdir(folder)
    return folder


FINDING = "identity:workflows/return-item/steps/look-up-order"


def found(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """What `check --json` prints."""
    run(["check", "--json"])
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


def test_the_command_line_finds_what_the_window_finds(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Same findings, same ids, in the same order; exit code 1 where one is broken."""
    assert run(["check", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    bench = open_workbench(desk, settings_for(""))
    checks = bench.ask(ShowAgent()).checks
    bench.close()
    assert [each["id"] for each in told["checks"]] == [each.id for each in checks]
    assert FINDING in {each["id"] for each in told["checks"] if each["status"] == "broken"}
    assert len({each["id"] for each in told["checks"]}) == len(told["checks"])


def test_the_findings_are_valid_sarif(desk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is what SARIF 2.1.0 demands; results point at their rules; ids are told as fingerprints."""
    path = tmp_path / "findings.sarif"
    assert run(["check", "--sarif", str(path)]) == 1
    capsys.readouterr()
    log = json.loads(path.read_text(encoding="utf-8"))
    Draft7Validator(SARIF).validate(log)
    (one,) = log["runs"]
    rules = [rule["id"] for rule in one["tool"]["driver"]["rules"]]
    assert all(rules[each["ruleIndex"]] == each["ruleId"] for each in one["results"])
    prints = [each["partialFingerprints"]["cobuilderCheck/v1"] for each in one["results"]]
    assert len(set(prints)) == len(prints)
    broken = next(each for each in one["results"] if each["properties"]["id"] == FINDING)
    assert broken["level"] == "error" and broken["codeFlows"]
    Draft7Validator(SARIF).validate(sarif((), "empty", "0.1.0"))


def test_a_finding_is_shown_mended_and_kept(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A finding is told as a conversation; its fix ends it, its test is added, and both can be undone."""
    assert run(["check", "--show", FINDING]) == 0
    told = capsys.readouterr().out
    assert "As a conversation:" in told and "customer: " in told and "Suggested: Verify identity" in told
    assert run(["check", "--keep", FINDING]) == 0
    assert run(["check", "--fix", FINDING]) == 0
    capsys.readouterr()
    assert FINDING not in {e["id"] for e in found(desk, capsys)["checks"] if e["status"] == "broken"}
    assert run(["undo"]) == 0
    capsys.readouterr()
    assert FINDING in {e["id"] for e in found(desk, capsys)["checks"] if e["status"] == "broken"}


def test_an_unknown_finding_is_a_sentence(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who names a finding that is not there is told so, and where to look."""
    assert run(["check", "--show", "nothing"]) == 2
    assert "The checks find no “nothing”" in capsys.readouterr().err


def test_a_rule_is_read_and_confirmed(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """How rules are enforced is told; a rule's reading is said in words, confirmed, proved, and undone."""
    assert run(["check", "--rules"]) == 0
    assert "R-10 Never ask for a card number [text only]" in capsys.readouterr().out
    assert run(["check", "--read", "R-07"]) == 0
    assert "On no path “issue refund” is called when amount is above 200." in capsys.readouterr().out
    assert run(["check", "--confirm", "R-02"]) == 0
    capsys.readouterr()
    kept = [each for each in found(desk, capsys)["checks"] if each["check"] == "kept"]
    assert {each["status"] for each in kept} == {"holds"} and kept[0]["assumes"]
    assert run(["undo"]) == 0
    assert run(["check", "--read", "R-10"]) == 2
    assert "cannot be read" in capsys.readouterr().err
