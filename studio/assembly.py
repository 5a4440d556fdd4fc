"""The composition root: settings and adapters become a Workbench; both faces start here, tests pass their own.

- Adapters are imported when they are needed, so that a face that only helps or verifies stays light.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from studio import plugins
from studio.domain.agent import Agent
from studio.settings import Settings, config_folder

if TYPE_CHECKING:
    from studio.ports import DocumentReader, Workers
    from studio.services.workbench import Workbench
    from studio.signing.custody import FileKeyStore
    from studio.store.workspace import Workspace


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def document_readers() -> tuple[DocumentReader, ...]:
    """Return every document reader there is."""
    return plugins.readers().working


def key_store(settings: Settings) -> FileKeyStore:
    """Return the user's signing keys."""
    from studio.signing.custody import FileKeyStore

    return FileKeyStore(Path(settings.keys) if settings.keys else config_folder() / "keys")


def workers() -> Workers:
    """Return where conversations run: this process."""
    from studio.workers.inline import InlineWorkers

    return InlineWorkers()


def _workbench(workspace: Workspace, settings: Settings) -> Workbench:
    from studio.services.workbench import Outside, Workbench

    return Workbench(
        Outside(
            workspace=workspace,
            readers=document_readers(),
            workers=workers(),
            keys=key_store(settings),
            clock=now,
            who=settings.who,
        )
    )


def open_workbench(folder: Path, settings: Settings) -> Workbench:
    """Open the workspace in a folder; raises WrongUse or BrokenInput."""
    from studio.store.workspace import open_folder

    return _workbench(open_folder(folder), settings)


def new_workbench(folder: Path, agent: Agent, settings: Settings) -> Workbench:
    """Make a workspace with this agent live, and open it."""
    from studio.store.workspace import create

    return _workbench(create(folder, agent), settings)
