"""Gives the tests of keys a real security token: SoftHSM2, set up once for a session, or skipped."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from studio.signing import key_file

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
PIN = "246810"


@dataclass(frozen=True)
class Card:
    """A token that is plugged in."""

    module: str
    label: str
    pin: str


@pytest.fixture(scope="module", autouse=True)
def full_locks() -> Iterator[None]:
    """Lock keys as people's are locked."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_file, "ROUNDS", 100)
        yield


@pytest.fixture(scope="session")
def card(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Card]:
    """Return a fresh token called “Ana card”, beside another one."""
    module = next((each for each in MODULES if Path(each).exists()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        pytest.skip("SoftHSM2 is not installed here")
    if importlib.util.find_spec("pkcs11") is None:
        pytest.skip("python-pkcs11 is not installed here")
    place = tmp_path_factory.mktemp("softhsm")
    (place / "tokens").mkdir()
    config = place / "softhsm2.conf"
    config.write_text(f"directories.tokendir = {place / 'tokens'}\nlog.level = ERROR\n", encoding="utf-8")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(config)
    for label in ("Ana card", "Other card"):
        _make_token(label)
    yield Card(module, "Ana card", PIN)
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before


def _make_token(label: str) -> None:
    command = [
        "softhsm2-util",
        "--init-token",
        "--free",
        "--label",
        label,
        "--pin",
        PIN,
        "--so-pin",
        "87654321",
    ]
    subprocess.run(command, check=True, capture_output=True)
