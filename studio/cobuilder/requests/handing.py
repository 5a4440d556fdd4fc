"""Requests about handing over to people: when, to which queue, and with what.

- A case the agent knows by a fact becomes a rule with a guard; a case it only hears becomes phrases that
  start
  a workflow, an existing one where one hands over for the like.
- A queue that is renamed is renamed in the tests that expect it, where no other step uses it.
"""

from __future__ import annotations

import re
from collections import Counter

from studio.cobuilder.requests.conditions import condition, known
from studio.cobuilder.requests.flow_edits import slug, step_path
from studio.cobuilder.requests.items import stems_of
from studio.cobuilder.requests.kinds import Done, Kind, No, NotMine, Outcome, Turn
from studio.cobuilder.requests.rules import new_rule
from studio.cobuilder.requests.wording import bare, initial
from studio.domain.changeset import join_path
from studio.domain.charter import Guard, RuleKind
from studio.domain.condition import fields_of, in_words
from studio.domain.scenario import ExpectHandoff, ExpectOutcome, Scenario
from studio.domain.workflow import CallBlock, Handoff, ToolCall, Workflow

Found = tuple[Workflow, Handoff]


def _handoffs(turn: Turn) -> list[Found]:
    return [(f, s) for f in turn.agent.workflows for s in f.steps if isinstance(s, Handoff)]


def _to(turn: Turn, words: str) -> list[Found]:
    """Return the handoffs that words mean: by queue, by step, by who is there."""
    said = stems_of(
        re.sub(
            r"\b(?:the|queue|team|desk|handoffs?|handovers?|cases?|hand(?:ed)? over|to|for|of)\b",
            " ",
            words.casefold(),
        )
    )
    exact = [
        (f, s)
        for f, s in _handoffs(turn)
        if bare(words).casefold() in (s.queue.casefold(), s.title.casefold())
    ]
    if exact or not said:
        return exact
    return [(f, s) for f, s in _handoffs(turn) if said <= stems_of(f"{s.queue} {s.title}")]


def _one(turn: Turn) -> Found | No:
    found = _to(turn, turn.text("who"))
    if len(found) == 1:
        return found[0]
    names = ", ".join(f"“{s.title}” (queue {s.queue})" for _, s in found or _handoffs(turn))
    return No(
        f"{'Several handovers fit' if found else 'No handover is called'} “{turn.text('who')}”. "
        f"There are: {names}."
    )


def _queue(turn: Turn) -> Outcome:
    found, queue = _one(turn), turn.text("queue")
    if isinstance(found, No):
        return found if _handover_word(turn.said) else NotMine()
    flow, step = found
    queue = re.sub(r"^(?:the )?(?:queue )?", "", queue)
    if queue == step.queue:
        return No(f"“{step.title}” goes to “{queue}” already.")
    title = f"“{step.title}”: queue “{step.queue}” → “{queue}”"
    turn.sketch.edit(step_path(flow.id, step.id), step, turn.why(title, *step.citations), queue=queue)
    if not any(s.queue == step.queue for _, s in _handoffs(turn)):
        for test in turn.agent.scenarios:
            moved = tuple(
                e.model_copy(update={"queue": queue})
                if isinstance(e, ExpectHandoff) and e.queue == step.queue
                else e
                for e in test.expectations
            )
            if moved != test.expectations:
                why = turn.why(f"Test {test.id} expects the queue “{queue}”")
                turn.sketch.edit(join_path("scenarios", test.id), test, why, expectations=moved)
    named = step.queue in step.say
    warnings = (f"What it says still names “{step.queue}”.",) if named else ()
    return Done(
        f"I propose that “{step.title}” hands over to the queue “{queue}” (now “{step.queue}”).",
        title,
        warnings,
    )


def _handover_word(text: str) -> bool:
    return bool(re.search(r"queue|hand(?:s|ed)?[- ]?(?:over|off)|handoff|handover", text, re.IGNORECASE))


def _context(turn: Turn, add: bool) -> Outcome:
    found, fact = _one(turn), turn.item("fact")
    if isinstance(found, No):
        return found if _handover_word(turn.said) else NotMine()
    flow, step = found
    if add == (fact.id in step.context):
        state = "gets" if add else "does not get"
        return No(f"“{step.title}” {state} “{fact.name}” already.")
    kept = (*step.context, fact.id) if add else tuple(name for name in step.context if name != fact.id)
    verb = "also gets" if add else "no longer gets"
    title = f"“{step.queue}” {verb} “{fact.name}” (“{step.title}”)"
    turn.sketch.edit(step_path(flow.id, step.id), step, turn.why(title, *step.citations), context=kept)
    for test in turn.agent.scenarios if not add else ():
        changed = tuple(_without(e, step.queue, fact.id) for e in test.expectations)
        if changed != test.expectations:
            why = turn.why(f"Test {test.id} no longer expects “{fact.name}” in the handover")
            turn.sketch.edit(join_path("scenarios", test.id), test, why, expectations=changed)
    return Done(f"I propose that “{step.queue}” {verb} “{fact.name}” when “{step.title}” is reached.", title)


def _without(expected: object, queue: str, fact: str) -> object:
    if isinstance(expected, ExpectHandoff) and expected.queue == queue:
        return expected.model_copy(update={"context": tuple(c for c in expected.context if c != fact)})
    return expected


def _usual_queue(turn: Turn) -> str:
    """Return the queue that most ways of the agent lead to."""
    blocks = Counter(s.block for f in turn.agent.workflows for s in f.steps if isinstance(s, CallBlock))
    counts: Counter[str] = Counter()
    for flow, step in _handoffs(turn):
        counts[step.queue] += 1 + blocks[flow.id]
    return counts.most_common(1)[0][0] if counts else ""


def _wanted_queue(turn: Turn) -> str:
    said = turn.text("who")
    if not said or re.fullmatch(
        r"(?:an? |the )?(?:person|human|colleague|agent|someone|people|human being)", said, re.IGNORECASE
    ):
        return _usual_queue(turn)
    found = _to(turn, said)
    return found[0][1].queue if found else re.sub(r"^(?:the|our) ", "", said)


_FAILURE = re.compile(
    r"^(?:no|nothing)\b|\b(?:can(?:not|'t)? be|fails?|is down|times out|not found|no answer)\b", re.I
)


def _escalate(turn: Turn) -> Outcome:
    queue = _wanted_queue(turn)
    if not queue:
        return No("This agent hands over to nobody yet; say to which team.")
    case, heard = turn.text("case"), turn.text("heard")
    facts = known(turn.agent)
    if case and not heard:
        when = condition(case, facts)
        if when is not None:
            return _guarded(turn, when, queue)
        return No(
            f"No fact of this agent tells whether “{case}”. Ask the customer for it first, or say what "
            "customers say then: “escalate when the customer mentions …”."
        )
    if _FAILURE.search(heard):
        return NotMine()  # what a system does, and no words that a customer says
    return _heard(turn, re.sub(r"^(?:that |of |about )", "", heard), queue)


def _guarded(turn: Turn, when: object, queue: str) -> Outcome:
    from studio.domain.condition import All, AnyOf, Compare, Not

    assert isinstance(when, All | AnyOf | Compare | Not)
    needed = fields_of(when)
    flows = [f for f in turn.agent.workflows if needed <= {k.name for k in known(turn.agent, [f.id])}]
    names = {t.name for t in turn.agent.tools if t.effect == "write"}
    tools = tuple(
        dict.fromkeys(s.tool for f in flows for s in f.steps if isinstance(s, ToolCall) and s.tool in names)
    )
    text = f"Hand over to {queue} when {in_words(when)}"
    if not tools:
        return No(
            f"No system is used where {' and '.join(sorted(n.replace('_', ' ') for n in needed))} "
            f"is known, so nothing could be stopped and handed over."
        )
    guard = Guard(tools=tools, forbidden_when=when)
    rule = new_rule(turn, text, RuleKind.ESCALATE, guard, tuple(f.id for f in flows if not f.reusable))
    led = "Code refuses these systems then; the step's own way on failure leads to a person."
    return Done(f"I propose rule {rule.id}: “{rule.text}” {led}", f"New rule {rule.id}: {rule.title}")


def _heard(turn: Turn, heard: str, queue: str) -> Outcome:
    topic = re.sub(r"^(?:a|an|the|some|their|his|her)\s+", "", heard)
    if not topic or len(topic.split()) > 12:
        return NotMine()
    phrase = re.sub(r"^(?:they|he|she) ", "I ", topic)
    phrase = initial(phrase)
    text = f"Hand over to {queue} at once when the customer mentions: {heard}"
    home = _like(turn, topic, queue)
    if home is not None:
        return _also_starts(turn, home, heard, phrase, topic)
    flow_id = slug(f"mentions {topic}", {f.id for f in turn.agent.workflows})
    handoff = Handoff(
        id="hand-over",
        title=f"Hand over to {queue}",
        queue=queue,
        say="I am putting you through to a colleague now.",
    )
    made = Workflow(
        id=flow_id,
        name=f"Customer mentions {topic}",
        intent=f"The customer mentions {heard}",
        examples=(phrase,),
        start=handoff.id,
        steps=(handoff,),
    )
    turn.sketch.put(
        f"workflows/{flow_id}", made, turn.why(f"New workflow “{made.name}” that hands over to {queue}")
    )
    title = initial(f"{heard}: to {queue}")
    rule = new_rule(turn, text, RuleKind.ESCALATE, None, (flow_id,), "step", title=title)
    turn.sketch.together([f"workflows/{flow_id}", f"charter/rules/{rule.id}"])
    _test(turn, flow_id, phrase, queue)
    return Done(
        f"I propose rule {rule.id} and a workflow “{made.name}” that starts with “{phrase}” and "
        f"hands over to {queue}.",
        f"Hand over when the customer mentions {topic}",
        ("Only what customers say like this phrase starts it; give it more phrases.",),
    )


def _also_starts(turn: Turn, home: Found, heard: str, phrase: str, topic: str) -> Outcome:
    """Let what is heard start a workflow that hands over already."""
    flow, step = home
    if any(phrase.casefold() == each.casefold() for each in flow.examples):
        return No(
            f"“{flow.name}” starts already when a customer says “{phrase}”; it hands over to {step.queue}."
        )
    rule = new_rule(
        turn,
        f"Hand over to {step.queue} at once when the customer mentions: {heard}",
        RuleKind.ESCALATE,
        None,
        (flow.id,),
        "step",
        title=initial(f"{heard}: to {step.queue}"),
    )
    path = join_path("workflows", flow.id, "examples")
    why = turn.why(f"“{flow.name}” also starts with “{phrase}”")
    turn.sketch.put(path, [*flow.examples, phrase], why)
    turn.sketch.together([path, f"charter/rules/{rule.id}"])
    _test(turn, flow.id, phrase, step.queue)
    return Done(
        f"I propose rule {rule.id}, and that “{phrase}” starts “{flow.name}”, which hands over "
        f"to {step.queue}.",
        f"Hand over when the customer mentions {topic}",
    )


def _like(turn: Turn, topic: str, queue: str) -> Found | None:
    """Return a workflow that does nothing but hand over, for what the topic is like."""
    said = stems_of(topic)
    for flow in turn.agent.workflows:
        ends = [s for s in flow.steps if isinstance(s, Handoff)]
        only = ends and not flow.reusable and not any(isinstance(s, ToolCall | CallBlock) for s in flow.steps)
        if not only:
            continue
        named = bool(turn.text("who")) and ends[0].queue == queue and "who" in turn.words
        person = queue == _usual_queue(turn)
        if (said & stems_of(f"{flow.intent} {' '.join(flow.examples)}") and person) or (named and not person):
            return flow, ends[0]
    return None


def _test(turn: Turn, flow_id: str, phrase: str, queue: str) -> None:
    from studio.cobuilder.requests.trials import next_test_id

    test = Scenario(
        id=next_test_id(turn),
        title=f"Says “{phrase}”",
        workflow=flow_id,
        opening=phrase,
        goal="Be helped",
        expectations=(ExpectOutcome(outcome="handed over"), ExpectHandoff(queue=queue)),
    )
    turn.sketch.put(f"scenarios/{test.id}", test, turn.why(f"Test {test.id}: {test.title}"))
    turn.sketch.needs(
        f"scenarios/{test.id}", join_path("workflows", flow_id), join_path("workflows", flow_id, "examples")
    )


_AT_ONCE = r"(?: (?:immediately|at once|straight away|right away|directly|without delay))?"
_PERSON = r"(?:a |the )?(?:person|human|colleague|human agent|human being)"

KINDS: tuple[Kind, ...] = (
    Kind(
        "escalation-add",
        "Handing over",
        "Hand over when a customer mentions something, or when a fact says so.",
        ("escalate when the customer mentions a lawyer", "Hand over to a person if the amount is above £150"),
        (
            rf"(?:escalate|(?:<hand>) (?:<customer> |them )?(?:over )?(?:to {{who}})?){_AT_ONCE} "
            rf"(?:<when>|once) (?:<customer> )(?:<mention>)(?:s)? {{heard}}",
            rf"(?:escalate|hand over|transfer)(?: to {{who}})?{_AT_ONCE} (?:<when>) {{case}}",
            r"(?:<hand>) <customer> (?:over )?to {who} (?:<when>) <customer> (?:<mention>) {heard}",
            rf"(?:<when>) <customer> (?:<mention>) (?:that )?{{heard}}, (?:<hand>) (?:them|the "
            rf"customer|the patient|it|him|her) (?:over )?to {{who}}{_AT_ONCE}",
            rf"(?:<when>) <customer> (?:<mention>) (?:that )?{{heard}},? (?:escalate|hand over){_AT_ONCE}",
            rf"<customer> (?:who|that) (?:<mention>|talks? about|speaks? of) {{heard}} (?:<must>) "
            rf"(?:go|be (?:<hand>)|be passed|be handed(?: over)?|be sent|be put through)(?: over)? "
            rf"to {{who}}{_AT_ONCE}",
            rf"(?:<when>) {{case}},? (?:escalate|hand (?:it |them )?over(?: to {{who}})?){_AT_ONCE}",
            rf"(?:anything|anyone|everything|anybody|whoever|all cases|cases|customers?|messages?) (?:about|"
            rf"to do with|concerning|mentioning|involving|with) {{heard}} (?:goes|go|belongs?|(?:<must>) "
            rf"(?:go|be (?:<hand>)|be sent|be passed|be handed(?: over)?))(?: straight| directly| on|"
            rf" over)? to {{who}}{_AT_ONCE}",
            rf"(?P<heard>[\w' -]+?)(?: mentioned| threatened| comes up| is mentioned)?:? ?(?:->|→|:|"
            rf"=>) ?(?:<hand>)(?: over)?(?: to {{who}})?{_AT_ONCE}",
            r"(?P<heard>[\w' -]+?) (?:mentioned|threatened|comes up|is mentioned),? ?(?:->|→|:|=>) ?{who}",
            rf"(?:<when>) <customer> (?:is |are |starts? )?(?:talking|speaking|writing|threatening|"
            rf"complaining|"
            rf"going on|talks?|speaks?) (?:about|of|with|to go to) {{heard}}, ?(?:then )?(?:<hand>|give)(?: "
            rf"it| them| him| her| the case| the conversation)? (?:over |through |on )?to {{who}}{_AT_ONCE}",
            rf"(?:<when>) <customer> (?:<mention>|asks? for|says?|wants?|threatens?(?: to)?|brings up|"
            rf"uses? the word) {{heard}},? (?:then )?(?:<hand>|give)(?: it| them| him| her| the case|"
            rf" the conversation| over)* (?:over |through |on )?to {{who}}{_AT_ONCE}",
            rf"(?:<when>) <customer> (?:<mention>|asks? for|says?|wants?|threatens?(?: to)?|brings up) "
            rf"{{heard}}, (?:the (?:conversation|chat|case)|they|it|he|she|this) (?:<must>) (?:be (?:<hand>)|"
            rf"be (?:handed|sent|passed|put|given|escalated)|go)(?: over| through| on| straight)* to "
            rf"{{who}}{_AT_ONCE}",
            rf"<customer> (?:who|that) (?:<mention>|talks? about|speaks? of|asks? for|threatens?(?: "
            rf"to)?|says?(?: they)?) {{heard}} (?:has to|have to|<must>) (?:go|be (?:<hand>)|be (?:passed|"
            rf"sent|put|handed|given))(?: over| through| straight| on)* to {{who}}{_AT_ONCE}",
            rf"(?:<send>|give|put|<hand>) <customer> (?:who|that) (?:<mention>|says?|asks? for|talks? "
            rf"about|wants?) (?:that |they |to )*{{heard}} (?:over |straight |through )*to {{who}}{_AT_ONCE}",
            r"(?:<hand>)(?: over)?(?: to {who})? (?:<when>) <customer> (?:asks? for|wants|threatens?(?: "
            r"to)?|says?|talks? (?:about|of)|speaks? (?:about|of)|brings up|uses? the word) {heard}",
            rf"(?:cases|conversations|requests|refunds|orders) (?:in which|where|with|for which) {{case}} "
            rf"(?:have to|has to|<must>|are|go) (?:be )?(?:<hand>|passed|sent|handed(?: over)?|escalated|"
            rf"given|go)(?: on| over)? to {{who}}{_AT_ONCE}",
            r"(?:<hand>)(?: over)? (?:to {who} )?(?:<when>) {heard} (?:is mentioned|comes up|is brought up)",
            r"the words? (?P<heard>“[^”]+”|[\w -]+?) (?:<must>) (?:trigger|cause|lead to|start) (?:a "
            r"|an )?(?:handover|hand-over|handoff|escalation)(?: to {who})?",
            r"(?:<when>) <customer> (?:<mention>|brings? up|talks? about|threatens?(?: to)?) {heard},? "
            r"(?:get|fetch|call(?: in)?|involve|bring in) (?P<who>a human|a person|somebody|someone|"
            r"a colleague|the .+)",
            r"<customer> (?:mentioning|threatening|asking for|talking about|complaining about) {heard} "
            r"(?:<must>|have to|has to|needs? to|go(?:es)?) ?(?:go|be (?:passed|handed|sent|put|escalated|"
            r"transferred)|straight)*(?: over| through| on)* to {who}",
        ),
        _escalate,
    ),
    Kind(
        "handoff-queue",
        "Handing over",
        "Hand over to another queue.",
        (
            "change the queue of “Hand over to a supervisor” to “Team leads”",
            "cases for Customer Care should go to Reception",
        ),
        (
            r"(?:<send>) (?:<the>)?{who} (?:handoffs?|handovers?|cases?) to (?:the )?queue {queue}",
            r"(?:<change>) (?:the )?queue (?:of|for|in) {who} to {queue}",
            r"(?:<send>) {who} to (?:the )?(?:queue )?{queue}",
            r"(?:<the>)?(?:cases|handovers|handoffs|customers) (?:for|to) {who} (?:<must>) go to "
            r"{queue}(?: instead)?",
            r"(?:<the>)?{who} queue is (?:now )?(?:called|named) {queue}(?: now)?",
            r"use (?:the )?queue {queue} (?:for|in) {who}",
            r"{who} (?:cases?|handoffs?|handovers?|queue)? ?(?:->|→|=>|go(?:es)? to|(?:<must>) (?:be "
            r")?(?:go|routed|sent|go now|land|end up)(?: to| in| at)|now goes? to) (?:the )?(?:queue "
            r")?{queue}",
            r"(?:<the>)?{who} (?:queue|team|desk) is (?:now )?(?:called|named|renamed to) {queue}(?: now)?",
            r"(?:<rename>) (?:<the>)?queue {who} to {queue}",
            r"(?:<rename>) (?:<the>)?{who} queue to {queue}",
            r"(?:<change>) (?:<the>)?{who} queue to {queue}",
        ),
        _queue,
    ),
    Kind(
        "handoff-pass-on",
        "Handing over",
        "Pass one more fact on to the people who take over.",
        ("Also pass the payment method on to the supervisor",),
        (
            r"(?:also )?(?:pass|hand|give|forward|send) {fact} (?:on |over )?to {who}(?: too| as well)?",
            r"include {fact} in (?:the )?(?:handover|handoff|hand-over) to {who}",
            r"(?:give|tell|hand|send) (?P<who>(?:the )?[\w ]+?) (?P<fact>the .+?)(?: too| as well| also)",
            r"<add> {fact} to what (?:is handed over to|goes to|is given to) {who}",
            r"<add> {fact} to (?:what )?{who}(?: gets)?",
            r"{who} (?:also )?(?:needs?|wants?|must|should|has to|have to|would like)(?: also)? (?:to "
            r")?(?:know|get|see|receive|have) {fact}(?: too| as well| also)?",
            r"(?:tell|show|let) {who} (?:also )?(?:see |know |have )?(?P<fact>the .+?)(?: too| as well|"
            r" also)",
            r"{who} (?:keep|keeps) asking for {fact}, .*(?:pass|give|hand|send|include) (?:it|them|that) .*",
        ),
        lambda turn: _context(turn, True),
    ),
    Kind(
        "handoff-hold-back",
        "Handing over",
        "No longer pass a fact on to the people who take over.",
        ("Don't pass the reason on to the supervisor",),
        (
            r"(?:<not>|stop) (?:pass|hand|give|forward|send)(?:ing)? {fact} (?:on |over )?to "
            r"{who}(?: <more>)?",
            r"(?:leave|take|keep) {fact} out of (?:the )?(?:handover|handoff|hand-over) to {who}",
            r"(?:stop) (?:giving|telling|sending|handing) (?P<who>the [\w ]+?) (?P<fact>the .+)",
            r"{who} (?:<not>) (?:get|receive|see|be given|be told) {fact}(?: <more>)?",
            r"<remove> {fact} from (?:what )?(?:<the>)?{who} (?:gets?|receives?|sees?)",
            r"<remove> {fact} from (?:the )?(?:handover|handoff) to {who}",
            r"no need to (?:give|tell|send|hand|pass|show) (?P<who>(?:the )?[\w ]+?) (?P<fact>(?:the|"
            r"their|his|her) .+)",
            r"no need to (?:give|tell|send|hand|pass|forward) {fact} (?:on |over )?to {who}",
            r"{who} (?:does not|do not|don't|doesn't|no longer|need not|needn't) needs? (?:to (?:see|"
            r"know|have|get|receive|be told) )?{fact}(?: <more>)?(?: (?:<when>) .+)?",
        ),
        lambda turn: _context(turn, False),
    ),
)
