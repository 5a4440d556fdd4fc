"""Looking at a received file in a process of its own: the same answer, confined, and it can be stopped."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.domain.errors import BundleRefused, Cancelled
from studio.domain.frozen import canonical
from studio.ports import silent
from studio.release import bundle as bundles
from studio.services.received import look_at
from studio.workers.confined import Limits
from studio.workers.looking import look_apart
from tests.bundle_conformance.kit import Kit


def test_the_answer_is_the_same_as_here(tmp_path: Path) -> None:
    """Sound, waiting, tampered or no bundle at all, with a policy, without, or a remembered one."""
    kit = Kit()
    content = kit.content()
    policy = tmp_path / "policy.json"
    policy.write_bytes(canonical(kit.policy))
    whole = kit.bundle(content)
    for data, rules, kept in (
        (whole, kit.policy, {}),
        (whole, None, {"desk": str(policy)}),
        (bundles.assemble(content, kit.envelopes(content)[:2]), kit.policy, {}),
        (whole[:-9], None, {}),
    ):
        assert look_apart(data, rules, kit.now, kept, silent) == look_at(data, rules, kit.now, kept)


def test_a_remembered_policy_counts_and_one_that_is_gone_is_told(tmp_path: Path) -> None:
    """The file that IT chose for this agent before judges again; one that cannot be read is told."""
    kit = Kit()
    file = tmp_path / "policy.json"
    told = look_at(kit.bundle(), None, kit.now, {"desk": str(file)})
    assert told.verdict == "unjudged" and f"{file}, cannot be read" in told.policy_fault
    file.write_bytes(b"{}")
    assert "cannot be read" in look_at(kit.bundle(), None, kit.now, {"desk": str(file)}).policy_fault
    file.write_bytes(canonical(kit.policy))
    found = look_at(kit.bundle(), None, kit.now, {"desk": str(file)})
    assert (found.verdict, found.policy_file, found.policy_fault) == ("verified", str(file), "")


def test_it_is_stopped_when_nobody_waits_or_it_lies() -> None:
    """Whoever waits can end it at once; a process that breaks off or answers nonsense gives no verdict."""
    kit = Kit()

    def stop(fraction: float, message: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        look_apart(b"", None, kit.now, {}, stop, "while True: pass")
    for source in ("import os; os.abort()", "print('done'); print('[{{}}]')", "print('refused')"):
        with pytest.raises(BundleRefused, match="broke off"):
            look_apart(b"", None, kit.now, {}, silent, source, Limits(seconds=5))
