"""Cutting a long page into pieces that can be shown one after the other, each of whole elements.

- A piece ends only where nothing but frames is open (sections, lists without numbers, tables): they are
  closed at its end, and opened again at the beginning of the next.
- The page is one of ours, or was checked to be spelt like one: every `<` begins an element.
- A received one may be spelt like ours and built like none: tables in tables, which take Qt hours at a depth
  of thirty, or one element of many megabytes. Where it is not built like ours, no piece of it is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?: [^<>]*?)?)(/?)>")
_VOID = frozenset(("br", "meta", "img", "hr"))
_SHAPES = frozenset(("svg", "g", "rect", "circle", "line", "path", "polyline", "polygon", "text"))
_DEEPEST, _TABLES, _LONGEST = 24, 2, 400_000
"""How deep elements lie in our pages at most, tables in tables, and how many letters an element has."""
_FRAMES = frozenset(("main", "section", "div", "table", "tbody", "ul", "header"))
_STYLE = re.compile(r"<style>([^<]*)</style>")


def style_of(page: str) -> str:
    """Return the style sheet of a page."""
    return "".join(_STYLE.findall(page))


class NotOurs(ValueError):
    """A page that is built like none of ours from some place on."""


def pieces_of(page: str, most: int) -> Iterator[str]:
    """Yield the body of a page in pieces of about `most` letters, or more where an element is longer.

    Raises NotOurs, after the pieces before it, where the page goes on in a way that no page of ours does.
    """
    first, last = page.find("<body>"), page.rfind("</body>")
    body = page[first + len("<body>") : last] if 0 <= first < last else page
    open_: list[tuple[str, str]] = []
    begin, reopened = 0, ""
    for tag in _TAG.finditer(body):
        if tag.end() - begin > most + _LONGEST:
            raise NotOurs
        if not _turned(tag, open_):
            continue
        if tag.end() - begin >= most and all(each in _FRAMES for each, _ in open_):
            yield reopened + body[begin : tag.end()] + "".join(f"</{each}>" for each, _ in reversed(open_))
            begin, reopened = tag.end(), "".join(_again(each, text) for each, text in open_)
    if len(body) - begin > most + _LONGEST:
        raise NotOurs
    if begin == 0 or body[begin:].strip():
        yield reopened + body[begin:]


def _turned(tag: re.Match[str], open_: list[tuple[str, str]]) -> bool:
    """Take notice of an element that begins or ends; return whether it ends. Raises NotOurs."""
    closing, name, _, alone = tag.groups()
    if name in _VOID or (alone and name in _SHAPES):
        return False
    if alone:  # a browser of old takes it for one that is never closed
        raise NotOurs
    if closing:
        if not open_ or open_.pop()[0] != name:
            raise NotOurs
        return True
    open_.append((name, tag[0]))
    if len(open_) > _DEEPEST or (name == "table" and sum(each == "table" for each, _ in open_) > _TABLES):
        raise NotOurs
    return False


def _again(name: str, text: str) -> str:
    """Return the tag that opens a frame again; a place of the page is there only once."""
    return re.sub(r' id="[^"]*"', "", text)
