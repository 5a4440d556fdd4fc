"""Who is affected by a change: the groups of customers, and their stories in two columns.

- All of a proposal, or one change alone; each kind of difference is a row, with whom it is about below it.
- A story shows both versions beside each other, in sight from where they part; Alt+Left and Alt+Right turn
  the pages. What is not known is said: nobody was tried yet, nobody gets there, the result is older.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.desktop.panels.transcript import lines_beside, parting_line
from studio.desktop.widgets.button import Button, Switch
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.meter import Meter
from studio.desktop.widgets.pane import row
from studio.desktop.widgets.row_list import RowItem, RowList
from studio.desktop.widgets.transcript_view import Line, TranscriptView
from studio.domain.consequence import ChangeEffect, EffectGroup, Story, Talk, Together
from studio.domain.run import Conversation

HOW = (
    "The same customers meet the draft without and with it: those of the tests, and some made for every "
    "limit that it touches."
)
NOT_YET = f"Nobody has tried yet whom this proposal treats differently. {HOW}"
OLDER = "The draft or the proposal has changed since this was found."
MOST_NAMED = 3
"""Changes that meet which are named in their row."""
LIST_MOST = 230
"""The height of the list of groups, at most."""


class Columns(QWidget):
    """One customer before both versions, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "plain")
        self.before, self.after = TranscriptView("As it is now"), TranscriptView("With the change")
        self.heads = label("", "heading", wrap=True), label("", "heading", wrap=True)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        for head, view in zip(self.heads, (self.before, self.after), strict=True):
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(head)
            column.addWidget(view, 1)
            view.setMinimumHeight(300)
            line.addLayout(column, 1)

    def show_story(self, story: Story) -> None:
        """Show both sides from where they part."""
        sides = (("Now", story.before, self.before), ("With the change", story.after, self.after))
        for head, (name, talk, view) in zip(self.heads, sides, strict=True):
            queue = f" ({talk.queue})" if talk.queue else ""
            head.setText(f"{name}: {talk.outcome}{queue}")
            view.show_lines(story_lines(story, talk))
        self._later()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep in sight where both part, once the lines are broken anew."""
        super().resizeEvent(event)
        self._later()

    def _later(self) -> None:
        for view in (self.before, self.after):
            QTimer.singleShot(0, view, partial(_show_parting, view))


def story_lines(story: Story, talk: Talk) -> list[Line]:
    """Return one side of a story as lines; that it ended is neither right nor wrong here."""
    other = story.after if talk is story.before else story.before
    lines = lines_beside(_spoken(story, talk), _spoken(story, other), story.parts_at)
    return [*lines[:-1], replace(lines[-1], tone="")]


def _spoken(story: Story, talk: Talk) -> Conversation:
    return Conversation(
        scenario=story.customer,
        customer=story.number,
        seed=0,
        outcome=talk.outcome,
        passed=True,
        marks=(),
        turns=talk.turns,
    )


def _show_parting(view: TranscriptView) -> None:
    """Bring the line where both part to the top, with a little of what came before."""
    line = parting_line(view.lines)
    if line >= 0:
        view.show_row(line)
        bar = view.verticalScrollBar()
        bar.setValue(bar.value() + view.box_of(line).top() - 40)


class ConsequencesPanel(QWidget):
    """Shows whom a proposal, or one change of it, treats differently; `asked` wants it worked out."""

    asked = Signal()
    stop_asked = Signal()
    scope_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.titles: Mapping[str, str] = {}
        """What the changes of the proposal are called, by their ids."""
        self.setProperty("role", "plain")
        self._groups: tuple[EffectGroup, ...] = ()
        self._meetings: tuple[Together, ...] = ()
        self._stories: tuple[Story, ...] = ()
        self._at = 0
        self._chosen_whole = False
        self.one, self.all = Button("This change alone"), Button("The whole proposal")
        self.scope = Switch("What is tried", self.one, self.all)
        self.work = Button("Find out", self.asked.emit, kind="primary", name="Find out who is affected")
        self.older = label(OLDER, "muted", "warn", wrap=True)
        self.sentence, self.without = label("", "heading", wrap=True), label("", "muted", wrap=True)
        self.notes = label("", "muted", wrap=True)
        self.list = RowList("Customers who are treated differently")
        self.locks = Card("Whoever asks for it")
        self.lock_words = label("", "", wrap=True)
        self.locks.add(self.lock_words)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        line = row(self.scope)
        line.addWidget(self.work)
        column.addLayout(line)
        column.addWidget(self._progress())
        for part in (self.older, self.sentence, self.without, self.notes, self.list):
            column.addWidget(part)
        column.addWidget(self._reader(), 1)
        column.addWidget(self.locks)
        column.addStretch()  # while nothing is read, all stands at the top
        self.one.clicked.connect(lambda: self._choose_scope(whole=False))
        self.all.clicked.connect(lambda: self._choose_scope(whole=True))
        self.list.chosen.connect(self._open)
        for key, slot in (("Alt+Right", self.next), ("Alt+Left", self.previous)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def _progress(self) -> QWidget:
        self.running = QWidget()
        self.running.setProperty("role", "plain")
        self.running_words, self.meter = label("", "muted", wrap=True), Meter()
        self.stop = Button("Stop", self.stop_asked.emit, name="Stop finding out")
        line = row(self.stop, stretch=False)
        line.insertWidget(0, self.running_words, 1)
        column = QVBoxLayout(self.running)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(line)
        column.addWidget(self.meter)
        self.running.hide()
        return self.running

    def _reader(self) -> QWidget:
        self.reader = QWidget()
        self.reader.setProperty("role", "plain")
        self.what = label("", "heading", wrap=True)
        self.differs = label("", "muted", wrap=True)
        self.which = label("", "muted")
        self.back = Button("Previous", self.previous, name="Previous conversation")
        self.forth = Button("Next", self.next, name="Next conversation")
        self.back.setToolTip("Previous conversation (Alt+←)")
        self.forth.setToolTip("Next conversation (Alt+→)")
        self.columns = Columns()
        column = QVBoxLayout(self.reader)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.what)
        line = row(stretch=True)
        line.insertWidget(0, self.which)
        line.addWidget(self.back)
        line.addWidget(self.forth)
        column.addLayout(line)
        column.addWidget(self.differs)
        column.addWidget(self.columns, 1)
        return self.reader

    # What is shown

    @property
    def whole(self) -> bool:
        """Return whether all of the proposal is looked at, not one change."""
        return self.all.isChecked()

    def show_scope(self, change: bool) -> None:
        """Offer one change, or only the whole where none is in sight; a person's choice counts again."""
        self.one.setEnabled(change)
        (self.one if change and not self._chosen_whole else self.all).setChecked(True)

    def _choose_scope(self, whole: bool) -> None:
        self._chosen_whole = whole
        self.scope_changed.emit()

    def show_running(self, fraction: float, words: str) -> None:
        """Show how far the work is."""
        self.running.show()
        if not self.stop.isEnabled():
            return  # it is on its way out
        if self.sentence.text() == NOT_YET:
            self.sentence.setText(HOW)
        self.work.setEnabled(False)
        self.running_words.setText(words)
        self.meter.show_parts([(fraction, "acc", "done")])

    def show_stopping(self) -> None:
        """Show that the person was heard, until the work has come to its next halt."""
        self.running_words.setText("Stopping…")
        self.stop.setEnabled(False)

    def show_rest(self) -> None:
        """Show that nothing is being worked out."""
        self.running.hide()
        self.stop.setEnabled(True)
        self.work.setEnabled(True)

    def show_nothing(self) -> None:
        """Say that nobody has found out yet."""
        self._fill(HOW if self.running.isVisibleTo(self) else NOT_YET, "", (), (), "", ())
        self.older.hide()
        self.work.setText("Find out")
        self.work.dress("primary")

    def show_effect(
        self,
        effect: ChangeEffect,
        meetings: Sequence[Together],
        notes: Sequence[str],
        *,
        current: bool,
    ) -> None:
        """Show what a change does, or all of them, with the changes that it meets."""
        self.older.setVisible(not current)
        self.work.setText("Find out again")
        self.work.dress("" if current else "primary")
        without = ""
        if effect.change and effect.affected:
            without = (
                f"Without it, all other changes together would treat {effect.missed:,} "
                f"customer{'' if effect.missed == 1 else 's'} otherwise."
            )
        needs = ", ".join(f"“{self.titles.get(each, each)}”" for each in effect.requires)
        required = f"Tried with what it requires: {needs}." if needs else ""
        locks = "\n".join(f"• {lock.words}" for lock in effect.locks)
        self._fill(
            effect.sentence,
            " ".join(filter(None, (required, without))),
            effect.groups,
            tuple(meetings),
            locks,
            notes,
        )

    def _fill(
        self,
        sentence: str,
        aside: str,
        groups: tuple[EffectGroup, ...],
        meetings: tuple[Together, ...],
        locks: str,
        notes: Sequence[str],
    ) -> None:
        before = self.list.current_id()
        self._groups, self._meetings = groups, meetings
        for part, words in ((self.sentence, sentence), (self.without, aside), (self.notes, "\n".join(notes))):
            part.setText(words)
            part.setVisible(bool(words))
        self.lock_words.setText(locks)
        self.locks.setVisible(bool(locks))
        rows = [*_group_rows(groups), *_meeting_rows(meetings, self.titles)]
        self.list.show_rows(rows)
        self.list.setVisible(bool(rows))
        self.list.setFixedHeight(min(LIST_MOST, self.list.content_height() + 4) if rows else 0)
        self.reader.setVisible(bool(rows))
        if rows and not (before and self.list.choose(before, tell=False)):
            self.list.choose_first()
        self._open(self.list.current_id())

    def _open(self, row_id: str) -> None:
        kind, _, number = row_id.partition(":")
        if kind == "group" and int(number) < len(self._groups):
            group = self._groups[int(number)]
            self._show_stories(group.title, group.stories)
        elif kind == "meeting" and int(number) < len(self._meetings):
            meeting = self._meetings[int(number)]
            self._show_stories(meeting.words, meeting.stories)

    def _show_stories(self, title: str, stories: tuple[Story, ...]) -> None:
        self.what.setText(title)
        self._stories, self._at = stories, 0
        self.columns.setVisible(bool(stories))
        self._show_story()

    def _show_story(self) -> None:
        count = len(self._stories)
        self.back.setEnabled(self._at > 0)
        self.forth.setEnabled(self._at + 1 < count)
        if not count:
            self.which.setText("No conversation of it is kept.")
            self.differs.setText("")
            return
        story = self._stories[self._at]
        self.which.setText(f"Conversation {self._at + 1} of {count} kept")
        told = " ".join(each.words for each in story.differences if each.kind != "wording")
        self.differs.setText(f"{story.title}. {told}")
        self.columns.show_story(story)

    def next(self) -> None:
        """Show the next conversation of the group."""
        self._turn(1)

    def previous(self) -> None:
        """Show the conversation before."""
        self._turn(-1)

    def _turn(self, by: int) -> None:
        if 0 <= self._at + by < len(self._stories):
            self._at += by
            self._show_story()


def _group_rows(groups: Sequence[EffectGroup]) -> list[RowItem]:
    rows = []
    for number, group in enumerate(groups):
        whom = group.title.partition(": ")[0]
        amounts = f" · {group.amounts}" if group.amounts and group.amounts not in whom else ""
        first = group.what.partition("; ")[0] if group.kinds[:1] == ("outcome",) else group.what
        rows.append(
            RowItem(
                id=f"group:{number}",
                title=f"{first[:1].upper()}{first[1:]}",
                subtitle=f"{whom}{amounts}",
                chip=f"{group.count:,}",
            )
        )
    return rows


def _meeting_rows(meetings: Sequence[Together], titles: Mapping[str, str]) -> list[RowItem]:
    """Return a row for each meeting: what comes of it, and the changes by name, the first two of many."""
    rows = [RowItem(id="", title="Where changes meet")] if meetings else []
    for number, each in enumerate(meetings):
        words = each.words.partition(": ")[2]
        shown = each.changes if len(each.changes) <= MOST_NAMED else each.changes[: MOST_NAMED - 1]
        names = [f"{name} {titles.get(name, '')}".strip() for name in shown]
        more = len(each.changes) - len(shown)
        rows.append(
            RowItem(
                id=f"meeting:{number}",
                title=f"{words[:1].upper()}{words[1:]}",
                subtitle=" + ".join([*names, *([f"{more} more changes"] if more else [])]),
                chip=f"{len(each.customers):,}",
                chip_tone="warn",
            )
        )
    return rows
