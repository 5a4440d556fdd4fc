"""The wheel's build hook: puts `resources/` and `sample_projects/` inside the installed package.

- In a checkout both folders stand beside `studio/`; in a wheel they stand inside it.
- The README's pictures stay in the checkout.
- An editable install copies nothing: it uses the checkout's folders.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA_FOLDERS = ("resources", "sample_projects")
ONLY_FOR_READERS = frozenset({"screenshots"})


class WheelData(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the data folders to a standard wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Map what the data folders hold to its place in the wheel."""
        if version != "standard":
            return
        root = Path(self.root)
        for place in (place for folder in DATA_FOLDERS for place in (root / folder).glob("*")):
            if place.name not in ONLY_FOR_READERS:
                build_data["force_include"][str(place)] = f"studio/{place.relative_to(root).as_posix()}"
