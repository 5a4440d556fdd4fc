"""Verbs that say what sources are: what a document is and where it holds, and which kinds weigh more."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer

from studio.cli.output import JsonFlag, put_json, say
from studio.cli.places import HERE, Who, Workspace, workbench
from studio.domain.errors import WrongUse

Source = Annotated[str, typer.Argument(help="The source, as S-01.")]
LISTS = ("regions", "segments", "channels", "products", "workflows")
FIELDS = (
    *("name", "authority", "owner", "effective_from", "effective_until", "review_by", "audience"),
    *("permission", "supersedes", *LISTS),
)
DATES = ("effective_from", "effective_until", "review_by")


def day(text: str | None) -> date | None:
    """Return a date written as 2026-12-01; raises WrongUse."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise WrongUse(f"“{text}” is not a date.", "Write it as 2026-12-01.") from None


def describe(
    source: Source,
    fields: Annotated[
        list[str] | None,
        typer.Argument(
            help="FIELD=VALUE: name, authority, owner, effective_from, effective_until, review_by, audience, "
            "permission, supersedes, regions, segments, channels, products, workflows; empty clears.",
            metavar="FIELD=VALUE…",
        ),
    ] = None,
    take: Annotated[bool, typer.Option("--take", help="Take every value that the document states.")] = False,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Say what a source is; without fields, show what the document states about itself.

    \b
    Examples:
      cobuilder source describe S-03
      cobuilder source describe S-03 owner='Returns team' regions=EU,US review_by=2027-03-01
      cobuilder source describe S-03 --take
    """
    from studio.services.commands import DescribeSource
    from studio.services.queries.governance import SuggestFields

    given = dict(_field(text) for text in fields or ())
    with workbench(workspace, who) as bench:
        rows = bench.ask(SuggestFields(source)) if take or not given else ()
        if take:
            given = {**{r.suggestion.field: r.suggestion.value for r in rows if r.kind == "confirm"}, **given}
        if given:
            scope = {name: _list(given.pop(name)) for name in LISTS if name in given}
            say(bench.do(DescribeSource(source, _values(given, scope, bench, source))).title)
            return
    if as_json:
        put_json(rows)
        return
    for row in rows:
        mark = "✓" if row.kind == "same" else "?"
        quote = " ".join(row.suggestion.quote.split())
        say(f"{mark} {row.suggestion.field}: {row.suggestion.value}  (the document says “{quote}”)")


def _field(text: str) -> tuple[str, str]:
    from studio.domain.source import Authority

    name, sign, value = text.partition("=")
    if not sign:
        raise WrongUse(f"“{text}” says no value.", "Write it as FIELD=VALUE.")
    if name not in FIELDS:
        raise WrongUse(f"A source has no field “{name}”.", f"Choose from: {', '.join(FIELDS)}.")
    chosen = {"authority": tuple(Authority), "permission": ("may be quoted", "internal")}.get(name)
    if chosen and value and value not in chosen:
        raise WrongUse(f"“{value}” is no {name}.", f"Choose from: {', '.join(chosen)}.")
    return name, value


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _values(given: dict[str, str], scope: dict[str, Any], bench: Any, source_id: str) -> dict[str, Any]:
    from studio.services.queries.sources import ShowSource

    values: dict[str, Any] = {n: (day(v) if n in DATES else v) or None for n, v in given.items()}
    if scope:
        known = bench.ask(ShowSource(source_id)).source.applies_to
        values["applies_to"] = known.model_copy(update=scope)
    return values


def order(
    kinds: Annotated[
        list[str] | None,
        typer.Argument(help="Every kind of document, the weightiest first.", metavar="KIND…"),
    ] = None,
    workspace: Workspace = HERE,
    who: Who = "",
    as_json: JsonFlag = False,
) -> None:
    """Show or change which kinds of documents weigh more where two disagree.

    \b
    Examples:
      cobuilder source order
      cobuilder source order regulation sop policy 'knowledge article' note
    """
    from studio.domain.source import Authority
    from studio.services.commands import OrderAuthorities
    from studio.services.queries.governance import ShowAuthorities

    unknown = [kind for kind in kinds or () if kind not in set(Authority)]
    if unknown:
        raise WrongUse(f"“{unknown[0]}” is no kind of document.", f"Name all of: {', '.join(Authority)}.")
    with workbench(workspace, who) as bench:
        if kinds:
            say(bench.do(OrderAuthorities(tuple(Authority(kind) for kind in kinds))).title)
            return
        now = bench.ask(ShowAuthorities())
    if as_json:
        put_json(now)
    else:
        for number, kind in enumerate(now, start=1):
            say(f"{number}. {kind}")
