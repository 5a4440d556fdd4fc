"""A workflow in a report: drawn once, with what differs in signs and words."""

from __future__ import annotations

from collections.abc import Iterator

from studio.diff.flow_picture import picture_of
from studio.services.change_forms import WorkflowPair
from studio.services.report_parts.blocks import Block, Drawing, para, points


def workflow_blocks(pair: WorkflowPair, *, whole: bool) -> Iterator[Block]:
    """Yield a workflow drawn, and what differs in it step by step."""
    picture = picture_of(pair.before, pair.after, () if whole else pair.focus, pair.details)
    if picture is None:
        return
    part = "" if whole or not picture.left_out else ", the part around this change"
    yield para(f"Workflow “{picture.name}”{part}: live and with this proposal in one drawing", "muted")
    yield Drawing(picture)
    if whole and picture.differ:
        yield points(words for _, words in picture.differ)
