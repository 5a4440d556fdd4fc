"""Governing sources: describe, waive, confirm, mark, decide conflicts and identity, link folders."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from studio.domain.errors import WrongUse
from studio.domain.frozen import Frozen, Json, to_json
from studio.domain.governance import (
    AccessMark,
    Collision,
    CollisionDecision,
    Confirmation,
    IdentityDecision,
    LinkedFolder,
    Waiver,
)
from studio.domain.history import RecordChange, RecordKind
from studio.domain.proposal import Proposal
from studio.domain.review import Answer
from studio.domain.source import Authority, Source
from studio.domain.statement import Statement
from studio.services.accounting import accounts, doubt_id, key_of, place_digests
from studio.services.collisions import collisions, compared, question_of
from studio.services.commands import (
    ConfirmStatement,
    DecideCollision,
    DecideIdentity,
    DescribeSource,
    LinkFolder,
    MarkAccess,
    OrderAuthorities,
    RecordCollisions,
    RecordOrigins,
    TakeBackWaiver,
    UnlinkFolder,
    WaiveStatement,
)
from studio.services.effects import Effect, Surroundings
from studio.services.events import Event, Kind
from studio.services.handlers.sources import add_source
from studio.services.origins import ORDER, keep_collisions, keep_origins, kept_order
from studio.services.stages.reading import Known, follow
from studio.services.standing import Standing, standing

DESCRIBED = (
    "name",
    "authority",
    "owner",
    "effective_from",
    "effective_until",
    "review_by",
    "applies_to",
    "audience",
    "permission",
    "supersedes",
)


def _effect(kind: Kind, name: str, sentence: str, records: tuple[RecordChange, ...], *ids: str) -> Effect:
    return Effect(title=sentence, events=(Event(name, sentence, frozenset({kind}), ids),), records=records)


def _put(kind: RecordKind, record_id: str, before: Frozen | None, after: Frozen | None) -> RecordChange:
    was = None if before is None else to_json(before)
    return RecordChange(kind=kind, id=record_id, before=was, after=None if after is None else to_json(after))


def _statement(stand: Standing, source_id: str, statement_id: str) -> tuple[Source, Statement]:
    source = next((s for s in stand.sources if s.id == source_id), None)
    if source is None:
        raise WrongUse(f"There is no source “{source_id}”.", "`cobuilder source list` shows what there is.")
    found = next((s for s in stand.statements(source) if s.id == statement_id), None)
    if found is None:
        raise WrongUse(
            f"{source_id} has no statement “{statement_id}” in its present version.",
            f"`cobuilder source show {source_id}` shows them.",
        )
    return source, found


def _short(statement: Statement) -> str:
    words = " ".join(statement.quote.split())
    return f"“{words[:70]}…”" if len(words) > 71 else f"“{words}”"


def _in_json(value: Any) -> Json:
    if isinstance(value, Frozen):
        return to_json(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _aligned_with(around: Surroundings, source_id: str, replaced: str) -> tuple[RecordChange, ...]:
    """Return what lets the sentences of a source inherit the places of the one it replaces."""
    known, source = Known.of(around.unit), around.unit.sources.get(source_id)
    number = source.current.number
    reading = known.readings.get((source_id, number))
    kept = around.unit.sources.alignment(source_id, number)
    if reading is None or (kept is not None and kept.follows[0] in (source_id, replaced)):
        return ()
    _, alignment = follow(known, source.current.document, reading, None, replaced)
    return () if alignment is None else (_put("alignment", f"{source_id}/{number}", kept, alignment),)


def _check_chain(around: Surroundings, source_id: str, replaced: str) -> None:
    """Raise WrongUse where a source would replace, over others, itself."""
    seen: str | None = replaced
    while seen is not None:
        if seen == source_id:
            raise WrongUse(f"{source_id} cannot replace {replaced}, which replaces {source_id} itself.")
        seen = around.unit.sources.get(seen).supersedes


def _check_dates(described: Source) -> None:
    first, last = described.effective_from, described.effective_until
    if first is not None and last is not None and last < first:
        raise WrongUse(f"It cannot end on {last} before it begins on {first}.", "Nothing was changed.")
    if not described.name.strip():
        raise WrongUse("A source needs a name.", "Nothing was changed.")


def describe(command: DescribeSource, around: Surroundings) -> Effect:
    """Change the fields of a source that were given; its versions stay as they are."""
    before = around.unit.sources.record(command.source_id)
    if before is None:
        raise WrongUse(f"There is no source “{command.source_id}”.")
    unknown = sorted(set(command.fields) - set(DESCRIBED))
    if unknown:
        raise WrongUse(f"A source has no field “{unknown[0]}”.", f"Choose from: {', '.join(DESCRIBED)}.")
    changed = {**before, **{name: _in_json(value) for name, value in command.fields.items()}}
    after = {name: value for name, value in changed.items() if value is not None}
    try:
        _check_dates(Source.model_validate({**after, "versions": ()}))
    except ValidationError as error:
        first = error.errors()[0]
        place = "/".join(str(part) for part in first["loc"])
        raise WrongUse(f"“{place}” cannot be that: {first['msg']}.", "Nothing was changed.") from None
    if after.get("supersedes") == command.source_id:
        raise WrongUse("A source cannot replace itself.")
    aligned: tuple[RecordChange, ...] = ()
    if (replaced := after.get("supersedes")) is not None:
        _check_chain(around, command.source_id, replaced)
        aligned = _aligned_with(around, command.source_id, replaced)
    sentence = (
        f"Described {command.source_id}: {', '.join(name.replace('_', ' ') for name in command.fields)}"
    )
    record = RecordChange(kind="source", id=command.source_id, before=before, after=after)
    return _effect("source", "SourceDescribed", sentence, (record, *aligned), command.source_id)


def waive(command: WaiveStatement, around: Surroundings) -> Effect:
    """Keep a named person's word that a statement is not for this agent."""
    stand = standing(around.unit)
    source, statement = _statement(stand, command.source_id, command.statement_id)
    if not command.why.strip():
        raise WrongUse("A reason is missing.", "Say why this sentence is not for this agent.")
    if command.until is not None and command.until < stand.today:
        ended = f"{command.until.day} {command.until:%b %Y}"
        raise WrongUse(
            f"{ended} is over: the sentence would not be waived at all.",
            "Name today or a later day, or none for no end.",
        )
    key = key_of(source.id, statement.id)
    given = Waiver(
        id=key,
        fingerprint=statement.fingerprint,
        why=command.why.strip(),
        by=around.who,
        at=around.now,
        until=command.until,
    )
    record = _put("waiver", key, around.unit.waivers.find(key), given)
    return _effect("waiver", "StatementWaived", f"Waived {_short(statement)} of {source.id}", (record,), key)


def take_back_waiver(command: TakeBackWaiver, around: Surroundings) -> Effect:
    """Remove a waiver."""
    key = key_of(command.source_id, command.statement_id)
    known = around.unit.waivers.get(key)
    return _effect(
        "waiver",
        "WaiverTakenBack",
        f"Took back the waiver of {key}",
        (_put("waiver", key, known, None),),
        key,
    )


def confirm(command: ConfirmStatement, around: Surroundings) -> Effect:
    """Keep a named person's word that the places of a statement are right."""
    stand = standing(around.unit)
    source, statement = _statement(stand, command.source_id, command.statement_id)
    places = accounts(stand).places(source, statement)
    if not places:
        raise WrongUse(f"{_short(statement)} is not in the agent yet.", "Ask CoBuilder to propose it.")
    key = key_of(source.id, statement.id)
    given = Confirmation(
        id=key,
        fingerprint=statement.fingerprint,
        places=place_digests(stand.draft, places),
        by=around.who,
        at=around.now,
    )
    record = _put("confirmation", key, around.unit.confirmations.find(key), given)
    sentence = f"Confirmed what stands on {_short(statement)}"
    return _effect("confirmation", "StatementConfirmed", sentence, (record,), key)


def mark_access(command: MarkAccess, around: Surroundings) -> Effect:
    """Keep whether a statement may be quoted to customers."""
    source, statement = _statement(standing(around.unit), command.source_id, command.statement_id)
    key = key_of(source.id, statement.id)
    given = AccessMark(
        id=key, fingerprint=statement.fingerprint, permission=command.permission, by=around.who, at=around.now
    )
    record = _put("marking", key, around.unit.markings.find(key), given)
    sentence = f"Marked {_short(statement)} as {command.permission}"
    return _effect("marking", "AccessMarked", sentence, (record,), key)


def record_collisions(command: RecordCollisions, around: Surroundings) -> Effect:
    """Keep what comparing all sources found."""
    keep_collisions(around.unit, command.collisions)
    sentence = f"Compared the sources: {len(command.collisions.found)} conflicts"
    return _effect("collision", "SourcesCompared", sentence, ())


def order_authorities(command: OrderAuthorities, around: Surroundings) -> Effect:
    """Keep which kinds of documents weigh more; what was compared by another order is compared anew."""
    order, usual = command.order, tuple(Authority)
    if sorted(order) != sorted(usual):
        raise WrongUse(f"The order has to name each kind once: {', '.join(usual)}.", "Nothing was changed.")
    before = kept_order(around.unit)
    if order == before:
        raise WrongUse("Documents weigh in this order already.", "Nothing was changed.")
    record = RecordChange(
        kind="setting",
        id=ORDER,
        before=None if before == usual else [each.value for each in before],
        after=None if order == usual else [each.value for each in order],
    )
    sentence = f"Documents now weigh in this order: {', '.join(each.value for each in order)}"
    event = Event("AuthoritiesOrdered", sentence, frozenset({"setting", "source", "collision"}))
    return Effect(title=sentence, events=(event,), records=(record,))


def decide_collision(command: DecideCollision, around: Surroundings) -> Effect:
    """Keep a named person's decision on a conflict, as the answer to CoBuilder's question about it, too."""
    stand = standing(around.unit)
    known = {each.id: each for each in collisions(stand)}
    if command.collision_id not in known:
        raise WrongUse(
            f"There is no conflict “{command.collision_id}”.", "`cobuilder source conflicts` shows them."
        )
    given = CollisionDecision(
        id=command.collision_id, holds=command.holds, why=command.why.strip(), by=around.who, at=around.now
    )
    record = _put("collision", given.id, around.unit.collisions.find(given.id), given)
    words = {"both": "both sentences hold", "neither": "neither sentence holds"}
    side = known[given.id].left if given.holds == "left" else known[given.id].right
    outcome = words.get(given.holds, f"“{' '.join(side.citation.quote.split())}” holds")
    answered = _answer(stand, known[given.id], f"{outcome}. {given.why}".strip(), around)
    follows = _proposed(stand, known[given.id], given, around)
    records = (record, *answered, *([_put("proposal", follows.id, None, follows)] if follows else []))
    kinds: set[Kind] = {"collision"}
    kinds |= {"answer"} if answered else set()
    kinds |= {"proposal"} if follows else set()
    sentence = f"Decided a conflict: {outcome}"
    if follows:
        sentence += f". {follows.id} proposes what follows in the agent"
    event = Event("ConflictDecided", sentence, frozenset(kinds), (given.id,))
    return Effect(title=sentence, events=(event,), records=records)


def _proposed(
    stand: Standing, collision: Collision, given: CollisionDecision, around: Surroundings
) -> Proposal | None:
    """Return what follows from a decision in the draft, as a proposal; None where nothing does."""
    from studio.cobuilder.answers.decided import carry_out
    from studio.cobuilder.requests.waiting import new_places
    from studio.services.stages.proposing import next_number

    if given.holds == "both":
        return None
    proposals = tuple(around.unit.proposals.all())
    return carry_out(
        stand.draft,
        [(source, stand.analyses[source.id]) for source in compared(stand) if source.id in stand.analyses],
        collision,
        given.holds,
        proposal_id=f"P-{next_number(around.unit):02}",
        created_at=around.now.replace(microsecond=0),
        reserved=new_places(proposals, around.unit.decisions.all()),
    )


def _answer(
    stand: Standing, collision: Collision, text: str, around: Surroundings
) -> tuple[RecordChange, ...]:
    """Return the answer that a decision gives to CoBuilder's question about the same conflict."""
    asked = question_of(stand, collision)
    if asked is None:
        return ()
    proposal, question = asked
    given = Answer(
        id=f"{proposal.id}/{question.id}",
        proposal_id=proposal.id,
        question_id=question.id,
        text=text,
        waived=False,
        by=around.who,
        at=around.now,
    )
    return (_put("answer", given.id, stand.answer(proposal, question), given),)


def decide_identity(command: DecideIdentity, around: Surroundings) -> Effect:
    """Keep a named person's word whether two sentences are the same statement."""
    stand = standing(around.unit)
    known = {
        doubt_id(source_id, number, doubt.old_id, doubt.new_id)
        for (source_id, number), alignment in stand.alignments.items()
        for doubt in alignment.doubts
    }
    if command.doubt_id not in known:
        raise WrongUse(
            f"There is no question “{command.doubt_id}” whether two sentences are the same.",
            "`cobuilder source suspects` shows those there are.",
        )
    given = IdentityDecision(id=command.doubt_id, same=command.same, by=around.who, at=around.now)
    record = _put("identity", given.id, around.unit.identities.find(given.id), given)
    sentence = "Said that two sentences are " + (
        "the same statement" if command.same else "different statements"
    )
    return _effect("identity", "IdentityDecided", sentence, (record,), given.id)


def link_folder(command: LinkFolder, around: Surroundings) -> Effect:
    """Keep a folder as linked."""
    if any(folder.path == command.path for folder in around.unit.folders.all()):
        raise WrongUse(f"{command.path} is linked already.", "Look for changes in it instead.")
    numbers = [int(folder.id.removeprefix("F-")) for folder in around.unit.folders.all()]
    given = LinkedFolder(
        id=f"F-{max(numbers, default=0) + 1:02}", path=command.path, linked_at=around.now, by=around.who
    )
    record = _put("folder", given.id, None, given)
    return _effect("folder", "FolderLinked", f"Linked the folder {command.path}", (record,), given.id)


def unlink_folder(command: UnlinkFolder, around: Surroundings) -> Effect:
    """Let go of a folder."""
    known = around.unit.folders.get(command.folder_id)
    record = _put("folder", known.id, known, None)
    return _effect("folder", "FolderUnlinked", f"Let go of the folder {known.path}", (record,), known.id)


def record_origins(command: RecordOrigins, around: Surroundings) -> Effect:
    """Keep what a look at the origins found; every new or changed document becomes a version."""
    keep_origins(around.unit, command.findings)
    effects = []
    for document in command.documents:
        effect = add_source(document, around)
        for record in effect.records:
            around.unit.put_record(record.kind, record.id, record.after)  # the next one counts on it
        effects.append(effect)
    gone = [finding.place for finding in command.findings if finding.kind == "vanished"]
    sentence = f"Looked at the origins: {len(effects)} new or changed, {len(gone)} missing"
    event = Event("OriginsLookedAt", sentence, frozenset({"source", "folder"}))
    return Effect(
        title="; ".join(effect.title for effect in effects) or sentence,
        events=(*(event for effect in effects for event in effect.events), event),
        records=tuple(record for effect in effects for record in effect.records),
    )
