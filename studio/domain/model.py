"""Language models as the core sees them: a request, a reply or a failure, and what a workspace allows.

- A reply is untrusted text; whoever asked parses it strictly and checks every quote.
- Keys never stand in here: a model is named, and its key is found by the adapter.
- A request says what kind of text it holds (`contents`), so that a workspace can forbid a kind.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from studio.domain.frozen import Frozen, Json

FailureKind = Literal[
    "forbidden", "budget", "unreachable", "timeout", "busy", "refused", "broken", "cancelled"
]
Content = Literal["documents", "internal documents", "agent", "requests", "conversations"]
"""What text may be: sources, sources marked internal, the agent itself, what people ask here, talks."""

Personal = Literal[
    "e-mail address", "phone number", "card number", "bank account", "postal address", "account number"
]
"""What is masked before text leaves; account numbers only in the shapes that a workspace names."""


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
    contents: tuple[Content, ...] = ("documents",)
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


class ModelUse(Frozen):
    """What a run has used so far; `calls` counts requests that really went out."""

    model: str
    destination: str
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None


class ModelPolicy(Frozen):
    """What a workspace allows to leave this computer, and what is masked first.

    Models and destinations are patterns in which * stands for anything. An id shape spells an account or
    order number: # is a digit, @ a letter, anything else itself, as in `ORD-######`.
    """

    forbidden: bool = False
    models: tuple[str, ...] = ("*",)
    destinations: tuple[str, ...] = ("*",)
    contents: tuple[Content, ...] = ("documents", "agent", "requests")
    masked: tuple[Personal, ...] = (
        "e-mail address", "phone number", "card number", "bank account", "postal address", "account number",
    )  # fmt: skip
    id_shapes: tuple[str, ...] = ()


class ModelConsent(Frozen):
    """Someone has seen what leaves this computer, and for where; `id` is the destination."""

    id: str
    model: str
    by: str
    at: datetime


class ModelPreview(Frozen):
    """What would leave this computer: where to, how much, and the requests with personal data masked.

    `refusal` says why it may not leave, and is empty where it may.
    """

    model: str
    destination: str
    requests: tuple[ModelRequest, ...]
    characters: int
    tokens: int
    masked: tuple[tuple[Personal, int], ...] = ()
    confirmed: bool = False
    refusal: str = ""
