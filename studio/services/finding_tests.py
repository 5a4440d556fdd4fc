"""Finding tests by words and tags, the same in the window and on the command line."""

from __future__ import annotations

from collections.abc import Iterable

from studio.domain.scenario import Scenario, fault_in_words


def found_by(test: Scenario, words: str = "", tag: str = "") -> bool:
    """Return whether a test says all these words, and has this tag ("" for any)."""
    if tag and tag.casefold() not in {each.casefold() for each in test.tags or ()}:
        return False
    said = _said(test)
    return all(word in said for word in words.casefold().split())


def tags_of(tests: Iterable[Scenario]) -> tuple[str, ...]:
    """Return all tags, each once, in alphabetical order."""
    found: dict[str, str] = {}
    for test in tests:
        for tag in test.tags or ():
            found.setdefault(tag.casefold(), tag)
    return tuple(found[key] for key in sorted(found))


def _said(test: Scenario) -> str:
    parts = [test.id, test.title, test.goal, test.opening, test.persona.name, *(test.tags or ())]
    parts += [*test.behaviours, *map(fault_in_words, test.faults)]
    parts += [f"{fact.id.replace('_', ' ')} {fact.value}" for fact in test.facts]
    parts += [" ".join(each.core.split()) for each in test.citations]
    return " ".join(parts).casefold()
