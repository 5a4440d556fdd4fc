"""What other tools read of a bundle: hostile bundles, too, give sound files or a sentence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from studio.domain.errors import BundleRefused
from studio.domain.frozen import canonical
from studio.release import container, layout
from studio.release.standard import JUNIT, SARIF, standard_files
from studio.release.verification import open_bundle

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit


def test_a_bundle_without_a_run_of_its_result_is_refused_in_a_sentence(kit: Kit) -> None:
    """It opens, since only a verifier judges evidence; what cannot be told of it is said."""
    files = kit.files()
    runs = {**json.loads(files[layout.RUNS]), "runs": []}
    forged = kit.forge({**files, layout.RUNS: canonical(runs)})
    with pytest.raises(BundleRefused, match="no run of its result"):
        standard_files(open_bundle(container.pack(kit.resign(forged))), forged)


def test_names_that_no_xml_may_hold_are_spelt_otherwise(kit: Kit) -> None:
    """JUnit stays readable whatever the agent is called."""
    bundle = open_bundle(kit.bundle())
    agent = bundle.manifest.agent.model_copy(update={"id": "des\x00k<&>"})
    manifest = bundle.manifest.model_copy(update={"agent": agent})
    found = standard_files(bundle.model_copy(update={"manifest": manifest}), kit.files())
    suite = ElementTree.fromstring(found[JUNIT]).find("testsuite")
    assert suite is not None and suite.get("name") == "des\ufffdk<&>"


def test_a_rule_is_no_part_of_another_rule(kit: Kit) -> None:
    """In SARIF a slash makes what follows a part of a rule, without words of its own; we use none."""
    found = standard_files(open_bundle(kit.bundle()), kit.files())
    (run,) = json.loads(found[SARIF])["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules and not any("/" in rule for rule in rules)
    assert {each["ruleId"] for each in run["results"]} == set(rules)


def test_a_case_says_no_more_than_its_schema_knows(kit: Kit) -> None:
    """JUnit as Jenkins' schema has it: these elements with these attributes, the counted ones all there."""
    known = {
        "testsuites": {"name", "tests", "failures", "errors"},
        "testsuite": {"name", "tests", "failures", "errors", "skipped"},
        "properties": set(),
        "property": {"name", "value"},
        "testcase": {"classname", "name"},
        "failure": {"message", "type"},
        "system-out": set(),
    }
    bundle = open_bundle(kit.bundle())
    draft, live = bundle.evidence.runs.runs
    failed = draft.model_copy(update={"passedTests": (), "failedTests": draft.passedTests})
    runs = bundle.evidence.runs.model_copy(update={"runs": (failed, live)})
    bad = bundle.model_copy(update={"evidence": bundle.evidence.model_copy(update={"runs": runs})})
    for each in (bundle, bad):
        root = ElementTree.fromstring(standard_files(each, kit.files())[JUNIT])
        for node in root.iter():
            assert set(node.attrib) == known[node.tag], node.tag
        assert root.get("failures") == str(len(list(root.iter("failure"))))
