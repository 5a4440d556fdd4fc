"""IT changes its approval policy by verbs: each tells what changes, and a fault is told with its line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from studio.cli.main import run


@pytest.fixture
def policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a fresh policy of three people, in the current folder."""
    monkeypatch.chdir(tmp_path)
    people = []
    for person, role in (("ana", "author"), ("ben", "compliance"), ("chi", "it")):
        _key(person)
        people += ["--person", f"{person}:{person.title()}:{role}:{person}.pub"]
    assert run(["policy", "new", "p.json", "--agent", "desk", *people]) == 0
    return tmp_path / "p.json"


def _key(name: str) -> None:
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", f"{name}.pem"], check=True)
    subprocess.run(["openssl", "pkey", "-in", f"{name}.pem", "-pubout", "-out", f"{name}.pub"], check=True)


def _say(capsys: pytest.CaptureFixture[str], code: int, *words: str) -> str:
    capsys.readouterr()
    assert run(["policy", *words]) == code, capsys.readouterr()
    done = capsys.readouterr()
    return done.out + done.err


def test_every_part_of_a_policy_is_changed_by_a_verb(
    policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nobody edits JSON: people, keys, their dates and what an environment demands have verbs."""
    told = _say(capsys, 0, "show", "p.json")
    assert "production: 1 author, 1 compliance and 1 IT" in told and "nobody approves their own" in told
    two = ("environment", "p.json", "production", "--require", "author=1", "--require", "it=2")
    assert "nobody can give: 1 of its people" in _say(capsys, 3, *two)
    _key("dora")
    assert "Add them first" in _say(capsys, 2, "key", "p.json", "dora.pub", "--person", "dora")
    _say(capsys, 0, "person", "p.json", "dora", "--name", "Dora Lane", "--role", "it")
    until = ("key", "p.json", "dora.pub", "--person", "dora", "--until", "2099-06-30")
    assert "until 2099-06-30" in _say(capsys, 0, *until)
    assert "Nothing to do" in _say(capsys, 0, *until)
    assert "demands 1 author and 2 IT; before: 1 author, 1 compliance" in _say(capsys, 0, *two)
    assert "New environment pilot" in _say(
        capsys, 0, "environment", "p.json", "pilot", "--require", "it=1", "--dry-run"
    )
    assert "until 2098-01-01; before" in _say(capsys, 0, "valid", "p.json", "dora", "--until", "2098-01-01")
    shown = json.loads(_say(capsys, 0, "show", "p.json", "--json"))
    assert shown["version"] == 5 and [each["id"] for each in shown["environments"]] == [
        "staging",
        "production",
    ]
    assert shown["keys"][3]["valid_until"] == "2098-01-01T23:59:59Z"
    assert not list(policy.parent.glob("*.new")) and "\n" in policy.read_text()


def test_a_revoked_key_stays_in_the_policy_and_who_can_no_longer_sign_is_told(
    policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key is revoked as of a date that is past; what the policy asks in vain is told, exit code 1."""
    assert "not ahead" in _say(capsys, 1, "revoke", "p.json", "ben", "--on", "2099-01-01")
    told = json.loads(_say(capsys, 0, "revoke", "p.json", "ben", "--on", "2026-11-20", "--json", "--yes"))
    assert told["version"] == 2 and "nobody with a valid key" in told["troubles"][0]
    keys = json.loads(policy.read_text())["keys"]
    assert [key.get("revoked_at") for key in keys] == [None, "2026-11-20T00:00:00Z", None]
    fingerprint = json.loads(_say(capsys, 0, "show", "p.json", "--json"))["keys"][1]["fingerprint"]
    assert "Nothing to do" in _say(capsys, 0, "revoke", "p.json", fingerprint[:9])
    assert "cannot be met as it is" in _say(capsys, 1, "check", "p.json")
    assert "whatever its dates" in _say(capsys, 1, "valid", "p.json", fingerprint, "--until", "2099-01-01")
    assert "ana is revoked" in _say(capsys, 0, "person", "p.json", "ana", "--leaves")  # it is so already
    assert len(json.loads(policy.read_text())["people"]) == 3


@pytest.mark.parametrize(
    "words",
    [
        ("person", "p.json", "ben", "--leaves"),
        ("person", "p.json", "ben", "--leaves", "--json"),
        ("revoke", "p.json", "ben"),
        ("valid", "p.json", "ben", "--until", "2001-01-01", "--from", "2000-01-01"),
        ("environment", "p.json", "production", "--require", "compliance=2", "--require", "it=1"),
    ],
)
def test_a_change_after_which_nobody_could_approve_needs_an_explicit_yes(
    policy: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """It is told beforehand what could not be met any more; without a yes nothing is written."""
    _say(capsys, 0, "person", "p.json", "dora", "--name", "Dora", "--role", "compliance")  # without a key
    before = policy.read_bytes()
    told = _say(capsys, 1, *words)
    assert "Nothing was written, because afterwards nobody could release any more" in told
    assert "production asks for" in told and "could sign" in told and "--yes" in told
    assert policy.read_bytes() == before
    assert "Nothing was written (--dry-run)" in _say(capsys, 0, *words[:4], *words[4:], "--dry-run") or (
        "--json" in words
    )
    asked: list[str] = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.confirm", lambda text, **_: asked.append(text))
    if "--json" not in words:
        told = _say(capsys, 0, *words)
        assert asked and "! production asks for" in told and policy.read_bytes() != before
        policy.write_bytes(before)
    _say(capsys, 0, *words, "--yes")
    assert policy.read_bytes() != before and "Nothing to do" in _say(capsys, 0, "person", "p.json", "dora")


def test_a_change_that_hinders_nobody_is_not_asked_about(
    policy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever leaves where others remain, and what could not be met before either, goes through at once."""
    _key("dora")
    _say(capsys, 0, "person", "p.json", "dora", "--name", "Dora", "--role", "compliance")
    _say(capsys, 0, "key", "p.json", "dora.pub", "--person", "dora")
    assert "is revoked" in _say(capsys, 0, "person", "p.json", "ben", "--leaves")
    _say(capsys, 0, "environment", "p.json", "pilot", "--require", "compliance=2")  # it is new
    _say(capsys, 0, "environment", "p.json", "pilot", "--require", "compliance=2", "--require", "it=1")


def test_one_person_with_two_roles_cannot_fill_both(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Separation of duties is counted: different people are needed, not different roles."""
    _say(capsys, 0, "person", "p.json", "chi", "--role", "compliance", "--role", "it")
    _say(capsys, 0, "revoke", "p.json", "ben", "--yes")
    told = _say(capsys, 1, "check", "p.json")
    assert "production asks for 1 compliance and 1 IT, but only one person" in told


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"it"\n      ]', '"IT"\n      ]', "the first of “roles” in the third (chi) of “people”"),
        ('"name": "Ben"', '"nane": "Ben"', "“name” in the second (ben) of “people” is missing"),
        ('"version": 1', '"version": 1.5', "line 3: “version” must be a whole number"),
        ('"version": 1', '"version": 1, "versions": 2', "did you mean “version”"),
        ('"count": 1', '"count": 0', "the first (author) of “thresholds” in the first (staging) of"),
        ('"version": 1,', '"version": 1', "not valid JSON: line 4, column 3: a comma"),
        ('"valid_until": "', '"valid_until": "31.12.", "x": "', "in the first (ana) of “keys” is “31"),
    ],
)  # fmt: skip
def test_a_fault_made_by_hand_is_told_with_its_place(
    policy: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, words: str
) -> None:
    """Whoever edits the file with an editor is told the line and the place, in plain words; exit code 3."""
    text = policy.read_text()
    assert old in text
    policy.write_text(text.replace(old, new, 1))
    assert words in _say(capsys, 3, "check", "p.json")


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Desk for Returns", "desk-for-returns"),
        ("7 seas", "agent-7-seas"),
        ("ÄÖ", "agent"),
        ("a" * 99, "a" * 30),
    ],
)
def test_any_agent_has_a_policy_with_a_plain_name(
    policy: Path, capsys: pytest.CaptureFixture[str], agent: str, name: str
) -> None:
    """Whatever an agent's id is, its policy is written, and reads again."""
    people = [f"{each}:{each}:{role}:{each}.pub" for each, role in (("ana", "author"), ("chi", "it"))]
    people.append("ben:Ben:compliance:ben.pub")
    words = [word for each in people for word in ("--person", each)]
    _say(capsys, 0, "new", "other.json", "--agent", agent, *words)
    shown = json.loads(_say(capsys, 0, "show", "other.json", "--json"))
    assert shown["id"] == f"{name}-approvals" and shown["agent"] == agent


def test_names_that_no_policy_holds_are_told(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Empty and endless ids and names end in a sentence, and nothing is written."""
    before = policy.read_bytes()
    long = "x" * 201
    assert "has 201 letters" in _say(capsys, 2, "person", "p.json", long, "--name", "X", "--role", "it")
    assert "has 201 letters" in _say(capsys, 2, "person", "p.json", "dora", "--name", long, "--role", "it")
    new = ("new", "other.json", "--person", "ana:Ana:author+compliance+it:ana.pub", "--agent")
    assert "agent's id has 201 letters" in _say(capsys, 2, *new, long)
    assert "agent's id may not be empty" in _say(capsys, 2, *new, "")
    assert policy.read_bytes() == before and not Path("other.json").exists()


def test_what_is_meant_must_be_clear(policy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong dates, roles, counts and keys give one sentence each, and change nothing."""
    before = policy.read_bytes()
    assert "no date" in _say(capsys, 2, "valid", "p.json", "ana", "--until", "2099-02-30")
    assert "time zone" in _say(capsys, 2, "valid", "p.json", "ana", "--until", "2099-02-01T00:00:00")
    assert "before it begins" in _say(capsys, 2, "valid", "p.json", "ana", "--until", "2001-01-01")
    assert "no role" in _say(capsys, 2, "person", "p.json", "ana", "--role", "boss")
    assert "how many" in _say(capsys, 2, "environment", "p.json", "production", "--require", "it=many")
    assert "Nobody would" in _say(capsys, 2, "environment", "p.json", "production", "--require", "it=0")
    assert "no key “zed”" in _say(capsys, 2, "revoke", "p.json", "zed")
    assert "private key" in _say(capsys, 2, "key", "p.json", "ana.pem", "--person", "ana")
    assert policy.read_bytes() == before
