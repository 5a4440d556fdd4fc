"""IT's verbs on the evidence of a bundle: recompute it apart, and give it out in standard formats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.output import JsonFlag, put_json, say, working
from studio.cli.places import read_bytes

File = Annotated[Path, typer.Argument(help="The bundle, as NAME-2.cobundle.", metavar="BUNDLE")]


def bundle_recompute(
    file: File,
    seconds: Annotated[int, typer.Option(min=1, help="Stop after so much processor time.")] = 900,
    memory: Annotated[int, typer.Option(min=512, help="Stop at so many megabytes of memory.")] = 4096,
    as_json: JsonFlag = False,
) -> None:
    """Work out the evidence again from the bundle alone: simulations, coverage, consequences, proofs.

    It runs in a process of its own that gives up network, other programs, writing, and more than the time
    and memory allowed. Each part is verified (the same again), attested (cannot be worked out here: those
    who approved vouch for it), stale (another version made it) or contradicted. Exit code 1 unless all is
    verified or attested.

    \b
    Example:
      cobuilder bundle recompute returns-assistant-2.cobundle --json
    """
    from studio import assembly

    data = read_bytes(file, "The bundle")
    with working("Working out the evidence again", as_json):
        results = assembly.recompute_apart(data, seconds, memory)
    if as_json:
        put_json(results)
    else:
        for result in results:
            say(f"{result.verdict}: {result.sentence}")
            if result.verdict in ("stale", "contradicted"):
                say(f"  claimed {result.claimed_digest}\n  here    {result.computed_digest}")
    raise typer.Exit(0 if results and all(r.verdict in ("verified", "attested") for r in results) else 1)


def bundle_export_standard(
    file: File,
    folder: Annotated[Path, typer.Argument(help="A folder to write into; made if missing.", metavar="DIR")],
    as_json: JsonFlag = False,
) -> None:
    """Write what other tools read: in-toto statements, SARIF of the checks, JUnit of the tests.

    The envelopes of all approvals stand beside them, byte by byte, for cosign and other DSSE verifiers.
    Signatures are not judged here: verify first.

    \b
    Example:
      cobuilder bundle export-standard returns-assistant-2.cobundle standard
    """
    from studio.domain.errors import WrongUse
    from studio.release import container
    from studio.release.standard import standard_files
    from studio.release.verification import open_bundle
    from studio.services.whole_file import write_whole

    data = read_bytes(file, "The bundle")
    found = standard_files(open_bundle(data), container.unpack(data))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongUse(f"{folder} cannot be made: {error.strerror}.", "Choose another folder.") from error
    for name in sorted(found):
        write_whole(folder / name, found[name])
    if as_json:
        put_json({"folder": str(folder), "files": sorted(found)})
        return
    for name in sorted(found):
        say(str(folder / name))


def register(bundle_app: typer.Typer) -> None:
    """Add the verbs to those of a bundle."""
    bundle_app.command("recompute")(bundle_recompute)
    bundle_app.command("export-standard")(bundle_export_standard)
