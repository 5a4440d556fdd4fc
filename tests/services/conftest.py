"""A workbench on the small sample agent of these tests, with a real workspace in a temporary folder."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from studio.domain.agent import Agent
from studio.domain.changeset import Change
from studio.domain.charter import Charter, Rule, RuleKind
from studio.domain.frozen import digest, to_json
from studio.domain.proposal import OpenQuestion, Proposal, ProposedChange
from studio.domain.source import Anchor, Citation, words_fingerprint
from studio.domain.workflow import End, Say, Workflow
from studio.readers.markdown import MarkdownReader
from studio.services.workbench import Outside, Workbench
from studio.signing.custody import FileKeyStore
from studio.store.workspace import Workspace, create, open_folder
from studio.workers.inline import InlineWorkers

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
QUOTE = "Refunds are paid within 45 days."


@pytest.fixture
def agent() -> Agent:
    """An agent with two rules and a workflow of two steps."""
    rules = (
        Rule(id="R-01", kind=RuleKind.ALLOW, title="Window", text="Refunds within 30 days."),
        Rule(id="R-02", kind=RuleKind.NEVER, title="Cash", text="Never refund in cash."),
    )
    steps = (Say(id="explain", title="Explain", text="30 days.", next="done"), End(id="done", title="Done"))
    return Agent(
        id="desk",
        name="Refund desk",
        charter=Charter(
            purpose="Refunds",
            audience="Customers",
            channel="Chat",
            ai_disclosure="I am an automated assistant.",
            capabilities="I can refund.",
            rules=rules,
        ),
        workflows=(Workflow(id="refund", name="Refund", start="explain", steps=steps),),
    )


@pytest.fixture
def proposal(agent: Agent) -> Proposal:
    """Four changes: C-02 needs C-01, C-03 needs C-02, C-04 stands alone; and one question."""
    cite = Citation(
        source_id="S-01",
        source_name="Policy",
        version=1,
        anchor=Anchor(line_start=1, line_end=1),
        quote=QUOTE,
        fingerprint=words_fingerprint(QUOTE),
    )
    tree = to_json(agent)["charter"]["rules"]
    new = Rule(id="R-03", kind=RuleKind.MUST, title="Receipt", text="Ask for the receipt.")

    def change(change_id: str, path: str, before: object, after: object, *needs: str) -> ProposedChange:
        edit = Change(path=path, before=before, after=after)
        return ProposedChange(
            id=change_id,
            title=path,
            change=edit,
            reason="The policy says so.",
            citations=(cite,),
            depends_on=needs,
        )

    return Proposal(
        id="P-01",
        title="Policy",
        base_digest=digest(agent),
        created_at=NOON,
        source_ids=("S-01",),
        changes=(
            change("C-01", "charter/rules/R-01/text", tree[0]["text"], "Refunds within 45 days."),
            change("C-02", "workflows/refund/steps/explain/text", "30 days.", "45 days.", "C-01"),
            change("C-03", "charter/rules/R-03", None, to_json(new), "C-02"),
            change("C-04", "charter/purpose", "Refunds", "Refunds and returns"),
        ),
        questions=(OpenQuestion(id="Q-01", text="Who?", reason="Unclear", category="role", citation=cite),),
    )


@pytest.fixture
def workspace(tmp_path: Path, agent: Agent) -> Iterator[Workspace]:
    """A new workspace."""
    made = create(tmp_path / "workspace", agent)
    yield made
    made.close()


def wire(workspace: Workspace, keys: Path) -> Workbench:
    """Return a workbench over an open workspace, at noon, as Ana."""
    return Workbench(
        Outside(
            workspace=workspace,
            readers=(MarkdownReader(),),
            workers=InlineWorkers(),
            keys=FileKeyStore(keys),
            clock=lambda: NOON,
            who="Ana",
        )
    )


@pytest.fixture
def bench(workspace: Workspace, tmp_path: Path) -> Iterator[Workbench]:
    """A workbench on the new workspace."""
    made = wire(workspace, tmp_path / "keys")
    yield made
    made.close()


@pytest.fixture
def reopened(workspace: Workspace, tmp_path: Path) -> Iterator[Workbench]:
    """A second workbench on the same folder, as after a restart."""
    made = wire(open_folder(workspace.folder), tmp_path / "keys")
    yield made
    made.close()
