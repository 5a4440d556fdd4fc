"""Keeping what a simulation found, and a conversation of it as a test of its own."""

from __future__ import annotations

from dataclasses import replace

from studio.domain.changeset import Change, ChangeSet, join_path
from studio.domain.errors import WrongUse
from studio.domain.frozen import to_json
from studio.domain.run import Conversation
from studio.domain.scenario import ExpectOutcome, Scenario
from studio.services.commands import KeepAsTest, RecordComparison, RecordConsequences
from studio.services.consequences import keep_consequences
from studio.services.effects import Effect, Surroundings
from studio.services.events import Event, Kind
from studio.services.run_setup import setup_in_words


def record_comparison(command: RecordComparison, around: Surroundings) -> Effect:
    """Keep a comparison of live version and draft."""
    comparison = command.comparison
    if comparison.id in around.unit.comparisons.ids():  # another one was kept meanwhile
        number = len(around.unit.comparisons.ids()) + 1
        comparison = replace(comparison, id=f"{comparison.id.partition(' ')[0]} {number}")
    around.unit.comparisons.keep(comparison)
    figures = comparison.draft.figures.scenarios
    passed, total = sum(each.passed for each in figures), sum(each.conversations for each in figures)
    with_model = f" with {comparison.draft.sampled}" if comparison.draft.sampled else ""
    trial = f", {words}," if (words := setup_in_words(comparison.setup)) else ""
    sentence = (
        f"Simulated the draft{with_model}{trial} ({comparison.id}): {passed} of {total} conversations right"
    )
    return Effect(
        title=sentence, events=(Event("RunRecorded", sentence, frozenset({"run"}), (comparison.id,)),)
    )


def record_consequences(command: RecordConsequences, around: Surroundings) -> Effect:
    """Keep whom a proposal treats differently."""
    found = command.consequences
    keep_consequences(around.unit, found)
    sentence = f"Worked out who is affected by {found.proposal_id}: {found.whole.sentence}"
    kinds: frozenset[Kind] = frozenset({"consequence"})
    return Effect(
        title=sentence, events=(Event("ConsequencesRecorded", sentence, kinds, (found.proposal_id,)),)
    )


def keep_as_test(command: KeepAsTest, around: Surroundings) -> Effect:
    """Add a test that is this conversation: its customer's own first words, manners, facts and systems.

    What is expected is what the simulated test expects; where that says nothing of the end and the
    conversation was right, that it ends as it did.
    """
    from studio.services.queries.simulate import ShowConversation

    page = ShowConversation(command.scenario_id, command.customer, command.run).answer(around.unit)
    talk = page.draft
    if talk is None:
        raise WrongUse(
            f"{command.scenario_id} was not simulated with customer {command.customer + 1}.",
            "Choose a conversation of the run.",
        )
    draft = around.unit.agents.draft()
    kept = _as_test(page.scenario, talk, _next_id(tuple(each.id for each in draft.scenarios)))
    same = next((each for each in draft.scenarios if _sameness(each) == _sameness(kept)), None)
    if same is not None:
        raise WrongUse(f"This conversation is kept already: it is the test {same.id} “{same.title}”.")
    change = Change(path=join_path("scenarios", kept.id), before=None, after=to_json(kept))
    sentence = f"Kept a conversation of {page.run} as the test {kept.id} “{kept.title}”"
    return Effect(
        title=sentence,
        events=(Event("TestKept", sentence, frozenset({"agent"}), (kept.id,)),),
        agent=ChangeSet(title=sentence, changes=(change,)),
    )


def _as_test(base: Scenario, talk: Conversation, name: str) -> Scenario:
    opening = _opening(base, talk)
    expected = base.expectations
    if talk.passed and not any(isinstance(each, ExpectOutcome) for each in expected):
        expected = (*expected, ExpectOutcome(outcome=talk.outcome))
    # Who speaks vaguely only does so from the second customer on; the words kept here are said as they are.
    return base.model_copy(
        update={
            "id": name,
            "title": f"{base.title}, as customer {talk.customer + 1} said it",
            "opening": opening,
            "expectations": expected,
        }
    )


def _opening(base: Scenario, talk: Conversation) -> str:
    """Return the customer's first words from which the wish was understood, else those of the test."""
    said = ""
    for turn in talk.turns:
        said = turn.text if turn.role == "customer" and turn.text else said
        wishes = [e.workflow for e in turn.events if e.kind == "understood" and e.label == "intent"]
        if wishes and said:
            return said if base.workflow in wishes else base.opening
    return base.opening


def _sameness(scenario: Scenario) -> object:
    return to_json(scenario.model_copy(update={"id": "", "title": "", "citations": ()}))


def _next_id(taken: tuple[str, ...]) -> str:
    number = len(taken) + 1
    while f"T-{number:02}" in taken:
        number += 1
    return f"T-{number:02}"
