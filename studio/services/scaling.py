"""The twelve questions that a company answers before an agent meets many customers.

- Each is answered from what is computed of exactly this draft: its charter, gates, checks, tests and plan; no
  one ticks anything. What is not answered says what is missing, and where it is given.
- While the checks are being looked for, their question is neither answered nor open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.checks.autonomy import Demand, demands
from studio.domain.agent import Agent
from studio.domain.bundle import Gate
from studio.domain.charter_terms import AUTONOMY_TITLES, Reach, TechnologyKind
from studio.domain.environment import USUAL_ROLLOUT
from studio.domain.portfolio import reaching_agent
from studio.domain.workflow import Handoff
from studio.release import gates as release_gates
from studio.release.rollout_words import guard_clause
from studio.services.gates import PERFORMANCE, SOURCES, THRESHOLDS, content_gates
from studio.services.proofs import Found
from studio.services.release_ways import NO_WAY, Way, way_of
from studio.services.standing import Standing

State = Literal["answered", "open", "looking"]
LOOKING = "Checking…"


@dataclass(frozen=True, slots=True)
class ScalingQuestion:
    """One question with its answer, or with what is missing and the way to where it is given."""

    id: str
    text: str
    state: State
    evidence: str
    way: Way = NO_WAY


@dataclass(frozen=True, slots=True)
class ScalingPage:
    """All questions in their order, and how they stand in a sentence."""

    questions: tuple[ScalingQuestion, ...]

    @property
    def open(self) -> tuple[ScalingQuestion, ...]:
        """Return the questions that are open."""
        return tuple(each for each in self.questions if each.state == "open")

    @property
    def sentence(self) -> str:
        """Return how they stand, the first open one by name."""
        answered = sum(each.state == "answered" for each in self.questions)
        looking = sum(each.state == "looking" for each in self.questions)
        if answered == len(self.questions):
            return f"All {answered} answered with evidence."
        parts = [f"{answered} answered with evidence"]
        parts += [f"{looking} being checked"] if looking else []
        parts += [f"{len(self.open)} open"] if self.open else []
        told = ", ".join(parts)
        return f"{told}: {self.open[0].text}" if self.open else f"{told}."


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the answers are drawn from."""

    stand: Standing
    gates: Mapping[str, Gate]
    known: Found
    later: tuple[str, ...]

    @property
    def agent(self) -> Agent:
        return self.stand.draft


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was found; `missing` is "" where the question is answered."""

    evidence: str = ""
    missing: str = ""
    path: str = ""
    looking: bool = False
    way: Way | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    id: str
    text: str
    answer: Callable[[_Ground], _Answer]


def scaling(stand: Standing, gates: Sequence[Gate], known: Found, later: tuple[str, ...] = ()) -> ScalingPage:
    """Return the twelve questions as they stand, from gates that were found with what is `known`.

    `later` are the gates that are still being worked out.
    """
    ground = _Ground(stand, {gate.id: gate for gate in gates}, known, later)
    return ScalingPage(tuple(_question(asked, ground) for asked in QUESTIONS))


def scaling_whole(stand: Standing, known: Found) -> ScalingPage:
    """Return the twelve questions, with gates that are worked out here."""
    return scaling(stand, content_gates(stand), known)


def _question(asked: _Asked, ground: _Ground) -> ScalingQuestion:
    found = asked.answer(ground)
    if found.looking:
        return ScalingQuestion(asked.id, asked.text, "looking", found.evidence or LOOKING)
    if not found.missing:
        return ScalingQuestion(asked.id, asked.text, "answered", found.evidence)
    way = found.way or Way("Open", path=found.path, command="cobuilder charter")
    return ScalingQuestion(asked.id, asked.text, "open", found.missing, way)


def _of_gate(gate_id: str, ground: _Ground) -> _Answer:
    gate = ground.gates[gate_id]
    if gate_id in ground.later:
        return _Answer(gate.evidence, looking=True)
    if gate.ok:
        return _Answer(gate.evidence)
    return _Answer(missing=gate.evidence, way=way_of(gate, ground.stand, ground.known))


def _purpose(ground: _Ground) -> _Answer:
    charter = ground.agent.charter
    if not charter.purpose.strip():
        return _Answer(missing="The charter does not say what it is for.", path="charter/purpose")
    if not charter.audience.strip():
        return _Answer(missing="The charter does not say for whom it is.", path="charter/audience")
    return _Answer(f"{charter.purpose.rstrip('.')}. For: {charter.audience.rstrip('.')}.")


def _portfolio(ground: _Ground) -> _Answer:
    intents = ground.agent.charter.portfolio or ()
    served = {flow.id for flow in ground.agent.workflows}
    if not intents:
        missing = "Nobody has listed what customers come for, and who handles each."
        return _Answer(missing=missing, path="charter/portfolio")
    bare = [each for each in intents if each.handling == "automate" and each.workflow not in served]
    if bare:
        missing = f"“{bare[0].title}” is to be settled by the agent, and no workflow does it."
        return _Answer(missing=missing, path="charter/portfolio")
    alone = sum(each.handling == "automate" for each in intents)
    volume = reaching_agent(intents)
    counted = f"; it takes up {volume:,} contacts a month" if volume is not None else ""
    return _Answer(f"Of {len(intents)} matters it settles {alone}{counted}.")


def _economics(ground: _Ground) -> _Answer:
    found, path = ground.agent.charter.economics, "charter/economics"
    if found is None or not found.volume:
        return _Answer(missing="Nobody has said what it costs and saves.", path=path)
    needed = found.break_even()
    effect = f"{abs(found.net_effect()):,.0f} {found.currency} a month"
    if found.net_effect() < 0:
        return _Answer(missing=f"By the charter's own figures it costs {effect} more.", path=path)
    settled = "settled without a person"
    pays = f"it pays once {needed * 100:.0f} % are {settled}, and " if needed is not None else ""
    expected = f"{found.containment * 100:.0f} % are expected{'' if pays else f' to be {settled}'}"
    return _Answer(f"By the charter's own figures it saves {effect}; {pays}{expected}.")


def _demanded(ground: _Ground) -> tuple[Demand, ...]:
    holds = None if ground.known.looking else ground.gates[release_gates.PROOFS].ok
    tests = ground.gates[release_gates.SCENARIOS].ok or None
    return demands(ground.agent, None, holds, tests)


def _autonomy(ground: _Ground) -> _Answer:
    title = AUTONOMY_TITLES[ground.agent.charter.autonomy]
    found = _demanded(ground)
    unmet = next((each for each in found if not each.met), None)
    if unmet is None:
        return _Answer(f"{title}: all {len(found)} things that this level demands are shown.")
    if unmet.kind == "checks hold" and ground.known.looking:
        return _Answer(looking=True)
    missing = f"{title}; not shown: {unmet.title[:1].lower()}{unmet.title[1:]}. {unmet.why}"
    ways = {"checks hold": release_gates.PROOFS, "tests pass": release_gates.SCENARIOS}
    if unmet.kind in ways:
        return _Answer(
            missing=missing, way=way_of(ground.gates[ways[unmet.kind]], ground.stand, ground.known)
        )
    return _Answer(missing=missing, path="charter/autonomy")


_MADE_OF: dict[TechnologyKind, str] = {
    "deterministic": "Written workflows and tables choose every word and deed; no language model takes part",
    "generative": "A language model words the replies and chooses what to do, within the guards",
    "hybrid": "A language model understands and words; the written workflows decide what is done",
}
_REACHES: dict[Reach, str] = {
    "retrieves only": "It looks things up and changes nothing",
    "acts": "It changes things in systems, as far as the rules allow",
}


def _made_of(ground: _Ground) -> _Answer:
    charter = ground.agent.charter
    if charter.technology is None:
        missing = "The charter does not say what it is made of."
        return _Answer(missing=missing, path="charter/technology")
    if charter.company_policy is None:
        missing = "The company's policy on AI is not named, so nothing is held against it."
        return _Answer(missing=missing, path="charter/company_policy")
    if ground.known.looking:
        return _Answer(looking=True)
    for check in ground.known.checks:
        if check.check == "company policy" and check.status != "holds":
            return _Answer(missing=check.detail, path=check.path or "charter/company_policy")
    technology = charter.technology
    named = f"A language model ({', '.join(technology.models)})" if technology.models else "A language model"
    made, reach = _MADE_OF[technology.kind].replace("A language model", named), _REACHES[technology.reach]
    return _Answer(f"{made}. {reach}, and keeps to “{charter.company_policy.name}”.")


def _proofs(ground: _Ground) -> _Answer:
    if ground.known.looking:
        return _Answer(looking=True)
    found = _of_gate(release_gates.PROOFS, ground)
    rules = len(ground.agent.charter.rules)
    return found if found.missing else _Answer(f"{rules} rules; {found.evidence}")


def _told(ground: _Ground) -> _Answer:
    charter = ground.agent.charter
    if not charter.ai_disclosure.strip():
        missing = "The charter does not have it say that it is automated."
        return _Answer(missing=missing, path="charter/ai_disclosure")
    if not (charter.cannot or "").strip():
        return _Answer(missing="It does not say what it cannot do.", path="charter/cannot")
    return _Answer(f"It says: “{charter.ai_disclosure.strip()}” and “{(charter.cannot or '').strip()}”")


def _people(ground: _Ground) -> _Answer:
    steps = [step for flow in ground.agent.workflows for step in flow.steps if isinstance(step, Handoff)]
    if not steps:
        return _Answer(
            missing="No step hands over to a person.",
            way=Way("Open", "workflows", command="cobuilder workflow"),
        )
    there = {each.measure: each for each in ground.agent.charter.readiness or ()}
    context = there.get("hand-over with context")
    if context is None:
        missing = "No figure says how many hand-overs must bring the facts collected so far."
        return _Answer(missing=missing, path="charter/readiness")
    where = "one step hands" if len(steps) == 1 else f"{len(steps)} steps hand"
    return _Answer(f"{where[:1].upper()}{where[1:]} over to a person. {context.words}")


def _called_back(ground: _Ground) -> _Answer:
    found = _of_gate(THRESHOLDS, ground)
    if found.missing:
        return found
    plan = ground.stand.plan
    rollout = plan.rollout if plan is not None else USUAL_ROLLOUT
    if not rollout.guards:
        way = Way("Edit the plan…", deed="plan", command="cobuilder release plan --guard 'failure-rate > 2'")
        return _Answer(missing="No measure calls the release back by itself.", way=way)
    clauses = ", or if ".join(guard_clause(guard) for guard in rollout.guards)
    return _Answer(f"{found.evidence} Called back at once if {clauses}.")


def _owner(ground: _Ground) -> _Answer:
    return _of_gate(PERFORMANCE, ground)


QUESTIONS: tuple[_Asked, ...] = (
    _Asked("purpose", "What is it for, and for whom?", _purpose),
    _Asked("portfolio", "Which matters does it settle, and which stay with people?", _portfolio),
    _Asked("economics", "Does it pay, with all that it passes on counted in?", _economics),
    _Asked("autonomy", "How much may it do alone, and what shows that it can?", _autonomy),
    _Asked("technology", "What is it made of, and does the company allow that?", _made_of),
    _Asked(
        "sources",
        "Which documents does it stand on, and are they in force?",
        lambda ground: _of_gate(SOURCES, ground),
    ),
    _Asked("rules", "Can it break a rule on any path?", _proofs),
    _Asked(
        "tests",
        "Does it pass every test, with every customer?",
        lambda ground: _of_gate(release_gates.SCENARIOS, ground),
    ),
    _Asked("told", "Are customers told what they speak with, and what it cannot do?", _told),
    _Asked("people", "When does a person take over, and do they know what was said?", _people),
    _Asked("figures", "Which figures must hold, and what calls it back by itself?", _called_back),
    _Asked("owner", "Who owns the agent’s performance after launch?", _owner),
)
