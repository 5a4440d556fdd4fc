"""The token table: every colour and distance of the window, light and dark.

- Nothing else in the window writes a colour or a font size down.
- `muted_on_tint` is darker than `muted`: it has to stay readable on the tinted lines of a diff.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark"]
Tone = Literal["", "add", "del", "chg", "mov", "ok", "warn", "bad", "acc", "none"]
"""What a colour says: added, removed, changed, moved; good, beware, bad; accent; nothing."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme, as `#rrggbb`."""

    name: ThemeName
    bg: str
    panel: str
    raised: str
    line: str
    line_strong: str
    text: str
    muted: str
    muted_on_tint: str
    faint: str
    accent: str
    accent_soft: str
    accent_text: str
    add: str
    add_bg: str
    add_word: str
    removed: str
    removed_bg: str
    removed_word: str
    changed: str
    changed_bg: str
    moved: str
    moved_bg: str
    ok: str
    warn: str
    bad: str
    mark: str
    rail: str
    rail_text: str
    rail_muted: str
    rail_on: str
    rail_selected: str
    rail_badge: str

    def tone(self, tone: Tone) -> str:
        """Return the foreground colour of a tone."""
        return _foreground(self)[tone]

    def tint(self, tone: Tone) -> str:
        """Return the quiet background colour of a tone."""
        return _background(self)[tone]


def _foreground(t: Tokens) -> dict[Tone, str]:
    return {
        "": t.text, "none": t.muted, "acc": t.accent, "ok": t.ok, "warn": t.warn, "bad": t.bad,
        "add": t.add, "del": t.removed, "chg": t.changed, "mov": t.moved,
    }  # fmt: skip


def _background(t: Tokens) -> dict[Tone, str]:
    return {
        "": t.panel, "none": t.bg, "acc": t.accent_soft, "ok": t.add_bg, "warn": t.changed_bg,
        "bad": t.removed_bg, "add": t.add_bg, "del": t.removed_bg, "chg": t.changed_bg, "mov": t.moved_bg,
    }  # fmt: skip


LIGHT = Tokens(
    name="light", bg="#f6f7f9", panel="#ffffff", raised="#ffffff", line="#e3e6eb", line_strong="#cfd5de",
    text="#1b2330", muted="#667085", muted_on_tint="#5b6472", faint="#98a2b3",
    accent="#3b5bdb", accent_soft="#e7ecff", accent_text="#ffffff",
    add="#12805c", add_bg="#e6f6ee", add_word="#b6e6cd",
    removed="#c0392f", removed_bg="#fdeceb", removed_word="#f8c4c0",
    changed="#b25e09", changed_bg="#fff3e0", moved="#5b4fc7", moved_bg="#eeecff",
    ok="#12805c", warn="#b25e09", bad="#c0392f", mark="#fff0b3",
    rail="#111a2b", rail_text="#aab4c5", rail_muted="#8591a8", rail_on="#ffffff",
    rail_selected="#22304a", rail_badge="#3b5bdb",
)  # fmt: skip

DARK = Tokens(
    name="dark", bg="#12161d", panel="#1a2029", raised="#222a35", line="#2b3440", line_strong="#3a4553",
    text="#e6eaf0", muted="#9aa5b4", muted_on_tint="#b4bdca", faint="#6b7685",
    accent="#7c96ff", accent_soft="#25304f", accent_text="#0e1320",
    add="#5bd6a3", add_bg="#15322a", add_word="#1f5c47",
    removed="#ff8f86", removed_bg="#3a1f21", removed_word="#6d2c2f",
    changed="#f0b264", changed_bg="#362a18", moved="#b0a6ff", moved_bg="#2a2749",
    ok="#5bd6a3", warn="#f0b264", bad="#ff8f86", mark="#5b4a12",
    rail="#0c1017", rail_text="#aab4c5", rail_muted="#8591a8", rail_on="#ffffff",
    rail_selected="#1f2a3c", rail_badge="#3b5bdb",
)  # fmt: skip

THEMES: dict[ThemeName, Tokens] = {"light": LIGHT, "dark": DARK}

# Distances in logical pixels: tight, near, gap, room, apart.
S1, S2, S3, S4, S5 = 4, 8, 12, 16, 24
RADIUS = 8
RADIUS_SMALL = 6

# Letter sizes in logical pixels.
SIZE_SMALL = 11
SIZE_NOTE = 12
SIZE_TEXT = 13
SIZE_TITLE = 15
SIZE_FIGURE = 22
