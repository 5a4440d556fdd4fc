"""What choosing the next change of a large proposal costs the window, all panels filled.

    QT_QPA_PLATFORM=offscreen .venv/bin/python -m tests.benchmarks.choosing_change [CHANGES]

- The proposal is made: as many rules are drafted by hand as it has changes, and it rewords each of them; the
  draft then moves on at one place in ten, so that the proposal has to be fitted.
- Told are the median and the highest of 60 choices of the next change, after the first: processor time of the
  window's thread, and by the clock.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

CHANGES = 300


def _proposed(folder: Path, count: int) -> None:
    from studio.assembly import new_from_sample
    from studio.domain.changeset import Change, ChangeSet
    from studio.domain.charter import Rule, RuleKind
    from studio.domain.frozen import digest, to_json
    from studio.domain.proposal import Proposal, ProposedChange
    from studio.services.commands import EditAgent, RecordProposal
    from studio.services.queries.agents import ShowAgent
    from studio.settings import Settings

    bench = new_from_sample(folder, "returns_assistant", Settings(name="Ana Silva"))

    def said(number: int, days: int) -> str:
        return f"A parcel of kind {number} may be sent back within {days} days, if it was never opened."

    rules = tuple(
        Rule(id=f"R-{100 + n}", kind=RuleKind.ALLOW, title=f"Parcels {n}", text=said(n, 30))
        for n in range(count)
    )
    added = tuple(Change(path=f"charter/rules/{rule.id}", after=to_json(rule)) for rule in rules)
    bench.do(EditAgent(ChangeSet(title="many rules", changes=added)))
    changes = tuple(
        ProposedChange(
            id=f"C-{n + 1:02}",
            title=f"{rule.id} Parcels {n}: 30 → 45 days",
            change=Change(path=f"charter/rules/{rule.id}/text", before=rule.text, after=said(n, 45)),
            reason="The handbook says 45 days.",
            depends_on=(f"C-{n:02}",) if n % 5 == 4 else (),
        )
        for n, rule in enumerate(rules)
    )
    draft = bench.ask(ShowAgent()).draft
    bench.do(
        RecordProposal(
            Proposal(
                id="P-09",
                title="A long handbook",
                base_digest=digest(draft),
                created_at=datetime(2026, 11, 21, tzinfo=UTC),
                changes=changes,
            )
        )
    )
    moved = tuple(
        Change(path=f"charter/rules/{r.id}/title", before=r.title, after=f"{r.title} again")
        for r in rules[::10]
    )
    bench.do(EditAgent(ChangeSet(title="the draft moves on", changes=moved)))


def main(count: int) -> None:
    """Print what a choice costs."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from studio.assembly import open_workbench
    from studio.desktop.main import SWITCH
    from studio.desktop.pages.review import ReviewPage
    from studio.desktop.window import Window
    from studio.settings import Settings

    app = QApplication.instance() or QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "workspace"
        _proposed(folder, count)
        window = Window(Settings(name="Ana Silva"))
        window.show()
        window.session.use(open_workbench(folder, Settings(name="Ana Silva")))
        window.open_page("review")
        page = window.pages["review"]
        assert isinstance(page, ReviewPage)
        page.show_item("P-09/C-01")
        app.processEvents()
        sys.setswitchinterval(SWITCH)
        spent: list[tuple[float, float]] = []
        for _ in range(61):
            before, clock = time.thread_time(), time.perf_counter()
            page.step(1)
            app.processEvents()
            spent.append(((time.thread_time() - before) * 1000, (time.perf_counter() - clock) * 1000))
        for name, found in zip(
            ("window's thread", "by the clock"), zip(*spent[1:], strict=True), strict=True
        ):
            middle = statistics.median(found)
            print(
                f"{count} changes, next change, {name}: {middle:.0f} ms median, {max(found):.0f} ms highest"
            )
        window.session.use(None)
        window.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else CHANGES)
