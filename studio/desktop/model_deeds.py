"""What a person does about the language model in Settings: choose, store a key, test, look, allow, forbid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from pydantic import ValidationError
from PySide6.QtWidgets import QWidget

from studio.desktop.actions import Desk
from studio.desktop.panels.model_settings import KeyDialog, LeavingDialog, ModelCard, ModelPolicyCard
from studio.domain.errors import StudioError
from studio.domain.model import ModelFailure, ModelPolicy
from studio.settings import ModelSettings, Settings, model_settings_with

if TYPE_CHECKING:
    from studio.domain.model import ModelReply


@runtime_checkable
class KeepsSettings(Protocol):
    """The part of the window that keeps settings."""

    @property
    def settings(self) -> Settings:
        """Return what is chosen now."""
        ...

    def keep(self, **choices: Any) -> None:
        """Choose and keep."""
        ...


class ModelDeeds:
    """Carries out what the two cards ask for, and fills them."""

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        self._desk, self._parent = desk, parent
        self.card, self.policy = ModelCard(), ModelPolicyCard()
        self.card.chosen.connect(self.choose)
        self.card.key_asked.connect(self.store_key)
        self.card.test_asked.connect(self.test)
        self.card.preview_asked.connect(self.preview)
        self.policy.chosen.connect(self.allow)
        self.policy.consents_taken_back.connect(self.take_back)

    def fill(self) -> None:
        """Show what holds now."""
        from studio.assembly import model_destination, model_keys

        bench, chosen = self._desk.session.workbench, self._settings()
        key = model_keys().state(chosen.key, look=False)
        self.card.show_settings(chosen, model_destination(chosen), key, bench is not None)
        self.policy.setVisible(bench is not None)
        self.card.show_beyond("")
        if bench is not None:
            from studio.services.model_terms import ShowModelTerms

            terms = self._desk.session.ask(ShowModelTerms())
            who = [f"{each.id}, by {each.by}" for each in terms.consents]
            self.policy.show_policy(terms.policy, who)
            self.card.show_beyond(terms.beyond(chosen.name))

    def choose(self, field: str, value: str) -> None:
        """Keep one choice; what cannot be is told, and the field shows what holds."""
        try:
            made = model_settings_with(self._settings(), {field: value})
        except ValidationError:
            # What was typed may be a key by mistake: it is never repeated.
            self._desk.tell(f"That cannot be. {ModelSettings.model_fields[field].description or ''}", "bad")
        else:
            if made != self._settings():
                self._keep(made)
        self.fill()

    def store_key(self) -> None:
        """Take a key, put it into the key store, and name it in the settings."""
        from studio.assembly import model_keys

        dialog = KeyDialog(self._parent, self._settings().name.partition("/")[0] or "model")
        if dialog.exec() != KeyDialog.DialogCode.Accepted:
            return
        reference, key = dialog.take()
        try:
            made = model_settings_with(self._settings(), {"key": reference})
            model_keys().keep(reference, key)
        except ValidationError:
            self._desk.tell("A name has letters, digits, dots and dashes only.", "bad")
        except StudioError as error:
            self._desk.tell(str(error), "bad")
        else:
            self._keep(made)
            self._desk.tell(f"The key is in this computer's key store, as {reference}.", "ok")
        self.fill()

    def test(self) -> None:
        """Ask the model for one word."""
        from studio.services.stages.testing_model import TryModel

        self._desk.session.start(TryModel(), self._tested)

    def _tested(self, outcome: ModelReply | ModelFailure) -> None:
        if isinstance(outcome, ModelFailure):
            self._desk.tell(f"{outcome.sentence} {outcome.advice}", "bad")
        else:
            self._desk.tell(f"{outcome.model} answered in {outcome.seconds:.1f} s. It works.", "ok")

    def preview(self) -> None:
        """Show what would leave this computer, and keep the confirmation if it is given."""
        from studio.services.commands import ConfirmDestination
        from studio.services.queries.models import RequestsForSource

        session = self._desk.session
        if session.workbench is None:
            return
        found = session.workbench.outside.models.preview(session.ask(RequestsForSource()))
        if found is None:
            return
        remark = "The newest document stands for all."
        if LeavingDialog(self._parent, found, remark).exec() == LeavingDialog.DialogCode.Accepted:
            session.do(ConfirmDestination(found.destination, found.model))

    def allow(self, given: dict[str, Any]) -> None:
        """Keep what may leave."""
        from studio.services.commands import SetModelPolicy

        if self._desk.session.do(SetModelPolicy(ModelPolicy.model_validate(given))) is not None:
            self._desk.tell("Kept. It holds from the next question on.", "ok")

    def take_back(self) -> None:
        """Let nothing leave before it is confirmed again."""
        from studio.services.commands import TakeBackConsents

        self._desk.session.do(TakeBackConsents())

    def _settings(self) -> ModelSettings:
        return self._keeper().settings.model

    def _keep(self, made: ModelSettings) -> None:
        self._keeper().keep(model=made.model_dump())
        bench = self._desk.session.workbench
        if bench is not None:
            bench.outside.models.choose(made)

    def _keeper(self) -> KeepsSettings:
        found = getattr(self._desk, "opener", None)
        assert isinstance(found, KeepsSettings)
        return found
