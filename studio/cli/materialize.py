"""The verbs `registry materialize` and `registry schemas`: what runs, as plain files for any runtime."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, note, put_json, say
from studio.cli.registry import DEFAULT_REGISTRY, Registry, registry_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.domain.errors import StudioError
    from studio.services.materializing import Materialized


def registry_materialize(
    folder: Annotated[Path, typer.Argument(help="The folder to write; new, empty, or written before.")],
    environment: Annotated[str, typer.Option(help="Where.")] = "production",
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on, and write whenever the registry says something else.")
    ] = False,
    every: Annotated[
        float, typer.Option(help="With --watch: look every so many seconds.", min=0.1, max=3600)
    ] = 2.0,
    registry: Registry = DEFAULT_REGISTRY,
    as_json: JsonFlag = False,
) -> None:
    """Write what runs as plain files: charter, tools, workflows and tables as JSON, with their schemas.

    \b
    `current.json` in the folder names the present generation; it is replaced in one step, and a generation
    never changes, so a reader never sees a half state. What is there already is not written again.
    --watch ends with Ctrl-C or SIGTERM; with --json it prints one line for each change.

    \b
    Examples:
      cobuilder registry materialize /srv/agents/returns
      cobuilder registry materialize /srv/agents/returns --environment staging --watch
    """
    from studio import assembly
    from studio.services.materializing import follow, materialize

    with assembly.registry(registry) as opened:
        if not watch:
            done = materialize(opened, environment, folder)
            if as_json:
                put_json(_shown(done))
            else:
                _say(done)
            return
        _follow(lambda stopped: follow(opened, environment, folder, stopped, _teller(as_json)), every)


def _follow(run: Callable[[Callable[[], bool]], None], every: float) -> None:
    from studio.cli.stopping import Stop

    with Stop() as stop:
        run(lambda: stop.wait(every))
    note("Stopped.")


def _teller(as_json: bool) -> Callable[[Materialized | StudioError], None]:
    def tell(told: Materialized | StudioError) -> None:
        if isinstance(told, Exception):
            note(f"cobuilder: {told}")
        elif as_json:
            typer.echo(json.dumps(_shown(told), ensure_ascii=False))
        else:
            _say(told)
        sys.stdout.flush()

    return tell


def _shown(done: Materialized) -> dict[str, object]:
    return {
        "environment": done.environment,
        "generation": done.generation,
        "changed": done.changed,
        "files": done.files,
        "folder": str(done.folder),
        "sentence": done.sentence,
    }


def _say(done: Materialized) -> None:
    say(done.sentence)
    if done.changed:
        say(f"  {done.files} files in {done.folder}")


def registry_schemas(
    folder: Annotated[Path, typer.Argument(help="The folder to write them into.")],
    as_json: JsonFlag = False,
) -> None:
    """Write the published JSON Schemas (draft 2020-12) of the files that `materialize` writes.

    \b
    Example:
      cobuilder registry schemas /srv/agents/schemas
    """
    from studio.services.materializing import write_schemas

    written = write_schemas(folder)
    if as_json:
        put_json([str(path) for path in written])
    else:
        say(f"Wrote {len(written)} schemas into {folder}.")


def register(_app: typer.Typer) -> None:
    """Add these verbs to the group `registry`."""
    registry_app.command("materialize")(registry_materialize)
    registry_app.command("schemas")(registry_schemas)
