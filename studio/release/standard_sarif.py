"""Findings of the checks as SARIF 2.1.0, the format in which code hosts and security tools read results.

- A finding keeps its id as a fingerprint, so that a tool recognises it after every change.
- Places are logical: a path in the agent, not a line of a file. A counterexample is a code flow.
- What holds is in it too, as a pass: IT sees what was proved, not only what was not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from studio.domain.check import CheckResult, PathStep

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"broken": "error", "warning": "warning", "holds": "none"}
_KINDS = {"broken": "fail", "warning": "fail", "holds": "pass"}


def sarif(results: Sequence[CheckResult], agent: str, version: str) -> dict[str, Any]:
    """Return the SARIF log of some results of one agent."""
    names = list(dict.fromkeys(each.check for each in results))
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "CoBuilder Studio",
                        "semanticVersion": version,
                        "rules": [_rule(name) for name in names],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "automationDetails": {"id": f"cobuilder-check/{agent}"},
                "results": [_result(each, names.index(each.check)) for each in results],
            }
        ],
    }


def rule_id(check: str) -> str:
    """Return the lasting id of a kind of check; a slash in it would make it a part of another rule."""
    return "cobuilder-" + check.replace(" ", "-")


def _rule(check: str) -> dict[str, Any]:
    words = check[:1].upper() + check[1:]
    return {"id": rule_id(check), "name": words.title().replace(" ", ""), "shortDescription": {"text": words}}


def _result(each: CheckResult, index: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ruleId": rule_id(each.check),
        "ruleIndex": index,
        "kind": _KINDS[each.status],
        "level": _LEVELS[each.status],
        "message": {"text": each.detail},
        "partialFingerprints": {"cobuilderCheck/v1": hashlib.sha256(each.id.encode()).hexdigest()},
        "locations": [{"logicalLocations": [_place(each.path or "agent", each.subject)]}],
        "properties": {"id": each.id},
    }
    if each.assumes:
        found["properties"]["assumes"] = each.assumes
    if each.counterexample:
        steps = [{"location": _step(step)} for step in each.counterexample]
        found["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    return found


def _place(path: str, name: str) -> dict[str, Any]:
    return {"fullyQualifiedName": path, "name": name, "kind": "resource"}


def _step(step: PathStep) -> dict[str, Any]:
    said = f"{step.title} ({step.label})" if step.label else step.title
    path = f"workflows/{step.workflow}/steps/{step.step}"
    return {"message": {"text": said}, "logicalLocations": [_place(path, step.title)]}
