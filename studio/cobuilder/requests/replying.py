"""From a request to one reply: read it, carry it out on a sketch, check the result, make the proposal.

- Readings are tried in order; a reading whose effect does not fit gives way to the next.
- A proposal is made only if the draft, with it, breaks no check that held before.
- Where the request goes against a sentence of a document, a warning quotes it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from studio.checks.all import run_checks
from studio.cobuilder.requests import waiting
from studio.cobuilder.requests.amounts import Carried
from studio.cobuilder.requests.flow_edits import sweep
from studio.cobuilder.requests.items import NOUNS, Index, Match
from studio.cobuilder.requests.kinds import (
    SLOT_KINDS,
    Done,
    Ground,
    NeedsModel,
    No,
    NotMine,
    Outcome,
    Told,
    Turn,
    Unsure,
    choices,
)
from studio.cobuilder.requests.likely import pages_for
from studio.cobuilder.requests.registry import KINDS
from studio.cobuilder.requests.understanding import Reading, nearest, other_splits, readings
from studio.cobuilder.requests.wording import bare, initial, plain, several, stripped
from studio.cobuilder.sketch.drafting import Sketch
from studio.cobuilder.sketch.rehearsal import meets, walk
from studio.cobuilder.words.values import states, values_in
from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet, apply
from studio.domain.errors import StudioError
from studio.domain.frozen import Json, digest
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.request import Choice, Link, Reply, Verdict
from studio.domain.source import Citation

CLEAR = 0.3
CLEAR_NEAR = 0.15
"""The least share of a request that a pattern has to account for when its items are not all known; less is
enough where an item comes close, for then it can be named."""


def reply_to_one(said: str, text: str, ground: Ground, typed: tuple[tuple[str, str], ...] = ()) -> Reply:
    """Return what CoBuilder says to one plain request; `text` is how it is read, `typed` how it was."""
    found = [_as_typed(reading, typed) for reading in readings(text, KINDS, ground.index)]
    asked: Reply | None = None
    for reading in found:
        if not reading.complete:
            asked = asked or _unclear(said, reading, ground.index)
            if asked is not None and reading.match is not None and reading.match.items:
                return asked
            continue
        turn = Turn(ground, said, reading.found, reading.words, Sketch(ground.agent))
        outcome = reading.kind.effect(turn)
        if isinstance(outcome, No | NotMine):
            turn, outcome = _otherwise(turn, reading, text, outcome)
        if isinstance(outcome, NotMine):
            continue
        if (
            isinstance(outcome, Unsure)
            and not outcome.choices
            and len(found) > 1
            and reading is not found[-1]
        ):
            asked = asked or _say(said, reading, "unsure", outcome.text)
            continue
        return _reply(turn, reading, outcome)
    return asked or not_understood(said, text, ground)


def _as_typed(reading: Reading, typed: tuple[tuple[str, str], ...]) -> Reading:
    """Return a reading whose free words stand as they were typed; only names are read as mended."""
    if not typed or not reading.kind.changes or reading.kind.id.startswith("value-"):
        return reading
    words = dict(reading.words)
    for slot, said in words.items():
        if slot.rstrip("0123456789") not in SLOT_KINDS and not _closed(reading.pattern, slot):
            for wrong, right in typed:
                said = re.sub(rf"\b{re.escape(right)}\b", wrong, said)
            words[slot] = said
    return replace(reading, words=words)


def _closed(pattern: str, slot: str) -> bool:
    """Return whether a slot takes only words that its pattern lists; they have no other spelling."""
    return re.search(rf"\(\?P<{slot}>[\w |'-]+\)", pattern) is not None


def _otherwise(turn: Turn, reading: Reading, text: str, outcome: Outcome) -> tuple[Turn, Outcome]:
    """Return what comes of dividing the words otherwise, where the first division was declined."""
    for other in other_splits(reading, text, turn.ground.index):
        again = Turn(turn.ground, turn.said, other.found, other.words, Sketch(turn.ground.agent))
        found = other.kind.effect(again)
        if isinstance(found, Done | Told):
            return again, found
    return turn, outcome


def _say(said: str, reading: Reading, verdict: Verdict, text: str, made: tuple[Choice, ...] = ()) -> Reply:
    return Reply(request=said, verdict=verdict, text=text, kind=reading.kind.id, choices=made)


def _not_asked(said: str, reading: Reading, phrase: str, index: Index) -> Reply:
    """Return what is said where nobody is asked for something: so, and what is asked for."""
    asked = [item for item in index.items if item.kind == "fact" and item.path]
    names = several([f"“{item.name}”" for item in asked[:8]])
    text = f"Nobody is asked for “{phrase}”, so nothing has to change. The agent asks for {names}."
    near = index.find(phrase, ("fact",)).near[:2]
    made = tuple(
        Choice(label=f"Stop asking for “{i.name}”", request=f"Stop asking for {i.name}") for i in near
    )
    return _say(said, reading, "refused", text, made)


def _unclear(said: str, reading: Reading, index: Index) -> Reply | None:
    """Return the question back where a reading names several items, or none that is known."""
    match = reading.match or Match("", ())
    kinds = SLOT_KINDS.get(reading.unclear.rstrip("0123456789"), ())
    noun = NOUNS.get(kinds[0], "item") if len(kinds) == 1 else "item"
    phrase = bare(match.phrase)
    if reading.kind.id == "fact-stop" and not match.items and len(phrase.split()) < 6:
        return _not_asked(said, reading, phrase, index)
    asked = re.fullmatch(r"asks? (?:<?customers?>? )?(?:for|about) (?:the |a |an |their )?(.+)", phrase, re.I)
    if reading.kind.id == "ask-why" and asked and not index.find(asked[1], ("fact",)).items:
        return _not_asked(said, reading, asked[1], index)
    if match.items:
        names = several([item.label for item in match.items[:4]], "or")
        return _say(
            said, reading, "unsure", f"Did you mean {names}?", choices(said, match.phrase, match.items)
        )
    near = match.near[:3]
    if len(phrase.split()) > 6 or reading.score < (CLEAR_NEAR if near else CLEAR):
        return None
    text = f"I know no {noun} “{phrase}”, so I cannot do this: {initial(reading.kind.does)}"
    if near:
        text += f" Close to it: {several([item.label for item in near], 'or')}."
    return _say(said, reading, "unsure", text, choices(said, match.phrase, near))


def not_understood(said: str, text: str, ground: Ground | None = None) -> Reply:
    """Return the reply to what nobody understands: said so, with the kinds that come closest."""
    near = nearest(text, KINDS) if ground is None or not pages_for(text) else []
    pages = tuple(pages_for(text)) if ground is not None else ()
    words = (
        "I do not understand that as one of the requests I know, and I do not guess. Say one "
        "change or one question, with the name or number of what you mean."
    )
    if pages:
        words += f" You can do it yourself on {pages[0].label}."
    words += " A language model may understand it, where one is chosen in Settings."
    made = tuple(
        Choice(label=kind.examples[0], request=kind.examples[0])
        for kind in near
        if ground is not None and _works(kind.examples[0], ground)
    )
    ask = Choice(label="What can I ask?", request="What can I ask?")
    made = (*(each for each in made if each != ask), ask) if ground is not None else made
    return Reply(request=said, verdict="not understood", text=words, choices=made, links=pages)


def _works(example: str, ground: Ground) -> bool:
    """Return whether an example fits this agent, so that it can be offered."""
    found = next(iter(readings(stripped(plain(example)), KINDS, ground.index)), None)
    return found is not None and found.complete


def _reply(turn: Turn, reading: Reading, outcome: Outcome) -> Reply:
    if isinstance(outcome, Told):
        return Reply(
            request=turn.said,
            verdict="answered",
            text=outcome.text,
            kind=reading.kind.id,
            links=outcome.links,
            citations=outcome.citations,
        )
    if isinstance(outcome, Unsure):
        return _say(turn.said, reading, "unsure", outcome.text, outcome.choices)
    if isinstance(outcome, NeedsModel):
        return _say(turn.said, reading, "needs a language model", outcome.text, outcome.choices)
    if isinstance(outcome, No):
        return _say(turn.said, reading, "refused", outcome.text)
    assert isinstance(outcome, Done)
    return _propose(turn, reading, outcome)


def _propose(turn: Turn, reading: Reading, done: Done) -> Reply:
    swept = () if isinstance(done, Carried) else sweep(turn)
    changes = done.changes if isinstance(done, Carried) else turn.sketch.changes()
    if swept:
        goes = (
            f"Nothing leads to {several([f'“{each}”' for each in swept])} any more, so it goes with "
            f"this change."
        )
        done = Done(f"{done.text} {goes}", done.title, done.warnings)
    if not changes:
        return _say(turn.said, reading, "refused", "That would change nothing: it is so already.")
    instead = waiting.renumbering(turn.ground, changes)
    changes = waiting.with_numbers(changes, instead)
    done = replace(done, text=waiting.renumbered(done.text, instead))
    done = replace(done, title=waiting.renumbered(done.title, instead))
    try:
        after = apply(
            turn.ground.agent, ChangeSet(title=done.title, changes=tuple(c.change for c in changes))
        )
    except StudioError as error:
        return _say(turn.said, reading, "refused", f"I cannot do that: {error}")
    broken = _newly_broken(turn.ground.agent, after)
    if broken:
        text = f"I do not propose that, because it would break something: {' '.join(broken[:3])}"
        return _say(turn.said, reading, "refused", text)
    changes = tuple(_warned(change) for change in changes)
    warnings = [
        *done.warnings,
        *(w for change in changes for w in change.warnings),
        *_failing(turn.ground.agent, after),
        *waiting.warnings(turn.ground, changes),
    ]
    changes = _with_warnings(changes, done.warnings)
    proposal = Proposal(
        id=turn.ground.proposal_id,
        title=done.title,
        base_digest=_digest_now(_This(turn.ground.agent)),
        created_at=turn.ground.now,
        changes=_tied(changes),
        unaffected=done.unaffected if isinstance(done, Carried) else (),
    )
    return Reply(
        request=turn.said,
        verdict="proposed",
        text=done.text,
        kind=reading.kind.id,
        links=_links(turn, changes),
        citations=_cited(changes),
        warnings=tuple(dict.fromkeys(warnings)),
        proposal=proposal,
    )


@dataclass(frozen=True, eq=False)
class _This:
    """An agent by identity: the same object stands the same, and comparing its content would cost as much."""

    agent: Agent

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _This) and other.agent is self.agent

    def __hash__(self) -> int:
        return id(self.agent)


@lru_cache(maxsize=4)
def _broken_now(this: _This) -> frozenset[str]:
    """Return the checks that a draft breaks before anything is asked of it."""
    return frozenset(check.id for check in run_checks(this.agent) if check.status == "broken")


@lru_cache(maxsize=4)
def _digest_now(this: _This) -> str:
    return digest(this.agent)


@lru_cache(maxsize=4)
def _met_now(this: _This) -> frozenset[str]:
    """Return the tests that a draft meets before anything is asked of it."""
    agent = this.agent
    return frozenset(
        test.id
        for test in agent.scenarios
        if (course := walk(agent, test)) is not None and meets(test, course)
    )


def _newly_broken(before: Agent, after: Agent) -> list[str]:
    held = _broken_now(_This(before))
    return [check.detail for check in run_checks(after) if check.status == "broken" and check.id not in held]


def _tied(changes: tuple[ProposedChange, ...]) -> tuple[ProposedChange, ...]:
    """Return the changes, all of them tied together: a request is carried out whole or not at all."""
    if any(change.depends_on for change in changes) or len(changes) < 2:
        return changes
    names = tuple(change.id for change in changes)
    return tuple(
        change.model_copy(update={"depends_on": tuple(n for n in names if n != change.id)})
        for change in changes
    )


def _words(tree: Json) -> str:
    if isinstance(tree, dict):
        return " ".join(_words(value) for name, value in tree.items() if name != "citations")
    if isinstance(tree, list):
        return " ".join(_words(value) for value in tree)
    return tree if isinstance(tree, str) else ""


def _warned(change: ProposedChange) -> ProposedChange:
    """Return a change with a warning for every cited sentence that states what it takes away."""
    edit = change.change
    if edit.is_move:
        return change
    before, after = _words(edit.before), _words(edit.after)
    found: list[str] = []
    for citation in _own(edit.before):
        quote = " ".join(citation.quote.split())
        gone = edit.after is None and edit.path.startswith("charter/rules/")
        lost = [v for v in values_in(quote) if states(before, v) and not states(after, v)]
        if gone or lost:
            found.append(f"{citation.source_id} “{citation.source_name}” says: “{quote}”")
    return change.model_copy(update={"warnings": tuple(dict.fromkeys((*change.warnings, *found)))})


def _own(tree: Json) -> tuple[Citation, ...]:
    found = tree.get("citations", ()) if isinstance(tree, dict) else ()
    return tuple(Citation.model_validate(each) for each in found)


def _with_warnings(changes: tuple[ProposedChange, ...], more: tuple[str, ...]) -> tuple[ProposedChange, ...]:
    """Return the changes with what else is to be read first, at the first of them."""
    if not more or not changes:
        return changes
    first = changes[0].model_copy(update={"warnings": (*changes[0].warnings, *more)})
    return (first, *changes[1:])


def _failing(before: Agent, after: Agent) -> list[str]:
    """Return a sentence on the tests that the draft met before and would no longer meet."""
    held = _met_now(_This(before))
    same = {test.id: test for test in before.scenarios}
    failing = [
        test.id
        for test in after.scenarios
        if test.id in held
        and same.get(test.id) == test
        and (course := walk(after, test)) is not None
        and not meets(test, course)
    ]
    if not failing:
        return []
    return [
        f"{several(failing[:6])} would no longer pass; look whether "
        f"{'they' if len(failing) > 1 else 'it'} should expect something else."
    ]


def _links(turn: Turn, changes: tuple[ProposedChange, ...]) -> tuple[Link, ...]:
    by_path = turn.ground.index.by_path
    links = []
    for change in changes:
        path = re.match(
            r"(?:charter/rules|workflows|tables|tools|scenarios)/[^/]+(?:/(?:steps|rows)/[^/]+)?",
            change.change.path,
        )
        item = by_path.get(path[0]) if path else None
        if item is not None and item.link is not None and item.link not in links:
            links.append(item.link)
    if any(change.change.path == "charter/ai_disclosure" for change in changes):
        links.append(Link(page="charter", item="", label="the greeting"))
    return tuple(links[:6])


def _cited(changes: tuple[ProposedChange, ...]) -> tuple[Citation, ...]:
    found: dict[str, Citation] = {}
    for change in changes:
        for citation in change.citations:
            found.setdefault(citation.fingerprint, citation)
    return tuple(found.values())[:4]
