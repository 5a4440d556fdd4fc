"""Verbs of review packages: pack, open, send-back; and the registration of all verbs of review elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.key_places import Module, PassphraseFile
from studio.cli.output import JsonFlag, plural, put_json, say
from studio.cli.places import HERE, Who, Workspace, read_bytes, settings_for, workbench
from studio.cli.review_merging import review_keys, review_merge, review_settle
from studio.cli.review_places import LookedAt, Role, place_of, role_of, seen_of, write_file
from studio.cli.review_roles import review_approvals, review_approve, review_roles
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.services.queries.review_package import ReplyMade
    from studio.services.workbench import Workbench

Package = Annotated[Path, typer.Argument(help="The review package, a .cobreview file.")]
Out = Annotated[Path | None, typer.Option("--output", "-o", help="The file to write.")]
Changes = Annotated[
    list[str] | None, typer.Option(help="A change, as C-03 (or P-01/C-03); may be given several times.")
]
_SHOWING: dict[str, Callable[..., object]] = {}


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
        write_file(file, packed.data)
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
            proposal, wanted = place_of(bench, change)
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
    key: Annotated[
        str, typer.Option(help="Sign it with your key: a name, file:PATH, keyring:NAME or hsm:….")
    ] = "",
    module: Module = "",
    passphrase_file: PassphraseFile = None,
    output: Out = None,
    who: Who = "",
) -> None:
    """Decide on a review package, and write the reply that goes back to who sent it.

    Signed with your key, it cannot be altered, nor made by somebody else in your name.

    \b
    Example:
      cobuilder review send-back P-01.cobreview --comment "C-02: Who pays?" --approve \\
        --role compliance --looked-at all --as "Carl Weber" --key carl -o carl.cobreply
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
            seen = seen_of(bench, looked_at)
            say(bench.do(ApproveReview(role_of(role), decision, request, (), seen)).title)
        made = bench.ask(MakeReply(bench.outside.who, now()))
    told = _told(made)
    file = output or package.with_suffix(REPLY_SUFFIX)
    data, signed = _signed(made.data, key, module, passphrase_file) if key else (made.data, "")
    write_file(file, data)
    say(f"Wrote {file} with {told}.")
    if signed:
        say(f"Signed. Who merges and does not know your key yet has you read to them: {signed}")
        return
    say(f"Not signed. Check number {made.number}: tell it to who merges, by another way than the file.")


def _signed(data: bytes, key: str, module: str, passphrase_file: Path | None) -> tuple[bytes, str]:
    """Return a reply that is signed with a key, and the key's fingerprint."""
    from studio.cli.key_places import key_store, secret_for
    from studio.release.keys import fingerprint
    from studio.services.review_signing import sign_reply

    store = key_store(module)
    signer = store.open(key, secret_for(store, key, passphrase_file))
    return sign_reply(data, signer), fingerprint(signer.key_id)


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
        say(bench.do(AnswerQuestion(*place_of(bench, question.strip()), text.strip())).title)
    for named in reject or ():
        say(bench.do(RejectChange(*place_of(bench, named))).title)
    for named in accept or ():
        say(bench.do(AcceptChange(*place_of(bench, named))).title)
    for remark in comment or ():
        named, _, text = remark.partition(":")
        say(bench.do(CommentOnChange(*place_of(bench, named.strip()), text.strip())).title)


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
        texts.setdefault(place_of(bench, named.strip()), []).append((field.strip(), text))
    for place, fields in texts.items():
        after = bench.ask(ReadValue(*place, tuple(fields)))
        say(bench.do(EditProposedValue(*place, after)).title)


VERBS: dict[str, Callable[..., None]] = {
    "approve": review_approve,
    "approvals": review_approvals,
    "roles": review_roles,
    "pack": review_pack,
    "open": review_open,
    "send-back": review_send_back,
    "merge": review_merge,
    "settle": review_settle,
    "keys": review_keys,
}


def register(app: typer.Typer) -> None:
    """Add these verbs to `review`, whose own are there before; `open` shows a package with two of them."""
    own = {each.name: each.callback for each in app.registered_commands}
    _SHOWING.update({name: shown for name in ("list", "show") if (shown := own.get(name)) is not None})
    for name, verb in VERBS.items():
        app.command(name)(verb)
