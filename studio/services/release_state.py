"""What is known of the content of the next release: its digest, or why it has none, and void signatures.

- The content is worked out once for a standing; a face that does not wait asks whether it is known.
- A signature is void as soon as any part of the content is another; what moved is said, and what moved it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from studio.domain.errors import StudioError
from studio.domain.frozen import digest, to_json
from studio.domain.review import Signature
from studio.ports import UnitOfWork
from studio.services.memory import Memory
from studio.services.release_content import present_manifest_digest, release_content
from studio.services.standing import Standing

_LEDGER_LINES = 2_000
_FEW_LINES = 50
_PART_WORDS = {
    "draft": "the draft changed",
    "live": "the live version changed",
    "plan": "the plan of the release changed",
    "introduction": "the introduction changed",
    "evidence": "the evidence changed",
    "sources": "the sources changed",
    "policy": "IT's policy changed",
    "report": "the report changed",
}
_SILENT = frozenset(
    (
        "ReleaseApproved", "BundleExported", "ReviewPacked", "ReplyWritten", "ReviewApproved", "ModelAsked",
        "DestinationConfirmed", "ConsentsTakenBack", "ConsequencesRecorded", "ModelPolicySet",
    )
)  # fmt: skip
"""Facts that change nothing of what a release holds."""


@dataclass(frozen=True, slots=True)
class Content:
    """The digest of the content with those of its parts, or (with no digest) why there is none yet."""

    digest: str | None
    why_not: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Void:
    """A signature that counts no more, and why: what moved, and what was done that moved it."""

    signature: Signature
    why: str


_CONTENTS: Memory[Standing, Content] = Memory(4)
_LAST: dict[str, tuple[int, Content]] = {}
"""What the content was when last worked out, with the last line of the ledger then, by workspace."""


def content_of(stand: Standing) -> Content:
    """Return what the present content is called; it is worked out where it is not known."""
    return _CONTENTS.get(stand, lambda: _look(stand))


def content_now(stand: Standing, unit: UnitOfWork) -> Content | None:
    """Return what the present content is called, or None where that has to be worked out first.

    What was signed and exported since changes nothing of it.
    """
    workspace, line = unit.stamp()
    if stand.plan is None or stand.policy is None or not stand.comparison_is_current:
        return content_of(stand)  # there is none, and that is found out at once
    if stand in _CONTENTS:
        found = content_of(stand)
    else:
        last, known = _LAST.get(workspace, (0, None))
        since = unit.ledger.recent(max(line - last, 0)) if known and line - last <= _FEW_LINES else None
        if known is None or since is None or any(event not in _SILENT for _, _, event, _ in since):
            return None
        found = _CONTENTS.get(stand, lambda: known)
    _LAST.clear()  # one workspace is open at a time
    _LAST[workspace] = (line, found)
    return found


def _look(stand: Standing) -> Content:
    try:
        return Content(present_manifest_digest(stand), parts=_parts(stand))
    except StudioError as error:
        return Content(None, str(error))


def _parts(stand: Standing) -> dict[str, str]:
    """Return the digests of what the present content is made of, by the name of the part."""
    content, plan = release_content(stand), stand.plan
    planned = to_json(plan) if plan is not None else {}
    introduction = planned.pop("introduction", "")
    return {
        "draft": digest(content.after),
        "live": digest(content.before),
        "plan": digest(planned),
        "introduction": digest(introduction),
        "evidence": digest(content.evidence),
        "sources": digest(content.lineage),
        "policy": digest(content.policy_id),
        "report": digest(content.report_html.encode()),
    }


def voids(stand: Standing, unit: UnitOfWork) -> tuple[Void, ...]:
    """Return each person's last signature in a role that counts no more, with the reason; newest first."""
    content = content_of(stand)
    last: dict[tuple[str, str], Signature] = {}
    for signature in sorted(stand.signatures, key=lambda each: each.at):
        last[signature.role, signature.person] = signature
    gone = [each for each in last.values() if each.manifest_digest != content.digest]
    if not gone:
        return ()
    parts = content.parts if content.digest else {"draft": stand.draft_digest}
    return tuple(
        Void(each, _why(each, parts, unit)) for each in sorted(gone, key=lambda e: e.at, reverse=True)
    )


def _why(signature: Signature, parts: Mapping[str, str], unit: UnitOfWork) -> str:
    moved = _moved(signature.parts or {}, parts)
    told = [_PART_WORDS[name] for name in moved if name in _PART_WORDS]
    what = " and ".join(told[:3]) if told else "the content changed"
    deed = _deed(signature, moved, unit)
    return f"Void: since then {what}{f' ({deed})' if deed else ''}."


def _moved(was: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    moved = [name for name, value in was.items() if name in now and now[name] != value]
    if "draft" in moved or "live" in moved:  # evidence, sources and report follow from them
        moved = [name for name in moved if name in ("draft", "live", "plan", "introduction", "policy")]
    if len(moved) > 1 and "report" in moved:
        moved.remove("report")
    return tuple(moved)


def _deed(signature: Signature, moved: tuple[str, ...], unit: UnitOfWork) -> str:
    """Return what was done after this was signed, as the ledger says it: the first deed that moved this."""
    later: list[tuple[str, str]] = []
    mark = signature.manifest_digest[:12]
    for _, who, event, sentence in unit.ledger.recent(_LEDGER_LINES):
        if event == "ReleaseApproved" and mark in sentence:
            break
        if event not in _SILENT:
            later.append((event, f"“{sentence.rstrip('.')}”{f', {who}' if who else ''}"))
    else:
        return ""
    later.reverse()
    fitting = [said for event, said in later if _may_move(event, said, moved)]
    return (fitting or [said for _, said in later] or [""])[0]


def _may_move(event: str, said: str, moved: tuple[str, ...]) -> bool:
    if event == "ReleasePlanned" or (event in ("undo", "redo") and "lanned the release" in said):
        return any(name in moved for name in ("plan", "introduction", "policy"))
    return ("evidence" if event == "RunRecorded" else "draft") in moved or "sources" in moved
