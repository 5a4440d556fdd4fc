"""Verifying large bundles: processor time by size; 10 MB within one second, start of the command included.

- The agent is the sample's, with its workflows and tests again and again under other names, so that every
  file of the bundle is as large as such an agent makes it; a report of the size that such a change has.
- The command runs as it runs where it is installed: what Python compiles of it is kept from run to run.
- Usage: python -m tests.measures.release_verify [MEGABYTES …]; 0 when 10 MB take at most a second.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from studio.domain.agent import Agent
from studio.domain.bundle import BundleContent
from studio.domain.changeset import Change, ChangeSet, apply
from studio.domain.frozen import canonical
from studio.release.html_page import whole_page
from studio.release.verification import verify_bundle
from tests.bundle_conformance.kit import Kit

SAMPLE = Path(__file__).resolve().parents[2] / "sample_projects" / "returns_assistant" / "agent.json"
MOST_SECONDS = 1.0
ROUNDS = 5
PARAGRAPH = "<p>The return window is <del>30</del><ins>45</ins> days after delivery, for any reason.</p>\n"


def agent(copies: int) -> Agent:
    """Return the sample's agent with so many copies of its workflows and tests."""
    tree = json.loads(SAMPLE.read_bytes())
    flows, tests = list(tree["workflows"]), list(tree["scenarios"])
    for number in range(copies):
        renamed = {flow["id"]: f"{flow['id']}-{number}" for flow in flows}
        for flow in flows:
            tree["workflows"].append({**flow, "id": renamed[flow["id"]], "name": f"{flow['name']} {number}"})
        for test in tests:
            flow = renamed.get(test["workflow"], test["workflow"])
            tree["scenarios"].append({**test, "id": f"{test['id']}-{number}", "workflow": flow})
    return Agent.model_validate(tree)


def large(kit: Kit, copies: int) -> tuple[bytes, Kit]:
    """Return a sound bundle of a large agent, and the kit with the policy for it."""
    before = agent(copies)
    was = before.charter.purpose
    change = Change(path="charter/purpose", before=was, after=f"{was} And no other.")
    changeset = ChangeSet(title="A word more", changes=(change,))
    after = apply(before, changeset)
    kit.policy = kit.policy_with(agent=before.id)
    content: BundleContent = kit.content(
        before=before,
        after=after,
        changeset=changeset,
        report_html=whole_page("Report", PARAGRAPH * (200 + 150 * copies), ""),
    )
    return kit.bundle(content), kit


def command(data: bytes, kit: Kit) -> tuple[float, float]:
    """Return the processor time and the time by the clock of the whole command on a bundle, best of each."""
    found = []
    with tempfile.TemporaryDirectory(prefix="cobuilder-verify-") as folder:
        file, policy = Path(folder) / "large.cobundle", Path(folder) / "policy.json"
        file.write_bytes(data)
        policy.write_bytes(canonical(kit.policy))
        settings = {**os.environ, "PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled")}
        settings.pop("PYTHONDONTWRITEBYTECODE", None)
        words = [sys.executable, "-m", "studio", "bundle", "verify", str(file), "--policy", str(policy)]
        words += ["--at", f"{kit.now:%Y-%m-%dT%H:%M:%SZ}"]
        for _ in range(ROUNDS + 1):  # the first compiles
            was, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
            subprocess.run(words, check=True, capture_output=True, env=settings)
            clock, now = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
            found.append((now.ru_utime - was.ru_utime + now.ru_stime - was.ru_stime, clock))
    used, waited = zip(*found, strict=True)
    return min(used), min(waited)


def main(sizes: list[float]) -> int:
    """Measure, print; return 0 when a bundle of 10 MB takes at most a second."""
    each = len(large(Kit(), 4)[0]) - len(large(Kit(), 3)[0])
    worst = 0.0
    for size in sizes:
        data, kit = large(Kit(), round(size * 1_000_000 / each))
        seconds = []
        for _ in range(ROUNDS):
            began = time.process_time()
            verdict = verify_bundle(data, kit.policy, kit.now)
            seconds.append(time.process_time() - began)
            assert verdict.ok, verdict.refusal
        best = min(seconds)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        told = f"{best:.2f} s of processor time, best of {ROUNDS}; {peak:.0f} MB"
        print(f"{len(data) / 1_000_000:6.2f} MB: {told}")
        if size == 10:
            worst, clock = command(data, kit)
            print(f"          the whole command: {worst:.2f} s of processor time, {clock:.2f} s by the clock")
    return 1 if worst > MOST_SECONDS else 0


if __name__ == "__main__":
    sys.exit(main([float(each) for each in sys.argv[1:]] or [0.3, 1, 10]))
