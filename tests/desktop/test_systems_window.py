"""Systems by hand: made without a step, rehearsed on the records, removed; sentences under steps and rows."""

from __future__ import annotations

from typing import cast

import pytest
from PySide6.QtWidgets import QDialog, QPushButton
from pytestqt.qtbot import QtBot

from studio.desktop.pages.workflows import WorkflowsPage
from studio.desktop.panels.charter_cite import CiteDialog
from studio.desktop.window import Window
from studio.domain.agent import Agent
from studio.domain.known import in_words
from studio.domain.tool import Tool
from studio.domain.world import Effect
from studio.services.authoring.fields import set_fields
from studio.services.commands import EditAgent
from studio.services.queries.agents import ShowAgent
from tests.desktop.person import Person

DOES = {"set": "becomes", "add": "grows by", "subtract": "shrinks by"}


@pytest.fixture
def page(window: Window) -> WorkflowsPage:
    """The Workflows page on the prepared workspace."""
    window.open_page("workflows")
    return cast(WorkflowsPage, window.pages["workflows"])


@pytest.fixture
def person(page: WorkflowsPage, window: Window, qtbot: QtBot) -> Person:
    """Somebody at the Workflows page."""
    return Person(qtbot, window)


def draft(page: WorkflowsPage) -> Agent:
    """Return the draft."""
    return page.desk.session.ask(ShowAgent()).draft


def test_a_system_is_made_without_a_step_and_removed(person: Person, page: WorkflowsPage) -> None:
    """“New system…” asks for a name and shows its fields; what is typed is saved, and removing is undone."""
    person.answer(person.saying("Cancel order", "Make it"))
    person.press("New workflow, reusable block or system")
    person.menu("New system…")
    person.wait(lambda: page.list.current_id() == "tools/cancel_order", "the system is shown")
    person.write("What it does", "Cancels an order", page.system)
    person.write("Add a value it is given", "Order id", page.system)
    person.choose("What follows of it", "It changes something", page.system)
    person.tick("It can be taken back", False, page.system)
    made = draft(page).tool("cancel_order")
    assert (made.description, made.effect, made.reversible) == ("Cancels an order", "write", False)
    assert made.argument_names == ("order_id",) and not page.tidy.isVisible()
    person.press("Remove this system")
    assert "cancel_order" not in {tool.name for tool in draft(page).tools}
    assert page.tidy.isVisible() and page.views.currentWidget() is page.canvas
    person.press("Undo", page)
    assert draft(page).tool("cancel_order") == made


def test_a_system_that_steps_use_stays_and_names_them(person: Person, page: WorkflowsPage) -> None:
    """Its steps are named, each a way to it; it cannot be removed before they use another system."""
    person.row(page.list, "Get order")
    assert not person.all(QPushButton, "Remove this system")
    user = next(
        (flow, step)
        for flow in draft(page).workflows
        for step in flow.steps
        if getattr(step, "tool", "") == "get_order"
    )
    person.press(f"{user[0].name}: {user[1].title}")
    assert page.list.current_id() == user[0].id and page.canvas.chosen == user[1].id
    assert page.beside.currentWidget() is page.side


def rehearse(person: Person, page: WorkflowsPage, tool: Tool) -> None:
    """Say by hand what a system does in the plan."""
    assert tool.mock is not None
    person.row(page.list, in_words(tool.name))
    person.choose("Works on the table", "Orders", page.system)
    for number, effect in enumerate(tool.mock.effects, 1):
        person.press("Add a change of the record", page.system)
        change(person, page, f"Change {number}", effect)


def change(person: Person, page: WorkflowsPage, said: str, effect: Effect) -> None:
    """Fill one change of the record."""
    columns = {each.id: each.label for each in (draft(page).records or ())[0].columns}
    person.choose(f"{said}: column", columns[effect.column], page.system)
    person.choose(f"{said}: how", DOES[effect.does], page.system)
    if effect.argument is not None:
        person.choose(f"{said}: to what", in_words(effect.argument), page.system)
    else:
        person.write(f"{said}: value", str(effect.value), page.system)


def test_what_rehearsed_systems_do_is_said_by_hand(person: Person, page: WorkflowsPage) -> None:
    """Every behaviour of the sample's systems is made again from nothing, to the same values."""
    planned = [tool for tool in draft(page).tools if tool.mock is not None]
    gone = set_fields(draft(page), [(f"tools/{tool.name}/mock", None) for tool in planned])
    assert page.desk.session.do(EditAgent(gone)) is not None
    assert planned and all(draft(page).tool(tool.name).mock is None for tool in planned)
    for tool in planned:
        rehearse(person, page, tool)
    assert [draft(page).tool(tool.name).mock for tool in planned] == [tool.mock for tool in planned]


def test_a_condition_refuses_what_the_record_does_not_allow(person: Person, page: WorkflowsPage) -> None:
    """“Refuses unless” is chosen from the table's columns; moved to no table, the behaviour is gone."""
    person.row(page.list, "Issue refund")
    person.press("Add a comparison", page.system)
    person.choose("Comparison 1: what to look at", "Final sale", page.system)
    person.choose("Comparison 1: value", "no", page.system)
    mock = draft(page).tool("issue_refund").mock
    assert mock is not None and getattr(mock.only_when, "field", "") == "final_sale"
    person.choose("Works on the table", "None", page.system)
    assert draft(page).tool("issue_refund").mock is None


def cite(person: Person, words: str) -> None:
    """Choose the first sentence with these words in the dialog that opens next."""

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, CiteDialog)
        person.write_only("Words of the sentence", words, dialog)
        person.press("It stands on this sentence", dialog)

    person.answer(act)


def test_a_step_and_a_row_stand_on_sentences(person: Person, page: WorkflowsPage) -> None:
    """A sentence is chosen for a step and for a row; it is shown there, and taken away again."""
    flow = next(each for each in draft(page).workflows if each.steps)
    step = flow.steps[0]
    person.window.open_page("workflows", f"{flow.id}/{step.id}")
    had = len(step.citations)
    cite(person, "refund")
    person.press("Add a sentence it stands on", page.side)
    grown = draft(page).workflow(flow.id).step(step.id).citations
    assert len(grown) == had + 1 and "refund" in grown[-1].quote.casefold()
    person.press("It no longer stands on this", page.side)
    assert len(draft(page).workflow(flow.id).step(step.id).citations) == had
    row = draft(page).tables[0].rows[0]
    person.window.open_page("workflows", f"/{draft(page).tables[0].id}/{row.id}")
    cite(person, "return")
    person.press("Add a sentence it stands on", page.side.decision)
    assert len(draft(page).tables[0].rows[0].citations) == len(row.citations) + 1


def test_a_column_of_numbers_holds_amounts_of_money(person: Person, page: WorkflowsPage) -> None:
    """The columns' menu says whether a column of numbers holds amounts; the rows stay what they are."""
    table = next(t for t in draft(page).tables if any(c.type == "money" for c in t.inputs))
    column = next(c for c in table.inputs if c.type == "money")
    person.window.open_page("workflows", f"/{table.id}")
    for kind in ("number", "money"):
        person.press("Columns…", page.side.decision)
        person.menu(column.label, "Amounts of money")
        assert next(c.type for c in draft(page).table(table.id).inputs if c.id == column.id) == kind
    assert draft(page).table(table.id) == table
