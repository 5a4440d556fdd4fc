"""What the agent is for and says about itself, and who answers for it: forms of texts and names."""

from __future__ import annotations

from functools import partial

from studio.desktop.panels.charter_parts import CharterForm
from studio.desktop.widgets.form import Part, Section
from studio.desktop.widgets.form_fields import ChoiceField, LineField, Option, Words
from studio.desktop.widgets.form_text import TextField
from studio.domain.agent import Agent
from studio.domain.charter_terms import ROLE_DUTIES, ROLE_WORDS, ROLES

_TEXTS: tuple[tuple[str, str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "purpose",
        "What it is for",
        (
            ("purpose", "Purpose", "One or two sentences: what customers get done with it."),
            ("audience", "For whom", "Which customers, where, in which language."),
            ("channel", "Channel", "Where they meet it: chat on the website, e-mail, telephone …"),
        ),
    ),
    (
        "says",
        "What it says about itself",
        (
            (
                "ai_disclosure",
                "That it is automated",
                "These words open every conversation. Customers must be told that no person answers.",
            ),
            ("capabilities", "What it can do", "In the agent’s own words."),
            ("cannot", "What it cannot do", "In the agent’s own words, so that nobody waits for it in vain."),
        ),
    ),
    (
        "tone",
        "How it speaks",
        (("tone", "Tone", "A language model that words replies is asked to keep it; written texts stay."),),
    ),
)
_NEEDED = {"purpose", "ai_disclosure"}


class AboutForm(CharterForm):
    """The charter's texts."""

    def show_agent(self, agent: Agent) -> None:
        """Show the texts of a charter."""
        sections = []
        for _, heading, fields in _TEXTS:
            parts = [self._part(agent, field, title, help_text) for field, title, help_text in fields]
            sections.append(Section(heading, parts))
        self.form.show_parts(sections)

    def _part(self, agent: Agent, field: str, title: str, help_text: str) -> Part:
        value = getattr(agent.charter, field) or ""
        lacking = "" if value.strip() or field not in _NEEDED else "This has to be said before a release."
        return Part(
            field,
            partial(TextField, title, help_text),
            value,
            told=lambda words: self.wish("reword", field, text=words),
            warn=lacking,
        )


class OwnersForm(CharterForm):
    """Who answers in which role, and who owns performance after launch."""

    def show_agent(self, agent: Agent) -> None:
        """Show the owners of a charter."""
        charter = agent.charter
        parts = [
            Part(
                role,
                partial(LineField, ROLE_WORDS[role], ROLE_DUTIES[role], hint="Nobody is named yet"),
                charter.owner(role),
                told=partial(self._name, role),
            )
            for role in ROLES
        ]
        options = [
            Option(role, f"{ROLE_WORDS[role]}: {charter.owner(role) or 'nobody named yet'}") for role in ROLES
        ]
        owner = charter.performance_owner
        lacking = ""
        if owner is None:
            lacking = "Nobody is named. No release leaves until somebody is."
        elif not charter.owner(owner):
            lacking = f"Name somebody for {ROLE_WORDS[owner]}. No release leaves until then."
        after = [
            Part("why", partial(Words, _AFTER)),
            Part(
                "performance",
                partial(ChoiceField, "Who owns performance after launch?", options),
                owner,
                mark=tuple(option.words for option in options),
                told=lambda role: self.wish("set performance owner", role),
                warn=lacking,
            ),
        ]
        self.form.show_parts([Section("After launch", after), Section("Owners by role", parts)])

    def _name(self, role: str, name: str) -> None:
        self.wish("name owner", role, name=name)


_AFTER = (
    "Once customers meet the agent, somebody has to look at its figures, answer for them, and stop it "
    "where they fall short of the thresholds."
)
