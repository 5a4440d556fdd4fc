"""A page that stands alone: its frame, and the check that a received one fetches and runs nothing.

- Every page begins with the same bytes, the policy by which it may fetch and run nothing among them: what
  follows cannot take that back, however a browser reads it.
- Besides, only known elements and attributes may stand in it, links lead to places of the page itself, and
  no style names an address.
"""

from __future__ import annotations

import re
from html import escape
from html.parser import HTMLParser

from studio.domain.errors import BundleRefused

_CSP = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
OPENING = (
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    f'<meta http-equiv="Content-Security-Policy" content="{escape(_CSP)}">'
)
MAX_PAGE = 32 * 1024 * 1024
_SVG = "http://www.w3.org/2000/svg"
_TAGS = frozenset(
    "html head meta title style body main header nav section div span p br h1 h2 h3 ul ol li table thead "
    "tbody tr th td dl dt dd blockquote ins del code strong a svg g rect circle polyline polygon text".split()
)
_ATTRIBUTES = frozenset(
    "lang charset name content class id role aria-label title xmlns viewbox width height x y rx r cx cy "
    "fill stroke stroke-width stroke-dasharray points font-size font-weight text-anchor text-decoration "
    "opacity paint-order".split()
)
_ADDRESS = re.compile(r"url\s*\(|@import|expression\s*\(|javascript:|\\", re.IGNORECASE)


def whole_page(title: str, body: str, style: str, scheme: str = "light dark") -> str:
    """Return a page; title and body are HTML already, `scheme` says in which lights it can be shown."""
    return (
        f"{OPENING}"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="{scheme}"><title>{title}</title>'
        f"<style>{style}</style></head>\n<body><main>{body}</main></body></html>\n"
    )


def check_page(html: str, what: str) -> None:
    """Raise BundleRefused unless a page stands alone and runs nothing; `what` names it."""
    if len(html) > MAX_PAGE:
        raise _refused(what, "is too large for a page")
    if not html.startswith(OPENING):
        raise _refused(what, "does not begin with the policy that lets it fetch and run nothing")
    reader = _Reader()
    try:
        reader.feed(html[len(OPENING) :])
        reader.close()
    except (AssertionError, ValueError, RecursionError):  # html.parser on hostile declarations
        raise _refused(what, "is no page that can be read") from None
    if reader.found:
        raise _refused(what, f"holds something that a report does not need ({reader.found})")


class _Reader(HTMLParser):
    """Notes the first thing that a report does not need."""

    def __init__(self) -> None:
        super().__init__()
        self.found = ""
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        if tag not in _TAGS:
            self._note(f"<{tag}>")
        for name, value in attrs:
            self._look(tag, name, value or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style and _ADDRESS.search(data):
            self._note("an address in its style")

    def handle_comment(self, data: str) -> None:
        self._note("a comment")

    def handle_decl(self, decl: str) -> None:
        self._note("a declaration")

    def handle_pi(self, data: str) -> None:
        self._note("an instruction")

    def unknown_decl(self, data: str) -> None:
        self._note("a declaration")

    def _look(self, tag: str, name: str, value: str) -> None:
        if tag == "a" and name == "href" and re.fullmatch(r"#[a-z0-9-]{1,40}", value):
            return
        if name not in _ATTRIBUTES or (name == "xmlns" and value != _SVG):
            self._note(f"the attribute {name[:40]!a}")
        elif name not in ("aria-label", "title", "content") and _ADDRESS.search(value):
            self._note(f"an address in {name}")

    def _note(self, found: str) -> None:
        self.found = self.found or found[:60]


def _refused(what: str, why: str) -> BundleRefused:
    return BundleRefused(f"{what} {why}.", "Do not open it; ask the sender for a fresh export.")
