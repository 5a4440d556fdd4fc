"""IT's policy file is read strictly, and a policy that cannot be met is refused at once."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from studio.domain.environment import EnvironmentRules, Threshold
from studio.domain.errors import BrokenInput
from studio.domain.frozen import canonical, to_json
from studio.release.policy import check_policy, read_policy

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit


def test_a_policy_written_by_hand_is_read(kit: Kit) -> None:
    """Indented JSON in any order is fine: the policy is not signed, it is IT's own file."""
    text = json.dumps(to_json(kit.policy), indent=2)
    assert read_policy(text.encode()) == kit.policy
    assert read_policy(canonical(kit.policy)) == kit.policy


def test_production_asks_for_author_compliance_and_it_by_default(kit: Kit) -> None:
    """Without own rules, one approval of each role is needed for production."""
    rules = kit.policy.rules("production")
    assert rules and {t.role: t.count for t in rules.thresholds} == {"author": 1, "compliance": 1, "it": 1}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"id":"a","id":"b"}', "twice"),
        (b"{}", "fault in line 1: “id” is missing"),
        (b"[1]", "must be an object"),
        (b"{", "JSON"),
    ],
)
def test_faults_in_the_file_are_told(data: bytes, words: str) -> None:
    """Broken files give one sentence."""
    with pytest.raises(BrokenInput, match=words):
        read_policy(data)


def test_a_fault_behind_deep_brackets_is_found_at_once() -> None:
    """However deep what stands before a fault is nested, each bracket is walked once."""
    deep = "[" * 60 + "]" * 60
    text = f'{{"agent": {deep}, "keys": {deep},\n"id": "x", "people": [],\n"version": "y"}}'
    with pytest.raises(BrokenInput, match="fault in line 3: “version” must be a whole number"):
        read_policy(text.encode())


def test_contradictions_are_refused(kit: Kit) -> None:
    """Two people with one id, a key of nobody, a threshold nobody can meet, two rules of one environment."""
    people = kit.policy.people
    with pytest.raises(BrokenInput, match="names a person twice"):
        check_policy(kit.policy_with(people=(*people, people[0])))
    with pytest.raises(BrokenInput, match="not among its people"):
        check_policy(kit.policy_with(keys=(kit.key("mallory"),)))
    rules = EnvironmentRules(id="production", thresholds=(Threshold(role="it", count=2),))
    with pytest.raises(BrokenInput, match="nobody can give"):
        check_policy(kit.policy_with(environments=(rules,)))
    with pytest.raises(BrokenInput, match="twice what an environment demands"):
        check_policy(kit.policy_with(environments=(*kit.policy.environments, kit.policy.environments[0])))
    with pytest.raises(BrokenInput, match="cannot be read"):
        check_policy(kit.policy_with(keys=(kit.key("ana", public_pem="x"),)))
