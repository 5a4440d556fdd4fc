"""The reusable block that makes sure who the customer is, made from what the customer is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from studio.domain.source import Citation
from studio.domain.workflow import Argument, Ask, End, Slot, Verify, Workflow

VERIFIES = "verify_customer"


def identity_block(slots: Sequence[Slot], tries: int, cited: tuple[Citation, ...]) -> Workflow:
    """Return the block that asks for these slots and compares them with the records."""
    names = tuple(slot.id for slot in slots)
    return Workflow(
        id="verify-identity",
        name="Verify identity",
        intent="Make sure that we talk to the right person",
        reusable=True,
        slots=tuple(slots),
        start="ask-who",
        steps=(
            Ask(
                id="ask-who",
                title="Ask who the customer is",
                slots=names,
                next="check-who",
                on_failure="not-matched",
                citations=cited,
            ),
            Verify(
                id="check-who",
                title="Compare with our records",
                slots=names,
                tool=VERIFIES,
                arguments=tuple(Argument(name=name, fact=name) for name in names),
                tries=tries,
                next="matched",
                on_failure="not-matched",
                citations=cited,
            ),
            End(id="matched", title="Identity is verified", say="Thank you, I have found you."),
            End(
                id="not-matched",
                title="Identity is not verified",
                outcome="refused",
                say="I am sorry, I could not match these details with our records.",
            ),
        ),
    )
