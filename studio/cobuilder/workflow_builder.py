"""The builder: one procedure of a document becomes the steps of a workflow, branch by branch.

- Conditions become decisions, failures become the failing step's way out, "otherwise" the other branch.
- What a system or a condition needs and nobody has given yet is asked just before.
- What cannot be drafted is left out, and asked; nothing is guessed silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from studio.cobuilder.desk import Desk, cite
from studio.cobuilder.draft_answers import (
    asks_customer,
    means_person,
    named_system,
    names_nobody,
    spoken_in,
)
from studio.cobuilder.draft_facts import DraftTool, FactBook
from studio.cobuilder.draft_slots import argument_slot, known_slot, new_slot, usual_queue, verifying_tools
from studio.cobuilder.draft_systems import does_another, draft_tool, is_system_step, takes_down
from studio.cobuilder.draft_words import (
    APPROVAL,
    EITHER_OR,
    ELSE,
    FAILS,
    GREETS,
    QUEUE,
    REFUSES,
    ROLE,
    WHETHER,
    alternatives,
    capital,
    kind_of_action,
    title_of,
    tries_of,
)
from studio.cobuilder.known_facts import facts_of
from studio.cobuilder.ordering_drafts import free_id
from studio.cobuilder.spoken import asked, said
from studio.cobuilder.workflow_chain import FAILURE, Chain, Way
from studio.domain.agent import Agent
from studio.domain.condition import Condition
from studio.domain.finding import StepFinding, WorkflowFinding
from studio.domain.source import Citation
from studio.domain.tool import Tool
from studio.domain.workflow import (
    Argument,
    Ask,
    Binding,
    CallBlock,
    End,
    Handoff,
    Say,
    Slot,
    ToolCall,
    Verify,
    Workflow,
)

HAND_OVER = "hand-over"
NAMED = 0.9
"""How sure a step's system is where the text calls it by its name."""
UNLIKELY = 0.5
_TAKEN = {HAND_OVER, "handed-over", "done"}


@dataclass(slots=True)
class _Open:
    """A condition that is open: its words, the way past it, and whether it could be drafted."""

    words: str
    past: list[Way]
    before: tuple[frozenset[str], DraftTool | None, bool]
    dead: bool = False


@dataclass(slots=True)
class Builder:
    """A workflow while it is drafted; `given` are answers by their questions, `quiet` asks nothing."""

    desk: Desk
    finding: WorkflowFinding
    agent: Agent
    chain: Chain = field(default_factory=Chain)
    book: FactBook = field(default_factory=FactBook)
    tools: dict[str, DraftTool] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    quiet: bool = False
    used: list[tuple[int, int]] = field(default_factory=list)
    _open: list[_Open] = field(default_factory=list)
    _left: tuple[list[Way], list[Way]] | None = None
    _waiting: tuple[str, ...] = ()
    _caller: str | None = None
    _calls: dict[str, str] = field(default_factory=dict)

    def build(self) -> None:
        """Draft every step of the procedure, and give the systems what the conditions turned out to need."""
        trigger = _trigger(self.finding)
        for found in self.finding.steps:
            parts = _parts(found.condition)
            self._within(parts[1:] if parts[:1] == [trigger] else parts)
            self._step(found)
        self._within([])
        self._bind()

    def cite(self, found: StepFinding) -> tuple[Citation, ...]:
        """Return what a step stands on."""
        return (cite(self.desk.source, found.quote, found.start, found.end, found.anchor),)

    @property
    def cited(self) -> tuple[Citation, ...]:
        """Return what the steps stand on, in the order of the text."""
        return tuple(dict.fromkeys(each for step in self.chain.steps for each in step.citations))

    def free(self, words: str) -> str:
        """Return an id that no step has."""
        return free_id(" ".join(words.split()[:5]), self.chain.ids | _TAKEN)

    def leave_open(self, found: StepFinding, question: str) -> None:
        """Leave a step out, and ask."""
        self.used = [span for span in self.used if span != (found.start, found.end)]
        if self.quiet:
            return
        self.desk.ask(
            question,
            f"The new workflow “{self.finding.name}” leaves this step out until it is answered.",
            "procedure",
            self.cite(found)[0],
        )

    # -- conditions ---------------------------------------------------------------------------------

    def _within(self, parts: list[str]) -> None:
        """Leave the conditions that no longer hold; those that begin wait for their first step."""
        held = 0
        while held < min(len(parts), len(self._open)) and self._open[held].words == parts[held]:
            held += 1
        while len(self._open) > held:
            last = self._open.pop()
            self._left = (list(self.chain.loose), last.past)
            known, self.book.last, self.book.fixed = last.before
            self.book.known = set(known) | {name for name in self.book.known if name in self.book.results}
            self.chain.loose = [*self.chain.loose, *last.past] if not last.dead else self.chain.loose
        self._waiting = tuple(parts[held:])

    def _enter(self, found: StepFinding) -> bool:
        """Open the conditions that wait; return whether a step can be drafted under them."""
        for words in self._waiting:
            if any(each.dead for each in self._open):
                self._open.append(_Open(words, [], self._now(), dead=True))
                continue
            self._open.append(self._opened(words, found))
        self._waiting = ()
        return self._goes_on and not any(each.dead for each in self._open)

    @property
    def _goes_on(self) -> bool:
        """Whether any way still leads on from here."""
        return bool(self.chain.loose) or not self.chain.steps

    def _now(self) -> tuple[frozenset[str], DraftTool | None, bool]:
        return frozenset(self.book.known), self.book.last, self.book.fixed

    def _opened(self, words: str, found: StepFinding) -> _Open:
        chain = self.chain
        if ELSE.match(words) and self._left is not None:
            ended, past = self._left
            chain.loose = list(past)
            return _Open(words, ended, self._now())
        if FAILS.search(words) and self._caller:
            saved = [way for way in chain.loose if way != (self._caller, FAILURE)]
            chain.loose = [(self._caller, FAILURE)]
            self._retry(words)
            return _Open(words, saved, self._now())
        if not self._goes_on:
            return _Open(words, [], self._now(), dead=True)
        when = self.book.condition(words)
        if when is None:
            question = f"How does the agent know whether “{words}”?"
            answer = self.given.get(question)
            if answer is None:
                self.leave_open(found, question)
                return _Open(words, [], self._now(), dead=True)
            when = self._condition_by(words, answer, found)
        if when is None:
            return _Open(words, [], self._now(), dead=True)
        self._ask_wanted(found)
        now = self._now()
        title = f"{words[:1].upper()}{words[1:]}?"
        yes, no = chain.decide(self.free(words), title, when, citations=self.cite(found))
        chain.loose = [yes]
        return _Open(words, [no], now)

    def _condition_by(self, words: str, answer: str, found: StepFinding) -> Condition | None:
        """Return a condition that the customer tells, or a system that an answer names."""
        if not asks_customer(answer):
            check = f"Check whether {words} in {named_system(answer)}"
            self._call(found.model_copy(update={"text": check}), self._described(check, found))
        else:
            self.book.last, self.book.fixed = None, False
        return self.book.condition(words)

    def _retry(self, words: str) -> None:
        """Set how often the failing step is tried, where the words say so."""
        tries = tries_of(words)
        for at, step in enumerate(self.chain.steps):
            if step.id == self._caller and tries:
                fields = {"tries": tries} if isinstance(step, Verify) else {"retries": max(0, tries - 1)}
                self.chain.steps[at] = step.model_copy(update=fields)

    def _ask_wanted(self, found: StepFinding) -> None:
        """Ask what is needed now and not known yet."""
        wanted = tuple(name for name in self.book.wanted if name not in self.book.known)
        self.book.wanted.clear()
        if wanted:
            labels = " and ".join(self.book.slots[name].label.lower() for name in wanted[:2])
            self.chain.add(Ask(id=self.free(f"ask {labels}"), title=f"Ask: {labels}", slots=wanted,
                               citations=self.cite(found)))  # fmt: skip
            self.book.known |= set(wanted)

    # -- steps --------------------------------------------------------------------------------------

    def _step(self, found: StepFinding) -> None:
        ways: dict[str, Callable[[StepFinding], None]] = {
            "collect": self._collect,
            "tool": self._tool,
            "decide": self._decide,
            "say": self._say,
            "escalate": self._escalate,
            "end": self._end,
        }
        if GREETS.match(found.text.strip()):
            return  # every conversation opens with the agent saying what it is
        self.used.append((found.start, found.end))
        ways[found.kind](found)

    def _collect(self, found: StepFinding) -> None:
        text = found.text
        if is_system_step(text) and not re.search(r"\b(?:ask|obtain|collect|gather|request)\b", text, re.I):
            if takes_down(text):
                self.want(found.inputs)
            self._tool(found)
            return
        if self._is_failure_retry(found):
            return
        whether = WHETHER.search(text.strip().rstrip(".?"))
        if whether:
            self._want_choice(whether["rest"])
        elif found.inputs:
            self.want(found.inputs)
        else:
            self._say(found)
            return
        if self._enter(found):
            self._ask_wanted(found)

    def _is_failure_retry(self, found: StepFinding) -> bool:
        """Tell whether a step only says to try again after a failure; the failing step is then retried."""
        waits = any(FAILS.search(words) for words in self._waiting)
        if not waits or not (tries_of(found.text) or re.search(r"\bagain\b", found.text)):
            return False
        self._enter(found)
        self._retry(found.text if tries_of(found.text) else "twice")
        return True

    def want(self, names: tuple[str, ...]) -> None:
        """Note what has to be asked before going on."""
        for name in names:
            slot_id = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
            slot = known_slot(self.agent, slot_id) or new_slot(slot_id, name)
            self.book.slots.setdefault(slot.id, slot)
            if slot.id not in self.book.known and slot.id not in self.book.wanted:
                self.book.wanted.append(slot.id)

    def _want_choice(self, rest: str) -> None:
        either = EITHER_OR.search(rest)
        if either:
            options = tuple(re.sub(r"^(?:an?|the|to) ", "", each.strip()) for each in either.groups())
            slot_id = "_or_".join(re.sub(r"[^a-z0-9]+", "_", each.lower()).strip("_") for each in options)
            question = f"Would you like {either['first'].strip()} or {either['second'].strip()}?"
            slot = Slot(id=slot_id, label=" or ".join(options).capitalize(), type="choice", prompt=question,
                        choices=options, example=options[0])  # fmt: skip
        else:
            words = re.sub(r"[^a-z0-9]+", "_", rest.lower()).strip("_")
            slot = Slot(id="_".join(words.split("_")[:6]), label=capital(rest), type="yes or no",
                        prompt=asked(rest), example="yes")  # fmt: skip
        self.book.slots.setdefault(slot.id, slot)
        if slot.id not in self.book.known:
            self.book.wanted.append(slot.id)

    def _tool(self, found: StepFinding) -> None:
        if APPROVAL.search(found.text) and found.tool is None:
            self._escalate(found)
            return
        tool = next((each for each in self.agent.tools if each.name == found.tool), None)
        if tool is not None and found.confidence < NAMED and does_another(found.text, tool.name):
            tool = None
        verifying = verifying_tools(self.agent)
        if tool is not None and tool.name in verifying:
            return
        text = found.text
        if tool is None and not is_system_step(text):
            question = f"Which system does “{title_of(text)}”?"
            answer = self.given.get(question)
            if answer is None:
                self.leave_open(found, question)
                return
            if names_nobody(answer):
                return
            if means_person(answer):
                self._escalate(found)
                return
            text = f"{text.rstrip('.')} in {named_system(answer)}"
        if not self._enter(found):
            return
        self._want_arguments(tool)
        self._ask_wanted(found)
        self._call(found, tool or self._described(text, found))

    def _want_arguments(self, tool: Tool | None) -> None:
        facts = {fact.name for fact in self.book.facts()} | self.book.known
        for name in tool.required_arguments if tool else ():
            if name not in facts:
                self.book.slots.setdefault(name, argument_slot(self.agent, tool, name)) if tool else None
                self.book.wanted.append(name)

    def _described(self, text: str, found: StepFinding) -> DraftTool:
        made = draft_tool(text, self.desk.source.name, self.book)
        known = self.tools.setdefault(made.name, made)
        known.cited = tuple(dict.fromkeys((*known.cited, *self.cite(found))))
        if known.effect == "read":
            self.book.last, self.book.fixed = known, False
        return known

    def _call(self, found: StepFinding, tool: Tool | DraftTool) -> None:
        title = title_of(found.text)
        step_id = self.free(title)
        if isinstance(tool, Tool):
            arguments: tuple[str, ...] = tool.required_arguments
            results = tool.result_names
            kept = tuple(Binding(result=name, fact=name) for name in results)
            call = ToolCall(id=step_id, title=title, tool=tool.name, results=kept)
            flow = Workflow(id="draft", name="draft", steps=(call,))
            self.book.results |= {fact.name: fact for fact in facts_of(self.agent, flow)}
            self.book.known |= set(results)
            if tool.effect == "read":
                self.book.last, self.book.fixed = None, True
        else:
            arguments, results = tuple(tool.parameters), ()
            self._calls[step_id] = tool.name
        self.chain.add(
            ToolCall(
                id=step_id,
                title=title,
                tool=tool.name,
                arguments=tuple(Argument(name=name, fact=name) for name in arguments),
                results=tuple(Binding(result=name, fact=name) for name in results),
                citations=self.cite(found),
            )
        )
        self._caller = step_id

    def _decide(self, found: StepFinding) -> None:
        branches = alternatives(found.text)
        if branches:
            outer = list(_parts(found.condition))
            for condition, action in branches:
                inner = found.model_copy(
                    update={"text": action, "condition": condition, "kind": kind_of_action(action)}
                )
                self._within([*outer[self._skipped(outer) :], condition])
                self._step(inner)
            return
        if " | " in found.text:
            self.leave_open(found, f"What follows for each line of the table in “{self.finding.name}”?")
            return
        if not is_system_step(found.text):
            self.leave_open(found, f"What does “{title_of(found.text)}” depend on, and what follows?")
            return
        if self.book.last is None and not self.book.fixed and found.condition is None:
            self._tool(found)  # nothing was looked up yet: the check itself is the look-up

    def _skipped(self, outer: list[str]) -> int:
        return 1 if outer[:1] == [_trigger(self.finding)] else 0

    def _say(self, found: StepFinding) -> None:
        question = f"What exactly shall the agent say at “{title_of(found.text)}”?"
        words = spoken_in(self.given[question]) if question in self.given else said(found.text)
        if words is None and found.confidence < UNLIKELY:
            self._tool(found)  # an action of no known kind is nothing to be said
            return
        if words is None:
            self.leave_open(found, question)
            return
        if self._enter(found):
            title = title_of(found.text)
            self.chain.add(Say(id=self.free(title), title=title, text=words, citations=self.cite(found)))

    def _escalate(self, found: StepFinding) -> None:
        if not self._enter(found):
            return
        title = title_of(found.text)
        queue = QUEUE.search(found.text) or ROLE.search(found.text)
        self.chain.add(
            Handoff(
                id=self.free(title),
                title=title,
                queue=capital(queue["queue"]) if queue else usual_queue(self.agent),
                say="I am handing you over to a colleague now.",
                context=tuple(sorted(self.book.known & set(self.book.slots))),
                citations=self.cite(found),
            )
        )

    def _end(self, found: StepFinding) -> None:
        if found.condition is None:
            return  # the way on ends by itself after the last step
        if self._enter(found):
            title = title_of(found.text)
            last = self.chain.steps[-1] if self.chain.steps else None
            refused = isinstance(last, Say) and bool(REFUSES.search(last.text))
            self.chain.add(
                End(id=self.free(title), title=title, outcome="refused" if refused else "resolved",
                    citations=self.cite(found))
            )  # fmt: skip

    def _bind(self) -> None:
        """Keep as facts what the described systems turned out to be asked for."""
        for at, step in enumerate(self.chain.steps):
            name = self._calls.get(step.id)
            if name and isinstance(step, ToolCall):
                results = tuple(Binding(result=each, fact=each) for each in self.tools[name].returns)
                self.chain.steps[at] = step.model_copy(update={"results": results})

    @staticmethod
    def tries_in(found: StepFinding) -> int:
        """Return how many tries a step or its condition speaks of, 0 where of none."""
        return tries_of(f"{found.condition or ''} {found.text}")

    def begin_with(self, block: Workflow) -> None:
        """Begin with a reusable block; what it asks is known from then on."""
        self.chain.add(CallBlock(id="identity", title=block.name, block=block.id))
        for slot in block.slots:
            self.book.slots[slot.id] = slot
            self.book.known.add(slot.id)
            self.book.results.pop(slot.id, None)


def _trigger(finding: WorkflowFinding) -> str:
    """Return the condition under which every step stands: it is when the procedure starts, no decision."""
    firsts = {tuple(_parts(step.condition)[:1]) for step in finding.steps}
    return next(iter(firsts))[0] if len(firsts) == 1 and () not in firsts else ""


def _parts(condition: str | None) -> list[str]:
    return [part.strip() for part in (condition or "").split(";") if part.strip()]
