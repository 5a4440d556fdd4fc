"""IT's registry: what is refused, what is repeated, who wins, and what a tampered log gives away."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from studio.domain.bundle import BundleContent
from studio.domain.changeset import Change, ChangeSet, apply
from studio.domain.environment import IT, Move, Person, Rehearsal, TrustedKey
from studio.domain.errors import BundleRefused, NotApproved, WrongUse
from studio.domain.frozen import digest
from studio.release import bundle
from studio.release.html_page import whole_page
from studio.release.promotion import Overtaken
from studio.store import registry as registries
from studio.store import registry_rehearsal, registry_rollouts
from studio.store.registry import Registry
from studio.store.registry_files import write_in_one_step

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit


def next_content(kit: Kit) -> BundleContent:
    """Return content of release 3, built on the result of release 2."""
    text = "Keep answers to two sentences."
    change = Change(path="charter/rules/R-01/text", before=text, after="Keep answers to one sentence.")
    changeset = ChangeSet(title="Shorter still", changes=(change,))
    after = apply(kit.after, changeset)
    return kit.content(before=kit.after, after=after, changeset=changeset, release_sequence=3)


def all_at_once(registry: Registry, release: str) -> Move:
    """Promote a release to everyone, past the stages of its plan."""
    return registry.promote(
        "production", release, "ida", weight=100, skip=True, reason="A test does not wait"
    )


def flags(registry: Registry, environment: str = "production") -> dict[str, object]:
    """Return the `release` flag of an environment's flag file."""
    tree = json.loads(registry.files.flags(environment).read_bytes())
    flag: dict[str, object] = tree["flags"]["release"]
    return flag


def test_a_new_registry_runs_the_first_agent_everywhere(registry: Registry, kit: Kit) -> None:
    """Each environment of the policy points to the agent that ran before, and has its flag file."""
    status = registry.status()
    assert [row.pointer.environment for row in status.environments] == ["production", "staging"]
    assert {row.stable.result_digest for row in status.environments} == {digest(kit.before)}
    assert flags(registry)["variants"] == {"stable": digest(kit.before)}
    assert registry.verify_log() == ()


def test_a_release_goes_all_the_way_and_back(imported: Registry, kit: Kit) -> None:
    """First share, full share, rollback: each with a higher generation, a log entry and its flag file."""
    first = imported.promote("production", "2", "ida")
    assert (first.changed, first.pointer.weight, first.pointer.generation) == (True, 5, 2)
    assert flags(imported)["variants"] == {"stable": digest(kit.before), "canary": digest(kit.after)}
    full = all_at_once(imported, "2")
    assert (full.pointer.candidate, full.pointer.generation) == (None, 3)
    assert flags(imported)["variants"] == {"stable": digest(kit.after)}
    back = imported.roll_back("production", "ida")
    assert (back.pointer.stable, back.pointer.generation) == (digest(kit.before), 4)
    assert flags(imported)["variants"] == {"stable": digest(kit.before)}
    actions = [entry.action for entry in imported.log()]
    assert actions == ["init", "point", "point", "import", "promote", "promote", "rollback"]
    assert imported.verify_log() == ()


def test_rolling_back_during_a_rollout_takes_the_share_away(imported: Registry, kit: Kit) -> None:
    """The stable release goes on answering, all of it."""
    imported.promote("production", "2", "ida")
    back = imported.roll_back("production", "ida")
    assert (back.pointer.stable, back.pointer.candidate, back.pointer.weight) == (digest(kit.before), None, 0)


def test_every_promotion_is_rehearsed_on_a_copy(imported: Registry) -> None:
    """The certificate tells three steps; the rehearsal leaves no trace in the registry itself."""
    move = imported.promote("production", "2", "ida")
    assert move.rehearsal is not None
    assert [step.split(":")[0] for step in move.rehearsal.steps] == ["Forward", "Back", "Forward again"]
    assert "rehearse" not in {entry.action for entry in imported.log()}


def test_importing_and_promoting_again_changes_nothing(imported: Registry, kit: Kit) -> None:
    """A repeated request after a time-out is harmless: same answer, no new log entry."""
    again = imported.import_bundle(kit.bundle(), "ida")
    assert not again.new and again.sequence == 2
    assert imported.promote("production", "2", "ida").changed
    length = imported.status().log_length
    assert not imported.promote("production", "2", "ida").changed
    assert not imported.promote("production", "2", "ida", weight=5).changed
    assert not imported.import_bundle(kit.bundle(), "ida").new
    imported.roll_back("production", "ida", to="0")
    assert not imported.roll_back("production", "ida", to="0").changed
    assert imported.status().log_length == length + 1


def test_more_approvals_can_be_imported_later(imported: Registry, kit: Kit) -> None:
    """The same content with other attestations is the same release; its newest bytes are kept beside."""
    content = kit.content()
    later = bundle.assemble(content, kit.envelopes(content, comment="Seen again."))
    result = imported.import_bundle(later, "ida")
    assert not result.new and imported.bundle_bytes("2") == later
    assert imported.log()[-1].action == "import again" and imported.verify_log() == ()


def test_of_two_operators_one_wins_and_the_other_is_told(imported: Registry) -> None:
    """Whoever looked at an older generation is refused with a sentence."""
    generation = imported.status().environments[0].pointer.generation
    imported.promote("production", "2", "ida", expected_generation=generation)
    with pytest.raises(BundleRefused, match="Someone else changed production"):
        imported.roll_back("production", "ida", expected_generation=generation)


def test_who_comes_second_is_told_who_came_first_and_with_what(imported: Registry, kit: Kit) -> None:
    """Both decided on the same state: one wins, the other is refused with a name, a deed and a share."""
    with registries.open_registry(imported.place, lambda: kit.now) as other:
        seen = other.environment("production").pointer.generation
        imported.promote("production", "2", "ida", expected_generation=seen)
        words = r"ida did “promote” at 2026-11-02 12:00:00 UTC; it is at generation 2, .* has 5 %"
        with pytest.raises(Overtaken, match=words):
            other.promote("production", "2", "otto", 100, seen, skip=True, reason="Now")
        with pytest.raises(Overtaken, match="ida did “promote”"):
            other.roll_back("production", "otto", expected_generation=seen)
    assert [entry.action for entry in imported.log()][-1] == "promote"


def test_of_two_rehearsals_at_once_one_move_is_made(
    imported: Registry, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Someone who moves during another's rehearsal wins; the other is told, and nothing is done twice."""
    rehearse = registry_rehearsal.rehearse

    def meanwhile(*arguments: Any) -> Any:
        monkeypatch.setattr(registry_rollouts, "rehearse", rehearse)
        with registries.open_registry(imported.place, lambda: kit.now) as other:
            other.promote("production", "2", "otto", weight=50, skip=True, reason="Known")
        return rehearse(*arguments)

    monkeypatch.setattr(registry_rollouts, "rehearse", meanwhile)
    with pytest.raises(Overtaken, match="otto did “promote”"):
        imported.promote("production", "2", "ida")
    assert imported.environment("production").pointer.weight == 50 and imported.verify_log() == ()


def test_a_command_sent_again_with_its_generation_changes_nothing(imported: Registry) -> None:
    """After a time-out, promote and rollback with the generation they were meant for are recognised."""
    for _ in range(2):
        move = imported.promote("production", "2", "ida", expected_generation=1)
        assert (move.pointer.generation, move.pointer.weight) == (2, 5)
    for _ in range(2):
        assert imported.roll_back("production", "ida", expected_generation=2).pointer.generation == 3
    assert [entry.action for entry in imported.log()][-2:] == ["promote", "rollback"]


def test_another_generation_is_refused_though_the_share_is_there(imported: Registry) -> None:
    """Whoever names a generation wants to know of every move since; only the same command again is one."""
    imported.promote("production", "2", "ida", expected_generation=1)
    for who, weight, seen in (("otto", None, 1), ("ida", 50, 1), ("ida", 5, 7), ("ida", None, 0)):
        with pytest.raises(Overtaken, match="it is at generation 2"):
            imported.promote("production", "2", who, weight, seen)
    assert not imported.promote("production", "2", "otto", 5, 2).changed
    imported.promote("production", "2", "ida", 100, skip=True, reason="Tried out")
    with pytest.raises(Overtaken, match="it is at generation 3"):
        imported.promote("production", "2", "ida", None, 1)
    with pytest.raises(Overtaken, match="it is at generation 3"):
        imported.roll_back("production", "ida", "2", 1)
    assert not imported.promote("production", "2", "ida", 100, 3).changed


def test_registries_in_one_folder_share_no_files(kit: Kit, tmp_path: Path) -> None:
    """a.db and a.sqlite have each their own traffic files and head of the log."""
    for name in ("a.db", "a.sqlite", "a"):
        with registries.create(tmp_path / name, kit.before, kit.policy, "ida", lambda: kit.now) as made:
            made.import_bundle(kit.bundle(), "ida")
    with registries.open_registry(tmp_path / "a.sqlite", lambda: kit.now) as one:
        one.promote("production", "2", "ida")
    for name in ("a.db", "a.sqlite", "a"):
        with registries.open_registry(tmp_path / name, lambda: kit.now) as each:
            assert each.verify_log() == ()
    shares = [(tmp_path / f"{name}.production.flagd.json").read_bytes() for name in ("a", "a.db", "a.sqlite")]
    assert shares[0] == shares[1] != shares[2]


def test_files_under_an_earlier_programs_names_go_on(kit: Kit, tmp_path: Path) -> None:
    """The head is read and takes its new name; a traffic file that a provider reads stays up to date."""
    with registries.create(tmp_path / "registry.db", kit.before, kit.policy, "ida", lambda: kit.now) as made:
        made.import_bundle(kit.bundle(), "ida")
    for ending in ("head.json", "production.flagd.json"):
        (tmp_path / f"registry.db.{ending}").rename(tmp_path / f"registry.{ending}")
    with registries.open_registry(tmp_path / "registry.db", lambda: kit.now) as again:
        again.promote("production", "2", "ida")
        assert again.verify_log() == () and again.files.head.exists()
    flags = [tmp_path / f"registry.{middle}production.flagd.json" for middle in ("", "db.")]
    assert flags[0].read_bytes() == flags[1].read_bytes() and b'"canary"' in flags[0].read_bytes()
    assert not (tmp_path / "registry.head.json").exists()


def test_operators_at_the_same_moment_leave_one_sound_state(imported: Registry, kit: Kit) -> None:
    """Eight promotions and rollbacks at once: the log is whole, and the flag file agrees with the pointer."""
    told: list[str] = []

    def work(number: int) -> None:
        with registries.open_registry(imported.place, lambda: kit.now) as mine:
            try:
                if number % 2:
                    mine.promote("production", "2", f"operator {number}", weight=5)
                else:
                    mine.roll_back("production", f"operator {number}", to="0")
            except BundleRefused as error:
                told.append(str(error))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pointer = imported.status().environments[0].pointer
    assert imported.verify_log() == ()
    assert flags(imported)["metadata"] == {
        "environment": "production",
        "generation": pointer.generation,
        "seed": f"desk:{2 if pointer.candidate else 0}",
    }
    moves = [entry for entry in imported.log() if entry.action in ("promote", "rollback")]
    assert len(moves) == pointer.generation - 1


def test_of_two_who_make_a_registry_at_once_the_first_keeps_it(
    kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who comes second is told so, and takes nothing away."""
    path = tmp_path / "registry.db"
    make_folder = registries._make_folder

    def overtaken(folder: Path) -> None:
        monkeypatch.setattr(registries, "_make_folder", make_folder)
        registries.create(path, kit.before, kit.policy, "otto", lambda: kit.now).close()

    monkeypatch.setattr(registries, "_make_folder", overtaken)
    with pytest.raises(WrongUse, match="There is a registry"):
        registries.create(path, kit.before, kit.policy, "ida", lambda: kit.now)
    with registries.open_registry(path, lambda: kit.now) as registry:
        assert registry.log()[0].actor == "otto" and registry.verify_log() == ()


def test_an_older_bundle_is_refused(registry: Registry, kit: Kit) -> None:
    """A validly signed bundle below the highest imported sequence does not come in."""
    registry.import_bundle(kit.bundle(kit.content(release_sequence=5)), "ida")
    with pytest.raises(BundleRefused, match="older than release 5"):
        registry.import_bundle(kit.bundle(kit.content(release_sequence=4)), "ida")


def test_a_second_bundle_with_the_same_sequence_is_refused_with_an_alarm(
    imported: Registry, kit: Kit
) -> None:
    """Someone made two different releases 2: refused, and the log says so."""
    other = kit.bundle(kit.content(report_html=whole_page("Another", "<p>Another.</p>", "")))
    with pytest.raises(BundleRefused, match="Another bundle was imported as release 2"):
        imported.import_bundle(other, "ida")
    alarm = imported.log()[-1]
    assert alarm.action == "alarm" and "release 2" in alarm.subject
    assert len(imported.status().releases) == 2 and imported.verify_log() == ()


def test_unapproved_bundles_leave_no_trace(registry: Registry, kit: Kit) -> None:
    """What is refused for its approvals or its bytes changes neither tables nor log."""
    length = registry.status().log_length
    content = kit.content()
    with pytest.raises(BundleRefused, match="Approvals are missing"):
        registry.import_bundle(bundle.assemble(content, kit.envelopes(content)[:2]), "ida")
    with pytest.raises(BundleRefused):
        registry.import_bundle(b"PK", "ida")
    assert registry.status().log_length == length and len(registry.status().releases) == 1


def test_a_bundle_whose_base_does_not_run_is_not_promoted(imported: Registry, kit: Kit) -> None:
    """Release 3 is built on release 2; it may come in, but not before release 2 runs."""
    imported.import_bundle(kit.bundle(next_content(kit)), "ida")
    with pytest.raises(BundleRefused, match="built on an agent that does not run"):
        imported.promote("production", "3", "ida")
    assert "does not run" in imported.verify(kit.bundle(next_content(kit))).refusal
    all_at_once(imported, "2")
    assert imported.promote("production", "3", "ida").changed
    with pytest.raises(BundleRefused, match=r"has no bundle|does not run"):
        imported.promote("production", "0", "ida")


def test_two_steps_back_are_possible(imported: Registry, kit: Kit) -> None:
    """Rolling back from release 3 leads to 2, and again to the first agent."""
    all_at_once(imported, "2")
    imported.import_bundle(kit.bundle(next_content(kit)), "ida")
    all_at_once(imported, "3")
    assert imported.roll_back("production", "ida").pointer.stable == imported.status().releases[1].id
    assert imported.roll_back("production", "ida").pointer.stable == digest(kit.before)
    with pytest.raises(BundleRefused, match="nothing before"):
        imported.roll_back("production", "ida")


def test_unknown_and_withdrawn_releases_are_refused(imported: Registry) -> None:
    """Neither can be promoted; a running one is not withdrawn before it was rolled back."""
    with pytest.raises(BundleRefused, match="No release “7”"):
        imported.promote("production", "7", "ida")
    imported.promote("production", "2", "ida")
    with pytest.raises(BundleRefused, match="runs in production"):
        imported.withdraw("2", "Wrong refund table", "ida")
    imported.roll_back("production", "ida")
    imported.withdraw("2", "Wrong refund table", "ida")
    with pytest.raises(BundleRefused, match="withdrawn"):
        imported.promote("production", "2", "ida")
    with pytest.raises(BundleRefused, match="withdrawn"):
        imported.roll_back("production", "ida", to="2")
    assert imported.verify_log() == ()


def test_the_way_back_leads_only_to_what_ran(imported: Registry, kit: Kit) -> None:
    """Nothing goes past replay, stages and guards by being called a rollback, not even at its first share."""
    with pytest.raises(BundleRefused, match="never answered all conversations in production"):
        imported.roll_back("production", "ida", to="2")
    imported.promote("production", "2", "ida")
    with pytest.raises(BundleRefused, match="never answered all conversations in production"):
        imported.roll_back("production", "ida", to="2")
    all_at_once(imported, "2")
    imported.roll_back("production", "ida", to="0")
    assert imported.roll_back("production", "ida", to="2").pointer.stable == imported.release("2").id
    with pytest.raises(BundleRefused, match="was made for production"):
        imported.roll_back("staging", "ida", to="2")


def test_shares_follow_the_plan_and_never_shrink(imported: Registry) -> None:
    """Only stages of the plan can be chosen, and going down is a rollback."""
    with pytest.raises(WrongUse, match="no stage of 37 %"):
        imported.promote("production", "2", "ida", weight=37)
    imported.promote("production", "2", "ida", weight=50, skip=True, reason="Known from the pilot")
    with pytest.raises(BundleRefused, match="does not shrink"):
        imported.promote("production", "2", "ida", weight=5)


def test_a_key_revoked_after_the_import_stops_the_promotion(imported: Registry, kit: Kit) -> None:
    """Promotion verifies again with today's policy."""
    revoked = tuple(
        key.model_copy(update={"revoked_at": kit.now}) if key.person == "carl" else key
        for key in kit.policy.keys
    )
    imported.set_policy(kit.policy_with(version=2, keys=revoked), "ida")
    with pytest.raises(BundleRefused, match="revoked"):
        imported.promote("production", "2", "ida")
    assert imported.verify_log() == ()


@pytest.mark.parametrize("meanwhile", ["withdrawn", "revoked"])
def test_what_changes_during_the_rehearsal_counts(
    imported: Registry, kit: Kit, monkeypatch: pytest.MonkeyPatch, meanwhile: str
) -> None:
    """A release withdrawn, or a key revoked, while a promotion is rehearsed is not promoted."""

    def rehearsed(*given: Any) -> Rehearsal:
        with registries.open_registry(imported.place, lambda: kit.now) as other:
            if meanwhile == "withdrawn":
                other.withdraw("2", "Wrong refund table", "otto")
            else:
                other.set_policy(kit.policy_with(version=2, keys=_revoked(kit, "carl")), "otto")
        return registry_rehearsal.rehearse(*given)

    monkeypatch.setattr("studio.store.registry_rollouts.rehearse", rehearsed)
    with pytest.raises(BundleRefused, match=meanwhile):
        imported.promote("production", "2", "ida")
    assert imported.environment("production").candidate is None and imported.verify_log() == ()


def test_a_revoked_key_signs_no_promotion_and_hinders_no_way_back(imported: Registry, kit: Kit) -> None:
    """The end of the log is signed by a key in good standing; going back never waits for one."""
    olga, people = kit.key("olga", "spare"), (*kit.policy.people, Person(id="olga", name="Olga", roles=(IT,)))
    signer, gone = kit.signers["spare"], olga.model_copy(update={"revoked_at": kit.now})
    imported.set_policy(kit.policy_with(version=2, people=people, keys=(*kit.policy.keys, olga)), "ida")
    assert imported.promote("production", "2", "ida", signer=signer).signed_head
    imported.set_policy(kit.policy_with(version=3, people=people, keys=(*kit.policy.keys, gone)), "ida")
    with pytest.raises(NotApproved, match="olga was revoked"):
        imported.promote("production", "2", "ida", weight=100, signer=signer, skip=True, reason="Pilot")
    assert imported.roll_back("production", "ida", signer=signer).changed
    assert imported.verify_log() == ()


def _revoked(kit: Kit, person: str) -> tuple[TrustedKey, ...]:
    return tuple(
        key.model_copy(update={"revoked_at": kit.now}) if key.person == person else key
        for key in kit.policy.keys
    )


def test_a_weaker_or_foreign_policy_does_not_slip_in(registry: Registry, kit: Kit) -> None:
    """A policy must follow the present one: same id and agent, higher version."""
    with pytest.raises(WrongUse, match="does not follow"):
        registry.set_policy(kit.policy_with(agent="other", version=2), "ida")
    with pytest.raises(WrongUse, match="does not follow"):
        registry.set_policy(kit.policy_with(people=kit.policy.people[::-1]), "ida")


def test_the_clock_does_not_go_back(place: str, kit: Kit) -> None:
    """What expired once stays expired when the clock is turned back, though nothing was logged meanwhile."""
    registries.create(place, kit.before, kit.policy, "ida", lambda: kit.now).close()
    later = kit.now + timedelta(days=60)
    registries.open_registry(place, lambda: later).close()
    with registries.open_registry(place, lambda: kit.now) as registry:
        assert registry.status().clock_behind == later
        with pytest.raises(BundleRefused, match="expired"):
            registry.import_bundle(kit.bundle(), "ida")


def test_a_clock_that_stood_far_ahead_is_taken_back_openly(imported: Registry, kit: Kit) -> None:
    """The log keeps who took the time back, from when, and why; the audit is sound, stages begin anew."""
    ahead = kit.now + timedelta(days=20)
    with registries.open_registry(imported.place, lambda: ahead) as wrong:
        wrong.promote("production", "2", "ida")
    assert imported.clock_state().behind and imported.clock_state().seen == ahead
    with pytest.raises(WrongUse, match="reason"):
        imported.reset_clock("ida", " ")
    done = imported.reset_clock("ida", "build-7 stood in December")
    assert done.taken_back == ahead and not imported.clock_state().behind
    about_time, about_stage = imported.log()[-2:]
    assert (about_time.actor, about_time.action, about_time.time) == ("ida", "clock", kit.now)
    assert about_time.details["from"] == f"{ahead:%Y-%m-%dT%H:%M:%SZ}" and about_time.details["reason"]
    state = imported.environment("production").rollout.state
    assert about_stage.subject == "production" and state is not None and state.since == kit.now
    assert imported.verify_log() == () and imported.status().clock_behind is None
    assert imported.reset_clock("ida", "again").taken_back is None and len(imported.log()) == about_stage.seq


def test_the_log_is_read_by_pages(imported: Registry, kit: Kit) -> None:
    """The newest so many, what follows an entry, what was done since a moment: always oldest first."""
    imported.promote("production", "2", "ida")
    everything = imported.log()
    assert imported.log(newest=2) == everything[-2:]
    assert imported.log(after=2, first=2) == everything[2:4]
    assert imported.log(since=kit.now) == everything and imported.log(after=99) == ()
    assert imported.log(since=kit.now + timedelta(seconds=1)) == ()
    assert set(imported.sequences([everything[3].subject, "0" * 64]).values()) == {2}


def test_a_lost_or_broken_flag_file_is_written_again_when_the_registry_opens(
    imported: Registry, kit: Kit
) -> None:
    """After a crash between commit and file, opening the registry puts the file right."""
    imported.promote("production", "2", "ida")
    file = imported.files.flags("production")
    right = file.read_bytes()
    file.write_bytes(b"{}")
    imported.files.flags("staging").unlink()
    with registries.open_registry(imported.place, lambda: kit.now):
        assert file.read_bytes() == right and imported.files.flags("staging").exists()


def test_a_replaced_file_is_always_newer(tmp_path: Path) -> None:
    """flagd sees a change by its time: it grows even if the clock does not."""
    import os

    file = tmp_path / "x.json"
    (tmp_path / ".x.json.new").write_bytes(b"left by a crash")
    write_in_one_step(file, b"1")
    ahead = file.stat().st_mtime_ns + 3_600_000_000_000
    os.utime(file, ns=(ahead, ahead))
    write_in_one_step(file, b"2")
    assert file.stat().st_mtime_ns > ahead and [each.name for each in tmp_path.iterdir()] == ["x.json"]


def test_times_are_kept_in_utc(imported: Registry) -> None:
    """Log entries carry UTC times to the second."""
    assert all(entry.time.tzinfo == UTC and isinstance(entry.time, datetime) for entry in imported.log())
