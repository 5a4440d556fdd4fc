"""What the Home page and the shell show: where the agent stands and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from studio.diff.agents import diff_agents
from studio.diff.summary import changes_counted
from studio.domain.check import all_hold
from studio.ports import UnitOfWork
from studio.services.accounting import accounts
from studio.services.approvals import gates
from studio.services.gates import sources_gate
from studio.services.proofs import Found, found_now, found_whole
from studio.services.queries.simulate import totals
from studio.services.standing import Standing, standing

Page = Literal["sources", "review", "simulate", "release", "workflows"]


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one thing to do next: a heading, a sentence, a button, and the page it opens."""

    title: str
    text: str
    action: str
    page: Page
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of how a change travels."""

    name: str
    state: Literal["done", "now", "to come"]


@dataclass(frozen=True, slots=True)
class Recent:
    """One line of what happened."""

    at: datetime
    who: str
    event: str
    sentence: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """Where it stands; while the checks are `looking`, their gate counts as it did when last heard of."""

    agent_name: str
    live_number: int
    draft_changes: int
    undecided: int
    open_questions: int
    next: NextStep
    covered: float | None
    scenarios_passed: int | None
    scenarios: int | None
    gates_met: int
    gates: int
    stages: tuple[Stage, ...]
    recent: tuple[Recent, ...]
    looking: bool = False


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("s" if count != 1 else "")


def next_step(stand: Standing, draft_changes: int, found: Found) -> NextStep:
    """Return the one thing to do next, by what is known of the checks."""
    unread = [s for s in stand.current_sources if not any(s.id in p.source_ids for p in stand.proposals)]
    unread = [s for s in unread if s.id not in {pin.id for pin in stand.draft.sources}]
    if stand.undecided:
        proposal = stand.undecided[-1][0]
        total = len(proposal.changes)
        left = sum(p.id == proposal.id for p, _ in stand.undecided)
        proposed = f"CoBuilder proposed {_plural(total, 'change')} in “{proposal.title}”."
        text = f"{proposed} You decided {total - left}."
        return NextStep(f"Decide {_plural(left, 'change')}", text, "Continue review", "review", proposal.id)
    if stand.open_questions:
        proposal = stand.open_questions[0][0]
        text = "The documents leave something open. Answer it, or say why it does not concern this agent."
        title = f"Answer {_plural(len(stand.open_questions), 'question')}"
        return NextStep(title, text, "Open questions", "review", proposal.id)
    if unread:
        text = f"“{unread[-1].name}” has been added, but CoBuilder has not compared it with the agent yet."
        return NextStep(
            "Ask CoBuilder what should change", text, "Open the document", "sources", unread[-1].id
        )
    if not draft_changes:
        text = "Drop in a policy, a procedure or any document that says how customers are to be treated."
        return NextStep("Add a document", text, "Add a document", "sources")
    if not all_hold(found.checks):
        broken = next(check for check in found.checks if check.status == "broken")
        return NextStep(
            "Mend what the checks found", broken.detail, "Open workflows", "workflows", broken.path
        )
    if not stand.comparison_is_current:
        text = (
            "Run the tests against the live version and the draft, and see which customers fare differently."
        )
        return NextStep("Simulate the draft", text, "Simulate", "simulate")
    if stand.comparison and (t := totals(stand.comparison.draft)).scenarios_passed < t.scenarios:
        text = f"{_plural(t.scenarios - t.scenarios_passed, 'test')} did not pass every time."
        return NextStep("Look at the failing tests", text, "Open results", "simulate")
    return NextStep("Approve and export", "Everything is decided and tested.", "Open release", "release")


def _stages(stand: Standing, approved: bool, exported: bool) -> tuple[Stage, ...]:
    done = [
        ("Sources", bool(stand.sources) and sources_gate(stand).ok),
        ("Review", bool(stand.proposals) and not stand.undecided and not stand.open_questions),
        ("Simulate", stand.comparison_is_current),
        ("Approve", approved),
        ("Export", exported),
    ]
    stages: list[Stage] = []
    now_given = False
    for name, is_done in done:
        if is_done and not now_given:
            stages.append(Stage(name, "done"))
        else:
            stages.append(Stage(name, "to come" if now_given else "now"))
            now_given = True
    return (*stages, Stage("IT promotes", "to come"), Stage("Measure", "to come"))


@dataclass(frozen=True, slots=True)
class Head:
    """What stands over every page: the agent, its versions, and how much waits for a decision."""

    agent_name: str
    live_number: int
    draft_changes: int
    waiting: int


@dataclass(frozen=True, slots=True)
class ShowHead:
    """Ask for the head of the window; it is asked after every change, so no gate is worked out for it."""

    def answer(self, unit: UnitOfWork) -> Head:
        """Return the head."""
        stand = standing(unit)
        changes = changes_counted(diff_agents(stand.live, stand.draft, "").changes)
        waiting = len(stand.undecided) + len(stand.open_questions)
        return Head(stand.draft.name, stand.live_number, changes, waiting)


@dataclass(frozen=True, slots=True)
class ShowHome:
    """Ask where the workspace stands; without `wait`, with what the checks are known to find now."""

    recent: int = 12
    wait: bool = True

    def answer(self, unit: UnitOfWork) -> HomePage:
        """Return the home page."""
        stand = standing(unit)
        changes = changes_counted(diff_agents(stand.live, stand.draft, "").changes)
        known = found_whole(stand) if self.wait else found_now(stand, unit.stamp()[0])
        found = gates(stand, known)
        counts = accounts(stand).coverage()
        total = sum(counts.values())
        inside = counts["in the agent and tested"] + counts["in the agent, not tested"]
        run = totals(stand.comparison.draft) if stand.comparison and stand.comparison_is_current else None
        lines = unit.ledger.recent(self.recent)
        approved = next((gate.ok for gate in found if gate.id == "approved"), False)
        exported = approved and any(event == "BundleExported" for _, _, event, _ in lines)
        return HomePage(
            agent_name=stand.draft.name,
            live_number=stand.live_number,
            draft_changes=changes,
            undecided=len(stand.undecided),
            open_questions=len(stand.open_questions),
            next=next_step(stand, changes, known),
            covered=inside / total if total else None,
            scenarios_passed=run.scenarios_passed if run else None,
            scenarios=run.scenarios if run else None,
            gates_met=sum(gate.ok for gate in found) + bool(known.looking and known.held),
            gates=len(found),
            stages=_stages(stand, approved, exported),
            recent=tuple(Recent(*line) for line in lines),
            looking=known.looking,
        )
