"""Review: what people decided and said about proposed changes and open questions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal

from studio.domain.frozen import Frozen

Verdict = Literal["accepted", "rejected"]


class Decided(Frozen):
    """What somebody decided on a change before it was decided anew."""

    verdict: Verdict
    by: str
    at: datetime
    because_of: str | None = None


class Decision(Frozen):
    """One person's decision on one change; `id` is `PROPOSAL/CHANGE`.

    `because_of` names the change whose rejection took this one with it; `earlier` are the decisions that this
    one took the place of, oldest first (absent where it is the first).
    """

    id: str
    proposal_id: str
    change_id: str
    verdict: Verdict
    by: str
    at: datetime
    because_of: str | None = None
    earlier: tuple[Decided, ...] | None = None

    @property
    def as_earlier(self) -> tuple[Decided, ...]:
        """Return this decision behind those before it, as the next one keeps them."""
        own = Decided(verdict=self.verdict, by=self.by, at=self.at, because_of=self.because_of)
        return (*(self.earlier or ()), own)


class Asked(Frozen):
    """Whom a question of a reviewer is for: the document's owner, the author, a role, or a person by name."""

    kind: Literal["owner", "author", "role", "person"]
    name: str

    @property
    def words(self) -> str:
        """Return whom, for people: “Dana Cole (owner of the document)”."""
        part = {"owner": "owner of the document", "author": "author", "role": "role", "person": ""}[self.kind]
        return f"{self.name} ({part})" if part else self.name


class Comment(Frozen):
    """A remark on a change; each of the later fields is absent where it says nothing.

    `reply_to` is the remark that begins the thread; `asks` makes it a question that is open until somebody
    replies; `about` are further changes of the proposal that it is about.
    """

    id: str
    proposal_id: str
    change_id: str
    by: str
    at: datetime
    text: str
    reply_to: str | None = None
    asks: Asked | None = None
    about: tuple[str, ...] | None = None

    @property
    def changes(self) -> tuple[str, ...]:
        """Return the changes that it is about."""
        return (self.change_id, *(self.about or ()))


def waiting_for_reply(comments: Iterable[Comment]) -> tuple[Comment, ...]:
    """Return the questions to people that nobody has replied to, oldest first."""
    known = tuple(comments)
    replied = {comment.reply_to for comment in known}
    return tuple(comment for comment in known if comment.asks is not None and comment.id not in replied)


class Answer(Frozen):
    """What a named person answered to an open question, or why it does not concern this agent.

    `id` is `PROPOSAL/QUESTION`.
    """

    id: str
    proposal_id: str
    question_id: str
    text: str
    waived: bool = False
    by: str
    at: datetime


class Signature(Frozen):
    """One signature on exactly one content: the DSSE envelope as it was signed, byte for byte.

    `id` is `MANIFEST DIGEST/ROLE/KEY ID`; `envelope` is the envelope's JSON text. `parts` are the digests
    that the content is made of, by name, so that a void signature can say what moved; `looked` and
    `not_looked` say what the person had and had not looked at. Each is absent where it was not noted.
    """

    id: str
    manifest_digest: str
    role: str
    person: str
    decision: str
    key_id: str
    at: datetime
    envelope: str
    parts: dict[str, str] | None = None
    looked: tuple[str, ...] | None = None
    not_looked: tuple[str, ...] | None = None
