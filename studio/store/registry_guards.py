"""The triggers that keep a registry's log, bundles and signed heads append-only, on both databases.

- The log's BEFORE INSERT trigger demands seq = max + 1 and prev = last hash, so that INSERT OR REPLACE cannot
  rewrite a row; updates and deletes of log, bundles and heads are refused, and on PostgreSQL emptying too.
- They are compared with these texts when the log is verified: one that was dropped, changed or switched off
  is noticed.
"""

from __future__ import annotations

import sqlalchemy as sa

from studio.domain.ledger import GENESIS

_SAID = {
    "log_no_update": ("log", "UPDATE", "the log is never changed"),
    "log_no_delete": ("log", "DELETE", "the log is never cut"),
    "bundles_no_update": ("bundles", "UPDATE", "a bundle is never changed"),
    "bundles_no_delete": ("bundles", "DELETE", "a bundle is never thrown away"),
    "heads_no_update": ("heads", "UPDATE", "a signed head is never changed"),
    "heads_no_delete": ("heads", "DELETE", "a signed head is never thrown away"),
}
_EMPTYING = {
    f"{table}_no_truncate": (table, "TRUNCATE", f"the table {table} is never emptied")
    for table in ("log", "bundles", "heads")
}
_APPEND_ONLY = "the log only grows at its end"

# pg_trigger.tgtype: 1 for each row, 2 before, 4 insert, 8 delete, 16 update, 32 truncate.
_TYPES = {"INSERT": 1 + 2 + 4, "DELETE": 1 + 2 + 8, "UPDATE": 1 + 2 + 16, "TRUNCATE": 2 + 32}


def _on_sqlite() -> dict[str, str]:
    append = f"""CREATE TRIGGER log_append BEFORE INSERT ON log
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM log)
  OR NEW.prev IS NOT coalesce((SELECT hash FROM log ORDER BY seq DESC LIMIT 1), '{GENESIS}')
BEGIN SELECT RAISE(ABORT, '{_APPEND_ONLY}'); END"""
    others = {
        name: f"CREATE TRIGGER {name} BEFORE {deed} ON {table}\nBEGIN SELECT RAISE(ABORT, '{said}'); END"
        for name, (table, deed, said) in _SAID.items()
    }
    return {"log_append": append, **others}


SQLITE = _on_sqlite()


def _body(name: str) -> str:
    """Return the body of the function behind a trigger on PostgreSQL."""
    if name == "log_append":
        return f"""
BEGIN
  IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM log)
    OR NEW.prev IS DISTINCT FROM coalesce((SELECT hash FROM log ORDER BY seq DESC LIMIT 1), '{GENESIS}')
  THEN RAISE EXCEPTION '{_APPEND_ONLY}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END """
    said = {**_SAID, **_EMPTYING}[name][2]
    return f"\nBEGIN\n  RAISE EXCEPTION '{said}' USING ERRCODE = 'integrity_constraint_violation';\nEND "


_PLACES = {
    "log_append": ("log", "INSERT"),
    **{name: (table, deed) for name, (table, deed, _) in {**_SAID, **_EMPTYING}.items()},
}


ALL = tuple(_PLACES)
HEADS = ("heads_no_update", "heads_no_delete")


def put_up(connection: sa.Connection, names: tuple[str, ...] = ALL, functions: bool = True) -> None:
    """Make these triggers; on PostgreSQL also their functions, unless they are there."""
    if connection.dialect.name == "sqlite":
        for name in names:
            if name in SQLITE:
                connection.exec_driver_sql(SQLITE[name])
        return
    for name in names:
        table, deed = _PLACES[name]
        if functions:
            connection.exec_driver_sql(
                f"CREATE OR REPLACE FUNCTION registry_{name}() RETURNS trigger LANGUAGE plpgsql "
                f"AS $body${_body(name)}$body$"
            )
        each = "STATEMENT" if deed == "TRUNCATE" else "ROW"
        connection.exec_driver_sql(
            f"CREATE TRIGGER {name} BEFORE {deed} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION registry_{name}()"
        )


def missing(connection: sa.Connection) -> list[str]:
    """Return the names of triggers that are gone, switched off, or not what was made."""
    if connection.dialect.name == "sqlite":
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        found = {row.name: row.sql for row in rows}
        return [name for name, statement in SQLITE.items() if found.get(name) != statement]
    rows = connection.exec_driver_sql(
        "SELECT t.tgname, c.relname, t.tgtype, t.tgenabled, t.tgqual IS NULL AS always, p.proname, p.prosrc "
        "FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND pg_table_is_visible(c.oid)"
    )
    standing = {
        (row.tgname, row.relname, row.tgtype, row.proname, row.prosrc)
        for row in rows
        if row.always and str(row.tgenabled).strip("b'") in ("O", "A")
    }
    wanted = {
        name: (name, table, _TYPES[deed], f"registry_{name}", _body(name))
        for name, (table, deed) in _PLACES.items()
    }
    return [name for name, each in wanted.items() if each not in standing]
