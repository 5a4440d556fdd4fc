"""The verb that writes the report of a review: `review report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, meter, note, put_json, say
from studio.cli.places import HERE, Workspace, workbench

if TYPE_CHECKING:
    from studio.services.stages.review_reporting import ReportKind
    from studio.services.workbench import Workbench


def review_report(
    proposal: Annotated[str, typer.Argument(help="The proposal, as P-01.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The file to write: report.html or report.pdf.")
    ],
    as_is: Annotated[
        bool, typer.Option("--as-is", help="Do not work out who is affected; tell what is known of it.")
    ] = False,
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Write the report of a review: a web page or a PDF that stands alone.

    \b
    It tells the proposal in words, whom it treats differently, every change drawn with its reasons,
    proofs, coverage, decisions and approvals. The same review gives the same file. Nothing changes.

    \b
    Examples:
      cobuilder review report P-01 -o report.html
      cobuilder review report P-01 -o report.pdf
    """
    from studio.domain.errors import WrongUse
    from studio.services.stages.review_reporting import MakeReviewReport

    kinds: dict[str, ReportKind] = {".html": "html", ".htm": "html", ".pdf": "pdf"}
    kind = kinds.get(output.suffix.lower())
    if kind is None:
        raise WrongUse(
            f"A report cannot be written as “{output.name}”.", "Let the file end with .html or .pdf."
        )
    with workbench(workspace) as bench:
        if not as_is:
            _find_out(bench, proposal)
        made = bench.run(MakeReviewReport(proposal, kind), meter)
    _write(output, made.data)
    if as_json:
        put_json(
            {
                "proposal": made.proposal_id,
                "file": str(output),
                "kind": made.kind,
                "bytes": len(made.data),
                "as_of": made.as_of,
                "consequences": made.with_consequences,
            }
        )
        return
    say(f"Written: {output} ({len(made.data):,} bytes), as of {made.as_of[:16].replace('T', ' ')} UTC.")


def _find_out(bench: Workbench, proposal: str) -> None:
    """Work out who is affected, where nobody knows it yet."""
    from studio.domain.errors import WrongUse
    from studio.services.queries.consequences import ShowConsequences
    from studio.services.stages.consequences import WorkOutConsequences

    if bench.ask(ShowConsequences(proposal)).current:
        return
    try:
        bench.run(WorkOutConsequences(proposal), meter)
    except WrongUse as why:  # no tests, no customers: the report says that it cannot tell
        note(str(why))


def _write(output: Path, data: bytes) -> None:
    from studio.domain.errors import WrongUse

    try:
        output.write_bytes(data)
    except OSError as error:
        raise WrongUse(
            f"“{output}” cannot be written: {error.strerror}.", "Choose a folder that is yours."
        ) from error


def register(app: typer.Typer) -> None:
    """Add the verb to those of review."""
    app.command("report")(review_report)
