"""A document that says that it replaces another one goes before it; the sentence is told as the reason."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from studio.cobuilder.analysis import analyze
from studio.cobuilder.collisions.conflicts import stronger
from studio.cobuilder.collisions.finding import find_collisions
from studio.cobuilder.proposals import propose
from studio.cobuilder.rules.editions import replaces
from studio.cobuilder.rules.front_matter import suggest
from studio.domain.frozen import digest
from studio.domain.governance import Collision
from studio.domain.source import Authority, Source, SourceVersion
from studio.readers.markdown import read_markdown
from studio.services.new_agent import new_agent

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LONG = "Lockers must be emptied within 45 days."
SHORT = "Every locker has to be emptied within 30 days."


def source(name: str, body: str, source_id: str = "", **given: Any) -> Source:
    """Return a source of this text."""
    text = f"# {name}\n\n{body}\n"
    version = SourceVersion(
        number=1,
        file_name="a.md",
        digest=digest(text.encode()),
        size=len(text),
        added_at=NOW,
        document=read_markdown(text, "a.md"),
    )
    return Source(id=source_id or name.lower(), name=name, versions=(version,), **given)


OLD = source("Locker rules", f"Harbour Baths · version 2.1\n\n{LONG}", "old")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Locker rules", "This policy replaces version 2.1."),
        ("Locker rules", "These rules replace all earlier versions."),
        ("Locker rules", "This edition supersedes and replaces the previous one."),
        ("Locker rules", "All previous editions of these rules are hereby withdrawn."),
        ("Locker rules", "Replaces version 2.1 of 3 May 2024."),
        ("Locker rules", "Supersedes: Locker rules, version 2.1"),
        ("Locker rules 2026", "This policy supersedes the *Locker rules*."),
        ("Changing rooms", "With effect from 1 May 2026 this handbook takes the place of the locker rules."),
        ("Changing rooms", "It replaces the Locker rules (version 2.1), which were written before the fire."),
    ],
)
def test_what_says_that_it_replaces_another_does(name: str, said: str) -> None:
    """By name, by version, or as an edition of the same title; the sentence is given."""
    found = replaces(source(name, f"{said}\n\n{SHORT}", "new"), OLD)
    assert found is not None and found.split()[0] in said
    assert replaces(OLD, source(name, f"{said}\n\n{SHORT}", "new")) is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Locker rules", "This policy replaces version 2.0."),
        ("Locker rules", "This policy does not replace version 2.1."),
        ("Locker rules", "Nothing in this notice supersedes the locker rules."),
        ("Locker rules", "This policy may replace version 2.1 if the board agrees."),
        ("Locker rules", "This edition replaces section 4 of the Locker rules."),
        ("Bathing rules", "This notice replaces the Locker rules for families only."),
        ("Bathing rules", "These rules supplement and partly replace the Locker rules."),
        ("Bathing rules", "This notice replaced the Locker rules until the summer."),
        ("Parking rules", "This policy replaces all earlier versions."),
        ("Sauna rules", "This policy supersedes the Parking rules."),
        ("Locker rules", "A new padlock replaces the broken one."),
        ("Locker rules", "We replace lost keys as the locker rules say."),
        ("Locker rules 1999", "This edition, the rules of 1999, replaces the rules of 1995."),
    ],
)
def test_what_only_sounds_like_it_replaces_nothing(name: str, said: str) -> None:
    """Another version, another title, a part, a thing, a denial or a maybe replaces no document."""
    assert replaces(source(name, f"{said}\n\n{SHORT}", "new"), OLD) is None


def test_a_document_may_say_that_it_was_replaced() -> None:
    """“Was replaced by …” puts the other one first, with the sentence of the replaced one."""
    gone = source("Locker rules", f"This document was superseded by the Bathing rules.\n\n{LONG}", "old")
    new = source("Bathing rules", SHORT, "new")
    assert replaces(new, gone) == "This document was superseded by the Bathing rules."
    assert replaces(gone, new) is None


def test_nothing_replaces_what_is_newer() -> None:
    """An old edition that replaced all earlier ones does not replace the edition after it."""
    said = "This edition replaces all earlier editions."
    first = source("Locker rules", f"{said}\n\n{LONG}", "one", effective_from=date(2024, 1, 1))
    second = source("Locker rules", f"{said}\n\n{SHORT}", "two", effective_from=date(2026, 1, 1))
    assert replaces(first, second) is None
    assert replaces(second, first) == said


def test_two_that_replace_each_other_leave_it_to_a_person() -> None:
    """Without days or versions, two claims outweigh each other."""
    said = "This edition replaces all earlier editions."
    one, two = (source("Locker rules", f"{said}\n\n{body}", body) for body in (LONG, SHORT))
    assert replaces(one, two) is None and replaces(two, one) is None


def collision(*papers: Source, **given: Any) -> Collision:
    """Return the one conflict between some sources."""
    (found,) = find_collisions(
        [(each, analyze(each.current.document, ()).statements) for each in papers], **given
    )
    return found


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"authority": Authority.NOTE},
        {"effective_from": date(2020, 1, 1)},
    ],
)
def test_the_replacing_edition_goes_first_in_every_conflict(given: dict[str, Any]) -> None:
    """Neither the weight of the replaced one nor its day counts then; the sentence is the reason."""
    old = OLD.model_copy(update={"authority": Authority.POLICY, "effective_from": date(2019, 1, 1)})
    new = source("Locker rules", f"This policy replaces version 2.1.\n\n{SHORT}", "new", **given)
    for papers, winner in (((old, new), "right"), ((new, old), "left")):
        found = collision(*papers, today=date(2026, 2, 1))
        assert found.winner == winner
        assert "“This policy replaces version 2.1.”" in found.why
    assert stronger(old, new)[0] == new
    assert stronger(new, old) == (new, "it replaces Locker rules: “This policy replaces version 2.1”")


def test_what_is_not_yet_in_force_has_replaced_nothing() -> None:
    """Until its day comes, the conflict is decided as if it said nothing."""
    new = source(
        "Locker rules",
        f"This policy replaces version 2.1.\n\n{SHORT}",
        "new",
        effective_from=date(2026, 9, 1),
    )
    assert collision(OLD, new, today=date(2026, 2, 1)).winner is None
    assert collision(OLD, new, today=date(2026, 9, 1)).winner == "right"


def test_no_question_is_asked_about_the_replaced_edition() -> None:
    """The proposal of the new edition does not hold the old one against it."""
    new = source("Locker rules", f"This policy replaces version 2.1.\n\n{SHORT}", "new")
    asked = {}
    for each in (new, source("Locker rules", SHORT, "new")):
        made = propose(
            new_agent("Baths"),
            each,
            analyze(each.current.document, ()),
            others=[(OLD, analyze(OLD.current.document, ()))],
            proposal_id="P-01",
            created_at=NOW,
        )
        asked[each.current.digest] = [q for q in made.questions if q.category == "conflict"]
    assert asked[new.current.digest] == []


def test_the_version_that_is_replaced_is_suggested_in_full() -> None:
    """The point in “version 2.1” ends no sentence."""
    found = suggest(read_markdown("# Locker rules\n\nThis policy replaces version 2.1.\n", "a.md"))
    assert [each.value for each in found if each.field == "supersedes"] == ["version 2.1"]
