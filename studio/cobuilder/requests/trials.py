"""Requests about tests and about the phrases that start a workflow.

- A new test is a copy of the test closest to what was said, with the facts, manner and faults that were
  named;
  what it expects is what was said, else what the draft does, and the difference is told.
"""

from __future__ import annotations

import re

from studio.cobuilder.requests.conditions import facts_said, known
from studio.cobuilder.requests.items import Item, stems_of
from studio.cobuilder.requests.kinds import Done, Kind, No, NotMine, Outcome, Turn, Unsure
from studio.cobuilder.requests.wording import bare, initial
from studio.cobuilder.sketch.rehearsal import meets, walk
from studio.domain.changeset import join_path
from studio.domain.condition import Scalar, spell
from studio.domain.scenario import (
    Behaviour,
    Expectation,
    ExpectCall,
    ExpectDisclosure,
    ExpectHandoff,
    ExpectOutcome,
    ExpectStep,
    Fact,
    Fault,
    Scenario,
)
from studio.domain.workflow import Handoff, ToolCall

_MANNERS: tuple[tuple[str, Behaviour], ...] = (
    (r"\bangry\b|\bfurious\b", "angry"),
    (r"\bimpatient\b|\bhurry\b", "impatient"),
    (r"\btypos?\b|\bmistyp\w*", "typos"),
    (r"asks? for a (?:human|person|colleague)", "asks for a human"),
    (
        r"refuses? to (?:identify"
        r"|say who)",
        "refuses to identify",
    ),
    (r"\bsilent\b|says nothing", "silent once"),
    (r"out of order", "facts out of order"),
    (r"wrong (?:data|number|details) first|first gives? wrong", "gives wrong then right data"),
    (r"asks? for an exception", "asks for an exception"),
    (r"chang(?:es?|ing) (?:their|his|her|the) minds?|takes? (?:it|an answer) back", "changes mind"),
    (r"(?:several|two|more) questions|asks? (?:for )?two things", "several questions at once"),
    (r"\binterrupts?\b|asks? for a moment", "interrupts"),
    (r"challenges? the|doubts? the|argues? (?:with|about)", "challenges the answer"),
    (r"\bslang\b", "slang"),
    (r"incomplete sentences|half sentences|breaks? off", "incomplete sentences"),
    (r"changes? (?:the )?(?:topic|subject)|off topic|small talk", "changes topic"),
    (r"(?:another|other|else)(?:'s| person's| customer's) data", "asks for another person's data"),
    (r"asks? for (?:what is|something) (?:forbidden|not allowed)", "asks for what is forbidden"),
    (
        r"out of (?:its|the) rules|prompt injection|ignore (?:its|the|your) (?:rules|instructions)",
        "talks the agent out of its rules",
    ),
    (r"adds? (?:\w+ )?information late|tells? (?:it|the truth) late", "adds information late"),
)
_OUTCOMES = (
    (r"\brefused\b|\brejected\b|\bturned (?:away|down)\b|\bdeclined\b", "refused"),
    (r"\bhand(?:ed)? over\b|\bescalated\b|\btransferred\b|\bpassed on\b", "handed over"),
    (r"\bresolved\b|\bhelped\b|\bsolved\b|\bsuccess\w*", "resolved"),
    (r"\babandon\w*", "abandoned"),
)


def next_test_id(turn: Turn) -> str:
    """Return the id the next new test gets."""
    numbers = [int(t.id[2:]) for t in turn.agent.scenarios if re.fullmatch(r"T-\d+", t.id)]
    return f"T-{max(numbers, default=0) + 1:02}"


def _path(test: Scenario) -> str:
    return join_path("scenarios", test.id)


def _outcome(text: str) -> str | None:
    return next((name for words, name in _OUTCOMES if re.search(words, text, re.IGNORECASE)), None)


def _base(turn: Turn, text: str, facts: dict[str, Scalar]) -> Scenario | None:
    """Return the test that is closest to what was said."""
    said = stems_of(text)

    def likeness(test: Scenario) -> tuple[int, int]:
        held = {fact.id: fact.value for fact in test.facts}
        flow = next((f for f in turn.agent.workflows if f.id == test.workflow), None)
        words = stems_of(f"{test.title} {test.goal} {flow.name if flow else ''}")
        return sum(held.get(name) == value for name, value in facts.items()), len(said & words)

    best = max(turn.agent.scenarios, key=likeness, default=None)
    return best if best is not None and sum(likeness(best)) > 0 else None


def _faults(turn: Turn, text: str) -> tuple[Fault, ...]:
    if not re.search(
        r"\b(?:fails?|down|times? out|does not answer|broken|unavailable|error)\b", text, re.IGNORECASE
    ):
        return ()
    said = stems_of(text)
    scored = [(len(said & stems_of(f"{t.name} {t.description}")), t.name) for t in turn.agent.tools]
    best = max((score for score, _ in scored), default=0)
    return tuple(Fault(id=name) for score, name in scored if score == best and best > 0)[:1]


def _add(turn: Turn) -> Outcome:
    text = turn.text("text")
    facts = {f.name: f for f in known(turn.agent)}
    said = facts_said(text, list(facts.values()))
    slots = {s.id for f in turn.agent.workflows for s in f.slots}
    said = {name: value for name, value in said.items() if name in slots}
    base = turn.agent.scenario(turn.item("test").id) if "test" in turn.found else _base(turn, text, said)
    if base is None:
        return Unsure("Which test is it like? Say: add a test like T-01 with …, and what differs.")
    manners = tuple(b for words, b in _MANNERS if re.search(words, text, re.IGNORECASE))
    faults, outcome = _faults(turn, text), _outcome(text)
    kept = [f.model_copy(update={"value": said[f.id]}) if f.id in said else f for f in base.facts]
    persona = base.persona.model_copy(update={"mood": "angry"}) if "angry" in manners else base.persona
    test = base.model_copy(
        update={
            "id": next_test_id(turn),
            "facts": tuple(kept),
            "faults": faults or base.faults,
            "persona": persona,
            "behaviours": tuple(dict.fromkeys((*base.behaviours, *manners))),
            "title": initial(re.sub(r"^(?:a|an|the) ", "", text)) or base.title,
        }
    )
    same = (test.facts, test.faults, test.behaviours, test.persona) == (
        base.facts,
        base.faults,
        base.behaviours,
        base.persona,
    )
    if same and (outcome is None or ExpectOutcome(outcome=outcome) in base.expectations):
        return No(f"Test {base.id} “{base.title}” is that already. Say what shall differ.")
    test, warnings = _expecting(turn, test, outcome)
    title = f"New test {test.id}: {test.title}"
    turn.sketch.put(_path(test), test, turn.why(title, *base.citations))
    return Done(
        f"I propose test {test.id} “{test.title}”, otherwise as {base.id} “{base.title}”.", title, warnings
    )


def _expecting(turn: Turn, test: Scenario, outcome: str | None) -> tuple[Scenario, tuple[str, ...]]:
    """Return the test with expectations that were said, or that the draft meets; and what to read."""
    course = walk(turn.agent, test)
    if outcome is not None:
        others = tuple(
            e for e in test.expectations if not isinstance(e, ExpectOutcome) and _still(e, outcome)
        )
        test = test.model_copy(update={"expectations": (ExpectOutcome(outcome=outcome), *others)})
    elif course is not None and not meets(test, course):
        test = test.model_copy(update={"expectations": (ExpectOutcome(outcome=course.outcome),)})
        return test, (f"It expects what the draft does now: “{course.outcome}”. Read whether that is right.",)
    if course is not None and course.outcome != (outcome or course.outcome):
        return test, (f"As the draft stands, it would end “{course.outcome}”, so this test would fail.",)
    return test, ()


def _still(expected: Expectation, outcome: str) -> bool:
    """Return whether an expectation of the copied test may stand beside another outcome."""
    return outcome == "resolved" or (isinstance(expected, ExpectCall) and expected.never)


def _remove(turn: Turn) -> Outcome:
    test = turn.agent.scenario(turn.item("test").id)
    title = f"Remove test {test.id} “{test.title}”"
    turn.sketch.put(_path(test), None, turn.why(title, *test.citations))
    others = [t for t in turn.agent.scenarios if t.workflow == test.workflow]
    warnings = () if others else ("No other test covers its workflow.",)
    return Done(f"I propose to remove test {test.id} “{test.title}”.", title, warnings)


def _offering(turn: Turn, said: str) -> Item | None:
    """Return the only question that offers what a customer of a test says."""
    low = said.casefold()
    names = {s.id for f in turn.agent.workflows for s in f.slots if low in (c.casefold() for c in s.choices)}
    items = [i for i in turn.ground.index.items if i.kind == "fact" and i.id in names]
    return items[0] if len(items) == 1 else None


def _fact(turn: Turn) -> Outcome:
    test, said = turn.agent.scenario(turn.item("test").id), turn.text("value")
    asked = _choosing(turn, turn.item("fact"), said) if "fact" in turn.found else _offering(turn, said)
    if asked is None:
        return NotMine()
    item = asked
    slot = next((s for f in turn.agent.workflows for s in f.slots if s.id == item.id), None)
    value: Scalar = said
    if slot is not None and slot.type == "yes or no" and said.lower() in ("yes", "no", "true", "false"):
        value = said.lower() in ("yes", "true")
    elif slot is not None and slot.type == "choice":
        value = next((c for c in slot.choices if c.casefold() == said.casefold()), "")
        if not value:
            return No(f"“{said}” is no choice of “{slot.label}”. There are: {', '.join(slot.choices)}.")
    elif re.fullmatch(r"[£€$]?\d+(?:\.\d+)?", said) and (slot is None or slot.type in ("number", "money")):
        value = float(said.lstrip("£€$")) if "." in said else int(said.lstrip("£€$"))
    title = f"Test {test.id}: {item.name} is “{spell(value)}”"
    if any(f.id == item.id for f in test.facts):
        facts = tuple(f.model_copy(update={"value": value}) if f.id == item.id else f for f in test.facts)
        changed = test.model_copy(update={"facts": facts})
    elif slot is not None:
        changed = test.model_copy(update={"facts": (*test.facts, Fact(id=item.id, value=value))})
    else:
        changed = _answered(turn, test, item.id, value)
    if changed == test:
        return No(f"In test {test.id} that is so already.")
    turn.sketch.put(_path(test), changed, turn.why(title, *test.citations))
    course = walk(turn.agent, changed)
    fails = course is not None and not meets(changed, course)
    warnings = (
        (
            f"As the draft stands, {test.id} would then end “{course.outcome}” and fail; change "
            f"what it expects, too.",
        )
        if fails and course
        else ()
    )
    return Done(
        f"I propose that in test {test.id} “{test.title}” {item.name} is “{spell(value)}”.", title, warnings
    )


def _choosing(turn: Turn, item: Item, said: str) -> Item:
    """Return the question that offers what was said as a choice, where the item itself offers no choice."""
    slots = {s.id: s for f in turn.agent.workflows for s in f.slots}
    if item.id in slots:
        return item
    offering = [
        name for name, slot in slots.items() if said.casefold() in (c.casefold() for c in slot.choices)
    ]
    if len(offering) != 1:
        return item
    return next(i for i in turn.ground.index.items if i.kind == "fact" and i.id == offering[0])


def _answered(turn: Turn, test: Scenario, fact: str, value: Scalar) -> Scenario:
    """Return the test in which a system answers another value for a fact that comes from it."""
    bound = {
        (s.tool, b.result)
        for f in turn.agent.workflows
        for s in f.steps
        if isinstance(s, ToolCall)
        for b in s.results
        if b.fact == fact
    }
    systems = tuple(
        system.model_copy(
            update={"reply": {k: value if (system.id, k) in bound else v for k, v in system.reply.items()}}
        )
        for system in test.systems
    )
    return test.model_copy(update={"systems": systems})


def _expect(turn: Turn) -> Outcome:
    test, said = turn.agent.scenario(turn.item("test").id), turn.words["what"].strip()
    expected = _expected(turn, said)
    if expected is None:
        return NotMine()
    if isinstance(expected, ExpectOutcome):
        others: tuple[Expectation, ...] = tuple(
            e for e in test.expectations if not isinstance(e, ExpectOutcome)
        )
    else:
        others = tuple(e for e in test.expectations if not _opposed(e, expected))
    if expected in test.expectations:
        return No(f"Test {test.id} expects that already.")
    changed = test.model_copy(update={"expectations": (*others, expected)})
    title = f"Test {test.id}: {said}"
    turn.sketch.put(_path(test), changed, turn.why(title, *test.citations))
    course = walk(turn.agent, changed)
    fails = course is not None and not meets(changed, course)
    warnings = ("As the draft stands, this test would fail.",) if fails else ()
    return Done(f"I propose that test {test.id} “{test.title}” expects: {said}.", title, warnings)


def _opposed(old: Expectation, new: Expectation) -> bool:
    if isinstance(old, ExpectCall) and isinstance(new, ExpectCall):
        return old.tool == new.tool
    return isinstance(old, ExpectStep) and isinstance(new, ExpectStep) and old.step == new.step


def _expected(turn: Turn, said: str) -> Expectation | None:
    never = bool(re.search(r"\b(?:never|not|no)\b", said, re.IGNORECASE))
    if (rule := re.search(r"\bR-\d+\b", said)) and re.search(r"told|said|disclosed|mentioned", said):
        return ExpectDisclosure(rule=rule[0])
    index = turn.ground.index
    bald = re.sub(
        r"\b(?:that|is|are|must|be|never|not|used|called|passed?|passes|reached|the step|ever|the "
        r"customer)\b",
        " ",
        said,
    ).strip()
    system = index.find(bald, ("system",))
    if system.certain and re.search(r"used?|call(?:ed)?|run", said):
        return ExpectCall(tool=system.items[0].id, never=never)
    queues = {s.queue for f in turn.agent.workflows for s in f.steps if isinstance(s, Handoff)}
    queue = next((q for q in queues if q.casefold() in said.casefold()), None)
    if queue is not None:
        return ExpectHandoff(queue=queue)
    outcome = _outcome(said)
    if outcome is not None and not never:
        return ExpectOutcome(outcome=outcome)
    step = index.find(bare(bald), ("step",))
    return ExpectStep(step=step.items[0].id, never=never) if step.certain else None


def _phrase(turn: Turn, add: bool) -> Outcome:
    text = turn.text("text")
    if "flow" in turn.found:
        flow = turn.agent.workflow(turn.item("flow").id)
    else:
        having = [f for f in turn.agent.workflows if text.casefold() in (e.casefold() for e in f.examples)]
        if len(having) != 1 or add:
            return NotMine()
        flow = having[0]
    known_already = text.casefold() in (each.casefold() for each in flow.examples)
    if add and known_already:
        return No(f"“{text}” starts “{flow.name}” already.")
    if not add and not known_already:
        return (
            No(f"“{text}” is no example phrase of “{flow.name}”. There are: {'; '.join(flow.examples)}.")
            if flow.examples
            else NotMine()
        )
    if add and flow.reusable:
        return No(f"“{flow.name}” is a block that other workflows run; no phrase starts it.")
    kept = [*flow.examples, text] if add else [e for e in flow.examples if e.casefold() != text.casefold()]
    title = f"“{text}” {'also starts' if add else 'no longer starts'} “{flow.name}”"
    turn.sketch.put(join_path("workflows", flow.id, "examples"), kept, turn.why(title))
    also = [
        f.name
        for f in turn.agent.workflows
        if f.id != flow.id and text.casefold() in (e.casefold() for e in f.examples)
    ]
    warnings = tuple(f"It is an example phrase of “{name}”, too." for name in also if add)
    return Done(f"I propose that {title}.", title, warnings)


_A = r"(?:a |an |another |one more |new |the )*"
_EXAMPLE = r"(?:phrase|example(?: phrase| sentence)?|sentence|trigger|utterance|words)"

KINDS: tuple[Kind, ...] = (
    Kind(
        "test-add",
        "Tests",
        "Add a test like another one, with other facts, another manner, or a system that fails.",
        (
            "Add a test like T-04 with an angry customer",
            "create a test where the order desk fails and the customer is handed over",
        ),
        (
            rf"(?:<add>|we need|i (?:want|need)) {_A}(?:test|scenario) (?:like|based on|from"
            rf"|similar to) {{test}} (?:with|but with|where|in which|but) {{text}}",
            rf"(?:<add>|we need|i (?:want|need)) {_A}(?:test|scenario) (?:in which|where|for|with"
            rf"|that|of|:) ?{{text}}",
            rf"(?:<add>|we need|i (?:want|need)) {_A}(?:test|scenario) (?:(?:the )?same as|as|just like) "
            rf"{{test}},? (?:with|but with|where|in which|but) {{text}}",
            rf"<add> {_A}(?:test|scenario): {{text}}",
            rf"(?:<add>|we need|i (?:want|need)|write|build) {_A}(?:new )?(?:test|scenario)s? (?:case "
            rf")?(?:in which|where|for|with|that|of|about|when|:) ?{{text}}",
            rf"{_A}(?:test|scenario)(?: case)? is missing (?:in which|where|for|with|that|when) {{text}}",
            r"test (?:what happens (?:with|when|if)|a|an|whether|how) {text}",
        ),
        _add,
    ),
    Kind(
        "test-remove",
        "Tests",
        "Remove a test.",
        ("Remove test T-05", "delete the test about somebody who got hurt"),
        (
            r"<remove> (?:<the>)?(?:test|scenario) (?:about |for |with )?{test}",
            r"<remove> (?P<test>T-\d+)",
            r"<remove> (?:<the>)?{test} (?:test|scenario)",
            r"(?:we|it) (?:no longer|do not|don't) needs? (?:<the>)?(?:test|scenario) {test}(?: <more>)?",
            r"{test} is (?:obsolete|not needed)(?: <more>)?, (?:<remove>) it",
            r"(?:<the>)?(?:test|scenario) {test} (?:can go|is no longer needed|is obsolete)",
            r"(?P<test>T-\d+) (?:can go|out|must go|is out|is obsolete)",
            r"(?:<the>)?(?:test|scenario) {test} is (?:superfluous|unnecessary|obsolete|outdated|not "
            r"needed)(?: <more>)?",
        ),
        _remove,
    ),
    Kind(
        "test-fact",
        "Tests",
        "Change what the customer or a system says in a test.",
        ("In T-02 set the reason to wrong size", "change the email in T-12 to mia@mail.example"),
        (
            r"in (?:test )?{test},? (?:<change>|let) {fact} (?:to|be) {value}",
            r"(?:<change>|let) {fact} (?:in|of) (?:test )?{test} (?:to|be) {value}",
            r"(?:in )?(?:test )?{test}[,:]? {fact} (?:<must>) be {value}",
            r"use {value} as {fact} in (?:test )?{test}",
            r"<customer> (?:in|of) (?:test )?{test} (?:<must>) (?:say|answer|claim|state) that "
            r"(?:<the>)?{fact} is {value}",
            r"in (?:test )?{test},? <customer> (?:wants?|says?|asks? for|chooses|picks|has|gives) {value}",
            r"<customer> (?:in|of) (?:test )?{test} (?:gives|says|answers|names|chooses|has) {value}(?: "
            r"as (?P<fact>.+))?",
        ),
        _fact,
    ),
    Kind(
        "test-expect",
        "Tests",
        "Say what a test expects: the outcome, a system used or not, a step, a disclosure, a queue.",
        ("T-12 should also expect that issue_refund is never used", "expect the outcome refused in T-06"),
        (
            r"(?:test )?{test} (?:<must>) (?:also )?expect (?:that )?{what}",
            r"(?:expect|check|make sure|verify) (?:that )?{what} in (?:test )?{test}",
            r"(?:check|expect|make sure|verify) in (?:test )?{test} (?:that )?{what}",
            r"in (?:test )?(?P<test>T-\d+),? (?P<what>.+ (?:must|should|has to) .+)",
            r"(?:test )?{test} (?:<must>) (?P<what>(?:pass|reach|not pass|never pass|end|use|never use) .+)",
            r"(?:test )?(?P<test>T-\d+) (?:has to|must|should|<must>) (?P<what>(?:be|end|finish|pass|"
            r"use|not|never|call|reach|hand|tell) .+)",
        ),
        _expect,
    ),
    Kind(
        "phrase-add",
        "Workflows",
        "Add a phrase that starts a workflow.",
        ("Add the phrase “I changed my mind” to “Return an item”",),
        (
            rf"<add> (?:<the>)?{_EXAMPLE} {{text!}} (?:to|for) {{flow}}",
            rf"<add> {{text!}} as (?:an? )?(?:new )?{_EXAMPLE} (?:of|for|to) {{flow}}",
            r"<customer> (?:who|that) (?:say|says|write|writes) {text!} (?:want|wants|mean|means"
            r"|need|needs) {flow}",
            r"(?:also )?start {flow} (?:<when>) <customer> (?:says?|writes?|asks?) {text!}",
            r"{text!} (?:<must>) (?:also )?start {flow}",
            rf"(?:teach|give|show) {{flow}} (?:<the>)?{_EXAMPLE} {{text!}}",
            r"{text!} (?:also )?(?:means|is another way (?:to say|of saying|for)|stands for|is the "
            r"same as|belongs to|counts? as|(?:<must>) (?:also )?(?:count as|mean|be treated as|lead "
            r"to|go to)) (?:that )?(?:<customer> )?(?:wants? (?:to )?(?:know )?)?{flow}",
            r"(?:<when>) <customer> (?:says?|writes?|types?|asks?) {text!},? (?:then )?(?:treat (?:it|"
            r"that|them) as|it is|that is|it means|that means|start|go to|use) {flow}",
            r"<customer> (?:also )?(?:say|says|write|writes|ask|asks) {text!} (?:<when>|for) (?:<customer> "
            r")?(?:wants? (?:to )?)?{flow}",
            rf"<add> {{text!}} as (?:an? )?(?:new )?{_EXAMPLE} (?:of|for|to) {{flow}}",
            r"(?:<when>) <customer> (?:says?|writes?|types?|asks?) {text!},? <customer> (?:wants? (?:to "
            r")?|means? ){flow}",
            r"{text!} is (?:an? |also )*{flow}",
        ),
        lambda turn: _phrase(turn, True),
    ),
    Kind(
        "phrase-remove",
        "Workflows",
        "Remove a phrase that starts a workflow.",
        ("Remove the phrase “My parcel arrived damaged” from “Return an item”",),
        (
            rf"<remove> (?:<the>)?{_EXAMPLE} {{text!}} (?:from|of) {{flow}}",
            rf"<remove> (?:<the>)?{_EXAMPLE} {{text!}}",
            r"{text!} (?:<not>|(?:<must>) no longer|(?:<must>) not)(?: <more>)? start {flow}(?: <more>)?",
            rf"take {{text!}} out of (?:<the>)?{_EXAMPLE}s? (?:of|for) {{flow}}",
            r"{flow} (?:<not>|(?:<must>) no longer) be started by {text!}(?: <more>)?",
            rf"(?:take|cross|strike) {{text!}} off (?:<the>)?(?:list of )?{_EXAMPLE}s? (?:of|for|in) "
            rf"{{flow}}",
            r"{text!} (?:should not|shouldn't|must not|mustn't) (?:start|trigger|lead to) {flow}(?: <more>)?",
        ),
        lambda turn: _phrase(turn, False),
    ),
)
