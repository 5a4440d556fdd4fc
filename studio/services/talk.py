"""The conversation with CoBuilder as the workspace keeps it: the last requests and what was said to them.

- It is no part of the agent and of no release; undo takes a proposal back, the words stay, and say so.
"""

from __future__ import annotations

from studio.domain.frozen import Frozen, canonical
from studio.domain.request import Exchange
from studio.ports import UnitOfWork

MOST = 60
_TALK = "conversation"


class _Kept(Frozen):
    exchanges: tuple[Exchange, ...] = ()


def exchanges(unit: UnitOfWork) -> tuple[Exchange, ...]:
    """Return what was said, oldest first."""
    text = unit.setting(_TALK)
    return () if text is None else _Kept.model_validate_json(text).exchanges


def keep_exchange(unit: UnitOfWork, said: Exchange) -> None:
    """Keep one more exchange, and no more than the last of them."""
    kept = (*exchanges(unit), said)[-MOST:]
    unit.keep_setting(_TALK, canonical(_Kept(exchanges=kept)).decode())


def last_items(unit: UnitOfWork) -> tuple[str, tuple[str, ...]]:
    """Return the words that name what the conversation spoke of last, and each item it spoke of then."""
    for said in reversed(exchanges(unit)):
        if said.reply.understood:
            return said.reply.about, said.reply.listed
    return "", ()
