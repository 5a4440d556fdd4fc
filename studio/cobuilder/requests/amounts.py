"""Requests to change a value: the rule that states it, and every place of the same matter.

- The rule's own sentence with the new value is read as a new document would be, so that guards, decisions,
  texts,
  limits and tests follow as they do there; what is cited stays cited.
- Without one rule or step that is meant, and one value in it of the same measure, nothing is guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio.cobuilder.requests.items import GOOD, Index, Item, Match, stems_of
from studio.cobuilder.requests.kinds import Done, Kind, No, NotMine, Outcome, Turn, Unsure
from studio.cobuilder.requests.scoped import group_in
from studio.cobuilder.requests.wording import stripped
from studio.cobuilder.sketch.drafting import text_places
from studio.cobuilder.words.values import Value, patched, values_in
from studio.domain.changeset import join_path, split_path
from studio.domain.charter import Rule, RuleKind
from studio.domain.errors import StudioError
from studio.domain.finding import Analysis
from studio.domain.frozen import Json
from studio.domain.proposal import Proposal, ProposedChange
from studio.domain.request import Choice
from studio.domain.source import (
    Anchor,
    Authority,
    Block,
    Citation,
    Source,
    SourceDocument,
    SourceVersion,
    words_fingerprint,
)
from studio.domain.statement import Statement, StatementKind

_OWN = "this request"
_OF_RULE = {
    "must": StatementKind.OBLIGATION,
    "never": StatementKind.PROHIBITION,
    "allow": StatementKind.PERMISSION,
    "disclose": StatementKind.DISCLOSURE,
    "escalate": StatementKind.ESCALATION,
}


@dataclass(frozen=True, slots=True)
class _Meant:
    """The rule whose value changes, the sentence that states it, the value and what it becomes."""

    rule: Rule
    sentence: str
    old: Value
    new: Value


def _measure(value: Value) -> tuple[str, str]:
    return (value.kind, "") if value.kind == "duration" else value.measure


def _alike(sentence: str, new: Value, old: Value | None) -> list[Value]:
    found = [v for v in values_in(sentence) if _measure(v) == _measure(new)]
    if new.high is not None:
        found = [v for v in found if v.high is not None]
    return [
        v for v in found if old is None or v.equals(old) or (v.amount == old.amount and old.kind == "count")
    ]


def _value(words: str, like: str = "") -> Value | None:
    """Return the value that words state; a bare number takes the unit of the text it stands beside."""
    found = [v for v in values_in(words) if v.kind != "date"]
    if not found and re.fullmatch(r"\d+", words.strip()) and like:
        unit = next((v for v in values_in(like) if v.kind != "date"), None)
        if unit is not None and unit.kind == "duration":
            return _value(f"{words.strip()} {unit.unit}s")
    return found[0] if found else None


def _price(turn: Turn) -> Value | None:
    """Return a bare "4.45" as an amount in the money that the rules are in."""
    sign = next((s for r in turn.agent.charter.rules for s in "£€$" if s in r.text), "")
    bald = re.fullmatch(r"\d+\.\d\d", turn.text("new"))
    return _value(f"{sign}{bald[0]}") if bald and sign else None


def _stated_in(rule: Rule, new: Value, old: Value | None) -> tuple[str, Value] | None:
    for text in (*(c.core for c in rule.citations), rule.text):
        hits = _alike(text, new, old)
        if len(hits) == 1:
            return text, hits[0]
    return None


def _change(turn: Turn) -> Outcome:
    if "free" in turn.words and _is_question(turn):
        return NotMine()
    new = _value(turn.text("new"), turn.text("what"))
    old = _value(turn.text("old"), turn.text("new")) if turn.text("old") else None
    new = new or _price(turn)
    if new is None or any(tool.name in turn.said for tool in turn.agent.tools):
        return NotMine()
    what = re.sub(
        r"^(?:the )?(?:amount|value|limit|number|time|period) (?:of|from which|for)\s+", "", turn.text("what")
    )
    rules = {
        r.id: (r, stated) for r in turn.agent.charter.rules if (stated := _stated_in(r, new, old)) is not None
    }
    items = [i for i in turn.ground.index.items if i.kind == "rule" and i.id in rules]
    match = _meant_by(what, items)
    if match is None or not match.items:
        if "loose" in turn.words:
            return NotMine()
        found = _elsewhere(turn, what, new, old)
        return _none_called(turn, what, new) if isinstance(found, NotMine) else found
    loose = "loose" in turn.words and (match.score < SURE or not _all_of(turn, match.items[0]))
    if not match.certain or loose or _for_some(turn.text("new")):
        return _which(match.items, new)
    rule, (sentence, value) = rules[match.items[0].id]
    group = group_in(turn.said, turn.ground)
    if group and not stems_of(group) <= (match.items[0].words | match.items[0].more):
        return NotMine()  # a value for some is another request
    if "loose" in turn.words and rule.kind == RuleKind.ESCALATE and _HANDED.search(turn.said):
        return _which(match.items, new, f"add a rule: {turn.said.rstrip('.')}")
    if value.equals(new):
        return (
            NotMine()
            if "free" in turn.words or "loose" in turn.words
            else Unsure(f"Rule {rule.id} says {value.shown} already: “{rule.text}”")
        )
    return _carried_through(turn, _Meant(rule, sentence, value, new))


_BELOW_ZERO = re.compile(
    r"(?<![\d\s])\s+(?P<value>(?:[-−–] ?(?=[£€$]?\d)|minus (?=[£€$]?\w))(?:[£€$]?\d[\d.,]*|\w+)(?: \w+)?)",
    re.IGNORECASE,
)


def _above_zero(turn: Turn, outcome: Outcome) -> Outcome:
    """Return what comes of a request, unless its value is below zero: no rule's amount or time can be."""
    below = _BELOW_ZERO.search(turn.said)
    if below is None or not isinstance(outcome, Done):
        return outcome
    return No(
        f"“{below['value']}” is less than nothing, and nothing is changed to it. Say a value from 0 up."
    )


_GENERIC = (
    r"(?:limits?|thresholds?|amounts?|values?|numbers?|periods?|fees?|prices?|costs?|charges?|rates?|times?"
    r"|deadlines?|maximum|minimum|caps?|terms?|levels?|length|duration)"
)


def _meant_by(what: str, items: list[Item]) -> Match | None:
    """Return the rules whose value words mean: by name, without "limit" and "fee", or by the last word."""
    if not items or not what:
        return None
    index = Index(items)
    match = index.find(what, ("rule",))
    bald = re.sub(rf"\b(?:the|our|this|{_GENERIC})\b", " ", what).strip()
    if not bald:
        # "The fee" names no rule where several state an amount.
        return Match(what, tuple(items[:4]), GOOD, len(items) == 1)
    if not match.certain and bald and bald != what:
        other = index.find(bald, ("rule",))
        match = other if other.certain or not match.items else match
    if match.items:
        return match
    words = re.findall(r"[a-z]+", bald.casefold()) or re.findall(r"[a-z]+", what.casefold())
    last = stems_of(words[-1]) if words else frozenset()
    named = tuple(item for item in items if last and last <= item.words)
    return Match(what, named[:4], GOOD, len(named) == 1) if named and len(words) < 5 else match


def _none_called(turn: Turn, what: str, new: Value) -> Outcome:
    """Return what is said where nothing states a value by that name: which rules state one of its kind."""
    alike = [r for r in turn.agent.charter.rules if any(v.kind == new.kind for v in values_in(r.text))]
    if "free" in turn.words or not alike or not 0 < len(what.split()) < 6:
        return NotMine()
    noun = {"money": "an amount", "duration": "a time", "percent": "a share"}.get(new.kind, "a number")
    if re.search(r"\bT-\d+\b", turn.said):
        return NotMine()
    listed = "\n".join(f"· {r.id} {r.title}" for r in alike[:5])
    made = tuple(
        Choice(label=f"Rule {r.id} “{r.title}”: {new.shown}", request=f"change {r.id} to {new.shown}")
        for r in alike[:4]
    )
    return Unsure(f"No rule states {noun} called “{what}”. These rules state {noun}:\n{listed}", made)


def _which(items: tuple[Item, ...], new: Value, other: str = "") -> Unsure:
    """Return the question whose value is meant, with one request for each rule, and one that is another."""
    made = tuple(
        Choice(label=f"Rule {item.label}", request=f"change {item.id} to {new.shown}") for item in items[:4]
    )
    if other:
        made = (*made, Choice(label=f"{other[:1].upper()}{other[1:]}", request=other))
    return Unsure(f"Did you mean the value in {_or(items)}?", made)


SURE = 0.72
"""The least score of a rule whose value is changed without a word of changing."""
_HANDED = re.compile(r"\b(?:be|is|are|goes?|get) (?:handed|passed|escalated|sent|transferred|to)\b", re.I)
_QUESTION = re.compile(
    r"(?:what|why|when|where|which|who|how|is|are|does|do|did|can|could|may|would|should|if|"
    r"suppose|imagine|say"
    r"|whenever|in|test|show|list|tell|add|create|write|remember|pretend|ignore|approve|accept|pay|refund)\b",
    re.IGNORECASE,
)
_INSTEAD = re.compile(r"(?:instead of|rather than|not|and not|from)\s+(?:the )?$", re.IGNORECASE)
_IDLE = re.compile(
    r"\b(?:please|now|only|just|to|is|are|be|must|should|shall|have|has|than|more|less|above|"
    r"below|over|under|of"
    r"|at|most|least|up|for|until|within|after|before|from|on|the|a|an|i|we|it|they|can|may|want|that|instead"
    r"|not|change|set|make|put|raise|lower|increase|decrease|reduce|reduced|extend|limit|so|applies|apply|if"
    r"|approved?|new|will|would|takes?|costs?|goes|with|in|during|which|by|ahead|early|earlier|late|later"
    r"|possible|all|and|then|as|agreed|offer|give|given|people|everybody|everyone|really|too|short|long|time|day|days|agreed|which|amend|item|items|instead|let|need|needs|got|get|"
    r"here|there|us|our|their|customers?|patients?)\b",
    re.IGNORECASE,
)


def _all_of(turn: Turn, rule: Item) -> bool:
    """Return whether a rule and its texts use every word that was said beside the value."""
    text = turn.agent.charter.rule(rule.id).text
    own = rule.words | rule.more | stems_of(text)
    said = re.sub(rf"\b{_GENERIC}\b", " ", turn.words.get("beside", ""))
    return all(stems_of(word) <= own for word in said.split())


def _for_some(words: str) -> bool:
    """Return whether a value is meant for some cases only; a rule states it for all."""
    return re.search(r"\b(?:only|for|if|when|unless|except|on)\b", words, re.IGNORECASE) is not None


def _is_question(turn: Turn) -> bool:
    """Return whether a question was asked or a case told; "could you change …?" is neither."""
    text = stripped(turn.said)
    told = re.match(r"(?:some(?:one|body)|an? (?:customer|patient|person|client)|my|i|he|she)\b", text, re.I)
    asked = "?" in turn.said and (text == turn.said.rstrip(" ?") or _QUESTION.match(text))
    return bool(asked or told or re.search(r"\b(?:tests?|scenarios?|or not|what then)\b", text, re.I))


def _loosely(turn: Turn) -> Outcome:
    """Change the value of the one rule that the words speak of, where they are no question and no case."""
    text = turn.words["loose"]
    named = any(tool.name in text for tool in turn.agent.tools)
    if _is_question(turn) or _QUESTION.match(text) or "“" in text or named:
        return NotMine()
    values = [v for v in values_in(text) if v.kind in ("money", "duration", "count", "percent")]
    values = [v for v in values if v.kind != "count" or v.unit in ("time", "digit")]
    old = [v for v in values if _INSTEAD.search(text[: v.start])]
    new = [v for v in values if v not in old]
    if len(new) != 1 or len(old) > 1:
        return NotMine()
    what = text
    for value in values:
        what = what.replace(value.words, " ")
    words = re.sub(r"[^\w ]", " ", _IDLE.sub(" ", what.replace("'s", ""))).split()
    known = [word for word in words if turn.ground.index.uses(word)]
    if not known or len(known) > 9 or 2 * len(known) < len(words):
        return NotMine()
    what = " ".join(known)
    turn.words["beside"] = " ".join(words)
    turn.words |= {"what": what, "new": new[0].words + _counted(text, new[0])}
    if old:
        turn.words["old"] = old[0].words + _counted(text, old[0])
    return _change(turn)


def _counted(text: str, value: Value) -> str:
    return re.match(r"\s*\w*", text[value.end :])[0] if value.kind == "count" else ""  # type: ignore[index]


def _or(items: tuple[Item, ...]) -> str:
    return " or ".join(item.label for item in items[:4])


def _elsewhere(turn: Turn, what: str, new: Value, old: Value | None) -> Outcome:
    """Change a value that no rule states, in the one text that does."""
    found = turn.ground.index.find(what, ("step",)) if what else None
    places = [p for p in text_places(turn.agent) if p.workflow and _alike(p.text, new, old)]
    if found is not None and found.items:
        paths = {item.path for item in found.items}
        places = [p for p in places if p.path in paths]
    elif old is None:
        return NotMine()
    if len({p.path for p in places}) != 1:
        return NotMine()
    for place in places:
        value = _alike(place.text, new, old)[0]
        item = turn.sketch.item(place.path)
        why = turn.why(f"{place.label}: {value.shown} → {new.shown}", *place.citations)
        turn.sketch.edit(place.path, item, why, **{place.field: patched(place.text, value, new)})
    return Done(f"I propose {new.shown} in {places[0].label}.", f"{places[0].label}: {new.shown}")


def _carried_through(turn: Turn, meant: _Meant) -> Outcome:
    # The whole reading engine comes with these; no other request needs it.
    from studio.cobuilder.analysis import analyze
    from studio.cobuilder.proposals import propose

    text = " ".join(patched(meant.sentence, meant.old, meant.new).split())
    source, found = _as_source(text, meant.rule)
    if not found.statements:
        found = analyze(source.current.document, turn.agent.tools)
    made = propose(
        turn.agent, source, found, others=[], proposal_id=turn.ground.proposal_id, created_at=turn.ground.now
    )
    home = join_path("charter", "rules", meant.rule.id)
    changes = _own_words(turn, made, meant)
    changes, left, papers = _completed(turn, meant, home, changes, made.unaffected)
    notes = [q.text for q in made.questions]
    if papers:
        several = papers > 1
        notes.append(
            f"{papers} document{'s' if several else ''} still say{'' if several else 's'} {meant.old.shown}; "
            f"{'their owners have' if several else 'its owner has'} to change that."
        )
    if not any(c.change.path == home for c in changes):
        return NotMine()
    places = len(changes) - 1
    text = (
        f"I propose {meant.new.shown} instead of {meant.old.shown} in rule {meant.rule.id} "
        f"“{meant.rule.title}”"
        + (
            f", and in {places} other place{'s' if places != 1 else ''} of the same matter."
            if places
            else "."
        )
    )
    title = f"{meant.rule.id}: {meant.old.shown} → {meant.new.shown}"
    return Carried(text, title, tuple(notes), changes, left)


def _completed(
    turn: Turn, meant: _Meant, home: str, changes: tuple[ProposedChange, ...], left: tuple[str, ...]
) -> tuple[tuple[ProposedChange, ...], tuple[str, ...], int]:
    """Return the changes with what a complete update adds, what was looked at and left alone.

    The number is that of the documents that still state the old value.
    """
    from studio.cobuilder.changes.impact import complete_change

    papers = [source for source, _ in turn.ground.papers]
    try:
        whole = complete_change(turn.agent, papers, meant.old.shown, meant.new.shown, home)
    except StudioError:  # the value has no place that the update knows; the rule's own changes stand
        return changes, left, 0
    known = [c.change.path for c in changes]
    number = len(changes)
    for each in whole.changes:
        path = each.change.path
        same = any(path == p or path.startswith(f"{p}/") or p.startswith(f"{path}/") for p in known)
        if same or (path.startswith("scenarios/") and each.change.before is None):
            continue
        number += 1
        reason = f"You asked: “{turn.said}”"
        changes = (
            *changes,
            each.model_copy(update={"id": f"C-{number:02}", "reason": reason, "depends_on": ()}),
        )
    papers_left = [f"{d.name} still says “{d.states}”: its owner has to change it." for d in whole.documents]
    told = {d.name.split(",")[0] for d in whole.documents}
    return changes, tuple(dict.fromkeys((*left, *papers_left, *whole.unaffected))), len(told)


@dataclass(frozen=True, slots=True)
class Carried(Done):
    """A change that was carried through every place of its matter; its changes are made already."""

    changes: tuple[ProposedChange, ...] = ()
    unaffected: tuple[str, ...] = ()


def _as_source(text: str, rule: Rule) -> tuple[Source, Analysis]:
    """Return the new sentence as a document of one line, and how it is read: as the rule is."""
    anchor = Anchor(line_start=1, line_end=1)
    block = Block(id="b1", kind="paragraph", text=text, start=0, end=len(text), anchor=anchor)
    document = SourceDocument(title=_OWN, media_type="text/plain", text=text, blocks=(block,))
    digest = words_fingerprint(text)
    from datetime import UTC, datetime

    version = SourceVersion(
        number=1,
        file_name=_OWN,
        digest=digest,
        size=len(text),
        added_at=datetime(2000, 1, 1, tzinfo=UTC),
        document=document,
    )
    statement = Statement(
        id="S-001",
        kind=_OF_RULE[rule.kind.value],
        text=text,
        quote=text,
        start=0,
        end=len(text),
        block_id="b1",
        anchor=anchor,
        fingerprint=digest,
        block_fingerprint=digest,
        confidence=0.95,
    )
    source = Source(id=_OWN, name=_OWN, authority=Authority.REGULATION, versions=(version,))
    return source, Analysis(statements=(statement,), workflows=(), questions=())


def _own_words(turn: Turn, made: Proposal, meant: _Meant) -> tuple[ProposedChange, ...]:
    """Return the changes with the user's reason, and with what was cited before in place of the request."""
    cited = meant.rule.citations
    kept = [c for c in made.changes if split_path(c.change.path)[0] != "sources"]
    names = {c.id: f"C-{number:02}" for number, c in enumerate(kept, 1)}
    changes = []
    for each in kept:
        own = _citations_of(each.change.before) or cited
        after = _recited(each.change.after, own)
        changes.append(
            each.model_copy(
                update={
                    "id": names[each.id],
                    "reason": f"You asked: “{turn.said}”",
                    "citations": own,
                    "change": each.change.model_copy(update={"after": after}),
                    "depends_on": tuple(names[d] for d in each.depends_on if d in names),
                    "confidence": 0.9,
                }
            )
        )
    return tuple(changes)


def _citations_of(tree: Json) -> tuple[Citation, ...]:
    found = tree.get("citations", ()) if isinstance(tree, dict) else ()
    return tuple(Citation.model_validate(each) for each in found)


def _recited(tree: Json, own: tuple[Citation, ...]) -> Json:
    """Return an item that cites what it cited before, and never the request."""
    if not isinstance(tree, dict) or "citations" not in tree:
        return tree
    from studio.domain.frozen import to_json

    kept = [c for c in tree["citations"] if c["source_id"] != _OWN]
    before = [to_json(c) for c in own]
    return {**tree, "citations": [*before, *(c for c in kept if c not in before)]}


_NEW = (
    r"(?P<new>[£€$]?\s?\d[\w£€$%., -]*?|[a-z]+ (?:working |business )?(?:days?|hours?|weeks?|months?"
    r"|minutes?|years?|times?))"
)
_OLD = _NEW.replace("<new>", "<old>")

KINDS: tuple[Kind, ...] = (
    Kind(
        "value-change",
        "Values",
        "Change a number, an amount or a time limit, in the rule and wherever it is repeated.",
        ("Change the return window to 45 days", "the return label should cost £4.50"),
        (
            rf"(?:<change>) {{what}} from {_OLD} to {_NEW}(?: everywhere)?",
            rf"(?:<change>) {{what}} to {_NEW}(?: everywhere)?",
            rf"{{what}} (?:<must>) (?:cost|be|last|take|come|arrive|become) {_NEW}(?: "
            rf"(?P<rest>early|earlier|late|long|before|after))?(?: instead of {_OLD})?",
            rf"{{what}} (?:is|are|costs?|becomes?) now {_NEW}",
            rf"(?P<free>(?P<what>[a-z][a-z ]+?) (?:until|within|for|up to|after|costs?|takes?) "
            rf"{_NEW}(?: (?:before|after|of) ?.*)?)",
            rf"{_NEW} instead of {_OLD} (?:for|in) {{what}}",
            rf"(?:make|set|put) {{what}} {_NEW}",
            rf"{{what}} ?(?:->|→|=>|:|=) ?{_NEW}",
            r"(?P<loose>(?=.*\d).+)",
        ),
        lambda turn: _above_zero(turn, _loosely(turn) if "loose" in turn.words else _change(turn)),
    ),
)
