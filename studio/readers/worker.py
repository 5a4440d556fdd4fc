"""The worker of the sandbox: one process, one file, one answer.

- It first gives up what it does not need: memory, processor time, network, other programs, writing files.
- The answer's first line is `done` or `refused`; then a document's JSON, a picture's bytes, or the sentences
  of an error. A worker that dies without an answer is the sandbox's business.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable
from typing import BinaryIO

from studio import confinement
from studio.domain.errors import BrokenInput
from studio.domain.source import SourceDocument
from studio.readers import limits

_PARSERS = {
    "docx": ("studio.readers.docx", "read_docx"),
    "pdf": ("studio.readers.pdf", "read_pdf"),
    "html": ("studio.readers.web", "read_html"),
    "xlsx": ("studio.readers.sheets", "read_xlsx"),
    "csv": ("studio.readers.sheets", "read_csv"),
    "eml": ("studio.readers.mail", "read_eml"),
}


def main() -> None:
    """Do the task that the arguments name with the bytes on standard input."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--document-worker"]
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints shall not end up in the answer
    renounce()
    data = sys.stdin.buffer.read()
    with answer:
        _work(arguments, data, answer)


def _work(arguments: list[str], data: bytes, answer: BinaryIO) -> None:
    name = arguments[1]
    try:
        result = _perform(arguments, data)
    except BrokenInput as error:
        _refuse(answer, error.what, error.todo)
    except (MemoryError, RecursionError):
        _refuse(
            answer,
            f"“{name}” needs more memory than any document should.",
            "Split it, or save its text in a new document and add that.",
        )
    except Exception:  # parsers of untrusted files fail in every way; the person gets one sentence
        _refuse(
            answer,
            f"“{name}” is damaged or not what its name says.",
            "Open it in the program it was made with, save it again, and add the new file.",
        )
    else:
        answer.write(b"done\n" + result)


def _perform(arguments: list[str], data: bytes) -> bytes:
    task, name, *numbers = arguments
    if task == "picture":
        from studio.readers.pages import draw

        return draw(data, name, int(numbers[0]), int(numbers[1]))
    module, function = _PARSERS[task]
    read: Callable[[bytes, str], SourceDocument] = getattr(importlib.import_module(module), function)
    return read(data, name).model_dump_json().encode()


def _refuse(answer: BinaryIO, what: str, todo: str) -> None:
    answer.write(b"refused\n" + json.dumps({"what": what, "todo": todo}).encode())


def renounce() -> None:
    """Give up memory, time, network, other programs and writing, as far as the system lets us."""
    confinement.renounce(limits.MEMORY_BYTES, limits.PROCESSOR_SECONDS, limits.ANSWER_BYTES, "a document")


if __name__ == "__main__":
    main()
