"""What a person does about the strength of the tests: plant faults, see what is missed, take new tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.desktop.actions import Desk
from studio.desktop.panels.run_strength import PlantedLine, RunStrength

if TYPE_CHECKING:
    from studio.services.stages.strengthening import Strengthened
    from studio.simulation.strength import Noticed, Strength


class StrengthDeeds:
    """Carries out what the card asks for; what was found is forgotten with the next change of the draft."""

    def __init__(self, desk: Desk, panel: RunStrength) -> None:
        self._desk, self._panel, self._draft = desk, panel, ""
        self._found: Strength | None = None
        panel.measure_asked.connect(self._measure)
        panel.offer_asked.connect(self._offer)

    def fill(self, draft_digest: str) -> None:
        """Forget what was found about another draft."""
        if draft_digest != self._draft:
            self._draft = draft_digest
            self._panel.forget()

    def _measure(self) -> None:
        from studio.services.stages.strengthening import MeasureStrength

        if self._desk.session.start(MeasureStrength(), self._show, self._panel.forget):
            self._panel.begin()

    def _offer(self) -> None:
        from studio.services.stages.strengthening import OfferTests

        if self._found is not None:
            self._desk.session.start(OfferTests(self._found), self._show)

    def _show(self, found: Strengthened) -> None:
        made, proposal = found.strength, found.proposal
        self._found = made
        self._panel.show_strength(
            _words(made),
            [_line(each) for each in made.survivors if each.by_check is None],
            0 if proposal else len(made.tests),
        )
        if proposal is not None:
            self._desk.tell(
                f"{proposal.id}: {proposal.title}. Each was run; decide them one by one.",
                "ok",
                "Open review",
                lambda: self._desk.open_page("review", proposal.id),
            )


def _words(made: Strength) -> str:
    checked = sum(each.by_check is not None for each in made.survivors)
    new = sum(each.by_check is None and each.by_new_test is not None for each in made.survivors)
    told = [f"{len(made.results)} faults were planted: the tests notice {made.by_tests}"]
    told += [f"the checks {checked} more"] if checked else []
    told += [f"new tests would notice {new} more"] if new else []
    told += [f"nothing that was tried notices {len(made.unnoticed)}"] if made.unnoticed else []
    aside = [f"{name} fails on the draft itself, and so notices nothing." for name in made.failing]
    aside += [
        f"{name} went otherwise when it was run again: an error of CoBuilder Studio. Please report it."
        for name in made.unsteady
    ]
    return " ".join([", ".join(told) + ".", *aside])


def _line(each: Noticed) -> PlantedLine:
    return PlantedLine(each.mutant.title, each.words, "ok" if each.by_new_test else "warn")
