"""Questions about what the agent does: when something fails, in a case, on which paths, for whom.

- Answers are read off the draft: its steps, its decisions, its guards. What depends on more is said to
  depend on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from studio.cobuilder.requests.conditions import facts_said, known
from studio.cobuilder.requests.items import Item
from studio.cobuilder.requests.kinds import Kind, NotMine, Outcome, Told, Turn
from studio.cobuilder.requests.wording import several
from studio.domain.condition import All, AnyOf, Compare, Condition, Scalar, compare, in_words, spell
from studio.domain.request import Link
from studio.domain.source import Citation
from studio.domain.workflow import (
    Ask,
    CallBlock,
    Cell,
    Decide,
    End,
    Handoff,
    Row,
    Step,
    ToolCall,
    Verify,
    Workflow,
    ways_out,
)


def step_link(flow: Workflow, step: Step) -> Link:
    """Return the link of a step."""
    return Link(page="workflows", item=f"{flow.id}/{step.id}", label=f"“{step.title}” of “{flow.name}”")


def _steps_meant(turn: Turn, item: Item) -> list[tuple[Workflow, Step]]:
    flows = turn.agent.workflows
    if item.kind == "system":
        return [(f, s) for f in flows for s in f.steps if getattr(s, "tool", None) == item.id]
    flow = turn.agent.workflow(item.holder)
    step = flow.step(item.id)
    if isinstance(step, CallBlock):
        block = turn.agent.workflow(step.block)
        return [(flow, step), *((block, s) for s in block.steps if isinstance(s, Verify | ToolCall))]
    return [(flow, step)]


def _comparing(turn: Turn, meant: list[tuple[Workflow, Step]]) -> list[tuple[Workflow, Step]]:
    """Return steps, where what was said is about details that do not match, as those that compare them."""
    if not _MATCHING.search(turn.said):
        return meant
    found: list[tuple[Workflow, Step]] = []
    for flow, step in meant:
        asked = set(step.slots) if isinstance(step, Ask) else set()
        compared = [(flow, s) for s in flow.steps if isinstance(s, Verify) and asked & set(s.slots)]
        found += compared or [(flow, step)]
    return found


def _failing(turn: Turn) -> Outcome:
    words = turn.text("spot")
    index = turn.ground.index
    match = index.find(words, ("step:ask", "step:verify", "step:tool", "step:call", "system"))
    items = match.items or index.find(words, ("step",)).items
    if not items:
        items = _systems(turn, words)
    if not items:
        return NotMine()
    meant: list[tuple[Workflow, Step]] = []
    for item in items[:6]:
        meant += [each for each in _comparing(turn, _steps_meant(turn, item)) if each not in meant]
    told: dict[str, list[str]] = {}
    links = []
    for flow, step in meant:
        if not isinstance(step, Ask | Verify | ToolCall | CallBlock):
            continue
        links.append(step_link(flow, step))
        first = ""
        if isinstance(step, ToolCall) and step.retries:
            first = f"it tries {step.retries} more time{'s' if step.retries > 1 else ''}, then "
        elif isinstance(step, Ask | Verify):
            first = f"after {step.tries} attempts "
        to = next((s for s in flow.steps if s.id == step.on_failure), None)
        then = f"{first}{_then(turn, to)}{_after_block(turn, flow, to)}"
        told.setdefault(then, []).append(f"“{step.title}” of “{flow.name}”")
        if to is not None:
            links.append(step_link(flow, to))
    if not told and match.score < 0.9:
        return NotMine()
    if not told:
        return Told(f"“{items[0].name}” cannot fail: it asks nobody and uses no system.")
    lines = [f"When {several(names, 'or')} fails, {then}." for then, names in told.items()]
    text = lines[0] if len(lines) == 1 else "\n".join(f"· {line}" for line in lines)
    return Told(text, tuple(links))


def _after_block(turn: Turn, flow: Workflow, to: Step | None) -> str:
    """Return what follows in the workflows that use a block, where it ends without success."""
    if not isinstance(to, End) or to.outcome not in ("refused", "handed over"):
        return ""
    follows: dict[str, list[str]] = {}
    for user in turn.agent.workflows:
        for step in user.steps:
            if isinstance(step, CallBlock) and step.block == flow.id:
                next_step = next((s for s in user.steps if s.id == step.on_failure), None)
                follows.setdefault(_then(turn, next_step), []).append(f"“{user.name}”")
    return "".join(f"; in {several(users)} {then}" for then, users in follows.items())


def _systems(turn: Turn, words: str) -> tuple[Item, ...]:
    """Return the systems that "the lookup" or "a system" means where none is called so."""
    reads = re.fullmatch(
        r"(?:the |a |an |any |some )?(?:look-?ups?|search(?:es)?|quer(?:y|ies))", words, re.I
    )
    every = re.fullmatch(
        r"(?:the |a |an |any |some |one of the )?(?:systems?|tools?|interfaces?|connections?)", words, re.I
    )
    effects = {"read"} if reads else {"read", "write"} if every else set()
    names = {tool.name for tool in turn.agent.tools if tool.effect in effects}
    return tuple(i for i in turn.ground.index.items if i.kind == "system" and i.id in names)


def _then(turn: Turn, to: Step | None) -> str:
    if to is None:
        return "nothing is said to follow; the checks call that a loose end"
    if isinstance(to, Handoff):
        return f"“{to.title}” hands over to {to.queue}"
    if isinstance(to, End):
        return f"the conversation ends “{to.outcome}” at “{to.title}”"
    if isinstance(to, CallBlock):
        ends = [s for s in turn.agent.workflow(to.block).steps if isinstance(s, Handoff)]
        if ends:
            return f"“{to.title}” follows, which hands over to {ends[0].queue}"
    return f"“{to.title}” follows"


# What happens in a case.

_Three = bool | None


def _admits(cell: Cell, facts: dict[str, Scalar]) -> _Three:
    return True if cell.op == "any" else cell.admits(facts) if cell.id in facts else None


def _rows(rows: tuple[Row, ...], facts: dict[str, Scalar]) -> Iterator[tuple[Row, tuple[Cell, ...]]]:
    """Yield the rows that may answer, with the cells nothing was said of; the first sure one is the last."""
    for row in rows:
        results = [_admits(cell, facts) for cell in row.cells]
        if any(each is False for each in results):
            continue
        unknown = tuple(c for c, each in zip(row.cells, results, strict=True) if each is None)
        yield row, unknown
        if not unknown:
            return


def _holds(condition: Condition, facts: dict[str, Scalar]) -> _Three:
    if isinstance(condition, Compare):
        known_fact = condition.field in facts
        return compare(facts[condition.field], condition.op, condition.value) if known_fact else None
    if isinstance(condition, All | AnyOf):
        parts = [_holds(part, facts) for part in condition.of]
        decided = not isinstance(condition, All)
        if any(part is decided for part in parts):
            return decided
        return None if None in parts else not decided
    inner = _holds(condition.of, facts)
    return None if inner is None else not inner


def _case(turn: Turn) -> Outcome:
    said = turn.text("case")
    facts = facts_said(said, known(turn.agent))
    if not facts:
        return NotMine()
    told, links, cited = [], [], list[Citation]()
    for flow in turn.agent.workflows:
        for step in flow.steps:
            if isinstance(step, Decide) and (words := _decides(turn, flow, step, facts)):
                told.append(words)
                cited += _deciding(turn, step, facts)
                links.append(step_link(flow, step))
    stops = []
    for rule in turn.agent.charter.rules:
        when = rule.guard.forbidden_when if rule.guard else None
        if rule.guard and when is not None and _holds(when, facts):
            names = ", ".join(f"“{t.replace('_', ' ')}”" for t in rule.guard.tools)
            stops.append(f"Rule {rule.id} then stops {names}: {rule.title}.")
            cited += rule.citations
            links.append(Link(page="charter", item=rule.id, label=f"{rule.id} “{rule.title}”"))
    if not told and not stops:
        return NotMine()
    given = " and ".join(f"{name.replace('_', ' ')} is {spell(value)}" for name, value in facts.items())
    return Told(f"When {given}: " + " ".join([*told, *stops]), tuple(links), tuple(dict.fromkeys(cited))[:4])


def _deciding(turn: Turn, step: Decide, facts: dict[str, Scalar]) -> tuple[Citation, ...]:
    """Return the sentences behind the rows that may answer."""
    rows = turn.agent.table(step.table).rows if step.table is not None else ()
    return tuple(citation for row, _ in _rows(rows, facts) for citation in row.citations)


def _decides(turn: Turn, flow: Workflow, step: Decide, facts: dict[str, Scalar]) -> str:
    title = {s.id: s.title for s in flow.steps}
    if step.table is not None:
        table = turn.agent.table(step.table)
        if not {each.id for each in table.inputs} & set(facts):
            return ""
        answers = []
        for row, unknown in _rows(table.rows, facts):
            to = next((b.next for b in step.branches if b.id == row.then), step.otherwise)
            only = " and ".join(f"{c.id.replace('_', ' ')} is {c.words}" for c in unknown)
            answers.append(
                f"{f'if {only}: ' if only else ''}“{row.then}”, so “{title.get(to or '', 'nothing')}” follows"
            )
        return f"“{step.title}” answers " + "; else ".join(answers) + "." if answers else ""
    ways = []
    for branch in step.branches:
        holds = branch.when is not None and _holds(branch.when, facts)
        if holds is None and branch.when is not None:
            ways.append((f"if {in_words(branch.when)}: ", branch))
        elif holds:
            ways.append(("", branch))
            break
    if ways and not ways[-1][0]:
        told = "; else ".join(
            f"{only}“{b.id}”, so “{title.get(b.next or '', 'nothing')}” follows" for only, b in ways
        )
        return f"“{step.title}” takes {told}."
    read = [b for b in step.branches if b.when is not None and _holds(b.when, facts) is False]
    if read and len(read) == len(step.branches):
        return (
            f"“{step.title}” takes none of its ways, so “{title.get(step.otherwise or '', 'nothing')}” "
            f"follows."
        )
    return ""


# Paths.


def _paths(flow: Workflow, goal: str, most: int = 40) -> list[list[str]]:
    """Return the ways from a workflow's start to a step, each as titles and ways out; without circles."""
    steps = {s.id: s for s in flow.steps}
    found: list[list[str]] = []
    waiting: list[tuple[str, list[str], frozenset[str]]] = [(flow.start, [], frozenset())]
    while waiting and len(found) < most:
        at, told, seen = waiting.pop(0)
        if at not in steps or at in seen:
            continue
        step = steps[at]
        if at == goal:
            found.append([*told, f"“{step.title}”"])
            continue
        for label, to in ways_out(step):
            if to is not None:
                way = f"“{step.title}”" + (f" ({label})" if label else "")
                waiting.append((to, [*told, way], seen | {at}))
        if len(waiting) > 4000:
            break
    return found


def _leading(turn: Turn) -> Outcome:
    item = turn.item("place")
    meant = _steps_meant(turn, item)
    if not meant:
        return Told(f"No step uses {item.label}, so no path leads to it.")
    told, links = [], []
    for flow, step in meant:
        ways = _paths(flow, step.id)
        links.append(step_link(flow, step))
        if not ways:
            told.append(f"No path of “{flow.name}” leads to “{step.title}”.")
            continue
        shown = "\n".join(f"· {' → '.join(way)}" for way in ways[:3])
        more = f"\n(and {len(ways) - 3} more)" if len(ways) > 3 else ""
        plural = "paths lead" if len(ways) != 1 else "path leads"
        told.append(f"{len(ways)} {plural} to “{step.title}” in “{flow.name}”:\n{shown}{more}")
    return Told("\n".join(told), tuple(links))


def _queues(turn: Turn) -> Outcome:
    told, links = [], []
    for flow in turn.agent.workflows:
        for step in flow.steps:
            if isinstance(step, Handoff):
                with_what = ", ".join(name.replace("_", " ") for name in step.context) or "nothing"
                told.append(f"{step.queue} (“{step.title}” of “{flow.name}”, with {with_what})")
                links.append(step_link(flow, step))
    if not told:
        return Told("This agent hands over to nobody.")
    return Told(f"It hands over to {len(told)} places: " + "; ".join(told) + ".", tuple(links))


_MATCHING = re.compile(r"\b(?:match\w*|agree|compare\w*|verif\w+|identif\w+)\b", re.IGNORECASE)
_FAILS = r"(?:<fail>|cannot .+|is down|goes wrong)"

KINDS: tuple[Kind, ...] = (
    Kind(
        "ask-failure",
        "Ask about behaviour",
        "What happens when a step or a system fails.",
        (
            "what does the agent do when the order lookup fails?",
            "What happens if issue_refund does not answer?",
        ),
        (
            rf"(?:what (?:does|do|will|would) <agent> do|what happens|how does <agent> react"
            rf"|what)(?:,)? (?:<when>) (?P<spot>.+?) {_FAILS}",
            rf"(?:<when>) (?P<spot>.+?) {_FAILS}",
            rf"(?:suppose|imagine|say) (?:that )?(?P<spot>.+?) {_FAILS}(?:[ ,;–-]+what (?:then|happens))?",
            rf"what if (?P<spot>.+?) {_FAILS}",
            rf"(?:so )?what (?:does|do|will|would|is) <agent> (?:do|say|supposed to do)?,? ?(?:<when>) "
            rf"(?P<spot>.+?) {_FAILS}",
            rf"what (?:would )?happens?(?: then)?,? (?:<when>) (?P<spot>.+?) {_FAILS}",
            r"(?:(?:so )?what (?:does|do|will|would) <agent> do|what happens|what),? (?:<when>) (?:<agent> "
            r")?(?:cannot|can't|could not|couldn't) (?:be )?(?P<spot>find .+|reach .+|look up .+|open "
            r".+|identify.*|match .+|read .+|verify .+)",
            r"(?:(?:so )?what (?:does|do|will|would) <agent> do|what happens|what)?,? ?(?:<when>) "
            r"(?P<spot>.+?) "
            r"(?:cannot|can't|could not|do not|don't|does not|doesn't) (?:be )?(?:found|reached|identified|"
            r"match|agree|verified|opened)(?: .+)?",
            rf"(?P<spot>.+?) {_FAILS}[ ,;–-]+(?:so )?(?:what (?:now|then|happens)|now what)",
            r"what is the (?:fallback|plan b|alternative) (?:<when>) (?P<spot>.+?) (?:<fail>|can't "
            r"be .+|cannot be .+)",
        ),
        _failing,
        False,
    ),
    Kind(
        "ask-case",
        "Ask about behaviour",
        "What the agent does in a case: the decisions and guards that speak of it.",
        ("What happens when a customer comes after 40 days?", "how does it treat a refund of £300?"),
        (
            r"(?:what (?:does|do|will|would) <agent> do|what happens|how does <agent> react"
            r"|what)(?:,)? (?:(?:<when>|with|to|for)) {case}",
            r"what (?:happens|follows|applies) (?P<case>(?:after|at|within|from|on|before|above|below|"
            r"over|under|up to) .*\d.*)",
            r"(?:which|what) (?:row|line|answer|way|branch|decision|outcome|result|\w+) (?:applies|answers|"
            r"counts|holds|follows|is taken|is it|fits) "
            r"(?P<case>(?:for|after|at|with|when|if|to|from|in|above|below|over|under) .*\d.*)",
            r"how (?:does|do|will|would) <agent> (?:treat|handle|deal with) {case}",
            r"how (?:is|are) {case} (?:treated|handled|dealt with)(?P<more2> .+)?",
            r"how (?:is|are) (?P<case>.+ (?:treated|handled|dealt with) .+)",
            r"what (?:would|will|does|do|did) (?:happen|<agent> (?:say|do|answer)) (?:<when>|with|to|"
            r"for) {case}",
            r"(?:<when>|say|suppose|imagine|assume|let us say)? ?(?:that )?{case}[,.;:?–-]+ ?(?:so "
            r"|then |and )?(?:what (?:happens|would happen|then|does <agent> do|would <agent> (?:do|"
            r"say)|will <agent> (?:do|say)|does it cost|do (?:they|we) (?:pay|do))|free or not|is that "
            r"(?:ok|okay|allowed|free)|how much is it).*",
            r"is (?:<the>)?(?:approval|a supervisor|\w+) (?:needed|required|necessary|involved) (?:for|"
            r"<when>|at) {case}",
            r"(?:is|are|would) it (?:free|possible|allowed|ok|okay|still possible) "
            r"(?:to .+? )?(?P<case>.*\d.*)",
            r"(?:can|may|could) (?:<customer>|a \w+) (?:still )?(?P<case>.+)",
            r"what (?:does|do|must|would) (?:<customer>|a \w+) pay (?:who|<when>) {case}",
            r"how (?:do|does|would|will) <agent> (?:handle|treat|deal with|react to) {case}",
            r"(?:what|how) about {case}",
            r"how much (?:is it|does it cost) to {case}",
        ),
        _case,
        False,
    ),
    Kind(
        "ask-paths",
        "Ask about behaviour",
        "Which paths lead to a step or a system.",
        ("Which paths lead to issue_refund?", "how does a customer get to “Hand over to a supervisor”?"),
        (
            r"(?:which|what) (?:paths?|ways?|routes?) (?:lead|leads|go|end|ends|goes|are there)(?: "
            r"up)? (?:to|in|at) (?P<place>.+?)",
            r"what (?:leads|goes|gets) to (?P<place>.+?)",
            r"how (?:does|do|can) (?:<customer>|<agent>|one) (?:get|come|go|end up) (?:to|at|in) "
            r"(?P<place>.+?)",
            r"show (?:me )?(?:the |all )*(?:paths?|ways?|routes?) to (?P<place>.+?)",
            r"how (?:do|does|can|could|would) (?:<customer>|<agent>|one|you|patients) (?:ever )?(?:end "
            r"up|get|land|arrive|come|reach)(?: to| at| in| with| handed to| over to)? (?P<place>.+?)",
            r"when (?:does|do|would) (?:<customer>|one|you|patients) (?:end up|get|land|arrive|come)(?: "
            r"to| at| in| with) (?P<place>.+?)",
        ),
        _leading,
        False,
    ),
    Kind(
        "ask-handoffs",
        "Ask about behaviour",
        "To whom the agent hands over, and with what.",
        ("To whom does the agent hand over?", "which queues are there?"),
        (
            r"(?:to whom|to which (?:queues?|teams?|people)|who) (?:does|do) <agent> (?:hand "
            r"(?:over|customers|cases|them)|escalate|transfer)(?: to)?(?: .+)?",
            r"(?:which|what) (?:queues?|teams?|handovers?|handoffs?) (?:are there|do we have|does "
            r"<agent> (?:use|have)|do we hand .+)",
            r"who takes over(?: from <agent>)?",
            r"(?:to )?(?:who|whom) can (?:<customer>) be (?:passed|handed|transferred|put|sent)"
            r"(?: on| over| through)?(?: to)?",
            r"(?:list|show)(?: me)? (?:the |all )*(?:queues|handovers|handoffs)(?: .+)?",
            r"where do(?:es)? <customer> (?:end up|go) (?:<when>) .+ takes over",
            r"where (?:do|does) <customer> (?:get|go when|be) (?:handed|passed|transferred|sent|"
            r"escalated)(?: "
            r"over| on)?(?: to)?",
            r"(?:to )?(?:who|whom|which teams?|what teams?|which people) (?:do|does) (?:<customer>|"
            r"<agent>) (?:get |be )?(?:handed|passed|pass|hand|transferred|transfer|sent|send)(?: <customer>|"
            r" them| over| on)*(?: to)?",
            r"who takes over (?:in|when|if|for) .+",
            r"(?:list|show)(?: me)? (?:all |the )*(?:teams|desks|people)(?: .+)?",
        ),
        _queues,
        False,
    ),
)
