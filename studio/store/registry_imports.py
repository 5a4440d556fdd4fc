"""What comes into a registry and is judged there: policies, bundles, withdrawals.

- What is refused leaves no trace but an alarm in the log where someone should look into it.
- Importing once more what is there already changes nothing.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from studio.domain.bundle import ImportResult, Verification
from studio.domain.environment import ApprovalPolicy, EnvironmentState, Pointer, ReleaseRow
from studio.domain.errors import BundleRefused, WrongUse
from studio.domain.frozen import digest
from studio.release.policy import check_policy
from studio.release.verification import open_bundle, peek, require, verify_bundle
from studio.store import registry_records as records
from studio.store import registry_tables as tables
from studio.store.registry_database import RegistryDatabase


def point(connection: sa.Connection, policy: ApprovalPolicy, first: str, actor: str, now: datetime) -> None:
    """Give every environment of the policy that has none a pointer, to the agent that ran at first."""
    known = records.environments(connection)
    for each in policy.environments:
        if each.id not in known:
            pointer = Pointer(environment=each.id, generation=1, stable=first)
            connection.execute(sa.insert(tables.pointers).values(**pointer.model_dump()))
            records.append(connection, now, actor, "point", each.id, records.pointer_details(pointer))


class RegistryImports(RegistryDatabase):
    """What a registry takes in."""

    def state(self, environment: str, check_base: bool = True) -> EnvironmentState:
        """Return what a verifier needs to know of an environment."""
        with self.reading() as connection:
            return self.state_of(connection, environment, check_base)

    def policy(self) -> ApprovalPolicy:
        """Return the policy that counts."""
        with self.reading() as connection:
            return records.current_policy(connection)

    def set_policy(self, policy: ApprovalPolicy, actor: str) -> None:
        """Take a newer version of IT's policy; it counts from now on, also for what was imported before."""
        check_policy(policy)
        with self.writing() as connection:
            current = records.current_policy(connection)
            if policy == current:
                return
            if policy.agent != current.agent or policy.id != current.id or policy.version <= current.version:
                raise WrongUse(
                    f"This policy does not follow version {current.version} of “{current.id}”.",
                    "Keep its id and agent, and raise its version.",
                )
            now = self.now(connection)
            records.put_policy(connection, policy)
            details = {"policy": digest(policy), "version": str(policy.version)}
            records.append(connection, now, actor, "policy", policy.id, details)
            point(connection, policy, records.first_release(connection), actor, now)
        self.refresh_files()

    def verify(self, data: bytes) -> Verification:
        """Return the verdict on a bundle for its environment here, including whether its base runs."""
        with self.reading() as connection:
            return self.judge(connection, data, check_base=True)

    def import_bundle(self, data: bytes, actor: str) -> ImportResult:
        """Keep a bundle that is verified; the same bundle again changes nothing. Raises BundleRefused."""
        result: ImportResult | None = None
        with self.writing() as connection:
            verdict, now = self.judge(connection, data, check_base=False), self.now(connection)
            if verdict.ok:
                result = self._keep(connection, data, verdict, actor, now)
            elif self._claims_taken_sequence(connection, data, verdict):
                details = {"manifest": verdict.manifest_digest or "", "container": digest(data)}
                records.append(connection, now, actor, "alarm", verdict.refusal, details)
        self.refresh_files()
        require(verdict)
        assert result is not None
        return result

    def withdraw(self, release: str, reason: str, actor: str) -> ReleaseRow:
        """Mark a release as never to be promoted or gone back to; refused while it runs."""
        if not reason.strip():
            raise WrongUse("A release is withdrawn for a reason.", "Say why with --reason.")
        with self.writing() as connection:
            row = records.find_release(connection, release)
            for pointer in records.pointers(connection):
                if row.id in (pointer.stable, pointer.candidate):
                    where = pointer.environment
                    raise BundleRefused(
                        f"{row.label}, runs in {where}.", "Roll back first, then withdraw it."
                    )
            if not row.withdrawn:
                where_row = tables.releases.c.id == row.id
                connection.execute(
                    sa.update(tables.releases).where(where_row).values(withdrawn_reason=reason)
                )
                now = self.now(connection)
                records.append(connection, now, actor, "withdraw", row.id, {"reason": reason})
        self.refresh_files()
        return row.model_copy(update={"withdrawn": True, "withdrawn_reason": row.withdrawn_reason or reason})

    def bundle_bytes(self, release: str) -> bytes:
        """Return the bundle of a release as it was imported."""
        with self.reading() as connection:
            row = records.find_release(connection, release)
            body = records.newest_bundle(connection, row.id)
        if body is None:
            raise WrongUse(f"{row.label}, came without a bundle.", "Choose an imported release.")
        return body

    def judge(self, connection: sa.Connection, data: bytes, check_base: bool) -> Verification:
        """Return the verdict on a bundle by the policy, the clock and the state that count now."""
        manifest = peek(data)
        known = manifest is not None and manifest.environment in records.environments(connection)
        state = self.state_of(connection, manifest.environment, check_base) if manifest and known else None
        rules = records.current_policy(connection)
        verdict = verify_bundle(data, rules, self.now(connection), state)
        if verdict.ok and state is None:
            raise BundleRefused(
                "The registry does not know the bundle's environment.", "Ask IT which ones there are."
            )
        return verdict

    def _claims_taken_sequence(self, connection: sa.Connection, data: bytes, verdict: Verification) -> bool:
        """Return whether a properly approved bundle claims a sequence that another one has."""
        manifest = peek(data)
        refused = next(check.name for check in verdict.checks if check.verdict == "refused")
        if manifest is None or refused != "environment":
            return False
        known = self.state_of(connection, manifest.environment, check_base=False).known
        return known.get(manifest.release_sequence) not in (None, verdict.manifest_digest)

    def _keep(
        self, connection: sa.Connection, data: bytes, verdict: Verification, actor: str, now: datetime
    ) -> ImportResult:
        bundle = open_bundle(data)
        identity, container_digest = bundle.manifest_digest, digest(data)
        new = not records.has_release(connection, identity)
        if new:
            records.put_release(connection, bundle, now)
        if records.put_bundle(connection, identity, data, now):
            approvers = ", ".join(
                f"{each.approval.person} ({each.approval.role})" for each in bundle.approvals
            )
            details = {"container": container_digest, "approved_by": approvers}
            records.append(connection, now, actor, "import" if new else "import again", identity, details)
        return ImportResult(
            verification=verdict, release=identity, sequence=bundle.manifest.release_sequence, new=new
        )
