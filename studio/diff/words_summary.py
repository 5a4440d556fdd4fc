"""Changes in words: one plain English sentence for each change of a change set.

- Written by rules, so the same change always reads the same. Each sentence stands alone: it says in which
  workflow its step is. A summary of them all is `studio.diff.summary`.
- Parts are called by their titles; ids appear only where people say them ("R-07").
"""

from __future__ import annotations

from studio.diff.agents import is_layout
from studio.diff.naming import Names, listed, quoted
from studio.diff.subjects import subject_of
from studio.diff.telling import place, tell, thing_of
from studio.domain.agent import Agent
from studio.domain.changeset import Change, ChangeSet

FORCE = {
    "allow": "may",
    "never": "must never",
    "must": "must",
    "disclose": "must say",
    "escalate": "must hand over",
}


def in_words(changeset: ChangeSet, before: Agent, after: Agent) -> tuple[str, ...]:
    """Return one sentence for each change, in order; names are looked up in both versions."""
    names = Names(before, after)
    return tuple(sentence(_said(change, names)) for change in changeset.changes)


def sentence(said: str) -> str:
    """Return words with a capital in front and one full stop at the end."""
    said = said.rstrip(" .")
    return said[:1].upper() + said[1:] + "."


def _said(change: Change, names: Names) -> str:
    if is_layout(change):
        return _drawn(change, names)
    told = tell(thing_of(change), [change], names, None)
    return told.sentence(told.inside)


def _drawn(change: Change, names: Names) -> str:
    """Return what a change of the drawing alone does."""
    subject = subject_of(change.segments, names)
    if change.is_move:
        where = f"elsewhere in the list ({place(change, names)})"
        return f"{subject.name} stands {where}, which changes nothing else"
    if "groups" in change.segments:
        values = change.after if isinstance(change.after, list) else [change.after]
        framed = listed(quoted(str(each.get("name", ""))) for each in values if isinstance(each, dict))
        as_what = f" as {framed}" if framed else " otherwise"
        return f"steps of {subject.name} are framed{as_what} in the drawing, which changes nothing else"
    return f"{subject.name} is drawn at another place, which changes nothing else"
