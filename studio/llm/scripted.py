"""A language model that answers from a list or by a function, offline: for tests, demonstrations, rehearsals.

- It answers under the same rules as a real one: replies are checked, progress is reported and may stop it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from studio.domain.model import ModelFailure, ModelReply, ModelRequest, ModelUse
from studio.llm.answers import checked
from studio.ports import Progress

Answer = str | ModelFailure
Script = Callable[[ModelRequest], Answer] | Sequence[Answer]
HERE = "this computer"
"""Where nothing leaves at all."""

SCRIPT_ENDED = ModelFailure(
    kind="refused", sentence="The script holds no further answer.", advice="Add one for this question."
)


def tokens_of(text: str) -> int:
    """Return about how many tokens a text has, rather too many than too few (three characters a token)."""
    return -(-len(text.encode()) // 3)


def request_tokens(request: ModelRequest) -> int:
    """Return about how many tokens a request has, its schema included."""
    schema = "" if request.answer_schema is None else str(request.answer_schema)
    return sum(tokens_of(message.text) + 6 for message in request.messages) + tokens_of(schema)


class ScriptedModel:
    """Answers in the order of a list, or by a function of the request."""

    def __init__(self, script: Script, name: str = "scripted", destination: str = HERE) -> None:
        """Take the answers; a list is used up, a function is asked every time."""
        self._name, self._destination = name, destination
        if callable(script):
            self._answer = script
        else:
            left: Iterator[Answer] = iter(tuple(script))
            self._answer = lambda _request: next(left, SCRIPT_ENDED)
        self._used = ModelUse(model=name, destination=destination)
        self.asked: list[ModelRequest] = []

    @property
    def name(self) -> str:
        """Return the model's name."""
        return self._name

    @property
    def destination(self) -> str:
        """Return where the text goes: nowhere."""
        return self._destination

    @property
    def used(self) -> ModelUse:
        """Return what was used so far; where nothing leaves, no call went out."""
        return self._used

    def ask(
        self, requests: Sequence[ModelRequest], progress: Progress
    ) -> tuple[ModelReply | ModelFailure, ...]:
        """Return what the script answers to each request, in order."""
        outcomes = []
        for number, request in enumerate(requests):
            progress(number / len(requests), f"{number} of {len(requests)} answers")
            self.asked.append(request)
            outcomes.append(self._one(request, self._answer(request)))
        progress(1.0, f"{len(requests)} of {len(requests)} answers")
        return tuple(outcomes)

    def _one(self, request: ModelRequest, answer: Answer) -> ModelReply | ModelFailure:
        if not isinstance(answer, str):
            return answer
        reply = ModelReply(
            text=answer,
            model=self._name,
            input_tokens=request_tokens(request),
            output_tokens=tokens_of(answer),
            cost=0.0,
        )
        self._used = spent(self._used, reply, calls=0 if self._destination == HERE else 1)
        return checked(request, reply)


def spent(use: ModelUse, reply: ModelReply, calls: int = 1) -> ModelUse:
    """Return the use with a reply's added; a cost that is not known once stays unknown."""
    known = reply.cost is not None and (use.cost is not None or use.calls == 0)
    return use.model_copy(
        update={
            "calls": use.calls + calls,
            "input_tokens": use.input_tokens + reply.input_tokens,
            "output_tokens": use.output_tokens + reply.output_tokens,
            "cost": (use.cost or 0.0) + (reply.cost or 0.0) if known else None,
        }
    )
