"""Naming: how an agent's parts are called in a sentence.

- Titles in quotes; ids only where people say them ("R-07", "T-23"). A name made for machines
  (`order_id`) is written with spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from studio.domain.agent import Agent
from studio.domain.places import row_name
from studio.domain.workflow import DecisionTable, Workflow

_SPEAKABLE = re.compile(r"[A-Z]{1,3}-\d+")
_BLANK = re.compile(r"\{([^{}]*)\}")


def spaced(name: str) -> str:
    """Return a machine's name as words: `order_id` as "order id"."""
    return re.sub(r"[_\-./~{}\[\]\"]+", " ", name).strip() or "unnamed"


def quoted(text: str) -> str:
    """Return a name in quotes; quotes inside it are single ones."""
    return f"“{_inside(plain(text).strip())}”"


def _inside(text: str) -> str:
    return text.replace("“", "‘").replace("”", "’")


def plain(text: str) -> str:
    """Return a text on one line, with `{fact}` to be filled in written as [fact]."""
    return " ".join(blanks(text).split())


def blanks(text: str) -> str:
    """Return a text with `{fact}` to be filled in written as [fact]."""
    return _BLANK.sub(lambda found: f"[{spaced(found[1])}]", text)


def clipped(text: str, words: int = 16) -> str:
    """Return the first words of a text, in quotes and without its full stop."""
    parts = plain(text).split(" ")
    whole = " ".join(parts).removesuffix(".")
    return quoted(f"{' '.join(parts[:words])}…" if len(parts) > words else whole)


def listed(items: Iterable[str]) -> str:
    """Return items as "a, b and c"."""
    every = list(items)
    return " and ".join([", ".join(every[:-1]), every[-1]]) if len(every) > 1 else "".join(every)


def titled(noun: str, item_id: str, title: str) -> str:
    """Return a thing's name: "rule R-07 “Return window”", "step “Ask for the order”"."""
    code = f" {item_id}" if _SPEAKABLE.fullmatch(item_id) else ""
    if title:
        return f"{noun}{code} {quoted(title)}"
    return f"{noun}{code}" if code else f"{noun} {quoted(spaced(item_id))}"


class Names:
    """Finds what the parts of two versions of an agent are called, the newer name first."""

    def __init__(self, *versions: Agent) -> None:
        """Take the versions, the oldest first; where there is none, names are the ids in words."""
        self.agents = versions[::-1]

    def rule(self, rule_id: str) -> str:
        """Return a rule's name."""
        rules = (rule for agent in self.agents for rule in agent.charter.rules if rule.id == rule_id)
        return titled("rule", rule_id, next((rule.title for rule in rules), ""))

    def intent(self, intent_id: str) -> str:
        """Return the name of a kind of request that customers come with."""
        intents = (each for agent in self.agents for each in agent.charter.portfolio or ())
        title = next((each.title for each in intents if each.id == intent_id), "")
        return f"kind of request {quoted(title or spaced(intent_id))}"

    def workflow(self, workflow_id: str) -> str:
        """Return a workflow's name in quotes."""
        return quoted(next((flow.name for flow in self._workflows(workflow_id)), "") or spaced(workflow_id))

    def step(self, workflow_id: str, step_id: str) -> str:
        """Return a step's title in quotes."""
        titles = (s.title for flow in self._workflows(workflow_id) for s in flow.steps if s.id == step_id)
        return quoted(next(titles, "") or spaced(step_id))

    def any_step(self, step_id: str) -> str:
        """Return the title of a step whose workflow is not told."""
        flows = (flow for agent in self.agents for flow in agent.workflows)
        return quoted(
            next((s.title for f in flows for s in f.steps if s.id == step_id), "") or spaced(step_id)
        )

    def fact(self, fact_id: str) -> str:
        """Return a fact's label in quotes: that of a slot or a table's input."""
        return quoted(next(filter(None, self._labels(fact_id)), "") or spaced(fact_id))

    def column(self, table_id: str, fact_id: str) -> str:
        """Return what a decision table's column is called, in quotes."""
        labels = (i.label for table in self.tables(table_id) for i in table.inputs if i.id == fact_id)
        label = next(filter(None, labels), "")
        return quoted(label) if label else self.fact(fact_id)

    def tool(self, name: str) -> str:
        """Return a system's name in quotes."""
        return quoted(spaced(name))

    def table(self, table_id: str) -> str:
        """Return a decision table's name in quotes."""
        return quoted(next((table.name for table in self.tables(table_id)), "") or spaced(table_id))

    def row(self, table_id: str, row_id: str) -> str:
        """Return a row by its answer, in the newest version that has it."""
        for table in self.tables(table_id):
            if called := row_name(row_id, [(row.id, row.then) for row in table.rows]):
                return called
        return f"row {quoted(spaced(row_id))}"

    def scenario(self, scenario_id: str) -> str:
        """Return a test's name."""
        tests = (test for agent in self.agents for test in agent.scenarios if test.id == scenario_id)
        return titled("test", scenario_id, next((test.title for test in tests), ""))

    def source(self, source_id: str) -> str:
        """Return a source's name in quotes."""
        pins = (pin for agent in self.agents for pin in agent.sources if pin.id == source_id)
        return quoted(next((pin.name for pin in pins), "") or spaced(source_id))

    def tables(self, table_id: str) -> Iterator[DecisionTable]:
        """Yield the versions of a decision table, the newer one first."""
        return (table for agent in self.agents for table in agent.tables if table.id == table_id)

    def _workflows(self, workflow_id: str) -> Iterator[Workflow]:
        return (flow for agent in self.agents for flow in agent.workflows if flow.id == workflow_id)

    def _labels(self, fact_id: str) -> Iterator[str]:
        for agent in self.agents:
            yield from (slot.label for flow in agent.workflows for slot in flow.slots if slot.id == fact_id)
            yield from (
                given.label for table in agent.tables for given in table.inputs if given.id == fact_id
            )
