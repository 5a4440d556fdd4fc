"""What a decision on changes confirms: a person who accepted a change has seen its sentence and its place.

- A statement is confirmed when every change that cites it is decided and at least one was accepted,
  or when an accepted change touched one of its places and nothing was suspect about it before.
"""

from __future__ import annotations

from dataclasses import replace

from studio.domain.changeset import ChangeSet, apply
from studio.domain.governance import Confirmation
from studio.domain.places import Place, item_path
from studio.domain.proposal import ProposedChange
from studio.domain.review import Decision
from studio.domain.source import Source
from studio.domain.statement import Statement
from studio.services.accounting import Accounts, accounts, key_of, place_digests
from studio.services.effects import Surroundings
from studio.services.standing import Standing


def _touches(paths: frozenset[str], places: tuple[Place, ...]) -> bool:
    return any(place.path in paths for place in places)


def _cited(changes: tuple[ProposedChange, ...]) -> frozenset[str]:
    return frozenset(cite.fingerprint for change in changes for cite in change.citations)


def _settles(stand: Standing, statement: Statement, accepted: frozenset[str]) -> bool:
    waiting = _cited(tuple(change for _, change in stand.undecided))
    return statement.fingerprint in accepted and statement.fingerprint not in waiting


def confirmations(
    around: Surroundings,
    stand: Standing,
    edit: ChangeSet,
    accepted: tuple[ProposedChange, ...],
    decisions: tuple[Decision, ...],
) -> tuple[Confirmation, ...]:
    """Return what these decisions confirm, given the standing before them."""
    if not accepted:
        return ()
    after = replace(
        stand,
        draft=apply(stand.draft, edit),
        decisions={**stand.decisions, **{each.id: each for each in decisions}},
    )
    before_accounts, after_accounts = accounts(stand), Accounts(after)
    touched = frozenset(item_path(change.path) for change in edit.changes)
    taken = _cited(accepted)

    def confirmed(source: Source, statement: Statement) -> Confirmation | None:
        places = after_accounts.places(source, statement)
        quiet = before_accounts.suspicion(source, statement) is None and _touches(touched, places)
        if not places or not (quiet or _settles(after, statement, taken)):
            return None
        return Confirmation(
            id=key_of(source.id, statement.id),
            fingerprint=statement.fingerprint,
            places=place_digests(after.draft, places),
            by=around.who,
            at=around.now,
        )

    found = (
        confirmed(source, statement)
        for source in stand.current_sources
        for statement in stand.statements(source)
    )
    return tuple(each for each in found if each is not None)
