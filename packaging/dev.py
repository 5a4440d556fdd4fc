"""The one door of a checkout: makes its environment, then runs, checks, tests or measures the product.

- Standard library only, so that it works on a machine that has nothing but Python 3.11 or newer.
- Safe to repeat: what is in place is kept, and then no network is needed.
- Exit codes: 0 done, 1 a check or test failed, 2 wrong use, 3 the machine or the network is in the way;
  `demo`, `open` and `run` end with the product's own code.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python is what this sentence is for
    sys.exit(f"dev.py: Python 3.11 or newer is needed, this is {sys.version.split()[0]}; try python3.11")

import house_rules
import lock
import system
from environment import DESKTOP, TEST, Environment, InstallFailed

ROOT = Path(__file__).resolve().parents[1]
MACHINE_IN_THE_WAY = 3
# One file, one process: what a file sets up is set up once. The slowest go first: tests/conftest.py.
PARALLEL = ("--numprocesses", "2", "--dist", "loadfile", "--no-loadscope-reorder")
README_PICTURES = (
    str(ROOT / "resources" / "screenshots"),
    "--pages",
    "review,simulate",
    "--sizes",
    "1440x900",
)


def main(arguments: list[str] | None = None) -> int:
    """Run one verb, and return its exit code."""
    options, rest = _parser().parse_known_args(arguments)
    if options.verb is None:
        _parser().print_help(sys.stderr)
        return 2
    if rest and not options.passes_on:
        _parser().error(f"{options.verb} takes no {rest[0]!r}")
    try:
        code: int = options.run(options, rest)
    except (system.SystemIncomplete, InstallFailed, lock.LockFailed) as problem:
        print(f"dev.py: {problem}", file=sys.stderr)
        return MACHINE_IN_THE_WAY
    except BrokenPipeError:
        # Whoever read the output has seen enough; the interpreter must not write to it again at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        print("\ndev.py: stopped", file=sys.stderr)
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    about = (__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(prog="dev.py", description=about, allow_abbrev=False)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    for name, (run, passes_on, text) in VERBS.items():
        sub = verbs.add_parser(name, help=text, description=text, add_help=not passes_on, allow_abbrev=False)
        sub.set_defaults(run=run, passes_on=passes_on)
        if name == "lock":
            sub.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    return parser


def _product(options: argparse.Namespace, rest: list[str]) -> int:
    environment = _prepare(DESKTOP, system.OFFSCREEN + (system.SCREEN if system.has_screen() else ()))
    verb = [] if options.verb == "run" else [options.verb]
    return subprocess.run([environment.program("cobuilder"), *verb, *rest], check=False).returncode


def _test(options: argparse.Namespace, rest: list[str]) -> int:
    # The checks need nothing of the machine: they run while its packages come.
    with _completing(system.OFFSCREEN + system.TESTS):
        environment = _synced(TEST)
        failed = _run_checks(environment)
        environment.settle()
    # The checks' verdict stands before the tests, so that pytest's own closing line is the last.
    if failed:
        print(f"FAILED checks: {', '.join(failed)}; the tests follow", flush=True)
    tests = [environment.program("python"), "-m", "pytest", *(rest or PARALLEL)]
    # Tests start many processes: where nobody may keep what was compiled, each compiles the product again.
    settings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    code = subprocess.run(tests, cwd=ROOT, env=settings, check=False).returncode
    return 1 if failed or code else 0


def _check(options: argparse.Namespace, rest: list[str]) -> int:
    failed = _run_checks(_prepare(TEST, system.PYTHON))
    print(f"FAILED: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def _bench(options: argparse.Namespace, rest: list[str]) -> int:
    environment = _prepare(TEST, system.OFFSCREEN)
    scripts = sorted((ROOT / "tests" / "benchmarks").glob("*.py"))
    return _scripts(environment, [script for script in scripts if not rest or script.stem in rest])


def _measure(options: argparse.Namespace, rest: list[str]) -> int:
    environment = _prepare(TEST, system.OFFSCREEN)
    # What several measurements share stands beside them, and prints nothing by itself.
    scripts = [
        script
        for script in sorted((ROOT / "tests" / "measures").glob("*.py"))
        if script.stem.startswith(tuple(rest or ("",))) and "__main__" in script.read_text(encoding="utf-8")
    ]
    return _scripts(environment, scripts)


def _scripts(environment: Environment, scripts: list[Path]) -> int:
    """Run some scripts, one after the other, and return the worst of their codes; 2 where there is none."""
    codes = []
    for script in scripts:
        print(f"$ python {script.relative_to(ROOT)}", flush=True)
        command = [environment.program("python"), str(script)]
        codes.append(subprocess.run(command, cwd=ROOT, check=False).returncode)
    return max(codes, default=2)


def _screenshots(options: argparse.Namespace, rest: list[str]) -> int:
    environment = _prepare(DESKTOP, system.OFFSCREEN)
    script = ROOT / "packaging" / "screenshots.py"
    command = [environment.program("python"), str(script), *(rest or README_PICTURES)]
    return subprocess.run(command, check=False).returncode


def _lock(options: argparse.Namespace, rest: list[str]) -> int:
    for line in lock.write(ROOT, options.upgrade):
        print(line)
    return 0


def _prepare(sets: tuple[str, ...], needs: tuple[system.Need, ...]) -> Environment:
    """Complete the machine and the environment, one line each."""
    with _completing(needs):
        environment = _synced(sets)
        environment.settle()
    return environment


@contextmanager
def _completing(needs: tuple[system.Need, ...]) -> Iterator[None]:
    """Complete the machine while the body does what needs Python alone; say at once what may not be done."""
    system.complete(system.PYTHON)
    bring = system.plan(needs)
    with ThreadPoolExecutor(1) as beside:
        machine = beside.submit(_stage, "system packages", bring)
        yield
        machine.result()


def _synced(sets: tuple[str, ...]) -> Environment:
    environment = Environment(ROOT)
    _stage("Python packages", lambda: environment.sync(sets, lambda text: _say(f"  {text} ...")))
    return environment


def _stage(name: str, work: Callable[[], str]) -> None:
    start = time.monotonic()
    outcome = work()
    _say(f"{name}: {outcome} ({time.monotonic() - start:.1f} s)")


def _say(line: str) -> None:
    """Print a line in one piece: two threads may speak."""
    print(f"{line}\n", end="", flush=True)


def _run_checks(environment: Environment) -> list[str]:
    """Run every check, show what it says only where it failed, and return the names of those that failed."""

    def program(name: str, *options: str) -> str:
        command = [environment.program(name), *options]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        return (done.stdout + done.stderr).strip() if done.returncode else ""

    checks: dict[str, Callable[[], str]] = {
        "types": lambda: program("mypy", "--no-error-summary"),
        "format": lambda: program("ruff", "format", "--check", "--diff", "--quiet"),
        "lint": lambda: program("ruff", "check", "--quiet"),
        "import contracts": lambda: program("lint-imports", "--no-logo"),
        "house rules": lambda: "\n".join(house_rules.violations(ROOT)),
    }
    # Types take longer than all the others together: they have one thread, the others follow each other.
    with ThreadPoolExecutor(2) as two:
        passed = dict(zip(checks, two.map(_check_one, checks, checks.values()), strict=True))
    return [name for name, well in passed.items() if not well]


def _check_one(name: str, complaint_of: Callable[[], str]) -> bool:
    start = time.monotonic()
    complaint = complaint_of()
    _say(f"check {name}: {'FAILED' if complaint else 'ok'} ({time.monotonic() - start:.1f} s)")
    if complaint:
        _say(complaint)
    return not complaint


# Verb: what runs it, whether further arguments are handed on, what it is for.
VERBS: dict[str, tuple[Callable[[argparse.Namespace, list[str]], int], bool, str]] = {
    "demo": (_product, True, "run the whole main job on a sample; options go to cobuilder demo"),
    "open": (_product, True, "open the window; options go to cobuilder open"),
    "run": (_product, True, "run cobuilder with what follows"),
    "test": (_test, True, "run all checks and all tests; options go to pytest"),
    "check": (_check, False, "run formatting, lint, types, import contracts and house rules"),
    "bench": (_bench, True, "measure start-up, the main job, the word diff; or the named tests/benchmarks"),
    "measure": (
        _measure,
        True,
        "measure what the product finds: sources, or all; by the names of tests/measures",
    ),
    "screenshots": (_screenshots, True, "take the README's pictures, or others into a folder"),
    "lock": (_lock, False, "write packaging/*.lock anew from pyproject.toml"),
}


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUTF8", "1")
    sys.exit(main())
