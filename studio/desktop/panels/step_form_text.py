"""Texts with facts in them as people edit them: {Order number} stands for the fact, by its label.

- What is stored names facts by their own names; what is shown names them by their labels.
- A place that is no fact is refused, because a customer would read it as it stands; a fact that may not be
  known yet at a step is told, and kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from studio.desktop.widgets.form_fields import Option
from studio.desktop.widgets.form_text import TextField
from studio.domain.condition import Scalar
from studio.domain.known import Knowledge, Known
from studio.runtime.templates import PLACE, fill, places

_SHOWN = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class FactTexts:
    """Reads and writes texts for one place of an agent."""

    knowledge: Knowledge
    known: Known
    needed: str = ""

    @property
    def mark(self) -> tuple[object, ...]:
        """Return what a field is made of that edits such texts: it is made anew when this differs."""
        return (tuple(self.knowledge.facts.values()), self.known, self.needed)

    def into(self, text: str) -> str:
        """Return a stored text as it is shown."""
        return PLACE.sub(lambda found: "{" + self._label(found[1]) + "}", text)

    def out_of(self, text: str) -> str:
        """Return a shown text as it is stored; what is no fact stays as it was typed."""

        def named(found: re.Match[str]) -> str:
            fact_id = self._named(found[1])
            return "{" + fact_id + "}" if fact_id else found[0]

        return _SHOWN.sub(named, text)

    def marks(self, text: str) -> Sequence[tuple[int, int, bool]]:
        """Return the places in a shown text, with whether each is a fact."""
        return [(*found.span(), bool(self._named(found[1]))) for found in _SHOWN.finditer(text)]

    def check(self, text: str) -> str:
        """Return what is wrong with a stored text; a text that cannot be kept begins with "!"."""
        if self.needed and not text:
            return f"!{self.needed}"
        for found in _SHOWN.finditer(text):
            if not self._named(found[1]):
                return (
                    f"!“{{{found[1]}}}” is no fact that this agent knows. "
                    "Insert one that is there, or take the braces away."
                )
        if "{" in _SHOWN.sub("", text) or "}" in _SHOWN.sub("", text):
            return "!A brace stands alone: a fact is written between two, as in {Order number}."
        facts = self.knowledge.facts
        late = [facts[name].label for name in dict.fromkeys(places(text)) if not self._reached(name)]
        if late:
            words = " and ".join(f"“{each}”" for each in late)
            return f"{words} may not be known here yet; the customer would hear “your {late[0].lower()}”."
        return ""

    def preview(self, text: str) -> str:
        """Return a stored text with examples for its facts; nothing where it holds none."""
        if not places(text):
            return ""
        facts = self.knowledge.facts
        examples: dict[str, Scalar] = {
            name: fact.example for name, fact in facts.items() if fact.example != ""
        }
        return fill(text, examples, {name: fact.label for name, fact in facts.items()})

    def inserts(self) -> tuple[Option, ...]:
        """Return the facts that can be put in, those known here first."""
        sure: list[Option] = []
        other: list[Option] = []
        for fact in self.knowledge.facts.values():
            words = "{" + self._label(fact.id) + "}"
            group = "Known here" if self._reached(fact.id) else "Not always known here"
            listed = sure if self._reached(fact.id) else other
            listed.append(Option(words, fact.label, group, fact.origin))
        return (*sure, *other)

    def _reached(self, name: str) -> bool:
        return name in self.known.sure

    def _label(self, name: str) -> str:
        """Return the label by which a fact is shown: its own name where two share a label."""
        fact = self.knowledge.facts.get(name)
        if fact is None or any(sign in fact.label for sign in "{}"):
            return name
        twins = [f for f in self.knowledge.facts.values() if f.label.casefold() == fact.label.casefold()]
        return fact.label if len(twins) == 1 else name

    def _named(self, shown: str) -> str:
        """Return the fact that a shown name stands for, or ""."""
        shown = shown.strip()
        if shown in self.knowledge.facts:
            return shown
        wanted = shown.casefold()
        found = [f.id for f in self.knowledge.facts.values() if f.label.casefold() == wanted]
        return found[0] if len(found) == 1 else ""


def text_field(
    title: str, texts: FactTexts, help_text: str = "", spoken: str = "", hint: str = ""
) -> TextField:
    """Return a field that edits a text with facts in it."""
    return TextField(
        title, help_text, inserts=texts.inserts(), insert_words="Insert a fact…", marks=texts.marks,
        preview=texts.preview, check=texts.check, into=texts.into, out_of=texts.out_of,
        hint=hint, spoken=spoken,
    )  # fmt: skip
