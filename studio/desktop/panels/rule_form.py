"""One rule of the charter as fields: what it demands, where it counts, and the code that guards it.

- How a rule is really kept is found by the checks and shown beside; what it declares of itself is a field
  only where no guard keeps it.
- A guard is made by choosing: the systems it protects, and what has to be so before they may be called.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Signal

from studio.desktop.panels.charter_parts import CharterForm
from studio.desktop.panels.condition_builder import ConditionBuilder, fact_options
from studio.desktop.panels.graph import plain
from studio.desktop.panels.rules import KIND_WORDS, guard_words
from studio.desktop.widgets.form import Part, Section
from studio.desktop.widgets.form_fields import ChoiceField, LineField, Option, SwitchField, Words
from studio.desktop.widgets.form_list import LinesField, PickField
from studio.desktop.widgets.form_text import TextField
from studio.domain.agent import Agent
from studio.domain.charter import Guard, Rule, RuleKind
from studio.domain.condition import Condition
from studio.domain.known import Fact, Knowledge, in_words, type_of

_SEVERITIES = [Option(each, each.capitalize()) for each in ("high", "medium", "low")]
_KINDS = [Option(RuleKind(kind), words.capitalize()) for kind, words in KIND_WORDS.items()]
_DECLARED = [
    Option("text only", "By words only"),
    Option("step", "By a step on every path"),
    Option("tool permission", "By what the systems permit"),
]
_ALWAYS = "Without a condition these systems may never be called where this rule counts."
_SCOPES = (
    ("segments", "Customer groups", "All customers", "customer group"),
    ("regions", "Regions", "All regions", "region"),
    ("channels", "Channels", "All channels", "channel"),
)


class RuleForm(CharterForm):
    """Shows one rule; `opened` tells the workflow that shall be shown."""

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._agent: Agent | None = None
        self._knowledge: Knowledge | None = None
        self._rule: Rule | None = None

    def show_rule(self, agent: Agent, rule: Rule, warn: str = "") -> None:
        """Show a rule of the draft; `warn` is said beside how it is kept."""
        if self._rule is not None and self._rule.id != rule.id:
            self.form.flush()
        if agent is not self._agent:
            self._agent, self._knowledge = agent, Knowledge(agent)
        self._rule = rule
        self.form.show_parts(
            [
                Section("What it demands", self._words(rule)),
                Section("How it is kept", self._kept(rule, warn)),
                Section("Where it counts", self._scope(agent, rule)),
            ]
        )

    # What it demands

    def _words(self, rule: Rule) -> list[Part]:
        said = "" if rule.text.strip() else "Say in a sentence what is demanded."
        return [
            self._part("kind", partial(ChoiceField, "The agent …", _KINDS), rule.kind),
            self._part("title", partial(LineField, "Name", read=_named), rule.title),
            self._part(
                "text", partial(TextField, "What is demanded", hint="One sentence"), rule.text, warn=said
            ),
            self._part("severity", partial(ChoiceField, "Severity", _SEVERITIES), rule.severity),
        ]  # fmt: skip

    def _part(self, field: str, make: Any, value: Any, mark: Any = None, warn: str = "") -> Part:
        assert self._rule is not None
        key = f"{self._rule.id}/{field}"
        return Part(key, make, value, mark, partial(self._change, self._rule.id, field), warn)

    def _change(self, rule_id: str, field: str, value: Any) -> None:
        self.wish("change rule", rule_id, **{field: value})

    # Where it counts

    def _scope(self, agent: Agent, rule: Rule) -> list[Part]:
        options = [Option(flow.id, flow.name) for flow in agent.workflows]

        def pick() -> PickField:
            field = PickField(
                "Workflows",
                options,
                "In all workflows, unless you choose some.",
                add="Only in…",
                open_words="Open",
            )
            field.opened.connect(self.opened.emit)
            return field

        parts = [self._part("workflows", pick, rule.workflows, tuple(options))]
        for field, title, hint, noun in _SCOPES:
            make = partial(LinesField, title, hint=hint, noun=noun)
            parts.append(self._part(field, make, getattr(rule, field) or ()))
        return parts

    # The guard

    def _kept(self, rule: Rule, warn: str) -> list[Part]:
        assert self._agent is not None
        guard = rule.guard
        tools = [Option(tool.name, _tool(tool.name, tool.effect)) for tool in self._agent.tools]
        parts = [
            Part(
                f"{rule.id}/tools",
                partial(PickField, "Systems that code protects", tools, _GUARDED, add="Protect a system…"),
                guard.tools if guard else (),
                tuple(tools),
                partial(self._guard, "tools"),
                warn,
            )
        ]
        if guard is None:
            parts.append(
                self._part(
                    "enforced_by", partial(ChoiceField, "Declared to be kept", _DECLARED), rule.enforced_by
                )
            )
            return parts
        return [*parts, *self._requirements(rule, guard)]

    def _requirements(self, rule: Rule, guard: Guard) -> list[Part]:
        assert self._agent is not None and self._knowledge is not None
        facts = {**self._knowledge.facts, **self._arguments(guard)}
        options = [*fact_options(self._knowledge), *_more(facts, self._knowledge)]
        disclosures = [
            Option(each.id, f"{each.id} {each.title}")
            for each in self._agent.charter.rules
            if each.kind == RuleKind.DISCLOSE
        ]
        told = [Option(None, "Nothing needed"), *disclosures]
        bare = guard.forbidden_when is None and not guard.needs_identity and guard.needs_disclosure is None
        return [
            Part(
                f"{rule.id}/needs_identity",
                partial(SwitchField, "Only once identity is verified"),
                guard.needs_identity,
                told=partial(self._guard, "needs_identity"),
            ),
            Part(
                f"{rule.id}/needs_disclosure",
                partial(ChoiceField, "Only once customers were told", told),
                guard.needs_disclosure,
                tuple(disclosures),
                partial(self._guard, "needs_disclosure"),
            ),
            Part(
                f"{rule.id}/forbidden_when",
                partial(ConditionBuilder, "Forbidden when", facts, options, "No condition yet."),
                guard.forbidden_when,
                tuple(options),
                partial(self._guard, "forbidden_when"),
                _ALWAYS if bare else "",
            ),
            Part(
                f"{rule.id}/guard-words",
                partial(Words, " ".join(f"{each}." for each in guard_words(guard))),
                mark=guard,
            ),
        ]  # fmt: skip

    def _arguments(self, guard: Guard) -> dict[str, Fact]:
        """Return what is sent to the protected systems and is no fact of its own."""
        assert self._agent is not None and self._knowledge is not None
        found: dict[str, Fact] = {}
        for tool in self._agent.tools:
            schemas = tool.parameters.get("properties", {}) if tool.name in guard.tools else {}
            for name, schema in schemas.items():
                if name not in self._knowledge.facts and isinstance(schema, dict):
                    kind, choices = type_of(schema)
                    origin = f"sent to “{plain(tool.name)}”"
                    found[name] = Fact(
                        name, in_words(name), kind, origin, choices if kind == "choice" else ()
                    )
        return found

    def _guard(self, field: str, value: Any) -> None:
        rule = self._rule
        if rule is None:
            return
        now = rule.guard or Guard(tools=())
        given: dict[str, Any] = {**dict(now), field: value}
        condition: Condition | None = given["forbidden_when"]
        guard = Guard.model_validate({**given, "forbidden_when": condition})
        self.wish("guard rule", rule.id, guard=guard)


_GUARDED = "A call is stopped by code while what is chosen below is not so, whoever asks for it."


def _tool(name: str, effect: str) -> str:
    return f"{in_words(name)} ({'changes something' if effect == 'write' else 'looks up'})"


def _more(facts: dict[str, Fact], knowledge: Knowledge) -> list[Option]:
    new = [fact for name, fact in facts.items() if name not in knowledge.facts]
    return [Option(fact.id, fact.label, "", fact.origin) for fact in new]


def _named(words: str) -> str:
    if not words:
        raise ValueError("A rule needs a name: a few words on what it is about.")
    return words
