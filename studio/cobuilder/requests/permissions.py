"""Requests about what the agent may do with its systems: limits, prohibitions, what must come first.

- A prohibition is a rule with a guard: code stops the call, whoever asks for it.
- A limit stands on the system itself and holds in every workflow.
"""

from __future__ import annotations

from studio.cobuilder.requests.conditions import condition, known
from studio.cobuilder.requests.kinds import Done, Kind, No, NotMine, Outcome, Turn
from studio.cobuilder.requests.rules import new_rule
from studio.cobuilder.requests.wording import count
from studio.cobuilder.words.values import plain, values_in
from studio.domain.charter import Guard, RuleKind
from studio.domain.condition import in_words, spell
from studio.domain.tool import Limit, Tool
from studio.domain.workflow import ToolCall, Verify


def _tool(turn: Turn) -> Tool:
    at = turn.item(next(name for name in ("tool", "paying", "calling") if name in turn.found))
    if at.kind == "step":
        step = turn.agent.workflow(at.holder).step(at.id)
        return turn.agent.tool(step.tool) if isinstance(step, ToolCall | Verify) else turn.agent.tool("")
    return turn.agent.tool(at.id)


def _named(tool: Tool) -> str:
    return f"“{tool.name.replace('_', ' ')}”"


def _paying(turn: Turn) -> Tool | None:
    """Return the system that is named, or the only one there is that pays."""
    if "paying" in turn.found:
        return _tool(turn)
    paying = [i for i in turn.ground.index.items if i.kind == "system" and i.sort == "amount"]
    return turn.agent.tool(paying[0].id) if len(paying) == 1 else None


def _limit(turn: Turn) -> Outcome:
    tool, said = _paying(turn), turn.text("amount")
    if tool is None:
        return NotMine()
    found = [v for v in values_in(said) if v.kind in ("money", "count", "duration")]
    whole = count(said)
    if not found and whole is None:
        return NotMine()
    amount = plain(found[0].amount if found else float(whole or 0))
    numbers = [
        name
        for name in tool.argument_names
        if tool.parameters["properties"][name].get("type") in ("number", "integer")
    ]
    wanted = turn.text("argument").casefold().replace(" ", "_")
    argument = next((n for n in numbers if wanted and (wanted in n or n in wanted)), None)
    argument = argument or (numbers[0] if len(numbers) == 1 else None)
    if argument is None:
        return No(f"{_named(tool)} takes no amount that could be limited.")
    old = next((limit.maximum for limit in tool.limits if limit.argument == argument), None)
    if old == amount:
        return No(f"The limit of {_named(tool)} is {spell(amount)} already.")
    limits = tuple(limit for limit in tool.limits if limit.argument != argument)
    title = f"{_named(tool)}: {argument.replace('_', ' ')} at most {spell(amount)}"
    new = (*limits, Limit(argument=argument, maximum=float(amount)))
    turn.sketch.put(f"tools/{tool.name}", tool.model_copy(update={"limits": new}), turn.why(title))
    was = f" (now {spell(plain(old))})" if old is not None else ""
    rules = [
        r.id
        for r in turn.agent.charter.rules
        if old is not None and r.guard and tool.name in r.guard.tools and spell(plain(old)) in r.text
    ]
    warnings = tuple(
        f"Rule {each} still names {spell(plain(old or 0))}; ask me to change the value there, too."
        for each in rules
    )
    return Done(
        f"I propose that {argument.replace('_', ' ')} in {_named(tool)} is at most {spell(amount)}{was}.",
        title,
        warnings,
    )


def _forbid(turn: Turn) -> Outcome:
    tool, case = _tool(turn), turn.text("case")
    flows = (turn.item("flow").id,) if "flow" in turn.found else ()
    when = None
    if case:
        when = condition(case, [*known(turn.agent, flows)])
        if when is None:
            return No(f"No fact of this agent tells whether “{case}”, so no guard can stop it then.")
    where = f" in “{turn.item('flow').name}”" if flows else ""
    case_words = f" when {in_words(when)}" if when is not None else ""
    text = f"Never use {_named(tool)}{where}{case_words}."
    guard = Guard(tools=(tool.name,), forbidden_when=when)
    for rule in turn.agent.charter.rules:
        if rule.guard == guard and rule.workflows == flows:
            return No(f"Rule {rule.id} “{rule.title}” forbids that already.")
    rule = new_rule(turn, text, RuleKind.NEVER, guard, flows)
    called = [s.title for f in turn.agent.workflows for s in f.steps if getattr(s, "tool", None) == tool.name]
    warnings: tuple[str, ...] = ()
    if when is None and called:
        warnings = (f"Steps that use it will always fail: {', '.join(called)}.",)
    return Done(
        f"I propose rule {rule.id}: “{rule.text}” A guard enforces it.",
        f"New rule {rule.id}: {rule.title}",
        warnings,
    )


def _identity(turn: Turn) -> Outcome:
    tool = _tool(turn)
    steps = [step for flow in turn.agent.workflows for step in flow.steps]
    if any(isinstance(step, Verify) and step.tool == tool.name for step in steps):
        return No(
            f"{_named(tool)} is what identity is checked with; if it waited for that, nobody could pass."
        )
    for rule in turn.agent.charter.rules:
        if rule.guard and rule.guard.needs_identity and tool.name in rule.guard.tools and not rule.workflows:
            return No(f"Rule {rule.id} demands that already.")
        if rule.guard and rule.guard.needs_identity and tool.name in rule.guard.tools:
            callers = {
                f.id for f in turn.agent.workflows for s in f.steps if getattr(s, "tool", None) == tool.name
            }
            if callers <= set(rule.workflows):
                return No(
                    f"Rule {rule.id} “{rule.title}” demands that already wherever {_named(tool)} is used."
                )
    text = f"Use {_named(tool)} only once identity is verified."
    rule = new_rule(turn, text, RuleKind.MUST, Guard(tools=(tool.name,), needs_identity=True))
    return Done(
        f"I propose rule {rule.id}: “{rule.text}” A guard enforces it.", f"New rule {rule.id}: {rule.title}"
    )


def _after(turn: Turn) -> Outcome:
    tool, at = _tool(turn), turn.item("rule")
    told = turn.agent.charter.rule(at.id)
    if told.kind != RuleKind.DISCLOSE:
        return No(
            f"Rule {told.id} “{told.title}” is nothing that is told to the customer, so nothing "
            f"can wait for it."
        )
    guard = Guard(tools=(tool.name,), needs_disclosure=told.id)
    if any(r.guard == guard for r in turn.agent.charter.rules):
        return No(f"{_named(tool)} waits for {told.id} already.")
    text = f"Use {_named(tool)} only after {told.id} “{told.title}” has been told."
    rule = new_rule(turn, text, RuleKind.MUST, guard)
    return Done(
        f"I propose rule {rule.id}: “{rule.text}” A guard enforces it.", f"New rule {rule.id}: {rule.title}"
    )


_FORBID = (
    r"(?:<agent> (?:<not>)|(?:<not>) (?:allow|let|permit)(?: <agent>)?(?: to)?|(?:<agent> is|are) not "
    r"allowed to)"
)
_USE = r"(?:use|call|run|be used|be called|make use of)"
_AMOUNT = r"(?P<amount>[£€$]?\s?\d[\d.,]*(?: ?(?:pounds?|euros?|dollars?|GBP|EUR|USD|%))?)"
_KNOWN = (
    r"(?:identity (?:is|was|has been|is once|were) (?:verified|checked|confirmed|known)|verified "
    r"identity|the identity (?:is|was|has been) (?:verified|checked|confirmed)|identification|the "
    r"customer is identified)"
)
_HEARD = r"(?:has been|was|is|had been) (?:told|said|disclosed|heard|mentioned)(?: first)?"

KINDS: tuple[Kind, ...] = (
    Kind(
        "tool-limit",
        "Systems",
        "Limit an amount that a system is given.",
        ("Limit the amount of issue_refund to £150", "cap the fee of cancel_appointment at £10"),
        (
            rf"(?:limit|cap|restrict) (?:<the>)?(?P<argument>\w+) (?:of|in|for) {{paying}} (?:to"
            rf"|at) {_AMOUNT}",
            rf"(?:limit|cap|restrict) {{paying}} (?:to|at) {_AMOUNT}",
            rf"(?:<agent> (?:may|can|must|should) )?(?:only )?(?:pay out|spend|pay|refund|charge"
            rf"|give) (?:at most|no more than|up to) {_AMOUNT} (?:with|in|by|through) {{paying}}",
            rf"(?:<change>|put) (?:a |the )?(?:cap|limit|maximum) of {_AMOUNT} (?:on|for|to) {{paying}}",
            rf"{{paying}} (?:<not>) (?:charge|pay|take|be given|get|send) "
            rf"(?:<the>)?(?P<argument>\w+) (?:of )?(?:more than|above|over) {_AMOUNT}",
            rf"(?:never|do not|don't) (?:allow|accept|send|take) (?:<the>)?(?P<argument>\w+) "
            rf"(?:above|over|of more than|higher than) {_AMOUNT} (?:in|for|with) {{paying}}",
            rf"<agent> (?:may|can|must|should|will)?(?: never| not|n't)+ (?:ever )?(?:pay(?: out)?|spend|"
            rf"refund|charge|give(?: back)?)(?: out)? (?:more than|above|over) {_AMOUNT}",
            rf"(?:never|do not|don't) (?:pay(?: out)?|spend|refund|charge|give back)(?: out)? (?:more "
            rf"than|above|over) {_AMOUNT}",
            rf"(?:the )?(?:highest|largest|biggest|maximum) (?:amount (?:of|for) )?{{paying}} (?:is|"
            rf"<must> be)(?: now)? {_AMOUNT}",
            rf"{{paying}} (?:<must>) (?:refuse|reject|stop|block|decline|not take) (?:anything|everything|"
            rf"amounts?|all)? ?(?:above|over|more than) {_AMOUNT}",
        ),
        _limit,
    ),
    Kind(
        "tool-forbid",
        "Systems",
        "Forbid the use of a system, always, in a workflow, or in a case.",
        ("The agent may not use issue_refund", "forbid create_return in “Where is my refund?”"),
        (
            rf"{_FORBID} {_USE} {{tool}} (?:<when>) {{case}}",
            rf"{_FORBID} {_USE} {{tool}} in {{flow}}",
            rf"{_FORBID} {_USE} {{tool}}",
            rf"{_FORBID} {{tool}} (?:<when>) {{case}}",
            r"(?:<forbid>) (?:the use of |using )?{tool} in {flow}",
            r"(?:<forbid>) (?:the use of |using )?{tool} (?:<when>) {case}",
            r"(?:<forbid>) (?:the use of |using )?{tool}",
            r"(?:<forbid>) (?:the )?(?:use of |using )?{tool} (?:<when>) {case}",
            r"<agent> (?:<not>) {tool} (?:itself )?in {flow}",
        ),
        _forbid,
    ),
    Kind(
        "tool-identity",
        "Systems",
        "Let a system be used only once the customer is identified.",
        (
            "Require identity before find_time is used",
            "find_time must only be called after the identity was checked",
        ),
        (
            r"(?:<need>) (?:a )?(?:verified )?identity (?:check )?(?:before|for) {tool}(?: is "
            r"(?:used|called))?",
            rf"{{tool}} (?:<must>) only {_USE} (?:after|once|when) (?:the )?{_KNOWN}",
            rf"no (?:use|call) of {{tool}} (?:without|before) (?:a |the )?{_KNOWN}",
            r"(?:the )?identity (?:<must>|has to) be (?:verified|checked|confirmed) before "
            r"(?:using )?{tool}(?: is (?:used|called))?",
            r"(?:<verify>) (?:who it is|the customer|the identity|identity)(?: first)? before "
            r"<agent> (?:<use>) {tool}",
            rf"(?:<not>) {_USE} {{tool}} (?:without|before) (?:a |the )?{_KNOWN}",
            rf"no (?:one|body)? ?{{tool}} (?:may|must|should|can) (?:be \w+ )?(?:without|before|unless) "
            rf"(?:having (?:checked|verified|confirmed) )?(?:a |the |their |his )?(?:{_KNOWN}|identity)(?: "
            rf"before| first| beforehand| has been \w+| is \w+)*",
            rf"(?:nobody|no one) (?:may|can|must|should) {{tool}} (?:unless|before|without|until) (?:the "
            rf"|their |his )?(?:{_KNOWN}|identity)(?: has been \w+| is \w+)?(?: first| before)*",
            rf"(?:<agent> )?(?:<not>) {{tool}} (?:without|before|unless|until) (?:having (?:checked|"
            rf"verified|confirmed) )?(?:a |the |their )?(?:{_KNOWN}|identity)(?: has been \w+| is \w+)?(?: "
            rf"first| before)*",
            r"(?:always )?(?:<verify>) (?:the |their )?(?:identity|customer|who it is) (?:first )?before "
            r"{tool}",
            rf"no (?P<tool>\w+ (?:may|must|should|can) be \w+) (?:without|before|unless) (?:having "
            rf"(?:checked|"
            rf"verified|confirmed) )?(?:a |the |their |his )?(?:{_KNOWN}|identity)(?: before| first|"
            rf" beforehand| has been \w+| is \w+)*",
        ),
        _identity,
    ),
    Kind(
        "tool-after-disclosure",
        "Systems",
        "Let a system be used only after the customer has been told something.",
        ("Never call create_return before R-08 has been told",),
        (
            rf"(?:<not>) {_USE} {{tool}} (?:before|until) {{rule}} {_HEARD}",
            r"(?:<not>) {calling} (?:until|before) <customer> (?:has|have) (?:heard|been told) {rule}",
            rf"{{tool}} (?:<need>) that {{rule}} {_HEARD}",
            rf"{{tool}} (?:may |must |can )?(?:be used |be called )?only (?:be used |be called "
            rf")?(?:after|once|when) {{rule}} {_HEARD}",
            r"first {rule} (?:<must>) be (?:told|said|disclosed),? then {tool}(?: may| can)?(?: be "
            r"(?:used|called))?",
            rf"(?:<forbid>) {{tool}} (?:until|before) {{rule}} {_HEARD}",
            r"{tool} (?:<not>) be (?:\w+ )?(?:before|until) <customer> (?:was|has been|is|were|have "
            r"been) (?:told|informed of) {rule}",
            rf"{{tool}} (?:<not>) be (?:\w+ )?(?:before|until) {{rule}} {_HEARD}",
            r"(?P<tool>.+? (?:must|may|should|can) not be \w+) (?:before|until) <customer> (?:was|has "
            r"been|is|were|have been) (?:told|informed of) {rule}",
        ),
        _after,
    ),
)
