"""Home: where the agent stands, the one thing to do next, how a change travels, and what happened lately."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from textwrap import shorten
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from studio.desktop.itemmodels.rows import Column, RowsModel
from studio.desktop.page import Page
from studio.desktop.theme.tokens import S3, Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card, MeterCard
from studio.desktop.widgets.labels import Mark, label
from studio.desktop.widgets.pane import Pane, group
from studio.desktop.widgets.table import Table
from studio.desktop.widgets.wrap import WrapLayout

if TYPE_CHECKING:
    from studio.services.queries.home import HomePage as Home
    from studio.services.queries.home import Recent, Stage

_STAGE_TONES: dict[str, Tone] = {"done": "ok", "now": "warn", "to come": "none"}
_STAGE_PAGES = {
    "Sources": "sources",
    "Review": "review",
    "Simulate": "simulate",
    "Approve": "release",
    "Export": "release",
}


def _when(at: datetime) -> str:
    local = at.astimezone()
    today = datetime.now().astimezone().date()
    return local.strftime("%H:%M") if local.date() == today else local.strftime("%d %b %Y %H:%M")


class HomePage(Page):
    """Where it stands."""

    def build(self) -> QWidget:
        """Lay out next step, meters, stages and the log."""
        self.pane = Pane("Where it stands", scroll=True)
        self.next = Card("", "acc")
        self.next_text = label("", wrap=True)
        self.next.add(self.next_text)
        self.go = Button("", self._go, kind="primary")
        self.next.buttons(self.go)
        self.pane.body.addWidget(self.next)
        self.meters = [
            MeterCard(t) for t in ("Policy coverage", "Scenarios passing every time", "Release gates")
        ]
        line = QHBoxLayout()
        line.setSpacing(S3)
        for meter in self.meters:
            line.addWidget(meter, 1)
        self.pane.body.addLayout(line)
        self.pane.body.addSpacing(4)
        self.pane.body.addWidget(group("How a change travels"))
        self.stages = WrapLayout(gap=2)
        holder = QFrame()
        holder.setLayout(self.stages)
        self.pane.body.addWidget(holder)
        self.pane.body.addSpacing(4)
        self.pane.body.addWidget(group("Recent"))
        columns: list[Column[Recent]] = [
            Column("When", lambda r: _when(r.at), tone=lambda r: "none", width=120),
            Column(
                "What happened",
                lambda r: shorten(r.sentence, 150, placeholder=" …"),
                tip=lambda r: r.sentence,
            ),
            Column("Who", lambda r: r.who, tone=lambda r: "none", width=170),
        ]
        self.model: RowsModel[Recent] = RowsModel(columns, self)
        self.table = Table("What happened lately", self.model, stretch=1)
        self.table.set_growing()
        self.pane.body.addWidget(self.table)
        self.pane.body.addStretch(1)
        return self.pane

    def wire(self) -> None:
        """Show what the checks found in the background."""
        self.desk.session.proofs.found.connect(lambda: self.outdated(None))

    def fill(self) -> None:
        """Ask where it stands."""
        from studio.services.queries.home import ShowHome

        home = self.desk.session.ask(ShowHome(wait=False))
        self.pane.set_title(f"{home.agent_name} · where it stands")
        self._home = home
        if home.looking:
            self.desk.session.proofs.want()
        self.next.heading.setText(f"Next: {home.next.title[:1].lower()}{home.next.title[1:]}")
        self.next.heading.show()
        self.next_text.setText(home.next.text)
        self.go.setText(home.next.action)
        self.go.setAccessibleName(home.next.action)
        self._show_meters(home)
        self._show_stages(home.stages)
        self.model.set_rows(home.recent)

    def _show_meters(self, home: Home) -> None:
        coverage, passing, gates = self.meters
        if home.covered is None:
            coverage.show_figure("–", None, "no document read yet")
        else:
            coverage.show_figure(f"{home.covered:.0%}".replace("%", " %"), home.covered, "")
        if home.scenarios_passed is None or not home.scenarios:
            passing.show_figure("–", None, "this draft was not simulated yet")
        else:
            passing.show_figure(
                f"{home.scenarios_passed} / {home.scenarios}", home.scenarios_passed / home.scenarios
            )
        gates.show_figure(
            f"{home.gates_met} / {home.gates}",
            home.gates_met / home.gates if home.gates else None,
            "checking…" if home.looking else "",
        )

    def _show_stages(self, stages: tuple[Stage, ...]) -> None:
        self.stages.clear()
        for place, stage in enumerate(stages):
            part = QWidget()
            line = QHBoxLayout(part)
            line.setContentsMargins(0, 0, 0, 0)
            line.setSpacing(3)
            if place:
                line.addWidget(label("→", "small"))
                line.addSpacing(4)
            line.addWidget(Mark(_STAGE_TONES[stage.state], f"{stage.name}: {stage.state}"))
            page = _STAGE_PAGES.get(stage.name, "")
            name: QWidget = label(stage.name, "muted")
            name.setContentsMargins(6, 0, 6, 0)
            if page:
                name = Button(stage.name, partial(self.desk.open_page, page), kind="quiet")
            line.addWidget(name)
            self.stages.addWidget(part)

    def _go(self) -> None:
        step = self._home.next
        verb = "add" if step.page == "sources" and not step.item else ""
        self.desk.open_page(step.page, step.item or "", verb)
