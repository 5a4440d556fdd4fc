"""Icons by name: small line drawings (SVG), tinted with the colours of the theme when they are asked for.

- The drawings say `currentColor`; the tint is put in its place.
- Asking for a name that has no drawing raises KeyError: a missing icon is a mistake, not a blank.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from studio.desktop.theme.resources import resource_folder


@cache
def _drawing(name: str) -> str:
    file = resource_folder() / "icons" / f"{name}.svg"
    if not file.is_file():
        raise KeyError(f"There is no icon named “{name}” in {file.parent}.")
    return file.read_text(encoding="utf-8")


def icon_names() -> list[str]:
    """Return the names of all drawings."""
    return sorted(file.stem for file in (resource_folder() / "icons").glob("*.svg"))


@cache
def pixmap(name: str, colour: str, size: int = 16) -> QPixmap:
    """Return a drawing in one colour, sharp on the screen's pixel ratio."""
    app = QGuiApplication.instance()
    ratio = app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0
    picture = QPixmap(QSize(size, size) * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer(name, colour).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return picture


@cache
def renderer(name: str, colour: str) -> QSvgRenderer:
    """Return a renderer of the drawing in one colour, for painting at any size."""
    data = _drawing(name).replace("currentColor", colour)
    return QSvgRenderer(QByteArray(data.encode()))


def icon(name: str, colour: str, size: int = 16) -> QIcon:
    """Return a drawing in one colour as an icon."""
    return QIcon(pixmap(name, colour, size))
