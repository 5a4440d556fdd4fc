"""What must happen in a test, as lines that people can type: `uses issue_refund; times=1`.

- One line is one expectation: what is expected, whom it is about, and further fields as `name=value`.
- `write_expectations` and `read_expectations` are each other's inverse; what cannot be read is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, get_args

from pydantic import TypeAdapter, ValidationError

from studio.domain.cell_text import NO, YES
from studio.domain.errors import WrongUse
from studio.domain.frozen import Json, to_json
from studio.domain.scenario import Expectation

KINDS: dict[str, tuple[str, str]] = {
    "outcome": ("ends", "outcome"),
    "call": ("uses", "tool"),
    "disclosure": ("tells", "rule"),
    "step": ("passes", "step"),
    "handoff": ("hands over to", "queue"),
    "world": ("leaves as after", "calls"),
    "record": ("keeps record", "id"),
    "effort": ("needs at most", ""),
    "guard": ("is stopped at", "tool"),
    "unsaid": ("never says", "words"),
}
"""For each kind the words that begin its line, and the field that follows them."""
HOW = "A line is like “uses issue_refund; times=1”; it begins with one of: " + ", ".join(
    words for words, _ in KINDS.values()
)
_ADAPTER: TypeAdapter[Expectation] = TypeAdapter(Expectation)
_MODELS = {model.model_fields["kind"].default: model for model in get_args(get_args(Expectation)[0])}
_PIECE = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*")+')
_BARE = re.compile(r"[^\W\d_](?:[\w -]*\w)?")


def write_expectations(expected: Iterable[Expectation]) -> str:
    """Return expectations as text, a line each."""
    return "\n".join(_line(each) for each in expected)


def _line(expected: Expectation) -> str:
    words, first = KINDS[expected.kind]
    tree = to_json(expected)
    del tree["kind"]
    head = tree.pop(first, None) if first else None
    shown = "" if head is None or head == [] else f" {_value(head)}"
    defaults = {name: info.default for name, info in _MODELS[expected.kind].model_fields.items()}
    more = [
        f"{name}={_value(value)}" for name, value in _flat(tree) if "." in name or value != defaults.get(name)
    ]
    return "; ".join([f"{words}{shown}", *more])


def _flat(tree: dict[str, Json]) -> Iterator[tuple[str, Json]]:
    """Yield the fields, those of values by name as `arguments.amount`."""
    for name, value in tree.items():
        if isinstance(value, dict) and value and not any("=" in key or "." in key for key in value):
            yield from ((f"{name}.{key}", each) for key, each in value.items())
        elif value not in ({}, []):
            yield name, value


def _value(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        plain = _BARE.fullmatch(value) and value.casefold() not in (*YES, *NO)
        return value if plain else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)


def read_expectations(text: str) -> tuple[Expectation, ...]:
    """Return what the lines of a text expect; raises WrongUse."""
    return tuple(_read(line.strip()) for line in text.splitlines() if line.strip())


def _read(line: str) -> Expectation:
    if _PIECE.sub("", line).strip("; "):
        raise WrongUse(f"In “{line}” a quotation mark is not closed.", f"{HOW}.")
    pieces = [piece.strip() for piece in _PIECE.findall(line) if piece.strip()]
    start = pieces[0] if pieces else ""
    for kind, (words, first) in sorted(KINDS.items(), key=lambda each: -len(each[1][0])):
        if start.casefold() == words or start.casefold().startswith(f"{words} "):
            head = start[len(words) :].strip()
            return _made(line, kind, first, head, pieces[1:])
    raise WrongUse(f"“{line}” says nothing that can be expected.", f"{HOW}.")


def _made(line: str, kind: str, first: str, head: str, pieces: list[str]) -> Expectation:
    tree: dict[str, Any] = {"kind": kind}
    if head and not first:
        pieces = [head, *pieces]
    elif head:
        tree[first] = _meant(head, kind, first)
    for piece in pieces:
        name, sign, said = (each.strip() for each in piece.partition("="))
        field, _, inner = name.partition(".")
        if not sign or field not in _MODELS[kind].model_fields:
            known = ", ".join(each for each in _MODELS[kind].model_fields if each not in ("kind", first))
            raise WrongUse(f"“{piece}” sets nothing in “{line}”.", f"Its fields are: {known or 'none'}.")
        if inner:
            tree.setdefault(field, {})[inner] = _meant(said, kind, "")
        else:
            tree[field] = _meant(said, kind, field)
    try:
        return _ADAPTER.validate_python(tree)
    except ValidationError as error:
        where = ".".join(str(each) for each in error.errors()[0]["loc"][1:]) or "it"
        raise WrongUse(f"“{line}” cannot be expected: {where} is missing or of another kind.", HOW) from None


def _meant(said: str, kind: str, field: str) -> Json:
    """Return the value of a text; of a field of words, the text itself."""
    if said[:1] in ('"', "[", "{"):
        try:
            return json.loads(said)
        except ValueError:
            raise WrongUse(f"{said} is not closed.", HOW) from None
    info = _MODELS[kind].model_fields.get(field)
    if info is not None and (info.annotation is str or info.annotation == str | None):
        return said
    if info is not None and "tuple" in str(info.annotation):
        names = [each.strip() for each in said.split(",") if each.strip()]
        return [{"tool": name} for name in names] if field == "calls" else names
    if said.casefold() in (*YES, *NO):
        return said.casefold() in YES
    try:
        return json.loads(said)
    except ValueError:
        return said
