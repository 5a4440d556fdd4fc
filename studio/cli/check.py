"""The verb of proofs: check the draft, show a finding as a conversation, mend it, keep it mended.

- The same findings as in the window, under the same ids; exit code 1 where one is broken.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, plural, put_json, say, working
from studio.cli.places import HERE, Who, Workspace, workbench

if TYPE_CHECKING:
    from collections.abc import Sequence

    from studio.domain.check import CheckResult
    from studio.services.queries.check_findings import Finding

MARKS = {"holds": "✓", "broken": "✗", "warning": "!"}

Sarif = Annotated[
    Path | None, typer.Option("--sarif", help="Also write the findings to this file as SARIF 2.1.0.")
]
Show = Annotated[
    str | None,
    typer.Option("--show", help="Show one finding as a conversation, with its fix.", metavar="FINDING"),
]
Fix = Annotated[
    str | None,
    typer.Option("--fix", help="Mend one finding in the draft; undo works.", metavar="FINDING"),
]
Keep = Annotated[
    str | None,
    typer.Option("--keep", help="Add a test that fails while this finding is there.", metavar="FINDING"),
]
Rules = Annotated[
    bool, typer.Option("--rules", help="Tell how each rule of the charter is enforced, and where.")
]
Read = Annotated[
    str | None,
    typer.Option("--read", help="Tell what a rule demands on every path, to be confirmed.", metavar="RULE"),
]
Confirm = Annotated[
    str | None,
    typer.Option("--confirm", help="Confirm that reading: it is proved from then on.", metavar="RULE"),
]
Ids = Annotated[bool, typer.Option("--ids", help="Print the id of each finding before it.")]


def check(
    show: Show = None,
    fix: Fix = None,
    keep: Keep = None,
    sarif: Sarif = None,
    ids: Ids = False,
    rules: Rules = False,
    read: Read = None,
    confirm: Confirm = None,
    by: Who = "",
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Prove what can be proved about the draft over every path; exit code 1 if a check is broken.

    A finding is named by its id, as --ids and --json print it.
    """
    if rules:
        _enforcement(workspace, as_json)
        return
    asked = confirm or read
    if asked is not None:
        _reading(asked, confirm is not None, by, workspace, as_json)
        return
    one = show or fix or keep
    if one is not None:
        _one(one, fix is not None, keep is not None, by, workspace, as_json)
        return
    from studio.domain.check import all_hold
    from studio.services.queries.agents import ShowAgent

    with workbench(workspace) as bench, working("Checking every path", as_json):
        page = bench.ask(ShowAgent())
    results = page.checks
    if sarif is not None:
        _write(sarif, results, page.draft.id)
    if as_json:
        put_json({"ok": all_hold(results), "checks": results})
    else:
        _tell(results, ids)
    raise typer.Exit(0 if all_hold(results) else 1)


def _tell(results: Sequence[CheckResult], ids: bool) -> None:
    for result in results:
        say(
            f"{MARKS[result.status]} "
            + (f"[{result.id}] " if ids else "")
            + f"{result.subject}: {result.detail}"
        )
        for step in result.counterexample:
            say(f"    {step.title}" + (f" → {step.label}" if step.label else ""))
    broken = sum(result.status == "broken" for result in results)
    say(f"{plural(len(results), 'check')}, {broken} broken.")


def _write(path: Path, results: Sequence[CheckResult], agent: str) -> None:
    from importlib.metadata import version

    from studio.domain.errors import WrongUse
    from studio.release.standard_sarif import sarif

    made = sarif(results, agent, version("cobuilder-studio"))
    try:
        path.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise WrongUse(f"{path} cannot be written ({error.strerror}).", "Choose another file.") from error


def _one(name: str, fix: bool, keep: bool, by: str, workspace: Path, as_json: bool) -> None:
    from studio.domain.errors import WrongUse
    from studio.services.commands import EditAgent
    from studio.services.queries.check_findings import ShowFinding

    with workbench(workspace, by) as bench:
        found = bench.ask(ShowFinding(name))
        change = found.fix if fix else found.add_test if keep else None
        if (fix or keep) and change is None:
            raise WrongUse(
                f"Nothing can be proposed for this finding: {found.result.detail}",
                "Only a person can tell what is meant here; change it by hand.",
            )
        if change is not None:
            bench.do(EditAgent(change))
    if as_json:
        put_json(found)
    elif change is not None:
        say(f"Done: {change.title}. Take it back with `cobuilder undo`.")
    else:
        _finding(found)


def _finding(found: Finding) -> None:
    say(f"{MARKS[found.result.status]} {found.result.detail}")
    if found.result.assumes:
        say(f"Assumed: {found.result.assumes}")
    if found.conversation is not None:
        say("\nAs a conversation:")
        for turn in found.conversation.turns:
            if turn.text:
                say(f"  {turn.role}: {turn.text}")
    if found.fix is not None:
        say(f"\nSuggested: {found.fix.title} (--fix).")
    if found.test is not None:
        say("A test that fails until it is mended can be kept (--keep).")


def _enforcement(workspace: Path, as_json: bool) -> None:
    from studio.services.queries.check_findings import ShowEnforcement

    with workbench(workspace) as bench:
        found = bench.ask(ShowEnforcement())
    if as_json:
        put_json(found)
        return
    for each in found:
        how = each.how + ("" if each.every_path or each.how == "text only" else ", not on every path")
        say(f"{each.rule} {each.title} [{how}]: {each.why}")


def _reading(rule: str, confirm: bool, by: str, workspace: Path, as_json: bool) -> None:
    from studio.domain.errors import WrongUse
    from studio.services.commands import EditAgent
    from studio.services.queries.check_findings import ReadRule

    with workbench(workspace, by) as bench:
        found = bench.ask(ReadRule(rule))
        if found is None:
            raise WrongUse(
                f"{rule} cannot be read as something that is proved over all paths.",
                "Guards, orders, amounts, “never”, “only once” and failures can be.",
            )
        if confirm and not found.confirmed:
            bench.do(EditAgent(found.confirm))
    if as_json:
        put_json(found)
        return
    done = "Confirmed" if confirm or found.confirmed else "Read as (confirm with --confirm)"
    say(f"{done}: {found.reading.words}")


def register(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command("check")(check)
