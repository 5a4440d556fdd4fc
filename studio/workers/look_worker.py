"""The process in which a received bundle is looked at: a question and the bytes in, what is shown out.

- Everything is imported before anything is given up, and nothing of the bundle is looked at before that.
"""

from __future__ import annotations

import gc

from studio.services.received import look_at
from studio.workers.confined import answer_apart
from studio.workers.looking import ANSWER_BYTES, Question


def main() -> None:
    """Do it within the memory (megabytes) and processor time (seconds) that the arguments name."""
    gc.disable()  # it ends soon, and looking for circles takes a third of the time
    answer_apart(_answer, ANSWER_BYTES)


def _answer(question: bytes) -> bytes:
    head, _, data = question.partition(b"\n")
    asked = Question.model_validate_json(head)
    return look_at(data, asked.policy, asked.now, asked.remembered).model_dump_json().encode()
