"""Line 24 of the attack table, as folders: repositories that any reader can be pointed at, and must refuse.

- `write_attacks(kit, folder)` writes for each attack `NAME_fail/`: `repository/` (to be served or read as it
  lies), `root.json` (what was shipped), and where the reader had pulled before, `earlier/`, the repository as
  it was then. `attack.json` says the words of the refusal and the time at which it is to be judged.
- The sound one, `sound/`, must be taken. Endless and slow answers need a server: `test_servers.py`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from studio.distribution.pulling import Reader
from studio.domain.distribution import Pulled, PullWish
from tests.bundle_conformance.kit import Kit
from tests.distribution.depot import Depot, Forger


@dataclass(frozen=True)
class RepositoryAttempt:
    """One repository to pull from: refused in these words, or, without words, to be taken."""

    label: str
    repository: Path
    root: bytes
    words: str
    now: datetime
    earlier: Path | None = None

    def pull(self, folder: Path) -> Pulled:
        """Pull with a fresh memory in this folder, which saw `earlier` before where there is one."""

        def bring(source: Path) -> Pulled:
            wish = PullWish(environment="production", target=folder / "bundles", root=self.root)
            return Reader(str(source), folder / "state", lambda: self.now).pull(wish)

        if self.earlier is not None:
            bring(self.earlier)
        return bring(self.repository)


@dataclass(frozen=True)
class Stage:
    """What an attack works with: the repository, and a forger in it."""

    depot: Depot
    forger: Forger
    earlier: Path

    def seen_before(self) -> None:
        """Keep the repository as the reader saw it before."""
        self.depot.copy(self.earlier)


Attack = Callable[[Stage], tuple[str, timedelta]]
NO_TIME = timedelta(0)


def write_attacks(kit: Kit, folder: Path) -> list[RepositoryAttempt]:
    """Write every attack below `folder`, and return them; the first is the sound repository."""
    sound = Depot(kit, folder / "sound" / "repository").init()
    sound.publish()
    made = [_written(sound, folder / "sound", "", NO_TIME)]
    for name, attack in ATTACKS.items():
        place = folder / f"{name}_fail"
        shutil.copytree(sound.folder, place / "repository")
        depot = Depot(kit, place / "repository")
        words, later = attack(Stage(depot, Forger(depot, depot.folder), place / "earlier"))
        made.append(_written(depot, place, words, later))
    return made


def _written(depot: Depot, place: Path, words: str, later: timedelta) -> RepositoryAttempt:
    root, now = depot.root(), depot.clock() + later
    (place / "root.json").write_bytes(root)
    (place / "attack.json").write_text(json.dumps({"words": words, "now": now.isoformat()}), encoding="utf-8")
    earlier = place / "earlier"
    return RepositoryAttempt(
        place.name, depot.folder, root, words, now, earlier if earlier.exists() else None
    )


def _old_copy(stage: Stage) -> tuple[str, timedelta]:
    kept = stage.depot.copy(stage.earlier.with_name("kept"))
    stage.depot.publish(3)
    stage.seen_before()
    shutil.rmtree(stage.depot.folder)
    kept.rename(stage.depot.folder)
    return "older than what was seen before", NO_TIME


def _frozen_copy(stage: Stage) -> tuple[str, timedelta]:
    stage.seen_before()
    return "old copy", timedelta(days=8)


def _mixed_metadata(stage: Stage) -> tuple[str, timedelta]:
    before = (stage.forger.metadata / "2.snapshot.json").read_bytes()
    stage.depot.publish(3)
    (stage.forger.metadata / "3.snapshot.json").write_bytes(before)
    return "other bytes", NO_TIME


def _stolen_online_key(stage: Stage) -> tuple[str, timedelta]:
    stage.forger.targets("production", {"production/desk-3.cobundle": stage.depot.bundle(3)}, "online")
    stage.forger.online()
    return "not signed by enough trusted keys", NO_TIME


def _stolen_online_key_goes_back(stage: Stage) -> tuple[str, timedelta]:
    stage.seen_before()
    stage.forger.online(meta={"production": 1})
    return "older than what was seen before", NO_TIME


def _oversized_timestamp(stage: Stage) -> tuple[str, timedelta]:
    with (stage.forger.metadata / "timestamp.json").open("ab") as file:
        file.write(b" " * 1_000_000)
    return "more bytes than were signed", NO_TIME


def _oversized_bundle(stage: Stage) -> tuple[str, timedelta]:
    with _bundle(stage).open("ab") as file:
        file.write(b"\0" * 1_000_000)
    return "more bytes than were signed", NO_TIME


def _other_bundle(stage: Stage) -> tuple[str, timedelta]:
    path = _bundle(stage)
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    return "other bytes", NO_TIME


def _missing_bundle(stage: Stage) -> tuple[str, timedelta]:
    _bundle(stage).unlink()
    return "lacks a file", NO_TIME


def _foreign_root(stage: Stage) -> tuple[str, timedelta]:
    stage.forger.next_root("mallory", "online")
    return "not signed by enough trusted keys", NO_TIME


def _staging_key_for_production(stage: Stage) -> tuple[str, timedelta]:
    stage.forger.targets("production", {}, "stage")
    stage.forger.online()
    return "not signed by enough trusted keys", NO_TIME


def _bundle(stage: Stage) -> Path:
    return next((stage.forger.targets_folder / "production").glob("*.cobundle"))


ATTACKS: dict[str, Attack] = {
    "old_copy": _old_copy,
    "frozen_copy": _frozen_copy,
    "mixed_metadata": _mixed_metadata,
    "stolen_online_key": _stolen_online_key,
    "stolen_online_key_goes_back": _stolen_online_key_goes_back,
    "oversized_timestamp": _oversized_timestamp,
    "oversized_bundle": _oversized_bundle,
    "other_bundle": _other_bundle,
    "missing_bundle": _missing_bundle,
    "foreign_root": _foreign_root,
    "staging_key_for_production": _staging_key_for_production,
}
