"""Looking at a received bundle in a process of its own, which gives up all it does not need (`confined`).

- What comes back is what a window shows (`services.received`): small, and validated again.
- The window's own process is free meanwhile, however large the file is.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import ValidationError

from studio.domain.environment import ApprovalPolicy
from studio.domain.errors import BundleRefused
from studio.domain.frozen import Frozen
from studio.ports import Progress, silent
from studio.release.html_page import MAX_PAGE
from studio.services.received import Received
from studio.workers.confined import MEBIBYTE, Limits, ask_apart, ended, start_of

ANSWER_BYTES = 2 * MAX_PAGE + 16 * MEBIBYTE
"""A report of the largest size, with every letter spelt out, and all else."""
LIMITS = Limits(seconds=120)
_BEAT = 0.05
_START = start_of("studio.workers.look_worker")


class Question(Frozen):
    """What is asked of a file, besides its bytes, which follow on the next line."""

    policy: ApprovalPolicy | None
    now: datetime
    remembered: dict[str, str]


def look_apart(
    data: bytes,
    policy: ApprovalPolicy | None,
    now: datetime,
    remembered: Mapping[str, str],
    progress: Progress = silent,
    start: str = _START,
    limits: Limits = LIMITS,
) -> Received:
    """Return what `look_at` finds; raises BundleRefused where the file is too much for the limits.

    Where `progress` raises, the process is ended.
    """
    question = Question(policy=policy, now=now, remembered=dict(remembered))
    asked = question.model_dump_json().encode() + b"\n" + data
    code, content = ask_apart(
        asked,
        start,
        limits,
        ANSWER_BYTES,
        lambda process: ended(process, limits, _BEAT, progress, _stopped()),
    )
    head, _, body = content.partition(b"\n")
    if code == 0 and head == b"done" and len(content) <= ANSWER_BYTES:
        try:
            return Received.model_validate_json(body)
        except ValidationError:
            raise _stopped() from None
    raise _stopped()


def _stopped() -> BundleRefused:
    return BundleRefused(
        "Reading the file broke off, or needed more time or memory than a bundle may.",
        "Do not use it; ask the sender for a fresh export.",
    )
