"""The language model in Settings: chosen, allowed, looked at, confirmed and tested by clicks and keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import keyring
import pytest
from keyring.backends import fail
from PySide6.QtWidgets import QLineEdit

from studio.desktop.model_deeds import ModelDeeds
from studio.desktop.pages.settings import SettingsPage
from studio.desktop.panels.model_settings import KeyDialog, LeavingDialog
from studio.desktop.window import Window
from studio.domain.model import ModelPreview, ModelRequest
from studio.llm.guarded import GuardedModel
from studio.llm.scripted import ScriptedModel
from studio.services.model_terms import ShowModelTerms
from studio.services.workbench import Workbench
from studio.settings import ModelSettings, load_settings

if TYPE_CHECKING:
    from tests.desktop.conftest import Hands

SECRET = "sk-window-5f6e7d8c9b0a"
PLACE = "api.tested.example"


class Scripted:
    """Models that answer offline, as if from another place."""

    def __init__(self, bench: Workbench) -> None:
        self._bench, self.chosen = bench, ModelSettings()
        self.model = ScriptedModel(lambda _request: "ready", name="openai/tested", destination=PLACE)

    def begin(self) -> GuardedModel:
        """Return the model behind the door."""
        return GuardedModel(self.model, lambda: self._bench.ask(ShowModelTerms()))

    def preview(self, requests: Sequence[ModelRequest]) -> ModelPreview:
        """Return what would leave."""
        return self.begin().preview(requests)

    def choose(self, settings: ModelSettings) -> None:
        """Remember what was chosen."""
        self.chosen = settings

    def forget_replies(self) -> int:
        """Have none."""
        return 0

    def close(self) -> None:
        """Have nothing to stop."""


def deeds_of(window: Window) -> ModelDeeds:
    """Open Settings and return its part on the language model."""
    window.open_page("settings")
    page = window.pages["settings"]
    assert isinstance(page, SettingsPage)
    return page.model


@pytest.fixture
def models(window: Window) -> Scripted:
    """The window's workspace asks a scripted model."""
    bench = window.session.workbench
    assert bench is not None
    made = Scripted(bench)
    bench._outside = replace(bench.outside, models=made)
    window.opener.keep(model={"name": "openai/tested"})
    return made


def enter(deeds: ModelDeeds, name: str, text: str) -> None:
    """Type into a field and leave it."""
    field = deeds.card.fields[name]
    assert isinstance(field, QLineEdit)
    field.setText(text)
    field.editingFinished.emit()


def test_every_declared_setting_has_a_field_with_a_name(bare: Window) -> None:
    """The form is made from the declared settings; a model can be chosen without a workspace, too."""
    deeds = deeds_of(bare)
    assert set(deeds.card.fields) == set(ModelSettings.model_fields)
    assert all(field.accessibleName() for field in deeds.card.fields.values())
    assert not deeds.policy.isVisible()
    enter(deeds, "name", "ollama/llama3.3")
    enter(deeds, "in_flight", "2")
    assert (load_settings().model.name, load_settings().model.in_flight) == ("ollama/llama3.3", 2)
    assert "localhost:11434" in deeds.card.facts.text()
    assert not deeds.card.test.isEnabled()


@pytest.mark.parametrize(
    ("name", "text"), [("key", SECRET), ("address", f"https://{SECRET}@host"), ("in_flight", "129")]
)
def test_what_cannot_be_is_told_and_not_kept(window: Window, name: str, text: str) -> None:
    """A key in the wrong field is neither kept nor repeated; the field shows what holds."""
    deeds = deeds_of(window)
    enter(deeds, name, text)
    assert window.notice.isVisible()
    assert text not in window.notice.text.text()
    assert load_settings().model == ModelSettings()
    field = deeds.card.fields[name]
    assert isinstance(field, QLineEdit)
    assert text not in field.text()


def test_what_is_chosen_holds_at_once(window: Window, models: Scripted) -> None:
    """The open workspace asks the new model from the next run on."""
    enter(deeds_of(window), "name", "openai/other")
    assert models.chosen.name == "openai/other"


def test_what_leaves_is_shown_and_confirmed_once(window: Window, models: Scripted, hands: Hands) -> None:
    """The dialog shows place, sizes and the text; the button confirms, and the next look says so."""
    deeds = deeds_of(window)
    seen: list[LeavingDialog] = []

    def look(dialog: LeavingDialog) -> None:
        seen.append(dialog)
        assert PLACE in hands.says(dialog)
        assert "Refund" in dialog.text.toPlainText() or "refund" in dialog.text.toPlainText()
        hands.press(f"Text may go to {PLACE}", dialog)

    def again(dialog: LeavingDialog) -> None:
        seen.append(dialog)
        assert not dialog.yes.isVisible()
        assert "Confirmed already" in hands.says(dialog)
        hands.press("Close", dialog)

    hands.then(look)
    deeds.card.preview.click()
    assert [each.id for each in window.session.ask(ShowModelTerms()).consents] == [PLACE]
    assert PLACE in deeds.policy.confirmed.text()
    hands.then(again)
    deeds.card.preview.click()
    assert len(seen) == 2
    deeds.policy.take_back.click()
    assert window.session.ask(ShowModelTerms()).consents == ()
    assert models.model.asked == []


def test_the_policy_is_kept_by_clicks_and_undone(window: Window, models: Scripted) -> None:
    """What is ticked may leave; undo brings the policy before back, and the fields show it."""
    deeds = deeds_of(window)
    deeds.policy.contents["documents"].click()
    deeds.policy.masked["postal address"].click()
    deeds.policy.lines["id_shapes"].setText("ORD-######, @@####")
    deeds.policy.keep.click()
    policy = window.session.ask(ShowModelTerms()).policy
    assert "documents" not in policy.contents
    assert "postal address" not in policy.masked
    assert policy.id_shapes == ("ORD-######", "@@####")
    window.session.undo()
    assert deeds.policy.contents["documents"].isChecked()
    assert deeds.policy.lines["id_shapes"].text() == ""


def test_the_connection_is_tested_by_a_click(window: Window, models: Scripted, hands: Hands) -> None:
    """The answer is told; where the workspace forbids models, that is told instead."""
    deeds = deeds_of(window)
    deeds.card.test.click()
    hands.done()
    assert "It works" in window.notice.text.text()
    assert len(models.model.asked) == 1
    deeds.policy.forbidden.click()
    deeds.policy.keep.click()
    deeds.card.test.click()
    hands.done()
    assert "forbids" in window.notice.text.text()
    assert len(models.model.asked) == 1


def test_a_key_is_typed_once_and_kept_nowhere_here(window: Window, models: Scripted, hands: Hands) -> None:
    """Without a key store the window says so; the key is in no field, no settings, no notice."""
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]

    def give(dialog: KeyDialog) -> None:
        assert dialog.field.echoMode() == QLineEdit.EchoMode.Password
        dialog.field.setText(SECRET)
        hands.press("Store", dialog)

    try:
        hands.then(give)
        deeds_of(window).card.key.click()
    finally:
        keyring.set_keyring(before)
    assert "no key store" in window.notice.text.text()
    assert SECRET not in window.notice.text.text()
    assert load_settings().model.key == ""
    assert all(SECRET not in field.text() for field in window.findChildren(QLineEdit))
