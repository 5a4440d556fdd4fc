"""The order of steps: from the order of the text to the order in which they are to be done.

- "Before X, do Y" puts Y ahead of X, wherever the text has it.
- A branch that only leads to the very next step becomes that step's condition.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from studio.cobuilder.procedures.instructions import Instruction, is_go_to
from studio.cobuilder.words.conditions import clauses
from studio.cobuilder.words.vocabulary import families, stems
from studio.domain.finding import StepFinding
from studio.domain.pulse import beat

_TARGET = re.compile(r"\bsteps?\s+(?P<number>\d+)", re.IGNORECASE)


def fold_branches(instructions: Sequence[Instruction]) -> list[Instruction]:
    """Move the condition of "If: Yes. Then go to step 7." to step 7 where that is the next instruction."""
    kept: list[Instruction] = []
    waiting: tuple[str, ...] = ()
    for at, instruction in enumerate(instructions):
        if waiting:
            instruction.conditions = (*instruction.conditions, *waiting)
            waiting = ()
        follower = instructions[at + 1] if at + 1 < len(instructions) else None
        parts = clauses(instruction.text)
        main = instruction.text[parts.main[0] : parts.main[1]]
        told = (
            main if is_go_to(main) else instruction.tail[0].text if len(main) < 3 and instruction.tail else ""
        )
        target = _TARGET.search(told) if parts.condition else None
        if target and follower and _is_next(follower, int(target["number"])) and parts.condition:
            waiting = (instruction.text[parts.condition[0] : parts.condition[1]].strip(),)
        else:
            kept.append(instruction)
    return kept


def _is_next(follower: Instruction, number: int) -> bool:
    """Tell whether a step bears this number and does something by itself."""
    parts = clauses(follower.text)
    return follower.number == number and parts.main[1] - parts.main[0] >= 3


def goes_on(text: str, number: int | None) -> bool:
    """Tell whether a "go to step 4" only says what follows anyway."""
    target = _TARGET.search(text)
    if target is None:
        return bool(re.search(r"\bnext\b|\bfollowing\b|\bbelow\b", text, re.IGNORECASE))
    return number is not None and int(target["number"]) == number + 1


def in_order(pairs: Sequence[tuple[Instruction, StepFinding]]) -> list[StepFinding]:
    """Return the steps in the order in which they are to be done."""
    ordered: list[tuple[Instruction, StepFinding]] = []
    for instruction, step in pairs:
        beat()
        at = _ahead_of(instruction, ordered)
        ordered.insert(len(ordered) if at is None else at, (instruction, step))
    return [step for _, step in ordered]


def _ahead_of(instruction: Instruction, ordered: Sequence[tuple[Instruction, StepFinding]]) -> int | None:
    """Return the place of the step that this instruction has to precede, if the text has it earlier."""
    before = clauses(instruction.text).before
    if before is None:
        return None
    wanted = set(stems(instruction.text[before[0] : before[1]]))
    for at, (other, step) in enumerate(ordered):
        if other is instruction:
            continue
        shared = wanted & set(stems(step.text))
        enough = min(len(wanted), max(2, (2 * len(wanted) + 2) // 3))
        if wanted and len(shared) >= enough and any(families(word) for word in shared):
            return at
    return None
