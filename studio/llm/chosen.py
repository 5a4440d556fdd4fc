"""The language model that a user chose, for the jobs of one workspace.

- One worker process serves all runs; it starts with the first question. Each run has its own budget.
- From the outside in: the door, then kept replies where they are wanted, then the client.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from studio.domain.model import ModelPreview, ModelRequest
from studio.llm.failures import not_installed
from studio.llm.guarded import GuardedModel
from studio.llm.keys import find_key
from studio.llm.litellm_client import LiteLLMModel
from studio.llm.process import ModelProcess, client_is_installed
from studio.llm.recorded import RecordedModel
from studio.ports import LanguageModel
from studio.services.model_terms import ModelTerms
from studio.settings import ModelSettings


class ChosenModels:
    """Where the jobs of a workspace get their model."""

    def __init__(
        self,
        settings: ModelSettings,
        terms: Callable[[], ModelTerms],
        kept: Path,
        process: ModelProcess | None = None,
    ) -> None:
        """Take what was chosen, the workspace's terms, and the folder for kept replies; nothing starts.

        A worker process that is handed in is shared, and is not ended here.
        """
        self._settings, self._terms, self._kept = settings, terms, kept
        self._process = process or ModelProcess()
        self._shared = process is not None

    def begin(self) -> LanguageModel | None:
        """Return the model for one run, or None where none is chosen."""
        return self._guarded()

    def preview(self, requests: Sequence[ModelRequest]) -> ModelPreview | None:
        """Return what would leave this computer, or None where no model is chosen."""
        guarded = self._guarded()
        if guarded is None:
            return None
        found = guarded.preview(requests)
        if found.refusal or self._settings.replies == "kept only" or client_is_installed():
            return found
        # Nobody is asked to confirm what cannot be sent.
        missing = not_installed()
        return found.model_copy(update={"refusal": f"{missing.sentence} {missing.advice}"})

    def choose(self, settings: ModelSettings) -> None:
        """Take another model from the next run on."""
        self._settings = settings

    def forget_replies(self) -> int:
        """Delete the kept replies; return how many there were."""
        files = list(self._kept.glob("*.json"))
        for file in files:
            file.unlink(missing_ok=True)
        return len(files)

    def close(self) -> None:
        """End the worker process."""
        if not self._shared:
            self._process.close()

    def _guarded(self) -> GuardedModel | None:
        chosen = self._settings
        if not chosen.name:
            return None
        behind: LanguageModel = LiteLLMModel(self._process, chosen, partial(find_key, chosen.key))
        if chosen.replies != "ask":
            behind = RecordedModel(self._kept, chosen.replies, behind)
        return GuardedModel(behind, self._terms)
