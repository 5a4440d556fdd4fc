"""Findings: procedures read from a document, before they are compared with an agent."""

from __future__ import annotations

from typing import Literal

from studio.domain.frozen import Frozen
from studio.domain.source import Anchor
from studio.domain.statement import Question, Statement, StatementKind

Engine = Literal["embedded", "model", "both"]
"""Who reads a document: CoBuilder itself, a language model, or each of them, side by side."""

EMBEDDED = "embedded"
BESIDE = f"{EMBEDDED} and "
StepFindingKind = Literal["collect", "tool", "decide", "say", "escalate", "end"]


class StepFinding(Frozen):
    """One step of a procedure as the text tells it; `quote` is verbatim."""

    kind: StepFindingKind
    text: str
    quote: str
    start: int
    end: int
    anchor: Anchor
    tool: str | None = None
    inputs: tuple[str, ...] = ()
    condition: str | None = None
    confidence: float = 0.5


class WorkflowFinding(Frozen):
    """One procedure: a name and its steps in the order in which they are to be done."""

    name: str
    steps: tuple[StepFinding, ...]


HARMFUL = frozenset(("sends data away", "asks for codes", "without checks"))
"""Categories of passages that speak to the agent as all do, but order what does harm."""


class Suspicion(Frozen):
    """A passage that speaks to the reading machine instead of the agent, hides itself, or orders harm."""

    category: str
    reason: str
    quote: str
    start: int
    end: int
    anchor: Anchor


class Disagreement(Frozen):
    """One sentence that two engines read differently: as what each reads it, None where it sees nothing.

    `about` tells whether they differ on what the sentence demands, or on a step of a procedure; the steps'
    readings are words (`model_step` "uses lookup_order"), empty where an engine sees no step.
    """

    quote: str
    start: int
    end: int
    anchor: Anchor
    embedded: StatementKind | None = None
    model: StatementKind | None = None
    about: Literal["rule", "step"] = "rule"
    embedded_step: str = ""
    model_step: str = ""

    @property
    def sentence(self) -> str:
        """Return the disagreement in words."""
        if self.about == "step":
            ours, theirs = (f"reads a step that {step}" if step else "sees no step here"
                            for step in (self.embedded_step, self.model_step))  # fmt: skip
        else:
            ours, theirs = _read_as(self.embedded), _read_as(self.model)
        return f"Two readings differ here: CoBuilder itself {ours}, the language model {theirs}."


def _read_as(kind: StatementKind | None) -> str:
    if kind is None:
        return "sees no rule in it"
    return f"reads {'an' if kind.value[0] in 'aeiou' else 'a'} {kind.value}"


class ModelRun(Frozen):
    """What one reading by a language model came to: parts asked, findings kept and dropped, and what it cost.

    - `failed` names each part that was not read, with the reason; the others were kept. `unread` are the
      stretches of the text that no part covers that was read.
    - `dropped` counts findings by the reason for which they were not taken.
    """

    model: str
    destination: str
    parts: int
    requests: int
    failed: tuple[tuple[str, str], ...] = ()
    found: int = 0
    kept: int = 0
    dropped: tuple[tuple[str, int], ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None
    recorded: int = 0
    unread: tuple[tuple[int, int], ...] = ()

    @property
    def line(self) -> str:
        """Return the run in one line: how much was kept, sent and received, and what it cost."""
        return self.sentences[0]

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return the run in words."""
        whole = "1 part" if self.parts == 1 else f"{self.parts} parts"
        cost = "cost not known" if self.cost is None else f"{money(self.cost)} US dollars"
        said = [
            f"{self.model} at {self.destination} read it in {whole}: "
            f"{self.kept} of {self.found} findings kept, "
            f"{self.input_tokens:,} tokens sent and {self.output_tokens:,} received, {cost}."
        ]
        if self.recorded:
            said.append(f"{self.recorded} of {self.requests} answers were kept from an earlier run.")
        said += [f"{count} dropped: {why}." for why, count in self.dropped]
        said += [f"Not read: {name}. {why}" for name, why in self.failed]
        return tuple(said)


def engine_of(name: str) -> Engine:
    """Return which engines a name stands for: embedded, embedded and MODEL, MODEL."""
    if name == EMBEDDED:
        return "embedded"
    return "both" if name.startswith(BESIDE) else "model"


def money(amount: float) -> str:
    """Return an amount with two decimals, or with as many as it takes not to look like nothing."""
    return f"{amount:.2f}" if amount >= 0.01 or amount == 0 else f"{amount:.4f}"


class Analysis(Frozen):
    """Everything one reading of a document found.

    - `engine` names who read it; `declined` says why nothing is proposed from it.
    - `suspicions` are flagged to the author; what is proposed from them carries the reason into review.
    - `run` tells of the language model where one read; `disagreements` are where two engines differ.
    """

    statements: tuple[Statement, ...]
    workflows: tuple[WorkflowFinding, ...]
    questions: tuple[Question, ...]
    engine: str = EMBEDDED
    declined: str | None = None
    suspicions: tuple[Suspicion, ...] = ()
    run: ModelRun | None = None
    disagreements: tuple[Disagreement, ...] = ()

    @property
    def read_by(self) -> Engine:
        """Return which engines read the document."""
        return engine_of(self.engine)

    def warnings(self, start: int, end: int) -> tuple[str, ...]:
        """Return what a reader of a stretch of the document must know first, in sentences."""
        said = [
            each.reason
            if each.category in HARMFUL
            else f"The document may be trying to steer the reading machine here. {each.reason}"
            for each in self.suspicions
            if each.start < end and start < each.end
        ]
        said += [each.sentence for each in self.disagreements if each.start < end and start < each.end]
        return tuple(dict.fromkeys(said))
