"""Taking secrets out of what a server or its client says, before anyone sees it.

- The key of the call goes wherever it stands, plain or percent-encoded, and so does what looks like a key.
- What is left is one line of bounded length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote

HIDDEN = "[key hidden]"
_LONGEST = 240
_SHORTEST_SECRET = 4
_LOOKS_SECRET = re.compile(
    r"(?i)\bbearer\s+\S+"
    r"|\b(?:sk|pk|rk|key|tok|ghp|gho|hf|xox[abp]|AKIA|AIza)[-_]?[A-Za-z0-9*_-]{10,}"
    r"|(?:api[-_ ]?key|token|secret|password|authorization)[\"']?\s*[:=]\s*[\"']?[^\s\"',;}]{4,}"
    r"|\b[A-Za-z0-9_-]{32,}\b"
    r"|://[^/\s@]+@"
)


def without(text: str, secrets: Iterable[str]) -> str:
    """Return a text without the secrets, and otherwise as it is."""
    for secret in sorted((s for s in secrets if len(s) >= _SHORTEST_SECRET), key=len, reverse=True):
        for spelled in (secret, quote(secret, safe="")):
            text = text.replace(spelled, HIDDEN)
    return text


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a text in one line without the secrets, and without what looks like one."""
    text = without(text, secrets)
    text = " ".join(_LOOKS_SECRET.sub(HIDDEN, text).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
