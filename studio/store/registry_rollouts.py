"""How a registry moves: promote by stages, pause, resume, roll back, and the beat of the guards.

- Before a promotion the bundle is verified again, from the bytes that were kept, by today's policy and clock;
  and the move is rehearsed forward, back and forward on a copy.
- A move is made from the pointer it was decided on; who comes second is told who came first, with what.
- Promoting or rolling back once more what is done already changes nothing. With `expected_generation`, a
  repeated command is recognised as the one that was carried out.
- A way back needs no more than it must: it goes without the state of the rollout where that cannot be read,
  and never leads to a release whose kept agent is not the one that ran.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from studio.domain.environment import (
    ApprovalPolicy,
    Move,
    Pointer,
    Rehearsal,
    ReleaseRow,
    Rollout,
    RolloutPlan,
    RolloutView,
)
from studio.domain.errors import BrokenInput, BundleRefused, WrongUse
from studio.domain.frozen import canonical, digest
from studio.ports import Signer
from studio.release import guards, promotion, rollout
from studio.release.guards import Feed
from studio.release.verification import require
from studio.store import registry_records as records
from studio.store.registry_audit import check_standing, sign_head
from studio.store.registry_rehearsal import rehearse
from studio.store.registry_replays import RegistryReplays

NO_READINGS = Feed()


@dataclass(frozen=True)
class _Step:
    """A promotion that was decided and is not yet made."""

    row: ReleaseRow
    rules: ApprovalPolicy
    old: Pointer
    new: Pointer
    state: Rollout | None
    share: int
    note: str
    sentence: str = ""


class RegistryRollouts(RegistryReplays):
    """How a registry moves its pointers."""

    def promote(
        self,
        environment: str,
        release: str,
        actor: str,
        weight: int | None = None,
        expected_generation: int | None = None,
        signer: Signer | None = None,
        skip: bool = False,
        retry: bool = False,
        reason: str = "",
    ) -> Move:
        """Give an imported release its first share of conversations, or take the next stage of its plan.

        `skip` goes past stages, waits and guards, `retry` begins a release anew that its guards took back;
        both need a reason, which the log keeps.
        """
        _check_reason(skip or retry, reason)
        with self.reading() as connection:
            step = self._decide(
                connection, environment, release, actor, weight, expected_generation, skip, retry
            )
            if step.new != step.old and step.old.candidate != step.row.id:
                self.check_replayed(connection, step.row)
        if step.new == step.old:
            return self.moved(step.old, False, step.sentence)
        rehearsal = rehearse(self, step.row, environment, step.share)
        signed = ""
        with self.writing() as connection:
            now_there = records.pointer(connection, environment)
            if now_there != step.old:
                sent_again = expected_generation is None or self._was_done(
                    connection, now_there, expected_generation, "promote", actor, step.row.id, weight
                )
                if sent_again and _place(now_there) == _place(step.new):
                    return self.moved(now_there, False, f"{step.row.label}, has that share already.")
                raise records.overtaken(connection, environment)
            if records.rollout(connection, environment) != step.state:
                raise records.overtaken(connection, environment)
            self._check_still_allowed(connection, step)
            signed = self._go(connection, step, actor, rehearsal, reason, signer)
        self.refresh_files()
        sentence = f"{step.row.label}, now answers {step.share} % of the conversations in {environment}."
        return self.moved(step.new, True, sentence, rehearsal, signed)

    def check_share(self, environment: str, release: str, weight: int) -> None:
        """Raise WrongUse for a share that is no stage of a release's plan."""
        with self.reading() as connection:
            row = records.find_release(connection, release, environment)
        rollout.check_share(row.rollout, row.label, weight)

    def replay_wanted(
        self,
        environment: str,
        release: str,
        actor: str,
        weight: int | None = None,
        expected_generation: int | None = None,
        signer: Signer | None = None,
        skip: bool = False,
        retry: bool = False,
        reason: str = "",
    ) -> bytes | None:
        """Return the bundle whose tests are to be played again before this promotion; None for no need.

        Playing takes minutes, so whatever the promotion would be refused for is refused here, at once.
        """
        _check_reason(skip or retry, reason)
        with self.reading() as connection:
            step = self._decide(
                connection, environment, release, actor, weight, expected_generation, skip, retry
            )
            if step.new == step.old or step.old.candidate == step.row.id:
                return None
            if signer is not None:
                check_standing(connection, signer, self.now(connection))
            return self.unplayed(connection, step.row)

    def certificate(self, release: str, environment: str) -> Rehearsal:
        """Rehearse the next step of a release without taking it; of a finished one, what was kept then."""
        with self.reading() as connection:
            pointer = records.pointer(connection, environment)
            row = records.find_release(connection, release, environment)
            kept = records.kept_certificate(connection, environment, row.id)
            if pointer.stable == row.id:
                if kept is None:
                    raise WrongUse(
                        f"{row.label}, runs in {environment} and was not promoted by this registry.",
                        "There is nothing to rehearse.",
                    )
                return kept
            at = pointer.weight if pointer.candidate == row.id else None
            share, _ = rollout.choose(row.rollout, row.label, at, None, "", skip=True)
            self._check_forward(connection, row, pointer, share)
        return rehearse(self, row, environment, share)

    def roll_back(
        self,
        environment: str,
        actor: str,
        to: str | None = None,
        expected_generation: int | None = None,
        signer: Signer | None = None,
        reason: str = "",
    ) -> Move:
        """Go back to the release before, or to any that ran; nothing outside the registry is needed."""
        return self._back(environment, actor, "rollback", to, expected_generation, signer, reason)

    def abort(self, environment: str, actor: str, reason: str, signer: Signer | None = None) -> Move:
        """Stop what rolls out: the stable release answers everyone again."""
        with self.reading() as connection:
            if records.pointer(connection, environment).candidate is None:
                raise WrongUse(
                    f"Nothing is being rolled out in {environment}.", "To leave a release, roll back."
                )
        return self._back(environment, actor, "abort", None, None, signer, reason)

    def pause(self, environment: str, actor: str, reason: str = "") -> Move:
        """Hold what rolls out at its share until a person resumes; guards still roll it back."""
        with self.writing() as connection:
            pointer, row, state = self._rolling(connection, environment)
            changed = not state.paused_by
            if changed:
                self._keep_state(connection, environment, rollout.pause(state, actor, reason), actor, "pause")
        said = "now waits until someone resumes." if changed else f"is paused by {state.paused_by} already."
        return self.moved(pointer, changed, f"{row.label}, at {pointer.weight} % in {environment}, {said}")

    def resume(self, environment: str, actor: str) -> Move:
        """Let a paused rollout go on; what its plan still waits for stays to be waited for."""
        with self.writing() as connection:
            pointer, row, state = self._rolling(connection, environment)
            changed = bool(state.paused_by) or not state.resumed
            if changed:
                self._keep_state(connection, environment, rollout.resume(state), actor, "resume")
        said = "goes on." if changed else "is not paused."
        return self.moved(pointer, changed, f"{row.label}, at {pointer.weight} % in {environment}, {said}")

    def advance(
        self,
        environment: str,
        actor: str,
        feed: Feed = NO_READINGS,
        signer: Signer | None = None,
        go_on: bool = True,
    ) -> Move:
        """Take readings: roll back where a guard failed, pause where it is silent, else go on by the plan."""
        with self.writing() as connection:
            old = records.pointer(connection, environment)
            if old.candidate is None:
                return self.moved(old, False, f"Nothing is being rolled out in {environment}.")
            _, row, state = self._rolling(connection, environment)
            now = self.now(connection)
            guards.check_feed(feed, row.rollout.guards, now)
            judged = rollout.judge(row.rollout, state, feed, now)
            new, signed = old, ""
            why = " ".join(judged.sentences)
            if judged.advice == "roll back":
                new, signed = self._take_back(connection, old, row, judged.rollout, actor, why, signer)
            elif judged.rollout != state:
                action = "automatic pause" if judged.advice == "pause" else "measure"
                told = {"readings": why, "feed": digest(feed)}
                self._keep_state(connection, environment, judged.rollout, actor, action, told)
        self.refresh_files()
        if judged.advice == "promote" and go_on:
            coming = rollout.next_weight(row.rollout, old.weight)
            return self.promote(environment, row.id, actor, coming, old.generation, signer)
        head = {
            "roll back": f"{row.label}, was rolled back in {environment}",
            "pause": f"{row.label}, is paused at {old.weight} % in {environment}",
        }.get(judged.advice, f"{row.label}, stays at {old.weight} % in {environment}")
        done = self.moved(new, judged.rollout != state, f"{head}: {why}", signed_head=signed)
        return done.model_copy(update={"unheard": judged.unheard})

    def moved(
        self,
        pointer: Pointer,
        changed: bool,
        sentence: str,
        rehearsal: Rehearsal | None = None,
        signed_head: str = "",
    ) -> Move:
        """Return what was done, with the rollout as it stands now."""
        with self.reading() as connection:
            shown = self.view(connection, pointer.environment)
        return Move(
            pointer=pointer,
            changed=changed,
            sentence=sentence,
            rehearsal=rehearsal,
            rollout=shown,
            signed_head=signed_head,
            flag_file=str(self.files.flags(pointer.environment)),
        )

    def view(self, connection: sa.Connection, environment: str) -> RolloutView:
        """Return how the rollout in an environment stands now."""
        state = records.rollout(connection, environment)
        plan = records.release_row(connection, state.release).rollout if state else RolloutPlan(steps=())
        return rollout.view(plan, state, self.now(connection))

    def _decide(
        self,
        connection: sa.Connection,
        environment: str,
        release: str,
        actor: str,
        weight: int | None,
        expected: int | None,
        skip: bool,
        retry: bool,
    ) -> _Step:
        """Decide on a promotion as things stand, without making it."""
        old, state = records.pointer(connection, environment), records.rollout(connection, environment)
        row = records.find_release(connection, release, environment)
        rules = records.current_policy(connection)
        same = _Step(row, rules, old, old, state, old.weight, "", f"{row.label}, has that share already.")
        if self._was_done(connection, old, expected, "promote", actor, row.id, weight):
            return same
        if expected not in (None, old.generation):
            raise records.overtaken(connection, environment)
        if old.stable == row.id and old.candidate is None:
            return same
        if rollout.failed_before(state, row.id) and old.candidate is None and not retry:
            raise BundleRefused(
                f"The guards took {row.label}, back: {state.message if state else ''}",
                "Mend it in a new release; or say --retry with a --reason.",
            )
        going = state is not None and old.candidate == row.id
        waiting = rollout.waits(row.rollout, state, self.now(connection)) if state and going else ""
        at = old.weight if going else None
        share, note = rollout.choose(row.rollout, row.label, at, weight, waiting, skip)
        new = self._check_forward(connection, row, old, share)
        return _Step(row, rules, old, new, state, share, note, f"{same.sentence} {waiting}".strip())

    def _check_forward(
        self,
        connection: sa.Connection,
        row: ReleaseRow,
        old: Pointer,
        share: int,
    ) -> Pointer:
        """Return the pointer after promoting; what would change something is verified again first."""
        running = records.release_row(connection, old.stable).result_digest
        new = promotion.promote(old, records.facts(row), running, self.now(connection), share)
        if new != old:
            body = records.newest_bundle(connection, row.id)
            if body is None:
                raise BundleRefused(f"{row.label}, has no bundle.", "Roll back to it instead.")
            require(self.judge(connection, body, check_base=False))
        return new

    def _check_still_allowed(self, connection: sa.Connection, step: _Step) -> None:
        """Judge anew where the release was withdrawn, or the policy changed, while the move was rehearsed."""
        row, rules = records.release_row(connection, step.row.id), records.current_policy(connection)
        if (row, rules) != (step.row, step.rules):
            self._check_forward(connection, row, step.old, step.share)

    def _was_done(
        self,
        connection: sa.Connection,
        old: Pointer,
        expected: int | None,
        action: str,
        actor: str,
        release: str | None,
        weight: int | None = None,
    ) -> bool:
        """Return whether the last move is this very command, sent again after its answer was lost."""
        if expected is None or expected != old.generation - 1:
            return False
        if weight not in (None, old.weight if old.candidate else 100):
            return False
        last = records.last_move(connection, old.environment)
        if last is None or (last.action, last.actor) != (action, actor):
            return False
        return release in (None, last.details.get("release"))

    def _go(
        self,
        connection: sa.Connection,
        step: _Step,
        actor: str,
        rehearsal: Rehearsal,
        reason: str,
        signer: Signer | None,
    ) -> str:
        now = self.now(connection)
        if signer is not None:
            check_standing(connection, signer, now)
        going = step.state is not None and step.old.candidate == step.row.id
        state = step.state if going and step.state else rollout.begin(step.row.id, now)
        after = rollout.enter(step.row.rollout, state, step.share, now)
        details = {
            "release": step.row.id,
            "irreversible": "\n".join(rehearsal.irreversible),
            "certificate": canonical(rehearsal).decode(),
            **records.put_rollout(connection, step.old.environment, after),
            **({"skipped": step.note} if step.note else {}),
            **({"reason": reason} if reason else {}),
        }
        self.swap(connection, step.old, step.new, actor, "promote", details)
        return sign_head(connection, records.head(connection), signer) if signer else ""

    def _back(
        self,
        environment: str,
        actor: str,
        action: str,
        to: str | None,
        expected: int | None,
        signer: Signer | None,
        reason: str,
    ) -> Move:
        signed = ""
        with self.writing() as connection:
            old, (state, lost) = records.pointer(connection, environment), _state(connection, environment)
            target = records.find_release(connection, to, environment).id if to else None
            known = records.ways_back(connection, [x for x in (old.stable, old.candidate, target) if x])
            done = self._was_done(connection, old, expected, action, actor, target)
            ran = records.ran(connection, environment)
            try:
                facts = [records.facts(row) for row in known if row.id in ran or row.id == target]
                new = old if done else promotion.roll_back(old, facts, target, expected)
            except promotion.Overtaken:
                raise records.overtaken(connection, environment) from None
            row = next(each for each in known if each.id == new.stable)
            if new != old:
                _check_ran(row, ran, environment)
                if new.stable != old.stable:
                    records.check_kept(connection, row)
                now, said = self.now(connection), f"{action.capitalize()} by {actor}. {reason}".strip()
                settled = rollout.settle(row.id, said, now)
                after = rollout.end(state, actor, said) if old.candidate and state else settled
                details = {"release": row.id, "reason": f"{reason} {lost}".strip()}
                details |= records.put_rollout(connection, environment, after)
                self.swap(connection, old, new, actor, action, details)
                signed = sign_head(connection, records.head(connection), signer) if signer else ""
        self.refresh_files()
        sentence = f"{row.label}, answers all conversations in {environment}. {lost}".strip()
        return self.moved(new, new != old, sentence, signed_head=signed)

    def _take_back(
        self,
        connection: sa.Connection,
        old: Pointer,
        row: ReleaseRow,
        state: Rollout,
        actor: str,
        why: str,
        signer: Signer | None,
    ) -> tuple[Pointer, str]:
        known = [records.facts(each) for each in records.ways_back(connection, [old.stable, row.id])]
        new = promotion.roll_back(old, known, old.stable)
        details = {"release": old.stable, "reason": why}
        details |= records.put_rollout(connection, old.environment, state)
        self.swap(connection, old, new, actor, "automatic rollback", details)
        return new, sign_head(connection, records.head(connection), signer) if signer else ""

    def _rolling(self, connection: sa.Connection, environment: str) -> tuple[Pointer, ReleaseRow, Rollout]:
        pointer, state = records.pointer(connection, environment), records.rollout(connection, environment)
        if pointer.candidate is None or state is None:
            raise WrongUse(f"Nothing is being rolled out in {environment}.", "Promote a release first.")
        return pointer, records.release_row(connection, pointer.candidate), state

    def _keep_state(
        self,
        connection: sa.Connection,
        environment: str,
        state: Rollout,
        actor: str,
        action: str,
        told: dict[str, str] | None = None,
    ) -> None:
        details = {**records.put_rollout(connection, environment, state), **(told or {})}
        if state.message:
            details["reason"] = state.message
        records.append(connection, self.now(connection), actor, action, environment, details)


def _state(connection: sa.Connection, environment: str) -> tuple[Rollout | None, str]:
    """Return the state of a rollout; where it cannot be read, none and a sentence on that."""
    try:
        return records.rollout(connection, environment), ""
    except BrokenInput:
        return None, "What was kept of the rollout could not be read; the way back went without it."


def _check_reason(wanted: bool, reason: str) -> None:
    """Raise WrongUse where a promotion out of turn is not explained."""
    if wanted and not reason.strip():
        raise WrongUse("Skipping or trying again needs a reason.", "Say why with --reason.")


def _check_ran(row: ReleaseRow, ran: set[str], environment: str) -> None:
    """Raise BundleRefused for a way back to what never ran: replay, stages and guards would be passed by."""
    if row.id not in ran:
        raise BundleRefused(
            f"{row.label}, never answered all conversations in {environment}: there is no way back to it.",
            "Promote it; --skip with a --reason goes past its stages, and is logged.",
        )


def _place(pointer: Pointer) -> tuple[str, str | None, int]:
    return pointer.stable, pointer.candidate, pointer.weight
