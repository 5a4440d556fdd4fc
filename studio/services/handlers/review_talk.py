"""What people say to each other about a change: remarks, replies, questions to somebody."""

from __future__ import annotations

import re

from studio.domain.errors import WrongUse
from studio.domain.review import Comment
from studio.services.commands import CommentOnChange
from studio.services.effects import Effect, Surroundings
from studio.services.handlers.review_desk import Desk, event, record

_NUMBER = re.compile(r"(\d+)$")


def comment(command: CommentOnChange, around: Surroundings) -> Effect:
    """Keep a remark on a change, a reply to one, or a question to somebody."""
    desk = Desk(command.proposal_id, around)
    change = desk.change(command.change_id)
    about = tuple(dict.fromkeys(desk.change(each).id for each in command.about if each != change.id))
    if not command.text.strip():
        raise WrongUse("The comment is empty.", "Write what should be said about the change.")
    known = around.unit.comments.all()
    first = _thread(known, desk.proposal.id, command.reply_to) if command.reply_to else None
    remark = Comment(
        id=f"{desk.proposal.id}/{change.id}/{_next_number(known)}",
        proposal_id=desk.proposal.id,
        change_id=first.change_id if first else change.id,
        by=around.who,
        at=around.now,
        text=command.text.strip(),
        reply_to=first.id if first else None,
        asks=command.asks,
        about=about or None,
    )
    sentence = f"{_verb(remark)} {change.id}: {change.title}"
    return Effect(
        title=sentence,
        events=(event("ChangeCommented", sentence, {"comment"}, *remark.changes),),
        records=(record("comment", remark.id, None, remark),),
    )


def _verb(remark: Comment) -> str:
    if remark.asks is not None:
        return f"Asked {remark.asks.words} about"
    return "Replied on" if remark.reply_to else "Commented on"


def _thread(known: tuple[Comment, ...], proposal_id: str, named: str) -> Comment:
    """Return the remark that begins a thread, named by itself, its number, or one of its replies."""
    for each in known:
        if each.proposal_id == proposal_id and named in (each.id, each.id.rpartition("/")[2]):
            return _thread(known, proposal_id, each.reply_to) if each.reply_to else each
    raise WrongUse(
        f"Nobody said “{named}” about {proposal_id}.",
        f"`cobuilder review show {proposal_id} CHANGE` shows the remarks by number.",
    )


def _next_number(known: tuple[Comment, ...]) -> int:
    numbers = [int(found[1]) for each in known if (found := _NUMBER.search(each.id))]
    return max(numbers, default=0) + 1
