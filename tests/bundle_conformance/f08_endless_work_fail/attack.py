"""A bundle that nobody signed, made to hold a verifier up: little to read, and work without end."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from studio.domain.changeset import Change, ChangeSet
from studio.domain.frozen import Json, canonical, to_json
from studio.release import layout

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit

ITEMS, CHANGES = 2_000, 2_000
EXAMPLES, OPERATIONS = 50_000, 15_000


def attempts(kit: Kit) -> list[Attempt]:
    """Return changes that look for a doubled name behind a long list, and a patch that shifts a long list."""
    files, agent = kit.files(), to_json(kit.before)

    def made(changed: Json, changes: tuple[Change, ...], operations: Json) -> dict[str, bytes]:
        body = canonical({**agent, **changed})
        shown = canonical(ChangeSet(title="Work", changes=changes))
        spoiled = {layout.BEFORE: body, layout.AFTER: body, layout.CHANGES: shown}
        return kit.forge({**files, **spoiled, layout.PATCH: canonical(operations)})

    test = agent["scenarios"][0]
    names = [*(f"T-{number}" for number in range(ITEMS)), "x", "x"]
    doubled = {"scenarios": [{**test, "id": name} for name in names]}
    titles = ["Greeting", *(f"Title {number % 2}" for number in range(CHANGES - 1)), "Greeting"]
    searching = tuple(
        Change(path="scenarios/x/title", before=before, after=after) for before, after in pairwise(titles)
    )
    crowded = {"workflows": [{**agent["workflows"][0], "examples": ["x"] * EXAMPLES}]}
    shifting = [{"op": "add", "path": "/workflows/0/examples/0", "value": "x"}] * OPERATIONS
    return [
        kit.attempt("doubled names", made(doubled, searching, []), "change", "name many items twice"),
        kit.attempt("shifted lists", made(crowded, (), shifting), "change", "moves more items in long lists"),
    ]
