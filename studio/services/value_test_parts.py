"""Parts of a proposed test as fields: who comes, how they behave, what systems answer, what fails.

- What systems answer and what fails are texts that read back (`studio.domain.rehearsal_text`); the window
  lets people choose instead, and sends the same text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import TypeAdapter

from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.condition import spell
from studio.domain.errors import WrongUse
from studio.domain.frozen import Json, to_json
from studio.domain.known import in_words
from studio.domain.rehearsal_text import read_faults, read_replies, write_faults, write_replies
from studio.domain.scenario import Behaviour, Channel, Fault, Language, Persona, SystemReply
from studio.services.value_parts import Leaf, ValueField

_REPLIES: TypeAdapter[tuple[SystemReply, ...]] = TypeAdapter(tuple[SystemReply, ...])
_FAULTS: TypeAdapter[tuple[Fault, ...]] = TypeAdapter(tuple[Fault, ...])
_LEVELS = ("low", "medium", "high")
_PERSON: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("mood", "Mood", ("calm", "worried", "angry"), ""),
    ("patience", "Patience", _LEVELS, ""),
    ("clarity", "Clarity", _LEVELS, ""),
    ("language", "English", get_args(Language), "not said"),
    ("channel", "Comes by", get_args(Channel), "any"),
)


def person_leaves(person: Json, key: str) -> Iterator[Leaf]:
    """Return the fields of who comes; `key` is where that stands within the value."""
    value = to_json(Persona.model_validate(person or {}))

    def at(name: str) -> str:
        return join_path(key, name) if key else name

    yield Leaf(ValueField(at("name"), "Who comes", "line", value["name"]), value["name"])
    for name, label, options, nothing in _PERSON:
        choices = tuple((each, each) for each in options)
        choices = (("", nothing), *choices) if nothing else choices
        said = value.get(name)
        yield Leaf(ValueField(at(name), label, "choice", said or "", choices), said)


def behaviours_leaf(value: Json, key: str) -> Leaf:
    """Return the field of how the customer behaves."""
    choices = tuple((each, each) for each in get_args(Behaviour))
    field = ValueField(key, "How they behave", "lines", "\n".join(value or ()), choices)
    return Leaf(field, value or [])


def replies_leaf(value: Json, key: str) -> Leaf:
    """Return the field of what the systems answer."""
    said = write_replies(_REPLIES.validate_python(value or []))
    return Leaf(ValueField(key, "What the systems answer", "replies", said), value or [])


def reply_leaves(reply: Json) -> Iterator[Leaf]:
    """Return a field for each value that one system answers."""
    for name, value in reply.items():
        leaf = scalar_leaf(join_path("reply", name), in_words(name), value)
        if leaf is not None:
            yield leaf


def faults_leaf(value: Json, key: str) -> Leaf:
    """Return the field of what fails."""
    said = write_faults(_FAULTS.validate_python(value or []))
    return Leaf(ValueField(key, "What fails", "faults", said), value or [])


def scalar_leaf(key: str, label: str, value: Json) -> Leaf | None:
    """Return the field of one value; None where it is none."""
    if isinstance(value, bool):
        return Leaf(ValueField(key, label, "yes or no", "yes" if value else "no"), value)
    if isinstance(value, int | float):
        return Leaf(ValueField(key, label, "number", spell(value)), value)
    return Leaf(ValueField(key, label, "line", value), value) if isinstance(value, str) else None


def read_rehearsal(draft: Agent, field: ValueField, text: str) -> Json:
    """Return what the text of replies or of failures says; raises WrongUse, also for an unknown system."""
    made: Any = read_replies(text) if field.kind == "replies" else read_faults(text)
    was = {each.split("=")[0].split(":")[0].strip() for each in field.text.splitlines()}
    known = {tool.name for tool in draft.tools} | was
    if field.kind == "faults":
        known |= {queue for flow in draft.workflows for s in flow.steps if (queue := getattr(s, "queue", ""))}
    missing = [each.id for each in made if each.id not in known]
    if missing:
        shown = ", ".join(sorted(known))
        raise WrongUse(f"There is no system “{missing[0]}”.", f"There are: {shown}.")
    return [to_json(each) for each in made]
