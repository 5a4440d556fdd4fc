"""Recomputing a bundle's evidence in a process of its own that gives up all it does not need (`confined`)."""

from __future__ import annotations

from pydantic import TypeAdapter, ValidationError

from studio.domain.bundle import Recomputation
from studio.domain.errors import BundleRefused
from studio.ports import Progress, silent
from studio.workers.confined import MEBIBYTE, ask_apart, ended, raise_refusal, start_of
from studio.workers.confined import Limits as Limits

ANSWER_BYTES = 16 * MEBIBYTE
_BEAT = 0.25
_START = start_of("studio.workers.recompute_worker")
_ANSWER = TypeAdapter(tuple[Recomputation, ...])


def recompute_apart(
    data: bytes, limits: Limits, start: str = _START, progress: Progress = silent
) -> tuple[Recomputation, ...]:
    """Return the verdicts on a bundle's evidence; raises the bundle's own fault, or BundleRefused.

    `progress` hears how much of the time allowed is used; where it raises, the worker is ended.
    """
    stopped = _stopped(limits)
    code, content = ask_apart(
        data, start, limits, ANSWER_BYTES, lambda process: ended(process, limits, _BEAT, progress, stopped)
    )
    return _read(content, code, limits)


def _read(content: bytes, code: int, limits: Limits) -> tuple[Recomputation, ...]:
    head, _, body = content.partition(b"\n")
    if code == 0 and head == b"done" and len(content) <= ANSWER_BYTES:
        try:
            return _ANSWER.validate_json(body)
        except ValidationError:
            raise _stopped(limits) from None
    if code == 0 and head == b"refused":
        try:
            raise_refusal(body)
        except (ValueError, KeyError, TypeError):
            raise _stopped(limits) from None
    raise _stopped(limits)


def _stopped(limits: Limits) -> BundleRefused:
    return BundleRefused(
        f"Running the evidence again was stopped: it needed more than {limits.seconds} seconds or "
        f"{limits.memory_megabytes} MB, or broke off.",
        "Allow more with --seconds and --memory; if it stays so, do not use the bundle.",
    )
