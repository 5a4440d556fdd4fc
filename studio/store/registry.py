"""IT's registry: imported releases, one pointer per environment, and a log that only grows.

- What is refused leaves no trace but an alarm in the log where someone should look into it.
- Before a promotion the bundle is verified again, from the bytes that were kept, by today's policy and clock;
  and the move is rehearsed forward, back and forward on a copy.
- The flag file lies next to the registry and is written again when the registry is opened.
- Importing, promoting or rolling back once more what is done already changes nothing.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from studio.domain.agent import Agent
from studio.domain.bundle import ImportResult, Verification
from studio.domain.environment import (
    ApprovalPolicy,
    EnvironmentRow,
    EnvironmentState,
    Move,
    Pointer,
    RegistryStatus,
    Rehearsal,
    ReleaseRow,
)
from studio.domain.errors import BrokenInput, BundleRefused, WrongUse
from studio.domain.frozen import digest
from studio.domain.ledger import LedgerEntry
from studio.ports import Signer
from studio.release import promotion
from studio.release.policy import check_policy
from studio.release.verification import open_bundle, peek, require, verify_bundle
from studio.store import registry_records as records
from studio.store import registry_tables as tables
from studio.store.registry_audit import audit
from studio.store.registry_database import Clock, RegistryDatabase, utc_now
from studio.store.registry_rehearsal import rehearse


def create(
    place: str | Path, agent: Agent, policy: ApprovalPolicy, actor: str, clock: Clock = utc_now
) -> Registry:
    """Make a registry for an agent that runs already, under IT's policy."""
    path = Path(place)
    if path.exists():
        raise WrongUse(f"There is a registry at {path} already.", "Choose another place, or use that one.")
    check_policy(policy)
    if policy.agent != agent.id:
        raise BrokenInput(
            f"The policy is for “{policy.agent}”, not for “{agent.id}”.", "Ask IT for the right one."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    registry = Registry(path, clock)
    try:
        with registry.writing() as connection:
            tables.create_all(connection)
            _fill(connection, agent, policy, actor, registry.now(connection))
        registry.refresh_files(first_head=True)
    except BaseException:
        registry.close()
        path.unlink(missing_ok=True)
        raise
    return registry


def open_registry(place: str | Path, clock: Clock = utc_now) -> Registry:
    """Open a registry, and write its flag files again where they are not what they should be."""
    path = Path(place)
    if not path.is_file():
        raise WrongUse(f"There is no registry at {path}.", "Make one with `cobuilder registry init`.")
    registry = Registry(path, clock)
    try:
        with registry.reading() as connection:
            if connection.scalar(sa.select(tables.registry.c.schema)) != tables.SCHEMA_VERSION:
                raise BrokenInput(f"The registry {path} was made by another version.", "Update this program.")
        registry.refresh_files()
    except BaseException:
        registry.close()
        raise
    return registry


def _fill(connection: sa.Connection, agent: Agent, policy: ApprovalPolicy, actor: str, now: datetime) -> None:
    name = f"registry-{secrets.token_hex(8)}"
    connection.execute(
        sa.insert(tables.registry).values(one=1, id=name, schema=tables.SCHEMA_VERSION, agent_id=agent.id)
    )
    records.put_policy(connection, policy)
    first = records.put_first_release(connection, agent, now)
    rules = {"policy": digest(policy), "version": str(policy.version)}
    records.append(connection, now, actor, "init", agent.id, {"registry": name, "agent": first, **rules})
    _point(connection, policy, first, actor, now)


def _point(connection: sa.Connection, policy: ApprovalPolicy, first: str, actor: str, now: datetime) -> None:
    """Give every environment of the policy that has none a pointer, to the agent that ran at first."""
    known = records.environments(connection)
    for each in policy.environments:
        if each.id not in known:
            pointer = Pointer(environment=each.id, generation=1, stable=first)
            connection.execute(sa.insert(tables.pointers).values(**pointer.model_dump()))
            records.append(connection, now, actor, "point", each.id, records.pointer_details(pointer))


class Registry(RegistryDatabase):
    """An open registry; use `create` or `open_registry`, and close it."""

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
            first = next(row.id for row in records.releases(connection) if row.sequence == 0)
            _point(connection, policy, first, actor, now)
        self.refresh_files()

    def verify(self, data: bytes) -> Verification:
        """Return the verdict on a bundle for its environment here, including whether its base runs."""
        with self.reading() as connection:
            return self._judge(connection, data, check_base=True)

    def import_bundle(self, data: bytes, actor: str) -> ImportResult:
        """Keep a bundle that is verified; the same bundle again changes nothing. Raises BundleRefused."""
        result: ImportResult | None = None
        with self.writing() as connection:
            verdict, now = self._judge(connection, data, check_base=False), self.now(connection)
            if verdict.ok:
                result = self._keep(connection, data, verdict, actor, now)
            elif self._claims_taken_sequence(connection, data, verdict):
                details = {"manifest": verdict.manifest_digest or "", "container": digest(data)}
                records.append(connection, now, actor, "alarm", verdict.refusal, details)
        self.refresh_files()
        require(verdict)
        assert result is not None
        return result

    def promote(
        self,
        environment: str,
        release: str,
        actor: str,
        weight: int | None = None,
        expected_generation: int | None = None,
        signer: Signer | None = None,
    ) -> Move:
        """Give an imported release its first share of conversations, or the share `weight` of its plan."""
        with self.reading() as connection:
            row = records.find_release(records.releases(connection), release, environment)
            old = records.pointer(connection, environment)
            new = self._forward(connection, row, old, weight, expected_generation)
            agent = records.release_agent(connection, row.id)
        if new == old:
            return self._move(old, False, f"{row.label}, has that share in {environment} already.")
        share = 100 if new.candidate is None else new.weight
        rehearsal = rehearse(self, row, environment, share, promotion.irreversible(agent))
        with self.writing() as connection:
            if records.pointer(connection, environment) != old:
                old = records.pointer(connection, environment)
                new = self._forward(connection, row, old, share, expected_generation)
            if new != old:
                details = {"release": row.id, "irreversible": "\n".join(rehearsal.irreversible)}
                self.swap(connection, old, new, actor, "promote", details, signer)
        self.refresh_files()
        sentence = f"{row.label}, now answers {share} % of the conversations in {environment}."
        return self._move(new, new != old, sentence, rehearsal)

    def roll_back(
        self,
        environment: str,
        actor: str,
        to: str | None = None,
        expected_generation: int | None = None,
        signer: Signer | None = None,
    ) -> Move:
        """Go back to the release before, or to an imported one; nothing outside the registry is needed."""
        with self.writing() as connection:
            rows = records.releases(connection)
            old = records.pointer(connection, environment)
            target = records.find_release(rows, to, environment).id if to else None
            facts = [records.facts(row) for row in rows]
            new = promotion.roll_back(old, facts, target, expected_generation)
            row = next(row for row in rows if row.id == new.stable)
            if new != old:
                self.swap(connection, old, new, actor, "rollback", {"release": row.id}, signer)
        self.refresh_files()
        sentence = f"{row.label}, answers all conversations in {environment}."
        return self._move(new, new != old, sentence)

    def withdraw(self, release: str, reason: str, actor: str) -> ReleaseRow:
        """Mark a release as never to be promoted or gone back to; refused while it runs."""
        with self.writing() as connection:
            row = records.find_release(records.releases(connection), release)
            for name in records.environments(connection):
                pointer = records.pointer(connection, name)
                if row.id in (pointer.stable, pointer.candidate):
                    raise BundleRefused(f"{row.label}, runs in {name}.", "Roll back first, then withdraw it.")
            if not row.withdrawn:
                where = tables.releases.c.id == row.id
                connection.execute(sa.update(tables.releases).where(where).values(withdrawn_reason=reason))
                records.append(
                    connection, self.now(connection), actor, "withdraw", row.id, {"reason": reason}
                )
        self.refresh_files()
        return row.model_copy(update={"withdrawn": True, "withdrawn_reason": row.withdrawn_reason or reason})

    def status(self) -> RegistryStatus:
        """Return what runs where, and everything that was imported."""
        with self.reading() as connection:
            rows = records.releases(connection)
            by_id = {row.id: row for row in rows}
            pointers = [records.pointer(connection, name) for name in records.environments(connection)]
            policy = records.current_policy(connection)
            last = records.last_entry(connection)
            name = str(connection.scalar(sa.select(tables.registry.c.id)))
        shown = [
            EnvironmentRow(
                pointer=pointer,
                stable=by_id[pointer.stable],
                candidate=by_id[pointer.candidate] if pointer.candidate else None,
                flag_file=str(self.files.flags(pointer.environment)),
            )
            for pointer in pointers
        ]
        return RegistryStatus(
            registry=name,
            agent=policy.agent,
            policy_id=policy.id,
            policy_version=policy.version,
            environments=tuple(shown),
            releases=tuple(rows),
            log_length=last.seq if last else 0,
        )

    def environment(self, name: str) -> EnvironmentRow:
        """Return what runs in one environment; raises WrongUse for an unknown one."""
        with self.reading() as connection:
            pointer = records.pointer(connection, name)
            return EnvironmentRow(
                pointer=pointer,
                stable=records.release_row(connection, pointer.stable),
                candidate=records.release_row(connection, pointer.candidate) if pointer.candidate else None,
                flag_file=str(self.files.flags(name)),
            )

    def agent(self, release: str) -> Agent:
        """Return the agent of a release, named by its id; it never changes."""
        with self.reading() as connection:
            return records.release_agent(connection, release)

    def log(self) -> tuple[LedgerEntry, ...]:
        """Return the whole log, oldest first."""
        with self.reading() as connection:
            return tuple(records.entries(connection))

    def verify_log(self) -> tuple[str, ...]:
        """Return a sentence for every fault of the log, its guards and its signed heads; empty if sound."""
        try:
            with self.reading() as connection:
                return audit(connection, self.files)
        except (ValueError, TypeError, LookupError, BrokenInput) as error:
            return (f"The registry holds something that cannot be read, so it was changed: {error}",)

    def bundle_bytes(self, release: str) -> bytes:
        """Return the bundle of a release as it was imported."""
        with self.reading() as connection:
            row = records.find_release(records.releases(connection), release)
            body = records.newest_bundle(connection, row.id)
        if body is None:
            raise WrongUse(f"{row.label}, came without a bundle.", "Choose an imported release.")
        return body

    def _judge(self, connection: sa.Connection, data: bytes, check_base: bool) -> Verification:
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
        new = all(row.id != identity for row in records.releases(connection))
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

    def _forward(
        self,
        connection: sa.Connection,
        row: ReleaseRow,
        old: Pointer,
        weight: int | None,
        expected_generation: int | None,
    ) -> Pointer:
        """Return the pointer after promoting; what would change something is verified again first."""
        now = self.now(connection)
        running = records.release_row(connection, old.stable).result_digest
        new = promotion.promote(old, records.facts(row), running, now, weight, expected_generation)
        if new != old:
            body = records.newest_bundle(connection, row.id)
            if body is None:
                raise BundleRefused(f"{row.label}, has no bundle.", "Roll back to it instead.")
            require(self._judge(connection, body, check_base=False))
        return new

    def _move(
        self, pointer: Pointer, changed: bool, sentence: str, rehearsal: Rehearsal | None = None
    ) -> Move:
        flags = str(self.files.flags(pointer.environment))
        return Move(pointer=pointer, changed=changed, sentence=sentence, rehearsal=rehearsal, flag_file=flags)
