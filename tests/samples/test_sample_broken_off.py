"""A sample that is broken off leaves nothing behind, and takes nothing with it that stood there."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.assembly import new_from_sample
from studio.domain.errors import Cancelled
from studio.settings import Settings

SAMPLE = "returns_assistant"


def _breaks(last: float, error: type[BaseException]) -> object:
    def progress(fraction: float, message: str = "") -> None:
        if fraction >= last:
            raise error

    return progress


@pytest.mark.parametrize("error", [Cancelled, KeyboardInterrupt, RuntimeError])
def test_a_sample_that_is_broken_off_leaves_no_folder(tmp_path: Path, error: type[BaseException]) -> None:
    """Whatever breaks it off, the folder it made is gone."""
    folder = tmp_path / "sample"
    with pytest.raises(error):
        new_from_sample(folder, SAMPLE, Settings(name="Ana"), _breaks(0.0, error))  # type: ignore[arg-type]
    assert not folder.exists()


def test_a_stop_at_the_very_end_is_heard_and_spares_what_was_there(tmp_path: Path) -> None:
    """Also after the last step a stop leaves no half sample; a file of the user's own in the folder stays."""
    note = tmp_path / "my notes.txt"
    note.write_text("mine")
    with pytest.raises(Cancelled):
        new_from_sample(tmp_path, SAMPLE, Settings(name="Ana"), _breaks(1.0, Cancelled))  # type: ignore[arg-type]
    assert [each.name for each in tmp_path.iterdir()] == ["my notes.txt"]
    assert note.read_text() == "mine"
