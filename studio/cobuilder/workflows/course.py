"""The course of a workflow while it is drafted: its open conditions, what is known, what is called.

- A condition opens a branch; those it does not concern keep their way past it until it is left.
- What a system or a condition needs and nobody has given yet is asked just before.
- What cannot be drafted is left out, and asked; who it was meant for goes to a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.cobuilder.sketch.desk import Desk, cite
from studio.cobuilder.sketch.say_before import free_id
from studio.cobuilder.words.known_facts import facts_of
from studio.cobuilder.words.spoken import capital
from studio.cobuilder.workflows.answers import (
    asks_customer,
    named_system,
)
from studio.cobuilder.workflows.chain import FAILURE, Chain, Way
from studio.cobuilder.workflows.facts import DraftTool, FactBook
from studio.cobuilder.workflows.slots import argument_slot, usual_queue
from studio.cobuilder.workflows.systems import draft_tool
from studio.cobuilder.workflows.words import (
    ELSE,
    FAILS,
    title_of,
    tries_of,
)
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
    Handoff,
    Slot,
    ToolCall,
    Verify,
    Workflow,
)

HAND_OVER = "hand-over"
_TAKEN = {HAND_OVER, "handed-over", "done"}


@dataclass(slots=True)
class _Open:
    """A condition that is open: its words, the way past it, whether it is drafted, which step failed."""

    words: str
    past: list[Way]
    before: tuple[frozenset[str], DraftTool | None, bool]
    dead: bool = False
    failed: str | None = None


@dataclass(slots=True)
class Course:
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
    _block: str | None = None
    _calls: dict[str, str] = field(default_factory=dict)

    def cite(self, found: StepFinding) -> tuple[Citation, ...]:
        """Return what a step stands on: the whole sentence, so that a change in it reaches the step."""
        spans = ((s, s.span) for s in self.desk.analysis.statements)
        around = [s for s, (first, last) in spans if first <= found.start and found.end <= last]
        whole = min(around, key=lambda s: (s.end - s.start, s.id), default=None)
        if whole is not None:
            return (self.desk.cite(whole),)
        inside = [s for s in self.desk.analysis.statements if found.start <= s.start and s.end <= found.end]
        if inside:
            return tuple(dict.fromkeys(self.desk.cite(each) for each in inside))
        return (cite(self.desk.source, found.quote, found.start, found.end, found.anchor),)

    def stands_on(self, step_id: str | None, found: StepFinding) -> None:
        """Let a step stand on what it does, too, where that needs no step of its own."""
        for at, step in enumerate(self.chain.steps):
            if step.id == step_id:
                cited = tuple(dict.fromkeys((*step.citations, *self.cite(found))))
                self.chain.steps[at] = step.model_copy(update={"citations": cited})

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

    def _leave_to_person(self, found: StepFinding, question: str) -> None:
        """Leave a step out, and ask; who it is meant for goes to a person, not on to what others get."""
        meant = bool(self._waiting or self._open)
        self.leave_open(found, question)
        if meant:
            self._hand_over(found, usual_queue(self.agent))

    def _hand_over(self, found: StepFinding, queue: str) -> None:
        """Hand the customer to a queue, with what was collected so far."""
        if self._enter(found):
            title = title_of(found.text)
            self.chain.add(
                Handoff(
                    id=self.free(title),
                    title=title,
                    queue=queue,
                    say="I am handing you over to a colleague now.",
                    context=tuple(sorted(self.book.known & set(self.book.slots))),
                    citations=self.cite(found),
                )
            )

    def _within(self, parts: list[str]) -> None:
        """Leave the conditions that no longer hold; those that begin wait for their first step."""
        held = 0
        while held < min(len(parts), len(self._open)) and self._open[held].words == parts[held]:
            held += 1
        while len(self._open) > held:
            last = self._open.pop()
            self._left = (list(self.chain.loose), last.past)
            known, self.book.last, self.book.fixed = last.before
            self._caller = last.failed or self._caller  # it may fail in another way, too
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
        if ELSE.match(words):
            if self._left is None:
                self.leave_open(
                    found, f"When does “{title_of(found.text)}” happen? No case is told before it."
                )
                return _Open(words, [], self._now(), dead=True)
            ended, past = self._left
            chain.loose = list(past)
            return _Open(words, ended, self._now())
        if FAILS.search(words) and self._caller:
            failing = (self._caller, FAILURE)
            if failing in chain.links:
                self.leave_open(found, f"How does the agent know whether “{words}”?")
                return _Open(words, [], self._now(), dead=True)
            saved = [way for way in chain.loose if way != failing]
            chain.loose = [failing]
            self._retry(words)
            return _Open(words, saved, self._now(), failed=self._caller)
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
        title = f"{capital(words)}?"
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

    def _want(self, slot: Slot) -> None:
        """Note that a slot is asked before going on, unless it is known by then."""
        self.book.slots.setdefault(slot.id, slot)
        if slot.id not in self.book.known and slot.id not in self.book.wanted:
            self.book.wanted.append(slot.id)

    def _want_arguments(self, tool: Tool) -> None:
        facts = {fact.name for fact in self.book.facts()}
        for name in tool.required_arguments:
            if name not in facts:
                self._want(argument_slot(self.agent, tool, name))

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

    def _bind(self) -> None:
        """Keep as facts what the described systems turned out to be asked for."""
        for at, step in enumerate(self.chain.steps):
            name = self._calls.get(step.id)
            if name and isinstance(step, ToolCall):
                results = tuple(Binding(result=each, fact=each) for each in self.tools[name].returns)
                self.chain.steps[at] = step.model_copy(update={"results": results})

    def begin_with(self, block: Workflow) -> None:
        """Begin with a reusable block; what it asks is known from then on."""
        self.chain.add(CallBlock(id="identity", title=block.name, block=block.id))
        self._caller = self._block = "identity"
        for slot in block.slots:
            self.book.slots[slot.id] = slot
            self.book.known.add(slot.id)
            self.book.results.pop(slot.id, None)
