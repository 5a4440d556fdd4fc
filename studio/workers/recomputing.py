"""Recomputing a bundle's evidence in a process of its own, which gives up all it does not need.

- The worker gets the bundle on its standard input and answers on its standard output, both nameless files.
- By the operating system (Linux, macOS): memory, processor time, size of the answer; on Linux no network
  where an ordinary user may enter an empty namespace. By Python: no socket, no program, no file to write.
- Wall time holds everywhere. What comes back is validated again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from studio.domain.bundle import Recomputation
from studio.domain.errors import BrokenInput, BundleRefused

MEBIBYTE = 1024 * 1024
ANSWER_BYTES = 16 * MEBIBYTE
_START = "import sys; sys.path.insert(0, {root!r}); from studio.workers.recompute_worker import main; main()"
_KEPT_VARIABLES = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP")
_ANSWER = TypeAdapter(tuple[Recomputation, ...])


@dataclass(frozen=True, slots=True)
class Limits:
    """What running evidence again may cost."""

    seconds: int = 900
    memory_megabytes: int = 4096


def recompute_apart(data: bytes, limits: Limits, start: str = _START) -> tuple[Recomputation, ...]:
    """Return the verdicts on a bundle's evidence; raises the bundle's own fault, or BundleRefused."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    command = [sys.executable, "-P", "-c", start.format(root=root)]
    with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as answer:
        question.write(data)
        question.seek(0)
        try:
            done = subprocess.run(
                [*command, str(limits.memory_megabytes), str(limits.seconds)],
                stdin=question,
                stdout=answer,
                stderr=subprocess.DEVNULL,
                env={key: os.environ[key] for key in _KEPT_VARIABLES if key in os.environ},
                timeout=limits.seconds + 5,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _stopped(limits) from None
        answer.seek(0)
        return _read(answer.read(ANSWER_BYTES + 1), done.returncode, limits)


def _read(content: bytes, code: int, limits: Limits) -> tuple[Recomputation, ...]:
    head, _, body = content.partition(b"\n")
    if code == 0 and head == b"done" and len(content) <= ANSWER_BYTES:
        try:
            return _ANSWER.validate_json(body)
        except ValidationError:
            raise _stopped(limits) from None
    if code == 0 and head == b"refused":
        try:
            said = json.loads(body)
            kind = BundleRefused if said["refused"] else BrokenInput
            raise kind(str(said["what"]), str(said["todo"]))
        except (ValueError, KeyError, TypeError):
            raise _stopped(limits) from None
    raise _stopped(limits)


def _stopped(limits: Limits) -> BundleRefused:
    return BundleRefused(
        f"Running the evidence again was stopped: it needed more than {limits.seconds} seconds or "
        f"{limits.memory_megabytes} MB, or broke off.",
        "Allow more with --seconds and --memory; if it stays so, do not use the bundle.",
    )
