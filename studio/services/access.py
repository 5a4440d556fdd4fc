"""Access rules applied: what is marked internal never stands where a customer sees or hears it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from rapidfuzz import fuzz

from studio.domain.agent import Agent
from studio.domain.changeset import join_path
from studio.domain.check import CheckResult
from studio.domain.places import Place
from studio.domain.source import Source
from studio.domain.statement import Statement
from studio.release.evidence import ACCESS_CHECK
from studio.services.accounting import accounts, key_of
from studio.services.memory import Memory
from studio.services.standing import Standing

CHECK = ACCESS_CHECK
_LIKE, _LONG = 90, 25
_ALL: Memory[Standing, tuple[CheckResult, ...]] = Memory(4)


def _said(agent: Agent) -> Iterator[tuple[str, str, str]]:
    """Yield (path, name, text) of everything the agent may say to a customer."""
    charter = agent.charter
    yield "charter/ai_disclosure", "What it says about being automated", charter.ai_disclosure
    yield "charter/capabilities", "What it can do", charter.capabilities
    yield "charter/cannot", "What it cannot do", charter.cannot or ""
    for workflow in agent.workflows:
        for slot in workflow.slots:
            path = join_path("workflows", workflow.id, "slots", slot.id)
            yield path, f"Question “{slot.label}” of “{workflow.name}”", slot.prompt
        for step in workflow.steps:
            text = " ".join(getattr(step, name, "") or "" for name in ("say", "text"))
            path = join_path("workflows", workflow.id, "steps", step.id)
            yield path, f"Step “{step.title}” of “{workflow.name}”", text
    for rule in charter.rules:
        if rule.kind == "disclose":
            yield join_path("charter", "rules", rule.id), f"Rule {rule.id} {rule.title}", rule.text


def is_internal(stand: Standing, source: Source, statement: Statement) -> bool:
    """Return whether a statement may not be quoted to customers."""
    mark = stand.markings.get(key_of(source.id, statement.id))
    holds = mark is not None and mark.fingerprint == statement.fingerprint
    return (mark.permission if mark and holds else source.permission) == "internal"


def internal_sentences(stand: Standing, source: Source) -> tuple[Statement, ...]:
    """Return the sentences of a source that are internal, those that define a term among them."""
    found = stand.analyses.get(source.id)
    return tuple(st for st in found.statements if is_internal(stand, source, st)) if found else ()


def _offends(statement: Statement, cited: frozenset[str], path: str, text: str) -> bool:
    if path in cited and text.strip():
        return True
    quote = " ".join(statement.quote.split())
    return len(quote) >= _LONG and fuzz.partial_ratio(quote.casefold(), text.casefold()) >= _LIKE


def heard_at(stand: Standing, source: Source, statement: Statement) -> tuple[Place, ...]:
    """Return where customers are told a statement that is internal; nothing for one they may be told."""
    if not is_internal(stand, source, statement):
        return ()
    end = f":{key_of(source.id, statement.id)}"
    found = (check for check in access_checks(stand) if check.id.endswith(end))
    return tuple(Place(path=check.path, name=check.subject) for check in found if check.path is not None)


def all_checks(stand: Standing) -> tuple[CheckResult, ...]:
    """Return what the checks find on the draft, with the access rules of its sources; broken ones first."""
    return _ALL.get(stand, lambda: _all_checks(stand))


def all_known(stand: Standing) -> bool:
    """Return whether `all_checks` answers without working anything out."""
    return stand in _ALL


def _all_checks(stand: Standing) -> tuple[CheckResult, ...]:
    found = (*stand.checks, *access_checks(stand))
    return tuple(sorted(found, key=lambda result: result.status != "broken"))


@lru_cache(maxsize=4)
def access_checks(stand: Standing) -> tuple[CheckResult, ...]:
    """Return one result for every place that says something internal; one that holds where none does."""
    internal = [(s, st) for s in stand.sources for st in stand.statements(s) if is_internal(stand, s, st)]
    said = [entry for entry in _said(stand.draft) if entry[2].strip()]
    broken = []
    for source, statement in internal:
        cited = frozenset(place.path for place in accounts(stand).places(source, statement))
        for path, name, text in said:
            if _offends(statement, cited, path, text):
                quote = " ".join(statement.quote.split())
                broken.append(
                    CheckResult(
                        id=f"{CHECK}:{path}:{key_of(source.id, statement.id)}",
                        check=CHECK,
                        status="broken",
                        subject=name,
                        detail=f"{name} tells customers what “{source.name}” keeps internal: “{quote}”",
                        path=path,
                    )
                )
    if broken or not internal:
        return tuple(broken)
    detail = f"None of the {len(internal)} internal sentences is told to customers."
    return (CheckResult(id=CHECK, check=CHECK, status="holds", subject=stand.draft.name, detail=detail),)
