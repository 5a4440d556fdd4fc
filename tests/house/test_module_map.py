"""The README's module map is the tree.

- The map is the fenced block whose first line is `studio/`; each further line is an entry, indented by two
  spaces a level: a package `name/` or a module `name.py`, then what it is. Other lines continue its words.
- Every package is in it, and every module that stands directly in `studio/`; whatever is in it exists.
"""

from __future__ import annotations

import re
from pathlib import Path

ENTRY = re.compile(r"^(?P<indent> *)(?P<name>[a-z_]+(?:/|\.py))(?P<words> .*)?$")


def _map_lines(readme: str) -> list[str]:
    blocks = re.findall(r"^```[a-z]*\n(studio/.*?)^```", readme, flags=re.MULTILINE | re.DOTALL)
    assert len(blocks) == 1, "the README needs one fenced block that begins with `studio/`: the module map"
    return str(blocks[0]).splitlines()


def _mapped(readme: str) -> dict[str, str]:
    """Return what the map lists: path below the root -> words."""
    found: dict[str, str] = {}
    parents: list[str] = []
    for line in _map_lines(readme):
        entry = ENTRY.match(line)
        if not entry or len(entry["indent"]) > 2 * len(parents):
            continue
        depth, odd = divmod(len(entry["indent"]), 2)
        assert not odd, f"indent by two spaces a level: {line!r}"
        parents = [*parents[:depth], entry["name"].rstrip("/")]
        found["/".join(parents)] = (entry["words"] or "").strip()
    return found


def _packages(root: Path) -> set[str]:
    return {init.parent.relative_to(root).as_posix() for init in (root / "studio").rglob("__init__.py")}


def test_the_readme_maps_the_tree(repository: Path) -> None:
    """A newcomer finds every room in the README, with what it is for, and no room that is gone."""
    readme = repository / "README.md"
    assert readme.is_file(), "the README is missing"
    mapped = _mapped(readme.read_text(encoding="utf-8"))
    modules = {f"studio/{path.name}" for path in (repository / "studio").glob("*.py")} - {
        "studio/__init__.py"
    }
    missing = (_packages(repository) | modules) - set(mapped)
    gone = {name for name in mapped if not (repository / name).exists()}
    wordless = {name for name, words in mapped.items() if not words and name != "studio"}
    assert (missing, gone, wordless) == (set(), set(), set())


def test_every_folder_of_code_is_a_package(repository: Path) -> None:
    """Each folder of code has its `__init__.py`, so that the map, the wheel and the contracts see it."""
    folders = {
        path.parent.relative_to(repository).as_posix() for path in (repository / "studio").rglob("*.py")
    }
    assert folders - _packages(repository) == set()


def test_the_map_is_read_as_it_is_drawn() -> None:
    """Entries nest by indentation, and lines that only continue the words are not entries."""
    readme = """# X

```text
studio/
  __main__.py   the door: no verb
                opens the window
  desktop/      the window
    pages/      one a place
  domain/       the ground
```
"""
    assert _mapped(readme) == {
        "studio": "",
        "studio/__main__.py": "the door: no verb",
        "studio/desktop": "the window",
        "studio/desktop/pages": "one a place",
        "studio/domain": "the ground",
    }
