"""Facts that one clock counts: what is told to be so long since, or until, something is told from one moment.

- Systems say so by the names of what they reply: `days_since_delivery`, `hours_until_appointment`. Who comes
  three days later is three days further from everything in the same unit, and three days nearer to what is
  to come; so nobody is made up whose parcel arrived before it was bought.
- Nothing counts below nothing: what has not happened yet is told as 0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TypeGuard

from studio.domain.condition import Scalar
from studio.domain.frozen import Json

_COUNTED = re.compile(
    r"(?P<unit>(?:working |business |calendar )?(?:minutes|hours|days|weeks|months|years)) "
    r"(?P<way>since|until)\b"
)


def kept_together(reply: Mapping[str, Json], name: str, value: Scalar) -> dict[str, Json]:
    """Return a reply with another value, and with all that the same clock counts moved as far."""
    made: dict[str, Json] = {**reply, name: value}
    own, was = _clock(name), reply.get(name)
    if own is None or not _is_number(was) or not _is_number(value):
        return made
    later = (value - was) * own[1]
    for other, counted in reply.items():
        clock = _clock(other)
        if other != name and clock is not None and clock[0] == own[0] and _is_number(counted):
            made[other] = max(0, counted + later * clock[1])
    return made


def _clock(name: str) -> tuple[str, int] | None:
    """Return the unit that a fact counts in, and whether it grows (1) or shrinks (-1) with time."""
    found = _COUNTED.match(name.replace("_", " ").replace("-", " ").casefold())
    return None if found is None else (found["unit"], 1 if found["way"] == "since" else -1)


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
