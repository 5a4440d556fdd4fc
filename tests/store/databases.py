"""Databases for tests of the registry: SQLite files, and one real PostgreSQL server a session.

- The server runs on this computer, as another user where the tests run as root, and ends with this process.
- An empty place costs nothing; one with the kit's release 2 imported is a copy of one that was made once.
"""

from __future__ import annotations

import contextlib
import glob
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import sqlalchemy as sa

from studio.store import registry as registries
from studio.store import registry_schema, registry_tables
from studio.store.registry_database import RegistryDatabase

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

SECRET = "s3cr3t-of-otto"


def server_programs() -> Path | None:
    """Return the folder of PostgreSQL's server programs, or None where it is not installed."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    named = found[-1] if found else shutil.which("initdb")
    return Path(named).parent if named else None


class Server:
    """A PostgreSQL server for one session; the user `otto` needs a password, `tester` does not."""

    def __init__(self, programs: Path) -> None:
        """Make its folder and start it."""
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="cobuilder-pg-"))
        self._user = self._unprivileged()
        if self._user:
            shutil.chown(self._folder, self._user)
        self._folder.chmod(0o700)
        self._data = self._folder / "data"
        self._run("initdb", "-D", self._data, "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        (self._data / "pg_hba.conf").write_text(
            "host all otto 127.0.0.1/32 scram-sha-256\nhost all all 127.0.0.1/32 trust\n"
        )
        self._process = self._start()
        self._count = 0
        self.execute("CREATE DATABASE tester")
        self.execute(f"CREATE ROLE otto LOGIN PASSWORD '{SECRET}'")

    def execute(self, statement: str) -> None:
        """Run one statement as the server's owner."""
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def dsn(self, database: str) -> str:
        """Return where a database is, as libpq reads it."""
        return f"host=127.0.0.1 port={self.port} user=tester dbname={database}"

    def new(self, files: Path, user: str = "tester") -> str:
        """Make a room of its own (a schema) for one registry, and return the place."""
        self._count += 1
        room = f"room_{self._count}"
        with psycopg.connect(self.dsn("tester"), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {room} AUTHORIZATION {user}".encode())
        where = f"{user}@127.0.0.1:{self.port}/tester"
        return f"postgresql+psycopg://{where}?options=-csearch_path%3D{room}&files={files}"

    @contextlib.contextmanager
    def small_disk(self, megabytes: int) -> Iterator[Path | None]:
        """Mount a small disk as the tablespace `small`; None where nothing may be mounted here."""
        disk = self._folder / "small"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(disk)]
        if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
            yield None
            return
        try:
            (disk / "space").mkdir()
            shutil.chown(disk / "space", self._user)  # which root always has: it must not be the server's
            self.execute(f"CREATE TABLESPACE small OWNER tester LOCATION '{disk / 'space'}'")
            yield disk
            with psycopg.connect(self.dsn("tester"), autocommit=True) as connection:
                found = connection.execute(
                    "SELECT DISTINCT schemaname FROM pg_tables WHERE tablespace = 'small'"
                ).fetchall()
                for (room,) in found:
                    connection.execute(f"DROP SCHEMA {room} CASCADE".encode())
            self.execute("DROP TABLESPACE small")  # or the server would go on looking for it
        finally:
            subprocess.run(["umount", "--lazy", str(disk)], check=True)
            disk.rmdir()

    def stop(self) -> None:
        """End it and remove its folder."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(60)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> subprocess.Popen[bytes]:
        """Start the server so that it ends when this process ends, however that comes about."""
        bound = ["setpriv", "--pdeathsig", "QUIT", "--"] if shutil.which("setpriv") else []
        settings = [f"port={self.port}", "listen_addresses=127.0.0.1", "fsync=off", "max_connections=60"]
        options = [
            word for each in (*settings, f"unix_socket_directories={self._folder}") for word in ("-c", each)
        ]
        command = [*bound, str(self._programs / "postgres"), "-D", str(self._data), *options]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(
            command, stdin=quiet, stdout=quiet, stderr=quiet, cwd="/", user=self._user or None
        )
        for _ in range(600):
            with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self.dsn("postgres")):
                return process
            time.sleep(0.1)
        process.kill()
        raise RuntimeError("PostgreSQL did not start")

    def _unprivileged(self) -> str:
        """Return whom to run as: the server refuses to be root."""
        if os.geteuid() != 0:
            return ""
        names = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in names else "nobody"

    def _run(self, program: str, *arguments: object) -> None:
        command = [str(self._programs / program), *(str(each) for each in arguments)]
        if self._user:
            command = ["runuser", "-u", self._user, "--", *command]
        quiet = subprocess.DEVNULL  # a pipe would be held open by the server
        subprocess.run(command, check=True, stdin=quiet, stdout=quiet, stderr=quiet, cwd="/", timeout=120)


class Databases:
    """Gives out places for registries, on either database."""

    def __init__(self, kit: Kit, folder: Path, server: Server | None) -> None:
        """Take a folder for what is copied, and the server, where there is one."""
        self._kit, self._made, self.server = kit, folder / "registry.db", server

    def new(self, kind: str, folder: Path) -> str:
        """Return a place where no registry is yet."""
        if kind == "sqlite":
            return str(folder / "registry.db")
        assert self.server is not None
        return self.server.new(folder)

    def imported(self, kind: str, folder: Path) -> str:
        """Return the place of a registry with release 2 imported: a copy of one that was made once."""
        kit, place = self._kit, self.new(kind, folder)
        if not self._made.exists():
            with registries.create(self._made, kit.before, kit.policy, "ida", lambda: kit.now) as registry:
                registry.import_bundle(kit.bundle(), "ida")
        name = "registry.db" if kind == "sqlite" else "tester.db"
        shutil.copy2(self._made.with_name("registry.db.head.json"), folder / f"{name}.head.json")
        if kind == "sqlite":
            shutil.copy2(self._made, folder / "registry.db")
            return place
        source, copy = RegistryDatabase(self._made), RegistryDatabase(place)
        with source, copy, source.reading() as old, copy.writing() as new:
            registry_schema.create_all(new)
            for table in registry_tables.metadata.sorted_tables:
                for row in old.execute(sa.select(table)):
                    new.execute(sa.insert(table).values(**row._mapping))
        return place
