"""The outline of a document for procedures: which sections tell what to do, and which tell about it.

- A *unit* is the text of one procedure: a section per task, or the whole document when its sections are the
  usual parts of one procedure (purpose, requirements, steps, notes).
- A *part* is a titled stretch of a unit; short lead-ins like "Steps:" count as titles.
- Background parts (requirements, options, notes, examples) explain; nothing in them is a step by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from studio.cobuilder.words.conditions import clauses
from studio.cobuilder.words.mood import mood_of
from studio.cobuilder.words.vocabulary import is_base_verb
from studio.domain.source import Block, SourceDocument

Role = Literal["steps", "background", "task", "branch", "open"]

_STEPS = re.compile(
    r"\b(?:steps?|procedures?|process|protocol|workflow|instructions?|how to proceed|flow|what to do|"
    r"required actions?|actions? to take)\b",
    re.IGNORECASE,
)
_BACKGROUND = re.compile(
    r"\b(?:purpose|scope|overview|about|background|introduction|definitions?|glossary|references|"
    r"requirements?|"
    r"eligibility|eligible|prerequisites?|preconditions?|reasons|options|fees|limits?|examples?|samples?|"
    r"notes?|tips|"
    r"best practices?|important|faqs?|frequently asked|interpret\w*|when to use|symptoms|arguments?|"
    r"parameters?|"
    r"fields|attributes|domain|basics?|revision history|contacts|audience|roles? and|responsibilities|"
    r"rules|policy|"
    r"policies|principles|guidelines|communication|summary|resources|related|timeframe|criteria|appendix|"
    r"required\b.*\btools?|disclaimer|tone|language|reminders?|materials|key points?|"
    r"^(?:required |the |personal )?(?:equipment|supplies)$|safety|frequency|terms|"
    r"objectives?|applicability)\b",
    re.IGNORECASE,
)
_STRONG_STEPS = re.compile(
    r"\b(?:steps|procedure|protocol|workflow|instructions|how to proceed)\b", re.IGNORECASE
)
_BRANCH = re.compile(
    r"^(?:on|if|when|in case|in the event|after|before|once|during|for|otherwise|scenario|case|option|"
    r"path)\b",
    re.IGNORECASE,
)
_FINITE = re.compile(r"\b(?:you|we|they|can|must|should|may|will|is|are|has|have|includes?)\b", re.IGNORECASE)
_NUMBERED_STEP = re.compile(r"^(?:step|phase|stage)\s*\d+\b", re.IGNORECASE)
_NUMBER = re.compile(r"^\s*(?:\(?\d+(?:\.\d+)*[.)]?|[A-Z][.)]|§\s*\d+)\s+")
_LABELLED = re.compile(r"^(?:(?:PART|Part|SECTION|Section) [A-Z0-9]{1,3}|[A-Z])[.:)] [A-Z][^.?!;]{2,60}$")
_ARTICLE = re.compile(
    r"^(?:symptoms?|causes?|issue|environment|diagnosis|resolution|solution|workaround|root cause|"
    r"probable cause|troubleshooting|before you (?:start|begin)|escalation(?: criteria)?|explanation)$",
    re.IGNORECASE,
)
"""Titles of the parts of one knowledge-base article."""
_CAPITALS = re.compile(r"^\d+[.)]?\s+[A-Z][A-Z0-9 ,'’&/-]{2,60}$")
_ONE_PROCEDURE = re.compile(
    r"\b(?:procedure|process|protocol|workflow|how to|sop|standard operating procedure|checklist|"
    r"(?:call|chat|phone) script|work instruction|runbook|playbook|troubleshooting)\b",
    re.IGNORECASE,
)
_SAYS_PROCEDURE = re.compile(
    r"^(?:this (?:is the |document describes the |article describes the )?)?(?:procedure|process|steps) "
    r"(?:for|to|when)\b"
    r"|\bfollow (?:this|these|the) (?:steps|flow|procedure|process)\b",
    re.IGNORECASE,
)


_OPENING = re.compile(
    r"^(?:the )?(?:opening(?: the (?:call|chat|conversation))?|greet(?:ing)?|welcome|hello|start(?: here)?|"
    r"(?:call |case )?intake|identif(?:y|ying|ication)\b.*|verif(?:y|ying|ication)\b.*|first contact|"
    r"(?:picking up|answering)(?: the (?:call|phone))?)$",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"^(?:the )?(?:(?:clos|end|finish)(?:e|ing)?(?: (?:up|down|out|of))?"
    r"(?: (?:the |a )?(?:call|chat|case|conversation|ticket|claim))?|wrap(?:ping)?[ -]?up|"
    r"(?:say(?:ing)? )?good-?bye|before hanging up|sign(?:ing)?[ -]off)$",
    re.IGNORECASE,
)
"""Titles of the first and last phase of one conversation or case."""
_ONE_CALL = re.compile(
    r"\b(?:scripts?|(?:call|chat) (?:guide|flow)|intake|work instruction)\b", re.IGNORECASE
)
"""Titles that promise one conversation or one case, whatever the lists in it."""


@dataclass
class Part:
    """A titled stretch of blocks inside a procedure's text."""

    title: str
    role: Role
    blocks: list[Block] = field(default_factory=list)
    heading: Block | None = None


@dataclass
class Section:
    """A heading with the blocks and sections below it."""

    heading: Block | None
    level: int
    blocks: list[Block] = field(default_factory=list)
    children: list[Section] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Return the heading's words without a number."""
        return bare_title(self.heading.text) if self.heading else ""

    def walk(self) -> Iterator[Section]:
        """Yield this section and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass
class Unit:
    """The text of one procedure, with the headings above it."""

    name: str
    heading: Block | None
    parts: list[Part]
    around: tuple[str, ...] = ()
    above: list[Part] = field(default_factory=list)
    whole: bool = False


@dataclass
class Outline:
    """The units of a document, and the parts that speak for all of them."""

    units: list[Unit]
    preamble: list[Part]


def bare_title(text: str) -> str:
    """Return a title without its number and closing colon."""
    return _NUMBER.sub("", text).strip().rstrip(":").strip()


def role_of(title: str) -> Role:
    """Return what a title promises."""
    bare = bare_title(title)
    if re.match(r"how to\b", bare, re.IGNORECASE):
        return "steps"
    if _BRANCH.match(bare) and not _BACKGROUND.match(bare):
        return "branch"
    if _STRONG_STEPS.search(bare):
        return "steps"
    if _BACKGROUND.search(bare):
        first = re.sub(r"^\W+", "", bare).split(" ")[0].lower()
        return "task" if _is_task_verb(first) else "background"
    return "steps" if _STEPS.search(bare) else "task"


def _is_task_verb(word: str) -> bool:
    return is_base_verb(word) and word not in {
        "contact",
        "process",
        "return",
        "order",
        "review",
        "report",
        "record",
    }


def outline(document: SourceDocument) -> Outline:
    """Return the procedures' texts of a document."""
    root = _tree(document)
    if len(root.children) == 1 and not root.blocks:
        root = root.children[0]
    result = Outline([], [])
    if not root.children or _is_one_procedure(root):
        name = root.title or document.title
        result.units.append(Unit(name, root.heading, _parts(root), whole=True))
    else:
        _collect(root, (), result)
    return result


def _tree(document: SourceDocument) -> Section:
    root = Section(None, 0)
    stack = [root]
    plain = sum(block.kind == "heading" for block in document.blocks) < 2
    for number, block in enumerate(document.blocks):
        if block.tracked == "deleted":
            continue
        level = _level(block, plain and number > 0)
        if not level:
            stack[-1].blocks.append(block)
            continue
        while stack[-1].level >= level:
            stack.pop()
        section = Section(block, level)
        stack[-1].children.append(section)
        stack.append(section)
    return root


def _level(block: Block, plain: bool) -> int:
    """Return the level of a heading, 0 for what is none; in plain text, a short line of its own is one."""
    if block.kind == "heading":
        return block.level
    text = block.text.strip()
    if block.kind != "paragraph" or not text:
        return 0
    if _CAPITALS.match(text) or (plain and _LABELLED.match(text)):
        return 7
    return 7 if plain and _is_short_title(text) else 0


def _is_short_title(text: str) -> bool:
    """Tell whether a line without a stop is a title ("Limits and rules"), and tells nobody to act."""
    words = text.split()
    short = len(words) <= 6 and text[0].isupper() and text[-1] not in '.,;:?!)”"'
    plain = "\n" not in text and not re.search(r"[|·@=]|\d{3}|: [a-z]", text)
    return short and plain and mood_of(text) is None


def _is_one_procedure(section: Section) -> bool:
    """Tell whether a section's subsections are parts of one procedure rather than procedures of their own."""
    children = [child for child in section.children if any(part.blocks for part in child.walk())]
    if sum(bool(_NUMBERED_STEP.match(child.title)) for child in children) >= 2:
        return True
    if sum(bool(_ARTICLE.match(child.title)) for child in children) >= 2:
        return True
    if _ONE_CALL.search(section.title):
        return True
    roles = [_role(child) for child in children]
    own_lists = sum(
        role == "task" and _has_numbered_list(child) for role, child in zip(roles, children, strict=True)
    )
    if own_lists >= 2:
        return False
    if "task" not in roles or ("steps" in roles and roles.count("task") <= 1):
        return True
    telling = [
        _acting(child) for role, child in zip(roles, children, strict=True) if role in ("task", "branch")
    ]
    if sum(acts >= ACTS for acts in telling) >= SECTIONS:
        return False
    told = _ONE_PROCEDURE.search(section.title) or any(
        _SAYS_PROCEDURE.search(b.text) for b in section.blocks[:3]
    )
    return bool(told) and not _announces_several(section.title)


def _phases(children: Sequence[Section]) -> tuple[int, int] | None:
    """Return from which section to which one conversation goes: from its opening to its closing."""
    opening = next((at for at, child in enumerate(children[:4]) if _OPENING.match(child.title)), None)
    if opening is None:
        return None
    closing = [at for at, child in enumerate(children) if at > opening and _CLOSING.match(child.title)]
    return (opening, closing[0]) if closing else None


ACTS, SECTIONS = 3, 3
"""So many sections that tell to do so many things each are procedures, whatever the title above them says."""


def _acting(section: Section) -> int:
    """Return how many sentences of a section tell to do something."""
    blocks = [
        block for inner in section.walk() for block in inner.blocks if block.kind in ("item", "paragraph")
    ]
    told = [cut for block in blocks for cut in re.split(r"(?<=[.;])\s+", block.text)]
    return sum(mood_of(_main(text)) in {"imperative", "directive"} for text in told)


def _announces_several(title: str) -> bool:
    return bool(
        re.search(r"\b(?:procedures|processes|policies|guidelines|manual|handbook)\b", title, re.IGNORECASE)
    )


def _has_numbered_list(section: Section) -> bool:
    return any(b.kind == "item" and b.marker[:1].isdigit() for s in section.walk() for b in s.blocks)


def _role(section: Section) -> Role:
    """Return what a section is for: by its title, unless its numbered list plainly tells what to do."""
    role = role_of(section.title)
    if role != "background":
        return role
    items = [b.text for b in section.blocks if b.kind == "item" and b.level == 0 and b.marker[:1].isdigit()]
    telling = sum(mood_of(_main(text)) in {"imperative", "directive"} for text in items)
    return "task" if len(items) >= 2 and telling * 5 >= len(items) * 3 else role


def _tells(section: Section) -> bool:
    """Tell whether a section tells to do something at all."""
    return any(
        mood_of(_main(block.text)) in {"imperative", "directive", "duty"}
        for inner in section.walk()
        for block in inner.blocks
    )


def _main(text: str) -> str:
    found = clauses(text).main
    return text[found[0] : found[1]]


def _collect(section: Section, around: tuple[str, ...], result: Outline) -> None:
    """Make units of the task sections below; the rest speaks for all of them."""
    result.preamble.extend(_split(section.title, "open", section.blocks, section.heading))
    inner = (*around, section.title)
    phases = _phases(section.children)
    joined = section.children[phases[0] : phases[1] + 1] if phases else []
    for child in section.children:
        if child in joined[1:]:
            continue
        if joined and child is joined[0]:
            parts = [part for phase in joined for part in _phase_parts(phase)]
            result.units.append(Unit(section.title or child.title, section.heading, parts, around))
            continue
        role = _role(child)
        tasks = [grand for grand in child.children if _role(grand) == "task"]
        if role == "background" and not any(_tells(grand) for grand in tasks):
            tasks = []
        if role == "background" and not tasks:
            result.preamble.extend(_parts(child, "background"))
        elif len(tasks) >= 2 and not _is_one_procedure(child):
            _collect_below(child, inner, result)
        else:
            result.units.append(Unit(child.title, child.heading, _parts(child), inner))


def _phase_parts(section: Section) -> list[Part]:
    """Return the parts of a section that is one phase of a procedure: its title is no case of its own."""
    return [replace(part, role="open") if part.role == "branch" else part for part in _parts(section)]


def _collect_below(section: Section, around: tuple[str, ...], result: Outline) -> None:
    """Make units of a task's own tasks; what the outer task says first holds for each of them."""
    above = _split(section.title, "open", section.blocks, section.heading)
    if any(block.kind == "item" and block.marker[:1].isdigit() for block in section.blocks):
        result.units.append(Unit(section.title, section.heading, above, around))
        above = []
    for child in section.children:
        if _role(child) == "background":
            result.preamble.extend(_parts(child, "background"))
        else:
            result.units.append(
                Unit(child.title, child.heading, _parts(child), (*around, section.title), above)
            )


def _parts(section: Section, role: Role | None = None) -> list[Part]:
    """Return the parts of a section and everything below it."""
    found: list[Part] = []
    for inner in section.walk():
        own: Role = "open" if inner is section and role is None else role or role_of(inner.title)
        parts = _split(inner.title, own, inner.blocks, inner.heading)
        if not parts and inner is not section:
            parts = [Part(inner.title, own, [], inner.heading)]
        found.extend(parts)
    return found


def _split(title: str, role: Role, blocks: list[Block], heading: Block | None) -> list[Part]:
    """Cut a section's blocks where a short lead-in acts as a title."""
    parts = [Part(title, role, [], heading)]
    for block in blocks:
        if block.kind == "paragraph" and _is_lead_title(block.text):
            parts.append(Part(bare_title(block.text), _lead_role(block.text, role), [], block))
        else:
            parts[-1].blocks.append(block)
    return [part for part in parts if part.blocks]


def _is_lead_title(text: str) -> bool:
    words = text.split()
    if not text.endswith(":") or len(words) > 8 or is_base_verb(words[0].strip("*").lower()):
        return False
    return bool(_BRANCH.match(text)) or not _FINITE.search(text)


def _lead_role(text: str, inherited: Role) -> Role:
    role = role_of(text)
    if role == "task":
        return "background" if inherited == "background" else "open"
    return role
