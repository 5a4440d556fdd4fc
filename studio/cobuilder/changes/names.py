"""Names of an agent's world, and how far a new name goes: people's desks, choices, answers, systems.

- A name is new everywhere when the document that changes it says the old one nowhere any more, and no
  weightier paper still does; otherwise only what stands on the changed sentence takes the new name.
"""

from __future__ import annotations

from dataclasses import replace

from studio.cobuilder.changes.shifts import Shift, ValueShift, WordShift, shifts_between
from studio.cobuilder.collisions.conflicts import stronger
from studio.cobuilder.sketch.desk import Desk
from studio.domain.agent import Agent
from studio.domain.workflow import Decide, Handoff


def names_of(agent: Agent) -> frozenset[str]:
    """Return what things are called in an agent: queues, choices, answers, labels; in lower case."""
    found: set[str] = set()
    for flow in agent.workflows:
        for slot in flow.slots:
            found |= set(slot.choices)
        for step in flow.steps:
            if isinstance(step, Handoff):
                found.add(step.queue)
            elif isinstance(step, Decide):
                found |= {branch.id for branch in step.branches}
    for table in agent.tables:
        found |= {row.then for row in table.rows}
        for row in table.rows:
            found |= {cell.value for cell in row.cells if isinstance(cell.value, str)}
    return frozenset(name.casefold() for name in found if name)


def word_shifts(desk: Desk, old: str, new: str) -> list[Shift]:
    """Return the dates, names and lists that differ between two sentences, each as far as it goes."""
    found = shifts_between(" ".join(old.split()), " ".join(new.split()), names_of(desk.agent))
    return [_settled(desk, shift) for shift in found if not isinstance(shift, ValueShift)]


def asked_for(agent: Agent) -> frozenset[str]:
    """Return what customers are asked for, as it is called, in lower case."""
    return frozenset(slot.label.casefold() for flow in agent.workflows for slot in flow.slots)


def _settled(desk: Desk, shift: Shift) -> Shift:
    if not isinstance(shift, WordShift):
        return shift
    if shift.old.casefold() in asked_for(desk.agent):
        return replace(shift, scope="rule")  # another fact is asked for: more than another name
    if shift.scope != "everywhere":
        return shift
    texts = [desk.source.current.document.text] if not desk.by else []
    for other, _ in desk.others:
        first, _ = stronger(desk.source, other, desk.authority_order)
        if first is None or first.id == other.id:
            texts.append(other.current.document.text)
    still = any(shift.moved(" ".join(text.split())) != " ".join(text.split()) for text in texts)
    return replace(shift, scope="linked") if still else shift
