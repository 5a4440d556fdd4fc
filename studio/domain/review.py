"""Review: what people decided and said about proposed changes and open questions."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from studio.domain.frozen import Frozen

Verdict = Literal["accepted", "rejected"]


class Decision(Frozen):
    """One person's decision on one change; `id` is `PROPOSAL/CHANGE`.

    `because_of` names the change whose rejection took this one with it.
    """

    id: str
    proposal_id: str
    change_id: str
    verdict: Verdict
    by: str
    at: datetime
    because_of: str | None = None


class Comment(Frozen):
    """A remark on a change."""

    id: str
    proposal_id: str
    change_id: str
    by: str
    at: datetime
    text: str


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

    `id` is `MANIFEST DIGEST/ROLE/KEY ID`; `envelope` is the envelope's JSON text.
    """

    id: str
    manifest_digest: str
    role: str
    person: str
    decision: str
    key_id: str
    at: datetime
    envelope: str
