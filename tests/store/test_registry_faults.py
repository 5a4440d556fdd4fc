"""What a registry does when something is wrong around it: no room, no server, no rights, no such place."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from studio.domain.errors import BrokenInput, ProviderFailed, StudioError, WrongUse
from studio.store import registry as registries
from studio.store.registry import Registry
from studio.store.registry_place import read_place

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit
    from tests.store.databases import Databases


@contextmanager
def no_room(registry: Registry) -> Iterator[None]:
    """Let the database file not grow by a single page."""

    def bound(connection: sqlite3.Connection, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}").close()

    event.listen(registry._engine, "connect", bound)
    try:
        yield
    finally:
        event.remove(registry._engine, "connect", bound)


def test_a_full_disk_rolls_back(kit: Kit, tmp_path: Path) -> None:
    """An import for which there is no room leaves nothing; with room again it goes through."""
    path = tmp_path / "registry.db"
    with registries.create(path, kit.before, kit.policy, "ida", lambda: kit.now) as registry:
        length = registry.status().log_length
        with no_room(registry), pytest.raises(ProviderFailed, match=r"full.*Nothing was changed"):
            registry.import_bundle(kit.bundle(), "ida")
        assert registry.status().log_length == length and registry.status().releases_total == 1
        assert registry.verify_log() == ()
        assert registry.import_bundle(kit.bundle(), "ida").new


def test_a_full_disk_of_the_server_rolls_back(databases: Databases, kit: Kit, tmp_path: Path) -> None:
    """On PostgreSQL, too, an import without room leaves nothing and is told; with room it goes through."""
    if databases.server is None:
        pytest.skip("PostgreSQL is not here")
    with databases.server.small_disk(megabytes=6) as disk:
        if disk is None:
            pytest.skip("no small disk may be mounted here")
        place = databases.server.new(tmp_path).replace("options=", "options=-cdefault_tablespace%3Dsmall%20")
        with registries.create(place, kit.before, kit.policy, "ida", lambda: kit.now) as registry:
            length, rest = registry.status().log_length, disk / "rest"
            with suppress(OSError), rest.open("wb", buffering=0) as file:
                while file.write(bytes(4096)):
                    pass
            with pytest.raises(ProviderFailed, match=r"No space left.*Nothing was changed"):
                registry.import_bundle(kit.bundle(), "ida")
            assert registry.status().log_length == length and registry.status().releases_total == 1
            assert registry.verify_log() == ()
            rest.unlink()
            assert registry.import_bundle(kit.bundle(), "ida").new


FULL = """
import importlib.util, resource, signal, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("bundle_kit", sys.argv[2])
sys.modules["bundle_kit"] = module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
kit = module.Kit()
from studio.domain.errors import StudioError
from studio.store import registry as registries
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
path = Path(sys.argv[1])
with registries.open_registry(path, lambda: kit.now) as registry:
    for room in range(0, 60_000, 15_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
        for deed in (
            lambda: registry.promote("production", "2", "ida"),
            lambda: registry.roll_back("production", "ida", to="0"),
        ):
            try:
                deed()
                print("done", flush=True)
            except StudioError as error:
                print(type(error).__name__, error, flush=True)
"""


def test_files_that_cannot_grow_are_told_and_leave_a_sound_registry(
    databases: Databases, kit: Kit, tmp_path: Path, repository: Path
) -> None:
    """At any bound on the size of files a move is whole or nothing, and said in a sentence."""
    place = databases.imported("sqlite", tmp_path)
    kit_file = repository / "tests" / "bundle_conformance" / "kit.py"
    command = [sys.executable, "-c", FULL, place, str(kit_file)]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=repository, timeout=120)
    assert answer.returncode == 0, answer.stderr
    assert "ProviderFailed" in answer.stdout
    with registries.open_registry(place, lambda: kit.now) as registry:
        assert registry.verify_log() == ()
        told = json.loads(registry.files.flags("production").read_bytes())["flags"]["release"]["metadata"]
        assert told["generation"] == registry.environment("production").pointer.generation


def test_a_traffic_file_that_cannot_be_written_does_not_hide_the_move(
    imported: Registry, kit: Kit, tmp_path: Path
) -> None:
    """The move stands in the registry, the sentence says so, and the next opening writes the file."""
    file = imported.files.flags("production")
    file.unlink()
    file.mkdir()
    with pytest.raises(ProviderFailed, match=r"What runs is recorded.*registry status"):
        imported.promote("production", "2", "ida")
    file.rmdir()
    with registries.open_registry(imported.place, lambda: kit.now) as again:
        assert again.environment("production").pointer.weight == 5 and file.is_file()


def test_errors_of_the_place_are_sentences(place: str, kit: Kit, tmp_path: Path) -> None:
    """A missing, a foreign and an empty place are told apart; a second registry is not made over one."""
    with pytest.raises((WrongUse, BrokenInput), match="no registry"):
        registries.open_registry(place)
    registries.create(place, kit.before, kit.policy, "ida", lambda: kit.now).close()
    with pytest.raises(WrongUse, match="There is a registry"):
        registries.create(place, kit.before, kit.policy, "ida", lambda: kit.now)
    (tmp_path / "text.db").write_text("This is no database at all. " * 50)
    with pytest.raises(BrokenInput, match="damaged or no registry"):
        registries.open_registry(tmp_path / "text.db")
    (tmp_path / "empty.db").write_bytes(b"")
    with pytest.raises(BrokenInput, match="no registry"):
        registries.open_registry(tmp_path / "empty.db")
    with pytest.raises(WrongUse, match="There is a registry"):
        registries.create(tmp_path / "text.db", kit.before, kit.policy, "ida", lambda: kit.now)
    # What an `init` leaves that was killed half-way is begun anew.
    registries.create(tmp_path / "empty.db", kit.before, kit.policy, "ida", lambda: kit.now).close()
    with pytest.raises(BrokenInput, match="The policy is for"):
        registries.create(tmp_path / "r.db", kit.before, kit.policy_with(agent="other"), "ida")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("mysql://u:hunter2@h/db", "not kept in “mysql”"),
        ("postgresql+psycopg://u:hun@ter2@h/db", "cannot be read"),
        ("postgresql+psycopg://u:hunter2@h:port/db", "cannot be read"),
        ("postgresql+psycopg://u:hunter2@h", "names no database"),
    ],
)
def test_an_address_that_is_none_is_told_without_its_password(text: str, words: str) -> None:
    """Whatever is wrong with a URL, what it holds of a password is not repeated."""
    with pytest.raises(WrongUse, match=words) as error:
        read_place(text)
    assert "ter2" not in str(error.value) and "hun" not in str(error.value)


def test_a_password_is_never_shown(databases: Databases, kit: Kit, tmp_path: Path) -> None:
    """It opens the database and stands in no message, file name, log or status; a wrong one is a sentence."""
    if databases.server is None:
        pytest.skip("no PostgreSQL server is installed")
    secret = sys.modules["registry_databases"].SECRET
    base = databases.server.new(tmp_path / "files", "otto")
    right = base.replace("//otto@", f"//otto:{secret}@")
    with registries.create(right, kit.before, kit.policy, "ida", lambda: kit.now) as registry:
        told = [registry.place.shown, repr(registry.place), str(registry.status()), str(registry.log())]
        told += [str(each) for each in (tmp_path / "files").iterdir()]
        with pytest.raises(WrongUse) as twice:
            registries.create(right, kit.before, kit.policy, "ida")
    wrong = base.replace("//otto@", "//otto:wr0ng-pass@")
    with pytest.raises(ProviderFailed, match="password authentication failed") as refused:
        registries.open_registry(wrong)
    query = f"{base}&password={secret}x"
    with pytest.raises(ProviderFailed) as by_query:
        registries.open_registry(query)
    text = " ".join([*told, str(twice.value), str(refused.value), str(by_query.value)])
    assert secret not in text and "wr0ng-pass" not in text and "otto@127.0.0.1" in text


def test_a_server_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    """Nobody listens: exit code 3, and what to do."""
    with pytest.raises(StudioError, match=r"could not be used.*Nothing was changed") as error:
        registries.open_registry(f"postgresql+psycopg://ida:topsecret@127.0.0.1:1/db?files={tmp_path}")
    assert error.value.exit_code == 3 and "topsecret" not in str(error.value)


def test_someone_who_may_only_look_is_told(databases: Databases, kit: Kit, tmp_path: Path) -> None:
    """Without rights to write, the sentence names the place and says whom to ask."""
    if databases.server is None:
        pytest.skip("no PostgreSQL server is installed")
    place = databases.imported("postgresql", tmp_path)
    secret = sys.modules["registry_databases"].SECRET
    with pytest.raises(BrokenInput, match="Ask its administrator for the rights"):
        registries.open_registry(place.replace("//tester@", f"//otto:{secret}@"))
