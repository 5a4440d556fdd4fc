"""Judging: a language model says of some conversations of a run whether they answered what was asked.

- It is a sample and is never counted: nothing of a run, a verdict or a release changes by it.
- What leaves, and whether it may, is decided as for reading: policy, confirmation, masking, budget.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from studio.domain.errors import WrongUse
from studio.domain.model import ModelFailure, ModelRequest
from studio.domain.run import Conversation
from studio.ports import Progress, UnitOfWork
from studio.services.jobs import Tools
from studio.services.models import as_error
from studio.services.queries.simulate import comparison_of
from studio.simulation.judging import (
    Agreement,
    Judgement,
    Place,
    agreement,
    judge,
    judging_request,
    read_labels,
    sheet,
)

MOST = 2_000
"""Conversations of one judging."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What a judge said, by which model, and how far it agrees with people (`differ`: where not)."""

    run: str
    model: str
    judgements: tuple[Judgement, ...]
    labels: Mapping[Place, bool]
    agreement: Agreement

    @property
    def differ(self) -> tuple[Judgement, ...]:
        """Return the judgements that people see otherwise."""
        return tuple(
            each
            for each in self.judgements
            if each.answered is not None and self.labels.get(each.place, each.answered) != each.answered
        )

    @property
    def words(self) -> str:
        """Return what came of it, in sentences."""
        counts = [sum(each.answered is kind for each in self.judgements) for kind in (True, False, None)]
        said = f"Judged by {self.model}, a sample: {counts[0]} answered what was asked, {counts[1]} did not"
        useless = "1 reply was" if counts[2] == 1 else f"{counts[2]} replies were"
        said += f", {useless} of no use." if counts[2] else "."
        return f"{said} {self.agreement.words} Nothing of it is counted."


def _chosen(
    unit: UnitOfWork, run: str, customers: int, labels: Mapping[Place, bool]
) -> tuple[str, list[Conversation]]:
    """Return the run's id and the first customers of each test, with those that have labels."""
    found = comparison_of(unit, run)
    if found is None:
        raise WrongUse("Nothing was simulated yet.", "Simulate first.")
    tests = [each.scenario for each in found.draft.figures.scenarios]
    known = {test: found.draft.of(test) for test in tests}
    places = [(test, number) for test in tests for number in range(1, customers + 1)]
    places += [place for place in labels if place[0] in known]
    talks = [known[test][n - 1] for test, n in dict.fromkeys(places) if 1 <= n <= len(known[test])]
    if not talks or len(talks) > MOST:
        raise WrongUse(f"{len(talks):,} conversations are not judged.", f"Choose 1 to {MOST:,}.")
    return found.id, talks


@dataclass(frozen=True, slots=True)
class Judge:
    """Let the chosen language model judge the first customers of each test, and the labelled."""

    run: str = ""
    customers: int = 1
    labels: str = ""

    @property
    def title(self) -> str:
        """Return what is being done."""
        return "Letting a language model judge conversations"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Judged]:
        """Read the run and the labels; return the judging."""
        labels = read_labels(self.labels) if self.labels else {}
        run, talks = _chosen(unit, self.run, self.customers, labels)

        def work(progress: Progress) -> Judged:
            model = tools.model()
            if model is None:
                raise WrongUse(
                    "No language model is chosen.",
                    "Choose one under Settings, or with `cobuilder model use`.",
                )
            found: list[Judgement] = []
            for each in judge(talks, model, progress):
                if isinstance(each, ModelFailure):
                    raise as_error(each)
                found.append(each)
            return Judged(run, model.name, tuple(found), labels, agreement(found, labels))

        return work

    def record(self, result: Judged) -> None:
        """Keep nothing: a judgement is never counted."""


@dataclass(frozen=True, slots=True)
class RequestsForJudging:
    """Ask for the questions of a judging, before anything is masked or sent."""

    job: Judge

    def answer(self, unit: UnitOfWork) -> tuple[ModelRequest, ...]:
        """Return one request a conversation."""
        labels = read_labels(self.job.labels) if self.job.labels else {}
        return tuple(map(judging_request, _chosen(unit, self.job.run, self.job.customers, labels)[1]))


@dataclass(frozen=True, slots=True)
class SheetForLabels:
    """Ask for a table in which people label the first customers of each test of a run."""

    run: str = ""
    customers: int = 1

    def answer(self, unit: UnitOfWork) -> str:
        """Return the table as CSV."""
        talks: Sequence[Conversation] = _chosen(unit, self.run, self.customers, {})[1]
        return sheet(talks)
