"""What systems answer and how they fail in a test, as lines that people can type.

- A reply: `lookup_order: amount=20; final_sale=no`. A failure: `issue_refund=timeout; times=1; at=pay-back`.
- What is written reads back as the same; what cannot be read is refused with a sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, get_args

from pydantic import ValidationError

from studio.domain.cell_text import NO, YES
from studio.domain.errors import WrongUse
from studio.domain.frozen import Json
from studio.domain.scenario import Fault, FaultKind, SystemReply

REPLY = "A line is like “lookup_order: amount=20; final_sale=no”."
FAULT = "A line is like “issue_refund=timeout; times=1”, with at=STEP, chance=20% or seconds=12 where needed."
_WHEN = {"at": "step", "chance": "chance", "times": "times", "seconds": "seconds", "field": "field",
         "values": "values"}  # fmt: skip
_NAME = {field: name for name, field in _WHEN.items()}
_PIECE = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*")+')
_BARE = re.compile(r"[^\W\d_](?:[\w -]*\w)?")


def write_replies(replies: Iterable[SystemReply]) -> str:
    """Return what systems answer, a line each."""
    lines = []
    for each in replies:
        said = "; ".join(f"{name}={_written(value)}" for name, value in each.reply.items())
        lines.append(f"{each.id}: {said}".rstrip())
    return "\n".join(lines)


def read_replies(text: str) -> tuple[SystemReply, ...]:
    """Return what the lines of a text say that systems answer; raises WrongUse."""
    found: dict[str, SystemReply] = {}
    for line in (each.strip() for each in text.splitlines()):
        if not line:
            continue
        name, sign, rest = line.partition(":")
        if not sign or not name.strip():
            raise WrongUse(f"“{line}” says no system that answers.", REPLY)
        if name.strip() in found:
            raise WrongUse(f"“{name.strip()}” answers twice.", "Give all that it answers in one line.")
        reply = dict(_pair(piece, line, REPLY) for piece in _pieces(rest))
        found[name.strip()] = SystemReply(
            id=name.strip(), reply={key: _read(said) for key, said in reply.items()}
        )
    return tuple(found.values())


def write_faults(faults: Iterable[Fault]) -> str:
    """Return what fails, a line each."""
    return "\n".join(write_fault(each) for each in faults)


def write_fault(fault: Fault) -> str:
    """Return one failure as a line."""
    more = []
    for field, name in _NAME.items():
        value = getattr(fault, field)
        if value is not None:
            more.append(f"{name}={_written(value) if field in ('field', 'values') else value}")
    return "; ".join([f"{fault.id}={fault.failure}", *more])


def read_faults(text: str) -> tuple[Fault, ...]:
    """Return what the lines of a text say that fails; raises WrongUse."""
    return tuple(_fault(line.strip()) for line in text.splitlines() if line.strip())


def _fault(line: str) -> Fault:
    pieces = _pieces(line)
    name, failure = _pair(pieces[0], line, FAULT) if pieces else ("", "")
    if failure not in get_args(FaultKind):
        known = ", ".join(get_args(FaultKind))
        raise WrongUse(f"“{failure or line}” is nothing that can go wrong.", f"It is one of: {known}.")
    tree: dict[str, Any] = {"id": name, "failure": failure}
    for piece in pieces[1:]:
        key, said = _pair(piece, line, FAULT)
        if key not in _WHEN:
            raise WrongUse(f"“{piece}” does not say when “{name}” fails.", FAULT)
        tree[_WHEN[key]] = _read(said) if key in ("field", "values") else _number(said, key)
    try:
        return Fault.model_validate(tree)
    except ValidationError as error:
        wrong = _NAME.get(str(error.errors()[0]["loc"][0]), "it")
        raise WrongUse(f"“{line}” says no {wrong} that can be.", FAULT) from None


def _number(said: str, key: str) -> str:
    share = said.removesuffix("%").strip()
    is_share = key == "chance" and said.endswith("%") and share.replace(".", "", 1).isdigit()
    return str(float(share) / 100) if is_share else said


def _pieces(text: str) -> list[str]:
    if _PIECE.sub("", text).strip("; "):
        raise WrongUse(f"In “{text}” a quotation mark is not closed.", "Close it.")
    return [piece.strip() for piece in _PIECE.findall(text) if piece.strip()]


def _pair(piece: str, line: str, how: str) -> tuple[str, str]:
    name, sign, said = (each.strip() for each in piece.partition("="))
    if not sign or not name:
        raise WrongUse(f"“{piece}” sets nothing in “{line}”.", how)
    return name, said


def _written(value: Json) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and _BARE.fullmatch(value) and value.casefold() not in (*YES, *NO):
        return value
    return json.dumps(value, ensure_ascii=False)


def _read(said: str) -> Json:
    if said.casefold() in (*YES, *NO):
        return said.casefold() in YES
    try:
        return json.loads(said)
    except ValueError:
        return said
