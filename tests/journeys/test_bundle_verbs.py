"""What IT does with a received bundle: tell it to people, recompute, compare it, give it to other tools."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from studio.release.policy import read_policy
from studio.release.verification import verify_bundle
from tests.journeys.conftest import POLICY, call, settle, sign
from tests.measures.release_export_killed import endure
from tests.measures.release_flips import refuse, stretches

Cobuilder = Callable[..., Any]
HASH = 64


@pytest.fixture(scope="module")
def received(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a real, fully approved bundle and IT's policy; made once for this module."""
    folder = tmp_path_factory.mktemp("received")
    shutil.copytree(prepared, folder, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        settle(patch, folder)
        sign(2)
        assert call("export", folder / "real.cobundle").code == 0
        patch.delenv("COBUILDER_REGISTRY")
        yield folder


def test_the_report_is_for_people_and_shows_who_signed(received: Path) -> None:
    """Words, drawings, consequences, proofs, coverage and the approvals' names; nothing runs in it."""
    page = received / "report.html"
    answer = call("bundle", "report", received / "real.cobundle", "--policy", received / POLICY, "-o", page)
    assert answer.code == 0, answer.err
    html = page.read_text(encoding="utf-8")
    for words in (
        "In words",
        "Who is treated differently",
        "customers are treated differently from today",
        "What changes, drawn",
        "Proofs over every path",
        "What the customers met",
        "Gates",
        "Accepted by",
        "Ana Silva",
        "Ben Okoro",
        "Chi Nguyen",
        "Verified: all of it holds",
    ):
        assert words in html, words
    assert "<svg" in html and "<del>30</del>" in html and "<ins>45</ins>" in html
    assert "<script" not in html and "default-src &#x27;none&#x27;" in html


def test_flipped_bytes_of_the_samples_bundle_are_refused(received: Path) -> None:
    """A seeded sample of what `tests/measures/release_flips.py` does whole: as it came, and packed again."""
    data, policy = (received / "real.cobundle").read_bytes(), (received / POLICY).read_bytes()
    now, chance = datetime.now(UTC), random.Random(8)
    assert verify_bundle(data, read_policy(policy), now).ok
    for name, places in chance.sample(stretches(data), 60):
        first = chance.choice(places)
        where, wrong = refuse(data, policy, now, (name, range(first, first + 1)))
        assert not wrong and where.total() == 1


def test_whoever_is_killed_while_exporting_leaves_no_half_bundle(received: Path) -> None:
    """After kill -9 at any moment the place holds nothing or a whole bundle, and a repeat gives the same."""
    out = received / "killed"
    out.mkdir()
    wrong, _ = endure(received / "workspace", out, times=2)
    assert wrong == []


def test_what_the_author_reads_out_is_compared(received: Path) -> None:
    """The fingerprint that export told the author stands in verify and show; another one is refused."""
    from studio.release.keys import fingerprint

    verify = ("bundle", "verify", received / "real.cobundle", "--policy", received / POLICY)
    plain = call(*verify, "--json").json
    spoken = fingerprint(plain["manifest_digest"])
    assert plain["ok"] and plain["fingerprint"] == spoken
    assert spoken in call("bundle", "show", received / "real.cobundle").out
    heard = call(*verify, "--compare", spoken.replace("-", " ").lower())
    assert heard.code == 0 and "It is the one you were read." in heard.out
    other = ("0" if spoken[0] != "0" else "1") + spoken[1:]
    differs = call(*verify, "--compare", other)
    assert differs.code == 1 and "another content" in differs.out and "Verified" not in differs.out
    later = call(*verify, "--at", "2099-01-01")
    assert later.code == 1 and "2099-01-01" in later.out
    assert "“tomorrow” is no date. Write it as 2027-01-31" in call(*verify, "--at", "tomorrow").err
    swapped = call("bundle", "verify", received / POLICY, "--policy", received / "real.cobundle")
    assert swapped.code == 2 and "is a bundle, not an approval policy" in swapped.err
    told = call(*verify, "--compare", other, "--json")
    assert told.code == 1 and not told.json["ok"] and not told.json["fingerprint_matches"]


def test_a_report_without_a_policy_says_that_nobody_judged(received: Path) -> None:
    """On the terminal as on the page; a refused bundle is told as refused, with exit code 1."""
    told = call("bundle", "report", received / "real.cobundle")
    assert told.code == 0 and "What changes" in told.out and "ana approved as author" in told.out
    assert (
        "chi approved as IT" in told.out
        and "approved by chi (IT)" in call("bundle", "show", received / "real.cobundle").out
    )
    assert "treated differently" in told.out
    page = received / "plain.html"
    assert call("bundle", "report", received / "real.cobundle", "-o", page).code == 0
    assert "nobody has looked at the signatures" in page.read_text(encoding="utf-8")
    wrong = json.loads((received / POLICY).read_text())
    wrong["id"] = "another"
    (received / "another.json").write_text(json.dumps(wrong))
    answer = call("bundle", "report", received / "real.cobundle", "--policy", received / "another.json")
    assert answer.code == 1 and "another policy" in answer.out


def test_evidence_that_was_made_up_is_contradicted(received: Path) -> None:
    """Figures that nobody gets again are found, part by part, in a process of its own."""
    from studio.domain.frozen import canonical
    from studio.release import container, layout

    files = container.unpack((received / "real.cobundle").read_bytes())
    manifest = json.loads(files[layout.MANIFEST])
    for name, spoil in (
        (layout.COVERAGE, _more_covered),
        (layout.CONSEQUENCES, _nobody_affected),
        (layout.PROOFS, _one_check_less),
    ):
        tree = json.loads(files[name])
        spoil(tree)
        files[name] = canonical(tree)
        manifest["files"][name] = {"sha256": _sha(files[name]), "size": len(files[name])}
    files[layout.MANIFEST] = canonical(manifest)
    spoilt = received / "spoilt.cobundle"
    spoilt.write_bytes(container.pack(files))
    answer = call("bundle", "recompute", spoilt, "--json")
    found = {each["part"]: each["verdict"] for each in answer.json}
    assert answer.code == 1
    assert [part for part, verdict in found.items() if verdict == "contradicted"] == [
        "coverage",
        "consequences",
        "proofs",
    ]
    assert found["draft"] == found["live"] == "verified"


def _sha(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def _more_covered(tree: Any) -> None:
    tree["lines"][0]["covered"] += 1


def _nobody_affected(tree: Any) -> None:
    for line in tree["lines"]:
        line["affected"], line["differences"] = 0, []


def _one_check_less(tree: Any) -> None:
    tree["checks"].pop()


def test_what_takes_too_long_or_breaks_off_is_stopped(received: Path) -> None:
    """A worker that runs on, dies or lies ends in one sentence; no verdict comes of it."""
    from studio.domain.errors import BundleRefused
    from studio.workers.recomputing import Limits, recompute_apart

    start = "import sys; sys.path.insert(0, {root!r}); from studio import confinement; "
    for source in (
        start + "confinement.renounce(1 << 31, 1, 1 << 20, 'x')\nwhile True: pass",
        start + "confinement.renounce(1 << 29, 9, 1 << 20, 'x'); x = bytearray(1 << 31)",
        "import os; os.abort()",
        "print('done'); print('[{{}}]')",
        "print('refused'); print('[]')",
    ):
        with pytest.raises(BundleRefused, match="was stopped"):
            recompute_apart(b"", Limits(seconds=5), source)


def test_whoever_waits_can_stop_it() -> None:
    """Where progress is answered by stopping, the worker is ended at once and no verdict comes of it."""
    from studio.domain.errors import Cancelled
    from studio.workers.recomputing import Limits, recompute_apart

    told: list[str] = []

    def stop(fraction: float, message: str = "") -> None:
        told.append(message)
        raise Cancelled

    with pytest.raises(Cancelled):
        recompute_apart(b"", Limits(), "while True: pass", stop)
    assert told == [told[0]] and told[0].endswith("of at most 900 seconds")


@pytest.mark.parametrize(
    "attempt",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import os; os.system('true')",
        "import subprocess; subprocess.run(['true'])",
        "open('/tmp/bundle-escape', 'w')",
        "import os; os.mkdir('/tmp/bundle-escape')",
        "import os; os.remove('/tmp/bundle-escape')",
    ],
)
def test_recomputing_has_no_network_no_programs_and_no_pen(attempt: str) -> None:
    """Whatever a bundle could make the program do: it calls nobody, starts nothing, changes no file."""
    from studio.domain.errors import BundleRefused
    from studio.workers.recomputing import Limits, recompute_apart

    source = (
        "import sys, os, json; sys.path.insert(0, {root!r}); from studio import confinement\n"
        "confinement.renounce(1 << 31, 5, 1 << 20, 'a bundle')\n"
        f"try:\n    {attempt}\nexcept PermissionError as error:\n"
        "    said = dict(refused=True, what=str(error), todo='')\n"
        "    os.write(1, b'refused\\n' + json.dumps(said).encode())"
    )
    with pytest.raises(BundleRefused, match="a bundle asked"):
        recompute_apart(b"", Limits(seconds=5), source)


def test_a_bundle_is_compared_with_what_runs(received: Path, repository: Path) -> None:
    """Built on what runs, or running already: exit 0; on something else: exit 1; all told in words."""
    live = repository / "sample_projects/returns_assistant/agent.json"
    bundle = received / "real.cobundle"
    fits = call("bundle", "diff", bundle, "--against", live)
    assert fits.code == 0 and "was built on exactly what runs" in fits.out and "within 45 days" in fits.out
    there = call("bundle", "diff", bundle, "--against", bundle, "--json")
    assert there.code == 0 and there.json["runs_already"] and there.json["words"] == []
    other = call(
        "bundle", "diff", bundle, "--against", repository / "sample_projects/appointment_desk/agent.json"
    )
    assert other.code == 1 and "was built on something else than what runs" in other.out
    nowhere = call("bundle", "diff", bundle)
    assert nowhere.code == 2 and "There is no registry at registry.db" in nowhere.err
    assert "--against" in nowhere.err
    registry = received / "diff-registry.db"
    made = call("registry", "init", "--policy", received / POLICY, "--agent", live, "-r", registry)
    assert made.code == 0, made.err
    asked = call("bundle", "diff", bundle, "--registry", registry, "--json")
    assert asked.code == 0 and asked.json["environment"] == "production" and len(asked.json["words"]) > 10


def test_the_standard_export_has_the_published_shapes(received: Path) -> None:
    """In-toto statements v1 with test-result, SARIF 2.1.0 and JUnit, as their publishers describe them."""
    folder = received / "standard"
    written = call("bundle", "export-standard", received / "real.cobundle", folder, "--json").json["files"]
    assert {"checks.sarif.json", "scenarios.junit.xml", "release.intoto.json"} <= set(written)
    statements = [json.loads((folder / name).read_bytes()) for name in written if "intoto" in name]
    assert len(statements) == 3
    for each in statements:
        assert set(each) == {"_type", "subject", "predicateType", "predicate"}
        assert each["_type"] == "https://in-toto.io/Statement/v1"
        assert all(
            set(s) == {"name", "digest"} and len(s["digest"]["sha256"]) == HASH for s in each["subject"]
        )
    results = [each for each in statements if each["predicateType"].endswith("test-result/v0.1")]
    assert len(results) == 2
    for each in results:
        predicate = each["predicate"]
        assert predicate["result"] in ("PASSED", "WARNED", "FAILED")
        assert all(set(c) <= {"name", "uri", "digest", "annotations"} for c in predicate["configuration"])
        assert {"passedTests", "warnedTests", "failedTests"} <= set(predicate)
        assert all(isinstance(value, str) for value in predicate["configuration"][0]["annotations"].values())
    _check_sarif(json.loads((folder / "checks.sarif.json").read_bytes()))
    _check_junit(ET.parse(folder / "scenarios.junit.xml").getroot())
    assert sorted(name for name in written if name.endswith(".dsse.json")) == [
        f"approval-0{number}.{role}.dsse.json"
        for number, role in enumerate(("author", "compliance", "it"), 1)
    ]


def _check_sarif(log: Any) -> None:
    assert log["version"] == "2.1.0" and len(log["runs"]) == 1
    run = log["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for each in run["results"]:
        assert rules[each["ruleIndex"]]["id"] == each["ruleId"]
        assert each["level"] in ("none", "note", "warning", "error")
        assert each["kind"] in ("notApplicable", "pass", "fail", "review", "open", "informational")
        assert (each["kind"] == "fail") or each["level"] == "none", (
            "a level but none goes with a failure only"
        )
        assert each["message"]["text"]


def _check_junit(root: ET.Element) -> None:
    assert root.tag == "testsuites" and [suite.tag for suite in root] == ["testsuite"]
    suite = root[0]
    cases = suite.findall("testcase")
    assert int(suite.attrib["tests"]) == len(cases) == int(root.attrib["tests"]) == 20
    assert int(suite.attrib["failures"]) == len(suite.findall("testcase/failure")) == 0
    assert suite[0].tag == "properties"
    assert all({"name", "classname"} <= set(case.attrib) for case in cases)
    assert "does not pass this test" in (suite.findtext("testcase/system-out") or "") or any(
        "does not pass" in (each.text or "") for each in suite.iter("system-out")
    )
