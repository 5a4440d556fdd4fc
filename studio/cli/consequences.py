"""The verb that tells whom a proposal treats differently: `review consequences`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, meter, plural, put_json, say
from studio.cli.places import HERE, Workspace, workbench

if TYPE_CHECKING:
    from studio.domain.consequence import ChangeEffect, Consequences, EffectGroup, Together
    from studio.domain.trace import Turn

SHOWN = 8
"""Groups that are told of one change."""


def review_consequences(
    proposal: Annotated[str, typer.Argument(help="The proposal, as P-01.")],
    change: Annotated[
        str | None, typer.Argument(help="One change, as C-03, with its conversations; without it, all.")
    ] = None,
    customers: Annotated[
        int, typer.Option("--customers", help="How many customers meet both versions.")
    ] = 500,
    seed: Annotated[int, typer.Option("--seed", help="The seed that customers are drawn by.")] = 7,
    with_model: Annotated[
        bool,
        typer.Option("--with-model", help="Let the chosen language model listen and word, several times."),
    ] = False,
    repeats: Annotated[
        int, typer.Option("--repeats", help="With a model: how often each test is met by both versions.")
    ] = 5,
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Tell which customers a proposal treats differently: all of it, and each change alone.

    \b
    The same customers meet the draft without the proposal and with it. They come from the tests, and
    are made for every limit that a change touches. Nothing in the draft is changed.

    \b
    Examples:
      cobuilder review consequences P-01
      cobuilder review consequences P-01 C-03 --customers 2000
    """
    from studio.domain.errors import WrongUse
    from studio.services.queries.consequences import ShowConsequences
    from studio.services.stages.consequences import WorkOutConsequences

    if with_model:
        _say_sampled(proposal, change, repeats, seed, workspace, as_json)
        return
    with workbench(workspace) as bench:
        page = bench.ask(ShowConsequences(proposal))
        found = page.found
        if found is None or not page.current or (found.asked, found.seed) != (customers, seed):
            found = bench.run(WorkOutConsequences(proposal, customers, seed), meter)
    one = found.change(change) if change else None
    if change and one is None:
        raise WrongUse(f"Proposal {proposal} has no change “{change}”.", "Without a change, all are told.")
    if as_json:
        put_json(one if one is not None else found)
        return
    if one is not None:
        _say_effect(one, stories=True)
        _say_meetings([each for each in found.together if one.change in each.changes])
        return
    _say_all(found)


def _say_sampled(
    proposal: str, change: str | None, repeats: int, seed: int, workspace: Path, as_json: bool
) -> None:
    from studio.domain.errors import WrongUse
    from studio.services.stages.consequences_sampled import SampleConsequences

    if change is not None:
        raise WrongUse("With a language model the whole proposal is tried, no single change.")
    with workbench(workspace) as bench:
        found = bench.run(SampleConsequences(proposal, repeats, seed), meter)
    if as_json:
        put_json(found)
        return
    say(f"{proposal} with {found.model}, {plural(found.repeats, 'time')} a test. A sample proves nothing.")
    for each in found.evidence:
        say(f"  {each.of or 'All tests'}: {each.sentence}")
    for test in found.new:
        say(f"  {test}: is of a new workflow, which only the proposal has.")


def _say_all(found: Consequences) -> None:
    made = f", {found.generated:,} of them made for these changes" if found.generated else ""
    say(f"{found.proposal_id}: {plural(found.customers, 'customer')} met both versions{made}.")
    for note in found.notes:
        say(f"! {note}")
    say(f"\nAll changes together: {found.whole.sentence}")
    _say_groups(found.whole)
    for each in found.changes:
        _say_effect(each, stories=False)
    _say_meetings(found.together)


def _say_effect(effect: ChangeEffect, *, stories: bool) -> None:
    required = f" (with {', '.join(effect.requires)})" if effect.requires else ""
    say(f"\n{effect.change} {effect.title}{required}: {effect.sentence}")
    _say_groups(effect, stories=stories)
    if stories and effect.standing == "affects":
        say(f"Without it, all the others together would treat {plural(effect.missed, 'customer')} otherwise.")


def _say_groups(effect: ChangeEffect, *, stories: bool = False) -> None:
    for group in effect.groups[:SHOWN]:
        say(f"  · {group.title}")
        if stories:
            _say_stories(group)
    if len(effect.groups) > SHOWN:
        say(f"  · and {plural(len(effect.groups) - SHOWN, 'kind')} more")
    for lock in effect.locks:
        say(f"  · Whoever asks for it: {lock.words}")


def _say_stories(group: EffectGroup) -> None:
    if group.what:
        say(f"      {group.what}")
    for story in group.stories[:1]:
        at = story.reads_apart_at
        say(f"      {story.customer} “{story.title}”; both go alike up to turn {at}, then:")
        _say_side("now", story.before.turns[at:], story.before.outcome)
        _say_side("proposed", story.after.turns[at:], story.after.outcome)


def _say_side(name: str, turns: tuple[Turn, ...], outcome: str) -> None:
    from studio.domain.consequence import TOLD

    say(f"        {name}:")
    for turn in turns:
        done = [event.detail for event in turn.events if event.kind in TOLD and event.detail]
        for words in (*done, *([f"{turn.role}: {turn.text}"] if turn.text else [])):
            say(f"          {words}")
    say(f"          ends {outcome}")


def _say_meetings(found: list[Together] | tuple[Together, ...]) -> None:
    if found:
        say("\nThe parts do not add up:")
    for each in found[:SHOWN]:
        say(f"  · {each.words} ({plural(len(each.customers), 'customer')})")


def register(app: typer.Typer) -> None:
    """Add the verb to those of review."""
    app.command("consequences")(review_consequences)
