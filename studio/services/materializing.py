"""Materials on disk: what runs, as a folder that other programs read while it changes.

- A generation is written whole into a folder of its own under `versions`, made durable, and never changed.
- Then the pointer `current.json` is replaced in one step; where the system has symbolic links, so is the link
  `current`. So a reader sees the one generation or the next, each whole: there is no state between.
- What is there already is not written again; what was altered is written anew, under another name.
- The newest generations stay for a while, for readers and conversations that began with them.
- Windows: there is no link, `current.json` names the folder; while a reader holds that file open, Windows
  refuses to replace it, so this tries again a few times, and otherwise leaves the earlier state in place.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from studio.domain.environment import EnvironmentRow
from studio.domain.errors import ProviderFailed, StudioError, WrongUse
from studio.domain.frozen import canonical, digest
from studio.domain.materials import MaterialPointer
from studio.durable import replace, sync_folder, write_synced
from studio.locks import hold
from studio.release.material_schemas import schemas
from studio.release.materials import INDEX, Releases, materials

VERSIONS, POINTER, LINK, LOCK = "versions", "current.json", "current", ".lock"
KEPT = 5
"""How many generations stay, the present one included."""
_UNFINISHED = ".unfinished-"


@dataclass(frozen=True, slots=True)
class Materialized:
    """What was done: where the present generation stands, and whether it was written just now."""

    folder: Path
    environment: str
    generation: int
    changed: bool
    files: int
    sentence: str


def materialize(releases: Releases, environment: str, folder: Path) -> Materialized:
    """Write what runs in an environment into a folder; raises WrongUse, BrokenInput, ProviderFailed."""
    with _telling(folder):
        _claim(folder)
        with _alone(folder):
            row = releases.environment(environment)
            files = materials(row, releases)
            there = _present(folder)
            if (
                there
                and there.index_sha256 == digest(files[INDEX])
                and _is_whole(folder / there.folder, files)
            ):
                pointer = there
            else:
                pointer = _written(folder, row, files)
                _prune(folder, pointer)
    return _told(folder / pointer.folder, row, pointer != there, len(files))


def follow(
    releases: Releases,
    environment: str,
    folder: Path,
    stopped: Callable[[], bool],
    tell: Callable[[Materialized | StudioError], None],
) -> None:
    """Write what runs now and whenever it changes, until `stopped`, which waits between two looks.

    A look that fails is told once, leaves the last good state in place, and the next look tries again.
    """
    seen: EnvironmentRow | None = None
    trouble = ""
    while True:
        try:
            if (row := releases.environment(environment)) != seen:
                done = materialize(releases, environment, folder)
                if done.changed or seen is None or trouble:
                    tell(done)
                seen = row
            trouble = ""
        except WrongUse:
            raise
        except StudioError as error:
            seen = None
            if str(error) != trouble:
                tell(error)
            trouble = str(error)
        if stopped():
            return


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Write the published JSON Schemas into a folder; return where they stand."""
    with _telling(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in schemas().items():
            write_synced(folder / name, data)
    return tuple(folder / name for name in schemas())


def _told(folder: Path, row: EnvironmentRow, changed: bool, files: int) -> Materialized:
    shares = f"{row.stable.label}"
    if row.candidate is not None:
        shares += f"; {row.candidate.label} for {row.pointer.weight} % of new conversations"
    lead = "Wrote" if changed else "Nothing to write, there is already"
    sentence = f"{lead} generation {row.pointer.generation} of {row.pointer.environment}: {shares}."
    return Materialized(folder, row.pointer.environment, row.pointer.generation, changed, files, sentence)


def _claim(folder: Path) -> None:
    """Make the folder ours; what holds something else is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    ours = {VERSIONS, POINTER, LINK, LOCK}
    strange = sorted(each.name for each in folder.iterdir() if each.name.lstrip(".") not in _names(ours))
    if strange:
        raise WrongUse(
            f"The folder {folder} holds something else already (“{strange[0]}”).", "Name an empty folder."
        )
    (folder / VERSIONS).mkdir(exist_ok=True)


def _names(ours: set[str]) -> set[str]:
    return {name.lstrip(".") for name in ours} | {f"{POINTER}.new", f"{LINK}.new"}


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder for one writer; what a killed one left is removed."""
    with (folder / LOCK).open("a") as lock:
        hold(lock, wait=True)
        for left in (folder / VERSIONS).glob(f"{_UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield


def _present(folder: Path) -> MaterialPointer | None:
    try:
        pointer = MaterialPointer.model_validate_json((folder / POINTER).read_bytes())
    except (OSError, ValidationError):
        return None
    safe = PurePosixPath(pointer.folder).parts
    linked = os.name != "posix" or _links_to(folder / LINK, pointer.folder)
    return pointer if len(safe) == 2 and safe[0] == VERSIONS and safe[1] != ".." and linked else None


def _links_to(link: Path, target: str) -> bool:
    try:
        return os.readlink(link) == target
    except OSError:
        return False


def _is_whole(folder: Path, files: Mapping[str, bytes]) -> bool:
    """Return whether a folder holds exactly these files."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    return there == set(files) and all((folder / name).read_bytes() == data for name, data in files.items())


def _written(folder: Path, row: EnvironmentRow, files: Mapping[str, bytes]) -> MaterialPointer:
    versions = folder / VERSIONS
    name = f"g{row.pointer.generation:06d}-{digest(files[INDEX])[:12]}"
    target = next(
        place
        for place in (versions / (name if not n else f"{name}.{n}") for n in range(1_000))
        if not place.exists() or _is_whole(place, files)
    )
    if not target.exists():
        _write_folder(versions, target, files)
    pointer = MaterialPointer(
        environment=row.pointer.environment,
        generation=row.pointer.generation,
        folder=f"{VERSIONS}/{target.name}",
        index_sha256=digest(files[INDEX]),
    )
    _put_pointer(folder, pointer)
    return pointer


def _write_folder(versions: Path, target: Path, files: Mapping[str, bytes]) -> None:
    unfinished = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=versions))
    try:
        unfinished.chmod(0o755)
        for path, data in files.items():
            place = unfinished / path
            place.parent.mkdir(parents=True, exist_ok=True)
            write_synced(place, data)
        for inner in [unfinished, *(path for path in unfinished.rglob("*") if path.is_dir())]:
            sync_folder(inner)
        replace(unfinished, target)
        sync_folder(versions)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise


def _put_pointer(folder: Path, pointer: MaterialPointer) -> None:
    fresh = folder / f".{POINTER}.new"
    write_synced(fresh, canonical(pointer))
    replace(fresh, folder / POINTER)
    if os.name == "posix":
        link = folder / f".{LINK}.new"
        link.unlink(missing_ok=True)
        link.symlink_to(pointer.folder)
        os.replace(link, folder / LINK)
    sync_folder(folder)


def _prune(folder: Path, pointer: MaterialPointer) -> None:
    """Remove the oldest generations; the present one and the newest others stay."""
    present = folder / pointer.folder
    others = [each for each in (folder / VERSIONS).iterdir() if each != present]
    others.sort(key=lambda each: (each.stat().st_mtime_ns, each.name), reverse=True)
    for old in others[KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _telling(folder: Path) -> Iterator[None]:
    """Turn trouble with the disk into a sentence; the earlier state stays."""
    try:
        yield
    except OSError as error:
        for left in (f".{POINTER}.new", f".{LINK}.new"):
            with suppress(OSError):
                (folder / left).unlink()
        raise ProviderFailed(
            f"The folder {folder} cannot be written: {error.strerror or error}.",
            "What was there before stays as it was; make room or give the right to write, and try again.",
        ) from error
