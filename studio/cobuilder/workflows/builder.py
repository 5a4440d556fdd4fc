"""The builder: one procedure of a document becomes the steps of a workflow, branch by branch.

- Conditions become decisions, failures become the failing step's way out, "otherwise" the other branch.
- What must not be done in a case goes to a person there.
- What cannot be drafted is left out, and asked; nothing is guessed silently.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from studio.cobuilder.procedures.step_kinds import hands_over
from studio.cobuilder.words.spoken import asked, capital, said, to_customer
from studio.cobuilder.workflows.amounts import Amounts
from studio.cobuilder.workflows.answers import (
    means_person,
    named_system,
    names_nobody,
    spoken_in,
)
from studio.cobuilder.workflows.facts import EMPTY
from studio.cobuilder.workflows.identity import demands_identity
from studio.cobuilder.workflows.slots import known_slot, new_slot, slug, usual_queue, verifying_tools
from studio.cobuilder.workflows.systems import does_another, effect_of, is_system_step, takes_down, verifies
from studio.cobuilder.workflows.words import (
    APPROVAL,
    EITHER_OR,
    FAILS,
    GREETS,
    LOOKED_UP_BY,
    LOOKS_AT,
    OPEN_ASK,
    QUEUE,
    REFUSES,
    ROLE,
    TO_WHOM,
    WHETHER,
    alternatives,
    holds_back,
    in_speech,
    kind_of_action,
    lead_of,
    title_of,
    tries_of,
)
from studio.domain.finding import StepFinding, WorkflowFinding
from studio.domain.statement import StatementKind
from studio.domain.workflow import (
    End,
    Say,
    Slot,
    ToolCall,
)

NAMED = 0.9
"""How sure a step's system is where the text calls it by its name."""
UNLIKELY = 0.5
_EITHER_WAY = re.compile(r"\b(?:else|otherwise)\b", re.IGNORECASE)


@dataclass(slots=True)
class Builder(Amounts):
    """Drafts the steps of one procedure, kind by kind."""

    def build(self) -> None:
        """Draft every step of the procedure, and give the systems what the conditions turned out to need."""
        for found in self._told():
            self._within(self._cases(found))
            self._step(found)
        self._within([])
        self._bind()

    def _told(self) -> list[StepFinding]:
        """Return the steps, and in their places what must not be done in a case: there a person goes on."""
        steps = self.finding.steps
        sections = {step.anchor.section for step in steps}
        first, last = min(step.start for step in steps), max(step.end for step in steps)
        stops = [
            StepFinding(
                kind="escalate", text=each.text, quote=each.quote, start=each.start, end=each.end,
                anchor=each.anchor, condition=each.condition,
            )
            for each in self.desk.analysis.statements
            if each.kind is StatementKind.PROHIBITION
            and each.condition
            and first <= each.start <= last
            and each.anchor.section in sections
            and not any(step.start < each.span[1] and each.span[0] < step.end for step in steps)
        ]  # fmt: skip
        told = list(steps)
        for stop in stops:
            section = stop.anchor.section
            later = (
                i for i, step in enumerate(told) if step.start > stop.start and step.anchor.section == section
            )
            at = next(later, len(told))
            told.insert(at, stop)
        return told

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
        lead = lead_of(self.desk.source.current.document.text, found)
        if in_speech(lead):
            return  # a part of what is said, which was cut apart
        if found.condition is None and holds_back(lead):
            found = found.model_copy(update={"condition": lead})
            self._within([lead])
        if self._says_again(found):
            self.stands_on(self.chain.steps[-1].id, found)
            return
        checks = demands_identity(found.text) or not found.inputs
        if self._block and checks and not found.tool and verifies(found.text):
            self._caller = self._block  # the block does it; what fails there fails in the block
            self.stands_on(self._block, found)
            return
        self.used.append((found.start, found.end))
        if found.kind in ("tool", "decide", "say", "collect") and (
            self.works_out(found) or (said(found.text) is None and self.tells_amount(found))
        ):
            return
        kind = "escalate" if found.kind == "end" and hands_over(found.text) else found.kind
        ways[kind](found)

    def _says_again(self, found: StepFinding) -> bool:
        """Tell whether a step is the last one over again: nothing is done twice because it is told twice."""
        last = self.chain.steps[-1] if self.chain.steps else None
        same = last is not None and last.title == title_of(found.text) and not self._waiting
        return same and isinstance(last, ToolCall)

    def _collect(self, found: StepFinding) -> None:
        text = found.text
        if APPROVAL.search(text):
            self._escalate(found)
            return
        if is_system_step(text) and not re.search(r"\b(?:ask|obtain|collect|gather|request)\b", text, re.I):
            if takes_down(text):
                self.want(found.inputs)
            self._tool(found)
            return
        if self._is_failure_retry(found):
            return
        plain = text.strip().rstrip(".?")
        whether, what = WHETHER.search(plain), OPEN_ASK.search(plain)
        if not (whether or what or found.inputs):
            self._say(found)
            return
        if not self._enter(found):
            return
        if whether:
            self._want_choice(whether["rest"])
        elif what and not found.inputs:
            self._want_words(what["rest"])
        else:
            self.want(found.inputs)
        self._ask_wanted(found)
        purpose = LOOKED_UP_BY.search(plain)
        if purpose and found.inputs:
            act = purpose["act"]
            self._call(found.model_copy(update={"text": act}), self._described(act, found))

    def _is_failure_retry(self, found: StepFinding) -> bool:
        """Tell whether a step only says to try again after a failure; the failing step is then retried."""
        waits = any(FAILS.search(words) for words in self._waiting)
        if not waits or not (tries_of(found.text) or re.search(r"\bagain\b", found.text)):
            return False
        self.stands_on(self._caller, found)
        self._retry(found.text if tries_of(found.text) else "twice")
        return True

    def want(self, names: tuple[str, ...]) -> None:
        """Note what has to be asked before going on."""
        for name in names:
            self._want(known_slot(self.agent, slug(name)) or new_slot(slug(name), name))

    def _want_choice(self, rest: str) -> None:
        either = EITHER_OR.search(rest)
        if either:
            options = tuple(re.sub(r"^(?:an?|the|to) ", "", each.strip()) for each in either.groups())
            slot_id = "_or_".join(map(slug, options))
            question = f"Would you like {either['first'].strip()} or {either['second'].strip()}?"
            slot = Slot(id=slot_id, label=" or ".join(options).capitalize(), type="choice", prompt=question,
                        choices=options, example=options[0])  # fmt: skip
        else:
            slot = Slot(id="_".join(slug(rest).split("_")[:6]), label=capital(rest), type="yes or no",
                        prompt=asked(rest), example="yes")  # fmt: skip
        self._want(slot)

    def _want_words(self, rest: str) -> None:
        """Ask an open question in the document's own words."""
        words = [word for word in slug(rest).split("_")[1:] if word not in EMPTY]
        name = "_".join(words[:4]) or slug(rest)
        question = to_customer(rest)
        plain = re.match(
            r"(?:what|which|who|how|why|when|where)\s+(?:is|are|was|were|has|have)\b", question, re.I
        )
        prompt = f"{capital(question)}?" if plain else f"Please tell me {question}."
        self._want(Slot(id=name, label=capital(to_customer(rest)), prompt=prompt))

    def _tool(self, found: StepFinding) -> None:
        if APPROVAL.search(found.text) and found.tool is None:
            self._escalate(found)
            return
        tool = next((each for each in self.agent.tools if each.name == found.tool), None)
        if tool is not None and found.confidence < NAMED and does_another(found.text, tool.name):
            tool = None
        if tool is not None and tool.name in verifying_tools(self.agent):
            self._caller = self._block
            self.stands_on(self._block, found)
            return
        if _EITHER_WAY.search(found.text):
            self._leave_to_person(found, f"What does “{title_of(found.text)}” depend on, and what follows?")
            return
        text = found.text
        if tool is None and not is_system_step(text):
            question = f"Which system does “{title_of(text)}”?"
            answer = self.given.get(question)
            if answer is None:
                self._leave_to_person(found, question)
                return
            if names_nobody(answer):
                return
            if means_person(answer):
                self._escalate(found)
                return
            text = f"{text.rstrip('.')} in {named_system(answer)}"
        if not self._enter(found):
            return
        if tool is not None:
            self._want_arguments(tool)
        self._ask_wanted(found)
        self._call(found, tool or self._described(text, found))

    def _decide(self, found: StepFinding) -> None:
        branches = alternatives(found.text)
        if branches:
            outer = self._cases(found)
            for condition, action in branches:
                inner = found.model_copy(
                    update={"text": action, "condition": condition, "kind": kind_of_action(action)}
                )
                self._within([*outer, condition])
                self._step(inner)
            return
        if " | " in found.text:
            self.leave_open(found, f"What follows for each line of the table in “{self.finding.name}”?")
            return
        if not is_system_step(found.text):
            self._leave_to_person(found, f"What does “{title_of(found.text)}” depend on, and what follows?")
            return
        if found.condition is not None and effect_of(found.text) == "write":
            self._tool(found)
            return
        looked = self.book.last is not None or self.book.fixed
        if found.condition is None and (not looked or LOOKS_AT.match(found.text)):
            self._tool(found)  # the check itself is a look-up: nothing was looked up yet, or another thing

    def _cases(self, found: StepFinding) -> list[str]:
        """Return the conditions of a step, without that under which the whole procedure starts."""
        parts = _parts(found.condition)
        return parts[1:] if parts[:1] == [_trigger(self.finding)] else parts

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
        named = QUEUE.search(found.text) or ROLE.search(found.text) or TO_WHOM.search(found.text)
        self._hand_over(found, capital(named["queue"]) if named else usual_queue(self.agent))

    def _end(self, found: StepFinding) -> None:
        if found.condition is None:
            self.stands_on(self.chain.steps[-1].id if self.chain.steps else None, found)
            return  # the way on ends by itself after the last step
        if self._enter(found):
            title = title_of(found.text)
            last = self.chain.steps[-1] if self.chain.steps else None
            refused = isinstance(last, Say) and bool(REFUSES.search(last.text))
            self.chain.add(
                End(id=self.free(title), title=title, outcome="refused" if refused else "resolved",
                    citations=self.cite(found))
            )  # fmt: skip

    @staticmethod
    def tries_in(found: StepFinding) -> int:
        """Return how many tries a step or its condition speaks of, 0 where of none."""
        return tries_of(f"{found.condition or ''} {found.text}")


def _trigger(finding: WorkflowFinding) -> str:
    """Return the condition under which every step stands: it is when the procedure starts, no decision."""
    firsts = {tuple(_parts(step.condition)[:1]) for step in finding.steps}
    return next(iter(firsts))[0] if len(firsts) == 1 and () not in firsts else ""


def _parts(condition: str | None) -> list[str]:
    return [part.strip() for part in (condition or "").split(";") if part.strip()]
