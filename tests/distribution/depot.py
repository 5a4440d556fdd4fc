"""A depot for tests: a repository with keys made from names, a real server on loopback, and attackers' tools.

- Times are fixed: a repository that a test makes is the same on every day.
- The server is Python's own `http.server` in a thread; it ends with its `with`.
"""

from __future__ import annotations

import http.server
import shutil
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tuf.api.metadata import Metadata, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp

from studio.distribution import documents, terms, tuf_keys
from studio.distribution.pulling import Reader
from studio.distribution.repository import Repository
from studio.domain.distribution import Pulled, PullWish
from tests.bundle_conformance.kit import NOW, Kit, MemorySigner

ROOTS = ("root-a", "root-b", "root-c")


@dataclass
class Clock:
    """A clock that stands still until a test moves it."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def forward(self, **amount: float) -> None:
        """Let time go by."""
        self.now += timedelta(**amount)


class Depot:
    """A repository in a folder, those who sign, and bundles to publish."""

    def __init__(self, kit: Kit, folder: Path) -> None:
        """Take the kit of bundles and an empty folder."""
        self.kit = kit
        self.clock = Clock(kit.now)
        self.folder = folder
        self.repository = Repository(folder, self.clock)

    def signer(self, name: str) -> MemorySigner:
        """Return the signer of this name."""
        return MemorySigner(name)

    def pems(self, *names: str) -> list[str]:
        """Return the public halves of these names."""
        return [self.signer(name).public_pem for name in names]

    def init(self, **days: int) -> Depot:
        """Draft, sign and publish an empty repository: root 2 of 3, one key for each environment."""
        keys = {
            "root": self.pems(*ROOTS),
            "staging": self.pems("stage"),
            "production": self.pems("release"),
            "snapshot": self.pems("online"),
            "timestamp": self.pems("online"),
        }
        self.repository.init(self.kit.policy, keys, days=days)
        self.repository.sign([self.signer(name) for name in ("root-a", "root-b", "stage", "release")])
        self.refresh()
        return self

    def refresh(self, online: str = "online") -> None:
        """Renew the online documents, and take what is signed."""
        self.repository.refresh(self.signer(online))

    def bundle(self, sequence: int = 2, environment: str = "production", **changes: Any) -> bytes:
        """Return a sound bundle."""
        return self.kit.bundle(
            self.kit.content(release_sequence=sequence, environment=environment, **changes)
        )

    def publish(self, sequence: int = 2, environment: str = "production") -> None:
        """Publish a sound bundle, so that readers see it."""
        name = {"production": "release", "staging": "stage"}[environment]
        self.repository.publish(
            self.bundle(sequence, environment), [self.signer(name)], self.signer("online")
        )

    def root(self, version: int = 1) -> bytes:
        """Return a version of root.json as it is shipped."""
        return (self.folder / "metadata" / f"{version}.root.json").read_bytes()

    def copy(self, to: Path) -> Path:
        """Return a copy of the folder as it lies."""
        shutil.copytree(self.folder, to)
        return to


@dataclass
class Site:
    """A reader of a repository, with its memory."""

    folder: Path
    source: str
    root: bytes | None
    clock: Clock
    limits: terms.TimeLimits | None = None
    ticks: Callable[[], float] | None = None
    environment: str = "production"

    def pull(self, source: str | None = None, root: bytes | None = None, **wish: Any) -> Pulled:
        """Pull, with the shipped root."""
        more = {"ticks": self.ticks} if self.ticks else {}
        reader = Reader(source or self.source, self.folder / "state", self.clock, self.limits, **more)
        facts: dict[str, Any] = {"environment": self.environment, "target": self.folder / "bundles"}
        return reader.pull(PullWish(**{**facts, "root": root or self.root, **wish}))

    def seen(self, role: str) -> int:
        """Return the version of a document that the reader trusts; 0 for none."""
        path = self.folder / "state" / "metadata" / f"{role}.json"
        return int(Metadata.from_bytes(path.read_bytes()).signed.version) if path.exists() else 0

    def bundles(self) -> list[str]:
        """Return the names of what was pulled."""
        return sorted(path.name for path in (self.folder / "bundles").glob("*"))


@dataclass
class Served:
    """A running server: its address, what was asked for, and what it answers otherwise than its folder."""

    address: str
    folder: Path
    asked: list[str] = field(default_factory=list)
    instead: dict[str, Callable[[http.server.BaseHTTPRequestHandler], None]] = field(default_factory=dict)


@contextmanager
def serving(folder: Path, secure: ssl.SSLContext | None = None) -> Iterator[Served]:
    """Serve a folder on loopback until the end of the block, with TLS where a certificate is given."""
    told = Served("", folder)

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *rest: Any, **named: Any) -> None:
            super().__init__(*rest, directory=str(told.folder), **named)

        def do_GET(self) -> None:
            told.asked.append(self.path)
            special = next((do for start, do in told.instead.items() if self.path.startswith(start)), None)
            try:
                special(self) if special else super().do_GET()
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    if secure:
        server.socket = secure.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    told.address = f"{'https' if secure else 'http'}://127.0.0.1:{server.server_address[1]}/"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Forger:
    """Writes documents into a repository as somebody could who holds some keys and the server."""

    def __init__(self, depot: Depot, folder: Path) -> None:
        """Take the depot for its keys, and the folder that is served."""
        self.depot = depot
        self.metadata = folder / "metadata"
        self.targets_folder = folder / "targets"

    def newest(self, role: str) -> Metadata[Any]:
        """Return the newest document of a role as it lies there."""
        if role == "timestamp":
            return Metadata.from_bytes((self.metadata / "timestamp.json").read_bytes())
        versions = [int(path.name.split(".")[0]) for path in self.metadata.glob(f"*.{role}.json")]
        return Metadata.from_bytes((self.metadata / f"{max(versions)}.{role}.json").read_bytes())

    def root(self) -> Metadata[Root]:
        """Return the newest root."""
        return self.newest("root")

    def put(self, role: str, document: Metadata[Any], *signers: str) -> None:
        """Sign a document anew with these keys only, and lay it down."""
        document.signatures.clear()
        for name in signers:
            tuf_keys.put_signature(document, self.depot.signer(name))
        name = "timestamp.json" if role == "timestamp" else f"{document.signed.version}.{role}.json"
        (self.metadata / name).write_bytes(documents.to_bytes(document))

    def online(
        self,
        *,
        meta: Mapping[str, int] | None = None,
        snapshot: int | None = None,
        timestamp: int | None = None,
        listed: int | None = None,
        key: str = "online",
        expires: Mapping[str, datetime] | None = None,
    ) -> None:
        """Write snapshot and timestamp with the online key: other versions in `meta`, of any age."""
        old, dates = self.newest("snapshot"), expires or {}
        version = snapshot if snapshot is not None else old.signed.version + 1
        names = {"targets": 0, "staging": 0, "production": 0, **(meta or {})}
        rows = {f"{role}.json": MetaFile(number or self._version(role)) for role, number in names.items()}
        until = documents.until(self.depot.clock(), 7)
        list_ = Metadata(Snapshot(version=version, expires=dates.get("snapshot", until), meta=rows))
        self.put("snapshot", list_, key)
        stamp = timestamp if timestamp is not None else self.newest("timestamp").signed.version + 1
        pointer = MetaFile(listed if listed is not None else version)
        self.put(
            "timestamp",
            Metadata(Timestamp(version=stamp, expires=dates.get("timestamp", until), snapshot_meta=pointer)),
            key,
        )

    def targets(self, role: str, files: Mapping[str, bytes], *signers: str, **changes: Any) -> None:
        """Write the next document of a targets role with these files in it, signed by these keys."""
        document: Metadata[Targets] = self.newest(role)
        document.signed.version += 1
        for name, value in changes.items():
            setattr(document.signed, name, value)
        for name, data in files.items():
            document.signed.targets[name] = TargetFile.from_data(name, data, ["sha256"])
            folder, _, base = name.rpartition("/")
            path = self.targets_folder / folder / f"{document.signed.targets[name].hashes['sha256']}.{base}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self.put(role, document, *signers)

    def next_root(self, *signers: str, change: Callable[[Root], None] = lambda _: None) -> None:
        """Write the next root, changed, signed by these keys."""
        document = self.root()
        document.signed.version += 1
        change(document.signed)
        self.put("root", document, *signers)

    def _version(self, role: str) -> int:
        return int(self.newest(role).signed.version)
