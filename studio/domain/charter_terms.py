"""The charter's precise words: autonomy levels, technology classes, owners' roles, and what each means.

- An autonomy level says who acts; the evidence it demands is listed with it, and is computed elsewhere.
- A technology class says what makes the words and what makes the decisions, and whether anything is changed.
"""

from __future__ import annotations

from typing import Literal, get_args

from studio.domain.frozen import Frozen

AutonomyLevel = Literal[1, 2, 3]
OwnerRole = Literal["business", "operations", "qa", "compliance", "it", "analytics"]
TechnologyKind = Literal["deterministic", "generative", "hybrid"]
Reach = Literal["retrieves only", "acts"]
EvidenceKind = Literal[
    "checks hold",
    "tests pass",
    "a person decides",
    "writing is guarded",
    "a person can take over",
    "no hard rule rests on words",
    "thresholds are set",
    "performance is owned",
]
"""What can be asked for before an agent is trusted with a level; each is computed from agent and runs."""


class Technology(Frozen):
    """What the agent is made of.

    `kind`: *deterministic*: a written course and decision tables choose every word and every deed;
    *generative*: a language model words the replies and chooses what to do, guards stop what is forbidden;
    *hybrid*: a language model understands and words, the written course decides what is done.
    `reach`: *retrieves only* looks things up and changes nothing; *acts* changes something in a system.
    `models`: the language models it is allowed to speak through, by name; none for a deterministic one.
    """

    kind: TechnologyKind
    reach: Reach
    models: tuple[str, ...] = ()


TECHNOLOGY_WORDS: dict[TechnologyKind, str] = {
    "deterministic": (
        "Every word and every deed is chosen by the written workflows and decision tables. "
        "The same customer always gets the same answer; no language model takes part."
    ),
    "generative": (
        "A language model words the replies and chooses what to do next. Guards and tool permissions stop "
        "what is forbidden; everything else rests on what the model was told."
    ),
    "hybrid": (
        "A language model understands the customer and words the replies. What is done, and when, is decided "
        "by the written workflows and decision tables."
    ),
}
REACH_WORDS: dict[Reach, str] = {
    "retrieves only": "It looks things up and tells them. It changes nothing in any system.",
    "acts": "It changes something in at least one system: books, refunds, cancels, updates.",
}
AUTONOMY_TITLES: dict[AutonomyLevel, str] = {
    1: "Answers and prepares; people act",
    2: "Acts within limits",
    3: "Acts alone within the rules",
}
AUTONOMY_WORDS: dict[AutonomyLevel, str] = {
    1: "It informs, collects facts and prepares the case. Whatever changes something is done by a person.",
    2: "It changes things itself up to the limits and guards of this charter; beyond them a person decides.",
    3: "It completes everything the rules allow without a person. People look at samples and at alarms.",
}
AUTONOMY_EVIDENCE: dict[AutonomyLevel, tuple[EvidenceKind, ...]] = {
    1: ("checks hold", "tests pass", "a person decides", "a person can take over"),
    2: ("checks hold", "tests pass", "writing is guarded", "a person can take over", "performance is owned"),
    3: (
        "checks hold",
        "tests pass",
        "writing is guarded",
        "a person can take over",
        "performance is owned",
        "no hard rule rests on words",
        "thresholds are set",
    ),
}
ROLE_WORDS: dict[OwnerRole, str] = {
    "business": "Business",
    "operations": "Operations",
    "qa": "Quality assurance",
    "compliance": "Compliance",
    "it": "IT",
    "analytics": "Analytics",
}
ROLE_DUTIES: dict[OwnerRole, str] = {
    "business": "Answers for what the agent is for and what it may promise.",
    "operations": "Answers for the procedures it follows and the people who take over.",
    "qa": "Answers for the tests and for looking at conversations.",
    "compliance": "Answers for the rules and for what customers must be told.",
    "it": "Answers for the systems it calls, for roll-out and roll-back.",
    "analytics": "Answers for the figures by which it is judged.",
}
ROLES: tuple[OwnerRole, ...] = get_args(OwnerRole)
