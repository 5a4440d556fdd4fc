"""Files of a bundle are read once, and never less strictly for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet, apply
from studio.domain.errors import BundleBroken
from studio.domain.frozen import Json, canonical, decoded, digest, plainly, spelt, to_json
from studio.release import container, layout, strict_json
from studio.release.patch import apply_patch, make_patch
from studio.release.reading import Writer, read, read_changed, read_with_tree
from studio.release.verification import open_bundle, verify_bundle
from tests.domain.test_frozen import trees

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

SAMPLE = Path(__file__).resolve().parents[2] / "sample_projects" / "returns_assistant" / "agent.json"
EXPONENT, PYTHONS = b"1e-7", b"1e-07"


@pytest.fixture(scope="module")
def sample() -> Agent:
    """The sample's agent."""
    return Agent.model_validate_json(SAMPLE.read_bytes())


def _read_by_patch(before: Agent, after: Agent) -> Agent:
    data, write = canonical(before), Writer()
    value, base, plain = read_with_tree(Agent, data, "before", write)
    assert plain and value == before
    tree = apply_patch(base, make_patch(to_json(before), to_json(after)))
    assert spelt(tree, canonical(after), write)
    return read_changed(before, base, tree, "after")


def test_what_two_versions_share_is_read_once_and_is_the_same(sample: Agent) -> None:
    """Items added, removed, moved and changed: the result is the agent that its bytes alone would give."""
    first, second, *rest = sample.scenarios
    flow = sample.workflows[0]
    grown = sample.model_copy(
        update={
            "scenarios": (*rest, second.model_copy(update={"id": "T-new"}), first),
            "workflows": (*sample.workflows[1:], flow.model_copy(update={"name": "Other"})),
            "tools": sample.tools[1:],
            "charter": sample.charter.model_copy(update={"purpose": "Other."}),
        }
    )
    for before, after in ((sample, grown), (grown, sample), (sample, sample)):
        found = _read_by_patch(before, after)
        assert found == Agent.model_validate_json(canonical(after)) == after
        assert canonical(found) == canonical(after)
    bare = sample.model_copy(update={"scenarios": (), "tables": ()})
    assert _read_by_patch(sample, bare) == bare


def test_an_agents_items_stand_for_themselves() -> None:
    """No rule of the type looks from one item to another, which is why shared ones need no second reading."""
    rules = Agent.__pydantic_decorators__
    assert not (rules.validators or rules.field_validators or rules.root_validators or rules.model_validators)
    assert not (rules.field_serializers or rules.model_serializers)


def _swapped(tree: Json) -> list[Json]:
    """Return the tree with one yes made 1, no made 0, or the other way, at each place in turn."""
    found: list[Json] = []
    if isinstance(tree, dict):
        for name, value in tree.items():
            found += [{**tree, name: other} for other in _swapped(value)]
    elif isinstance(tree, list):
        for at, value in enumerate(tree):
            found += [[*tree[:at], other, *tree[at + 1 :]] for other in _swapped(value)]
    elif isinstance(tree, bool):
        found.append(int(tree))
    elif tree in (0, 1):
        found.append(bool(tree))
    return found


def test_a_yes_is_no_one_and_a_one_is_no_yes(sample: Agent) -> None:
    """A value that only Python holds for equal is read as itself or refused, never as the other."""
    found = [each for flow in to_json(sample)["workflows"] for each in _swapped(flow)][:60]
    found += [each for test in to_json(sample)["scenarios"][:12] for each in _swapped(test)][:60]
    assert len(found) > 20
    whole = to_json(sample)
    bare = {**whole, "charter": {**whole["charter"], "rules": []}, "tables": [], "tools": []}
    for item in found:
        field = "workflows" if "steps" in item else "scenarios"
        data = canonical({**bare, "scenarios": [], "workflows": [], field: [item]})
        try:
            value = read(Agent, data, "agent.json")
        except BundleBroken:
            continue
        assert canonical(value) == data


@given(trees)
def test_plain_trees_are_exactly_those_the_reference_writes(tree: Any) -> None:
    """What is taken for plain canonical JSON is canonical; written in parts it is the same text."""
    data = rfc8785.dumps(tree)
    try:
        found = decoded(data)
    except ValueError:
        return  # the reader that takes care has tests of its own
    assert rfc8785.dumps(found) == data == Writer()(found) == plainly(found).encode()


@pytest.mark.parametrize(
    "data", [b"1.0", b"-0", b"1e5", PYTHONS, b'{"a":1,"a":1}', b"[1 ]", b'"\\u0041"', b"NaN"]
)
def test_what_is_not_canonical_is_never_plain(data: bytes) -> None:
    """The quick way leaves everything unusual to the one that takes care."""
    with pytest.raises(ValueError, match=r"plain|JSON compliant"):
        decoded(data)


@given(st.lists(st.sampled_from("[]{}") | st.text('[]{}"\\ab', max_size=8).map(json.dumps), max_size=60))
def test_depth_is_counted_as_by_hand(signs: list[str]) -> None:
    """However brackets and strings full of brackets follow on one another, only true nesting counts."""
    depth = most = 0
    for sign in signs * 80:
        if not sign.startswith('"'):
            depth += 1 if sign in "[{" else -1
            most = max(most, depth)
    try:
        strict_json.check_depth("".join(signs * 80).encode(), "x")
        refused = False
    except BundleBroken:
        refused = True
    assert refused is (most > strict_json.MAX_DEPTH)


def _with_number(kit: Kit, number: float | str) -> tuple[Agent, Agent, ChangeSet]:
    """Return two versions with a number, or a word, in a test of the first and another rule in the second."""
    test = {**to_json(kit.before)["scenarios"][0], "facts": [{"id": "share", "value": number}]}
    before = Agent.model_validate({**to_json(kit.before), "scenarios": [test]})
    changes = ChangeSet(title="x", changes=(Change(path="name", before="Desk", after="Desk two"),))
    return before, apply(before, changes), changes


@pytest.mark.parametrize("number", [1e-7, 0.25, 12.0, 1e21, "\U0001f600", "\ufb01"])
def test_numbers_and_letters_that_need_care_are_verified_too(kit: Kit, number: float | str) -> None:
    """Bundles whose numbers or letters the quick way leaves alone come to the same verdict."""
    before, after, changes = _with_number(kit, number)
    data = kit.bundle(kit.content(before=before, after=after, changeset=changes))
    assert verify_bundle(data, kit.policy, kit.now).ok
    opened = open_bundle(data)
    assert (opened.before, opened.after) == (before, after)
    assert digest(opened.after) == opened.manifest.result_digest


def test_a_number_in_another_spelling_is_refused_in_every_file(kit: Kit) -> None:
    """As the standard library writes it, a small number is not canonical, in one file or in all."""
    before, after, changes = _with_number(kit, 1e-7)
    sound = kit.files(kit.bundle(kit.content(before=before, after=after, changeset=changes)))
    for names in ((layout.AFTER,), (layout.BEFORE,), (layout.BEFORE, layout.AFTER)):
        files = dict(sound)
        for name in names:
            assert EXPONENT in files[name]
            files[name] = files[name].replace(EXPONENT, PYTHONS)
            json.loads(files[name])
        verdict = verify_bundle(container.pack(kit.resign(kit.forge(files))), kit.policy, kit.now)
        assert "RFC 8785" in verdict.refusal
