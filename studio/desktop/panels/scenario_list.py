"""The list of tests: searched, filtered, several chosen at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Signal
from PySide6.QtWidgets import QAbstractItemView

from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.row_list import RowItem, RowList
from studio.domain.agent import Agent
from studio.domain.scenario import Scenario

ALL, FAILING, CHANGED, FAULTY = "", "=failing", "=changed", "=faulty"
FILTERS = (
    (ALL, "All tests"),
    (FAILING, "Those that are not right"),
    (CHANGED, "New or changed in the draft"),
    (FAULTY, "Those in which something fails"),
)


class ScenarioList(RowList):
    """Rows of which several can be chosen; `many` tells how many are."""

    many = Signal(int)

    def __init__(self) -> None:
        super().__init__("Tests")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.selectionModel().selectionChanged.connect(lambda _on, _off: self.many.emit(len(self.selected())))

    def selected(self) -> tuple[str, ...]:
        """Return the ids of the chosen rows, in the order of the list."""
        rows = {index.row() for index in self.selectionModel().selectedRows()}
        items = self._model.items
        return tuple(items[row].id for row in sorted(rows) if items[row].id)

    def show_rows(self, items: Sequence[RowItem]) -> None:
        """Show other rows; what was chosen stays so where it is still there."""
        before = set(self.selected())
        super().show_rows(items)
        if len(before) > 1:
            self.select(before)

    def select(self, ids: set[str]) -> None:
        """Choose several rows."""
        found = QItemSelection()
        for number, item in enumerate(self._model.items):
            if item.id in ids:
                found.select(self._model.index(number), self._model.index(number))
        self.selectionModel().select(found, QItemSelectionModel.SelectionFlag.ClearAndSelect)


def rows_of(
    live: Agent, draft: Agent, shown: Sequence[Scenario], passes: Mapping[str, bool]
) -> list[RowItem]:
    """Return the rows of tests by workflow, with what differs from the live version and how each goes."""
    was = {each.id: each for each in live.scenarios}
    names = {flow.id: flow.name for flow in draft.workflows}
    items: list[RowItem] = []
    for workflow in dict.fromkeys(each.workflow for each in shown):
        items.append(RowItem("", names.get(workflow, workflow).upper()))
        for test in shown:
            if test.workflow == workflow:
                sign: Tone = "add" if test.id not in was else "chg" if was[test.id] != test else ""
                items.append(_row(test, sign, passes.get(test.id)))
    return items


def _row(test: Scenario, sign: Tone, right: bool | None) -> RowItem:
    mark: Tone = "" if right is None else "ok" if right else "bad"
    words = {"ok": "is right", "bad": "is not right"}.get(mark, "")
    tags = ", ".join(test.tags or ())
    return RowItem(test.id, f"{test.id} {test.title}", tags, sign, mark=mark, mark_words=words)


def kept_by(which: str, test: Scenario, live: Agent, passes: Mapping[str, bool]) -> bool:
    """Return whether a filter other than a tag keeps a test."""
    if which == FAILING:
        return passes.get(test.id) is False
    if which == CHANGED:
        return next((each for each in live.scenarios if each.id == test.id), None) != test
    return bool(test.faults) if which == FAULTY else True
