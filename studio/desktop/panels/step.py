"""The step panel: what a step does, in words, and the decision table it asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from studio.desktop.itemmodels.rows import Column, RowsModel
from studio.desktop.panels.graph import plain
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.table import Table
from studio.domain.condition import in_words, spell
from studio.domain.workflow import Argument, Decide, DecisionTable, Row, Step, TableInput, ways_out


def decision_table(table: DecisionTable) -> Card:
    """Return a decision as a card with its rows."""
    policy = "the first row that fits answers" if table.hit_policy == "first" else "exactly one row may fit"
    card = Card(table.name)

    def column(each: TableInput) -> Column[Row]:
        return Column(each.label, lambda row: row.cell(each.id).words)

    then: Column[Row] = Column("Then", lambda row: plain(row.then), strong=True)
    model: RowsModel[Row] = RowsModel([*(column(each) for each in table.inputs), then], card)
    model.set_rows(table.rows)
    view = Table(f"Decision {table.name}", model, stretch=None)
    view.set_growing()
    card.add(view)
    card.say(policy.capitalize() + ".", muted=True)
    return card


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
