"""The wheel is complete: the code, the data that it needs at run time, the command, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

RUNTIME_DATA = ("resources", "sample_projects")


@pytest.fixture(scope="module")
def wheel_names(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel without a network, and return the names of its members."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=repository, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def _files(repository: Path, folder: str) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", folder], cwd=repository, check=True, capture_output=True, text=True
    )
    return {name for name in listed.stdout.split("\0") if name and (repository / name).is_file()}


def test_the_wheel_holds_the_code_and_its_data(repository: Path, wheel_names: set[str]) -> None:
    """Who installs the wheel has every module, the icons and the sample projects."""
    wanted = _files(repository, "studio")
    for folder in RUNTIME_DATA:
        wanted |= {f"studio/{name}" for name in _files(repository, folder) if "screenshots" not in name}
    assert wanted - wheel_names == set()


def test_the_wheel_holds_nothing_else(wheel_names: set[str]) -> None:
    """Tests, locks, pictures and the tools of a checkout stay in the checkout."""
    strangers = {name for name in wheel_names if not name.startswith(("studio/", "cobuilder_studio-"))}
    assert strangers == set()
    assert not any("screenshots" in name for name in wheel_names)


def test_the_wheel_brings_the_command(wheel_names: set[str]) -> None:
    """Installing the wheel puts `cobuilder` on the path, and the licence beside it."""
    endings = {name.partition(".dist-info/")[2] for name in wheel_names}
    assert {"entry_points.txt", "licenses/LICENSE", "METADATA"} <= endings
