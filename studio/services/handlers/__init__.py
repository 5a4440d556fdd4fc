"""What each command does: one file a stage, (command, surroundings) -> effect."""

from __future__ import annotations

from studio.services import commands
from studio.services.commands import Command
from studio.services.effects import Handler
from studio.services.handlers import governance, models, records, release, review, simulation, sources, trying

HANDLERS: dict[type[Command], Handler] = {
    commands.AddSource: sources.add_source,
    commands.KeepReading: sources.keep_reading,
    commands.DescribeSource: governance.describe,
    commands.WaiveStatement: governance.waive,
    commands.TakeBackWaiver: governance.take_back_waiver,
    commands.ConfirmStatement: governance.confirm,
    commands.MarkAccess: governance.mark_access,
    commands.DecideCollision: governance.decide_collision,
    commands.DecideIdentity: governance.decide_identity,
    commands.LinkFolder: governance.link_folder,
    commands.UnlinkFolder: governance.unlink_folder,
    commands.OrderAuthorities: governance.order_authorities,
    commands.RecordOrigins: governance.record_origins,
    commands.RecordCollisions: governance.record_collisions,
    commands.RecordProposal: review.record_proposal,
    commands.RecordReply: review.record_reply,
    commands.AcceptChange: review.accept,
    commands.RejectChange: review.reject,
    commands.AcceptRemaining: review.accept_remaining,
    commands.CommentOnChange: review.comment,
    commands.AnswerQuestion: review.answer,
    commands.EditAgent: review.edit,
    commands.PutRecord: records.put,
    commands.EditRecords: records.edit,
    commands.RemoveRecord: records.remove,
    commands.ImportRecords: records.take_in,
    commands.SketchRecords: records.sketch,
    commands.SetMock: records.set_mock,
    commands.RecordComparison: simulation.record_comparison,
    commands.KeepAsTest: simulation.keep_as_test,
    commands.KeepTrial: trying.keep_trial,
    commands.PlanRelease: release.plan,
    commands.ApproveRelease: release.approve_release,
    commands.TakeLive: release.take_live,
    commands.RecordExport: release.record_export,
    commands.SetModelPolicy: models.set_policy,
    commands.ConfirmDestination: models.confirm_destination,
    commands.TakeBackConsents: models.take_back_consents,
    commands.NoteModelUse: models.note_use,
}
