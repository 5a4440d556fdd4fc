"""Groups of the command line that import and build a verb when it is asked for, not before.

- The names and the lines of a group's help need no verb to be built: building all takes 0.25 s.
- `commands` looks like a dictionary, so that all the parser does with a group (help, suggestions) works on.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, MutableMapping
from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_from_info, get_command_name, get_group_from_info

if TYPE_CHECKING:
    from typer.models import CommandInfo, TyperInfo

Build = Callable[[], Any]


class Unbuilt(MutableMapping[str, Any]):
    """The verbs of a group: their lines are known, and each is built when it is taken out."""

    def __init__(self, verbs: dict[str, tuple[str, Build]]) -> None:
        """Take what makes each verb, and its line."""
        self.verbs = verbs
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            self._built[name] = self.verbs[name][1]()
        return self._built[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self.verbs[name] = (command.help or "", lambda: command)
        self._built.pop(name, None)

    def __delitem__(self, name: str) -> None:
        del self.verbs[name]
        self._built.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self.verbs)

    def __len__(self) -> int:
        return len(self.verbs)

    def __contains__(self, name: object) -> bool:
        return name in self.verbs


class LazyGroup(TyperGroup):
    """A group whose help is written without building its verbs."""

    def get_help_option(self, ctx: Any) -> Any:
        """Return `--help` as not asked for unless it is: to judge neither yes nor no takes pydantic."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.default = False
        return option

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the names and lines as any group does, with verbs that have nothing but these."""
        if not isinstance(self.commands, Unbuilt):
            super().format_commands(ctx, formatter)
            return
        told = self.commands.verbs.items()
        lines: dict[str, Any] = {name: TyperCommand(name, help=line) for name, (line, _) in told}
        TyperGroup(name=self.name, commands=lines).format_commands(ctx, formatter)


def taken_out(app: typer.Typer, name: str) -> Any:
    """Build the verb or group of this name, which is registered in `app`; a group's verbs are built later."""
    for info in app.registered_commands:
        if _name(info) == name:
            return _verb(app, info)
    for each in app.registered_groups:
        if each.typer_instance is not None and each.typer_instance.info.name == name:
            return _group(app, each)
    raise LookupError(name)


def _group(app: typer.Typer, info: TyperInfo) -> TyperGroup:
    assert info.typer_instance is not None
    verbs: dict[str, tuple[str, Build]] = {
        _name(each): (_text(each), partial(_verb, app, each))
        for each in info.typer_instance.registered_commands
    }
    bare = copy(info)
    bare.cls, bare.typer_instance = LazyGroup, copy(info.typer_instance)
    bare.typer_instance.registered_commands = []
    group = get_group_from_info(
        bare,
        pretty_exceptions_short=app.pretty_exceptions_short,
        rich_markup_mode=app.rich_markup_mode,
        suggest_commands=app.suggest_commands,
    )
    group.commands = Unbuilt(verbs)
    return group


def _name(info: CommandInfo) -> str:
    return info.name or get_command_name(getattr(info.callback, "__name__", ""))


def _text(info: CommandInfo) -> str:
    return inspect.cleandoc(info.help) if info.help else inspect.getdoc(info.callback) or ""


def _verb(app: typer.Typer, info: CommandInfo) -> Any:
    return get_command_from_info(
        info, pretty_exceptions_short=app.pretty_exceptions_short, rich_markup_mode=app.rich_markup_mode
    )
