"""The proposal panel: rows of changes and questions, how far the review is, what is unaffected, questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.row_list import RowItem, RowList
from studio.domain.finding import Disagreement, Engine, ModelRun
from studio.domain.left_alone import left_text

_SIGNS: dict[str, Tone] = {"added": "add", "removed": "del", "changed": "chg", "moved": "mov"}
_MARKS: dict[str, tuple[Tone, str]] = {"accepted": ("ok", "accepted"), "rejected": ("bad", "rejected")}


class ChangeLike(Protocol):
    """One change, as it is read."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def sign(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def subtitle(self) -> str: ...  # noqa: D102
    @property
    def verdict(self) -> str | None: ...  # noqa: D102
    @property
    def warnings(self) -> Sequence[str]: ...  # noqa: D102


class GroupLike(Protocol):
    """The changes of one part of the agent."""

    @property
    def heading(self) -> str: ...  # noqa: D102
    @property
    def rows(self) -> Sequence[ChangeLike]: ...  # noqa: D102


class QuestionLike(Protocol):
    """A question, as it is read."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def reason(self) -> str: ...  # noqa: D102
    @property
    def category(self) -> str: ...  # noqa: D102
    @property
    def answer(self) -> str | None: ...  # noqa: D102
    @property
    def waived(self) -> bool: ...  # noqa: D102
    @property
    def by(self) -> str | None: ...  # noqa: D102


class ProposalLike(Protocol):
    """A proposal, as it is read."""

    @property
    def groups(self) -> Sequence[GroupLike]: ...  # noqa: D102
    @property
    def questions(self) -> Sequence[QuestionLike]: ...  # noqa: D102
    @property
    def decided(self) -> int: ...  # noqa: D102
    @property
    def total(self) -> int: ...  # noqa: D102
    @property
    def accepted(self) -> int: ...  # noqa: D102


def _change_row(change: ChangeLike, within: str) -> RowItem:
    """Return a change as a row; what the heading and the sign say already is left out."""
    waits: tuple[Tone, str] = ("warn", "read its warning first") if change.warnings else ("", "")
    mark, words = _MARKS.get(change.verdict or "", waits)
    title = change.title.replace(f" of “{within}”", "") if within else change.title
    subtitle = change.subtitle if "→" in change.subtitle and change.subtitle not in title else ""
    return RowItem(change.id, title, subtitle, _SIGNS[change.sign], mark=mark, mark_words=words)


def rows_of(page: ProposalLike, question_sign: str, summary: str) -> list[RowItem]:
    """Return the summary, headings, changes and questions as rows of a list."""
    items: list[RowItem] = [RowItem(summary, "Summary", "the whole proposal in words", icon="review")]
    for group in page.groups:
        head, _, name = group.heading.partition(" · ")
        items.append(RowItem("", f"{head.upper()} · {name}" if name else head.upper()))
        items += [_change_row(change, name) for change in group.rows]
    if page.questions:
        items.append(RowItem("", "QUESTIONS"))
    for question in page.questions:
        done: Tone = "ok" if question.answer is not None else "warn"
        words = "open" if question.answer is None else "set aside" if question.waived else "answered"
        kind = "conflict" if question.category == "conflict" else words
        items.append(
            RowItem(
                question_sign + question.id, question.text, kind, icon="question", mark=done, mark_words=words
            )
        )
    return items


def progress_of(page: ProposalLike) -> str:
    """Return how far the review is, in words."""
    open_questions = sum(question.answer is None for question in page.questions)
    words = f"{page.decided} of {page.total} decided, {page.accepted} accepted"
    asked = f"{open_questions} open question{'s'[: open_questions > 1]}"
    return f"{words} · {asked}" if open_questions else words


class Fold(QWidget):
    """A list behind one line that names it, unfolded by a click or a key."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._words = name
        self.setProperty("role", "plain")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self.fold = Button("", self._turn, kind="link")
        self.fold.setCheckable(True)
        self.lines = label("", "muted", wrap=True)
        self.lines.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidgetResizable(True)
        self.area.setMinimumHeight(200)
        self.area.setAccessibleName(name)
        self.lines.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.area.setWidget(self.lines)
        column.addWidget(self.fold)
        column.addWidget(self.area)
        self.area.hide()

    def show_text(self, words: str, text: str) -> None:
        """Show the line; the list behind it stays as it was, folded or not. Without a text there is none."""
        self.setVisible(bool(text))
        self._words = words
        self.lines.setText(text)
        self._name()

    def _turn(self) -> None:
        self.area.setVisible(self.fold.isChecked())
        self._name()

    def _name(self) -> None:
        self.fold.setText(f"{'▾' if self.fold.isChecked() else '▸'} {self._words}")
        self.fold.setAccessibleName(self._words)


class LeftAlone(Fold):
    """What was looked at and needs no change."""

    def __init__(self) -> None:
        super().__init__("Looked at and left")
        self._all: Sequence[str] = ()
        self.rest = Button("", self._show, kind="link")
        self.rest.setCheckable(True)
        self.rest.hide()
        column = self.layout()
        assert column is not None
        column.addWidget(self.rest)
        self.fold.toggled.connect(lambda open_: self.rest.setVisible(open_ and bool(self.rest.text())))

    def show_lines(self, lines: Sequence[str]) -> None:
        """Show how many lines there are; behind that they stand by kind, the first few of each."""
        self._all = lines
        self.rest.setChecked(False)
        self._show()

    def _show(self) -> None:
        whole = left_text(self._all, everything=True, indent="· ")
        few = left_text(self._all, indent="· ")
        shown = whole if self.rest.isChecked() else few
        self.show_text(f"Looked at and left ({len(self._all)})", "\n".join(shown))
        words = (
            "Show the first few of each kind" if self.rest.isChecked() else f"Show all {len(self._all)} lines"
        )
        self.rest.setText(words if whole != few else "")
        self.rest.setAccessibleName(self.rest.text())
        self.rest.setVisible(self.fold.isChecked() and whole != few)


class HowRead(Fold):
    """How a language model read the source: what it kept and cost, and where it differs from CoBuilder."""

    def __init__(self) -> None:
        super().__init__("How it was read")

    def show_run(self, read_by: Engine, run: ModelRun | None, differences: Sequence[Disagreement]) -> None:
        """Show who read; behind that the run in words, and each difference. Nothing for CoBuilder alone."""
        if read_by == "embedded":
            self.show_text("", "")
            return
        who = "Two readings" if read_by == "both" else "Read by a model"
        count = len(differences)
        differ = f" · {count} difference{'' if count == 1 else 's'}" if count else ""
        said = list(run.sentences) if run is not None else ["Nothing of it was sent: it binds nobody."]
        if count:
            follows = "CoBuilder's own reading" if read_by == "both" else "the language model's reading"
            said.append(f"Where the readings differ, the changes follow {follows}:")
        said += [
            f"· {each.anchor.label}: “{' '.join(each.quote.split())}” {each.sentence}" for each in differences
        ]
        self.show_text(f"{who}{differ}", "\n".join(said))


def next_undecided(rows: RowList, page: ProposalLike) -> str:
    """Return the id of the next row that waits, from the current one on, then from the top; or nothing."""
    order = [item.id for item in rows.items()]
    waiting = {change.id for group in page.groups for change in group.rows if change.verdict is None}
    waits = [item.id for item in rows.items() if item.id in waiting or item.mark == "warn"]
    here = order.index(rows.current_id()) if rows.current_id() in order else -1
    after = [item for item in waits if order.index(item) > here]
    return (after or waits or [""])[0]


def question_card(question: QuestionLike, answer: Callable[[str, bool], object]) -> Card:
    """Return the card of a question with its answer, or with the buttons to answer it."""
    open_one = question.answer is None
    card = Card(question.text, "warn" if open_one else "")
    if question.reason and question.reason != question.text:
        card.say(question.reason, muted=True)
    if open_one:
        card.buttons(
            Button("Answer", lambda: answer(question.id, False), kind="primary"),
            Button("Not for this agent", lambda: answer(question.id, True)),
        )
    else:
        card.say(f"{'Set aside' if question.waived else 'Answered'} by {question.by}: {question.answer}")
        other = Button("Answer it after all" if question.waived else "Change the answer")
        other.clicked.connect(lambda: answer(question.id, False))
        aside = Button("Not for this agent", lambda: answer(question.id, True))
        card.buttons(*([other] if question.waived else [other, aside]))
    return card
