"""What a language model may answer about a part of a document: typed findings with quotes, nothing else.

- The classes are the one source of the JSON Schema that is sent, and of the check at the door.
- Every text and list is bounded; a member that was not asked for is refused.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from studio.domain.finding import StepFindingKind
from studio.domain.frozen import Json

Kind = Literal["obligation", "prohibition", "permission", "disclosure", "escalation", "definition"]
Category = Literal[
    "undefined term",
    "missing limit",
    "dangling reference",
    "missing case",
    "unnamed role",
    "contradiction",
    "other",
]
Quote = Annotated[str, Field(min_length=3, max_length=1_200)]
Words = Annotated[str, Field(min_length=1, max_length=800)]
Short = Annotated[str, Field(max_length=400)]
Answer = TypeVar("Answer", bound=BaseModel)
BlockId = Annotated[str, Field(max_length=20)]


class Strict(BaseModel):
    """An answer, or a part of one: no member that was not asked for, nothing turned into another type."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class RuleAnswer(Strict):
    """One sentence that binds the agent."""

    block: BlockId = Field(description="The id of the block that the quote stands in, as b12.")
    quote: Quote = Field(description="The sentence, copied letter by letter from that block.")
    kind: Kind
    text: Words = Field(description="The rule so that it can be understood alone, in the document's words.")
    condition: Short | None
    exception: Short | None
    confidence: Annotated[float, Field(ge=0, le=1, strict=False)]


class StepAnswer(Strict):
    """One step of a procedure."""

    block: BlockId
    quote: Quote
    kind: StepFindingKind
    text: Words
    tool: Annotated[str, Field(max_length=120)] | None = Field(description="The name of a listed system.")
    inputs: Annotated[tuple[Annotated[str, Field(max_length=80)], ...], Field(max_length=20, strict=False)]
    condition: Short | None


class ProcedureAnswer(Strict):
    """One procedure, its steps in the order in which they are done."""

    name: Annotated[str, Field(min_length=1, max_length=160)]
    steps: Annotated[tuple[StepAnswer, ...], Field(max_length=100, strict=False)]


class QuestionAnswer(Strict):
    """One thing that the document leaves open."""

    block: BlockId
    quote: Quote
    text: Annotated[str, Field(min_length=8, max_length=300)]
    reason: Annotated[str, Field(min_length=1, max_length=300)]
    category: Category


class PartAnswer(Strict):
    """Everything found in one part."""

    rules: Annotated[tuple[RuleAnswer, ...], Field(max_length=300, strict=False)]
    procedures: Annotated[tuple[ProcedureAnswer, ...], Field(max_length=30, strict=False)]
    questions: Annotated[tuple[QuestionAnswer, ...], Field(max_length=60, strict=False)]


def answer_schema() -> dict[str, Json]:
    """Return the JSON Schema of an answer, every member required."""
    return schema_of(PartAnswer)


def schema_of(answer: type[BaseModel]) -> dict[str, Json]:
    """Return the JSON Schema of a kind of answer, every member required."""
    schema: dict[str, Json] = answer.model_json_schema()
    _require_all(schema)
    return schema


def _require_all(node: Any) -> None:
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            node["required"] = sorted(node["properties"])
            node["additionalProperties"] = False
        for inner in node.values():
            _require_all(inner)
    elif isinstance(node, list):
        for inner in node:
            _require_all(inner)


def parse_answer(text: str) -> PartAnswer | str:
    """Return the answer in a reply's text, or in words why it is none."""
    return parsed(PartAnswer, text)


def parsed(answer: type[Answer], text: str) -> Answer | str:
    """Return an answer of a kind in a reply's text, or in words why it is none."""
    try:
        return answer.model_validate_json(text)
    except ValidationError as error:
        place = "/".join(str(step) for step in error.errors(include_input=False)[0]["loc"]) or "the whole"
        return f"The answer has not the shape that was asked for (at {place[:80]})."
