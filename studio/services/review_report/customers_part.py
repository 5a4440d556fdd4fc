"""Who is affected: groups of customers, their stories in two columns, by all changes and by each alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from studio.domain.consequence import TOLD, ChangeEffect, Consequences, Story, Talk, Together
from studio.domain.trace import TraceEvent, Turn
from studio.services.queries.consequences import ConsequencesPage
from studio.services.report_parts.blocks import (
    Block,
    Columns,
    Heading,
    Label,
    Run,
    Runs,
    Tone,
    para,
    plain,
    points,
)

GROUPS = 12
"""Groups of customers that are told of one effect."""
TURNS = 14
"""Turns of a story that are told from where both versions part."""


def whole_blocks(page: ConsequencesPage) -> Iterator[Block]:
    """Yield whom all changes together treat differently, with one story a group."""
    yield Heading(1, "Who is affected")
    found = page.found
    if found is None:
        yield para(
            "Nobody has worked out yet which customers these changes treat differently, "
            "so this report cannot tell.",
            "warn",
        )
        return
    if not page.current:
        yield para(
            "The agent or the proposal changed since this was worked out, so it may no longer be so.", "warn"
        )
    made = f", {found.generated:,} of them made for these changes" if found.generated else ""
    yield para(f"{_customers(found.customers)} met both versions{made}.")
    for note in found.notes:
        yield para(note, "warn")
    yield para(found.whole.sentence, "strong")
    yield from _groups(found.whole, stories=True)
    yield from _together(found)


def change_blocks(effect: ChangeEffect | None) -> Iterator[Block]:
    """Yield whom one change treats differently alone."""
    if effect is None:
        return
    yield Label("Who is affected by this change alone")
    required = f" (with {', '.join(effect.requires)}, which it stands on)" if effect.requires else ""
    yield para(f"{effect.sentence}{required}")
    yield from _groups(effect, stories=False)
    if effect.standing == "affects":
        yield para(
            f"Without it, the other changes would treat {_customers(effect.missed)} otherwise.", "muted"
        )


def _customers(count: int) -> str:
    return f"{count:,} customer{'' if count == 1 else 's'}"


def _groups(effect: ChangeEffect, *, stories: bool) -> Iterator[Block]:
    if not stories and effect.groups:
        yield points(_said(group.title, group.amounts) for group in effect.groups[:GROUPS])
    for group in effect.groups[:GROUPS] if stories else ():
        yield Heading(3, _said(group.title, group.amounts), listed=False)
        if group.what:
            yield para(group.what)
        for story in group.stories[:1]:
            yield from story_blocks(story)
    if len(effect.groups) > GROUPS:
        yield para(f"and {len(effect.groups) - GROUPS} more groups, less grave than these", "muted")
    if effect.locks:
        if stories:
            yield Heading(3, "What code refuses otherwise, whoever asks for it", listed=False)
        yield points(f"Whoever asks for it: {lock.words}" for lock in effect.locks)


def _said(title: str, amounts: str) -> str:
    return f"{title} ({amounts})" if amounts and amounts not in title else title


def story_blocks(story: Story) -> Iterator[Block]:
    """Yield one customer before both versions, the first turn that differs marked."""
    at = story.reads_apart_at
    name = f"One of them: {story.customer}, “{story.title}”."
    alike = f" Both conversations go alike up to turn {at}." if at else ""
    yield para(name + alike, "muted")
    rows: list[tuple[Runs, Runs, Tone]] = []
    pairs = zip_longest(story.before.turns[at:], story.after.turns[at:])
    for number, (was, now) in enumerate(pairs):
        if number == TURNS:
            words = plain("and so on", "muted")
            rows.append((words, words, "same"))
            break
        tone: Tone = "same" if was == now else "changed"
        sides = _turn(was), _turn(now)
        if number == 0:
            sides = _marked(*sides)
        rows.append((*sides, tone))
    ends: Tone = "same" if story.before.outcome == story.after.outcome else "changed"
    rows.append((_ends(story.before), _ends(story.after), ends))
    yield Columns(("Today", "With these changes"), tuple(rows))


def _marked(was: Runs, now: Runs) -> tuple[Runs, Runs]:
    """Return both sides of a turn with a mark where they begin to differ."""
    at = next((n for n, (old, new) in enumerate(zip_longest(was, now)) if old != new), 0)
    if at and was[at - 1].style == "strong":  # who speaks stands with what is said
        at -= 1
    mark = Run("Here they part\n", "strong")
    return (*was[:at], mark, *was[at:]), (*now[:at], mark, *now[at:])


def _turn(turn: Turn | None) -> Runs:
    if turn is None:
        return ()
    told = [event for event in turn.events if event.kind in TOLD and event.detail]
    done = [Run(f"{_plainly(event)}\n", "muted") for event in told]
    words = (Run(f"{turn.role.capitalize()}: ", "strong"), Run(turn.text)) if turn.text else ()
    return (*done, *words)


def _plainly(event: TraceEvent) -> str:
    """Return what happened, systems called as people write them."""
    return event.detail.replace(event.tool, event.tool.replace("_", " ")) if event.tool else event.detail


def _ends(talk: Talk) -> Runs:
    queue = f", handed to {talk.queue}" if talk.queue else ""
    return (Run("Ends: ", "strong"), Run(f"{talk.outcome}{queue}"))


def _together(found: Consequences) -> Iterator[Block]:
    if found.together:
        yield Heading(2, "The parts do not add up")
        yield points(_meeting(each) for each in found.together[:GROUPS])


def _meeting(each: Together) -> str:
    return f"{each.words} ({_customers(len(each.customers))})"
