"""Instructions: the sentences of a procedure's text that tell to do something, in the order of the text.

- A numbered list that is a procedure contributes every item; bullets and prose only what tells to act.
- "If Gold:" over a list is a head: its condition goes to everything below it.
- Bare nouns under "ask for the following" are information to collect, not instructions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from studio.cobuilder.procedures.instruction_signs import (
    ACTION_COLUMN,
    ARROW,
    BELOW,
    CONDITION_COLUMN,
    COUNTED,
    EXAMPLE,
    GO_TO,
    HEAD_ONLY,
    INPUT_COLUMN,
    LEADS_TO,
    LEADS_TO_END,
    LIST_LEAD,
    NO_ORDER,
    NOBODY,
    OFFERS,
    PASSIVELY,
    REPORTED,
    REPORTS,
    REQUIRED,
    SECOND_CLAUSE,
    SECTION_NUMBER,
    SEQUEL,
    STEP_COLUMN,
    STEPS_BELOW,
    TABLE,
    TICKED,
)
from studio.cobuilder.procedures.outline import Part
from studio.cobuilder.procedures.recast import case_of, recast
from studio.cobuilder.procedures.slots import bare_slot, collected, named_slots
from studio.cobuilder.systems.matching import ToolMatcher
from studio.cobuilder.systems.pieces import cut
from studio.cobuilder.words.conditions import clauses
from studio.cobuilder.words.markup import readable
from studio.cobuilder.words.mood import actions, forbids, mood_of, narrative_mood, needs_hand_over
from studio.cobuilder.words.sentences import Sentence, sentences
from studio.cobuilder.words.vocabulary import is_verb_form
from studio.domain.source import Block, SourceDocument


@dataclass
class Instruction:
    """One sentence to act on: its place, its list, and the conditions of the heads above it.

    - Of a line of a decision table `row` holds the cells that tell what to do; its first is the condition.
    - `under` is the title above it; `is_title` says that it is one itself.
    """

    text: str
    start: int
    end: int
    block: Block
    numbered: bool
    number: int | None = None
    conditions: tuple[str, ...] = ()
    extra_inputs: tuple[str, ...] = ()
    in_steps: bool = False
    background: bool = False
    tail: list[Sentence] = field(default_factory=list)
    said_before: str = ""
    row: tuple[str, ...] = ()
    under: str = ""
    is_title: bool = False


def is_go_to(text: str) -> bool:
    """Tell whether a clause only says where to go on."""
    return bool(GO_TO.match(text.strip()))


def all_actions(text: str) -> list[tuple[int, int]]:
    """Cut a main clause into its actions, also where an explanation leads to one ("…, so find a visit")."""
    cuts = [match.end() for match in LEADS_TO.finditer(text) if mood_of(text[match.end() :]) == "imperative"]
    found = []
    for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        piece = LEADS_TO_END.sub("", text[start:end])
        found += [(start + first, start + last) for first, last in actions(piece)]
    return found


class InstructionReader:
    """Reads the instructions of parts of one document."""

    def __init__(self, document: SourceDocument, matcher: ToolMatcher) -> None:
        self._document = document
        self._matcher = matcher
        self._agents = _agents_of(document)

    def read(self, parts: Sequence[Part], narrative: bool = False) -> list[Instruction]:
        """Return the instructions of the parts, in the order of the text."""
        found: list[Instruction] = []
        for part in parts:
            reading = _Reading(self._document, self._matcher, part, narrative, self._agents)
            found.extend(reading.run() if narrative else [*reading.title(), *reading.run()])
        return found


class _Reading:
    """One pass over one part."""

    def __init__(
        self,
        document: SourceDocument,
        matcher: ToolMatcher,
        part: Part,
        narrative: bool,
        agents: frozenset[str] = frozenset(),
    ) -> None:
        self._document = document
        self._matcher = matcher
        self._part = part
        self._agents = agents
        self._narrative = narrative
        self._children: dict[str, list[Block]] = {}
        ids = {block.id for block in part.blocks if block.kind == "item"}
        for block in part.blocks:
            if block.kind == "item" and block.parent in ids:
                self._children.setdefault(block.parent or "", []).append(block)
        self._nested = {child.id for group in self._children.values() for child in group}
        self._lead = ""
        self.found: list[Instruction] = []

    def title(self) -> list[Instruction]:
        """Return the instruction that the title of a step gives itself ("Step 3 – Take the car away")."""
        heading = self._part.heading
        if heading is None or heading.kind != "heading" or self._part.role == "background":
            return []
        for sentence in sentences(self._document, heading)[:1]:
            number = COUNTED.match(sentence.text)
            told = sentence.text[number.end() :] if number else ""
            if number and (mood_of(told) in {"imperative", "directive"} or recast(told)):
                at = self._document.text.find(told, heading.start, heading.end)
                start = at if at >= 0 else heading.start
                entry = Sentence(told, start, start + len(told) if at >= 0 else heading.end, heading.id)
                self._add(entry, heading, (), numbered=True)
                self.found[-1].is_title = True
                return [self.found.pop()]
        return []

    def run(self) -> list[Instruction]:
        told = self._part.role == "branch" and not SEQUEL.match(self._part.title)
        heads = (self._part.title,) if told else ()
        top = [block for block in self._part.blocks if block.id not in self._nested]
        run: list[Block] = []
        rows: list[Block] = []
        for block in [*top, None]:
            if block is not None and block.kind == "cell":
                rows.append(block)
            elif rows:
                self._table(rows, heads)
                rows = []
            if block is not None and block.kind == "item":
                run.append(block)
                continue
            if run:
                self._list(run, heads)
                run = []
            if block is not None and block.kind == "paragraph":
                self._paragraph(block, heads)
        return self.found

    def _table(self, cells: list[Block], heads: tuple[str, ...]) -> None:
        """Read a table whose columns are steps and actions."""
        titles = {cell.column: cell.text for cell in cells if cell.header or cell.row == 0}
        action = next((column for column, title in titles.items() if ACTION_COLUMN.search(title)), None)
        when = next((column for column, title in titles.items() if CONDITION_COLUMN.search(title)), None)
        asked = next((c for c, title in titles.items() if c != action and INPUT_COLUMN.search(title)), None)
        lines: dict[int, dict[int, Block]] = {}
        for cell in cells:
            if not cell.header and cell.row is not None and cell.column is not None:
                lines.setdefault(cell.row, {})[cell.column] = cell
        if action is None or not (
            when is not None or any(STEP_COLUMN.match(title) for title in titles.values())
        ):
            self._decisions(list(lines.values()), heads)
            return
        for line in lines.values():
            if action not in line or not line[action].text:
                continue
            told = line[when].text if when is not None and when in line else ""
            needed = line[asked].text if asked is not None and asked in line else ""
            for sentence in self._sentences(line[action]):
                self._add(sentence, line[action], (*heads, told) if told else heads, numbered=True)
                self.found[-1].extra_inputs = named_slots(needed)
                needed = ""

    def _decisions(self, lines: list[dict[int, Block]], heads: tuple[str, ...]) -> None:
        """Read a table whose lines say what to do in the case that their first cell names."""
        told = [[cell for _, cell in sorted(line.items()) if cell.text.strip()] for line in lines]
        told = [line for line in told if len(line) >= 2]
        acting = sum(any(self._does(cell.text) for cell in line[1:]) for line in told)
        spoken_of = bool(TABLE.search(self._lead))
        if len(told) < 2 or self._part.role == "background" or (acting * 5 < len(told) * 2 and not spoken_of):
            return
        for line in told:
            first, last = line[0], line[-1]
            words = " | ".join(cell.text for cell in line)
            found = Sentence(words, first.start, last.end, first.id)
            self._add(found, first, (*heads, first.text.strip()), numbered=False)
            self.found[-1].row = tuple(cell.text for cell in line[1:])

    def _does(self, text: str) -> bool:
        return self._item_acts(text) or self._means_tool(text)

    def _paragraph(self, block: Block, heads: tuple[str, ...]) -> None:
        self._lead = block.text
        needed = REQUIRED.match(block.text)
        slots = named_slots(block.text[needed.end() :]) if needed and self._part.role != "background" else ()
        if slots:
            self._add(Sentence(block.text, block.start, block.end, block.id), block, heads, numbered=False)
            self.found[-1].extra_inputs = slots
            return
        for sentence in self._sentences(block):
            if sentence.text.endswith(":") and any(b.parent == block.id for b in self._part.blocks):
                if self._names_tool(sentence.text):
                    self._add(sentence, block, heads, numbered=False)
                continue
            if (
                self._acts(sentence.text)
                or self._names_tool(sentence.text)
                or self._means_tool(sentence.text)
            ):
                self._add(sentence, block, heads, numbered=False)

    def _sentences(self, block: Block) -> list[Sentence]:
        """Return the sentences of a block, cut where a second clause names the agent again."""
        found: list[Sentence] = []
        for sentence in sentences(self._document, block):
            found.extend(_independent(self._document, _unnumbered(self._document, sentence)))
        return found

    def _acts(self, text: str) -> bool:
        main = self._main(text)
        if needs_hand_over(main):
            return True
        if forbids(main):
            return False
        if NO_ORDER.match(main):
            return False
        mood = mood_of(main)
        if mood == "permission":
            return clauses(text).condition is not None
        if mood is not None:
            return True
        if any(mood_of(main[match.end() :]) == "imperative" for match in LEADS_TO.finditer(main)):
            return True
        told = REPORTED.match(main)
        if told and told["who"] in self._agents:
            return is_verb_form(told["verb"])
        return self._narrative and narrative_mood(main) is not None

    def _main(self, text: str) -> str:
        found = clauses(text)
        return text[found.main[0] : found.main[1]].strip()

    def _names_tool(self, text: str) -> bool:
        return any(mention.literal for mention in self._matcher.named(text))

    def _means_tool(self, text: str) -> bool:
        """Tell whether a sentence that tells nobody to act very probably means a tool all the same."""
        if self._part.role == "background" or not self._matcher.guesses:
            return False
        main = self._main(text)
        if forbids(main):
            return False
        return any(self._matcher.likely(piece, self._part.title, PASSIVELY) for piece in cut(main))

    def _list(self, items: list[Block], heads: tuple[str, ...]) -> None:
        if REQUIRED.match(self._lead) and self._required(items, heads):
            return
        numbered = items[0].marker[:1].isdigit() or items[0].marker.lower().startswith("step")
        numbered = numbered or items[0].marker in TICKED or bool(STEPS_BELOW.search(self._lead))
        procedural = numbered and self._is_procedural(items)
        if (
            not numbered
            and OFFERS.search(self._lead)
            and not any(self._names_tool(item.text) for item in items)
        ):
            return
        for item in items:
            self._item(item, heads, procedural)

    def _required(self, items: list[Block], heads: tuple[str, ...]) -> bool:
        """Read a list of the information that has to be asked for as one step, if its items name any."""
        slots = tuple(dict.fromkeys(name for item in items for name in named_slots(item.text)))
        if len(slots) * 2 < len(items) or self._part.role == "background":
            return False
        words = " ".join((self._lead, "; ".join(item.text for item in items)))
        whole = Sentence(words, items[0].start, items[-1].end, items[0].id)
        self._add(whole, items[0], heads, numbered=False)
        self.found[-1].extra_inputs = slots
        return True

    def _is_procedural(self, items: list[Block]) -> bool:
        if self._part.role == "background":
            return False
        acting = sum(self._item_acts(item.text) for item in items)
        if self._part.role == "steps" or LIST_LEAD.search(self._lead):
            return acting * 3 >= len(items)
        return acting * 2 >= len(items)

    def _item_acts(self, text: str) -> bool:
        return (
            self._acts(text)
            or self._names_tool(text)
            or is_go_to(text)
            or clauses(text).condition is not None
            or recast(self._main(text)) is not None
            or case_of(text) is not None
        )

    def _item(self, item: Block, heads: tuple[str, ...], procedural: bool) -> None:
        children = self._children.get(item.id, [])
        parts = self._sentences(item)
        if not parts or EXAMPLE.match(item.text) or len(item.text.strip()) < 3:
            return
        slots = self._slots_below(item, children)
        before = len(self.found)
        inner = heads
        head = _head_condition(item.text) if children and not slots else None
        if head is not None:
            inner = (*heads, head)
        else:
            self._sentences_of(item, parts, heads, procedural, slots)
        if slots:
            return
        for child in children:
            self._item(child, inner, procedural=procedural and child.marker[:1].isdigit())
        if head is not None and len(self.found) == before and procedural:
            self._add(parts[0], item, heads, numbered=True)

    def _sentences_of(
        self,
        item: Block,
        parts: list[Sentence],
        heads: tuple[str, ...],
        procedural: bool,
        slots: tuple[str, ...],
    ) -> None:
        acting = [
            s for s in parts if self._acts(s.text) or self._names_tool(s.text) or self._means_tool(s.text)
        ]
        acting = [s for s in acting if not is_go_to(s.text)]
        conditional = [s for s in parts if s not in acting and clauses(s.text).condition is not None]
        if not acting and procedural:
            acting = [parts[0]]
        elif not acting and conditional and self._part.role != "background":
            acting = conditional[:1]
        for sentence in acting:
            self._add(sentence, item, heads, numbered=procedural)
            if slots:
                self.found[-1].extra_inputs = slots
        if acting:
            self.found[-1].tail = [s for s in parts if s.start > acting[-1].start]

    def _slots_below(self, item: Block, children: list[Block]) -> tuple[str, ...]:
        """Return the information that the items below name, when all of them are bare nouns."""
        if len(children) < 2 or not (BELOW.search(item.text) or collected(item.text)):
            return ()
        names = [bare_slot(child.text) for child in children if not self._acts(child.text)]
        known = tuple(name for name in names if name)
        return known if len(known) * 3 >= len(children) * 2 else ()

    def _add(self, sentence: Sentence, block: Block, heads: tuple[str, ...], numbered: bool) -> None:
        number = re.match(r"\d+", block.marker)
        self.found.append(
            Instruction(
                text=sentence.text,
                start=sentence.start,
                end=sentence.end,
                block=block,
                numbered=numbered,
                number=int(number[0]) if number and numbered else None,
                conditions=heads,
                in_steps=self._part.role == "steps",
                background=self._part.role == "background",
                said_before=self._document.text[block.start : sentence.start],
                under=self._part.title,
            )
        )


def _agents_of(document: SourceDocument) -> frozenset[str]:
    """Return by whom a document reports what the agent does, by name ("Otto asks for …"), if it does."""
    told: Counter[str] = Counter()
    for block in document.blocks:
        for sentence in sentences(document, block):
            for match in REPORTS.finditer(sentence.text):
                acts = match["verb"].endswith("n't") or is_verb_form(match["verb"])
                told[match["who"]] += acts and match["who"] not in NOBODY
    names = {name for name, count in told.items() if count >= 4}
    return frozenset(names | {"It"}) if names else frozenset()


def _unnumbered(document: SourceDocument, sentence: Sentence) -> Sentence:
    """Return a sentence without the number of its section ("4.1 Check the line.")."""
    number = SECTION_NUMBER.match(sentence.text)
    if number is None:
        return sentence
    markdown = document.media_type == "text/markdown"
    form = readable(document.text[sentence.start : sentence.end], sentence.start, markdown)
    if form.text != sentence.text:
        return sentence
    first, last = form.span(number.end(), len(sentence.text))
    return Sentence(sentence.text[number.end() :], first, last, sentence.block)


def _independent(document: SourceDocument, sentence: Sentence) -> list[Sentence]:
    """Cut "An order must be open, and you should check it first" into its two statements."""
    cuts = [
        match
        for pattern in (SECOND_CLAUSE, ARROW)
        for match in pattern.finditer(sentence.text)
        if match.start() > 12
    ]
    if not cuts:
        return [sentence]
    form = readable(
        document.text[sentence.start : sentence.end], sentence.start, document.media_type == "text/markdown"
    )
    if form.text != sentence.text:
        return [sentence]
    edges = [0, *(match.start("rest") for match in cuts), len(sentence.text)]
    ends = [*(match.start() for match in cuts), len(sentence.text)]
    pieces = []
    for start, end in zip(edges, ends, strict=False):
        first, last = form.span(start, end)
        pieces.append(Sentence(sentence.text[start:end], first, last, sentence.block))
    return pieces


def _head_condition(text: str) -> str | None:
    """Return the condition that an item sets for the list below it ("If Gold:", "Gold members:")."""
    found = clauses(text)
    opened = re.match(r"(?:if|when|in case(?: of)?|for)\s+", text, re.IGNORECASE)
    if opened and HEAD_ONLY.search(text):
        return text[opened.end() :].rstrip(": ")
    if found.condition and found.main[1] - found.main[0] < 3:
        return text[found.condition[0] : found.condition[1]].strip()
    bare = text.rstrip(": ")
    if HEAD_ONLY.search(text) and len(bare.split()) <= 8 and mood_of(bare) is None:
        return bare
    return None
