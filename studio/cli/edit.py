"""The verb edit: change the draft by hand, one place or a file of changes at once; undo takes it back.

- A place is a path as in the agent's JSON, items by their id: `charter/rules/R-07/severity`.
- A file holds one of: `{"sets": [{"path", "value"}]}`, `{"wishes": [{"deed", "item", "given"}]}`, or a change
  set with `before` and `after` as it stands in a bundle. All of it is done, or nothing.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.output import JsonFlag, put_json, say
from studio.cli.places import HERE, Who, Workspace, read_bytes, workbench
from studio.domain.errors import BrokenInput, WrongUse

if TYPE_CHECKING:
    from studio.domain.agent import Agent
    from studio.domain.changeset import ChangeSet
    from studio.services.workbench import Workbench

_MOST_BYTES = 4_000_000
edit_app = typer.Typer(
    name="edit",
    help="Change the draft by hand: set, unset, show, apply a file of changes. `undo` takes it back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
Place = Annotated[str, typer.Argument(help="The place, as charter/rules/R-07/severity.", metavar="PATH")]
Title = Annotated[str, typer.Option(help="What undo and history call it.", show_default="made of the change")]
Edit = Callable[["Agent"], "ChangeSet"]
"""What is done to the draft."""
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")]


def parsed(text: str) -> Any:
    """Return a value as typed: JSON where it is JSON, else the words themselves."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def editing(app: typer.Typer, name: str) -> Callable[[Callable[..., Edit]], Callable[..., Edit]]:
    """Make a verb of a function that returns an edit: it takes the options that every edit takes, too."""

    def add(made: Callable[..., Edit]) -> Callable[..., Edit]:
        own = list(inspect.signature(made, eval_str=True).parameters.values())

        def verb(**given: Any) -> None:
            dry_run, workspace, who, as_json = (given.pop(each.name) for each in _OF_EVERY_EDIT)
            edit = made(**given)
            with workbench(workspace, who) as bench:
                agent = draft_of(bench)
                carry_out(bench, agent, edit(agent), dry_run, as_json)

        taken = [*own, *_OF_EVERY_EDIT]
        verb.__doc__, verb.__name__ = made.__doc__, made.__name__
        verb.__annotations__ = {each.name: each.annotation for each in taken}
        verb.__signature__ = inspect.Signature(taken)  # type: ignore[attr-defined]
        app.command(name)(verb)
        return made

    return add


def _option(name: str, default: Any, annotation: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


_OF_EVERY_EDIT = (
    _option("dry_run", False, DryRun),
    _option("workspace", HERE, Workspace),
    _option("who", "", Who),
    _option("as_json", False, JsonFlag),
)


def carry_out(bench: Workbench, agent: Agent, made: ChangeSet, dry_run: bool, as_json: bool) -> None:
    """Run a change set on the draft and tell what changed, in sentences."""
    from studio.diff.words_summary import in_words
    from studio.domain.changeset import apply
    from studio.services.commands import EditAgent

    sentences = in_words(made, agent, apply(agent, made))
    if made.changes and not dry_run:
        bench.do(EditAgent(made))
    if as_json:
        put_json({"title": made.title, "changes": made.changes, "sentences": sentences, "done": not dry_run})
        return
    if not made.changes:
        say("Nothing changes: it is so already.")
        return
    say(f"{'Would do' if dry_run else 'Done'}: {made.title}")
    for sentence in sentences:
        say(f"  {sentence}")


def draft_of(bench: Workbench) -> Agent:
    """Return the draft."""
    from studio.services.queries.agents import ShowAgent

    return bench.ask(ShowAgent()).draft


@editing(edit_app, "set")
def edit_set(
    path: Place,
    value: Annotated[str, typer.Argument(help="The value: JSON, or plain words.")],
    title: Title = "",
) -> Edit:
    """Give one place a value.

    \b
    Examples:
      cobuilder edit set charter/purpose "Help with returns only."
      cobuilder edit set charter/rules/R-10/severity low
      cobuilder edit set charter/economics/containment 0.55
    """
    from studio.services.authoring.fields import set_field

    def edit(agent: Agent) -> ChangeSet:
        try:
            return set_field(agent, path, parsed(value), title)
        except WrongUse:
            if parsed(value) == value:
                raise
            return set_field(agent, path, value, title)  # a text that happens to be JSON: "2026"

    return edit


@editing(edit_app, "unset")
def edit_unset(
    path: Place,
    title: Title = "",
) -> Edit:
    """Take away what stands at one place: a rule, a step, a value that may be absent."""
    from studio.services.authoring.fields import set_field

    return lambda agent: set_field(agent, path, None, title)


@editing(edit_app, "rename-fact")
def edit_rename_fact(
    fact: Annotated[str, typer.Argument(help="The fact, by the name that conditions use.", metavar="FACT")],
    name: Annotated[str, typer.Argument(help="The new name.")],
) -> Edit:
    """Rename a fact everywhere: where it is asked for or kept, in conditions, tables, texts, rules and tests.

    \b
    Examples:
      cobuilder edit rename-fact days_since_delivery "Days since it came"
    """
    from studio.domain.fact_names import fact_renamed
    from studio.services.authoring.fields import fulfil

    return lambda agent: fulfil(agent, fact_renamed(agent, fact, name))


@edit_app.command("show")
def edit_show(
    path: Annotated[str, typer.Argument(help="The place; without it, the whole agent.", metavar="PATH")] = "",
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Show what stands at a place of the draft."""
    from studio.domain.changeset import lookup
    from studio.domain.frozen import to_json
    from studio.services.wording import describe

    with workbench(workspace) as bench:
        tree = to_json(draft_of(bench))
    found = lookup(tree, path) if path else tree
    if found is None:
        raise WrongUse(f"Nothing stands at “{path}”.", "`cobuilder edit show --json` shows what there is.")
    if as_json or not path:
        put_json(found)
    else:
        say(describe(path, found))


@editing(edit_app, "apply")
def edit_apply(
    file: Annotated[Path, typer.Argument(help="The file of changes (JSON).")],
    title: Title = "",
) -> Edit:
    """Apply a file of changes: all of them, or none."""
    return lambda agent: _from_file(agent, file, title)


def _from_file(agent: Agent, file: Path, title: str) -> ChangeSet:
    """Return the changes of a file; raises BrokenInput where it is none."""
    from pydantic import ValidationError

    from studio.domain.changeset import ChangeSet
    from studio.domain.edit import FieldEdit
    from studio.services.authoring.fields import fulfil

    data = read_bytes(file, "The file of changes")
    if len(data) > _MOST_BYTES:
        raise BrokenInput(f"{file} is larger than a file of changes may be.", "Split it.")
    try:
        tree = json.loads(data)
        kinds = {"sets", "wishes", "changes"} & set(tree) if isinstance(tree, dict) else set()
        if len(kinds) != 1:
            raise BrokenInput(
                f"{file} is no file of changes.", "Write one of “sets”, “wishes” or “changes”; see the help."
            )
        if "wishes" in tree:
            return _wishes(agent, tree["wishes"], title or str(tree.get("title", "")))
        if title:
            tree["title"] = title
        if "sets" in tree:
            return fulfil(agent, FieldEdit.model_validate(tree))
        return ChangeSet.model_validate({"title": f"Changes of {file.name}", **tree})
    except (ValueError, ValidationError, RecursionError) as error:
        raise BrokenInput(f"{file} cannot be read as changes: {_first(error)}.", "Mend it.") from error


def _wishes(agent: Agent, wishes: Any, title: str) -> ChangeSet:
    """Return one change set that fulfils wishes about the charter, one after the other."""
    from studio.diff.agents import diff_agents
    from studio.domain.changeset import apply
    from studio.domain.charter_edit import CharterWish
    from studio.services.authoring.charter_wishes import fulfil_wish

    after, titles = agent, []
    for each in wishes if isinstance(wishes, list) else [wishes]:
        made = fulfil_wish(after, CharterWish.model_validate(each))
        after = apply(after, made)
        titles.append(made.title)
    more = f" (and {len(titles) - 1} more)" if len(titles) > 1 else ""
    return diff_agents(agent, after, title or (f"{titles[0]}{more}" if titles else "Nothing"))


def _first(error: Exception) -> str:
    from pydantic import ValidationError

    if isinstance(error, ValidationError):
        found = error.errors()[0]
        return f"{'/'.join(str(part) for part in found['loc'])}: {found['msg']}"
    return str(error).rstrip(".")


def register(app: typer.Typer) -> None:
    """Add the verbs to the command."""
    app.add_typer(edit_app)
