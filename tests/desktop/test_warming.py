"""What pages are made of is read after the start: every page is among it, and no heavy adapter."""

from __future__ import annotations

import subprocess
import sys

from studio.desktop.rooms import ROOMS
from studio.desktop.warming import modules

HEAVY = ("litellm", "duckdb", "docx", "pypdf", "dask", "alembic")


def test_every_page_is_read_and_nothing_heavy() -> None:
    """In a program of its own: all of it can be read, and what is needed later only is not read along."""
    named = set(modules())
    assert {room.page.partition(":")[0] for room in ROOMS} <= named
    source = (
        "import sys; from studio.desktop.warming import modules, warm; warm(); "
        "assert set(modules()) <= set(sys.modules); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"
