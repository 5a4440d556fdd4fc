"""IT's registry: what is refused, what is repeated, who wins, and what a tampered log gives away."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from studio.domain.bundle import BundleContent
from studio.domain.changeset import Change, ChangeSet, apply
from studio.domain.environment import Move
from studio.domain.errors import BrokenInput, BundleRefused, NotApproved, ProviderFailed, WrongUse
from studio.domain.frozen import digest
from studio.release import bundle
from studio.release.html_page import whole_page
from studio.store import registry as registries
from studio.store.registry import Registry
from studio.store.registry_files import write_in_one_step

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

Rewrite = Callable[[sqlite3.Connection], object]


@pytest.fixture
def registry(kit: Kit, tmp_path: Path) -> Iterator[Registry]:
    """Return a fresh registry in which the kit's base agent runs."""
    with registries.create(tmp_path / "registry.db", kit.before, kit.policy, "ida", lambda: kit.now) as made:
        yield made


@pytest.fixture
def imported(registry: Registry, kit: Kit) -> Registry:
    """Return the registry with the kit's bundle imported as release 2."""
    registry.import_bundle(kit.bundle(), "ida")
    return registry


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


def test_operators_at_the_same_moment_leave_one_sound_state(imported: Registry, kit: Kit) -> None:
    """Eight promotions and rollbacks at once: the log is whole, and the flag file agrees with the pointer."""
    told: list[str] = []

    def work(number: int) -> None:
        with registries.open_registry(imported.path, lambda: kit.now) as mine:
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


def test_a_weaker_or_foreign_policy_does_not_slip_in(registry: Registry, kit: Kit) -> None:
    """A policy must follow the present one: same id and agent, higher version."""
    with pytest.raises(WrongUse, match="does not follow"):
        registry.set_policy(kit.policy_with(agent="other", version=2), "ida")
    with pytest.raises(WrongUse, match="does not follow"):
        registry.set_policy(kit.policy_with(people=kit.policy.people[::-1]), "ida")


def test_the_clock_does_not_go_back(kit: Kit, tmp_path: Path) -> None:
    """A bundle that expired once stays expired, even if the computer's clock is turned back."""
    clock = [kit.now + timedelta(days=60)]
    policy = kit.policy_with()
    with registries.create(tmp_path / "r.db", kit.before, policy, "ida", lambda: clock[0]) as registry:
        clock[0] = kit.now
        with pytest.raises(BundleRefused, match="expired"):
            registry.import_bundle(kit.bundle(), "ida")


def test_a_lost_or_broken_flag_file_is_written_again_when_the_registry_opens(
    imported: Registry, kit: Kit
) -> None:
    """After a crash between commit and file, opening the registry puts the file right."""
    imported.promote("production", "2", "ida")
    file = imported.files.flags("production")
    right = file.read_bytes()
    file.write_bytes(b"{}")
    imported.files.flags("staging").unlink()
    with registries.open_registry(imported.path, lambda: kit.now):
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


def rewrite(registry: Registry, *statements: str) -> None:
    """Change the database file behind the registry's back, as someone with the file could."""
    with closing(sqlite3.connect(registry.path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log SET actor = 'nobody' WHERE seq = 2",
        "DELETE FROM log WHERE seq = 2",
        "DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)",
        "INSERT OR REPLACE INTO log SELECT 2, time, 'x', action, subject, details, prev, hash FROM log"
        " WHERE seq = 2",
        "INSERT INTO log SELECT seq + 100, time, actor, action, subject, details, hash, 'x' FROM log"
        " WHERE seq = 4",
        "UPDATE bundles SET body = x'00'",
        "DELETE FROM bundles",
    ],
)
def test_the_database_itself_refuses_to_rewrite_history(imported: Registry, statement: str) -> None:
    """Log and bundles cannot be changed, cut or replaced while the guards stand."""
    with pytest.raises(sqlite3.IntegrityError):
        rewrite(imported, statement)
    assert imported.verify_log() == ()


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["UPDATE log SET actor = 'nobody' WHERE seq = 2"], "Entry 2 was changed"),
        (["DELETE FROM log WHERE seq = 2"], "Entry 2 is missing"),
        (["DELETE FROM log WHERE seq >= 4"], "no longer holds entry"),
        ([], "The guard “log_no_update” of the database is gone"),
        (["UPDATE pointers SET weight = 100 WHERE environment = 'production'"], "What runs in production"),
        (
            ["UPDATE releases SET withdrawn_reason = 'x' WHERE sequence = 2"],
            "withdrawn is not what the log says",
        ),
        (["UPDATE log SET details = '[' WHERE seq = 2"], "cannot be read"),
        (["UPDATE log SET time = 'noon' WHERE seq = 2"], "cannot be read"),
        (["UPDATE pointers SET stable = 'nothing'"], "cannot be read"),
        (["UPDATE policies SET body = replace(body, 'author', 'it')"], "policy is not the one"),
    ],
)
def test_tampering_with_the_file_is_detected(imported: Registry, statements: list[str], words: str) -> None:
    """With the guards dropped, every change still shows in the audit."""
    imported.promote("production", "2", "ida")
    rewrite(
        imported, *(f"DROP TRIGGER log_{each}" for each in ("append", "no_update", "no_delete")), *statements
    )
    assert any(words in fault for fault in imported.verify_log())


CUT = (*(f"DROP TRIGGER log_{each}" for each in ("append", "no_update", "no_delete")),)


def test_a_cut_tail_still_shows_after_the_registry_was_opened_again(imported: Registry, kit: Kit) -> None:
    """Opening writes flag files again, but no head over one that the log no longer holds, and no lost one."""
    imported.promote("production", "2", "ida")
    rewrite(imported, *CUT, "DELETE FROM log WHERE seq >= 5")
    for _ in range(2):
        with registries.open_registry(imported.path, lambda: kit.now) as again:
            assert any("no longer holds entry 5" in fault for fault in again.verify_log())
    imported.files.head.unlink()
    with registries.open_registry(imported.path, lambda: kit.now) as again:
        assert any("missing or damaged" in fault for fault in again.verify_log())


def test_a_tail_cut_together_with_its_head_file_shows_against_a_signed_head(
    imported: Registry, kit: Kit
) -> None:
    """A head signed by IT at the promotion proves entries that someone cut away later."""
    before = imported.files.head.read_bytes()
    imported.promote("production", "2", "ida", signer=kit.signers["ida"])
    assert imported.verify_log() == ()
    rewrite(imported, *CUT, "DELETE FROM log WHERE seq >= 5")
    imported.files.head.write_bytes(before)
    assert any("no longer holds entry 5" in fault for fault in imported.verify_log())


def test_only_it_signs_heads(imported: Registry, kit: Kit) -> None:
    """A promotion with a key of another role is refused, and nothing moves."""
    with pytest.raises(NotApproved, match="for IT"):
        imported.promote("production", "2", "ida", signer=kit.signers["ana"])
    assert imported.status().environments[0].pointer.candidate is None


def test_a_forged_head_is_noticed(imported: Registry, kit: Kit) -> None:
    """A signed head whose bytes were changed is named in the audit."""
    imported.promote("production", "2", "ida", signer=kit.signers["ida"])
    rewrite(
        imported,
        "DROP TRIGGER heads_no_update",
        "UPDATE heads SET envelope = replace(envelope, 'sig', 'gis')",
    )
    assert any("true signature of IT" in fault for fault in imported.verify_log())


def test_errors_of_the_file_are_sentences(tmp_path: Path, kit: Kit) -> None:
    """A missing, a foreign and a locked file are told apart."""
    with pytest.raises(WrongUse, match="no registry"):
        registries.open_registry(tmp_path / "none.db")
    (tmp_path / "text.db").write_text("This is no database at all. " * 50)
    with pytest.raises(BrokenInput, match="damaged or no registry"):
        registries.open_registry(tmp_path / "text.db")
    (tmp_path / "empty.db").write_bytes(b"")
    with pytest.raises((BrokenInput, ProviderFailed)):
        registries.open_registry(tmp_path / "empty.db")
    with pytest.raises(BrokenInput, match="The policy is for"):
        registries.create(tmp_path / "r.db", kit.before, kit.policy_with(agent="other"), "ida")


def test_times_are_kept_in_utc(imported: Registry) -> None:
    """Log entries carry UTC times to the second."""
    assert all(entry.time.tzinfo == UTC and isinstance(entry.time, datetime) for entry in imported.log())
