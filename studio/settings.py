"""Settings of this user on this computer: schema, file, descriptions; never a secret.

- The file is JSON in the user's configuration folder; a missing file means the defaults.
- `COBUILDER_CONFIG` names another folder (tests, several users of one account).
"""

from __future__ import annotations

import getpass
import json
import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from studio.domain.errors import BrokenInput
from studio.domain.frozen import Frozen


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


class ModelSettings(Frozen):
    """Which language model is asked, and within what limits; the key itself is never in here."""

    name: Annotated[
        str,
        Field(
            description="Provider and model, as openai/gpt-4.1 or ollama/llama3.3; empty for none.",
            pattern=r"^(|[A-Za-z0-9_.-]+/\S{1,200})$",
        ),
    ] = ""
    address: Annotated[
        str,
        Field(
            description="Address of your own server, as http://localhost:8000/v1; empty for the provider's.",
            # No name, password or query: an address must never carry a key.
            pattern=r"^(|https?://[^\s@?#/]+(/[^\s@?#]*)?)$",
        ),
    ] = ""
    key: Annotated[
        str,
        Field(
            description="Where the key is: keyring:NAME (this computer's key store) or env:NAME "
            "(an environment variable); never the key itself.",
            pattern=r"^(|(keyring|env):[A-Za-z0-9_.-]{1,80})$",
        ),
    ] = ""
    patience: Annotated[
        float, Field(description="Seconds without a word from the server until it is given up.", gt=0, le=600)
    ] = 60.0
    in_flight: Annotated[
        int, Field(description="How many questions may be under way at the same time.", ge=1, le=128)
    ] = 4
    most_tokens: Annotated[
        int, Field(description="The most tokens that one run may use; 0 for no limit.", ge=0)
    ] = 500_000
    most_money: Annotated[
        float, Field(description="The most money (US dollars) that one run may use; 0 for no limit.", ge=0)
    ] = 0.0
    replies: Annotated[
        Literal["ask", "reuse", "kept only", "renew"],
        Field(
            description="Ask the model every time; reuse replies kept in the workspace; use kept ones only; "
            "or ask anew and keep."
        ),
    ] = "ask"

    @property
    def budget(self) -> str:
        """Return what a run may use, in words."""
        parts = [f"{self.most_tokens:,} tokens"] if self.most_tokens else []
        parts += [f"{self.most_money:g} US dollars"] if self.most_money else []
        return " and ".join(parts) or "any number of tokens"


def model_settings_with(settings: ModelSettings, choices: dict[str, Any]) -> ModelSettings:
    """Return the settings with some choices changed; raises ValidationError."""
    return ModelSettings.model_validate({**settings.model_dump(), **choices})


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
    token_library: Annotated[
        str,
        Field(
            description="The program file that speaks to your security token (PKCS#11), as its maker names "
            "it; empty for none."
        ),
    ] = ""
    policies: dict[str, str] = Field(
        default_factory=dict,
        description="IT's approval policy as last chosen for a received bundle, by agent.",
    )
    model: Annotated[ModelSettings, Field(description="The language model that CoBuilder may ask.")] = (
        ModelSettings()
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
