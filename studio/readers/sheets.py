"""The readers of sheets: Excel workbooks and separated values, as tables with named cells.

- A sheet falls into parts at empty rows: several columns are a table, a lone cell is a heading or paragraph.
- Values are written as people see them: dates, percentages, currency signs. Formulas give the value that the
  spreadsheet program calculated; one that was never calculated is refused, because it would read as empty.
- Hidden sheets are no content; their text is kept as hidden. Cells are named as in Excel: “Fees!B7”, in a
  file of values “B7”.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from studio.domain.errors import BrokenInput
from studio.domain.source import SourceDocument
from studio.readers import limits
from studio.readers.archive import Archive
from studio.readers.composition import Composition, is_header
from studio.readers.decoding import decode
from studio.readers.shapes import is_title
from studio.readers.signature import damaged

XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_TYPE = "text/csv"
_NOT_CALCULATED = re.compile(
    rb"<(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<v></v>|</(?:\w+:)?c>)"
)
_CELL_NAME = re.compile(rb'<(?:\w+:)?c [^>]*?r="([A-Z]{1,3}\d{1,7})"')
_CURRENCY = re.compile(r'\[\$([^\-\]]{1,4})|"([€$£¥]|[A-Z]{3})\s*"|([€£¥$])')
_SEPARATORS = ",;\t|"
_HIDDEN_ROWS = 200

Cell = tuple[int, str]  # column, text
Row = tuple[int, list[Cell]]  # number from 1, cells that are not empty


def read_xlsx(data: bytes, name: str) -> SourceDocument:
    """Return a workbook as blocks; raises BrokenInput."""
    archive = Archive(data, name, "xlsx")
    archive.check_parts()
    _check_calculated(archive, name)
    import warnings

    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl tells of styles and extensions that it leaves out
        try:
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        except BrokenInput:
            raise
        except Exception as error:  # openpyxl fails in many ways on what is no workbook
            raise damaged(name, "xlsx") from error
        out = Composition(name)
        for sheet in book.worksheets:
            if sheet.sheet_state == "visible":
                out.heading(sheet.title, 1)
                _place(out, _sheet_rows(sheet), f"{sheet.title}!", name)
            else:
                _hide(out, sheet)
    if len(out) == sum(1 for sheet in book.worksheets if sheet.sheet_state == "visible"):
        raise BrokenInput(f"“{name}” has no text in its sheets.", "Choose a file that has.")
    return out.document(XLSX_TYPE, book.properties.title if book.properties else None)


def _hide(out: Composition, sheet: Any) -> None:
    """Keep what stands on a hidden sheet, a row a piece."""
    for number, cells in islice(_sheet_rows(sheet), _HIDDEN_ROWS):
        if cells:
            out.named(f"{sheet.title}!{_column(cells[0][0])}{number}")
            out.hide(" · ".join(text for _, text in cells), "unshown", "It stands on a hidden sheet.")
    out.named(None)


def read_csv(data: bytes, name: str) -> SourceDocument:
    """Return separated values as one table; raises BrokenInput."""
    text = decode(data, name)
    separator = _separator(text)
    out = Composition(name)
    csv.field_size_limit(1_000_000)
    source = io.StringIO(text.lstrip("\ufeff"), newline="")
    lines = csv.reader(source, delimiter=separator, skipinitialspace=True)
    try:
        _place(
            out,
            (
                (number, [(at, value.strip()) for at, value in enumerate(line) if value.strip()])
                for number, line in enumerate(lines, start=1)
            ),
            "",
            name,
        )
    except csv.Error as error:
        raise damaged(name, "csv", f"line {lines.line_num} cannot be taken apart") from error
    return out.document(CSV_TYPE)


def _separator(text: str) -> str:
    """Return the character that parts the first lines into the same number of fields, most of all."""
    sample = text[:64_000]
    lines = sample.splitlines()[:50]

    def score(separator: str) -> tuple[float, int]:
        counts = [len(row) for row in csv.reader(lines, delimiter=separator) if row]
        usual = max(set(counts), key=counts.count) if counts else 1
        return (counts.count(usual) / len(counts) if usual > 1 else 0.0, usual)

    best = max(_SEPARATORS, key=score)
    try:
        sniffed = csv.Sniffer().sniff(sample, _SEPARATORS).delimiter
    except csv.Error:
        return best
    return sniffed if score(sniffed) >= score(best) else best


def _check_calculated(archive: Archive, name: str) -> None:
    for part in archive.names():
        if re.fullmatch(r"xl/worksheets/[^/]+\.xml", part):
            content = archive.read(part)
            found = _NOT_CALCULATED.search(content)
            if found is not None:
                cells = _CELL_NAME.findall(content, max(0, found.start() - 400), found.start())
                where = f" (for example {cells[-1].decode()})" if cells else ""
                raise BrokenInput(
                    f"“{name}” has formulas without a calculated value{where}.",
                    "Open it in a spreadsheet program, save it there, and add it again.",
                )


def _sheet_rows(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # what the file says of its size may be wrong, by accident or on purpose
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [
            (at, _shown(cell.value, cell.number_format or ""))
            for at, cell in enumerate(row)
            if cell.value is not None
        ]
        yield number, [cell for cell in cells if cell[1]]


def _shown(value: object, form: str) -> str:
    """Return a value as its number format shows it, as far as rules need it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat(" ", "minutes")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(value, form)
    return str(value).strip()


def _number(value: int | float, form: str) -> str:
    main = form.split(";")[0]
    if "%" in main:
        return f"{round(value * 100, 6):.10g}%"
    places = re.search(r"\.(0+)", main)
    grouped = "," if "#,#" in main or "0,0" in main else ""
    text = f"{value:{grouped}.{len(places[1])}f}" if places else f"{value:{grouped}.15g}"
    sign = _CURRENCY.search(main)
    if sign is None:
        return text
    mark = next(group for group in sign.groups() if group)
    before = sign.start() < min((main.find(c) for c in "0#" if c in main), default=0)
    gap = " " if len(mark) > 1 else ""
    return f"{mark}{gap}{text}" if before else f"{text} {mark}"


def _place(out: Composition, rows: Iterable[Row], sheet: str, name: str) -> None:
    part: list[Row] = []
    for number, cells in rows:
        if cells and cells[-1][0] >= limits.TABLE_COLUMNS:
            raise limits.too_large(name, "a table of very many columns", f"{limits.TABLE_COLUMNS}")
        if cells:
            part.append((number, cells))
        elif part:
            _place_part(out, part, sheet)
            part = []
    if part:
        _place_part(out, part, sheet)


def _place_part(out: Composition, part: list[Row], sheet: str) -> None:
    """Place lone cells above a table as its title or text, then the table."""
    at = 0
    while at < len(part) and len(part[at][1]) == 1:
        following = part[at + 1 :]
        number, ((column, text),) = part[at]
        out.named(f"{sheet}{_column(column)}{number}")
        if is_title(text) and following:
            out.heading(text, 2 if sheet else 1)
        else:
            out.paragraph(text)
        out.named(None)
        at += 1
    table = part[at:]
    if not table:
        return
    first = min(cells[0][0] for _, cells in table)
    last = max(cells[-1][0] for _, cells in table)
    top = dict(table[0][1])
    headers = 1 if len(table) > 1 and is_header([top.get(c, "") for c in range(first, last + 1)]) else 0
    for row, (number, cells) in enumerate(table):
        for column, text in cells:
            place = f"{sheet}{_column(column)}{number}"
            out.cell(text, row, column - first, row < headers, place)
    out.end_table()


def _column(number: int) -> str:
    """Return the letters of a column, counted from 0: A, B, … Z, AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
