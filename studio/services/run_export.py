"""A run as a file for others: CSV (a line a conversation), JSON (everything), HTML (one page, no script).

- Pieces are made one after the other, so that a large run needs no more memory than a small one.
- What a customer or system said is text, never markup or a formula: it is escaped in each format.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

from pydantic_core import to_jsonable_python

from studio.domain.errors import WrongUse
from studio.domain.run import SIDES, Comparison, Conversation, Side
from studio.domain.sheet_cells import as_cell
from studio.services.queries.simulate import ComparisonPage, ScenarioRow

Format = Literal["csv", "json", "html"]
FORMATS: tuple[Format, ...] = ("csv", "json", "html")
MOST_TOLD = 50
"""Conversations that the HTML page tells word by word: of each test the first that was not right."""
_STYLE = """
:root{color-scheme:light dark;--line:#dfe3ea;--muted:#667085;--ok:#0c7d56;--bad:#b42318;--soft:#eef1fb}
@media (prefers-color-scheme:dark){
:root{--line:#384152;--muted:#9aa4b5;--ok:#4cc38a;--bad:#ff8a80;--soft:#26304a}}
body{font:15px/1.5 Inter,"Segoe UI",system-ui,sans-serif;max-width:1080px;margin:32px auto;padding:0 20px}
h1{font-size:22px;margin:0}h2{font-size:17px;margin:32px 0 8px}p.note,td.note,.sys{color:var(--muted)}
.cards{display:flex;gap:12px;flex-wrap:wrap;margin:20px 0}
.card{border:1px solid var(--line);border-radius:8px;padding:10px 16px;min-width:150px}
.card b{display:block;font-size:22px}table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid var(--line);padding:6px 10px;text-align:left;vertical-align:top}
.ok{color:var(--ok)}.bad{color:var(--bad)}.agent,.customer,.sys{margin:5px 0;max-width:640px}
.agent,.customer{border:1px solid var(--line);border-radius:10px;padding:6px 12px;width:fit-content}
.customer{background:var(--soft);margin-left:auto}section{max-width:760px}
"""


@dataclass(frozen=True, slots=True)
class RunToExport:
    """A run with its page and the titles of its tests."""

    page: ComparisonPage
    comparison: Comparison


def format_of(path: Path) -> Format:
    """Return the format that a file's name asks for; raises WrongUse."""
    for known in FORMATS:
        if path.suffix.lower() == f".{known}":
            return known
    raise WrongUse(f"“{path.name}” does not say which format.", "End it in .csv, .json or .html.")


def pieces(what: RunToExport, kind: Format) -> Iterator[str]:
    """Return the text of the file, piece by piece."""
    makers: dict[Format, Callable[[RunToExport], Iterator[str]]] = {
        "csv": _csv,
        "json": _json,
        "html": _html,
    }
    return makers[kind](what)


def _side(what: RunToExport, side: Side) -> Iterator[Conversation]:
    yield from (what.comparison.live if side == "live" else what.comparison.draft).conversations


def _csv(what: RunToExport) -> Iterator[str]:
    titles = {row.id: row.title for row in what.page.rows}
    yield _line(
        "run", "version", "test", "title", "customer", "ended", "right", "fault of", "what was wrong", "turns"
    )
    for side in SIDES:
        name = f"live v{what.page.live_number}" if side == "live" else "draft"
        for talk in _side(what, side):
            yield _line(
                what.page.id,
                name,
                talk.scenario,
                titles.get(talk.scenario, ""),
                str(talk.customer + 1),
                talk.outcome,
                "yes" if talk.passed else "no",
                talk.blame or "",
                " ".join(mark.words for mark in talk.marks if not mark.ok),
                str(len(talk.turns)),
            )


def _line(*cells: str) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(as_cell(cell) for cell in cells)
    return out.getvalue()


def _json(what: RunToExport) -> Iterator[str]:
    yield '{"run": ' + json.dumps(to_jsonable_python(what.page), ensure_ascii=False)
    for side in SIDES:
        yield f',\n"{side}": ['
        for at, talk in enumerate(_side(what, side)):
            yield ("," if at else "") + "\n" + talk.model_dump_json()
        yield "]"
    yield "}\n"


def _html(what: RunToExport) -> Iterator[str]:
    page = what.page
    title = f"{page.id}: draft against live v{page.live_number}"
    yield '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width">'
    yield f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>\n<h1>{escape(title)}</h1>"
    told = f"{page.draft.conversations + page.live.conversations:,} conversations · "
    told += f"{page.customers:,} customers a test · customer group {page.seed}"
    told += f" · trial: {page.trial}" if page.trial else ""
    yield f'<p class="note">{escape(told)}<br>Fingerprint of the draft\'s run {page.draft_digest}</p>'
    yield '<div class="cards">'
    for name, figure in _cards(page):
        yield f'<div class="card">{escape(name)}<b>{escape(figure)}</b></div>'
    yield "</div>\n<table><tr><th>Test</th><th>Customer</th><th>Live</th><th>Draft</th>"
    yield "<th>What differs</th><th>Not right</th></tr>"
    yield from (_test(row) for row in page.rows)
    yield "</table>\n"
    yield from _failures(what)
    yield "</body></html>\n"


def _cards(page: ComparisonPage) -> tuple[tuple[str, str], ...]:
    share = page.draft.goals_reached / page.draft.conversations if page.draft.conversations else 0.0
    return (
        ("Passed every time", f"{page.draft.scenarios_passed} / {page.draft.scenarios}"),
        ("Goal reached", f"{share * 100:.1f} %"),
        ("Limit or rule broken", str(page.draft.limits_broken)),
        ("Treated differently", f"{sum(r.differs and r.live_total > 0 for r in page.rows)} tests"),
    )


def _test(row: ScenarioRow) -> str:
    live = f"{row.live_passed} / {row.live_total}" if row.live_total else "new"
    tone = "ok" if row.draft_passed == row.draft_total else "bad"
    wrong = ", ".join(name for name, right in row.aspects if not right)
    whose = ", ".join(f"{blame} {count}" for blame, count in row.blamed if blame != "agent")
    wrong += f" (not the agent: {whose})" if whose else ""
    cells = (f"{row.id} {row.title}", row.customer, live)
    return (
        f"\n<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}"
        f'<td class="{tone}">{row.draft_passed} / {row.draft_total}</td>'
        f'<td class="note">{escape(row.difference)}</td><td>{escape(wrong)}</td></tr>'
    )


def _failures(what: RunToExport) -> Iterator[str]:
    wrong = [row.id for row in what.page.rows if row.draft_passed < row.draft_total][:MOST_TOLD]
    titles = {row.id: row.title for row in what.page.rows}
    for name in wrong:
        talk = next((each for each in what.comparison.draft.of(name) if not each.passed), None)
        if talk is not None:
            yield f"<h2>{escape(f'{name} {titles[name]}, customer {talk.customer + 1}')}</h2>\n<section>"
            yield from _told(talk)
            yield "</section>\n"


def _told(talk: Conversation) -> Iterator[str]:
    for turn in talk.turns:
        done = [e for e in turn.events if e.detail and e.kind in ("call", "failure", "fault", "guard")]
        said = f'<p class="{turn.role if turn.role != "system" else "sys"}">{escape(turn.text)}</p>'
        if turn.role == "customer":
            yield said
        for event in done:
            yield f'<p class="sys">{escape(event.detail)}</p>'
        if turn.role != "customer" and turn.text:
            yield said
    for mark in talk.marks:
        if not mark.ok:
            yield f'<p class="bad">{escape(mark.words)}</p>'
    if talk.blame not in (None, "agent"):
        why = f"Not the agent's fault but the {talk.blame}'s. {talk.because or ''}"
        yield f'<p class="note">{escape(why)}</p>'
