"""What helps to decide: what comes along, what goes together, three columns, and the value as a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pydantic import ValidationError

from studio.cobuilder.words.values import values_in
from studio.diff.naming import Names
from studio.domain.agent import Agent
from studio.domain.changeset import NOUNS, Change, ChangeSet, apply, join_path, lookup, split_path
from studio.domain.errors import StudioError, WrongUse
from studio.domain.frozen import Json
from studio.domain.known import Fact
from studio.domain.places import item_path, place_name
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.rebase import Fitted
from studio.domain.review import Verdict
from studio.domain.scenario import Fault
from studio.domain.three_way import ORDER, Clash
from studio.ports import UnitOfWork
from studio.services.once import once, tree_of
from studio.services.queries.review import proposal_page
from studio.services.queries.talk import Happened, Thread, comments_on, happened_to, threads_of
from studio.services.rebasing import Fitting, as_it_fits, fitting
from studio.services.run_setup import possible_faults, steps_of_fault
from studio.services.standing import Standing, standing
from studio.services.value_fields import LABELS, fields_of, with_texts
from studio.services.value_parts import ValueField, facts_for
from studio.services.wording import describe

_FEW_FIGURES = 5
_ANSWERS: dict[str, Verdict] = {"accept": "accepted", "reject": "rejected"}


def _proposal(stand: Standing, proposal_id: str) -> Proposal:
    found = next((p for p in stand.proposals if p.id == proposal_id), None)
    if found is None:
        raise WrongUse(
            f"There is no proposal “{proposal_id}”.", "`cobuilder review list` shows what there is."
        )
    return found


def _change(proposal: Proposal, change_id: str) -> ProposedChange:
    try:
        return proposal.change(change_id)
    except KeyError:
        raise WrongUse(f"Proposal {proposal.id} has no change “{change_id}”.") from None


# What comes along


@dataclass(frozen=True, slots=True)
class ForetellDecision:
    """Ask what else a decision on some changes takes along, before it is made; "" where nothing."""

    proposal_id: str
    change_ids: tuple[str, ...]
    deed: Literal["accept", "reject"]
    counted: bool = False

    def answer(self, unit: UnitOfWork) -> str:
        """Return a sentence; raises WrongUse."""
        return self.told(standing(unit))

    def told(self, stand: Standing) -> str:
        """Return the sentence of a standing; raises WrongUse."""
        proposal = _proposal(stand, self.proposal_id)
        along = proposal.requirements if self.deed == "accept" else proposal.dependents
        done = _ANSWERS[self.deed]
        also = {other for each in self.change_ids for other in along(_change(proposal, each).id)}
        also -= set(self.change_ids)
        names = [
            f"{c.id} “{c.title}”"
            for c in proposal.changes
            if c.id in also and stand.verdict(proposal, c) != done
        ]
        if not names:
            return ""
        if self.counted:  # beside the change, whose column names them all
            many = "1 change" if len(names) == 1 else f"{len(names)} changes"
            if self.deed == "accept":
                return f"Accepting also accepts {many} it stands on."
            return f"Rejecting also rejects {many} that need{'s' if len(names) == 1 else ''} it."
        shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        one = len(self.change_ids) == 1
        if self.deed == "accept":
            return f"Accepting {'it' if one else 'them'} also accepts {shown}."
        return f"Rejecting {'it' if one else 'them'} also rejects {shown}."


# What can be decided together


@dataclass(frozen=True, slots=True)
class DecisionGroup:
    """Changes that can be decided together: all of one kind, by the name that people give it."""

    name: str
    change_ids: tuple[str, ...]
    open_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShowKinds:
    """Ask of which kinds the changes of a proposal are: rules, steps, rows, tests, …"""

    proposal_id: str

    def answer(self, unit: UnitOfWork) -> tuple[DecisionGroup, ...]:
        """Return the kinds in the proposal's order; raises WrongUse."""
        stand = standing(unit)
        return _kinds_once(stand, _proposal(stand, self.proposal_id))


def _kinds_once(stand: Standing, proposal: Proposal) -> tuple[DecisionGroup, ...]:
    return once(stand, ("kinds", proposal.id), lambda: _kinds(stand, proposal))


def _kinds(stand: Standing, proposal: Proposal) -> tuple[DecisionGroup, ...]:
    found: dict[str, list[str]] = {}
    for change in proposal.changes:
        found.setdefault(kind_of(change), []).append(change.id)
    waits = {c.id for c in proposal.changes if stand.verdict(proposal, c) is None}
    return tuple(
        DecisionGroup(name, tuple(ids), tuple(each for each in ids if each in waits))
        for name, ids in found.items()
    )


_PLURALS = {
    "Way out": "Ways out",
    "Kind of request": "Kinds of requests",
    "Table of records": "Tables of records",
}


def kind_of(change: ProposedChange) -> str:
    """Return of what kind a change is, in the plural: “Rules”, “Steps”, “Tests”."""
    segments = split_path(item_path(change.change.path))
    named = [segment for segment in segments[:-1] if segment in NOUNS]
    if not named:
        return "The charter" if segments[0] == "charter" else segments[0].capitalize()
    noun = NOUNS[named[-1]]
    return _PLURALS.get(noun, f"{noun}s")


# Three columns


@dataclass(frozen=True, slots=True)
class ClashRow:
    """One place to choose for: what it is called, and what each of the three says there, in words.

    `may_be_theirs` is False where the draft no longer has what the change belongs to; `along` are further
    parts of the same item that only the proposal changed, which come with it whatever is chosen.
    """

    change_id: str
    change_title: str
    path: str
    name: str
    live: str
    theirs: str
    mine: str
    may_be_theirs: bool = True
    along: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreeColumns:
    """How a proposal fits the draft: what was fitted without asking, what waits for a choice."""

    proposal_id: str
    title: str
    rows: tuple[ClashRow, ...]
    moved: tuple[tuple[str, str], ...]
    waits: tuple[str, ...]
    live_is: str = "Live version"

    def of(self, change_id: str) -> tuple[ClashRow, ...]:
        """Return the places of one change."""
        return tuple(row for row in self.rows if row.change_id == change_id)


@dataclass(frozen=True, slots=True)
class ShowThreeColumns:
    """Ask where the draft and a proposal say something else of one place."""

    proposal_id: str

    def answer(self, unit: UnitOfWork) -> ThreeColumns:
        """Return the places; raises WrongUse."""
        stand = standing(unit)
        return _columns_once(stand, _proposal(stand, self.proposal_id))


def _columns_once(stand: Standing, proposal: Proposal) -> ThreeColumns:
    return once(stand, ("columns", proposal.id), lambda: _columns(stand, proposal))


def _columns(stand: Standing, proposal: Proposal) -> ThreeColumns:
    found = fitting(stand, proposal)
    trees = (tree_of(stand.draft), tree_of(stand.live))
    pairs = [(each, clash) for each in found.clashing for clash in each.clashes]
    names = Names(stand.live, _proposed(stand, found))
    rows = tuple(_row(found, each, clash, trees, names) for each, clash in pairs)
    titles = {change.id: change.title for change in found.as_it_fits.changes}
    is_live = all(lookup(trees[1], clash.path) == clash.base for _, clash in pairs)
    return ThreeColumns(
        proposal_id=found.proposal.id,
        title=found.proposal.title,
        rows=rows,
        moved=tuple((each.id, titles[each.id]) for each in found.moved),
        waits=tuple(each.id for each in found.fitted if each.state == "waits"),
        live_is="Live version" if is_live else "When it was proposed",
    )


def _row(found: Fitting, fitted: Fitted, clash: Clash, trees: tuple[Json, ...], names: Names) -> ClashRow:
    change = found.proposal.change(fitted.id)
    return ClashRow(
        change_id=fitted.id,
        change_title=change.title,
        path=clash.path,
        name=_place(clash, trees, names),
        live=_words(clash.path, clash.base, names),
        theirs=_words(clash.path, clash.theirs, names),
        mine=_words(clash.path, clash.mine, names),
        may_be_theirs=fitted.state != "gone",
        along=_along(found, fitted),
    )


def _along(found: Fitting, fitted: Fitted) -> tuple[str, ...]:
    change = found.proposal.change(fitted.id).change
    before, after = change.before, change.after
    if not isinstance(before, dict) or not isinstance(after, dict):
        return ()
    clashing = {
        split_path(clash.path)[len(change.segments)] for clash in fitted.clashes if clash.path != change.path
    }
    names = [key for key in dict.fromkeys((*before, *after)) if before.get(key) != after.get(key)]
    return tuple(_plain(name) for name in names if clashing and name not in clashing)


def _plain(name: str) -> str:
    return {"citations": "sentences it stands on"}.get(name, LABELS.get(name, name.replace("_", " "))).lower()


def _place(clash: Clash, trees: tuple[Json, ...], names: Names) -> str:
    """Return what people call a place: the item, and which field of it."""
    segments = split_path(clash.path)
    if segments[0] == "tables" and segments[-2] == "cells":
        row = place_name(trees, join_path(*segments[:-2]))
        return f"{row} · {names.fact(segments[-1])[1:-1]}"
    whole = place_name(trees, clash.path)
    if item_path(clash.path) == clash.path:
        return whole
    field = "the order" if segments[-1] == ORDER else LABELS.get(segments[-1], segments[-1].replace("_", " "))
    return f"{whole} · {field[:1].upper()}{field[1:]}" if field.casefold() not in whole.casefold() else whole


def _words(path: str, value: Json, names: Names) -> str:
    segments = split_path(path)
    if isinstance(value, list) and segments[-1] == ORDER:
        steps = segments[0] == "workflows" and segments[-2] == "steps"
        return "\n".join(names.step(segments[1], str(each)) if steps else str(each) for each in value)
    return describe(path, value, names)


def _proposed(stand: Standing, found: Fitting) -> Agent:
    """Return the draft with what the proposal brings in new, so that it can be called by its name."""
    fitting_ones = {each.id: each.change for each in found.fitted if each.state in ("fits", "moved on")}
    new = [change for change in fitting_ones.values() if change.before is None]
    try:
        return apply(stand.draft, ChangeSet(title="", changes=tuple(new)))
    except (StudioError, ValidationError):
        return stand.draft


# The value as a form


@dataclass(frozen=True, slots=True)
class ValueForm:
    """The fields of a proposed value, and what CoBuilder proposed there, in words.

    `why_not` says why there are none, where there is no value that could be another one. `said` tells the
    figures of the sentences that demand it, where the value has one.
    """

    change_id: str
    title: str
    fields: tuple[ValueField, ...]
    proposed: str
    why_not: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class ShowValueForm:
    """Ask which fields a proposed value has."""

    proposal_id: str
    change_id: str

    def answer(self, unit: UnitOfWork) -> ValueForm:
        """Return the form; raises WrongUse."""
        stand = standing(unit)
        proposal = as_it_fits(stand, _proposal(stand, self.proposal_id))
        change = _change(proposal, self.change_id)
        first = change.reworked[0].was if change.reworked else change.change
        fields = fields_of(_ground(stand, proposal, change), change.change)
        has_figure = any(letter.isdigit() for field in fields for letter in field.text)
        return ValueForm(
            change_id=change.id,
            title=change.title,
            fields=fields,
            proposed=describe(first.path, first.after),
            why_not=_no_value(change.change),
            said=_figures_said(change) if has_figure else "",
        )


def _figures_said(change: ProposedChange) -> str:
    """Return which figures the sentences state that demand a change; nothing where they state none."""
    quotes = dict.fromkeys(" ".join(each.quote.split()) for each in change.citations)
    figures = list(dict.fromkeys(value.shown for quote in quotes for value in values_in(quote)))
    if not figures:
        return ""
    shown = ", ".join(figures[:_FEW_FIGURES]) + (", …" if len(figures) > _FEW_FIGURES else "")
    return f"The sentence says {shown}." if len(quotes) == 1 else f"The sentences say {shown}."


def _no_value(change: Change) -> str:
    """Return why a change has no value that could be edited, or nothing."""
    if change.after is None:
        return "It takes something away, so there is no value to edit: accept it or reject it."
    if change.is_move:
        return "It only moves something, so there is no value to edit: accept it or reject it."
    if change.segments[0] == "sources":
        return "It says which version of a document was read, which is no value to edit: accept or reject it."
    return ""


@dataclass(frozen=True, slots=True)
class ValueGround:
    """What can be chosen from in a form: the draft with the change in it, what conditions can look at.

    `faults` are what can fail in a test, each with the steps at which it can.
    """

    agent: Agent
    facts: dict[str, Fact]
    faults: tuple[tuple[Fault, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class ShowValueGround:
    """Ask what conditions and expectations of a proposed value can speak of."""

    proposal_id: str
    change_id: str

    def answer(self, unit: UnitOfWork) -> ValueGround:
        """Return it; raises WrongUse."""
        stand = standing(unit)
        proposal = as_it_fits(stand, _proposal(stand, self.proposal_id))
        change = _change(proposal, self.change_id)
        ground = _ground(stand, proposal, change)
        faults: tuple[tuple[Fault, tuple[str, ...]], ...] = ()
        if change.change.segments[0] == "scenarios":
            faults = tuple((fault, steps_of_fault(ground, fault)) for fault in possible_faults(ground))
        return ValueGround(ground, facts_for(ground, change.change), faults)


@dataclass(frozen=True, slots=True)
class ReadValue:
    """Ask what a proposed value would be with these texts in its fields."""

    proposal_id: str
    change_id: str
    texts: tuple[tuple[str, str], ...]

    def answer(self, unit: UnitOfWork) -> Json:
        """Return the value; raises WrongUse where a text cannot be read."""
        stand = standing(unit)
        proposal = as_it_fits(stand, _proposal(stand, self.proposal_id))
        change = _change(proposal, self.change_id)
        if not fields_of(_ground(stand, proposal, change), change.change):
            raise WrongUse(
                f"What {change.id} “{change.title}” proposes has no field to fill in.",
                "Accept it, and edit it on the page where it stands then; or reject it.",
            )
        return with_texts(_ground(stand, proposal, change), change.change, dict(self.texts))


def _ground(stand: Standing, proposal: Proposal, change: ProposedChange) -> Agent:
    """Return the draft with what a change stands on, which its fields may speak of."""
    needed = {change.id, *proposal.requirements(change.id)}
    waiting = tuple(
        c.change for c in proposal.changes if c.id in needed and stand.verdict(proposal, c) != "accepted"
    )
    try:
        return apply(stand.draft, ChangeSet(title="", changes=waiting))
    except StudioError:
        return stand.draft


# All of it at once


@dataclass(frozen=True, slots=True)
class Deciding:
    """What stands beside a change in sight: what was said and done, what to choose, what comes along.

    `groups` are what can be decided together, by the words of a menu: the change's own group, then all kinds.
    """

    threads: tuple[Thread, ...]
    happened: tuple[Happened, ...]
    columns: tuple[ClashRow, ...]
    live_is: str
    along: tuple[str, ...]
    groups: tuple[tuple[str, tuple[str, ...]], ...]
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class ShowDeciding:
    """Ask all that at once; without a change, of the whole proposal."""

    proposal_id: str
    change_id: str = ""

    def answer(self, unit: UnitOfWork) -> Deciding:
        """Return it; raises WrongUse."""
        stand, change = standing(unit), self.change_id
        proposal = _proposal(stand, self.proposal_id)
        columns = _columns_once(stand, proposal)
        kinds = [(f"all {kind.name.lower()}", kind.open_ids) for kind in _kinds_once(stand, proposal)]
        page = proposal_page(stand, as_it_fits(stand, proposal))
        deeds: tuple[Literal["accept", "reject"], ...] = ("accept", "reject") if change else ()
        own = next((g for g in page.groups if change and any(row.id == change for row in g.rows)), None)
        mine = [("this group", tuple(row.id for row in own.rows if row.verdict is None))] if own else []
        return Deciding(
            threads=threads_of(comments_on(stand.comments, proposal.id, change)),
            happened=happened_to(stand, proposal, change),
            columns=columns.of(change) if change else (),
            live_is=columns.live_is,
            verdict=stand.verdict(proposal, _change(proposal, change)) if change else None,
            along=tuple(ForetellDecision(proposal.id, (change,), deed, True).told(stand) for deed in deeds),
            groups=(*mine, *kinds),
        )
