"""The verb show: where the workspace stands, and the draft as it is."""

from __future__ import annotations

import typer

from studio.cli.output import JsonFlag, plural, put_json, say
from studio.cli.places import HERE, Workspace, workbench


def status(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """Show where the agent stands and what to do next."""
    from studio.services.queries.home import ShowHome

    with workbench(workspace) as bench:
        page = bench.ask(ShowHome())
    if as_json:
        put_json(page)
        return
    say(
        f"{page.agent_name}: live version {page.live_number}, "
        f"draft with {plural(page.draft_changes, 'change')}"
    )
    say(f"Next: {page.next.title}. {page.next.text}")
    if page.covered is not None:
        say(f"Sentences in the agent: {page.covered:.0%}")
    if page.scenarios is not None:
        say(f"Tests passing every time: {page.scenarios_passed} of {page.scenarios}")
    say(f"Release gates met: {page.gates_met} of {page.gates}")
    for line in page.recent:
        say(f"  {line.at:%Y-%m-%d %H:%M}  {line.who}: {line.sentence}")


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("status")(status)
