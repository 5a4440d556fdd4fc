"""From what somebody says to one reply: several things at once, typing errors, and "it" from before.

- A request is read as it stands first; only what is not understood so is mended, and the reply says how.
- Several requests in one sentence become one proposal whose parts can be decided on separately; the second
  is made on what the first leaves. A sentence is only parted where every part is a request of its own.
- "It" and "that rule" mean the item of the reply before, and nothing where there was none.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from studio.cobuilder.requests.glimpses import glimpses
from studio.cobuilder.requests.items import Index, items_of
from studio.cobuilder.requests.kinds import Ground
from studio.cobuilder.requests.registry import spoken_words
from studio.cobuilder.requests.replying import not_understood, reply_to_one
from studio.cobuilder.requests.spelling import normal, respelled
from studio.cobuilder.requests.wording import imperative, plain, several, stripped
from studio.cobuilder.words.lexicon import is_verb
from studio.domain.changeset import ChangeSet, apply
from studio.domain.frozen import digest
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.request import Choice, Link, Reply

LONGEST = 600
UNSURE = "I am not sure what you want. Did you mean one of these? Nothing is changed until you choose."
MOST_PARTS = 5
_RANK = {"proposed": 0, "answered": 0, "refused": 1, "needs a language model": 1, "unsure": 2}
_OPEN_ENDED = frozenset(
    "rule-add disclosure-add escalation-add rule-exception charter-text test-add rule-reword".split()
)
"""Kinds that end in somebody's own words: an "and" in them belongs to the words."""


def reply(request: str, ground: Ground) -> Reply:
    """Return what CoBuilder says to a request."""
    said = plain(request)
    text = stripped(normal(said)) if len(said) <= LONGEST else said
    if not text or len(text) > LONGEST:
        why = "It is empty." if not text else "It is too long for one request; say one thing at a time."
        return Reply(request=request, verdict="not understood", text=why)
    parted = _several(said, text, ground)
    return parted or _with_left_out(text, _one(said, text, ground), ground)


def reply_to_each(said: str, requests: list[str], ground: Ground) -> Reply | None:
    """Return one reply to several plain requests, or None where one of them is not understood."""
    made = _each([stripped(normal(plain(each))) for each in requests], ground, True)
    if made is None:
        return None
    return made[0].model_copy(update={"request": said}) if len(made) == 1 else _joined(said, ground, made)


def _one(said: str, text: str, ground: Ground) -> Reply:
    best = reply_to_one(said, text, ground)
    if best.verdict in ("proposed", "answered", "refused", "needs a language model"):
        return best
    meant = _with_listed(_with_last(_gone_on(text, ground.last), ground.last), ground.listed)
    if meant != text:
        other = reply_to_one(said, meant, ground)
        best = min(best, other, key=_rank)
    if _rank(best) < 2:
        return best
    named = re.match(r"^(.+?) - ([RT]-\d+)$", text)
    asked_for = _with_last(named[1], named[2]) if named else _without_reason(text)
    if asked_for != text:
        other = reply_to_one(said, asked_for, ground)
        if _rank(other) < 1:
            reason = text[: -len(asked_for)].strip(" ,;-–") if text.endswith(asked_for) else ""
            note = f" (I take “{reason}” for the reason.)" if reason else ""
            return other.model_copy(update={"text": other.text + note})
    mended, typed = respelled(meant, spoken_words() | ground.index.spelled)
    if typed:
        other = reply_to_one(said, stripped(mended), ground, typed)
        if _rank(other) < _rank(best):
            pairs = several([f"“{wrong}” as “{right}”" for wrong, right in typed])
            return other.model_copy(update={"text": f"{other.text} (I read {pairs}.)"})
    if best.verdict != "not understood":
        return best
    made = glimpses(
        text,
        ground,
        lambda request: reply_to_one(request, stripped(normal(request)), ground),
        asked=said.rstrip().endswith("?"),
    )
    made = (*_together(text, ground), *made)[:5]
    if made:
        return Reply(request=said, verdict="unsure", text=UNSURE, choices=made)
    return not_understood(said, text, ground)


_REASON = re.compile(
    r"^(?:since|as(?! (?:soon|long|far|often|much|if|though)\b)|because|given that|for the sake of"
    r"|in view of)\b[^,“”]{8,},\s+(?:(?:so|hence|therefore)\s+)?",
    re.IGNORECASE,
)
"""A reason, and never a condition: what holds only in a case may not be carried out for every case."""


_TOLD_FIRST = re.compile(
    r"^(?!(?:if|when|whenever|unless|once|only|for|in|on|at|after|before|during|while|until|as|should|where|with|"
    r"to|by|from|add|change|make|set|let|ask|tell|say|never|always|remove|drop|stop|no|not)\b)"
    r"[^,“”]*\b(?:is|are|was|were|has|have|had|do|does|don't|doesn't|'re|'s|put|puts|went|gone|open|opens|closed|get|gets"
    r"|got|keep|keeps|takes?|comes?|wants?|says?|said|told)\b[^,“”]*?(?:,| [-–] )\s*(?!and\b|but\b)(?:so |"
    r"hence |therefore )?",
    re.IGNORECASE,
)
"""A statement of how things are, before what is asked for because of it."""


def _without_reason(text: str) -> str:
    """Return a request without the reason in front of it, unless what follows points back into it."""
    rest = stripped(_REASON.sub("", text))
    if rest == text:
        rest = stripped(_TOLD_FIRST.sub("", text))
        ours = re.match(r"(?:we|our|they|nobody|everybody|prices)\b", text, re.IGNORECASE)
        rest = rest if (imperative(rest) and ours) or (" - " in text and not imperative(rest)) else text
    bald = re.sub(r"“[^”]*”", " ", rest)
    return text if re.search(r"\b(?:its?|that|this|these|those|them|they)\b", bald, re.I) else rest


def _rank(made: Reply) -> int:
    return _RANK.get(made.verdict, 3)


_PRONOUN = re.compile(
    r"\b(?:(?:that|this|the same|the last) (?:one|rule|step|test|question|message|text|decision)|"
    r"its|it|that)\b",
    re.IGNORECASE,
)


def _with_last(text: str, last: str) -> str:
    """Return a request with the item of the reply before in place of the first word that "
    "points back to it."""
    if not last:
        return text
    found = _PRONOUN.search(text)
    if found is None or "“" in text[: found.start()]:
        return text
    name = f"{last}'s" if found[0].lower() == "its" else last
    return text[: found.start()] + name + text[found.end() :]


_GONE_ON = (
    (
        re.compile(
            r"^(?:but )?(?:unless|except (?:when|if|for)?|but not (?:when|if|for)|not (?:when|if|for)) (.+)",
            re.I,
        ),
        "{0} should not apply when {1}",
    ),
    (
        re.compile(
            r"^(?:but )?only ((?:on|when|if|during|between|at|for|in|from|after|before|within|while) .+)",
            re.I,
        ),
        "{0} should hold only {1}",
    ),
)


def _gone_on(text: str, last: str) -> str:
    """Return "unless …" and "only on …" as a whole request about the rule of the reply before."""
    if not re.fullmatch(r"R-\d+", last):
        return text
    for begun, whole in _GONE_ON:
        if found := begun.match(text):
            return whole.format(last, found[1])
    return text


_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
_NTH = re.compile(
    rf"\b(?:the )?(?P<nth>{'|'.join(_ORDINALS)}|last)(?: (?:one|rule|test|step|document|source|of (?:them|"
    rf"those)))?\b",
    re.IGNORECASE,
)


def _with_listed(text: str, listed: tuple[str, ...]) -> str:
    """Return a request in which "the second one" is the second item of the reply before."""
    found = _NTH.search(text) if listed else None
    if found is None or "“" in text[: found.start()]:
        return text
    nth = found["nth"].lower()
    at = len(listed) - 1 if nth == "last" else _ORDINALS.index(nth)
    return text[: found.start()] + listed[at] + text[found.end() :] if at < len(listed) else text


# Several things at once.

_SENTENCES = re.compile(r"(?:[.;!?]\s+|\s*\n\s*)(?:(?:and|also|then|furthermore|additionally)[, ]+)*", re.I)
_AND = re.compile(r",?\s+(?:and(?: then| also)?|then|plus|as well as)\s+", re.IGNORECASE)
_LISTED = re.compile(
    r"^(?P<head>.*?)(?P<list>[RT]-\d+(?:\s*,\s*(?:and )?[RT]-\d+)*\s*,?\s+and\s+[RT]-\d+)(?P<tail>.*)$"
)


def _several(said: str, text: str, ground: Ground) -> Reply | None:
    """Return one reply to several requests, or None where it is one request."""
    for parts, open_ended in _partings(text):
        made = _each(parts, ground, open_ended)
        if made is not None:
            return _joined(said, ground, made)
    return None


def _partings(text: str) -> list[tuple[list[str], bool]]:
    """Return the ways to part a text into requests, and whether the first may end in own words."""
    found = []
    listed = _LISTED.match(text)
    tail = (
        re.sub(r"^(\s+(?:should|must|shall|can|are|is))? (?:both|all)\b", r"\1", listed["tail"])
        if listed
        else ""
    )
    if listed and (imperative(text) or (not listed["head"].strip() and _TELLS.match(tail.strip()))):
        names = re.findall(r"[RT]-\d+", listed["list"])
        head = re.sub(r"\b(rule|test|scenario)s\s*$", r"\1 ", listed["head"])
        found.append(([f"{head}{name}{tail}" for name in names], True))
    marks = re.sub(r"“[^”]*”", lambda quoted: "“" + "x" * (len(quoted[0]) - 2) + "”", text)
    told = re.match(r"(?:when|whenever|if|in case|as soon as)\b", text, re.IGNORECASE)
    for pattern, open_ended in ((_SENTENCES, True), (_AND, False)):
        if pattern is _AND and told and "?" not in text:
            continue  # what follows a condition belongs to it
        cuts = [(0, 0), *(found_at.span() for found_at in pattern.finditer(marks)), (len(text), len(text))]
        parts = [stripped(text[a[1] : b[0]]) for a, b in pairwise(cuts)]
        if 1 < len(parts) <= MOST_PARTS and all(parts):
            found.append((parts, open_ended))
    return found


_TELLS = re.compile(r"\b(?:must|should|shall|needs? to|has to|have to|ought to)\b", re.IGNORECASE)


def _with_left_out(text: str, made: Reply, ground: Ground) -> Reply:
    """Return a reply that names the part of the request that it does nothing about, if there is one.

    A part is left out where another one, said alone, brings about the very same.
    """
    if made.verdict not in ("proposed", "answered"):
        return made
    for parts, _ in _partings(text):
        for at, part in enumerate(parts):
            others = [each for n, each in enumerate(parts) if n != at and _asks(each)]
            if others and _effect(_one(part, part, ground)) == _effect(made):
                names = several([f"“{each}”" for each in others])
                left = f"I left out {names}: nothing is done about it. Say it on its own if you want it."
                return made.model_copy(update={"text": f"{made.text}\n{left}"})
    return made


def _asks(part: str) -> bool:
    """Return whether words ask for something of their own: they open with a verb, or say what should be."""
    first = re.match(r"[A-Za-z]+", part)
    return bool(first and is_verb(first[0].casefold())) or _TELLS.search(part) is not None


def _effect(made: Reply) -> object:
    """Return what a reply brings about, however it was asked for."""
    if made.proposal is None:
        return made.verdict, made.text
    return [(each.change.path, digest(each.change.after)) for each in made.proposal.changes]


_BARE_ID = re.compile(r"(?:rule |test )?[RT]-\d+", re.IGNORECASE)


def _together(text: str, ground: Ground) -> tuple[Choice, ...]:
    """Return the offer to do every part of a request, each as it is most likely meant; or nothing."""

    def trying(request: str) -> Reply:
        return reply_to_one(request, stripped(normal(request)), ground)

    for parts, _ in _partings(text):
        meant: list[str] = []
        for part in parts:
            own = trying(part)
            near = () if own.verdict == "proposed" else own.choices or glimpses(part, ground, trying)
            sure = part if own.verdict == "proposed" else near[0].request if near else ""
            if not sure or trying(sure).verdict != "proposed":
                break
            meant.append(sure)
        if len(meant) == len(parts):
            whole = "; ".join(meant)
            return (Choice(label=whole[:1].upper() + whole[1:], request=whole),)
    return ()


def _each(parts: list[str], ground: Ground, open_ended: bool) -> list[Reply] | None:
    """Return the replies to every part, each on what the parts before leave; None where one is no request."""
    made: list[Reply] = []
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        here = _one(part, part, ground)
        if _BARE_ID.fullmatch(part):
            if not made:
                return None  # a name alone asks for nothing here
            verb = re.match(r"\w+", parts[0])
            noun = "rule " if part.startswith("R") else "test "
            here = _one(part, f"{verb[0]} {noun}{part}" if verb else part, ground)
        elif not here.understood and made:
            verb = re.match(r"\w+", parts[0])
            lent = f"{verb[0]} {part}" if verb else part
            other = _one(part, lent, ground)
            here = other if other.understood and other.kind == made[-1].kind else here
        if not here.understood or (not last and not open_ended and here.kind in _OPEN_ENDED):
            return None
        made.append(here)
        ground = _after(ground, here)
    return made


def _after(ground: Ground, made: Reply) -> Ground:
    """Return the ground on which the next part is made: with this part's change, and its item as "it"."""
    last, listed = made.about or ground.last, made.listed or ground.listed
    if made.proposal is None:
        return replace(ground, last=last, listed=listed)
    agent = apply(
        ground.agent,
        ChangeSet(title=made.proposal.title, changes=tuple(c.change for c in made.proposal.changes)),
    )
    sources = tuple(source for source, _ in ground.papers)
    return replace(ground, agent=agent, index=Index(items_of(agent, sources)), last=last, listed=listed)


def _joined(said: str, ground: Ground, made: list[Reply]) -> Reply | None:
    """Return several replies as one, with one proposal; None where two of them change the same place."""
    changes = _numbered(made)
    if changes is None:
        return None
    proposal = None
    if changes:
        titles = [each.proposal.title for each in made if each.proposal is not None]
        unaffected = (line for each in made if each.proposal for line in each.proposal.unaffected)
        proposal = Proposal(
            id=ground.proposal_id,
            title="; ".join(titles),
            base_digest=digest(ground.agent),
            created_at=ground.now,
            changes=changes,
            unaffected=tuple(dict.fromkeys(unaffected)),
        )
    return Reply(
        request=said,
        verdict="proposed" if changes else "answered",
        text="\n".join(each.text for each in made),
        kind=" + ".join(each.kind or "" for each in made),
        links=_once([link for each in made for link in each.links])[:6],
        citations=tuple(dict.fromkeys(c for each in made for c in each.citations))[:8],
        warnings=tuple(dict.fromkeys(warning for each in made for warning in each.warnings)),
        proposal=proposal,
    )


def _once(links: list[Link]) -> tuple[Link, ...]:
    return tuple({(link.page, link.item): link for link in links}.values())


def _numbered(made: list[Reply]) -> tuple[ProposedChange, ...] | None:
    """Return all changes with ids of their own; what two parts change alike is one change, tied to both."""
    changes: list[ProposedChange] = []
    shared = False
    for each in made:
        own = each.proposal.changes if each.proposal is not None else ()
        names = {change.id: f"C-{len(changes) + n:02}" for n, change in enumerate(own, 1)}
        for change in own:
            path = change.change.path
            at = next((n for n, c in enumerate(changes) if c.change.path == path), None)
            if at is None and any(_within(path, c.change.path) for c in changes):
                return None
            depends = tuple(names[name] for name in change.depends_on if name in names)
            here = change.model_copy(update={"id": names[change.id], "depends_on": depends})
            if at is None:
                changes.append(here)
            elif change.change.is_move or changes[at].change.is_move:
                return None
            else:
                changes[at] = _melted(changes[at], here)
                shared = True
    return _all_tied(changes) if shared else tuple(changes)


def _within(path: str, other: str) -> bool:
    return path.startswith(f"{other}/") or other.startswith(f"{path}/")


def _melted(first: ProposedChange, second: ProposedChange) -> ProposedChange:
    return first.model_copy(
        update={
            "title": f"{first.title}; {second.title}",
            "change": first.change.model_copy(update={"after": second.change.after}),
            "citations": tuple(dict.fromkeys((*first.citations, *second.citations))),
            "warnings": tuple(dict.fromkeys((*first.warnings, *second.warnings))),
        }
    )


def _all_tied(changes: list[ProposedChange]) -> tuple[ProposedChange, ...]:
    ordered = [c.model_copy(update={"id": f"C-{n:02}"}) for n, c in enumerate(changes, 1)]
    names = tuple(c.id for c in ordered)
    return tuple(
        c.model_copy(update={"depends_on": tuple(name for name in names if name != c.id)}) for c in ordered
    )
