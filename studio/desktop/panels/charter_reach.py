"""How far the agent goes: autonomy with the evidence it demands, technology, and the company's AI policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from studio.checks.autonomy import Demand
from studio.desktop.panels.charter_parts import CharterForm
from studio.desktop.widgets.button import Button
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.form import Field, Part, Section
from studio.desktop.widgets.form_fields import ChoiceField, Held, LineField, Option, SwitchField, Words
from studio.desktop.widgets.form_list import LinesField
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.pane import row
from studio.domain.agent import Agent
from studio.domain.charter_terms import (
    AUTONOMY_TITLES,
    AUTONOMY_WORDS,
    REACH_WORDS,
    TECHNOLOGY_WORDS,
    AutonomyLevel,
)
from studio.domain.company_policy import AUTOMATIONS, DATA_CLASSES, CompanyPolicy

_LEVELS = [Option(level, f"Level {level}: {title}") for level, title in AUTONOMY_TITLES.items()]
_KINDS = [Option(kind, kind.capitalize(), note=words) for kind, words in TECHNOLOGY_WORDS.items()]
_REACHES = [Option(reach, reach.capitalize(), note=words) for reach, words in REACH_WORDS.items()]


class ReachForm(CharterForm):
    """Autonomy level and technology class, in precise words."""

    def show_agent(self, agent: Agent) -> None:
        """Show how far the agent goes."""
        level, technology = agent.charter.autonomy, agent.charter.technology
        autonomy = [
            Part(
                "level",
                partial(ChoiceField, "Autonomy level", _LEVELS),
                level,
                told=lambda value: self.wish("set autonomy", level=value),
            ),
            Part("level-words", partial(Words, AUTONOMY_WORDS[level]), mark=level),
        ]
        kind, reach = (technology.kind, technology.reach) if technology else (None, None)
        parts = [
            Part(
                "kind",
                partial(ChoiceField, "Class", _KINDS),
                kind,
                told=lambda value: self.wish("set technology", kind=value),
                warn="" if technology else "Nobody has said yet what the agent is made of.",
            ),
            *([Part("kind-words", partial(Words, TECHNOLOGY_WORDS[kind]), mark=kind)] if kind else []),
            Part(
                "reach",
                partial(ChoiceField, "What it may do", _REACHES),
                reach,
                told=lambda value: self.wish("set technology", reach=value),
            ),
            *([Part("reach-words", partial(Words, REACH_WORDS[reach]), mark=reach)] if reach else []),
        ]
        if technology is not None and (kind != "deterministic" or technology.models):
            make = partial(LinesField, "Language models", _MODELS, hint="Add a language model…", noun="model")
            parts.append(
                Part(
                    "models",
                    make,
                    technology.models,
                    told=lambda names: self.wish("set technology", models=names),
                )
            )
        self.form.show_parts([Section("Autonomy", autonomy), Section("Technology", parts)])


_MODELS = "By name, as maker/model. The company’s AI policy is checked against them."
_MARKS = {True: ("✓", "ok"), False: ("✕", "bad"), None: ("–", "")}


class DemandsCard(Card):
    """What a level demands, each with a tick, a cross or a dash."""

    def __init__(self, level: AutonomyLevel, demands: Sequence[Demand], chosen: bool) -> None:
        missing = any(each.met is False for each in demands)
        heading = "What this level demands" if chosen else f"Level {level} would demand"
        super().__init__(heading, "warn" if chosen and missing else "")
        for demand in demands:
            sign, tone = _MARKS[demand.met]
            self.add(label(f"{sign} {demand.title}", "", tone, wrap=True))  # type: ignore[arg-type]
            if demand.met is not True:
                self.say(demand.why, muted=True)


def demand_cards(
    level: AutonomyLevel, demands: Mapping[AutonomyLevel, Sequence[Demand]]
) -> Iterator[DemandsCard]:
    """Yield what a level demands, and what the next one would demand beyond it."""
    yield DemandsCard(level, demands[level], chosen=True)
    higher: AutonomyLevel | None = 2 if level == 1 else 3 if level == 2 else None
    if higher is not None:
        known = {each.kind for each in demands[level]}
        yield DemandsCard(higher, [each for each in demands[higher] if each.kind not in known], chosen=False)


class PolicyForm(CharterForm):
    """The company's AI policy: what it allows; an agent that goes beyond is broken."""

    def show_agent(self, agent: Agent) -> None:
        """Show the policy that stands with the agent."""
        policy = agent.charter.company_policy
        if policy is None:
            self.form.show_parts([Section("No policy on record", [Part("none", self._nothing)])])
            return
        named = [
            Part(
                "name",
                partial(LineField, "Name and version", "As compliance calls it.", read=_named),
                policy.name,
                told=lambda name: self.wish("set policy", name=name),
            ),
            Part("remove", self._removing),
        ]
        sections = [Section("The policy", named), *self._limits(policy)]
        self.form.show_parts(sections)

    def _limits(self, policy: CompanyPolicy) -> list[Section]:
        levels = [Option(None, "The policy does not say"), *_LEVELS]
        return [
            Section("Kinds of data", self._ticked(policy, "data_classes", DATA_CLASSES)),
            Section("Kinds of automation", self._ticked(policy, "automations", AUTOMATIONS)),
            Section("Technology", self._ticked(policy, "technologies", tuple(TECHNOLOGY_WORDS))),
            Section("Language models", self._models(policy)),
            Section(
                "Autonomy",
                [
                    Part(
                        "highest",
                        partial(ChoiceField, "Highest level allowed", levels),
                        policy.highest_autonomy,
                        told=lambda level: self.wish("set policy", highest_autonomy=level),
                    )
                ],
            ),
        ]

    def _ticked(self, policy: CompanyPolicy, field: str, choices: Sequence[str]) -> list[Part]:
        """Return the switch whether the policy says anything, and the boxes of what it allows."""
        allowed = getattr(policy, field)
        says = Part(
            f"{field}-says",
            partial(SwitchField, "The policy limits this"),
            allowed is not None,
            told=lambda on: self._tell(field, tuple(choices) if on else None),
        )
        if allowed is None:
            return [says]
        boxes = Part(
            field,
            partial(TickField, "Allowed", choices),
            allowed,
            told=partial(self._tell, field),
            warn="" if allowed else "Nothing is allowed.",
        )
        return [says, boxes]

    def _models(self, policy: CompanyPolicy) -> list[Part]:
        says = Part(
            "models-says",
            partial(SwitchField, "The policy limits this"),
            policy.models is not None,
            told=lambda on: self.wish("set policy", models=() if on else None),
        )
        if policy.models is None:
            return [says]
        make = partial(
            LinesField, "Allowed", "A * stands for anything: maker/*", hint="Add a language model…"
        )
        warn = "" if policy.models else "No language model is allowed."
        return [says, Part("models", make, policy.models, told=partial(self._tell, "models"), warn=warn)]

    def _tell(self, field: str, value: Any) -> None:
        given = {field: value}
        self.wish("set policy", **given)

    def _nothing(self) -> Held:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(label(_NO_POLICY, "muted", wrap=True))
        begin = Button("Write it down", lambda: self.wish("set policy"), kind="primary")
        column.addLayout(row(begin))
        return Held(holder)

    def _removing(self) -> Held:
        return Held(Button("Remove the policy", lambda: self.wish("remove policy"), kind="link"))


_NO_POLICY = (
    "Write down what your company allows its agents: kinds of data and automation, technology, language "
    "models, autonomy. Every change is checked against it, by hand or by CoBuilder, and what goes beyond is "
    "shown as broken and leaves in no release. It begins with what this agent does today."
)


def _named(words: str) -> str:
    if not words:
        raise ValueError("A policy needs a name, as compliance calls it.")
    return words


class TickField(Field):
    """Several of a few, each a box to tick; tells the whole choice."""

    def __init__(self, title: str, choices: Sequence[str]) -> None:
        super().__init__(title)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._choices = tuple(choices)
        self.boxes = {each: QCheckBox(each.capitalize()) for each in choices}
        for each, box in self.boxes.items():
            box.setAccessibleName(f"{title}: {each}")
            box.clicked.connect(self._tell)
            column.addWidget(box)
        self.put(holder)

    def show_value(self, value: Any) -> None:
        """Tick what is chosen."""
        for each, box in self.boxes.items():
            box.setChecked(each in (value or ()))

    def _tell(self) -> None:
        self.committed.emit(tuple(each for each in self._choices if self.boxes[each].isChecked()))
