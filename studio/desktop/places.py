"""Ways: which page shows what stands at a path of the agent, and which document a cited sentence."""

from __future__ import annotations

from studio.domain.changeset import split_path
from studio.domain.source import Citation


def way_to(path: str) -> tuple[str, str]:
    """Return page and item for a path; an item of the workflows page is `workflow/step`,
    `/table` or `//system`."""
    parts = split_path(path)
    inner = parts[1] if len(parts) > 1 else ""
    if parts[0] == "workflows":
        step = parts[3] if len(parts) > 3 and parts[2] == "steps" else ""
        return "workflows", f"{inner}/{step}" if step else inner
    if parts[0] == "tables":
        row = parts[3] if len(parts) > 3 and parts[2] == "rows" else ""
        return "workflows", f"/{inner}/{row}" if row else f"/{inner}"
    if parts[0] == "tools":
        return "workflows", f"//{inner}"
    if parts[0] == "scenarios":
        return "tests", inner
    if parts[0] == "sources":
        return "sources", inner
    if inner == "rules":
        return "charter", parts[2] if len(parts) > 2 else ""
    return "charter", "/".join(parts[1:3])


def way_to_sentence(citation: Citation) -> tuple[str, str]:
    """Return page and item for a sentence that something was made from, whatever version it stood in."""
    return "sources", f"{citation.source_id}/={citation.fingerprint}={citation.quote}"


def cited_in(item: str) -> tuple[str, str, str] | None:
    """Return source, fingerprint and quote of an item that names a cited sentence, else None."""
    source_id, _, rest = item.partition("/=")
    fingerprint, _, quote = rest.partition("=")
    return (source_id, fingerprint, quote) if fingerprint else None
