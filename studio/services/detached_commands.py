"""Intentions about approvals that were signed on other computers."""

from __future__ import annotations

from dataclasses import dataclass

from studio.services.commands import Command


@dataclass(frozen=True, slots=True)
class TakeApproval(Command):
    """Take in an approval file that somebody sent, if it is of exactly the present content."""

    undoable = False
    name: str
    data: bytes
