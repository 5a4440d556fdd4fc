"""What a Markdown file carries beside its text: comments, link titles, picture descriptions, hidden elements.

- Each stands in the file verbatim, so it has an exact span; what code fences hold is shown, thus no aside.
"""

from __future__ import annotations

import re
from itertools import islice

from studio.domain.source import HiddenKind
from studio.readers import limits
from studio.readers.layout import Layout

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_ASIDES: tuple[tuple[re.Pattern[str], HiddenKind, str], ...] = (
    (re.compile(r"<!--(?P<text>.*?)(?:-->|\Z)", re.DOTALL), "aside", "It is a comment in the file."),
    (
        re.compile(
            r"^ {0,3}\[[^\]\n]{1,80}\]:[ \t]*\S+[ \t]+(?P<text>\"[^\"\n]+\"|'[^'\n]+'|\([^)\n]+\))",
            re.MULTILINE,
        ),
        "aside",
        "It is the title of a link, or a comment.",
    ),
    (
        re.compile(r"\]\([^()\s\"]*[ \t]+\"(?P<text>[^\"\n]+)\"\)"),
        "aside",
        "It is the title of a link.",
    ),
    (re.compile(r"!\[(?P<text>[^\]\n]+)\]\("), "aside", "It is the description of a picture."),
    (
        re.compile(r"<img\b[^>]{0,400}?\b(?:alt|title)\s*=\s*(?P<text>\"[^\"]+\"|'[^']+')", re.IGNORECASE),
        "aside",
        "It is the description of a picture.",
    ),
    (
        re.compile(
            r"<(?P<tag>[a-z]{1,12})\b[^>]{0,300}?(?:display\s*:\s*none|visibility\s*:\s*hidden|\shidden\b|opacity\s*:\s*0[;\"'\s])"
            r"[^>]{0,300}>(?P<text>.*?)</(?P=tag)>",
            re.DOTALL | re.IGNORECASE,
        ),
        "unshown",
        "It is switched off in the page.",
    ),
    (
        re.compile(
            r"<(?P<tag>[a-z]{1,12})\b[^>]{0,300}?(?:font-size\s*:\s*[01](?:px|pt)?[;\"'\s]|color\s*[:=]\s*[\"']?\s*(?:white\b|#fff(?:fff)?\b))"
            r"[^>]{0,300}>(?P<text>.*?)</(?P=tag)>",
            re.DOTALL | re.IGNORECASE,
        ),
        "concealed",
        "It is printed so that nobody can see it.",
    ),
)


def hide_asides(layout: Layout, start: int) -> None:
    """Keep what stands beside the text of a Markdown file from an offset on, in order."""
    text = layout.text
    shown = [match.span() for match in _FENCE.finditer(text, start)]
    found = [
        (match.start("text"), match.end("text"), match["text"], kind, reason)
        for pattern, kind, reason in _ASIDES
        for match in islice(pattern.finditer(text, start), limits.HIDDEN_TEXTS)
        if not any(first <= match.start() < last for first, last in shown)
    ]
    for first, last, words, kind, reason in sorted(found):
        layout.hide(first, last, words.strip("\"'()"), kind, reason)
    unseen = [hidden for hidden in layout.hidden if hidden.kind != "aside"]
    layout.blocks = [
        block
        for block in layout.blocks
        if not any(
            hidden.start < block.end and block.start < hidden.end and _is_all(block.text, hidden.text)
            for hidden in unseen
        )
    ]


def _is_all(shown: str, hidden: str) -> bool:
    """Say whether a block holds nothing but hidden words."""
    return " ".join(shown.split()) in hidden
