"""Production readiness: the thresholds that hold before customers meet the agent, and after."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from studio.desktop.panels.charter_parts import CharterForm, read_share, read_share_or_none, write_share
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.form import Part, Section
from studio.desktop.widgets.form_fields import Combo, Held, LineField, Option, Words
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row
from studio.domain.agent import Agent
from studio.domain.readiness import ALL_MEASURES, MEASURES, Measure, Threshold, percent, unsound

_NOTHING = (
    "No threshold yet. Say which figures must hold before customers meet the agent, and below which it is "
    "stopped: satisfaction and repeat contact are held against what people reach today."
)


class ReadinessForm(CharterForm):
    """One section for each measure that has a threshold, and a choice to add one."""

    def __init__(self) -> None:
        super().__init__()
        self.note = label("", "muted", wrap=True)
        self.measure = Combo("Which threshold to add", [])
        self.measure.setMinimumWidth(240)
        self.about = QLineEdit()
        self.about.setPlaceholderText("Which type, as complaints")
        self.about.setAccessibleName("Escalation of which type")
        self.add = Button("Add the threshold", self._add)
        self.about.returnPressed.connect(self._add)
        self.measure.currentIndexChanged.connect(lambda _at: self._ask_about())
        self.column.insertWidget(0, self.note)
        self.adding = QWidget()
        line = row(self.measure, self.about, self.add, stretch=False)
        line.setStretch(1, 1)
        self.adding.setLayout(line)
        self.column.insertWidget(1, self.adding)

    def show_agent(self, agent: Agent) -> None:
        """Show the thresholds of a charter."""
        found = agent.charter.readiness or ()
        self.note.setText(_NOTHING)
        self.note.setVisible(not found)
        self._offer(found)
        sections = []
        for measure, group in groupby(found, key=lambda each: each.measure):
            terms = MEASURES[measure]
            parts = [Part(f"{measure}-meaning", partial(Words, terms.meaning))]
            for each in group:
                parts += self._parts(each)
            sections.append(Section(terms.title, parts))
        self.form.show_parts(sections)

    def _offer(self, found: tuple[Threshold, ...]) -> None:
        there = {each.measure for each in found}
        options = [
            Option(measure, MEASURES[measure].title)
            for measure in ALL_MEASURES
            if measure not in there or MEASURES[measure].has_about
        ]
        if tuple(options) != self.measure.options:
            self.measure.set_options(options)
        self._ask_about()

    def _ask_about(self) -> None:
        measure = self.measure.value()
        self.about.setVisible(measure is not None and MEASURES[measure].has_about)

    def _add(self) -> None:
        measure: Measure | None = self.measure.value()
        if measure is None:
            return
        about = self.about.text().strip() if MEASURES[measure].has_about else ""
        if MEASURES[measure].has_about and not about:
            self.about.setFocus()
            return
        self.about.clear()
        self.wish("add threshold", measure, about=about)

    def _parts(self, threshold: Threshold) -> list[Part]:
        terms = MEASURES[threshold.measure]
        word = "At least" if terms.at_least else "At most"
        if threshold.measure == "customer satisfaction":
            word = "Below people by at most"
        title = f"{word}, of {threshold.about}" if threshold.about else word
        tell = partial(self._change, threshold.id)
        parts = [
            Part(
                f"{threshold.id}/limit",
                partial(LineField, title, read=read_share, write=write_share),
                threshold.limit,
                told=partial(tell, "limit"),
                warn=unsound(threshold),
            )
        ]
        if terms.compared:
            make = partial(
                LineField,
                "People reach today",
                read=read_share_or_none,
                write=write_share,
                hint="Not measured yet",
            )
            parts.append(
                Part(f"{threshold.id}/baseline", make, threshold.baseline, told=partial(tell, "baseline"))
            )
        parts.append(Part(f"{threshold.id}/said", partial(self._said, threshold), mark=threshold))
        return parts

    def _change(self, item: str, field: str, value: float | None) -> None:
        self.wish("change threshold", item, **{field: value})

    def _said(self, threshold: Threshold) -> Held:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label(threshold.words, wrap=True))
        remove = Button(
            "Remove",
            lambda: self.wish("remove threshold", threshold.id),
            kind="link",
            name=f"Remove the threshold {threshold.id}",
        )
        column.addLayout(row(remove))
        return Held(holder)


class MeasuredCard(Card):
    """The thresholds held against the newest simulation of the draft, as far as one can measure them."""

    def __init__(self, thresholds: Sequence[Threshold], measured: tuple[str, int, int] | None) -> None:
        budget = next((each for each in thresholds if each.measure == "error budget"), None)
        over = False
        words = "No simulation of exactly this draft yet: run one on Simulate."
        if measured is not None and measured[2]:
            run, wrong, of = measured
            share = wrong / of
            over = budget is not None and share > budget.limit
            words = f"In simulation {run}, {wrong:,} of {of:,} conversations went wrong: {percent(share)}."
        super().__init__("Measured so far", "bad" if over else "")
        self.say(words)
        if measured is not None and measured[2] and budget is not None:
            verdict = "more than" if over else "within"
            tone: Tone = "bad" if over else "ok"
            sign = "✕" if over else "✓"
            said = f"{sign} That is {verdict} the error budget of {percent(budget.limit)}."
            self.add(label(said, "", tone, wrap=True))
        self.say("The other thresholds are measured once real conversations come back.", muted=True)
