"""What the draft's tests exercise when each is met once: which pass, and what no passing one exercises.

- Each test is met by its first customer, always the same one, so that an edit shows at once; a simulation
  meets many, and it alone is evidence.
- A conversation is remembered by what it came to (`meeting.py`): an edit of one test costs one conversation,
  an edit of one workflow those of the tests that came to it.
- A sentence counts as exercised where a passing test cites it, or exercises what stands on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.frozen import digest
from studio.domain.run import Conversation
from studio.domain.scenario import Scenario
from studio.domain.source import Citation
from studio.services.meeting import Meeting
from studio.services.memory import Memory
from studio.simulation.coverage import Ground, Touched, exercised

_MEETINGS: Memory[str, Meeting] = Memory(2)
Kind = str
SHOWN = ("rules", "steps", "branches", "rows", "faults")
"""What a test can be asked to exercise; a sound agent never comes to where a guard stops it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that tests can exercise: where it stands, and how many passing and failing ones do."""

    kind: Kind
    id: str
    title: str
    path: str
    passed: int
    failed: int

    @property
    def state(self) -> str:
        """Return how it is exercised."""
        if self.passed:
            return "by passing tests"
        return "only by tests that fail" if self.failed else "by no test"


@dataclass(frozen=True, slots=True)
class TestCoverage:
    """Everything that tests can exercise, and the rules that nothing carries out."""

    items: tuple[Item, ...]
    words_only: tuple[str, ...]

    __test__ = False

    @property
    def gaps(self) -> tuple[Item, ...]:
        """Return what no passing test exercises."""
        return tuple(item for item in self.items if not item.passed)

    def of(self, kind: Kind) -> tuple[Item, ...]:
        """Return the items of a kind."""
        return tuple(item for item in self.items if item.kind == kind)


@dataclass(frozen=True, slots=True)
class Tests:
    """The tests of an agent, each met once when it is asked for."""

    agent: Agent
    behaviour: str

    __test__ = False

    @classmethod
    def of(cls, agent: Agent) -> Tests:
        """Return the tests of an agent."""
        return cls(agent, digest(agent.model_copy(update={"scenarios": ()})))

    def met(self, scenario: Scenario) -> Conversation:
        """Return the conversation of a test's first customer."""
        return self._meeting.met(scenario)

    def known(self, scenario: Scenario) -> bool:
        """Return whether it has been met, and nothing it came to has changed since."""
        return self._meeting.known(scenario) is not None

    @property
    def _meeting(self) -> Meeting:
        return _MEETINGS.get(self.behaviour, lambda: Meeting(self.agent))


def coverage_of(agent: Agent) -> TestCoverage:
    """Return what the tests of an agent exercise."""
    tests = Tests.of(agent)
    met = [(each, tests.met(each)) for each in agent.scenarios]
    found = exercised(agent, [talk for _, talk in met])
    items = [
        Item(
            each.kind,
            each.id,
            _plain(each.kind, each.title),
            path_of(agent, each.kind, each.id),
            each.passed,
            each.failed,
        )
        for each in found.items
        if each.kind in SHOWN
    ]
    return TestCoverage((*items, *_sentences(agent, items, met)), found.words_only)


def covered_by(agent: Agent, conversation: Conversation) -> tuple[tuple[str, str, str], ...]:
    """Return kind, title and path of what one conversation exercised, in the order of the agent."""
    ground = Ground(agent)
    touched = ground.touched(conversation)
    return tuple(
        (kind, _plain(kind, title), path_of(agent, kind, name))
        for (kind, name), title in ground.everything.items()
        if (kind, name) in touched
    )


def _plain(kind: Kind, title: str) -> str:
    return title.replace("_", " ") if kind == "faults" else title


def path_of(agent: Agent, kind: Kind, name: str) -> str:
    """Return the path of something that can be exercised; "" where it has none."""
    if kind in ("rules", "guards"):
        return join_path("charter", "rules", name)
    if kind == "rows":
        table, row = name.split("/", 1)
        return join_path("tables", table, "rows", row)
    if kind in ("steps", "branches"):
        flow, step = name.split("/")[:2]
        return join_path("workflows", flow, "steps", step)
    named = name.partition(" ")[2]
    for each in agent.workflows:
        for at in each.steps:
            if named in (getattr(at, "tool", ""), getattr(at, "queue", "")):
                return join_path("workflows", each.id, "steps", at.id)
    return ""


def places_of(agent: Agent) -> Iterator[tuple[Touched, tuple[Citation, ...]]]:
    """Yield what stands on sentences, with them."""
    for rule in agent.charter.rules:
        yield ("rules", rule.id), rule.citations
    for flow in agent.workflows:
        for step in flow.steps:
            yield ("steps", f"{flow.id}/{step.id}"), step.citations
    for table in agent.tables:
        for row in table.rows:
            yield ("rows", f"{table.id}/{row.id}"), row.citations


def _sentences(
    agent: Agent, items: Iterable[Item], met: list[tuple[Scenario, Conversation]]
) -> Iterator[Item]:
    """Yield each sentence that the agent stands on, with how many passing and failing tests exercise it.

    Its figures are of the place that stands on it and is exercised most, or of the tests that cite it.
    """
    counts: Mapping[tuple[str, str], Item] = {(each.kind, each.id): each for each in items}
    quotes: dict[str, Citation] = {}
    passed: dict[str, int] = {}
    failed: dict[str, int] = {}
    for place, citations in places_of(agent):
        item = counts.get(place)
        for each in citations:
            name = each.fingerprint
            quotes.setdefault(name, each)
            passed[name] = max(passed.get(name, 0), item.passed if item else 0)
            failed[name] = max(failed.get(name, 0), item.failed if item else 0)
    for scenario, talk in met:
        for each in scenario.citations:
            if each.fingerprint in quotes:
                into = passed if talk.passed else failed
                into[each.fingerprint] = max(1, into[each.fingerprint])
    for name, cited in quotes.items():
        words = " ".join(cited.core.split())
        yield Item(
            "sentences", name, f"{cited.source_name}: “{words}”", f"sources/{cited.source_id}", passed[name],
            failed[name],
        )  # fmt: skip
