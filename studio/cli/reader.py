"""Who reads a document, as the verbs take it: the options, what leaves this computer, and how it went.

- Before a language model is asked, a line says what leaves and where to; without a confirmation nothing is
  sent, and the exit code is 1.
- These lines go to stderr, so that `--json` stays one document.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, cast, get_args

import typer

from studio.cli.output import meter, note, plural, say
from studio.domain.errors import ProviderFailed, Refused, WrongUse

if TYPE_CHECKING:
    from studio.domain.finding import Disagreement, Engine, ModelRun
    from studio.domain.model import ModelPreview
    from studio.services.workbench import Workbench

EngineOption = Annotated[
    str,
    typer.Option(
        "--engine",
        help="Who reads the document: embedded (CoBuilder itself), model (the language model), or both, "
        "side by side.",
        metavar="ENGINE",
        show_default="as it was read last",
    ),
]
Confirm = Annotated[
    bool,
    typer.Option("--confirm", help="Say that the text may go to the language model from now on."),
]


def engine_named(name: str) -> Engine:
    """Return the engine of a name; raises WrongUse."""
    from studio.domain.finding import Engine

    if name not in get_args(Engine):
        raise WrongUse(f"“{name}” cannot read documents.", f"Choose one of: {', '.join(get_args(Engine))}.")
    return cast("Engine", name)


def let_leave(preview: ModelPreview | None, confirm: Callable[[], object] | None, look: str) -> None:
    """Say what leaves this computer, and confirm it where asked to; raises Refused while it may not leave.

    `look` is the command that shows every word of it.
    """
    from studio.services.models import NONE_CHOSEN, as_error

    if preview is None:
        raise as_error(NONE_CHOSEN)
    if preview.refusal:
        raise Refused(preview.refusal, "Nothing was sent.")
    masked = ", ".join(f"{count} × {kind}" for kind, count in preview.masked) or "nothing"
    note(
        f"What leaves this computer, to {preview.destination} for {preview.model}: "
        f"{plural(len(preview.requests), 'question')}, {preview.characters:,} characters, "
        f"about {preview.tokens:,} tokens. Masked: {masked}."
    )
    if preview.confirmed:
        return
    if confirm is None:
        raise Refused(
            f"Nothing was sent: nobody has confirmed yet that text may go to {preview.destination}.",
            f"{look}Run it again with --confirm to let it go there.",
        )
    confirm()


def read_source(bench: Workbench, source_id: str, engine: Engine, confirm: bool, *, anew: bool) -> bool:
    """Let a source be read by an engine; return whether it was, or was read so already."""
    from studio.services.commands import ConfirmDestination
    from studio.services.queries.models import NeedsReading, RequestsForSource
    from studio.services.stages.reading_again import ReadAgain

    chosen = bench.outside.models.preview(())
    name = chosen.model if chosen is not None else ""
    if engine != "embedded" and (anew or bench.ask(NeedsReading(source_id, engine, name))):
        preview = bench.outside.models.preview(bench.ask(RequestsForSource(source_id)))

        def confirmed() -> None:
            assert preview is not None
            bench.do(ConfirmDestination(preview.destination, preview.model))

        look = f"See every word of it: `cobuilder model preview {source_id}`. "
        let_leave(preview, confirmed if confirm else None, look)
    return bench.run(ReadAgain(source_id, engine, anew), meter) is not None


def read_by(bench: Workbench, source_id: str, engine: Engine | None, confirm: bool) -> None:
    """Let a source be read by an engine, or by whoever read its last edition; say where that may not be.

    A model that was chosen for this very document must read it; one that read the edition before need not.
    """
    from studio.services.queries.models import ShowReading, ShowWantedEngine

    if engine is not None:
        read_source(bench, source_id, engine, confirm, anew=False)
        return
    wanted = bench.ask(ShowWantedEngine(source_id))
    if wanted == "embedded" or bench.ask(ShowReading(source_id)).read_by != "embedded":
        return
    try:
        read_source(bench, source_id, wanted, confirm, anew=False)
    except (Refused, ProviderFailed) as problem:
        note(
            f"{source_id} was read by CoBuilder alone, its last edition with a language model, too: {problem}"
        )


def say_reading(run: ModelRun | None, disagreements: Sequence[Disagreement], most: int = 0) -> None:
    """Print how a language model's reading went, and where it differs, in so many places at most (0: all)."""
    for line in run.sentences if run is not None else ():
        say(line)
    if disagreements:
        say(f"The two readings differ in {plural(len(disagreements), 'place')}:")
    for each in disagreements[: most or None]:
        say(f"  ≠ {each.anchor.label}: “{' '.join(each.quote.split())}”\n    {each.sentence}")
    if most and len(disagreements) > most:
        say(f"  and {len(disagreements) - most} more: they stand in the review.")
