"""The verb charter: what the agent is for and how each rule is kept, and every deed of the Charter page."""

from __future__ import annotations

from typing import Annotated, Any, cast, get_args

import typer

from studio.cli.edit import DryRun, carry_out, parsed
from studio.cli.output import JsonFlag, put_json, say, table
from studio.cli.places import HERE, Who, Workspace, workbench
from studio.domain.errors import WrongUse

charter_app = typer.Typer(
    name="charter",
    help="What the agent is for, how far it goes, who answers, how each rule is kept; and edits of it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
_PARTS = (
    ("What it is for", ("purpose", "audience", "channel")),
    ("What it says about itself", ("ai_disclosure", "capabilities", "cannot", "tone")),
    ("Technology", ("technology",)),
    ("The company’s AI policy", ("company_policy",)),
    ("Kinds of requests", ("portfolio",)),
    ("Thresholds", ("readiness",)),
    ("What it costs and saves", ("economics",)),
)


@charter_app.command("show")
def charter_show(workspace: Workspace = HERE, as_json: JsonFlag = False) -> None:
    """Show the charter of the draft, and what its level of autonomy demands."""
    from studio.domain.charter_terms import AUTONOMY_TITLES, ROLE_WORDS, ROLES
    from studio.domain.frozen import to_json
    from studio.services.queries.charter import ShowCharter
    from studio.services.wording import describe

    with workbench(workspace) as bench:
        page = bench.ask(ShowCharter())
    charter = page.draft.charter
    tree = to_json(charter)
    if as_json:
        put_json({"charter": tree, "demands": page.demands, "enforcement": list(page.enforced.values())})
        return
    for heading, fields in _PARTS:
        lines = [describe(f"charter/{field}", tree.get(field)) for field in fields]
        said = [line for text in lines for line in text.splitlines() if line.strip()]
        say(f"{heading}:")
        for line in said or ["nothing yet"]:
            say(f"  {line}")
    say("Who answers for it:")
    for role in ROLES:
        after = "  (owns performance after launch)" if role == charter.performance_owner else ""
        say(f"  {ROLE_WORDS[role]}: {charter.owner(role) or 'nobody'}{after}")
    say(f"Autonomy level {charter.autonomy}: {AUTONOMY_TITLES[charter.autonomy]}. It demands:")
    for demand in page.demands[charter.autonomy]:
        sign = {True: "✓", False: "✕", None: "–"}[demand.met]
        say(f"  {sign} {demand.title}" + ("" if demand.met else f": {demand.why}"))


@charter_app.command("rules")
def charter_rules(
    words: Annotated[str, typer.Argument(help="Only rules with these words.")] = "",
    kept: Annotated[
        str, typer.Option(help="Only rules kept so: guard, tool permission, step, text only.", metavar="HOW")
    ] = "",
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """List the rules with how each is really kept."""
    from studio.services.queries.charter import ShowCharter

    ways = ("guard", "tool permission", "step", "text only")
    if kept and kept not in ways:
        raise WrongUse(f"“{kept}” is no way to keep a rule.", f"Choose one of {', '.join(ways)}.")
    with workbench(workspace) as bench:
        page = bench.ask(ShowCharter())
    wanted = words.casefold().split()
    found = [
        rule
        for rule in page.draft.charter.rules
        if all(word in f"{rule.id} {rule.title} {rule.text}".casefold() for word in wanted)
        and (not kept or page.enforced[rule.id].how == kept)
    ]
    if as_json:
        put_json([{"rule": rule, "enforcement": page.enforced[rule.id]} for rule in found])
        return
    rows = [
        (rule.id, rule.kind.value, rule.severity, page.enforced[rule.id].how, rule.title) for rule in found
    ]
    table(("id", "kind", "severity", "kept by", "title"), rows)
    bare = sum(page.enforced[rule.id].how == "text only" for rule in found)
    if bare:
        say(f"{bare} kept by words only: a model is asked to keep them, nothing makes it.")


@charter_app.command("rule")
def charter_rule(
    rule_id: Annotated[str, typer.Argument(help="The rule, as R-07.", metavar="RULE")],
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Show one rule: its words, how it is kept, where it is written, what refers to it."""
    from studio.domain.frozen import to_json
    from studio.services.authoring.rules import rule_of
    from studio.services.queries.charter import ShowCharter
    from studio.services.wording import describe

    with workbench(workspace) as bench:
        page = bench.ask(ShowCharter())
    rule = rule_of(page.draft, rule_id)
    enforced, uses = page.enforced[rule_id], page.uses.get(rule_id, ())
    if as_json:
        put_json({"rule": rule, "enforcement": enforced, "uses": uses})
        return
    say(f"{rule.id} " + describe(f"charter/rules/{rule.id}", to_json(rule)))
    say(f"Kept by: {'words only' if enforced.how == 'text only' else enforced.how}. {enforced.why}")
    for citation in rule.citations:
        quote = " ".join(citation.quote.split())
        say(f"Written in: {citation.source_name}, {citation.anchor.label}: “{quote}”")
    for use in uses:
        say(f"Refers to it: {use}")


@charter_app.command("do")
def charter_do(
    deed: Annotated[str, typer.Argument(help="The deed, as “add rule”; `charter deeds` lists them.")],
    item: Annotated[str, typer.Argument(help="The rule, kind of request, threshold, role or text.")] = "",
    given: Annotated[
        list[str] | None, typer.Option("--with", help="What is given with it; repeat.", metavar="NAME=VALUE")
    ] = None,
    dry_run: DryRun = False,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Do one deed of the Charter page.

    \b
    Examples:
      cobuilder charter do "set autonomy" --with level=1
      cobuilder charter do "set performance owner" analytics
      cobuilder charter do "add rule" never --with title="No refunds in cash" --with text="Never pay cash."
      cobuilder charter do "place intent" where-is-my-refund --with complexity=simple --with emotion=charged
      cobuilder charter do "set economics" --with containment=0.55
      cobuilder charter do "set policy" --with 'data_classes=["public", "internal"]'
    """
    from studio.domain.charter_edit import CharterDeed, CharterWish
    from studio.services.authoring.charter_wishes import fulfil_wish
    from studio.services.queries.charter import ShowCharter

    if deed not in get_args(CharterDeed):
        raise WrongUse(f"“{deed}” is no deed of the charter.", "`cobuilder charter deeds` lists them.")
    wish = CharterWish(deed=cast(CharterDeed, deed), item=item, given=_given(given or []))
    with workbench(workspace, who) as bench:
        page = bench.ask(ShowCharter())
        carry_out(bench, page.draft, fulfil_wish(page.draft, wish, page.taken), dry_run, as_json)


def _given(pairs: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise WrongUse(f"“{pair}” gives nothing.", "Write it as NAME=VALUE.")
        found[name] = parsed(value)
    return found


@charter_app.command("deeds")
def charter_deeds(as_json: JsonFlag = False) -> None:
    """List the deeds that `charter do` knows, each with what it takes."""
    from studio.services.authoring.charter_wishes import TAKES

    if as_json:
        put_json(TAKES)
        return
    table(
        ("deed", "item", "with"), [(deed, item or "–", takes or "–") for deed, (item, takes) in TAKES.items()]
    )


@charter_app.command("economics")
def charter_economics(
    containment: Annotated[
        float | None, typer.Option(help="Another share settled without a person, 0 to 1.", min=0, max=1)
    ] = None,
    workspace: Workspace = HERE,
    as_json: JsonFlag = False,
) -> None:
    """Work out what the agent costs and saves in a month, passing the rest through included."""
    from studio.services.charter_wording import economics_lines
    from studio.services.queries.charter import ShowCharter

    with workbench(workspace) as bench:
        figures = bench.ask(ShowCharter()).draft.charter.economics
    if figures is None:
        raise WrongUse(
            "Nobody has put figures down yet.", '`cobuilder charter do "set economics" --with volume=1000 …`'
        )
    if containment is not None:
        figures = figures.model_copy(update={"containment": containment})
    if as_json:
        put_json(
            {
                "figures": figures,
                "net_effect": figures.net_effect(),
                "before": figures.before,
                "after": figures.after(),
                "passing_through": figures.passing_on_total,
                "break_even": figures.break_even(),
                "months_to_pay_back": figures.months_to_pay_back(),
            }
        )
        return
    for line in economics_lines(figures.model_dump(mode="json")):
        say(line)
    say(f"Of it, passing the rest through costs {figures.passing_on_total:,.0f} {figures.currency}")


def register(app: typer.Typer) -> None:
    """Add the verbs to the command."""
    app.add_typer(charter_app)
