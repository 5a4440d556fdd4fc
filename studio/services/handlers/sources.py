"""Adding documents: kept as version 1, 2, …, with what was read from them, at first and later on."""

from __future__ import annotations

from studio.domain.errors import Stale, WrongUse
from studio.domain.frozen import Json, digest, to_json
from studio.domain.history import RecordChange
from studio.domain.source import Authority, Source, SourceVersion
from studio.ports import UnitOfWork
from studio.services.commands import AddSource, KeepReading
from studio.services.effects import Effect, Surroundings
from studio.services.events import Event
from studio.services.origins import version_of

_AUTHORITY_WORDS = (
    (Authority.REGULATION, ("regulation", "directive", "statute", "law ", "act ")),
    (Authority.POLICY, ("policy", "terms", "code of conduct", "standard")),
    (Authority.ARTICLE, ("faq", "article", "knowledge", "how to", "macro")),
    (Authority.NOTE, ("note", "memo", "minutes", "update")),
)


def authority_of(file_name: str, title: str) -> Authority:
    """Return the authority that a document's name and title suggest; SOP where they say nothing."""
    words = f"{file_name} {title} ".lower().replace("-", " ").replace("_", " ")
    return next((kind for kind, hints in _AUTHORITY_WORDS if any(h in words for h in hints)), Authority.SOP)


def _known(unit: UnitOfWork, command: AddSource) -> Source | None:
    """Return the source that a document is a version of: named, from the same place, or of the same name."""
    if command.source_id is not None:
        return unit.sources.get(command.source_id)
    origin = command.origin
    place, folder = (origin.place, origin.folder) if origin else (None, None)
    return version_of(unit.sources.all(), command.file_name, place, folder)


def _fields(command: AddSource) -> dict[str, Json]:
    given = {
        "name": command.name,
        "authority": command.authority,
        "owner": command.owner,
        "effective_from": command.effective_from and command.effective_from.isoformat(),
        "supersedes": command.supersedes,
    }
    return {name: value for name, value in given.items() if value is not None}


def _new_record(command: AddSource, unit: UnitOfWork) -> dict[str, Json]:
    document = command.document
    source = Source(
        id=f"S-{unit.sources.count() + 1:02}",
        name=document.title,
        authority=authority_of(command.file_name, document.title),
    )
    return {**to_json(source), **_fields(command), "versions": [1]}


def _next_version(command: AddSource, known: Source, record: dict[str, Json]) -> dict[str, Json]:
    if known.current.digest == digest(command.data):
        raise WrongUse(
            f"“{command.file_name}” is there already, word for word, as version {known.current.number} of "
            f"{known.id}.",
            "Nothing was added.",
        )
    return {**record, **_fields(command), "versions": [*record["versions"], known.current.number + 1]}


def _check_read_for(command: AddSource, known: Source | None) -> None:
    """Raise Stale where the source moved on while the document was read, so that ids would be mixed up."""
    follows = command.alignment.follows if command.alignment else None
    expected = (known.id, known.current.number) if known else None
    if known is not None and follows != expected:
        raise Stale(f"{known.id} got another version while “{command.file_name}” was read.", "Add it again.")


def add_source(command: AddSource, around: Surroundings) -> Effect:
    """Keep the document as the first or the next version of a source."""
    unit = around.unit
    if command.supersedes is not None:
        unit.sources.get(command.supersedes)
    known = _known(unit, command)
    _check_read_for(command, known)
    before = unit.sources.record(known.id) if known else None
    after = (
        _next_version(command, known, before) if known and before is not None else _new_record(command, unit)
    )
    number = after["versions"][-1]
    version = SourceVersion(
        number=number,
        file_name=command.file_name,
        digest=around.documents.keep(command.data),
        size=len(command.data),
        added_at=around.now,
        document=command.document,
        origin=command.origin,
    )
    unit.sources.keep_version(after["id"], version)
    unit.sources.keep_analysis(after["id"], number, command.analysis)
    if command.alignment is not None:
        unit.sources.keep_alignment(after["id"], number, command.alignment)
    title = f"Added {command.file_name}" + (f" as version {number} of {after['id']}" if known else "")
    return Effect(
        title=title,
        events=(Event("SourceAdded", title, frozenset({"source"}), (after["id"],)),),
        records=(RecordChange(kind="source", id=after["id"], before=before, after=after),),
    )


def keep_reading(command: KeepReading, around: Surroundings) -> Effect:
    """Keep what was read from the current version last, in place of what was read before."""
    unit, found = around.unit, command.analysis
    source = unit.sources.get(command.source_id)
    before = unit.sources.analysis(source.id, command.number)
    if source.current.number != command.number or before is None:
        raise Stale(f"{source.id} got another version while it was read.", "Read it again.")
    who = {"embedded": "CoBuilder itself", "both": "CoBuilder and a language model"}
    differ = len(found.disagreements)
    title = f"{who.get(found.read_by, 'A language model')} read {source.id} “{source.name}”"
    sentence = title + (f"; the two readings differ in {differ} places" if differ else "")
    record = RecordChange(
        kind="reading",
        id=f"{source.id}/{command.number}",
        before=to_json(before),
        after=to_json(found),
    )
    event = Event("SourceRead", sentence, frozenset({"source", "reading"}), (source.id,))
    return Effect(title=title, events=(event,), records=(record,))
