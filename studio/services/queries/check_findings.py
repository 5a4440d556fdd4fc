"""What the Proofs show: one finding as a conversation with its fix and its test, and how rules are enforced.

- Everything is made of the present draft when it is asked for; nothing is stored, nothing is changed.
"""

from __future__ import annotations

from dataclasses import dataclass

from studio.checks.enforcement import enforcement
from studio.checks.reading_rules import Reading, formal_reading
from studio.diff.agents import diff_agents
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.check import CheckResult, RuleEnforcement
from studio.domain.errors import WrongUse
from studio.domain.property import Property
from studio.domain.run import Conversation
from studio.domain.scenario import Scenario
from studio.ports import UnitOfWork
from studio.services.access import all_checks
from studio.services.counterexample import counterexample
from studio.services.mending.fixing import suggested_fix
from studio.services.mending.kept_tests import as_test, with_test
from studio.services.standing import standing


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: the conversation that shows it, the fix, and the test that keeps it mended.

    `fix` and `add_test` are for the command EditAgent. Each is None where there is none.
    """

    result: CheckResult
    conversation: Conversation | None
    scenario: Scenario | None
    fix: ChangeSet | None
    test: Scenario | None
    add_test: ChangeSet | None


def finding_of(agent: Agent, result: CheckResult) -> Finding:
    """Return a finding with everything that can be made of it."""
    shown = counterexample(agent, result) if result.counterexample else None
    fix = suggested_fix(agent, result)
    test = as_test(agent, result, fix) if fix is not None and result.counterexample else None
    return Finding(
        result=result,
        conversation=shown.conversation if shown is not None else None,
        scenario=shown.scenario if shown is not None else None,
        fix=fix,
        test=test,
        add_test=with_test(agent, test) if test is not None else None,
    )


@dataclass(frozen=True, slots=True)
class ShowFinding:
    """Ask for one finding of the draft by its id."""

    check: str

    def answer(self, unit: UnitOfWork) -> Finding:
        """Return the finding; raises WrongUse where the draft has none of this id."""
        stand = standing(unit)
        result = next((each for each in all_checks(stand) if each.id == self.check), None)
        if result is None:
            raise WrongUse(f"The checks find no “{self.check}”.", "List them with `cobuilder check`.")
        return finding_of(stand.draft, result)


@dataclass(frozen=True, slots=True)
class ShowEnforcement:
    """Ask how each rule of the draft's charter is enforced."""

    def answer(self, unit: UnitOfWork) -> tuple[RuleEnforcement, ...]:
        """Return one answer for each rule, in the charter's order."""
        return enforcement(standing(unit).draft)


@dataclass(frozen=True, slots=True)
class RuleReading:
    """A rule's formal reading to confirm; `confirm` stores it on the rule, `confirmed` where it is stored."""

    reading: Reading
    confirm: ChangeSet
    confirmed: bool


@dataclass(frozen=True, slots=True)
class ReadRule:
    """Ask what a rule of the draft demands, formally."""

    rule: str

    def answer(self, unit: UnitOfWork) -> RuleReading | None:
        """Return the reading, None where it has none; raises WrongUse for an unknown rule."""
        return read_rule(standing(unit).draft, self.rule)


def read_rule(agent: Agent, rule_id: str) -> RuleReading | None:
    """Return the formal reading of a rule with the change that confirms it; None where it has none."""
    rule = next((each for each in agent.charter.rules if each.id == rule_id), None)
    if rule is None:
        raise WrongUse(f"The charter has no rule “{rule_id}”.", "See the rules on the Charter page.")
    reading = formal_reading(rule, agent)
    if reading is None:
        return None
    title = f"Confirm what {rule_id} demands: {reading.words}"
    confirm = _read_as(agent, rule_id, reading.property, title)
    return RuleReading(reading, confirm, rule.formal == reading.property)


@dataclass(frozen=True, slots=True)
class WithdrawReading:
    """Ask for the change after which a rule of the draft is no longer checked formally."""

    rule: str

    def answer(self, unit: UnitOfWork) -> ChangeSet:
        """Return the change; without changes where nothing was confirmed."""
        return _read_as(standing(unit).draft, self.rule, None, f"Check {self.rule} no longer on every path")


def _read_as(agent: Agent, rule_id: str, formal: Property | None, title: str) -> ChangeSet:
    """Return the change after which a rule has a formal reading, or none."""
    rules = tuple(
        each.model_copy(update={"formal": formal}) if each.id == rule_id else each
        for each in agent.charter.rules
    )
    changed = agent.model_copy(update={"charter": agent.charter.model_copy(update={"rules": rules})})
    return diff_agents(agent, changed, title)
