"""The interaction portfolio: what customers come for, how hard and how charged it is, and who handles it.

- Two axes make four fields; each field suggests a handling, which a person may overrule.
- `volume` is contacts in a month; where nobody counted them it is absent, never guessed.
"""

from __future__ import annotations

from typing import Literal, get_args

from studio.domain.frozen import Frozen

Complexity = Literal["simple", "complex"]
Emotion = Literal["calm", "charged"]
Handling = Literal["automate", "start and hand over fast", "assist", "human first"]


class Intent(Frozen):
    """One thing customers come for, with its place in the 2 × 2; `workflow` is the one that serves it."""

    id: str
    title: str
    complexity: Complexity = "simple"
    emotion: Emotion = "calm"
    handling: Handling = "automate"
    volume: int | None = None
    workflow: str | None = None

    @property
    def suggested(self) -> Handling:
        """Return the handling that its field of the 2 × 2 suggests."""
        return SUGGESTED[self.complexity, self.emotion]


SUGGESTED: dict[tuple[Complexity, Emotion], Handling] = {
    ("simple", "calm"): "automate",
    ("simple", "charged"): "start and hand over fast",
    ("complex", "calm"): "assist",
    ("complex", "charged"): "human first",
}
HANDLINGS: tuple[Handling, ...] = get_args(Handling)
HANDLING_WORDS: dict[Handling, str] = {
    "automate": "The agent settles it; a person only when asked for or when a rule demands it.",
    "start and hand over fast": "The agent checks identity, collects facts, and a person takes over at once.",
    "assist": "A person leads; the agent looks things up and prepares the reply.",
    "human first": "A person from the first word; the agent only recognises it and hands over.",
}


def reaching_agent(portfolio: tuple[Intent, ...]) -> int | None:
    """Return how many contacts a month the agent begins with; None where none of them was counted."""
    counted = [each.volume for each in portfolio if each.volume is not None and _begun(each)]
    return sum(counted) if counted else None


def _begun(intent: Intent) -> bool:
    return intent.handling in ("automate", "start and hand over fast")


def moved(intent: Intent, complexity: Complexity, emotion: Emotion) -> Intent:
    """Return the intent in another field; its handling goes along where it was the suggested one."""
    follows = intent.handling == intent.suggested
    handling = SUGGESTED[complexity, emotion] if follows else intent.handling
    return intent.model_copy(update={"complexity": complexity, "emotion": emotion, "handling": handling})
