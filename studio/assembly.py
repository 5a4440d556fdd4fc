"""The composition root: settings and adapters become a Workbench; both faces start here.

- Adapters are imported when they are needed, so that a face that only helps or verifies stays light.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from studio import plugins
from studio.domain.agent import Agent
from studio.domain.environment import ApprovalPolicy
from studio.settings import Settings, config_folder

if TYPE_CHECKING:
    from studio.ports import DocumentReader, Workers
    from studio.services.workbench import Workbench
    from studio.signing.custody import FileKeyStore
    from studio.store.registry import Registry
    from studio.store.samples import Sample
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


def page_picture(workbench: Workbench, digest: str, page: int, width: int) -> bytes:
    """Return a PNG of a page of a kept PDF, drawn in the sandbox; raises BrokenInput, WrongUse."""
    from studio.readers.pages import page_picture as draw

    return draw(workbench.outside.workspace.documents.read(digest), page, width)


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


def sample(name: str) -> Sample:
    """Return a sample project that comes with the program; raises WrongUse that names those there are."""
    from studio.store.samples import load

    return load(name)


def new_from_sample(folder: Path, name: str, settings: Settings) -> Workbench:
    """Make a workspace from a sample: its agent live, the documents it was built from added."""
    from studio.services.stages.reading import ReadSource

    project = sample(name)
    bench = new_workbench(folder, project.agent, settings)
    for document in project.sources:
        bench.run(ReadSource(**document.as_job()))
    with bench.outside.workspace.unit() as unit:
        unit.history.forget()  # undo shall not take the sample apart
        unit.commit()
    return bench


def new_registry(path: Path, agent: Agent, policy: ApprovalPolicy, actor: str) -> Registry:
    """Make IT's registry for an agent that runs already."""
    from studio.store.registry import create

    return create(path, agent, policy, actor)


def registry(path: Path) -> Registry:
    """Open IT's registry; raises WrongUse or BrokenInput."""
    from studio.store.registry import open_registry

    return open_registry(path)
