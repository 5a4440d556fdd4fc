"""One fact, one value: a value that changed is changed in every place that states it.

- Numbers of one matter stand or fall together; texts may be decided one by one.
- Where a length of time counts from another event than before, the step that looks the fact up is
  bound to the reply value that is named after the new event; without one, a question is left.
"""

from __future__ import annotations

from dataclasses import replace

from studio.cobuilder.desk import Desk, sentence_of
from studio.cobuilder.drafting import Why, step_path, text_places
from studio.cobuilder.known_facts import facts_of
from studio.cobuilder.matching import Meeting, ValueChange, topic
from studio.cobuilder.matters import Spread, of_matter, recited, why_value
from studio.cobuilder.number_drafts import move_numbers
from studio.cobuilder.renaming import rename_fact, swapped
from studio.cobuilder.values import patched, states
from studio.domain.workflow import ToolCall


def spread(desk: Desk, meeting: Meeting, change: ValueChange, at_home: str | None) -> Spread:
    """Carry a value change into every place of its matter; `at_home` is the rule's own path."""
    done = Spread()
    _texts(desk, meeting, change, at_home, done)
    told = len(done.paths)
    move_numbers(desk, meeting, change, at_home, done)
    if change.moved_event:
        _rebind(desk, meeting, change, done)
    desk.sketch.together(done.paths[told:])
    for path in done.paths:
        if at_home:
            desk.sketch.needs(path, at_home)
    return done


def _texts(desk: Desk, meeting: Meeting, change: ValueChange, at_home: str | None, done: Spread) -> None:
    for place in text_places(desk.sketch.agent):
        if place.path == at_home or not states(place.text, change.old):
            continue
        if not of_matter(desk, meeting, change, place.citations, place.text):
            desk.unaffected.append(f"{place.label} also states “{change.old.shown}”, but of another matter.")
            continue
        text = patched(place.text, change.old, change.new)
        why = why_value(desk, meeting, change, place.label, 0.85)
        done.paths.append(_set_text(desk, meeting, place.path, place.field, text, why))


def _set_text(desk: Desk, meeting: Meeting, path: str, name: str, text: str, why: Why) -> str:
    if path.split("/")[-1] == name:
        return desk.sketch.put(path, text, why)
    item = desk.sketch.item(path)
    fields: dict[str, object] = {name: text}
    if hasattr(item, "citations"):
        fields["citations"] = recited(desk, meeting, item.citations)
    return desk.sketch.edit(path, item, why, **fields)


def _rebind(desk: Desk, meeting: Meeting, change: ValueChange, done: Spread) -> None:
    """Bind facts that count from an event to the reply value that counts from the new one."""
    assert change.old.event and change.new.event
    missing = set(done.facts)
    for flow in desk.sketch.agent.workflows:
        known = facts_of(desk.sketch.agent, flow)
        for step in flow.steps:
            if not isinstance(step, ToolCall):
                continue
            bindings = list(step.results)
            for at, binding in enumerate(bindings):
                if binding.fact not in done.facts or not topic(change.old.event) & _words(binding.result):
                    continue
                offered = [f for f in known if f.step == step.id and f.result]
                best = _counterpart(binding.result, change, [str(f.result) for f in offered])
                if best:
                    bindings[at] = binding.model_copy(update={"result": best})
                    missing.discard(binding.fact)
            if tuple(bindings) != step.results:
                where = f"Step “{step.title}” of “{flow.name}”"
                why = desk.why(
                    f"{where}: count from {change.new.event}, not {change.old.event}",
                    f"The days now count from the {change.new.event}; the system gives that number too.",
                    meeting.statement,
                    confidence=0.8,
                )
                path = step_path(flow.id, step.id)
                done.paths.append(desk.sketch.edit(path, step, why, results=tuple(bindings)))
    _rename(desk, meeting, change, done, done.facts - missing)
    for fact in sorted(name for name in missing if _reads(desk, name, change)):
        desk.ask(
            f"How does the agent learn when the {change.new.event} was? “{fact.replace('_', ' ')}” counts "
            f"from the {change.old.event}, and no system that it asks gives the other.",
            f"“{sentence_of(meeting.statement)}” counts from another event than before.",
            "missing fact",
            desk.cite(meeting.statement),
        )


def _rename(desk: Desk, meeting: Meeting, change: ValueChange, done: Spread, facts: set[str]) -> None:
    """Give facts whose name speaks of the old event the name of the new one."""
    events = (change.old.event or "", change.new.event or "")
    for fact in sorted(facts):
        now = swapped(fact, *events)
        if now != fact:
            done.paths += rename_fact(desk, fact, now, events, meeting.statement)
            done.thresholds = [replace(t, fact_now=now) if t.fact == fact else t for t in done.thresholds]


def _words(name: str) -> frozenset[str]:
    return topic(name.replace("_", " "))


def _reads(desk: Desk, fact: str, change: ValueChange) -> bool:
    """Return whether a fact still counts from the old event: by its name, or by what it is bound to."""
    names = {fact} | {
        binding.result
        for flow in desk.sketch.agent.workflows
        for step in flow.steps
        if isinstance(step, ToolCall)
        for binding in step.results
        if binding.fact == fact
    }
    return any(topic(change.old.event or "") & _words(name) for name in names)


def _counterpart(result: str, change: ValueChange, offered: list[str]) -> str | None:
    """Return the reply value that is to the new event what `result` is to the old one."""
    rest = _words(result) - topic(change.old.event or "")
    for name in offered:
        words = _words(name)
        if name != result and topic(change.new.event or "") <= words and rest <= words:
            return name
    return None
