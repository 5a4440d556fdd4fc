"""The conformance suite for verifiers of bundles: writes every case as files, and runs any verifier on them.

- A case is a folder: `release.cobundle`, `policy.json`, `state.json` where something is known of the
  environment, and `expected.json` (accepted or refused, at which check, at which moment, what must be told).
- Keys are derived from names and times are fixed: the files are the same wherever they are written.
- A verifier is a command; exit code 0 accepts, 1 to 3 refuse, everything else is a crash. What stands in
  brackets is left out where there is no state.

    python -m tests.bundle_conformance.conformance write DIR
    python -m tests.bundle_conformance.conformance run 'VERIFIER {bundle} {policy} {now} [--state {state}]'
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from studio.domain.frozen import canonical, to_json

if __package__:
    from tests.bundle_conformance.kit import Attempt, Kit
else:
    from kit import Attempt, Kit  # type: ignore[import-not-found, no-redef]

HERE = Path(__file__).resolve().parent
SECONDS = 60
REFUSALS = (1, 2, 3)


@dataclass(frozen=True)
class Case:
    """One case on disk."""

    folder: Path
    expected: dict[str, Any]

    @property
    def name(self) -> str:
        """Return attack and label."""
        return f"{self.folder.parent.name}/{self.folder.name}"

    def command(self, template: str) -> list[str] | None:
        """Return the verifier's command for this case; None where it cannot be told what it must know."""
        if any("{" + need + "}" not in template for need in self.expected["needs"]):
            return None
        values = {
            "bundle": str(self.folder / "release.cobundle"),
            "policy": str(self.folder / "policy.json"),
            "state": str(self.folder / "state.json"),
            "now": self.expected["now"],
        }
        has_state = (self.folder / "state.json").is_file()
        wanted = re.sub(r"\[(.*?)\]", r"\1" if has_state else "", template)
        return [part.format(**values) for part in shlex.split(wanted)]


def attempts(kit: Kit) -> Iterator[tuple[str, Attempt, bool]]:
    """Yield (folder, attempt, accepted) of all attacks on a bundle, and of what must be accepted."""
    for folder in sorted(HERE.glob("*_fail")):
        source = folder / "attack.py"
        if source.is_file():
            names: dict[str, Any] = {"__name__": folder.name}
            exec(compile(source.read_text(encoding="utf-8"), str(source), "exec"), names)
            for attempt in names["attempts"](kit):
                yield folder.name, attempt, False
    staging = kit.content(environment="staging")
    yield "sound", kit.attempt("production", kit.bundle(), "", ""), True
    yield "sound", kit.attempt("staging", kit.bundle(staging), "", ""), True
    yield "sound", kit.attempt("may enter", kit.bundle(), "", "", state=kit.state()), True


def write(kit: Kit, target: Path) -> list[Case]:
    """Write every case below a folder, and return them."""
    cases = []
    for name, attempt, accepted in attempts(kit):
        label = re.sub(r"[^a-z0-9]+", "-", attempt.label.lower()).strip("-")
        folder = target / name / label
        folder.mkdir(parents=True)
        needs = ["now"] if attempt.now != kit.now or name[:3] in ("a08", "a09") else []
        needs += ["state"] if attempt.state is not None else []
        expected = {
            "accepted": accepted,
            "check": attempt.check,
            "now": f"{attempt.now:%Y-%m-%dT%H:%M:%SZ}",
            "needs": needs,
        }
        (folder / "release.cobundle").write_bytes(attempt.data)
        (folder / "policy.json").write_bytes(canonical(attempt.policy))
        if attempt.state is not None:
            (folder / "state.json").write_text(json.dumps(to_json(attempt.state), indent=1, sort_keys=True))
        (folder / "expected.json").write_text(json.dumps(expected, indent=1, sort_keys=True) + "\n")
        cases.append(Case(folder, expected))
    return cases


def verdict(case: Case, template: str) -> str:
    """Return "right", "not told", or what was wrong with what a verifier did."""
    command = case.command(template)
    if command is None:
        return "not told"
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"took more than {SECONDS} seconds"
    if case.expected["accepted"]:
        return "right" if done.returncode == 0 else f"refused with code {done.returncode}"
    if done.returncode == 0:
        return "accepted"
    return "right" if done.returncode in REFUSALS else f"crashed with code {done.returncode}"


def main(arguments: list[str]) -> int:
    """Write, or write and run; 0 when the verifier was right on every case that it could be told."""
    match arguments:
        case ["write", target]:
            print(f"Wrote {len(write(Kit(), Path(target)))} cases to {target}.")
            return 0
        case ["run", template]:
            with tempfile.TemporaryDirectory() as folder:
                found = [(case.name, verdict(case, template)) for case in write(Kit(), Path(folder))]
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    wrong = [(name, said) for name, said in found if said not in ("right", "not told")]
    for name, said in wrong:
        print(f"{name}: {said}")
    untold = sum(said == "not told" for _, said in found)
    print(
        f"{len(found) - len(wrong) - untold} right, {len(wrong)} wrong, {untold} not told the time or state."
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
