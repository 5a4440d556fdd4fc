"""Identity of statements from a Word file to PDFs of the same text, through the real readers.

- The documents are those of `sources_identity`; both files are made here (`document_files`), so all that
  the Word file says, the PDF says too: every statement has to keep its id.
- Kept is right where both quotes come from the same sentence; a quote with foreign words in it (a running
  head, another column) comes from none. Silent: other digits or words of force, and not flagged.
- Usage: python tests/measures/sources_layouts.py [-v]; 0 when every aim is met.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence

from studio.cobuilder.alignment.statements import align
from studio.cobuilder.rules.statements import read_statements
from studio.domain.statement import Statement
from studio.readers.docx import read_docx
from studio.readers.pdf import read_pdf
from tests.measures.document_edits import Draft
from tests.measures.document_files import LAYOUTS, Layout, pdf_file, plain, word_file
from tests.measures.sources_identity import AIMS, Count, Original, counted, originals


def letters(text: str) -> str:
    """Return a text without what layouts change: spaces, marks and hyphens."""
    return re.sub(r"[^0-9A-Za-z]", "", text).lower()


def places(statements: Sequence[Statement], draft: Draft) -> dict[str, tuple[int, int] | None]:
    """Return where in the true text each statement's quote stands, by id; None where it stands nowhere."""
    truth = "".join(letters(text) for part in draft.parts for text in plain(part))
    found: dict[str, tuple[int, int] | None] = {}
    cursor = 0
    for statement in sorted(statements, key=lambda each: each.start):
        quote = letters(statement.quote)
        at = truth.find(quote, max(0, cursor))
        at = truth.find(quote) if at < 0 else at
        found[statement.id] = None if at < 0 else (at, at + len(quote))
        cursor = at if at >= 0 else cursor
    return found


def measure(original: Original, layout: Layout, told: str) -> Count:
    """Read one document as a Word file and as a PDF, and judge what keeps its id."""
    before = read_docx(word_file(original.draft), "paper.docx")
    after = read_pdf(pdf_file(original.draft, layout, original.name), "paper.pdf")
    olds, news = read_statements(before), read_statements(after)
    old, new = {each.id: each for each in olds}, {each.id: each for each in news}
    old_place, new_place = places(olds, original.draft), places(news, original.draft)
    alignment = align((before, olds), (after, news))
    flagged = {(match.old_id, match.new_id) for match in alignment.turned}
    found = Count(there=len(olds), asked=len(alignment.doubts))
    for new_id, old_id in alignment.heirs.items():
        one, two = old_place[old_id], new_place[new_id]
        right = one is not None and two is not None and one[0] < two[1] and two[0] < one[1]
        differs = counted(old[old_id].quote) != counted(new[new_id].quote)
        marked = (old_id, new_id) in flagged
        silent = differs and not marked
        found.plus(Count(0, 1, right, marked, marked and right and not differs, 0, silent))
        if told and (silent or not right):
            print(
                f"{told}: {'SILENT' if silent else 'WRONG'}\n  {old[old_id].quote!r}\n  {new[new_id].quote!r}"
            )
    kept = set(alignment.heirs.values())
    for statement in olds if told else ():
        if statement.id not in kept:
            print(f"{told}: MISSED\n  {statement.quote!r}")
    return found


def main(arguments: list[str]) -> int:
    """Measure every document in every layout, and print one line a layout."""
    began, everything = time.perf_counter(), Count()
    documents = originals()
    print(f"Word to PDF of the same text, through the readers: {len(documents)} documents")
    print(f"{'layout':28}{'to keep':>8}{'kept':>7}{'precision':>11}{'recall':>8}{'asked':>7}{'silent':>8}")
    totals: dict[str, Count] = {}
    for name, layout in LAYOUTS.items():
        totals[name] = Count()
        for original in documents:
            told = f"{name}, {original.name}" if "-v" in arguments else ""
            totals[name].plus(measure(original, layout, told))
        everything.plus(totals[name])
    for name, count in (*totals.items(), ("all layouts", everything)):
        print(
            f"{name:28}{count.there:8}{count.kept:7}{count.precision:11.4f}{count.recall:8.4f}"
            f"{count.asked:7}{count.silent:8}"
        )
    met = everything.precision >= AIMS[0] and everything.recall >= AIMS[1] and not everything.silent
    print(
        f"aims: precision ≥ {AIMS[0]}, recall ≥ {AIMS[1]}, silent 0: {'met' if met else 'NOT met'}; "
        f"{time.perf_counter() - began:.0f} s"
    )
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
