"""The registry's schema: made at once or by migrations the same, older ones migrated, newer ones refused."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from studio.domain.errors import BrokenInput, WrongUse
from studio.domain.frozen import digest
from studio.store import registry as registries
from studio.store import registry_guards, registry_schema, registry_tables
from studio.store.registry import Registry
from studio.store.registry_database import RegistryDatabase

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

FIRST = Path(__file__).with_name("registry_schema_1.sql")
HEAD = (
    b'{"hash":"65583db4d2fd05b2cc24b03030578fa4f4b3132a70dba08eacb8d7edb376e171",'
    b'"registry":"registry-edd8dcadc4af3f01","seq":5,"time":"2026-11-02T12:00:00Z"}'
)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a registry as the first version of this program wrote it: release 2 at 5 %, its head signed."""
    path = tmp_path / "registry.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(FIRST.read_text(encoding="utf-8"))
    (tmp_path / "registry.head.json").write_bytes(HEAD)
    return path


def test_a_registry_of_the_first_schema_opens_and_goes_on(old: Path, kit: Kit) -> None:
    """Nothing is lost: what runs, its share, its plan, its log and signed head; the migration is logged."""
    with registries.open_registry(old, lambda: kit.now) as registry:
        row = registry.environment("production")
        assert (row.pointer.generation, row.pointer.weight) == (2, 5)
        assert row.candidate is not None and row.candidate.sequence == 2
        assert row.rollout.phase == "Paused" and "24 hours more" in row.rollout.waits
        assert registry.verify_log() == () and registry.signed_up_to() == 5
        assert [entry.action for entry in registry.log()][-1] == "migrate"
        assert digest(registry.bundle_bytes("2")) == registry.log()[3].details["container"]
        assert registry.pause("production", "ida", "Looking at it").changed
        assert registry.roll_back("production", "ida").changed and registry.verify_log() == ()
    with registries.open_registry(old, lambda: kit.now) as registry:
        assert [entry.action for entry in registry.log()].count("migrate") == 1


def test_a_migration_that_fails_leaves_the_old_registry(
    old: Path, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Migrating is one transaction: whatever goes wrong in it, the file is what it was."""
    before = shape(old)

    def fail(*_: object) -> None:
        raise RuntimeError("stop")

    with monkeypatch.context() as patch:
        patch.setattr(registry_guards, "put_up", fail)
        with pytest.raises(RuntimeError, match="stop"):
            registries.open_registry(old, lambda: kit.now)
    assert shape(old) == before
    registries.open_registry(old, lambda: kit.now).close()


def test_a_guard_missing_before_a_migration_is_missing_after_it(old: Path, kit: Kit) -> None:
    """A migration does not put back what someone took away: it is still found."""
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("DROP TRIGGER log_no_delete")
    with registries.open_registry(old, lambda: kit.now) as registry:
        assert registry.verify_log() == ("The guard “log_no_delete” of the database is gone.",)


def shape(path: Path) -> list[tuple[str, ...]]:
    """Return what a database file is made of."""
    with closing(sqlite3.connect(path)) as connection:
        return sorted(connection.execute("SELECT type, name, tbl_name FROM sqlite_master").fetchall())


def test_the_migrations_make_what_a_new_registry_is(place: str, old: Path, kit: Kit, tmp_path: Path) -> None:
    """Tables, columns, keys, indexes and triggers are the same, however a registry came to its schema."""
    if "://" not in place:
        place = str(tmp_path / "made" / "registry.db")
        (tmp_path / "made").mkdir()
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(registry_schema.MIGRATIONS))
    with RegistryDatabase(place) as database, database.writing() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        assert differences(connection) == []
        assert registry_guards.missing(connection) == (
            [] if database.place.kind == "postgresql" else list(registry_guards.SQLITE)[:5]
        )
    with registries.open_registry(old, lambda: kit.now) as migrated, migrated.reading() as connection:
        assert differences(connection) == [] and registry_guards.missing(connection) == []


def test_a_new_registry_is_what_the_tables_say(registry: Registry) -> None:
    """A fresh registry has the newest schema, stamped with Alembic's newest revision."""
    with registry.reading() as connection:
        assert differences(connection) == []
        stamped = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        assert stamped == registry_schema.REVISIONS[registry_tables.SCHEMA_VERSION]


def differences(connection: sa.Connection) -> list[object]:
    """Return where a database differs from the tables of this program."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, registry_tables.metadata))


def test_a_newer_registry_is_refused_and_left_alone(registry: Registry, kit: Kit) -> None:
    """An older program says that a newer one made the registry, and does not touch it."""
    with registry.connect() as connection:
        connection.exec_driver_sql("UPDATE registry SET schema = 99")
    with pytest.raises(BrokenInput, match=r"newer version of this program \(schema 99.*Update this program"):
        registries.open_registry(registry.place, lambda: kit.now)


def test_every_schema_has_its_revision_and_no_migration_is_forgotten() -> None:
    """The newest schema number is the newest file of the migrations, which travel inside the package."""
    found = sorted(each.name[1:5] for each in (registry_schema.MIGRATIONS / "versions").glob("r*.py"))
    assert found == list(registry_schema.REVISIONS.values())
    assert max(registry_schema.REVISIONS) == registry_tables.SCHEMA_VERSION
    assert registry_schema.MIGRATIONS.is_relative_to(Path(registries.__file__).parent)


def test_a_copied_registry_opens_elsewhere(old: Path, kit: Kit, tmp_path: Path) -> None:
    """The file alone is the registry: its flag files are written anew beside the copy."""
    registries.open_registry(old, lambda: kit.now).close()
    there = tmp_path / "there"
    there.mkdir()
    shutil.copy(old, there / "registry.db")
    with registries.open_registry(there / "registry.db", lambda: kit.now) as registry:
        assert registry.files.flags("production").exists()


def test_a_place_without_a_registry_says_how_to_make_one(place: str) -> None:
    """No file yet, and a database that was just made: neither is called damaged."""
    with pytest.raises(WrongUse, match=r"There is no registry .*Make one with `cobuilder registry init`"):
        registries.open_registry(place)
