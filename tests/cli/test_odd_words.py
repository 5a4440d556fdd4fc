"""Whatever IT types for a file, a name or a number, the answer is a sentence, never an internal fault."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from studio.cli.main import run
from studio.domain.frozen import canonical

if TYPE_CHECKING:
    from tests.bundle_conformance.kit import Kit

ODD = (
    "",
    " ",
    "x" * 300,
    "no/such/place",
    "ü",
    "-1",
    "9" * 20,
    "a\nb",
    ".",
    "policy.json",
    "b.cobundle",
)
VERBS = (
    "registry promote @",
    "registry promote 2 --environment @",
    "registry promote 2 --weight @",
    "registry promote 2 --key @",
    "registry promote 2 --metrics @",
    "registry promote 2 --metrics-command @",
    "registry rollback --to @",
    "registry withdraw @ --reason x",
    "registry log --since @",
    "registry log --limit @",
    "registry verify-log --head @",
    "registry status -r @",
    "registry init -r @ --policy policy.json --agent b.cobundle",
    "registry import @",
    "registry certificate @",
    "registry materialize @",
    "bundle verify @ --policy policy.json",
    "bundle verify b.cobundle --policy policy.json --compare @",
    "bundle report b.cobundle -o @",
    "bundle diff b.cobundle --against @",
    "bundle attach b.cobundle @ -o new.cobundle",
    "policy person policy.json @ --name X --role it",
    "policy person policy.json dora --role it --name @",
    "policy key policy.json @ --person ana",
    "policy revoke policy.json @",
    "policy environment policy.json staging --require @",
    "policy take policy.json @",
    "key new @",
    "key show @",
    "key challenge k --person @",
    "key challenge k --person x --code @ ",
    "key check @",
    "repo status @",
    "repo refresh @ --online-key k",
    "repo pull @ --root policy.json",
    "serve --environment nowhere --systems @",
)


@pytest.fixture
def desk(kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder with a policy, a bundle, a registry and a key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COBUILDER_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("COBUILDER_PASSPHRASE", "correct horse battery staple")
    monkeypatch.delenv("COBUILDER_REGISTRY", raising=False)
    today = type(kit)(datetime.now(UTC))  # commands go by the computer's own clock
    (tmp_path / "policy.json").write_bytes(canonical(today.policy))
    (tmp_path / "b.cobundle").write_bytes(today.bundle())
    assert run(["registry", "init", "--policy", "policy.json", "--agent", "b.cobundle"]) == 0
    assert run(["registry", "import", "b.cobundle"]) == 0
    assert run(["key", "new", "k"]) == 0
    return tmp_path


@pytest.mark.parametrize("verb", VERBS)
def test_odd_words_never_end_in_an_internal_fault(
    desk: Path, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0 to 3 with one sentence; no names of classes, error numbers or traces."""
    for odd in ODD:
        capsys.readouterr()
        code = run([odd if word == "@" else word for word in verb.split()])
        said = capsys.readouterr().err
        assert code in (0, 1, 2, 3) and said.count("cobuilder: ") <= 1, (odd, code, said)
        assert not any(word in said for word in ("internal fault", "Errno", "Traceback", "pydantic")), said
