"""The same customer before two versions: what is said again is what would have been said."""

from __future__ import annotations

from typing import get_args

import pytest

from studio.domain.agent import Agent
from studio.domain.scenario import Behaviour, Scenario
from studio.domain.workflow import Slot
from studio.simulation import run, simulate
from studio.simulation.echoing import Echo, Noted, Script
from studio.simulation.mutants import mutants
from studio.workers.inline import InlineWorkers

HERE = InlineWorkers()
PLACE, TIME = Slot(id="place", label="Place"), Slot(id="time", label="Time")


class Chatty:
    """Says what it was asked so far; counts how often there was one."""

    made = 0

    def __init__(self) -> None:
        Chatty.made += 1
        self.heard: list[str] = []

    def open(self) -> str:
        """Begin."""
        self.heard.append("open")
        return "Hello"

    def reply(self, asked: Slot | None) -> str | None:
        """Say what was heard."""
        self.heard.append(asked.id if asked else "what")
        return " ".join(self.heard)

    def after(self, outcome: str | None) -> str | None:
        """Say how it ended."""
        return f"{len(self.heard)} {outcome}"


def met() -> Script:
    """What a customer said to a version that asked for a place and a time."""
    script = Script()
    customer = Noted(Chatty(), script)
    customer.open()
    customer.reply(PLACE)
    customer.reply(TIME)
    customer.after("resolved")
    return script


def test_the_same_questions_get_the_same_words_without_a_second_customer() -> None:
    """Equal questions are enough, they need not be the same object; nothing is worked out again."""
    script = met()
    before = Chatty.made
    again = Echo(Chatty, script)
    said = [again.open(), again.reply(PLACE.model_copy()), again.reply(TIME), again.after("resolved")]
    assert said == ["Hello", "open place", "open place time", "3 resolved"]
    assert Chatty.made == before


def test_who_is_asked_something_else_goes_on_as_who_heard_only_that() -> None:
    """From the first other question on, the customer knows what this version asked, no other."""
    script = met()
    again = Echo(Chatty, script)
    assert [again.open(), again.reply(PLACE), again.reply(None)] == ["Hello", "open place", "open place what"]
    assert again.reply(TIME) == "open place what time"  # as in the script, and yet not by it any more
    assert again.after("refused") == "4 refused"
    longer = Echo(Chatty, script)
    assert [longer.open(), longer.reply(PLACE), longer.reply(TIME)][-1] == "open place time"
    assert longer.reply(PLACE) == "open place time place"


@pytest.fixture(scope="module")
def difficult(shop: Agent) -> Agent:
    """The shop, whose customers behave in every way there is."""
    ways = get_args(Behaviour)
    tests = tuple(
        Scenario.model_validate({**each.model_dump(), "behaviours": ways[at :: len(shop.scenarios)]})
        for at, each in enumerate(shop.scenarios)
    )
    return shop.model_copy(update={"scenarios": tests})


def test_two_versions_met_together_are_the_same_as_met_alone(difficult: Agent) -> None:
    """For drafts that differ in every kind of way, and for none: no word depends on the other version."""
    kinds = {each.kind: each for each in mutants(difficult)}
    alone = run(difficult, difficult.scenarios, 7, 4, HERE).evidence_digest
    differing = 0
    for draft in (difficult, *(mutant.plant(difficult) for mutant in kinds.values())):
        both = simulate("Run 1", difficult, draft, 7, 4, HERE)
        expected = run(draft, draft.scenarios, 7, 4, HERE).evidence_digest
        assert both.draft.evidence_digest == expected
        assert both.live.evidence_digest == alone
        differing += expected != alone
    assert differing > 5
