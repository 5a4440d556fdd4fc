"""What other tools read of a bundle: hostile bundles, too, give sound files or a sentence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from studio.domain.errors import BundleRefused
from studio.domain.frozen import canonical
from studio.release import container, layout
from studio.release.standard import JUNIT, standard_files
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
