"""A log that only grows: what the database refuses, what an audit finds, and what signed heads prove."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from studio.domain.errors import BrokenInput, NotApproved
from studio.domain.frozen import digest
from studio.store import registry as registries
from studio.store.registry import Registry

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

GUARDS = ("log_append", "log_no_update", "log_no_delete")


def rewrite(registry: Registry, *statements: str) -> None:
    """Change the database behind the registry's back, as someone with its rights could."""
    with registry.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def drop(registry: Registry, *guards: str) -> None:
    """Take guards of the database away."""
    for name in guards:
        table = f" ON {name.split('_')[0]}" if registry.place.kind == "postgresql" else ""
        rewrite(registry, f"DROP TRIGGER {name}{table}")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log SET actor = 'nobody' WHERE seq = 2",
        "DELETE FROM log WHERE seq = 2",
        "DELETE FROM log WHERE seq = (SELECT max(seq) FROM log)",
        "REPLACE",
        "INSERT INTO log SELECT seq + 100, time, actor, action, subject, details, hash, 'x' FROM log"
        " WHERE seq = 4",
        "UPDATE bundles SET imported_at = ''",
        "DELETE FROM bundles",
        "UPDATE heads SET seq = 1",
        "DELETE FROM heads",
        "TRUNCATE log, heads",
    ],
)
def test_the_database_itself_refuses_to_rewrite_history(imported: Registry, kit: Kit, statement: str) -> None:
    """Log, bundles and heads cannot be changed, cut, replaced or emptied while the guards stand."""
    server = imported.place.kind == "postgresql"
    if statement == "REPLACE":
        start, end = ("", " ON CONFLICT (seq) DO UPDATE SET actor = 'x'") if server else ("OR REPLACE ", "")
        statement = (
            f"INSERT {start}INTO log SELECT 2, time, 'x', action, subject, details, prev, hash FROM log"
            f" WHERE seq = 2{end}"
        )
    if statement.startswith("TRUNCATE") and not server:
        statement = "DELETE FROM log"
    imported.promote("production", "2", "ida", signer=kit.signers["ida"])
    with pytest.raises(sa.exc.IntegrityError):
        rewrite(imported, statement)
    assert imported.verify_log() == ()


UNREADABLE = (
    "UPDATE log SET time = 'x' WHERE seq = (SELECT max(seq) FROM log)",
    "UPDATE policies SET body = ''",
    "UPDATE releases SET imported_at = '2026-11-02'",
    "UPDATE rollouts SET body = ''",
    "UPDATE registry SET seen = 'x'",
)


@pytest.mark.parametrize("statement", UNREADABLE)
def test_what_cannot_be_read_is_told_as_a_registry_that_was_changed(
    imported: Registry, kit: Kit, statement: str
) -> None:
    """The audit has its answer whatever stands in the database; other deeds are refused in a sentence."""
    imported.promote("production", "2", "ida")
    drop(imported, *(["log_no_update"] if " log " in statement else []))
    rewrite(imported, statement)
    with registries.open_registry(imported.place, lambda: kit.now, looking=True) as opened:
        assert opened.verify_log() and opened.log_length() == 5
        try:
            opened.status()
            opened.log()
        except BrokenInput as error:
            assert "changed it behind its back" in error.what


def test_the_way_back_is_open_although_the_log_was_damaged(imported: Registry, kit: Kit) -> None:
    """Nothing in the log has to be read to give all conversations back to what runs."""
    imported.promote("production", "2", "ida")
    drop(imported, "log_no_update", "log_no_delete")
    rewrite(imported, "DELETE FROM log WHERE seq < 5", "UPDATE log SET details = '{}'")
    assert imported.roll_back("production", "ida").pointer.stable == digest(kit.before)


@pytest.mark.parametrize(
    ("statements", "words"),
    [
        (["UPDATE log SET actor = 'nobody' WHERE seq = 2"], "Entry 2 was changed"),
        (["DELETE FROM log WHERE seq = 2"], "Entry 2 is missing"),
        (["DELETE FROM log WHERE seq >= 4"], "no longer holds entry"),
        ([], "The guard “log_no_update” of the database is gone"),
        (["UPDATE pointers SET weight = 100 WHERE environment = 'production'"], "What runs in production"),
        (["DELETE FROM rollouts"], "The state of the rollout in production is not what the log says"),
        (
            ["UPDATE releases SET withdrawn_reason = 'x' WHERE sequence = 2"],
            "withdrawn is not what the log says",
        ),
        (
            ["UPDATE releases SET rollout = '{\"steps\":[]}' WHERE sequence = 2"],
            "is not what its bundle says",
        ),
        (
            ["UPDATE releases SET agent = (SELECT agent FROM releases WHERE sequence = 0)"],
            "kept agent of release",
        ),
        (["UPDATE registry SET agent_id = 'x'"], "What the registry is for"),
        (["UPDATE log SET details = '[' WHERE seq = 2"], "cannot be read"),
        (["UPDATE log SET time = 'noon' WHERE seq = 2"], "cannot be read"),
        (["UPDATE policies SET version = 2"], None),
        (["DELETE FROM policies"], "cannot be read"),
    ],
)
def test_tampering_with_the_database_is_detected(
    imported: Registry, statements: list[str], words: str | None
) -> None:
    """With the guards dropped, every change still shows in the audit."""
    imported.promote("production", "2", "ida")
    drop(imported, *GUARDS)
    rewrite(imported, *statements)
    faults = imported.verify_log()
    assert any((words or "guard") in fault for fault in faults), faults


def test_a_missing_or_exchanged_bundle_is_detected(imported: Registry) -> None:
    """The bytes that were imported are kept, or the audit says that they are not."""
    drop(imported, "bundles_no_update", "bundles_no_delete")
    rewrite(imported, "UPDATE bundles SET body = 'PK'")
    assert any("not the one that was imported" in fault for fault in imported.verify_log())
    rewrite(imported, "DELETE FROM bundles")
    assert any("is missing" in fault for fault in imported.verify_log())


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE log DISABLE TRIGGER log_no_update",
        "CREATE OR REPLACE FUNCTION registry_log_no_update() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN RETURN NEW; END'",
        "DROP TRIGGER log_no_update ON log; CREATE TRIGGER log_no_update BEFORE UPDATE ON log FOR EACH ROW "
        "WHEN (NEW.seq > 99) EXECUTE FUNCTION registry_log_no_update()",
    ],
)
def test_a_guard_that_only_looks_as_if_it_stood_is_noticed(imported: Registry, statement: str) -> None:
    """On PostgreSQL a guard can be switched off, hollowed out or narrowed: each shows."""
    if imported.place.kind == "sqlite":
        statement = (
            "DROP TRIGGER log_no_update; CREATE TRIGGER log_no_update BEFORE UPDATE ON log "
            "BEGIN SELECT 1; END"
        )
    if imported.place.kind == "sqlite":
        drop, make = statement.split("; ", 1)
        rewrite(imported, drop, make)
    else:
        rewrite(imported, statement)
    assert imported.verify_log() == ("The guard “log_no_update” of the database is gone.",)


def test_a_cut_tail_still_shows_after_the_registry_was_opened_again(imported: Registry, kit: Kit) -> None:
    """Opening writes flag files again, but no head over one that the log no longer holds."""
    imported.promote("production", "2", "ida")
    drop(imported, *GUARDS)
    rewrite(imported, "DELETE FROM log WHERE seq >= 5")
    for _ in range(2):
        with registries.open_registry(imported.place, lambda: kit.now) as again:
            assert any("no longer holds entry 5" in fault for fault in again.verify_log())


def test_a_lost_head_file_is_a_fault_of_a_file_and_a_new_beginning_on_a_server(
    imported: Registry, kit: Kit
) -> None:
    """Beside a database file the head belongs to it; of a server, each computer keeps its own."""
    imported.files.head.unlink()
    with registries.open_registry(imported.place, lambda: kit.now) as again:
        faults = again.verify_log()
    if imported.place.kind == "sqlite":
        assert any("missing or damaged" in fault for fault in faults)
    else:
        assert faults == () and imported.files.head.exists()


def test_a_tail_cut_together_with_its_head_file_shows_against_a_signed_head(
    imported: Registry, kit: Kit
) -> None:
    """A head signed by IT at the promotion, in the database or kept elsewhere, proves what was cut away."""
    before = imported.files.head.read_bytes()
    move = imported.promote("production", "2", "ida", signer=kit.signers["ida"])
    assert imported.verify_log() == () and imported.signed_up_to() == 5
    drop(imported, *GUARDS)
    server = imported.place.kind == "postgresql"
    loosen = "ALTER TABLE heads DROP CONSTRAINT heads_seq_fkey" if server else "PRAGMA foreign_keys=OFF"
    rewrite(imported, loosen, "DELETE FROM log WHERE seq >= 5")
    imported.files.head.write_bytes(before)
    assert any("no longer holds entry 5" in fault for fault in imported.verify_log())
    drop(imported, "heads_no_delete")
    rewrite(imported, "DELETE FROM heads")
    kept = move.signed_head.encode() + b"\n"
    assert any("no longer holds entry 5" in fault for fault in imported.verify_log([kept]))
    assert not any("no longer holds" in fault for fault in imported.verify_log())
    with pytest.raises(NotApproved, match="true signature of IT"):
        imported.verify_log([kept.replace(b'"sig":"', b'"sig":"AAAA')])


def test_the_heads_of_two_promotions_and_a_rollback_are_signed(imported: Registry, kit: Kit) -> None:
    """Each move with a key of IT signs the end of the log as it stands then."""
    ida = kit.signers["ida"]
    imported.promote("production", "2", "ida", signer=ida)
    imported.roll_back("production", "ida", signer=ida)
    assert imported.signed_up_to() == imported.status().log_length == 6
    imported.withdraw("2", "Wrong refund table", "ida")
    assert imported.signed_up_to() == 6 and imported.verify_log() == ()


def test_heads_of_a_key_that_was_revoked_stay_good_while_the_policy_keeps_it(
    imported: Registry, kit: Kit
) -> None:
    """A revoked key stays in the policy with its date: what it signed is checked; taken out, it is not."""
    imported.promote("production", "2", "ida", signer=kit.signers["ida"])
    others = tuple(key for key in kit.policy.keys if key.person != "ida")
    spare = kit.key("ida", "spare")
    revoked = (*others, kit.key("ida", revoked_at=kit.now), spare)
    imported.set_policy(kit.policy_with(version=2, keys=revoked), "ida")
    assert imported.verify_log() == () and imported.signed_up_to() == 5
    imported.set_policy(kit.policy_with(version=3, keys=(*others, spare)), "ida")
    assert any("keep keys that signed there" in fault for fault in imported.verify_log())


def test_only_it_signs_heads(imported: Registry, kit: Kit) -> None:
    """A promotion with a key of another role is refused, and nothing moves."""
    with pytest.raises(NotApproved, match="for IT"):
        imported.promote("production", "2", "ida", signer=kit.signers["ana"])
    assert imported.status().environments[0].pointer.candidate is None


def test_a_forged_head_is_noticed(imported: Registry, kit: Kit) -> None:
    """A signed head whose bytes were changed is named in the audit."""
    imported.promote("production", "2", "ida", signer=kit.signers["ida"])
    drop(imported, "heads_no_update")
    rewrite(imported, "UPDATE heads SET envelope = '{}'")
    assert any("true signature of IT" in fault for fault in imported.verify_log())


def test_a_file_that_is_no_head_says_nothing_of_the_log(imported: Registry, kit: Kit) -> None:
    """Naming the wrong file is told as that, and raises no alarm over a registry that is sound."""
    signed = kit.envelope("a" * 64, "ida")
    for data in (b"guard,candidate\n", b"", b"{}", b'{"payloadType":"x"}', signed):
        with pytest.raises(BrokenInput, match=r"named with --head is no head of a log"):
            imported.verify_log([data])
    assert imported.verify_log([imported.files.read_head() + b"\n"]) == ()
