"""The making of one test: a world in which a goal is reached, and what must happen there.

- A world changes as few facts as reach the goal; a dry walk tells whether it does. Where more facts decide
  than can be tried together, the ways through the workflow lead there.
- What must happen is where the customer ends, what is called and what never, what is said first.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping

from studio.cobuilder.scenarios.changes import changed_mind
from studio.cobuilder.scenarios.goals import Goal, steps_of
from studio.cobuilder.scenarios.ways import TooMuch, Ways
from studio.cobuilder.scenarios.worlds import with_reply, with_value, worlds_of
from studio.cobuilder.sketch.rehearsal import Walk, meets
from studio.domain.agent import Agent
from studio.domain.condition import Scalar
from studio.domain.scenario import (
    Behaviour,
    Expectation,
    ExpectCall,
    ExpectDisclosure,
    ExpectHandoff,
    ExpectOutcome,
    ExpectStep,
    Fault,
    Scenario,
)
from studio.domain.source import Citation
from studio.domain.workflow import Decide, Slot, ToolCall, Verify, Workflow
from studio.runtime.program import Program

MOST = 3000
"""So many worlds are tried for one goal."""


class Drafter:
    """The drafting of one goal's test."""

    def __init__(self, agent: Agent, goal: Goal, ways: Ways) -> None:
        self.agent, self.goal, self.ways = agent, goal, ways
        self.flow: Workflow = agent.workflow(goal.workflow)
        self.steps = list(steps_of(agent, self.flow))

    def draft(self) -> Scenario | str:
        """Return the test, or why there is none."""
        makers: dict[str, Callable[[], Scenario | str]] = {
            "fault": self._fault,
            "retry": self._retry,
            "identity": self._identity,
            "mistyped": self._mistyped,
            "refuses": self._refuses,
            "person": self._person,
            "plea": self._plea,
            "missing": self._missing,
            "opening": self._opening,
            "limit": self._limit,
            "change of mind": self._changed_mind,
        }
        try:
            made = makers.get(self.goal.kind, self._solved)()
        except TooMuch:
            return "There are too many cases for one proposal; ask for the missing tests when these are in."
        if isinstance(made, str):
            return made
        return made.model_copy(update={"citations": self.goal.citations or self._around()})

    def _around(self) -> tuple[Citation, ...]:
        """Return the sentence that the step before the goal's place stands on, where its own has none."""
        ids = [step.id for _, step in self.steps]
        at = ids.index(self.goal.place) if self.goal.place in ids else len(ids)
        before = [c for _, step in reversed(self.steps[:at]) for c in step.citations]
        after = [c for _, step in self.steps[at:] for c in step.citations]
        return tuple((before + after)[:1])

    # Worlds

    def _worlds(self) -> list[Scenario]:
        return worlds_of(self.agent, self.flow)

    def _good(self) -> tuple[Scenario, Walk] | None:
        """Return a world in which everything goes well, as long a way as there is."""
        tried = ((world, self._resolved(world)) for world in self.ways.searched(2, {}, MOST))
        found = list(itertools.islice(((world, course) for world, course in tried if course), 40))
        if not found:
            found = [(w.world, w.course) for w in self.ways.all() if w.course.outcome == "resolved"]
        return max(found, key=lambda each: len(each[1].calls), default=None)

    def _resolved(self, world: Scenario) -> Walk | None:
        course = self.ways.walk(world)
        return course if course is not None and course.outcome == "resolved" else None

    def _tried(self, most: int, pinned: Mapping[str, Scalar] | None = None) -> Iterator[Scenario]:
        """Yield worlds with as few facts changed as may do, then the ways that lead to the goal's place."""
        yield from self.ways.searched(most, pinned or {}, MOST)
        yield from self.ways.towards(self.goal, most, pinned or {})

    # Goals that a choice of facts reaches

    def _solved(self) -> Scenario | str:
        for world in self._tried(3):
            if self.goal.key in self.ways.reached(world):
                return self._finished(world, self.ways.walk(world))
        if self.goal.kind == "forbidden":
            return "The agent does it nevertheless wherever the walk gets there: the rule does not hold."
        return "No customer gets there: another row, branch or rule always comes first."

    def _limit(self) -> Scenario | str:
        _, name, at, _ = self.goal.about
        assert isinstance(name, str) and isinstance(at, float)
        number = int(at) if at.is_integer() else at
        if number < 0:
            return "There is nothing below zero."
        for world in self._tried(2, {name: number}):
            course = self.ways.walk(world)
            if course is None or self.goal.key not in self.ways.reached(world):
                continue
            if self._matters(world, name, at):
                return self._finished(world, course)
        return "The limit makes no difference there."

    def _matters(self, world: Scenario, name: str, at: float) -> bool:
        """Return whether some value within two steps of this one is answered otherwise."""
        here = self.ways.walk(world)
        around = [round(at + far * size, 2) for size in (1.0, 0.01) for far in (-2, -1, 1, 2)]
        others = (self.ways.walk(with_value(self.agent, world, name, n)) for n in around if n >= 0)
        return here is not None and any(o is not None and o.steps != here.steps for o in others)

    # Systems and identity

    def _fault(self) -> Scenario | str:
        return self._with_fault(None)

    def _retry(self) -> Scenario | str:
        tool = str(self.goal.about[0])
        retries = max(
            (s.retries for _, s in self.steps if isinstance(s, ToolCall) and s.tool == tool), default=1
        )
        return self._with_fault(retries)

    def _with_fault(self, times: int | None) -> Scenario | str:
        tool = str(self.goal.about[0])
        for world in self._tried(2):
            course = self.ways.walk(world)
            if course is not None and self.goal.place in course.steps:
                faults = (Fault(id=tool, failure="timeout", times=times),)
                broken = world.model_copy(update={"faults": faults})
                return self._finished(broken, self.ways.walk(broken))
        return "No customer gets as far as that system."

    def _verify(self) -> Verify:
        return next(step for _, step in self.steps if isinstance(step, Verify))

    def _identity(self) -> Scenario | str:
        world = with_reply(self._worlds()[0], self._verify().tool, "verified", False)
        return self._finished(world, self.ways.walk(world))

    def _slot(self, name: str) -> Slot | None:
        return next((slot for owner, _ in self.steps for slot in owner.slots if slot.id == name), None)

    def _mistyped(self) -> Scenario | str:
        good = self._good()
        if good is None:
            return "No customer gets to a good end."
        world, course = good
        slots = {name: self._slot(name) for name in self._verify().slots}
        names = sorted(slots, key=lambda name: (slot := slots[name]) is not None and slot.type == "code")
        for fact in (fact for name in names for fact in world.facts if fact.id == name):
            wrong = _slipped(fact.value)
            if wrong is None:
                continue
            facts = tuple(f.model_copy(update={"wrong": wrong}) if f is fact else f for f in world.facts)
            manner: tuple[Behaviour, ...] = ("gives wrong then right data",)
            return self._finished(world.model_copy(update={"facts": facts, "behaviours": manner}), course)
        return "None of the details can be mistyped."

    def _refuses(self) -> Scenario | str:
        world = self._worlds()[0]
        hidden = set(self._verify().slots)
        silent = world.model_copy(update={"facts": tuple(f for f in world.facts if f.id not in hidden)})
        course = self.ways.walk(silent)
        return self._finished(world.model_copy(update={"behaviours": ("refuses to identify",)}), course)

    # Manners

    def _person(self) -> Scenario | str:
        good = self._good()
        flow = Program.of(self.agent).flows.get(self.flow.id)
        if good is None or flow is None or flow.person is None:
            return "No desk takes over there."
        expected = (ExpectOutcome(outcome="handed over"), ExpectHandoff(queue=flow.person.queue))
        return good[0].model_copy(
            update={"behaviours": ("asks for a human",), "expectations": expected, "title": self.goal.words}
        )

    def _changed_mind(self) -> Scenario | str:
        found = changed_mind(self.agent, self.flow, self.ways, self._tried(2))
        if found is None:
            return "No answer that the customer gives there can be taken back before something is written."
        return self._finished(found.world, found.course)

    def _plea(self) -> Scenario | str:
        tried = ((world, self.ways.walk(world)) for world in self.ways.searched(2, {}, MOST))
        for world, course in itertools.chain(tried, ((w.world, w.course) for w in self.ways.all())):
            if course is not None and course.outcome == "refused":
                pleading = world.model_copy(update={"behaviours": ("asks for an exception",)})
                return self._finished(pleading, course)
        return "Nobody is refused anything there."

    def _missing(self) -> Scenario | str:
        name = str(self.goal.about[0])
        slot = self._slot(name)
        if slot is not None and slot.type == "yes or no":
            return "Whoever does not say yes to it is heard as saying no."
        for world in self._tried(2):
            less = world.model_copy(update={"facts": tuple(f for f in world.facts if f.id != name)})
            if self.goal.key in self.ways.reached(less):
                return self._finished(less, self.ways.walk(less))
        return "Nobody is asked for it there."

    def _opening(self) -> Scenario | str:
        number = self.goal.about[0]
        assert isinstance(number, int)
        world = self._worlds()[0].model_copy(update={"opening": self.flow.examples[number]})
        return self._finished(world, self.ways.walk(world))

    # Expectations

    def _finished(self, world: Scenario, course: Walk | None) -> Scenario | str:
        """Return the test with its title and what must happen, if the agent as it is would do so."""
        if course is None or not course.outcome:
            return "The walk leads nowhere there."
        title = self.goal.words if self.goal.kind != "limit" else f"{self.goal.words}: {self._answer(course)}"
        made = world.model_copy(update={"title": title, "expectations": tuple(self._expected(world, course))})
        if self.goal.kind in ("refuses", "mistyped"):  # their course hangs on the customer's manner
            return made
        plain = made.model_copy(update={"behaviours": ()})
        again = self.ways.walk(plain)
        return made if again is not None and meets(plain, again) else "The agent does not do it so."

    def _answer(self, course: Walk) -> str:
        answer = course.answers.get(str(self.goal.about[0]))
        return f"“{answer}”" if answer else course.outcome

    def _expected(self, world: Scenario, course: Walk) -> Iterator[Expectation]:
        yield ExpectOutcome(outcome=course.outcome)
        if course.queue:
            yield ExpectHandoff(queue=course.queue)
        writes = {tool.name for tool in self.agent.tools if tool.effect == "write"}
        tried = {fault.id for fault in world.faults}  # whether a system that fails was called says nothing
        called = (s.tool for _, s in self.steps if isinstance(s, ToolCall) and s.tool in writes - tried)
        for tool in dict.fromkeys(called):
            yield ExpectCall(tool=tool, never=tool not in course.calls)
        yield from self._demanded(course, writes)
        step = self._taken(course)
        if step:
            yield ExpectStep(step=step)

    def _demanded(self, course: Walk, writes: set[str]) -> Iterator[Expectation]:
        """Yield the disclosures that are said, first where the rule or its guard demands it."""
        for rule in self.agent.charter.rules:
            if rule.id not in course.said:
                continue
            told = course.said[rule.id]
            first = next((t for t in course.calls if t in writes and course.called_at[t] > told), None)
            demanded = "before" in rule.text.casefold() or (rule.guard and rule.guard.needs_disclosure)
            yield ExpectDisclosure(rule=rule.id, before=first if demanded else None)

    def _taken(self, course: Walk) -> str | None:
        """Return the step that the decision of the goal leads to."""
        for _, step in self.steps:
            if not isinstance(step, Decide) or step.id not in course.steps:
                continue
            if self.goal.about[:1] not in ((step.id,), (step.table,)):
                continue
            at = course.steps.index(step.id) + 1
            return course.steps[at] if at < len(course.steps) else None
        return None


def _slipped(value: Scalar) -> Scalar | None:
    """Return a value with a slip that still looks like one: the last digit, or two letters exchanged."""
    if not isinstance(value, str) or len(value) < 4:
        return None
    for at in range(len(value) - 1, -1, -1):
        if value[at].isdigit():
            return value[:at] + str((int(value[at]) + 1) % 9 + 1) + value[at + 1 :]
    for at in range(1, len(value) - 1):
        if value[at : at + 2].isalpha() and value[at] != value[at + 1]:
            return value[:at] + value[at + 1] + value[at] + value[at + 2 :]
    return None
