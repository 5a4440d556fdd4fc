"""Merging a reply to a review package: what of it is new, known, out of date, or decided otherwise here.

- Nothing is decided twice, and nobody's decision is overruled by a file: where somebody here decided
  otherwise, the difference is told and left open until a person chooses. A file that bears the name of
  somebody who works here, unsigned, is such a file, too.
- A decision counts only for the change that the reviewer saw; one that moved on is told, not taken.
- What is taken leaves a draft that stands: a change comes with what it needs, or not at all.
- Merging the same reply again finds everything known; replies that touch different changes may come in any
  order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy

from studio.domain.changeset import Change, apply_json, lookup
from studio.domain.errors import Refused, StudioError
from studio.domain.frozen import Json, digest, to_json
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.review import Comment, Decision, Verdict
from studio.domain.review_approval import ROLE_NAMES, RoleApproval, same_person
from studio.domain.review_package import Difference, ReviewReply, SentDecision
from studio.ports import UnitOfWork
from studio.services.rebasing import accepted_again, named_along
from studio.services.review_files import OpenedReply
from studio.services.review_merge_plan import Ground, MergePlan, State
from studio.services.review_merging_more import plan_answers, plan_edits
from studio.services.review_package import SENT
from studio.services.review_signing import UNSIGNED, Seal, speak_for_themselves
from studio.services.reviewing import authors
from studio.services.standing import Standing


def plan_merge(ground: Ground, reply: ReviewReply) -> MergePlan:
    """Return what merging a reply would do; nothing is changed."""
    plan = MergePlan()
    proposals = plan_edits(ground, reply.edits or (), plan)
    _plan_decisions(ground, proposals, _once(reply.decisions), plan)
    plan_answers(ground, reply.answers or (), plan)
    _plan_comments(ground, reply.comments, plan)
    _plan_approvals(ground, reply.approvals, plan)
    return plan


def _once(sent: Iterable[SentDecision]) -> list[SentDecision]:
    """Return the decisions of a reply, the last on each change."""
    return list({each.key: each for each in sent}.values())


def _plan_decisions(
    ground: Ground, proposals: Mapping[str, Proposal], sent: Sequence[SentDecision], plan: MergePlan
) -> None:
    wanted: list[SentDecision] = []
    roots = _different_roots(ground, sent)
    for each in sent:
        proposal = proposals.get(each.proposal_id)
        change = _change(proposal, each.change_id)
        name = f"{each.proposal_id} {each.change_id}" + (f" “{change.title}”" if change else "")
        present = ground.decisions.get(each.key)
        said = f"{each.by} {each.verdict} {name}"
        if change is None:
            plan.tell("decision", "moved on", f"{said}, which is not here any more.", each.key)
        elif each.key in plan.untaken:
            plan.tell("decision", "held", f"{said} with the other value, which is not taken.", each.key)
        elif each.seen not in (digest(change), plan.seen.get(each.key)):
            plan.tell("decision", "moved on", f"{said}, which has changed since the package left.", each.key)
        elif present is None:
            wanted.append(each)
        elif present.verdict == each.verdict:
            plan.tell("decision", "known", f"{said}; so it is here.", each.key)
        elif not same_person(present.by, each.by) or ground.usurped(each.by):
            unsigned = ", as an unsigned file says" if ground.usurped(each.by) else ""
            words = f"{said}{unsigned}; here {present.by} {present.verdict} it. A person has to choose."
            if each.because_of in roots.get(each.proposal_id, ()):
                words = f"{said}, with {each.because_of}; here {present.by} {present.verdict} it."
            else:
                plan.differences.append(_difference(present, each))
            plan.tell("decision", "different", words, each.key)
        elif each.at > present.at:
            wanted.append(each)
        else:
            plan.tell("decision", "known", f"{said}, and {present.verdict} it later here.", each.key)
    taking = _Taking(ground, proposals, plan)
    taking.take(wanted)
    plan.draft = taking.tree


def _different_roots(ground: Ground, sent: Iterable[SentDecision]) -> dict[str, set[str]]:
    """Return, by proposal, the changes decided otherwise by themselves: what went with them follows them."""
    found: dict[str, set[str]] = {}
    for each in sent:
        present = ground.decisions.get(each.key)
        if (
            present
            and present.verdict != each.verdict
            and (not same_person(present.by, each.by) or ground.usurped(each.by))
        ):
            found.setdefault(each.proposal_id, set()).add(each.change_id)
    return found


def _change(proposal: Proposal | None, change_id: str) -> ProposedChange | None:
    return next((c for c in proposal.changes if c.id == change_id), None) if proposal else None


def _difference(present: Decision, each: SentDecision) -> Difference:
    return Difference(
        proposal_id=each.proposal_id,
        change_id=each.change_id,
        here=present.verdict,
        here_by=present.by,
        theirs=each.verdict,
        theirs_by=each.by,
        theirs_at=each.at,
    )


class _Taking:
    """Takes wanted decisions one after the other, each only if the draft stands with it."""

    def __init__(self, ground: Ground, proposals: Mapping[str, Proposal], plan: MergePlan) -> None:
        self.proposals, self.plan, self.tree = dict(proposals), plan, ground.draft
        self.verdicts: dict[str, Verdict] = {key: d.verdict for key, d in ground.decisions.items()}
        self.present = ground.decisions

    def take(self, wanted: list[SentDecision]) -> None:
        """Take what was rejected, dependants first; then what was accepted, in the order it was.

        What was accepted at one stroke is taken at one stroke where it fits, so that what is new stands in
        the order in which the reviewer saw it, and an approval of exactly that holds here too. Of what is
        left, an acceptance that stands on a later one of the same reply waits for it; those that stand on
        each other are taken together, or not at all.
        """
        rejected = [each for each in wanted if each.verdict == "rejected"]
        order = {f"{p.id}/{c.id}": n for p in self.proposals.values() for n, c in enumerate(p.changes)}
        for each in sorted(rejected, key=lambda d: -order[d.key]):
            self._reject(each, {other.key for other in rejected})
        waiting = self._strokes([each for each in wanted if each.verdict == "accepted"], order)
        while waiting:
            ready = [each for each in waiting if not self._lacks(each)]
            for each in ready:
                self._accept(each)
            ready = ready or self._together(waiting, order)
            if not ready:
                break
            waiting = [each for each in waiting if each not in ready]
        for each in waiting:
            names = ", ".join(self._lacks(each))
            self._tell(each, "held", f"cannot stand without {names}, which is not accepted here")

    def _together(self, waiting: list[SentDecision], order: Mapping[str, int]) -> list[SentDecision]:
        """Take the smallest group that stands on nothing but itself, or tell why not; return it."""
        known = {each.key: each for each in waiting}
        found: list[SentDecision] = []
        for each in waiting:
            keys = {each.key, *(f"{each.proposal_id}/{name}" for name in self._lacks(each))}
            if keys <= known.keys() and (not found or len(keys) < len(found)):
                found = sorted((known[key] for key in keys), key=lambda d: order[d.key])
        if not self._all(found):
            for each in found:
                others = ", ".join(other.change_id for other in found if other is not each)
                self._tell(each, "moved on", f"stands together with {others}, and they fit no more together")
        return found

    def _strokes(self, accepted: list[SentDecision], order: Mapping[str, int]) -> list[SentDecision]:
        """Take what was accepted at one stroke whole, the earliest first; return what could not be so.

        A reply tells the second of a decision and keeps their order: a stroke goes through a proposal's
        changes from first to last, so that one which goes back begins another.
        """
        strokes: list[list[SentDecision]] = []
        for each in sorted(accepted, key=lambda d: d.at):
            last = strokes[-1][-1] if strokes else each
            alike = (last.by, last.at, last.proposal_id) == (each.by, each.at, each.proposal_id)
            if strokes and alike and order[last.key] < order[each.key]:
                strokes[-1].append(each)
            else:
                strokes.append([each])
        left: set[str] = set()
        for group in strokes:
            own = {each.change_id for each in group}
            if len(group) == 1 and not self._lacks(group[0]):
                self._accept(group[0])
            elif not all(own.issuperset(self._lacks(each)) for each in group) or not self._all(group):
                left |= {each.key for each in group}
        return [each for each in accepted if each.key in left]

    def _all(self, group: Sequence[SentDecision]) -> bool:
        """Accept all of a group, or leave everything as it was; return whether they are accepted."""
        before = deepcopy(self.tree), dict(self.verdicts), dict(self.proposals)
        mark = self.plan.mark()
        for each in group:
            self._accept(each)
        if all(self.verdicts.get(each.key) == "accepted" for each in group):
            return True
        self.tree, self.verdicts, self.proposals = before
        self.plan.back_to(mark)
        return False

    def _lacks(self, each: SentDecision) -> list[str]:
        proposal = self.proposals[each.proposal_id]
        needs = proposal.requirements(each.change_id)
        return [need for need in needs if self.verdicts.get(f"{proposal.id}/{need}") != "accepted"]

    def _reject(self, each: SentDecision, going: set[str]) -> None:
        proposal = self.proposals[each.proposal_id]
        change = proposal.change(each.change_id)
        kept = [
            name
            for name in proposal.dependents(change.id)
            if self.verdicts.get(f"{proposal.id}/{name}") == "accepted"
            and f"{proposal.id}/{name}" not in going
        ]
        if kept:
            by = self.present[first].by if (first := f"{proposal.id}/{kept[0]}") in self.present else each.by
            self._tell(each, "held", f"would take {', '.join(kept)} with it, which {by} accepted here")
            return
        leaving = self.verdicts.get(each.key) == "accepted"
        self._do(each, change, [change.change.inverse()] if leaving else [])

    def _accept(self, each: SentDecision) -> None:
        proposal = self.proposals[each.proposal_id]
        change = proposal.change(each.change_id)
        if each.fitted is not None:
            verdicts = {
                c.id: v for c in proposal.changes if (v := self.verdicts.get(f"{proposal.id}/{c.id}"))
            }
            again = accepted_again(deepcopy(self.tree), proposal, verdicts, change, each.by, each.at)
            if again is None or digest(again.change) != each.fitted:
                self._tell(each, "moved on", "was fitted to a draft that is another one here by now")
                return
            change = again
        there = not change.change.is_move and lookup(self.tree, change.change.path) == change.change.after
        if self._do(each, change, [] if there else [change.change]):
            self.plan.taken.append(change)
            if each.fitted is not None:
                self._redo(proposal, change, each)

    def _redo(self, proposal: Proposal, change: ProposedChange, each: SentDecision) -> None:
        """Keep a fitted change in its proposal, as it was kept where it was accepted."""
        was, now = proposal.change(change.id).change.segments[-1], change.change.segments[-1]
        taken = {c.id for c in proposal.changes if self.verdicts.get(f"{proposal.id}/{c.id}") == "accepted"}
        names = {was: now} if was != now else {}
        new = {c.id: c for c in (change, *named_along(proposal, names, taken, each.by, each.at))}
        changes = tuple(new.get(c.id, c) for c in proposal.changes)
        self.proposals[proposal.id] = proposal.model_copy(update={"changes": changes})
        self.plan.redone[proposal.id] = self.proposals[proposal.id]

    def _do(self, each: SentDecision, change: ProposedChange, edits: list[Change]) -> bool:
        try:
            self.tree = apply_json(self.tree, edits) if edits else self.tree
        except StudioError:
            self._tell(each, "moved on", "does not fit the draft any more, which was changed at that place")
            return False
        present = self.present.get(each.key)
        self.plan.edits += edits
        self.verdicts[each.key] = each.verdict
        self.plan.decisions.append(
            Decision(
                id=each.key,
                proposal_id=each.proposal_id,
                change_id=each.change_id,
                verdict=each.verdict,
                by=each.by,
                at=each.at,
                because_of=each.because_of,
                earlier=present.as_earlier if present else None,
            )
        )
        words = f"{each.by} {each.verdict} {each.proposal_id} {change.id} “{change.title}”"
        if present is not None:
            words += f", in the place of what {present.by} {present.verdict} here on {present.at:%d %b %Y}"
        self.plan.tell("decision", "new", f"{words}.", each.key)
        return True

    def _tell(self, each: SentDecision, state: State, why: str) -> None:
        title = self.proposals[each.proposal_id].change(each.change_id).title
        words = f"{each.by} {each.verdict} {each.proposal_id} {each.change_id} “{title}”: it {why}."
        self.plan.tell("decision", state, words, each.key)


def remark_key(comment: Comment) -> str:
    """Return what makes a remark the same remark, whatever number it got on which computer."""
    facts = [comment.proposal_id, comment.change_id, comment.by, comment.at.isoformat(), comment.text]
    return digest(facts)


def merged_id(comment: Comment) -> str:
    """Return the id that a remark from elsewhere has in every workspace that it is merged into."""
    return f"{comment.proposal_id}/{comment.change_id}/r{remark_key(comment)[:16]}"


def _plan_comments(ground: Ground, comments: Iterable[Comment], plan: MergePlan) -> None:
    known = {remark_key(comment) for comment in ground.comments}
    places = {f"{p.id}/{c.id}" for p in ground.proposals for c in p.changes}
    brought = {comment.id: merged_id(comment) for comment in comments}
    for comment in comments:
        where = f"{comment.by} on {comment.proposal_id} {comment.change_id}: “{_short(comment.text)}”"
        if f"{comment.proposal_id}/{comment.change_id}" not in places:
            plan.tell("comment", "moved on", f"{where}. That change is not here any more.")
        elif remark_key(comment) in known:
            plan.tell("comment", "known", f"{where}. It is here already.")
        else:
            plan.comments.append(_renamed(comment, brought))
            plan.tell("comment", "new", f"{where}.")


def _renamed(comment: Comment, brought: Mapping[str, str]) -> Comment:
    """Return a remark under its lasting id; an answer to a remark of the same reply follows it."""
    fields: dict[str, Json] = {"id": merged_id(comment)}
    if comment.reply_to is not None and comment.reply_to in brought:
        fields["reply_to"] = brought[comment.reply_to]
    return comment.model_copy(update=fields)


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else f"{words[:79]}…"


def _plan_approvals(ground: Ground, approvals: Iterable[RoleApproval], plan: MergePlan) -> None:
    known = {approval.id for approval in ground.approvals}
    wrote = (*ground.authors, *(d.by for d in plan.decisions if d.verdict == "accepted"))
    for approval in approvals:
        verb = "approves" if approval.decision == "approve" else "requests changes"
        said = f"{approval.by} ({ROLE_NAMES[approval.role]}) {verb}"
        apart = approval.role in ground.policy.apart and approval.decision == "approve"
        if approval.id in known:
            plan.tell("approval", "known", f"{said}. It is here already.")
        elif apart and any(same_person(approval.by, each) for each in wrote):
            words = "wrote or accepted part of this here, and so may not approve it in this role"
            plan.tell("approval", "held", f"{said}, but {words}.")
        elif ground.usurped(approval.by):
            words = "works here or has a key that is known here, and has not signed this"
            ways = "Let them sign what they send back, or approve here"
            plan.tell("approval", "held", f"{said}, but {words}. {ways}.")
        else:
            plan.approvals.append(approval)
            plan.tell("approval", "new", f"{said}.")


def ground_of(unit: UnitOfWork, stand: Standing, seal: Seal = UNSIGNED) -> Ground:
    """Return what a reply that is signed in this way would be merged into."""
    everything = [proposal.id for proposal in stand.proposals]
    return Ground(
        proposals=stand.proposals,
        decisions=stand.decisions,
        comments=unit.comments.all(),
        approvals=stand.role_approvals,
        draft=to_json(stand.draft),
        policy=stand.review_policy,
        authors=authors(unit, stand, everything),
        answers={answer.id: answer for answer in unit.answers.all()},
        themselves=speak_for_themselves(unit, stand),
        proven=seal.names if seal.state == "known" else (),
    )


def check_sent(unit: UnitOfWork, opened: OpenedReply) -> None:
    """Raise Refused where a reply is not for a package that left from here as it is."""
    if unit.setting(f"{SENT}/{opened.reply.package}") is None:
        raise Refused(
            f"{opened.reply.reviewer} replied to a package that did not leave from this workspace, or that "
            "was altered on its way.",
            "Merge it where the package was made; or send a fresh package.",
        )


def merge_sentence(reviewer: str, plan: MergePlan, done: bool = True) -> str:
    """Return what merging did, or would do, in a sentence."""
    approved = sum(each.decision == "approve" for each in plan.approvals)
    counts = (
        (len(plan.decisions), "decision"),
        (sum(line.what == "edit" and line.state == "new" for line in plan.lines), "edited value"),
        (len(plan.answers), "answer"),
        (len(plan.comments), "comment"),
        (approved, "approval"),
        (len(plan.approvals) - approved, "request for changes"),
    )
    words = [_counted(count, noun) for count, noun in counts if count]
    verb = "Merged" if done else "Merging takes over"
    sentence = f"{verb} {', '.join(words) if words else 'nothing new'} from {reviewer}"
    left = len(plan.differences)
    late = plan.count("moved on") + plan.count("held")
    sentence += f"; {left} differ{'s' * (left == 1)} from what is decided here" if left else ""
    return sentence + (f"; {late} {'could' if done else 'can'} not be taken" if late else "")


def _counted(count: int, noun: str) -> str:
    """Return how many there are of something: 1 approval, 2 requests for changes."""
    head, gap, rest = noun.partition(" for ")
    return f"{count} {noun}" if count == 1 else f"{count} {head}s{gap}{rest}"
