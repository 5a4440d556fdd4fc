"""The proposal panel: rows of changes and questions, how far the review is, the card of a question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.row_list import RowItem, RowList

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
    mark, words = _MARKS.get(change.verdict or "", ("", ""))
    title = change.title.replace(f" of “{within}”", "") if within else change.title
    subtitle = change.subtitle if "→" in change.subtitle and change.subtitle not in title else ""
    return RowItem(change.id, title, subtitle, _SIGNS[change.sign], mark=mark, mark_words=words)


def rows_of(page: ProposalLike, question_sign: str) -> list[RowItem]:
    """Return headings, changes and questions as rows of a list."""
    items: list[RowItem] = []
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
    return f"{words} · {open_questions} open" if open_questions else words


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
    return card
