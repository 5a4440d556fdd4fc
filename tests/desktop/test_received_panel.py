"""What a received bundle says of itself is shown in bounds: no bundle stops the window by what it lists."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from studio.desktop.panels import received
from studio.desktop.panels.received import ChangesPanel, EvidencePanel
from studio.domain.bundle import Gate
from tests.desktop.conftest import Hands


def _gate(number: int, ok: bool = True) -> Gate:
    return Gate(id=f"g{number}", title=f"Gate {number}", ok=ok, evidence=f"Looked at {number}")


def test_of_many_gates_the_first_are_shown_and_those_not_met_before_all(qtbot: QtBot) -> None:
    """Thousands would stop the window; one that is not met is never among those left out."""
    panel = EvidencePanel(lambda: None)
    qtbot.addWidget(panel)
    gates = [*map(_gate, range(3 * received.MOST)), _gate(9999, ok=False)]
    panel.show_claims((), gates)
    said = Hands(qtbot, panel).says(panel)  # type: ignore[arg-type]
    assert "Gate 9999" in said and "Gate 0" in said and f"Gate {received.MOST + 1}" not in said
    assert f"And {2 * received.MOST + 1} more" in said


def test_a_sentence_of_many_letters_is_cut(qtbot: QtBot) -> None:
    """One word of a hundred thousand letters takes seconds to lay out; the report holds it whole."""
    panel = ChangesPanel()
    qtbot.addWidget(panel)
    panel.show_changes(["w" * 100_000, "Short."], ["s" * 100_000])
    said = Hands(qtbot, panel).says(panel)  # type: ignore[arg-type]
    assert "Short." in said and len(said) < 3 * received.LONGEST
