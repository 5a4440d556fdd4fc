"""The ledger: an append-only log of what IT did, chained by hashes, with signed heads.

- An entry's hash covers everything in it and the hash before it; the first has 64 zeros before it.
- A chain alone does not show a cut tail: a head that was signed, or kept elsewhere, does.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from studio.domain.environment import Moment, Sha256
from studio.domain.frozen import Frozen, digest, to_json

GENESIS = "0" * 64


class LedgerEntry(Frozen):
    """One thing that was done: when, by whom, to what; `details` are plain words by name."""

    seq: int
    time: Moment
    actor: str
    action: str
    subject: str
    details: dict[str, str] = Field(default_factory=dict)
    prev: Sha256
    hash: Sha256


class LedgerHead(Frozen):
    """The end of a chain at one moment; signed, it proves that nothing before it was cut or changed."""

    registry: str
    seq: int
    hash: Sha256
    time: Moment


def next_entry(
    last: LedgerEntry | None, time: Moment, actor: str, action: str, subject: str, details: dict[str, str]
) -> LedgerEntry:
    """Return the entry that follows `last`."""
    seq, prev = (last.seq + 1, last.hash) if last else (1, GENESIS)
    entry = LedgerEntry(
        seq=seq,
        time=time,
        actor=actor,
        action=action,
        subject=subject,
        details=details,
        prev=prev,
        hash=GENESIS,
    )
    return entry.model_copy(update={"hash": entry_hash(entry)})


def entry_hash(entry: LedgerEntry) -> str:
    """Return the SHA-256 of an entry's canonical JSON without its own hash."""
    return digest({name: value for name, value in to_json(entry).items() if name != "hash"})


def faults_in_chain(entries: Iterable[LedgerEntry], heads: Iterable[LedgerHead] = ()) -> tuple[str, ...]:
    """Return a sentence for every fault of a whole chain, judged also against heads known from elsewhere."""
    faults: list[str] = []
    prev, seen = GENESIS, {0: GENESIS}
    for expected, entry in enumerate(entries, start=1):
        if entry.seq != expected:
            faults.append(f"Entry {expected} is missing; the log goes on with entry {entry.seq}.")
        if entry.prev != prev:
            faults.append(f"Entry {entry.seq} does not follow the entry before it.")
        if entry.hash != entry_hash(entry):
            faults.append(f"Entry {entry.seq} was changed after it was written.")
        prev = entry.hash
        seen[entry.seq] = entry.hash
    for head in heads:
        if seen.get(head.seq) != head.hash:
            faults.append(
                f"The log no longer holds entry {head.seq} as it stood on {head.time:%Y-%m-%d %H:%M} UTC."
            )
    return tuple(faults)
