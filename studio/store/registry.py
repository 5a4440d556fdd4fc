"""IT's registry: imported releases, one pointer per environment, and a log that only grows.

- It is a SQLite file, or a PostgreSQL database by URL; both do the same and are made by the same code.
- What comes in, and how a pointer moves, stands in `registry_imports` and `registry_rollouts`.
- The flag files are written again when the registry is opened, and an older schema is migrated.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from contextlib import nullcontext, suppress
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from studio.domain.agent import Agent
from studio.domain.environment import (
    ApprovalPolicy,
    EnvironmentRow,
    RegistryClock,
    RegistryStatus,
    ReleaseRow,
)
from studio.domain.errors import BrokenInput, StudioError, WrongUse
from studio.domain.frozen import digest
from studio.domain.ledger import LedgerEntry
from studio.release.policy import check_policy
from studio.store import registry_records as records
from studio.store import registry_schema
from studio.store import registry_tables as tables
from studio.store.registry_audit import audit, check_kept_heads, signed_up_to
from studio.store.registry_clock import clock_of, reset_clock
from studio.store.registry_database import Clock, RegistryDatabase, utc_now
from studio.store.registry_imports import point
from studio.store.registry_place import Place, read_place
from studio.store.registry_rollouts import RegistryRollouts

LISTED = 20
"""How many of the newest releases a status lists, unless more are asked for."""


def create(
    place: str | Path | Place, agent: Agent, policy: ApprovalPolicy, actor: str, clock: Clock = utc_now
) -> Registry:
    """Make a registry for an agent that runs already, under IT's policy."""
    where = read_place(place)
    if where.file is not None and where.file.exists() and not where.file.is_file():
        raise WrongUse(f"{where.shown} is no file.", "Name a file for the registry.")
    if where.file is not None and where.file.exists() and not _is_left_over(where):
        raise WrongUse(
            f"There is a registry at {where.shown} already.", "Choose another place, or use that one."
        )
    check_policy(policy)
    if policy.agent != agent.id:
        raise BrokenInput(
            f"The policy is for “{policy.agent}”, not for “{agent.id}”.", "Ask IT for the right one."
        )
    _make_folder(where.path.parent)
    registry, anothers = Registry(where, clock), False
    try:
        with registry.writing() as connection:
            if anothers := registry_schema.holds_registry(connection):
                raise WrongUse(
                    f"There is a registry in {where.shown} already.", "Choose another place, or use that one."
                )
            registry_schema.create_all(connection)
            _fill(connection, agent, policy, actor, clock())
        registry.refresh_files(first_head=True)
    except BaseException:
        registry.close()
        if where.file is not None and not anothers:
            where.file.unlink(missing_ok=True)
        raise
    return registry


def open_registry(place: str | Path | Place, clock: Clock = utc_now, *, looking: bool = False) -> Registry:
    """Open a registry, and write its flag files again where they are not what they should be.

    With `looking`, what cannot be read is left to the audit to tell.
    """
    where = read_place(place)
    if where.file is not None and not where.file.is_file():
        raise WrongUse(f"There is no registry at {where.shown}.", "Make one with `cobuilder registry init`.")
    registry = Registry(where, clock)
    try:
        registry.bring_up_to_date()
        with suppress(BrokenInput) if looking else nullcontext():
            registry.refresh_files()
    except BaseException:
        registry.close()
        raise
    return registry


def _is_left_over(where: Place) -> bool:
    """Return whether a file is what a killed `init` leaves: a database in which nothing was made."""
    try:
        with RegistryDatabase(where) as database, database.reading() as connection:
            return not sa.inspect(connection).get_table_names()
    except StudioError:
        return False


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongUse(f"The folder {folder} cannot be made: {error.strerror}.", "Choose another.") from None


def _fill(connection: sa.Connection, agent: Agent, policy: ApprovalPolicy, actor: str, now: datetime) -> None:
    name = f"registry-{secrets.token_hex(8)}"
    connection.execute(
        sa.insert(tables.registry).values(
            one=1, id=name, schema=tables.SCHEMA_VERSION, agent_id=agent.id, seen=records.stamp(now)
        )
    )
    records.put_policy(connection, policy)
    first = records.put_first_release(connection, agent, now)
    rules = {"policy": digest(policy), "version": str(policy.version)}
    records.append(connection, now, actor, "init", agent.id, {"registry": name, "agent": first, **rules})
    point(connection, policy, first, actor, now)


class Registry(RegistryRollouts):
    """An open registry; use `create` or `open_registry`, and close it."""

    def status(self, newest: int | None = LISTED) -> RegistryStatus:
        """Return what runs where, and the newest releases (all of them for None)."""
        with self.reading() as connection:
            policy = records.current_policy(connection)
            last, seen = records.last_entry(connection), records.latest_seen(connection)
            pointers = records.pointers(connection)
            now = self.clock()
            return RegistryStatus(
                registry=str(connection.scalar(sa.select(tables.registry.c.id))),
                agent=policy.agent,
                policy_id=policy.id,
                policy_version=policy.version,
                environments=tuple(self._environment(connection, each.environment) for each in pointers),
                releases=tuple(records.releases(connection, newest=newest)),
                releases_total=records.count_releases(connection),
                log_length=last.seq if last else 0,
                head_file=str(self.files.head),
                clock_behind=seen if seen and seen > now else None,
            )

    def environment(self, name: str) -> EnvironmentRow:
        """Return what runs in one environment; raises WrongUse for an unknown one."""
        with self.reading() as connection:
            return self._environment(connection, name)

    def release(self, name: str, environment: str | None = None) -> ReleaseRow:
        """Return the release meant by a number or the first letters of an id; raises BundleRefused."""
        with self.reading() as connection:
            return records.find_release(connection, name, environment)

    def agent(self, release: str) -> Agent:
        """Return the agent of a release, named by its id; it never changes."""
        with self.reading() as connection:
            return records.release_agent(connection, release)

    def log(
        self,
        after: int = 0,
        since: datetime | None = None,
        first: int | None = None,
        newest: int | None = None,
    ) -> tuple[LedgerEntry, ...]:
        """Return the log, oldest first: what follows entry `after` and was done since then.

        Of these, the `first` so many or the `newest` so many.
        """
        with self.reading() as connection:
            return tuple(records.entries(connection, after, since, first, newest))

    def sequences(self, ids: Collection[str]) -> dict[str, int]:
        """Return the numbers of the releases among these ids."""
        with self.reading() as connection:
            return records.sequences(connection, ids)

    def clock_state(self) -> RegistryClock:
        """Return this computer's time, and the latest that was seen."""
        return clock_of(self)

    def reset_clock(self, actor: str, reason: str) -> RegistryClock:
        """Let this computer's time count, where a clock stood far ahead once; the log keeps who and why."""
        return reset_clock(self, actor, reason)

    def verify_log(self, kept: Sequence[bytes] = ()) -> tuple[str, ...]:
        """Return a sentence for every fault of the log, its guards and its signed heads; empty if sound.

        `kept` are heads, plain or signed, that were kept elsewhere; raises NotApproved for a forged one, and
        BrokenInput for what is none.
        """
        check_kept_heads(kept)
        try:
            with self.reading() as connection:
                return audit(connection, self.files, kept)
        except StudioError as error:
            if not isinstance(error, BrokenInput):
                raise
            return (error.what,)
        except (ValueError, TypeError, LookupError, sa.exc.NoResultFound) as error:
            return (f"The registry holds something that cannot be read, so it was changed: {error}",)

    def log_length(self) -> int:
        """Return how many entries the log holds."""
        with self.reading() as connection:
            return records.count_entries(connection)

    def signed_up_to(self) -> int:
        """Return the last entry of the log that a head signed by IT covers, or 0."""
        with self.reading() as connection:
            return signed_up_to(connection)

    def _environment(self, connection: sa.Connection, name: str) -> EnvironmentRow:
        pointer = records.pointer(connection, name)
        return EnvironmentRow(
            pointer=pointer,
            stable=records.release_row(connection, pointer.stable),
            candidate=records.release_row(connection, pointer.candidate) if pointer.candidate else None,
            rollout=self.view(connection, name),
            flag_file=str(self.files.flags(name)),
        )
