"""Asking CoBuilder to fix a failed conversation: a proposal where a change was found and tried, else why not.

- The reply quotes what the test expects and the sentence it stands on; nothing beyond them is demanded.
- What was not the agent's fault is said to be so, and nothing is proposed for the agent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from studio.domain.errors import WrongUse
from studio.domain.frozen import digest
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.request import Link, Reply
from studio.domain.scenario import Scenario
from studio.ports import Progress, UnitOfWork
from studio.services.commands import Command, RecordReply
from studio.services.jobs import Tools
from studio.services.queries.simulate import ShowConversation, comparison_of
from studio.services.stages.proposing import next_number
from studio.services.stages.requesting import ground_of
from studio.services.standing import Standing, standing

if TYPE_CHECKING:
    from studio.cobuilder.requests.kinds import Ground
    from studio.domain.changeset import Change
    from studio.services.failure_fixes import Failure


@dataclass(frozen=True, slots=True)
class FixFailure:
    """Find a change with which one failed conversation of a run (else the newest) is right."""

    scenario_id: str
    customer: int = 0
    run: str = ""

    @property
    def title(self) -> str:
        """Return what is being done."""
        return f"CoBuilder looks for what makes {self.scenario_id} right"

    def prepare(self, unit: UnitOfWork, tools: Tools) -> Callable[[Progress], Reply]:
        """Read the conversation and the draft; return the looking. Raises WrongUse."""
        from studio.services.failure_fixes import Failure

        page = ShowConversation(self.scenario_id, self.customer, self.run).answer(unit)
        run = comparison_of(unit, self.run)
        if run is None or page.draft is None or page.draft.passed:
            raise WrongUse(
                f"Customer {self.customer + 1} of {self.scenario_id} was treated right: nothing to fix.",
                "Choose a conversation that was not right.",
            )
        failure = Failure(page.scenario, self.customer, run.draft.seed, page.draft)
        stand, number = standing(unit), next_number(unit)
        now = tools.clock().replace(microsecond=0)
        ground = ground_of(unit, now)
        return lambda progress: _look(stand, failure, ground, number, now, progress)

    def record(self, result: Reply) -> Command:
        """Return the command that keeps what was said, and what is proposed."""
        return RecordReply(result)


def _look(
    stand: Standing, failure: Failure, ground: Ground, number: int, now: datetime, progress: Progress
) -> Reply:
    from studio.services import failure_fixes as fixes

    talk = failure.talk
    if talk.blame != "agent":
        why = f"It was not the agent's fault but the {talk.blame}'s: {talk.because or failure.wrong}"
        return _reply(failure, "answered", f"{why} So nothing of the agent is to be mended.")
    if fixes.again(stand.draft, failure.scenario, failure.customer, failure.seed).passed:
        return _reply(failure, "answered", "With the present draft this conversation is right. Run again.")
    progress(0.1, "Trying the changes that wait")
    if (waiting := fixes.waiting_fix(stand, failure)) is not None:
        proposal, change = waiting
        text = f"{change.id} “{change.title}” of {proposal.id} waits for your decision. With it, this "
        link = Link(page="review", item=f"{proposal.id}/{change.id}", label=f"{change.id} “{change.title}”")
        return _reply(failure, "answered", f"{text}conversation is right; it was run.", (link,))
    progress(0.4, "Trying what the live version does")
    if (back := fixes.reverting_fix(stand, failure)) is not None:
        made = _proposal(stand, failure, back, number, now)
        text = f"The live version does it right. I propose to go back to it in one place: {made.title}."
        return _reply(failure, "proposed", text, (), made)
    progress(0.8, "Reading the sentence behind the test")
    return _by_sentence(stand, failure, ground) or _nothing(failure)


def _by_sentence(stand: Standing, failure: Failure, ground: Ground) -> Reply | None:
    """Return what CoBuilder makes of the source sentence as a request, if that makes it right."""
    from studio.cobuilder.requests.conversing import reply
    from studio.services import failure_fixes as fixes

    for citation in failure.scenario.citations:
        said = reply(" ".join(citation.quote.split()), ground)
        if said.proposal is None:
            continue
        made = fixes.with_changes(stand.draft, [each.change for each in said.proposal.changes])
        if made is not None and fixes.mends(made, stand.draft, failure):
            told = _reply(failure, "proposed", f"{said.text} It was run: with it, this is right.")
            return told.model_copy(update={"proposal": said.proposal, "warnings": said.warnings})
    return None


def _nothing(failure: Failure) -> Reply:
    text = (
        "I tried what waits for a decision, what differs from the live version, and the sentence behind the "
        "test: none makes it right, and I do not make up what should happen. Say what should change, or "
        "change the step."
    )
    ends = [(e.workflow, e.step) for turn in failure.talk.turns for e in turn.events if e.step and e.workflow]
    links = [Link(page="workflows", item=f"{w}/{s}", label="the last step") for w, s in ends[-1:]]
    return _reply(failure, "unsure", text, tuple(links))


def _reply(
    failure: Failure,
    verdict: str,
    text: str,
    links: tuple[Link, ...] = (),
    proposal: Proposal | None = None,
) -> Reply:
    test = Link(page="tests", item=failure.scenario.id, label=failure.scenario.id)
    return Reply.model_validate(
        {
            "request": f"Fix {failure.scenario.id} “{failure.scenario.title}”, customer "
            f"{failure.customer + 1}",
            "verdict": verdict,
            "text": f"{_clause(failure)} {text}",
            "kind": "fix-failure",
            "links": (*links, test),
            "citations": failure.scenario.citations[:1],
            "proposal": proposal,
        }
    )


def _clause(failure: Failure) -> str:
    cited = _source(failure.scenario)
    return f"Not right: {failure.wrong}{f' The test stands on {cited}' if cited else ''}"


def _source(scenario: Scenario) -> str:
    if not scenario.citations:
        return ""
    first = scenario.citations[0]
    quote = " ".join(first.quote.split())
    return f"{first.source_name}: “{quote}”{'' if quote.endswith(('.', '!', '?')) else '.'}"


def _proposal(stand: Standing, failure: Failure, change: Change, number: int, now: datetime) -> Proposal:
    from studio.diff.words_summary import in_words
    from studio.domain.changeset import ChangeSet
    from studio.services import failure_fixes as fixes

    after = fixes.with_changes(stand.draft, [change])
    assert after is not None
    title = in_words(ChangeSet(title="back", changes=(change,)), stand.draft, after)[0].rstrip(".")
    broken = fixes.turned_wrong(after, stand.draft, failure.seed)
    warnings: tuple[str, ...] = (
        (f"With it these tests are no longer right: {', '.join(broken)}.",) if broken else ()
    )
    warnings += fixes.taken_back(stand, change)
    proved = "It was run: with it this conversation is right, "
    proved += "but see the warning." if broken else "and no other test turns wrong."
    return Proposal(
        id=f"P-{number:02}",
        title=f"Make {failure.scenario.id} “{failure.scenario.title}” right",
        base_digest=digest(stand.draft),
        created_at=now,
        changes=(
            ProposedChange(
                id="C-01",
                title=title,
                change=change,
                reason=f"{_clause(failure)} This is as the live version has it. {proved}",
                citations=failure.scenario.citations,
                confidence=0.8,
                warnings=warnings,
            ),
        ),
    )
