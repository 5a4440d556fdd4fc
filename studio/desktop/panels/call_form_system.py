"""A system as fields: what it does, what it takes and answers, what it may change, how long it may take.

- A system is shared by every step that uses it; the form says so before anything is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.panels.call_form_schema import SchemaField, machine_name
from studio.desktop.panels.condition_words import read_value
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.form import Part
from studio.desktop.widgets.form_fields import ChoiceField, Held, LineField, Option, SwitchField
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.wrap import WrapLayout
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.edit import FieldEdit, SetField, wish
from studio.domain.tool import Limit, Tool

_EFFECTS = (Option("read", "It only looks something up"), Option("write", "It changes something"))
_DATA = (
    Option("public", "Anybody may know it"),
    Option("internal", "Only for inside the company"),
    Option("personal", "Tells about a person"),
    Option("payment", "Cards, accounts, payments"),
)


def new_system(agent: Agent, words: str) -> Tool | None:
    """Return a new system of this name, or None where the name is none or is taken."""
    name = machine_name(words)
    if not name or any(tool.name == name for tool in agent.tools):
        return None
    empty: dict[str, Any] = {
        "type": "object",
        "properties": {},
        "required": [],
        "additionalProperties": False,
    }
    return Tool(name=name, description=words, parameters=dict(empty), returns=dict(empty))


def removal(tool: Tool) -> FieldEdit:
    """Return the wish that a system goes."""
    words = tool.name.replace("_", " ")
    return FieldEdit(
        sets=(SetField(path=join_path("tools", tool.name)),), title=f"Remove the system “{words}”"
    )


class SystemParts:
    """Builds the fields of one system."""

    def __init__(
        self,
        agent: Agent,
        tool: Tool,
        tell: Callable[[FieldEdit], object],
        close: Callable[[], object] | None,
    ) -> None:
        """Take the system; without a way to close the fields, they stand in a place of their own."""
        self._agent, self._tool, self._tell, self._close = agent, tool, tell, close
        self._path = join_path("tools", tool.name)

    def parts(self) -> Iterator[Part]:
        """Yield the fields."""
        tool = self._tool
        yield self._part("description", lambda: LineField("What it does"), tool.description)
        yield self._part("effect", partial(ChoiceField, "What follows of it", _EFFECTS), tool.effect)
        if tool.effect == "write":
            yield self._part("reversible", lambda: SwitchField("It can be taken back"), tool.reversible)
        yield self._part("data_class", partial(ChoiceField, "What it knows", _DATA), tool.data_class)
        yield self._part(
            "parameters",
            partial(SchemaField, "What it is given", "value it is given", "Required"),
            tool.parameters,
        )
        yield from self._limits()
        yield self._part(
            "returns",
            partial(SchemaField, "What it answers", "value it answers", "Always there"),
            tool.returns,
        )
        if self._close is not None:
            yield Part(f"{self._path}/end", self._last, mark=self._users())

    def _part(self, name: str, make: Callable[[], QWidget], value: Any) -> Part:
        path = f"{self._path}/{name}"
        return Part(f"system {path}", make, value, None, lambda given: self._tell(wish(path, given)))

    def _limits(self) -> Iterator[Part]:
        """Yield the largest value of each number that it is given."""
        properties = self._tool.parameters.get("properties", {})
        for name, schema in properties.items():
            if schema.get("type") in ("number", "integer"):
                now = next((each.maximum for each in self._tool.limits if each.argument == name), None)
                title = f"Most that “{name.replace('_', ' ')}” may be, whoever asks"
                make = partial(LineField, title, read=_amount, write=_written, hint="no limit")
                yield Part(f"{self._path}/limits/{name}", make, now, None, partial(self._limited, name))

    def _limited(self, name: str, most: float | None) -> None:
        kept = [each for each in self._tool.limits if each.argument != name]
        made = (*kept, Limit(argument=name, maximum=most)) if most is not None else tuple(kept)
        self._tell(wish(f"{self._path}/limits", made))

    def _users(self) -> int:
        flows = self._agent.workflows
        return sum(getattr(step, "tool", "") == self._tool.name for flow in flows for step in flow.steps)

    def _last(self) -> Held:
        assert self._close is not None
        users = self._users()
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        words = (
            f"{users} steps use it; all of them change with it." if users > 1 else "Only this step uses it."
        )
        column.addWidget(label(words, "small", wrap=True))
        ways = WrapLayout(8)
        ways.addWidget(Button("Done", self._close, name="Done with this system"))
        if users <= 1:
            ways.addWidget(Button("Remove this system", self._remove, kind="reject"))
        column.addLayout(ways)
        return Held(holder)

    def _remove(self) -> None:
        self._tell(removal(self._tool))


def _amount(words: str) -> float | None:
    return float(read_value("money", words)) if words else None


def _written(value: float | None) -> str:
    return "" if value is None else f"{value:,g}"
