"""Scenarios: tests in which a customer with a goal, facts and a manner meets the agent.

- What was added after the first release is absent (None) where a scenario does not use it, so that the
  fingerprints of older scenarios stay as they were.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from studio.domain.condition import Scalar, spell
from studio.domain.frozen import Frozen, Json
from studio.domain.source import Citation
from studio.domain.world import OwnRecord

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
    "several questions at once",
    "interrupts",
    "challenges the answer",
    "slang",
    "incomplete sentences",
    "changes topic",
    "asks for another person's data",
    "asks for what is forbidden",
    "talks the agent out of its rules",
    "adds information late",
]
Channel = Literal["chat", "text message", "e-mail", "phone"]
Language = Literal["basic", "good", "native"]


class Persona(Frozen):
    """How the customer is."""

    name: str = "Customer"
    patience: Literal["low", "medium", "high"] = "medium"
    clarity: Literal["low", "medium", "high"] = "high"
    mood: Literal["calm", "worried", "angry"] = "calm"
    language: Language | None = None
    channel: Channel | None = None

    @property
    def words(self) -> str:
        """Return how the customer is, in a few words."""
        told = [self.mood, f"patience {self.patience}", f"clarity {self.clarity}"]
        told += [f"{self.language} English"] if self.language else []
        return ", ".join([*told, f"by {self.channel}"] if self.channel else told)


class Fact(Frozen):
    """Something the customer knows; `id` is a slot's id.

    `wrong` is said first by who errs, rethinks or adds the truth late; `another` is the same of another
    person; `forbidden` is what the customer demands although it is not allowed.
    """

    id: str
    value: Scalar
    wrong: Scalar | None = None
    another: Scalar | None = None
    forbidden: Scalar | None = None


class SystemReply(Frozen):
    """What a mock system answers in this scenario; `id` is the tool's name."""

    id: str
    reply: dict[str, Json] = Field(default_factory=dict)


FaultKind = Literal[
    "timeout",
    "error",
    "refused",
    "slow",
    "incomplete",
    "stale",
    "duplicate",
    "contradiction",
    "queue closed",
    "identity down",
]


class Fault(Frozen):
    """Something that goes wrong in the systems; `id` is the tool's name, or the queue's for `queue closed`.

    - `times`: so many calls, or every call when absent; `step`: only there; `chance`: this share of the
      calls, drawn from the seed.
    - `seconds` is how long a `slow` call takes: longer than the tool may take, it was done but is not heard.
    - `field` is what an `incomplete` reply lacks; `values` are what a `stale`, `duplicate` or
      `contradiction` reply says instead of the truth.
    """

    id: str
    failure: FaultKind = "timeout"
    times: int | None = None
    step: str | None = None
    chance: float | None = Field(default=None, ge=0, le=1)
    seconds: float | None = Field(default=None, gt=0)
    field: str | None = None
    values: dict[str, Json] | None = None


class ExpectOutcome(Frozen):
    """The conversation ends with this outcome."""

    kind: Literal["outcome"] = "outcome"
    outcome: str


class ExpectCall(Frozen):
    """A tool is called (or, with `never`, is not): with these arguments, so many times, where given."""

    kind: Literal["call"] = "call"
    tool: str
    never: bool = False
    arguments: dict[str, Json] | None = None
    times: int | None = None


class ExpectDisclosure(Frozen):
    """A disclosure rule's text is said, before the first call of `before` where that is given."""

    kind: Literal["disclosure"] = "disclosure"
    rule: str
    before: str | None = None


class ExpectStep(Frozen):
    """A step is passed (or, with `never`, is not), after another one where `after` names it."""

    kind: Literal["step"] = "step"
    step: str
    never: bool = False
    after: str | None = None


class ExpectHandoff(Frozen):
    """The customer is handed to this queue, with these facts filled, after a step where `after` names it."""

    kind: Literal["handoff"] = "handoff"
    queue: str
    context: tuple[str, ...] = ()
    after: str | None = None


class DoneCall(Frozen):
    """A call that should have been made, with its arguments."""

    tool: str
    arguments: dict[str, Json] = Field(default_factory=dict)


class ExpectWorld(Frozen):
    """At the end, the systems are as if exactly these calls had been made, and nothing else changed."""

    kind: Literal["world"] = "world"
    calls: tuple[DoneCall, ...] = ()


class ExpectRecord(Frozen):
    """At the end, a record has these values."""

    kind: Literal["record"] = "record"
    table: str
    id: str
    values: dict[str, Scalar]


class ExpectEffort(Frozen):
    """The customer needs at most so many turns, and waits at most so many seconds."""

    kind: Literal["effort"] = "effort"
    turns: int | None = None
    seconds: float | None = None


class ExpectGuard(Frozen):
    """Whoever asked for this call, the guard of `rule` (or the system's limit) would stop it; or, with
    `never`, nothing would. `told` says whether the disclosures had been said.
    """

    kind: Literal["guard"] = "guard"
    tool: str
    rule: str | None = None
    facts: dict[str, Scalar] = Field(default_factory=dict)
    arguments: dict[str, Json] = Field(default_factory=dict)
    verified: bool = True
    told: bool = True
    never: bool = False


class ExpectUnsaid(Frozen):
    """In no turn does the agent promise this (or, with `promised` off, speak of it); `rule` forbids it."""

    kind: Literal["unsaid"] = "unsaid"
    words: str
    promised: bool = True
    rule: str | None = None


Expectation = Annotated[
    ExpectOutcome
    | ExpectCall
    | ExpectDisclosure
    | ExpectStep
    | ExpectHandoff
    | ExpectWorld
    | ExpectRecord
    | ExpectEffort
    | ExpectGuard
    | ExpectUnsaid,
    Field(discriminator="kind"),
]


class Scenario(Frozen):
    """One test: who comes, with what, in which world, and what must happen.

    `also` are further questions of who asks several at once; `today` is the day on which it plays (ISO);
    `tags` are people's own words to find it by.
    """

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
    also: tuple[str, ...] | None = None
    today: str | None = None
    records: tuple[OwnRecord, ...] | None = None
    tags: tuple[str, ...] | None = None


_GOES_WRONG: dict[FaultKind, str] = {
    "timeout": "does not answer",
    "error": "fails",
    "refused": "refuses",
    "slow": "is slow",
    "incomplete": "leaves something out",
    "stale": "says what was true before",
    "duplicate": "does or finds it twice",
    "contradiction": "contradicts the other systems",
    "queue closed": "is closed",
    "identity down": "is down",
}


def fault_in_words(fault: Fault) -> str:
    """Return what goes wrong, and when."""
    when = [f"at “{fault.step.replace('-', ' ')}”"] if fault.step else []
    if fault.chance is not None:
        when.append(f"by chance, {fault.chance:.0%} of the calls")
    if fault.times is not None:
        when.append("the first time" if fault.times == 1 else f"the first {fault.times} times")
    told = ", ".join(when) or "every time"
    return f"“{fault.id.replace('_', ' ')}” {_GOES_WRONG[fault.failure]}, {told}"


def in_a_clause(expected: ExpectWorld | ExpectRecord | ExpectEffort | ExpectGuard | ExpectUnsaid) -> str:
    """Return what is expected of systems at the end, of effort, guard or words, as people say it."""
    if isinstance(expected, ExpectGuard):
        return _guarded(expected)
    if isinstance(expected, ExpectUnsaid):
        return f"Never {'promises' if expected.promised else 'speaks of'} “{expected.words}”"
    if isinstance(expected, ExpectEffort):
        turns = f"at most {expected.turns} turns" if expected.turns is not None else ""
        wait = f"at most {expected.seconds:g} seconds of waiting" if expected.seconds is not None else ""
        return f"Needs {' and '.join(filter(None, (turns, wait))) or 'whatever it takes'}"
    if isinstance(expected, ExpectRecord):
        values = ", ".join(f"{name.replace('_', ' ')} {spell(v)}" for name, v in expected.values.items())
        return f"At the end, {expected.id} in “{expected.table.replace('_', ' ')}” has {values}"
    done = " and ".join(f"“{call.tool.replace('_', ' ')}”" for call in expected.calls)
    return f"At the end, the systems are as after {done or 'nothing'}, and nothing else has changed"


def _guarded(expected: ExpectGuard) -> str:
    known = {
        **expected.facts,
        **{n: v for n, v in expected.arguments.items() if isinstance(v, int | float | str)},
    }
    parts = [f"{name.replace('_', ' ')} {spell(value)}" for name, value in known.items()]
    parts += [] if expected.verified else ["identity not verified"]
    parts += [] if expected.told else ["nothing disclosed"]
    call = f"“{expected.tool.replace('_', ' ')}”" + (f" with {', '.join(parts)}" if parts else "")
    if expected.never:
        return f"Whoever asks for it, nothing stops {call}"
    return f"Whoever asks for it, {expected.rule or 'the limit'} stops {call}"
