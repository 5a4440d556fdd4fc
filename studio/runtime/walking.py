"""Carrying out steps: from where a conversation stands until the customer is to speak, or it ends.

- Whatever is missing (a step, a tool, a way on) is written into the trace and takes the failure path;
  where there is none, the customer is handed to a person. Nothing is skipped silently.
- Only a `verify` step whose system answers `verified: true` makes identity verified.
- A write may have happened as soon as it was sent, so from then on no fact can be corrected unseen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from studio.domain.condition import Scalar, holds
from studio.domain.workflow import (
    Argument,
    Ask,
    Branch,
    CallBlock,
    Decide,
    Disclose,
    End,
    Handoff,
    Say,
    Slot,
    Step,
    ToolCall,
    Verify,
)
from studio.ports import Connector
from studio.runtime.calls import learn
from studio.runtime.further import carry_over
from studio.runtime.program import DEFAULT_QUEUE, Program
from studio.runtime.recording import Log, event
from studio.runtime.state import Frame, Memory
from studio.runtime.systems import Systems, note_fault
from studio.runtime.templates import fill

STEP_LIMIT = 200
"""Steps between two customer turns; more means that the workflow goes round in circles."""
DEPTH_LIMIT = 8
"""Reusable blocks inside each other; more means that they call themselves."""

_WORSE = {"resolved": 0, "refused": 1, "handed over": 2, "abandoned": 3}
"""How outcomes are weighed where one conversation has several."""

COLLEAGUE = "I will pass you to a colleague who can help you."

Progressed = Literal["ready", "waiting", "failed"]


class Stretches(Protocol):
    """Remembers stretches of steps: what was carried out once from some place need not be again."""

    def run(self, walk: Walk, carry_out: Callable[[], None]) -> None:
        """Carry out the steps from where the walk stands, or bring it to where they led before."""
        ...


class Walk:
    """One stretch of a conversation: a program, what is remembered, the systems, and the log."""

    def __init__(
        self,
        program: Program,
        memory: Memory,
        connector: Connector,
        log: Log,
        known: Stretches | None = None,
    ) -> None:
        self.program = program
        self._known = known
        self.memory = memory
        self.log = log
        self.systems = Systems(program, memory, connector, log)
        self.forgiving = False
        self.rescued = False

    def run(self) -> None:
        """Carry out steps until the customer is to speak or the conversation has ended."""
        if self._known is None:
            self._run()
        else:
            self._known.run(self, self._run)

    def _run(self) -> None:
        memory = self.memory
        for _ in range(STEP_LIMIT):
            if memory.outcome is not None:
                return
            frame = memory.frames[-1]
            flow = self.program.flows.get(frame.workflow)
            step = flow.steps.get(frame.step) if flow else None
            if step is None:
                self._nowhere(frame)
            elif self._carry_out(step, frame):
                return
        self._fault(
            f"The workflow goes round in circles: {STEP_LIMIT} steps without the customer.", "circles"
        )
        self.hand_over("the workflow goes round in circles")

    def _nowhere(self, frame: Frame) -> None:
        where = (
            f"step “{frame.step}” of “{frame.workflow}” does not exist"
            if frame.step
            else "there is no way on"
        )
        self._fault(f"The workflow stops here: {where}.", "dead end")
        self.hand_over("the workflow has no way on")

    def _carry_out(self, step: Step, frame: Frame) -> bool:
        """Carry out one step; return whether the customer is to speak now."""
        memory = self.memory
        if not memory.entered:
            memory.entered = True
            self.log.note(event("step", step.title, step=step.id, workflow=frame.workflow))
            entering = True
        else:
            entering = False
        if isinstance(step, Ask):
            return self._ask(step, entering)
        if isinstance(step, Verify):
            return self._verify(step)
        if isinstance(step, ToolCall):
            self._tool(step)
        elif isinstance(step, Decide):
            self._decide(step)
        elif isinstance(step, Say):
            self.say(step.text)
            self.go(step.next)
        elif isinstance(step, Disclose):
            self._disclose(step)
        elif isinstance(step, Handoff):
            self._handoff(step)
        elif isinstance(step, End):
            self._end(step)
        else:
            self._call_block(step)
        return False

    def say(self, text: str) -> None:
        """Say a text with its places filled, and remember it as what the customer was told last."""
        said = fill(text, self.memory.facts, self.program.labels)
        self.log.say(said)
        if said:
            self.memory.answer = said

    def go(self, step_id: str | None) -> None:
        """Stand before another step of the same workflow; "" stands for no way on."""
        memory = self.memory
        memory.frames[-1] = Frame(memory.frames[-1].workflow, step_id or "")
        memory.entered = False
        memory.asking = None

    def _fault(self, detail: str, label: str, tool: str | None = None) -> None:
        note_fault(self.log, self.memory, detail, label, tool)

    def _take(self, step: Step, label: str, step_id: str | None) -> None:
        workflow = self.memory.frames[-1].workflow
        self.log.note(event("branch", f"{step.title}: {label}", step=step.id, workflow=workflow, label=label))
        self.go(step_id)

    # Asking

    def _ask(self, step: Ask, entering: bool) -> bool:
        if entering and step.say and any(name not in self.memory.facts for name in step.slots):
            self.say(step.say)
        progressed = self._collect(step)
        if progressed == "ready":
            self.go(step.next)
        elif progressed == "failed":
            self._take(step, "if it fails", step.on_failure)
        return progressed == "waiting"

    def _collect(self, step: Ask | Verify) -> Progressed:
        memory = self.memory
        for name in step.slots:
            if name in memory.facts:
                continue
            slot = self.program.slot(memory.frames, name)
            if slot is None:
                self._fault(f"“{step.title}” asks for “{name}”, which is not described.", "unknown fact")
                return "failed"
            if memory.asking == name and not self._again(step, slot):
                self._fault(f"{slot.label or name}: no usable answer after {step.tries} tries.", "no answer")
                return "failed"
            if memory.asking != name:
                self.log.say(self.question(slot))
            memory.asking = name
            return "waiting"
        memory.asking = None
        return "ready"

    def _again(self, step: Ask | Verify, slot: Slot) -> bool:
        """Ask once more for what was not answered; return False where all tries are used up."""
        if not self.forgiving:
            key = f"{self.memory.frames[-1].workflow}/{step.id}/{slot.id}"
            self.memory.tries[key] = tries = self.memory.tries.get(key, 0) + 1
            if tries >= step.tries:
                return False
            self.log.say("Sorry, I did not get that.")
        self.forgiving = False
        self.log.say(self.question(slot))
        if slot.example:
            self.log.say(f"For example: {slot.example}.")
        return True

    def question(self, slot: Slot) -> str:
        """Return the question for a slot with its places filled."""
        return fill(question(slot), self.memory.facts, self.program.labels)

    # Identity

    def _verify(self, step: Verify) -> bool:
        if self.memory.verified:
            self._take(step, "verified", step.next)
            return False
        progressed = self._collect(step)
        if progressed == "waiting":
            return True
        if progressed == "failed":
            self._take(step, "not verified", step.on_failure)
            return False
        names = self.program.tools[step.tool].argument_names if step.tool in self.program.tools else ()
        own = tuple(Argument(name=name, fact=name) for name in step.slots if name in names)
        reply = self.systems.use(step, step.tool, step.arguments or own, 1)
        if reply is not None and reply.get("verified") is True:
            self.memory.verified = True
            self._take(step, "verified", step.next)
        elif reply is None or not self._another_try(step):
            self._take(step, "not verified", step.on_failure)
        return False

    def _another_try(self, step: Verify) -> bool:
        """Count a mismatch and forget what did not match; return False where no try is left."""
        key = f"{self.memory.frames[-1].workflow}/{step.id}"
        self.memory.tries[key] = tries = self.memory.tries.get(key, 0) + 1
        self._fault(
            f"What the customer gave does not match (try {tries} of {step.tries}).", "no match", step.tool
        )
        self.log.worked()
        self.memory.tried[-1] = f"{step.title} (no match)"
        if tries >= step.tries or not step.slots:
            return False
        for name in step.slots:
            self.memory.facts.pop(name, None)
        self.memory.given = [name for name in self.memory.given if name not in step.slots]
        self.log.say("I am sorry, that does not match what we have.")
        return True

    # Systems

    def _tool(self, step: ToolCall) -> None:
        reply = self.systems.use(step, step.tool, step.arguments, step.retries)
        if reply is None:
            self._take(step, "if it fails", step.on_failure)
            return
        learned, absent = learn(reply, step.results)
        for binding in step.results:
            self.memory.facts.pop(binding.fact, None)
        self.memory.given = [name for name in self.memory.given if name not in learned]
        self.memory.facts.update(learned)
        demanded = self.program.tools[step.tool].returns.get("required", ())
        if missing := [name for name in absent if name.split(".")[0] in demanded]:
            self._fault(
                f"The reply of “{step.tool}” lacks {', '.join(missing)}.", "incomplete reply", step.tool
            )
            self._take(step, "if it fails", step.on_failure)
        else:
            self.go(step.next)

    # Deciding and telling

    def _decide(self, step: Decide) -> None:
        branch = self._by_table(step) if step.table else self._by_condition(step)
        if branch is None:
            self._take(step, "otherwise", step.otherwise)
        else:
            self._take(step, branch.id, branch.next)

    def _by_condition(self, step: Decide) -> Branch | None:
        facts = self.memory.facts
        return next((b for b in step.branches if b.when is not None and holds(b.when, facts)), None)

    def _by_table(self, step: Decide) -> Branch | None:
        table = self.program.tables.get(step.table or "")
        if table is None:
            self._fault(f"The decision table “{step.table}” does not exist.", "unknown table")
            return None
        rows = [row for row in table.rows if row.admits(self.memory.facts)]
        if not rows or (table.hit_policy == "unique" and len(rows) > 1):
            why = "more than one row fits" if rows else "no row fits"
            self._fault(f"“{table.name}” has no answer: {why}.", "no row")
            return None
        row = rows[0]
        workflow = self.memory.frames[-1].workflow
        self.log.note(
            event(
                "row",
                f"{table.name}: {row.then}",
                step=step.id,
                workflow=workflow,
                table=table.id,
                row=row.id,
                label=row.then,
            )
        )
        branch = next((b for b in step.branches if b.id == row.then), None)
        if branch is None:
            self._fault(f"“{step.title}” has no branch for the answer “{row.then}”.", "no branch")
        return branch

    def _disclose(self, step: Disclose) -> None:
        """Say what a rule demands, once: again only where it now reads differently."""
        memory = self.memory
        words = fill(step.text, memory.facts, self.program.labels)
        if memory.told.get(step.rule) != words:
            memory.told[step.rule] = words
            self.say(step.text)
            if step.rule not in memory.disclosed:
                memory.disclosed.append(step.rule)
            workflow = memory.frames[-1].workflow
            self.log.note(
                event("disclosure", f"Said {step.rule}.", step=step.id, workflow=workflow, rule=step.rule)
            )
        self.go(step.next)

    # Blocks and ends

    def _call_block(self, step: CallBlock) -> None:
        memory = self.memory
        flow = self.program.flows.get(step.block)
        if flow is None or len(memory.frames) > DEPTH_LIMIT:
            why = "does not exist" if flow is None else "calls itself without end"
            self._fault(
                f"The reusable block “{step.block}” {why}.", "unknown block" if flow is None else "circles"
            )
            self._take(step, "if it fails", step.on_failure)
            return
        memory.frames.append(Frame(step.block, flow.workflow.start))
        memory.entered = False
        memory.asking = None

    def _end(self, step: End) -> None:
        memory = self.memory
        self.say(step.say)
        if len(memory.frames) == 1:
            self._settle(step.outcome)
            return
        memory.frames.pop()
        caller = memory.frames[-1]
        call = self.program.flows[caller.workflow].steps[caller.step]
        assert isinstance(call, CallBlock)
        if step.outcome == "resolved":
            self.go(call.next)
        else:
            self._take(call, "if it fails", call.on_failure)

    def _settle(self, outcome: str) -> None:
        """End, or take up the next thing that was asked for; the least happy outcome is the whole one's."""
        memory = self.memory
        worst = max((memory.settled or outcome, outcome), key=lambda each: _WORSE.get(each, 1))
        while memory.waiting:
            flow = self.program.flows.get(memory.waiting.pop(0))
            if flow is None:
                continue
            memory.settled = worst
            name = flow.workflow.name.rstrip("?. ")
            self.log.note(event("end", f"Ended: {outcome}; more was asked.", label=f"{outcome}, goes on"))
            self.log.say(f"You also asked about: {name}.")
            self.log.note(event("understood", f"Wants: {name}.", workflow=flow.workflow.id, label="intent"))
            carry_over(memory, self.program.answers)
            memory.frames = [Frame(flow.workflow.id, flow.workflow.start)]
            memory.entered, memory.asking = False, None
            return
        self.finish(worst, f"Ended: {worst}.")

    def _handoff(self, step: Handoff) -> None:
        facts = self.memory.facts
        closed = self.systems.closed(step.queue)
        if closed and step.on_failure is not None:
            self._take(step, "if it fails", step.on_failure)
            return
        self.say(step.say or COLLEAGUE)
        if closed:
            self.finish("abandoned", "Nobody took over.")
            return
        passed = (
            {name: facts[name] for name in step.context if name in facts} if step.context else dict(facts)
        )
        self._hand_to(step.queue, passed)

    def hand_over(self, why: str) -> None:
        """Hand the customer to a person with everything collected."""
        frames = self.memory.frames
        flow = self.program.flows.get(frames[0].workflow) if frames else None
        flow = flow or next(iter(self.program.flows.values()), None)
        person = flow.person if flow else None
        if self.systems.closed(person.queue if person else DEFAULT_QUEUE):
            self._nobody_there(person)
            return
        self.say((person.say if person else "") or COLLEAGUE)
        self._hand_to(person.queue if person else DEFAULT_QUEUE, dict(self.memory.facts), why)

    def _nobody_there(self, person: Handoff | None) -> None:
        """Go on where the agent says what happens when nobody takes over; without that it ends here."""
        on = person.on_failure if person else None
        home = (
            next((f for f in self.program.flows.values() if f.steps.get(person.id) is person), None)
            if person
            else None
        )
        if on is None or home is None or self.rescued:
            self.say((person.say if person else "") or COLLEAGUE)
            self.finish("abandoned", "Nobody took over.")
            return
        self.rescued = True
        self.memory.frames = [Frame(home.workflow.id, on)]
        self.memory.entered, self.memory.asking = False, None
        self.run()

    def _hand_to(self, queue: str, passed: dict[str, Scalar], why: str = "") -> None:
        memory = self.memory
        frame = memory.frames[-1] if memory.frames else Frame("", "")
        named = ", ".join(self.program.label(name) for name in passed) or "nothing yet"
        tried = f" Tried: {'; '.join(memory.tried)}." if memory.tried else ""
        wishes = [
            self.program.flows[each].workflow.name for each in memory.waiting if each in self.program.flows
        ]
        tried += f" Also asked about: {'; '.join(wishes)}." if wishes else ""
        reason = f" Because {why}." if why else ""
        self.log.note(
            event(
                "handoff",
                f"Handed to {queue} with: {named}.{tried}{reason}",
                step=frame.step or None,
                workflow=frame.workflow or None,
                label=queue,
                facts=passed,
            )
        )
        self.finish("handed over", "Ended: handed over.")

    def finish(self, outcome: str, detail: str) -> None:
        """End the conversation with an outcome."""
        frame = self.memory.frames[-1] if self.memory.frames else Frame("", "")
        self.log.note(
            event("end", detail, label=outcome, step=frame.step or None, workflow=frame.workflow or None)
        )
        self.memory.outcome = outcome
        self.memory.asking = None


def question(slot: Slot) -> str:
    """Return the question that asks for a slot."""
    return slot.prompt or f"What is your {(slot.label or slot.id.replace('_', ' ')).lower()}?"
