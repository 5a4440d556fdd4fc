"""What people said about a change: threads with replies, questions that wait, and how it was decided."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import clear_layout
from studio.domain.review import Comment


class ThreadLike(Protocol):
    """A remark with its replies, as it is read."""

    @property
    def first(self) -> Comment: ...  # noqa: D102
    @property
    def replies(self) -> Sequence[Comment]: ...  # noqa: D102
    @property
    def waits(self) -> bool: ...  # noqa: D102


class HappenedLike(Protocol):
    """One line of the history, as it is read."""

    @property
    def at(self) -> datetime: ...  # noqa: D102
    @property
    def by(self) -> str: ...  # noqa: D102
    @property
    def what(self) -> str: ...  # noqa: D102
    @property
    def before(self) -> str: ...  # noqa: D102


class CommentsPanel(QWidget):
    """Shows the threads and the history; `reply_asked` tells the remark, the other two start a new one."""

    reply_asked = Signal(str)
    comment_asked = Signal()
    ask_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "plain")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(10)

    def show_talk(self, threads: Sequence[ThreadLike], history: Sequence[HappenedLike]) -> None:
        """Show what was said, newest thread first, then what was decided."""
        clear_layout(self.column)
        top = Card("Comments")
        top.buttons(
            Button("Comment", self.comment_asked.emit, key="C"),
            Button("Ask somebody", self.ask_asked.emit, key="Q"),
        )
        if not threads:
            top.say("Nobody has said anything yet.", muted=True)
        self.column.addWidget(top)
        for thread in reversed(threads):
            self.column.addWidget(self._thread(thread))
        self.column.addWidget(_history(history))

    def _thread(self, thread: ThreadLike) -> Card:
        first = thread.first
        title = f"{first.by} asks {first.asks.words}" if first.asks else first.by
        card = Card(f"{title} · waits for a reply" if thread.waits else title, "warn" if thread.waits else "")
        card.setAccessibleName(card.heading.text())
        card.add(label(first.text, wrap=True))
        about = f" · also about {', '.join(first.about)}" if first.about else ""
        card.say(f"{_when(first.at)}{about}", muted=True)
        for each in thread.replies:
            card.add(label(f"↳ {each.by}: {each.text}", wrap=True))
            card.say(_when(each.at), muted=True)
        name = f"Reply to {first.by}: {first.text[:40]}"
        card.buttons(Button("Reply", lambda: self.reply_asked.emit(first.id), name=name))
        return card


def _history(history: Sequence[HappenedLike]) -> Card:
    card = Card("What was decided")
    for line in history:
        card.add(label(f"{line.by} {line.what}", wrap=True))
        was = f" · it was: {' / '.join(line.before.splitlines())}" if line.before else ""
        card.say(f"{_when(line.at)}{was}", muted=True)
    if not history:
        card.say("Nobody has decided yet.", muted=True)
    return card


def _when(at: datetime) -> str:
    return f"{at.astimezone():%d %b %Y %H:%M}"
