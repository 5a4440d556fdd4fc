"""The process in which a bundle's evidence is worked out again: one bundle in, verdicts out.

- Everything is imported before anything is given up, and nothing of the bundle is looked at before that.
- The answer's first line is `done` or `refused`; then JSON.
"""

from __future__ import annotations

import json
import os
import sys

from studio import confinement
from studio.domain.errors import BundleRefused, StudioError
from studio.domain.frozen import to_json
from studio.release.verification import open_bundle
from studio.services.recomputing import recompute
from studio.workers.inline import InlineWorkers

ANSWER_BYTES = 16 * 1024 * 1024


def main() -> None:
    """Do it within the memory (megabytes) and processor time (seconds) that the arguments name."""
    megabytes, seconds = (int(number) for number in sys.argv[-2:])
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints shall not end up in the answer
    confinement.renounce(megabytes * 1024 * 1024, seconds, ANSWER_BYTES, "a bundle")
    data = sys.stdin.buffer.read()
    with answer:
        answer.write(_answer(data))


def _answer(data: bytes) -> bytes:
    try:
        found = recompute(open_bundle(data), InlineWorkers())
    except StudioError as error:
        said = {"what": error.what, "todo": error.todo, "refused": isinstance(error, BundleRefused)}
        return b"refused\n" + json.dumps(said).encode()
    return b"done\n" + json.dumps([to_json(each) for each in found]).encode()
