"""Keys: found by reference, kept in the key store, and in no other place whatsoever."""

from __future__ import annotations

import contextlib
import io
import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from conftest import ServerOf
from keyring.backend import KeyringBackend
from keyring.backends import fail
from loopback_model import Act

from studio.cli.main import run
from studio.domain.errors import ProviderFailed, WrongUse
from studio.llm.failures import asked_pause
from studio.llm.keys import KeyMissing, ModelKeys, find_key
from studio.llm.scrubbing import scrub

SECRET = "sk-proj-9aB8cD7eF6gH5iJ4kL3m"


class InMemory(KeyringBackend):
    """A key store for tests."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """Return a key."""
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a key."""
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget a key."""
        del self.kept[service, username]


@pytest.fixture
def store() -> Iterator[InMemory]:
    """A working key store in place of the system's."""
    before = keyring.get_keyring()
    made = InMemory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def call(*arguments: object, typed: str | None = None) -> tuple[int, str]:
    """Run the command line in this process; return its code and all that it printed."""
    said = io.StringIO()
    before, sys.stdin = sys.stdin, io.StringIO(typed or "")
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            code = run([str(argument) for argument in arguments])
    finally:
        sys.stdin = before
    return code, said.getvalue()


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Settings of nobody in particular."""
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    monkeypatch.delenv("COBUILDER_WORKSPACE", raising=False)


def test_a_key_goes_into_the_store_and_out_again(store: InMemory) -> None:
    """Kept, found, forgotten; twice forgotten is no fault."""
    keys = ModelKeys()
    keys.keep("keyring:openai", f" {SECRET}\n")
    assert find_key("keyring:openai") == SECRET
    assert keys.state("keyring:openai") == "it is there"
    assert (keys.forget("keyring:openai"), keys.forget("keyring:openai")) == (True, False)
    with pytest.raises(KeyMissing):
        find_key("keyring:openai")


def test_a_computer_without_a_key_store_says_so() -> None:
    """Where the system has none, the sentence names the other way; nothing is kept in a file instead."""
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    try:
        with pytest.raises(ProviderFailed, match="env:NAME"):
            ModelKeys().keep("keyring:openai", SECRET)
        with pytest.raises(KeyMissing, match="no key store"):
            find_key("keyring:openai")
    finally:
        keyring.set_keyring(before)


def test_a_variable_holds_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """`env:NAME` is the value of that variable; none is told by name."""
    monkeypatch.setenv("SOME_KEY", SECRET)
    assert find_key("env:SOME_KEY") == SECRET
    assert find_key("") is None
    monkeypatch.delenv("SOME_KEY")
    with pytest.raises(KeyMissing, match="SOME_KEY"):
        find_key("env:SOME_KEY")


@pytest.mark.parametrize("key", ["", "  ", "two words", "x" * 5000])
def test_what_is_no_key_is_refused(store: InMemory, key: str) -> None:
    """Empty, with blanks or endless: nothing is kept, and the text is not repeated."""
    with pytest.raises(WrongUse) as error:
        ModelKeys().keep("keyring:openai", key)
    assert store.kept == {}
    assert not key.strip() or key not in str(error.value)


@pytest.mark.parametrize(
    "said",
    [
        f"Incorrect API key provided: {SECRET}. You can find it",
        f"Authorization: Bearer {SECRET}",
        f'{{"api_key": "{SECRET}"}}',
        f"GET https://user:{SECRET}@host/v1?key={SECRET}",
        "sk-proj-****************3m is wrong",
        "the token=abcd1234 does not fit",
        "Bearer abc.def.ghi",
    ],
)
def test_what_looks_like_a_key_is_taken_out(said: str) -> None:
    """The key itself, other keys, bearer tokens, addresses with passwords."""
    cleaned = scrub(said, (SECRET,))
    assert SECRET not in cleaned
    assert "[key hidden]" in cleaned
    assert "abcd1234" not in cleaned
    assert "abc.def" not in cleaned


def test_a_pause_is_a_number_or_a_date() -> None:
    """Retry-After as RFC 9110 has it; what is neither asks for nothing."""
    assert asked_pause("1.5") == 1.5
    assert asked_pause("-3") == 0.0
    assert (asked_pause("Wed, 21 Oct 2099 07:28:00 GMT") or 0) > 1e9
    assert asked_pause("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0
    assert asked_pause("soon") is asked_pause(None) is asked_pause("nan") is None


def _everything(folder: Path) -> bytes:
    """Return the bytes of all files, of those in archives too."""
    found = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.append(file.read_bytes())
        if file.suffix == ".cobundle":
            with zipfile.ZipFile(file) as archive:
                found += [archive.read(name) for name in archive.namelist()]
    return b"\n".join(found)


def test_the_key_is_nowhere(
    store: InMemory, serve: ServerOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chosen, tested, refused by a server that repeats it, kept, exported: it is in no file and no word."""
    echo = Act(status=401, message=f"Incorrect API key provided: {SECRET}")
    server = serve([echo])
    place = tmp_path / "workspace"
    heard = []

    def heard_of(*arguments: object, typed: str | None = None) -> int:
        code, said = call(*arguments, typed=typed)
        heard.append(said)
        return code

    assert heard_of("new", place, "--sample", "returns_assistant") == 0
    assert heard_of("model", "set", "openai/x", "--address", server.address, "--replies", "reuse") == 0
    assert heard_of("model", "key", typed=f"{SECRET}\n") == 0
    assert heard_of("model", "set", SECRET) == 2
    assert heard_of("model", "set", "openai/x", "--key", SECRET) == 2
    assert heard_of("model", "set", "openai/x", "--address", f"https://{SECRET}@host/v1") == 2
    assert heard_of("model", "test", "-w", place) == 3
    assert heard_of("model", "show", "-w", place, "--json") == 0
    assert heard_of("model", "preview", "-w", place, "--confirm", "--json") == 0
    assert heard_of("demo", "--no-window", "--dir", tmp_path / "demo") == 0
    assert list(store.kept.values()) == [SECRET]
    assert {k.lower(): v for k, v in server.requests[0][1].items()}["authorization"] == f"Bearer {SECRET}"
    everything = _everything(tmp_path) + "\n".join(heard).encode()
    assert any(file.suffix == ".cobundle" for file in (tmp_path / "demo").rglob("*"))
    assert b"openai/x" in everything
    for spelled in (SECRET, SECRET.encode().hex(), SECRET[::-1]):
        assert spelled.encode() not in everything
    assert SECRET not in " ".join(os.environ.values())


def test_wrong_use_of_the_verbs(store: InMemory, tmp_path: Path) -> None:
    """Each wrong use has its code and one sentence."""
    place = tmp_path / "workspace"
    call("new", place, "--sample", "returns_assistant")
    for arguments, code in (
        (("model", "set", "no-provider"), 2),
        (("model", "set", "openai/x", "--in-flight", "0"), 2),
        (("model", "key"), 2),
        (("model", "key", SECRET), 2),
        (("model", "test", "-w", place), 1),
        (("model", "test", "-w", tmp_path), 2),
        (("model", "preview", "-w", place), 1),
        (("model", "preview", "S-99", "-w", place), 2),
        (("model", "policy", "-w", place, "--content", "gossip"), 2),
        (("model", "policy", "-w", place, "--id-shape", "#"), 2),
        (("model", "forget", "--key", "-w", place), 2),
    ):
        found, said = call(*arguments)
        assert (found, "internal fault" in said) == (code, False), said
        assert SECRET not in said


def test_the_policy_by_verbs(tmp_path: Path) -> None:
    """Forbidding, allowing and showing; undo brings the one before back."""
    place = tmp_path / "workspace"
    call("new", place, "--sample", "returns_assistant")
    assert call("model", "policy", "-w", place, "--forbid") == (
        0,
        "This workspace forbids language models.\n",
    )
    call("model", "policy", "-w", place, "--allow", "--model", "ollama/*", "--mask", "none")
    said = call("model", "policy", "-w", place)[1]
    assert "allows models: ollama/*" in said
    assert "Masked before: nothing" in said
    call("undo", "-w", place)
    assert "forbids" in call("model", "policy", "-w", place)[1]
