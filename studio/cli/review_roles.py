"""Verbs of roles in a review: approve, approvals, roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.output import JsonFlag, put_json, say
from studio.cli.places import HERE, Who, Workspace, workbench
from studio.cli.review_places import LookedAt, Role, role_of, seen_of

if TYPE_CHECKING:
    from studio.domain.review_approval import ReviewRole
    from studio.services.queries.review_package import ApprovalPage


_SIGNED = "count only if signed with a key that is known here"
_TOLD = "count; whoever merges is told what is not signed"


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
        seen = seen_of(bench, looked_at)
        decision: Any = "request changes" if request else "approve"
        say(bench.do(ApproveReview(role_of(role), decision, request or comment, (), seen)).title)


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
    signed: Annotated[
        bool | None,
        typer.Option(
            "--signed/--unsigned",
            help="Approvals that come in a file count only if signed with a key that is known here; or do "
            "without.",
            show_default=False,
        ),
    ] = None,
    workspace: Workspace = HERE,
    who: Who = "",
) -> None:
    """Show or set which roles have to approve a review, who may not, and whether files must be signed.

    \b
    Example:
      cobuilder review roles --required compliance,qa --apart compliance --signed
    """
    from studio.services.commands import SetReviewPolicy
    from studio.services.queries.review_package import ShowApprovals

    def roles(text: str) -> tuple[ReviewRole, ...]:
        names = [name.strip() for name in text.split(",") if name.strip() not in ("", "none")]
        return tuple(role_of(name) for name in dict.fromkeys(names))

    with workbench(workspace, who) as bench:
        page = bench.ask(ShowApprovals(bench.outside.who))
        if required is None and apart is None and signed is None:
            names = ", ".join(row.name for row in page.roles if row.required)
            say(f"Have to approve: {names or 'no role'}")
            say(f"Not their own work: {', '.join(page.apart) or 'no role'}")
            say(f"Approvals that come in a file: {_SIGNED if page.signed else _TOLD}")
            return
        kept = tuple(row.role for row in page.roles if row.required)
        held = tuple(row.role for row in page.roles if row.name in page.apart)
        command = SetReviewPolicy(
            kept if required is None else roles(required),
            held if apart is None else roles(apart),
            page.signed if signed is None else signed,
        )
        say(bench.do(command).title)
