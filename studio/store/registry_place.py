"""Where a registry is kept: a SQLite file, or a PostgreSQL database named by a URL.

- A password in a URL is used to connect and never shown: not in messages, in the log, or in file names.
- Beside a file lie its flag files and the head of its log. For a database server they lie in the folder that
  the URL names by `?files=DIR`, else in this user's own, one folder a database.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import NullPool

from studio.domain.errors import WrongUse
from studio.settings import config_folder

BUSY_MS = 10_000
_SECRET = ("password", "sslpassword", "passfile")
_MEANT_AS_ADDRESS = re.compile(r"^(postgres|[^/\\:]{2,}:[^@]*@)|\bpassword\s*=", re.IGNORECASE)
_DRIVERS = ("postgresql+psycopg", "postgresql", "postgres")


@dataclass(frozen=True)
class Place:
    """Where a registry is; `shown` never holds a secret."""

    kind: Literal["sqlite", "postgresql"]
    shown: str
    path: Path
    url: sa.URL = field(repr=False)

    @property
    def file(self) -> Path | None:
        """Return the database's file, or None on a server."""
        return self.path if self.kind == "sqlite" else None

    def plain(self, text: str) -> str:
        """Return a database's message without the secrets of the URL."""
        secrets = [str(self.url.password or ""), *(str(self.url.query.get(name, "")) for name in _SECRET)]
        secrets += [quote(secret, safe="") for secret in secrets]
        for secret in sorted(filter(None, secrets), key=len, reverse=True):
            text = text.replace(secret, "…")
        return " ".join(text.split()).rstrip(".")


def read_place(place: str | Path | Place) -> Place:
    """Return the place that a path or URL names; raises WrongUse with a sentence without secrets."""
    if isinstance(place, Place):
        return place
    text = str(place)
    if "://" not in text:
        if _MEANT_AS_ADDRESS.search(text):  # never a file's name, and never shown: it may hold a password
            raise WrongUse(
                "The registry's address cannot be read: it is neither a path nor a whole address.",
                "Write postgresql+psycopg://USER@HOST/NAME.",
            )
        path = Path(text)
        return Place("sqlite", text, path, sa.URL.create("sqlite", database=text))
    try:
        url = sa.make_url(text)
        url.port  # noqa: B018 - a port that is no number shows here
        understood = text.count("@") <= 1 and "@" not in (url.database or "")
    except (sa.exc.ArgumentError, ValueError):
        understood = False
    if not understood:
        raise WrongUse(
            "The registry's address cannot be read.",
            "Write a file's path, or postgresql+psycopg://USER@HOST/NAME, with special letters of a "
            "password as %-codes.",
        )
    if url.drivername not in _DRIVERS:
        raise WrongUse(
            f"A registry is not kept in “{re.sub('[^a-z+0-9]', '', url.drivername.lower())}”.",
            "Use a file, or a database as postgresql+psycopg://USER@HOST/NAME.",
        )
    return _server(url)


def _server(url: sa.URL) -> Place:
    if not url.database:
        raise WrongUse(
            "The registry's address names no database.", "Write postgresql+psycopg://USER@HOST/NAME."
        )
    bare = url.difference_update_query(["files", *_SECRET])
    shown = sa.URL.create(
        "postgresql+psycopg", bare.username, None, bare.host, bare.port, bare.database
    ).render_as_string()
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", url.database)
    key = hashlib.sha256(f"{bare.host} {bare.port} {bare.query} {bare.database}".encode()).hexdigest()[:8]
    named = url.query.get("files")
    folder = Path(str(named)) if named else config_folder() / "registries" / f"{name}-{key}"
    real = url.difference_update_query(["files"]).set(drivername="postgresql+psycopg")
    return Place("postgresql", shown, folder / f"{name}.db", real)


def open_engine(place: Place) -> sa.Engine:
    """Return an engine whose transactions are begun and ended by hand."""
    if place.kind == "sqlite":
        engine = sa.create_engine(place.url, poolclass=NullPool)
        event.listen(engine, "connect", _prepare_file)
        return engine
    engine = sa.create_engine(
        place.url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 10}
    )
    event.listen(engine, "connect", _prepare_server)
    return engine


def _prepare_file(connection: object, _record: object) -> None:
    connection.isolation_level = None  # type: ignore[attr-defined]
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "fullfsync=ON", "foreign_keys=ON")
    for pragma in (*pragmas, "recursive_triggers=ON", f"busy_timeout={BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}").close()  # type: ignore[attr-defined]


def _prepare_server(connection: object, _record: object) -> None:
    connection.autocommit = True  # type: ignore[attr-defined]
    settings = ("synchronous_commit = on", f"lock_timeout = {BUSY_MS}", "client_encoding = 'UTF8'")
    for setting in settings:
        connection.execute(f"SET {setting}")  # type: ignore[attr-defined]
