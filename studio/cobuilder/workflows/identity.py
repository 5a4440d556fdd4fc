"""Whose identity a drafted workflow needs: that of known customers, or nobody's where new ones are taken on.

- A check is demanded by words (verify, confirm who it is, a security question), or because something changes.
- Who is not on record yet cannot be compared with it: a procedure that creates customers serves anyone, and
  the author is asked whether that is right.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from studio.cobuilder.procedures.slots import collected
from studio.cobuilder.questions.answer_verdicts import says_no
from studio.cobuilder.words.mood import as_imperative
from studio.cobuilder.words.spoken import CUSTOMER
from studio.cobuilder.workflows.answers import names_nobody
from studio.domain.finding import WorkflowFinding

_PERSON = rf"(?:{CUSTOMER}|them|him|her)"
_DEMANDS = re.compile(
    r"\bsecurity (?:question|answer|code|check)s?\b|\bpass(?:word|phrase)\b"
    r"|\b(?:verif|authenticat|confirm|check|validat|prov|establish)\w*\b[^.;]{0,40}\bidentity\b"
    r"|\b(?:make sure|confirm|check|verify|be certain|establish)\b[^.;]{0,30}\b"
    r"(?:who (?:they|he|she|you|we|the|is)\b|(?:talking|speaking) (?:to|with)\b)"
    rf"|\b(?:verify|verifies|verified|authenticate|identify|identifies)\s+{_PERSON}"
    r"(?=\s*(?:[.,;:!?)]|$)|\s(?:before|by|first|with|using|through|via|if|when|and|or|at|on|against|again)\b)"
    r"|\bidentity (?:check|verification)\b"
    r"|\bidentity (?:is|must be|has to be) (?:checked|verified|confirmed)",
    re.IGNORECASE,
)
_ASSENT = re.compile(
    r"^(?:yes\b)?[,;:. ]*(?:it does\b|they are\b)?[,;:. ]*(?:(?:asked )?(?:by|for|with)\b)?\s*", re.IGNORECASE
)
_RECORD = (
    r"(?:(?:(?:customer|client|patient|member|guest|user|contact|personal|person)s?\s+)?"
    r"(?:record|account|profile|file|card|entry|membership|customer|client|patient|member|guest|user|contact))"
)
_CREATES = re.compile(
    rf"^(?:create|add|register|open|set up|enter|enrol\w*|sign up|start|make|record)\s+"
    rf"(?:(?:an?|the|their|his|her|this|as)\s+)?(?:new\s+)?(?:{_RECORD}|them|him|her)\b(?!['’]s)",
    re.IGNORECASE,
)
_TAKEN_ON = re.compile(
    r"^(?:create|register|enrol\w*|sign up|set up|open)\s+(?:(?:an?|the)\s+)?(?:new\s+)?"
    rf"{_RECORD}\b(?!['’]s)",
    re.IGNORECASE,
)
_UNKNOWN = re.compile(
    rf"\b(?:there is|there['’]s|they have|has|have|finds?|with)\s+(?:not an?|no|none)\b"
    rf"|\bno\s+(?:such\s+)?{_RECORD}\b"
    r"|\b(?:not|n['’]t)\s+(?:yet\s+)?(?:be\s+|been\s+)?(?:found|listed|registered|known|recorded|there|exist)\b"
    r"|\b(?:not|n['’]t)\s+(?:yet\s+)?(?:in|on|an?|our)\b|\bnothing (?:is found|comes up|appears|shows up)"
    r"|\b(?:is|are)\s+new\b|\bnew\s+(?:customer|client|patient|member|guest|user)\b"
    r"|\bfirst[- ]time\b|\bunknown\b",
    re.IGNORECASE,
)


def demands_identity(words: str) -> bool:
    """Return whether words demand that somebody's identity is made sure of."""
    return bool(_DEMANDS.search(words))


def takes_newcomers(finding: WorkflowFinding) -> bool:
    """Return whether a procedure takes people on who are on no record yet, and asks for no check of them."""
    if any(demands_identity(step.quote) for step in finding.steps):
        return False
    return any(_creates(step.text, step.condition or "") for step in finding.steps)


def _creates(action: str, condition: str) -> bool:
    plain = as_imperative(action).strip()
    if _UNKNOWN.search(condition) and _CREATES.match(plain):
        return True
    return not condition and bool(_TAKEN_ON.match(plain))


def asked_of_newcomers(name: str) -> str:
    """Return the question about a procedure that takes new customers on."""
    return f"Does the agent have to make sure who the customer is before “{name}” changes anything?"


def serves_anyone(finding: WorkflowFinding, given: Mapping[str, str]) -> bool:
    """Return whether a procedure changes things for anyone: as it reads, or as its question was answered."""
    answer = given.get(asked_of_newcomers(finding.name))
    if answer is None:
        return takes_newcomers(finding)
    return denies(answer)


def checked_by(finding: WorkflowFinding, given: Mapping[str, str]) -> tuple[str, ...]:
    """Return by what an answer wants customers of a procedure checked, where it names something."""
    answer = given.get(asked_of_newcomers(finding.name), "")
    return () if denies(answer) else tuple(collected(f"Ask for {_ASSENT.sub('', answer)}"))


def denies(answer: str) -> bool:
    """Return whether an answer says that nobody has to be checked."""
    return says_no(answer) or names_nobody(answer)
