"""Pages in columns are read column by column, whatever else stands on them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import pytest

from studio.domain.source import SourceDocument
from studio.readers.pdf import read_pdf

Drawn = tuple[float, float, str, float, str]
Maker = Callable[..., bytes]

PITCH = 12.0
LEFT, RIGHT = 50.0, 320.0
WORDS = "on a bound page upon an open hand and an egg on a banana".split()
SIGN = 5.56  # every letter in WORDS is as wide as a digit, at 10 points; a space is half as wide


def filled(name: str, width: float) -> str:
    """Return one line that fills a width, with its name first; its width is known to the point."""
    line = name
    for word in WORDS * 3:
        if length(f"{line} {word}") > width:
            break
        line = f"{line} {word}"
    return line


def length(line: str) -> float:
    """Return how wide a line is, in points."""
    return SIGN * (len(line) - line.count(" ") / 2)


def column(name: str, count: int, x: float, y: float, width: float = 225) -> list[Drawn]:
    """Return lines a00, a01, … under one another; each fourth ends its paragraph early."""
    return [
        (x, y - PITCH * at, filled(f"{name}{at:02}", width if at % 4 != 3 else 0.4 * width), 10, "F")
        for at in range(count)
    ]


def named(*columns: tuple[str, int]) -> list[str]:
    """Return the names of the lines of whole columns, one column after the other."""
    return [f"{name}{at:02}" for name, count in columns for at in range(count)]


def order(document: SourceDocument) -> list[str]:
    """Return the names of the lines as they were read."""
    return re.findall(r"\b[a-z]\d\d\b", " ".join(block.text for block in document.blocks))


def mixed(*parts: Iterable[Drawn]) -> list[Drawn]:
    """Return all lines from the top, as a printer driver may write them: column upon column is not kept."""
    return sorted((drawn for part in parts for drawn in part), key=lambda drawn: -drawn[1])


def test_a_title_and_a_table_across_both_columns_part_them(make_pdf: Maker) -> None:
    """Title, both columns to the table, the table, both columns below it."""
    xs, ys = (LEFT, 200.0, 380.0, 545.0), (520.0, 500.0, 480.0)
    rules = [(xs[0], y, xs[-1], y) for y in ys] + [(x, ys[0], x, ys[-1]) for x in xs]
    cells = [
        (x + 4, y + 6, f"{row}{at:02}", 10, "F")
        for row, y in (("t", 500.0), ("u", 480.0))
        for at, x in enumerate(xs[:-1])
    ]
    page = mixed(
        [(LEFT, 760, "z00 Handbook for everyone at the returns desk abroad", 18, "B")],
        *(column("a", 14, LEFT, 720), column("b", 14, RIGHT, 714)),
        *(cells, column("c", 12, LEFT, 455), column("d", 12, RIGHT, 449)),
    )
    document = read_pdf(make_pdf([page], [rules]), "across.pdf")
    assert order(document) == named(("z", 1), ("a", 14), ("b", 14), ("t", 3), ("u", 3), ("c", 12), ("d", 12))
    assert document.blocks[0].kind == "heading"
    assert [block.text for block in document.blocks if block.kind == "cell"] == named(("t", 3), ("u", 3))


@pytest.mark.parametrize("rest", [3, 6, 20])
def test_the_second_column_may_be_short(make_pdf: Maker, rest: int) -> None:
    """The last page ends somewhere in its second column."""
    page = mixed(column("a", 40, LEFT, 720), column("b", rest, RIGHT, 720))
    assert order(read_pdf(make_pdf([page]), "uneven.pdf")) == named(("a", 40), ("b", rest))


def test_a_last_page_with_two_lines_beside_goes_by_its_neighbours(make_pdf: Maker) -> None:
    """Too little to show columns by itself, but the pages before have them at the same place."""
    pages = [mixed(column(one, 40, LEFT, 720), column(two, 40, RIGHT, 714)) for one, two in ("ab", "cd")]
    pages.append(mixed(column("e", 40, LEFT, 720), column("f", 2, RIGHT, 720)))
    document = read_pdf(make_pdf(pages), "last.pdf")
    assert order(document) == named(*((name, 40) for name in "abcde"), ("f", 2))


def test_three_columns_are_read_from_the_left(make_pdf: Maker) -> None:
    """A leaflet with a line across, and columns of three heights."""
    title = [(40.0, 750.0, filled("z00", 510), 10, "F")]
    page = mixed(
        *(title, column("a", 40, 40, 720, 160), column("b", 38, 220, 717, 160)),
        column("c", 17, 400, 720, 160),
    )
    document = read_pdf(make_pdf([page]), "leaflet.pdf")
    assert order(document) == named(("z", 1), ("a", 40), ("b", 38), ("c", 17))


@pytest.mark.parametrize("above", [6, 30])
def test_a_page_may_change_from_one_column_to_two_and_back(make_pdf: Maker, above: int) -> None:
    """What goes over the whole page is read before and after the columns, also where it is the most."""
    low = 740 - PITCH * (above + 2)
    page = mixed(
        column("a", above, LEFT, 740, 495),
        *(column("b", 10, LEFT, low), column("c", 9, RIGHT, low)),
        column("d", 6, LEFT, low - 12 * PITCH, 495),
    )
    document = read_pdf(make_pdf([page]), "changing.pdf")
    assert order(document) == named(("a", above), ("b", 10), ("c", 9), ("d", 6))


def test_columns_ten_points_apart_on_one_grid_are_parted(make_pdf: Maker) -> None:
    """Scientific setting: the gap is as wide as a letter, and lines of both columns stand on one height."""
    width = 235.0
    right = LEFT + length(filled("a00", width)) + 10
    page = mixed(column("a", 40, LEFT, 720, width), column("b", 40, right, 720, width))
    document = read_pdf(make_pdf([page]), "narrow.pdf")
    assert order(document) == named(("a", 40), ("b", 40))


def test_columns_of_short_items_are_columns(make_pdf: Maker) -> None:
    """Lists of words between paragraphs do not make a table of a page in columns."""

    def listed(name: str, x: float, y: float) -> list[Drawn]:
        lines = column(name, 40, x, y)
        return [
            (x + 4, y, f"\x7f    {text[:11]}", 10, "F") if at % 10 > 3 else (x, y, text, 10, "F")
            for at, (x, y, text, _, _) in enumerate(lines)
        ]

    page = mixed(listed("a", LEFT, 720), listed("b", RIGHT, 716))
    document = read_pdf(make_pdf([page]), "lists.pdf")
    assert order(document) == named(("a", 40), ("b", 40))
    assert sum(block.kind == "item" for block in document.blocks) == 48


def test_a_line_that_runs_over_stays_in_its_column(make_pdf: Maker) -> None:
    """A long address sticks out between the columns; it is no title, for text stands beside it."""
    left = column("a", 40, LEFT, 720)
    left[20] = (LEFT, left[20][1], f"a20 {'headbandage' * 4}", 10, "F")
    page = mixed(left, column("b", 40, RIGHT + 10, 714))
    assert order(read_pdf(make_pdf([page]), "over.pdf")) == named(("a", 40), ("b", 40))


def test_a_table_without_rules_is_not_read_as_columns(make_pdf: Maker) -> None:
    """Short cells side by side belong together, row by row."""
    rows = [
        (x, 720 - 1.5 * PITCH * at, f"{name}{at:02} {text}", 10.0, "F")
        for at in range(20)
        for name, x, text in (("a", LEFT, "bag"), ("b", 250.0, "one hundred and ten"))
    ]
    wide = column("c", 3, LEFT, 320, 495)
    found = order(read_pdf(make_pdf([mixed(rows, wide)]), "fees.pdf"))
    assert found == [f"{name}{at:02}" for at in range(20) for name in "ab"] + named(("c", 3))


def test_an_enumeration_inside_a_paragraph_is_no_list(make_pdf: Maker) -> None:
    """Narrow columns begin lines with `(a)` or `(c)` by chance; a list begins every member with a line."""
    told = [
        "1. Nothing is paid for a bag that",
        "(a) was open, (b) had no band or",
        "(c) is on a list of the bank, and",
        "(d) was found again.",
    ]
    listed = ["2. Nothing is paid for a bag:", "(a) that was open;", "(b) that had no band."]
    lines = [(LEFT if at == 0 else 66, 700 - PITCH * at, line) for at, line in enumerate(told)]
    lines += [(LEFT if at == 0 else 66, 600 - PITCH * at, line) for at, line in enumerate(listed)]
    document = read_pdf(make_pdf([[(x, y, line, 10, "F") for x, y, line in lines]]), "bags.pdf")
    assert [(block.marker, block.level) for block in document.blocks] == [
        ("1.", 0),
        ("2.", 0),
        ("(a)", 1),
        ("(b)", 1),
    ]
    assert document.blocks[0].text.endswith("of the bank, and (d) was found again.")


def test_a_line_back_at_the_margin_ends_the_item_above(make_pdf: Maker) -> None:
    """An item without a full stop goes on where its line was full, and not where a word more had room."""
    wide = filled("a00", 430)
    drawn = [
        *[(70.0, 700.0, f"\x7f  {filled('b00', 200)}"), (LEFT, 685.0, "Tell the customer.")],
        *[(70.0, 660.0, f"\x7f  {wide}"), (LEFT, 648.0, "Until it is found.")],
        *[(LEFT, 620.0 - 24 * at, f"c{at:02} The end.") for at in range(3)],
    ]
    document = read_pdf(make_pdf([[(x, y, line, 10, "F") for x, y, line in drawn]]), "desk.pdf")
    assert [(b.kind, b.text) for b in document.blocks][:3] == [
        ("item", filled("b00", 200)),
        ("paragraph", "Tell the customer."),
        ("item", f"{wide} Until it is found."),
    ]
