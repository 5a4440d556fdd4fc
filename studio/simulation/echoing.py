"""The same customer before a second version: what was said to the same questions is said again.

- What a customer says depends on the card, the seed and what was heard so far, and on nothing else. So words
  are worked out once for both versions, as long as both ask the same.
- Where the second version asks something else, the customer goes on from there, as one who had never met the
  first: a shortcut only, with and without it every word is the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from studio.domain.workflow import Slot

Heard = tuple[str, Slot | str | None]
"""What a customer heard: a question, or how the matter was settled."""


class Speaks(Protocol):
    """A customer, as a conversation knows one."""

    def open(self) -> str:
        """Return the first words."""
        ...

    def reply(self, asked: Slot | None) -> str | None:
        """Return the next words ("" is silence), or None when the customer leaves."""
        ...

    def after(self, outcome: str | None) -> str | None:
        """Return what the customer still says to an agent that has finished, or None."""
        ...


class Script:
    """What one customer heard, and said to it."""

    __slots__ = ("heard", "said")

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.said: list[str | None] = []


class Noted:
    """A customer whose words are written down."""

    __slots__ = ("_customer", "_script")

    def __init__(self, customer: Speaks, script: Script) -> None:
        self._customer, self._script = customer, script

    def open(self) -> str:
        """Return the first words."""
        words = self._customer.open()
        self._script.heard.append(("open", None))
        self._script.said.append(words)
        return words

    def reply(self, asked: Slot | None) -> str | None:
        """Return the next words."""
        words = self._customer.reply(asked)
        self._script.heard.append(("reply", asked))
        self._script.said.append(words)
        return words

    def after(self, outcome: str | None) -> str | None:
        """Return what is still said."""
        words = self._customer.after(outcome)
        self._script.heard.append(("after", outcome))
        self._script.said.append(words)
        return words


class Echo:
    """A customer who has met another version: speaks by the script, and freely from where it ends."""

    __slots__ = ("_at", "_customer", "_make", "_script")

    def __init__(self, make: Callable[[], Speaks], script: Script) -> None:
        self._make, self._script = make, script
        self._at = 0
        self._customer: Speaks | None = None

    def open(self) -> str:
        """Return the first words."""
        return self._said("open", None) or ""

    def reply(self, asked: Slot | None) -> str | None:
        """Return the next words."""
        return self._said("reply", asked)

    def after(self, outcome: str | None) -> str | None:
        """Return what is still said."""
        return self._said("after", outcome)

    def _said(self, kind: str, value: Slot | str | None) -> str | None:
        if self._customer is None:
            script, at = self._script, self._at
            if at < len(script.heard):
                before, what = script.heard[at]
                if before == kind and (what is value or what == value):
                    self._at = at + 1
                    return script.said[at]
            self._customer = self._caught_up()
        return _tell(self._customer, kind, value)

    def _caught_up(self) -> Speaks:
        """Return a customer who has heard what this one has."""
        customer = self._make()
        for kind, value in self._script.heard[: self._at]:
            _tell(customer, kind, value)
        return customer


def _tell(customer: Speaks, kind: str, value: Slot | str | None) -> str | None:
    if kind == "open":
        return customer.open()
    if kind == "reply":
        assert not isinstance(value, str)
        return customer.reply(value)
    assert value is None or isinstance(value, str)
    return customer.after(value)
