"""Cases that take several commands (registry, repository, log, traffic), run against any implementation.

- A folder's `steps.json` names cases; each is a list of deeds in the suite's own words, with what must come
  of them. `cobuilder.json` says by which commands a deed is done; another implementation brings its own.
- Exit code 0 is done, 1 to 3 refused, everything else a crash. Commands go by the computer's own clock, so
  the bundles of these cases are made for now.
- What cannot be told by commands and files is said in the folder, as `not_here`.

    python -m tests.bundle_conformance.stepping [IMPLEMENTATION.json] [CASE …]
"""

from __future__ import annotations

import json
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from studio.domain.frozen import canonical
from tests.bundle_conformance.kit import Kit

HERE = Path(__file__).resolve().parent
OURS = HERE / "cobuilder.json"
SECONDS = 120
Done = tuple[int, str]
Step = dict[str, Any]
Call = Callable[[list[str]], Done]


def outside(command: list[str]) -> Done:
    """Run a command as a process; return its exit code and what it printed."""
    done = subprocess.run(_found(command), capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.returncode, done.stdout


def _found(command: list[str]) -> list[str]:
    """Return the command; our own stands beside the Python that runs this, where it is on no path."""
    if command[0] == "cobuilder" and not shutil.which("cobuilder"):
        return [sys.executable, "-m", "studio", *command[1:]]
    return command


@dataclass
class Case:
    """One case in a folder of its own: its files, the implementation, and what was kept on the way."""

    name: str
    steps: list[Step]
    implementation: dict[str, Any]
    folder: Path
    files: dict[str, str]
    call: Call = outside
    _kept: dict[str, Any] = field(default_factory=dict)
    _took: float = 0.0

    def play(self) -> str:
        """Return what went wrong, or nothing."""
        for number, step in enumerate(self.steps, start=1):
            wrong = self._step(step)
            if wrong:
                return f"step {number} ({next(iter(step.values()))}): {wrong}"
        return ""

    def _step(self, step: Step) -> str:
        match step:
            case {"do": _}:
                return _judged(step["expect"], self._do(step))
            case {"together": steps}:
                return self._together(steps)
            case {"keep": what}:
                self._kept[what] = self._look(what)
            case {"kept": what}:
                now = self._look(what)
                return "" if now == self._kept[what] else f"was {self._kept[what]}, is {now}"
            case {"shows": what}:
                found = self._read(what, step.get("with", {}))
                wanted = {name: value for name, value in step.items() if name not in ("shows", "with")}
                return "" if found.items() >= wanted.items() else f"wanted {wanted}, found {found}"
            case {"write": place, "text": text}:
                Path(self._filled(place, {})).write_text(text, encoding="utf-8")
            case {"remove": place}:
                Path(self._filled(place, {})).unlink()
            case {"tamper": how}:
                return self._tamper(self.implementation["tampers"].get(how))
        return ""

    def _do(self, step: Step) -> int | None:
        """Return the exit code of a deed; None where it was killed after a share of the longest so far."""
        command = self._command(step)
        room, share = step.get("room"), step.get("killed_after")
        if room is None and share is None:
            began = time.monotonic()
            code = self.call(command)[0]
            self._took = max(self._took, time.monotonic() - began)
            return code
        with _started(command, room) as process:
            try:
                process.communicate(timeout=SECONDS if share is None else share * self._took)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                return None
        return process.returncode

    def _together(self, steps: list[Step]) -> str:
        """Start all at once; exactly one must be done, and all others refused."""
        running = [_started(self._command(step), None) for step in steps]
        codes = sorted(_ended(process) for process in running)
        right = codes[0] == 0 and all(code in (1, 2, 3) for code in codes[1:])
        return "" if right else f"ended with {codes}"

    def _command(self, step: Step) -> list[str]:
        return [self._filled(part, step) for part in self.implementation["deeds"][step["do"]]]

    def _filled(self, part: str, given: Step) -> str:
        values = {name: str(value) for name, value in given.items()}
        for _ in range(3):  # a given value may name a file, and a file the folder
            for name, value in {**values, **self.implementation["files"], **self.files}.items():
                part = part.replace("{" + name + "}", value)
        return part

    def _look(self, what: str) -> Any:
        return self._read(what, {}) if what in self.implementation["reads"] else self._bytes(what)

    def _bytes(self, what: str) -> bytes:
        return Path(self._filled("{" + what + "}", {})).read_bytes()

    def _read(self, what: str, given: Step) -> dict[str, Any]:
        code, out = self.call(self._command({"do": what, **given}))
        found: dict[str, Any] = {}
        tree = json.loads(out) if code == 0 else None
        for name, pointer in self.implementation["reads"][what].items():
            node = tree
            for part in pointer.split("/")[1:]:
                node = node[int(part)] if isinstance(node, list) else (node or {}).get(part)
            found[name] = node
        return found

    def _tamper(self, statements: list[str] | None) -> str:
        if statements is None:
            return "the implementation does not say how to do this"
        with closing(sqlite3.connect(self._filled("{registry}", {}))) as database:
            for statement in statements:
                database.execute(statement)
            database.commit()
        return ""


def _started(command: list[str], room: int | None) -> subprocess.Popen[str]:
    """Start a command; with `room`, no file may grow beyond so many bytes."""

    def bound() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room or 0, room or 0))

    pipe = subprocess.PIPE
    return subprocess.Popen(
        _found(command), stdout=pipe, stderr=pipe, text=True, preexec_fn=None if room is None else bound
    )


def _ended(process: subprocess.Popen[str]) -> int:
    with process:
        process.communicate(timeout=SECONDS)
    return process.returncode


def _judged(expected: str, code: int | None) -> str:
    found = "killed" if code is None else {0: "done", 1: "refused", 2: "refused", 3: "refused"}.get(code)
    if found is None:
        return f"crashed with code {code}"
    return "" if expected in (found, "any") else f"was {found}, not {expected}"


def cases(folder: Path, implementation: dict[str, Any], call: Call = outside) -> Iterator[Case]:
    """Yield every case, with its files written below a folder."""
    kit = Kit(datetime.now(UTC).replace(microsecond=0))
    given = folder / "given"
    given.mkdir(parents=True)
    files = {"policy": canonical(kit.policy), "live": canonical(kit.before)}
    files |= {f"release-{n}": kit.bundle(kit.content(release_sequence=n)) for n in (2, 3)}
    for name, data in files.items():
        (given / name).write_bytes(data)
    places = {name: str(given / name) for name in files}
    for source in sorted(HERE.glob("*_fail/steps.json")):
        stated = json.loads(source.read_text(encoding="utf-8"))
        named = [(label, steps, places) for label, steps in stated["cases"].items()]
        if stated.get("repositories"):
            named += _repositories(kit, given, places)
        for number, (label, steps, known) in enumerate(named):
            own = folder / source.parent.name / str(number)
            own.mkdir(parents=True)
            here = {**known, "folder": str(own), "readings": str(own / "readings.json")}
            yield Case(f"{source.parent.name}/{label}", steps, implementation, own, here, call)


def _repositories(
    kit: Kit, given: Path, places: dict[str, str]
) -> Iterator[tuple[str, list[Step], dict[str, str]]]:
    """Yield what is done with each repository of line 24: those that are old by now were made for then."""
    from tests.distribution.repository_attacks import write_attacks

    earlier = write_attacks(Kit(kit.now - timedelta(days=8)), given / "then")
    then = {each.label: each for each in earlier if each.now > kit.now - timedelta(days=8)}
    for attempt in write_attacks(kit, given / "now"):
        each = then.get(attempt.label, attempt)
        before = each.earlier if attempt.label not in then else None
        steps: list[Step] = [{"do": "pull", "repository": str(before), "expect": "done"}] if before else []
        wanted = "refused" if each.words else "done"
        steps.append({"do": "pull", "repository": str(each.repository), "expect": wanted})
        yield each.label, steps, {**places, "root": str(each.repository.parent / "root.json")}


def main(given: list[str]) -> int:
    """Play all cases, or those whose names begin so; 0 when everything came out as it must."""
    file = Path(given.pop(0)) if given and given[0].endswith(".json") else OURS
    implementation = json.loads(file.read_text(encoding="utf-8"))
    wrong = right = 0
    with tempfile.TemporaryDirectory(prefix="cobuilder-steps-") as folder:
        for case in cases(Path(folder), implementation):
            if given and not case.name.startswith(tuple(given)):
                continue
            said = case.play()
            wrong, right = wrong + bool(said), right + (not said)
            print(f"{'WRONG' if said else 'right'}  {case.name}{f': {said}' if said else ''}", flush=True)
    print(f"{right} right, {wrong} wrong.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
