"""The composition root: settings and adapters become a Workbench; both faces start here.

- Adapters are imported when they are needed, so that a face that only helps or verifies stays light.
"""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from studio.distribution.repository import Repository
    from studio.domain.agent import Agent
    from studio.domain.bundle import Recomputation
    from studio.domain.distribution import Pulled, PullWish
    from studio.domain.environment import ApprovalPolicy
    from studio.domain.frozen import Json
    from studio.llm.keys import ModelKeys
    from studio.ports import ClosingWorkers, DocumentReader, LanguageModels, Progress, Workers
    from studio.services.received import Received
    from studio.services.workbench import Workbench
    from studio.serving.server import Server as Server
    from studio.settings import ModelSettings, Settings
    from studio.signing.custody import FileKeyStore as FileKeyStore
    from studio.store.registry import Registry
    from studio.store.samples import Sample
    from studio.store.workspace import Workspace


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)


def document_readers() -> tuple[DocumentReader, ...]:
    """Return every document reader there is."""
    from studio import plugins

    return plugins.readers().working


def key_store(settings: Settings, module: str = "") -> FileKeyStore:
    """Return the user's signing keys; `module` is the library that speaks to tokens, where not the usual."""
    from studio.settings import config_folder
    from studio.signing.custody import FileKeyStore

    folder = Path(settings.keys) if settings.keys else config_folder() / "keys"
    return FileKeyStore(folder, module or os.environ.get("COBUILDER_PKCS11", "") or settings.token_library)


def workers(cluster: str = "", processes: int = 0) -> ClosingWorkers:
    """Return where conversations run; without a wish, in this process or more, by how much there is to do.

    `cluster` is the address of a Dask scheduler; raises WrongUse for what is none. To be closed at the end.
    """
    if cluster:
        from studio.workers.cluster import ClusterWorkers

        return ClusterWorkers(cluster)
    if processes == 1:
        from studio.workers.inline import InlineWorkers

        return InlineWorkers()
    if processes:
        from studio.workers.pool import PoolWorkers

        return PoolWorkers(processes)
    from studio.workers.measured import MeasuredWorkers

    return MeasuredWorkers()


def page_picture(workbench: Workbench, digest: str, page: int, width: int) -> bytes:
    """Return a PNG of a page of a kept PDF, drawn in the sandbox; raises BrokenInput, WrongUse."""
    from studio.readers.pages import page_picture as draw

    return draw(workbench.outside.workspace.documents.read(digest), page, width)


def language_models(workspace: Workspace, settings: Settings) -> LanguageModels:
    """Return where jobs of a workspace get the language model that the user chose; nothing starts."""
    from studio.llm.chosen import ChosenModels
    from studio.services.model_terms import ModelTerms, ShowModelTerms

    def terms() -> ModelTerms:
        with workspace.unit() as unit:
            return ShowModelTerms().answer(unit)

    return ChosenModels(settings.model, terms, workspace.folder / "model-replies")


def models_without_workspace(settings: Settings, *, confirmed: bool) -> LanguageModels:
    """Return the model that the user chose, for documents of no workspace: the usual policy holds.

    No reply is kept, and none that was kept is used: there is no place for it. `confirmed` says that the
    user has seen, for this once, what leaves and where to.
    """
    from studio.domain.model import ModelConsent, ModelPolicy
    from studio.llm.chosen import ChosenModels
    from studio.services.model_terms import ModelTerms

    chosen = settings.model.model_copy(update={"replies": "ask"})
    place = model_destination(chosen)
    given = ModelConsent(id=place, model=chosen.name, by=settings.who, at=now())
    terms = ModelTerms(ModelPolicy(), (given,) if confirmed else ())
    return ChosenModels(chosen, lambda: terms, Path("unused"))


def _workbench(workspace: Workspace, settings: Settings, where: Workers | None = None) -> Workbench:
    from studio.services.workbench import Outside, Workbench

    return Workbench(
        Outside(
            workspace=workspace,
            readers=document_readers(),
            workers=where or workers(),
            keys=key_store(settings),
            clock=now,
            who=settings.who,
            models=language_models(workspace, settings),
        )
    )


def open_workbench(folder: Path, settings: Settings, where: Workers | None = None) -> Workbench:
    """Open the workspace in a folder; raises WrongUse or BrokenInput. `where` is where conversations run."""
    from studio.store.workspace import open_folder

    return _workbench(open_folder(folder), settings, where)


def new_workbench(folder: Path, agent: Agent, settings: Settings) -> Workbench:
    """Make a workspace with this agent live, and open it."""
    from studio.store.workspace import create

    return _workbench(create(folder, agent), settings)


def package_workbench(folder: Path, data: bytes, settings: Settings) -> Workbench:
    """Make a workspace from a review package in an empty folder, and open it; raises BrokenInput."""
    from studio.services.review_files import open_package
    from studio.services.review_package import install
    from studio.store.workspace import create

    package = open_package(data)
    workspace = create(folder, package.live)
    with workspace.unit(writing=True) as unit:
        install(unit, package)
        unit.commit()
    return _workbench(workspace, settings)


def sample(name: str) -> Sample:
    """Return a sample project that comes with the program; raises WrongUse that names those there are."""
    from studio.store.samples import load

    return load(name)


def new_from_sample(
    folder: Path, name: str, settings: Settings, progress: Progress | None = None
) -> Workbench:
    """Make a workspace from a sample: its agent live, the documents it was built from added.

    Where the progress is stopped, or anything fails, nothing of the workspace is left.
    """
    from studio.ports import silent
    from studio.services.stages.reading import ReadSource

    told = progress or silent
    project = sample(name)
    there = frozenset(folder.iterdir()) if folder.is_dir() else None
    bench = new_workbench(folder, project.agent, settings)
    try:
        for at, document in enumerate(project.sources):
            told(at / (len(project.sources) + 1), f"Reading {document.path.name}")
            bench.run(ReadSource(**document.as_job()))
        told(len(project.sources) / (len(project.sources) + 1), "Letting time go by")
        _govern(bench, folder, project)
        with bench.outside.workspace.unit() as unit:
            unit.history.forget()  # undo shall not take the sample apart
            unit.commit()
        told(1.0, "Made")
    except BaseException:  # also where the program is broken off: half a sample is none
        bench.close()
        _clear(folder, there)
        raise
    return bench


def _clear(folder: Path, there: frozenset[Path] | None) -> None:
    """Remove a workspace that was not finished; what stood in its folder before stays (None: no folder)."""
    if there is None:
        shutil.rmtree(folder)
        return
    for each in frozenset(folder.iterdir()) - there:
        shutil.rmtree(each) if each.is_dir() else each.unlink()


def _govern(bench: Workbench, folder: Path, given: Sample) -> None:
    """Let time go by in a sample: next versions, dates, a linked folder, what people said of sentences."""
    from studio.services.commands import DescribeSource, LinkFolder, MarkAccess, WaiveStatement
    from studio.services.stages.folders import LookAtOrigins
    from studio.services.stages.reading import ReadSource

    project = given.project
    for document in project.sources:
        dates = {"effective_until": document.effective_until, "review_by": document.review_by}
        if fields := {name: day for name, day in dates.items() if day is not None}:
            bench.do(DescribeSource(document.id, fields))
    for file in project.later:
        path = given.place / file
        bench.run(ReadSource(file_name=path.name, data=path.read_bytes()))
    if project.linked is not None:
        linked = folder / "linked documents"
        shutil.copytree(given.place / project.linked, linked)
        bench.do(LinkFolder(str(linked.resolve())))
        bench.run(LookAtOrigins())
        for name in project.gone:
            (linked / name).unlink()
        bench.run(LookAtOrigins())
    for source_id, many in project.internal.items():
        for words in many:
            bench.do(MarkAccess(source_id, _statement_with(bench, source_id, words), "internal"))
    for source_id, reasons in project.waived.items():
        for words, why in reasons.items():
            bench.do(WaiveStatement(source_id, _statement_with(bench, source_id, words), why))


def _statement_with(bench: Workbench, source_id: str, words: str) -> str:
    from studio.services.queries.sources import ShowSource

    rows = bench.ask(ShowSource(source_id)).blocks
    found = (s.statement for row in rows for s in row.sentences)
    return next(each.id for each in found if words in " ".join(each.quote.split()))


def new_registry(place: str | Path, agent: Agent, policy: ApprovalPolicy, actor: str) -> Registry:
    """Make IT's registry for an agent that runs already, in a file or a database server's URL."""
    from studio.store.registry import create

    return create(place, agent, policy, actor)


def registry(place: str | Path, *, looking: bool = False) -> Registry:
    """Open IT's registry, a file or a database server's URL; raises WrongUse or BrokenInput.

    With `looking`, what cannot be read is left to the audit to tell.
    """
    from studio.store.registry import open_registry

    return open_registry(place, looking=looking)


@contextmanager
def served(
    opened: Registry,
    environment: str,
    interactions: Path,
    systems: tuple[bytes, str] | None,
    wishes: Mapping[str, Any],
    fault: Callable[[Exception], None],
) -> Iterator[Server]:
    """Bind the reference endpoint for what runs in an environment; it serves when its `run` is called.

    `systems` are the bytes and the name of a mapping file, None for rehearsed ones; `wishes` are fields of
    the endpoint's `Place` and `Limits`. Raises WrongUse, BrokenInput, ProviderFailed.
    """
    import time

    from studio.connectors.http import read_systems
    from studio.serving.conversations import Conversations
    from studio.serving.journal import Journal
    from studio.serving.running import RunningNow
    from studio.serving.server import Server, place_of
    from studio.serving.systems import RehearsedSystems, check_systems

    place = place_of(wishes)
    running = RunningNow(opened, environment)
    answering = read_systems(*systems) if systems else RehearsedSystems()
    check_systems(answering, running.agent)
    journal = Journal(interactions)
    try:
        limits = place.limits
        talks = Conversations(running, answering, journal, limits.open_conversations, limits.idle_seconds)
        server = Server(talks, place, fault, time.monotonic)
        try:
            yield server
        finally:
            server.close()
    finally:
        journal.close()


def serving_contract() -> dict[str, Json]:
    """Return the OpenAPI document of the reference endpoint."""
    from studio.serving.openapi import openapi

    return openapi()


def recompute_apart(
    data: bytes, seconds: int = 900, memory_megabytes: int = 4096, progress: Progress | None = None
) -> tuple[Recomputation, ...]:
    """Return the verdicts on a bundle's evidence, worked out in a process that gave up all else."""
    from studio.ports import silent
    from studio.workers.recomputing import Limits, recompute_apart

    return recompute_apart(data, Limits(seconds, memory_megabytes), progress=progress or silent)


def look_apart(
    data: bytes,
    policy: ApprovalPolicy | None,
    moment: datetime,
    remembered: Mapping[str, str],
    progress: Progress,
) -> Received:
    """Return what a received file holds and the verdict on it, found in a process that gave up all else."""
    from studio.workers.looking import look_apart

    return look_apart(data, policy, moment, remembered, progress)


def repository(folder: Path, trusted_root: bytes | None = None) -> Repository:
    """Return the repository of releases in a folder, for those who publish; nothing is read yet."""
    from studio.distribution.repository import Repository

    return Repository(folder, now, trusted_root)


def pull(source: str, state: Path, wish: PullWish, seconds: float = 900) -> Pulled:
    """Bring the release of an environment from a repository; raises BundleRefused and ProviderFailed."""
    from studio.distribution.pulling import Reader
    from studio.distribution.terms import TimeLimits

    return Reader(source, state, now, TimeLimits(total=seconds)).pull(wish)


def model_keys() -> ModelKeys:
    """Return where the keys of model providers are kept."""
    from studio.llm.keys import ModelKeys

    return ModelKeys()


def model_destination(settings: ModelSettings) -> str:
    """Return where text for this model would go, in words."""
    from studio.llm.destinations import destination_of

    return destination_of(settings) if settings.name else ""
