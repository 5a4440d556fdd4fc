"""Tool calls held against the tools' schemas: arguments in, results out."""

from __future__ import annotations

from studio.checks.names import Names
from studio.domain.condition import Scalar
from studio.domain.frozen import Json
from studio.domain.tool import Tool
from studio.domain.workflow import Argument, SlotType, ToolCall, Verify

KINDS_OF_SLOT: dict[SlotType, frozenset[str]] = {
    "number": frozenset({"number", "integer", "string"}),
    "money": frozenset({"number", "integer", "string"}),
    "yes or no": frozenset({"boolean"}),
}
WORDS = frozenset({"string"})


def _kinds(schema: Json) -> frozenset[str]:
    """Return the JSON types a schema allows; empty where it allows all."""
    kind = schema.get("type") if isinstance(schema, dict) else None
    found = [kind] if isinstance(kind, str) else kind if isinstance(kind, list) else []
    return frozenset(str(each) for each in found)


def _kinds_of_value(value: Scalar) -> frozenset[str]:
    if isinstance(value, bool):
        return frozenset({"boolean"})
    if isinstance(value, str):
        return WORDS
    return frozenset({"number", "integer"}) if float(value).is_integer() else frozenset({"number"})


def check_arguments(names: Names, step: ToolCall | Verify, path: str) -> None:
    """Note arguments that the tool does not take, lacks, or cannot use."""
    tool = names.agent.tool(step.tool)
    own = tuple(Argument(name=slot, fact=slot) for slot in step.slots) if isinstance(step, Verify) else ()
    given = step.arguments or tuple(each for each in own if each.name in tool.argument_names)
    for argument in given:
        _check_argument(names, step, tool, argument, path)
    filled = {argument.name for argument in given}
    for name in tool.required_arguments:
        detail = f"“{step.title}” calls “{tool.name}” without “{name}”, which it demands."
        names.need(name in filled, step.title, detail, path, f"required:{name}")


def _check_argument(names: Names, step: ToolCall | Verify, tool: Tool, argument: Argument, path: str) -> None:
    about = f"argument:{argument.name}"
    known = tool.argument_names
    detail = f"“{step.title}” sends “{argument.name}”, which “{tool.name}” does not take."
    if not names.need(not known or argument.name in known, step.title, detail, path, about):
        return
    detail = f"“{step.title}” does not say what fills “{argument.name}”."
    filled = argument.fact is not None or argument.value is not None
    if not names.need(filled, step.title, detail, path, f"{about}:filled"):
        return
    if argument.fact is not None:
        detail = f"“{step.title}” sends “{argument.fact}”, which nothing ever fills."
        if not names.need(argument.fact in names.facts, step.title, detail, path, f"{about}:fact"):
            return
    wanted = _kinds(tool.parameters.get("properties", {}).get(argument.name))
    given = _given(names, argument)
    fits = not wanted or not given or bool(wanted & given)
    detail = f"“{step.title}” sends words or values for “{argument.name}” that “{tool.name}” cannot use."
    names.need(fits, step.title, detail, path, f"{about}:type")


def _given(names: Names, argument: Argument) -> frozenset[str]:
    """Return the JSON types that may be sent; empty where that is not known."""
    if argument.fact is None:
        return _kinds_of_value(argument.value) if argument.value is not None else frozenset()
    slot = names.slots.get(argument.fact)
    return KINDS_OF_SLOT.get(slot.type, WORDS) if slot else frozenset()


def check_results(names: Names, step: ToolCall | Verify, path: str) -> None:
    """Note results that the tool does not give."""
    tool = names.agent.tool(step.tool)
    if not tool.result_names:
        return
    if isinstance(step, Verify):
        detail = f"“{step.title}” needs “verified” from “{tool.name}”, which it does not give."
        names.need("verified" in tool.result_names, step.title, detail, path, "result:verified")
        return
    for binding in step.results:
        there = binding.result in tool.result_names or binding.result.split(".")[0] in tool.result_names
        detail = f"“{step.title}” takes “{binding.result}” from “{tool.name}”, which does not give it."
        names.need(there, step.title, detail, path, f"result:{binding.result}")
