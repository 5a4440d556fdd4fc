"""The charter's parts as rows, and what stands beside each: what changed, what the checks find."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from studio.desktop.panels.evidence import ProofCard
from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.card import Card
from studio.desktop.widgets.labels import label
from studio.desktop.widgets.row_list import RowItem
from studio.domain.agent import Agent
from studio.domain.charter import Charter
from studio.domain.charter_terms import ROLES
from studio.domain.check import CheckResult
from studio.domain.portfolio import HANDLING_WORDS, reaching_agent

ABOUT, REACH, OWNERS, PORTFOLIO, READINESS, ECONOMICS, POLICY = (
    "about", "reach", "owners", "portfolio", "readiness", "economics", "company_policy",
)  # fmt: skip
TITLES = {
    ABOUT: "What the agent is for",
    OWNERS: "Who answers for it",
    REACH: "How far it goes",
    POLICY: "The company’s AI policy",
    PORTFOLIO: "Kinds of requests",
    READINESS: "Ready for customers",
    ECONOMICS: "What it costs and saves",
}
_ICONS = {
    ABOUT: "charter", OWNERS: "handoff", REACH: "verify", POLICY: "seal", PORTFOLIO: "workflows",
    READINESS: "check", ECONOMICS: "insights",
}  # fmt: skip
_FIELDS = {
    ABOUT: ("purpose", "audience", "channel", "ai_disclosure", "capabilities", "cannot", "tone"),
    OWNERS: ("owners", "performance_owner"),
    REACH: ("autonomy", "technology"),
    POLICY: ("company_policy",),
    PORTFOLIO: ("portfolio",),
    READINESS: ("readiness",),
    ECONOMICS: ("economics",),
}
_CHECKS = {
    POLICY: ("company policy",), REACH: ("technology", "autonomy"), PORTFOLIO: ("portfolio",),
    READINESS: ("thresholds",), ECONOMICS: ("economics",),
}  # fmt: skip


def section_of(field: str) -> str:
    """Return the part of the charter that shows a field; the first one where none does."""
    return next((part for part, fields in _FIELDS.items() if field in fields or field == part), ABOUT)


def section_rows(live: Charter, agent: Agent, checks: Iterable[CheckResult]) -> list[RowItem]:
    """Return the parts with a line on how each stands."""
    charter, found = agent.charter, tuple(checks)
    said = dict(_standing(charter))
    rows = []
    for part, title in TITLES.items():
        mine = checks_of(part, found)
        mark: Tone = "bad" if any(each.status == "broken" for each in mine) else ""
        changed = any(getattr(live, field) != getattr(charter, field) for field in _FIELDS[part])
        mark_words = "a check is broken" if mark else ""
        if part == OWNERS and (
            charter.performance_owner is None or not charter.owner(charter.performance_owner)
        ):
            mark, mark_words = "warn", "nobody owns performance after launch"
        rows.append(
            RowItem(part, title, said[part], "chg" if changed else "", _ICONS[part], mark, mark_words)
        )
    return rows


def _standing(charter: Charter) -> Iterator[tuple[str, str]]:
    yield ABOUT, charter.channel or "No channel is named yet"
    named = sum(bool(charter.owner(role)) for role in ROLES)
    yield OWNERS, f"{named} of {len(ROLES)} roles are named"
    kind = f", {charter.technology.kind}" if charter.technology else ""
    yield REACH, f"Level {charter.autonomy} of 3 in autonomy{kind}"
    yield POLICY, charter.company_policy.name if charter.company_policy else "None on record"
    intents = charter.portfolio or ()
    begun = reaching_agent(intents)
    begins = f", {begun:,} a month begun by the agent" if begun is not None else ""
    yield PORTFOLIO, f"{len(intents)} of them{begins}" if intents else "None yet"
    count = len(charter.readiness or ())
    yield READINESS, f"{count} threshold{'' if count == 1 else 's'}" if count else "No threshold yet"
    figures = charter.economics
    if figures is None:
        yield ECONOMICS, "No figures yet"
    else:
        effect = figures.net_effect()
        verb = "Saves" if effect >= 0 else "Costs"
        yield ECONOMICS, f"{verb} {abs(effect):,.0f} {figures.currency} a month"


def checks_of(part: str, checks: Iterable[CheckResult]) -> list[CheckResult]:
    """Return what the checks find about a part."""
    fields = tuple(f"charter/{field}" for field in _FIELDS[part])
    return [
        each
        for each in checks
        if each.check in _CHECKS.get(part, ()) or (each.check not in _ALL_CHECKS and each.path in fields)
    ]


_ALL_CHECKS = {check for checks in _CHECKS.values() for check in checks}


def changes_of(part: str, changes: Iterable[tuple[str, str]]) -> list[str]:
    """Return the sentences on what differs from the live version in a part."""
    fields = _FIELDS[part]
    return [words for path, words in changes if path.split("/")[1] in fields]


class ChangesCard(Card):
    """What differs from the live version, in sentences."""

    def __init__(self, live_number: int, changes: Sequence[str]) -> None:
        super().__init__("Changed in the draft" if changes else f"As in live version {live_number}")
        for words in changes[:12]:
            self.say(words)
        if len(changes) > 12:
            self.say(f"And {len(changes) - 12} more: see Review.", muted=True)
        if not changes:
            self.say("Nothing here differs from what customers meet today.", muted=True)


def finding_cards(found: Sequence[CheckResult]) -> Iterator[Card]:
    """Yield cards on what the checks find: broken, beware, and what holds."""
    broken = [each for each in found if each.status == "broken"]
    if broken:
        yield ProofCard("Checks", broken, ())
    warned = [each for each in found if each.status == "warning"]
    if warned:
        card = Card("Beware", "warn")
        for each in warned:
            card.say(each.detail)
        yield card
    held = [each for each in found if each.status == "holds"]
    if held and not broken:
        card = Card("Checks")
        for each in held:
            card.add(label(f"✓ {each.detail}", "", "ok", wrap=True))
        yield card


class HandlingCard(Card):
    """What the four handlings mean."""

    def __init__(self) -> None:
        super().__init__("What the handlings mean")
        for handling, words in HANDLING_WORDS.items():
            self.add(label(handling.capitalize(), "heading"))
            self.say(words, muted=True)
