"""The audit of a registry: is the log whole, do its guards stand, and do the tables say what it says?

- A head signed by a person in IT's role, and the head file beside the database, show a tail that was cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from pydantic import ValidationError

from studio.domain.bundle import Manifest
from studio.domain.environment import IT, ApprovalPolicy, ReleaseRow, TrustedKey
from studio.domain.errors import BrokenInput, NotApproved, StudioError
from studio.domain.frozen import canonical, digest
from studio.domain.ledger import LedgerEntry, LedgerHead, faults_in_chain
from studio.ports import Signer
from studio.release import dsse, keys, strict_json
from studio.release.policy import trusted_keys
from studio.release.verification import peek
from studio.store import registry_guards
from studio.store import registry_records as records
from studio.store import registry_tables as tables
from studio.store.registry_files import RegistryFiles

HEAD_TYPE = "application/vnd.cobuilder-studio.ledger-head+json"
_NOT_IT = (
    "The key does not belong to someone whom the policy lists for IT.",
    "Use a key of IT's release manager.",
)


def sign_head(connection: sa.Connection, head: LedgerHead, signer: Signer) -> str:
    """Keep and return a signature over the end of the log; raises NotApproved unless it is IT's."""
    payload = canonical(head)
    envelope = dsse.seal(payload, signer.key_id, signer.sign(dsse.pae(HEAD_TYPE, payload)), HEAD_TYPE)
    policy = records.current_policy(connection)
    if not _signed_by_it(policy, envelope):
        raise NotApproved(*_NOT_IT)
    connection.execute(sa.insert(tables.heads).values(seq=head.seq, envelope=envelope))
    return envelope.decode()


def check_standing(connection: sa.Connection, signer: Signer, now: datetime) -> None:
    """Raise NotApproved for a key that is not IT's, was revoked, or is not valid now.

    Asked before a promotion only: a way back must not fail because a key ran out meanwhile.
    """
    policy = records.current_policy(connection)
    key = trusted_keys(policy).get(signer.key_id)
    if key is None or not _is_its(policy, key):
        raise NotApproved(*_NOT_IT)
    if key.revoked_at is not None or not key.valid_from <= now <= key.valid_until:
        raise NotApproved(
            f"The key of {key.person} was revoked, or does not count on {now:%Y-%m-%d}.",
            "Sign with another key of IT's.",
        )


def audit(connection: sa.Connection, files: RegistryFiles, kept: Sequence[bytes] = ()) -> tuple[str, ...]:
    """Return a sentence for every fault; empty if sound. `kept` are heads kept elsewhere."""
    log = tuple(records.entries(connection))
    name = str(connection.scalar(sa.select(tables.registry.c.id)))
    faults: list[str] = []
    heads = [*_signed_heads(connection, faults), *_head_file(files, faults)]
    heads += [_head_from(connection, each) for each in kept]
    faults += [f"A head belongs to another registry ({h.registry})." for h in heads if h.registry != name]
    faults += faults_in_chain(log, heads)
    faults += [f"The guard “{each}” of the database is gone." for each in registry_guards.missing(connection)]
    faults += _differences(connection, log)
    return tuple(faults)


def signed_up_to(connection: sa.Connection) -> int:
    """Return the last entry of the log that a head signed by IT covers, or 0."""
    return max((head.seq for head in _signed_heads(connection, [])), default=0)


def check_kept_heads(kept: Sequence[bytes]) -> None:
    """Raise BrokenInput for a file that is no head of a log: that says nothing of the log itself."""
    for data in kept:
        try:
            signed = b'"payloadType"' in data
            what = "The head that was kept"
            body = dsse.open_envelope(data.strip(), what, HEAD_TYPE).payload if signed else data.strip()
            read_head(body)
        except StudioError as error:
            raise BrokenInput(
                f"A file that was named with --head is no head of a log, or is damaged: {error.what}",
                "Name one that `promote --head` wrote, or a copy of the registry's own .head.json.",
            ) from None


def _head_from(connection: sa.Connection, data: bytes) -> LedgerHead:
    """Return a head that was kept elsewhere; raises NotApproved for one that IT did not sign."""
    if b'"payloadType"' not in data:
        return read_head(data.strip())
    opened = dsse.open_envelope(data.strip(), "The head that was kept", HEAD_TYPE)
    if not _signed_by_it(records.current_policy(connection), data.strip()):
        raise NotApproved("The head that was kept does not carry a true signature of IT.")
    return read_head(opened.payload)


def _signed_heads(connection: sa.Connection, faults: list[str]) -> list[LedgerHead]:
    policy = records.current_policy(connection)
    found = []
    for row in connection.execute(sa.select(tables.heads).order_by(tables.heads.c.seq)):
        envelope = row.envelope if isinstance(row.envelope, bytes) else str(row.envelope).encode()
        key = ""
        try:
            opened = dsse.open_envelope(envelope, "The signed head", HEAD_TYPE)
            head, key = read_head(opened.payload), opened.key_id
            sound = _signed_by_it(policy, envelope) and head.seq == row.seq
        except StudioError:
            sound = False
        if sound:
            found.append(head)
        else:
            gone = key and key not in trusted_keys(policy)
            advice = (
                " Its key is not in the policy: keep keys that signed there, with revoked_at." if gone else ""
            )
            faults.append(
                f"The signed head at entry {row.seq} does not carry a true signature of IT.{advice}"
            )
    return found


def _head_file(files: RegistryFiles, faults: list[str]) -> list[LedgerHead]:
    try:
        return [read_head(files.read_head())]
    except (OSError, StudioError):
        faults.append(f"The head of the log, {files.head.name}, is missing or damaged.")
        return []


def read_head(data: bytes) -> LedgerHead:
    """Return the head of a log from its canonical bytes."""
    tree = strict_json.parse_canonical(data, "The head of the log")
    try:
        return LedgerHead.model_validate(tree)
    except ValidationError:
        raise NotApproved("The head of the log does not have the form it must have.") from None


def _signed_by_it(policy: ApprovalPolicy, envelope: bytes) -> bool:
    opened = dsse.open_envelope(envelope, "The signed head", HEAD_TYPE)
    key = trusted_keys(policy).get(opened.key_id)
    if key is None or not _is_its(policy, key):
        return False
    return keys.verify(key.public_pem, opened.signature, dsse.pae(HEAD_TYPE, opened.payload))


def _is_its(policy: ApprovalPolicy, key: TrustedKey) -> bool:
    """Return whether a key belongs to somebody in IT's role."""
    person = policy.person(key.person)
    return person is not None and IT in person.roles


def _differences(connection: sa.Connection, log: tuple[LedgerEntry, ...]) -> list[str]:
    """Compare the tables with what the log says was done."""
    faults: list[str] = []
    for name in records.environments(connection):
        told = [entry.details for entry in log if entry.subject == name and "generation" in entry.details]
        kept = records.pointer_details(records.pointer(connection, name))
        if not told or {field: told[-1].get(field) for field in kept} != kept:
            faults.append(f"What runs in {name} is not what the log says.")
        states = [
            entry.details["rollout"] for entry in log if entry.subject == name and "rollout" in entry.details
        ]
        body = records.rollout_bytes(connection).get(name)
        if (digest(body) if body is not None else None) != (states[-1] if states else None):
            faults.append(f"The state of the rollout in {name} is not what the log says.")
    policies = [entry.details["policy"] for entry in log if "policy" in entry.details]
    if not policies or policies[-1] != digest(records.current_policy(connection)):
        faults.append("The approval policy is not the one that the log says.")
    records.latest_seen(connection)  # a time that cannot be read is told, too
    agent = str(connection.scalar(sa.select(tables.registry.c.agent_id)))
    began = next(((each.subject, each.details.get("agent")) for each in log if each.action == "init"), None)
    if began != (agent, records.first_release(connection)):
        faults.append("What the registry is for, or began with, is not what the log says.")
    containers = {
        entry.details["container"]: entry.subject for entry in log if entry.action.startswith("import")
    }
    with connection.execute(sa.select(tables.bundles).execution_options(yield_per=20)) as rows:
        for row in rows:
            if digest(row.body) != row.digest or containers.pop(row.digest, None) != row.release_id:
                faults.append(
                    f"A kept bundle of release {row.release_id[:12]} is not the one that was imported."
                )
            elif not _is_told(records.release_row(connection, row.release_id), peek(row.body)):
                faults.append(f"What is noted of release {row.release_id[:12]} is not what its bundle says.")
    faults += [f"The bundle of release {each[:12]} is missing." for each in sorted(set(containers.values()))]
    with connection.execute(_agents().execution_options(yield_per=20)) as agents:
        wrong = [row.id[:12] for row in agents if digest(row.agent) != row.result_digest]
    faults += [f"The kept agent of release {each} is not the one that was released." for each in wrong]
    withdrawn = {entry.subject for entry in log if entry.action == "withdraw"}
    for release in records.releases(connection):
        if release.withdrawn != (release.id in withdrawn):
            faults.append(f"Whether {release.label}, was withdrawn is not what the log says.")
    return faults


def _agents() -> sa.Select[tuple[str, str, bytes]]:
    columns = tables.releases.c
    return sa.select(columns.id, columns.result_digest, columns.agent)


def _is_told(row: ReleaseRow, manifest: Manifest | None) -> bool:
    """Return whether a release is noted as its bundle says: its plan above all, with its guards."""
    if manifest is None:
        return False
    kept = (row.environment, row.sequence, row.label, row.base_digest, row.result_digest)
    told = (
        manifest.environment,
        manifest.release_sequence,
        manifest.label,
        manifest.base_digest,
        manifest.result_digest,
    )
    until = manifest.not_after.replace(microsecond=0)
    return kept == told and row.rollout == manifest.rollout and row.not_after == until
