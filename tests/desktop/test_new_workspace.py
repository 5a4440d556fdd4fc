"""A workspace made in the window from documents alone: a name, a folder, a document, and an agent stands."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QLineEdit, QRadioButton

from studio.desktop.window import Window
from studio.services.queries.sources import ListSources
from tests.desktop.conftest import Hands

SOP = """# Lending desk

## Extending a loan

1. Ask for the loan number and the surname.
2. Look up the loan in Crescendo. If it cannot be found, hand over to the Front Desk.
3. Extend the loan in Crescendo.
"""


def test_an_agent_is_begun_from_a_document_without_any_file_from_it(
    bare: Window, hands: Hands, tmp_path: Path
) -> None:
    """Ctrl+N, a name and a folder; the document that is dropped in becomes a workflow to review."""
    document = tmp_path / "lending.md"
    document.write_text(SOP)

    def fill(dialog: QDialog) -> None:
        make = hands.named(QAbstractButton, "Cancel", dialog)
        assert make and hands.find(QAbstractButton, "Make workspace", dialog) is None, "nothing is filled in"
        QTest.keyClicks(hands.named(QLineEdit, "Name of the agent", dialog), "Lending desk")
        QTest.keyClicks(hands.named(QLineEdit, "Folder for the workspace", dialog), str(tmp_path / "desk"))
        hands.press("Make workspace", dialog)

    hands.then(fill)
    bare.opener.ask("new")
    assert bare.session.workbench is not None
    hands.wait(lambda: "No documents yet" in hands.says(bare))
    hands.then(lambda dialog: hands.press("Add", dialog))
    assert hands.drop(bare.pages["sources"], document)
    hands.done()
    hands.wait(lambda: bare.session.ask(ListSources()).rows)


def test_the_file_of_a_live_agent_is_asked_for_only_where_there_is_one(
    bare: Window, hands: Hands, tmp_path: Path
) -> None:
    """With “the agent that serves customers now” the name gives way to the file, which has to exist."""

    def fill(dialog: QDialog) -> None:
        hands.named(QRadioButton, "From the agent", dialog).click()
        assert hands.find(QLineEdit, "Name of the agent", dialog) is None
        QTest.keyClicks(hands.named(QLineEdit, "File of the live agent", dialog), str(tmp_path / "none.json"))
        QTest.keyClicks(hands.named(QLineEdit, "Folder for the workspace", dialog), str(tmp_path / "desk"))
        assert hands.find(QAbstractButton, "Make workspace", dialog) is None
        hands.press("Cancel", dialog)

    hands.then(fill)
    bare.opener.ask("new")
    assert bare.session.workbench is None
