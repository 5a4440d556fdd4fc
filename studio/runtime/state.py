"""Where one conversation stands: a plain, immutable value that can be stored, sent and resumed.

- `State` is never changed; the runtime thaws it into a `Memory`, works, and freezes a new one.
- Its JSON form holds everything: a conversation resumed from it goes on exactly as if never stopped.
"""

from __future__ import annotations

import marshal
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from operator import attrgetter
from typing import ClassVar, NamedTuple

from pydantic import ConfigDict, TypeAdapter, ValidationError

from studio.domain.condition import Scalar
from studio.domain.errors import BrokenInput
from studio.domain.frozen import Json


class Frame(NamedTuple):
    """A place in a workflow; below the top frame stand the callers of reusable blocks."""

    workflow: str
    step: str


@dataclass(frozen=True, slots=True)
class State:
    """One conversation between two turns.

    - `given` are facts the customer stated, in order; other facts came from systems.
    - `asking` is the fact the agent waits for; `entered` whether the present step has begun.
    - `offered` are the workflows named when the agent asked back; `tried` what systems did, in words.
    - `waiting` are further workflows that were asked for; `settled` is the outcome of those before.
    - `fragment` is a sentence the customer broke off; `indulged` counts words aside that cost no try.
    - `answer` is what the agent told last; `told` the disclosures as they were said; `today` the day.
    - `sent` are calls that cannot be taken back, each with whether an earlier wish of this talk sent it.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    frames: tuple[Frame, ...] = ()
    facts: Mapping[str, Scalar] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    asking: str | None = None
    entered: bool = False
    tries: Mapping[str, int] = field(default_factory=dict)
    verified: bool = False
    disclosed: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    wrote: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    misunderstood: int = 0
    silences: int = 0
    turns: int = 0
    outcome: str | None = None
    waiting: tuple[str, ...] = ()
    settled: str | None = None
    fragment: str = ""
    indulged: int = 0
    answer: str = ""
    told: Mapping[str, str] = field(default_factory=dict)
    today: str | None = None
    sent: Mapping[str, bool] = field(default_factory=dict)

    @property
    def ended(self) -> bool:
        """Return whether the conversation is over."""
        return self.outcome is not None

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form."""
        values = asdict(self)
        values["frames"] = [list(frame) for frame in self.frames]
        return {key: list(value) if isinstance(value, tuple) else value for key, value in values.items()}

    @staticmethod
    def from_json(tree: Mapping[str, Json]) -> State:
        """Return the state; raises BrokenInput for a tree that is none."""
        try:
            return _adapter().validate_python(dict(tree))
        except (TypeError, ValidationError) as error:
            raise BrokenInput("This is not a stored conversation.", "Start the conversation anew.") from error


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[State]:
    return TypeAdapter(State)


@dataclass(slots=True)
class Memory:
    """A state while it is being worked on."""

    frames: list[Frame]
    facts: dict[str, Scalar]
    given: list[str]
    asking: str | None
    entered: bool
    tries: dict[str, int]
    verified: bool
    disclosed: list[str]
    tried: list[str]
    wrote: list[str]
    offered: tuple[str, ...]
    misunderstood: int
    silences: int
    turns: int
    outcome: str | None
    waiting: list[str]
    settled: str | None
    fragment: str
    indulged: int
    answer: str
    told: dict[str, str]
    today: str | None
    sent: dict[str, bool]


def thaw(state: State) -> Memory:
    """Return a memory to work on; the state stays as it is."""
    return Memory(
        list(state.frames),
        dict(state.facts),
        list(state.given),
        state.asking,
        state.entered,
        dict(state.tries),
        state.verified,
        list(state.disclosed),
        list(state.tried),
        list(state.wrote),
        state.offered,
        state.misunderstood,
        state.silences,
        state.turns,
        state.outcome,
        list(state.waiting),
        state.settled,
        state.fragment,
        state.indulged,
        state.answer,
        dict(state.told),
        state.today,
        dict(state.sent),
    )


def move(memory: Memory, state: State) -> None:
    """Bring a memory to where a state is, in place."""
    there = thaw(state)
    for name in _FIELDS:
        setattr(memory, name, getattr(there, name))


_FIELDS = tuple(Memory.__slots__)
_values = attrgetter(*(name for name in _FIELDS if name != "frames"))


def likeness(place: State | Memory) -> bytes | None:
    """Return bytes that are equal for equal states only, or equal memories; None where a value is not plain.

    True is not 1, and the order of facts counts.
    """
    try:
        return marshal.dumps(([tuple(frame) for frame in place.frames], _values(place)), 2)
    except ValueError:
        return None


def freeze(memory: Memory) -> State:
    """Return the state a memory has come to; the memory must not be used afterwards."""
    return State(
        tuple(memory.frames),
        memory.facts,
        tuple(memory.given),
        memory.asking,
        memory.entered,
        memory.tries,
        memory.verified,
        tuple(memory.disclosed),
        tuple(memory.tried),
        tuple(memory.wrote),
        memory.offered,
        memory.misunderstood,
        memory.silences,
        memory.turns,
        memory.outcome,
        tuple(memory.waiting),
        memory.settled,
        memory.fragment,
        memory.indulged,
        memory.answer,
        memory.told,
        memory.today,
        memory.sent,
    )
