"""A reply of CoBuilder as an entry of the conversation: its words, its warnings, and its ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.desktop.theme.tokens import Tone
from studio.desktop.widgets.chat_log import Entry
from studio.domain.request import Reply, RequestFamily, Verdict

MOST_LINKS = 4
_TONES: dict[Verdict, Tone] = {
    "proposed": "",
    "answered": "",
    "unsure": "acc",
    "refused": "warn",
    "needs a language model": "warn",
    "not understood": "warn",
}


_ASIDES = {
    "waits": "Nothing is changed until you accept it. Ctrl+Z takes the proposal back.",
    "decided": "Decided.",
    "taken back": "Taken back.",
}


@dataclass(frozen=True, slots=True)
class Way:
    """Where a button of an answer leads: a page with an item, a request to send, to fill in or to pass on,
    help, or a deed of its own (undo)."""

    page: str = ""
    item: str = ""
    request: str = ""
    sends: bool = False
    group: str = ""
    passes: bool = False
    deed: str = ""


PASS_ON = "Ask the language model"


def entry_of(
    reply: Reply,
    proposal: str = "",
    count: int = 0,
    left: int = 0,
    stands: str = "waits",
    passes: bool = False,
) -> tuple[Entry, tuple[Way, ...]]:
    """Return the entry of a reply, and what each of its ways does.

    `proposal` is the proposal it made, with its number of changes, the number of places that were looked
    at and left alone, and how it stands: it waits, it is decided, or it was taken back. With `passes` the
    request may be passed to a language model.
    """
    names: list[str] = []
    ways: list[Way] = []
    if proposal and stands != "taken back":
        names.append("show as proposal" if count == 1 else f"show as proposal ({count} changes)")
        ways.append(Way("review", proposal))
    for choice in reply.choices:
        names.append(choice.label)
        ways.append(Way(request=choice.request, sends=reply.verdict == "unsure", deed=choice.deed))
    if passes:
        names.append(PASS_ON)
        ways.append(Way(request=reply.request, passes=True))
    for link in reply.links[:MOST_LINKS]:
        names.append(link.label)
        ways.append(Way(link.page, link.item))
    seen = {(way.page, way.item) for way in ways}
    for citation in reply.citations[:2] if proposal or reply.run is not None else ():
        if ("sources", citation.source_id) not in seen:
            seen.add(("sources", citation.source_id))
            names.append(citation.source_name)
            ways.append(Way("sources", citation.source_id))
    text = "\n".join([reply.text, *(f"Note: {warning}" for warning in reply.warnings[:4])])
    aside = _ASIDES[stands] if proposal else ""
    if reply.run is not None:
        aside = f"From the language model {reply.run.model}. {aside}".strip()
    if proposal and left and stands == "waits":
        aside = f"{left} {'other places were' if left > 1 else 'other place was'} looked at and left. {aside}"
    return Entry("it", text, aside, _TONES[reply.verdict], tuple(names)), tuple(ways)


def family_entry(families: Sequence[RequestFamily], group: str = "") -> tuple[Entry, tuple[Way, ...]]:
    """Return the entry that tells what can be asked: the groups, or one with an example of each kind."""
    groups = tuple(dict.fromkeys(family.group for family in families))
    if not group:
        text = f"I understand {len(families)} kinds of request. What are you interested in?"
        return Entry("it", text, ways=groups), tuple(Way(group=each) for each in groups)
    members = [family for family in families if family.group == group]
    lines = [f"{group}. Choose an example to put it into the field."]
    lines += [f"· {member.does}" for member in members]
    examples = tuple(example for member in members for example in member.examples[:1])
    return Entry("it", "\n".join(lines), ways=examples), tuple(Way(request=each) for each in examples)
