"""Intentions, imperative: each is one thing a user wants done, sent alike by both faces.

- A command is data; the handler of its class (see `handlers`) says what it does.
- Commands that cannot be undone say so in `undoable`; a face tells the user beforehand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, ClassVar, Literal

from studio.domain.agent import Agent
from studio.domain.changeset import ChangeSet
from studio.domain.consequence import Consequences
from studio.domain.environment import ApprovalPolicy, RolloutPlan
from studio.domain.finding import Analysis
from studio.domain.governance import Alignment, Collisions, OriginFinding
from studio.domain.model import ModelPolicy, ModelUse
from studio.domain.proposal import Proposal
from studio.domain.request import Reply
from studio.domain.review import Asked
from studio.domain.review_approval import Looked, ReviewRole, ReviewVerdict
from studio.domain.run import Comparison
from studio.domain.source import Authority, Origin, SourceDocument


@dataclass(frozen=True, slots=True)
class Command:
    """Base of all intentions."""

    undoable: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class AddSource(Command):
    """Add a document that was read, or a new version of the source that has the same file name."""

    file_name: str
    data: bytes
    document: SourceDocument
    analysis: Analysis
    authority: Authority | None = None
    owner: str | None = None
    effective_from: date | None = None
    supersedes: str | None = None
    alignment: Alignment | None = None
    origin: Origin | None = None
    source_id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class KeepReading(Command):
    """Let a version of a source count as it was read last, by CoBuilder, a language model, or both."""

    source_id: str
    number: int
    analysis: Analysis


@dataclass(frozen=True, slots=True)
class DescribeSource(Command):
    """Say what a source is: authority, owner, dates, scope, audience, permission, what it replaces.

    `fields` holds only what shall change, by field name; a value of None takes a field away.
    """

    source_id: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class WaiveStatement(Command):
    """Say that a statement is not for this agent, why, and until when."""

    source_id: str
    statement_id: str
    why: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class TakeBackWaiver(Command):
    """Let a statement concern this agent again."""

    source_id: str
    statement_id: str


@dataclass(frozen=True, slots=True)
class ConfirmStatement(Command):
    """Say that the places of a statement still say what it demands; it is suspect no more."""

    source_id: str
    statement_id: str


@dataclass(frozen=True, slots=True)
class MarkAccess(Command):
    """Say whether a statement may be quoted to customers."""

    source_id: str
    statement_id: str
    permission: Literal["may be quoted", "internal"]


@dataclass(frozen=True, slots=True)
class DecideCollision(Command):
    """Decide a conflict: which side holds, or both, or neither; and why.

    CoBuilder's question about it, where it asked one, is answered by that; what follows in the agent is
    proposed at once.
    """

    collision_id: str
    holds: Literal["left", "right", "both", "neither"]
    why: str


@dataclass(frozen=True, slots=True)
class DecideIdentity(Command):
    """Say whether two sentences of two versions are the same statement."""

    doubt_id: str
    same: bool


@dataclass(frozen=True, slots=True)
class LinkFolder(Command):
    """Keep the documents of a folder connected to their files from now on."""

    path: str


@dataclass(frozen=True, slots=True)
class UnlinkFolder(Command):
    """Let go of a folder; the sources that came from it stay as they are."""

    folder_id: str


@dataclass(frozen=True, slots=True)
class OrderAuthorities(Command):
    """Say which kinds of documents weigh more where two disagree: all kinds, the weightiest first."""

    order: tuple[Authority, ...]


@dataclass(frozen=True, slots=True)
class RecordOrigins(Command):
    """Keep what a look at the origins found, and take the new and changed documents as versions."""

    findings: tuple[OriginFinding, ...]
    documents: tuple[AddSource, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordCollisions(Command):
    """Keep what comparing all sources found."""

    undoable = False
    collisions: Collisions


@dataclass(frozen=True, slots=True)
class RecordConsequences(Command):
    """Keep whom a proposal treats differently, as it was worked out."""

    undoable = False
    consequences: Consequences


@dataclass(frozen=True, slots=True)
class RecordProposal(Command):
    """Keep a proposal that CoBuilder made."""

    proposal: Proposal


@dataclass(frozen=True, slots=True)
class RecordReply(Command):
    """Keep what CoBuilder said to a request, and its proposal where it makes one."""

    reply: Reply


@dataclass(frozen=True, slots=True)
class AcceptChange(Command):
    """Take a proposed change (and what it cannot stand without) into the draft."""

    proposal_id: str
    change_id: str


@dataclass(frozen=True, slots=True)
class RejectChange(Command):
    """Refuse a proposed change, and with it every change that depends on it."""

    proposal_id: str
    change_id: str


@dataclass(frozen=True, slots=True)
class AcceptRemaining(Command):
    """Accept every change of a proposal that is not decided yet."""

    proposal_id: str


@dataclass(frozen=True, slots=True)
class CommentOnChange(Command):
    """Leave a remark on a change, or reply to one (`reply_to`); `asks` somebody, until somebody replies.

    `about` are further changes of the proposal that it is about.
    """

    proposal_id: str
    change_id: str
    text: str
    reply_to: str = ""
    asks: Asked | None = None
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerQuestion(Command):
    """Answer an open question, or say why it does not concern this agent (`waived`)."""

    proposal_id: str
    question_id: str
    text: str
    waived: bool = False


@dataclass(frozen=True, slots=True)
class ApproveReview(Command):
    """Approve, in a role, exactly what the review holds now, or request changes of it.

    `scope` are the proposals that it is about (none: all that wait); `looked` is what the person says to have
    looked at, beside what the window saw.
    """

    role: ReviewRole
    decision: ReviewVerdict = "approve"
    comment: str = ""
    scope: tuple[str, ...] = ()
    looked: Looked | None = None


@dataclass(frozen=True, slots=True)
class NoteLooked(Command):
    """Note what somebody has looked at; it leaves no line in the ledger."""

    undoable = False
    looked: Looked


@dataclass(frozen=True, slots=True)
class SetReviewPolicy(Command):
    """Say which roles have to approve a review, and in which nobody may approve their own work.

    `signed`: approvals that come in a file count only with a key that is known here.
    """

    required: tuple[ReviewRole, ...]
    apart: tuple[ReviewRole, ...] = ("compliance",)
    signed: bool = False


@dataclass(frozen=True, slots=True)
class RecordPackage(Command):
    """Note that a review package was written; only replies to noted packages are merged."""

    undoable = False
    file_name: str
    digest: str
    size: int
    proposals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordReplySent(Command):
    """Note, in the workspace of a package, that what was decided so far was written into a reply."""

    undoable = False
    file_name: str
    said: str


@dataclass(frozen=True, slots=True)
class MergeReply(Command):
    """Take over what a reviewer decided, said and approved; `data` is the reply's file.

    `compared` is the fingerprint that the reviewer read out: the key is remembered as theirs from now on.
    """

    data: bytes
    compared: str = ""


@dataclass(frozen=True, slots=True)
class ForgetReviewerKey(Command):
    """Let a key be unknown again, which somebody here had compared with its owner."""

    key_id: str


@dataclass(frozen=True, slots=True)
class SettleDifference(Command):
    """Choose where a reviewer decided otherwise: take theirs, or leave what is decided here."""

    reply_id: str
    proposal_id: str
    change_id: str
    take_theirs: bool


@dataclass(frozen=True, slots=True)
class EditAgent(Command):
    """Change the draft by hand."""

    changeset: ChangeSet


@dataclass(frozen=True, slots=True)
class PutRecord(Command):
    """Add a record to a table that mock systems work on, or change values of it; "" takes a value away."""

    table: str
    record: str
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RemoveRecord(Command):
    """Take a record away from a table that mock systems work on; without a record, the whole table."""

    table: str
    record: str | None = None


@dataclass(frozen=True, slots=True)
class ImportRecords(Command):
    """Take a CSV file into a table that mock systems work on, which is made where it is new."""

    table: str
    text: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class EditRecords(Command):
    """Change several records of a table that mock systems work on, in one step, as in a grid.

    `cells` are (record, column, text), `added` the cells of new records, `removed` the records to take away.
    """

    table: str
    cells: tuple[tuple[str, str, str], ...] = ()
    added: tuple[tuple[tuple[str, str], ...], ...] = ()
    removed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetMock(Command):
    """Say what a mock system does to a table of records: what it sets, adds and subtracts, and when at all.

    With nothing said, it changes nothing any more. `adds_to` is the table that gets a new record.
    """

    tool: str
    table: str
    sets: tuple[tuple[str, str], ...] = ()
    adds: tuple[tuple[str, str], ...] = ()
    subtracts: tuple[tuple[str, str], ...] = ()
    only_when: tuple[tuple[str, str], ...] = ()
    adds_to: str = ""


@dataclass(frozen=True, slots=True)
class SketchRecords(Command):
    """Make the tables of records that the systems' schemas suggest, with the records the tests speak of."""


@dataclass(frozen=True, slots=True)
class RecordComparison(Command):
    """Keep the result of a simulation of live version and draft."""

    undoable = False
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class KeepAsTest(Command):
    """Make a test of the draft of one simulated conversation: this customer, with these first words."""

    scenario_id: str
    customer: int = 0
    run: str = ""


@dataclass(frozen=True, slots=True)
class KeepTrial(Command):
    """Make a test of the draft of what was tried by hand: these words, said one after the other."""

    said: tuple[str, ...]
    as_in: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class PlanRelease(Command):
    """Fix what the next release is for: environment, last moment of validity, stages, the author's words.

    What is not given stays as it is. IT's `policy` is no work of the author, and replaced, never undone.
    """

    environment: str | None = None
    not_after: datetime | None = None
    rollout: RolloutPlan | None = None
    policy: ApprovalPolicy | None = None
    introduction: str | None = None


@dataclass(frozen=True, slots=True)
class ApproveRelease(Command):
    """Sign (or refuse) exactly the present content in a role, with a private key.

    `looked` and `not_looked` are kept beside the signature: what the person had and had not looked at.
    `shown` is the digest of what lay before them, where something did: nothing else is signed.
    """

    undoable = False
    role: Literal["author", "compliance", "it"]
    person: str
    key_uri: str
    passphrase: str = field(repr=False)
    decision: Literal["approve", "reject"] = "approve"
    comment: str = ""
    looked: tuple[str, ...] = ()
    not_looked: tuple[str, ...] = ()
    shown: str | None = None


@dataclass(frozen=True, slots=True)
class TakeLive(Command):
    """Let a release that IT promoted be the live version from now on; the draft stays as it is."""

    undoable = False
    number: int
    before: Agent
    after: Agent


@dataclass(frozen=True, slots=True)
class RecordExport(Command):
    """Note in the ledger that a bundle was written."""

    undoable = False
    file_name: str
    manifest_digest: str
    size: int


@dataclass(frozen=True, slots=True)
class SetModelPolicy(Command):
    """Say what may leave this computer for a language model, and what is masked before."""

    policy: ModelPolicy


@dataclass(frozen=True, slots=True)
class ConfirmDestination(Command):
    """Say that one has seen what leaves this computer, and agrees, for one destination."""

    undoable = False
    destination: str
    model: str


@dataclass(frozen=True, slots=True)
class TakeBackConsents(Command):
    """Let nothing leave any more before it was confirmed again."""

    undoable = False


@dataclass(frozen=True, slots=True)
class NoteModelUse(Command):
    """Note in the ledger what a run sent to a language model: how much, where to, at what cost."""

    undoable = False
    run: str
    use: ModelUse
