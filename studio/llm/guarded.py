"""The one door: every request passes it, and nothing leaves that the workspace does not allow.

- In this order: the policy (forbidden at all, models, destinations, kinds of text), the confirmation of this
  destination by a person who could see what leaves, then masking. The terms are read anew for every `ask`.
- What never leaves this computer needs no confirmation; the policy holds all the same.
- The fixed question that tests a connection holds nothing of the workspace, and needs no confirmation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatchcase
from time import monotonic

from studio.domain.model import (
    ModelFailure,
    ModelPolicy,
    ModelPreview,
    ModelReply,
    ModelRequest,
    ModelUse,
    Personal,
)
from studio.llm.masking import Masked, mask
from studio.llm.scripted import HERE, request_tokens
from studio.ports import LanguageModel, Progress
from studio.running import Answered, Flowing, Outcome, Question, in_rounds, sieved
from studio.services.model_terms import ModelTerms
from studio.services.models import TEST_REQUEST

_TERMS_LAST = 1.0
"""Seconds after which the terms are read again while questions follow one another: a person may say no."""


class GuardedModel:
    """A language model behind the door."""

    def __init__(self, behind: LanguageModel, terms: Callable[[], ModelTerms]) -> None:
        """Take the model, and how to read the workspace's terms."""
        self._behind, self._terms = behind, terms

    @property
    def name(self) -> str:
        """Return the model's name."""
        return self._behind.name

    @property
    def destination(self) -> str:
        """Return where the text goes."""
        return self._behind.destination

    @property
    def used(self) -> ModelUse:
        """Return what was used so far."""
        return self._behind.used

    def ask(
        self, requests: Sequence[ModelRequest], progress: Progress
    ) -> tuple[ModelReply | ModelFailure, ...]:
        """Refuse what may not leave; mask and ask the rest, and put back what was masked."""
        progress(0.0, "Looking at what may leave")
        terms = self._terms()
        refused = {n: why for n, each in enumerate(requests) if (why := self.refusal(each, terms))}
        masked = {n: mask(each, terms.policy) for n, each in enumerate(requests) if n not in refused}
        found: dict[int, ModelReply | ModelFailure] = {**refused}
        if masked:
            asked = [each.request for each in masked.values()]
            for number, outcome in zip(masked, self._behind.ask(asked, progress), strict=True):
                found[number] = _put_back(masked[number], outcome)
        return tuple(found[number] for number in range(len(requests)))

    def flow(self, questions: Iterable[Question], answered: Answered, progress: Progress) -> None:
        """Do the same with questions that follow from answers; each is looked at when its turn comes."""
        behind = self._behind
        if not isinstance(behind, Flowing):
            in_rounds(self.ask, questions, answered, progress)
            return
        terms, read = self._terms(), monotonic()
        masks: dict[int, Masked] = {}

        def judge(number: int, request: ModelRequest) -> Outcome | ModelRequest:
            nonlocal terms, read
            if monotonic() - read > _TERMS_LAST:
                terms, read = self._terms(), monotonic()
            if (why := self.refusal(request, terms)) is not None:
                return why
            masks[number] = masked = mask(request, terms.policy)
            return masked.request

        def heard(number: int, outcome: Outcome) -> Iterator[Question]:
            return sieved(answered(number, _put_back(masks.pop(number), outcome)), answered, judge)

        behind.flow(sieved(questions, answered, judge), heard, progress)

    def preview(self, requests: Sequence[ModelRequest]) -> ModelPreview:
        """Return what would leave, exactly as it would; nothing is sent."""
        terms = self._terms()
        masked = [mask(each, terms.policy) for each in requests]
        counts: Counter[Personal] = Counter()
        for each in masked:
            counts += each.counts()
        why = next((found for each in requests if (found := self._forbidden(each, terms.policy))), None)
        return ModelPreview(
            model=self.name,
            destination=self.destination,
            requests=tuple(each.request for each in masked),
            characters=sum(len(m.text) for each in masked for m in each.request.messages),
            tokens=sum(request_tokens(each.request) for each in masked),
            masked=tuple(counts.items()),
            confirmed=self.destination == HERE or terms.confirmed(self.destination),
            refusal=f"{why.sentence} {why.advice}" if why else "",
        )

    def refusal(self, request: ModelRequest, terms: ModelTerms) -> ModelFailure | None:
        """Return why a request may not leave now, or None where it may."""
        if (why := self._forbidden(request, terms.policy)) is not None:
            return why
        if self.destination == HERE or request == TEST_REQUEST or terms.confirmed(self.destination):
            return None
        return _no(
            f"Nobody has confirmed yet that text may go to {self.destination}.",
            "Look at what leaves this computer, then confirm: under Settings, or `cobuilder model preview`.",
        )

    def _forbidden(self, request: ModelRequest, policy: ModelPolicy) -> ModelFailure | None:
        if policy.forbidden:
            return _no("This workspace forbids language models.", _ASK)
        if not _matches(self.name, policy.models):
            return _no(f"This workspace does not allow the model {self.name}.", _ASK)
        if self.destination != HERE and not _matches(self.destination, policy.destinations):
            return _no(f"This workspace does not allow text to go to {self.destination}.", _ASK)
        kinds = [kind for kind in request.contents if kind not in policy.contents]
        if kinds:
            return _no(f"This workspace does not allow {kinds[0]} to leave for a language model.", _ASK)
        return None


def _put_back(masked: Masked, outcome: Outcome) -> Outcome:
    if isinstance(outcome, ModelFailure) or not masked.originals:
        return outcome
    return outcome.model_copy(update={"text": masked.put_back(outcome.text)})


_ASK = "Settings, or `cobuilder model policy`, shows what is allowed; who answers for it may change it."


def _matches(name: str, patterns: Sequence[str]) -> bool:
    # A destination counts with and without its remark and its port.
    names = {name, name.partition(" ")[0], name.partition(" ")[0].rpartition(":")[0]} - {""}
    return any(fnmatchcase(each.casefold(), pattern.casefold()) for each in names for pattern in patterns)


def _no(what: str, todo: str) -> ModelFailure:
    return ModelFailure(kind="forbidden", sentence=what, advice=todo)
