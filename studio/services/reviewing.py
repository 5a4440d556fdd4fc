"""Approvals of the present review: what exactly is approved, which approvals count, and the gate they make.

- The content is the live version, the draft, and each proposal in scope with its decisions and answers; each
  is a part with a digest of its own, so that a void approval can say what moved.
- Who wrote or accepted what is approved may not approve it in a role that the workspace keeps apart.
- Where the workspace asks for it, what came in a file counts only if it is signed with a known key.
- The gate is on roles; IT's signatures are another gate (see `studio.domain.review_approval`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from studio.domain.bundle import Gate
from studio.domain.changeset import lookup
from studio.domain.errors import Refused
from studio.domain.frozen import canonical, digest, to_json
from studio.domain.proposal import Proposal
from studio.domain.review_approval import (
    ROLE_NAMES,
    Looked,
    ReviewRole,
    RoleApproval,
    same_person,
)
from studio.domain.review_package import Difference, PackageManifest
from studio.ports import UnitOfWork
from studio.services.review_signing import counts
from studio.services.standing import Standing

LOOKED, PACKAGE = "looked", "review-package"
ROLE_GATE = "role-approval"
_LEDGER_LINES = 5_000
_FEW, _TITLE = 4, 60


def package_here(unit: UnitOfWork) -> PackageManifest | None:
    """Return the manifest of the package that this workspace was made from, or None for an ordinary one."""
    text = unit.setting(PACKAGE)
    return None if text is None else PackageManifest.model_validate_json(text)


def pending(stand: Standing) -> tuple[Proposal, ...]:
    """Return the proposals with something to decide, or accepted and not live yet."""
    live = to_json(stand.live)

    def waits(proposal: Proposal) -> bool:
        for change in proposal.changes:
            verdict = stand.verdict(proposal, change)
            if verdict is None:
                return True
            if verdict == "accepted" and lookup(live, change.change.path) != change.change.after:
                return True
        return False

    return tuple(proposal for proposal in stand.proposals if waits(proposal))


def scope_of(stand: Standing, wished: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the proposals that an approval is about: the wished ones, else those that wait, else all."""
    known = tuple(proposal.id for proposal in stand.proposals)
    if wished:
        return tuple(each for each in known if each in wished)
    return tuple(proposal.id for proposal in pending(stand)) or known


def parts_of(stand: Standing, scope: Iterable[str]) -> dict[str, str]:
    """Return the digests that the content of a review is made of, by the name of the part."""
    wanted = set(scope)
    parts = {"live": stand.live_digest, "draft": stand.draft_digest}
    for proposal in stand.proposals:
        if proposal.id not in wanted:
            continue
        verdicts = {c.id: v for c in proposal.changes if (v := stand.verdict(proposal, c))}
        answers = {q.id: [a.text, a.waived] for q in proposal.questions if (a := stand.answer(proposal, q))}
        parts[proposal.id] = digest(proposal)
        parts[f"{proposal.id} decided"] = digest(verdicts)
        parts[f"{proposal.id} answered"] = digest(answers)
    return parts


def moved(stand: Standing, approval: RoleApproval) -> str:
    """Return why an approval is void, in a sentence; nothing while it covers exactly the present content."""
    now = parts_of(stand, approval.scope)
    if now == dict(approval.parts):
        return ""
    names = [name for name, was in approval.parts.items() if now.get(name) != was]
    words = [_part_words(name, name in now) for name in names]
    decided = [word for word in words if word not in ("the draft changed", "the live version changed")]
    told = decided or words or ["other proposals were added to it"]
    return f"Void: since then {' and '.join(dict.fromkeys(told))}."


def _part_words(name: str, is_there: bool) -> str:
    proposal, _, what = name.partition(" ")
    if name in ("live", "draft"):
        return "the live version changed" if name == "live" else "the draft changed"
    if not is_there:
        return f"{proposal} was taken away"
    verb = {"decided": "was decided otherwise", "answered": "got another answer"}.get(what, "itself changed")
    return f"{proposal} {verb}"


def newest_of_each(approvals: Iterable[RoleApproval]) -> tuple[RoleApproval, ...]:
    """Return the last word of each person in each role."""
    last: dict[tuple[str, str], RoleApproval] = {}
    for approval in sorted(approvals, key=lambda each: each.at):
        last[approval.role, " ".join(approval.by.split()).casefold()] = approval
    return tuple(last.values())


def standing_approvals(stand: Standing) -> tuple[RoleApproval, ...]:
    """Return the approvals and refusals that cover exactly the present content, the last of each person."""
    valid = (each for each in stand.role_approvals if not moved(stand, each) and counts(stand, each))
    return newest_of_each(valid)


def open_differences(stand: Standing) -> tuple[tuple[str, Difference], ...]:
    """Return the differences that nobody has settled, each with the reply it came in.

    Who decides on such a change anew has settled it, too.
    """

    def is_open(each: Difference) -> bool:
        present = stand.decisions.get(each.key)
        return not each.settled and present is not None and present.verdict == each.here

    return tuple(
        (reply.id, each) for reply in stand.merged_replies for each in reply.differences if is_open(each)
    )


def role_gate(stand: Standing) -> Gate | None:
    """Return the gate on roles; None where no role has to approve and none has said anything."""
    given, differences = standing_approvals(stand), open_differences(stand)
    required = stand.review_policy.required
    if not required and not given and not differences:
        return None
    whole = {proposal.id for proposal in pending(stand)}
    approved = [each for each in given if each.decision == "approve" and whole <= set(each.scope)]
    missing = [role for role in required if role not in {each.role for each in approved}]
    wished = [each for each in given if each.decision == "request changes"]
    parts = [f"{ROLE_NAMES[each.role]}: {each.by}" for each in approved]
    evidence = f"On exactly this content: {', '.join(parts)}" if parts else "Nobody approved this content"
    if missing:
        evidence += f"; waiting for {', '.join(ROLE_NAMES[role] for role in missing)}"
    partly = [each for each in given if each.decision == "approve" and each not in approved]
    if partly:
        evidence += f"; {partly[0].by} ({ROLE_NAMES[partly[0].role]}) saw only {', '.join(partly[0].scope)}"
    if wished:
        evidence += f"; {wished[0].by} ({ROLE_NAMES[wished[0].role]}) requests changes: {wished[0].comment}"
    if differences:
        first = differences[0][1]
        evidence += f"; on {first.key} {first.theirs_by} decided otherwise than {first.here_by}: choose"
    ok = not missing and not wished and not differences
    return Gate(id=ROLE_GATE, title="Approved by role", ok=ok, evidence=f"{evidence.rstrip('.')}.")


def authors(unit: UnitOfWork, stand: Standing, scope: Iterable[str]) -> tuple[str, ...]:
    """Return who wrote or accepted what is to be approved: by decision, by editing what was
    proposed, or by hand since it was live.
    """
    wanted = set(scope)
    found = [d.by for d in stand.decisions.values() if d.verdict == "accepted" and d.proposal_id in wanted]
    changes = (change for p in stand.proposals if p.id in wanted for change in p.changes)
    found += [step.by for change in changes for step in change.reworked or () if step.how == "edited"]
    for _, who, event, _ in unit.ledger.recent(_LEDGER_LINES):
        if event == "ReleaseTakenLive":
            break
        if event == "AgentEdited":
            found.append(who)
    package = package_here(unit)
    return tuple(dict.fromkeys((*(package.authors if package else ()), *found)))


def check_apart(stand: Standing, role: ReviewRole, who: str, wrote: Iterable[str]) -> None:
    """Raise Refused where a person may not approve in a role because the content is their own."""
    if role in stand.review_policy.apart and any(same_person(who, each) for each in wrote):
        raise Refused(
            f"{who} wrote or accepted part of this, and so may not approve it for {ROLE_NAMES[role]}.",
            "Let somebody else approve it in this role.",
        )


def looked_by(unit: UnitOfWork, who: str, stand: Standing) -> Looked:
    """Return what a person has looked at in this workspace so far.

    Consequences, proofs and coverage are of what was proposed when they were looked at: another proposal, an
    edited value or a new live version has others, and nobody has seen them.
    """
    text = unit.setting(f"{LOOKED}/{who}")
    looked = Looked() if text is None else Looked.model_validate_json(text)
    if unit.setting(f"{LOOKED}-of/{who}") == _proposed(stand):
        return looked
    return looked.model_copy(update={"consequences": False, "proofs": False, "coverage": False})


def keep_looked(unit: UnitOfWork, who: str, looked: Looked, stand: Standing) -> None:
    """Keep what a person has looked at, of what is proposed now."""
    unit.keep_setting(f"{LOOKED}/{who}", canonical(looked).decode())
    unit.keep_setting(f"{LOOKED}-of/{who}", _proposed(stand))


def _proposed(stand: Standing) -> str:
    """Return the digest of what lies before a reviewer, whatever was decided of it."""
    return digest({"live": stand.live_digest, **{each.id: digest(each) for each in stand.proposals}})


def looked_within(stand: Standing, scope: Iterable[str], looked: Looked) -> Looked:
    """Return only what was looked at of the proposals in scope."""
    known = {f"{p.id}/{c.id}" for p in stand.proposals if p.id in set(scope) for c in p.changes}
    return looked.model_copy(update={"changes": tuple(each for each in looked.changes if each in known)})


def _cut(title: str) -> str:
    return title if len(title) <= _TITLE else f"{title[: _TITLE - 1]}…"


def not_looked(
    stand: Standing, scope: Iterable[str], looked: Looked, elsewhere: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return, in sentences, what a person has not looked at."""
    wanted, seen = set(scope), set(looked.changes)
    told = []
    for proposal in stand.proposals:
        left = [c for c in proposal.changes if f"{proposal.id}/{c.id}" not in seen]
        if proposal.id in wanted and left:
            names = ", ".join(f"{c.id} “{_cut(c.title)}”" for c in left[:_FEW])
            more = f" and {len(left) - _FEW} more" if len(left) > _FEW else ""
            told.append(
                f"{len(left)} of {len(proposal.changes)} changes of {proposal.id} not opened: {names}{more}."
            )
    beside = (
        (looked.consequences, "Who would be treated differently: not looked at."),
        (looked.proofs, "The proofs on every path: not looked at."),
        (looked.coverage, "What the tests cover: not looked at."),
    )
    told += [sentence for was_seen, sentence in beside if not was_seen]
    others = [p.id for p in pending(stand) if p.id not in wanted]
    for each in dict.fromkeys((*elsewhere, *others)):
        told.append(f"{each} was not part of what was approved.")
    return tuple(told)
