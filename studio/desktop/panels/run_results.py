"""What came of a run: four figures, and its tests in a table with what differs, all, different or not right.

- `chosen` tells a test by its id; `emptied` that no test is left by the filter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import shorten
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from studio.desktop.itemmodels.rows import Column, RowsModel
from studio.desktop.theme.tokens import S3, Tone
from studio.desktop.widgets.button import Button, Switch
from studio.desktop.widgets.card import MeterCard
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.notice import NoticeBar
from studio.desktop.widgets.pane import row
from studio.desktop.widgets.table import Table

_ALL_RIGHT = "Every test passed with every customer."
_NO_DIFFERENCE = "No customer of these tests is treated differently."


class TestRow(Protocol):
    """One test of a run, on both sides; `blamed` says whose fault it was, and how often."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def customer(self) -> str: ...  # noqa: D102
    @property
    def live_passed(self) -> int: ...  # noqa: D102
    @property
    def live_total(self) -> int: ...  # noqa: D102
    @property
    def draft_passed(self) -> int: ...  # noqa: D102
    @property
    def draft_total(self) -> int: ...  # noqa: D102
    @property
    def aspects(self) -> tuple[tuple[str, bool], ...]: ...  # noqa: D102
    @property
    def differs(self) -> bool: ...  # noqa: D102
    @property
    def difference(self) -> str: ...  # noqa: D102
    @property
    def blamed(self) -> tuple[tuple[str, int], ...]: ...  # noqa: D102


class Totals(Protocol):
    """The figures of one side."""

    @property
    def scenarios_passed(self) -> int: ...  # noqa: D102
    @property
    def scenarios(self) -> int: ...  # noqa: D102
    @property
    def conversations(self) -> int: ...  # noqa: D102
    @property
    def goals_reached(self) -> int: ...  # noqa: D102
    @property
    def limits_broken(self) -> int: ...  # noqa: D102


def _ratio_tone(passed: int, total: int) -> Tone:
    if not total:
        return "none"
    return "ok" if passed == total else "bad" if passed * 2 < total or passed == 0 else "warn"


def _live(row: TestRow) -> str:
    return f"{row.live_passed} / {row.live_total}" if row.live_total else "new"


def _aspects(row: TestRow) -> tuple[tuple[Tone, str], ...]:
    return tuple(
        ("ok" if right else "bad", f"{name} {'right' if right else 'wrong'}") for name, right in row.aspects
    )


def _columns(live: str, draft: str = "Draft") -> list[Column[TestRow]]:
    return [
        Column("Test", lambda r: f"{r.id} {r.title}", width=200),
        Column("Customer", lambda r: r.customer, width=120, spare=True),
        Column(live, _live, lambda r: _ratio_tone(r.live_passed, r.live_total), width=70),
        Column(draft, _draft, lambda r: _ratio_tone(r.draft_passed, r.draft_total), width=70),
        Column("What differs", _difference, lambda r: "chg" if r.differs else "none", tip=_all_of_it),
        Column("Aspects", lambda r: "", marks=_aspects, tip=_aspect_words, width=148),
    ]


def _difference(row: TestRow) -> str:
    return " ".join((shorten(row.difference.replace("_", " "), 110, placeholder=" …"), _whose(row))).strip()


def _all_of_it(row: TestRow) -> str:
    return "\n".join(part for part in (row.difference, _whose(row)) if part)


def _whose(row: TestRow) -> str:
    """Return whose fault it was, where it was not the agent's."""
    others = [f"{blame} {count}" for blame, count in row.blamed if blame != "agent"]
    return f"Not the agent's fault: {', '.join(others)}." if others else ""


def _draft(row: TestRow) -> str:
    return f"{row.draft_passed} / {row.draft_total}"


def _aspect_words(row: TestRow) -> str:
    return "\n".join(words for _, words in _aspects(row))


class RunResults(QWidget):
    """Shows the figures and the tests of one run."""

    chosen = Signal(str)
    emptied = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "scroll-body")
        self._rows: tuple[TestRow, ...] = ()
        self._current = ""
        body = QVBoxLayout(self)
        body.setContentsMargins(14, 12, 14, 12)
        body.setSpacing(S3)
        self.note = NoticeBar()
        body.addWidget(self.note)
        titles = ("Passed every time", "Goal reached", "Limit or rule broken", "Treated differently")
        self.cards = [MeterCard(title) for title in titles]
        line = QHBoxLayout()
        line.setSpacing(S3)
        for card in self.cards:
            line.addWidget(card, 1)
        body.addLayout(line)
        self.filters = [Button("All"), Button("Different"), Button("Not right")]
        self.count = label("", "muted")
        body.addLayout(row(Switch("Which tests are shown", *self.filters), self.count))
        self.model: RowsModel[TestRow] = RowsModel(_columns("Live"), self)
        self.table = Table("Tests of this run", self.model, stretch=4)
        self.table.set_growing()
        self.table.chosen.connect(self._tell)
        for button in self.filters:
            button.clicked.connect(lambda: self._filter())
        body.addWidget(self.table)
        self.none = label("", "muted", wrap=True)
        self.none.hide()
        body.addWidget(self.none)
        body.addStretch(1)

    def name_sides(self, live: str, draft: str = "Draft") -> None:
        """Say over the columns what is compared with what."""
        self.model.set_columns(_columns(live, draft))

    def show_totals(self, live: Totals, draft: Totals) -> None:
        """Show the figures of both sides."""
        passed, goal, broken, _ = self.cards
        passed.show_figure(
            f"{draft.scenarios_passed} / {draft.scenarios}",
            None,
            *_moved(draft.scenarios_passed - live.scenarios_passed),
        )
        share = draft.goals_reached / draft.conversations if draft.conversations else 0.0
        was = live.goals_reached / live.conversations if live.conversations else 0.0
        words, tone = _moved(round((share - was) * 100, 1))
        goal.show_figure(f"{share * 100:.1f} %", None, words, tone)
        was_broken = f"was {live.limits_broken}" if live.limits_broken != draft.limits_broken else ""
        broken.show_figure(str(draft.limits_broken), None, was_broken, "none")

    def show_rows(self, rows: Sequence[TestRow], wanted: str = "") -> None:
        """Show the tests; `wanted` is made the current one where it is among them."""
        self._rows = tuple(rows)
        both = [each for each in rows if each.live_total]
        new = len(rows) - len(both)
        aside = f"of {len(both)} tests" + (f", {new} new" if new else "")
        self.cards[3].show_figure(str(sum(each.differs for each in both)), None, aside, "none")
        self._filter(wanted)

    def _tell(self, chosen: TestRow) -> None:
        self._current = chosen.id
        self.chosen.emit(chosen.id)

    def _filter(self, wanted: str = "") -> None:
        if not self._rows:
            return
        wanted = wanted or self._current
        rows = [each for each in self._rows if self._test()(each)]
        self.model.set_rows(rows)
        self.count.setText(f"{len(rows)} of {len(self._rows)} tests")
        self.table.setVisible(bool(rows))
        self.none.setVisible(not rows)
        self.none.setText(_NO_DIFFERENCE if self.filters[1].isChecked() else _ALL_RIGHT)
        ids = [each.id for each in rows]
        first = next((n for n, each in enumerate(rows) if each.draft_passed < each.draft_total), -1)
        first = first if first >= 0 else next((n for n, each in enumerate(rows) if each.differs), 0)
        if rows:
            self.table.choose(ids.index(wanted) if wanted in ids else first)
        else:
            self.emptied.emit()

    def _test(self) -> Callable[[TestRow], bool]:
        """Return what lets a test through the filter."""
        if self.filters[1].isChecked():
            return lambda each: each.differs
        if self.filters[2].isChecked():
            return lambda each: each.draft_passed < each.draft_total
        return lambda _: True


def _moved(difference: float) -> tuple[str, Tone]:
    if not difference:
        return "as before", "none"
    return (f"▲ {difference:g}", "ok") if difference > 0 else (f"▼ {-difference:g}", "bad")
