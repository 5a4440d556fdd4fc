"""The shell of IT's window: banner, checks, policy and content at the left, the four parts at the right.

- It only lays out and tells what a person asks for; what is shown in it is the window's matter.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from studio.desktop.panels.received import (
    ApprovalsPanel,
    ChangesPanel,
    EvidencePanel,
    VerdictBanner,
    checks_panel,
)
from studio.desktop.panels.report import SealedReport
from studio.desktop.theme.tokens import S2
from studio.desktop.widgets.button import Button, Switch
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import Chip, Elided, label
from studio.desktop.widgets.notice import NoticeBar
from studio.desktop.widgets.pane import Pane
from studio.desktop.widgets.states import BusyState, EmptyState
from studio.desktop.widgets.tray import Tray

PARTS = ("Report", "Changes", "Approvals", "Evidence")
NOTHING, WHOLE, BUSY = range(3)
"""What the middle shows: that there is nothing, the bundle, or that it is being read."""


class BundleShell(QMainWindow):
    """Lays out a window on a received bundle."""

    file_asked = Signal()
    policy_asked = Signal()
    save_asked = Signal()
    copy_asked = Signal()
    sign_asked = Signal()
    again_asked = Signal()
    stop_asked = Signal()
    way_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(900, 600)
        self.resize(1280, 860)
        self.setWindowTitle("Received bundle")
        self._lay_out()

    def show_part(self, name: str) -> None:
        """Show report, changes, approvals or evidence."""
        self.parts.setCurrentIndex(PARTS.index(name))
        self.switches[name].setChecked(True)

    def _lay_out(self) -> None:
        self.banner, self.notice, self.tray = VerdictBanner(), NoticeBar(), Tray()
        self.banner.way.clicked.connect(lambda _down=False: self.way_asked.emit())
        self.tray.stop_asked.connect(self.stop_asked)
        self.tray.state.setText("Only looked at: nothing of this file is taken over or kept")
        self.content = QStackedWidget()
        self.content.addWidget(
            EmptyState("alert", "Nothing in this file can be shown", "Ask the sender for a fresh export.")
        )
        self.content.addWidget(self._split())
        self.busy = BusyState()
        self.content.addWidget(self.busy)
        center = QWidget()
        column = QVBoxLayout(center)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self._head(), self.notice, self.banner, self.content, self.tray):
            column.addWidget(widget, 1 if widget is self.content else 0)
        self.setCentralWidget(center)

    def _head(self) -> QWidget:
        bar = QFrame()
        bar.setProperty("role", "top")
        bar.setFixedHeight(52)
        line = QHBoxLayout(bar)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(S2)
        self.heading = Elided("", "title")
        self.environment, self.until = Chip(), Chip()
        self.save = Button("Save report…", self.save_asked.emit, icon="export")
        self.copy = Button("Copy report", self.copy_asked.emit)
        self.other = Button("Open another file…", self.file_asked.emit)
        line.addWidget(self.heading, 1)
        for widget in (self.environment, self.until, self.copy, self.save, self.other):
            line.addWidget(widget)
        return bar

    def _split(self) -> QWidget:
        left = Pane("Every check, in its order", scroll=True)
        self.checks = checks_panel()
        left.body.addWidget(self.checks)
        policy = Card("IT's approval policy")
        self.policy, self.policy_file = label("", wrap=True), label("", "muted", wrap=True)
        policy.add(self.policy)
        policy.add(self.policy_file)
        self.choose = Button("Choose policy…", self.policy_asked.emit)
        policy.buttons(self.choose)
        left.body.addWidget(policy)
        content = Card("This exact content")
        self.digest = label("", wrap=True)
        self.digest.setAccessibleName("Fingerprint of this content")
        self.digest.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        content.add(self.digest)
        told = "The author sees the same letters: read them to each other. The least change makes others."
        content.say(told, muted=True)
        left.body.addWidget(content)
        left.body.addStretch(1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self._right())
        split.setStretchFactor(1, 1)
        split.setSizes([400, 880])
        return split

    def _right(self) -> QWidget:
        self.report, self.changes = SealedReport(), ChangesPanel()
        self.approvals, self.evidence = (
            ApprovalsPanel(self.sign_asked.emit),
            EvidencePanel(self.again_asked.emit),
        )
        self.parts = QStackedWidget()
        self.switches = {name: Button(name, self._shower(name)) for name in PARTS}
        for widget in (self.report, self.changes, self.approvals, self.evidence):
            self.parts.addWidget(widget)
        right = Pane("", padded=False)
        right.head.insertWidget(0, Switch("What is shown", *self.switches.values()))
        holder = QHBoxLayout()
        holder.addWidget(self.parts)
        right.body.addLayout(holder)
        return right

    def _shower(self, name: str) -> Callable[[], None]:
        return lambda: self.parts.setCurrentIndex(PARTS.index(name))
