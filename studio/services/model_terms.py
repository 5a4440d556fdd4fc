"""The terms under which a workspace lets a language model be asked: its policy, and what was confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.frozen import Frozen, canonical
from studio.domain.model import ModelConsent, ModelPolicy
from studio.ports import UnitOfWork

POLICY_ID = "policy"
_CONSENTS = "model-consents"


class _Kept(Frozen):
    given: tuple[ModelConsent, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelTerms:
    """The policy and the confirmations of one moment."""

    policy: ModelPolicy
    consents: tuple[ModelConsent, ...]

    def confirmed(self, destination: str) -> bool:
        """Return whether someone confirmed this destination."""
        return any(consent.id == destination for consent in self.consents)


def consents(unit: UnitOfWork) -> tuple[ModelConsent, ...]:
    """Return what was confirmed, oldest first."""
    text = unit.setting(_CONSENTS)
    return () if text is None else _Kept.model_validate_json(text).given


def keep_consents(unit: UnitOfWork, given: tuple[ModelConsent, ...]) -> None:
    """Keep what was confirmed."""
    unit.keep_setting(_CONSENTS, canonical(_Kept(given=given)).decode())


@dataclass(frozen=True, slots=True)
class ShowModelTerms:
    """Ask for the terms."""

    def answer(self, unit: UnitOfWork) -> ModelTerms:
        """Return the policy (the usual one where none was set) and what was confirmed."""
        return ModelTerms(unit.model_policies.find(POLICY_ID) or ModelPolicy(), consents(unit))
