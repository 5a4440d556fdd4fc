"""Tool calls: arguments from facts, checked against the tool's schema; replies into facts.

- What a schema demands and a fact cannot give is a failure before anything is sent.
- A fact is fitted to the schema only where nothing is lost (45 for "45" and the reverse).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from studio.domain.condition import Facts, Scalar
from studio.domain.frozen import Json
from studio.domain.tool import Tool
from studio.domain.workflow import Argument, Binding

_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def fits(value: Json, kind: str) -> bool:
    """Return whether a value is of a JSON Schema type."""
    if kind == "null":
        return value is None
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _KINDS.get(kind, (object,)))


def _fitted(value: Json, schema: Mapping[str, Json]) -> Json:
    kind = schema.get("type")
    if kind in ("integer", "number") and isinstance(value, str):
        try:
            number = float(value)
        except ValueError:
            return value
        return int(number) if number.is_integer() else number
    if kind == "string" and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value


def gather(tool: Tool, wanted: Iterable[Argument], facts: Facts) -> dict[str, Json]:
    """Return the arguments that are known, fitted to the schema."""
    properties: Mapping[str, Mapping[str, Json]] = tool.parameters.get("properties", {})
    sent: dict[str, Json] = {}
    for argument in wanted:
        value: Json = argument.value if argument.fact is None else facts.get(argument.fact)
        if value is not None:
            sent[argument.name] = _fitted(value, properties.get(argument.name, {}))
    return sent


def _wrong(value: Json, schema: Mapping[str, Json]) -> str | None:
    kinds = schema.get("type")
    allowed = [kinds] if isinstance(kinds, str) else kinds
    if isinstance(allowed, list) and not any(fits(value, str(kind)) for kind in allowed):
        return f"should be {' or '.join(str(kind) for kind in allowed)}"
    choices = schema.get("enum")
    if isinstance(choices, list) and value not in choices:
        return f"should be one of {', '.join(str(choice) for choice in choices)}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = schema.get("minimum"), schema.get("maximum")
        if isinstance(low, int | float) and value < low:
            return f"should be at least {low}"
        if isinstance(high, int | float) and value > high:
            return f"should be at most {high}"
    return None


def unfit(tool: Tool, sent: Mapping[str, Json]) -> str | None:
    """Return what is wrong with the arguments as a clause, or None where they fit the schema."""
    for name in tool.required_arguments:
        if name not in sent:
            return f"“{name}” is not known"
    properties: Mapping[str, Mapping[str, Json]] = tool.parameters.get("properties", {})
    for name, value in sent.items():
        if name not in properties:
            if tool.parameters.get("additionalProperties") is False:
                return f"it takes no “{name}”"
            continue
        why = _wrong(value, properties[name])
        if why is not None:
            return f"“{name}” {why}"
    return None


def pick(reply: Mapping[str, Json], name: str) -> Scalar | None:
    """Return a single value of a reply by its name, or by a dotted path into it; None if absent."""
    value: Json = reply.get(name)
    if value is None and "." in name:
        value = reply
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    return value if isinstance(value, bool | int | float | str) else None


def learn(reply: Mapping[str, Json], bindings: Iterable[Binding]) -> tuple[dict[str, Scalar], list[str]]:
    """Return the facts that a reply gives, and the names of results it should have had but has not."""
    facts: dict[str, Scalar] = {}
    absent: list[str] = []
    for binding in bindings:
        value = pick(reply, binding.result)
        if value is None:
            absent.append(binding.result)
        else:
            facts[binding.fact] = value
    return facts, absent
