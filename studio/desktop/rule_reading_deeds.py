"""What a person does with a rule's formal reading: confirms it, or says that it is not what the rule means.

- Confirming is one edit of the draft that Undo takes back; so is withdrawing what was confirmed.
- So is refusing: a reading that was refused is kept with the rule and not offered again, until the rule's
  words are read otherwise.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial
from typing import TYPE_CHECKING

from studio.desktop.actions import Desk
from studio.desktop.panels.charter_reading import ConfirmedReading, OfferedReading
from studio.desktop.widgets.card import Card
from studio.domain.changeset import join_path, split_path
from studio.domain.charter import Rule
from studio.domain.check import CheckResult

if TYPE_CHECKING:
    from studio.domain.agent import Agent


class RuleReadingDeeds:
    """Does them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def cards(self, agent: Agent, rule: Rule, checks: Collection[CheckResult]) -> Iterator[Card]:
        """Yield what is checked of a rule, or what could be; nothing where it cannot be read for certain."""
        from studio.services.queries.check_findings import read_rule

        if rule.formal is not None:
            path = ("charter", "rules", rule.id)
            mine = [each for each in checks if each.check == "kept" and tuple(split_path(each.path)) == path]
            yield ConfirmedReading(rule.formal.words, mine, partial(self._withdraw, rule.id))
            return
        read = read_rule(agent, rule.id)
        if read is not None and read.reading.words != rule.not_meant:
            words = read.reading.words
            no = partial(self._refuse, rule, words)
            yield OfferedReading(words, partial(self._confirm, rule.id), no)

    def _confirm(self, rule: str) -> None:
        from studio.services.commands import EditAgent
        from studio.services.queries.check_findings import ReadRule

        read = self._desk.session.ask(ReadRule(rule))
        if read is not None and self._desk.session.do(EditAgent(read.confirm)) is not None:
            told = f"{rule} is checked on every path from now on."
            self._desk.tell(told, "ok", "Undo", lambda: self._desk.run_action("edit.undo"))

    def _withdraw(self, rule: str) -> None:
        from studio.services.commands import EditAgent
        from studio.services.queries.check_findings import WithdrawReading

        change = self._desk.session.ask(WithdrawReading(rule))
        if change.changes and self._desk.session.do(EditAgent(change)) is not None:
            told = f"{rule} is no longer checked on every path."
            self._desk.tell(told, "", "Undo", lambda: self._desk.run_action("edit.undo"))

    def _refuse(self, rule: Rule, words: str) -> None:
        from studio.services.authoring.fields import set_field
        from studio.services.commands import EditAgent
        from studio.services.queries.agents import ShowAgent

        draft = self._desk.session.ask(ShowAgent(wait=False)).draft
        path = join_path("charter", "rules", rule.id, "not_meant")
        made = set_field(draft, path, words, f"Rule {rule.id} does not mean: {words}")
        if self._desk.session.do(EditAgent(made)) is not None:
            told = f"{rule.id} is not checked formally. Say it in other words, and it is read anew."
            self._desk.tell(told, "", "Undo", lambda: self._desk.run_action("edit.undo"))
