"""Questions about amounts that the documents state: what something costs, which line of a table holds.

- Only sentences and table lines that name everything that was asked about answer, each quoted with its place.
- A number in the question picks the lines whose range it lies in; a line without a range is no answer to it.
- Where no document states it, that is said; nothing is worked out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from studio.cobuilder.requests.items import shortened, stems_of
from studio.cobuilder.requests.kinds import Kind, NotMine, Outcome, Told, Turn
from studio.cobuilder.words.values import values_in
from studio.domain.request import Link
from studio.domain.source import Block, Citation, Source

_MOST = 5
_FREE = re.compile(r"\b(?:free(?: of charge)?|no (?:charge|fee|cost)|nothing|not charged)\b", re.IGNORECASE)
_BINDING = stems_of(
    "price cost fee charge amount rate much how what is are does do the a an for of to our we you it "
    "customer customers people get gets back pay pays apply applies one someone there in on by"
)
_NUMBER = r"(?P<{0}>[£$€]?\s?\d[\d,]*(?:\.\d+)?)"
_FROM_TO = re.compile(_NUMBER.format("low") + r"\s*(?:to|-|–|—|until|and)\s*" + _NUMBER.format("high"))


def _before(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\s*" + _NUMBER.format("n"), re.IGNORECASE)


def _after(words: str) -> re.Pattern[str]:
    return re.compile(_NUMBER.format("n") + rf"[^.;,|]{{0,20}}?\b(?:{words})", re.IGNORECASE)


_SIDES: tuple[tuple[re.Pattern[str], str], ...] = (
    (_before("no more than|not more than|at most|up to|within|maximum(?: of)?"), "<="),
    (_before("at least|no less than|not less than|from|minimum(?: of)?"), ">="),
    (_before("more than|over|above|beyond|older than|longer than|after"), ">"),
    (_before("less than|under|below|fewer than|younger than|before"), "<"),
    (_after("or more|or longer|or older|and over|and more"), ">="),
    (_after("or less|or fewer|or younger|and under"), "<="),
)
"""The first that fits counts: “no more than” is no “more than”."""
_UNITS = re.compile(
    r"\b(?P<unit>working day|day|week|month|year|hour|minute|kilometre|km|mile|kg|kilo|person|people|guest|"
    r"night|item|piece)s?\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence, or a line of a table: its words, the words around it, and where it stands."""

    source: Source
    text: str
    around: str
    first: Block
    start: int
    end: int

    @property
    def words(self) -> frozenset[str]:
        """Return the stems of the line and what stands above it."""
        return stems_of(f"{self.text} {self.around}")


def _lines(source: Source) -> Iterator[_Line]:
    """Yield the sentences and the table lines of a source, with their headings and column titles."""
    from studio.cobuilder.words.sentences import sentences

    document = source.current.document
    rows: dict[int, list[Block]] = {}
    titles: list[Block] = []
    heading = ""
    for block in (*document.blocks, None):
        if (
            block is not None
            and block.kind == "cell"
            and block.row is not None
            and block.tracked != "deleted"
        ):
            if block.row == 0 and any(rows):
                yield from _table(source, rows, titles, heading)
                rows, titles = {}, []
            rows.setdefault(block.row, []).append(block)
            titles += [block] if block.row == 0 or block.header else []
            continue
        if rows:
            yield from _table(source, rows, titles, heading)
            rows, titles = {}, []
        if block is None or block.tracked == "deleted":
            continue
        if block.kind == "heading":
            heading = block.text
        elif block.kind in ("paragraph", "item"):
            for sentence in sentences(document, block):
                yield _Line(source, sentence.text, heading, block, sentence.start, sentence.end)


def _table(
    source: Source, rows: dict[int, list[Block]], titles: list[Block], heading: str
) -> Iterator[_Line]:
    above = " ".join([heading, *(title.text for title in titles)])
    for cells in rows.values():
        if cells[0] in titles:
            continue
        text = " | ".join(cell.text for cell in cells)
        yield _Line(source, text, above, cells[0], cells[0].start, cells[-1].end)


def _amount(turn: Turn) -> Outcome:
    """Answer what something costs."""
    topic = shortened(turn.text("topic"))
    said = stems_of(topic) - _BINDING
    if not said or re.search(r"\d", topic):
        return _which(turn, topic) if re.search(r"\d", topic) else NotMine()
    found = [
        line
        for source, _ in turn.ground.papers
        for line in _lines(source)
        if said <= line.words and said & stems_of(line.text) and _states_amount(line.text)
    ]
    if not found and turn.ground.index.find(topic, ("fact", "system")).certain:
        return NotMine()
    if not found:
        return Told(f"No document says what “{topic}” costs.")
    return _told(found)


def _states_amount(text: str) -> bool:
    money = any(value.kind in ("money", "percent") for value in values_in(text))
    return money or bool(_FREE.search(text))


def _line_for(turn: Turn) -> Outcome:
    """Answer which line of a table, or which sentence, holds for a number."""
    return _which(turn, turn.text("topic"))


def _which(turn: Turn, topic: str) -> Outcome:
    number = _asked_number(topic)
    if number is None:
        return NotMine()
    about = re.sub(r"[£$€]?\d[\d,.]*", " ", topic)
    unit, money = _unit(about), bool(re.search(r"[£$€]\s?\d|\b(?:pounds?|euros?|dollars?)\b", topic))
    said = stems_of(_UNITS.sub(" ", about)) - _BINDING - _ASIDE
    found = []
    for source, _ in turn.ground.papers:
        for line in _lines(source):
            ranges = _ranges(line)
            same = _is_money(line) if money else unit is None or unit in _units(line)
            if ranges and same and said <= line.words and any(_holds(each, number) for each in ranges):
                found.append(line)
    return _told(found) if found else NotMine()


_ASIDE = stems_of("which row line rule answer refund holds counts happens order after when with at case if")


def _asked_number(topic: str) -> float | None:
    numbers = re.findall(r"\d[\d,]*(?:\.\d+)?", topic)
    return float(numbers[0].replace(",", "")) if len(numbers) == 1 else None


def _unit(text: str) -> str | None:
    found = _UNITS.search(text)
    return found["unit"].lower() if found else None


def _units(line: _Line) -> set[str]:
    return {match["unit"].lower() for match in _UNITS.finditer(f"{_case_of(line)} {line.around}")}


def _is_money(line: _Line) -> bool:
    return bool(re.search(r"[£$€]", _case_of(line)))


def _case_of(line: _Line) -> str:
    """Return where a line tells its case: the first cell of a table's line, or the whole sentence."""
    return line.text.split(" | ")[0]


def _ranges(line: _Line) -> list[tuple[str, float, float]]:
    """Return the ranges that a line's case tells, as (operator, number, upper number)."""
    text = _case_of(line)
    found: list[tuple[str, float, float]] = []
    for match in _FROM_TO.finditer(text):
        found.append(("between", _plain(match["low"]), _plain(match["high"])))
    if found:
        return found
    taken: set[int] = set()
    for pattern, operator in _SIDES:
        for match in pattern.finditer(text):
            if match.start("n") not in taken:
                taken.add(match.start("n"))
                found.append((operator, _plain(match["n"]), 0.0))
    if (
        not found
        and " | " in line.text
        and re.fullmatch(r"[£$€]?\s?\d[\d,]*(?:\.\d+)?(?: \w+)?", text.strip())
    ):
        found.append(("=", _plain(re.findall(r"\d[\d,]*(?:\.\d+)?", text)[0]), 0.0))
    return found


def _plain(number: str) -> float:
    return float(re.sub(r"[^\d.]", "", number))


def _holds(limit: tuple[str, float, float], number: float) -> bool:
    operator, low, high = limit
    if operator == "between":
        return low <= number <= high
    return {
        ">": number > low, "<": number < low, ">=": number >= low, "<=": number <= low, "=": number == low
    }[operator]  # fmt: skip


def _told(lines: list[_Line]) -> Told:
    """Quote lines with their places."""
    from studio.cobuilder.sketch.desk import cite

    cited: list[Citation] = []
    for line in lines[:_MOST]:
        text = line.source.current.document.text
        cited.append(cite(line.source, text[line.start : line.end], line.start, line.end, line.first.anchor))
    said = [
        f"{c.source_name}, {c.anchor.label}: “{' '.join(line.text.replace(' | ', ': ').split())}”"
        for c, line in zip(cited, lines, strict=False)
    ]
    more = f"\n(and {len(lines) - _MOST} more)" if len(lines) > _MOST else ""
    links = tuple(
        dict.fromkeys(
            Link(page="sources", item=c.source_id, label=f"{c.source_id} “{c.source_name}”") for c in cited
        )
    )
    told = said[0] if len(said) == 1 else "The documents say:\n" + "\n".join(f"· {each}" for each in said)
    return Told(told + more, links, tuple(cited))


KINDS = (
    Kind(
        "ask-amount",
        "Ask about rules and documents",
        "What the documents say something costs, and which line of a table holds for a number.",
        ("How much is the late fee?", "how much is the cancellation fee 30 hours before?"),
        (
            r"how (?:much|high) (?:is|are|would|will|was)(?: be)? {topic}",
            r"how much (?:does|do|will|would|is) {topic} (?:cost|be|come to|charged|due)",
            r"how much (?:does|do|will|would|must|should|is) (?:<customer>|<agent>|it|we|they|one) (?:pay|"
            r"charge|charged|cost|to pay|asked to pay|have to pay)(?: for)? {topic}",
            r"what (?:does|do|will|would) {topic} cost(?: us| them| <customer>)?",
            r"(?:what is|what are|tell me) (?:<the>)?(?:price|cost|costs|charge|rate|amount|fees?)s? "
            r"(?:of|for) {topic}",
            r"what (?:fee|price|charge|cost|rate|amount)s? (?:is|are|applies|apply|do we charge|"
            r"does <agent> charge|is due)(?: charged| asked)? (?:for|to|on|with|when|if) {topic}",
            r"is {topic} (?:free|free of charge)",
        ),
        _amount,
        False,
    ),
    Kind(
        "ask-line",
        "Ask about rules and documents",
        "Which sentence or line of a table holds for a number.",
        ("Which fee is due for 30 hours before the appointment?",),
        (
            r"(?:which|what) (?:row|line|rule|refund|fee|price|rate|class|level|step|one|\w+) "
            r"(?:applies|holds|counts|is it|fits|is due|is paid|do \w+ get) "
            r"(?P<topic>(?:for|after|at|with|when|if|to|in|above|over|under) .*\d.*)",
            r"who (?P<topic>\w+ .*\d.*)",
            r"what (?:do|does) (?:<customer>|i|we|they|people) (?:get|receive|have|pay)(?: back)? "
            r"(?P<topic>(?:for|after|at|with|when|if) .*\d.*)",
            r"what (?P<topic>\w+ (?:do|does) (?:<customer>|i|we|they|people) (?:get|receive|have|pay)"
            r"(?: back)? (?:for|after|at|with|when|if) .*\d.*)",
            r"what happens (?P<topic>(?:after|at|with|within) .*\d.*)",
        ),
        _line_for,
        False,
    ),
)
