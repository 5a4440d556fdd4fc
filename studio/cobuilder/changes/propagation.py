"""One fact, one value: a value that changed is changed in every place that states it.

- Numbers of one matter stand or fall together; texts may be decided one by one.
- Where a length of time counts from another event than before, the step that looks the fact up is
  bound to the reply value that is named after the new event; without one, a question is left.
"""

from __future__ import annotations

from dataclasses import replace

from studio.cobuilder.changes.matters import (
    Spread,
    about,
    cites,
    clauses,
    judge,
    recited,
    speaks_of,
    why_shift,
    words_about,
)
from studio.cobuilder.changes.numbers import move_numbers
from studio.cobuilder.changes.places import Leaf, leaves, read, with_texts
from studio.cobuilder.changes.renaming import rename_fact, swapped
from studio.cobuilder.changes.shifts import Shift, ValueShift
from studio.cobuilder.collisions.conflicts import stronger
from studio.cobuilder.sketch.desk import Desk, sentence_of
from studio.cobuilder.sketch.drafting import step_path
from studio.cobuilder.words.known_facts import facts_of
from studio.cobuilder.words.matching import Meeting, ValueChange, topic
from studio.domain.frozen import to_json
from studio.domain.source import Citation, Source
from studio.domain.workflow import ToolCall


def spread(desk: Desk, meeting: Meeting, change: ValueChange, at_home: str | None) -> Spread:
    """Carry a value change into every place of its matter; `at_home` is the rule's own path."""
    done = Spread()
    if holder := holding(desk, meeting, ValueShift(change)):
        desk.unaffected.append(f"“{change.old.shown}” stays: {holder.name} goes first and still says it.")
        return done
    carry(desk, meeting, ValueShift(change), at_home, done)
    told = len(done.paths)
    move_numbers(desk, meeting, change, at_home, done)
    if change.moved_event:
        _rebind(desk, meeting, change, done)
    desk.sketch.together(done.paths[told:])
    return _needing(desk, done, at_home)


def spread_words(desk: Desk, meeting: Meeting, shift: Shift, at_home: str | None) -> Spread:
    """Carry a change of a date, a name or a list into every place that states it."""
    done = Spread()
    if shift.scope == "rule":
        _ask_how(desk, meeting, shift)
        return done
    carry(desk, meeting, shift, at_home, done)
    if shift.scope == "everywhere":
        desk.sketch.together(done.paths)
    return _needing(desk, done, at_home)


def holding(desk: Desk, meeting: Meeting, shift: Shift) -> Source | None:
    """Return the weightier paper that still states the old fact of the matter, if one does."""
    for other, _ in desk.others:
        first, _ = stronger(desk.source, other, desk.authority_order)
        if first is None or first.id != other.id or desk.by:
            continue
        texts = (block.text for block in other.current.document.blocks if block.kind != "heading")
        parts = (part for text in texts for part in clauses(text))
        about_it = about(meeting)
        if any(shift.moved(part) != part and words_about(part) & about_it for part in parts):
            return other
    return None


def _ask_how(desk: Desk, meeting: Meeting, shift: Shift) -> None:
    desk.ask(
        f"How shall the agent ask for it? It is {shift.shown} now, and the agent asks customers for the old.",
        "What is asked for has a form and is checked by a system; another name alone does not change that.",
        "missing fact",
        desk.cite(meeting.statement),
    )


def _needing(desk: Desk, done: Spread, at_home: str | None) -> Spread:
    for path in done.paths:
        if at_home:
            desk.sketch.needs(path, at_home)
    return done


def carry(
    desk: Desk, meeting: Meeting, shift: Shift, at_home: str | None, done: Spread, tests: bool = False
) -> None:
    """Change every text that states the old fact; tests are only touched by `tests`, or by a new name."""
    found: dict[str, tuple[Leaf, dict[tuple[str | int, ...], str]]] = {}
    rivals = _rivals(desk, meeting, shift)
    sketch = desk.sketch
    for leaf in read(sketch.base)[1] if sketch.is_untouched else leaves(sketch.tree):
        moved = shift.moved(leaf.text)
        if moved == leaf.text or _is_set_elsewhere(desk, shift, leaf, at_home, tests=tests):
            continue
        if judge(meeting, shift, leaf, rivals):
            found.setdefault(leaf.path, (leaf, {}))[1][leaf.way] = moved
        elif not tests:
            desk.unaffected.append(f"{leaf.label} also states “{shift.was}”, but of another matter.")
    for leaf, texts in found.values():
        done.paths.append(_set_texts(desk, meeting, shift, leaf, texts))


def _rivals(desk: Desk, meeting: Meeting, shift: Shift) -> list[str]:
    """Return other sentences that the agent stands on, which state the same value and keep it."""
    document = " ".join(desk.source.current.document.text.split()) if desk.source.versions else ""
    cited = (t for t in desk.targets if t.citation is not None and t.text != meeting.target.text)
    texts = {" ".join(target.text.split()): target for target in cited}
    said = (" ".join(s.quote.split()) for s in desk.statements if s.id != meeting.statement.id)
    kept = [text for text in said if shift.moved(text) != text]
    return kept + [
        text
        for text, target in texts.items()
        if shift.moved(text) != text
        and target.citation is not None
        and (
            text in document or (target.citation.source_id != desk.source.id and not speaks_of(meeting, text))
        )
    ]


def _is_set_elsewhere(desk: Desk, shift: Shift, leaf: Leaf, at_home: str | None, *, tests: bool) -> bool:
    """Return whether a text is not for `carry`: a rule's own words, tests that move with their limit."""
    if leaf.path == at_home:
        return leaf.way[:1] in (("text",), ("title",))
    if leaf.area == "scenarios":
        later = isinstance(shift, ValueShift)
        return later != tests or (tests and desk.sketch.touched(leaf.path))
    pairs = leaf.way[-1:] == ("then",) or "branches" in leaf.way
    return tests or (pairs and not leaf.is_value and shift.scope != "everywhere")


def _set_texts(
    desk: Desk, meeting: Meeting, shift: Shift, leaf: Leaf, texts: dict[tuple[str | int, ...], str]
) -> str:
    item = with_texts(desk.sketch.at(leaf.path), texts)
    if isinstance(item, dict) and item.get("citations") and cites(meeting, (p for p, _ in leaf.cited)):
        known = tuple(Citation.model_validate(each) for each in item["citations"])
        item["citations"] = [to_json(each) for each in recited(desk, meeting, known)]
    return desk.sketch.put(leaf.path, item, why_shift(desk, meeting, shift, leaf.label, 0.85))


def _rebind(desk: Desk, meeting: Meeting, change: ValueChange, done: Spread) -> None:
    """Bind facts that count from an event to the reply value that counts from the new one."""
    assert change.old.event and change.new.event
    missing = set(done.facts)
    for flow in desk.sketch.agent.workflows:
        known = facts_of(desk.sketch.agent, flow)
        for step in flow.steps:
            if not isinstance(step, ToolCall):
                continue
            bindings, told = list(step.results), ""
            for at, binding in enumerate(bindings):
                if binding.fact not in done.facts or not topic(change.old.event) & _words(binding.result):
                    continue
                offered = [f for f in known if f.step == step.id and f.result]
                best = _counterpart(binding.result, change, [str(f.result) for f in offered])
                if best:
                    bindings[at] = binding.model_copy(update={"result": best})
                    was, now, known_as = (
                        name.replace("_", " ") for name in (binding.result, best, binding.fact)
                    )
                    told += f" “{known_as}” was set from “{was}” and will be set from “{now}”."
                    missing.discard(binding.fact)
            if tuple(bindings) != step.results:
                where = f"Step “{step.title}” of “{flow.name}”"
                why = desk.why(
                    f"{where}: count from {change.new.event}, not {change.old.event}",
                    f"The days now count from the {change.new.event}; the system gives that, too.{told}",
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
