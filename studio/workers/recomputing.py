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
import time
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from studio.domain.bundle import Recomputation
from studio.domain.errors import BrokenInput, BundleRefused
from studio.ports import Progress, silent

MEBIBYTE = 1024 * 1024
ANSWER_BYTES = 16 * MEBIBYTE
_BEAT = 0.25
_START = "import sys; sys.path.insert(0, {root!r}); from studio.workers.recompute_worker import main; main()"
_KEPT_VARIABLES = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP")
_ANSWER = TypeAdapter(tuple[Recomputation, ...])


@dataclass(frozen=True, slots=True)
class Limits:
    """What running evidence again may cost."""

    seconds: int = 900
    memory_megabytes: int = 4096


def recompute_apart(
    data: bytes, limits: Limits, start: str = _START, progress: Progress = silent
) -> tuple[Recomputation, ...]:
    """Return the verdicts on a bundle's evidence; raises the bundle's own fault, or BundleRefused.

    `progress` hears how much of the time allowed is used; where it raises, the worker is ended.
    """
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    command = [sys.executable, "-P", "-c", start.format(root=root)]
    with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as answer:
        question.write(data)
        question.seek(0)
        process = subprocess.Popen(
            [*command, str(limits.memory_megabytes), str(limits.seconds)],
            stdin=question,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env={key: os.environ[key] for key in _KEPT_VARIABLES if key in os.environ},
        )
        try:
            code = _ended(process, limits, progress)
        finally:
            process.kill()
            process.wait()
        answer.seek(0)
        return _read(answer.read(ANSWER_BYTES + 1), code, limits)


def _ended(process: subprocess.Popen[bytes], limits: Limits, progress: Progress) -> int:
    """Wait for the worker's end; return its code. Raises BundleRefused past the wall time."""
    began = time.monotonic()
    while True:
        try:
            return process.wait(_BEAT)
        except subprocess.TimeoutExpired:
            used = time.monotonic() - began
        if used > limits.seconds + 5:
            raise _stopped(limits)
        progress(min(1.0, used / limits.seconds), f"{used:.0f} of at most {limits.seconds} seconds")


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
