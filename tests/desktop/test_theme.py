"""Colours that can be read, icons that are there, and a theme that changes while the window is open."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from studio.desktop.actions import ACTIONS
from studio.desktop.bundle_window import BundleWindow
from studio.desktop.crash import CrashDialog
from studio.desktop.rooms import ROOMS
from studio.desktop.theme.current import theme
from studio.desktop.theme.icons import icon_names, pixmap, renderer
from studio.desktop.theme.tokens import THEMES, Tokens
from studio.desktop.window import Window
from studio.settings import Settings


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", THEMES.values(), ids=THEMES)
def test_words_can_be_read_on_every_ground(tokens: Tokens) -> None:
    """Text and muted text reach 4.5 to 1 on the grounds they stand on, also on the tinted lines of a diff."""
    grounds = (tokens.bg, tokens.panel, tokens.raised)
    tints = (tokens.add_bg, tokens.removed_bg, tokens.changed_bg, tokens.moved_bg, tokens.accent_soft)
    words = (tokens.add_word, tokens.removed_word, tokens.mark)
    for ground in (*grounds, *tints, *words):
        assert contrast(tokens.text, ground) >= 4.5
    for ground in grounds:
        assert contrast(tokens.muted, ground) >= 4.5
    for ground in tints:
        assert contrast(tokens.muted_on_tint, ground) >= 4.5
    assert contrast(tokens.rail_text, tokens.rail) >= 4.5
    assert contrast(tokens.accent_text, tokens.accent) >= 4.5


def test_every_icon_is_drawn(qapp: QApplication) -> None:
    """Each drawing is valid and leaves marks in the colour that was asked for."""
    for name in icon_names():
        assert renderer(name, "#ff0000").isValid(), name
        image = pixmap(name, "#ff0000", 32).toImage()
        colours = {image.pixelColor(x, y).name() for x in range(32) for y in range(32)}
        assert "#ff0000" in colours, name


def test_every_icon_that_is_named_exists(repository: Path) -> None:
    """No action, room or widget asks for a drawing that is not there."""
    known = set(icon_names())
    assert {a.icon for a in ACTIONS if a.icon} <= known
    assert {room.icon for room in ROOMS} <= known
    source = "\n".join(p.read_text("utf-8") for p in (repository / "studio/desktop").rglob("*.py"))
    assert set(re.findall(r'icon="([a-z-]+)"', source)) <= known


def test_a_missing_icon_is_a_mistake() -> None:
    """Asking for a name without a drawing fails, and says where it was looked for."""
    with pytest.raises(KeyError, match="no icon named"):
        renderer("no-such-thing", "#000000")


def test_the_theme_changes_while_the_window_is_open(window: Window, qapp: QApplication) -> None:
    """Switching sets palette and sheet at once and is remembered in the user's settings."""
    assert theme().tokens.name == "light"
    window.run_action("view.theme")
    assert theme().tokens.name == "dark"
    assert qapp.palette().color(QPalette.ColorRole.Base).name() == THEMES["dark"].panel
    assert window.opener.settings.theme == "dark"
    window.run_action("view.theme")
    assert theme().tokens.name == "light"


def test_every_window_of_its_own_wears_the_theme(bare: Window, qtbot: QtBot) -> None:
    """Whatever has no parent is dressed, and changes its dress with the theme."""
    alone: list[QWidget] = [bare, BundleWindow(Settings(name="Ana Silva")), CrashDialog("details")]
    for window in alone:
        qtbot.addWidget(window)
    light = {window.styleSheet() for window in alone}
    theme().apply("dark")
    dark = {window.styleSheet() for window in alone}
    theme().apply("light")
    assert len(light) == len(dark) == 1
    assert light != dark and "" not in light | dark
