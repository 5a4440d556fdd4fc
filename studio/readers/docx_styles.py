"""What Word's styles and numbering say about a paragraph: heading level, list level and marker, hidden.

- Properties are looked up in the paragraph, then in its style and the styles that one is based on.
- Counters run as in Word: per list definition, restarted by a higher level or by a number's own start.
- ECMA-376 part 1, 17.7 (styles) and 17.9 (numbering).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_HEADING = re.compile(r"heading (\d)$")
_BULLET = "bullet"
_ROMAN = tuple(
    zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        "m cm d cd c xc l xl x ix v iv i".split(),
        strict=True,
    )
)
_DEEPEST_LEVEL = 8
_HIGHEST_NUMBER = 100_000


class Words:
    """Finds children and attributes of WordprocessingML by local name, in either of its namespaces."""

    def __init__(self, root: _Element) -> None:
        """Take the namespace from a part's root."""
        self.prefix = root.tag[: root.tag.index("}") + 1] if root.tag.startswith("{") else ""

    def child(self, element: _Element | None, *path: str) -> _Element | None:
        """Return the first child along a path, or None."""
        for name in path:
            if element is None:
                return None
            element = element.find(f"{self.prefix}{name}")
        return element

    def value(self, element: _Element | None, name: str = "val") -> str | None:
        """Return an attribute, or None."""
        return None if element is None else element.get(f"{self.prefix}{name}")

    def number(self, element: _Element | None, name: str = "val") -> int | None:
        """Return an attribute as a whole number, or None."""
        text = self.value(element, name)
        return int(text) if text and re.fullmatch(r"-?\d{1,9}", text) else None

    def on(self, element: _Element | None) -> bool | None:
        """Return whether a switch such as `w:vanish` is on; None where it is not set."""
        if element is None:
            return None
        return self.value(element) not in ("0", "false", "off", "none")

    def all(self, element: _Element, name: str) -> Iterator[_Element]:
        """Yield the children of a name."""
        return element.iterchildren(f"{self.prefix}{name}")


@dataclass(slots=True)
class _Level:
    start: int = 1
    format: str = "decimal"
    text: str = ""
    indent: float | None = None


@dataclass(slots=True)
class _List:
    levels: dict[int, _Level] = field(default_factory=dict)
    counters: dict[int, int] = field(default_factory=dict)
    link: str | None = None


class Styles:
    """The styles of one document."""

    def __init__(self, root: _Element | None) -> None:
        """Read `styles.xml`; None for a document without styles."""
        self._styles: dict[str, _Element] = {}
        self._names: dict[str, str] = {}
        self.default: str | None = None
        if root is None:
            return
        self.words = Words(root)
        for style in self.words.all(root, "style"):
            key = self.words.value(style, "styleId") or ""
            self._styles[key] = style
            self._names[key] = (self.words.value(self.words.child(style, "name")) or key).lower()
            if self.words.value(style, "type") == "paragraph" and self.words.value(style, "default") == "1":
                self.default = key

    def name(self, style: str | None) -> str:
        """Return a style's name in lower case; built-in names are English in every language."""
        return self._names.get(style or "", (style or "").lower())

    def look_up(self, style: str | None, *path: str) -> _Element | None:
        """Return the first element at a path in a style or those it is based on."""
        for element in self._chain(style):
            found = self.words.child(element, *path)
            if found is not None:
                return found
        return None

    def heading_level(self, style: str | None) -> int:
        """Return the heading level that a style stands for, 0 for none."""
        outline = self.look_up(style, "pPr", "outlineLvl")
        if outline is not None:
            return outline_level(self.words.number(outline))
        for element in self._chain(style):
            name = self.name(self.words.value(element, "styleId"))
            if name == "title":
                return 1
            if match := _HEADING.match(name):
                return int(match[1])
        return 0

    def _chain(self, style: str | None) -> Iterator[_Element]:
        seen: set[str] = set()
        while style and style not in seen and style in self._styles:
            seen.add(style)
            element = self._styles[style]
            yield element
            style = self.words.value(self.words.child(element, "basedOn"))


def outline_level(number: int | None) -> int:
    """Return the heading level of Word's outline level (0 to 8; 9 is body text)."""
    return number + 1 if number is not None and 0 <= number <= _DEEPEST_LEVEL else 0


class Numbering:
    """The lists of one document, and how far each has counted."""

    def __init__(self, root: _Element | None, styles: Styles) -> None:
        """Read `numbering.xml`; None for a document without lists."""
        self._lists: dict[str, _List] = {}
        self._numbers: dict[str, tuple[str, dict[int, int]]] = {}
        self._begun: set[str] = set()
        if root is None:
            return
        self._words = words = Words(root)
        for abstract in words.all(root, "abstractNum"):
            self._lists[words.value(abstract, "abstractNumId") or ""] = self._list(abstract)
        for number in words.all(root, "num"):
            starts = {}
            for override in words.all(number, "lvlOverride"):
                start = words.number(words.child(override, "startOverride"))
                if start is not None:
                    starts[words.number(override, "ilvl") or 0] = start
            target = words.value(words.child(number, "abstractNumId")) or ""
            self._numbers[words.value(number, "numId") or ""] = (target, starts)
        self._follow_links(styles)

    def _list(self, abstract: _Element) -> _List:
        words = self._words
        found = _List(link=words.value(words.child(abstract, "numStyleLink")))
        for level in words.all(abstract, "lvl"):
            start = words.number(words.child(level, "start"))
            found.levels[words.number(level, "ilvl") or 0] = _Level(
                start=1 if start is None else start,
                format=words.value(words.child(level, "numFmt")) or "decimal",
                text=words.value(words.child(level, "lvlText")) or "",
                indent=indent_of(words, words.child(level, "pPr", "ind")),
            )
        return found

    def _follow_links(self, styles: Styles) -> None:
        for key, found in self._lists.items():
            if found.link and not found.levels:
                number = styles.look_up(found.link, "pPr", "numPr", "numId")
                value = styles.words.value(number) if number is not None else None
                target = self._numbers.get(value or "", ("", {}))[0]
                if target in self._lists and target != key:
                    found.levels = self._lists[target].levels

    def indent(self, number: str, level: int) -> float | None:
        """Return where the markers of a list level stand, in twentieths of a point."""
        found = self._lists.get(self._numbers.get(number, ("", {}))[0])
        known = found.levels.get(level) if found else None
        return known.indent if known else None

    def next_marker(self, number: str, level: int) -> str | None:
        """Count one item on and return its marker; None for a list that is not defined."""
        if number not in self._numbers:
            return None
        target, starts = self._numbers[number]
        found = self._lists.get(target)
        if found is None or not 0 <= level <= _DEEPEST_LEVEL:
            return None
        if number not in self._begun:
            self._begun.add(number)
            for at in starts:
                found.counters.pop(at, None)
        known = found.levels.get(level, _Level(text=f"%{level + 1}."))
        begin = starts.get(level, known.start)
        found.counters[level] = found.counters[level] + 1 if level in found.counters else begin
        for deeper in [at for at in found.counters if at > level]:
            del found.counters[deeper]
        return self._marker(found, known)

    def _marker(self, found: _List, known: _Level) -> str:
        if known.format == _BULLET:
            return known.text if known.text.isascii() and not known.text.isalnum() else "•"
        if known.format == "none":
            return ""

        def counted(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            other = found.levels.get(at, _Level())
            return spelled(found.counters.get(at, other.start), other.format)

        return re.sub(r"%([1-9])", counted, known.text).strip()


def indent_of(words: Words, ind: _Element | None) -> float | None:
    """Return where a paragraph's first line starts, in twentieths of a point; None where nothing is set."""
    if ind is None:
        return None
    left = words.number(ind, "left")
    left = words.number(ind, "start") if left is None else left
    hanging, first = words.number(ind, "hanging") or 0, words.number(ind, "firstLine") or 0
    return None if left is None else float(left - hanging + first)


def spelled(number: int, form: str) -> str:
    """Return a list number as Word writes it: 4, 04, d, D, iv or IV."""
    number = max(0, min(number, _HIGHEST_NUMBER))
    if form in ("lowerLetter", "upperLetter") and number:
        letter = chr(ord("a") + (number - 1) % 26) * min(5, (number - 1) // 26 + 1)
        return letter.upper() if form == "upperLetter" else letter
    if form in ("lowerRoman", "upperRoman") and number < 4000:
        roman = ""
        for worth, sign in _ROMAN:
            roman += sign * (number // worth)
            number %= worth
        return roman.upper() if form == "upperRoman" else roman
    return f"{number:02d}" if form == "decimalZero" else str(number)
