"""The verbs policy new and policy take: IT writes down who may approve, with which public keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.output import say
from studio.cli.places import read_bytes
from studio.domain.errors import WrongUse

if TYPE_CHECKING:
    from studio.services.policy_file import Approver

policy_app = typer.Typer(
    name="policy",
    help="IT's approval policy: who may approve, in which role, with which key.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def _approver(text: str) -> Approver:
    from studio.services.policy_file import Approver

    parts = text.split(":", 3)
    if len(parts) != 4 or not all(parts):
        raise WrongUse(
            f"“{text}” does not say who may approve.",
            "Write it as ID:NAME:ROLE:PUBLIC-KEY-FILE; several roles with a plus sign, as author+it.",
        )
    strange = sorted(set(parts[2].split("+")) - {"author", "compliance", "it"})
    if strange:
        raise WrongUse(f"“{strange[0]}” is no role.", "Choose from author, compliance and it.")
    pem = read_bytes(Path(parts[3]), "The public key").decode(errors="replace")
    begin = pem.find("-----BEGIN")
    return Approver(parts[0], parts[1], tuple(parts[2].split("+")), pem[max(begin, 0) :])


@policy_app.command("new")
def policy_new(
    file: Annotated[Path, typer.Argument(help="The file to write, as approval-policy.json.")],
    agent: Annotated[
        str, typer.Option(help="The id of the agent it is for, as returns-assistant.", metavar="ID")
    ],
    person: Annotated[
        list[str],
        typer.Option(help="Who may approve; repeat for each.", metavar="ID:NAME:ROLE:PUBLIC-KEY-FILE"),
    ],
) -> None:
    """Write an approval policy; its keys count from now on, for a year.

    \b
    Example:
      cobuilder policy new approval-policy.json --agent returns-assistant \\
        --person ana:'Ana Silva':author:ana.pub.pem \\
        --person ben:'Ben Okoro':compliance:ben.pub.pem \\
        --person chi:'Chi Nguyen':it:chi.pub.pem
    """
    from studio.assembly import now
    from studio.domain.frozen import canonical
    from studio.release.policy import check_policy
    from studio.services.policy_file import new_policy
    from studio.services.stages.exporting import write_whole

    if file.exists():
        raise WrongUse(f"{file} is there already.", "Name another file; a policy is never overwritten.")
    policy = new_policy(agent, [_approver(text) for text in person], now())
    check_policy(policy)
    write_whole(file, canonical(policy))
    say(f"Wrote {file}: {len(policy.people)} people may approve releases of {agent}.")


def register(app: typer.Typer) -> None:
    """Add the verbs to the command."""
    from studio.cli.key_words import policy_take

    policy_app.command("take")(policy_take)
    app.add_typer(policy_app)
