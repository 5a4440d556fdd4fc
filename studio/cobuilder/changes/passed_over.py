"""What a document's sentences are passed over for when its rules are drafted, each with its reason.

- Each sentence is looked at once: what was said before is found by its sense, not by trying all of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from studio.cobuilder.changes.chat import is_mail, is_talk
from studio.cobuilder.changes.reworded_rules import old_statements
from studio.cobuilder.questions.answer_cases import MISSING_CASE
from studio.cobuilder.sketch.desk import Desk, sentence_of
from studio.cobuilder.words.matching import Said, topic
from studio.cobuilder.words.spans import Spans
from studio.domain.statement import Statement, StatementKind

SURE = 0.55
REPEATED = 0.6
EXPLAINS = "Explains what a word means, asks nothing"
UNSURE = "Not clearly a rule, so not proposed; if it is one, ask for it"
TALK = "Said to a colleague in a mail, not a rule; if it is one, ask for it"
REPEATS = "Says again what is said elsewhere"
STEPS = "Opens a procedure; its steps are looked at one by one"
SAID = "The last edition said so already"
OVERRULED = "It was decided that another sentence holds instead"
ELSEWHERE = "By its words not about what this agent does; if it is, ask for it"
OFF_TOPIC = "Hardly a sentence of the document is about what this agent does."
_CLEAR = frozenset([MISSING_CASE, "missing input"])
"""Questions about what a sentence does not speak of: what it does say holds all the same."""
_OPENING = 3


class Passing:
    """Why sentences of one document add nothing, as they are read one after the other."""

    def __init__(self, desk: Desk, met: Iterable[Statement], vocabulary: frozenset[str]) -> None:
        """Take what lies on the desk, the sentences that met the agent, and the words that the agent uses."""
        self._desk, self._vocabulary = desk, vocabulary
        self._mail = is_mail(desk.source.current.document.text)
        self._open = Spans((q.start, q.end) for q in desk.analysis.questions if q.category not in _CLEAR)
        self._old = Said((old.text for old in old_statements(desk)), desk.weights)
        self._cells = {each.id for each in desk.source.current.document.blocks if each.kind == "cell"}
        self._told: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._values: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self._new = Said((), desk.weights)
        self._steps: dict[tuple[str, ...], set[str]] = defaultdict(set)
        for step in (step for flow in desk.analysis.workflows for step in flow.steps):
            words = " ".join(step.text.split()).rstrip(".").casefold()
            self._steps[_bare(words.split()[:_OPENING])].add(words)
        for statement in met:
            self._note(statement)

    def _note(self, statement: Statement) -> None:
        told = self._values if statement.value else self._told
        told[statement.anchor.section] |= topic(statement.text)

    def take(self, statement: Statement) -> None:
        """Note a sentence that adds something."""
        self._note(statement)
        self._new.add(sentence_of(statement))

    def repeats(self, statement: Statement) -> bool:
        """Return whether a sentence says what one that was noted says."""
        return self._new.has(sentence_of(statement))

    def is_held_back(self, statement: Statement) -> bool:
        """Return whether the document leaves a sentence open; one that is silent on another case is not."""
        return self._open.meet(*statement.span)

    def why(self, statement: Statement) -> str:
        """Return why a sentence adds nothing, whatever it is about, or nothing."""
        if statement.kind == StatementKind.DEFINITION:
            return EXPLAINS
        if statement.confidence < SURE:
            return UNSURE
        if self._mail and is_talk(statement.quote):
            return TALK
        if self._tells_steps(statement):
            return STEPS
        if statement.fingerprint not in self._desk.unsettled and self._old.has(statement.text):
            return SAID
        cell = statement.block_id in self._cells
        return REPEATS if cell and not self.is_held_back(statement) and self._restates(statement) else ""

    def _tells_steps(self, statement: Statement) -> bool:
        """Return whether a sentence is the lead-in of a procedure with the steps themselves."""
        said = " ".join(statement.text.split()).casefold()
        words = said.split()
        openings = {
            _bare(words[at : at + size]) for at in range(len(words)) for size in range(1, _OPENING + 1)
        }
        return sum(text in said for opening in openings for text in self._steps.get(opening, ())) >= 3

    def _restates(self, statement: Statement) -> bool:
        """Return whether a table's line only repeats what the prose or the agent says.

        The values of a table do not repeat each other: what one row forbids, the next may forbid, too.
        """
        section = statement.anchor.section
        prose = self._told.get(section, set()) | self._vocabulary
        prose |= set() if statement.value else self._values.get(section, set())
        return self._desk.weights.covered(topic(statement.text), frozenset(prose)) >= REPEATED


def _bare(words: list[str]) -> tuple[str, ...]:
    return tuple(word.strip(".,;:!?()“”\"'") for word in words)


def is_held_back(desk: Desk, statement: Statement) -> bool:
    """Return whether the document leaves a sentence open; one that is silent on another case is not."""
    first, last = statement.span
    return any(q.start < last and first < q.end for q in desk.analysis.questions if q.category not in _CLEAR)
