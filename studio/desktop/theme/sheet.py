"""The one style sheet, made from the tokens; widgets are told apart by their `role`, `kind` and `tone`."""

from __future__ import annotations

from studio.desktop.theme.resources import resource_folder
from studio.desktop.theme.tokens import (
    RADIUS,
    RADIUS_SMALL,
    SIZE_FIGURE,
    SIZE_NOTE,
    SIZE_SMALL,
    SIZE_TITLE,
    Tokens,
)


def sheet(t: Tokens) -> str:
    """Return the style sheet of a theme."""
    return "\n".join((_frames(t), _labels(t), _buttons(t), _fields(t), _tables(t), _bars(t), _popups(t)))


def _frames(t: Tokens) -> str:
    return f"""
QMainWindow, QDialog {{ background: {t.bg}; }}
QFrame[role="pane"], QWidget[role="plain"] {{ background: {t.panel}; border: 0; }}
QFrame[role="pane-head"] {{ background: {t.panel}; border: 0; border-bottom: 1px solid {t.line}; }}
QFrame[role="top"] {{ background: {t.panel}; border: 0; border-bottom: 1px solid {t.line}; }}
QFrame[role="tray"] {{ background: {t.panel}; border: 0; border-top: 1px solid {t.line}; }}
QFrame[role="dock"] {{ background: {t.panel}; border: 0; border-left: 1px solid {t.line}; }}
QFrame[role="rule"] {{ background: {t.line}; border: 0; max-height: 1px; min-height: 1px; }}
QFrame[role="card"] {{ background: {t.raised}; border: 1px solid {t.line}; border-radius: {RADIUS}px; }}
QFrame[role="card"][tone="acc"] {{ border-color: {t.accent}; }}
QFrame[role="card"][tone="bad"] {{ border-color: {t.bad}; }}
QFrame[role="card"][tone="warn"] {{ border-color: {t.warn}; }}
QFrame[role="card"][tone="ok"] {{ border-color: {t.ok}; }}
QFrame[role="box"] {{ background: {t.panel}; border: 1px solid {t.line}; border-radius: {RADIUS}px; }}
QFrame[role="box-head"] {{ background: {t.bg}; border: 0; border-bottom: 1px solid {t.line};
  border-top-left-radius: {RADIUS - 1}px; border-top-right-radius: {RADIUS - 1}px; }}
QFrame[role="notice"] {{ background: {t.accent_soft}; border: 0; border-bottom: 1px solid {t.line}; }}
QFrame[role="notice"][tone="bad"] {{ background: {t.removed_bg}; }}
QFrame[role="notice"][tone="warn"] {{ background: {t.changed_bg}; }}
QFrame[role="notice"][tone="ok"] {{ background: {t.add_bg}; }}
QScrollArea {{ background: transparent; border: 0; }}
QScrollArea > QWidget > QWidget[role="scroll-body"] {{ background: {t.panel}; }}
QSplitter::handle {{ background: {t.line}; }}
QSplitter::handle:hover {{ background: {t.accent}; }}
"""


def _labels(t: Tokens) -> str:
    tones = {"ok": t.ok, "warn": t.warn, "bad": t.bad, "acc": t.accent}
    toned = "\n".join(f'QLabel[tone="{name}"] {{ color: {colour}; }}' for name, colour in tones.items())
    return f"""
QLabel {{ background: transparent; }}
QLabel[role="muted"] {{ color: {t.muted}; }}
QLabel[role="small"] {{ color: {t.muted}; font-size: {SIZE_SMALL}px; }}
QLabel[role="note"] {{ color: {t.muted}; font-size: {SIZE_NOTE}px; }}
QLabel[role="heading"] {{ font-weight: 600; }}
QLabel[role="title"] {{ font-weight: 600; font-size: {SIZE_TITLE}px; }}
QLabel[role="pane-title"] {{ color: {t.muted}; font-weight: 600; font-size: {SIZE_NOTE}px; }}
QLabel[role="group"] {{ color: {t.muted}; font-weight: 600; font-size: {SIZE_SMALL}px; }}
QLabel[role="figure"] {{ font-weight: 700; font-size: {SIZE_FIGURE}px; }}
{toned}
"""


def _buttons(t: Tokens) -> str:
    return f"""
QPushButton {{ background: {t.panel}; color: {t.text}; border: 1px solid {t.line_strong};
  border-radius: {RADIUS_SMALL}px; padding: 4px 12px; min-height: 20px; font-weight: 500; }}
QPushButton:hover {{ background: {t.bg}; border-color: {t.faint}; }}
QPushButton:pressed, QPushButton:checked {{
  background: {t.accent_soft}; border-color: {t.accent}; color: {t.accent}; }}
QPushButton:disabled {{ color: {t.faint}; border-color: {t.line}; }}
QPushButton[kind="primary"] {{ background: {t.accent}; border-color: {t.accent}; color: {t.accent_text}; }}
QPushButton[kind="primary"]:hover {{ background: {_mix(t.accent, t.text, 0.12)}; }}
QPushButton[kind="primary"]:disabled {{ background: {_mix(t.accent, t.panel, 0.5)};
  border-color: transparent; color: {t.rail_on}; }}
QPushButton[kind="accept"] {{ color: {t.add}; border-color: {t.add}; }}
QPushButton[kind="accept"]:hover {{ background: {t.add_bg}; }}
QPushButton[kind="reject"] {{ color: {t.removed}; border-color: {t.removed}; }}
QPushButton[kind="reject"]:hover {{ background: {t.removed_bg}; }}
QPushButton[kind="accept"]:disabled, QPushButton[kind="reject"]:disabled {{
  color: {t.faint}; border-color: {t.line}; }}
QPushButton[kind="link"] {{ background: transparent; border: 0; padding: 1px 0; color: {t.accent};
  font-weight: 500; text-align: left; }}
QPushButton[kind="link"]:hover {{ text-decoration: underline; }}
QPushButton[kind="quiet"] {{ background: transparent; border-color: transparent; padding: 4px 6px; }}
QPushButton[kind="quiet"]:hover {{ background: {t.bg}; }}
QPushButton[kind="choice"] {{ text-align: left; font-weight: 400; padding: 4px 24px 4px 8px; }}
QPushButton[keyed="true"] {{ padding-right: 34px; }}
QPushButton[close="true"] {{ padding-left: 8px; padding-right: 8px; }}
QPushButton[kind="search"] {{ background: {t.bg}; color: {t.muted};
  font-weight: 400; text-align: left; padding-right: 56px; }}
QPushButton[segment="left"] {{ border-top-right-radius: 0; border-bottom-right-radius: 0; }}
QPushButton[segment="middle"] {{ border-radius: 0; margin-left: -1px; }}
QPushButton[segment="right"] {{ border-top-left-radius: 0; border-bottom-left-radius: 0; margin-left: -1px; }}
"""


def _tick(t: Tokens) -> str:
    """Return the file of the tick that is seen on the accent; a style sheet cannot tint a drawing."""
    name = "on-light" if t.accent_text == "#ffffff" else "on-dark"
    return (resource_folder() / "ticks" / f"{name}.svg").as_posix()


def _fields(t: Tokens) -> str:
    return f"""
QLineEdit, QPlainTextEdit, QTextEdit, QComboBox {{
  background: {t.panel}; color: {t.text};
  border: 1px solid {t.line_strong}; border-radius: {RADIUS_SMALL}px; padding: 4px 8px; min-height: 20px;
  selection-background-color: {t.accent}; selection-color: {t.accent_text}; }}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus {{ border-color: {t.accent}; }}
QLineEdit[role="bare"] {{ border: 0; min-height: 22px;
  font-size: {SIZE_TITLE}px; padding: 10px 14px; background: transparent; }}
QLineEdit[role="cell"], QComboBox[role="cell"] {{
  border-radius: 0; border-color: {t.accent}; padding: 0 7px; min-height: 0; }}
QComboBox QLineEdit {{ border: 0; padding: 0; min-height: 0; background: transparent; }}
QComboBox::drop-down {{ border: 0; width: 18px; }}
QCheckBox {{ background: transparent; spacing: 6px; }}
QCheckBox::indicator, QListView::indicator {{
  width: 14px; height: 14px; border: 1px solid {t.faint}; border-radius: 3px; background: {t.panel}; }}
QCheckBox::indicator:checked, QListView::indicator:checked {{
  background: {t.accent}; border-color: {t.accent}; image: url("{_tick(t)}"); }}
QRadioButton {{ background: transparent; spacing: 8px; }}
QRadioButton::indicator {{ width: 12px; height: 12px; border: 1px solid {t.faint}; border-radius: 7px;
  background: {t.panel}; }}
QRadioButton::indicator:checked {{ width: 6px; height: 6px; border: 4px solid {t.accent}; }}
QRadioButton:disabled {{ color: {t.faint}; }}
"""


def _tables(t: Tokens) -> str:
    return f"""
QTableView {{ background: transparent; border: 0; gridline-color: transparent; outline: 0;
  selection-background-color: {t.accent_soft}; selection-color: {t.text}; }}
QTableView::item {{ border: 0; }}
QHeaderView {{ background: transparent; border: 0; }}
QHeaderView::section {{
  background: transparent; color: {t.muted}; border: 0; border-bottom: 1px solid {t.line};
  padding: 6px 10px; font-size: {SIZE_SMALL}px; font-weight: 600; }}
QTableCornerButton::section {{ background: transparent; border: 0; border-bottom: 1px solid {t.line}; }}
QListView {{ background: transparent; border: 0; outline: 0; }}
QTreeView {{ background: {t.panel}; border: 0; outline: 0; selection-background-color: {t.accent_soft};
  selection-color: {t.text}; }}
QTreeView::item {{ padding: 3px 0; }}
"""


def _bars(t: Tokens) -> str:
    return f"""
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 2px; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 2px; }}
QScrollBar::handle {{ background: {t.line_strong}; border-radius: 3px; min-height: 28px; min-width: 28px; }}
QScrollBar::handle:hover {{ background: {t.faint}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
"""


def _popups(t: Tokens) -> str:
    return f"""
QToolTip {{ background: {t.rail}; color: {t.rail_on}; border: 0; padding: 4px 8px; }}
QMenu {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.line_strong}; padding: 4px; }}
QMenu::item {{ padding: 5px 26px 5px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {t.accent_soft}; }}
QMenu::item:disabled {{ color: {t.faint}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 6px; }}
QComboBox QAbstractItemView {{ background: {t.raised}; border: 1px solid {t.line_strong};
  selection-background-color: {t.accent_soft}; selection-color: {t.text}; }}
QFrame[role="palette"] {{
  background: {t.raised}; border: 1px solid {t.line_strong}; border-radius: {RADIUS}px; }}
"""


def _mix(colour: str, other: str, share: float) -> str:
    """Return a colour with a share of another one stirred in."""
    a, b = ([int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in (colour, other))
    return "#" + "".join(f"{round(x * (1 - share) + y * share):02x}" for x, y in zip(a, b, strict=True))
