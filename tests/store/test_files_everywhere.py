"""Files are replaced and locked alike on every system: what differs on Windows and macOS is held here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from studio import durable
from studio.cli.registry_metrics import words_of
from studio.domain.errors import WrongUse
from studio.locks import hold
from studio.services.whole_file import write_whole
from studio.store.registry import create

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit


def test_a_file_that_somebody_reads_is_replaced_once_they_are_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows refuses to replace a file while it is read: the reader is waited for, not told as a fault."""
    refusals, really = [1, 2, 3], os.replace

    def held(fresh: Path, target: Path) -> None:
        if refusals:
            refusals.pop()
            raise PermissionError(13, "The process cannot access the file")
        really(fresh, target)

    monkeypatch.setattr(durable, "READERS_BLOCK", True)
    monkeypatch.setattr(os, "replace", held)
    (tmp_path / "new").write_bytes(b"2")
    durable.replace(tmp_path / "new", tmp_path / "flags.json")
    assert (tmp_path / "flags.json").read_bytes() == b"2" and not refusals


def test_no_right_to_write_is_told_at_once_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where readers block nobody, a missing right is what it is."""
    tries = []

    def refused(*_: Path) -> None:
        tries.append(1)
        raise PermissionError(13, "no")

    monkeypatch.setattr(os, "replace", refused)
    monkeypatch.setattr(durable, "READERS_BLOCK", False)
    with pytest.raises(PermissionError):
        durable.replace(tmp_path / "new", tmp_path / "flags.json")
    assert len(tries) == 1


def test_one_holds_a_lock_until_the_file_is_closed(tmp_path: Path) -> None:
    """A second holder is refused while the first one has it, and has it afterwards."""
    with (tmp_path / ".lock").open("a") as second:
        with (tmp_path / ".lock").open("a") as first:
            assert hold(first) and not hold(second)
        assert hold(second, wait=True)


def test_a_command_keeps_the_backslashes_of_its_path_where_paths_have_them() -> None:
    """`--metrics-command` names a program as the system writes it."""
    assert words_of(r'"C:\Program Files\readings.exe" --last 1h', posix=False) == [
        r"C:\Program Files\readings.exe",
        "--last",
        "1h",
    ]
    assert words_of("./my\\ readings.sh 'last hour'", posix=True) == ["./my readings.sh", "last hour"]


@pytest.mark.skipif(os.name != "posix", reason="pipes with names")
def test_a_pipe_or_a_device_is_never_replaced_by_a_file(tmp_path: Path, kit: Kit) -> None:
    """A pipe gets the bytes; in one step nothing takes its place; and no registry is made there or unmade."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "new").write_bytes(b"2")
    with pytest.raises(FileExistsError):
        durable.replace(tmp_path / "new", pipe)
    with pytest.raises(WrongUse, match="is no file"):
        create(pipe, kit.before, kit.policy, "ravi")
    end = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, b"told")
        assert os.read(end, 10) == b"told"
    finally:
        os.close(end)
    assert pipe.is_fifo() and not pipe.with_name("pipe.part").exists()
