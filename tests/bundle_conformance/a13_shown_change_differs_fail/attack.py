"""The change that people were shown is not the change that was made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.bundle import AgentRef
from studio.domain.changeset import Change
from studio.domain.frozen import Json, canonical, to_json
from studio.release import layout, patch

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Attempt, Kit


def attempts(kit: Kit) -> list[Attempt]:
    """Return forged change sets, forged patches, forged agents, all signed by everyone."""
    files = kit.files()
    base, result = to_json(kit.before), to_json(kit.after)
    hidden = to_json(kit.after)
    hidden["charter"]["rules"][1]["text"] = "Promise whatever helps."
    fewer = kit.changeset.model_copy(update={"changes": kit.changeset.changes[:1]})
    odd = kit.changeset.model_copy(update={"changes": (Change(path="id/x/y", after="z"),)})
    real = patch.make_patch(base, result)

    def signed(**spoiled: bytes) -> dict[str, bytes]:
        names = {
            "after": layout.AFTER,
            "before": layout.BEFORE,
            "changes": layout.CHANGES,
            "patch": layout.PATCH,
        }
        return kit.resign(kit.forge({**files, **{names[name]: data for name, data in spoiled.items()}}))

    def patched(operations: Json) -> dict[str, bytes]:
        return signed(patch=canonical(operations))

    move = [{"op": "move", "from": "/name", "path": "/id"}]
    cases = {
        "hidden change": (signed(after=canonical(hidden)), "patch does not lead"),
        "hidden change, patch fits": (
            signed(after=canonical(hidden), patch=canonical(patch.make_patch(base, hidden))),
            "shown changes differ",
        ),
        "fewer shown": (signed(changes=canonical(fewer)), "shown changes differ"),
        "hostile path": (signed(changes=canonical(odd)), "shown changes differ"),
        "empty patch": (patched([]), "patch does not lead"),
        "half a patch": (patched(real[:2]), "patch does not lead"),
        "move": (patched(move), "other than add, remove, replace and test"),
        "index beyond": (patched([{"op": "remove", "path": "/workflows/9"}]), "does not fit at operation 1"),
        "index with zeros": (
            patched([{"op": "remove", "path": "/workflows/00"}]),
            "does not fit at operation 1",
        ),
        "nothing left": (patched([{"op": "remove", "path": ""}]), "does not fit at operation 1"),
        "grafted without end": (patched(_grafted()), "more than 64 levels deep at operation 3"),
        "no list": (patched({"op": "add"}), "not a list"),
        "not an agent": (signed(after=canonical({**result, "wings": 2})), "does not have the form"),
    }
    found = [kit.attempt(label, data, "change", words) for label, (data, words) in cases.items()]
    lying = kit.resign(kit.forge(files, result_digest="0" * 64))
    found.append(kit.attempt("digest in the manifest", lying, "change", "names other agents"))
    foreign = kit.resign(kit.forge(files, agent=AgentRef(id="desk", name="Another")))
    found.append(kit.attempt("name in the manifest", foreign, "change", "another agent"))
    return found


def _grafted() -> Json:
    """Return operations that graft deep values onto one another, until nothing could walk the result."""
    twig: Json = {}
    for _ in range(40):
        twig = {"a": twig}
    return [{"op": "add", "path": "/a" * (40 * number + 1), "value": twig} for number in range(100)]
