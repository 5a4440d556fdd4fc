"""Economics: what the agent costs and saves in a month, drawn over the share it settles."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from studio.desktop.panels.charter_parts import (
    CharterForm,
    read_count_or_none,
    read_number,
    read_share,
    write_count,
    write_number,
    write_share,
)
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.form import Part, Section
from studio.desktop.widgets.form_fields import Held, LineField
from studio.desktop.widgets.labels import label, set_tone
from studio.desktop.widgets.plot import Plot, PlotMark
from studio.domain.agent import Agent
from studio.domain.economics import Economics
from studio.domain.portfolio import reaching_agent
from studio.domain.readiness import percent

_NOTHING = (
    "Nobody has put figures down yet. With the number of contacts, what one costs with a person and with the "
    "agent, and the share the agent settles, this shows what it saves in a month, the cost of passing "
    "the rest through included, and from which share on it pays."
)
_OWN = "The figures are yours; nothing here was measured. The result is only as good as they are."
_FIELDS: tuple[tuple[str, str, tuple[tuple[str, str, str, str], ...]], ...] = (
    (
        "reach",
        "How many",
        (
            ("volume", "Contacts a month that reach the agent", "", "count"),
            ("containment", "Share it settles without a person", "", "share"),
            ("repeat_share", "Of these, come back to a person all the same", "", "share"),
        ),
    ),
    (
        "cost",
        "What one contact costs",
        (
            ("person_cost", "With a person, from the first word", "", "money"),
            ("agent_cost", "With the agent", "Computing, licences by use, looking at samples.", "money"),
            (
                "passing_cost",
                "Passing it on to a person, on top",
                "The hand-over itself, reading up, saying things twice.",
                "money",
            ),
        ),
    ),
    (
        "fixed",
        "What does not depend on the number",
        (
            ("fixed_cost", "A month", "Licences, the people who look after it.", "money"),
            ("setup_cost", "Once, to set it up", "", "money"),
            ("currency", "Currency", "Three letters, as EUR.", "currency"),
        ),
    ),
)


class EconomicsPanel(CharterForm):
    """The plot and what it says, above the figures it is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.empty = Card("What it costs and saves")
        self.empty.say(_NOTHING, muted=True)
        self.begin = Button("Put figures down", lambda: self.wish("set economics"), kind="primary")
        self.empty.buttons(self.begin)
        self.result = Card("Net effect in a month")
        self.verdict = label("", "heading", wrap=True)
        self.plot = Plot(
            "Net effect in a month by the share settled without a person",
            "Share settled without a person (containment)",
        )
        self.result.add(self.verdict)
        self.result.add(self.plot)
        self.lines = QGridLayout()
        self.lines.setHorizontalSpacing(16)
        self.lines.setVerticalSpacing(4)
        self.lines.setColumnStretch(0, 1)
        self.result.content.addLayout(self.lines)
        self.result.say(_OWN, muted=True)
        self.column.insertWidget(0, self.empty)
        self.column.insertWidget(1, self.result)

    def show_agent(self, agent: Agent) -> None:
        """Show the economics of a charter."""
        figures = agent.charter.economics
        self.empty.setVisible(figures is None)
        self.result.setVisible(figures is not None)
        if figures is None:
            self.form.show_parts([])
            return
        self._show_result(figures)
        counted = reaching_agent(agent.charter.portfolio or ())
        sections = [
            Section(title, [self._part(figures, counted, *field) for field in fields])
            for _, title, fields in _FIELDS
        ]
        sections.append(Section("", [Part("remove", self._removing)]))
        self.form.show_parts(sections)

    def _part(
        self, figures: Economics, counted: int | None, field: str, title: str, help_text: str, kind: str
    ) -> Part:
        read, write = _READERS[kind]
        value, warn = getattr(figures, field), ""
        if field == "volume" and counted is not None and counted != value:
            warn = f"By the kinds of requests the agent begins {counted:,} a month."
        made = partial(LineField, title, help_text, read=read, write=write)
        return Part(field, made, value, told=partial(self._tell, field), warn=warn)

    def _tell(self, field: str, value: Any) -> None:
        given = {field: value}
        self.wish("set economics", **given)

    def _removing(self) -> Held:
        return Held(Button("Remove these figures", lambda: self.wish("remove economics"), kind="link"))

    # The result

    def _show_result(self, figures: Economics) -> None:
        effect, pays = figures.net_effect(), figures.break_even()
        money = partial(_money, currency=figures.currency)
        words = f"Saves {money(effect)} a month" if effect >= 0 else f"Costs {money(-effect)} more a month"
        if pays is not None:
            words += f". It pays from {percent(round(pays, 3))} settled on."
        else:
            words += ". With these figures it never pays." if figures.volume else "."
        self.verdict.setText(words)
        set_tone(self.verdict, "ok" if effect >= 0 and pays is not None else "bad")
        marks = [PlotMark(figures.containment, f"Now {percent(figures.containment)}", "acc")]
        if pays is not None:
            marks.append(PlotMark(pays, f"Break-even {percent(round(pays, 3))}", "warn"))
        self.plot.show_line(
            (figures.net_effect(0), figures.net_effect(1)),
            marks,
            lambda x, y: f"{percent(round(x, 3))} settled: {'saves' if y >= 0 else 'costs'} {money(abs(y))}",
            lambda y: f"{y:,.0f}",
        )
        self._show_lines(figures)

    def _show_lines(self, figures: Economics) -> None:
        while self.lines.count():
            item = self.lines.takeAt(0)
            if item is not None and (old := item.widget()) is not None:
                _let_go(old)
        for number, (words, amount, tone) in enumerate(ledger(figures)):
            self.lines.addWidget(label(words, "heading" if tone else "muted", wrap=True), number, 0)
            figure = label(_money(amount, figures.currency), "heading" if tone else "", tone)
            self.lines.addWidget(figure, number, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)


def ledger(figures: Economics) -> Iterator[tuple[str, float, Tone]]:
    """Yield the lines of a month by path: words, amount, and a tone for the sum."""
    settled = figures.volume * figures.containment
    passed = figures.volume - settled
    back = settled * figures.repeat_share
    yield "People alone, for every contact", figures.before, ""
    yield f"Settled by the agent: {settled:,.0f} conversations", settled * figures.agent_cost, ""
    yield f"Of these, back with a person: {back:,.0f}", back * figures.person_cost, ""
    yield (
        f"Passed through to a person: {passed:,.0f}, with the agent and the hand-over",
        passed * (figures.cost_of_one_passed_on + figures.person_cost),
        "",
    )
    yield "   of which passing through costs, beside the person", figures.passing_on_total, ""
    yield "Fixed cost of the month", figures.fixed_cost, ""
    yield "With the agent, together", figures.after(), ""
    effect = figures.net_effect()
    yield ("Saved" if effect >= 0 else "More than before"), abs(effect), "ok" if effect >= 0 else "bad"
    months = figures.months_to_pay_back()
    if figures.setup_cost and months is not None:
        yield f"Setting it up, earned back after {months:,.1f} months", figures.setup_cost, ""


def _money(amount: float, currency: str) -> str:
    return f"{amount:,.0f} {currency}".strip() if abs(amount) >= 100 else f"{amount:,.2f} {currency}".strip()


def _currency(words: str) -> str:
    if not (words.isalpha() and len(words) == 3):
        raise ValueError("Write three letters, as EUR or GBP.")
    return words.upper()


def _let_go(widget: QWidget) -> None:
    widget.hide()
    widget.setParent(None)
    widget.deleteLater()


_READERS: dict[str, tuple[Any, Any]] = {
    "count": (read_count_or_none, write_count),
    "share": (read_share, write_share),
    "money": (read_number, write_number),
    "currency": (_currency, str),
}
