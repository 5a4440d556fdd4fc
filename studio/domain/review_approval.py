"""Approvals of a review: which role, who, of exactly which content, having looked at what.

- A *review approval* is a decision of a role inside the workspace, on the digest of what is decided there:
  live version, draft, and the proposals with their decisions. Any edit gives another digest, and the
  approval is void; it is kept, and shown as void.
- A *signature* (`studio.domain.review.Signature`) is what IT counts: a key signs the manifest of a release.
  The review comes first and may stop a release; it never takes a signature's place, because a name in a
  workspace is what its settings say, and only a key proves a person.
- `not_looked` is what the person had not opened when approving, in sentences, so that nobody takes an
  approval for more than it was.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, StringConstraints

from studio.domain.environment import Label, Moment, Sha256
from studio.domain.frozen import Frozen, digest

ReviewRole = Literal["operations", "compliance", "qa", "it"]
ReviewVerdict = Literal["approve", "request changes"]
ROLES: tuple[ReviewRole, ...] = get_args(ReviewRole)
ROLE_NAMES: dict[ReviewRole, str] = {
    "operations": "Operations",
    "compliance": "Compliance",
    "qa": "Quality",
    "it": "IT",
}
MOST_LOOKED = 20_000
Remark = Annotated[str, StringConstraints(max_length=10_000)]


class Looked(Frozen):
    """What a person looked at: changes by `PROPOSAL/CHANGE`, and the parts of the review beside them.

    `stated` where the person said so (the command line), False where the window saw it.
    """

    changes: Annotated[tuple[Label, ...], Field(max_length=MOST_LOOKED)] = ()
    consequences: bool = False
    proofs: bool = False
    coverage: bool = False
    stated: bool = False

    def and_also(self, other: Looked) -> Looked:
        """Return both together."""
        return Looked(
            changes=tuple(dict.fromkeys((*self.changes, *other.changes))),
            consequences=self.consequences or other.consequences,
            proofs=self.proofs or other.proofs,
            coverage=self.coverage or other.coverage,
            stated=self.stated or other.stated,
        )


class RoleApproval(Frozen):
    """One decision of a role on one content; `parts` are the digests that the content is made of.

    `scope` are the proposals that lay before the person.
    """

    role: ReviewRole
    by: Label
    at: Moment
    decision: ReviewVerdict
    comment: Remark = ""
    parts: Annotated[dict[Label, Sha256], Field(max_length=2_000)]
    scope: Annotated[tuple[Label, ...], Field(max_length=500)] = ()
    looked: Looked = Looked()
    not_looked: Annotated[tuple[Remark, ...], Field(max_length=100)] = ()

    @property
    def content(self) -> str:
        """Return the digest of exactly what was approved."""
        return digest(dict(self.parts))

    @property
    def id(self) -> str:
        """Return the same id for the same decision, wherever it was made."""
        return digest(self)


class ReviewPolicy(Frozen):
    """Which roles have to approve a review here, and which may not be held by whom.

    `apart`: roles in which nobody may approve what they wrote or accepted themselves. `signed`: an approval
    that comes in a file counts only with the signature of a key that is known here as that person's.
    """

    required: tuple[ReviewRole, ...] = ()
    apart: tuple[ReviewRole, ...] = ("compliance",)
    signed: Literal[True] | None = None


def same_person(left: str, right: str) -> bool:
    """Return whether two names are one person's, blind to capitals and spaces."""
    return " ".join(left.split()).casefold() == " ".join(right.split()).casefold()
