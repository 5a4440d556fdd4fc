"""Missing inputs: what a tool must be told, and no step of the document collects.

- Only facts that somebody has to tell: a number, a name, a date of something of its own ("licence number").
  What the agent writes by itself, and the ids that systems hand on, are no such facts.
- A fact that the text names anywhere, that another tool speaks of or gives back, or that a step asks for, is
  not missing.
- One question for each fact of a document, at the first step that needs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from studio.cobuilder.questions.gaps import Gap
from studio.cobuilder.questions.open_cases import Part
from studio.cobuilder.words.concepts import concept_stem, meaningful, plain_words, same_thing
from studio.cobuilder.words.vocabulary import name_words
from studio.domain.finding import StepFinding, WorkflowFinding
from studio.domain.tool import Tool

_TOLD = frozenset("number name date address plate code holder surname country birth".split())
"""What a fact is called that a person tells; the words before it say whose or which."""
_ALONE = frozenset("iban passport postcode birthdate birthday vin nationality surname plate".split())
_OF_ITS_OWN = frozenset(
    "id ids new old first last full type file template product reason phone mobile".split()
)
"""Words before it that make it no fact of its own."""


def missing_inputs(
    parts: Sequence[Part], workflows: Sequence[WorkflowFinding], tools: Sequence[Tool], whole: str
) -> Iterator[Gap]:
    """Yield the facts that a tool of a written step needs and that nothing in the document supplies."""
    known = {tool.name: tool for tool in tools}
    asked: set[str] = set()
    steps = [step for workflow in workflows for step in workflow.steps]
    collected = {word for step in steps if step.kind == "collect" for word in _words(step.inputs)}
    told: frozenset[str] | None = None
    for step in steps:
        tool = known.get(step.tool or "")
        for argument in tool.required_arguments if tool else ():
            own = _own_words(argument)
            if tool is None or not own or argument in asked or argument in whole:
                continue
            told = _told(whole) if told is None else told
            others = [other for other in tools if other.name != tool.name]
            if _is_known(own, told | collected) or _is_known(own, _spoken_of(others)):
                continue
            asked.add(argument)
            yield from _gap(parts, step, tool, argument)


def _own_words(argument: str) -> tuple[str, ...]:
    """Return the words that tell which fact an argument is, or nothing if nobody has to tell it."""
    words = name_words(argument)
    if len(words) == 1:
        return (concept_stem(words[0]),) if words[0] in _ALONE else ()
    if not words or words[-1] not in _TOLD:
        return ()
    return tuple(meaningful(word for word in words[:-1] if word not in _OF_ITS_OWN))


def _words(names: Sequence[str]) -> list[str]:
    return meaningful(word for name in names for word in name_words(name))


_WORD = re.compile(r"[a-z]+")


def _told(whole: str) -> frozenset[str]:
    return frozenset(meaningful(sorted(set(_WORD.findall(whole.lower())))))


def _spoken_of(tools: Sequence[Tool]) -> frozenset[str]:
    """Return what tools say that they give: the words of their descriptions and of their results."""
    said = [word for tool in tools for word in plain_words(tool.description)]
    return frozenset((*meaningful(said), *_words([name for tool in tools for name in tool.result_names])))


def _is_known(own: Sequence[str], told: frozenset[str]) -> bool:
    return all(word in told or any(same_thing(word, other) for other in told) for word in own)


def _gap(parts: Sequence[Part], step: StepFinding, tool: Tool, argument: str) -> Iterator[Gap]:
    """Yield the question at the sentence that holds a step."""
    sentence = next((one for _, one in parts if one.start <= step.start < one.end), None)
    if sentence is None:
        return
    name, does = " ".join(name_words(argument)), " ".join(name_words(tool.name))
    text = f"“{does}” needs the {name}, and no step collects it: where does it come from?"
    why = "The step cannot be carried out without it."
    yield Gap(sentence, "missing input", name, text, why, 0.86)
