"""Ways: which page shows what stands at a path of the agent."""

from __future__ import annotations

from studio.domain.changeset import split_path


def way_to(path: str) -> tuple[str, str]:
    """Return page and item for a path; an item of the workflows page is `workflow/step` or `/table`."""
    parts = split_path(path)
    inner = parts[1] if len(parts) > 1 else ""
    if parts[0] == "workflows":
        step = parts[3] if len(parts) > 3 and parts[2] == "steps" else ""
        return "workflows", f"{inner}/{step}" if step else inner
    if parts[0] == "tables":
        return "workflows", f"/{inner}"
    if parts[0] == "scenarios":
        return "tests", inner
    if parts[0] == "sources":
        return "sources", inner
    return "charter", parts[2] if len(parts) > 2 else inner
