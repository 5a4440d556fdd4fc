"""Scenarios: tests in which a customer with a goal, facts and a manner meets the agent."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from studio.domain.condition import Scalar
from studio.domain.frozen import Frozen, Json
from studio.domain.source import Citation

Behaviour = Literal[
    "facts out of order",
    "impatient",
    "angry",
    "typos",
    "gives wrong then right data",
    "changes mind",
    "refuses to identify",
    "asks for a human",
    "asks for an exception",
    "silent once",
]


class Persona(Frozen):
    """How the customer is."""

    name: str = "Customer"
    patience: Literal["low", "medium", "high"] = "medium"
    clarity: Literal["low", "medium", "high"] = "high"
    mood: Literal["calm", "worried", "angry"] = "calm"


class Fact(Frozen):
    """Something the customer knows; `id` is a slot's id. `wrong` is said first by who errs or rethinks."""

    id: str
    value: Scalar
    wrong: Scalar | None = None


class SystemReply(Frozen):
    """What a mock system answers in this scenario; `id` is the tool's name."""

    id: str
    reply: dict[str, Json] = Field(default_factory=dict)


class Fault(Frozen):
    """A system that fails: `times` calls, or every call when absent; `id` is the tool's name."""

    id: str
    failure: Literal["timeout", "error", "refused"] = "timeout"
    times: int | None = None


class ExpectOutcome(Frozen):
    """The conversation ends with this outcome."""

    kind: Literal["outcome"] = "outcome"
    outcome: str


class ExpectCall(Frozen):
    """A tool is called (or, with `never`, is not)."""

    kind: Literal["call"] = "call"
    tool: str
    never: bool = False


class ExpectDisclosure(Frozen):
    """A disclosure rule's text is said, before the first call of `before` where that is given."""

    kind: Literal["disclosure"] = "disclosure"
    rule: str
    before: str | None = None


class ExpectStep(Frozen):
    """A step is passed (or, with `never`, is not)."""

    kind: Literal["step"] = "step"
    step: str
    never: bool = False


class ExpectHandoff(Frozen):
    """The customer is handed to this queue, with these facts filled."""

    kind: Literal["handoff"] = "handoff"
    queue: str
    context: tuple[str, ...] = ()


Expectation = Annotated[
    ExpectOutcome | ExpectCall | ExpectDisclosure | ExpectStep | ExpectHandoff, Field(discriminator="kind")
]


class Scenario(Frozen):
    """One test: who comes, with what, in which world, and what must happen."""

    id: str
    title: str
    workflow: str
    opening: str = ""
    persona: Persona = Persona()
    goal: str = ""
    facts: tuple[Fact, ...] = ()
    behaviours: tuple[Behaviour, ...] = ()
    systems: tuple[SystemReply, ...] = ()
    faults: tuple[Fault, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    citations: tuple[Citation, ...] = ()
