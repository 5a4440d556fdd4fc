"""The ways out of a decision as fields: what a way is called, when it is taken, where it leads.

- With a decision table, the ways are the table's answers; an answer without a way is offered, and a way that
  the table never answers is named.
- With conditions, the first way whose condition holds is taken, so their order counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from studio.desktop.panels.condition_builder import ConditionBuilder, fact_options
from studio.desktop.panels.step_form_parts import StepParts
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.form import Field, Part, Section
from studio.desktop.widgets.form_fields import Held, LineField, Words
from studio.desktop.widgets.wrap import WrapLayout
from studio.domain.changeset import join_path
from studio.domain.condition import Condition
from studio.domain.edit import FieldEdit, SetField, wish
from studio.domain.workflow import Binding, Branch, Decide, ToolCall


class BranchParts:
    """Builds the sections of a decision's ways."""

    def __init__(self, around: StepParts, builders: dict[str, ConditionBuilder]) -> None:
        """Take the step, and the builders that stand in the form, by their paths."""
        assert isinstance(around.step, Decide)
        self._around, self._step = around, around.step
        self._builders = builders
        self._path = f"{around.path}/branches"

    def sections(self) -> Iterator[Section]:
        """Yield one section for each way, then what can be added."""
        answers = self._answers()
        for number, branch in enumerate(self._step.branches):
            yield Section(f"Way out “{branch.id}”", list(self._way(number, branch, answers)))
        yield Section("", list(self._more(answers)))

    def _answers(self) -> tuple[str, ...]:
        tables = self._around.agent.tables
        table = next((each for each in tables if each.id == self._step.table), None)
        return tuple(dict.fromkeys(row.then for row in table.rows)) if table else ()

    def _way(self, number: int, branch: Branch, answers: tuple[str, ...]) -> Iterator[Part]:
        path = f"{self._path}/{join_path(branch.id)}"
        if self._step.table is None:
            yield self._name(number, branch)
            yield self._condition(path, branch)
        elif branch.id not in answers:
            words = "The decision table never answers this."
            yield Part(f"{path}/lost", partial(Words, words, "warn"), None, words)
        yield self._around.to(
            f"branches/{join_path(branch.id)}/next", "Goes on to", branch.id, branch.id, branch.next
        )
        yield Part(f"{path}/buttons", partial(self._buttons, number), mark=(number, len(self._step.branches)))

    def _name(self, number: int, branch: Branch) -> Part:
        names = [each.id.casefold() for each in self._step.branches if each.id != branch.id]

        def read(words: str) -> str:
            if not words:
                raise ValueError("A way out needs a name.")
            if words.casefold() in names:
                raise ValueError(f"Another way out is called “{words}” already.")
            return words

        def told(words: str) -> None:
            self._put(
                number, branch.model_copy(update={"id": words}), f"Call the way “{branch.id}” “{words}”"
            )

        return Part(
            f"{self._path}/{number}/name",
            lambda: LineField("Called", read=read),
            branch.id,
            tuple(names),
            told,
        )

    def _condition(self, path: str, branch: Branch) -> Part:
        around = self._around
        options = fact_options(around.knowledge, around.known)
        facts = around.knowledge.facts

        def make() -> Field:
            made = ConditionBuilder(
                "Taken when", facts, options, "Nothing is chosen, so this way is never taken."
            )
            self._builders[path] = made
            return made

        mark = (tuple(facts.values()), options)
        return Part(f"{path}/when", make, branch.when, mark, partial(self._conditioned, path))

    def _conditioned(self, path: str, condition: Condition | None) -> None:
        builder = self._builders.get(path)
        sets = [SetField(path=f"{path}/when", value=condition)]
        for fact_id, result in (builder.keeps if builder else {}).items():
            step = self._around.agent.workflow(result.workflow_id).step(result.step_id)
            assert isinstance(step, ToolCall)
            kept = (*step.results, Binding(result=result.name, fact=fact_id))
            place = join_path("workflows", result.workflow_id, "steps", result.step_id, "results")
            sets.append(SetField(path=place, value=kept))
        self._around.hooks.tell(FieldEdit(sets=tuple(sets)))

    def _buttons(self, number: int) -> QWidget:
        holder = QWidget()
        line = WrapLayout(12)
        name = self._step.branches[number].id
        if self._step.table is None and len(self._step.branches) > 1:
            up = Button(
                "Try it earlier", partial(self._move, number, -1), kind="link", name=f"Try “{name}” earlier"
            )
            up.setEnabled(number > 0)
            line.addWidget(up)
        line.addWidget(
            Button("Remove this way", partial(self._remove, number), kind="link", name=f"Remove “{name}”")
        )
        holder.setLayout(line)
        return Held(holder)

    def _more(self, answers: tuple[str, ...]) -> Iterator[Part]:
        have = {branch.id for branch in self._step.branches}
        missing = [answer for answer in answers if answer not in have]
        for answer in missing:
            make = partial(self._adding, f"Add a way for “{answer}”", partial(self._add, answer))
            yield Part(f"{self._path}/add {answer}", make, mark=(answer, len(have)))
        if self._step.table is None:
            make = partial(self._adding, "Add a way out", self._add_any)
            yield Part(f"{self._path}/add", make, mark=tuple(sorted(have)))

    def _adding(self, words: str, add: Callable[[], object]) -> QWidget:
        return Held(Button(words, add))

    # Edits of the whole list

    def _put(self, number: int, branch: Branch, title: str) -> None:
        made = list(self._step.branches)
        made[number] = branch
        self._around.hooks.tell(wish(self._path, tuple(made), title))

    def _add(self, name: str) -> None:
        made = (*self._step.branches, Branch(id=name))
        self._around.hooks.tell(wish(self._path, made, f"Add the way “{name}” out of “{self._step.title}”"))

    def _add_any(self) -> None:
        have = {branch.id for branch in self._step.branches}
        self._add(next(name for n in range(1, len(have) + 2) if (name := f"way {n}") not in have))

    def _remove(self, number: int) -> None:
        gone = self._step.branches[number]
        made = tuple(each for each in self._step.branches if each is not gone)
        title = f"Remove the way “{gone.id}” out of “{self._step.title}”"
        self._around.hooks.tell(wish(self._path, made, title))

    def _move(self, number: int, step: int) -> None:
        made: list[Any] = list(self._step.branches)
        made[number], made[number + step] = made[number + step], made[number]
        name = self._step.branches[number].id
        self._around.hooks.tell(wish(self._path, tuple(made), f"Try the way “{name}” earlier"))
