"""A process for untrusted bytes, which gives up all it does not need: a question in, an answer out.

- The worker gets the question on its standard input and answers on its standard output, both nameless files.
- By the operating system (Linux, macOS): memory, processor time, size of the answer; on Linux no network
  where an ordinary user may enter an empty namespace. By Python: no socket, no program, no file to write.
- Wall time holds everywhere. The answer's first line is a word; whoever asked validates what follows.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass

from studio import confinement
from studio.domain.errors import BrokenInput, BundleRefused, StudioError
from studio.ports import Progress

MEBIBYTE = 1024 * 1024
_KEPT_VARIABLES = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP")


@dataclass(frozen=True, slots=True)
class Limits:
    """What work apart may cost."""

    seconds: int = 900
    memory_megabytes: int = 4096


def start_of(module: str) -> str:
    """Return the program that runs a module's `main`; `{root}` stands for where this program is."""
    return f"import sys; sys.path.insert(0, {{root!r}}); from {module} import main; main()"


def ask_apart(
    question: bytes, start: str, limits: Limits, most: int, wait: Callable[[subprocess.Popen[bytes]], int]
) -> tuple[int, bytes]:
    """Return the code with which the process ended, and at most one byte more than `most` of its answer.

    `wait` waits for its end; where it raises, the process is ended.
    """
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    command = [sys.executable, "-P", "-c", start.format(root=root)]
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as answer:
        asked.write(question)
        asked.seek(0)
        process = subprocess.Popen(
            [*command, str(limits.memory_megabytes), str(limits.seconds)],
            stdin=asked,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env={key: os.environ[key] for key in _KEPT_VARIABLES if key in os.environ},
        )
        try:
            code = wait(process)
        finally:
            process.kill()
            process.wait()
        answer.seek(0)
        return code, answer.read(most + 1)


def ended(
    process: subprocess.Popen[bytes], limits: Limits, beat: float, progress: Progress, what: StudioError
) -> int:
    """Wait for a process, telling the progress at each beat; past the wall time raise `what`."""
    began = time.monotonic()
    while True:
        try:
            return process.wait(beat)
        except subprocess.TimeoutExpired:
            used = time.monotonic() - began
        if used > limits.seconds + 5:
            raise what
        progress(min(1.0, used / limits.seconds), f"{used:.0f} of at most {limits.seconds} seconds")


def raise_refusal(body: bytes) -> None:
    """Raise what the worker refused; raises ValueError, KeyError or TypeError where it says nothing such."""
    said = json.loads(body)
    kind = BundleRefused if said["refused"] else BrokenInput
    raise kind(str(said["what"]), str(said["todo"]))


def answer_apart(work: Callable[[bytes], bytes], answer_bytes: int) -> None:
    """In the process: give up all that is not needed, read the question, do the work, and answer."""
    megabytes, seconds = (int(number) for number in sys.argv[-2:])
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints shall not end up in the answer
    confinement.renounce(megabytes * MEBIBYTE, seconds, answer_bytes, "a bundle")
    question = sys.stdin.buffer.read()
    with answer:
        try:
            answer.write(b"done\n" + work(question))
        except StudioError as error:
            said = {"what": error.what, "todo": error.todo, "refused": isinstance(error, BundleRefused)}
            answer.write(b"refused\n" + json.dumps(said).encode())
