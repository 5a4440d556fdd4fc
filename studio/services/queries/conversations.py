"""What a file of conversations would bring to a run: shown before anything is done with it."""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.condition import spell
from studio.domain.errors import BrokenInput
from studio.domain.scenario import Scenario
from studio.ports import UnitOfWork
from studio.runtime.program import Program
from studio.simulation.conversation_files import read_conversations
from studio.simulation.transcripts import Recognised, cards_from


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """One conversation of a file: what was understood, or in a sentence why nothing was.

    `wish` is the workflow's name, `told` the facts with what was said wrongly first, `unheard` the turns
    that the agent's own ears did not understand.
    """

    id: str
    wish: str
    told: tuple[str, ...]
    manner: str
    unheard: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class ConversationsPage:
    """The conversations of a file in its order, and the cards of those that were understood."""

    rows: tuple[ConversationRow, ...]
    cards: tuple[Scenario, ...]

    @property
    def words(self) -> str:
        """Return how much of the file was understood."""
        turns = sum(len(row.unheard) for row in self.rows if not row.why)
        left = len(self.rows) - len(self.cards)
        said = f"{len(self.cards)} of {len(self.rows)} conversations become customers"
        if left:
            said += f"; {left} {'says' if left == 1 else 'say'} nothing that this agent is for"
        if turns:
            many = "1 turn was" if turns == 1 else f"{turns} turns were"
            said += f"; {many} not understood and left out"
        return f"{said}."


@dataclass(frozen=True, slots=True)
class ReadConversations:
    """Ask what the text of a file of conversations is understood as by the draft."""

    text: str

    def answer(self, unit: UnitOfWork) -> ConversationsPage:
        """Return the page; raises BrokenInput that says where the file is wrong."""
        conversations = read_conversations(self.text)
        if not conversations:
            raise BrokenInput("The file has no conversation.", "Give it at least one.")
        program = Program.of(unit.agents.draft())
        found = cards_from(program, conversations)
        return ConversationsPage(
            rows=tuple(_row(program, each) for each in found),
            cards=tuple(each.card for each in found if each.card is not None),
        )


def _row(program: Program, found: Recognised) -> ConversationRow:
    card = found.card
    if card is None:
        return ConversationRow(found.conversation, "", (), "", found.unheard, found.why)
    told = []
    for fact in card.facts:
        wrong = f" (first {spell(fact.wrong)})" if fact.wrong is not None else ""
        told.append(f"{fact.id.replace('_', ' ')} {spell(fact.value)}{wrong}")
    mood = () if card.persona.mood == "calm" else (card.persona.mood,)
    manner = ", ".join(dict.fromkeys((*card.behaviours, *mood)))
    wish = program.flows[card.workflow].workflow.name
    return ConversationRow(found.conversation, wish, tuple(told), manner, found.unheard, "")
