"""Cutting a long page into pieces that can be shown one after the other, each of whole elements.

- A piece ends only where nothing but frames is open (sections, lists without numbers, tables): they are
  closed at its end, and opened again at the beginning of the next.
- The page is one of ours, or was checked to be spelt like one: every `<` begins an element.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?: [^<>]*)?)>")
_VOID = frozenset(("br", "meta", "img", "hr"))
_FRAMES = frozenset(("main", "section", "div", "table", "tbody", "ul", "header"))
_BODY = re.compile(r"<body>(.*)</body>", re.DOTALL)
_STYLE = re.compile(r"<style>([^<]*)</style>")


def style_of(page: str) -> str:
    """Return the style sheet of a page."""
    return "".join(_STYLE.findall(page))


def pieces_of(page: str, most: int) -> Iterator[str]:
    """Yield the body of a page in pieces of about `most` letters, or more where an element is longer."""
    found = _BODY.search(page)
    body = found[1] if found else page
    if len(body) <= most:
        yield body
        return
    open_: list[tuple[str, str]] = []
    begin, reopened = 0, ""
    for tag in _TAG.finditer(body):
        closing, name, attributes = tag.groups()
        if name in _VOID or attributes.endswith("/"):
            continue
        if not closing:
            open_.append((name, tag[0]))
            continue
        while open_ and open_.pop()[0] != name:
            pass
        if tag.end() - begin >= most and all(each in _FRAMES for each, _ in open_):
            yield reopened + body[begin : tag.end()] + "".join(f"</{each}>" for each, _ in reversed(open_))
            begin, reopened = tag.end(), "".join(_again(each, text) for each, text in open_)
    if body[begin:].strip():
        yield reopened + body[begin:]


def _again(name: str, text: str) -> str:
    """Return the tag that opens a frame again; a place of the page is there only once."""
    return re.sub(r' id="[^"]*"', "", text)
