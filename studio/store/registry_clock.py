"""The time of a registry, where a clock once stood far ahead: what was seen, and taking it back openly.

- The registry keeps the latest time that it has seen, so that nobody makes an expired key count again by
  setting a clock back. A clock that was wrong once would stick; taking it back is logged, with who and why.
- A rollout whose stage began “in the future” begins it anew at the time that counts from then on.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from studio.domain.environment import RegistryClock
from studio.domain.errors import WrongUse
from studio.release import rollout
from studio.store import registry_records as records
from studio.store import registry_tables as tables
from studio.store.registry_database import RegistryDatabase


def clock_of(registry: RegistryDatabase) -> RegistryClock:
    """Return this computer's time, and the latest that the registry has seen."""
    with registry.reading() as connection:
        return RegistryClock(here=registry.clock(), seen=records.latest_seen(connection))


def reset_clock(registry: RegistryDatabase, actor: str, reason: str) -> RegistryClock:
    """Let this computer's time count from now on; nothing happens where it counts already."""
    if not reason.strip():
        raise WrongUse("The time is taken back for a reason.", "Say why with --reason.")
    with registry.writing() as connection:
        now, seen = registry.clock(), records.latest_seen(connection)
        if seen is not None and seen > now:
            connection.execute(sa.update(tables.registry).values(seen=records.stamp(now)))
            agent = str(connection.scalar(sa.select(tables.registry.c.agent_id)))
            told = {"from": records.stamp(seen), "to": records.stamp(now), "reason": reason}
            records.append(connection, now, actor, "clock", agent, told)
            _begin_anew(connection, now, actor, reason)
    registry.refresh_files()
    return RegistryClock(here=now, seen=now, taken_back=seen if seen and seen > now else None)


def _begin_anew(connection: sa.Connection, now: datetime, actor: str, reason: str) -> None:
    for environment in records.environments(connection):
        state = records.rollout(connection, environment)
        if state is not None and (earlier := rollout.not_after(state, now)) != state:
            told = {**records.put_rollout(connection, environment, earlier), "reason": reason}
            records.append(connection, now, actor, "clock", environment, told)
