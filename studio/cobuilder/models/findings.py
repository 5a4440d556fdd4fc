"""A language model's answer about one part, made into the same findings as those of the embedded engine.

- Nothing is taken on trust: a quote that does not stand in the document drops its finding, words that the
  document does not hold give way to the quote, a system that does not exist is no system.
- Every finding that is not taken is counted, with the reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from studio.cobuilder.models.answer import PartAnswer, ProcedureAnswer, QuestionAnswer, RuleAnswer, StepAnswer
from studio.cobuilder.models.parts import Part
from studio.cobuilder.models.quotes import Quotes, Spot
from studio.cobuilder.suspicion.passages import speaks_to_the_machine
from studio.cobuilder.words.markup import readable
from studio.cobuilder.words.sentences import is_plain
from studio.domain.finding import StepFinding, WorkflowFinding
from studio.domain.source import Block, SourceDocument, words_fingerprint
from studio.domain.statement import Question, Statement, StatementKind
from studio.domain.tool import Tool

NOT_VERBATIM = "its quote does not stand in the document"
NO_STEPS = "none of its steps stands in the document"
NOT_ASKED = "it speaks to somebody else than the owner of the document"
SUREST = 0.9
"""How sure a language model's finding may be at most: its own figure is not calibrated."""
_SUPPORTED = 0.75
_WORD = re.compile(r"[^\W\d_]{4,}|\d[\d.,]*")
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+|\S+@\S+\.\w+", re.IGNORECASE)
_NEGATIONS = re.compile(r"\b(?:not|never|no|none|cannot|without|unless|except|only)\b|n't\b", re.IGNORECASE)


class Found:
    """The findings of one part as they are taken, and what was dropped."""

    def __init__(self, document: SourceDocument, part: Part, tools: Sequence[Tool]) -> None:
        """Take the part that was read."""
        self._document = document
        self._quotes = Quotes(document, part)
        self._tools = {tool.name: tool for tool in tools}
        self._by_id = {block.id: block for block in document.blocks}
        self.statements: list[Statement] = []
        self.workflows: list[WorkflowFinding] = []
        self.questions: list[Question] = []
        self.dropped: Counter[str] = Counter()
        self.found = 0

    def take(self, answer: PartAnswer) -> None:
        """Take what stands up."""
        for rule in answer.rules:
            self._rule(rule)
        for procedure in answer.procedures:
            self._procedure(procedure)
        for question in answer.questions:
            self._question(question)

    def _rule(self, rule: RuleAnswer) -> None:
        self.found += 1
        spot = self._quotes.find(rule.quote, rule.block)
        if spot is None:
            self.dropped[NOT_VERBATIM] += 1
            return
        quote = self._document.text[spot.start : spot.end]
        around = self._around(spot)
        self.statements.append(
            Statement(
                id="S-000",
                kind=StatementKind(rule.kind),
                text=self._words(rule.text, spot),
                quote=quote,
                start=spot.start,
                end=spot.end,
                block_id=spot.block.id,
                anchor=spot.block.anchor,
                value=spot.value,
                fingerprint=words_fingerprint(quote),
                block_fingerprint=spot.block.fingerprint,
                condition=_held(rule.condition, around),
                exception=_held(rule.exception, around),
                confidence=round(min(SUREST, rule.confidence), 2),
            )
        )

    def _procedure(self, procedure: ProcedureAnswer) -> None:
        self.found += 1
        steps = [step for each in procedure.steps if (step := self._step(each)) is not None]
        if not steps:
            self.dropped[NO_STEPS] += 1
            return
        section = steps[0].anchor.section
        title = section[-1] if section else self._document.title
        spot_words = f"{title} {self._document.title} {' '.join(step.quote for step in steps)}"
        name = procedure.name if _supported(procedure.name, spot_words) else title
        self.workflows.append(WorkflowFinding(name=name, steps=tuple(steps)))

    def _step(self, step: StepAnswer) -> StepFinding | None:
        self.found += 1
        spot = self._quotes.find(step.quote, step.block)
        if spot is None:
            self.dropped[NOT_VERBATIM] += 1
            return None
        tool = self._tools.get(step.tool or "")
        around = self._around(spot)
        known = set(tool.argument_names) if tool else set()
        return StepFinding(
            kind=step.kind,
            text=self._words(step.text, spot),
            quote=self._document.text[spot.start : spot.end],
            start=spot.start,
            end=spot.end,
            anchor=spot.block.anchor,
            tool=tool.name if tool else None,
            inputs=tuple(
                each for each in step.inputs if each in known or each.casefold() in around.casefold()
            ),
            condition=_held(step.condition, around),
            confidence=0.6,
        )

    def _question(self, question: QuestionAnswer) -> None:
        self.found += 1
        spot = self._quotes.find(question.quote, question.block)
        if spot is None:
            self.dropped[NOT_VERBATIM] += 1
        elif _ADDRESS.search(question.text) or speaks_to_the_machine(question.text):
            self.dropped[NOT_ASKED] += 1
        else:
            self.questions.append(
                Question(
                    id="Q-00",
                    text=" ".join(question.text.split()),
                    quote=self._document.text[spot.start : spot.end],
                    start=spot.start,
                    end=spot.end,
                    anchor=spot.block.anchor,
                    reason=" ".join(_ADDRESS.sub("", question.reason).split()),
                    category=question.category,
                )
            )

    def _words(self, text: str, spot: Spot) -> str:
        """Return the model's wording where the document holds its words, else the quote's own."""
        quote = readable(self._document.text[spot.start : spot.end], 0, not is_plain(self._document)).text
        said = " ".join(text.split())
        parity = len(_NEGATIONS.findall(said)) >= len(_NEGATIONS.findall(quote)) > 0 or not _NEGATIONS.search(
            quote
        )
        return said if parity and _supported(said, self._around(spot)) else quote

    def _around(self, spot: Spot) -> str:
        """Return what a sentence may take its words from: itself, its headings, the block that leads in."""
        lead = self._by_id.get(spot.block.parent or "")
        inside = self._document.text[spot.start : spot.end]
        above = self._title(spot.block)
        return " ".join((inside, *spot.block.anchor.section, lead.text if lead else "", above))

    def _title(self, cell: Block) -> str:
        """Return the title of a cell's column, if it has one."""
        if cell.kind != "cell":
            return ""
        headers = [
            block
            for block in self._document.blocks
            if block.header and block.column == cell.column and block.start < cell.start
        ]
        return headers[-1].text if headers else ""


def _supported(said: str, around: str) -> bool:
    """Say whether the words of a wording stand in a text: every number, and nearly every longer word."""
    have = {_stem(word) for word in _WORD.findall(around.casefold())}
    want = [_stem(word) for word in _WORD.findall(said.casefold())]
    numbers = [word for word in want if word[0].isdigit()]
    return all(word in have for word in numbers) and (
        not want or sum(word in have for word in want) >= _SUPPORTED * len(want)
    )


def _stem(word: str) -> str:
    return word.rstrip(".,") if word[0].isdigit() else re.sub(r"(?:ing|ed|es|s|e)$", "", word)


def _held(words: str | None, around: str) -> str | None:
    """Return the words of a condition where the document holds them."""
    said = " ".join((words or "").split())
    return said if said and _supported(said, around) else None
