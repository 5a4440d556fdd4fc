"""Verbs of review by roles and elsewhere: approve, roles, pack, open, send-back, merge, settle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.output import JsonFlag, plural, put_json, say
from studio.cli.places import HERE, Who, Workspace, read_bytes, settings_for, workbench
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.domain.review_approval import Looked, ReviewRole
    from studio.services.queries.review_package import ApprovalPage, ReplyMade
    from studio.services.workbench import Workbench

Package = Annotated[Path, typer.Argument(help="The review package, a .cobreview file.")]
Out = Annotated[Path | None, typer.Option("--output", "-o", help="The file to write.")]
Role = Annotated[str, typer.Option("--role", help="operations, compliance, qa or it.")]
Changes = Annotated[
    list[str] | None, typer.Option(help="A change, as C-03 (or P-01/C-03); may be given several times.")
]
LookedAt = Annotated[
    list[str] | None,
    typer.Option(
        "--looked-at",
        help="What you looked at: a change, all, consequences, proofs, coverage; several times. The rest is "
        "named in the approval as not looked at.",
    ),
]
_SHOWING: dict[str, Callable[..., object]] = {}
MARKS = {"new": "+", "known": "=", "moved on": "!", "held": "!", "different": "?"}


def _role(name: str) -> ReviewRole:
    from studio.domain.review_approval import ROLES

    if name not in ROLES:
        raise WrongUse(f"There is no role “{name}”.", f"Roles are: {', '.join(ROLES)}.")
    return name


def _place(bench: Workbench, named: str) -> tuple[str, str]:
    """Return proposal and change of `P-01/C-03`, or of `C-03` where there is one proposal."""
    from studio.services.queries.review import ListProposals

    proposal, slash, change = named.partition("/")
    if slash:
        return proposal, change
    known = [row.id for row in bench.ask(ListProposals())]
    if len(known) != 1:
        raise WrongUse(f"“{named}” may be in {', '.join(known)}.", f"Write it as {known[0]}/{named}.")
    return known[0], named


def _looked(bench: Workbench, named: list[str] | None) -> Looked | None:
    from studio.domain.review_approval import Looked
    from studio.services.queries.review import ListProposals, ShowProposal

    if not named:
        return None
    changes: list[str] = []
    for each in named:
        if each == "all":
            for row in bench.ask(ListProposals()):
                page = bench.ask(ShowProposal(row.id))
                changes += [f"{row.id}/{change.id}" for group in page.groups for change in group.rows]
        elif each not in ("consequences", "proofs", "coverage"):
            changes.append("/".join(_place(bench, each)))
    return Looked(
        changes=tuple(dict.fromkeys(changes)),
        consequences="consequences" in named,
        proofs="proofs" in named,
        coverage="coverage" in named,
        stated=True,
    )


def review_approve(
    role: Role,
    request: Annotated[str, typer.Option("--request-changes", help="Say what to change instead.")] = "",
    comment: Annotated[str, typer.Option(help="A remark beside the approval.")] = "",
    looked_at: LookedAt = None,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Approve, in a role, exactly what the review holds now; any edit voids it.

    \b
    Examples:
      cobuilder review approve --role qa --looked-at all --looked-at coverage
      cobuilder review approve --role compliance --request-changes "Name the fee."
    """
    from studio.services.commands import ApproveReview

    with workbench(workspace, who) as bench:
        seen = _looked(bench, looked_at)
        decision: Any = "request changes" if request else "approve"
        say(bench.do(ApproveReview(_role(role), decision, request or comment, (), seen)).title)


def review_approvals(workspace: Workspace = HERE, who: Who = "", as_json: JsonFlag = False) -> None:
    """Show which roles approved exactly this content, what was looked at, and what is void and why."""
    from studio.services.queries.review_package import ShowApprovals

    with workbench(workspace, who) as bench:
        page = bench.ask(ShowApprovals(bench.outside.who))
    if as_json:
        put_json(page)
    else:
        _say_approvals(page)


def _say_approvals(page: ApprovalPage) -> None:
    say(f"Content {page.content} of {', '.join(page.scope) or 'no proposal'}")
    for role in page.roles:
        must = "has to approve" if role.required else "may approve"
        say(f"  {role.name:<12} {role.state}{f' by {role.by}' if role.by else ''} ({must})")
    for each in page.history:
        state = each.void or ("replaced by a later one" if each.replaced else "holds")
        say(f"\n{each.at[:10]} {each.by} ({each.role}): {each.decision}. {state}")
        if each.comment:
            say(f"  “{each.comment}”")
        for line in each.looked:
            say(f"  looked at: {line}")
        for line in each.not_looked:
            say(f"  not: {line}")
    for gap in page.differences:
        say(f"\n? {gap.proposal_id}/{gap.change_id} “{gap.title}”: here {gap.here}; {gap.theirs}")
        if gap.along:
            say(f"  --theirs: {gap.along}")


def review_roles(
    required: Annotated[
        str | None, typer.Option(help="Roles that have to approve, as qa,compliance; “none” for no role.")
    ] = None,
    apart: Annotated[
        str | None, typer.Option(help="Roles in which nobody may approve their own work; “none” for no role.")
    ] = None,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Show or set which roles have to approve a review, and in which nobody may approve their own work."""
    from studio.services.commands import SetReviewPolicy
    from studio.services.queries.review_package import ShowApprovals

    def roles(text: str) -> tuple[ReviewRole, ...]:
        names = [name.strip() for name in text.split(",") if name.strip() not in ("", "none")]
        return tuple(_role(name) for name in dict.fromkeys(names))

    with workbench(workspace, who) as bench:
        page = bench.ask(ShowApprovals(bench.outside.who))
        if required is None and apart is None:
            names = ", ".join(row.name for row in page.roles if row.required)
            say(f"Have to approve: {names or 'no role'}")
            say(f"Not their own work: {', '.join(page.apart) or 'no role'}")
            return
        kept = tuple(row.role for row in page.roles if row.required)
        held = tuple(row.role for row in page.roles if row.name in page.apart)
        command = SetReviewPolicy(
            kept if required is None else roles(required), held if apart is None else roles(apart)
        )
        say(bench.do(command).title)


def review_pack(
    proposals: Annotated[
        list[str] | None,
        typer.Argument(help="Proposals, as P-01; else all that wait.", metavar="PROPOSAL…"),
    ] = None,
    output: Out = None,
    message: Annotated[str, typer.Option("--note", help="What you want to say to the reviewer.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would travel.")] = False,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Write proposals into one file for a reviewer on another computer, and say what travels in it."""
    from studio.assembly import now
    from studio.domain.review_package import PACKAGE_SUFFIX
    from studio.services.commands import RecordPackage
    from studio.services.queries.review_package import PackReview

    with workbench(workspace, who) as bench:
        packed = bench.ask(PackReview(bench.outside.who, now(), tuple(proposals or ()), message))
        for line in packed.contents:
            say(f"  {line}")
        if dry_run:
            return
        file = output or Path(f"{'-'.join(packed.proposals)[:60]}{PACKAGE_SUFFIX}")
        _write(file, packed.data)
        bench.do(RecordPackage(file.name, packed.digest, len(packed.data), packed.proposals))
    say(f"Wrote {file} ({len(packed.data):,} bytes). Send it; the reviewer needs no workspace.")


@contextmanager
def _opened(package: Path, who: str) -> Iterator[Workbench]:
    """Open a package in a workspace that lives as long as this command."""
    from tempfile import TemporaryDirectory

    from studio.assembly import package_workbench

    data = read_bytes(package, "The review package")
    with TemporaryDirectory(prefix="cobuilder-review-") as folder:
        bench = package_workbench(Path(folder) / "package", data, settings_for(who))
        try:
            yield bench
        finally:
            bench.close()


def review_open(
    package: Package,
    listing: Annotated[bool, typer.Option("--list", help="Print what is in it; open no window.")] = False,
    change: Annotated[str, typer.Option(help="Print one change, as C-03.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Open a review package: in the window, or printed."""
    if not (listing or change or as_json):
        from studio.cli.window import open_window

        raise typer.Exit(open_window(package))
    from studio.services.queries.review_package import ShowPackage

    with _opened(package, "") as bench:
        facts, folder = bench.ask(ShowPackage()), bench.outside.workspace.folder
        assert facts is not None
        if change:
            proposal, wanted = _place(bench, change)
            _SHOWING["show"](proposal, wanted, workspace=folder, as_json=as_json)
            return
        if not as_json:
            say(f"From {facts.made_by}, {facts.made_at[:10]}: {facts.agent}")
            say(f"“{facts.note}”" if facts.note else "")
            for proposal in facts.proposals:
                _SHOWING["list"](proposal, workspace=folder)
            return
        from studio.services.queries.review import ShowProposal

        pages = [bench.ask(ShowProposal(proposal)) for proposal in facts.proposals]
    put_json({"package": facts, "proposals": pages})


def review_send_back(
    package: Package,
    accept: Changes = None,
    reject: Changes = None,
    comment: Annotated[
        list[str] | None,
        typer.Option(help="A remark on a change, as “C-03: who pays?”; may be given several times."),
    ] = None,
    edit: Annotated[
        list[str] | None,
        typer.Option(
            help="Another value, as “C-03:FIELD=TEXT” (“C-03:=TEXT” where it is one text).", metavar="EDIT"
        ),
    ] = None,
    answer: Annotated[
        list[str] | None, typer.Option(help="An answer to an open question, as “Q-01: 7 days”.")
    ] = None,
    approve: Annotated[bool, typer.Option("--approve", help="Approve exactly this content.")] = False,
    request: Annotated[str, typer.Option("--request-changes", help="Say what to change.")] = "",
    role: Role = "",
    looked_at: LookedAt = None,
    output: Out = None,
    who: Who = "",
) -> None:
    """Decide on a review package, and write the reply that goes back to who sent it.

    \b
    Example:
      cobuilder review send-back P-01.cobreview --comment "C-02: Who pays?" --approve \\
        --role compliance --looked-at all --as "Carl Weber" -o carl.cobreply
    """
    from studio.assembly import now
    from studio.domain.review_package import REPLY_SUFFIX
    from studio.services.commands import ApproveReview
    from studio.services.queries.review_package import MakeReply

    with _opened(package, who) as bench:
        _edit(bench, edit or ())
        _say_all(bench, accept, reject, comment, answer)
        if approve or request:
            decision: Any = "request changes" if request else "approve"
            seen = _looked(bench, looked_at)
            say(bench.do(ApproveReview(_role(role), decision, request, (), seen)).title)
        made = bench.ask(MakeReply(bench.outside.who, now()))
    told = _told(made)
    file = output or package.with_suffix(REPLY_SUFFIX)
    _write(file, made.data)
    say(f"Wrote {file} with {told}.")
    say(f"Check number {made.number}: tell it to who merges, by another way than the file.")


def _told(made: ReplyMade) -> str:
    """Return in words what a reply holds; raises WrongUse where it holds nothing."""
    counts = (
        (made.decisions, "decision"),
        (made.edits, "edited value"),
        (made.answers, "answer"),
        (made.comments, "comment"),
        (made.approvals, "statement"),
    )
    told = [plural(count, noun) for count, noun in counts if count]
    if not told:
        raise WrongUse(
            "There is nothing to send back.",
            "Say --accept, --reject, --edit, --answer, --comment or --approve.",
        )
    return ", ".join(told) + (" of a role" if made.approvals else "")


def _say_all(bench: Workbench, accept: Changes, reject: Changes, comment: Changes, answer: Changes) -> None:
    """Decide, remark and answer as it was said on the command line."""
    from studio.services.commands import AcceptChange, AnswerQuestion, CommentOnChange, RejectChange

    for named in answer or ():
        question, _, text = named.partition(":")
        say(bench.do(AnswerQuestion(*_place(bench, question.strip()), text.strip())).title)
    for named in reject or ():
        say(bench.do(RejectChange(*_place(bench, named))).title)
    for named in accept or ():
        say(bench.do(AcceptChange(*_place(bench, named))).title)
    for remark in comment or ():
        named, _, text = remark.partition(":")
        say(bench.do(CommentOnChange(*_place(bench, named.strip()), text.strip())).title)


def _edit(bench: Workbench, edits: Iterable[str]) -> None:
    """Give changes other values, all fields of one change together."""
    from studio.services.deciding_commands import EditProposedValue
    from studio.services.queries.deciding import ReadValue

    texts: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for each in edits:
        named, colon, said = each.partition(":")
        field, sign, text = said.partition("=")
        if not colon or not sign:
            raise WrongUse(f"“{each}” edits nothing.", "Write C-03:FIELD=TEXT, or C-03:=TEXT.")
        texts.setdefault(_place(bench, named.strip()), []).append((field.strip(), text))
    for place, fields in texts.items():
        after = bench.ask(ReadValue(*place, tuple(fields)))
        say(bench.do(EditProposedValue(*place, after)).title)


def review_merge(
    reply: Annotated[Path, typer.Argument(help="The reply, a .cobreply file.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be merged.")] = False,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Take over what a reviewer sent back; what was decided otherwise here is left for a person to choose."""
    from studio.services.commands import MergeReply
    from studio.services.queries.review_package import ShowMerge

    data = read_bytes(reply, "The reply")
    with workbench(workspace, who) as bench:
        page = bench.ask(ShowMerge(data))
        title = page.sentence if dry_run else bench.do(MergeReply(data)).title
    if as_json:
        put_json({"done": "" if dry_run else title, "reply": page})
        return
    say(f"From {page.reviewer}, {page.made_at[:10]}, check number {page.number}")
    if not page.already:
        for warning in page.unsigned:
            say(f"  ! {warning}")
        for line in page.lines:
            say(f"  {MARKS[line.state]} {line.sentence}")
    say(title)
    if not dry_run and any(line.state == "different" for line in page.lines) and not page.already:
        say("Choose with `cobuilder review settle P-01/C-03 --theirs` or `--ours`.")


def review_settle(
    change: Annotated[str, typer.Argument(help="The change, as P-01/C-03.")],
    theirs: Annotated[bool, typer.Option("--theirs", help="Take the reviewer's decision.")] = False,
    ours: Annotated[bool, typer.Option("--ours", help="Leave what is decided here.")] = False,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Choose where a reviewer decided otherwise than somebody here."""
    from studio.services.commands import SettleDifference
    from studio.services.queries.review_package import ShowApprovals

    if theirs == ours:
        raise WrongUse("Say whose decision holds: --theirs or --ours.")
    with workbench(workspace, who) as bench:
        place = _place(bench, change)
        open_ones = bench.ask(ShowApprovals(bench.outside.who)).differences
        found = [each for each in open_ones if (each.proposal_id, each.change_id) == place]
        if not found:
            raise WrongUse(
                f"Nothing about {change} is left to choose.", "`cobuilder review approvals` lists it."
            )
        say(bench.do(SettleDifference(found[-1].reply_id, *place, theirs)).title)


def _write(file: Path, data: bytes) -> None:
    try:
        file.write_bytes(data)
    except OSError as error:
        raise WrongUse(f"{file} cannot be written: {error.strerror}.", "Choose another place.") from error


VERBS: dict[str, Callable[..., None]] = {
    "approve": review_approve,
    "approvals": review_approvals,
    "roles": review_roles,
    "pack": review_pack,
    "open": review_open,
    "send-back": review_send_back,
    "merge": review_merge,
    "settle": review_settle,
}


def register(app: typer.Typer) -> None:
    """Add these verbs to `review`, whose own are there before; `open` shows a package with two of them."""
    own = {each.name: each.callback for each in app.registered_commands}
    _SHOWING.update({name: shown for name in ("list", "show") if (shown := own.get(name)) is not None})
    for name, verb in VERBS.items():
        app.command(name)(verb)
