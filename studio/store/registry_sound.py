"""What a registry holds and cannot be read: told as what it is, a registry that was changed or damaged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

from studio.domain.errors import BrokenInput


@contextmanager
def sound(what: str) -> Iterator[None]:
    """Raise BrokenInput where a row does not give the value that it was written from."""
    try:
        yield
    except (ValueError, TypeError, LookupError, sa.exc.NoResultFound):
        raise BrokenInput(
            f"The registry holds {what} that cannot be read, so somebody, or something, changed it behind "
            "its back.",
            "Look into it with `cobuilder registry verify-log`; then restore it from a backup.",
        ) from None
