"""Review packages: what is packed, how a workspace is made of one, and the reply that goes back.

- Of the documents travel the cited passages only: each cited block word for word, none of its neighbours, no
  hidden text, no path of a file. `contents` says beforehand, in sentences, what will be in the file.
- The workspace made of a package is for deciding and commenting: whatever else would change it is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from studio.domain.errors import WrongUse
from studio.domain.frozen import canonical, digest, to_json
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.review import Answer, Decision
from studio.domain.review_package import (
    PackageManifest,
    PassagesFile,
    ProposalsFile,
    ReviewReply,
    SaidFile,
    SentDecision,
    SentEdit,
)
from studio.domain.source import Block, Citation, Source, SourceDocument, SourceVersion
from studio.ports import UnitOfWork
from studio.services.review_files import (
    DRAFT,
    LIVE,
    PASSAGES,
    PROPOSALS,
    SAID,
    ReviewPackage,
    package_bytes,
)
from studio.services.reviewing import PACKAGE, authors, package_here, pending
from studio.services.standing import Standing

PACKAGE_CHANGES = "review-package-changes"
PACKAGE_STEPS = "review-package-steps"
PACKAGE_DIGEST, PACKAGE_SAID, REPLY_SENT = "review-package-digest", "review-package-said", "review-reply-sent"
SENT = "sent-review-package"
_QUOTES = re.compile(r"“([^”]{12,})”")


@dataclass(frozen=True, slots=True)
class Packed:
    """A package that is ready to be written: its bytes, and what is in it, in sentences."""

    data: bytes
    digest: str
    agent: str
    proposals: tuple[str, ...]
    contents: tuple[str, ...]


def pack(
    unit: UnitOfWork, stand: Standing, wished: Iterable[str], who: str, now: datetime, note: str
) -> Packed:
    """Return the package of the wished proposals (else of those that wait); raises WrongUse."""
    proposals = _chosen(stand, tuple(wished))
    names = tuple(proposal.id for proposal in proposals)
    said = _said(unit, stand, names)
    passages = PassagesFile(sources=passages_of(stand.sources, proposals))
    manifest = PackageManifest(
        agent=stand.draft.name,
        made_by=who,
        made_at=now,
        note=note,
        live_number=stand.live_number,
        live_digest=stand.live_digest,
        draft_digest=stand.draft_digest,
        proposals=names,
        authors=authors(unit, stand, names),
        elsewhere=tuple(p.id for p in pending(stand) if p.id not in names),
        files={},
    )
    files = {
        LIVE: stand.live,
        DRAFT: stand.draft,
        PROPOSALS: ProposalsFile(proposals=proposals),
        SAID: said,
        PASSAGES: passages,
    }
    data = package_bytes(manifest, files)
    besides = quoted_besides(stand.sources, passages, proposals)
    told = (*contents(proposals, passages, said, manifest, besides), *besides.values())
    return Packed(data, digest(data), manifest.agent, names, told)


def _chosen(stand: Standing, wished: tuple[str, ...]) -> tuple[Proposal, ...]:
    known = {proposal.id: proposal for proposal in stand.proposals}
    missing = [each for each in wished if each not in known]
    if missing:
        raise WrongUse(
            f"There is no proposal “{missing[0]}”.", "`cobuilder review list` shows what there is."
        )
    chosen = tuple(known[each] for each in dict.fromkeys(wished)) or pending(stand)
    if not chosen:
        raise WrongUse(
            "There is nothing to review.", "Let CoBuilder propose changes first, or name a proposal."
        )
    return chosen


def _said(unit: UnitOfWork, stand: Standing, names: tuple[str, ...]) -> SaidFile:
    return SaidFile(
        decisions=tuple(d for d in unit.decisions.all() if d.proposal_id in names),
        answers=tuple(a for a in unit.answers.all() if a.proposal_id in names),
        comments=tuple(c for c in unit.comments.all() if c.proposal_id in names),
        approvals=tuple(a for a in stand.role_approvals if set(a.scope) <= set(names)),
        policy=stand.review_policy,
    )


def contents(
    proposals: tuple[Proposal, ...],
    passages: PassagesFile,
    said: SaidFile,
    manifest: PackageManifest,
    besides: Collection[str],
) -> tuple[str, ...]:
    """Return what a package holds, in sentences, for who is about to send it."""
    told = [
        f"The agent “{manifest.agent}” as it is live and as it is drafted, with its tests and their records."
    ]
    for proposal in proposals:
        told.append(
            f"{proposal.id} “{proposal.title}”: {_many(len(proposal.changes), 'change')}, "
            f"{_many(len(proposal.questions), 'question')}, and every sentence that they, their warnings and "
            "what was left alone quote."
        )
    given = ((said.decisions, "decision"), (said.answers, "answer"), (said.comments, "comment"))
    words = [_many(len(each), noun) for each, noun in given if each]
    told += [f"What was said so far, with names: {', '.join(words)}."] if words else []
    for source in passages.sources:
        count = sum(len(version.document.blocks) for version in source.versions)
        mark = " It is marked internal." if source.permission == "internal" else ""
        rest = "what is quoted of it below" if source.id in besides else "nothing else of it"
        told.append(f"{_many(count, 'cited passage')} of “{source.name}”, and {rest}.{mark}")
    told.append("Not in it: the documents' files, simulations, settings, keys, and other proposals.")
    return tuple(told)


def quoted_besides(
    sources: Iterable[Source], passages: PassagesFile, proposals: Iterable[Proposal]
) -> dict[str, str]:
    """Return, by its document, what travels only because a warning or a note on what stays quotes it."""
    texts = [text for p in proposals for text in (*p.unaffected, *(w for c in p.changes for w in c.warnings))]
    quotes = dict.fromkeys(" ".join(q.split()) for text in texts for q in _QUOTES.findall(text))
    cited = {s.id: " ".join(v.document.text for v in s.versions) for s in passages.sources}
    told = {}
    for source in sources:
        own = " ".join(cited.get(source.id, "").split())
        words = " ".join(source.current.document.text.split())
        found = [quote for quote in quotes if quote in words and quote not in own]
        if found:
            mark = " It is marked internal." if source.permission == "internal" else ""
            shown = "; ".join(f"“{quote}”" for quote in found)
            told[source.id] = (
                f"Of “{source.name}”, not cited for it, warnings and notes quote: {shown}.{mark}"
            )
    return told


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def passages_of(sources: Iterable[Source], proposals: Iterable[Proposal]) -> tuple[Source, ...]:
    """Return the cited sources, each cut down to its cited versions and their cited passages."""
    cited: dict[str, list[Citation]] = {}
    for proposal in proposals:
        for change in proposal.changes:
            for citation in change.citations:
                cited.setdefault(citation.source_id, []).append(citation)
        for question in proposal.questions:
            cited.setdefault(question.citation.source_id, []).append(question.citation)
    found = []
    for source in sources:
        numbers = {c.version for c in cited.get(source.id, ())}
        versions = tuple(
            _cut(version, [c for c in cited[source.id] if c.version == version.number])
            for version in source.versions
            if version.number in numbers
        )
        if versions:
            gone = source.supersedes if source.supersedes in cited else None
            found.append(source.model_copy(update={"versions": versions, "supersedes": gone}))
    return tuple(found)


def _cut(version: SourceVersion, citations: list[Citation]) -> SourceVersion:
    document = version.document
    kept = [block for block in document.blocks if any(_is_cited(block, each) for each in citations)]
    return version.model_copy(update={"document": _document_of(document, kept), "origin": None})


def _is_cited(block: Block, citation: Citation) -> bool:
    at, cited = block.anchor, citation.anchor
    if at.page != cited.page or (at.cell and cited.cell and at.cell != cited.cell):
        return False
    return at.line_start <= cited.line_end and cited.line_start <= at.line_end


def _document_of(document: SourceDocument, kept: list[Block]) -> SourceDocument:
    """Return a document of some blocks: their words as they stood, one piece after the other."""
    spans: list[list[int]] = []
    for block in sorted(kept, key=lambda each: each.start):
        if spans and block.start <= spans[-1][1]:
            spans[-1][1] = max(spans[-1][1], block.end)
        else:
            spans.append([block.start, block.end])
    pieces, begins, at = [], [], 0
    for start, end in spans:
        pieces.append(document.text[start:end])
        begins.append((start, at))
        at += end - start + 1
    names = {block.id for block in kept}

    def moved(block: Block) -> Block:
        start, begin = next((s, b) for s, b in reversed(begins) if s <= block.start)
        shift = begin - start
        parent = block.parent if block.parent in names else None
        place = {"start": block.start + shift, "end": block.end + shift, "parent": parent}
        return block.model_copy(update=place)

    blocks = tuple(moved(block) for block in kept)
    return document.model_copy(update={"text": "\n".join(pieces), "blocks": blocks, "hidden": ()})


def install(unit: UnitOfWork, package: ReviewPackage) -> None:
    """Fill a fresh workspace with a package."""
    manifest, said = package.manifest, package.said
    unit.agents.keep(manifest.live_number, package.live)
    unit.agents.keep_draft(package.draft)
    for source in package.passages.sources:
        for version in source.versions:
            unit.sources.keep_version(source.id, version)
        record = to_json(source.model_copy(update={"versions": ()}))
        numbers = [version.number for version in source.versions]
        unit.put_record("source", source.id, {**record, "versions": numbers})
    for proposal in package.proposals:
        unit.proposals.put(proposal.id, proposal)
    for decision in said.decisions:
        unit.decisions.put(decision.id, decision)
    for answer in said.answers:
        unit.answers.put(answer.id, answer)
    for comment in said.comments:
        unit.comments.put(comment.id, comment)
    for approval in said.approvals:
        unit.role_approvals.put(approval.id, approval)
    unit.keep_setting(PACKAGE, canonical(manifest).decode())
    unit.keep_setting(PACKAGE_DIGEST, package.digest)
    unit.keep_setting(PACKAGE_SAID, canonical(said).decode())
    packed = {f"{p.id}/{c.id}": digest(c) for p in package.proposals for c in p.changes}
    unit.keep_setting(PACKAGE_CHANGES, canonical(packed).decode())
    steps = {f"{p.id}/{c.id}": len(c.reworked) for p in package.proposals for c in p.changes if c.reworked}
    unit.keep_setting(PACKAGE_STEPS, canonical(steps).decode())
    unit.keep_setting("review-policy", canonical(said.policy).decode())
    unit.history.forget()


def reply_of(unit: UnitOfWork, who: str, now: datetime) -> ReviewReply:
    """Return what was decided, said and approved since the package was opened; raises WrongUse elsewhere."""
    if package_here(unit) is None:
        raise WrongUse(
            "This workspace was not made from a review package, so nobody waits for decisions from here.",
            "Open the package that you were sent.",
        )
    said = SaidFile.model_validate_json(unit.setting(PACKAGE_SAID) or "{}")
    before, remarks = {d.id: d for d in said.decisions}, {c.id for c in said.comments}
    given = {approval.id for approval in said.approvals}
    changes = {f"{p.id}/{c.id}": c for p in unit.proposals.all() for c in p.changes}
    packed: dict[str, str] = json.loads(unit.setting(PACKAGE_CHANGES) or "{}")
    decided = sorted((d for d in unit.decisions.all() if before.get(d.id) != d), key=lambda d: d.at)
    return ReviewReply(
        package=unit.setting(PACKAGE_DIGEST) or "",
        reviewer=who,
        made_at=now,
        decisions=tuple(
            SentDecision(
                proposal_id=d.proposal_id,
                change_id=d.change_id,
                seen=packed.get(d.id) or digest(changes[d.id]),
                verdict=d.verdict,
                by=d.by,
                at=d.at,
                because_of=d.because_of,
                fitted=_fitted(changes[d.id], d, packed),
            )
            for d in decided
        ),
        comments=tuple(c for c in unit.comments.all() if c.id not in remarks),
        approvals=tuple(a for a in unit.role_approvals.all() if a.id not in given),
        edits=_edits(unit, changes, packed) or None,
        answers=_answers(unit, said) or None,
    )


def _edits(
    unit: UnitOfWork, changes: Mapping[str, ProposedChange], packed: Mapping[str, str]
) -> tuple[SentEdit, ...]:
    """Return the values that were given here to changes of the package."""
    before: dict[str, int] = json.loads(unit.setting(PACKAGE_STEPS) or "{}")
    found = []
    for key, change in changes.items():
        steps = (change.reworked or ())[before.get(key, 0) :]
        if key in packed and any(step.how == "edited" for step in steps):
            proposal_id, _, change_id = key.partition("/")
            found.append(
                SentEdit(
                    proposal_id=proposal_id,
                    change_id=change_id,
                    seen=packed[key],
                    steps=steps,
                    change=change.change,
                )
            )
    return tuple(found)


def _answers(unit: UnitOfWork, said: SaidFile) -> tuple[Answer, ...]:
    before = {answer.id: answer for answer in said.answers}
    return tuple(answer for answer in unit.answers.all() if before.get(answer.id) != answer)


def _fitted(change: ProposedChange, decision: Decision, packed: Mapping[str, str]) -> str | None:
    """Return the digest of an accepted edit that is not the one that was packed."""
    as_packed = packed.get(decision.id) in (None, digest(change))
    return None if as_packed or decision.verdict != "accepted" else digest(change.change)


def said_digest(reply: ReviewReply) -> str:
    """Return the digest of what a reply says, whoever sends it and whenever."""
    parts = (reply.decisions, reply.comments, reply.approvals, reply.edits or (), reply.answers or ())
    return digest([to_json(each) for part in parts for each in part])
