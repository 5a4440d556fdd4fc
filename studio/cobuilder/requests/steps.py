"""Requests about the steps of a workflow: add, remove, move, rename, lead elsewhere when something fails.

- A step with several ways on is never taken out or put behind by guess: the request is declined with a
  reason.
- What a new step says is what you wrote; a sentence is never made up.
"""

from __future__ import annotations

import re

from studio.cobuilder.requests.flow_edits import (
    drop_step,
    insert_after,
    insert_before,
    leading_to,
    reroute,
    slug,
    way_on,
)
from studio.cobuilder.requests.items import Item, stems_of
from studio.cobuilder.requests.kinds import Done, Kind, NeedsModel, No, NotMine, Outcome, Turn, Unsure
from studio.cobuilder.requests.wording import bare, count, initial, sentence
from studio.cobuilder.words.titles import cut_to
from studio.domain.changeset import join_path
from studio.domain.request import Choice
from studio.domain.workflow import Ask, CallBlock, Say, Step, ToolCall, Verify


def _step(turn: Turn, name: str = "step") -> Step:
    at = turn.item(name)
    return turn.agent.workflow(at.holder).step(at.id)


def spoken(text: str) -> str:
    """Return what is to be told as the agent would say it: to you, not about the customer."""
    text = re.sub(r"^that\s+", "", text)
    text = re.sub(
        r"\b(?:the |a )?(?:customer|patient|client|user|caller)s?'s?\b", "your", text, flags=re.IGNORECASE
    )
    text = re.sub(
        r"\b(?:the|a) (?:customer|patient|client|user|caller) (?:has|needs)\b",
        "you need",
        text,
        flags=re.IGNORECASE,
    )
    text = re.sub(r"^they (?=need|have|must|can|may|will)", "you ", text, flags=re.IGNORECASE)
    return sentence(text)


def _topic_sentence(turn: Turn, topic: str) -> tuple[str, Item] | None:
    """Return the words of the one rule a topic is about, to be told as they stand."""
    match = turn.ground.index.find(topic, ("rule",))
    if not match.certain:
        return None
    return turn.agent.charter.rule(match.items[0].id).text, match.items[0]


def _places(turn: Turn, topic: str, text: str) -> tuple[Choice, ...]:
    """Return the request once for each step that a new one may follow: those nearest to the topic first."""
    kinds = ("step:say", "step:disclose")
    steps = [item for item in turn.ground.index.items if f"{item.kind}:{item.sort}" in kinds]
    said = stems_of(topic)
    nearest = sorted(steps, key=lambda item: -len(said & (item.words | item.more)))
    return tuple(
        Choice(label=f"After “{item.name}”", request=f"add a step after {item.label} that says “{text}”")
        for item in nearest[:3]
    )


def _add(turn: Turn) -> Outcome:
    at = turn.found.get("step") or turn.found.get("step2")
    text = turn.text("text")
    warnings: tuple[str, ...] = ()
    if not text and turn.text("tell"):
        text = spoken(turn.text("tell"))
    if not text:
        topic = re.sub(r"\s+(?:kindly|nicely|politely|gently|in a friendly way)$", "", turn.text("topic"))
        known = _topic_sentence(turn, topic)
        if known is None:
            return NeedsModel(
                f"No rule or document gives me words for “{topic}”, and making them up needs a "
                f"language model. "
                "Write what it shall say in quotation marks, and after or before which step it shall stand.",
                _places(turn, topic, "…"),
            )
        text = spoken(known[0])
        warnings = (
            f"It says what rule {known[1].id} says, word for word; a kinder wording needs a language model.",
        )
    if at is None:
        return Unsure(
            f"Where shall the step “{text}” stand? Choose one, or say: add a step after … that says “…”.",
            _places(turn, text, text),
        )
    flow = turn.agent.workflow(at.holder)
    words = re.findall(r"[\w£€$%']+", text)
    title = initial(" ".join(cut_to(words, 6)))
    step = Say(id=slug(title, {each.id for each in flow.steps}), title=title, text=text)
    why = f"New step “{title}” in “{flow.name}”"
    if "before" in turn.words.get("where", "").lower():
        insert_before(turn, flow.id, at.id, step, why)
    elif not insert_after(turn, flow.id, at.id, step, why):
        return No(
            f"“{at.name}” has no single way on, so nothing can follow it. Say before which step it "
            f"shall stand."
        )
    where = turn.words.get("where", "after").lower()
    return Done(
        f"I propose the step “{title}” in “{flow.name}”, {where} “{at.name}”. It says: “{text}”",
        why,
        warnings,
    )


def _remove(turn: Turn) -> Outcome:
    at = turn.item("step")
    title = f"Remove step “{at.name}” from “{at.holder_name}”"
    if not drop_step(turn, at.holder, at.id, title):
        before = [f"“{step.title}”" for step in leading_to(turn.agent.workflow(at.holder), at.id)]
        return No(
            f"“{at.name}” cannot go: {', '.join(before) or 'the workflow'} leads to it and it has "
            f"no single way on. "
            "Say first where they shall lead instead."
        )
    return Done(f"I propose to remove the step “{at.name}” from “{at.holder_name}”.", title)


def _move(turn: Turn) -> Outcome:
    at, to = turn.item("step"), turn.item("step2")
    if at.holder != to.holder:
        return No(
            f"“{at.name}” and “{to.name}” are steps of different workflows; a step moves within its own."
        )
    if at.id == to.id:
        return NotMine()
    flow, step = turn.agent.workflow(at.holder), _step(turn)
    if way_on(step) is None:
        return No(f"“{at.name}” has no single way on, so it cannot be moved without breaking the order.")
    before = any(word in turn.words.get("where", "").lower() for word in ("before", "first"))
    title = f"“{at.name}” now comes {'before' if before else 'after'} “{to.name}”"
    if (way_on(step) == to.id) if before else (way_on(_step(turn, "step2")) == at.id):
        return No(f"It is so already: “{at.name}” comes {'before' if before else 'after'} “{to.name}”.")
    if not before and way_on(_step(turn, "step2")) is None:
        return No(f"“{to.name}” has no single way on, so nothing can follow it.")
    reroute(turn, flow.id, at.id, way_on(step), title, but=at.id)
    moved = turn.agent.workflow(flow.id).step(at.id)
    if before:
        insert_before(turn, flow.id, to.id, moved, title)
    else:
        insert_after(turn, flow.id, to.id, moved, title)
    return Done(f"I propose the order: {title[0]}{title[1:]}.", title)


def _rename(turn: Turn) -> Outcome:
    at, name = turn.item("item"), turn.text("text")
    title = f"Rename {at.label} to “{name}”"
    said = bare(turn.words["item"]).casefold()
    if (
        at.sort == "handoff"
        and said not in at.name.casefold().split("hand over to ")[:1]
        and at.name.casefold() not in turn.said.casefold()
    ):
        queue = f"change the queue of “{at.name}” to “{name}”"
        step = f"rename {at.label} to “{name}”"
        made = (
            Choice(label=f"The queue of {at.label} becomes “{name}”", request=queue),
            Choice(label=title, request=step),
        )
        return Unsure(f"Is the queue called “{name}” now, or shall the step be called so?", made)
    if name == at.name:
        return No(f"It is called “{name}” already.")
    if at.kind == "system":
        return No("The name of a system is what IT calls it by; it cannot be changed here.")
    why = turn.why(title, *at.citations)
    if at.kind in ("workflow", "decision"):
        turn.sketch.put(f"{at.path}/name", name, why)
    elif at.kind == "test":
        turn.sketch.edit(at.path, turn.agent.scenario(at.id), why, title=name)
    elif at.kind == "fact":
        slots = [(f.id, s) for f in turn.agent.workflows for s in f.slots if s.id == at.id]
        for flow_id, slot in slots:
            turn.sketch.edit(join_path("workflows", flow_id, "slots", slot.id), slot, why, label=name)
        if not slots:
            return No(f"“{at.name}” comes from a system; its name cannot be changed here.")
    else:
        turn.sketch.edit(at.path, turn.sketch.item(at.path), why, title=name)
    return Done(f"I propose to rename {at.label} to “{name}”.", title)


def _failing(turn: Turn) -> Outcome:
    step, to = _step(turn), turn.item("step2")
    at = turn.item("step")
    if not isinstance(step, Ask | Verify | ToolCall | CallBlock):
        return No(f"“{step.title}” cannot fail: it asks nobody and uses no system.")
    if at.holder != to.holder:
        return No(
            f"“{to.name}” is a step of “{to.holder_name}”, not of “{at.holder_name}”; choose a step there."
        )
    if step.on_failure == to.id:
        return No(f"It is so already: when “{step.title}” fails, “{to.name}” follows.")
    title = f"When “{step.title}” fails: “{to.name}”"
    turn.sketch.edit(at.path, step, turn.why(title, *step.citations), on_failure=to.id)
    return Done(f"I propose that “{to.name}” follows when “{step.title}” fails.", title)


def _retries(turn: Turn) -> Outcome:
    step = _step(turn, "calling")
    number = 0 if "none" in turn.words else count(turn.text("number") or "once")
    if number is None or number > 10:
        return NotMine()
    if not isinstance(step, ToolCall):
        return No(f"“{step.title}” uses no system, so there is nothing to try again.")
    if step.retries == number:
        return No(f"“{step.title}” is tried again {number} times already.")
    title = f"“{step.title}”: tries again {step.retries} → {number}"
    turn.sketch.edit(turn.item("calling").path, step, turn.why(title, *step.citations), retries=number)
    warnings: tuple[str, ...] = ()
    tool = next((t for t in turn.agent.tools if t.name == step.tool), None)
    if number and tool and tool.effect == "write" and not tool.reversible:
        warnings = ("This system's doing cannot be taken back; tried again, it might be done twice.",)
    return Done(
        f"I propose that “{step.title}” is tried again {number} times when it fails.", title, warnings
    )


def _attempts(turn: Turn) -> Outcome:
    step, number = _step(turn, "trying"), count(turn.text("number"))
    if not number or number > 10:
        return NotMine()
    if not isinstance(step, Ask | Verify):
        return No(f"“{step.title}” asks the customer for nothing, so there are no attempts to count.")
    if step.tries == number:
        return No(f"“{step.title}” allows {number} attempts already.")
    title = f"“{step.title}”: attempts {step.tries} → {number}"
    turn.sketch.edit(turn.item("trying").path, step, turn.why(title, *step.citations), tries=number)
    return Done(f"I propose {number} attempts for “{step.title}” (now {step.tries}).", title)


_WHERE = r"(?P<where>after|before|right after|right before|just before|directly after|behind)"
_N = r"(?P<number>\w+|a single|a couple of)"
_TRY = r"(?:times?|tr(?:y|ies)|attempts?)"
_STEPWORD = r"(?:a |another |the )?(?:new )?(?:short )?(?:step|message|sentence|note|line)"

KINDS: tuple[Kind, ...] = (
    Kind(
        "step-add",
        "Steps",
        "Add a step that says something, after or before another.",
        (
            "add a step after Book the return that says “Keep the parcel slip.”",
            "before “Issue the refund”, say “Please hold the line.”",
        ),
        (
            rf"<add> {_STEPWORD} {_WHERE} {{step}} (?:that |which )?(?:says?|saying|with(?: the "
            rf"text)?|reading):? {{text!}}",
            rf"<add> {_STEPWORD} {_WHERE} {{step}} (?:that |which )?(?:<tell>) <customer> {{tell}}",
            rf"(?:in|to) {{flow}},? <add> {_STEPWORD} {_WHERE} {{step}} (?:that |which "
            rf")?(?:<tell>) <customer> {{tell}}",
            rf"<add> {_STEPWORD} {{text!}} {_WHERE} {{step}}",
            rf"{_WHERE} {{step}},? <add> {_STEPWORD} (?:that |which )?(?:says?|saying|reading)?:? ?{{text!}}",
            rf"{_WHERE} {{step}},? say {{text!}}",
            rf"<add> {_STEPWORD} (?:that |which |to )?(?:explains?|tells? <customer> about"
            rf"|describes?) {{topic}} {_WHERE} {{step}}",
            rf"<add> {_STEPWORD} (?:that |which |to )?(?:explains?|tells? <customer> about"
            rf"|describes?) {{topic}}",
            rf"<add> (?:something|a bit|a few words|a sentence|some words) {_WHERE} {{step}} (?:that "
            rf"|which )?(?:says?|saying|reading|with):? {{text!}}",
            rf"(?:we need )?{_STEPWORD} {_WHERE} {{step}} (?:that |which )?(?:says?|saying|reading):? "
            rf"{{text!}}",
            rf"{_WHERE} {{step}},? (?:it|<agent>) (?:<must>) (?:say|write|tell <customer>):? {{text!}}",
            rf"(?:in|to) {{flow}},? {_WHERE} {{step}},? (?:<add> {_STEPWORD} (?:that |which )?)?(?:says?|"
            rf"saying)?:? ?{{text!}}",
            rf"(?:in|to) {{flow}},? <add> {_STEPWORD} {_WHERE} {{step}} (?:that |which )?(?:says?|saying):? "
            rf"{{text!}}",
            rf"say {{text!}} {_WHERE} {{step}}",
            r"(?:<tell>|say to) <customer>:? {text!} (?P<where>(?:right |just |directly )?(?:after|"
            r"before)) {step}",
            r"(?P<where>between) {step} and {step2},? (?:<agent> (?:<must>) )?(?:<tell> <customer>|"
            r"say|add|add a step that says):? {text!}",
        ),
        _add,
    ),
    Kind(
        "step-remove",
        "Steps",
        "Take a step out; what led to it goes on to what follows.",
        ("Remove the step “Tell what the label costs”", "skip the step that explains why used items stay"),
        (
            r"<remove> (?:<the>)?steps? (?:that |which )?{step}",
            r"<remove> {step}",
            r"<remove> (?:<the>)?{step} step",
            r"(?:<the>)?step {step} is (?:not|no longer) needed(?: <more>)?",
            r"we (?:no longer|don't|do not) need (?:<the>)?step {step}(?: <more>)?",
            r"no more (?:step )?{step!}",
            r"<remove> (?:<the>)?step (?:about|on|for|with|called|named|where <agent>|in which <agent>) "
            r"{step}",
            r"(?:we|it|<agent>) (?:no longer|don't|do not) needs? (?:to )?(?P<step>(?:tell|say|explain|"
            r"offer|ask) .+?)(?: <more>)?",
            r"(?:<not>|stop) (?:telling|explaining|saying) (?:<customer> )?{step}(?: <more>)?",
            r"(?:<the>)?step {step} (?:can go|must go|is superfluous|is obsolete|is unnecessary)",
        ),
        _remove,
    ),
    Kind(
        "step-move",
        "Steps",
        "Change the order of two steps.",
        (
            "Move “Tell how long the refund takes” before “Issue the refund”",
            "issue the refund before booking the return",
        ),
        (
            rf"(?:<change>|do|place|run|shift) (?:<the>)?(?:step )?{{step}} (?:to )?(?:come "
            rf")?{_WHERE} {{step2}}",
            rf"{{step}} (?:only )?{_WHERE} {{step2}}(?: (?:has been|was|is) \w+)?",
            rf"{{step}} (?:<must>) (?:come|happen|be done|stand|follow) (?:only )?{_WHERE} {{step2}}",
            r"(?P<where>first) {step},? (?:and )?(?:only )?then {step2}",
        ),
        _move,
    ),
    Kind(
        "rename",
        "Steps",
        "Rename a step, workflow, rule, decision, test or question.",
        (
            "Rename the step “Ask why it comes back” to “Ask for the reason”",
            "call T-09 “Cancels in good time”",
        ),
        (
            r"<rename> {item} (?:<become>) {text!}",
            r"(?:call|name) {item} {text!}",
            r"{item} (?:<must>) be (?:called|named) {text!}",
            r"(?:<change>|give) (?:the )?(?:title|name) (?:of|to) {item} (?:to )?{text!}",
            r"give {item} the (?:title|name) {text!}",
            r"(?:call|name) {item!} {text!}(?: instead| from now on| now)?",
            r"{item} is (?:now )?(?:called|named) {text!}(?: now)?",
        ),
        _rename,
    ),
    Kind(
        "failure-path",
        "Steps",
        "Say which step follows when a step or a system fails.",
        (
            "If booking the return fails, go to “No return”",
            "should issue_refund not answer, hand over to a supervisor",
        ),
        (
            r"(?:<when>) {step} (?:<fail>),? (?:then )?(?:<go>)(?: with| to| at)? {step2}(?: instead)?",
            r"(?:<when>) {step} (?:<fail>),? (?P<step2>hand (?:it |them )?over.+|tell .+|say .+)",
            r"on failure of {step},? (?:<go>)(?: with| to| at)? {step2}",
            r"(?:<go>)(?: with| to| at)? {step2} (?:<when>) {step} (?:<fail>)",
            r"(?:<when>) {step} (?:<fail>),? (?:then )?(?:<go>|do|use|take)(?: on)?(?: with| to| at)? "
            r"{step2!}(?: instead)?",
        ),
        _failing,
    ),
    Kind(
        "retries",
        "Steps",
        "Say how often a system is tried again before its step counts as failed.",
        ("Retry the order lookup three times", "do not retry Book the return"),
        (
            rf"<retry> {{calling}} (?:again )?(?:up to |at most )?{_N}(?: more)?(?: {_TRY})?(?: "
            rf"(?:before giving up|when it fails|if it fails))?",
            rf"{{calling}} (?:<must>) be (?:retried|tried again|repeated) (?:up to |at most "
            rf")?{_N}(?: {_TRY})?",
            r"(?P<none>do not|don't|never) (?:<retry>) {calling}(?: <more>)?",
            r"(?P<none>no (?:retries|second try|repeats?)) (?:for|of|in) {calling}",
            rf"(?:<change>|allow) (?:the )?(?:number of )?retries (?:of|for) {{calling}} (?:to )?{_N}",
            rf"{{calling}} ?[-:,] ?(?:<retry>|retries)?:? ?{_N}(?: more)?(?: {_TRY}| retries)?",
            rf"{{calling}} ?[-:,]? (?:retry|try again|repeat) (?:up to |at most )?{_N}(?: {_TRY})?",
            rf"(?:<when>) {{calling}} (?:<fail>),? (?:<retry>) (?:it |that |again )*(?:up to |at most "
            rf")?{_N}(?: more)?(?: {_TRY})?",
            rf"{{calling}} (?:up to |at most |at least )?{_N} (?:tr(?:y|ies)|attempts?)(?: before giving "
            rf"up| if it fails)?",
        ),
        _retries,
    ),
    Kind(
        "attempts",
        "Steps",
        "Say how often a customer may try to answer or to be identified.",
        ("Ask at most two times why it comes back", "allow three attempts to verify the identity"),
        (
            rf"(?P<trying><ask> .+?) (?:at most|no more than|up to|only) {_N} {_TRY}",
            rf"<ask> (?:at most|no more than|up to|only) {_N} {_TRY} {{trying}}",
            rf"(?:allow|permit|give <customer>|grant|{'<customer>'} (?:has|have|gets?)|accept)(?: "
            rf"only| up to| at most)? {_N} {_TRY} (?:to|in|for|at) {{trying}}",
            rf"(?:limit|restrict|set) {{trying}} to {_N} {_TRY}",
            rf"{{trying}} ?[-:,] ?(?:max(?:imum)?|at most|only|up to|no more than)?\.? ?{_N} {_TRY}",
            rf"(?:only|at most|max(?:imum)?|no more than) {_N} {_TRY} (?:to|in|for|at|on|of) {{trying}}",
            rf"<customer> (?:gets?|has|have) {_N} (?:chances?|goes|shots) (?:to|at|in|for) {{trying}}",
        ),
        _attempts,
    ),
)
