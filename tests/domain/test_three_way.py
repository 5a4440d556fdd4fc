"""Two people change one agent: what goes together goes together, the rest is asked, and nothing is lost."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.changeset import Change, apply_json, identity, lookup
from studio.domain.rebase import Fitted, Wanted, rebase
from studio.domain.three_way import ORDER, Side, merge, same

Tree = dict[str, Any]
WORDS = st.sampled_from(("red", "green", "blue", "late", "early"))
ITEMS = ("R-01", "R-02", "R-03", "R-04")
BASE: Tree = {
    "charter": {
        "purpose": "start",
        "rules": [{"id": name, "title": name.lower(), "text": "first"} for name in ITEMS],
    },
    "tables": [{"id": "window", "rows": [{"id": f"r{n}", "then": "go", "note": "n"} for n in range(3)]}],
}
PLACES = (
    "charter/purpose",
    "charter/tone",
    *(f"charter/rules/{name}/{key}" for name in ITEMS for key in ("title", "text")),
    *(f"tables/window/rows/r{n}/{key}" for n in range(3) for key in ("then", "note")),
)
FIELD = st.tuples(st.sampled_from(PLACES), WORDS)
GONE = st.tuples(st.sampled_from([f"charter/rules/{name}" for name in ITEMS]), st.none())
NEW = st.sampled_from(("N-1", "N-2", "N-3")).map(lambda name: (f"charter/rules/{name}", {"id": name}))
EDITS = st.lists(st.one_of(FIELD, FIELD, FIELD, GONE, NEW), max_size=7)


def _made(edits: list[tuple[str, Any]], tag: str = "") -> tuple[list[Change], Tree]:
    """Return the changes that make these edits of the base, and what comes out."""
    tree, changes = copy.deepcopy(BASE), []
    for path, value in edits:
        parent = path.rpartition("/")[0]
        new = {**value, "title": tag} if isinstance(value, dict) else value
        if lookup(tree, parent) is None or same(lookup(tree, path), new):
            continue
        change = Change(path=path, before=lookup(tree, path), after=new)
        tree = apply_json(tree, [change])
        changes.append(change)
    return changes, tree


def _wanted(changes: list[Change]) -> list[Wanted]:
    return [Wanted(f"C-{n}", change) for n, change in enumerate(changes)]


def _fitted(changes: list[Change], now: Tree, **take: Any) -> tuple[Fitted, ...]:
    return rebase(_wanted(changes), copy.deepcopy(now), **take)


def _after(now: Tree, fitted: tuple[Fitted, ...]) -> Tree:
    after: Tree = apply_json(now, [f.change for f in fitted if f.state in ("fits", "moved on")])
    return after


def _sorted(node: Any) -> Any:
    """Return a tree with lists of items in one order: what two people add at one end has no order."""
    if isinstance(node, dict):
        return {key: _sorted(value) for key, value in node.items()}
    if isinstance(node, list):
        return sorted((_sorted(item) for item in node), key=lambda item: identity(item) or str(item))
    return node


@settings(deadline=None)
@given(EDITS)
def test_on_an_untouched_draft_nothing_changes(edits: list[tuple[str, Any]]) -> None:
    """Where the draft is as it was, each change stays the very change it was."""
    changes, _ = _made(edits)
    fitted = _fitted(changes, BASE)
    assert [f.change for f in fitted] == changes
    assert {f.state for f in fitted} <= {"fits"}


@settings(deadline=None)
@given(EDITS, EDITS)
def test_edits_of_different_places_commute(
    theirs: list[tuple[str, Any]], mine: list[tuple[str, Any]]
) -> None:
    """Two people who touch different items end at the same agent, whoever comes first."""

    def items(edits: list[tuple[str, Any]]) -> set[str]:
        return {"/".join(path.split("/")[: 4 if path.startswith("tables") else 3]) for path, _ in edits}

    mine = [each for each in mine if not items([each]) & items(theirs)]
    hers, her_tree = _made(theirs)
    own, my_tree = _made(mine)
    one, other = _fitted(hers, my_tree), _fitted(own, her_tree)
    assert not any(f.clashes for f in (*one, *other))
    assert _sorted(_after(my_tree, one)) == _sorted(_after(her_tree, other))


@settings(deadline=None, max_examples=200)
@given(EDITS, EDITS)
def test_a_rebased_proposal_is_the_merge_of_both(
    theirs: list[tuple[str, Any]], mine: list[tuple[str, Any]]
) -> None:
    """All changes, fitted one by one, make what merging both agents makes; where nobody has to choose."""
    hers, her_tree = _made(theirs, "hers")
    _, my_tree = _made(mine, "mine")
    fitted = _fitted(hers, my_tree)
    whole = merge("", BASE, her_tree, my_tree)
    if not any(f.clashes for f in fitted) and not whole.clashes:
        assert _sorted(_after(my_tree, fitted)) == _sorted(whole.value)


@settings(deadline=None, max_examples=200)
@given(EDITS, EDITS, st.sampled_from(("theirs", "mine")))
def test_nothing_is_lost(theirs: list[tuple[str, Any]], mine: list[tuple[str, Any]], side: Any) -> None:
    """After a choice for each clash, each place holds what one of the two made of it, never anything else."""
    _, her_tree = _made(theirs, "hers")
    _, my_tree = _made(mine, "mine")
    whole = merge("", BASE, her_tree, my_tree)
    chosen = merge("", BASE, her_tree, my_tree, {clash.path: side for clash in whole.clashes})
    assert chosen.clashes == ()
    for path in PLACES:
        was, hers, own, now = (lookup(t, path) for t in (BASE, her_tree, my_tree, chosen.value))
        made = [value for value in (hers, own) if not same(value, was)]
        put_back = [was] if hers is None or own is None else []  # as part of an item that one took away
        assert any(same(now, value) for value in [*(made or [was]), *put_back])
    for name in ("N-1", "N-2", "N-3"):
        path = f"charter/rules/{name}"
        if lookup(her_tree, path) or lookup(my_tree, path):
            assert lookup(chosen.value, path) is not None


@settings(deadline=None, max_examples=200)
@given(EDITS, EDITS, st.sampled_from(("theirs", "mine")))
def test_what_was_fitted_can_be_taken_back(
    theirs: list[tuple[str, Any]], mine: list[tuple[str, Any]], side: Any
) -> None:
    """Taking the fitted changes back gives the draft back as it was before them."""
    hers, _ = _made(theirs, "hers")
    _, my_tree = _made(mine, "mine")
    clashes = {c.path: side for f in _fitted(hers, my_tree) for c in f.clashes}
    fitted = _fitted(hers, my_tree, take=clashes)
    applied = [f.change for f in fitted if f.state in ("fits", "moved on")]
    back = apply_json(_after(my_tree, fitted), [change.inverse() for change in reversed(applied)])
    assert _sorted(back) == _sorted(my_tree)


def test_words_of_both_stand_in_one_text_where_they_are_apart() -> None:
    """Other words of one text go together and are named, to be read; one word twice is a clash."""
    base = "Refunds are paid within 30 days, in the money of the order."
    theirs, mine = base.replace("30", "45"), base.replace("order", "purchase")
    made = merge("text", base, theirs, mine)
    assert made.value == "Refunds are paid within 45 days, in the money of the purchase."
    assert made.woven == ("text",)
    assert merge("text", base, theirs, base.replace("30", "60")).clashes
    assert merge("text", base, theirs, base.replace("30 days", "30 working days")).clashes
    assert merge("next", "ask", "check", "done").clashes


def test_what_makes_sense_as_a_whole_is_not_mixed() -> None:
    """A cell keeps its sign with its number, and a condition its parts: both changed is a clash."""
    row = {"id": "r1", "cells": [{"id": "days", "op": "<=", "value": 30}], "then": "yes"}
    theirs = {**row, "cells": [{"id": "days", "op": "<", "value": 30}]}
    mine = {**row, "cells": [{"id": "days", "op": "<=", "value": 45}]}
    made = merge("tables/t/rows/r1", row, theirs, mine)
    assert [clash.path for clash in made.clashes] == ["tables/t/rows/r1/cells/days"]
    other = {**row, "then": "no"}
    assert merge("tables/t/rows/r1", row, theirs, other).value == {**theirs, "then": "no"}


def test_an_order_that_both_changed_is_a_choice() -> None:
    """Where both moved rows about, somebody says which order counts; each then holds all rows."""
    base, theirs, mine = ([{"id": name} for name in names] for names in ("abc", "cab", "bac"))
    made = merge("rows", base, theirs, [*mine, {"id": "d"}])
    assert [clash.path for clash in made.clashes] == [f"rows/{ORDER}"]
    hers = merge("rows", base, theirs, [*mine, {"id": "d"}], {f"rows/{ORDER}": "theirs"})
    assert [item["id"] for item in hers.value] == ["c", "d", "a", "b"]


def test_lists_without_ids_go_together_item_by_item() -> None:
    """Examples that both added are all there, mine first; one that both replaced is a clash."""
    base = ["one", "two", "three"]
    assert merge("examples", base, [*base, "hers", "both"], [*base, "mine", "both"]).value == [
        *base,
        "mine",
        "both",
        "hers",
    ]
    assert merge("examples", base, ["one", "x", "three"], ["one", "y", "three"]).clashes


def test_a_number_that_was_given_away_is_counted_on() -> None:
    """A proposed rule whose number a rule by hand has now gets the next one, in all that names it."""
    now = copy.deepcopy(BASE)
    now["charter"]["rules"].append({"id": "R-05", "title": "by hand"})
    new = Change(path="charter/rules/R-05", after={"id": "R-05", "title": "proposed"})
    named = Change(path="charter/purpose", before="start", after="R-05")
    fitted = rebase(_wanted([new, named]), now)
    assert fitted[0].change.path == "charter/rules/R-06" and fitted[0].renamed == ("R-05", "R-06")
    assert lookup(now, "charter/rules/R-06")["title"] == "proposed"
    assert lookup(now, "charter/rules/R-05")["title"] == "by hand"
    assert fitted[1].change.after == "R-06"


def test_what_stands_on_a_clash_waits_with_it() -> None:
    """A change that cannot stand without one that clashes is not tried before somebody has chosen."""
    now = copy.deepcopy(BASE)
    now["charter"]["purpose"] = "mine"
    first = Change(path="charter/purpose", before="start", after="theirs")
    second = Change(path="charter/tone", after="calm")
    wanted = [Wanted("C-1", first), Wanted("C-2", second, ("C-1",))]
    assert [f.state for f in rebase(wanted, copy.deepcopy(now))] == ["clash", "waits"]
    take: dict[str, Side] = {"charter/purpose": "mine"}
    assert [f.state for f in rebase(wanted, copy.deepcopy(now), take)] == ["kept mine", "waits"]
    take = {"charter/purpose": "theirs"}
    assert [f.state for f in rebase(wanted, now, take)] == ["moved on", "fits"]


def test_what_its_step_was_taken_from_is_gone() -> None:
    """A change of something that is no longer in the draft says so."""
    now = copy.deepcopy(BASE)
    del now["charter"]["rules"][0]
    change = Change(path="charter/rules/R-01/text", before="first", after="second")
    assert [f.state for f in rebase(_wanted([change]), now)] == ["gone"]


def test_a_move_keeps_what_was_edited_since() -> None:
    """A row that is to move moves with the words it has now."""
    rows = BASE["tables"][0]["rows"]
    move = Change(
        path="tables/window/rows/r2", before=rows[2], after=rows[2], place_before="r1", place_after=""
    )
    now = copy.deepcopy(BASE)
    now["tables"][0]["rows"][2]["note"] = "edited"
    (fitted,) = rebase(_wanted([move]), now)
    assert fitted.state == "moved on"
    assert [row["id"] for row in now["tables"][0]["rows"]] == ["r2", "r0", "r1"]
    assert now["tables"][0]["rows"][0]["note"] == "edited"
