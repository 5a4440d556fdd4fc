"""The verb analyze: what an engine finds in a document, without changing any workspace."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.output import JsonFlag, meter, plural, put_json, say
from studio.cli.places import HERE, Workspace, read_bytes, settings_for, workbench
from studio.cli.reader import Confirm, EngineOption, engine_named, let_leave, say_reading

if TYPE_CHECKING:
    from studio.domain.finding import Analysis, Engine
    from studio.domain.source import SourceDocument
    from studio.domain.tool import Tool
    from studio.ports import LanguageModels
    from studio.services.workbench import Workbench

Read = tuple["SourceDocument", "Analysis"]


def analyze(
    files: Annotated[list[Path], typer.Argument(help="Documents to read.", metavar="FILE…")],
    tools: Annotated[
        Path | None,
        typer.Option(
            help="The systems an agent has: a JSON list of name, description, parameters.", metavar="FILE"
        ),
    ] = None,
    engine: EngineOption = "embedded",
    confirm: Confirm = False,
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Read documents and print the rules, procedures and open questions found in them.

    Needs no workspace, and by itself no network and no language model. With several files, JSON is a list.
    With --engine, in a workspace its policy holds; elsewhere --confirm lets the text go this once.

    \b
    Examples:
      cobuilder analyze refund-sop.md
      cobuilder analyze refund-sop.md --tools tools.json --json
      cobuilder analyze refund-sop.md --engine both --confirm
    """
    from studio import assembly
    from studio.cobuilder.analysis import as_report
    from studio.cobuilder.models.two_readings import reading_report
    from studio.ports import silent
    from studio.services.agent_file import read_tools
    from studio.services.stages.reading import read

    chosen = engine_named(engine)
    systems = read_tools(read_bytes(tools, "The tools file"), str(tools)) if tools else ()
    readers = assembly.document_readers()
    found: list[Read] = [
        read(readers, file.name, read_bytes(file, "The document"), systems, silent) for file in files
    ]
    if chosen != "embedded":
        found = _with_model(found, systems, chosen, workspace, confirm)
    reports = [as_report(analysis) | reading_report(analysis) for _, analysis in found]
    if as_json:
        put_json(reports[0] if len(reports) == 1 else reports)
        return
    for file, report, (_, analysis) in zip(files, reports, found, strict=True):
        _say_report(file.name, report)
        say_reading(analysis.run, analysis.disagreements)


def _with_model(
    found: list[Read], systems: tuple[Tool, ...], engine: Engine, workspace: Path, confirm: bool
) -> list[Read]:
    """Let the language model read, too, after it was said what leaves; one budget serves all documents."""
    from studio.cobuilder.models.engine import requests_for
    from studio.services.commands import ConfirmDestination, NoteModelUse
    from studio.services.stages.reading_again import Material, beside

    with _models(workspace, confirm) as (models, bench):
        requests = [each for document, _ in found for each in requests_for(document, systems)]
        preview = models.preview(requests)

        def confirmed() -> None:
            if bench is not None and preview is not None:
                bench.do(ConfirmDestination(preview.destination, preview.model))

        let_leave(preview, confirmed if confirm else None, "")
        model = models.begin()
        try:
            return [
                (document, beside(own, Material(document, systems), engine, model, meter))
                for document, own in found
            ]
        finally:
            if bench is not None and model is not None and model.used.calls:
                bench.do(NoteModelUse("Analysis of documents", model.used))


@contextmanager
def _models(workspace: Path, confirm: bool) -> Iterator[tuple[LanguageModels, Workbench | None]]:
    """Yield the models of the workspace, or those of no workspace where there is none."""
    if (workspace / "workspace.db").exists():
        with workbench(workspace) as bench:
            yield bench.outside.models, bench
        return
    from studio.assembly import models_without_workspace

    models = models_without_workspace(settings_for(""), confirmed=confirm)
    try:
        yield models, None
    finally:
        models.close()


def _say_report(name: str, report: dict[str, Any]) -> None:
    rules, procedures, questions = report["rules"], report["workflows"], report["questions"]
    say(
        f"{name}: {plural(len(rules), 'rule')}, {plural(len(procedures), 'procedure')}, "
        f"{plural(len(questions), 'open question')}"
    )
    for rule in rules:
        say(f"  {rule['kind']:<9} {' '.join(rule['text'].split())}")
    for procedure in procedures:
        say(f"  procedure “{procedure['name']}”")
        for step in procedure["steps"]:
            system = f" → {step['tool']}" if step["tool"] else ""
            say(f"    {step['kind']:<9} {' '.join(step['text'].split())}{system}")
    for question in questions:
        say(f"  ?         {question['text']}")
    if "declined" in report:
        say(f"  Nothing was read from it. {report['declined']}")
    for each in report.get("suspicions", ()):
        say(f"  !         {each['place']}: {each['reason']} “{' '.join(each['source_quote'].split())}”")


def register(app: typer.Typer) -> None:
    """Add the verb to the command."""
    app.command("analyze")(analyze)
