"""The table of contents of the command line says what the verbs' modules say."""

from __future__ import annotations

from studio.cli import main
from studio.cli.verbs import VERBS


def test_the_table_says_what_the_verbs_say() -> None:
    """`cobuilder --help` shows each verb's own first sentence, at any width, though it imports no verb."""
    for name, (_, line) in VERBS.items():
        built = main.verb(name)
        assert built.name == name
        told = type(built)(name=name, help=line)
        for width in range(30, 140, 10):
            assert told.get_short_help_str(width) == built.get_short_help_str(width), name


def test_no_verb_is_left_out_of_the_table() -> None:
    """What a module registers can be called: the table names it."""
    for name in VERBS:
        main.verb(name)
    verbs = {each.name for each in main.registered.registered_commands}
    groups = {each.typer_instance.info.name for each in main.registered.registered_groups}  # type: ignore[union-attr]
    assert verbs | groups == set(VERBS)
    assert not verbs & groups
