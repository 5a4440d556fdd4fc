"""Cases told aside: what stands under “Exceptions” or “When things go wrong” comes to the step it speaks of.

- A system that fails leads away from the steps that use it; every other case is a branch at the step that
  speaks of the same things, before it where the case keeps it from being done.
- A case that speaks of no step, or of several alike, is left out and asked; the answer tells its place.
- Only headings that announce cases are read so, and only what stands under a condition.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from studio.cobuilder.procedures.outline import bare_title
from studio.cobuilder.procedures.step_kinds import ends, hands_over, is_manner
from studio.cobuilder.words.matching import topic
from studio.cobuilder.words.spoken import CUSTOMER
from studio.cobuilder.workflows.systems import effect_of, is_system_step
from studio.cobuilder.workflows.words import FAILS
from studio.domain.finding import StepFinding, WorkflowFinding

_CASES = re.compile(
    r"^(?:and )?(?:"
    r"(?:if|when|where|what if|in case|what to do (?:if|when)) (?:things?|something|anything|it|that|this|"
    r"a step|the (?:normal )?(?:process|procedure)) "
    r"(?:go(?:es)?|fails?|do(?:es)?(?: not|n['’]t)|is(?: not|n['’]t)|breaks?)\b.*"
    r"|what (?:can|could|may|might) go wrong\b.*"
    r"|(?:the |common |typical |known |possible |special |rare |other )*(?:exceptions?|special cases?|"
    r"edge cases?|unusual cases?|problems?|trouble|troubleshooting|errors?|failures?|difficulties|issues|"
    r"deviations?|fallbacks?|snags|pitfalls|faults?|odd cases?|contingenc(?:y|ies))"
    r"(?: (?:and|or|&) \w+(?: \w+){0,3}| handling| cases| to (?:the|this) \w+)?"
    r"|in case of (?:problems?|errors?|trouble|failures?|difficulties|doubt)"
    r"|(?:special|rare|exceptional) (?:situations?|circumstances)"
    r")[\s:.!?]*$",
    re.IGNORECASE,
)
_BREAKS = re.compile(
    r"\b(?:(?:is|are) (?:down|offline|unreachable|frozen|out of order|"
    r"not (?:responding|reachable|working|loading)|unavailable|broken)|"
    r"does(?: not|n['’]t) (?:respond|load|open|start|answer|work|react)|"
    r"(?:cannot|can['’]t|can not) be (?:reached|opened|used)|times? out|crash(?:es)?|freezes|hangs|"
    r"(?:shows?|gives?|returns?) an? error|fails?)\b",
    re.IGNORECASE,
)
_NOT_FOUND = re.compile(
    r"\b(?:cannot|can['’]t|can not|could not|not|n['’]t)\s+(?:be\s+)?(?:found|located|identified|listed)\b"
    r"|\bnothing (?:comes up|is found|appears|shows up)|\bno \w+(?: \w+)? (?:is|are) found\b",
    re.IGNORECASE,
)
_ANY_SYSTEM = re.compile(r"\b(?:systems?|computers?|it|everything|nothing|network|line)\b", re.IGNORECASE)
_PEOPLE = re.compile(rf"\b(?:{CUSTOMER}|they|them|he|she)\b", re.IGNORECASE)
_MOMENT = re.compile(r"\b(?P<side>before|after|once|while)\s+(?P<what>[^,.;]{4,})", re.IGNORECASE)
_EVERYWHERE = topic("next new same other first last day time work tell ask step case go come take give make")
NEAR = 0.5
"""How much of its own a case has to share with a step: one word that no more than two steps have."""
CLEARLY = 1.5
FAILED = "the call fails"
"""What opens the failing way of the step before, whatever words the document has for it."""


def _about(text: str) -> frozenset[str]:
    return topic(_PEOPLE.sub(" ", text)) - _EVERYWHERE


@dataclass(frozen=True, slots=True)
class Case:
    """What is done in one case that is told aside: its steps, under their own condition, and its heading."""

    steps: tuple[StepFinding, ...]
    heading: str
    home: str

    @property
    def condition(self) -> str:
        """Return the condition of the case in words."""
        return self.steps[0].condition or ""

    @property
    def words(self) -> frozenset[str]:
        """Return what the case is about: when it comes up, and what is done in a system, not talk."""
        acts = (step.text for step in self.steps if step.tool or is_system_step(step.text))
        return _about(" ".join((self.condition, *acts, self.moment[1])))

    @property
    def moment(self) -> tuple[str, str]:
        """Return what tells when it is done: “before” or “after”, and what is done then."""
        found = next((m for step in self.steps if (m := _MOMENT.search(step.text))), None)
        return (
            ("before" if found["side"].lower() == "before" else "after", found["what"]) if found else ("", "")
        )

    @property
    def is_manner(self) -> bool:
        """Return whether it only tells how to behave, which has no place in a procedure."""
        return all(is_manner(step.text) for step in self.steps)

    @property
    def question(self) -> str:
        """Return the question where the case belongs."""
        told = "; ".join(" ".join(step.text.split()).rstrip(".;") for step in self.steps)
        return f"At which step does this case come up: if {self.condition}, {told}?"


@dataclass(slots=True)
class Placed:
    """The procedures with the cases at their steps, and the cases whose place nobody told."""

    findings: list[WorkflowFinding] = field(default_factory=list)
    loose: list[Case] = field(default_factory=list)


def announces_cases(title: str) -> bool:
    """Return whether a heading announces cases rather than a procedure."""
    return bool(_CASES.match(bare_title(title)))


def with_cases(findings: Sequence[WorkflowFinding], given: Mapping[str, str] | None = None) -> Placed:
    """Return the procedures with each case that is told aside at the step it speaks of.

    `given` are answers by their questions: the one to a case's question tells its place.
    """
    plain: list[WorkflowFinding] = []
    cases: list[Case] = []
    for finding in findings:
        main, aside = _apart(finding)
        cases += aside
        if main:
            plain.append(finding.model_copy(update={"steps": main}))
    if not plain or not cases:
        return Placed(list(findings))
    made = Placed()
    spots: dict[tuple[int, int, int], list[Case]] = {}
    for case in cases:
        places = _places(case, plain, (given or {}).get(case.question, ""))
        if not places and not case.is_manner:
            made.loose.append(case)
        for place in places:
            spots.setdefault(place, []).append(case)
    made.findings += [_filled(flow, number, spots) for number, flow in enumerate(plain)]
    return made


def _apart(finding: WorkflowFinding) -> tuple[tuple[StepFinding, ...], list[Case]]:
    """Return the steps of a procedure, and the cases that stand under a heading of cases."""
    whole = announces_cases(finding.name)
    heads = [_heading(step, finding.name) for step in finding.steps]
    own = [_without(step, head) for step, head in zip(finding.steps, heads, strict=True)]
    told = [bool(head) and bool(step.condition) for step, head in zip(own, heads, strict=True)]
    if whole and 2 * sum(told) < len(told):
        return finding.steps, []  # a procedure of its own, whatever its title says
    main = tuple(
        step
        for step, head, case in zip(finding.steps, heads, told, strict=True)
        if not case and not (whole and head)
    )
    rows = [(step, head) for step, head, case in zip(own, heads, told, strict=True) if case]
    cases = [
        Case(tuple(step for step, _ in group), key[0], "" if whole else finding.name)
        for key, group in _grouped(rows)
    ]
    return main, cases


def _grouped(
    rows: list[tuple[StepFinding, str]],
) -> list[tuple[tuple[str, str], list[tuple[StepFinding, str]]]]:
    def case(row: tuple[StepFinding, str]) -> tuple[str, str]:
        return row[1], (row[0].condition or "").split(";")[0]

    return [(key, list(group)) for key, group in groupby(rows, case)]


def _heading(step: StepFinding, name: str) -> str:
    """Return the heading of cases that a step stands under inside its procedure, or nothing."""
    path = [bare_title(each) for each in step.anchor.section]
    start = path.index(bare_title(name)) if bare_title(name) in path else min(1, len(path))
    return next((each for each in path[start:] if announces_cases(each)), "")


def _without(step: StepFinding, head: str) -> StepFinding:
    """Return a step without the heading of cases as its condition."""
    if not head:
        return step
    parts = [part.strip() for part in (step.condition or "").split(";") if part.strip()]
    kept = [part for part in parts if bare_title(part).casefold() != head.casefold()]
    return step.model_copy(update={"condition": "; ".join(kept) or None})


BEFORE, FAILING, AFTER = 0, 1, 2
Place = tuple[int, int, int]
"""Which procedure, which of its steps, and whether before it, on its failing way, or after it."""


def _places(case: Case, flows: Sequence[WorkflowFinding], answer: str) -> list[Place]:
    """Return where a case belongs; more than one place only where a system fails that several steps use."""
    homes = [at for at, flow in enumerate(flows) if case.home in ("", flow.name)]
    named = [at for at in homes if answer and flows[at].name.casefold() in answer.casefold()]
    homes = named or homes
    if _BREAKS.search(case.condition) and not _PEOPLE.search(case.condition):
        return [(at, spot, FAILING) for at in homes for spot in _failing(case, flows[at])]
    said = case.words | _about(answer)
    scored = sorted((_nearest(case, said, flows, at) for at in homes), reverse=True)
    if not scored:
        return []
    best, at, spot, side = scored[0]
    second = scored[1][0] if len(scored) > 1 else 0.0
    if named and best < NEAR:
        return [(at, len(flows[at].steps) - 1, AFTER)]
    if best < NEAR or best < CLEARLY * second:
        return []
    return [(at, spot, side)]


def _failing(case: Case, flow: WorkflowFinding) -> list[int]:
    """Return the steps that use the system which fails."""
    systems = [at for at, step in enumerate(flow.steps) if step.tool or is_system_step(step.text)]
    subject = _BREAKS.split(case.condition)[0]
    said = topic(subject)
    using = [at for at in systems if said & topic(flow.steps[at].text)]
    return using or (systems if _ANY_SYSTEM.search(subject) else [])


def _nearest(
    case: Case, said: frozenset[str], flows: Sequence[WorkflowFinding], at: int
) -> tuple[float, int, int, int]:
    """Return how near a case is to its nearest step of a procedure, which step that is, and on which side."""
    common = Counter(word for flow in flows for step in flow.steps for word in _about(step.text))
    steps = flows[at].steps
    missing = bool(_NOT_FOUND.search(case.condition))
    best, spot, side = 0.0, len(steps) - 1, AFTER
    for number, step in enumerate(steps):
        if missing and not (is_system_step(step.text) and effect_of(step.text) == "read"):
            continue
        score = sum(1 / common[word] for word in said & _about(step.text))
        if score > best:
            best, spot = score, number
            side = FAILING if missing else BEFORE if _prevents(case, step) else AFTER
    return best, at, spot, side


def _prevents(case: Case, step: StepFinding) -> bool:
    """Return whether a case keeps a step from being done: it leads away, and the step changes something."""
    if case.moment[0] == "before":
        return True
    away = any(
        each.kind in ("escalate", "end") or hands_over(each.text) or ends(each.text) for each in case.steps
    )
    return away and is_system_step(step.text) and effect_of(step.text) == "write"


def _filled(flow: WorkflowFinding, number: int, spots: Mapping[Place, Sequence[Case]]) -> WorkflowFinding:
    """Return a procedure with the cases at their steps; a failing way comes right after what may fail."""
    steps: list[StepFinding] = []
    for at, step in enumerate(flow.steps):
        for side in (BEFORE, FAILING, AFTER):
            if side == FAILING:
                steps.append(step)
            for case in spots.get((number, at, side), ()):
                steps += _under(case, step, side == FAILING)
    return flow.model_copy(update={"steps": tuple(steps)})


def _under(case: Case, about: StepFinding, failed: bool) -> list[StepFinding]:
    """Return the steps of a case under the conditions of the step that it is about, too."""
    around = [about.condition] if about.condition else []
    steps = []
    for step in case.steps:
        own = step.condition or ""
        if failed and not FAILS.search(own):
            own = f"{FAILED}: {own}"
        steps.append(step.model_copy(update={"condition": "; ".join([*around, own])}))
    return steps
