"""Requests about what customers are asked for: ask for more, stop asking, its shape, its choices.

- A fact that something still reads keeps its description when it is no longer asked for, and a warning says
  who reads it.
- A shape is only made where every word of it is understood; else the request is declined.
"""

from __future__ import annotations

import re

from studio.cobuilder.requests.flow_edits import drop_step, insert_after, insert_before, slug, step_path
from studio.cobuilder.requests.items import Item, stems_of
from studio.cobuilder.requests.kinds import Done, Kind, No, NotMine, Outcome, Turn, Unsure, choices
from studio.cobuilder.requests.wording import count, initial, several
from studio.cobuilder.words.known_facts import compares
from studio.cobuilder.words.values import values_in
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.scenario import Fact
from studio.domain.workflow import Ask, CallBlock, Decide, Slot, ToolCall, Verify, Workflow

_TYPES: tuple[tuple[str, str, str], ...] = (
    (r"e-?mail", "email", "sam.hill@mail.example"),
    (r"phone|mobile|telephone", "phone", "+44 20 7946 0123"),
    (r"\bdate\b|birthday|\bday\b", "date", "2026-03-14"),
    (r"amount|price|cost", "money", "20"),
    (r"how many|number of|quantity", "number", "2"),
    (r"whether", "yes or no", "yes"),
    (r"post ?code|zip|\bcode\b|number$", "code", "AB12 3CD"),
)


def _users(agent: Agent, flow: Workflow) -> set[str]:
    """Return the ids of the workflows in which a workflow's questions are asked."""
    calling = {
        f.id for f in agent.workflows for s in f.steps if isinstance(s, CallBlock) and s.block == flow.id
    }
    return {flow.id} | calling


def _question(words: str) -> str:
    open_question = re.match(r"(?:why|when|where|how|what|which|who)\b", words, re.IGNORECASE)
    if open_question or words.startswith("whether"):
        return f"May I ask {words}?"
    bald = re.sub(r"^(?:a|an|the|your|their) ", "", words)
    named = re.search(r"(?:number|name|address|code|date|birthday|phone|email|age|size|colour|color)\b", bald)
    return f"What is your {bald}?" if named else f"Please tell me: {bald}?"


def _ask(turn: Turn) -> Outcome:
    words = re.sub(r"^(?:the|their|an?|its|for) ", "", turn.text("what"))
    if not words or len(words.split()) > 8:
        return NotMine()
    flow = _flow(turn)
    if flow is None:
        offered = [i for i in turn.ground.index.items if i.kind == "workflow"]
        made = tuple(
            choice.model_copy(update={"request": f"{turn.said} in “{item.name}”"})
            for item in offered[:5]
            for choice in choices(turn.said, "", [item])
        )
        return Unsure(f"In which workflow shall it ask for “{words}”?", made)
    fact = re.sub(
        r"\W+", "_", re.sub(r"^(?:why|whether|when|how|where)\b.*?\b(?=\w+ \w+$)", "", words).strip().lower()
    ).strip("_")
    slot = next((s for s in flow.slots if s.id == fact or s.label.casefold() == words.casefold()), None)
    asked = {name for s in flow.steps if isinstance(s, Ask | Verify) for name in s.slots}
    if slot is not None and slot.id in asked:
        return No(f"“{flow.name}” asks for “{slot.label}” already.")
    if slot is None:
        kind, example = next(
            ((k, e) for p, k, e in _TYPES if re.search(p, words, re.IGNORECASE)),
            ("text", "as the customer says"),
        )
        slot = Slot.model_validate(
            {
                "id": fact,
                "label": initial(words),
                "type": kind,
                "prompt": _question(words),
                "example": example,
            }
        )
        why = turn.why(f"New question “{slot.label}” in “{flow.name}”")
        turn.sketch.put(join_path("workflows", flow.id, "slots", slot.id), slot, why)
    where = _put_question(turn, flow, slot)
    _let_customers_know(turn, flow, slot)
    title = f"“{flow.name}” asks for “{slot.label}”"
    text = f"I propose that “{flow.name}” asks for “{slot.label}” in “{where}”: “{slot.prompt}”"
    return Done(
        text, title, ("The tests get an example answer, so that they can go on; give them one that fits.",)
    )


def _flow(turn: Turn) -> Workflow | None:
    if "step" in turn.found:
        return turn.agent.workflow(turn.item("step").holder)
    if "flow" in turn.found:
        return turn.agent.workflow(turn.item("flow").id)
    startable = [flow for flow in turn.agent.workflows if not flow.reusable]
    return startable[0] if len(startable) == 1 else None


def _put_question(turn: Turn, flow: Workflow, slot: Slot) -> str:
    """Add a question to the step that asks, or to a new one; return the step's title."""
    asking = [s for s in flow.steps if isinstance(s, Ask)]
    named = turn.found.get("step")
    step = next((s for s in asking if named and s.id == named.id), None) or next(iter(asking), None)
    title = f"“{flow.name}” asks for “{slot.label}”"
    if step is not None:
        path = step_path(flow.id, step.id)
        turn.sketch.edit(path, step, turn.why(title, *step.citations), slots=(*step.slots, slot.id))
        for check in flow.steps if flow.reusable else ():
            if isinstance(check, Verify) and check.id == step.next:
                break
        return step.title
    made = Ask(
        id=slug(f"ask {slot.label}", {s.id for s in flow.steps}),
        title=f"Ask for {slot.label}",
        slots=(slot.id,),
    )
    first = flow.step(flow.start)
    failing = getattr(first, "on_failure", None)
    made = made.model_copy(update={"on_failure": failing})
    if not isinstance(first, CallBlock | Verify) or not insert_after(turn, flow.id, first.id, made, title):
        insert_before(turn, flow.id, first.id, made, title)
    return made.title


def _let_customers_know(turn: Turn, flow: Workflow, slot: Slot) -> None:
    value: bool | int | str = slot.example
    value = (
        True if slot.type == "yes or no" else int(slot.example) if slot.type in ("number", "money") else value
    )
    for test in turn.agent.scenarios:
        if test.workflow in _users(turn.agent, flow) and slot.id not in {f.id for f in test.facts}:
            why = turn.why(f"The customer of test {test.id} knows “{slot.label}”")
            facts = (*test.facts, Fact(id=slot.id, value=value))
            turn.sketch.edit(join_path("scenarios", test.id), test, why, facts=facts)


def readers_of(agent: Agent, fact: str) -> list[str]:
    """Return who reads a fact: rules, decisions, steps, in words."""
    found = [
        f"rule {r.id}"
        for r in agent.charter.rules
        if r.guard and fact in {c.field for c in compares(r.guard.forbidden_when)}
    ]
    found += [f"the decision “{t.name}”" for t in agent.tables if fact in {i.id for i in t.inputs}]
    for flow in agent.workflows:
        for step in flow.steps:
            arguments = step.arguments if isinstance(step, ToolCall | Verify) else ()
            branches = step.branches if isinstance(step, Decide) else ()
            said = " ".join(str(getattr(step, name, "")) for name in ("text", "say"))
            reads = any(a.fact == fact for a in arguments) or any(
                c.field == fact for b in branches for c in compares(b.when)
            )
            if reads or f"{{{fact}}}" in said or fact in getattr(step, "context", ()):
                found.append(f"the step “{step.title}”")
    return list(dict.fromkeys(found))


def _stop(turn: Turn) -> Outcome:
    fact = turn.item("fact")
    flows = [f for f in turn.agent.workflows if "flow" not in turn.found or f.id == turn.item("flow").id]
    asking = [(f, s) for f in flows for s in f.steps if isinstance(s, Ask | Verify) and fact.id in s.slots]
    if not asking:
        return No(f"Nobody is asked for “{fact.name}”: it comes from a system.")
    title = f"Stop asking for “{fact.name}”"
    checked = [s.title for _, s in asking if isinstance(s, Verify)]
    if checked:
        return No(
            f"“{checked[0]}” needs “{fact.name}” to know who the customer is; without it nobody "
            f"could be identified. "
            "Change first what identity is checked by."
        )
    for flow, step in asking:
        left = tuple(name for name in step.slots if name != fact.id)
        if left:
            why = turn.why(title, *step.citations)
            turn.sketch.edit(step_path(flow.id, step.id), step, why, slots=left)
        elif not drop_step(turn, flow.id, step.id, f"“{step.title}” asks for nothing any more"):
            return No(f"“{step.title}” asks for nothing else and cannot be taken out.")
    readers = readers_of(turn.agent, fact.id)
    warnings: tuple[str, ...] = ()
    if readers:
        warnings = (f"It is still read by {several(readers[:5])}; there it will count as not known.",)
    else:
        for flow in turn.agent.workflows:
            if any(s.id == fact.id for s in flow.slots):
                turn.sketch.put(join_path("workflows", flow.id, "slots", fact.id), None, turn.why(title))
        for test in turn.agent.scenarios:
            kept = tuple(f for f in test.facts if f.id != fact.id)
            if kept != test.facts:
                turn.sketch.edit(join_path("scenarios", test.id), test, turn.why(title), facts=kept)
    where = several([f"“{step.title}”" for _, step in asking])
    return Done(f"I propose to stop asking for “{fact.name}” in {where}.", title, warnings)


_PARTS = re.compile(
    r"(?P<n>\d+|[a-z]+)\s+(?P<what>capital letters?|letters?|digits?|numbers?|characters?)"
    r"|(?P<dash>\b(?:a )?(?:dash|hyphen)\b)|(?P<space>\ba space\b)|(?P<like>\b[A-Z]{1,6}(?:[-/ "
    r"]?\d+)?(?:[-/])?)(?=\W|$)"
)


def pattern_of(text: str, dashed: bool = False) -> str | None:
    """Return the pattern that words describe, or that an example such as LH-123456 shows; None if unknown."""
    example = re.search(r"\b(?:like|such as|as in|look like)\s+([A-Za-z]*[-/ ]?\d[\w/-]*)$", text)
    if example:
        shown = re.sub(r"\d+", lambda run: f"#{len(run[0])}#", re.escape(example[1]).replace(r"\-", "-"))
        return re.sub(r"#(\d+)#", lambda run: rf"\d{{{run[1]}}}", shown)
    made = ""
    for part in _PARTS.finditer(text):
        if part["n"]:
            number = count(part["n"])
            if not number:
                continue
            letters = "[A-Z]" if "letter" in part["what"] else r"\w" if "char" in part["what"] else r"\d"
            if dashed and letters == r"\d" and made and made[-1].isalpha():
                made += "-"
            made += f"{letters}{{{number}}}"
        elif part["dash"]:
            made += "-"
        elif part["space"]:
            made += " "
        elif part["like"]:
            made += re.sub(r"\d+", lambda run: rf"\d{{{len(run[0])}}}", part["like"])
    return made if r"\d" in made or "[A-Z]" in made or r"\w" in made else None


def _shown(pattern: str) -> str:
    """Return an example of a pattern made here."""
    runs = {r"\d": "1234567890", "[A-Z]": "ABCDEFGHIJ", r"\w": "A1B2C3D4E5"}
    return re.sub(r"(\\d|\[A-Z\]|\\w)\{(\d+)\}", lambda run: (runs[run[1]] * 3)[: int(run[2])], pattern)


def _shape(turn: Turn) -> Outcome:
    fact = turn.item("fact")
    slots = [(f, s) for f in turn.agent.workflows for s in f.slots if s.id == fact.id]
    if not slots:
        return No(f"“{fact.name}” comes from a system; nobody types it.")
    dashed = "-" in (slots[0][1].pattern or "")
    made = pattern_of(turn.words.get("shape", ""), dashed)
    if made is None:
        return (
            NotMine()
            if not re.search(r"\d|digit|letter", turn.text("shape"))
            or any(v.kind in ("duration", "money") for v in values_in(turn.text("shape")))
            else No(
                f"I do not understand the shape “{turn.text('shape')}”. Say it as: two letters, a "
                f"dash and six digits; "
                "or give an example: like LH-204418."
            )
        )
    if made == slots[0][1].pattern:
        return No(f"“{fact.name}” has that shape already.")
    title = f"“{fact.name}” must look like {_shown(made)}"
    for flow, slot in slots:
        path = join_path("workflows", flow.id, "slots", slot.id)
        example = slot.example if re.fullmatch(made, slot.example) else _shown(made)
        turn.sketch.edit(path, slot, turn.why(title), pattern=made, example=example)
    wrong = [
        t.id
        for t in turn.agent.scenarios
        if any(f.id == fact.id and not re.fullmatch(made, str(f.value)) for f in t.facts)
    ]
    warnings = (
        (f"The customers of {several(wrong[:6])} give another shape; those tests need new values.",)
        if wrong
        else ()
    )
    return Done(f"I propose that “{fact.name}” must look like {_shown(made)}.", title, warnings)


def _offering(turn: Turn, choice: str) -> Item | None:
    """Return the question that is named, or the only one that offers a choice."""
    if "fact" in turn.found:
        return turn.item("fact")
    low = choice.casefold()
    names = {s.id for f in turn.agent.workflows for s in f.slots if low in (c.casefold() for c in s.choices)}
    items = [i for i in turn.ground.index.items if i.kind == "fact" and i.id in names]
    return items[0] if len(items) == 1 else None


def _choice(turn: Turn, add: bool) -> Outcome:
    choice = turn.text("choice")
    fact = _offering(turn, choice)
    if fact is None:
        return NotMine()
    slots = [(f, s) for f in turn.agent.workflows for s in f.slots if s.id == fact.id and s.type == "choice"]
    if not slots:
        return NotMine() if "sure" not in turn.words else No(f"“{fact.name}” is no choice.")
    known = {c.casefold(): c for c in slots[0][1].choices}
    if not add and choice.casefold() not in known:
        choice = next((c for c in known.values() if stems_of(c) == stems_of(choice)), choice)
    if add and choice.casefold() in known:
        return No(f"“{fact.name}” offers “{choice}” already.")
    if not add and choice.casefold() not in known:
        return NotMine()
    verb = "also offers" if add else "no longer offers"
    title = f"“{fact.name}” {verb} “{choice}”"
    for flow, slot in slots:
        kept = (
            (*slot.choices, choice)
            if add
            else tuple(c for c in slot.choices if c.casefold() != choice.casefold())
        )
        if not kept:
            return No(f"“{choice}” is the only choice of “{fact.name}”.")
        turn.sketch.edit(
            join_path("workflows", flow.id, "slots", slot.id), slot, turn.why(title), choices=kept
        )
    return Done(
        f"I propose that “{fact.name}” {verb} “{choice}”.", title, _after_choice(turn, fact.id, choice, add)
    )


def _after_choice(turn: Turn, fact: str, choice: str, add: bool) -> tuple[str, ...]:
    tables = [t for t in turn.agent.tables if fact in {i.id for i in t.inputs}]
    if add:
        return tuple(
            f"Look at the decision “{t.name}”: it has no row of its own for “{choice}”." for t in tables
        )
    named = [t.id for t in turn.agent.scenarios if any(f.id == fact and f.value == choice for f in t.facts)]
    rows = [
        f"“{t.name}”"
        for t in tables
        if any(c.id == fact and c.value == choice for r in t.rows for c in r.cells)
    ]
    found = []
    if named:
        found.append(
            f"The customers of {several(named[:6])} still answer “{choice}”; those tests need another answer."
        )
    if rows:
        found.append(f"A row of {several(rows)} still tests for “{choice}”.")
    return tuple(found)


_OPTION = r"(?:choice|option|value|answer|reason|possibility)"

KINDS: tuple[Kind, ...] = (
    Kind(
        "fact-ask",
        "Questions",
        "Ask the customer for one more thing.",
        (
            "Ask for the postcode in “Return an item”",
            "also ask for the phone number when booking an appointment",
        ),
        (
            r"(?:start )?<ask> (?:<customer> )?for {what} in {flow}",
            r"(?:collect|<ask>) {what} in {flow}",
            r"<agent> (?:<must>) (?:also )?<ask> (?:<customer> )?for {what} (?:when|while) (?:it )?{step}",
            r"(?:when|while|in) {flow},? (?:also )?<ask> (?:<customer> )?(?:for )?{what}",
            r"{flow} (?:<must>) (?:also )?<ask> (?:<customer> )?(?:for )?{what}",
            r"(?:also |start )?<ask> (?:<customer> )?for {what}(?: too| as well)?",
            r"<agent> (?:<must>) (?:also )?<ask> (?:<customer> )?for {what}",
            r"(?:also |start )?<ask> (?:<customer> )?(?:for|about) {what} (?:when|while|if|before|after) "
            r"(?:<customer> )?{flow}",
            r"<agent> (?:<must> )?(?:also |really )*(?:<ask>) (?:<customer> )?(?:for|about) {what} "
            r"(?:too |as well |also )?(?:when|while|if) (?:<customer> )?{flow}",
            r"(?:we(?:'d| would)? |i(?:'d| would)? )?need {what}(?: as well| too| also)?,? (?:so )?<ask> "
            r"(?:<customer> )?for (?:it|that|them) in {flow}",
            r"(?:also )?<ask> (?:<customer> )?(?:for|about) {what} in {flow}(?: too| as well)?",
            r"(?:can|could|should|may|might) <agent> (?:please |also )*<ask> (?:<customer> )?(?:for|"
            r"about) {what}(?: too| as well| also)? (?:when|while|if) (?:<customer> )?{flow}",
            r"<add> (?:a |another |one more )?question (?:about|for|on|asking for) {what} (?:to|in) {flow}",
            r"(?:collect|<ask>(?: for)?) {what} (?:during|on|in|for) (?:a |an |the |every |each )?{flow}",
            r"(?:<agent> (?:<must>) )?(?:also <ask>|<ask> also) (?:<customer> )?(?:for |about )?{what} "
            r"(?:by|at|on|during|when|while) (?:the )?{flow}",
            r"(?:when|whenever|if) <customer> {flow},? (?:also )?<ask> (?:<customer> )?(?:for |about "
            r")?{what}",
        ),
        _ask,
    ),
    Kind(
        "fact-stop",
        "Questions",
        "Stop asking the customer for something.",
        ("Stop asking for the condition of the item", "do not ask whether it is for a child any more"),
        (
            r"(?:stop|quit|cease|avoid) <ask> (?:<customer> )?(?:for |about |whether )?{fact}(?: <more>)?",
            r"(?:<not>) <ask> (?:<customer> )?(?:for |about |whether )?{fact}(?: <more>)?",
            r"(?:<agent> )?(?:do not|don't|no longer) needs? {fact}(?: <more>)?,? (?:so "
            r")?(?:<not>) <ask> for it",
            r"<remove> (?:<the>)?question (?:about |for |whether )?{fact}",
            r"(?:stop|quit|cease|avoid) <ask> (?:<customer> )?for {fact} in {flow}",
            r"<remove> (?:<the>)?{fact} question",
            r"(?:<agent> )?(?:no need|not necessary|unnecessary|pointless|it is not necessary) to <ask> "
            r"(?:<customer> )?(?:for |about |whether )?{fact}(?: <more>)?",
            r"(?:<agent> )?(?:do not|don't|no longer) needs? {fact}(?: <more>)?",
            r"(?:<agent> )?(?:do not|don't|no longer) needs? (?:to know )?{fact}(?: <more>)?,? (?:so "
            r")?(?:stop|quit|<not>) <ask>(?:ing)?(?: for it| for that| it)?(?: <more>)?",
            r"(?:do not|don't|not) <ask> more (?:for )?(?:the )?{fact}",
            r"(?:<agent> )?(?:<not>) (?:any )?(?:more|longer) <ask> (?:<customer> )?(?:for |about |whether )?"
            r"{fact}",
            r"<agent> (?:<not>) <ask> (?:<customer> )?(?:for |about |whether )?{fact} <more>",
            r"no more <ask> (?:<customer> )?(?:for |about |whether )?{fact}",
            r"(?:stop|quit|cease|avoid|<not>) <ask> (?:<customer> )?(?:which|what|why|how|when|if|whether) "
            r"{fact}(?: <more>)?",
            r"stop (?:the )?{fact} question",
            r"no more {fact} question",
            r"(?:<agent>|we) can (?:do|manage|live) without (?:asking for )?{fact}",
            r"<ask>(?:ing)? (?:for|about) {fact} is (?:not needed|unnecessary|superfluous|pointless|"
            r"not necessary)(?: <more>)?",
            r"leave out (?:the )?(?:question (?:about|for) )?{fact}",
        ),
        _stop,
    ),
    Kind(
        "fact-shape",
        "Questions",
        "Say what an answer must look like before it is taken.",
        (
            "The order number must be two letters, a dash and eight digits",
            "accept only order numbers like LH-12345678",
        ),
        (
            r"{fact} (?:<must>) (?:be|have|consist of|start with|look like|begin with) {shape}",
            r"{fact} (?P<shape>(?:consists? of|starts? with|begins? with|looks? like|(?:must "
            r"|should )be like) .+)",
            r"(?:only )?(?:accept|allow|take) (?:only )?{fact} (?:that |which )?(?P<shape>(?:like"
            r"|such as|looks? like|starts? with|with|of) .+)",
            r"(?:check|make sure|validate|ensure) (?:that )?{fact} (?P<shape>(?:is|has|starts? with"
            r"|consists? of|looks? like|begins? with) .+)",
            r"{fact}s? (?:now )?(?:has|have|is|are)(?: now)? (?P<shape>[\w]+ (?:capital )?(?:digits?|"
            r"letters?|numbers?|characters?)\b.*?)(?: now)?",
        ),
        _shape,
    ),
    Kind(
        "choice-add",
        "Questions",
        "Offer one more choice in a question.",
        ("Add “arrived too late” to the reasons", "let customers also give “wrong colour” as reason"),
        (
            rf"<add> (?:<the>)?(?:{_OPTION} )?{{choice!}} (?:to|as (?:another )?{_OPTION} (?:for"
            rf"|of)) (?:<the>)?(?:choices of |options of |possible )?{{fact}}",
            rf"(?:<allow>) (?:<customer> )?(?:also |to )*(?:give |say |choose )?{{choice!}} as "
            rf"(?:another |a |possible |new )*(?:{_OPTION} (?:for|of) )?{{fact}}",
            r"another (?:possible )?{fact} is {choice!}",
            rf"(?:<add>|also offer|offer|include|allow) {{choice!}}(?: too| also| as well)? (?:to|as|"
            rf"in|for|among|under)(?: one of| a| an| another)? (?:<the>)?(?:list of |kinds? of |possible "
            rf"|new |choices? (?:of|for) |options? (?:of|for) |{_OPTION}s? (?:for|of) )?(?:<the>)?{{fact}}",
            r"<add> (?P<choice>[\w -]+?) (?:to|as) (?:<the>)?(?:list of |possible |choices? (?:of|for) "
            r"|options? (?:of|for) )?(?:<the>)?{fact}",
            rf"{{choice!}} (?:<must>) be (?:one|another|among) (?:of )?"
            rf"(?:<the>)?(?:possible )?(?:{_OPTION}s? "
            rf"(?:for|of) )?{{fact}}",
            r"<allow> (?:<customer> )?(?:to )?(?:choose|pick|select|give|say|name) {choice!} (?:as|"
            r"for|under) (?:<the>)?(?:a |another )?{fact}",
            r"(?:<allow>|also offer) (?P<choice>[\w-]+)(?: too| also| as well)? (?:as|for) (?:a |an "
            r"|another |the )?{fact}",
            r"(?:a )?(?:new|another|one more|additional|extra) (?:return )?{fact}[:,]? {choice!}",
            r"(?:i|we) need (?:a |another |one more |an additional |a new )*{fact}[:,]? {choice!}",
        ),
        lambda turn: _choice(turn, True),
    ),
    Kind(
        "choice-remove",
        "Questions",
        "No longer offer a choice in a question.",
        ("Remove “wrong size” from the reasons", "“wrong size” should no longer be a possible reason"),
        (
            rf"<remove> (?:<the>)?(?:{_OPTION} )?{{choice}} (?:away )?from (?:<the>)?(?:choices of "
            rf"|options of )?{{fact}}",
            rf"take (?:<the>)?(?:{_OPTION} )?{{choice}} (?:away from|out of|off) {{fact}}",
            rf"{{choice!}} (?:<must>|<not>)(?: no longer| not)?(?: any longer)? be a(?:n|) "
            rf"(?:possible |allowed )?(?:{_OPTION} (?:for|of) )?{{fact}}(?: <more>)?",
            r"{fact} (?:<not>|(?:<must>) no longer) (?:offer|allow|accept|have) {choice!}(?: <more>)?",
            rf"(?:take|cross|strike) {{choice!}} off (?:<the>)?(?:list of |possible )?(?:{_OPTION}s? "
            rf"(?:for|of) )?{{fact}}",
            r"(?:nobody|no one|no customer) (?:picks|chooses|uses|says) {choice!}[,;]? (?:so )?(?:<remove>) "
            r"(?:it|that(?: option| choice)?)(?: (?:for|from|of|as) (?:<the>)?(?:list of )?{fact})?",
            rf"<remove> {{choice!}} (?:as|for|in) (?:a |an |one of )?(?:<the>)?(?:possible |list of "
            rf")?(?:{_OPTION}s? (?:for|of) )?{{fact}}",
            r"(?:[^“”]+, )?(?:so )?(?:<not>|stop) (?:<allow>|offering) (?P<choice>“[^”]+”|[\w-]+)(?: "
            r"<more>)?",
            r"(?:no more|we stopped(?: doing| offering)?|we no longer (?:do|offer)) (?P<choice>[\w "
            r"-]+?)s?, (?:so )?(?:<remove>|take) (?:it|them) (?:off|from|out of) (?:<the>)?(?:list "
            r"of |choices? (?:of|for) |options? (?:of|for) )?{fact}",
            r"{choice!} (?:isn't|is not|is no longer|aren't) (?:a |an )?(?:valid |possible |allowed "
            r"|real )?{fact}(?: <more>)?",
        ),
        lambda turn: _choice(turn, False),
    ),
)
