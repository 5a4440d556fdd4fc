"""The verb of evidence: simulate."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.output import JsonFlag, meter, note, plural, put_json, say, table
from studio.cli.places import HERE, Who, Workspace, workbench

if TYPE_CHECKING:
    from studio.domain.scenario import Scenario
    from studio.services.queries.simulate import ComparisonPage, ConversationPage
    from studio.services.stages.simulating import Simulate
    from studio.services.workbench import Workbench
    from studio.simulation.verdicts import Verdict

Cluster = Annotated[
    str, typer.Option(help="Run on a Dask cluster: its scheduler's address.", metavar="tcp://HOST:PORT")
]
Processes = Annotated[
    int | None,
    typer.Option(
        help="Processes of this computer to run in.", min=1, show_default="by how much there is to do"
    ),
]
Transcript = Annotated[
    str | None, typer.Option(help="Also print the first conversation of this test.", metavar="TEST")
]
Sampled = Annotated[
    bool, typer.Option("--model", help="Let the chosen language model listen and word: a sample, no proof.")
]
Whole = Annotated[
    bool, typer.Option("--whole", help="The chosen language model is the whole agent, under its guards.")
]
Speaking = Annotated[
    bool,
    typer.Option("--customers-by-model", help="A language model words the customers: a sample, no proof."),
]
Tests = Annotated[list[str] | None, typer.Option("--test", help="Only this test; a trial.", metavar="TEST")]
Manners = Annotated[
    list[str] | None, typer.Option("--manner", help="Every customer also does this; a trial.")
]
Faults = Annotated[
    list[str] | None,
    typer.Option(
        "--fault",
        help="This goes wrong (`cobuilder run faults` lists what can, and when); a trial.",
        metavar="SYSTEM=WHAT",
    ),
]
Against = Annotated[
    int | None, typer.Option(help="Compare with this version; without it, the live one.", metavar="VERSION")
]
Drawn = Annotated[
    int,
    typer.Option(
        "--generate",
        help="So many further customers, drawn by the seed from the tests; a trial.",
        min=0,
        show_default=False,
    ),
]
AtLimits = Annotated[
    bool, typer.Option("--limits", help="Also customers at every limit that decisions compare; a trial.")
]
FromFile = Annotated[
    Path | None,
    typer.Option(
        "--conversations",
        help="Also the customers of a file of conversations (`cobuilder run conversations`); a trial.",
        metavar="FILE",
    ),
]
ExportTo = Annotated[Path | None, typer.Option("--export", help="Also write it to a .csv, .json or .html.")]


def simulate(
    customers: Annotated[int, typer.Option(help="Customers a test.", min=1)] = 5,
    seed: Annotated[int, typer.Option(help="The seed; the same seed gives the same conversations.")] = 7,
    test: Tests = None,
    manner: Manners = None,
    fault: Faults = None,
    generate: Drawn = 0,
    limits: AtLimits = False,
    conversations: FromFile = None,
    against: Against = None,
    transcript: Transcript = None,
    export: ExportTo = None,
    cluster: Cluster = "",
    workers: Processes = None,
    model: Sampled = False,
    whole: Whole = False,
    customers_by_model: Speaking = False,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Let the same customers meet the live version and the draft; exit code 1 if a test of the draft fails.

    With a chosen test, manner, fault, version or further customers it is a trial: kept in the history, and
    no evidence for a release.

    \b
    Examples:
      cobuilder simulate --customers 50 --seed 7 --transcript T-04
      cobuilder simulate --test T-04 --manner angry --fault get_order=timeout
      cobuilder simulate --generate 500 --limits --conversations calls.txt
      cobuilder simulate --customers 50000 --cluster tcp://10.0.0.5:8786
    """
    from studio import assembly
    from studio.domain.errors import WrongUse

    if cluster and workers:
        raise WrongUse("A run is on a cluster or on this computer.", "Leave out --cluster or --workers.")
    with (
        closing(assembly.workers(cluster, workers or 0)) as where,
        workbench(workspace, who, where) as bench,
    ):
        _need_test(bench, transcript)
        job = replace(
            _job(seed, customers, test, manner, fault, against),
            drawn=generate,
            limits=limits,
            cards=_cards(bench, conversations),
        )
        if model or whole or customers_by_model:
            if model and customers_by_model:
                raise WrongUse("One model cannot be agent and customer at once.", "Choose one of both.")
            raise typer.Exit(_sample(bench, job, whole, as_json, customers_by_model))
        right = _simulated(bench, job, transcript, export, as_json)
    raise typer.Exit(0 if right else 1)


def _job(
    seed: int,
    customers: int,
    tests: list[str] | None,
    manners: list[str] | None,
    faults: list[str] | None,
    against: int | None,
) -> Simulate:
    from studio.cli.runs import faults_of
    from studio.services.stages.simulating import Simulate

    named: Any = tuple(manners or ())  # what is no manner is refused by the job, with those that are
    return Simulate(seed, customers, tuple(tests or ()), named, faults_of(faults), against)


def _cards(bench: Workbench, file: Path | None) -> tuple[Scenario, ...]:
    """Return the customers of a file of conversations, and say how much of it was understood."""
    from studio.domain.errors import WrongUse
    from studio.services.queries.conversations import ReadConversations
    from studio.services.text_files import read_text

    if file is None:
        return ()
    page = bench.ask(ReadConversations(read_text(file)))
    if not page.cards:
        raise WrongUse(page.words, "See `cobuilder run conversations` for each of them.")
    note(page.words)
    return page.cards


def _simulated(
    bench: Workbench, job: Simulate, transcript: str | None, export: Path | None, as_json: bool
) -> bool:
    """Run, export where asked to, and tell; return whether every test passes every time."""
    from studio.services.queries.records import ShowCoverage
    from studio.services.queries.simulate import ShowComparison, ShowConversation
    from studio.services.run_export import format_of
    from studio.services.stages.exporting_run import ExportRun

    if export is not None:
        format_of(export)
    bench.run(job, meter)
    page = bench.ask(ShowComparison())
    assert page is not None
    if export is not None:
        bench.run(ExportRun(export, page.id))
    talk = bench.ask(ShowConversation(transcript)) if transcript else None
    right = page.draft.scenarios_passed == page.draft.scenarios
    told = () if right else bench.ask(ShowCoverage(page.id)).verdicts
    if as_json:
        put_json({"comparison": page, "conversation": talk} if talk else page)
        return right
    _tell(page, told, talk)
    if page.trial:
        say(f"A trial, no evidence for a release: {page.trial}")
    if export is not None:
        say(f"{export} is written.")
    return right


def _need_test(bench: Workbench, name: str | None) -> None:
    """Refuse the name of a test that the draft does not have, before anything is run."""
    from studio.domain.errors import WrongUse
    from studio.services.queries.agents import ShowAgent

    known = {scenario.id for scenario in bench.ask(ShowAgent()).draft.scenarios}
    if name and name not in known:
        raise WrongUse(f"The draft has no test “{name}”.", f"It has: {', '.join(sorted(known))}.")


def _tell(page: ComparisonPage, told: tuple[Verdict, ...], talk: ConversationPage | None) -> None:
    rows = [
        (
            r.id,
            f"{r.live_passed}/{r.live_total}" if r.live_total else "new",
            f"{r.draft_passed}/{r.draft_total}",
            r.difference or "same",
            r.title,
        )
        for r in page.rows
    ]
    table(("test", "live", "draft", "difference", "title"), rows)
    say(
        f"\n{page.draft.scenarios_passed} of {plural(page.draft.scenarios, 'test')} pass every time "
        f"(live: {page.live.scenarios_passed} of {page.live.scenarios}); "
        f"evidence {page.draft_digest[:16]}"
    )
    for verdict in told:
        if verdict.right < verdict.total:
            whose = ", ".join(f"{blame} {n}" for blame, n in verdict.blamed.items())
            say(f"  {verdict.scenario}: {verdict.words} At fault: {whose}. {' '.join(verdict.reasons)}")
    for turn in talk.draft.turns if talk and talk.draft else ():
        say(f"  {turn.role}: {turn.text}" if turn.text else f"  · {', '.join(e.detail for e in turn.events)}")


def _sample(
    bench: Workbench, job: Simulate, whole: bool, as_json: bool, customers_speak: bool = False
) -> int:
    """Let the draft meet the same customers without and with the chosen model; return the exit code."""
    from studio.services.queries.simulate import ShowSample
    from studio.services.stages.sampling import Sample

    bench.run(Sample.like(job, whole, customers_speak), meter)
    page = bench.ask(ShowSample())
    assert page is not None
    if as_json:
        put_json(page)
    else:
        rows = [
            (r.id, f"{r.live_passed}/{r.live_total}", f"{r.draft_passed}/{r.draft_total}", r.title)
            for r in page.rows
        ]
        table(("test", "without", "with model", "title"), rows)
        say(f"\nSampled with {page.model}; this proves nothing. Not let through of its answers:")
        for why, times in page.stopped:
            say(f"  {times} × {why}")
        if not page.stopped:
            say("  nothing had to be stopped.")
    return 0 if page.sampled.scenarios_passed == page.sampled.scenarios else 1


def register(app: typer.Typer) -> None:
    """Add this verb to the command."""
    app.command("simulate")(simulate)
