"""Whether a person sees a word on a PDF page: drawn, unlike its ground in colour, large enough, on the page.

- A scanner's text layer is drawn invisibly over the picture of the page; there it stands for what is seen.
- The ground of a word is the last filled shape or picture under its middle; a form or picture hides nothing.
"""

from __future__ import annotations

import ctypes
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

PAGE_OBJECTS = 20_000
UNDRAWN = "It is on the page without being drawn."
WHITE = "It is printed in the colour of its ground."
TINY = "It is printed too small to read."
AWAY = "It stands outside of the page."
_GROUNDS = 300
_SMALLEST = 2.2
_NEAR = 24
_FAINT = 10
_PAPER = (255, 255, 255)
_MOST_WORDS = 20_000

Box = tuple[float, float, float, float]
Colour = tuple[int, int, int]


class _Ground(NamedTuple):
    left: float
    bottom: float
    right: float
    top: float
    colour: Colour | None  # None: whatever it shows, text may be seen on it


class Sight:
    """What can be seen on one page, and what cannot."""

    def __init__(self, page: PdfPage, text: PdfTextPage) -> None:
        """Take a page and its text."""
        import pypdfium2.raw as pdfium

        self._pdfium = pdfium
        self._page = page
        self._text = text
        self._colours = [ctypes.c_uint() for _ in range(4)]
        self.unseen: list[tuple[str, str]] = []
        self._kept = 0

    def concealed(self, at: int, box: Box) -> str | None:
        """Return why nobody sees the word that begins at a character, or None."""
        left, right, bottom, top = box
        page_left, page_bottom, page_right, page_top = self._bounds
        if right < page_left or left > page_right or top < page_bottom or bottom > page_top:
            return AWAY
        drawn = self._pdfium.FPDFText_GetTextObject(self._text, at)
        mode = self._pdfium.FPDFTextObj_GetTextRenderMode(drawn) if drawn else 0
        if mode in (self._pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, self._pdfium.FPDF_TEXTRENDERMODE_CLIP):
            return None if self.pictured else UNDRAWN
        if 0 < top - bottom < _SMALLEST:
            return TINY
        fills = mode in (0, self._pdfium.FPDF_TEXTRENDERMODE_FILL_CLIP)
        if not fills or not self._pdfium.FPDFText_GetFillColor(self._text, at, *self._colours):
            return None
        red, green, blue, alpha = (int(part.value) for part in self._colours)
        if alpha < _FAINT:
            return UNDRAWN
        ground = self._ground((left + right) / 2, (bottom + top) / 2)
        same = (
            ground is not None
            and max(abs(red - ground[0]), abs(green - ground[1]), abs(blue - ground[2])) < _NEAR
        )
        return WHITE if same else None

    def keep(self, reason: str, word: str) -> None:
        """Keep a word that nobody sees; words after one another for the same reason are one text."""
        self._kept += 1
        if self._kept > _MOST_WORDS:
            return
        if self.unseen and self.unseen[-1][0] == reason:
            word = f"{self.unseen.pop()[1]} {word}"
        self.unseen.append((reason, word))

    @cached_property
    def pictured(self) -> bool:
        """Say whether pictures cover a good part of the page."""
        covered = 0.0
        for count, item in enumerate(self._page.get_objects(filter=[self._pdfium.FPDF_PAGEOBJ_IMAGE])):
            if count >= PAGE_OBJECTS:
                break
            left, bottom, right, top = item.get_bounds()
            covered += max(0.0, right - left) * max(0.0, top - bottom)
        width, height = self._page.get_size()
        return bool(covered > 0.3 * width * height)

    @cached_property
    def _bounds(self) -> Box:
        left, bottom, right, top = self._page.get_bbox()
        return left, bottom, right, top

    def _ground(self, x: float, y: float) -> Colour | None:
        """Return the colour under a point; None where it cannot be told."""
        for ground in reversed(self._grounds):
            if ground.left <= x <= ground.right and ground.bottom <= y <= ground.top:
                return ground.colour
        return _PAPER

    @cached_property
    def _grounds(self) -> list[_Ground]:
        found: list[_Ground] = []
        for count, item in enumerate(self._page.get_objects(max_depth=1)):
            if count >= PAGE_OBJECTS or len(found) >= _GROUNDS:
                break
            if item.type == self._pdfium.FPDF_PAGEOBJ_TEXT:
                continue
            colour = self._fill(item.raw) if item.type == self._pdfium.FPDF_PAGEOBJ_PATH else None
            if item.type == self._pdfium.FPDF_PAGEOBJ_PATH and colour is None:
                continue
            left, bottom, right, top = item.get_bounds()
            if right - left >= 6 and top - bottom >= 4:
                found.append(_Ground(left, bottom, right, top, colour))
        return found

    def _fill(self, path: object) -> Colour | None:
        """Return the colour that a path is filled with, or None."""
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        if not self._pdfium.FPDFPath_GetDrawMode(path, mode, stroke) or not mode.value:
            return None
        if not self._pdfium.FPDFPageObj_GetFillColor(path, *self._colours):
            return None
        red, green, blue, alpha = (int(part.value) for part in self._colours)
        return (red, green, blue) if alpha >= _FAINT else None
