"""The language model as jobs get it: begun when first asked for, and what it used noted at the end.

- `NoModels` is a workbench without one; everything works, and says so where a model is needed.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.domain.errors import Cancelled, ProviderFailed, Refused, StudioError
from studio.domain.model import ModelFailure, ModelMessage, ModelPreview, ModelRequest, ModelUse
from studio.ports import LanguageModel, LanguageModels
from studio.settings import ModelSettings

NONE_CHOSEN = ModelFailure(
    kind="forbidden",
    sentence="No language model is set up.",
    advice="Choose one under Settings, or with `cobuilder model set`. Everything else works without.",
)

TEST_REQUEST = ModelRequest(
    purpose="Test of the connection: this one sentence leaves, and nothing of the workspace.",
    messages=(ModelMessage(role="user", text="Reply with the one word: ready"),),
    contents=(),
    most_tokens=1000,  # models that think before they speak need some
)


class NoModels:
    """No language model at all."""

    def begin(self) -> None:
        """Return nothing."""

    def preview(self, requests: Sequence[ModelRequest]) -> ModelPreview | None:
        """Return nothing: nothing would leave."""
        return None

    def choose(self, settings: ModelSettings) -> None:
        """Stay without."""

    def forget_replies(self) -> int:
        """Have none."""
        return 0

    def close(self) -> None:
        """Have nothing to stop."""


class Lent:
    """The model of one run."""

    def __init__(self, models: LanguageModels) -> None:
        """Take where models come from; none is begun yet."""
        self._models = models
        self._asked = False
        self._model: LanguageModel | None = None

    def __call__(self) -> LanguageModel | None:
        """Return the model of this run, the same every time."""
        if not self._asked:
            self._asked, self._model = True, self._models.begin()
        return self._model

    @property
    def used(self) -> ModelUse | None:
        """Return what really went out in this run, or None where nothing did."""
        use = self._model.used if self._model is not None else None
        return use if use is not None and use.calls else None


def as_error(failure: ModelFailure) -> StudioError:
    """Return the error of a failure: a refusal of ours, or a provider that did not do its part."""
    kind = Refused if failure.kind in ("forbidden", "budget") else ProviderFailed
    return Cancelled() if failure.kind == "cancelled" else kind(failure.sentence, failure.advice)
