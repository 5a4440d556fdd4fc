"""The schema of a registry: made new, brought up to date by Alembic's migrations, or refused when newer.

- A new registry is made at once in the newest schema and stamped; an older one is migrated when it is opened,
  in one transaction, and its log says so.
- Alembic is imported only where something is to be migrated.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from studio.domain.errors import BrokenInput, WrongUse
from studio.store import registry_guards, registry_tables

MIGRATIONS = Path(__file__).parent / "registry_migrations"
REVISIONS = {1: "0001", 2: "0002"}
"""Alembic's revision of each schema number."""


def create_all(connection: sa.Connection) -> None:
    """Make all tables and triggers in the newest schema."""
    registry_tables.metadata.create_all(connection)
    registry_guards.put_up(connection)
    connection.exec_driver_sql(
        "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, "
        "CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
    )
    newest = REVISIONS[registry_tables.SCHEMA_VERSION]
    connection.exec_driver_sql(f"INSERT INTO alembic_version VALUES ('{newest}')")


def holds_registry(connection: sa.Connection) -> bool:
    """Return whether the database holds a registry."""
    return sa.inspect(connection).has_table("registry")


def _is_hidden(connection: sa.Connection) -> bool:
    """Return whether a registry is there that this user of a server may not see."""
    if connection.dialect.name == "sqlite":
        return False
    # Only where this address looks: another schema of the same database may hold another's registry.
    query = """
        SELECT 1 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
        WHERE c.relname = 'registry' AND c.relkind = 'r' AND n.nspname = ANY (
            string_to_array(translate(current_setting('search_path'), '" ', ''), ','))
    """
    return connection.exec_driver_sql(query).first() is not None


def schema_of(connection: sa.Connection, shown: str) -> int:
    """Return the schema number; raises WrongUse for an empty database, BrokenInput for a newer one."""
    if not holds_registry(connection):
        if _is_hidden(connection):
            raise BrokenInput(
                f"The registry {shown} cannot be used as it is: this user may not look into it.",
                "Ask its administrator for the rights to use it; nothing was changed.",
            )
        if connection.dialect.name != "sqlite" and not sa.inspect(connection).get_table_names():
            raise WrongUse(
                f"There is no registry in {shown} yet.", "Make one with `cobuilder registry init`."
            )
        raise BrokenInput(
            f"There is no registry in {shown}: it is damaged, or another database.",
            "Restore it from a backup, or make one with `cobuilder registry init`.",
        )
    found = connection.scalar(sa.select(registry_tables.registry.c.schema))
    if not isinstance(found, int) or found < 1:
        raise BrokenInput(f"The registry {shown} is damaged.", "Restore it from a backup.")
    if found > registry_tables.SCHEMA_VERSION:
        raise BrokenInput(
            f"The registry {shown} was made by a newer version of this program (schema {found}; this one "
            f"knows {registry_tables.SCHEMA_VERSION}).",
            "Update this program; nothing was changed.",
        )
    return found


def migrate(connection: sa.Connection, found: int) -> None:
    """Bring the schema from `found` up to date within the connection's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    if not sa.inspect(connection).has_table("alembic_version"):
        command.stamp(config, REVISIONS[found])  # the first schema did not know of Alembic
    command.upgrade(config, REVISIONS[registry_tables.SCHEMA_VERSION])
    values = {"schema": registry_tables.SCHEMA_VERSION}
    connection.execute(sa.update(registry_tables.registry).values(**values))
