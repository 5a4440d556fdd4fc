"""How long a registry of 10,000 releases takes to answer: status, log, promote, rollback, verify-log.

- On SQLite, and on a real PostgreSQL where it is installed; every release has its bundle and log entry.
- Times are by the clock and by the processor, the best of five (moves: of three); `status` opens the
  registry each time, as does a page of the log. The goal: each at most 200 ms.
- Usage: python tests/measures/release_registry.py [--releases 10000]; 0 when both kept their goal.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from studio.domain.bundle import Manifest
from studio.domain.frozen import canonical, digest
from studio.domain.ledger import LedgerEntry, next_entry
from studio.release import container, layout
from studio.release.traffic import engine_for
from studio.store import registry as registries
from studio.store import registry_records as records
from studio.store import registry_tables as tables
from tests.measures.release_killed import TESTS, load

GOAL = 0.200


def grow(place: str, kit: Any, count: int) -> None:
    """Make a registry with so many releases, as importing them one by one would leave it."""
    registries.create(place, kit.before, kit.policy, "ida", lambda: kit.now).close()
    agent, plan = canonical(kit.after), canonical(kit.content().rollout).decode()
    made = records.stamp(kit.now)
    rows: dict[str, list[dict[str, Any]]] = {"releases": [], "bundles": [], "log": []}
    with registries.open_registry(place, lambda: kit.now) as registry, registry.writing() as connection:
        last: LedgerEntry | None = records.last_entry(connection)
        files = kit.files()
        manifest = Manifest.model_validate_json(files[layout.MANIFEST])
        for number in range(1, count + 1):
            numbered = {"release_sequence": number, "traffic": engine_for(kit.after.id, number)}
            told = manifest.model_copy(update=numbered)
            files[layout.MANIFEST] = canonical(told)
            body, identity = container.pack(files), digest(files[layout.MANIFEST])
            details = {"container": digest(body), "approved_by": "ana (author)"}
            last = next_entry(last, kit.now, "ida", "import", identity, details)
            kept = {**last.model_dump(), "time": made, "details": canonical(details).decode()}
            rows["log"].append(kept)
            rows["bundles"].append(
                {"digest": digest(body), "release_id": identity, "imported_at": made, "body": body}
            )
            rows["releases"].append(
                {
                    "id": identity,
                    "environment": "production",
                    "sequence": number,
                    "label": told.label,
                    "base_digest": told.base_digest,
                    "result_digest": told.result_digest,
                    "not_after": records.stamp(told.not_after),
                    "imported_at": made,
                    "rollout": plan,
                    "agent": agent,
                }
            )
        for table in (tables.releases, tables.bundles, tables.log):
            connection.execute(sa.insert(table), rows[table.name])


def best(deed: Callable[[], object], times: int = 5) -> tuple[float, float]:
    """Return the best seconds by the clock and by the processor."""
    found = []
    for _ in range(times):
        clock, processor = time.perf_counter(), time.process_time()
        deed()
        found.append((time.perf_counter() - clock, time.process_time() - processor))
    return min(each[0] for each in found), min(each[1] for each in found)


def _measure(name: str, place: str, kit: Any, count: int) -> bool:
    grow(place, kit, count)

    def status() -> None:
        with registries.open_registry(place, lambda: kit.now) as registry:
            assert registry.status().releases_total == count + 1

    def log() -> None:
        with registries.open_registry(place, lambda: kit.now) as registry:
            assert registry.verify_log() == ()

    last = str(count + 1)

    def there_and_back() -> None:
        with registries.open_registry(place, lambda: kit.now) as registry:
            registry.promote("production", last, "ida")
            registry.roll_back("production", "ida")

    def page() -> None:
        with registries.open_registry(place, lambda: kit.now) as registry:
            entries = registry.log(newest=50)
            assert len(registry.sequences({each.subject for each in entries})) == 50

    told = {"status": best(status), "log, newest page": best(page), "verify-log": best(log, 1)}
    with registries.open_registry(place, lambda: kit.now) as registry:
        data = kit.bundle(kit.content(release_sequence=count + 1))
        told["import"] = best(lambda: registry.import_bundle(data, "ida"), 1)
    told["promote and back"] = best(there_and_back, 3)
    shown = ", ".join(f"{deed} {clock * 1000:.0f} ({cpu * 1000:.0f})" for deed, (clock, cpu) in told.items())
    print(f"{name}, {count:,} releases, milliseconds by the clock (by this processor): {shown}")
    return max(told["status"][0], told["log, newest page"][0]) <= GOAL


def main() -> int:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--releases", type=int, default=10_000)
    count = options.parse_args().releases
    kit = load("bundle_kit", TESTS / "bundle_conformance" / "kit.py").Kit()
    databases = load("registry_databases", TESTS / "store" / "databases.py")
    with tempfile.TemporaryDirectory(prefix="cobuilder-many-") as folder:
        right = _measure("SQLite", str(Path(folder) / "registry.db"), kit, count)
        programs = databases.server_programs()
        if programs is None:
            print("PostgreSQL: not installed")
            return 0 if right else 1
        server = databases.Server(programs)
        try:
            right &= _measure("PostgreSQL", server.new(Path(folder) / "files"), kit, count)
        finally:
            server.stop()
    return 0 if right else 1


if __name__ == "__main__":
    raise SystemExit(main())
