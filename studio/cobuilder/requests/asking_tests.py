"""Questions about tests: which of them cover a rule, a step, a decision, a system or a matter.

- A test covers what it expects by name, what cites the sentence it cites, and what its walk meets; which of
  these it is stands beside each test.
"""

from __future__ import annotations

import re

from studio.cobuilder.requests.items import Item, shortened, stems_of
from studio.cobuilder.requests.kinds import Kind, NotMine, Outcome, Told, Turn
from studio.cobuilder.sketch.rehearsal import Walk, walk
from studio.cobuilder.words.known_facts import compares
from studio.domain.agent import Agent
from studio.domain.request import Link
from studio.domain.scenario import ExpectCall, ExpectDisclosure, ExpectHandoff, ExpectStep, Scenario

_KINDS = ("rule", "step", "workflow", "decision", "system", "fact")


def _covering(turn: Turn) -> Outcome:
    words = turn.text("topic")
    if re.fullmatch(r"(?:<the>)?(?:it|that|this|them|what|nothing|no tests?)", words) or not words:
        return NotMine()
    match = turn.ground.index.find(words, _KINDS)
    agent = turn.agent
    items = match.items if match.certain else tuple(i for i in match.items if i.name == match.items[0].name)
    found: dict[str, str] = {}
    for item in items:
        for test in agent.scenarios:
            if test.id not in found and (how := covers(agent, test, item)):
                found[test.id] = how
    spoken = stems_of(shortened(words))
    for test in agent.scenarios:
        said = stems_of(
            f"{test.title} {test.goal} {test.opening} {' '.join(str(f.value) for f in test.facts)}"
        )
        if test.id not in found and spoken and spoken <= said:
            found[test.id] = "its words say so"
    name = items[0].label if items else f"“{words}”"
    near = tuple(link for item in items if (link := item.link) is not None)
    if not found:
        return Told(f"No test covers {name}. Add one: “add a test where …”.", near) if items else NotMine()
    tests = [t for t in agent.scenarios if t.id in found]
    tests.sort(key=lambda t: found[t.id].startswith("its course"))  # what covers it by the way comes last
    lines = [f"· {t.id} {t.title}: {found[t.id]}" for t in tests]
    links = tuple(Link(page="tests", item=t.id, label=f"{t.id} “{t.title}”") for t in tests)
    verb = "tests cover" if len(lines) > 1 else "test covers"
    return Told(f"{len(lines)} {verb} {name}:\n" + "\n".join(lines), (*links, *near))


def covers(agent: Agent, test: Scenario, item: Item) -> str:
    """Return how a test covers an item, or "" where it does not."""
    course = walk(agent, test) or Walk()
    if item.kind == "rule":
        return _rule(agent, test, item, course)
    if item.kind == "workflow":
        return "it plays there" if test.workflow == item.id else ""
    if item.kind == "decision":
        return f"the decision answers “{course.answers[item.id]}”" if item.id in course.answers else ""
    if item.kind == "system":
        expected = any(isinstance(e, ExpectCall) and e.tool == item.id for e in test.expectations)
        return "it expects it" if expected else "it is used on the way" if item.id in course.calls else ""
    if item.kind == "fact":
        value = next((f.value for f in test.facts if f.id == item.id), None)
        return f"the customer says “{value}”" if value is not None else ""
    expected = any(isinstance(e, ExpectStep) and e.step == item.id for e in test.expectations)
    met = item.id in course.steps and test.workflow == item.holder
    return "it expects it" if expected else "it passes through it" if met else ""


def _rule(agent: Agent, test: Scenario, item: Item, course: Walk) -> str:
    rule = agent.charter.rule(item.id)
    if any(isinstance(e, ExpectDisclosure) and e.rule == rule.id for e in test.expectations):
        return "it expects that the rule is told"
    cited = {c.fingerprint for c in rule.citations}
    if any(c.fingerprint in cited for c in test.citations):
        return "it cites the same sentence"
    if rule.id in course.said:
        return "the rule is told on the way"
    flow = next((f for f in agent.workflows if f.id == test.workflow), None)
    queues = {e.queue for e in test.expectations if isinstance(e, ExpectHandoff)}
    if rule.workflows and test.workflow not in rule.workflows:
        return ""
    asked = {c.field for c in compares(rule.guard.forbidden_when)} if rule.guard else set()
    inputs = {i.id for t in agent.tables if t.id in course.answers for i in t.inputs}
    if asked and asked & inputs and flow is not None:
        names = ", ".join(sorted(n.replace("_", " ") for n in asked & inputs))
        return f"its course is decided by {names}, as the rule is"
    calls = {e.tool for e in test.expectations if isinstance(e, ExpectCall)}
    if rule.guard and not asked and calls & set(rule.guard.tools):
        return "it expects a system that the rule guards"
    told = rule.text.casefold()
    return "it expects the handover" if any(q and q.casefold() in told for q in queues) else ""


_TESTS = r"(?:tests?|scenarios?|test cases?)"
_COVER = (
    r"(?:covers?|checks?|tests?|proves?|exercises?|touch(?:es)?|concerns?|look(?:s)? at|hit(?:s)?|use(?:s)?|"
    r"is about|are about|are there for|is there for|do we have for|have we got for|exist(?:s)? for|"
    r"belong(?:s)? "
    r"to|go(?:es)? through|depend(?:s)? on|rel(?:y|ies) on|verif(?:y|ies)|mention(?:s)?|ask(?:s)? about|for|"
    r"about)"
)

KINDS: tuple[Kind, ...] = (
    Kind(
        "ask-tests",
        "Ask about the work",
        "Which tests cover a rule, a step, a decision, a system or a matter, and how.",
        ("Which tests cover R-07?", "is there a test for used items?"),
        (
            rf"(?:which|what|how many) (?:of (?:our |the )?)?{_TESTS} (?:do we have that |that |would "
            rf")?{_COVER} "
            r"{topic}",
            rf"(?:is there|do we have|have we got|are there)(?: already| any| a| an| some)* {_TESTS} "
            rf"(?:already )?"
            rf"(?:that {_COVER}|{_COVER}|on|where|with|in which|covering|checking|testing) {{topic}}",
            rf"(?:list|show|find|give)(?: me)?(?: all| the| every)* {_TESTS} (?:that {_COVER}|{_COVER}|on|"
            rf"covering|"
            r"checking) {topic}",
            r"how is {topic} (?:tested|covered|checked)",
            r"(?:is|are) {topic} (?:tested|covered)(?: by (?:a |any )?tests?| anywhere| already| yet)?",
            r"do (?:the |our |any )?tests? (?:cover|check) {topic}",
            r"(?:where|how) do we test {topic}",
        ),
        _covering,
        False,
    ),
)
