"""The verbs of tests: list, show, run, new, copy, tag, untag, behave, fail, remove, missing, write.

- `run` meets each test once, by its first customer, on the draft as it is, and records nothing.
- What changes tests is one edit, undone by `undo`; one field of one test is changed by `edit set`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.output import JsonFlag, plural, put_json, say
from studio.cli.places import HERE, Who, Workspace, workbench
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.domain.scenario import Scenario
    from studio.domain.scenario_edit import ScenarioEdit
    from studio.services.queries.tests import TestRows

Names = Annotated[list[str], typer.Argument(help="The tests, as T-01.", metavar="TEST...")]
SomeNames = Annotated[
    list[str] | None, typer.Argument(help="The tests, as T-01; without them, all.", metavar="[TEST...]")
]
Tags = Annotated[list[str], typer.Option("--tag", help="A tag; give it once for each.", metavar="WORD")]


def list_tests(
    tag: Annotated[str, typer.Option("--tag", help="Only those with this tag.")] = "",
    words: Annotated[str, typer.Option("--words", help="Only those that say these words.")] = "",
    workflow: Annotated[str, typer.Option("--workflow", help="Only those of this workflow.")] = "",
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """List the tests of the draft.

    \b
    Examples:
      cobuilder tests list --tag refunds
      cobuilder tests list --words supervisor --json
    """
    from studio.services.finding_tests import found_by
    from studio.services.queries.tests import ShowTests

    with workbench(workspace) as bench:
        rows = bench.ask(ShowTests())
    found = [
        each
        for each in rows.draft.scenarios
        if found_by(each, words, tag) and (not workflow or each.workflow == workflow)
    ]
    if as_json:
        put_json(found)
        return
    for each in found:
        tags = f"  [{', '.join(each.tags)}]" if each.tags else ""
        say(f"{each.id:<6} {each.title}{tags}")
    say(f"{plural(len(found), 'test')}.")


def show(
    test: Annotated[str, typer.Argument(help="The test, as T-01.")],
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Show one test: who comes, with what, what fails, what must happen."""
    from studio.domain.frozen import to_json
    from studio.services.queries.tests import ShowTests, scenario_of
    from studio.services.wording import scenario_lines

    with workbench(workspace) as bench:
        found = scenario_of(bench.ask(ShowTests()).draft, test)
    if as_json:
        put_json(found)
        return
    for line in scenario_lines(to_json(found)):
        say(line)
    if found.tags:
        say(f"Tags: {', '.join(found.tags)}")


def run(
    tests: SomeNames = None,
    tag: Annotated[str, typer.Option("--tag", help="Those with this tag.")] = "",
    talk: Annotated[bool, typer.Option("--talk", help="Show what was said.")] = False,
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Meet tests once on the draft, at once; exit code 1 where one does not pass.

    The same draft and test give the same conversation. `simulate` meets many customers, and is evidence.

    \b
    Examples:
      cobuilder tests run
      cobuilder tests run T-03 --talk
    """
    from studio.services.finding_tests import found_by
    from studio.services.queries.tests import MeetTest, ShowTests

    with workbench(workspace) as bench:
        draft = bench.ask(ShowTests()).draft
        ids = tests or [each.id for each in draft.scenarios if found_by(each, "", tag)]
        if not ids:
            raise WrongUse("No test is meant.", "`cobuilder tests list` names what there is.")
        met = [bench.ask(MeetTest(each)) for each in ids]
    failed = [each for each in met if not each.conversation.passed]
    if as_json:
        put_json({"passed": len(met) - len(failed), "failed": len(failed), "tests": met})
    else:
        for one in met:
            mark = "right    " if one.conversation.passed else "NOT RIGHT"
            say(f"{mark}  {one.scenario.id} {one.scenario.title}")
            for wrong in (each for each in one.conversation.marks if not each.ok):
                say(f"           {wrong.words}")
            for turn in one.conversation.turns if talk else ():
                if turn.text:
                    say(f"    {turn.role}: {turn.text}")
        say(f"{len(met) - len(failed)} of {plural(len(met), 'test')} right, each met once.")
    if failed:
        raise typer.Exit(1)


def new(
    workflow: Annotated[str, typer.Argument(help="The workflow that is tested, by its id.")],
    title: Annotated[str, typer.Option(help="What the test is called.")] = "",
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Make a test: a customer who tells all that the workflow asks for, whose request is resolved."""
    from studio.domain.scenario_edit import ScenarioWanted

    _do(ScenarioWanted(workflow=workflow, title=title), workspace, who, as_json)


def copy(
    test: Annotated[str, typer.Argument(help="The test, as T-01.")],
    vary: Annotated[str, typer.Option("--vary", help="How the copy differs: one of those listed.")] = "",
    ways: Annotated[bool, typer.Option("--ways", help="List how it can be varied.")] = False,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Duplicate a test, as it is or varied: a value at a limit, a behaviour, something that fails.

    \b
    Examples:
      cobuilder tests copy T-01 --ways
      cobuilder tests copy T-01 --vary "behaviour:impatient"
    """
    from studio.domain.scenario_edit import ScenarioCopy
    from studio.services.queries.tests import ShowVariations

    if not ways:
        _do(ScenarioCopy(test=test, variation=vary), workspace, who, as_json)
        return
    with workbench(workspace) as bench:
        found = bench.ask(ShowVariations(test))
    if as_json:
        put_json([{"id": each.id, "group": each.group, "words": each.words} for each in found])
        return
    for each in found:
        say(f"{each.group}: {each.words}  (--vary “{each.id}”)")


def tag(
    tests: Names, tags: Tags, workspace: Workspace = HERE, who: Who = "", as_json: JsonFlag = False
) -> None:
    """Tag tests with words to find them by: `cobuilder tests tag T-01 T-02 --tag refunds`."""
    _several("tag", tests, workspace, who, as_json, tags=tags)


def untag(
    tests: Names, tags: Tags, workspace: Workspace = HERE, who: Who = "", as_json: JsonFlag = False
) -> None:
    """Take tags from tests."""
    _several("untag", tests, workspace, who, as_json, tags=tags)


def behave(
    tests: Names,
    behaviours: Annotated[
        list[str] | None, typer.Option("--manner", help="A behaviour, as impatient.")
    ] = None,
    plainly: Annotated[bool, typer.Option("--plainly", help="Take all behaviours away.")] = False,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Let the customers of tests behave otherwise: `cobuilder tests behave T-01 --manner impatient`."""
    deed = "remove behaviours" if plainly else "add behaviours"
    _several(deed, tests, workspace, who, as_json, behaviours=behaviours or [])


def fail(
    tests: Names,
    faults: Annotated[
        list[str] | None, typer.Option("--fault", help="What fails, and how, as create_return=timeout.")
    ] = None,
    nothing: Annotated[bool, typer.Option("--nothing", help="Let nothing fail any more.")] = False,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Let systems fail in tests: `cobuilder tests fail T-01 --fault issue_refund=timeout`."""
    made = [dict(zip(("id", "failure"), each.split("=", 1), strict=False)) for each in faults or ()]
    if any(len(each) < 2 for each in made):
        raise WrongUse("It is not said how it fails.", "Write system=kind, as issue_refund=timeout.")
    _several("remove faults" if nothing else "add faults", tests, workspace, who, as_json, faults=made)


def remove(tests: Names, workspace: Workspace = HERE, who: Who = "", as_json: JsonFlag = False) -> None:
    """Delete tests from the draft; `undo` brings them back."""
    _several("delete", tests, workspace, who, as_json)


def missing(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """List what no passing test exercises: rules, steps, ways, rows, failures, sentences."""
    from studio.services.queries.tests import ShowTestCoverage

    with workbench(workspace) as bench:
        found = bench.ask(ShowTestCoverage())
    if as_json:
        put_json({"gaps": found.gaps, "words_only": found.words_only, "items": found.items})
        return
    for kind in dict.fromkeys(each.kind for each in found.items):
        all_of = found.of(kind)
        left = [each for each in all_of if not each.passed]
        say(f"{kind}: {len(all_of) - len(left)} of {len(all_of)} by passing tests")
        for each in left:
            say(f"  {each.state}: {each.title}  ({kind} {each.id})")
    for rule in found.words_only:
        say(f"In words only, no test can show it: {rule}")


def write(
    kind: Annotated[str, typer.Argument(help="What it is: rules, steps, branches, rows, faults, sentences.")],
    name: Annotated[str, typer.Argument(help="Which one, as `missing` names it.")],
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Write a test for something that no passing test exercises; it is run first.

    \b
    Example:
      cobuilder tests write rows refund-progress/none
    """
    from studio.services.authoring.gap_tests import gap_test
    from studio.services.commands import EditAgent
    from studio.services.queries.tests import ShowTests

    with workbench(workspace, who) as bench:
        rows = bench.ask(ShowTests())
        made = gap_test(rows.draft, kind, name, rows.taken)
        bench.do(EditAgent(made.changeset))
    if as_json:
        put_json({"test": made.scenario, "fails": made.fails})
        return
    say(made.changeset.title)
    say(f"The draft does not pass it: {made.fails}" if made.fails else "It was run: the draft passes it.")


def _several(
    deed: str, tests: list[str], workspace: Any, who: str, as_json: bool, **given: list[Any]
) -> None:
    from pydantic import ValidationError

    from studio.domain.scenario_edit import ScenarioWish

    try:
        wish = ScenarioWish.model_validate({"deed": deed, "tests": tests, **given})
    except ValidationError as error:
        found = error.errors()[0]
        raise WrongUse(f"“{found['input']}” is not among what there is.", f"{found['msg']}.") from None
    _do(wish, workspace, who, as_json)


def _do(wish: ScenarioEdit, workspace: Any, who: str, as_json: bool) -> None:
    from studio.services.authoring.scenarios import fulfil_tests, made_test
    from studio.services.commands import EditAgent
    from studio.services.queries.tests import ShowTests

    with workbench(workspace, who) as bench:
        rows: TestRows = bench.ask(ShowTests())
        made = fulfil_tests(rows.draft, wish, rows.taken)
        if made.changes:
            bench.do(EditAgent(made))
        after: dict[str, Scenario] = {each.id: each for each in bench.ask(ShowTests()).draft.scenarios}
    if as_json:
        ids = list(getattr(wish, "tests", ())) or [made_test(made)]
        put_json(
            {"title": made.title, "done": bool(made.changes), "tests": [after[i] for i in ids if i in after]}
        )
        return
    say(made.title if made.changes else "Nothing changes: it is so already.")


def register(app: typer.Typer) -> None:
    """Add the verbs to `cobuilder tests`."""
    app.command("list")(list_tests)
    for verb in (show, run, new, copy, tag, untag, behave, fail, remove, missing, write):
        app.command(verb.__name__)(verb)
