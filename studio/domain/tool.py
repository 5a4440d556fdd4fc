"""Tools: the systems an agent calls, described by JSON Schema, with what they may change."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from studio.domain.frozen import Frozen, Json
from studio.domain.world import Mock


class Limit(Frozen):
    """The largest value an argument may have, whoever asks."""

    argument: str
    maximum: float


class Tool(Frozen):
    """One system call: JSON Schema in and out, read or write, reversible or not.

    `answers_within` are the seconds after which a caller gives up; `mock` is how it is rehearsed.
    """

    name: str
    description: str = ""
    parameters: dict[str, Json] = Field(default_factory=dict)
    returns: dict[str, Json] = Field(default_factory=dict)
    effect: Literal["read", "write"] = "read"
    reversible: bool = True
    limits: tuple[Limit, ...] = ()
    data_class: Literal["public", "internal", "personal", "payment"] = "internal"
    answers_within: float | None = None
    mock: Mock | None = None

    @property
    def id(self) -> str:
        """Return the name, which is the tool's identity in paths."""
        return self.name

    @property
    def argument_names(self) -> tuple[str, ...]:
        """Return the names of the arguments, in the schema's order."""
        return tuple(self.parameters.get("properties", {}))

    @property
    def required_arguments(self) -> tuple[str, ...]:
        """Return the names of the arguments that may not be left out."""
        return tuple(self.parameters.get("required", ()))

    @property
    def result_names(self) -> tuple[str, ...]:
        """Return the names of the values the tool gives back."""
        return tuple(self.returns.get("properties", {}))
