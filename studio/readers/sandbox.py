"""The sandbox: untrusted files are parsed in a process of their own, which may fail in every way.

- The worker gets the bytes on its standard input and answers on its standard output, both nameless files: no
  pipe can fill up, nothing blocks, and the system bounds the answer's size.
- Memory, processor time, wall time and the network are taken from the worker (`worker.py`); where the system
  has no such limits, wall time still holds. Whatever happens to it, the caller gets one sentence.
- What comes back is untrusted, too: it is validated again, spans and all.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from studio.domain.errors import BrokenInput
from studio.domain.pulse import beat
from studio.domain.source import SourceDocument
from studio.readers import limits
from studio.readers.signature import Kind, check_kind

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Sequence

WORKER_FLAG = "--document-worker"
FROM_SOURCE = "import sys; sys.path.insert(0, {root!r}); from studio.readers.worker import main; main()"
BEAT_SECONDS = 0.1
_KEPT_VARIABLES = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP")
_PROCESSOR_SIGNALS = (-24, -9)  # SIGXCPU, and SIGKILL at the hard limit


@dataclass(frozen=True, slots=True)
class SandboxedReader:
    """Reads one kind of file in the sandbox."""

    kind: Kind
    media_types: tuple[str, ...]
    suffixes: tuple[str, ...]

    def read(self, data: bytes, name: str) -> SourceDocument:
        """Return the document in a file's bytes; raises BrokenInput."""
        limits.check_size(data, name)
        check_kind(data, name, self.kind)
        return _document(run([self.kind, name], data, name), name)


SANDBOXED = (
    SandboxedReader(
        "docx",
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document",),
        (".docx", ".docm"),
    ),
    SandboxedReader("pdf", ("application/pdf",), (".pdf",)),
    SandboxedReader("html", ("text/html",), (".html", ".htm", ".xhtml")),
    SandboxedReader(
        "xlsx", ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",), (".xlsx", ".xlsm")
    ),
    SandboxedReader("csv", ("text/csv",), (".csv", ".tsv")),
    SandboxedReader("eml", ("message/rfc822",), (".eml",)),
)


def run(task: Sequence[str], data: bytes, name: str, seconds: float = limits.WALL_SECONDS) -> bytes:
    """Run one task in a worker and return its answer; raises BrokenInput."""
    import subprocess
    import tempfile

    with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as answer:
        question.write(data)
        question.seek(0)
        process = subprocess.Popen(
            _command(task),
            stdin=question,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env={key: os.environ[key] for key in _KEPT_VARIABLES if key in os.environ},
            close_fds=True,
        )
        try:
            code = _ended(process, seconds)
            if code is None:
                raise _too_slow(name)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        if os.fstat(answer.fileno()).st_size > limits.ANSWER_BYTES:
            raise _broke_off(name)
        answer.seek(0)
        return _answer(answer.read(), code, name)


def _ended(process: subprocess.Popen[bytes], seconds: float) -> int | None:
    """Wait for a worker, beating, and return its code; None where it is not done in time."""
    from subprocess import TimeoutExpired

    deadline = monotonic() + seconds
    while (left := deadline - monotonic()) > 0:
        try:
            return process.wait(min(left, BEAT_SECONDS))
        except TimeoutExpired:
            beat()
    return process.poll()


def _command(task: Sequence[str]) -> list[str]:
    if getattr(sys, "frozen", False):
        return [sys.executable, WORKER_FLAG, *task]
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    return [sys.executable, "-P", "-c", FROM_SOURCE.format(root=root), *task]


def _answer(content: bytes, code: int, name: str) -> bytes:
    """Return the body of an answer; raises BrokenInput as the worker said, or as its end shows."""
    import json

    head, _, body = content.partition(b"\n")
    if code == 0 and head == b"done":
        return body
    if code in _PROCESSOR_SIGNALS:
        raise _too_slow(name)
    if code == 0 and head == b"refused":
        try:
            said = json.loads(body)
            raise BrokenInput(str(said["what"]), str(said["todo"]))
        except (ValueError, KeyError, TypeError) as error:
            raise _broke_off(name) from error
    raise _broke_off(name)


def _too_slow(name: str) -> BrokenInput:
    return BrokenInput(
        f"Reading “{name}” took longer than any document should and was stopped.",
        "Split it, or save its text in a new document and add that.",
    )


def _broke_off(name: str) -> BrokenInput:
    return BrokenInput(
        f"“{name}” could not be read: reading it broke off.",
        "Open it in the program it was made with, save it again, and add the new file.",
    )


def _document(answer: bytes, name: str) -> SourceDocument:
    try:
        document = SourceDocument.model_validate_json(answer)
    except ValueError as error:
        raise _broke_off(name) from error
    known: set[str] = set()
    for block in document.blocks:
        if (
            not 0 <= block.start < block.end <= len(document.text)
            or block.id in known
            or (block.parent is not None and block.parent not in known)
            or "".join(block.text.split()) != "".join(document.text[block.start : block.end].split())
        ):
            raise _broke_off(name)
        known.add(block.id)
    return document
