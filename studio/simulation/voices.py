"""The voice of one simulated customer: seeded choices, each with a key of its own.

- A choice is a hash of (seed, scenario, customer, key), so the wording of one answer does not depend on
  what was asked before it: the live version and the draft meet the same customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

Option = TypeVar("Option")


class Voice:
    """One customer's way of putting things."""

    __slots__ = ("_seed",)

    def __init__(self, seed: str) -> None:
        self._seed = blake2b(f"{seed}\0".encode(), digest_size=6)

    def number(self, key: str) -> int:
        """Return the number that belongs to a key."""
        found = self._seed.copy()
        found.update(key.encode())
        return int.from_bytes(found.digest(), "big")

    def pick(self, options: Sequence[Option], key: str) -> Option:
        """Return the option that belongs to a key."""
        return options[self.number(key) % len(options)]

    def chance(self, share: float, key: str) -> bool:
        """Return true for about this share of the keys."""
        return self.number(key) % 10_000 < share * 10_000
