"""Verbs of what a reviewer sends back: merge it, choose where two decided otherwise, the keys known here."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import JsonFlag, put_json, say, table
from studio.cli.places import HERE, Who, Workspace, read_bytes, workbench
from studio.cli.review_places import place_of
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.services.queries.review_package import MergePage

MARKS = {"new": "+", "known": "=", "moved on": "!", "held": "!", "different": "?", "void": "!"}


def review_merge(
    reply: Annotated[Path, typer.Argument(help="The reply, a .cobreply file.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be merged.")] = False,
    heard: Annotated[
        str,
        typer.Option(
            "--fingerprint",
            help="The fingerprint that the reviewer read to you: if it is that of the key which signed the "
            "reply, the key is known as theirs from now on.",
        ),
    ] = "",
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Take over what a reviewer sent back; what was decided otherwise here is left for a person to choose.

    \b
    Examples:
      cobuilder review merge carl.cobreply --dry-run
      cobuilder review merge carl.cobreply --fingerprint 'K3F2 9QXA 11CD 0PQR 5STV 7WXY'
    """
    from studio.services.commands import MergeReply
    from studio.services.queries.review_package import ShowMerge

    data = read_bytes(reply, "The reply")
    with workbench(workspace, who) as bench:
        page = bench.ask(ShowMerge(data, bench.outside.who, heard))
        title = page.sentence if dry_run else bench.do(MergeReply(data, heard)).title
    if as_json:
        put_json({"done": "" if dry_run else title, "reply": page})
        return
    _say_reply(page)
    say(title)
    if not dry_run and any(line.state == "different" for line in page.lines) and not page.already:
        say("Choose with `cobuilder review settle P-01/C-03 --theirs` or `--ours`.")
    if page.seal == "unknown":
        say(f"Where {page.reviewer} reads you this fingerprint, say it with --fingerprint: it is known then.")


def _say_reply(page: MergePage) -> None:
    say(f"From {page.reviewer}, {page.made_at[:10]}, check number {page.number}")
    if page.seal != "none":
        say(f"  {'✓' if page.seal == 'known' else '!'} {page.signed}")
    if page.already:
        return
    for warning in page.unsigned:
        say(f"  ! {warning}")
    for line in page.lines:
        say(f"  {MARKS[line.state]} {line.sentence}")


def review_keys(
    forget: Annotated[
        str, typer.Option(help="Forget a key again: its owner, or its fingerprint.", metavar="WHICH")
    ] = "",
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """List the reviewers' keys that somebody here compared; those of IT's policy are known besides."""
    from studio.domain.review_approval import same_person
    from studio.release.keys import compare_fingerprint
    from studio.services.commands import ForgetReviewerKey
    from studio.services.queries.review_package import ShowApprovals

    with workbench(workspace, who) as bench:
        known = bench.ask(ShowApprovals(bench.outside.who)).keys
        if forget:
            chosen = [
                key
                for key in known
                if same_person(key.person, forget) or not compare_fingerprint(forget, key.fingerprint)
            ]
            if len(chosen) != 1:
                what = "No key" if not chosen else "More than one key"
                raise WrongUse(
                    f"{what} is known here by “{forget}”.", "`cobuilder review keys` lists them: name one."
                )
            say(bench.do(ForgetReviewerKey(chosen[0].key_id)).title)
            return
    if as_json:
        put_json(known)
        return
    rows = [(key.person, key.fingerprint, key.by, key.at[:10]) for key in known]
    table(("whose", "fingerprint", "compared by", "on"), rows)


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
        place = place_of(bench, change)
        open_ones = bench.ask(ShowApprovals(bench.outside.who)).differences
        found = [each for each in open_ones if (each.proposal_id, each.change_id) == place]
        if not found:
            raise WrongUse(
                f"Nothing about {change} is left to choose.", "`cobuilder review approvals` lists it."
            )
        say(bench.do(SettleDifference(found[-1].reply_id, *place, theirs)).title)
