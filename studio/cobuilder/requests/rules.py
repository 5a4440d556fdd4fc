"""Requests about the charter's rules: add, remove, reword, weigh, limit to workflows, except a case.

- A rule that goes takes with it what only exists for it: the step that tells it, the expectation that it is
  told.
- An exception changes the guard as well as the words; where no guard can know the case, that is said.
"""

from __future__ import annotations

import re

from studio.cobuilder.requests.conditions import condition, known
from studio.cobuilder.requests.flow_edits import drop_step
from studio.cobuilder.requests.kinds import Done, Kind, No, NotMine, Outcome, Turn
from studio.cobuilder.requests.wording import initial, sentence
from studio.cobuilder.words.known_facts import compares, opposite
from studio.cobuilder.words.titles import cut_to
from studio.domain.charter import Guard, Rule, RuleKind
from studio.domain.condition import All, Compare, in_words
from studio.domain.scenario import ExpectDisclosure
from studio.domain.workflow import Disclose

_KINDS: tuple[tuple[RuleKind, str], ...] = (
    (RuleKind.NEVER, r"\b(?:never|must not|may not|not|no|cannot|don't|forbidden)\b"),
    (RuleKind.ESCALATE, r"\b(?:escalate|hand(?:ed)? (?:over|off)|transfer|pass(?:ed)? to|put through)\b"),
    (RuleKind.DISCLOSE, r"\b(?:tell|inform|mention|say|let \w+ know|disclose|remind)\b"),
    (RuleKind.ALLOW, r"\b(?:may|can|are allowed|is allowed)\b"),
)


def next_rule_id(turn: Turn) -> str:
    """Return the id the next new rule gets."""
    numbers = [int(r.id[2:]) for r in turn.agent.charter.rules if re.fullmatch(r"R-\d+", r.id)]
    return f"R-{max(numbers, default=0) + 1:02}"


def rule_title(text: str) -> str:
    """Return a short title made of a rule's own words."""
    return initial(" ".join(cut_to(text.rstrip(".").split(), 8)))


def new_rule(
    turn: Turn,
    text: str,
    kind: RuleKind,
    guard: Guard | None = None,
    flows: tuple[str, ...] = (),
    by: str = "",
    title: str = "",
) -> Rule:
    """Add a rule to the sketch and return it."""
    enforced = "guard" if guard else (by or "text only")
    rule = Rule.model_validate(
        {
            "id": next_rule_id(turn),
            "kind": kind,
            "title": title or rule_title(text),
            "text": sentence(text),
            "enforced_by": enforced,
            "guard": guard,
            "workflows": flows,
        }
    )
    turn.sketch.put(f"charter/rules/{rule.id}", rule, turn.why(f"New rule {rule.id}: {rule.title}"))
    return rule


def _rule(turn: Turn, name: str = "rule") -> Rule:
    return turn.agent.charter.rule(turn.item(name).id)


def _put(turn: Turn, rule: Rule, title: str, **fields: object) -> None:
    turn.sketch.edit(f"charter/rules/{rule.id}", rule, turn.why(title, *rule.citations), **fields)


def kind_of(text: str) -> RuleKind:
    """Return what kind of rule a sentence is."""
    return next((kind for kind, words in _KINDS if re.search(words, text, re.IGNORECASE)), RuleKind.MUST)


_ABOUT_A_QUESTION = re.compile(r"(?:more|(?:also|too) ask|ask (?:also|too))\b", re.IGNORECASE)
"""How somebody says that a question is no longer, or also, to be asked: no rule, and not half of one."""


_ITSELF = re.compile(r"\b(?:itself|on its own|by itself)$")
"""What the agent may not do itself is forbidden to a system, if one does it."""


def _add(turn: Turn) -> Outcome:
    text = turn.text("text")
    if "?" in text or (turn.words.get("modal") and _ITSELF.search(text)):
        return NotMine()
    if len(text.split()) < (2 if turn.words.keys() & {"modal", "never"} else 3):
        return NotMine()
    said = turn.words.get("modal", "")
    if said and _ABOUT_A_QUESTION.match(text):
        return NotMine()
    if said:
        text = f"Never {text}" if re.search(r"never|not|forbidden", said) else text
    if said == "always":
        text = f"Always {text}"
    if "never" in turn.words:
        text = f"Never {text}"
    rule = new_rule(turn, text, kind_of(text))
    note = "No guard enforces it: it is text that people and language models follow."
    return Done(f"I propose rule {rule.id}: “{rule.text}” {note}", f"New rule {rule.id}: {rule.title}")


def _remove(turn: Turn) -> Outcome:
    rule = _rule(turn)
    for flow in turn.agent.workflows:
        for step in flow.steps:
            if isinstance(step, Disclose) and step.rule == rule.id:
                drop_step(
                    turn, flow.id, step.id, f"Step “{step.title}” told {rule.id}; it goes with the rule"
                )
    for other in turn.agent.charter.rules:
        if other.guard and other.guard.needs_disclosure == rule.id:
            guard = other.guard.model_copy(update={"needs_disclosure": None})
            _put(turn, other, f"{other.id} no longer waits for {rule.id}", guard=guard)
    for test in turn.agent.scenarios:
        kept = tuple(
            e for e in test.expectations if not (isinstance(e, ExpectDisclosure) and e.rule == rule.id)
        )
        if kept != test.expectations:
            why = turn.why(f"Test {test.id} no longer expects that {rule.id} is told")
            turn.sketch.edit(f"scenarios/{test.id}", test, why, expectations=kept)
    title = f"Remove rule {rule.id} “{rule.title}”"
    turn.sketch.put(f"charter/rules/{rule.id}", None, turn.why(title, *rule.citations))
    off = re.search(r"\b(?:off|disable|suspend|deactivate|for now|for a while)\b", turn.said, re.IGNORECASE)
    note = "A rule cannot be off for a while: it is removed, and undo or an earlier version brings it back."
    return Done(f"I propose to remove rule {rule.id} “{rule.title}”.", title, (note,) if off else ())


def _reword(turn: Turn) -> Outcome:
    rule, text = _rule(turn), sentence(turn.text("text"))
    if text == rule.text:
        return No(f"Rule {rule.id} says exactly that already.")
    _put(turn, rule, f"Rule {rule.id}: new wording", text=text)
    warnings: tuple[str, ...] = ()
    if rule.guard or rule.enforced_by == "step":
        how = "its guard" if rule.guard else "the step that carries it out"
        warnings = (f"Only the words of {rule.id} change; {how} stays as it is.",)
    return Done(f"I propose new words for rule {rule.id}: “{text}”", f"Rule {rule.id}: new wording", warnings)


def _severity(turn: Turn) -> Outcome:
    rule, level = _rule(turn), turn.text("level").lower()
    if not level:
        up = turn.text("way").lower() in ("raise", "increase")
        levels = ("low", "medium", "high")
        level = levels[min(2, max(0, levels.index(rule.severity) + (1 if up else -1)))]
    if rule.severity == level:
        return No(f"Rule {rule.id} has {level} severity already.")
    title = f"Rule {rule.id}: severity {rule.severity} → {level}"
    _put(turn, rule, title, severity=level)
    return Done(f"I propose {level} severity for rule {rule.id} “{rule.title}” (now {rule.severity}).", title)


def _scope(turn: Turn) -> Outcome:
    rule = _rule(turn)
    flows = (turn.item("flow").id,) if "flow" in turn.found else ()
    where = f"only in “{turn.item('flow').name}”" if flows else "in every workflow"
    if rule.workflows == flows:
        return No(f"Rule {rule.id} holds {where} already.")
    _put(turn, rule, f"Rule {rule.id} holds {where}", workflows=flows)
    return Done(
        f"I propose that rule {rule.id} “{rule.title}” holds {where}.", f"Rule {rule.id} holds {where}"
    )


def _exception(turn: Turn) -> Outcome:
    rule, case = _rule(turn), turn.text("case")
    found = condition(case, known(turn.agent, rule.workflows))
    phrase = re.sub(r"^(?:when|if|for)\s+", "", case)
    text = f"{rule.text.rstrip('.')}, unless {phrase if found is None else in_words(found)}."
    warnings: tuple[str, ...] = ()
    fields: dict[str, object] = {"text": text}
    if rule.guard and isinstance(found, Compare):
        excepted = opposite(found)
        stops = rule.guard.forbidden_when
        if excepted in compares(stops):
            return No(f"Rule {rule.id} excepts that case already: {in_words(found)}.")
        both = excepted if stops is None else All(of=(stops, excepted))
        fields["guard"] = rule.guard.model_copy(update={"forbidden_when": both})
    elif rule.guard:
        warnings = (
            f"The guard of {rule.id} cannot know “{phrase}”: no fact says so. Only the words change.",
        )
    elif rule.enforced_by == "step":
        warnings = (f"A step carries out {rule.id}; add a way around it for this case.",)
    _put(turn, rule, f"Rule {rule.id}: except when {phrase}", **fields)
    return Done(
        f"I propose an exception to rule {rule.id}: “{text}”", f"Rule {rule.id}: an exception", warnings
    )


_LEVEL = r"(?P<level>low|medium|high)"

KINDS: tuple[Kind, ...] = (
    Kind(
        "rule-add",
        "Rules",
        "Add a rule to the charter, in your words.",
        ("Add a rule: never promise a delivery date", "The agent must never discuss other customers' orders"),
        (
            r"(?:<add>|make it|introduce|we need|there is) (?:<the>)?(?:new )?rules?(?: to the "
            r"charter)?(?: that (?:says? (?:that )?)?|:| to)?\s*:?\s*{text}",
            r"new rule:? {text}",
            r"make it a rule (?:that|to) {text}",
            r"<agent> (?P<modal>must never|must not|may never|should never|shall never|must always"
            r"|must|has to|should always|shall always)(?: be allowed to)? {text}",
            r"<agent> (?:is|are) (?P<modal>not allowed|never allowed|not permitted|forbidden) to {text}",
            r"(?:in no case|under no circumstances|at no time)(?: must| may| should| shall| can| will)? "
            r"<agent>(?: ever)? (?P<never>(?P<text>.+))",
            r"(?P<modal>never|always) (?P<text>(?!let|make|call|use|ask for)\w+ .+)",
            r"<agent> (?P<modal>never|always) {text}",
            r"<add> (?:<the>)?rules? (?:stating|saying|which says?|that states?|that reads)(?: that)?:? "
            r"{text}",
            r"(?:new|another|one more) rule ?[-:–,]? ?{text}",
            r"add that {text}",
            r"(?:a )?rule (?:that|which) says:? (?:that )?{text}",
            r"(?:do not|don't) ever (?P<never>(?P<text>.+))",
        ),
        _add,
    ),
    Kind(
        "rule-remove",
        "Rules",
        "Remove a rule, with the step that tells it and the expectations of it.",
        ("Remove rule R-10", "drop the rule about used items"),
        (
            r"<remove> (?:<the>)?rule (?:about |on )?{rule}",
            r"<remove> (?:<the>)?{rule} rule",
            r"<remove> (?P<rule>R-\d+)",
            r"(?:we|it) (?:no longer|do not|don't) needs? (?:<the>)?rule {rule}(?: <more>)?",
            r"(?:<the>)?rule {rule} (?:can go|is obsolete|is not needed(?: <more>)?|is no longer needed)",
            r"{rule} (?:can go|is obsolete, (?:<remove>) it|is no longer needed)",
            r"(?P<rule>R-\d+) (?:out|away|must go|has to go|is out|can be (?:removed|deleted|dropped))",
            r"<remove> (?:<the>)?rules? (?:of|about|on|concerning|regarding|that|which|for) (?:says? "
            r"(?:that )?)?{rule}",
            r"(?:<the>)?{rule} rule (?:can go|must go|is obsolete|is no longer needed)",
            r"(?:we|it) (?:no longer|do not|don't) needs? (?:<the>)?{rule} rule(?: <more>)?",
            r"no more (?:rule )?(?P<rule>R-\d+)",
            r"{rule} is (?:no longer valid|outdated|obsolete|not valid(?: <more>)?|superseded|wrong),? "
            r"(?:so )?(?:please )?<remove> (?:it|that)(?: rule)?",
            r"take (?:<the>)?rule (?:about|on|of|concerning)? ?{rule} out",
        ),
        _remove,
    ),
    Kind(
        "rule-reword",
        "Rules",
        "Give a rule the wording you write.",
        ("Reword R-04 to “We do not take back used items.”", "R-10 should say: Never ask for card numbers."),
        (
            r"<reword> (?:rule )?{rule} (?:<become>|so that it says) {text!}",
            r"(?:<change>|replace|<reword>) the (?:wording|text|words) of (?:rule )?{rule} "
            r"(?:<become>)(?: say)? {text!}",
            r"(?P<rule>(?:rule )?R-\d+) (?:<must>|to) (?:say|read)(?: as follows)?:? {text}",
            r"(?:<the>)?rule {rule} (?:<must>) (?:say|read):? {text!}",
            r"(?:<the>)?(?:wording|text|words) of (?:rule )?{rule} (?:<must>) be (?:replaced (?:by|"
            r"with)|changed to)? ?:?{text!}",
            r"<reword> (?:rule )?{rule}(?: as)?:? {text!}",
            r"(?:<change>|replace) (?:rule )?{rule} (?:with|by|so that it says|to say|to read):? {text!}",
            r"(?P<rule>(?:rule )?R-\d+):? (?:new|the new) (?:wording|text):? {text!}",
            r"<change> the (?:wording|text|words) of (?:rule )?{rule}:? {text!}",
        ),
        _reword,
    ),
    Kind(
        "rule-severity",
        "Rules",
        "Say how serious it is when a rule is broken: low, medium or high.",
        ("Make R-06 low severity", "set the severity of the overdue refunds rule to high"),
        (
            rf"(?:<change>|treat|rate) (?:rule )?{{rule}} (?:(?:as|to) )?(?:a |of )?{_LEVEL}[- "
            rf"]severity(?: rule)?",
            rf"(?:<change>) (?:the )?severity of (?:rule )?{{rule}} (?:to|as) {_LEVEL}",
            rf"(?:<change>) (?:rule )?{{rule}} severity (?:to|as) {_LEVEL}",
            rf"(?:<change>) (?:rule )?(?P<rule>R-\d+) (?:to|as) {_LEVEL}",
            rf"{{rule}} (?:<must>) (?:have|be|be of) {_LEVEL}[- ]severity",
            rf"{{rule}} is (?:more|less) important, (?:.* )?(?:to|as) {_LEVEL}",
            r"{rule} (?:<must>|to) be (?:treated|rated|handled|seen|regarded) (?:with|as|at|of) (?:a "
            r")?(?P<level>low|medium|high)(?:[- ]severity)?(?: rule)?",
            r"{rule} (?:is|are) (?:a |of |now |very )*(?P<level>low|medium|high)(?:[- ](?:severity|"
            r"priority|importance))(?: rule| one)?",
            r"(?:raise|lower|increase|reduce|set|put|turn|bring) (?:the |its )?severity (?:of|for|on) "
            r"{rule} (?:down |up )?to (?P<level>low|medium|high)",
            r"(?P<way>raise|increase|lower|reduce) (?:the )?severity (?:of|for) {rule}",
            r"{rule} is (?:very |really )?(?:critical|important)[^“]* severity (?:to|is|be) (?P<level>low|"
            r"medium|high)",
            r"severity (?:of )?{rule}:? (?P<level>low|medium|high)",
        ),
        _severity,
    ),
    Kind(
        "rule-scope",
        "Rules",
        "Let a rule hold only in one workflow, or in all.",
        ("Apply R-10 only to “Return an item”", "R-13 should hold in every workflow"),
        (
            r"(?:apply|use|limit|restrict|keep) (?:rule )?{rule} (?:only )?(?:to|in|for) (?:the "
            r"workflow )?{flow}",
            r"{rule} (?:(?:<must>) )?(?:only (?:hold|apply|count|be)|holds? only|applies only|is "
            r"only|be only) (?:in|to|for) (?:the workflow )?{flow}",
            r"(?:make |let )?(?:rule )?{rule} (?:(?:<must>) )?(?:apply|hold|count|applies|holds) "
            r"(?:(?:to|in|for) )?(?:every workflow|all workflows|everywhere|always)",
            r"{rule} (?:(?:<must>) )?(?:also )(?:apply|hold|count|applies|holds) (?:in|to|for|when|"
            r"while) (?:the workflow )?{flow}",
            r"{rule} (?:is|are) only (?:for|about|valid (?:in|for)) (?:the workflow )?{flow}",
            r"{rule} (?:only )?(?:matters|counts|is relevant|is meant|applies|holds)(?: only)? (?:to|"
            r"in|for) {flow}",
        ),
        _scope,
    ),
    Kind(
        "rule-exception",
        "Rules",
        "Except a case from a rule, in its words and in what its guard stops.",
        ("R-03 should not apply when the item arrived damaged", "Add an exception to R-07 for damaged items"),
        (
            r"(?:rule )?{rule} (?:(?:<must>|does|do) not|shouldn't|doesn't) (?:apply|hold|count) "
            r"(?:<when>|for|to) {case}",
            r"(?:<add>|make|allow) an exception (?:to|from|for|of) (?:rule )?{rule} (?:<when>|for) {case}",
            r"(?:except|exempt|exclude) {case} from (?:rule )?{rule}",
            r"(?:rule )?{rule} (?:(?:<must>) )?(?:holds?|appl(?:y|ies)|counts?) (?:unless|except "
            r"when|except if) {case}",
            r"(?:make|add|allow|grant) an exception (?:to|from|for|of) (?:rule )?{rule}:? {case}",
            r"{rule} (?:is|are) not (?:valid|applicable|for|in force) (?:for|<when>|to)? ?{case}",
        ),
        _exception,
    ),
)
