"""The terms under which a workspace lets a language model be asked: its policy, and what was confirmed."""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.company_policy import CompanyPolicy
from studio.domain.errors import StudioError
from studio.domain.frozen import Frozen, canonical
from studio.domain.model import ModelConsent, ModelPolicy
from studio.ports import UnitOfWork

POLICY_ID = "policy"
_CONSENTS = "model-consents"


class _Kept(Frozen):
    given: tuple[ModelConsent, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelTerms:
    """The policy, the confirmations, and the company's policy on AI, of one moment."""

    policy: ModelPolicy
    consents: tuple[ModelConsent, ...]
    company: CompanyPolicy | None = None

    def confirmed(self, destination: str) -> bool:
        """Return whether someone confirmed this destination."""
        return any(consent.id == destination for consent in self.consents)

    def beyond(self, model: str) -> str:
        """Return in a sentence that the company's AI policy does not name a model; "" where it does."""
        if not model or self.company is None or self.company.allows_model(model):
            return ""
        named = ", ".join(self.company.models or ()) or "none"
        return (
            f"“{self.company.name}”, which the charter states, does not allow the model {model}: it names "
            f"{named}. Choose one of these, or change the policy on Charter."
        )


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
        """Return the policy (the usual one where none was set), what was confirmed, the company's."""
        policy = unit.model_policies.find(POLICY_ID) or ModelPolicy()
        return ModelTerms(policy, consents(unit), _company(unit))


def _company(unit: UnitOfWork) -> CompanyPolicy | None:
    """Return what the draft's charter says of the company's policy on AI."""
    try:
        return unit.agents.draft().charter.company_policy
    except StudioError:
        return None  # a workspace that was only just made
