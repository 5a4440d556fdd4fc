"""Agents and lists of tools handed in as JSON files: parsed once, strictly, at the door."""

from __future__ import annotations

import json

from pydantic import TypeAdapter, ValidationError

from studio.domain.agent import Agent
from studio.domain.errors import BrokenInput
from studio.domain.tool import Tool

MOST_BYTES = 20_000_000
_TOOLS: TypeAdapter[tuple[Tool, ...]] = TypeAdapter(tuple[Tool, ...])


def _where(error: ValidationError) -> str:
    first = error.errors()[0]
    if first["type"] == "missing":
        return f"“{'/'.join(str(part) for part in first['loc'])}” is missing"
    return f"at “{'/'.join(str(part) for part in first['loc']) or 'the top'}”: {first['msg']}"


def _check_size(data: bytes, name: str) -> None:
    if len(data) > MOST_BYTES:
        raise BrokenInput(f"{name} is larger than {MOST_BYTES // 1_000_000} MB.", "Hand in the right file.")


def read_agent(data: bytes, name: str) -> Agent:
    """Return the agent in a JSON file; raises BrokenInput that names the place."""
    _check_size(data, name)
    try:
        return Agent.model_validate_json(data)
    except ValidationError as error:
        raise BrokenInput(
            f"{name} is not an agent: {_where(error)}.", "Mend the file and try again."
        ) from error


def read_tools(data: bytes, name: str) -> tuple[Tool, ...]:
    """Return the tools in a JSON list of name, description, parameters; other members are passed over."""
    _check_size(data, name)
    try:
        tree = json.loads(data)
        known = [{k: v for k, v in item.items() if k in Tool.model_fields} for item in tree]
        return _TOOLS.validate_python(known)
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        detail = _where(error) if isinstance(error, ValidationError) else "it is not a JSON list of tools"
        raise BrokenInput(
            f"{name} holds no list of tools: {detail}.", "Each needs a name, a description and parameters."
        ) from error
