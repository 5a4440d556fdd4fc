"""The charter by hand: every deed fits, is taken back whole, and is told in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.diff.words_summary import in_words
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply
from studio.domain.charter import Guard, RuleKind
from studio.domain.errors import WrongUse
from studio.services.authoring import charter, figures, portfolio, rules
from studio.services.wording import describe

JSON = re.compile(r"[{}\[\]]|\b[a-z]+_[a-z]+\b|None")


NEWER = ("cannot", "tone", "technology", "performance_owner", "portfolio", "readiness", "economics")


def bare(repository: Path) -> Agent:
    """Return the live agent of the returns sample as if nobody had said the newer parts of its charter."""
    made = Agent.model_validate_json(
        (repository / "sample_projects/returns_assistant/agent.json").read_bytes()
    )
    nothing = dict.fromkeys((*NEWER, "company_policy"))
    return made.model_copy(update={"charter": made.charter.model_copy(update=nothing)})


@pytest.fixture(scope="module")
def agent(repository: Path) -> Agent:
    """The live agent of the returns sample, with every newer part of the charter filled in anew."""
    made = bare(repository)
    for deed in FILLED:
        made = apply(made, deed(made))
    return made


FILLED: tuple[Callable[[Agent], ChangeSet], ...] = (
    lambda a: charter.set_technology(a, kind="hybrid", models=("openai/gpt-x",)),
    lambda a: charter.set_policy(a, name="AI policy 2026"),
    portfolio.intents_of_workflows,
    lambda a: portfolio.add_intent(a, "Complaint about a colleague", "complex", "charged"),
    lambda a: figures.put_threshold(a, "repeat contact", 0.08, 0.1),
    lambda a: figures.set_economics(a, volume=12000, containment=0.4, person_cost=6.5, currency="GBP"),
)
DEEDS: dict[str, Callable[[Agent], ChangeSet]] = {
    "Reword what the agent is for": lambda a: charter.reword(a, "purpose", "Help with returns only."),
    "Say how it speaks": lambda a: charter.reword(a, "tone", "Warm, short sentences"),
    "Autonomy level 3: acts alone within the rules": lambda a: charter.set_autonomy(a, 3),
    "Operations: Ada Long": lambda a: charter.name_owner(a, "operations", " Ada Long "),
    "Operations: nobody": lambda a: charter.name_owner(a, "operations", ""),
    "Quality assurance owns performance after launch": lambda a: charter.set_performance_owner(a, "qa"),
    "The technology is now generative (was hybrid)": lambda a: charter.set_technology(a, kind="generative"),
    "The technology may now also speak through “acme/chat”": (
        lambda a: charter.set_technology(a, models=("openai/gpt-x", "acme/chat"))
    ),
    "The company’s AI policy: highest autonomy level is now 1 (was 2)": (
        lambda a: charter.set_policy(a, highest_autonomy=1)
    ),
    "The company’s AI policy: kinds of data allowed no longer include “payment”": (
        lambda a: charter.set_policy(a, data_classes=("personal", "internal"))
    ),
    "Remove the company’s AI policy": charter.remove_policy,
    "Add the kind of request “Where is my parcel?”": (
        lambda a: portfolio.add_intent(a, "Where is my parcel?")
    ),
    "“Where is my refund?” is simple and charged: start and hand over fast": (
        lambda a: portfolio.place_intent(a, "where-is-my-refund", "simple", "charged")
    ),
    "Kind of request “Where is my refund?” now comes 4,000 times a month": (
        lambda a: portfolio.change_intent(a, "where-is-my-refund", volume=4000)
    ),
    "Remove the kind of request “Where is my refund?”": (
        lambda a: portfolio.remove_intent(a, "where-is-my-refund")
    ),
    "Threshold: At most 20 % of complaints are passed on to a person": (
        lambda a: figures.put_threshold(a, "escalation", 0.2, about="complaints")
    ),
    "Threshold: At most 5 % contact us again, and never more than with people (10 %)": (
        lambda a: figures.change_threshold(a, "repeat contact", limit=0.05)
    ),
    "Remove the threshold “repeat contact”": lambda a: figures.remove_threshold(a, "repeat contact"),
    "What it costs and saves: share settled without a person is now 55 % (was 40 %)": (
        lambda a: figures.set_economics(a, containment=0.55)
    ),
    "What it costs and saves: cost of a contact with a person is now 7.25 (was 6.50)": (
        lambda a: figures.set_economics(a, person_cost=7.25)
    ),
    "Remove what it costs and saves": figures.remove_economics,
    "Add rule R-14: must never …": lambda a: rules.add_rule(a, RuleKind.NEVER),
    "Copy rule R-04 as R-14": lambda a: rules.duplicate_rule(a, "R-04"),
    "Remove rule R-06": lambda a: rules.remove_rule(a, "R-06"),
    "Bring back rule R-99": (
        lambda a: rules.restore_rule(a, a.charter.rule("R-04").model_copy(update={"id": "R-99"}))
    ),
    "Move rule R-06 up": lambda a: rules.move_rule(a, "R-06", -1),
    "Move rule R-01 down": lambda a: rules.move_rule(a, "R-01", 1),
    "Reword rule R-10": lambda a: rules.change_rule(a, "R-10", text="Never ask for a card number."),
    "Rule R-10": lambda a: rules.change_rule(a, "R-10", severity="low"),
    "Rule R-05": lambda a: rules.change_rule(a, "R-05", channels=("e-mail",), regions=("Scotland",)),
    "Guard rule R-10": lambda a: rules.set_guard(a, "R-10", Guard(tools=("issue_refund",))),
    "Remove the guard of rule R-04": lambda a: rules.set_guard(a, "R-04", None),
    "Rule R-04 no longer": lambda a: rules.uncite(a, "R-04", a.charter.rule("R-04").citations[0].fingerprint),
}


@pytest.mark.parametrize("title", DEEDS)
def test_a_deed_fits_is_told_and_is_taken_back(agent: Agent, title: str) -> None:
    """Each deed changes the draft, says so in words without code, and its undo gives the very draft back."""
    made = DEEDS[title](agent)
    assert made.changes
    assert made.title.startswith(title)
    after = apply(agent, made)
    assert after != agent
    assert apply(after, made.inverse()) == agent
    for sentence in in_words(made, agent, after):
        assert not JSON.search(sentence), sentence
    for change in made.changes:
        for value in (change.before, change.after):
            assert not JSON.search(describe(change.path, value)), change.path


@pytest.mark.parametrize("place", range(len(FILLED)))
def test_a_first_entry_is_told_in_words(repository: Path, place: int) -> None:
    """The first entry of each part of the charter is a sentence too, and is taken back whole."""
    first = bare(repository)
    made = FILLED[place](first)
    after = apply(first, made)
    assert apply(after, made.inverse()) == first
    assert not JSON.search(" ".join([made.title, *in_words(made, first, after)]))


WRONG: dict[str, Callable[[Agent], ChangeSet]] = {
    "no text": lambda a: charter.reword(a, "autonomy", "3"),
    "no role": lambda a: charter.set_performance_owner(a, "marketing"),  # type: ignore[arg-type]
    "does not fit": lambda a: charter.set_technology(a, kind="magic"),
    "there already": lambda a: portfolio.add_intent(a, "where is my REFUND?"),
    "needs a name": lambda a: portfolio.add_intent(a, "  "),
    "below zero": lambda a: portfolio.change_intent(a, "where-is-my-refund", volume=-1),
    "is a share": lambda a: figures.put_threshold(a, "containment", 1.5),
    "not told apart": lambda a: figures.put_threshold(a, "containment", 0.5, about="complaints"),
    "at “containment”": lambda a: figures.set_economics(a, containment=2),
    "no rule R-99": lambda a: rules.remove_rule(a, "R-99"),
    "has no guard": lambda a: rules.change_rule(a, "R-10", enforced_by="guard"),
    "no “colour”": lambda a: rules.change_rule(a, "R-10", colour="red"),
}


@pytest.mark.parametrize("words", WRONG)
def test_what_makes_no_sense_is_refused_with_a_sentence(agent: Agent, words: str) -> None:
    """Nothing changes, and the sentence says what is wrong."""
    with pytest.raises(WrongUse, match=re.escape(words)):
        WRONG[words](agent)


def test_a_rule_at_the_end_of_its_kind_stays(agent: Agent) -> None:
    """Moving the first rule of a kind up changes nothing."""
    assert not rules.move_rule(agent, "R-01", -1).changes


def test_what_refers_to_a_rule_is_known_before_it_goes(agent: Agent) -> None:
    """The steps, guards and tests that would miss a rule are named."""
    assert any("says it" in each for each in rules.uses_of(agent, "R-06"))
    assert rules.uses_of(agent, "R-10") == ()


def test_a_first_policy_is_one_the_agent_keeps_to(agent: Agent) -> None:
    """The policy that is offered first allows what the agent does today, and nothing else."""
    from studio.checks.policy import check_policy

    fresh = apply(agent, charter.remove_policy(agent))
    guarded = apply(fresh, charter.set_policy(fresh))
    assert not [each for each in check_policy(guarded) if each.status == "broken"]
