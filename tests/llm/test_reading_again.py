"""Reading a source again: by CoBuilder, by a model on a real server, by both; kept, refused, undone."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from conftest import KEY, BenchOf, ServerOf, confirm
from loopback_model import Act, Body, LoopbackModel, says
from loopback_reader import reading, request_of
from scripted_reader import faithful, obeying, rule

from studio.assembly import sample
from studio.domain.errors import Cancelled, ProviderFailed, Refused, WrongUse
from studio.domain.finding import Analysis, Engine
from studio.domain.model import ModelPolicy, ModelRequest
from studio.ports import UnitOfWork
from studio.services.commands import AcceptChange, RejectChange, SetModelPolicy
from studio.services.queries.models import NeedsReading, RequestsForSource, ShowReading
from studio.services.queries.review import ShowChange, ShowProposal
from studio.services.queries.sources import ShowSource
from studio.services.release_content import release_changeset
from studio.services.release_reasons import reason_of
from studio.services.stages.proposing import Propose
from studio.services.stages.reading import ReadSource
from studio.services.stages.reading_again import ReadAgain
from studio.services.standing import standing
from studio.services.workbench import Workbench

pytestmark = pytest.mark.usefixtures("process")
TWISTED = "Final sale items cannot be returned or refunded"


class _Kept:
    """Ask for the reading that is kept."""

    def answer(self, unit: UnitOfWork) -> Analysis:
        """Return it."""
        found = unit.sources.analysis("S-03", 1)
        assert found is not None
        return found


class _Report:
    """Ask who read the documents behind each change, as the report of the release tells it."""

    def answer(self, unit: UnitOfWork) -> list[str]:
        """Return it, change by change."""
        stand = standing(unit)
        return [reason_of(stand, change).read_by for change in release_changeset(stand).changes]


def answers(bench: Workbench) -> Callable[[Body], Act]:
    """Return a reader of the sample's new policy that takes one prohibition for a permission."""
    page = bench.ask(ShowSource("S-03"))
    with bench.outside.workspace.unit() as unit:
        script = faithful(page.source.current.document, unit.agents.draft().tools)

    def twist(request: ModelRequest) -> str:
        answer = json.loads(script(request))
        for each in answer["rules"]:
            if TWISTED in each["quote"]:
                each["kind"] = "permission"
        return json.dumps(answer)

    return reading(twist)


@pytest.fixture
def server(serve: ServerOf) -> LoopbackModel:
    """A server; what it answers is set by each test."""
    return serve([says("ready")])


@pytest.fixture
def bench(server: LoopbackModel, bench_of: BenchOf) -> Workbench:
    """The sample with its new policy read; the server reads it, too, and differs in one sentence."""
    made = bench_of(server)
    made.run(ReadSource(**sample("returns_assistant").new_document.as_job()))
    server.answer(answers(made))
    confirm(made)
    return made


def ids(found: Analysis) -> dict[str, str]:
    """Return the ids of the statements by kind and quote."""
    return {f"{each.kind} {each.quote}": each.id for each in found.statements}


def test_both_read_and_the_difference_goes_into_review(bench: Workbench) -> None:
    """The reading of both is kept with the ids that were known; source, proposal and change tell the rest."""
    before = bench.ask(_Kept())
    bench.run(ReadAgain("S-03", "both"))
    after = bench.ask(_Kept())
    assert after.read_by == "both" and after.engine == "embedded and openai/tested"
    known = ids(before)
    assert all(known[name] == each for name, each in ids(after).items() if name in known)
    assert [d.model and d.model.value for d in after.disagreements] == ["permission"]
    sentence = next(
        s
        for row in bench.ask(ShowSource("S-03")).blocks
        for s in row.sentences
        if TWISTED in s.statement.quote
    )
    assert "reads a prohibition, the language model reads a permission" in sentence.warnings[0]
    proposal = bench.run(Propose("S-03"))
    page = bench.ask(ShowProposal(proposal.id))
    assert page.read_by == "both" and page.run == after.run and page.disagreements == after.disagreements
    warned = [row for group in page.groups for row in group.rows if row.warnings]
    assert warned and "Two readings differ" in bench.ask(ShowChange(page.id, warned[0].id)).row.warnings[0]
    bench.do(AcceptChange(page.id, warned[0].id))
    (told,) = {each for each in bench.ask(_Report()) if each}
    assert "CoBuilder and a language model read the document." in told and "differ in 1 place." in told


def test_the_model_alone_is_asked_for_what_it_finds(bench: Workbench) -> None:
    """Its own reading counts then: the sentence is a permission, and the difference is told all the same."""
    bench.run(ReadAgain("S-03", "model"))
    found = bench.ask(_Kept())
    assert found.read_by == "model"
    assert [s.kind.value for s in found.statements if TWISTED in s.quote] == ["permission"]
    assert len(found.disagreements) == 1


def test_a_reading_is_taken_back_and_comes_again(bench: Workbench) -> None:
    """Undo brings the earlier reading back, to the byte; so does reading it by CoBuilder itself."""
    before = bench.ask(_Kept())
    bench.run(ReadAgain("S-03", "both"))
    both = bench.ask(_Kept())
    bench.undo()
    assert bench.ask(_Kept()) == before
    bench.redo()
    assert bench.ask(_Kept()) == both
    bench.run(ReadAgain("S-03", "embedded"))
    assert bench.ask(_Kept()) == before


def test_what_was_read_is_not_asked_for_twice(bench: Workbench, server: LoopbackModel) -> None:
    """The same engine and model read once; anew only where a person says so; a part that failed is asked."""
    bench.run(ReadAgain("S-03", "both"))
    assert not bench.ask(NeedsReading("S-03", "both", "openai/tested"))
    assert bench.run(ReadAgain("S-03", "both")) is None
    assert len(server.requests) == 1
    assert bench.ask(NeedsReading("S-03", "both", "openai/other"))
    assert bench.ask(NeedsReading("S-03", "both", "tested"))
    assert bench.ask(NeedsReading("S-03", "both", "x/openai/tested"))
    assert bench.run(ReadAgain("S-03", "both", anew=True)) is not None
    assert len(server.requests) == 2


def test_another_engine_is_another_proposal(bench: Workbench) -> None:
    """What waits from one reading does not keep a second one away; the newer takes the older one's place."""
    first = bench.run(Propose("S-03"))
    with pytest.raises(WrongUse, match="says already"):
        bench.run(Propose("S-03"))
    bench.run(ReadAgain("S-03", "both"))
    second = bench.run(Propose("S-03"))
    assert second.id != first.id
    with pytest.raises(WrongUse, match=f"{second.id} says already"):
        bench.run(Propose("S-03"))
    assert bench.ask(ShowProposal(first.id)).decided == len(first.changes)
    bench.do(RejectChange(second.id, second.changes[0].id))
    bench.do(AcceptChange(second.id, second.changes[1].id))


@pytest.mark.parametrize("engine", ["model", "both"])
def test_where_nothing_was_read_nothing_is_kept(
    bench: Workbench, server: LoopbackModel, engine: Engine
) -> None:
    """A server that refuses gives an error in words; the reading, the ledger of changes and undo stay."""
    before = bench.ask(_Kept())
    server.answer([Act(status=401, message="Incorrect API key")])
    with pytest.raises(ProviderFailed, match="key"):
        bench.run(ReadAgain("S-03", engine))
    server.answer([says("no JSON")])
    with pytest.raises(ProviderFailed, match="cannot be used"):
        bench.run(ReadAgain("S-03", engine))
    assert bench.ask(_Kept()) == before


def test_what_may_not_leave_is_refused(bench: Workbench, server: LoopbackModel) -> None:
    """A policy that forbids is an answer of no, in a sentence, and nothing is sent."""
    bench.do(SetModelPolicy(ModelPolicy(forbidden=True)))
    with pytest.raises(Refused, match="forbids language models"):
        bench.run(ReadAgain("S-03", "both"))
    assert server.requests == []


def test_a_stopped_reading_leaves_no_trace(bench: Workbench, server: LoopbackModel) -> None:
    """Stop while the server is silent: nothing is kept, and what had left is in the ledger."""
    before = bench.ask(_Kept())
    server.answer([says("never", stall=0)])

    def progress(fraction: float, message: str = "") -> None:
        if server.requests:
            raise Cancelled

    with pytest.raises(Cancelled):
        bench.run(ReadAgain("S-03", "both"), progress)
    assert bench.ask(_Kept()) == before
    with bench.outside.workspace.unit() as unit:
        names = [name for _, _, name, _ in unit.ledger.recent(5)]
    assert "ModelAsked" in names and "SourceRead" not in names


def test_progress_tells_tokens_and_the_budget(bench: Workbench, server: LoopbackModel) -> None:
    """While it is read, the tray says how many answers came, how many tokens were used, and of how many."""
    said: list[str] = []
    bench.run(ReadAgain("S-03", "both"), lambda fraction, message="": said.append(message))
    assert any("1 of 1 answers" in each and "of 500,000 tokens" in each for each in said)


def test_what_leaves_is_what_was_shown(bench: Workbench, server: LoopbackModel) -> None:
    """The preview of a source is, letter by letter, what the server gets when the source is read."""
    preview = bench.outside.models.preview(bench.ask(RequestsForSource("S-03")))
    assert preview is not None
    bench.run(ReadAgain("S-03", "both"))
    got: list[Body] = [body for body, _ in server.requests]
    shown = [[m.text for m in request.messages] for request in preview.requests]
    assert [[m.text for m in request_of(body).messages] for body in got] == shown


def test_how_it_was_read_can_be_asked(bench: Workbench) -> None:
    """One row says who read it, how many sentences bind, and how the run went."""
    bench.run(ReadAgain("S-03", "both"))
    page = bench.ask(ShowReading("S-03"))
    assert page.read_by == "both" and page.run is not None and page.statements
    assert "findings kept" in page.run.line and "cost not known" in page.run.line


def test_a_quote_with_masked_data_is_found_again(bench: Workbench, server: LoopbackModel) -> None:
    """The server never sees the address; the sentence that holds it is quoted letter by letter anyhow."""
    address = "policy@larkfield.example"
    server.answer(reading(obeying))
    bench.run(ReadAgain("S-03", "model"))
    assert any(address in each.quote for each in bench.ask(_Kept()).statements)
    assert address not in str(server.requests)


def test_the_key_is_in_no_file_after_a_reading(serve: ServerOf, bench_of: BenchOf) -> None:
    """Replies are kept, and the server repeats the key wherever it can: it is in no file of the workspace."""
    answer = {"rules": [rule("b1", KEY)], "procedures": [], "questions": []}
    made = bench_of(serve([says(answer)]), replies="reuse")
    made.run(ReadSource(**sample("returns_assistant").new_document.as_job()))
    confirm(made)
    made.run(ReadAgain("S-03", "both"))
    files = [file for file in made.outside.workspace.folder.rglob("*") if file.is_file()]
    assert any(file.parent.name == "model-replies" for file in files)
    assert not [file.name for file in files if KEY.encode() in file.read_bytes()]
