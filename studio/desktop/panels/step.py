"""The step panel: what a step does, in words, and the decision table it asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from PySide6.QtWidgets import QVBoxLayout

from studio.desktop.itemmodels.rows import Column, RowsModel
from studio.desktop.panels.evidence import EvidenceCard, Quoted
from studio.desktop.panels.graph import plain
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import clear_layout
from studio.desktop.widgets.table import Table
from studio.domain.condition import in_words, spell
from studio.domain.source import Citation
from studio.domain.workflow import Argument, Decide, DecisionTable, Row, Step, TableInput, ways_out


class DecisionCard(Card):
    """A decision with its rows; the chosen row shows the sentences that demand it."""

    def __init__(self, table: DecisionTable, show: Callable[[Citation], object], chosen: str = "") -> None:
        super().__init__(table.name)
        self._show = show
        first = table.hit_policy == "first"
        policy = "The first row that fits answers." if first else "Exactly one row may fit."

        def column(each: TableInput) -> Column[Row]:
            return Column(each.label, lambda row: row.cell(each.id).words)

        then: Column[Row] = Column("Then", lambda row: plain(row.then), strong=True)
        model: RowsModel[Row] = RowsModel([*(column(each) for each in table.inputs), then], self)
        model.set_rows(table.rows)
        self.table = Table(f"Decision {table.name}", model, stretch=None)
        self.table.set_growing()
        self.add(self.table)
        self.say(f"{policy} Choose a row to see where it is written.", muted=True)
        self._ground = QVBoxLayout()
        self.content.addLayout(self._ground)
        self.table.chosen.connect(self._show_ground)
        self.table.choose(next((n for n, row in enumerate(table.rows) if row.id == chosen), -1))

    def _show_ground(self, row: Row) -> None:
        clear_layout(self._ground)
        for citation in row.citations:
            self._ground.addWidget(EvidenceCard(Quoted(citation, ""), self._show))
        if not row.citations:
            none = label("Nothing in the documents is given as the ground of this row.", "muted", wrap=True)
            self._ground.addWidget(none)


def step_lines(step: Step, titles: Mapping[str, str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield headings and lines on a step: what it says, uses, where it goes, what happens if it fails."""
    said = [text for name in ("text", "say") if (text := getattr(step, name, ""))]
    if said:
        yield "It says", [f"“{text}”" for text in said]
    if slots := getattr(step, "slots", ()):
        tries = getattr(step, "tries", 0)
        yield "It asks for", [*map(plain, slots), *([f"Up to {tries} tries"] if tries else [])]
    if tool := getattr(step, "tool", None):
        yield "It uses", [plain(tool), *(_argument(a) for a in getattr(step, "arguments", ()))]
    if queue := getattr(step, "queue", None):
        context = getattr(step, "context", ())
        yield "It hands over to", [queue, *([f"with {', '.join(map(plain, context))}"] if context else [])]
    if isinstance(step, Decide) and not step.table:
        yield (
            "It chooses",
            [f"{plain(b.id)}: {in_words(b.when) if b.when else 'always'}" for b in step.branches],
        )
    if outcome := getattr(step, "outcome", ""):
        yield "It ends the conversation", [outcome]
    ways = [(label, titles.get(to, plain(to))) for label, to in ways_out(step) if to]
    onward = [
        f"{plain(label).capitalize()} → {title}" if label else title
        for label, title in ways
        if label != "if it fails"
    ]
    if onward:
        yield "Then", onward
    failing = [title for label, title in ways if label == "if it fails"]
    if failing:
        retries = getattr(step, "retries", 0)
        again = [f"Tries {retries} more time{'' if retries == 1 else 's'} first"] if retries else []
        yield "If it fails", [*again, *failing]


def _argument(argument: Argument) -> str:
    given = (
        plain(argument.fact)
        if argument.fact
        else spell(argument.value)
        if argument.value is not None
        else "nothing"
    )
    return f"{plain(argument.name)}: {given}"
