"""Settings of this user on this computer: schema, file, descriptions; never a secret.

- The file is JSON in the user's configuration folder; a missing file means the defaults.
- `COBUILDER_CONFIG` names another folder (tests, several users of one account).
"""

from __future__ import annotations

import getpass
import json
import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from studio.domain.errors import BrokenInput
from studio.domain.frozen import Frozen


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


class Settings(Frozen):
    """What a user may choose."""

    name: Annotated[str, Field(description="Your name, as it stands beside your decisions.")] = ""
    role: Annotated[
        Literal["Operations author", "Compliance lead", "IT release"],
        Field(description="What you mostly do here."),
    ] = "Operations author"
    theme: Annotated[Literal["light", "dark"], Field(description="How the window looks.")] = "light"
    keys: Annotated[str, Field(description="The folder with your signing keys; empty for the usual one.")] = (
        ""
    )
    recent: Annotated[tuple[str, ...], Field(description="Workspaces opened lately, newest first.")] = ()

    @property
    def who(self) -> str:
        """Return the name to write beside decisions: the chosen one, else the account's."""
        return self.name or _account()


def config_folder() -> Path:
    """Return the folder of this user's settings and keys."""
    if named := os.environ.get("COBUILDER_CONFIG"):
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_config_dir("cobuilder-studio", appauthor=False))


def load_settings(folder: Path | None = None) -> Settings:
    """Return the kept settings, or the defaults; raises BrokenInput for a damaged file."""
    file = (folder or config_folder()) / "settings.json"
    if not file.exists():
        return Settings()
    try:
        return Settings.model_validate_json(file.read_bytes())
    except (ValidationError, OSError) as error:
        raise BrokenInput(
            f"The settings file {file} cannot be read.", "Mend it, or delete it to go back to the defaults."
        ) from error


def save_settings(settings: Settings, folder: Path | None = None) -> None:
    """Keep the settings."""
    file = (folder or config_folder()) / "settings.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(
        json.dumps(settings.model_dump(mode="json"), indent=2, ensure_ascii=False), encoding="utf-8"
    )
    part.replace(file)
