"""Testing the connection to the language model: one fixed question that holds nothing of the workspace."""

from __future__ import annotations

from collections.abc import Callable

from studio.domain.model import ModelFailure, ModelReply
from studio.ports import Progress, UnitOfWork
from studio.services.jobs import Tools
from studio.services.models import NONE_CHOSEN, TEST_REQUEST


class TryModel:
    """Ask the model for one word."""

    title = "Test of the connection to the language model"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], ModelReply | ModelFailure]:
        """Return the work."""

        def work(progress: Progress) -> ModelReply | ModelFailure:
            model = tools.model()
            return NONE_CHOSEN if model is None else model.ask([TEST_REQUEST], progress)[0]

        return work

    def record(self, result: ModelReply | ModelFailure) -> None:
        """Keep nothing."""
