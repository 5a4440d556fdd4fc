"""The tables of records that mock systems work on: each command is one edit of the draft."""

from __future__ import annotations

from studio.domain.changeset import ChangeSet
from studio.services.commands import (
    EditRecords,
    ImportRecords,
    PutRecord,
    RemoveRecord,
    SetMock,
    SketchRecords,
)
from studio.services.effects import Effect, Surroundings
from studio.services.events import Event


def _effect(changeset: ChangeSet) -> Effect:
    sentence = f"Changed by hand: {changeset.title}"
    return Effect(
        title=sentence, events=(Event("AgentEdited", sentence, frozenset({"agent"}), ()),), agent=changeset
    )


def put(command: PutRecord, around: Surroundings) -> Effect:
    """Add a record, or change values of it."""
    from studio.simulation.records import put_record

    draft = around.unit.agents.draft()
    return _effect(put_record(draft, command.table, command.record, dict(command.values)))


def edit(command: EditRecords, around: Surroundings) -> Effect:
    """Change several records in one step."""
    from studio.simulation.record_edits import RecordEdits, edit_records

    edits = RecordEdits(command.cells, command.added, command.removed)
    return _effect(edit_records(around.unit.agents.draft(), command.table, edits))


def remove(command: RemoveRecord, around: Surroundings) -> Effect:
    """Take a record away, or the whole table where none is named."""
    from studio.simulation.records import remove_record, remove_table

    draft = around.unit.agents.draft()
    if command.record is None:
        return _effect(remove_table(draft, command.table))
    return _effect(remove_record(draft, command.table, command.record))


def take_in(command: ImportRecords, around: Surroundings) -> Effect:
    """Take in a CSV file, whole or not at all."""
    from studio.simulation.records import import_csv

    draft = around.unit.agents.draft()
    return _effect(import_csv(draft, command.table, command.text, command.key))


def sketch(command: SketchRecords, around: Surroundings) -> Effect:
    """Make the tables that the systems' schemas suggest."""
    from studio.simulation.sketching import sketch_tables

    return _effect(sketch_tables(around.unit.agents.draft()))


def set_mock(command: SetMock, around: Surroundings) -> Effect:
    """Say what a mock system does."""
    from studio.simulation.effects import put_mock

    edit = put_mock(
        around.unit.agents.draft(),
        command.tool,
        command.table,
        {"set": dict(command.sets), "add": dict(command.adds), "subtract": dict(command.subtracts)},
        dict(command.only_when),
        command.adds_to,
    )
    return _effect(edit)
