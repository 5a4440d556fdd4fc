"""Verbs that keep sources connected to the files they came from: drift, refresh, link, unlink."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.output import JsonFlag, meter, plural, put_json, say, table
from studio.cli.places import HERE, Who, Workspace, workbench
from studio.domain.errors import WrongUse


def drift(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """Compare every source with the file it came from, and change nothing; exit code 1 if one differs."""
    from studio.services.queries.governance import ShowOrigins
    from studio.services.stages.folders import LookAtOrigins

    with workbench(workspace) as bench:
        bench.run(LookAtOrigins(take=False), meter)
        page = bench.ask(ShowOrigins())
    if as_json:
        put_json({"ok": not page.drifted, "findings": page.findings})
    else:
        for finding in page.drifted:
            say(f"{finding.kind:<10} {finding.source_id or '-':<5} {finding.place}: {finding.detail}")
        say(
            f"{plural(len(page.findings), 'file')} looked at, "
            f"{len(page.drifted)} not as the workspace has them."
        )
    raise typer.Exit(1 if page.drifted else 0)


def refresh(workspace: Workspace = HERE, who: Who = "", as_json: JsonFlag = False) -> None:
    """Look at linked folders and other origins, and take what is new or changed as versions."""
    from studio.services.stages.folders import LookAtOrigins

    with workbench(workspace, who) as bench:
        found = bench.run(LookAtOrigins(), meter)
    if as_json:
        put_json(found.findings)
        return
    for document in found.documents:
        say(
            f"Took {document.file_name}"
            + (f" as the next version of {document.source_id}" if document.source_id else "")
        )
    for finding in found.findings:
        if finding.kind in ("vanished", "unreadable"):
            say(f"{finding.kind}: {finding.place}: {finding.detail}")
    say(f"{plural(len(found.findings), 'file')} looked at, {len(found.documents)} taken.")


def link(
    folder: Annotated[
        Path | None, typer.Argument(help="The folder to watch; none shows those there are.")
    ] = None,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Link a folder: its documents become sources, and stay connected to their files.

    \b
    Example:
      cobuilder source link policies && cobuilder source refresh
    """
    from studio.services.commands import LinkFolder
    from studio.services.queries.governance import ShowOrigins

    if folder is None:
        with workbench(workspace, who) as bench:
            known = bench.ask(ShowOrigins()).folders
        table(("id", "folder"), [(each.id, each.path) for each in known])
        return
    if not folder.is_dir():
        raise WrongUse(f"{folder} is not a folder.", "Name a folder with documents.")
    with workbench(workspace, who) as bench:
        say(bench.do(LinkFolder(str(folder.resolve()))).title)


def unlink(
    folder: Annotated[str, typer.Argument(help="The linked folder, as F-01.")],
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Let go of a linked folder; its sources stay."""
    from studio.services.commands import UnlinkFolder

    with workbench(workspace, who) as bench:
        say(bench.do(UnlinkFolder(folder)).title)
