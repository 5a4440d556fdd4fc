"""Sayings: prohibitions on what is said (“must not promise compensation”).

- They bind whoever talks to customers: what may not be said need not be among what the agent does.
- Forbidden to a customer or a third party, it is no rule for the agent.
"""

from __future__ import annotations

import re

from studio.cobuilder.words.lexicon import AGENT
from studio.domain.statement import Statement, StatementKind

_VERBS = (
    r"(?:promis|guarante|assur|pledg|vouch|mention|disclos|reveal|discuss|comment|stat|announc|quot|confirm|impl[iy]|"
    r"hint|suggest|speculat|predict|advis|recommend|admit|conced|apologi[sz]|criticis|criticiz|blam|disparag|prais|"
    r"describ|diagnos|estimat|commit|indicat|explain)(?:s|es|e|ed|ted|ing|ting|ies|ied)?"
)
_SAID = re.compile(
    rf"\b(?:{_VERBS}|says?|said|saying|tells?|told|telling|talks?|talking|speaks?|spoken|speaking|silent|names?|naming|named)\b"
    r"|\b(?:gives?|given|giving|makes?|made|making|offers?|offered|offering)\b[^.;]{0,40}?"
    r"\b(?:advice|opinions?|assurances?|promises?|guarantees?|commitments?|statements?|comments?|representations?"
    r"|estimates?|diagnos[ei]s|recommendations?|predictions?|details|information)\b"
    r"|\bno (?:\w+ )?(?:promises?|assurances?|guarantees?|commitments?|statements?|comments?"
    r"|advice|opinions?)\b",
    re.IGNORECASE,
)
_PASSIVE = re.compile(r"\b(?:be|is|are|been) (?:\w+ )?\w+(?:ed|en|ld|id|wn)\b", re.IGNORECASE)
_OURS = AGENT | frozenset("you nobody one everyone anybody anyone chatbot voicebot".split())


def forbids_saying(statement: Statement) -> bool:
    """Say whether a statement forbids the agent to say something."""
    if statement.kind is not StatementKind.PROHIBITION:
        return False
    words = " ".join(statement.core.split())
    if not _SAID.search(words):
        return False
    actor = frozenset((statement.actor or "").lower().split())
    return not actor or bool(actor & _OURS) or bool(_PASSIVE.search(words))
