"""A bundle in formats that other tools read: in-toto statements, SARIF of the checks, JUnit of the tests.

- Everything is derived from the bundle, so that the bundle itself has one truth only; the same bundle gives
  the same files.
- The statements are not signed: what people signed are the envelopes of the bundle, which are given out
  byte by byte beside them.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

from studio.domain.bundle import (
    FORMAT,
    STATEMENT_TYPE,
    Bundle,
    ConsequenceLine,
    RunEvidence,
)
from studio.domain.errors import BundleRefused
from studio.domain.frozen import canonical, to_json
from studio.release import layout
from studio.release.standard_sarif import sarif

TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
RELEASE_TYPE = "urn:cobuilder-studio:release:1"
SARIF, JUNIT = "checks.sarif.json", "scenarios.junit.xml"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def standard_files(bundle: Bundle, files: dict[str, bytes]) -> dict[str, bytes]:
    """Return every file of the export by its name; `files` are those of the bundle."""
    found = {
        "release.intoto.json": canonical(_release(bundle)),
        SARIF: canonical(
            sarif(
                bundle.evidence.proofs.checks,
                bundle.manifest.agent.id,
                bundle.manifest.tools.get("cobuilder-studio", "0.0.0"),
            )
        ),
        JUNIT: junit(bundle),
    }
    for run in bundle.evidence.runs.runs:
        name = "result" if run.role == "draft" else "live"
        found[f"tests-of-{name}.intoto.json"] = canonical(_test_result(bundle, run))
    for name in layout.attestation_names(files):
        found[f"approval-{name.removeprefix('attestations/')}"] = files[name]
    return found


def _statement(subject: list[dict[str, Any]], kind: str, predicate: dict[str, Any]) -> dict[str, Any]:
    return {"_type": STATEMENT_TYPE, "subject": subject, "predicateType": kind, "predicate": predicate}


def _subject(name: str, sha256: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": sha256}}


def _release(bundle: Bundle) -> dict[str, Any]:
    manifest = bundle.manifest
    predicate = {
        "format": FORMAT,
        "agent": to_json(manifest.agent),
        "environment": manifest.environment,
        "releaseSequence": manifest.release_sequence,
        "base": {"sha256": manifest.base_digest},
        "result": {"sha256": manifest.result_digest},
        "notAfter": to_json(manifest)["not_after"],
        "policy": manifest.policy_id,
        "tools": manifest.tools,
        "sources": [
            {"name": source.name, "version": source.version, "digest": {"sha256": source.digest}}
            for source in bundle.lineage.sources
        ],
    }
    return _statement([_subject(layout.MANIFEST, bundle.manifest_digest)], RELEASE_TYPE, predicate)


def _test_result(bundle: Bundle, run: RunEvidence) -> dict[str, Any]:
    """Return a run as in-toto's test-result: the agent is the subject, the tests are its configuration."""
    agent = layout.AFTER if run.role == "draft" else layout.BEFORE
    settings = {
        "engine": run.engine,
        "seed": run.seed,
        "customers": run.customers,
        "scenarios": run.scenarios_digest,
    }
    predicate = {
        "result": run.result,
        "configuration": [
            {
                "name": layout.AFTER,
                "digest": {"sha256": bundle.manifest.result_digest},
                "annotations": {name: str(value) for name, value in settings.items()},
            }
        ],
        "passedTests": list(run.passedTests),
        "warnedTests": [],
        "failedTests": list(run.failedTests),
    }
    return _statement([_subject(agent, run.agent_digest)], TEST_RESULT, predicate)


def junit(bundle: Bundle) -> bytes:
    """Return the tests of a bundle's result as JUnit XML, one case a test.

    How the live version fares is told in words: that it fails what the release mends is no failure of it.
    """
    runs = {run.role: run for run in bundle.evidence.runs.runs}
    run = runs.get("draft")
    if run is None:
        raise BundleRefused(
            "The bundle holds no run of its result.", "Ask for a new bundle with its own runs."
        )
    titles = {scenario.id: scenario.title for scenario in bundle.after.scenarios}
    names = [name for name in titles if name in {*run.passedTests, *run.failedTests}]
    counts = {"tests": str(len(names)), "failures": str(len(run.failedTests)), "errors": "0"}
    root = ET.Element("testsuites", {"name": _xml(bundle.manifest.label), **counts})
    suite = ET.SubElement(
        root, "testsuite", {"name": _xml(bundle.manifest.agent.id), **counts, "skipped": "0"}
    )
    _properties(suite, run)
    found = bundle.evidence.consequences
    told = {line.scenario: line for line in found.lines} if found else {}
    live = runs.get("live")
    for name in names:
        case = ET.SubElement(
            suite,
            "testcase",
            {"classname": _xml(bundle.manifest.agent.id), "name": _xml(f"{name} {titles[name]}")},
        )
        if name in run.failedTests:
            words = "Not every customer of this test was served right."
            ET.SubElement(case, "failure", {"message": words, "type": "conversation"})
        said = [*_live(live, name), *_told(told.get(name))]
        if said:
            ET.SubElement(case, "system-out").text = _xml("\n".join(said))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written + b"\n"


def _live(live: RunEvidence | None, name: str) -> list[str]:
    if live is None or name not in (*live.passedTests, *live.failedTests):
        return []
    return [f"The live version {'passes' if name in live.passedTests else 'does not pass'} this test."]


def _told(line: ConsequenceLine | None) -> list[str]:
    if line is None:
        return []
    said = f"{line.affected} of {line.customers} customers are treated differently from today."
    return [said, *(f"{tally.customers}: {tally.words}" for tally in line.differences)]


def _properties(suite: ET.Element, run: RunEvidence) -> None:
    properties = ET.SubElement(suite, "properties")
    facts = {
        "agent-sha256": run.agent_digest,
        "seed": run.seed,
        "customers-per-test": run.customers,
        "engine": run.engine,
        "conversations": run.conversations,
        "conversations-passed": run.conversations_passed,
        "evidence-sha256": run.evidence_digest,
    }
    for name, value in facts.items():
        ET.SubElement(properties, "property", {"name": name, "value": _xml(str(value))})


def _xml(text: str) -> str:
    """Return a text without what no XML document may hold."""
    return _NOT_XML.sub("\ufffd", text)
