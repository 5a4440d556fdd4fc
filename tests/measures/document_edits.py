"""Edits with known truth: a document taken apart into tagged sentences, edited, and written anew.

- Every sentence carries the number of the sentence it was; a new one carries none. Where it stands in the
  text written is known, so a reading of that text can be judged.
- `turned` holds the sentences whose number, date, modality or negation an edit changed.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz, process

from studio.cobuilder.words.sentences import sentences
from studio.domain.source import BlockKind, SourceDocument

Tags = frozenset[int]


@dataclass(frozen=True)
class Said:
    """One sentence, and the old sentences it stands for."""

    text: str
    tags: Tags


@dataclass(frozen=True)
class Part:
    """One block: its kind, depth and sentences; of a table row, one for each cell."""

    kind: BlockKind
    level: int
    said: tuple[Said, ...]
    header: bool = False


@dataclass
class Draft:
    """A document in parts, and what was done to its sentences."""

    parts: list[Part]
    turned: set[int] = field(default_factory=set)


def taken_apart(document: SourceDocument) -> tuple[Draft, list[tuple[int, int, int]]]:
    """Return a document as a draft, and the (start, end, tag) of each sentence in its text."""
    parts: list[Part] = []
    spans: list[tuple[int, int, int]] = []
    row: int | None = None
    for block in document.blocks:
        inside = [(each.start, each.end) for each in sentences(document, block)] or [(block.start, block.end)]
        if block.kind in ("cell", "heading"):
            inside = [(block.start, block.end)]
        said = []
        for start, end in inside:
            # A sentence may begin inside a link or emphasis, whose opening sign belongs to it.
            while start > block.start and document.text[start - 1] in "[*_`":
                start -= 1
            while end < block.end and document.text[end] in "*_`":
                end += 1
            raw = document.text[start:end]
            text = block.text if block.kind in ("cell", "heading") else re.sub(r"\s*\n[\s>]*", " ", raw)
            said.append(Said(text, frozenset({len(spans)})))
            spans.append((start, end, len(spans)))
        if block.kind == "cell" and parts and parts[-1].kind == "cell" and block.row == row:
            parts[-1] = replace(parts[-1], said=parts[-1].said + tuple(said))
        else:
            parts.append(Part(block.kind, block.level, tuple(said), block.header))
        row = block.row if block.kind == "cell" else None
    return Draft(parts), spans


@dataclass(frozen=True)
class Style:
    """How a draft is written: line width, list sign, and as Markdown or plain text."""

    width: int = 10_000
    sign: str = "-"
    markdown: bool = True


def written(draft: Draft, style: Style) -> tuple[str, list[tuple[int, int, Tags]]]:
    """Return the text of a draft, and the (start, end, tags) of each sentence in it."""
    out: list[str] = []
    spans: list[tuple[int, int, Tags]] = []
    size = 0

    def put(text: str) -> None:
        nonlocal size
        out.append(text)
        size += len(text)

    for number, part in enumerate(draft.parts):
        before = draft.parts[number - 1] if number else None
        _open(put, part, before, style)
        for at, said in enumerate(part.said):
            if at:
                put(" | " if part.kind == "cell" else "\n" if style.width < 200 and at % 2 else " ")
            text = said.text if part.kind in ("cell", "heading", "code") else _wrapped(said.text, style)
            spans.append((size, size + len(text), said.tags))
            put(text)
        put(" |\n" if part.kind == "cell" else "\n")
        if part.header and (number + 1 == len(draft.parts) or not draft.parts[number + 1].header):
            put("|" + "---|" * len(part.said) + "\n")
    return "".join(out), spans


def _open(put: Callable[[str], None], part: Part, before: Part | None, style: Style) -> None:
    if before is not None and not (part.kind == before.kind and part.kind in ("item", "cell")):
        put("\n")
    if part.kind == "heading":
        put("#" * max(1, part.level) + " " if style.markdown else "")
    elif part.kind == "item":
        put("   " * part.level + style.sign + " ")
    elif part.kind == "cell":
        put("| ")


def _wrapped(text: str, style: Style) -> str:
    lines, line = [], ""
    for word in text.split(" "):
        if line and len(line) + len(word) >= style.width and not re.match(r"[-+*#>|\d(\[]", word):
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return ("\n" if style.sign != "1." else "\n   ").join([*lines, line])


# --- edits -----------------------------------------------------------------------------------------------

_SYNONYMS = {
    "customer": "client",
    "customers": "clients",
    "immediately": "straight away",
    "request": "ask for",
    "ensure": "make sure",
    "provide": "give",
    "provided": "given",
    "about": "regarding",
    "issue": "problem",
    "inform": "tell",
    "tell": "inform",
    "check": "verify",
    "verify": "check",
    "agreement": "contract",
    "party": "side",
    "information": "data",
    "purchase": "buying",
    "send": "forward",
    "assist": "help",
    "help": "assist",
    "obtain": "get",
    "receive": "get",
    "handed": "passed",
    "reason": "cause",
    "begin": "start",
    "ask": "request",
    "via": "through",
    "patient": "visitor",
    "record": "file",
    "records": "files",
    "needed": "called for",
    "choose": "pick",
    "shows": "displays",
    "answer": "reply",
    "details": "particulars",
    "conversation": "chat",
    "purpose": "aim",
    "including": "such as",
    "card": "payment card",
    "amount": "sum",
    "orders": "purchases",
    "appointment": "visit",
    "appointments": "visits",
    "disclose": "reveal",
    "disclosed": "revealed",
    "confidential": "secret",
    "account": "user account",
    "member": "subscriber",
    "approval": "consent",
    "entire": "whole",
    "refund": "repayment",
    "refunds": "repayments",
    "assistant": "bot",
    "colleague": "co-worker",
    "return": "send-back",
    "enter": "type",
    "click": "press",
    "confirm": "make certain of",
    "explain": "set out",
    "use": "employ",
    "look": "search",
    "terms": "conditions",
    "issued": "paid out",
}
_FILLERS = ("In this case, ", "Please note: ", "As a rule of the house, ", "In practice, ", "For clarity, ")
_IF_FIRST = re.compile(r"^(?P<if>(?:If|When) [^,]{8,90}), (?:then )?(?P<main>[a-z][^,;]{10,160}[^.,;:!?])\.$")
_IF_LAST = re.compile(r"^(?P<main>[A-Z][^,;]{10,160}) (?P<if>(?:if|when) [^,;.]{8,90})\.$")
_PASSIVE = re.compile(
    r"^(?P<who>(?:The |An? )?\w+) must (?P<verb>check|verify|provide) (?P<what>the [\w ]{3,40})\.$"
)
_NUMBER = re.compile(
    r"(?<![\w.,-])(?P<digits>\d{1,5})(?:\.\d+)?(?![\w-])|\b(?P<word>two|three|five|ten|thirty)\b"
)
_JOINT = re.compile(r"(?<=\w{3})(?:, and|;) (?=[a-z]+ [a-z]+ [a-z]+)")
_FLIPS: tuple[tuple[str, str], ...] = (
    (r"\bmust not\b", "may"),
    (r"\bmay not\b", "may"),
    (r"\bshall not\b", "shall"),
    (r"\bcannot\b", "can"),
    (r"\b(?:do not|don't|Do not|Don't) ", ""),
    (r"\bnever\b", "always"),
    (r"\bmust\b", "may"),
    (r"\bshall\b", "shall not"),
    (r"\bmay\b", "must not"),
    (r"\bshould\b", "should not"),
    (r"\bcan\b", "cannot"),
    (r"\bwill\b", "will not"),
    (r"\balways\b", "never"),
    (r"\bis\b", "is not"),
    (r"\bare\b", "are not"),
)


def reworded(rng: random.Random, text: str) -> str:
    """Return a sentence in other words of the same sense."""
    done = text
    if match := _IF_FIRST.match(done):
        main, case = match["main"], match["if"]
        done = f"{main[0].upper()}{main[1:]} {case[0].lower()}{case[1:]}."
    elif match := _IF_LAST.match(done):
        main, case = match["main"], match["if"]
        done = f"{case[0].upper()}{case[1:]}, {main[0].lower()}{main[1:]}."
    elif match := _PASSIVE.match(done):
        ending = "ied" if match["verb"] == "verify" else "ed" if match["verb"] == "check" else "d"
        verb = match["verb"].removesuffix("y") if ending == "ied" else match["verb"]
        who = match["who"][0].lower() + match["who"][1:]
        done = f"T{match['what'][1:]} must be {verb}{ending} by {who}."
    left = 5

    def swap(match: re.Match[str]) -> str:
        nonlocal left
        other = _SYNONYMS.get(match[0].lower())
        if other is None or not left:
            return match[0]
        left -= 1
        return other[0].upper() + other[1:] if match[0][0].isupper() else other

    done = re.sub(r"[A-Za-z]+", swap, done)
    if done == text or rng.random() < 0.3:
        done = rng.choice(_FILLERS) + done[:1].lower() + done[1:]
    return done


def renumbered(rng: random.Random, text: str) -> str:
    """Return a sentence with another number, or as it is where it has none."""
    found = list(_NUMBER.finditer(text))
    if not found:
        return text
    match = rng.choice(found)
    words = {"two": "four", "three": "six", "five": "eight", "ten": "twelve", "thirty": "sixty"}
    if match["word"]:
        other = words[match["word"]]
        return text[: match.start()] + other + text[match.end() :]
    other = str(int(match["digits"]) + rng.choice((1, 5, 15, 30)))
    return text[: match.start("digits")] + other + text[match.end("digits") :]


def flipped(rng: random.Random, text: str) -> str:
    """Return a sentence with another modality, or with its negation turned; as it is where it has none."""
    for pattern, other in _FLIPS:
        if re.search(pattern, text):
            done = re.sub(pattern, other, text, count=1)
            return done[:1].upper() + done[1:] if text[:1].isupper() else done
    return text


def each_sentence(
    rng: random.Random, draft: Draft, share: float, edit: Callable[[random.Random, str], str], turns: bool
) -> None:
    """Edit a share of the sentences outside headings and code."""
    for number, part in enumerate(draft.parts):
        if part.kind in ("heading", "code") or part.header:
            continue
        said = []
        for each in part.said:
            text = edit(rng, each.text) if rng.random() < share else each.text
            if turns and text != each.text:
                draft.turned |= each.tags
            said.append(replace(each, text=text))
        draft.parts[number] = replace(part, said=tuple(said))


def reordered(rng: random.Random, draft: Draft) -> None:
    """Shuffle the sections."""
    levels = [part.level for part in draft.parts if part.kind == "heading"]
    level = next((each for each in (1, 2, 3, 4) if levels.count(each) > 2), None)
    groups: list[list[Part]] = [[]]
    for number, part in enumerate(draft.parts):
        opens = part.kind == "heading" and part.level == level
        if opens or (level is None and number % 4 == 0 and part.kind == "paragraph"):
            groups.append([])
        groups[-1].append(part)
    head, rest = groups[0], groups[1:]
    rng.shuffle(rest)
    draft.parts = [part for group in (head, *rest) for part in group]


def repartitioned(rng: random.Random, draft: Draft) -> None:
    """Split and merge paragraphs."""
    done: list[Part] = []
    for part in draft.parts:
        if part.kind == "paragraph" and len(part.said) > 1 and rng.random() < 0.4:
            cut = rng.randrange(1, len(part.said))
            done += [replace(part, said=part.said[:cut]), replace(part, said=part.said[cut:])]
        elif done and done[-1].kind == part.kind == "paragraph" and rng.random() < 0.4:
            if done[-1].said[-1].text[-1:] in ".!?":
                done[-1] = replace(done[-1], said=done[-1].said + part.said)
            else:
                done.append(part)
        else:
            done.append(part)
    draft.parts = done


def resentenced(rng: random.Random, draft: Draft) -> None:
    """Split sentences at their clauses, and join neighbouring ones."""
    for number, part in enumerate(draft.parts):
        if part.kind not in ("paragraph", "item"):
            continue
        said: list[Said] = []
        for each in part.said:
            cut = _JOINT.search(each.text)
            joins = (
                said and said[-1].text.endswith(".") and each.text[:1].isupper() and each.text.endswith(".")
            )
            if cut and cut.start() > 24 and len(each.text) - cut.end() > 24 and rng.random() < 0.5:
                rest = each.text[cut.end() :]
                said.append(replace(each, text=each.text[: cut.start()] + "."))
                said.append(replace(each, text=rest[0].upper() + rest[1:]))
            elif joins and rng.random() < 0.25:
                last = said.pop()
                text = f"{last.text[:-1]}, and {each.text[0].lower()}{each.text[1:]}"
                said.append(Said(text, last.tags | each.tags))
            else:
                said.append(each)
        draft.parts[number] = replace(part, said=tuple(said))


def _is_whole(text: str) -> bool:
    return text[:1].isupper() and text[-1:] in ".!?"


def thinned(rng: random.Random, draft: Draft, foreign: list[str]) -> None:
    """Delete one sentence in seven, and put in as many of another document."""
    done: list[Part] = []
    for part in draft.parts:
        if part.kind not in ("paragraph", "item"):
            done.append(part)
            continue
        said = [each for each in part.said if rng.random() > 0.15]
        if rng.random() < 0.2 and all(_is_whole(each.text) for each in part.said):
            said.insert(rng.randint(0, len(said)), Said(rng.choice(foreign), frozenset()))
        if said:
            done.append(replace(part, said=tuple(said)))
    draft.parts = done


def replaced(rng: random.Random, draft: Draft, foreign: list[str]) -> None:
    """Put the most alike of some sentences of other documents in the place of one sentence in six."""
    for number, part in enumerate(draft.parts):
        if part.kind not in ("paragraph", "item"):
            continue
        said = []
        for each in part.said:
            if len(each.text) > 20 and rng.random() < 0.17:
                near = process.extractOne(each.text, rng.sample(foreign, 60), scorer=fuzz.token_set_ratio)[0]
                another = fuzz.token_sort_ratio(each.text, near) < 60
                said.append(Said(near, frozenset()) if another else each)
            else:
                said.append(each)
        draft.parts[number] = replace(part, said=tuple(said))


def imitated(rng: random.Random, draft: Draft) -> None:
    """Put look-alikes with another sense elsewhere, and delete half of the sentences they were made from."""
    fakes: list[Said] = []
    for number, part in enumerate(draft.parts):
        if part.kind not in ("paragraph", "item"):
            continue
        said = []
        for each in part.said:
            edit = rng.choice((renumbered, flipped))
            fake = edit(rng, each.text)
            copied = fake != each.text and rng.random() < 0.2
            if copied:
                text = "For orders from abroad, " + fake[0].lower() + fake[1:]
                fakes.append(Said(text, frozenset()))
            if not (copied and rng.random() < 0.5):
                said.append(each)
        draft.parts[number] = replace(part, said=tuple(said))
    draft.parts = [part for part in draft.parts if part.said]
    for each in fakes:
        draft.parts.insert(rng.randrange(1, len(draft.parts) + 1), Part("paragraph", 0, (each,)))
