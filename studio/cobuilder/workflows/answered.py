"""A drafted workflow that an answer completes: the step that was left out comes in, everything else stays.

- The procedure is drafted again with all that was answered; where the workflow is no longer the one that was
  drafted without the answer, a person changed it, and it is left alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from studio.cobuilder.sketch.desk import Desk
from studio.cobuilder.sketch.drafting import Why
from studio.cobuilder.workflows.answers import names_nobody
from studio.cobuilder.workflows.cases import with_cases
from studio.cobuilder.workflows.ground import add_block_asking
from studio.cobuilder.workflows.identity import asked_of_newcomers, checked_by, denies
from studio.cobuilder.workflows.new_workflows import drafted, name_of_flow, whole_flow
from studio.cobuilder.workflows.slots import verifying_tools
from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.finding import Analysis, WorkflowFinding
from studio.domain.proposal import OpenQuestion
from studio.domain.tool import Tool
from studio.domain.workflow import Workflow

CATEGORY = "procedure"
"""The category of questions about steps that a draft left out."""
_KEPT = "It is kept; no change follows from the words alone."


def complete_flow(desk: Desk, analysis: Analysis, question: OpenQuestion, given: Mapping[str, str]) -> str:
    """Draft a procedure with what was answered; return what is to be said where nothing follows.

    `given` are all answers of the proposal by their questions, the new one among them.
    """
    agent = desk.sketch.agent
    before = {text: answer for text, answer in given.items() if text != question.text}
    finding, answered = _findings(analysis, question, before, given)
    flow = next(
        (f for f in agent.workflows if finding and f.name == name_of_flow(desk, finding) and not f.reusable),
        None,
    )
    if finding is None or answered is None or flow is None:
        return _KEPT
    desk.analysis = analysis
    old, _ = _again(desk, finding, agent, flow, before)
    if _plain(old) != _plain(flow):
        return "It is kept. The workflow was changed since it was drafted: add the step there."
    if question.text == asked_of_newcomers(finding.name):
        details = checked_by(finding, given)
        if not details and denies(given[question.text]):
            return "It is kept; the workflow serves anyone, as it was drafted."
        if not details:
            return "It is kept, but it does not say what customers are asked for to be checked."
        if not verifying_tools(agent):
            reason = "It was answered that customers are checked by this."
            add_block_asking(desk, finding, details, finding.steps[0], reason)
            agent = desk.sketch.agent
    new, tools = _again(desk, answered, agent, flow, given)
    if _plain(new) == _plain(old) and names_nobody(given[question.text]):
        return "It is kept; the step stays out."
    if _plain(new) == _plain(old) and not tools:
        return "It is kept, but it does not say what the agent is to do there."
    _put(desk, question, flow, _placed(new, flow), tools)
    return ""


def _findings(
    analysis: Analysis, question: OpenQuestion, before: Mapping[str, str], given: Mapping[str, str]
) -> tuple[WorkflowFinding | None, WorkflowFinding | None]:
    """Return the procedure that a question is about, without and with what tells a case's place."""
    old = with_cases(analysis.workflows, before).findings
    new = with_cases(analysis.workflows, given).findings
    quote = " ".join(question.citation.quote.split())
    pairs = list(zip(old, new, strict=True))
    about = [pair for pair in pairs if any(" ".join(step.quote.split()) in quote for step in pair[0].steps)]
    moved = [pair for pair in pairs if pair[0] != pair[1]]
    return next(iter([*moved, *about]), (None, None))


def _again(
    desk: Desk,
    finding: WorkflowFinding,
    agent: Agent,
    flow: Workflow,
    given: Mapping[str, str],
) -> tuple[Workflow, tuple[Tool, ...]]:
    """Return the workflow as it is drafted with some answers, and the systems that it needs."""
    at = agent.workflows.index(flow)
    blocks = [f for f in agent.workflows[at + 1 :] if f.reusable]
    ground = agent.model_copy(update={"workflows": (*agent.workflows[:at], *blocks)})
    builder = drafted(desk, finding, ground, given)
    made = whole_flow(builder, flow.name).model_copy(update={"id": flow.id})
    known = {tool.name: tool for tool in agent.tools}
    tools = tuple(tool.built() for tool in builder.tools.values())
    return made, tuple(tool for tool in tools if known.get(tool.name) != tool)


def _plain(flow: Workflow) -> Workflow:
    steps = tuple(step.model_copy(update={"place": None}) for step in flow.steps)
    return flow.model_copy(update={"steps": steps})


def _placed(new: Workflow, old: Workflow) -> Workflow:
    """Return a workflow in which each step stays where a person put it."""
    places = {step.id: step.place for step in old.steps}
    steps = tuple(step.model_copy(update={"place": places.get(step.id)}) for step in new.steps)
    return new.model_copy(update={"steps": steps})


def _put(desk: Desk, question: OpenQuestion, old: Workflow, new: Workflow, tools: tuple[Tool, ...]) -> None:
    cited = (question.citation,)
    paths = []
    known = {tool.name for tool in desk.sketch.agent.tools}
    for tool in tools:
        verb = "System" if tool.name in known else "New system"
        why = Why(f"{verb} “{tool.name.replace('_', ' ')}”", "The answered step needs it.", cited, 0.5)
        paths.append(desk.sketch.put(join_path("tools", tool.name), tool, why))
    had = {step.id for step in old.steps}
    titles = [f"“{step.title}”" for step in new.steps if step.id not in had]
    what = f"Workflow “{new.name}”: {', '.join(titles) or 'completed'}"
    why = Why(what, "The step that was left out comes in.", cited, 0.6)
    path = desk.sketch.put(join_path("workflows", new.id), new, why)
    desk.sketch.needs(path, *paths)
