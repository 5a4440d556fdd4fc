"""The budget of one run, in tokens and money: an attempt begins only if it fits in whatever it may cost.

- Before an attempt, what it may use at most is set aside; afterwards what it really used takes its place.
  So the budget is never exceeded, however many attempts are under way.
- What a failed attempt used nobody says; what was sent, and what came before it broke, is counted as used.
"""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.model import ModelFailure, ModelRequest
from studio.llm.scripted import request_tokens

Price = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Share:
    """Tokens sent and received, and what they cost."""

    sent: int
    received: int
    cost: float = 0.0

    @property
    def tokens(self) -> int:
        """Return both together."""
        return self.sent + self.received


class Budget:
    """What a run may use; 0 is no limit. `price` is what a token costs, or None where nobody knows."""

    def __init__(self, most_tokens: int = 0, most_money: float = 0.0) -> None:
        """Take the limits."""
        self.most_tokens, self.most_money = most_tokens, most_money
        self.price: Price | None = None
        self._tokens, self._money = 0, 0.0
        self._aside: dict[object, Share] = {}

    @property
    def tokens(self) -> int:
        """Return the tokens used so far."""
        return self._tokens

    def most(self, request: ModelRequest) -> Share:
        """Return what an attempt at a request may use at most."""
        return self._priced(request_tokens(request), request.most_tokens)

    def set_aside(self, attempt: object, request: ModelRequest) -> bool:
        """Set aside what an attempt may use; return False where it does not fit, now."""
        share = self.most(request)
        tokens = self._tokens + share.tokens
        money = self._money + share.cost
        if self.most_tokens or self.most_money:
            tokens += sum(each.tokens for each in self._aside.values())
            money += sum(each.cost for each in self._aside.values())
        if (self.most_tokens and tokens > self.most_tokens) or (self.most_money and money > self.most_money):
            return False
        self._aside[attempt] = share
        return True

    def settle(self, attempt: object, sent: int, received: int) -> None:
        """Count what an attempt really used in place of what was set aside."""
        self._aside.pop(attempt, None)
        used = self._priced(sent, received)
        self._tokens += used.tokens
        self._money += used.cost

    def failure(self) -> ModelFailure:
        """Return the failure of what no longer fits."""
        limits = [f"{self.most_tokens:,} tokens"] if self.most_tokens else []
        limits += [f"{self.most_money:.2f} US dollars"] if self.most_money else []
        return ModelFailure(
            kind="budget",
            sentence=f"The budget of a run ({' and '.join(limits)}) does not allow another question; "
            f"{self._tokens:,} tokens were used.",
            advice="Raise the budget under Settings, or ask about less at once.",
        )

    def _priced(self, sent: int, received: int) -> Share:
        each = self.price or (0.0, 0.0)
        return Share(sent, received, sent * each[0] + received * each[1])


UNKNOWN_PRICE = ModelFailure(
    kind="budget",
    sentence="A limit in money is set, but nobody knows what this model costs.",
    advice="Set a limit in tokens instead, under Settings.",
)
