"""Files of conversations: JSON, JSON lines, a table of turns, or a plain transcript, told apart by content.

- JSON lines: one conversation a line, `{"id": …, "turns": [{"role": …, "text": …}, …]}`; JSON: a list of
  these, or one of them, or `{"conversations": […]}`. Table: one turn a line, with the columns
  `conversation`, `role`, `text`, separated by commas, semicolons or tabs.
- Plain transcript: `Customer: …` and `Agent: …` in lines; a line without a speaker goes on with the turn; a
  line of dashes, or one like `Conversation 12`, begins the next conversation.
- Who is not the agent is the customer. What cannot be read is told with its line, and nothing is taken.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from studio.domain.errors import BrokenInput
from studio.domain.frozen import Json

LARGEST = 50_000_000
"""Characters of one file that are read."""
LONGEST = 400
"""Turns of one conversation that are read."""
MOST = 5_000
"""Conversations of one file that are read."""

FileKind = Literal["json", "jsonl", "csv", "text"]
_AGENTS = frozenset(
    "agent assistant bot chatbot system advisor adviser representative rep operator support tool ai".split()
)
_CUSTOMERS = frozenset("customer client user caller guest visitor member patient".split())
_NAMES = {
    "conversation": ("conversation", "conversation_id", "conversation id", "id", "chat", "ticket", "session"),
    "role": ("role", "speaker", "author", "sender", "from", "who"),
    "text": ("text", "message", "content", "utterance", "words", "body"),
}
_CLOCK = r"(?:[\[(]?(?:\d{4}-\d\d-\d\d[ T])?\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]\.?m\.?)?[\])]?\s*[-–]?\s*)?"
_SPEAKER = re.compile(
    rf"\s*{_CLOCK}([A-Z][\w.'’-]*(?: [\w.'’-]+){{0,3}})(?: ?[(\[][^)\]]{{0,40}}[)\]])?:\s*(.*)", re.I
)
_BREAK = re.compile(
    r"\s*(?:[-=_*#]{3,}|#+ .{1,80}|(?:conversation|chat|call|transcript|ticket)"
    r"\s*(?:#|no\.?|number|id)?\s*:?\s*[\w-]*\d[\w-]*\s*:?)\s*",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Said:
    """One turn of an imported conversation."""

    customer: bool
    text: str


@dataclass(frozen=True, slots=True)
class Imported:
    """One conversation as it was imported."""

    id: str
    turns: tuple[Said, ...]


def kind_of(text: str) -> FileKind:
    """Return what a file is, by its first characters."""
    start = text.removeprefix("\ufeff").lstrip()
    if start.startswith("["):
        return "text" if re.match(r"\[\d", start) and not start.startswith("[{") else "json"
    if start.startswith("{"):
        first = start.partition("\n")[0].strip()
        return "jsonl" if first.endswith("}") and '"turns"' in first else "json"
    head = start.partition("\n")[0].casefold()
    columns = [cell.strip(' "\r') for cell in re.split(r"[,;\t]", head)]
    named = sum(any(name in names for name in columns) for names in _NAMES.values())
    return "csv" if len(columns) > 1 and named > 1 else "text"


def read_conversations(text: str, kind: FileKind | None = None) -> tuple[Imported, ...]:
    """Return the conversations of a file; raises BrokenInput with the line that is none."""
    if len(text) > LARGEST:
        raise BrokenInput(
            f"The file has more than {LARGEST:,} characters.", "Split it, and import the parts one by one."
        )
    kind = kind or kind_of(text)
    readers = {"csv": _from_csv, "jsonl": _from_lines, "json": _from_json, "text": _from_text}
    found: list[Imported] = []
    for each in readers[kind](text.removeprefix("\ufeff")):
        found.append(each)
        if len(found) > MOST:
            raise BrokenInput(f"The file has more than {MOST:,} conversations.", "Split it.")
    return tuple(found)


def _said(role: str, text: str) -> Said:
    words = set(re.findall(r"[a-z]+", str(role).casefold()))
    return Said(not words & _AGENTS, str(text).strip())


# JSON


def _from_lines(text: str) -> Iterator[Imported]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            yield _conversation(_parsed(line, f"Line {number}"), str(number), f"Line {number}")


def _from_json(text: str) -> Iterator[Imported]:
    tree = _parsed(text, "The file")
    if isinstance(tree, dict) and "turns" not in tree:
        tree = tree.get("conversations")
    for number, each in enumerate(tree if isinstance(tree, list) else [tree], 1):
        yield _conversation(each, str(number), f"Conversation {number}")


def _parsed(text: str, where: str) -> Json:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _none(where) from error


def _conversation(tree: Json, name: str, where: str) -> Imported:
    try:
        turns = tuple(_said(each["role"], each["text"]) for each in tree["turns"][:LONGEST])
        return Imported(str(tree.get("id") or tree.get("conversation_id") or name), turns)
    except (KeyError, TypeError, AttributeError) as error:
        raise _none(where) from error


def _none(where: str) -> BrokenInput:
    return BrokenInput(
        f"{where} is no conversation.", "Give each an “id” and “turns” with “role” and “text”."
    )


# Tables


def _from_csv(text: str) -> Iterator[Imported]:
    head = text.lstrip().partition("\n")[0]
    rows = csv.reader(io.StringIO(text.lstrip()), delimiter=max(",;\t", key=head.count))
    found: dict[str, list[Said]] = {}
    try:
        places = _places([cell.strip().casefold() for cell in next(rows, [])])
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            name, role, said = (row[at] if at < len(row) else "" for at in places)
            turns = found.setdefault(name, [])
            if len(turns) < LONGEST:
                turns.append(_said(role, said))
    except csv.Error as error:
        raise BrokenInput(
            f"Line {rows.line_num} cannot be read: {error}.", "Save the table as CSV again."
        ) from error
    for name, said_all in found.items():
        yield Imported(name, tuple(said_all))


def _places(head: list[str]) -> tuple[int, int, int]:
    """Return where conversation, role and text stand."""
    at = {kind: next((head.index(n) for n in names if n in head), -1) for kind, names in _NAMES.items()}
    if missing := [kind for kind, place in at.items() if place < 0]:
        raise BrokenInput(
            f"The table lacks the column {', '.join(sorted(missing))}.",
            "Give it the columns conversation, role and text, one turn a line.",
        )
    return at["conversation"], at["role"], at["text"]


# Plain transcripts


def _from_text(text: str) -> Iterator[Imported]:
    lines = text.splitlines()
    speakers = _speakers(lines)
    turns: list[tuple[str, list[str]]] = []
    name, number = "", 1
    for line in lines:
        found = _SPEAKER.match(line)
        who = found[1].casefold() if found else ""
        if found and who in speakers:
            turns.append((who, [found[2]]))
        elif _BREAK.fullmatch(line):
            if turns:
                yield _told(name or str(number), turns)
                turns, number, name = [], number + 1, ""
            name = " ".join(re.findall(r"\w[\w-]*", line.replace("_", " ")))[:60] or name
        elif line.strip() and turns:
            turns[-1][1].append(line.strip())
    if turns:
        yield _told(name or str(number), turns)


def _told(name: str, turns: Iterable[tuple[str, list[str]]]) -> Imported:
    said = tuple(_said(who, " ".join(words)) for who, words in turns)
    return Imported(name, said[:LONGEST])


def _speakers(lines: Iterable[str]) -> frozenset[str]:
    """Return who speaks in a transcript; raises BrokenInput where it does not say who is the agent."""
    heads = [found[1] for line in lines if (found := _SPEAKER.match(line))]
    agents = {head.casefold() for head in heads if set(re.findall(r"[a-z]+", head.casefold())) & _AGENTS}
    customers = {
        head.casefold() for head in heads if set(re.findall(r"[a-z]+", head.casefold())) & _CUSTOMERS
    }
    named = {head.casefold() for head in heads if all(word[:1].isupper() for word in head.split())}
    if not agents:
        raise BrokenInput(
            "The file does not say who is the agent: no line begins with “Agent:”.",
            "Begin each turn with “Customer:” or “Agent:”; or give a table with the columns conversation, "
            "role and text.",
        )
    return frozenset(agents | (customers or named))
