"""Readable text and its way back: inline markup removed, every character's place remembered.

- `offsets[i]` is where `text[i]` stands in the raw document: any slice of readable text has a verbatim span.
- Only inline marks of Markdown go (emphasis, code, links, images, tags, escapes); words never change.
- Runs of white space, with the indents and quote marks of continued lines, become one space.
"""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import NamedTuple

_SPACE = r"[ \t]*\r?\n[ \t]*(?:>[ \t]?)*[ \t]*|[\s\u00a0\u200b]+"
_TOKENS = re.compile(
    r"(?P<space>" + _SPACE + r")"
    r"|(?P<comment><!--.*?-->)"
    r"|(?P<escape>\\(?=[!-/:-@\[-`{-~]))"
    r"|(?P<code>`+)"
    r"|(?P<image>!?\[(?P<label>(?:[^\[\]\\]|\\.|\[[^\]]*\])*)\]"
    r"(?P<target>\((?:[^()\n]|\([^()\n]*\))*\)|\[[^\[\]\n]*\](?=\W|$)))"
    r"|(?P<auto><(?P<address>(?:https?://|mailto:|[\w.+-]+@)[^<>\s]+)>)"
    r"|(?P<tag></?[A-Za-z][^<>\n]{0,200}>)"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});)"
    r"|(?P<emphasis>\*{1,3}|~~|(?<![A-Za-z0-9])_{1,3}(?=[^\s_])|(?<=[^\s_])_{1,3}(?![A-Za-z0-9_]))",
    re.DOTALL,
)
_PLAIN = re.compile(_SPACE)


class Readable(NamedTuple):
    """Readable text, and for each of its characters the offset in the raw document."""

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the raw span of `text[start:end]` (not empty)."""
        return self.offsets[start], self.offsets[end - 1] + 1


def readable(raw: str, base: int = 0, markdown: bool = True) -> Readable:
    """Return the readable form of a raw slice that stands at `base` in its document."""
    return _cached(raw, base, markdown)


@lru_cache(maxsize=4096)
def _cached(raw: str, base: int, markdown: bool) -> Readable:
    out: list[tuple[str, int]] = []
    if markdown:
        _strip(raw, 0, len(raw), out)
    else:
        _flatten(raw, out)
    while out and out[-1][0] == " ":
        out.pop()
    first = next((i for i, (char, _) in enumerate(out) if char != " "), len(out))
    kept = out[first:]
    return Readable("".join(char for char, _ in kept), tuple(base + at for _, at in kept))


def _flatten(raw: str, out: list[tuple[str, int]]) -> None:
    at = 0
    for match in _PLAIN.finditer(raw):
        out.extend((raw[i], i) for i in range(at, match.start()))
        out.append((" ", match.start()))
        at = match.end()
    out.extend((raw[i], i) for i in range(at, len(raw)))


def _strip(raw: str, start: int, end: int, out: list[tuple[str, int]]) -> None:
    at = start
    while at < end:
        match = _TOKENS.search(raw, at, end)
        if match is None:
            break
        out.extend((raw[i], i) for i in range(at, match.start()))
        at = _token(raw, match, end, out)
    out.extend((raw[i], i) for i in range(at, end))


def _token(raw: str, match: re.Match[str], end: int, out: list[tuple[str, int]]) -> int:
    """Append what a mark leaves behind; return where to go on."""
    at = match.start()
    if match["space"] is not None or (match["tag"] or "").lower().startswith("<br"):
        if not out or out[-1][0] != " ":
            out.append((" ", at))
        return match.end()
    if match["escape"] is not None and at + 1 < end:
        out.append((raw[at + 1], at + 1))
        return at + 2
    if match["image"] is not None:
        _strip(raw, match.start("label"), match.end("label"), out)
    elif match["auto"] is not None:
        out.extend((raw[i], i) for i in range(match.start("address"), match.end("address")))
    elif match["entity"] is not None:
        decoded = html.unescape(match["entity"])
        out.append((decoded, at) if len(decoded) == 1 else ("&", at))
    elif match["emphasis"] is not None and not _opens_or_closes(raw, match):
        out.extend((raw[i], i) for i in range(at, match.end()))
    return match.end()


def _opens_or_closes(raw: str, match: re.Match[str]) -> bool:
    """Tell emphasis from a lone star between spaces or a multiplication sign."""
    before = raw[match.start() - 1] if match.start() else " "
    after = raw[match.end()] if match.end() < len(raw) else " "
    return not (before.isspace() and after.isspace()) and not (before.isdigit() and after.isdigit())
