"""The command `cobuilder`: verbs in groups, errors as one sentence, exit codes that scripts can trust.

- 0 done · 1 the answer is no · 2 wrong use · 3 broken input · 4 internal fault.
- A verb's module is imported when the verb is asked for (`verbs.VERBS` is the table of contents), and nothing
  heavy before it runs; only `open` and `demo` ever import Qt.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache, partial
from importlib import import_module
from typing import Annotated, Any

import typer

from studio import __version__
from studio.cli.lazy import LazyGroup, Unbuilt, taken_out
from studio.cli.output import note
from studio.cli.verbs import VERBS
from studio.domain.errors import StudioError

registered = typer.Typer(rich_markup_mode=None, pretty_exceptions_enable=False)


@cache
def _register(module: str) -> None:
    import_module(f"studio.cli.{module}").register(registered)


def verb(name: str) -> Any:
    """Build a verb or a group, importing only its modules."""
    for module in VERBS[name][0].split():
        _register(module)
    return taken_out(registered, name)


class _Root(LazyGroup):
    """The command itself."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = Unbuilt({name: (line, partial(verb, name)) for name, (_, line) in VERBS.items()})


app = typer.Typer(
    name="cobuilder",
    cls=_Root,
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "CoBuilder Studio: governed changes for agents that talk with customers.\n\n"
        "From a document to a signed release:\n\n"
        "\b\n"
        "  cobuilder new returns --sample returns_assistant\n"
        "  cd returns\n"
        "  cobuilder source add ~/returns-policy-2026.md --supersedes S-01\n"
        "  cobuilder propose S-03\n"
        "  cobuilder review list P-01\n"
        "  cobuilder review accept P-01 C-01\n"
        "  cobuilder source conflicts\n"
        "  cobuilder check && cobuilder simulate\n"
        "  cobuilder release plan --policy approval-policy.json\n"
        "  cobuilder approve --role author --person 'Ana Silva' --key ana\n"
        "  cobuilder export .\n\n"
        "Without a verb the window opens. `cobuilder demo` runs all of this on a sample.\n\n"
        "Exit codes: 0 done, 1 the answer is no (a check failed, a bundle was refused), 2 wrong use, "
        "3 broken input, 4 internal fault. Nothing here contacts another computer, unless you set up a "
        "language model (`cobuilder model`) or pull from an address (`cobuilder repo pull`)."
    ),
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"cobuilder {__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def cobuilder(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Open the window when no verb is given."""
    if context.invoked_subcommand is None:
        from studio.cli.window import open_window

        raise typer.Exit(open_window(None))


@cache
def _command() -> Callable[..., object]:
    """Return the command; its verbs are built when they are asked for, once a process."""
    return typer.main.get_command(app)


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    try:
        code = _command()(args=arguments, standalone_mode=False)
    except StudioError as error:
        note(f"cobuilder: {error}")
        return error.exit_code
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("cobuilder: stopped.", err=True)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except Exception as error:
        return _unexpected(error)
    return code if isinstance(code, int) else 0


def _unexpected(error: Exception) -> int:
    """Say what went wrong: wrong use in the parser's words, anything else as an internal fault."""
    shown = getattr(error, "format_message", None)
    if shown is not None:
        context = getattr(error, "ctx", None)
        where = f" See `{context.command_path} --help`." if context else ""
        said = _plainly(shown()).rstrip(".")
        note(f"cobuilder: {said}{'' if said.endswith('?') else '.'}{where}")
        return 2
    if isinstance(error, OSError) and error.filename is not None and error.strerror:
        note(f"cobuilder: {error.filename} cannot be used: {error.strerror}. Check the path and its rights.")
        return 2
    note(
        f"cobuilder: an internal fault ({type(error).__name__}: {error}). Nothing was changed. "
        "Please report it with what you did."
    )
    return 4


def _plainly(said: str) -> str:
    """Return what the parser says of a number, as people say it."""
    for theirs, ours in _PARSER_WORDS.items():
        said = said.replace(theirs, ours)
    return said


_PARSER_WORDS = {
    ", unable to parse string as an integer": "",
    ", unable to parse string as a number": "",
    "Input should be a valid integer": "it must be a whole number",
    "Input should be a valid number": "it must be a number",
    "Input should be greater than or equal to": "it must be at least",
    "Input should be less than or equal to": "it must be at most",
}
