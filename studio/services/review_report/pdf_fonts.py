"""The letters of a printed report: which font draws which character.

- What the PDF library brings draws nearly everything of Western languages, so the same report gives the same
  bytes on every computer; arrows and Greek come from the symbols that every PDF reader has.
- Other scripts are drawn with a font of this computer. A character that no font here has is named by its
  number, and counted, so that the report can say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import reportlab
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont

REGULAR, BOLD, SYMBOL = "Report", "Report-Bold", "Symbol"
_OWN = Path(reportlab.__file__).parent / "fonts"
_SYMBOLS = frozenset("→←↑↓↔⇒⇐⇔αβγδεζηθικλμνξοπρσςτυφχψωΓΔΘΛΞΠΣΥΦΨΩ∀∃∈∉∪∩∧∨∑√∞∂∫≅≡⊂⊃⊆⊇")  # noqa: RUF001
_ALSO = {
    "↕": "↑↓",
    "\u2009": " ",
    "\u202f": "\u00a0",
    "\u2011": "-",
    "✓": "√",
    "▸": "→",
    "\u2002": " ",
    "\u2003": " ",
}
_ON_THIS_COMPUTER = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    "/usr/share/fonts/truetype/freefont/FreeSans.ttf",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
    "/Library/Fonts/Arial Unicode.ttf",
    "C:/Windows/Fonts/segoeui.ttf",
    "C:/Windows/Fonts/arial.ttf",
    "C:/Windows/Fonts/seguisym.ttf",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/malgun.ttf",
)


class Letters:
    """Chooses the font of each character; `missing` are the characters that no font here has."""

    def __init__(self) -> None:
        self._own = _register(REGULAR, str(_OWN / "Vera.ttf"))
        _register(BOLD, str(_OWN / "VeraBd.ttf"))
        self.missing: set[str] = set()

    def pieces(self, text: str, *, bold: bool = False) -> Iterator[tuple[str, str]]:
        """Yield stretches of a text with the name of their font."""
        font, held = "", ""
        for letter in text:
            for name, words in self._drawn(letter, bold):
                if name != font and held:
                    yield font, held
                    held = ""
                font = name
                held += words
        if held:
            yield font, held

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Return how wide a text is."""
        return sum(pdfmetrics.stringWidth(words, name, size) for name, words in self.pieces(text, bold=bold))

    def _drawn(self, letter: str, bold: bool) -> Iterator[tuple[str, str]]:
        own = BOLD if bold else REGULAR
        if letter == "\n" or ord(letter) in self._own:
            yield own, letter
        elif letter in _SYMBOLS:
            yield SYMBOL, letter
        elif letter in _ALSO:
            for other in _ALSO[letter]:
                yield from self._drawn(other, bold)
        else:
            found = _elsewhere(letter)
            if not found:
                self.missing.add(letter)
            yield (found, letter) if found else (own, f"[U+{ord(letter):04X}]")


@lru_cache(maxsize=32)
def _register(name: str, path: str) -> frozenset[int]:
    """Make a font known; return the characters that it has."""
    font = TTFont(name, path)
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


@lru_cache(maxsize=4_096)
def _elsewhere(letter: str) -> str:
    """Return the name of a font of this computer that has a character, or nothing."""
    for number, path in enumerate(_ON_THIS_COMPUTER):
        if not Path(path).is_file():
            continue
        name = f"Other-{number}"
        try:
            if ord(letter) in _register(name, path):
                return name
        except (TTFError, OSError):  # a font of a kind that cannot be put into a PDF
            continue
    return ""
