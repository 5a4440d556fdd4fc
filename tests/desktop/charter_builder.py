"""Writes a charter in the window after a plan: texts, owners, rules with their guards, requests, figures."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from studio.desktop.pages.charter import CharterPage
from studio.desktop.panels.charter_about import _TEXTS
from studio.desktop.panels.charter_overview import (
    ABOUT,
    ECONOMICS,
    OWNERS,
    POLICY,
    PORTFOLIO,
    REACH,
    READINESS,
    TITLES,
)
from studio.desktop.panels.charter_parts import write_share
from studio.desktop.panels.economics import _FIELDS
from studio.desktop.panels.rule_form import _DECLARED
from studio.desktop.panels.rules import KIND_WORDS
from studio.domain.charter import Rule
from studio.domain.charter_terms import AUTONOMY_TITLES, ROLE_WORDS, TECHNOLOGY_WORDS
from studio.domain.company_policy import AUTOMATIONS, DATA_CLASSES
from studio.domain.known import in_words
from studio.domain.readiness import MEASURES
from tests.desktop.builder import Builder


class CharterBuilder(Builder):
    """Does what the charter's page offers."""

    @property
    def charter(self) -> CharterPage:
        """Return the Charter page."""
        return self.page("charter", "Charter", CharterPage)

    def part(self, part: str) -> QWidget:
        """Click a part of the charter in its list."""
        self.row(self.charter.list, TITLES[part])
        return self.charter.middle

    def frame(self) -> None:
        """Write what can be written before there is a workflow."""
        plan = self.plan.charter
        about = self.part(ABOUT)
        for _, _, fields in _TEXTS:
            for field, title, _help in fields:
                self.tell(title, getattr(plan, field) or "", about)
        owners = self.part(OWNERS)
        for owner in plan.owners:
            self.write(ROLE_WORDS[owner.id], owner.name, owners)
        assert plan.performance_owner is not None and plan.technology is not None
        self.choose("Who owns performance after launch?", ROLE_WORDS[plan.performance_owner], owners)
        reach = self.part(REACH)
        self.choose("Autonomy level", f"Level {plan.autonomy}: {AUTONOMY_TITLES[plan.autonomy]}", reach)
        self.choose("Class", plan.technology.kind.capitalize(), reach)
        self.choose("What it may do", plan.technology.reach.capitalize(), reach)
        for rule in plan.rules:
            self.rule(rule)

    def rule(self, rule: Rule) -> None:
        """Add a rule and say what it demands."""
        page = self.charter
        self.choose("Add a rule", f"It {KIND_WORDS[rule.kind]} …", page)
        self.wait(lambda: self.find(QLineEdit, "Name", page.middle).text() == "New rule", "the new rule")
        self.write("Name", rule.title, page.middle)
        self.tell("What is demanded", rule.text, page.middle)
        self.choose("Severity", rule.severity.capitalize(), page.middle)

    def keep(self, rule: Rule) -> None:
        """Say of a rule how code or steps keep it, and where it counts."""
        page = self.charter
        self.row(page.list, rule.title)
        if rule.guard is None:
            self.choose(
                "Declared to be kept", {o.value: o.words for o in _DECLARED}[rule.enforced_by], page.middle
            )
        else:
            for tool in rule.guard.tools:
                self.choose("Protect a system…", in_words(tool), page.middle)
            self.tick("Only once identity is verified", rule.guard.needs_identity, page.middle)
            if rule.guard.forbidden_when is not None:
                self.condition(rule.guard.forbidden_when, page.middle)
        for flow in rule.workflows:
            self.choose("Only in…", self.plan.workflow(flow).name, page.middle)

    def rest(self) -> None:
        """Write what rests on the workflows: how rules are kept, requests, thresholds, figures, policy."""
        for rule in self.plan.charter.rules:
            self.keep(rule)
        self.requests()
        self.thresholds()
        self.figures()
        self.policy()

    def requests(self) -> None:
        """Add the kinds of requests, each with its place, handling, number and workflow."""
        part = self.part(PORTFOLIO)
        for each in self.plan.charter.portfolio or ():
            self.write("A new kind of request", each.title, part)
            self.find(QLineEdit, "Contacts a month", part)
            self.choose("Field", f"{each.complexity.capitalize()} and {each.emotion}", part)
            self.choose("Handling", each.handling.capitalize(), part)
            if each.volume is not None:
                self.write("Contacts a month", str(each.volume), part)
            if each.workflow:
                self.choose("Served by", self.plan.workflow(each.workflow).name, part)

    def thresholds(self) -> None:
        """Add the thresholds."""
        part = self.part(READINESS)
        for each in self.plan.charter.readiness or ():
            terms = MEASURES[each.measure]
            self.choose("Which threshold to add", terms.title, part)
            if terms.has_about:
                self.type_over(self.find(QLineEdit, "Escalation of which type", part), each.about)
            self.press("Add the threshold", part)
            self.figure(READINESS, f"{each.id}/limit", write_share(each.limit))
            if each.baseline is not None:
                self.figure(READINESS, f"{each.id}/baseline", write_share(each.baseline))

    def field(self, part: str, key: str) -> QWidget:
        """Return a field of a part by its key: several are called alike, under other headings."""
        form = self.charter._forms[part].form
        self.wait(lambda: form.widget(key) is not None, key)
        found = form.widget(key)
        assert found is not None
        return found

    def figure(self, part: str, key: str, words: str) -> None:
        """Type a figure."""
        line = self.field(part, key).findChild(QLineEdit)
        assert line is not None
        self.type_over(line, words)
        QTest.keyClick(line, Qt.Key.Key_Return)

    def figures(self) -> None:
        """Put the figures down."""
        part, plan = self.part(ECONOMICS), self.plan.charter.economics
        assert plan is not None
        self.press("Put figures down", part)
        for _, _, fields in _FIELDS:
            for field, title, _help, kind in fields:
                value = getattr(plan, field)
                self.write(title, write_share(value) if kind == "share" else str(value), part)

    def policy(self) -> None:
        """Write the company's policy down."""
        part, plan = self.part(POLICY), self.plan.charter.company_policy
        assert plan is not None
        self.press("Write it down", part)
        self.write("Name and version", plan.name, part)
        sections = (
            ("data_classes", DATA_CLASSES, plan.data_classes),
            ("automations", AUTOMATIONS, plan.automations),
            ("technologies", tuple(TECHNOLOGY_WORDS), plan.technologies),
        )
        for field, names, allowed in sections:
            self.limit(f"{field}-says", allowed is not None)
            for name in names if allowed is not None else ():
                self.tick(f"Allowed: {name}", name in (allowed or ()), self.field(POLICY, field))
        self.limit("models-says", plan.models is not None)
        if plan.highest_autonomy is not None:
            self.choose("Highest level allowed", f"Level {plan.highest_autonomy}:", part)

    def limit(self, key: str, on: bool) -> None:
        """Tick whether the policy limits a matter."""
        self.tick("The policy limits this", on, self.field(POLICY, key))
