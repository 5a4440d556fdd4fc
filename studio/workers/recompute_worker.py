"""The process in which a bundle's evidence is worked out again: one bundle in, verdicts out.

- Everything is imported before anything is given up, and nothing of the bundle is looked at before that.
- The answer's first line is `done` or `refused`; then JSON.
"""

from __future__ import annotations

import json

from studio.domain.frozen import to_json
from studio.release.verification import open_bundle
from studio.services.recomputing import recompute
from studio.workers.confined import MEBIBYTE, answer_apart
from studio.workers.inline import InlineWorkers

ANSWER_BYTES = 16 * MEBIBYTE


def main() -> None:
    """Do it within the memory (megabytes) and processor time (seconds) that the arguments name."""
    answer_apart(_answer, ANSWER_BYTES)


def _answer(data: bytes) -> bytes:
    found = recompute(open_bundle(data), InlineWorkers())
    return json.dumps([to_json(each) for each in found]).encode()
