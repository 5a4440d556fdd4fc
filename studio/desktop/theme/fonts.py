"""Fonts: Inter where it is to be had, else what the system reads best; one family at five sizes."""

from __future__ import annotations

from functools import cache

from PySide6.QtGui import QFont, QFontDatabase

from studio.desktop.theme.resources import resource_folder
from studio.desktop.theme.tokens import SIZE_TEXT

PREFERRED = ("Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "DejaVu Sans")
MONOSPACE = ("JetBrains Mono", "Cascadia Mono", "DejaVu Sans Mono", "Menlo", "Consolas")


def load_bundled_fonts() -> None:
    """Add the fonts that an installer laid beside the program, when it did."""
    folder = resource_folder() / "fonts"
    if folder.is_dir():
        for file in sorted(folder.glob("*.[ot]tf")):
            QFontDatabase.addApplicationFont(str(file))


@cache
def _first_of(wanted: tuple[str, ...], fallback: QFontDatabase.SystemFont) -> str:
    present = set(QFontDatabase.families())
    for family in wanted:
        if family in present:
            return family
    return QFontDatabase.systemFont(fallback).family()


def font(size: int = SIZE_TEXT, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Return the window's font at a size in logical pixels."""
    return QFont(_made(size, weight))  # a copy shares the engine that was looked up for the first


@cache
def _made(size: int, weight: QFont.Weight) -> QFont:
    made = QFont(_first_of(PREFERRED, QFontDatabase.SystemFont.GeneralFont))
    made.setPixelSize(size)
    made.setWeight(weight)
    return made


def mono(size: int = 12) -> QFont:
    """Return the fixed-width font, for fingerprints and file names."""
    made = QFont(_first_of(MONOSPACE, QFontDatabase.SystemFont.FixedFont))
    made.setPixelSize(size)
    return made


def bold(size: int = SIZE_TEXT) -> QFont:
    """Return the window's font in the weight of headings."""
    return font(size, QFont.Weight.DemiBold)
