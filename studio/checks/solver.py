"""Conditions across many fields, put to a solver (z3): can one hold in a situation at all?

- Each fact is a number that names its piece, 0 where it is not known; so what the solver finds is exact.
- z3 is imported at first use, which costs a tenth of a second and some memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from studio.domain.condition import All, Compare, Condition, Not

if TYPE_CHECKING:
    from studio.checks.facts import FactBook


def possible(book: FactBook, index: Mapping[str, int], store: Sequence[int], condition: Condition) -> bool:
    """Return whether a condition can hold for some values that a store admits."""
    import z3

    solver = z3.Solver()
    known: dict[str, Any] = {}

    def variable(name: str) -> Any:
        if name not in known:
            known[name] = z3.Int(name)
            bits = store[index[name]] if name in index else book.fact(name).full
            solver.add(_within(known[name], bits))
        return known[name]

    def formula(part: Condition) -> Any:
        if isinstance(part, Compare):
            mask = book.mask(part.field, part.op, part.value)
            if mask is None:
                return z3.FreshBool()
            return _within(variable(part.field), mask)
        if isinstance(part, Not):
            return z3.Not(formula(part.of))
        parts = [formula(each) for each in part.of]
        return z3.And(*parts) if isinstance(part, All) else z3.Or(*parts)

    solver.add(formula(condition))
    return bool(solver.check() != z3.unsat)


def _within(variable: Any, bits: int) -> Any:
    """Return that a variable names one of the pieces whose bits are set, as few intervals as there are."""
    import z3

    parts = []
    for low, high in _runs(bits):
        parts.append(variable == low if low == high else z3.And(variable >= low, variable <= high))
    return z3.Or(*parts) if parts else z3.BoolVal(False)


def _runs(bits: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    at = 0
    while bits >> at:
        if bits >> at & 1:
            if found and found[-1][1] == at - 1:
                found[-1] = (found[-1][0], at)
            else:
                found.append((at, at))
        at += 1
    return found
