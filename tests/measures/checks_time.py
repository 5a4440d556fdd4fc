"""How long the checks take by the size of a workflow, whole and after an edit of one of several workflows.

Run with `.venv/bin/python -m tests.measures.checks_time`; in processor time, for busy machines.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from studio.checks import all as checks
from studio.checks import proving
from studio.domain.agent import Agent
from studio.domain.charter import Charter, Guard, Rule, RuleKind
from studio.domain.condition import Compare
from studio.domain.tool import Limit, Tool
from studio.domain.workflow import (
    Argument,
    Ask,
    Binding,
    Branch,
    Decide,
    Disclose,
    End,
    Handoff,
    Say,
    Slot,
    Step,
    ToolCall,
    Verify,
    Workflow,
)

SIZES = (12, 100, 300, 1000)
FACTS = 24


def _tools() -> tuple[Tool, ...]:
    def schema(**names: str) -> dict[str, Any]:
        properties = {name: {"type": kind} for name, kind in names.items()}
        return {"type": "object", "properties": properties, "required": list(names)}

    return (
        Tool(name="prove", parameters=schema(code="string"), returns=schema(verified="boolean")),
        Tool(name="look", parameters=schema(code="string"), returns=schema(amount="number", days="integer")),
        Tool(
            name="pay", parameters=schema(amount="number"), returns=schema(done="boolean"), effect="write",
            reversible=False, limits=(Limit(argument="amount", maximum=500),),
        ),
    )  # fmt: skip


def _step(dice: random.Random, at: int, count: int) -> Step:
    """One step of a long procedure: questions, look-ups, decisions that part and meet again, payments."""
    name, title = f"s{at}", f"Step {at}"
    on = f"s{at + 1}" if at + 1 < count else "done"
    far = f"s{min(at + dice.randint(2, 12), count - 1)}"
    kind = at % 8
    fact = f"fact_{dice.randrange(FACTS)}"
    if at == 0:
        return Verify(id=name, title=title, slots=("code",), tool="prove", next=on, on_failure="person")
    if kind in (1, 5):
        return Ask(id=name, title=title, slots=(fact,), next=on, on_failure="person")
    if kind == 2:
        results = (Binding(result="amount", fact="amount"), Binding(result="days", fact="days"))
        arguments = (Argument(name="code", fact="code"),)
        return ToolCall(
            id=name,
            title=title,
            tool="look",
            arguments=arguments,
            results=results,
            next=on,
            on_failure="person",
        )
    if kind in (3, 6):
        when = Compare(field="days", op=">", value=dice.choice((14, 30, 60)))
        if kind == 6:
            when = Compare(field=fact, op="=", value=dice.choice(("red", "green")))
        return Decide(id=name, title=title, branches=(Branch(id="yes", when=when, next=far),), otherwise=on)
    if kind == 4 and at % 40 == 4:
        arguments = (Argument(name="amount", fact="amount"),)
        return ToolCall(
            id=name, title=title, tool="pay", arguments=arguments, retries=0, next="done", on_failure="person"
        )
    if kind == 7:
        return Disclose(id=name, title=title, rule="R-02", text="It takes five days.", next=on)
    return Say(id=name, title=title, text="About {amount}.", next=on)


def long_agent(count: int, workflows: int = 1) -> Agent:
    """An agent with workflows of so many steps each, two guards, and two dozen facts to ask for."""
    slots = (
        Slot(id="code", label="Code", type="code"),
        *(
            Slot(id=f"fact_{n}", label=f"Fact {n}", type="choice", choices=("red", "green", "blue"))
            for n in range(FACTS)
        ),
    )
    ends = (
        End(id="done", title="Done"),
        Handoff(id="person", title="Person", queue="Desk"),
    )
    flows = tuple(
        Workflow(
            id=f"flow-{n}", name=f"Procedure {n}", examples=(f"do the procedure {n}",), slots=slots,
            start="s0", steps=(*(_step(random.Random(f"{n}/{at}"), at, count) for at in range(count)), *ends),
        )
        for n in range(workflows)
    )  # fmt: skip
    rules = (
        Rule(id="R-01", kind=RuleKind.MUST, title="Identity", text="", enforced_by="guard",
             guard=Guard(tools=("pay",), needs_identity=True)),
        Rule(id="R-02", kind=RuleKind.DISCLOSE, title="Time", text="Say how long it takes."),
        Rule(id="R-03", kind=RuleKind.NEVER, title="Old", text="", enforced_by="guard",
             guard=Guard(tools=("pay",), forbidden_when=Compare(field="days", op=">", value=60))),
    )  # fmt: skip
    charter = Charter(
        purpose="",
        audience="",
        channel="",
        ai_disclosure="I am a bot.",
        capabilities="",
        autonomy=2,
        rules=rules,
    )
    return Agent(id="long", name="Long", charter=charter, workflows=flows, tools=_tools())


def forget() -> None:
    """Forget all that was proved before."""
    proving._kept.clear()
    checks._kept.clear()


def _took(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return (time.process_time() - before) * 1000


def measure() -> None:
    """Print the time by size: all checks anew, again unchanged, and after a word was typed in one of five."""
    print(f"{'steps':>6}{'situations':>12}{'anew ms':>9}{'again ms':>10}{'5 workflows, one edited ms':>28}")
    for count in SIZES:
        agent = long_agent(count)
        anew = []
        for _ in range(3):
            forget()
            anew.append(_took(lambda agent=agent: checks.run_checks(agent)))  # type: ignore[misc]
        again = _took(lambda agent=agent: checks.run_checks(agent))  # type: ignore[misc]
        made = proving.Prover(agent).situations(agent.workflows[0])
        many = long_agent(count, workflows=5)
        forget()
        checks.run_checks(many)
        first = many.workflows[0]
        steps = tuple(
            s.model_copy(update={"text": "Typed."}) if isinstance(s, Say) else s for s in first.steps
        )
        edited = many.model_copy(
            update={"workflows": (first.model_copy(update={"steps": steps}), *many.workflows[1:])}
        )
        typed = _took(lambda edited=edited: checks.run_checks(edited))  # type: ignore[misc]
        found = len(made.found) if made is not None else 0
        print(f"{count:6,}{found:12,}{min(anew):9.0f}{again:10.0f}{typed:28.0f}")


if __name__ == "__main__":
    measure()
