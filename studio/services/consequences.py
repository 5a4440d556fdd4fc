"""Keeping whom a proposal treats differently: one result a proposal, compressed, beside the data.

- It is no part of what can be undone: it is worked out anew from what there is.
"""

from __future__ import annotations

import base64
import zlib

from studio.domain.consequence import Consequences
from studio.domain.frozen import canonical
from studio.ports import UnitOfWork
from studio.services.memory import Memory

_KEPT = "consequences/"
_READ: Memory[str, Consequences] = Memory(6)


def keep_consequences(unit: UnitOfWork, found: Consequences) -> None:
    """Keep what was worked out for a proposal, in the place of what was kept before."""
    data = zlib.compress(canonical(found), 6)
    unit.keep_setting(f"{_KEPT}{found.proposal_id}", base64.b85encode(data).decode())


def kept_consequences(unit: UnitOfWork, proposal_id: str) -> Consequences | None:
    """Return what was worked out last for a proposal, or None."""
    text = unit.setting(f"{_KEPT}{proposal_id}")
    if text is None:
        return None
    return _READ.get(text, lambda: Consequences.model_validate_json(zlib.decompress(base64.b85decode(text))))
