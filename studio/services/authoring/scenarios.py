"""Tests by hand: new ones, copies with a variation, and one change to several at once.

- Pure: `(agent, wish) -> ChangeSet`. A deed on several tests is one change set, undone at once; what some of
  them have already is left as it is there.
- `taken` are the ids of tests that wait in proposals: nothing new takes one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from studio.diff.agents import diff_agents
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.errors import WrongUse
from studio.domain.scenario import ExpectOutcome, Fault, Scenario, fault_in_words
from studio.domain.scenario_edit import ScenarioCopy, ScenarioEdit, ScenarioWanted, ScenarioWish
from studio.services.authoring.variations import varied
from studio.services.counterexample import typical_customer
from studio.services.run_setup import possible_faults, steps_of_fault

__all__ = ["added", "free_id", "fulfil_tests", "made_test"]


def fulfil_tests(agent: Agent, wish: ScenarioEdit, taken: Iterable[str] = ()) -> ChangeSet:
    """Return the change set of a wish; raises WrongUse, and then nothing changes."""
    if isinstance(wish, ScenarioWanted):
        return _new(agent, wish, taken)
    if isinstance(wish, ScenarioCopy):
        return _copy(agent, wish, taken)
    return _on_several(agent, wish)


def made_test(changeset: ChangeSet) -> str:
    """Return the id of the test that a change set added, or nothing."""
    for change in changeset.changes:
        if change.segments[:1] == ("scenarios",) and len(change.segments) == 2 and change.before is None:
            return change.segments[1]
    return ""


def free_id(agent: Agent, taken: Iterable[str] = ()) -> str:
    """Return the next number that no test of the draft or of a proposal has."""
    there = {each.id for each in agent.scenarios} | set(taken)
    numbers = [int(each[2:]) for each in there if each[:2] == "T-" and each[2:].isdigit()]
    return f"T-{max(numbers, default=0) + 1:02}"


def added(agent: Agent, scenario: Scenario, after: str = "", title: str = "") -> ChangeSet:
    """Return the change that adds a test, at the end or behind another one."""
    order = list(agent.scenarios)
    at = next((n for n, each in enumerate(order, 1) if each.id == after), len(order))
    order.insert(at, scenario)
    words = title or f"Add the test {scenario.id} “{scenario.title}”"
    return diff_agents(agent, agent.model_copy(update={"scenarios": tuple(order)}), words)


def _new(agent: Agent, wish: ScenarioWanted, taken: Iterable[str]) -> ChangeSet:
    flow = next((each for each in agent.workflows if each.id == wish.workflow), None)
    if flow is None:
        raise WrongUse("That workflow is not in the draft.", "Choose one that is, or make it first.")
    if flow.reusable:
        raise WrongUse(
            f"“{flow.name}” is a reusable block: customers do not begin there.",
            "Test a workflow that runs it.",
        )
    title = " ".join(wish.title.split()) or f"{flow.name}: a new test"
    made = typical_customer(agent, flow, title).model_copy(
        update={"id": free_id(agent, taken), "expectations": (ExpectOutcome(outcome="resolved"),)}
    )
    return added(agent, made)


def _copy(agent: Agent, wish: ScenarioCopy, taken: Iterable[str]) -> ChangeSet:
    base = _tests(agent, (wish.test,))[0]
    if not wish.variation:
        made = base.model_copy(update={"id": free_id(agent, taken), "title": f"{base.title} (copy)"})
        said = f"Duplicate the test {base.id}"
    else:
        found = varied(agent, base, wish.variation, free_id(agent, taken))
        made, said = found.scenario, f"Duplicate the test {base.id}, varied: {found.words}"
        said += "; it expects what the draft does today, look it over" if found.as_today else ""
    return added(agent, made, base.id, said)


# Several at once


def _tests(agent: Agent, ids: Iterable[str]) -> list[Scenario]:
    known = {each.id: each for each in agent.scenarios}
    wanted = list(dict.fromkeys(ids))
    if missing := [each for each in wanted if each not in known]:
        raise WrongUse(f"The draft has no test “{missing[0]}”.", "Choose one that is there, or undo.")
    if not wanted:
        raise WrongUse("No test is chosen.", "Choose one or more.")
    return [known[each] for each in wanted]


def _on_several(agent: Agent, wish: ScenarioWish) -> ChangeSet:
    chosen = _tests(agent, wish.tests)
    ids = {each.id for each in chosen}
    which = f"the test {chosen[0].id}" if len(chosen) == 1 else f"{len(chosen)} tests"
    if wish.deed == "delete":
        left = tuple(each for each in agent.scenarios if each.id not in ids)
        return diff_agents(agent, agent.model_copy(update={"scenarios": left}), f"Delete {which}")
    change, words = _change(agent, wish)
    made = tuple(change(each) if each.id in ids else each for each in agent.scenarios)
    return diff_agents(agent, agent.model_copy(update={"scenarios": made}), words.format(which))


def _change(agent: Agent, wish: ScenarioWish) -> tuple[Callable[[Scenario], Scenario], str]:
    """Return what a deed does to a test, and its title with a gap for which tests."""
    if wish.deed in ("tag", "untag"):
        tags = tuple(dict.fromkeys(each for tag in wish.tags if (each := " ".join(tag.split()))))
        if not tags:
            raise WrongUse("A tag needs a word.", "Write one, as “refunds”.")
        told = ", ".join(f"“{_safe(tag)}”" for tag in tags)
        if wish.deed == "tag":
            return lambda test: _tagged(test, (*(test.tags or ()), *tags)), f"Tag {{}} with {told}"
        gone = {tag.casefold() for tag in tags}
        return (
            lambda test: _tagged(test, [t for t in test.tags or () if t.casefold() not in gone]),
            f"Take the tag {told} from {{}}",
        )
    if wish.deed in ("add behaviours", "remove behaviours"):
        return _behaving(wish)
    return _failing(agent, wish)


def _tagged(test: Scenario, tags: Iterable[str]) -> Scenario:
    found: dict[str, str] = {}
    for tag in tags:
        found.setdefault(tag.casefold(), tag)
    return test.model_copy(update={"tags": tuple(found.values()) or None})


def _behaving(wish: ScenarioWish) -> tuple[Callable[[Scenario], Scenario], str]:
    names = ", ".join(wish.behaviours)
    if wish.deed == "add behaviours":
        if not names:
            raise WrongUse("No behaviour is chosen.", "Choose one.")
        return (
            lambda test: test.model_copy(
                update={"behaviours": tuple(dict.fromkeys((*test.behaviours, *wish.behaviours)))}
            ),
            f"Let the customer of {{}} behave so, too: {names}",
        )
    gone = set(wish.behaviours)
    return (
        lambda test: test.model_copy(
            update={"behaviours": tuple(b for b in test.behaviours if gone and b not in gone)}
        ),
        f"The customer of {{}} no longer behaves so: {names}"
        if names
        else "The customer of {} behaves plainly",
    )


def _failing(agent: Agent, wish: ScenarioWish) -> tuple[Callable[[Scenario], Scenario], str]:
    names = _safe("; ".join(fault_in_words(each) for each in wish.faults))
    if wish.deed == "add faults":
        if not wish.faults:
            raise WrongUse("Nothing is chosen that fails.", "Choose what fails.")
        for fault in wish.faults:
            _possible(agent, fault)
        return (
            lambda test: test.model_copy(
                update={"faults": (*test.faults, *(f for f in wish.faults if f not in test.faults))}
            ),
            f"In {{}} {names}",
        )
    gone = {(each.id, each.failure) for each in wish.faults}
    return (
        lambda test: test.model_copy(
            update={"faults": tuple(f for f in test.faults if gone and (f.id, f.failure) not in gone)}
        ),
        f"No longer in {{}}: {names}" if names else "Nothing fails any more in {}",
    )


def _possible(agent: Agent, fault: Fault) -> None:
    known = {(each.id, each.failure) for each in possible_faults(agent)}
    if (fault.id, fault.failure) not in known:
        name = fault.id.replace("_", " ")
        raise WrongUse(f"“{name}” cannot go wrong in that way.", "Choose what is offered.")
    if fault.step is not None and fault.step not in steps_of_fault(agent, fault):
        raise WrongUse(f"No step “{fault.step}” uses it.", "Choose another step, or none.")


def _safe(words: str) -> str:
    return words.replace("{", "(").replace("}", ")")
