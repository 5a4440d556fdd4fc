"""Language models as the core sees them: a request, a reply or a failure, and what a workspace allows.

- A reply is untrusted text; whoever asked parses it strictly and checks every quote.
- Keys never stand in here: a model is named, and its key is found by the adapter.
"""

from __future__ import annotations

from typing import Literal

from studio.domain.frozen import Frozen, Json

FailureKind = Literal[
    "forbidden", "budget", "unreachable", "timeout", "busy", "refused", "broken", "cancelled"
]


class ModelMessage(Frozen):
    """One message of a request."""

    role: Literal["system", "user", "assistant"]
    text: str


class ModelRequest(Frozen):
    """What is asked of a model; `purpose` says in words why this text would leave the computer.

    With `answer_schema` (a JSON Schema named `answer_name`) the reply shall be one JSON value of that shape.
    """

    purpose: str
    messages: tuple[ModelMessage, ...]
    answer_name: str = "answer"
    answer_schema: dict[str, Json] | None = None
    most_tokens: int = 4096
    temperature: float = 0.0


class ModelReply(Frozen):
    """What a model answered, what it cost, and whether it came from a recording."""

    text: str
    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    seconds: float = 0.0
    recorded: bool = False


class ModelFailure(Frozen):
    """Why there is no reply, as a sentence and what to do."""

    kind: FailureKind
    sentence: str
    advice: str = ""
