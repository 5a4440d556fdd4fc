"""The company's AI policy and the model that a workspace would ask."""

from __future__ import annotations

from studio.domain.company_policy import CompanyPolicy
from studio.domain.model import ModelPolicy
from studio.services.model_terms import ModelTerms


def test_a_model_that_the_policy_does_not_name_is_told_in_a_sentence() -> None:
    """It names the policy, the model, and what is allowed; without a limit, or a model, nothing is said."""
    policy = CompanyPolicy(name="Larkfield policy on AI", models=("azure/*",))
    terms = ModelTerms(ModelPolicy(), (), policy)
    said = terms.beyond("openai/gpt-4.1")
    assert all(words in said for words in ("Larkfield policy on AI", "openai/gpt-4.1", "azure/*"))
    assert terms.beyond("azure/gpt-4.1") == terms.beyond("") == ""
    assert ModelTerms(ModelPolicy(), ()).beyond("openai/gpt-4.1") == ""
