"""Files that are handed in: as much is read as the largest may have, and what is no text is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.cli import places
from studio.domain.errors import WrongUse
from studio.release import container


def test_an_endless_file_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One byte more than the largest bundle may have is enough to be told that it is too large."""
    assert places.LARGEST == container.MAX_BYTES
    monkeypatch.setattr(places, "LARGEST", 1000)
    file = tmp_path / "endless"
    file.write_bytes(b"x" * 5000)
    assert len(places.read_bytes(file, "The bundle")) == 1001
    file.write_bytes(b"x" * 1000)
    assert len(places.read_bytes(file, "The bundle")) == 1000


def test_a_passphrase_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    """It is wrong use, said in a sentence that does not repeat what is in it."""
    file = tmp_path / "secret"
    file.write_bytes(b"\xff\xfes\x00")
    with pytest.raises(WrongUse, match="not text in UTF-8"):
        places.passphrase(file)
    file.write_bytes("vier Wörter sind gut\r\n".encode())
    assert places.passphrase(file) == "vier Wörter sind gut"
