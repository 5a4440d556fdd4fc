"""Verbs of runs that were simulated: their history, one conversation on both sides, keep, fix, export."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, meter, put_json, say, table
from studio.cli.places import HERE, Who, Workspace, workbench
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.domain.run import Conversation
    from studio.domain.scenario import Fault

Run = Annotated[str, typer.Option("--run", help="A run of the history, else the newest.", metavar="RUN")]
Test = Annotated[str, typer.Argument(help="The test, by its id.")]
Customer = Annotated[int, typer.Option(help="The customer, counted from 1.", min=1)]

_WHEN = {"at": "step", "chance": "chance", "times": "times", "seconds": "seconds"}

runs = typer.Typer(
    name="run",
    no_args_is_help=True,
    help="Runs that were simulated: history, both sides of a conversation, keep as test, fix, export.",
)


def faults_of(given: list[str] | None) -> tuple[Fault, ...]:
    """Return the faults that were named on the command line; raises WrongUse."""
    return tuple(_fault(each) for each in given or ())


def _fault(given: str) -> Fault:
    """Return one fault: SYSTEM=WHAT, then where and how often, `,at=STEP,chance=20%,times=2,seconds=12`."""
    from pydantic import ValidationError

    from studio.domain.scenario import Fault

    first, *rest = given.split(",")
    name, _, kind = first.partition("=")
    tree: dict[str, object] = {"id": name.strip(), "failure": kind.strip() or "timeout"}
    for part in rest:
        key, sign, value = (each.strip() for each in part.partition("="))
        if not sign or key not in _WHEN:
            raise WrongUse(
                f"“{part.strip()}” does not say when “{name}” fails.",
                "Add at=STEP, chance=20%, times=2 or seconds=12, each after a comma.",
            )
        share = value.endswith("%")
        number = value.removesuffix("%").strip()
        tree[_WHEN[key]] = (
            str(float(number) / 100) if share and number.replace(".", "", 1).isdigit() else value
        )
    try:
        return Fault.model_validate(tree)
    except ValidationError as error:
        wrong = error.errors()[0]["loc"][0]
        if wrong == "failure":
            raise WrongUse(f"“{kind}” is nothing that can go wrong.", "`cobuilder run faults`.") from error
        raise WrongUse(
            f"“{tree[str(wrong)]}” says no {wrong} of “{given}”.",
            "Write chance as 20% (up to 100%), times and seconds as numbers.",
        ) from error


@runs.command("list")
def list_runs(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """List the runs, oldest first, with what passed: the trend from run to run."""
    from studio.services.queries.runs import ListRuns

    with workbench(workspace) as bench:
        found = bench.ask(ListRuns())
    if as_json:
        put_json(found)
        return
    rows = [
        (
            r.id,
            r.kind,
            f"{r.tests_passed}/{r.tests}",
            f"{r.goals:.1%}",
            r.limits_broken,
            r.customers,
            r.seed,
            r.setup or "every test, against the live version",
        )
        for r in found
    ]
    if rows:
        table(("run", "kind", "passed", "goal", "limits broken", "customers", "group", "set-up"), rows)
    else:
        say("Nothing was simulated yet; run `cobuilder simulate`.")


@runs.command("faults")
def list_faults(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """List what can be made to go wrong in a trial (`cobuilder simulate --fault`).

    \b
    Each may be narrowed: get_order=timeout,at=find-order or get_order=slow,chance=20%,seconds=12
    or get_order=error,times=1 (the first call only).
    """
    from studio.services.queries.runs import ShowSetup

    with workbench(workspace) as bench:
        there = bench.ask(ShowSetup())
    if as_json:
        put_json(there)
        return
    steps = {(f.id, f.failure): ", ".join(ids) for f, ids in there.fault_steps}
    table(
        ("write", "what happens", "at the steps"),
        [(f"{f.id}={f.failure}", words, steps.get((f.id, f.failure), "")) for words, f in there.faults],
    )


@runs.command("conversations")
def conversations(
    file: Annotated[Path, typer.Argument(help="JSON, JSON lines, a table (CSV), or a plain transcript.")],
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Show what is understood of a file of conversations, before they are simulated; nothing is kept.

    \b
    Examples:
      cobuilder run conversations calls.txt
      cobuilder simulate --conversations calls.txt
    """
    from studio.services.queries.conversations import ReadConversations
    from studio.services.text_files import read_text

    with workbench(workspace) as bench:
        page = bench.ask(ReadConversations(read_text(file)))
    if as_json:
        put_json(page)
        return
    rows = [(r.id, r.wish or r.why, "; ".join(r.told), r.manner, len(r.unheard)) for r in page.rows]
    table(("conversation", "wants", "tells", "behaves", "turns not understood"), rows)
    say(page.words)


@runs.command("compare")
def compare(
    test: Test,
    customer: Customer = 1,
    run: Run = "",
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Show one conversation on both sides, with the first difference marked.

    \b
    Examples:
      cobuilder run compare T-03 --customer 2
    """
    from studio.services.queries.simulate import ShowConversation

    with workbench(workspace) as bench:
        page = bench.ask(ShowConversation(test, customer - 1, run))
    if as_json:
        put_json(page)
        return
    for name, talk in (("live", page.live), ("draft", page.draft)):
        say(f"{name}:" if talk else f"{name}: not run on this side")
        if talk is not None:
            _tell(talk, page.parts_at)
    if page.live is not None and page.parts_at is None:
        say("Both go the same way.")


def _tell(talk: Conversation, parts_at: int | None) -> None:
    for at, turn in enumerate(talk.turns):
        if at == parts_at:
            say("  --- from here on both differ ---")
        told = turn.text or f"· {', '.join(e.detail for e in turn.events if e.detail)}"
        say(f"  {turn.role}: {told}" if turn.text else f"  {told}")
    say(f"  ended: {talk.outcome}, {'right' if talk.passed else 'not right'}")
    for mark in talk.marks:
        if not mark.ok:
            say(f"  not right: {mark.words}")
    if talk.blame not in (None, "agent"):
        say(f"  not the agent's fault but the {talk.blame}'s: {talk.because or ''}".rstrip())


@runs.command("keep")
def keep(
    test: Test, customer: Customer = 1, run: Run = "", workspace: Workspace = HERE, who: Who = ""
) -> None:
    """Make a test of the draft of one conversation; undo takes it back."""
    from studio.services.commands import KeepAsTest

    with workbench(workspace, who) as bench:
        say(bench.do(KeepAsTest(test, customer - 1, run)).title)


@runs.command("fix")
def fix(
    test: Test,
    customer: Customer = 1,
    run: Run = "",
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Let CoBuilder look for what makes a failed conversation right; exit code 1 where it finds nothing.

    \b
    Examples:
      cobuilder run fix T-03 && cobuilder review list P-02
    """
    from studio.services.stages.fixing import FixFailure

    with workbench(workspace, who) as bench:
        reply = bench.run(FixFailure(test, customer - 1, run), meter)
    if as_json:
        put_json(reply)
    else:
        say(reply.text)
        if reply.proposal is not None:
            say(f"{reply.proposal.id}: `cobuilder review list {reply.proposal.id}`")
    raise typer.Exit(0 if reply.understood else 1)


@runs.command("export")
def export(
    file: Annotated[Path, typer.Argument(help="A file that ends in .csv, .json or .html.")],
    run: Run = "",
    workspace: Workspace = HERE,
) -> None:
    """Write a run to a file: CSV a line a conversation, JSON everything, HTML one page without script."""
    from studio.services.stages.exporting_run import ExportRun

    with workbench(workspace) as bench:
        say(f"{bench.run(ExportRun(file, run), meter)} is written.")


PerTest = Annotated[int, typer.Option(help="Customers of each test.", min=1, max=100)]


@runs.command("sheet")
def sheet(
    file: Annotated[Path, typer.Argument(help="The CSV file to write.")],
    customers: PerTest = 1,
    run: Run = "",
    workspace: Workspace = HERE,
) -> None:
    """Write conversations to a table in which people label whether the agent answered what was asked."""
    from studio.services.stages.judging import SheetForLabels

    with workbench(workspace) as bench:
        text = bench.ask(SheetForLabels(run, customers))
    try:
        file.write_text(text, encoding="utf-8-sig", newline="")
    except OSError as error:
        raise WrongUse(f"{file} cannot be written: {error.strerror}.", "Choose another place.") from error
    say(f"{file} is written: put yes or no under “answered”, then `cobuilder run judge --labels {file}`.")


@runs.command("judge")
def judge(
    labels: Annotated[
        Path | None, typer.Option(help="People's labels (`cobuilder run sheet`), to calibrate the judge.")
    ] = None,
    customers: PerTest = 1,
    run: Run = "",
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Let the chosen language model judge whether conversations answered what was asked; never counted.

    \b
    Examples:
      cobuilder run sheet labels.csv --customers 3
      cobuilder run judge --labels labels.csv
    """
    from studio.services.stages.judging import Judge
    from studio.services.text_files import read_text

    job = Judge(run, customers, read_text(labels) if labels is not None else "")
    with workbench(workspace, who) as bench:
        made = bench.run(job, meter)
    if as_json:
        put_json(
            {"run": made.run, "model": made.model, "judged": made.judgements, "agreement": made.agreement}
        )
        return
    said = {True: "answered", False: "not answered", None: "no judgement"}
    people = {place: said[label] for place, label in made.labels.items()}
    rows = [
        (j.test, j.customer, said[j.answered], people.get(j.place, ""), j.question) for j in made.judgements
    ]
    table(("test", "customer", "the judge", "people", "question"), rows)
    say(made.words)


def register(app: typer.Typer) -> None:
    """Add these verbs to the command."""
    app.add_typer(runs)
