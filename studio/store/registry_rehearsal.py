"""The rehearsal of a promotion: forward, back and forward again, on a copy of the registry.

- What works on the copy is what will be done on the registry: same code, same triggers, same files.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from studio.domain.environment import Pointer, Rehearsal, ReleaseRow
from studio.domain.errors import BundleRefused
from studio.release import promotion
from studio.store import registry_records as records
from studio.store.registry_database import RegistryDatabase
from studio.store.registry_files import copy_database


def rehearse(
    registry: RegistryDatabase, row: ReleaseRow, environment: str, share: int, irreversible: tuple[str, ...]
) -> Rehearsal:
    """Return the certificate; raises BundleRefused if the way back does not lead to where it began."""
    with tempfile.TemporaryDirectory(prefix="cobuilder-rehearsal-") as folder:
        copy = Path(folder) / registry.path.name
        copy_database(registry.path, copy)
        with RegistryDatabase(copy, registry.clock) as trial:
            steps = _try_out(trial, row, environment, share)
    return Rehearsal(environment=environment, release=row.id, steps=steps, irreversible=irreversible)


def _try_out(trial: RegistryDatabase, row: ReleaseRow, environment: str, share: int) -> tuple[str, ...]:
    with trial.reading() as connection:
        start = records.pointer(connection, environment)
        running = records.release_row(connection, start.stable).result_digest
        known = [records.facts(each) for each in records.releases(connection)]
        now = trial.now(connection)
    fact = records.facts(row)
    forward = _step(trial, start, promotion.promote(start, fact, running, now, share))
    back = _step(trial, forward, promotion.roll_back(forward, known, start.stable))
    again = _step(trial, back, promotion.promote(back, fact, running, now, share))
    if _place(back) != (start.stable, None, 0) or _place(again) != _place(forward):
        raise BundleRefused(
            "The rehearsal on a copy did not come back to where it began.",
            "Nothing was changed; tell support.",
        )
    return (
        f"Forward: {row.label}, at {share} % (generation {forward.generation}).",
        f"Back: as before (generation {back.generation}).",
        f"Forward again: the same as the first time (generation {again.generation}).",
    )


def _step(trial: RegistryDatabase, old: Pointer, new: Pointer) -> Pointer:
    with trial.writing() as connection:
        trial.swap(connection, old, new, "rehearsal", "rehearse", {}, None)
    trial.refresh_files()
    return new


def _place(pointer: Pointer) -> tuple[str, str | None, int]:
    return pointer.stable, pointer.candidate, pointer.weight
