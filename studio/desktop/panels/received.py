"""The panels on a received bundle: the verdict, who approved, what speaks for it, what changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from studio.desktop.itemmodels.rows import Column, RowsModel
from studio.desktop.panels.checklist import CheckItem, Checklist
from studio.desktop.theme.tokens import S3, Tone
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label, restyle
from studio.desktop.widgets.pane import clear_layout, scrolled
from studio.desktop.widgets.states import Picture
from studio.desktop.widgets.table import Table
from studio.domain.bundle import Gate, Recomputation, VerifierCheck

CHECK_WORDS = {
    "container": "The file is whole",
    "manifest": "It says what it is",
    "files": "Every part is as signed",
    "change": "The shown changes are the real ones",
    "approvals": "The right people approved exactly this",
    "evidence": "The evidence belongs to it and passed",
    "environment": "It may run there, now",
}
ROLE_WORDS = {"author": "Operations author", "compliance": "Compliance lead", "it": "IT release"}
PART_WORDS = {
    "draft": "Simulation of the new version",
    "live": "Simulation of the live version",
    "coverage": "What the simulation reached",
    "consequences": "Who is treated differently",
    "proofs": "Checks that hold on every path",
    "access": "What may be quoted",
    "gates": "Gates",
}
_CHECK_TONES: dict[str, Tone] = {"passed": "ok", "refused": "bad", "not reached": "none"}
_PART_TONES: dict[str, Tone] = {"verified": "ok", "attested": "ok", "stale": "warn", "contradicted": "bad"}


MOST = 80
"""So many lines of one kind are shown: thousands would stop the window, and nobody reads them here."""
LONGEST = 2_000
"""So many letters of a line are shown: one word of a hundred thousand takes seconds to lay out."""


class LineLike(Protocol):
    """One line; what is `muted` stands back."""

    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def muted(self) -> bool: ...  # noqa: D102


class ClaimsLike(Protocol):
    """What a bundle says of itself on one matter."""

    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def lines(self) -> Sequence[LineLike]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class ApprovalRow:
    """One approval as it stands in the bundle; `fault` is why it does not count, None if nobody judged it."""

    person: str
    role: str
    decision: str
    when: str
    fingerprint: str
    comment: str
    looked: str
    fault: str | None


class VerdictBanner(QFrame):
    """The verdict in one word and one sentence, in its colour, with one way on."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "notice")
        line = QHBoxLayout(self)
        line.setContentsMargins(18, 12, 16, 12)
        line.setSpacing(S3)
        self._picture = Picture("info", 24)
        words = QVBoxLayout()
        words.setSpacing(2)
        self.title = label("", "title", wrap=True)
        self.reason = label("", wrap=True)
        words.addWidget(self.title)
        words.addWidget(self.reason)
        self.way = Button("", kind="primary")
        line.addWidget(self._picture)
        line.addLayout(words, 1)
        line.addWidget(self.way)

    def show_verdict(self, tone: Tone, title: str, reason: str, way: str = "") -> None:
        """Show a verdict; `way` names the button, which is hidden without it."""
        icon = {"ok": "check", "bad": "alert", "warn": "alert"}.get(tone, "info")
        self._picture.show_icon(icon, tone or "acc")
        self.title.setText(title)
        self.reason.setText(_cut(reason))
        self.way.setText(way)
        self.way.setAccessibleName(way)
        self.way.setVisible(bool(way))
        self.setProperty("tone", tone)
        self.setAccessibleName(f"{title}. {reason}")
        restyle(self)


def checks_panel() -> Checklist:
    """Return the list of all checks, still empty."""
    return Checklist(("Check", "What was found"))


def check_items(checks: Sequence[VerifierCheck]) -> list[CheckItem]:
    """Return every check as a line."""
    return [CheckItem(_CHECK_TONES[c.verdict], CHECK_WORDS[c.name], c.sentence) for c in checks]


class ApprovalsPanel(QWidget):
    """Who approved, in which role, when, with which key."""

    def __init__(self, on_sign: Callable[[], object]) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        body = QWidget()
        body.setProperty("role", "scroll-body")
        column = QVBoxLayout(body)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        outer.addWidget(scrolled(body))
        self.words = label("", "muted", wrap=True)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(10)
        self.sign = Button("Sign an approval…", on_sign, icon="seal")
        column.addWidget(self.words)
        column.addLayout(self._cards)
        line = QHBoxLayout()
        line.addWidget(self.sign)
        line.addStretch(1)
        column.addLayout(line)
        said = "A signature becomes a file that is sent to the author; this file stays as it is."
        column.addWidget(label(said, "muted", wrap=True))
        column.addStretch(1)

    def show_approvals(self, rows: Sequence[ApprovalRow], judged: bool) -> None:
        """Show the approvals, and whether anybody judged them."""
        clear_layout(self._cards)
        said = "Judged one by one under IT's policy; whether they suffice together stands at the left."
        unjudged = "This is what the file says; nobody has judged the signatures without IT's policy."
        self.words.setText(
            "Nobody has signed this content yet." if not rows else said if judged else unjudged
        )
        for row in rows:
            card = Card(f"{row.person}, {row.role}")
            said = f"{row.decision.capitalize()} on {row.when}"
            if row.fault is None:
                card.say(f"{said}, as the file says", muted=True)
            elif row.fault:
                card.add(label(f"Does not count. {row.fault}.".replace("..", "."), "", "bad", wrap=True))
            else:
                tone: Tone = "ok" if row.decision == "approved" else "bad"
                card.add(label(f"{said}; truly signed, with a key that IT trusts", "", tone, wrap=True))
            if row.comment:
                card.say(f"“{_cut(row.comment)}”")
            if row.looked:
                card.say(row.looked, muted=True)
            key = label(f"Key, to be read to each other: {row.fingerprint}", "muted", wrap=True)
            key.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            card.add(key)
            self._cards.addWidget(card)


class EvidencePanel(QWidget):
    """What speaks for a release, and working it out again."""

    def __init__(self, on_again: Callable[[], object]) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self.body = QWidget()
        self.body.setProperty("role", "scroll-body")
        self._column = QVBoxLayout(self.body)
        self._column.setContentsMargins(14, 12, 14, 12)
        self._column.setSpacing(12)
        outer.addWidget(scrolled(self.body))
        self.again = Button("Work it out again", on_again, kind="primary", icon="play")
        self._results = Card("Worked out again, on this computer")
        self._results_words = label("", "muted", wrap=True)
        self._results.add(self._results_words)
        self._rows: RowsModel[Recomputation] = RowsModel(
            [
                Column("Evidence", lambda r: PART_WORDS[r.part], width=230),
                Column("Verdict", lambda r: r.verdict, lambda r: _PART_TONES[r.verdict], width=110),
                Column("What was found", lambda r: r.sentence),
            ],
            self,
        )
        self._table = Table("Evidence worked out again", self._rows, stretch=2)
        self._table.set_growing()
        self._results.add(self._table)
        self._results.buttons(self.again)
        self._column.addWidget(self._results)
        self._claims = QVBoxLayout()
        self._claims.setSpacing(12)
        self._column.addLayout(self._claims)
        self._column.addStretch(1)

    def show_claims(self, claims: Sequence[ClaimsLike], gates: Sequence[Gate]) -> None:
        """Show what the bundle says of itself, and how the author's gates stood."""
        clear_layout(self._claims)
        for claim in claims:
            card = Card(claim.title)
            for line in claim.lines[:MOST]:
                card.say(_cut(line.text), muted=line.muted)
            _say_rest(card, len(claim.lines))
            self._claims.addWidget(card)
        listed = Checklist(("Gate of the author", "Evidence"))
        first = gates if len(gates) <= MOST else sorted(gates, key=lambda gate: gate.ok)[:MOST]
        listed.show_items([CheckItem("ok" if g.ok else "bad", g.title, _cut(g.evidence)) for g in first])
        self._claims.addWidget(listed)
        if len(gates) > MOST:
            self._claims.addWidget(label(_rest(len(gates)), "muted", wrap=True))

    def show_results(self, results: Sequence[Recomputation], words: str) -> None:
        """Show what working it out again gave, or a sentence on why there is nothing."""
        self._rows.set_rows(results)
        self._table.setVisible(bool(results))
        self._results_words.setText(words)

    def show_running(self, running: bool) -> None:
        """Let nobody begin twice."""
        self.again.setEnabled(not running)


class ChangesPanel(QWidget):
    """What the release changes, in words, and the documents that demand it."""

    def __init__(self) -> None:
        super().__init__()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        body = QWidget()
        body.setProperty("role", "scroll-body")
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(14, 12, 14, 12)
        self._column.setSpacing(12)
        outer.addWidget(scrolled(body))

    def show_changes(self, words: Sequence[str], sources: Sequence[str]) -> None:
        """Show the sentences, told by this program from the signed content, and the sources."""
        clear_layout(self._column)
        card = Card("What changes, in words")
        for sentence in words[:MOST] or ("Nothing changes.",):
            card.say(_cut(sentence))
        _say_rest(card, len(words))
        card.say(
            "Told by this program from the signed content, not taken from the file's own report.", muted=True
        )
        self._column.addWidget(card)
        stands = Card("What it stands on")
        for source in sources[:MOST] or ("No document is named.",):
            stands.say(_cut(source), muted=not sources)
        _say_rest(stands, len(sources))
        self._column.addWidget(stands)
        self._column.addStretch(1)


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… (the report holds all)"


def _say_rest(card: Card, count: int) -> None:
    if count > MOST:
        card.say(_rest(count), muted=True)


def _rest(count: int) -> str:
    return f"And {count - MOST:,} more; the report holds all."
