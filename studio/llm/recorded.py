"""A language model that keeps replies in a folder and gives them again: a run becomes repeatable.

- A file a question: its name is the digest of the canonical request (model, messages, schema, limits), so the
  same question finds the same reply on any computer; the words of `purpose` do not count.
- Three ways: `reuse` asks only what is not kept, `kept only` never asks, `renew` asks all and keeps anew.
- Failures are not kept. A kept file is untrusted: it is parsed strictly and its reply is checked again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from studio.domain.frozen import Frozen, canonical, digest, to_json
from studio.domain.model import ModelFailure, ModelReply, ModelRequest, ModelUse
from studio.llm.answers import checked
from studio.llm.scripted import HERE
from studio.ports import LanguageModel, Progress
from studio.running import Answered, Flowing, Outcome, Question, in_rounds, sieved

Way = Literal["reuse", "kept only", "renew"]
_LARGEST_FILE = 20_000_000


class Recording(Frozen):
    """One kept question with its reply."""

    request: ModelRequest
    reply: ModelReply


def request_digest(model: str, request: ModelRequest) -> str:
    """Return the digest under which the reply to a request is kept."""
    asked = to_json(request)
    for name in ("purpose", "contents"):
        asked.pop(name, None)
    return digest({"model": model, "request": asked})


class RecordedModel:
    """Gives kept replies, and keeps new ones of the model behind it."""

    def __init__(self, folder: Path, way: Way, behind: LanguageModel | None = None, name: str = "") -> None:
        """Take the folder, the way, and the model behind, or the name of the model that answered once."""
        if way != "kept only" and behind is None:
            raise ValueError("only kept replies can be given without a model behind")
        self._folder, self._way, self._behind = folder, way, behind
        self._name = behind.name if behind is not None else name

    @property
    def name(self) -> str:
        """Return the name of the model whose replies these are."""
        return self._name

    @property
    def destination(self) -> str:
        """Return where the text goes: nowhere while only kept replies are used."""
        return HERE if self._way == "kept only" or self._behind is None else self._behind.destination

    @property
    def used(self) -> ModelUse:
        """Return what the model behind used; kept replies use nothing."""
        if self._behind is None:
            return ModelUse(model=self._name, destination=HERE)
        return self._behind.used

    def ask(
        self, requests: Sequence[ModelRequest], progress: Progress
    ) -> tuple[ModelReply | ModelFailure, ...]:
        """Return kept replies where there are some, and ask for the others."""
        progress(0.0, "Looking for kept answers")
        outcomes: dict[int, ModelReply | ModelFailure] = {}
        if self._way != "renew":
            for number, request in enumerate(requests):
                if (kept := self._kept(request)) is not None:
                    outcomes[number] = kept
        missing = [number for number in range(len(requests)) if number not in outcomes]
        if missing and (self._way == "kept only" or self._behind is None):
            outcomes |= dict.fromkeys(missing, _NOT_KEPT)
        elif missing and self._behind is not None:
            asked = [requests[number] for number in missing]
            for number, outcome in zip(missing, self._behind.ask(asked, progress), strict=True):
                outcomes[number] = outcome
                if isinstance(outcome, ModelReply):
                    self._keep(requests[number], outcome)
        progress(1.0, f"{len(requests) - len(missing)} of {len(requests)} answers were kept")
        return tuple(outcomes[number] for number in range(len(requests)))

    def flow(self, questions: Iterable[Question], answered: Answered, progress: Progress) -> None:
        """Do the same with questions that follow from answers."""
        behind = self._behind
        if behind is None or not isinstance(behind, Flowing):
            in_rounds(self.ask, questions, answered, progress)
            return
        open_: dict[int, ModelRequest] = {}

        def judge(number: int, request: ModelRequest) -> Outcome | ModelRequest:
            if self._way != "renew" and (kept := self._kept(request)) is not None:
                return kept
            if self._way == "kept only":
                return _NOT_KEPT
            open_[number] = request
            return request

        def heard(number: int, outcome: Outcome) -> Iterator[Question]:
            if isinstance(outcome, ModelReply):
                self._keep(open_.pop(number), outcome)
            return sieved(answered(number, outcome), answered, judge)

        behind.flow(sieved(questions, answered, judge), heard, progress)

    def _file(self, request: ModelRequest) -> Path:
        return self._folder / f"{request_digest(self._name, request)}.json"

    def _kept(self, request: ModelRequest) -> ModelReply | ModelFailure | None:
        file = self._file(request)
        try:
            if file.stat().st_size > _LARGEST_FILE:
                return _damaged(file)
            recording = Recording.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValidationError):
            return _damaged(file)
        if request_digest(self._name, recording.request) != file.stem:
            return _damaged(file)
        return checked(request, recording.reply.model_copy(update={"recorded": True}))

    def _keep(self, request: ModelRequest, reply: ModelReply) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._file(request)
        part = file.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(canonical(Recording(request=request, reply=reply)))
        part.replace(file)


_NOT_KEPT = ModelFailure(
    kind="refused",
    sentence="No answer to this question is kept, and asking is switched off.",
    advice="Choose “reuse” or “ask” under Settings, Language model.",
)


def _damaged(file: Path) -> ModelFailure:
    return ModelFailure(
        kind="broken",
        sentence=f"The kept answer {file.name} is damaged, or belongs to another question.",
        advice="Delete the file, and ask again.",
    )
