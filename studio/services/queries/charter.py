"""What the Charter page shows: live version and draft, how each rule is kept, what a level demands."""

from __future__ import annotations

from dataclasses import dataclass

from studio.checks.autonomy import Demand, demands
from studio.checks.enforcement import enforcement
from studio.diff.agents import diff_agents
from studio.diff.words_summary import in_words
from studio.domain.agent import Agent
from studio.domain.changeset import split_path
from studio.domain.charter_terms import AutonomyLevel
from studio.domain.check import CheckResult, RuleEnforcement, all_hold
from studio.domain.source import Citation, SourcePin
from studio.ports import UnitOfWork
from studio.services.access import all_checks
from studio.services.authoring.rules import all_uses
from studio.services.gates import draft_evidence
from studio.services.memory import Memory
from studio.services.proofs import Found, found_now
from studio.services.standing import Standing, standing

LEVELS: tuple[AutonomyLevel, ...] = (1, 2, 3)
_CHANGES: Memory[tuple[str, str], tuple[tuple[str, str], ...]] = Memory(4)
_USES: Memory[str, dict[str, tuple[str, ...]]] = Memory(6)
_ENFORCED: Memory[str, dict[str, RuleEnforcement]] = Memory(6)


@dataclass(frozen=True, slots=True)
class CharterPageRows:
    """The charter of live version and draft with all that is known about it.

    `enforced` is by rule id and is of the draft; `taken` are ids of rules that wait in proposals; `uses` are
    the places that refer to a rule, in words; `changes` are paths and sentences of what differs from live;
    `looking` where the checks are not done yet; `measured` the newest simulation of exactly this draft: its
    number, the conversations that went wrong through the agent, and all of them.
    """

    live_number: int
    live: Agent
    draft: Agent
    checks: tuple[CheckResult, ...]
    enforced: dict[str, RuleEnforcement]
    demands: dict[AutonomyLevel, tuple[Demand, ...]]
    taken: tuple[str, ...]
    uses: dict[str, tuple[str, ...]]
    changes: tuple[tuple[str, str], ...]
    looking: bool = False
    measured: tuple[str, int, int] | None = None


@dataclass(frozen=True, slots=True)
class ShowCharter:
    """Ask for the charter; without `wait`, with what the checks are known to find now."""

    wait: bool = True

    def answer(self, unit: UnitOfWork) -> CharterPageRows:
        """Return the charter's rows."""
        stand = standing(unit)
        found = Found(all_checks(stand)) if self.wait else found_now(stand, unit.stamp()[0])
        draft, checks = stand.draft, found.checks
        run = draft_evidence(stand)
        passed = None if run is None else run.result == "PASSED" and run.conversations > 0
        holds = None if found.looking else all_hold(checks)
        enforced = _ENFORCED.get(stand.draft_digest, lambda: {each.rule: each for each in enforcement(draft)})
        return CharterPageRows(
            live_number=stand.live_number,
            live=stand.live,
            draft=draft,
            checks=checks,
            enforced=enforced,
            demands={
                level: demands(draft, level, holds, passed, tuple(enforced.values())) for level in LEVELS
            },
            taken=waiting_rules(stand),
            uses=_USES.get(stand.draft_digest, lambda: all_uses(draft)),
            changes=_CHANGES.get(
                (stand.live_digest, stand.draft_digest), lambda: charter_changes(stand.live, draft)
            ),
            looking=found.looking,
            measured=_measured(stand) if draft.charter.readiness else None,
        )


def _measured(stand: Standing) -> tuple[str, int, int] | None:
    """Return what the newest simulation of exactly this draft counted; None where there is none."""
    if stand.comparison is None or not stand.comparison_is_current:
        return None
    counted = stand.comparison.draft.figures.scenarios
    wrong = sum(each.blamed.get("agent", 0) for each in counted)
    return stand.comparison.id, wrong, sum(each.conversations for each in counted)


def charter_changes(live: Agent, draft: Agent) -> tuple[tuple[str, str], ...]:
    """Return path and sentence of every change of the charter."""
    after = live.model_copy(update={"charter": draft.charter})
    made = diff_agents(live, after, "")
    return tuple(zip((change.path for change in made.changes), in_words(made, live, draft), strict=True))


def waiting_rules(stand: Standing) -> tuple[str, ...]:
    """Return the ids of new rules that wait in proposals, so that no other rule gets them."""
    paths = (split_path(change.change.path) for _, change in stand.undecided if change.change.before is None)
    return tuple(path[2] for path in paths if len(path) == 3 and path[:2] == ("charter", "rules"))


@dataclass(frozen=True, slots=True)
class Citable:
    """A sentence that a rule can be given as its ground, with its document."""

    citation: Citation
    pin: SourcePin


@dataclass(frozen=True, slots=True)
class ListCitable:
    """Ask for the binding sentences of the documents that nothing replaces."""

    def answer(self, unit: UnitOfWork) -> tuple[Citable, ...]:
        """Return the sentences in the order of the documents."""
        from studio.cobuilder.sketch.desk import cite

        stand = standing(unit)
        return tuple(
            Citable(
                cite(source, statement.quote, statement.start, statement.end, statement.anchor),
                SourcePin(
                    id=source.id,
                    name=source.name,
                    version=source.current.number,
                    digest=source.current.digest,
                    authority=source.authority,
                ),
            )
            for source in stand.current_sources
            for statement in stand.statements(source)
        )
