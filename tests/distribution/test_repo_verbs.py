"""The verbs of a repository and of a split, as IT types them: exit codes, sentences and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from studio.cli.main import run
from studio.domain.environment import Pointer
from studio.domain.frozen import canonical
from studio.release import bundle as bundles
from studio.release import traffic
from studio.release.flagd import flag_file
from studio.signing import key_file
from tests.bundle_conformance.kit import Kit, MemorySigner
from tests.distribution.depot import serving

Say = Callable[..., tuple[int, str, str]]
NOW = datetime.now(UTC)


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return a function that runs a verb in an empty folder: exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        key_file, "ROUNDS", 4
    )  # what guards a key is tested elsewhere, and costs a second each
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("COBUILDER_PASSPHRASE", "correct horse battery")

    def call(*words: object) -> tuple[int, str, str]:
        code = run([str(word) for word in words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return call


def of_today(kit: Kit, sequence: int) -> bytes:
    """Return a sound bundle that counts today: the verbs have no clock but the computer's."""
    content = kit.content(release_sequence=sequence, not_after=NOW + timedelta(days=30))
    return bundles.assemble(content, kit.envelopes(content, time=NOW - timedelta(hours=1)))


def policy_of_today(kit: Kit) -> Any:
    """Return IT's policy with keys that count today."""
    dates: dict[str, Any] = {"valid_from": NOW - timedelta(days=9), "valid_until": NOW + timedelta(days=99)}
    return kit.policy_with(keys=tuple(kit.key(name, **dates) for name in ("ana", "carl", "ida")))


def test_from_an_empty_folder_to_a_pulled_release(kit: Kit, say: Say, tmp_path: Path) -> None:
    """Init, sign, refresh, publish, pull over a real server, and what each verb says."""
    Path("policy.json").write_bytes(canonical(policy_of_today(kit)))
    Path("desk-2.cobundle").write_bytes(of_today(kit, 2))
    for name in ("ana", "ben", "rel", "online"):
        assert say("key", "new", name)[0] == 0
    Path("cleo.pub.pem").write_text("Cleo's key\n" + MemorySigner("cleo").public_pem)
    keys = ["--root-key", "ana", "--root-key", "ben", "--root-key", "cleo.pub.pem", "--staging-key", "rel"]
    keys += ["--production-key", "rel", "--online-key", "online"]
    code, out, err = say("repo", "init", "repository", "--policy", "policy.json", *keys)
    assert code == 0, err
    assert "Nothing is visible yet" in out and "still to sign, 2 of: " in out
    assert say("repo", "init", "repository", "--policy", "policy.json", *keys)[0] == 2
    assert say("repo", "refresh", "repository", "--online-key", "online")[0] == 1
    code, out, err = say("repo", "sign", "repository", "--key", "ana")
    assert code == 0 and "root: still to sign, 1 of: " in out and "repo status repository" in out, err
    assert "counts until" not in out, "what a draft says is not told again each time"
    code, out, err = say("repo", "sign", "repository", "--key", "ana", "--key", "ben", "--key", "rel")
    assert (code, out.splitlines()[0]) == (0, "Signed: root, targets, staging, production."), err
    assert out.splitlines()[1:] == [
        "All is signed by enough: cobuilder repo refresh repository --online-key … makes it visible."
    ]
    Path("word").write_text("correct horse battery\n")
    code, out, _ = say("repo", "refresh", "repository", "--online-key", "online", "--passphrase-file", "word")
    assert code == 0 and "Hand repository/root.json to every reader yourself; fingerprint" in out
    handed = out.split("fingerprint ")[1].strip()

    publish = ("repo", "publish", "repository", "desk-2.cobundle", "--key", "rel", "--online-key", "online")
    wrong = ("repo", "publish", "repository", "desk-2.cobundle", "--key", "ana", "--online-key", "online")
    code, _, err = say(*wrong)
    assert code == 2 and "does not sign for production; that does: " in err and "Nothing was published" in err
    assert (
        not list(Path("repository/targets").glob("production/*"))
        and "Waiting" not in say("repo", "status", "repository")[1]
    )
    code, out, err = say(*publish, "--root", "repository/root.json", "--json")
    done = json.loads(out)
    assert (code, done["visible"], done["bundle"]) == (0, True, "production/desk-2.cobundle"), err
    assert "is published for production already" in say(*publish)[1]
    status = json.loads(say("repo", "status", "repository", "--json")[1])
    assert [c["release_sequence"] for c in status["channels"]] == [2] and status["warnings"] == []
    code, out, _ = say("repo", "status", "repository")
    assert code == 0 and "production takes release 2: production/desk-2.cobundle" in out

    with serving(tmp_path / "repository") as served:
        pull = ("repo", "pull", served.address, "--root", "repository/root.json")
        code, out, err = say(*pull, "--policy", "policy.json", "--to", "in")
        assert code == 0, err
        assert "Verified under your approval policy." in out and f"with root.json {handed}" in out
        assert Path("in/desk-2.cobundle").read_bytes() == Path("desk-2.cobundle").read_bytes()
        code, out, _ = say(*pull, "--to", "in")
        assert code == 0 and "Nothing new" in out and "approvals were not judged" in out
        code, _, err = say(*pull, "--to", "in", "--environment", "staging")
        assert code == 1 and "holds no staging/channel.json" in err
        Path("repository/metadata/timestamp.json").write_text("{}")
        code, _, err = say(*pull, "--to", "in", "--json")
        assert code == 1 and "broken or was tampered with" in err
    assert say(*pull)[0] == 3
    assert say("repo", "pull", "ftp://x.example.com")[0] == 2


def test_wrong_use_is_a_sentence(say: Say) -> None:
    """What cannot be done is told in words, with exit code 2, and nothing is made."""
    for words in (
        ("repo", "status", "nowhere"),
        ("repo", "sign", "nowhere"),
        ("repo", "refresh", "nowhere", "--online-key", "x"),
        ("repo", "renew", "nowhere", "root"),
    ):
        code, out, err = say(*words)
        assert code in (2, 3) and not out and err.startswith("cobuilder: "), words


def test_a_split_is_explained_from_its_file(say: Say) -> None:
    """`registry route --flags` needs no registry: the decision, the bucket, the share, and why."""
    pointer = Pointer(environment="production", generation=4, stable="5" * 64, candidate="c" * 64, weight=10)
    Path("flags.json").write_bytes(flag_file(pointer, "5" * 64, "c" * 64, "desk:2"))
    name = next(n for n in (f"c-{i}" for i in range(999)) if traffic.bucket("desk:2", n) < 1000)
    code, out, _ = say("registry", "route", name, "--flags", "flags.json", "--json")
    told = json.loads(out)
    assert (code, told["answers"], told["below"]) == (0, "canary", 1000)
    assert told["bucket"] == traffic.bucket("desk:2", name) and told["agent_digest"] == "c" * 64
    code, out, _ = say("registry", "route", "", "--flags", "flags.json")
    assert code == 0 and "has no id" in out and "(stable)" in out
    Path("flags.json").write_bytes(b"{}")
    code, _, err = say("registry", "route", name, "--flags", "flags.json")
    assert code == 3 and "not as the registry writes it" in err


def test_a_split_is_explained_from_the_registry(kit: Kit, say: Say) -> None:
    """`registry route` names the releases, and tells the same before, during and after a rollout."""
    Path("policy.json").write_bytes(canonical(policy_of_today(kit)))
    Path("desk-2.cobundle").write_bytes(of_today(kit, 2))
    assert say("registry", "init", "--policy", "policy.json", "--agent", "desk-2.cobundle")[0] == 0
    code, out, _ = say("registry", "route", "c-1")
    assert code == 0 and "Nothing is being rolled out" in out
    assert say("registry", "import", "desk-2.cobundle")[0] == 0
    code, out, err = say("registry", "promote", "2")
    assert code == 0, err
    new = next(n for n in (f"c-{i}" for i in range(999)) if traffic.bucket("desk:2", n) < 500)
    told = json.loads(say("registry", "route", new, "--json")[1])
    assert (told["answers"], told["sequence"], told["seed"]) == ("canary", 2, "desk:2")
    from_file = json.loads(
        say("registry", "route", new, "--flags", "registry.db.production.flagd.json", "--json")[1]
    )
    same = ("answers", "agent_digest", "bucket", "below", "seed", "generation")
    assert {key: from_file[key] for key in same} == {key: told[key] for key in same}
    code, out, _ = say("registry", "route", new)
    assert out.startswith("Desk, release 2, answers (canary).") and "is below 500" in out
    code, _, err = say("registry", "route", new, "--environment", "lab")
    assert code == 2 and "It has: production, staging." in err
