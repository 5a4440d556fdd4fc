"""Types that are built when they are first used are used as if they had been built before."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ConfigDict, ValidationError, create_model

from studio.domain.condition import All, AnyOf, Compare, Not
from studio.domain.frozen import Frozen, to_json
from studio.domain.scenario import Scenario
from studio.domain.workflow import Row, Workflow

SAMPLE = Path(__file__).resolve().parents[2] / "sample_projects" / "returns_assistant" / "agent.json"
THREADS = """
import sys, threading
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import studio.domain as domain
from studio.domain.frozen import Frozen, canonical

names = sorted(each.name for each in iter_modules(domain.__path__))
for name in names:
    import_module(f"studio.domain.{name}")
from studio.domain.agent import Agent
from studio.domain.scenario import Scenario
from studio.domain.workflow import Workflow

kinds = sorted(Frozen.__subclasses__(), key=lambda kind: kind.__qualname__)
print(sum(not kind.__pydantic_complete__ for kind in kinds), "not built yet")
data = Path(sys.argv[1]).read_bytes()
tree = __import__("json").loads(data)
sys.setswitchinterval(1e-6)
begin = threading.Barrier(8)
failed, read = [], []


def use(number):
    begin.wait()
    try:
        if number % 2:
            read.append(canonical(Agent.model_validate(tree)))
        for kind in kinds[number:] + kinds[:number]:
            try:
                kind.model_validate_json(b"[]")
            except ValueError as error:
                assert "valid dictionary or" in str(error) or "object" in str(error), error
        flow = Workflow.model_validate(tree["workflows"][0])
        test = Scenario(**tree["scenarios"][0])
        read.append(canonical(Agent(**{**tree, "workflows": (flow, *tree["workflows"][1:])})))
        assert test.model_copy() == test and test.model_dump_json()
    except BaseException as error:
        failed.append(f"{type(error).__name__}: {error}")


threads = [threading.Thread(target=use, args=(number,)) for number in range(8)]
for each in threads:
    each.start()
for each in threads:
    each.join()
print("failed:", *failed)
print(len(read), len(set(read)), all(kind.__pydantic_complete__ for kind in kinds))
"""


@pytest.mark.parametrize("turn", range(3))
def test_threads_may_meet_in_the_first_use_of_a_type(turn: int) -> None:
    """In a process where no type was used yet, eight threads use all of them at once; all succeed."""
    done = subprocess.run(
        [sys.executable, "-c", THREADS, str(SAMPLE)], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    first, failed, last = done.stdout.splitlines()
    assert int(first.split()[0]) > 100
    assert (failed, last) == ("failed:", "12 1 True")


def _built(kind: type[Frozen]) -> type[Frozen]:
    """Return the same type, built at once."""
    fields: dict[str, Any] = {name: (info.annotation, info) for name, info in kind.model_fields.items()}
    settings = ConfigDict(**{**kind.model_config, "defer_build": False})
    return cast("type[Frozen]", create_model(kind.__name__, __config__=settings, **fields))


KINDS = [(kind, _built(kind)) for kind in (Workflow, Scenario, Row, Compare, All, AnyOf, Not)]
values = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=4,
)


def _tried(kind: type[Frozen], tree: dict[str, Any]) -> tuple[bool, Any]:
    try:
        return True, to_json(kind.model_validate_json(json.dumps(tree)))
    except ValidationError as error:
        return False, [(each["loc"], each["type"], each["msg"]) for each in error.errors()]


@given(st.sampled_from(KINDS), st.data())
def test_nothing_shows_when_a_type_was_built(kinds: tuple[type[Frozen], type[Frozen]], data: Any) -> None:
    """Values, their JSON and the words of errors are those of the same type that was built at once."""
    kind, built = kinds
    names = st.sampled_from(sorted(kind.model_fields)) | st.just("strange")
    tree = data.draw(st.dictionaries(names, values, max_size=4))
    assert _tried(kind, tree) == _tried(built, tree)


@given(st.integers(0, 20), st.sampled_from(["id", "title", "workflow"]), values)
def test_a_sound_value_with_a_strange_member_is_judged_alike(at: int, name: str, value: Any) -> None:
    """As in the sample, but for one member."""
    scenarios = json.loads(SAMPLE.read_bytes())["scenarios"]
    tree = {**scenarios[at % len(scenarios)], name: value}
    assert _tried(Scenario, tree) == _tried(KINDS[1][1], tree)
