"""The canvas of the Workflows page, by real clicks and keys: every edit is saved, and taken back by Undo."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QPlainTextEdit

from studio.assembly import new_workbench, open_workbench, sample
from studio.desktop.pages.workflows import WorkflowsPage
from studio.desktop.widgets.flow_editor import FlowEditor
from studio.desktop.widgets.flow_items import knobs
from studio.desktop.widgets.flow_palette import kind_data
from studio.desktop.widgets.flow_wishes import OnSteps
from studio.desktop.window import Window
from studio.domain.agent import Agent
from studio.domain.frozen import canonical
from studio.domain.workflow import Place, Workflow, ways_out
from studio.services.authoring.workflows import new_workflow
from studio.services.commands import EditAgent
from studio.services.queries.agents import ShowAgent
from studio.settings import Settings

Key, NONE, CTRL = Qt.Key, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton


class Desk:
    """A person at the Workflows page."""

    def __init__(self, window: Window, answer: Callable[..., None]) -> None:
        self.window, self.answer = window, answer
        window.open_page("workflows")
        page = window.pages["workflows"]
        assert isinstance(page, WorkflowsPage)
        self.page = page

    @property
    def canvas(self) -> FlowEditor:
        """Return the canvas."""
        return self.page.canvas

    @property
    def draft(self) -> Agent:
        """Return the draft as it is saved."""
        return self.window.session.ask(ShowAgent()).draft

    @property
    def flow(self) -> Workflow:
        """Return the workflow that is shown, as it is saved."""
        return self.draft.workflow(self.page.list.current_id())

    def at(self, step: str) -> QPoint:
        """Return where a step is in the view."""
        return self.canvas.viewport_place(step)

    def scene(self, spot: QPointF) -> QPoint:
        """Return where a place of the flow is in the view."""
        return self.canvas.mapFromScene(spot)

    def click(self, step: str, held: Qt.KeyboardModifier = NONE) -> None:
        """Click a step."""
        QTest.mouseClick(self.canvas.viewport(), LEFT, held, self.at(step))

    def drag(self, start: QPoint, *stops: QPoint) -> None:
        """Press, go there in steps, let go."""
        view = self.canvas.viewport()
        QTest.mousePress(view, LEFT, NONE, start)
        for stop in stops:
            QTest.mouseMove(view, (start + stop) / 2)
            QTest.mouseMove(view, stop)
        QTest.mouseRelease(view, LEFT, NONE, stops[-1])

    def key(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
        """Press a key on whatever has the keyboard."""
        QTest.keyClick(QApplication.focusWidget() or self.canvas, key, held)

    def type(self, words: str) -> None:
        """Type words into whatever has the keyboard."""
        field = QApplication.focusWidget()
        assert field is not None
        QTest.keyClicks(field, words)

    def choose(self, menu: QMenu | None, words: str) -> None:
        """Choose an entry of a menu that is open."""
        assert menu is not None
        found = [action for action in _entries(menu) if action.text().startswith(words)]
        assert found, [action.text() for action in _entries(menu)]
        found[0].trigger()
        menu.close()

    def undo(self) -> None:
        """Take the last edit back."""
        self.canvas.setFocus()
        self.key(Key.Key_Z, CTRL)


def _entries(menu: QMenu) -> Iterator[QAction]:
    for action in menu.actions():
        yield action
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from inner.actions()


@pytest.fixture
def window(bare: Window, tmp_path: Path) -> Window:
    """The window on a new workspace with the sample's agent."""
    agent = sample("returns_assistant").agent
    bare.session.use(new_workbench(tmp_path / "workspace", agent, Settings(name="Ana Silva")))
    return bare


@pytest.fixture
def desk(window: Window, hands: object) -> Desk:
    """The page on the sample's workflows."""
    return Desk(window, getattr(hands, "then"))  # noqa: B009


def _ways(flow: Workflow, step: str) -> dict[str, str | None]:
    return dict(ways_out(flow.step(step)))


def test_a_step_is_dragged_and_stays_where_it_was_put(desk: Desk) -> None:
    """Dragging moves a step on a grid of ten; Ctrl+Z brings the draft back to the byte."""
    before = canonical(desk.draft)
    step = desk.canvas.steps[0]
    desk.drag(desk.at(step), desk.at(step) + QPoint(60, 40))
    place = desk.flow.step(step).place
    assert place is not None and place.x % 10 == 0 and place.y % 10 == 0
    item = desk.canvas.item(step)
    assert item is not None and (item.pos().x(), item.pos().y()) == (place.x, place.y)
    desk.undo()
    assert canonical(desk.draft) == before


def test_lines_follow_while_a_step_is_dragged(desk: Desk) -> None:
    """Before the button is let go, the lines of a step already end where it is; Esc puts all back."""
    step = desk.canvas.steps[0]
    target = _ways(desk.flow, step)[""]
    line = desk.canvas.line((step, ""))
    assert line is not None and target is not None
    before = line.line.points
    view = desk.canvas.viewport()
    QTest.mousePress(view, LEFT, NONE, desk.at(step))
    QTest.mouseMove(view, desk.at(step) + QPoint(30, 0))
    QTest.mouseMove(view, desk.at(step) + QPoint(80, 0))
    assert line.line.points != before
    QTest.keyClick(desk.canvas, Key.Key_Escape)
    QTest.mouseRelease(view, LEFT, NONE, desk.at(step))
    assert desk.flow.step(step).place is None


def test_a_line_is_drawn_from_a_knob(desk: Desk) -> None:
    """Drawn from the knob below a step to another one, the ordinary way leads there."""
    first, third = desk.canvas.steps[0], desk.canvas.steps[2]
    desk.click(first)
    item = desk.canvas.item(first)
    assert item is not None
    desk.drag(desk.scene(knobs(item.box)[0]), desk.at(third))
    assert _ways(desk.flow, first)[""] == third
    desk.undo()
    assert _ways(desk.flow, first)[""] != third


def test_a_line_is_connected_by_keys_alone(desk: Desk) -> None:
    """C begins to connect, the arrows walk to the target, Enter connects; the hint says what is so."""
    first, third = desk.canvas.steps[0], desk.canvas.steps[2]
    desk.canvas.setFocus()
    desk.canvas.choose(first)
    desk.key(Key.Key_C)
    assert "walk to the step with the arrows" in desk.canvas.hint.text()
    desk.key(Key.Key_Down)
    desk.key(Key.Key_Down)
    assert f"to “{desk.flow.step(third).title}”: Enter" in desk.canvas.hint.text()
    assert desk.canvas.accessibleDescription() == desk.canvas.hint.text()
    desk.key(Key.Key_Return)
    assert _ways(desk.flow, first)[""] == third


def test_c_again_takes_another_way_and_escape_lets_it_be(desk: Desk) -> None:
    """The failure path is connected by pressing C twice; Esc ends connecting with nothing changed."""
    before = canonical(desk.draft)
    desk.canvas.setFocus()
    desk.canvas.choose(desk.canvas.steps[0])
    desk.key(Key.Key_C)
    desk.key(Key.Key_C)
    assert "(if it fails)" in desk.canvas.hint.text()
    desk.key(Key.Key_Down)
    desk.key(Key.Key_Escape)
    desk.key(Key.Key_Return)
    assert canonical(desk.draft) == before


def test_ways_are_walked_left_open_and_filled_by_keys(desk: Desk) -> None:
    """W chooses a way, Del leaves it open and shows an open end, N puts a step there."""
    first, second = desk.canvas.steps[:2]
    desk.canvas.setFocus()
    desk.canvas.choose(first)
    desk.key(Key.Key_W)
    assert desk.canvas.way == (first, "")
    desk.key(Key.Key_Delete)
    assert _ways(desk.flow, first)[""] is None
    assert desk.canvas.end_item((first, "")) is not None and desk.canvas.way == (first, "")
    desk.key(Key.Key_N)
    desk.choose(desk.canvas.menus.shown, "Say")
    new = _ways(desk.flow, first)[""]
    assert new is not None and desk.flow.step(new).kind == "say" and new != second
    assert desk.canvas.chosen_ids == (new,)


def test_a_click_in_the_palette_adds_after_the_chosen_step(desk: Desk) -> None:
    """A kind that is clicked goes between the chosen step and the next one, and is chosen."""
    first, second = desk.canvas.steps[:2]
    desk.click(first)
    row = next(row for row in desk.page.palette_.rows if row.kind.id == "ask")
    QTest.mouseClick(row, LEFT)
    (new,) = desk.canvas.chosen_ids
    assert _ways(desk.flow, first)[""] == new and _ways(desk.flow, new)[""] == second
    assert desk.canvas.hasFocus()


def test_a_kind_is_dropped_on_a_line_or_on_free_ground(desk: Desk) -> None:
    """Dropped on a line it is put between; dropped beside, it stands there, not connected, and says so."""
    first, second = desk.canvas.steps[:2]
    line = desk.canvas.line((first, ""))
    assert line is not None
    (x1, y1), (x2, y2) = line.line.points[:2]
    _drop(desk, "say", desk.scene(QPointF((x1 + x2) / 2, (y1 + y2) / 2)))
    new = _ways(desk.flow, first)[""]
    assert new is not None and _ways(desk.flow, new)[""] == second
    _drop(desk, "end", _free_ground(desk))
    (free,) = desk.canvas.chosen_ids
    assert desk.flow.step(free).place is not None
    assert not any(free in _ways(desk.flow, step.id).values() for step in desk.flow.steps)


def _free_ground(desk: Desk) -> QPoint:
    """Return a place in the view on which nothing stands."""
    room, canvas = desk.canvas.viewport().rect(), desk.canvas
    boxes = [item.sceneBoundingRect() for item in canvas.items()]
    spots = (QPoint(x, y) for y in range(20, room.height(), 20) for x in range(20, room.width(), 20))
    free = (s for s in spots if not any(box.contains(canvas.mapToScene(s)) for box in boxes))
    return next(free)


def _drop(desk: Desk, kind: str, at: QPoint) -> None:
    view, data = desk.canvas.viewport(), kind_data(kind)
    enter = QDragEnterEvent(at, Qt.DropAction.CopyAction, data, LEFT, NONE)
    QApplication.sendEvent(view, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(view, QDropEvent(QPointF(at), Qt.DropAction.CopyAction, data, LEFT, NONE))


def test_several_steps_are_framed_copied_and_deleted_at_once(desk: Desk) -> None:
    """Shift+Down chooses more; Ctrl+C and Ctrl+V put copies in; Del takes away, Undo brings back."""
    desk.canvas.setFocus()
    desk.canvas.choose(desk.canvas.steps[1])
    desk.key(Key.Key_Down, SHIFT)
    chosen = desk.canvas.chosen_ids
    assert len(chosen) == 2
    count, before = len(desk.flow.steps), canonical(desk.draft)
    desk.key(Key.Key_C, CTRL)
    desk.key(Key.Key_V, CTRL)
    assert len(desk.flow.steps) == count + 2 and len(desk.canvas.chosen_ids) == 2
    desk.key(Key.Key_Delete)
    assert len(desk.flow.steps) == count
    desk.key(Key.Key_Z, CTRL)
    desk.key(Key.Key_Z, CTRL)
    assert canonical(desk.draft) == before
    desk.key(Key.Key_Y, CTRL)
    assert len(desk.flow.steps) == count + 2


def test_a_frame_drawn_with_the_pointer_chooses_what_it_touches(desk: Desk) -> None:
    """A frame from free ground over everything chooses every step; Ctrl and a click leaves one out again."""
    view = desk.canvas.viewport().rect()
    desk.drag(view.topLeft() + QPoint(2, 2), view.bottomRight() - QPoint(3, 3))
    assert set(desk.canvas.chosen_ids) == set(desk.canvas.steps)
    desk.click(desk.canvas.steps[0], CTRL)
    assert set(desk.canvas.chosen_ids) == set(desk.canvas.steps[1:])
    desk.key(Key.Key_A, CTRL)
    assert set(desk.canvas.chosen_ids) == set(desk.canvas.steps)


def test_ctrl_d_duplicates_here_although_it_adds_documents_elsewhere(desk: Desk) -> None:
    """On the canvas Ctrl+D is about steps; the window's own Ctrl+D does not open a dialog over it."""
    count = len(desk.flow.steps)
    desk.click(desk.canvas.steps[1])
    desk.key(Key.Key_D, CTRL)
    assert len(desk.flow.steps) == count + 1 and desk.window.room == "workflows"


def test_steps_are_pasted_into_another_workflow(desk: Desk) -> None:
    """Steps copied here are put into a workflow that was made empty, and it begins with them."""
    desk.click(desk.canvas.steps[0])
    title = desk.flow.step(desk.canvas.chosen).title
    desk.key(Key.Key_C, CTRL)
    desk.window.session.do(EditAgent(new_workflow(desk.draft, "Cancel an order")))
    desk.page.show_item("cancel-an-order")
    desk.canvas.setFocus()
    desk.key(Key.Key_V, CTRL)
    assert [step.title for step in desk.flow.steps] == [title] and desk.flow.start == desk.flow.steps[0].id


COPIED_LAST = """
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from studio.assembly import sample
from studio.desktop.flow_deeds import FlowDeeds
from studio.desktop.widgets.flow_wishes import OnSteps
app = QApplication([])
agent = sample("returns_assistant").agent
flow = agent.workflows[0]
FlowDeeds(None, None).fulfil(agent, flow.id, OnSteps("copy", (flow.steps[1].id,)))
assert QGuiApplication.clipboard().text() == flow.steps[1].title
"""


def test_the_program_ends_well_with_copied_steps_on_the_clipboard() -> None:
    """Who copies steps and closes the program is not told that it broke off."""
    ended = subprocess.run([sys.executable, "-c", COPIED_LAST], timeout=120, capture_output=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_title_is_written_where_the_step_stands(desk: Desk) -> None:
    """F2 opens a field over the step; Enter takes the title, Esc lets it be."""
    first = desk.canvas.steps[0]
    desk.click(first)
    desk.key(Key.Key_F2)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    QTest.keyClicks(field, "Who are you?")
    QTest.keyClick(field, Key.Key_Return)
    assert desk.flow.step(first).title == "Who are you?"
    assert QApplication.focusWidget() is desk.canvas
    QApplication.processEvents()  # what was made for the form is in sight then
    desk.key(Key.Key_Return)
    named = QApplication.focusWidget()
    assert isinstance(named, QLineEdit) and named.text() == "Who are you?", "Enter opens the first field"
    desk.canvas.setFocus()
    desk.key(Key.Key_F2)
    desk.type("Never")
    desk.key(Key.Key_Escape)
    assert desk.flow.step(first).title == "Who are you?"


def test_alt_and_an_arrow_move_the_chosen_steps(desk: Desk) -> None:
    """Steps are moved by keys: ten to the right, with Undo for each."""
    first = desk.canvas.steps[0]
    item = desk.canvas.item(first)
    assert item is not None
    x, y = round(item.pos().x()), round(item.pos().y())
    desk.click(first)
    desk.key(Key.Key_Right, ALT)
    assert desk.flow.step(first).place == Place(x=x + 10, y=y)


def test_steps_are_found_by_their_words(desk: Desk) -> None:
    """Ctrl+F looks for words in titles; Enter goes to the next step, Esc gives the keyboard back."""
    desk.canvas.setFocus()
    word = "colleague"
    desk.key(Key.Key_F, CTRL)
    desk.type(word)
    assert desk.canvas.chosen and " of " in desk.canvas.finder.count.text()
    assert word in desk.flow.step(desk.canvas.chosen).title
    desk.key(Key.Key_Return)
    desk.key(Key.Key_Escape)
    assert desk.canvas.hasFocus() and not desk.canvas.finder.isVisible()


def test_the_small_map_shows_when_not_all_is_in_view_and_goes_there(desk: Desk) -> None:
    """Zoomed in, the map is there; a click on its foot brings the foot of the workflow into view."""
    desk.canvas.setFocus()
    for _ in range(4):
        desk.key(Key.Key_Plus)
    assert desk.canvas.map.isVisible()
    desk.canvas.choose(desk.canvas.steps[0])
    before = desk.canvas.verticalScrollBar().value()
    QTest.mouseClick(desk.canvas.map, LEFT, NONE, desk.canvas.map.rect().center() + QPoint(0, 40))
    assert desk.canvas.verticalScrollBar().value() > before
    desk.key(Key.Key_0)
    assert desk.canvas.transform().m11() <= 1


def test_steps_are_grouped_under_a_name(desk: Desk) -> None:
    """Ctrl+G asks for a name and frames the chosen steps; the frame moves them, its menu takes it away."""
    desk.click(desk.canvas.steps[0])
    desk.click(desk.canvas.steps[1], SHIFT)
    desk.answer(_type("Who is it?", "Group"))
    desk.key(Key.Key_G, CTRL)
    (group,) = desk.flow.groups or ()
    assert group.name == "Who is it?" and set(group.steps) == set(desk.canvas.steps[:2])
    desk.canvas.menus.on_group("ungroup", group.id)
    assert desk.flow.groups is None


def _type(words: str, button: str) -> Callable[[QDialog], None]:
    def act(dialog: QDialog) -> None:
        field = dialog.findChild(QPlainTextEdit)
        assert field is not None
        QTest.keyClicks(field, words)
        dialog.accept()

    return act


def test_steps_become_a_reusable_block(desk: Desk) -> None:
    """“Make a reusable block” asks for a name; the list then names the block and where it is used."""
    step = next(s for s in desk.flow.steps if s.kind == "tool")
    desk.click(step.id)
    desk.answer(_type("Look it up", "Make the block"))
    menu = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, desk.at(step.id), desk.canvas.mapToGlobal(QPoint())
    )
    QApplication.sendEvent(desk.canvas.viewport(), menu)
    desk.choose(desk.canvas.menus.shown, "Make a reusable block")
    rows = {row.title: row.subtitle for row in desk.page.list.items()}
    assert rows["Look it up"].startswith("used in 1 workflow")


def test_what_cannot_be_done_is_said_and_changes_nothing(desk: Desk) -> None:
    """An end cannot go into a block: a sentence says why, and the draft is as it was."""
    before = canonical(desk.draft)
    end = next(step for step in desk.flow.steps if step.kind == "end")
    desk.canvas.choose(end.id)
    desk.answer(_type("No", "Make the block"))
    desk.canvas.ask(OnSteps("block", (end.id,)))
    assert "is an end" in desk.window.notice.text.text()
    assert canonical(desk.draft) == before


def test_every_edit_is_saved_at_once(desk: Desk, tmp_path: Path) -> None:
    """A second look at the same folder finds the edit: nothing waits to be saved."""
    desk.click(desk.canvas.steps[0])
    desk.key(Key.Key_D, CTRL)
    other = open_workbench(tmp_path / "workspace", Settings(name="Ana Silva"))
    try:
        assert canonical(other.ask(ShowAgent()).draft) == canonical(desk.draft)
    finally:
        other.close()
