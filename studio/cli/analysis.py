"""The verb analyze: what the embedded engine finds in a document, without a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.output import JsonFlag, plural, put_json, say
from studio.cli.places import read_bytes


def analyze(
    files: Annotated[list[Path], typer.Argument(help="Documents to read.", metavar="FILE…")],
    tools: Annotated[
        Path | None,
        typer.Option(
            help="The systems an agent has: a JSON list of name, description, parameters.", metavar="FILE"
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Read documents and print the rules, procedures and open questions found in them.

    Needs no workspace, uses no network and no language model. With several files, JSON is a list.

    \b
    Examples:
      cobuilder analyze refund-sop.md
      cobuilder analyze refund-sop.md --tools tools.json --json
    """
    from studio import assembly
    from studio.cobuilder.analysis import as_report
    from studio.ports import silent
    from studio.services.agent_file import read_tools
    from studio.services.stages.reading import read

    systems = read_tools(read_bytes(tools, "The tools file"), str(tools)) if tools else ()
    reports = []
    for file in files:
        data = read_bytes(file, "The document")
        _, found = read(assembly.document_readers(), file.name, data, systems, silent)
        reports.append(as_report(found))
    if as_json:
        put_json(reports[0] if len(reports) == 1 else reports)
        return
    for file, report in zip(files, reports, strict=True):
        rules, procedures, questions = report["rules"], report["workflows"], report["questions"]
        say(
            f"{file.name}: {plural(len(rules), 'rule')}, {plural(len(procedures), 'procedure')}, "
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
