"""The registry's verbs on the command line: exit codes, JSON and sentences, on both databases."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from studio.cli.main import run
from studio.domain.frozen import canonical

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit
    from tests.store.databases import Databases


@dataclass(frozen=True)
class Answer:
    """What a verb answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Return the one JSON document on stdout."""
        return json.loads(self.out)


def call(*arguments: object) -> Answer:
    """Run a verb of the registry."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(["registry", *(str(argument) for argument in arguments)])
    return Answer(code, out.getvalue(), err.getvalue())


@pytest.fixture
def here(kind: str, databases: Databases, kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder; the registry of the environment has release 2 imported, and the clock is the kit's."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("COBUILDER_USER", "ida")
    monkeypatch.setenv("COBUILDER_REGISTRY", databases.imported(kind, tmp_path))
    monkeypatch.setattr("studio.store.registry.open_registry.__defaults__", (lambda: kit.now,))
    monkeypatch.setattr("studio.store.registry.create.__defaults__", (lambda: kit.now,))
    return tmp_path


def test_a_canary_and_back_by_verbs(here: Path, kit: Kit) -> None:
    """Certificate, promote, pause, resume, readings that fail, status, log: each with its code and words."""
    certificate = call("certificate", "2", "--json")
    assert certificate.code == 0 and len(certificate.json["rehearsed"]) == 3
    assert "the way back leads to" in call("certificate", "2").out
    first = call("promote", "2", "--json")
    assert first.code == 0 and first.json["pointer"]["weight"] == 5
    assert first.json["rollout"]["phase"] == "Paused"
    assert call("promote", "2").out.startswith("Nothing to do.")
    early = call("promote", "2", "--weight", "50")
    assert early.code == 1 and "The next stage" in early.err and "--skip" in early.err
    assert call("promote", "2", "--skip").code == 2
    assert call("pause", "--reason", "Lunch").code == 0
    assert call("status").out.count("Lunch") == 1 and "Paused: waits" in call("status").out
    assert call("resume", "--json").json["changed"]
    shown = call("status")
    assert "Paused" in shown.out and "24 hours more" in shown.out and "2 releases" in shown.out
    feed = here / "readings.csv"
    feed.write_text("guard,candidate,stable\nrule-broken,1,\nescalation-rate,4,4\n")
    failed = call("advance", "--metrics", feed)
    assert failed.code == 1 and "was rolled back in production" in failed.out
    assert call("promote", "2").code == 1
    again = call("promote", "2", "--retry", "--reason", "The table was mended", "--metrics", feed)
    assert again.code == 0 and "answers 5 %" in again.out, "what was taken back before holds nothing up"
    assert call("abort", "--reason", "Enough").code == 0
    log = call("log").out
    assert "automatic rollback" in log and "rule was broken" in log
    assert "production: release 2 at 5 %" in log and "production: release 0 for all" in log
    elsewhere = call("promote", "2", "--environment", "staging")
    assert elsewhere.code == 1 and "made for production, not for staging" in elsewhere.err
    assert "knows no environment" in call("promote", "2", "--environment", "nowhere").err
    assert "entries." in call("verify-log").out
    assert call("rollback").code == 1, "nothing is before the first agent"
    assert call("abort", "--reason", "x").code == 2
    assert call("withdraw", "2", "--reason", "Wrong table", "--json").json["withdrawn"]
    assert call("promote", "2", "--retry", "--reason", "x").code == 1
    assert call("verify-log", "--json").json["ok"] is True


def test_readings_come_from_a_command(here: Path) -> None:
    """Its JSON counts when it ends with 0; one that fails is silence, an unknown one wrong use."""
    assert call("promote", "2").code == 0
    program = here / "metrics.py"
    program.write_text(
        "import json, sys\n"
        "reading = {'guard': 'rule-broken', 'candidate': 0}\n"
        "other = {'guard': 'escalation-rate', 'candidate': 4, 'stable': 4}\n"
        "print(json.dumps({'conversations': 700, 'readings': [reading, other]}))\n"
        "sys.stderr.write('no connection')\n"
        "sys.exit(int(sys.argv[1]))\n"
    )
    command = f"{sys.executable} {program}"
    good = call("advance", "--metrics-command", f"{command} 0", "--json")
    assert good.code == 0 and good.json["rollout"]["state"]["conversations"] == 700
    assert call("advance", "--metrics-command", "/no/such/program").code == 2
    assert call("advance", "--metrics", program, "--metrics-command", command).code == 2
    broken = here / "broken.json"
    broken.write_text('{"readings": 3}')
    assert call("promote", "2", "--metrics", broken).code == 3
    assert call("rollback").code == 0 and call("promote", "2").code == 0
    silent = call("watch", "--metrics-command", f"{command} 7", "--every", "0", "--as", "timer")
    assert silent.code == 1
    assert "is paused at 5 %" in silent.out
    assert "exit code 7" in silent.err and "no connection" in silent.err


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_share_that_is_not_in_the_plan_is_refused_before_anything_is_done(
    here: Path, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither are tests played again, nor is the metrics command asked, nor does the log say a word."""
    from studio import assembly
    from studio.domain.environment import USUAL_ROLLOUT

    usual = here / "usual.cobundle"
    usual.write_bytes(kit.bundle(kit.content(environment="staging", rollout=USUAL_ROLLOUT)))
    assert call("import", usual).code == 0
    asked: list[object] = []
    monkeypatch.setattr(assembly, "recompute_apart", lambda *_: asked.append("replay"))
    monkeypatch.setattr("studio.cli.registry_moves.read_metrics", lambda *_: asked.append("metrics"))
    entries = len(call("log", "--json").json)
    for weight in ("30", "101", "-5"):
        answer = call("promote", "2", "--environment", "staging", "--weight", weight)
        assert answer.code == 2 and f"no stage of {weight} %. Choose one of" in answer.err, answer
    many = call("promote", "2", "--environment", "staging", "--weight", "many")
    assert many.code == 2 and "'--weight': it must be a whole number. See" in many.err
    assert not asked and len(call("log", "--json").json) == entries


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_the_log_comes_by_pages_and_as_lines(here: Path) -> None:
    """The newest page for people, all for programs, and what follows an entry or a day for both."""
    newest = call("log", "--limit", 1)
    assert "release 2" in newest.out and "init" not in newest.out and "3 earlier" in newest.err
    assert [each["seq"] for each in call("log", "--json").json] == [1, 2, 3, 4]
    lines = call("log", "--since", 1, "--limit", 2, "--json-lines").out.splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [2, 3]
    assert call("log", "--since", "2099-01-01", "--json").json == []
    assert "neither an entry's number nor a date" in call("log", "--since", "soon").err


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_the_time_is_taken_back_by_a_verb_that_must_be_confirmed(here: Path, kit: Kit) -> None:
    """clock shows which time counts; --reset wants --confirm and a reason, and tells what counts again."""
    from studio.store import registry as registries

    assert call("clock").code == 0
    ahead = kit.now + timedelta(days=2000)
    registries.open_registry(os.environ["COBUILDER_REGISTRY"], lambda: ahead).close()
    shown = call("clock")
    assert shown.code == 1 and "see --reset" in shown.out
    assert "registry clock" in call("status").err
    refused = call("clock", "--reset", "--reason", "build-7 stood in 2032")
    assert refused.code == 2 and "ran out in between count again" in refused.err
    assert call("clock", "--reset", "--confirm").code == 2
    done = call("clock", "--reset", "--confirm", "--reason", "build-7 stood in 2032")
    assert done.code == 0 and "From now on this computer's time counts" in done.out
    assert "build-7 stood in 2032" in call("log").out and call("clock").code == 0
    assert call("verify-log").code == 0


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_key_of_it_signs_the_end_of_the_log(here: Path, kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    """promote and rollback sign with --key; verify-log says how far, and compares a head kept elsewhere."""
    from studio.release.policy import check_policy

    secret = here / "secret"
    secret.write_text("a long passphrase of it\n")
    public = here / "config" / "keys" / "irma.pub.pem"
    with contextlib.redirect_stdout(io.StringIO()):
        assert run(["key", "new", "irma", "--passphrase-file", str(secret)]) == 0
    key = kit.key("ida").model_copy(update={"public_pem": public.read_text()})
    keys = (*(each for each in kit.policy.keys if each.person != "ida"), kit.key("ida"), key)
    policy = kit.policy_with(version=2, keys=keys)
    check_policy(policy)
    (here / "policy.json").write_bytes(canonical(policy))
    sign = ("--key", "irma", "--passphrase-file", secret)
    assert call("policy", "--policy", here / "policy.json", "--json").json["version"] == 2
    assert "No head of it is signed" in call("verify-log").out
    assert call("promote", "2", *sign, "--head", here / "head.json").code == 0
    assert "up to entry 6" in call("verify-log", "--head", here / "head.json").out
    assert call("rollback", *sign, "--json").json["signed_head"]
    assert call("verify-log", "--json").json["signed_up_to"] == 7
    monkeypatch.setattr("studio.signing.passphrases.find", lambda *_: "a long passphrase of it")
    assert call("promote", "2", "--key", "keyring:irma", "--json").json["signed_head"]
    (here / "other.json").write_text((here / "head.json").read_text().replace('"sig":"', '"sig":"AAAA'))
    assert call("verify-log", "--head", here / "other.json").code in (1, 3)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_password_stands_in_nothing_that_a_verb_says_or_writes(
    databases: Databases, kit: Kit, tmp_path: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every verb on a database with a password in its address, its files and its errors leave it out."""
    if databases.server is None:
        pytest.skip("no PostgreSQL server is installed")
    secret = sys.modules["registry_databases"].SECRET
    base = databases.server.new(tmp_path / "files", "otto")
    monkeypatch.setenv("COBUILDER_REGISTRY", base.replace("//otto@", f"//otto:{secret}@"))
    bundle, policy = here / "b.cobundle", here / "policy.json"
    bundle.write_bytes(kit.bundle())
    policy.write_bytes(canonical(kit.policy))
    verbs: tuple[tuple[object, ...], ...] = (
        ("init", "--policy", policy, "--agent", bundle),
        ("init", "--policy", policy, "--agent", bundle),
        ("import", bundle),
        ("certificate", "2", "--json"),
        ("promote", "2", "--json"),
        ("promote", "9"),
        ("status",),
        ("status", "--json"),
        ("log", "--json"),
        ("verify-log",),
        ("clock",),
        ("route", "conversation-1"),
        ("materialize", here / "out"),
        ("rollback", "--json"),
    )
    answers = [call(*verb) for verb in verbs]
    assert [each.code for each in answers].count(0) == len(verbs) - 2
    told = " ".join(each.out + each.err for each in answers)
    assert secret not in told and "otto@127.0.0.1" in told
    assert not [
        path for path in tmp_path.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()
    ]
    assert not [path for path in tmp_path.rglob("*") if secret in path.name]


@pytest.mark.parametrize(
    "place",
    [
        "postgresql+psycopg:/it:s3cret@db/registry",
        "it:s3cret@db/registry",
        "host=db user=it password=s3cret dbname=registry",
        "postgresql+psycopg://it:s3@cret@db/registry",
        "mysql://it:s3cret@db/registry",
    ],
)
def test_an_address_that_was_mistyped_is_not_repeated(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is neither shown nor taken for a file's name; nor is it as an argument of its own."""
    monkeypatch.chdir(tmp_path)
    for answer in (call("status", "-r", place), call("status", place)):
        assert answer.code == 2 and "s3" not in answer.err and "cret" not in answer.err
    assert not list(tmp_path.iterdir())


def test_init_and_import_on_a_fresh_place(place: str, kit: Kit, tmp_path: Path, here: Path) -> None:
    """A registry is made from an agent or a bundle, once; a bundle comes in, once; a forged one does not."""
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    where = ("-r", str(fresh / "r.db") if "://" not in place else place.replace("files=", f"files={fresh}/x"))
    (fresh / "p.json").write_bytes(canonical(kit.policy))
    (fresh / "a.cobundle").write_bytes(kit.bundle())
    made = call("init", "--policy", fresh / "p.json", "--agent", fresh / "a.cobundle", *where, "--json")
    assert made.code == 0 and made.json["agent"] == "desk", made.err
    assert call("init", "--policy", fresh / "p.json", "--agent", fresh / "a.cobundle", *where).code == 2
    assert call("import", fresh / "a.cobundle", *where, "--json").json["new"] is True
    assert "There already" in call("import", fresh / "a.cobundle", *where).out
    (fresh / "b.cobundle").write_bytes(kit.bundle()[:-1])
    refused = call("import", fresh / "b.cobundle", *where)
    assert refused.code in (1, 3) and refused.out == ""
    assert call("status", *where, "--json").json["releases_total"] == 2
    assert call("status", *where, "--all").code == 0
