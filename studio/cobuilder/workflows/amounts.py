"""Amounts in a drafted workflow: what is worked out becomes a fact that later steps say and decide on.

- “Work out the price” is a system's look-up that gives the price back; how it is worked out is asked.
- “Tell the customer the amount” says the amount that is known there, or has it worked out first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio.cobuilder.words.known_facts import KnownFact, is_amount
from studio.cobuilder.words.mood import as_imperative
from studio.cobuilder.words.spoken import ADDRESSED, capital
from studio.cobuilder.words.vocabulary import stems
from studio.cobuilder.workflows.course import Course
from studio.cobuilder.workflows.facts import ANY_AMOUNT, EMPTY
from studio.cobuilder.workflows.slots import slug
from studio.domain.finding import StepFinding
from studio.domain.workflow import Say

_WORKS_OUT = re.compile(
    r"^(?:work(?:ing)? out|calculate|compute|figure out|add up|"
    r"(?P<likely>determine|establish|estimate|find out))\s+"
    r"(?P<what>(?:what|how much|how many|how long|the|a|an|their|his|her|any)\b.+)$",
    re.IGNORECASE | re.DOTALL,
)
_TELLS = re.compile(
    rf"^(?:(?:tell|inform|advise|let|give|quote|notify)\s+{ADDRESSED}(?:\s+know)?(?:\s+(?:of|about))?"
    rf"|(?:explain|state|say|mention|quote|announce|name|confirm|give)"
    rf"(?:\s+to\s+{ADDRESSED.replace('noun', 'other')})?)\s+"
    r"(?P<what>(?:what|how much|the|a|an|their|his|her|any)\b.+)$",
    re.IGNORECASE | re.DOTALL,
)
_REST = re.compile(
    r"[,.;:(]|\s+(?:from|by|using|with|according|based|on the basis|in|on|for|to|before|after|when|if|and|or|"
    r"that|which|as|via)\b",
    re.IGNORECASE,
)
_ASKED_FOR = re.compile(r"^(?:what|how much|how many|how long)\s+", re.IGNORECASE)
_OWED = re.compile(r"\b(?:owes?|pays?|(?:has|have) to pay|(?:is|are) (?:charged|owed|due))\b", re.IGNORECASE)
_VERBS = frozenset("cost costs charge come comes will would takes".split())


@dataclass(slots=True)
class Amounts(Course):
    """Drafts what is worked out, and what is said of it."""

    def works_out(self, found: StepFinding) -> bool:
        """Draft a step that works something out, where a step is one; return whether it is."""
        match = _WORKS_OUT.match(as_imperative(found.text).strip())
        if match is None or found.tool is not None:
            return False
        if match["likely"] and not (is_amount(match["what"]) or _ASKED_FOR.match(match["what"])):
            return False
        if self._enter(found):
            self._worked_out(found, match["what"])
        return True

    def tells_amount(self, found: StepFinding) -> bool:
        """Draft what tells the customer an amount, where a step does that without saying which; return so."""
        match = _TELLS.match(as_imperative(found.text).strip())
        if match is None or re.search(r"\d", found.text):
            return False
        what = match["what"].strip().rstrip(".;,")
        if re.match(r"\w+\s+that\b", what) or not is_amount(_name(what)):
            return False
        if not self._enter(found):
            return True
        fact = self._amount_known(what) or self._worked_out(found, what)
        title = capital(" ".join(found.text.split()).rstrip(".:;,"))
        label = self._label(fact)
        self.chain.add(
            Say(
                id=self.free(title),
                title=title,
                text=f"The {label[:1].lower()}{label[1:]} is {{{fact}}}.",
                citations=self.cite(found),
            )
        )
        return True

    def _worked_out(self, found: StepFinding, what: str) -> str:
        """Have a system work something out, and ask how; return the name of the fact that it gives."""
        name = _name(what)
        label = capital(name.replace("_", " "))
        self._ask_wanted(found)
        act = f"Calculate the {label[:1].lower()}{label[1:]}"
        tool = self._described(act, found)
        question = f"How is the {label[:1].lower()}{label[1:]} of “{self.finding.name}” worked out?"
        answer = self.given.get(question)
        if answer:
            tool.description = f"{act}: {' '.join(answer.split())}"
        elif not self.quiet:
            self.desk.ask(
                question,
                "The step is drafted as a system that gives it; until then, simulations make it up.",
                "procedure",
                self.cite(found)[0],
            )
        kind = "number" if is_amount(name) else "string"
        tool.returns[name] = {"type": kind, "description": label}
        self.book.results[name] = KnownFact(
            name, "draft", "number" if is_amount(name) else "text", label, tool=tool.name, result=name
        )
        self.book.known.add(name)
        self._call(found, tool)
        return name

    def _amount_known(self, what: str) -> str | None:
        """Return the amount that words speak of, of those that are known: the one named, or the latest."""
        said = frozenset(stems(_name(what).replace("_", " ")))
        amounts = [
            fact
            for fact in self.book.facts()
            if fact.name in self.book.known and fact.type in ("number", "money") and is_amount(fact.name)
        ]
        own = said - ANY_AMOUNT
        named = [fact for fact in amounts if own <= fact.words]
        return named[-1].name if named else None

    def _label(self, name: str) -> str:
        return next((fact.label for fact in self.book.facts() if fact.name == name), name.replace("_", " "))


def _name(what: str) -> str:
    """Return the name of what is worked out: its own words, without what it is worked out from."""
    asked = _ASKED_FOR.match(what)
    plain = what[asked.end() :] if asked else what
    if asked and _OWED.search(plain):
        return "amount_due"
    stop = _REST.search(plain)
    words = [w for w in slug(plain[: stop.start()] if stop else plain).split("_") if w not in EMPTY]
    kept = [word for word in words if not asked or word not in _VERBS]
    unit = {"how much": "cost", "how many": "number", "how long": "time"}.get(
        (asked[0] if asked else "").strip().lower()
    )
    if unit:
        kept.append(unit)
    return "_".join(kept[-4:]) or "amount"
