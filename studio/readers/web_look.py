"""Whether a browser would show an element of a page: switched off, transparent, tiny, moved off the page.

- An element's own style and the page's simple rules (`.name`, `#name`, `tag`) count; nothing is laid out.
- White counts only where the page gives no other ground: nothing around it has a background of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from studio.domain.source import HiddenKind

if TYPE_CHECKING:
    from bs4 import Tag

Why = tuple[HiddenKind, str]
_OFF = re.compile(
    r"(?:^|[;{\s])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all)",
    re.IGNORECASE,
)
_CLEAR = re.compile(r"(?:^|[;{\s])opacity\s*:\s*0?\.?0*\s*(?:;|!|$)", re.IGNORECASE)
_TINY = re.compile(
    r"(?:^|[;{\s])font-size\s*:\s*(?:0*(?:\.\d+)?|[01](?:\.\d+)?(?:px|pt)?)\s*(?:px|pt|em|rem|%)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_AWAY = re.compile(r"(?:^|[;{\s])(?:left|top|right|text-indent|margin-left)\s*:\s*-\d{4,}", re.IGNORECASE)
_WHITE = re.compile(
    r"(?:^|[;{\s])color\s*:\s*(?:white|transparent|#fff(?:fff)?\b|rgba?\(\s*255\s*,\s*255\s*,\s*255)",
    re.IGNORECASE,
)
_GROUND = re.compile(r"(?:^|[;{\s])background(?:-color|-image)?\s*:", re.IGNORECASE)
_RULE = re.compile(r"([.#]?[A-Za-z][\w-]{0,60})\s*\{([^{}]{0,600})\}")
_MOST_RULES = 2_000
OFF = "It is switched off in the page."


class Look:
    """How the elements of one page look."""

    def __init__(self, page: Tag) -> None:
        """Read the page's own simple style rules."""
        self._rules: dict[str, str] = {}
        sheets = " ".join(sheet.get_text() for sheet in page.find_all("style"))
        for count, match in enumerate(_RULE.finditer(sheets)):
            if count >= _MOST_RULES:
                break
            known = self._rules.get(match[1], "")
            self._rules[match[1]] = f"{known};{match[2]}"

    def hidden(self, tag: Tag) -> Why | None:
        """Return how and why a browser would not show an element itself, or None."""
        if tag.has_attr("hidden") or tag.get("aria-hidden") == "true":
            return "unshown", OFF
        style = self._style(tag)
        if not style:
            return None
        if _OFF.search(style):
            return "unshown", OFF
        if _CLEAR.search(style):
            return "concealed", "It is fully transparent."
        if _TINY.search(style):
            return "concealed", "It is printed too small to read."
        if _AWAY.search(style):
            return "concealed", "It stands outside of the page."
        if _WHITE.search(style) and not self._has_ground(tag, style):
            return "concealed", "It is printed in white on white."
        return None

    def _style(self, tag: Tag) -> str:
        names: object = tag.get("class")
        listed = [f".{name}" for name in (names if isinstance(names, list) else str(names or "").split())]
        keys = [tag.name, *listed, f"#{tag.get('id')}"]
        parts = [self._rules[key] for key in keys if key in self._rules] if self._rules else []
        colour = f"color:{tag.get('color')}" if tag.get("color") else ""
        return ";".join([*parts, colour, str(tag.get("style") or "")]).strip(";")

    def _has_ground(self, tag: Tag, style: str) -> bool:
        """Say whether an element or one around it has a background, so that white may be seen."""
        if _GROUND.search(style):
            return True
        return any(
            above.has_attr("bgcolor") or _GROUND.search(self._style(above))
            for above in tag.parents
            if above.parent is not None
        )
