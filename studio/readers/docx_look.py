"""Whether a person sees a run of a Word document: hidden, white on white, or too small to read.

- White counts only where nothing dark can lie behind it: a shaded paragraph or cell, a table with a style of
  its own, a text box or a coloured page leaves it visible.
- ECMA-376 part 1, 17.3.2 (run properties) and 17.3.5 (shading).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.readers.docx_styles import Styles, Words

if TYPE_CHECKING:
    from lxml.etree import _Element

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_NO_FILL = frozenset(("auto", "ffffff", "", "none", "clear"))
_SMALLEST = 5  # half points
_FAINT = 0xF6
HIDDEN = "It is marked as hidden text."
WHITE = "It is printed in white on white."
TINY = "It is printed too small to read."


class Look:
    """How one paragraph looks, and whether its runs can be seen."""

    def __init__(self, words: Words, styles: Styles, paragraph: _Element, style: str | None) -> None:
        """Take a paragraph and its style."""
        self._words = words
        self._styles = styles
        self._paragraph = paragraph
        self._style = style

    def switch(self, properties: _Element | None, style: str | None, name: str) -> bool | None:
        """Return whether a run's own properties or style switch something on; None where neither says."""
        own = self._words.on(self._words.child(properties, name))
        return self._words.on(self._styles.look_up(style, "rPr", name)) if own is None else own

    def concealed(self, properties: _Element | None, style: str | None) -> str | None:
        """Return why nobody sees a run, or None."""
        hidden = self.switch(properties, style, "vanish")
        if hidden is None:
            hidden = self._words.on(self._styles.look_up(self._style, "rPr", "vanish"))
        if hidden:
            return HIDDEN
        size = self._words.number(self._property(properties, style, "sz"))
        if size is not None and size <= _SMALLEST:
            return TINY
        colour = self._words.value(self._property(properties, style, "color")) or ""
        return WHITE if _is_white(colour) and not self._is_backed(properties, style) else None

    def _property(self, properties: _Element | None, style: str | None, name: str) -> _Element | None:
        for found in (
            self._words.child(properties, name),
            self._styles.look_up(style, "rPr", name),
            self._styles.look_up(self._style, "rPr", name),
        ):
            if found is not None:
                return found
        return None

    def _is_backed(self, properties: _Element | None, style: str | None) -> bool:
        """Say whether something other than white may lie behind a run."""
        words = self._words
        marker = words.value(words.child(properties, "highlight"))
        if marker not in (None, "none", "white"):
            return True
        shadings = [
            words.child(properties, "shd"),
            self._styles.look_up(style, "rPr", "shd"),
            words.child(self._paragraph, "pPr", "shd"),
            self._styles.look_up(self._style, "pPr", "shd"),
        ]
        for above in self._paragraph.iterancestors():
            name = str(above.tag).rpartition("}")[2]
            if name == "txbxContent":
                return True
            if name == "tc":
                shadings.append(words.child(above, "tcPr", "shd"))
            elif name == "tbl":
                if words.child(above, "tblPr", "tblStyle") is not None:
                    return True
                shadings.append(words.child(above, "tblPr", "shd"))
            elif name == "document":
                page = words.value(words.child(above, "background"), "color")
                if page and page.lower() not in _NO_FILL:
                    return True
        return any(self._fills(shading) for shading in shadings)

    def _fills(self, shading: _Element | None) -> bool:
        fill = (self._words.value(shading, "fill") or "").lower()
        themed = self._words.value(shading, "themeFill")
        return shading is not None and (fill not in _NO_FILL or themed not in (None, "background1"))


def _is_white(colour: str) -> bool:
    try:
        parts = [int(colour[at : at + 2], 16) for at in (0, 2, 4)] if len(colour) == 6 else []
    except ValueError:
        return False
    return bool(parts) and min(parts) >= _FAINT
