"""Requests about the ways out of a decision: add one with a condition, remove one, lead one elsewhere.

- A way out of a decision table belongs to an answer of the table: it can lead elsewhere, not be added by
  condition.
"""

from __future__ import annotations

from studio.cobuilder.requests.conditions import condition, known
from studio.cobuilder.requests.flow_edits import slug
from studio.cobuilder.requests.kinds import Done, Kind, No, NotMine, Outcome, Turn
from studio.domain.changeset import join_path
from studio.domain.condition import in_words
from studio.domain.workflow import Branch, Decide


def _decide(turn: Turn) -> tuple[Decide, str] | None:
    at = turn.item("deciding")
    step = turn.agent.workflow(at.holder).step(at.id)
    return (step, at.path) if isinstance(step, Decide) else None


def _add(turn: Turn) -> Outcome:
    found, at, to = _decide(turn), turn.item("deciding"), turn.item("step2")
    if found is None:
        return NotMine()
    step, path = found
    if step.table is not None:
        table = turn.agent.table(step.table)
        return No(
            f"“{step.title}” asks the decision “{table.name}”: add a row to that instead, with its answer."
        )
    when = condition(turn.text("case"), known(turn.agent))
    if when is None:
        return No(
            f"No fact of this agent tells whether “{turn.text('case')}”; ask the customer for it first."
        )
    if at.holder != to.holder:
        return No(
            f"“{to.name}” is a step of “{to.holder_name}”; a way out leads to a step of “{at.holder_name}”."
        )
    if any(branch.when == when for branch in step.branches):
        return No(f"“{step.title}” has a way out for “{in_words(when)}” already.")
    name = slug(turn.text("case"), {b.id for b in step.branches}).replace("-", " ")
    branches = (*step.branches, Branch(id=name, when=when, next=to.id))
    title = f"“{step.title}”: when {in_words(when)} → “{to.name}”"
    turn.sketch.edit(path, step, turn.why(title, *step.citations), branches=branches)
    return Done(f"I propose a way out of “{step.title}”: when {in_words(when)}, “{to.name}” follows.", title)


def _holder(turn: Turn) -> tuple[Decide, str, str]:
    branch = turn.item("branch")
    flow_id, step_id = branch.holder.split("/", 1)
    step = turn.agent.workflow(flow_id).step(step_id)
    assert isinstance(step, Decide)
    return step, join_path("workflows", flow_id, "steps", step_id), flow_id


def _remove(turn: Turn) -> Outcome:
    step, path, _ = _holder(turn)
    branch = turn.item("branch")
    if step.table is not None and any(row.then == branch.id for row in turn.agent.table(step.table).rows):
        name = turn.agent.table(step.table).name
        return No(
            f"The decision “{name}” answers “{branch.id}”, so its way out must stay; remove those rows first."
        )
    title = f"“{step.title}”: remove the way out “{branch.id}”"
    kept = tuple(b for b in step.branches if b.id != branch.id)
    turn.sketch.edit(path, step, turn.why(title, *step.citations), branches=kept)
    return Done(f"I propose to remove the way out “{branch.id}” of “{step.title}”.", title)


def _redirect(turn: Turn) -> Outcome:
    step, path, flow_id = _holder(turn)
    branch, to = turn.item("branch"), turn.item("step2")
    if to.holder != flow_id:
        # A step of the same name in this workflow is what is meant.
        same = [s for s in turn.agent.workflow(flow_id).steps if s.title == to.name]
        if not same:
            return No(
                f"“{to.name}” is a step of “{to.holder_name}”; a way out leads to a step of its own workflow."
            )
        target = same[0].id
    else:
        target = to.id
    old = next(b for b in step.branches if b.id == branch.id)
    if old.next == target:
        return No(f"“{branch.id}” leads to “{to.name}” already.")
    branches = tuple(
        Branch(id=b.id, when=b.when, next=target) if b.id == branch.id else b for b in step.branches
    )
    title = f"“{step.title}”: “{branch.id}” now leads to “{to.name}”"
    turn.sketch.edit(path, step, turn.why(title, *step.citations), branches=branches)
    return Done(f"I propose that “{branch.id}” of “{step.title}” leads to “{to.name}”.", title)


_WAY = r"(?P<way>branch|way out|path|exit|option)"

KINDS: tuple[Kind, ...] = (
    Kind(
        "branch-add",
        "Decisions",
        "Add a way out to a decision, with a condition over known facts.",
        ("In “Is the label free?” add a branch for wrong size that goes to “Book the return”",),
        (
            rf"in {{deciding}},? <add> (?:a |another |new )*{_WAY} (?:for|<when>) {{case}} (?:that "
            rf"|which )?(?:<go>) to {{step2}}",
            rf"<add> (?:a |another |new )*{_WAY} to {{deciding}}:? (?:for|<when>) {{case}}(?::|,|) "
            rf"(?:then )?(?:(?:<go>) to )?{{step2}}",
            rf"<add> (?:a |another |new )*{_WAY} to {{deciding}}:? (?:for|<when>) {{case}}: {{step2}}",
            rf"{{deciding}} (?:needs?|gets?) (?:a |another |new )*{_WAY} (?:that leads )?to "
            rf"{{step2}} (?:<when>) {{case}}",
            r"(?:<when>) {case},(?: let)? {deciding} (?:(?:<must>) )?(?:<go>)(?: to| with) {step2}",
        ),
        _add,
    ),
    Kind(
        "branch-remove",
        "Decisions",
        "Remove a way out of a decision.",
        ("Remove the branch “free label” from “Is the label free?”",),
        (
            rf"<remove> (?:<the>)?{_WAY} {{branch}} (?:from|of|in|out of) {{deciding}}",
            rf"<remove> (?:<the>)?{_WAY} {{branch}}",
            rf"<remove> (?:<the>)?{{branch}} {_WAY}",
            rf"in {{deciding}},? <remove> (?:<the>)?{_WAY} {{branch}}",
            rf"take (?:<the>)?{_WAY} {{branch}} out of {{deciding}}",
            rf"{{deciding}} (?:no longer|does not|doesn't) needs? (?:<the>)?{_WAY} {{branch}}(?: <more>)?",
        ),
        _remove,
    ),
    Kind(
        "branch-redirect",
        "Decisions",
        "Lead a way out of a decision to another step.",
        ("In “Can it be returned?” let “too late” go to “Hand to a person”",),
        (
            r"in {deciding},? (?:let|make|<send>|have) (?:<the>)?(?:branch |answer |way out "
            r")?{branch} (?:<go>)? ?(?:to|with) {step2}(?: instead)?",
            r"(?:let|make|have|<send>) (?:<the>)?(?:branch |answer |way out )?{branch} (?:of|in) "
            r"{deciding} (?:<go>) (?:to|with) {step2}(?: instead)?",
            r"(?:<the>)?(?:branch|answer|way out) {branch} (?:of|in) {deciding} (?:<must>) "
            r"(?:<go>) (?:to|with) {step2}(?: instead)?",
            r"(?:<send>) (?:<the>)?(?:branch|answer|way out) {branch} to {step2}",
            r"(?:<when>) (?:.+? is )?{branch},? (?:<go>) (?:to|with) {step2} instead",
            r"(?:<when>) (?:.+? is )?{branch},? (?:<go>)(?: straight| directly)? (?:to|with) {step2}(?: "
            r"instead)?",
            r"(?:<send>) (?:<the>)?(?:branch|answer|way out) {branch} (?:straight |directly )?to {step2}(?: "
            r"instead)?",
        ),
        _redirect,
    ),
)
