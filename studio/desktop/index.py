"""What the palette can find in the open workspace: documents, charter, rules, workflows, steps, tests."""

from __future__ import annotations

from studio.desktop.actions import Desk
from studio.desktop.palette import Findable
from studio.domain.errors import StudioError


def findable_items(desk: Desk) -> list[Findable]:
    """Return every item that has a name, with the way to it."""
    if desk.session.workbench is None:
        return []
    from studio.desktop.panels.charter_overview import TITLES
    from studio.services.queries.agents import ShowAgent
    from studio.services.queries.sources import ListSources

    try:
        agent = desk.session.ask(ShowAgent()).draft
        sources = desk.session.ask(ListSources()).rows
    except StudioError:
        return []
    found = [_item(desk, row.name, "Document", "sources", row.id) for row in sources]
    found += [_item(desk, title, "Charter", "charter", part) for part, title in TITLES.items()]
    found += [_item(desk, f"{r.id} {r.title}", "Rule", "charter", r.id) for r in agent.charter.rules]
    for intent in agent.charter.portfolio or ():
        found.append(_item(desk, intent.title, "Kind of request", "charter", f"portfolio/{intent.id}"))
    for workflow in agent.workflows:
        found.append(_item(desk, workflow.name, "Workflow", "workflows", workflow.id))
        for step in workflow.steps:
            found.append(
                _item(desk, step.title, f"Step in {workflow.name}", "workflows", f"{workflow.id}/{step.id}")
            )
    found += [_item(desk, table.name, "Decision", "workflows", f"/{table.id}") for table in agent.tables]
    found += [_item(desk, f"{t.id} {t.title}", "Test", "tests", t.id) for t in agent.scenarios]
    return found


_ICONS = {"sources": "sources", "charter": "charter", "workflows": "workflows", "tests": "tests"}


def _item(desk: Desk, title: str, what: str, page: str, item: str) -> Findable:
    return Findable(title, what, _ICONS[page], lambda: desk.open_page(page, item))
