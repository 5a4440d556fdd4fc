"""Review packages: proposals that travel to a reviewer in one file, and what comes back in another.

- A package (`.cobreview`) holds the live agent, the draft, proposals, what was said of them so far, and of
  the documents only the passages that the proposals cite; nothing else of them.
- A reply (`.cobreply`) holds what one reviewer decided, said and approved, and the digest of the package.
- Digests find damage and careless alteration; who makes a reply anew, digests and all, is not found out by
  them. A reviewer who has a key signs the reply (`ReplyWord`, in a DSSE envelope of a type of its own); who
  merges is told whose key it is, and compares an unknown one by telephone.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from studio.domain.bundle import FileRecord
from studio.domain.changeset import Change
from studio.domain.environment import Label, Moment, Sha256
from studio.domain.frozen import Frozen
from studio.domain.proposal import Proposal, Reworked
from studio.domain.review import Answer, Comment, Decision, Verdict
from studio.domain.review_approval import Remark, ReviewPolicy, RoleApproval
from studio.domain.source import Source

PACKAGE_SUFFIX, REPLY_SUFFIX = ".cobreview", ".cobreply"
MOST_PROPOSALS, MOST_CHANGES, MOST_REMARKS = 200, 20_000, 20_000

Remarks = Annotated[tuple[Comment, ...], Field(max_length=MOST_REMARKS)]
Approvals = Annotated[tuple[RoleApproval, ...], Field(max_length=1_000)]


class PackageManifest(Frozen):
    """What a package is: from whom, about which agent, with which files.

    `authors` wrote or accepted what is in it; `elsewhere` are proposals that also changed the draft and did
    not travel.
    """

    format: Literal["cobuilder-review/1"] = "cobuilder-review/1"
    agent: Label
    made_by: Label
    made_at: Moment
    note: Remark = ""
    live_number: Annotated[int, Field(ge=1, le=2**31)]
    live_digest: Sha256
    draft_digest: Sha256
    proposals: Annotated[tuple[Label, ...], Field(min_length=1, max_length=MOST_PROPOSALS)]
    authors: Annotated[tuple[Label, ...], Field(max_length=500)] = ()
    elsewhere: Annotated[tuple[Label, ...], Field(max_length=500)] = ()
    files: Annotated[dict[str, FileRecord], Field(max_length=20)]


class ProposalsFile(Frozen):
    """proposals.json."""

    proposals: Annotated[tuple[Proposal, ...], Field(max_length=MOST_PROPOSALS)]


class SaidFile(Frozen):
    """said.json: what was decided, answered, remarked and approved before the package left."""

    decisions: Annotated[tuple[Decision, ...], Field(max_length=MOST_CHANGES)] = ()
    answers: Annotated[tuple[Answer, ...], Field(max_length=MOST_CHANGES)] = ()
    comments: Remarks = ()
    approvals: Approvals = ()
    policy: ReviewPolicy = ReviewPolicy()


class PassagesFile(Frozen):
    """passages.json: the cited documents, each cut down to its cited passages."""

    sources: Annotated[tuple[Source, ...], Field(max_length=1_000)] = ()


class SentDecision(Frozen):
    """A reviewer's decision on one change; `seen` is the digest of the change as it was packed.

    `fitted` is the digest of the edit that was accepted, where it had to be fitted to the draft first.
    """

    proposal_id: Label
    change_id: Label
    seen: Sha256
    verdict: Verdict
    by: Label
    at: Moment
    because_of: Label | None = None
    fitted: Sha256 | None = None

    @property
    def key(self) -> str:
        """Return `PROPOSAL/CHANGE`."""
        return f"{self.proposal_id}/{self.change_id}"


class SentEdit(Frozen):
    """Another value that a reviewer gave a change; `seen` is the digest of the change as it was packed.

    `steps` tell what became of it since, oldest first; `change` is what it is now.
    """

    proposal_id: Label
    change_id: Label
    seen: Sha256
    steps: Annotated[tuple[Reworked, ...], Field(min_length=1, max_length=1_000)]
    change: Change

    @property
    def key(self) -> str:
        """Return `PROPOSAL/CHANGE`."""
        return f"{self.proposal_id}/{self.change_id}"

    @property
    def by(self) -> str:
        """Return who gave it last."""
        return next((step.by for step in reversed(self.steps) if step.how == "edited"), self.steps[-1].by)


class ReviewReply(Frozen):
    """reply.json: everything one reviewer sends back for one package.

    `edits` and `answers` are absent where none was given.
    """

    format: Literal["cobuilder-review-reply/1"] = "cobuilder-review-reply/1"
    package: Sha256
    reviewer: Label
    made_at: Moment
    decisions: Annotated[tuple[SentDecision, ...], Field(max_length=MOST_CHANGES)] = ()
    comments: Remarks = ()
    approvals: Approvals = ()
    edits: Annotated[tuple[SentEdit, ...], Field(max_length=MOST_CHANGES)] | None = None
    answers: Annotated[tuple[Answer, ...], Field(max_length=MOST_CHANGES)] | None = None


class ReplyWord(Frozen):
    """What a reviewer's key signs: exactly this `reply` (its digest), to this package, in this name."""

    format: Literal["cobuilder-review-reply-word/1"] = "cobuilder-review-reply-word/1"
    package: Sha256
    reply: Sha256
    reviewer: Label
    public_pem: Annotated[str, Field(min_length=1, max_length=2_000)]


class ReviewerKey(Frozen):
    """A key that somebody here knows to be a reviewer's, since they compared its fingerprint."""

    person: Label
    key_id: Sha256
    by: Label
    at: Moment


class ReviewerKeys(Frozen):
    """The keys of reviewers that are known in a workspace."""

    keys: Annotated[tuple[ReviewerKey, ...], Field(max_length=1_000)] = ()


class ReplyManifest(Frozen):
    """manifest.json of a reply."""

    format: Literal["cobuilder-review-reply/1"] = "cobuilder-review-reply/1"
    files: Annotated[dict[str, FileRecord], Field(max_length=2)]


class Difference(Frozen):
    """A change on which a reviewer decided otherwise than somebody here; open until a person chooses.

    `settled` is who chose; empty while it is open.
    """

    proposal_id: Label
    change_id: Label
    here: Verdict
    here_by: Label
    theirs: Verdict
    theirs_by: Label
    theirs_at: Moment
    settled: str = ""

    @property
    def key(self) -> str:
        """Return `PROPOSAL/CHANGE`."""
        return f"{self.proposal_id}/{self.change_id}"


class MergedReply(Frozen):
    """That a reply was merged, by whom and when, what came of it in sentences, and what is left to choose.

    `brought` are the ids of the approvals in it, absent where an earlier program merged, which did not note
    them; `signed_with` is the id of the key that signed it, absent where none did.
    """

    id: Sha256
    reviewer: Label
    by: Label
    at: Moment
    told: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()
    brought: tuple[Sha256, ...] | None = None
    signed_with: Sha256 | None = None


def check_number(digest: str) -> str:
    """Return a short number of a file that two people can compare by telephone."""
    number = f"{int(digest[:12], 16) % 10**12:012d}"
    return " ".join(number[at : at + 4] for at in (0, 4, 8))
