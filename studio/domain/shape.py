"""The shape of a code, as a pattern that somebody wrote: read without a fault, however broken it is.

- A shape that nobody can read is none; the checks name it, and everything else goes on without it.
"""

from __future__ import annotations

import re


def read_shape(pattern: str) -> re.Pattern[str] | None:
    """Return a shape ready to hold values against, or None where the pattern is broken."""
    try:
        return re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return None
