"""Sharing: the work on a long document done by two processes, where the system can fork one at once.

- For a process of one thread that compares and ends. What the other process did not finish is done here.
- Short work stays here: a second process would cost more than it saves.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.diff.sides import Gap, Paired

WORTH = 3000
"""So many blocks take longer to compare than a process takes to begin."""


def by_two(work: Callable[[list[Gap]], Paired], todo: list[Gap]) -> list[Paired]:
    """Do the second half of the work in another process meanwhile."""
    blocks = sum([len(left) for left, _ in todo])
    if blocks < WORTH or not hasattr(os, "fork") or (os.cpu_count() or 1) < 2:
        return [work(todo)]
    half = _middle(todo, blocks)
    try:
        answer, told = os.pipe()
        other = os.fork()
    except OSError:
        return [work(todo)]
    if other == 0:
        _answer(work, todo[half:], told)
    os.close(told)
    mine = work(todo[:half])
    theirs = _heard(answer, other)
    return [mine, work(todo[half:]) if theirs is None else theirs]


def _middle(todo: list[Gap], blocks: int) -> int:
    """Return the gap before which half of the blocks stand."""
    before = 0
    for number, (left, _) in enumerate(todo):
        before += len(left)
        if 2 * before >= blocks:
            return number + 1
    return len(todo)


def _answer(work: Callable[[list[Gap]], Paired], todo: list[Gap], told: int) -> None:
    """Do some work, write what was made to a pipe, and end the process."""
    code = 1
    try:
        import marshal

        left = memoryview(marshal.dumps(work(todo)))
        while left:
            left = left[os.write(told, left) :]
        code = 0
    finally:
        os._exit(code)  # nothing of the first process is written or closed twice


def _heard(answer: int, other: int) -> Paired | None:
    """Return what the other process made, None where it did not end well."""
    import marshal

    with open(answer, "rb") as file:
        data = file.read()
    _, status = os.waitpid(other, 0)
    if status:
        return None
    made: Paired = marshal.loads(data)
    return made
