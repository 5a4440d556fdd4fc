"""The interaction portfolio: kinds of requests in the 2 × 2 of how hard and how charged, and one of them."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QLineEdit

from studio.desktop.panels.charter_parts import CharterForm, read_count, write_count
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.form import Part, Section
from studio.desktop.widgets.form_fields import ChoiceField, Held, LineField, Option, Words
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.matrix import Matrix, MatrixCard, MatrixField
from studio.desktop.widgets.pane import row
from studio.domain.agent import Agent
from studio.domain.portfolio import (
    HANDLING_WORDS,
    HANDLINGS,
    SUGGESTED,
    Complexity,
    Emotion,
    Intent,
    reaching_agent,
)

_ROWS: tuple[Complexity, Complexity] = ("complex", "simple")
_COLUMNS: tuple[Emotion, Emotion] = ("calm", "charged")
_SHORT = {
    "automate": "The agent settles it",
    "start and hand over fast": "Facts first, then a person at once",
    "assist": "A person leads, the agent prepares",
    "human first": "A person from the first word",
}
_HOW = "Drag a card into another field, or choose it and press Alt with an arrow key."
_NOTHING = (
    "Nothing here yet. Say what customers come for: one card for each kind of request. Its field suggests "
    "who should handle it; you may decide otherwise."
)


def _field(row: Complexity, column: Emotion) -> MatrixField:
    handling = SUGGESTED[row, column]
    return MatrixField(handling.capitalize(), _SHORT[handling])


class PortfolioPanel(CharterForm):
    """The 2 × 2 with a line to add to it, and the fields of the chosen kind of request below."""

    def __init__(self) -> None:
        super().__init__()
        self.matrix = Matrix(
            "Kinds of requests by how hard and how charged they are",
            ("CALM", "CHARGED"),
            ("COMPLEX", "SIMPLE"),
            [_field(row_, column) for row_ in _ROWS for column in _COLUMNS],
        )
        self.note = label("", "muted", wrap=True)
        self.adder = QLineEdit()
        self.adder.setPlaceholderText("What else do customers come for?")
        self.adder.setAccessibleName("A new kind of request")
        self.adder.returnPressed.connect(self._add)
        self.take = Button("Take over the workflows", lambda: self.wish("take over intents"))
        line = row(self.adder, Button("Add", self._add), self.take, stretch=False)
        line.setStretch(0, 1)
        self.column.insertWidget(0, self.note)
        self.column.insertWidget(1, self.matrix)
        self.column.insertLayout(2, line)
        self._agent: Agent | None = None
        self._place: tuple[Complexity, Emotion] = ("simple", "calm")
        self.matrix.chosen.connect(lambda _id: self._show_one())
        self.matrix.opened.connect(self._open)
        self.matrix.moved.connect(self._move)
        self.matrix.wanted.connect(self._begin)
        self.matrix.unwanted.connect(lambda item: self.wish("remove intent", item))

    def show_agent(self, agent: Agent) -> None:
        """Show the portfolio of a charter."""
        before = {each.id for each in (self._agent.charter.portfolio or ())} if self._agent else None
        self._agent = agent
        intents = agent.charter.portfolio or ()
        self.matrix.show_cards([_card(each) for each in intents])
        new = [each.id for each in intents if before is not None and each.id not in before]
        if len(new) == 1:
            self.matrix.choose(new[0], tell=False)
        served = {each.workflow for each in intents}
        self.take.setVisible(any(not f.reusable and f.id not in served for f in agent.workflows))
        self.note.setText(_said(intents))
        self._show_one()

    # What a person does

    def _add(self) -> None:
        title = self.adder.text().strip()
        if not title:
            self.adder.setFocus()
            return
        complexity, emotion = self._place
        self._place = ("simple", "calm")
        self.adder.clear()
        self.wish("add intent", title, complexity=complexity, emotion=emotion)

    def _begin(self, column: int, row_: int) -> None:
        self._place = (_ROWS[row_], _COLUMNS[column])
        self.adder.setPlaceholderText(f"A {_ROWS[row_]}, {_COLUMNS[column]} kind of request")
        self.adder.setFocus()

    def _move(self, item: str, column: int, row_: int) -> None:
        self.wish("place intent", item, complexity=_ROWS[row_], emotion=_COLUMNS[column])

    def _open(self, item: str) -> None:
        self.matrix.choose(item)
        field = self.form.widget(f"{item}/title")
        if isinstance(field, LineField):
            field.line.setFocus()
            field.line.selectAll()

    # What is shown

    def _show_one(self) -> None:
        intents = self._agent.charter.portfolio or () if self._agent else ()
        found = next((each for each in intents if each.id == self.matrix.current), None)
        self.form.show_parts([Section(f"“{found.title}”", self._parts(found))] if found else [])

    def _parts(self, intent: Intent) -> list[Part]:
        assert self._agent is not None
        flows = [Option(flow.id, flow.name) for flow in self._agent.workflows if not flow.reusable]
        handlings = [Option(each, each.capitalize(), note=HANDLING_WORDS[each]) for each in HANDLINGS]
        differs = ""
        if intent.handling != intent.suggested:
            differs = f"Its field suggests: {intent.suggested}."
        tell = partial(self._change, intent.id)
        return [
            Part(
                f"{intent.id}/title",
                partial(LineField, "Name", read=_named),
                intent.title,
                told=partial(tell, "title"),
            ),
            Part(
                f"{intent.id}/place",
                partial(
                    ChoiceField,
                    "Field",
                    [Option((r, c), f"{r.capitalize()} and {c}") for r in _ROWS for c in _COLUMNS],
                ),
                (intent.complexity, intent.emotion),
                told=partial(self._replace, intent.id),
            ),
            Part(
                f"{intent.id}/handling",
                partial(ChoiceField, "Handling", handlings),
                intent.handling,
                told=partial(tell, "handling"),
                warn=differs,
            ),
            Part(
                f"{intent.id}/handling-words",
                partial(Words, HANDLING_WORDS[intent.handling]),
                mark=intent.handling,
            ),
            Part(
                f"{intent.id}/volume",
                partial(
                    LineField,
                    "Contacts a month",
                    "Leave it empty where nobody counted.",
                    read=read_count,
                    write=write_count,
                ),
                intent.volume,
                told=partial(tell, "volume"),
            ),
            Part(
                f"{intent.id}/workflow",
                partial(ChoiceField, "Served by", [Option(None, "No workflow"), *flows]),
                intent.workflow,
                mark=tuple(flows),
                told=partial(tell, "workflow"),
            ),
            Part(f"{intent.id}/remove", partial(self._removing, intent.id)),
        ]

    def _change(self, item: str, field: str, value: object) -> None:
        self.wish("change intent", item, **{field: value})

    def _replace(self, item: str, value: tuple[Complexity, Emotion]) -> None:
        self.wish("place intent", item, complexity=value[0], emotion=value[1])

    def _removing(self, item: str) -> Held:
        remove = Button("Remove this kind of request", lambda: self.wish("remove intent", item), kind="link")
        return Held(remove)


def _named(words: str) -> str:
    if not words:
        raise ValueError("A kind of request needs a name.")
    return words


def _card(intent: Intent) -> MatrixCard:
    volume = "not counted" if intent.volume is None else f"{intent.volume:,} a month"
    tone: Tone = "warn" if intent.handling != intent.suggested else ""
    note = f"{volume} · {intent.handling}"
    return MatrixCard(
        intent.id, intent.title, note, _COLUMNS.index(intent.emotion), _ROWS.index(intent.complexity), tone
    )


def _said(intents: tuple[Intent, ...]) -> str:
    if not intents:
        return _NOTHING
    begun = reaching_agent(intents)
    counted = "Nobody counted them yet." if begun is None else f"The agent begins {begun:,} of them a month."
    return f"{counted} {_HOW}"
