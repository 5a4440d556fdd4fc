"""Replays in a registry: what a release's plan demands to be played again first, and what was found.

- A release whose plan says so answers no conversation before its tests were played again here; what was
  found stands in the log, a difference as well.
- The same agents and evidence count once, for whichever environment they were played again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa

from studio.domain.bundle import Recomputation
from studio.domain.environment import ReleaseRow
from studio.domain.errors import BundleRefused
from studio.release.replay import differences, evidence_digest, told
from studio.release.verification import peek
from studio.store import registry_records as records
from studio.store import registry_tables as tables
from studio.store.registry_imports import RegistryImports

REPLAYED, DIFFERED = "replay", "replay differs"


class RegistryReplays(RegistryImports):
    """What a registry knows of replays."""

    def note_replay(
        self, environment: str, release: str, results: Sequence[Recomputation], actor: str
    ) -> None:
        """Keep what playing the tests again found; raises BundleRefused where anything differs."""
        found = differences(results)
        with self.writing() as connection:
            row = records.find_release(connection, release, environment)
            body = records.newest_bundle(connection, row.id)
            manifest = peek(body) if body is not None else None
            if manifest is None:
                raise BundleRefused(f"{row.label}, has no bundle.", "Import it again.")
            details = {"evidence": evidence_digest(manifest), "readings": told(results)}
            if found:
                details["reason"] = " ".join(found)
            action = DIFFERED if found else REPLAYED
            records.append(connection, self.now(connection), actor, action, row.id, details)
        self.refresh_files()
        if found:
            raise BundleRefused(
                f"Played again, {row.label}, differs from its evidence: {' '.join(found)}",
                "No conversation went to it. Ask the author why it differs, and for a fresh export.",
            )

    def check_replayed(self, connection: sa.Connection, row: ReleaseRow) -> None:
        """Raise BundleRefused where a release has to be played again before its first conversation."""
        if self.unplayed(connection, row) is not None:
            raise BundleRefused(
                f"The tests of {row.label}, were not played again here yet, as its plan demands before the "
                "first conversation.",
                "`cobuilder registry promote` plays them again, and goes on where nothing differs.",
            )

    def unplayed(self, connection: sa.Connection, row: ReleaseRow) -> bytes | None:
        """Return the bundle whose tests are to be played again before its first share; None for no need."""
        body = records.newest_bundle(connection, row.id) if row.rollout.staging else None
        manifest = peek(body) if body is not None else None
        if body is None or manifest is None:
            return None
        wanted = evidence_digest(manifest)
        query = sa.select(tables.log.c.details).where(tables.log.c.action == REPLAYED)
        played = (json.loads(text).get("evidence") for text in connection.scalars(query))
        return None if wanted in played else body
