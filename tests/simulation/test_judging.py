"""A model as judge: asked about quoted talk, its reply checked, its agreement with people reckoned."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.agent import Agent
from studio.domain.errors import BrokenInput
from studio.domain.model import ModelFailure, ModelRequest
from studio.domain.run import Conversation
from studio.llm.scripted import ScriptedModel
from studio.simulation.judging import (
    Judgement,
    agreement,
    judge,
    judging_request,
    read_judgement,
    read_labels,
    sheet,
)
from studio.simulation.runner import run
from studio.workers.inline import InlineWorkers


@pytest.fixture(scope="module")
def talks(shop: Agent) -> tuple[Conversation, ...]:
    """Two customers of each of eleven tests."""
    return tuple(run(shop, shop.scenarios, 7, 2, InlineWorkers()).conversations)


def test_a_conversation_is_asked_about_as_data(talks: tuple[Conversation, ...]) -> None:
    """The talk stands as JSON in the question, marked as conversation, and the answer has a fixed form."""
    asked = judging_request(talks[0])
    said = json.loads(asked.messages[-1].text)
    assert [each["role"] for each in said][:2] == ["agent", "customer"]
    assert "conversations" in asked.contents
    assert asked.answer_schema is not None


def _first_words(talk: Conversation) -> str:
    return next(turn.text for turn in talk.turns if turn.role == "customer" and turn.text)


@pytest.mark.parametrize(
    ("reply", "answered"),
    [
        ('{"answered": true, "question": null}', True),
        ('{"answered": false, "question": "FIRST"}', False),
        ('{"answered": false, "question": "Will you marry me?"}', None),
        ('{"answered": false, "question": null}', None),
        ('{"answered": "yes", "question": null}', None),
        ("[1]", None),
        ("I think so", None),
    ],
)
def test_only_a_judgement_that_quotes_is_one(
    talks: tuple[Conversation, ...], reply: str, answered: bool | None
) -> None:
    """A reply of another form, or that quotes what nobody said, is no judgement."""
    text = reply.replace("FIRST", _first_words(talks[0]).replace('"', ""))
    assert read_judgement(talks[0], text).answered is answered


def test_a_scripted_judge_goes_through_a_run(talks: tuple[Conversation, ...]) -> None:
    """Every conversation gets its judgement, in order."""

    def reply(_request: ModelRequest) -> str:
        return json.dumps({"answered": True, "question": None})

    found = list(judge(talks, ScriptedModel(reply)))
    assert [each.place for each in found if isinstance(each, Judgement)] == [
        (talk.scenario, talk.customer + 1) for talk in talks
    ]


def test_a_judge_that_may_not_be_asked_ends_it(talks: tuple[Conversation, ...]) -> None:
    """What forbids one question forbids all: the failure comes out, and nothing after it."""

    class Forbidden:
        name = "none"

        def ask(self, requests: Any, progress: Any = None) -> list[ModelFailure]:
            return [ModelFailure(kind="forbidden", sentence="No.", advice="Ask.") for _ in requests]

    model: Any = Forbidden()
    assert [type(each) for each in judge(talks, model)] == [ModelFailure]


def test_agreement_is_cohens_kappa() -> None:
    """The textbook table 20/5/10/15 gives kappa 0.4 and 70 %."""
    table = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    judged = [Judgement("T", n, ours) for n, (ours, _) in enumerate(table)]
    labels = {("T", n): theirs for n, (_, theirs) in enumerate(table)}
    found = agreement(judged, labels)
    assert (found.both, found.same) == (50, 35)
    assert found.kappa == pytest.approx(0.4)
    assert "too little to rely on it" in found.words
    assert "not known" in agreement(judged, {}).words
    assert "too few" in agreement(judged[15:25], labels).words


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=40))
def test_agreement_is_never_more_than_whole(table: list[tuple[bool, bool]]) -> None:
    """Kappa is at most 1, and 1 exactly where all labels are equal and not all the same."""
    judged = [Judgement("T", n, ours) for n, (ours, _) in enumerate(table)]
    found = agreement(judged, {("T", n): theirs for n, (_, theirs) in enumerate(table)})
    assert 0 <= found.low <= found.high <= 1
    if found.kappa is not None:
        assert found.kappa <= 1 + 1e-9
        assert (abs(found.kappa - 1) < 1e-9) == (found.same == found.both)


def test_a_sheet_comes_back_as_labels(talks: tuple[Conversation, ...]) -> None:
    """What people fill in is read, what they leave empty left out, a strange label told."""
    text = sheet(talks[:3])
    assert read_labels(text) == {}
    first, second = (f"{talk.scenario},{talk.customer + 1},," for talk in talks[:2])
    filled = text.replace(first, first[:-1] + "yes,", 1).replace(second, second[:-1] + "No,", 1)
    assert list(read_labels(filled).values()) == [True, False]
    with pytest.raises(BrokenInput, match="is no label"):
        read_labels("test,customer,answered\nT-01,1,perhaps\n")
    with pytest.raises(BrokenInput, match="lack the column answered"):
        read_labels("test,customer\nT-01,1\n")
