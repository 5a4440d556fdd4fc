"""The wheel's build hook: puts `resources/` and `sample_projects/` inside the installed package.

- In a checkout both folders stand beside `studio/`; in a wheel they stand inside it.
- An editable install copies nothing: it uses the checkout's folders.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA_FOLDERS = ("resources", "sample_projects")


class WheelData(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the data folders to a standard wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Map each data folder that exists to its place in the wheel."""
        if version != "standard":
            return
        for name in DATA_FOLDERS:
            folder = Path(self.root) / name
            if folder.is_dir():
                build_data["force_include"][str(folder)] = f"studio/{name}"
