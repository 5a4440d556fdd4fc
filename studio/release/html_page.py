"""A page that stands alone: its frame, and the check that a received one fetches and runs nothing.

- Every page begins with the same bytes, the policy by which it may fetch and run nothing among them: what
  follows cannot take that back, however a browser reads it.
- Besides, only known elements and attributes may stand in it, links lead to places of the page itself, and
  no style names an address.
"""

from __future__ import annotations

import re
from html import escape

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
    "tbody tr th td dl dt dd blockquote ins del code strong a details summary svg g rect circle polyline "
    "polygon text".split()
)
_ATTRIBUTES = frozenset(
    "lang charset name content class id role aria-label title xmlns viewbox width height x y rx r cx cy "
    "fill stroke stroke-width stroke-dasharray points font-size font-weight text-anchor text-decoration "
    "opacity paint-order".split()
)
_BEGUN = re.compile(r"<[^>]*>?")
_ELEMENT = re.compile(r'<(/?[a-z][a-z0-9]*)((?: +[a-zA-Z-]+="[^"<>]*")*) */?>')
_ATTRIBUTE = re.compile(r' ([a-zA-Z-]+)="([^"<>]*)"')
_STYLE = re.compile(r"<style>([^<]*)</style>")
_ADDRESS = re.compile(
    r"(?:url|src|image|image-set|expression)\s*\(|@import|javascript:|\\",
    re.IGNORECASE,
)


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
    found = _unneeded(html[len(OPENING) :])
    if found:
        raise _refused(what, f"holds something that a report does not need ({found[:60]})")


def _unneeded(html: str) -> str:
    """Return the first thing that a report does not need, or nothing.

    Every `<` must begin an element in the one spelling that our pages have; what is spelt otherwise is not
    interpreted but refused, so that no browser can read it in another way than we do.
    """
    for begun in dict.fromkeys(_BEGUN.findall(html)):  # a page has many elements, and few that differ
        element = _ELEMENT.fullmatch(begun)
        if element is None:
            return f"{begun[:30]!a}"
        tag, attributes = element.groups()
        if tag.removeprefix("/") not in _TAGS:
            return f"<{tag}>"
        for name, value in _ATTRIBUTE.findall(attributes):
            if said := _of_attribute(tag, name.lower(), value):
                return said
    styles = "".join(_STYLE.findall(html))
    if html.count("<style") != len(_STYLE.findall(html)) or _ADDRESS.search(styles):
        return "an address in its style"
    return ""


def _of_attribute(tag: str, name: str, value: str) -> str:
    if tag == "a" and name == "href" and re.fullmatch(r"#[a-z0-9-]{1,40}", value):
        return ""
    if name not in _ATTRIBUTES or (name == "xmlns" and value != _SVG):
        return f"the attribute {name[:40]!a}"
    if name not in ("aria-label", "title", "content") and _ADDRESS.search(value):
        return f"an address in {name}"
    return ""


def _refused(what: str, why: str) -> BundleRefused:
    return BundleRefused(f"{what} {why}.", "Do not open it; ask the sender for a fresh export.")
