"""A report as one web page that stands alone: no script, nothing fetched, light, fit for print and grey."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from studio.release.html_page import whole_page
from studio.release.report_style import LIGHT, PRINT, RULES
from studio.services.report_parts.as_svg import svg
from studio.services.report_parts.blocks import (
    SIGN_WORDS,
    SIGNS,
    Block,
    Columns,
    Document,
    Drawing,
    Grid,
    Heading,
    Items,
    Label,
    Para,
    Quotation,
    Run,
    Runs,
    shown,
)

_NAMES = re.compile(r"\b(?:[A-Z]{1,3}-\d{1,4}|P-\d+/C-\d+)\b")
"""Names such as C-03, which are never broken at their hyphen."""
STYLE = (
    LIGHT
    + RULES
    + """
main{max-width:1080px}
h2.group{font-size:15px;margin:24px 0 8px}
nav ol{columns:3;column-gap:32px;margin:0;padding-left:22px}
nav li{margin-bottom:3px;break-inside:avoid}
nav details{margin-top:6px;color:var(--muted);font-size:13px}nav summary{cursor:pointer}
.id{white-space:nowrap}
nav a{color:inherit;text-decoration:none}nav a:hover{text-decoration:underline}
nav details ol{columns:2;padding-left:16px;list-style:none}
h3,p,li,td,blockquote{overflow-wrap:anywhere}
td,.text{white-space:pre-wrap}
ins{text-decoration:underline;text-decoration-thickness:2px;text-underline-offset:2px}
.sign{display:inline-block;min-width:20px;text-align:center;border:1.5px solid currentColor;border-radius:3px;
font-weight:700;margin-right:6px;line-height:1.25}
.sign.removed,.sign.moved{border-radius:10px}
.sign.added{color:var(--add)}.sign.removed{color:var(--del)}.sign.changed{color:var(--accent)}
.sign.moved{color:var(--warn)}.sign.same{border:0}
.label{margin:14px 0 4px;font-size:12px;font-weight:600;color:var(--muted);text-transform:none}
.two{overflow:visible}.two>div{min-height:0}
.two.rows>div:nth-child(odd){border-right:1px solid var(--line)}
.two.rows>div:nth-child(n+3){border-top:1px solid var(--line)}
.two.rows>.head{font-size:12px;font-weight:600;color:var(--muted);padding:6px 12px}
.drawing{overflow-x:auto;border:1px solid var(--line);border-radius:6px;margin:8px 0;padding:6px;
background:#fff}
.drawing svg{display:block;max-width:100%;height:auto;font-family:Inter,"Segoe UI",system-ui,sans-serif}
tr.added td{background:var(--add-bg)}tr.removed td{background:var(--del-bg)}
table{margin:6px 0 8px}
"""
    + PRINT.replace(
        ".card,.two,tr,blockquote{break-inside:avoid}", "tr,blockquote,.drawing{break-inside:avoid}"
    )
    + "@media print{h3,.label{break-after:avoid}nav details{display:none}.two{break-inside:auto}}\n"
)


def page_of(document: Document) -> str:
    """Return the whole page."""
    title = escape(shown(document.title))
    head = f'<header><h1>{title}</h1><p class="muted">{escape(shown(document.line))}.</p></header>'
    body = "".join((head, _contents(document), *_body(document)))
    return whole_page(title, body, STYLE, "light")


def _contents(document: Document) -> str:
    """Return the chapters; what a chapter holds is folded away, to be opened."""
    chapters: list[tuple[str, list[str]]] = []
    for number, block in enumerate(document.blocks):
        if not isinstance(block, Heading) or not block.in_contents:
            continue
        link = f'<a href="#b{number}">{escape(shown(block.text))}</a>'
        if block.level == 1:
            chapters.append((link, []))
        elif chapters:
            chapters[-1][1].append(link)
    lines = [f"<li>{link}</li>" for link, _ in chapters]
    folded = [
        f"<details><summary>{len(inside)} in “{re.sub('<[^>]+>', '', link)}”</summary>"
        f"<ol>{''.join(f'<li>{each}</li>' for each in inside)}</ol></details>"
        for link, inside in chapters
        if inside
    ]
    return f'<nav class="card" aria-label="Contents"><ol>{"".join(lines)}</ol>{"".join(folded)}</nav>'


def _body(document: Document) -> Iterator[str]:
    """Yield the blocks; what follows a heading of the third level is its card."""
    is_open = False
    for number, block in enumerate(document.blocks):
        begins = isinstance(block, Heading)
        if is_open and begins:
            yield "</section>"
            is_open = False
        if isinstance(block, Heading):
            if block.level == 3:
                title = f"{_sign(block.tone)}{escape(shown(block.text))}"
                yield f'<section class="card" id="b{number}"><h3>{title}</h3>'
                is_open = True
            else:
                kind = ' class="group"' if block.level == 2 else ""
                yield f'<h2{kind} id="b{number}">{escape(shown(block.text))}</h2>'
            continue
        if not is_open:
            yield '<section class="card">'
            is_open = True
        yield _block(block)
    if is_open:
        yield "</section>"


def _block(block: Block) -> str:
    match block:
        case Para(runs):
            return f'<p class="text">{_runs(runs)}</p>'
        case Label(text):
            return f'<p class="label">{escape(shown(text))}</p>'
        case Items(items):
            return f'<ul class="words">{"".join(f"<li>{_runs(item)}</li>" for item in items)}</ul>'
        case Quotation(runs, where):
            source = f'<span class="muted small">{escape(shown(where))}</span>'
            return f"<blockquote>{_runs(runs)}<br>{source}</blockquote>"
        case Drawing(picture):
            return f'<div class="drawing">{svg(picture)}</div>'
        case Grid():
            return _grid(block)
        case Columns():
            return _columns(block)
        case Heading():
            return ""


def _grid(grid: Grid) -> str:
    heads = "".join(f"<th>{escape(shown(head))}</th>" for head in grid.heads)
    first = "<th></th>" if grid.signs else ""
    rows = []
    for row in grid.rows:
        sign = f"<td>{_sign(row.tone)}</td>" if grid.signs else ""
        cells = "".join(f"<td>{_runs(cell)}</td>" for cell in row.cells)
        rows.append(f'<tr class="{row.tone}">{sign}{cells}</tr>')
    head = f"<thead><tr>{first}{heads}</tr></thead>"
    return f'<div class="scroll"><table>{head}<tbody>{"".join(rows)}</tbody></table></div>'


def _columns(columns: Columns) -> str:
    heads = "".join(f'<div class="head">{escape(shown(head))}</div>' for head in columns.heads)
    cells = []
    for left, right, tone in columns.rows:
        is_same = tone in ("", "same")
        was = "was" if not is_same and left and tone != "added" else ""
        now = "now" if not is_same and right and tone != "removed" else ""
        cells.append(f'<div class="{was}">{_runs(left)}</div><div class="{now}">{_runs(right)}</div>')
    return f'<div class="two rows">{heads}{"".join(cells)}</div>'


def _sign(tone: str) -> str:
    if not SIGNS[tone]:
        return ""
    return f'<span class="sign {tone}" title="{SIGN_WORDS[tone]}">{SIGNS[tone]}</span>'


def _runs(runs: Runs) -> str:
    return "".join(map(_run, runs))


def _run(run: Run) -> str:
    text = _NAMES.sub(r'<span class="id">\g<0></span>', escape(shown(run.text)))
    match run.style:
        case "":
            return text
        case "ins" | "del":
            return f"<{run.style}>{text}</{run.style}>"
        case "strong":
            return f"<strong>{text}</strong>"
        case _:
            return f'<span class="{run.style}">{text}</span>'
