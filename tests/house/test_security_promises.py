"""The README's page of security promises names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROW = re.compile(r"^\| (?P<promise>[^|]+) \| (?P<against>[^|]+) \| (?P<tests>[^|]+) \|$", re.M)


def test_every_promise_names_tests_that_are_there(repository: Path) -> None:
    """Each line says what holds, against whom, and at least one test; every named test is in its file."""
    readme = (repository / "README.md").read_text(encoding="utf-8")
    page = readme.split("## Security promises")[1].split("\n## ")[0]
    rows = [
        row for row in ROW.finditer(page) if "---" not in row["promise"] and row["promise"] != "Guaranteed"
    ]
    assert len(rows) >= 12 and "**Not guaranteed.**" in page
    for row in rows:
        named = re.findall(r"`([^`]+)::([^`]+)`", row["tests"])
        assert named, row["promise"]
        for path, name in named:
            source = (repository / "tests" / path).read_text(encoding="utf-8")
            assert f"def {name}(" in source, f"{row['promise']}: {path}::{name}"
