"""Release: the gates with their evidence, the rollout in words, the signatures, and the signed bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from PySide6.QtWidgets import QDialog, QWidget

from studio.desktop import dialogs
from studio.desktop.itemmodels.rows import Column, RowsModel
from studio.desktop.page import Page
from studio.desktop.panels.approve import ApproveDialog
from studio.desktop.panels.checklist import CheckItem, Checklist
from studio.desktop.panels.days import day_in_words
from studio.desktop.panels.report import ReportDialog
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import Chip, label
from studio.desktop.widgets.pane import Pane, clear_layout, panes
from studio.desktop.widgets.table import Table
from studio.domain.errors import StudioError
from studio.services.events import Kind

if TYPE_CHECKING:
    from studio.services.queries.release import GateRow, RolloutRow, SignatureRow
    from studio.services.queries.release import ReleasePage as Release
    from studio.services.stages.exporting import Exported

ROLE_WORDS = {"author": "Operations author", "compliance": "Compliance lead", "it": "IT release"}
_SIGNED: dict[str, Tone] = {"signed": "ok", "rejected": "bad", "waiting": "none"}


class ReleasePage(Page):
    """The next release."""

    kinds: ClassVar[frozenset[Kind]] = frozenset(
        ("plan", "approval", "bundle", "decision", "answer", "agent", "run", "proposal", "source")
    )

    def build(self) -> QWidget:
        """Lay out gates, rollout, words and signatures."""
        self._page: Release | None = None
        self.pane = Pane("", scroll=True)
        self.environment = Chip()
        self.preview = Button("Preview report", self.show_report)
        self.export = Button("Export signed bundle", self.write, kind="primary", icon="export")
        self.pane.add_head(self.environment, self.preview, self.export)
        self.gates = Checklist()
        self.pane.body.addWidget(self.gates)
        rollout = Card("Rollout")
        columns: list[Column[RolloutRow]] = [
            Column("Stage", lambda r: r.stage, width=80),
            Column("Share of conversations", lambda r: r.share, width=150),
            Column("For", lambda r: r.wait or "–", width=150),
            Column("Stop and roll back if", lambda r: r.stop_if or "–"),
        ]
        self.stages: RowsModel[RolloutRow] = RowsModel(columns, self)
        table = Table("Rollout stages", self.stages, stretch=3)
        table.set_growing()
        rollout.add(table)
        self.pane.body.addWidget(rollout)
        self.pane.body.addStretch(1)
        self.side = Pane("", scroll=True)
        return panes((self.pane, self.side), (832, 420), 0, 0.62)

    def wire(self) -> None:
        """Show what the checks found in the background."""
        self.desk.session.proofs.found.connect(lambda: self.outdated(None))

    def fill(self) -> None:
        """Ask for the next release."""
        from studio.services.queries.release import ShowRelease

        page = self._page = self.desk.session.ask(ShowRelease(wait=False))
        if page.looking:
            self.desk.session.proofs.want()
        self.pane.set_title(f"Release draft as v{page.next_number}")
        until = day_in_words(page.not_after)
        self.environment.show_fact(f"for {page.environment}" + (f", valid until {until}" if until else ""))
        self.gates.show_items([self._gate(row, page) for row in page.gates])
        self.stages.set_rows(page.rollout.rows)
        self.export.setEnabled(page.can_export)
        self.export.setToolTip("" if page.can_export else "Every gate has to be met first.")
        self.preview.setEnabled(page.manifest_digest is not None)
        self.preview.setToolTip(page.blocked)
        self._show_side(page)

    def perform(self, verb: str) -> None:
        """Approve, or export."""
        {"approve": self.approve, "export": self.write}[verb]()

    def approve(self) -> None:
        """Let a person sign the present content with their key."""
        from studio.assembly import key_store
        from studio.services.commands import ApproveRelease
        from studio.settings import load_settings

        if self._page is None or not self._page.has_policy:
            self.desk.tell(
                "IT's approval policy is needed first.", "warn", "Choose its file", self.take_policy
            )
            return
        waiting = [row for row in self._page.signatures if row.state == "waiting"]
        if not waiting:
            self.desk.tell("Every signature that is needed is there.", "ok")
            return
        store = key_store(load_settings())
        roles = [(row.role, ROLE_WORDS.get(row.role, row.role), row.candidates) for row in waiting]
        dialog = ApproveDialog(self, roles, [key.name for key in store.list()], self._page.in_words)
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return
        given = dialog.given()
        effect = self.desk.session.do(
            ApproveRelease(
                role=given.role,
                person=given.person,
                key_uri=given.key,
                passphrase=given.passphrase,
                decision="approve" if given.approve else "reject",
                comment=given.comment,
            )
        )
        if effect is not None:
            self.desk.tell(effect.title, "ok")

    def write(self) -> None:
        """Write the signed bundle where the user says."""
        from studio.services.stages.exporting import Export

        if self._page is None:
            return
        if not self._page.can_export:
            missing = ", ".join(row.gate.title for row in self._page.gates if not row.gate.ok)
            self.desk.tell(f"Nothing can be exported while gates are not met: {missing}.", "warn")
            return
        folder = dialogs.choose_folder(self, "Choose the folder for the signed bundle")
        if folder is not None:
            self.desk.session.start(Export(folder), self._written)

    def show_report(self) -> None:
        """Show the report as it would stand in the bundle."""
        from studio.services.queries.release import PreviewReport

        try:
            html = self.desk.session.ask(PreviewReport())
        except StudioError as error:
            self.desk.tell(str(error), "warn")
            return
        ReportDialog(self, html).exec()

    def take_policy(self) -> None:
        """Take IT's approval policy from a file."""
        from studio.release.policy import read_policy
        from studio.services.commands import PlanRelease

        file = dialogs.choose_file(self, "IT's approval policy", "Approval policy (*.json);;All files (*)")
        if file is None:
            return
        try:
            policy = read_policy(file.read_bytes(), str(file))
        except (StudioError, OSError) as error:
            self.desk.tell(str(error), "bad")
            return
        environment = self._page.environment if self._page else "production"
        effect = self.desk.session.do(PlanRelease(environment=environment, policy=policy))
        if effect is not None:
            self.desk.tell(effect.title, "ok")

    def _written(self, result: Exported) -> None:
        text = f"Wrote {result.path} ({result.size:,} bytes). Hand it to IT."
        self.desk.tell(text, "ok")

    def _gate(self, row: GateRow, page: Release) -> CheckItem:
        gate = row.gate
        if gate.id == "approved":
            if not page.has_policy:
                return CheckItem("warn", gate.title, gate.evidence, "Choose policy…", self.take_policy)
            tone: Tone = "ok" if gate.ok else "warn"
            go = None if gate.ok else self.approve
            return CheckItem(tone, gate.title, gate.evidence, "Approve…" if go else "", go)
        if gate.id == "proofs" and page.looking:
            return CheckItem("warn", gate.title, gate.evidence)
        if gate.ok:
            return CheckItem("ok", gate.title, gate.evidence)
        return CheckItem(
            "bad", gate.title, gate.evidence, "Open", lambda: self.desk.open_page(row.way.page or "charter")
        )

    def _show_side(self, page: Release) -> None:
        self.side.set_title(f"What changed since live v{page.live_number}")
        clear_layout(self.side.body)
        words = Card("In words")
        for sentence in page.in_words or ("The draft is the same as the live version.",):
            words.say(sentence)
        self.side.body.addWidget(words)
        self.side.body.addWidget(_signatures(page.signatures))
        content = Card("This exact content")
        if page.manifest_digest:
            print_ = label(f"{page.manifest_digest[:16]} …", "")
            print_.setToolTip(page.manifest_digest)
            content.add(print_)
            content.say("IT sees the same fingerprint when they check the bundle.", muted=True)
        else:
            content.say(page.blocked or "It has no fingerprint until it is ready.", muted=True)
        self.side.body.addWidget(content)
        self.side.body.addStretch(1)


def _signatures(rows: tuple[SignatureRow, ...]) -> Card:
    card = Card("Signatures")
    if not rows:
        card.say("Who has to sign stands in IT's approval policy, which is not here yet.", muted=True)
        return card
    model: RowsModel[SignatureRow] = RowsModel(
        [
            Column("Role", lambda r: ROLE_WORDS.get(r.role, r.role)),
            Column("State", lambda r: r.state, tone=lambda r: _SIGNED[r.state], width=80),
            Column("Who", lambda r: r.person or "–", tone=lambda r: "" if r.person else "none", width=130),
        ],
        card,
    )
    model.set_rows(rows)
    table = Table("Signatures", model)
    table.set_growing()
    card.add(table)
    card.say("A signature covers exactly this content. Any edit voids it.", muted=True)
    return card
