"""The bytes of review packages and replies: one canonical container each, parsed strictly at the door.

- The container is the bundle's (`studio.release.container`): one possible byte sequence for its content, so a
  flipped byte, hidden data or another order is refused. Every file's digest stands in the manifest.
- A reply may bear a signature: a DSSE envelope around `ReplyWord`. One that does not fit refuses the reply;
  whose key it is, is no question of this file's (`studio.services.review_signing`).
- Whatever is wrong, the error is BrokenInput with a sentence; nothing is written, nothing is half read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from pydantic import ValidationError

from studio.domain.agent import Agent
from studio.domain.bundle import FileRecord
from studio.domain.changeset import Change, ChangeSet
from studio.domain.errors import BrokenInput, BundleBroken, StudioError
from studio.domain.frozen import Frozen, Model, canonical, digest, to_json
from studio.domain.proposal import Proposal
from studio.domain.review_package import (
    PackageManifest,
    PassagesFile,
    ProposalsFile,
    ReplyManifest,
    ReplyWord,
    ReviewReply,
    SaidFile,
)
from studio.release import container, dsse, keys
from studio.release.strict_json import parse_canonical
from studio.services.code_shapes import check_shapes

MOST_PACKAGE, MOST_REPLY = 64 * 1024 * 1024, 16 * 1024 * 1024
MANIFEST, LIVE, DRAFT = "manifest.json", "live.json", "draft.json"
PROPOSALS, SAID, PASSAGES, REPLY = "proposals.json", "said.json", "passages.json", "reply.json"
SIGNATURE = "signature.json"
REPLY_TYPE = "application/vnd.cobuilder-studio.review-reply+json"
_ManifestOf = Callable[[dict[str, FileRecord]], Frozen]
_PARTS = frozenset({LIVE, DRAFT, PROPOSALS, SAID, PASSAGES})


@dataclass(frozen=True, slots=True)
class ReviewPackage:
    """A package that was opened: every part parsed strictly; `digest` is that of the file's bytes."""

    digest: str
    manifest: PackageManifest
    live: Agent
    draft: Agent
    proposals: tuple[Proposal, ...]
    said: SaidFile
    passages: PassagesFile


@dataclass(frozen=True, slots=True)
class OpenedReply:
    """A reply that was opened; `digest` is that of the file's bytes.

    `public_pem` is the key whose signature on exactly this reply was checked; None where it bears none.
    """

    digest: str
    reply: ReviewReply
    public_pem: str | None = None


def package_bytes(manifest: PackageManifest, files: Mapping[str, Frozen]) -> bytes:
    """Return the bytes of a package; `files` of the manifest are worked out here."""
    spelled = {name: canonical(value) for name, value in files.items()}
    return _packed(spelled, lambda records: manifest.model_copy(update={"files": records}))


def reply_bytes(reply: ReviewReply, signature: bytes | None = None) -> bytes:
    """Return the bytes of a reply, with the envelope that signs it where there is one."""
    spelled = {REPLY: canonical(reply), **({SIGNATURE: signature} if signature else {})}
    return _packed(spelled, lambda records: ReplyManifest(files=records))


def open_package(data: bytes) -> ReviewPackage:
    """Return a package; raises BrokenInput that says what is wrong with it."""
    what = "review package"
    files = _unpacked(data, MOST_PACKAGE, what, PackageManifest)
    if set(files) != _PARTS | {MANIFEST}:
        _no(what, "its files are not those of a review package")
    manifest = _read(PackageManifest, files, MANIFEST, what)
    package = ReviewPackage(
        digest=digest(data),
        manifest=manifest,
        live=_read(Agent, files, LIVE, what),
        draft=_read(Agent, files, DRAFT, what),
        proposals=_read(ProposalsFile, files, PROPOSALS, what).proposals,
        said=_read(SaidFile, files, SAID, what),
        passages=_read(PassagesFile, files, PASSAGES, what),
    )
    _check_package(package, what)
    return package


def open_reply(data: bytes) -> OpenedReply:
    """Return a reply; raises BrokenInput that says what is wrong with it."""
    what = "reply"
    files = _unpacked(data, MOST_REPLY, what, ReplyManifest)
    if set(files) - {SIGNATURE} != {MANIFEST, REPLY}:
        _no(what, "its files are not those of a reply to a review package")
    reply = _read(ReviewReply, files, REPLY, what)
    signature = files.get(SIGNATURE)
    return OpenedReply(digest(data), reply, None if signature is None else _signer(reply, signature, what))


def _signer(reply: ReviewReply, signature: bytes, what: str) -> str:
    """Return the key that signed exactly this reply; raises BrokenInput where none did."""
    unfit = "its signature does not fit: it was altered after it was signed, or somebody else signed it"
    try:
        envelope = dsse.open_envelope(signature, SIGNATURE, REPLY_TYPE)
        word = _read(ReplyWord, {SIGNATURE: envelope.payload}, SIGNATURE, what)
        message = dsse.pae(REPLY_TYPE, envelope.payload)
        fits = envelope.key_id == keys.key_id(word.public_pem)
        fits = fits and keys.verify(word.public_pem, envelope.signature, message)
    except StudioError:
        _no(what, unfit)
    if not fits or (word.package, word.reply, word.reviewer) != (
        reply.package,
        digest(reply),
        reply.reviewer,
    ):
        _no(what, unfit)
    return word.public_pem


def _packed(spelled: Mapping[str, bytes], manifest_of: _ManifestOf) -> bytes:
    records = {n: FileRecord(sha256=digest(d), size=len(d)) for n, d in sorted(spelled.items())}
    return container.pack({MANIFEST: canonical(manifest_of(records)), **spelled})


def _unpacked(
    data: bytes, most: int, what: str, kind: type[PackageManifest | ReplyManifest]
) -> dict[str, bytes]:
    """Return the files of a container after holding each against the manifest's digests."""
    if len(data) > most:
        _no(what, f"it is larger than {most // 1024 // 1024} MB")
    try:
        files = container.unpack(data)
    except BundleBroken as error:
        _no(what, error.what.partition(": ")[2].rstrip(".") or "it is damaged")
    if MANIFEST not in files:
        _no(what, "it has no manifest")
    manifest = _read(kind, files, MANIFEST, what)
    found = {n: FileRecord(sha256=digest(d), size=len(d)) for n, d in files.items() if n != MANIFEST}
    if dict(manifest.files) != found:
        _no(what, "a file in it is not the one that was packed")
    return files


def _read(kind: type[Model], files: Mapping[str, bytes], name: str, what: str) -> Model:
    try:
        parse_canonical(files[name], name)
        value = kind.model_validate_json(files[name])
    except BundleBroken as error:
        _no(what, error.what.rstrip("."))
    except (ValidationError, RecursionError) as error:
        place = ""
        if isinstance(error, ValidationError):
            place = "/".join(str(part) for part in error.errors()[0]["loc"])[:120]
        _no(what, f"{name} holds something else at “{place or 'the top'}” than this program understands")
    if canonical(value) != files[name]:
        _no(what, f"{name} holds more than this program understands")
    return value


def _check_package(package: ReviewPackage, what: str) -> None:
    """Raise BrokenInput where the parts of a package do not belong together."""
    manifest = package.manifest
    if (digest(package.live), digest(package.draft)) != (manifest.live_digest, manifest.draft_digest):
        _no(what, "its agents are not the ones it names")
    if tuple(p.id for p in package.proposals) != manifest.proposals:
        _no(what, "its proposals are not the ones it names")
    known = {f"{p.id}/{c.id}" for p in package.proposals for c in p.changes}
    if len(known) != sum(len(p.changes) for p in package.proposals) or len(set(manifest.proposals)) != len(
        manifest.proposals
    ):
        _no(what, "it names a change or a proposal twice")
    said = package.said
    if any(d.id != f"{d.proposal_id}/{d.change_id}" or d.id not in known for d in said.decisions):
        _no(what, "it decides on a change that it does not hold")
    _check_patterns(package, what)


def _check_patterns(package: ReviewPackage, what: str) -> None:
    """Refuse shapes of codes that would take for ever, as they are refused when typed."""
    trees = [to_json(package.live), to_json(package.draft)]
    changes = tuple(Change(path="agent", after=tree) for tree in trees)
    proposed = tuple(c.change for p in package.proposals for c in p.changes)
    try:
        check_shapes(ChangeSet(title="", changes=changes + proposed))
    except StudioError as error:
        _no(what, error.what.rstrip("."))


def _no(what: str, why: str) -> NoReturn:
    raise BrokenInput(f"This file is not a sound {what}: {why}.", "Ask the sender for a fresh one.")
