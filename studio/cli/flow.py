"""The verb workflow: every deed of the Workflows page on steps, ways, groups, workflows and blocks.

- Workflows and steps are named by their ids, which `workflow list` and `workflow show` tell.
- Each verb is one edit of the draft, saved at once; `cobuilder undo` takes it back, --dry-run only tells it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.edit import Edit, draft_of, editing
from studio.cli.output import JsonFlag, put_json, say, table
from studio.cli.places import HERE, Workspace, workbench
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.domain.agent import Agent
    from studio.domain.changeset import ChangeSet
    from studio.domain.workflow import Place

flow_app = typer.Typer(
    name="workflow",
    help="Workflows and reusable blocks: list, show, and every edit of their steps.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Flow = Annotated[str, typer.Argument(help="The workflow, by its id.", metavar="WORKFLOW")]
Step = Annotated[str, typer.Argument(help="The step, by its id.", metavar="STEP")]
Steps = Annotated[list[str], typer.Argument(help="The steps, by their ids.", metavar="STEP…")]
Way = Annotated[str, typer.Option("--way", help="The way out: “if it fails”, “otherwise”, an answer, or +.")]


# Looking


@flow_app.command("list")
def flow_list(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """List workflows and reusable blocks, with where blocks are used."""
    from studio.services.authoring.workflows import where_used

    with workbench(workspace) as bench:
        draft = draft_of(bench)
    used = {f.id: sorted({use.workflow for use in where_used(draft, f.id)}) for f in draft.workflows}
    if as_json:
        put_json([
            {"id": f.id, "name": f.name, "reusable": f.reusable, "steps": len(f.steps), "used_in": used[f.id]}
            for f in draft.workflows
        ])  # fmt: skip
        return
    rows = [
        (f.id, f.name, len(f.steps), f"block, used in {len(used[f.id])}" if f.reusable else "workflow")
        for f in draft.workflows
    ]
    table(("workflow", "name", "steps", "kind"), rows)


@flow_app.command("show")
def flow_show(flow: Flow, workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """Show the steps of a workflow and where each way leads."""
    from studio.domain.workflow import ways_out
    from studio.services.authoring.steps import flow_of

    with workbench(workspace) as bench:
        found = flow_of(draft_of(bench), flow)
    if as_json:
        put_json(found)
        return
    say(f"{found.name} ({found.id}), begins at {found.start or 'no step yet'}")
    for step in found.steps:
        say(f"  {step.id}: {step.title} [{step.kind}]")
        for label, target in ways_out(step):
            say(f"      {label or 'then'} → {target or 'nowhere yet'}")
    for group in found.groups or ():
        say(f"  group {group.id} “{group.name}”: {', '.join(group.steps)}")


# Workflows and blocks


@editing(flow_app, "new")
def flow_new(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    block: Annotated[bool, typer.Option("--block", help="Make a reusable block.")] = False,
) -> Edit:
    """Make an empty workflow, or a reusable block."""
    from studio.services.authoring.workflows import new_workflow

    return lambda agent: new_workflow(agent, name, reusable=block)


@editing(flow_app, "rename")
def flow_rename(
    flow: Flow,
    name: Annotated[str, typer.Argument(help="The new name or title.")],
    step: Annotated[str, typer.Option("--step", help="Rename this step of it.", metavar="STEP")] = "",
    group: Annotated[str, typer.Option("--group", help="Rename this group of it.", metavar="GROUP")] = "",
) -> Edit:
    """Rename a workflow, a step of it, or a group."""
    from studio.services.authoring.layout import rename_group
    from studio.services.authoring.steps import rename_step
    from studio.services.authoring.workflows import rename_workflow

    def edit(agent: Agent) -> ChangeSet:
        if step:
            return rename_step(agent, flow, step, name)
        return rename_group(agent, flow, group, name) if group else rename_workflow(agent, flow, name)

    return edit


@editing(flow_app, "duplicate")
def flow_duplicate(
    flow: Flow,
    steps: Annotated[list[str] | None, typer.Argument(help="Steps of it; without any, all of it.")] = None,
) -> Edit:
    """Duplicate a workflow, or some of its steps."""
    from studio.services.authoring.clips import duplicate_steps
    from studio.services.authoring.workflows import duplicate_workflow

    def edit(agent: Agent) -> ChangeSet:
        return duplicate_steps(agent, flow, steps) if steps else duplicate_workflow(agent, flow)

    return edit


@editing(flow_app, "delete")
def flow_delete(
    flow: Flow,
    steps: Annotated[list[str] | None, typer.Argument(help="Steps of it; without any, all of it.")] = None,
) -> Edit:
    """Delete a workflow with its tests, or some of its steps; ways are joined where that is clear."""
    from studio.services.authoring.steps import delete_steps
    from studio.services.authoring.workflows import delete_workflow

    def edit(agent: Agent) -> ChangeSet:
        return delete_steps(agent, flow, steps) if steps else delete_workflow(agent, flow)

    return edit


# Steps and ways


@editing(flow_app, "add")
def flow_add(
    flow: Flow,
    kind: Annotated[
        str, typer.Argument(help="ask, verify, tool, decide, say, disclose, handoff, end, call.")
    ],
    title: Annotated[str, typer.Option(help="What the step is called.")] = "",
    after: Annotated[str, typer.Option("--after", help="The step it follows.", metavar="STEP")] = "",
    way: Annotated[str | None, typer.Option("--way", help="The way of that step it goes on.")] = None,
) -> Edit:
    """Add a step: after another one, on one of its ways, or free.

    \b
    Examples:
      cobuilder workflow add return-item say --after look-up --title "Say what was found"
    """
    from studio.services.authoring.steps import add_step

    return lambda agent: add_step(agent, flow, kind, after=after, way=way, title=title)


@editing(flow_app, "connect")
def flow_connect(
    flow: Flow,
    step: Step,
    target: Annotated[str, typer.Argument(help="Where it leads; “none” leaves it open.", metavar="STEP")],
    way: Way = "",
) -> Edit:
    """Lead a way of a step to another step, or leave it open (“none”)."""
    from studio.services.authoring.steps import connect, disconnect

    def edit(agent: Agent) -> ChangeSet:
        away = target == "none"
        return disconnect(agent, flow, step, way) if away else connect(agent, flow, step, way, target)

    return edit


@editing(flow_app, "move")
def flow_move(
    flow: Flow,
    step: Step,
    to: Annotated[str, typer.Option("--to", help="A place on the canvas, as 120,300.")] = "",
    earlier: Annotated[bool, typer.Option("--earlier", help="Let it come one earlier.")] = False,
    later: Annotated[bool, typer.Option("--later", help="Let it come one later.")] = False,
    begin: Annotated[bool, typer.Option("--begin", help="Let the workflow begin there.")] = False,
) -> Edit:
    """Move a step: on the canvas, in its course, or to the beginning; with nothing said, lay it out anew."""
    from studio.services.authoring.layout import lay_out_anew, place_steps
    from studio.services.authoring.steps import begin_at, move_in_flow

    def edit(agent: Agent) -> ChangeSet:
        if to:
            return place_steps(agent, flow, {step: _place(to)})
        if earlier or later:
            return move_in_flow(agent, flow, step, -1 if earlier else 1)
        return begin_at(agent, flow, step) if begin else lay_out_anew(agent, flow, [step])

    return edit


@editing(flow_app, "copy")
def flow_copy(
    flow: Flow,
    steps: Steps,
    into: Annotated[str, typer.Option("--into", help="The workflow they are put into.", metavar="WORKFLOW")],
) -> Edit:
    """Copy steps into another workflow, with the facts and decisions they need."""
    from studio.services.authoring.clips import copy_steps, paste_steps

    return lambda agent: paste_steps(agent, into, copy_steps(agent, flow, steps))


@editing(flow_app, "group")
def flow_group(
    flow: Flow,
    steps: Annotated[list[str] | None, typer.Argument(help="The steps, by their ids.")] = None,
    name: Annotated[str, typer.Option(help="What they are together.")] = "",
    ungroup: Annotated[str, typer.Option("--ungroup", help="Take this group away.", metavar="GROUP")] = "",
) -> Edit:
    """Frame steps under a name, or take a frame away."""
    from studio.services.authoring import layout

    def edit(agent: Agent) -> ChangeSet:
        if ungroup:
            return layout.ungroup(agent, flow, ungroup)
        return layout.group_steps(agent, flow, steps or [], name)

    return edit


@editing(flow_app, "block")
def flow_block(
    flow: Flow,
    steps: Steps,
    name: Annotated[str, typer.Option(help="What the block is called.")],
) -> Edit:
    """Make a reusable block of steps; one step that runs it stands in their place."""
    from studio.services.authoring.blocks import extract_block

    return lambda agent: extract_block(agent, flow, steps, name)


def _place(text: str) -> Place:
    from studio.domain.workflow import Place

    across, _, down = text.partition(",")
    try:
        return Place(x=int(across), y=int(down))
    except ValueError as error:
        raise WrongUse(f"“{text}” is no place.", "Write two whole numbers, as 120,300.") from error


def register(app: typer.Typer) -> None:
    """Add the verbs to the command."""
    app.add_typer(flow_app)
