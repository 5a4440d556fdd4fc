"""Release: the gates with their evidence, the rollout, notes in words, signatures, and the signed bundle."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QWidget

from studio.desktop.page import Page
from studio.desktop.panels.checklist import CheckItem, Checklist
from studio.desktop.panels.days import day_in_words
from studio.desktop.panels.exported import ExportedPanel
from studio.desktop.panels.notes import NotesPanel
from studio.desktop.panels.plan import PlanPanel
from studio.desktop.panels.scaling import ScalingPanel
from studio.desktop.panels.signatures import SignaturesPanel
from studio.desktop.release_deeds import ROLE_WORDS, ReleaseDeeds
from studio.desktop.theme.tips import tip
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.labels import Chip
from studio.desktop.widgets.pane import Pane, panes
from studio.services.events import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from studio.services.queries.release import GateRow
    from studio.services.queries.release import ReleasePage as Release
    from studio.services.scaling import ScalingQuestion
    from studio.services.stages.exporting import Exported

_TONES: dict[str, Tone] = {
    "met": "ok",
    "not met": "bad",
    "stale": "warn",
    "waiting": "warn",
    "looking": "none",
}
_NO_POLICY = "What is signed names IT's policy, too: its fingerprint stands here as soon as the policy does."


class ReleasePage(Page):
    """The next release."""

    kinds: ClassVar[frozenset[Kind]] = frozenset(
        (
            "plan", "setting", "approval", "bundle", "decision", "answer", "agent", "run", "proposal",
            "source", "history", "role_approval", "waiver", "confirmation", "collision", "identity",
            "comment",
        )
    )  # fmt: skip

    def build(self) -> QWidget:
        """Lay out gates, rollout, notes and signatures."""
        self._page: Release | None = None
        self.deeds = ReleaseDeeds(self, lambda: self._page)
        self.pane = Pane("", scroll=True)
        self.environment = Chip()
        self.checking = Chip()
        self.preview = Button("Preview report", self.deeds.show_report)
        self.export = Button("Export signed bundle", self.deeds.export, kind="primary", icon="export")
        self.pane.add_head(self.checking, self.environment, self.preview, self.export)
        self.exported = ExportedPanel()
        self.gates = Checklist()
        self.plan = PlanPanel()
        self.pane.body.addWidget(self.exported)
        self.pane.body.addWidget(self.gates)
        self.pane.body.addWidget(self.plan)
        self.pane.body.addStretch(1)
        self.side = Pane("", scroll=True)
        self.signatures = SignaturesPanel(ROLE_WORDS)
        self.notes = NotesPanel()
        self.side.body.addWidget(self.notes)
        self.side.body.addWidget(self.signatures)
        self.scaling = ScalingPanel()
        self.side.body.addWidget(self.scaling)
        self.side.body.addStretch(1)
        return panes((self.pane, self.side), (832, 420), 0, 0.62)

    def wire(self) -> None:
        """Connect the panels to the deeds, and show what was found in the background."""
        self.deeds.watch.found.connect(lambda: self.outdated(None))
        self.deeds.wrote = self._written
        self.plan.edit_asked.connect(self.deeds.edit_plan)
        self.notes.edit_asked.connect(self.deeds.edit_introduction)
        self.signatures.approve_asked.connect(self.deeds.approve)
        self.signatures.policy_asked.connect(self.deeds.take_policy)
        self.signatures.mail_asked.connect(self.deeds.ask_by_mail)
        self.signatures.take_asked.connect(self.deeds.take_approval)
        self.desk.session.opened.connect(self.exported.hide)

    def fill(self) -> None:
        """Ask for the next release; what takes a while is worked out in the background."""
        from studio.services.queries.release import ShowRelease

        page = self._page = self.desk.session.ask(ShowRelease(wait=False))
        if page.looking:
            self.deeds.watch.want()
        self.pane.set_title(f"Release draft as v{page.next_number}")
        self.environment.show_fact(f"for {page.environment}")
        self.checking.show_fact("Working it out…" if page.looking else "")
        self.gates.show_items([self._gate(row) for row in page.gates])
        self.plan.show_plan(page.rollout.rows, page.rollout.sentence, page.rollout.cautions)
        self.plan.show_until(day_in_words(page.not_after))
        self.export.setEnabled(page.can_export)
        self.export.setToolTip("" if page.can_export else "Every gate has to be met first.")
        self.preview.setEnabled(page.manifest_digest is not None)
        self.preview.setToolTip(tip(page.blocked))
        self.side.set_title(f"What changed since live v{page.live_number}")
        notes = page.notes
        self.notes.show_notes(notes.introduction, notes.groups, notes.total, notes.looking)
        self.signatures.show_signatures(page.signatures, page.has_policy, page.looking)
        why = page.blocked if page.has_policy else _NO_POLICY
        self.signatures.show_content(page.fingerprint, page.manifest_digest or "", why)
        self.signatures.show_draft(page.draft_fingerprint)
        self.exported.show_present(page.fingerprint)
        self.scaling.show_questions(
            page.scaling.sentence, [self._asked(row) for row in page.scaling.questions]
        )
        for pane in (self.pane, self.side):
            pane.settle()

    def perform(self, verb: str) -> None:
        """Approve, plan, introduce, or export."""
        self.deeds.perform(verb)

    def take_policy(self) -> None:
        """Take IT's approval policy from a file."""
        self.deeds.take_policy()

    def _gate(self, row: GateRow) -> CheckItem:
        way = row.way
        go = partial(self.deeds.follow, way) if way.words else None
        return CheckItem(_TONES[row.state], row.gate.title, row.gate.evidence, way.words, go)

    def _asked(self, row: ScalingQuestion) -> tuple[ScalingQuestion, str, Callable[[], object] | None]:
        return row, row.way.words, partial(self.deeds.follow, row.way) if row.way.words else None

    def _written(self, result: Exported, fingerprint: str) -> None:
        self.exported.show_file(result.path, result.size, fingerprint)
        self.pane.show_top()
