"""What Workflows shows while there is none: decide what waits, make one by hand, or add a document."""

from __future__ import annotations

from collections.abc import Callable

from studio.desktop.widgets.button import Button
from studio.desktop.widgets.states import EmptyState

_TITLE = "The agent has no workflow yet"
_WORDS = "Make one by hand, or add a document that tells how the work is done."


class NoWorkflows(EmptyState):
    """One button stands out: deciding where something waits, otherwise making."""

    def __init__(
        self,
        decide: Callable[[], object],
        make: Callable[[], object],
        make_system: Callable[[], object],
        add: Callable[[], object],
    ) -> None:
        self.decide = Button("Decide what is proposed", decide, kind="primary")
        self.make = Button("Make a workflow", make, kind="primary")
        self.make_too = Button("Make a workflow", make)
        system = Button("Make a system", make_system)
        super().__init__(
            "workflows",
            _TITLE,
            "",
            self.decide,
            self.make,
            self.make_too,
            system,
            Button("Add a document", add),
        )

    def show_waiting(self, sentence: str) -> None:
        """Say what waits to be decided; "" where nothing does."""
        for button, seen in (
            (self.decide, bool(sentence)),
            (self.make, not sentence),
            (self.make_too, bool(sentence)),
        ):
            button.setVisible(seen)
        self.say(_TITLE, sentence or _WORDS)
