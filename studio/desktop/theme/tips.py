"""Tips: their text is shown as it stands.

- Qt takes a tip that looks like a web page for one: words of a document, a bundle or a reviewer could then
  load files, look like the program's own, or stop the window by what they nest.
"""

from __future__ import annotations

from html import escape

from PySide6.QtGui import Qt

LONGEST = 2_000


def tip(text: str) -> str:
    """Return what makes a tip show this text, whatever signs are in it; a very long one is cut."""
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
    return f'<p style="white-space: pre-wrap">{escape(shown)}</p>' if Qt.mightBeRichText(shown) else shown
