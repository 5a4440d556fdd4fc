"""What a reply must be before anyone sees it: where a schema was asked for, one JSON value of that shape.

- Strict: no member twice, no NaN, no text around the value; one fence (```json) around all of it is taken
  off, because models that know no schemas write one.
- The text that comes back holds the JSON value and nothing else; what is wrong with it is said in a sentence.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

from studio.domain.frozen import Json
from studio.domain.model import ModelFailure, ModelReply, ModelRequest

MOST_CHARACTERS = 2_000_000
_DEEPEST = 60
_FENCE = re.compile(r"\A\s*```(?:json)?[ \t]*\n(.*?)\n?[ \t]*```\s*\Z", re.DOTALL | re.IGNORECASE)


class Unfit(ValueError):
    """A reply is not what was asked for; the message says why, without quoting it."""


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise Unfit("a member stands there twice")
    return made


def _no_constant(name: str) -> Json:
    raise Unfit(f"{name} is no number")


def fit(request: ModelRequest, text: str) -> str:
    """Return the reply's text, without a fence where JSON was asked for; raises Unfit."""
    if len(text) > MOST_CHARACTERS:
        raise Unfit("it is far longer than any answer should be")
    if request.answer_schema is None:
        if not text.strip():
            raise Unfit("it is empty")
        return text
    fenced = _FENCE.match(text)
    bare = (fenced.group(1) if fenced else text).strip()
    _check(request.answer_schema, _value(bare))
    return bare


def _value(text: str) -> Json:
    # The nesting is bounded before parsing: the parser and the validator recurse.
    if text.count("[") + text.count("{") > _DEEPEST * 4 and _nesting(text) > _DEEPEST * 4:
        raise Unfit("it is nested too deeply")  # brackets inside strings count, too
    try:
        return json.loads(text, object_pairs_hook=_members, parse_constant=_no_constant)
    except (json.JSONDecodeError, RecursionError):
        raise Unfit("it is no JSON") from None


def _nesting(text: str) -> int:
    depth = deepest = 0
    for sign in text:
        depth += (sign in "[{") - (sign in "]}")
        deepest = max(deepest, depth)
    return deepest


@lru_cache(maxsize=64)
def _validator(schema: str) -> Any:
    """Return what checks a form; thousands of answers have the same one."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(schema))


def _check(schema: dict[str, Any], value: Json) -> None:
    error = next(iter(_validator(json.dumps(schema)).iter_errors(value)), None)
    if error is not None:
        place = "/".join(str(part) for part in error.absolute_path) or "the whole"
        raise Unfit(f"it has not the shape that was asked for (at {place[:80]}: {error.validator})")


def unfit_failure(model: str, why: str) -> ModelFailure:
    """Return the failure of a reply that is not what was asked for."""
    return ModelFailure(
        kind="broken",
        sentence=f"The answer of {model} cannot be used: {why}.",
        advice="Ask again, or choose a model that keeps to a given form.",
    )


def checked(request: ModelRequest, reply: ModelReply) -> ModelReply | ModelFailure:
    """Return the reply with its text made fit, or the failure that says why it is not."""
    try:
        return reply.model_copy(update={"text": fit(request, reply.text)})
    except Unfit as why:
        return unfit_failure(reply.model, str(why))
