"""Sentence readings: the ways in which one sentence binds, by its own words and those it stands under.

- A sentence with two rules (“… only if pending, and you should check …”) is read in both ways.
- Items without a verb of their own take force and words of their lead-in; bare nouns stay with it.
- Questions, background and what a system does by itself bind nobody.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from studio.cobuilder.rules.force import Force, force
from studio.cobuilder.rules.practice import practice
from studio.cobuilder.rules.structure import Context, is_open_modal, lead_clause, lead_frame
from studio.cobuilder.words.clauses import Clause, clauses
from studio.cobuilder.words.grammar import mask
from studio.cobuilder.words.lexicon import EMPTY_OBJECTS, base_form
from studio.cobuilder.words.orders import is_order, skip_opening
from studio.domain.source import Block
from studio.domain.statement import StatementKind as Kind


class Reading(NamedTuple):
    """One way in which a sentence binds: the clause, its force, and the words that make it stand alone."""

    clause: Clause
    force: Force
    text: str


_WRITE_TO = re.compile(
    r"(?:please )?(?:write|e-?mail|send \w+(?: \w+){0,3})(?: us)?(?: to| at)? \S+@\S+$", re.IGNORECASE
)
_BACKGROUND = re.compile(
    r"^(?:for example|for instance|e\.g\.|example:|imagine|suppose|say,? |consider the following"
    r"|background|last updated|effective date"
    r"|this (?:policy|procedure|document|guide|page|section|edition|instruction|sop|manual"
    r"|handbook|article) (?:describes|explains|covers|says|sets out|replaces|tells|outlines"
    r"|supersedes|is)|(?:the|this) (?:policy|document|procedure|guide|sop|manual) is (?:reviewed"
    r"|updated|owned|maintained|replaced)|(?:what|how|which|where) .{3,60} (?:is|are) (?:in"
    r"|described|explained|found|set out) |version\b|owner:|author:|author\b|table of contents"
    r"|questions\?|have questions)\b",
    re.IGNORECASE,
)
_MOVES = re.compile(
    r"^(?:then |and |next,? )?(?:go|skip|move|continue|proceed|return|jump)(?: back| on| directly"
    r"| straight| down)*(?: to| with)? (?:the )?"
    r"(?:next |following |previous |last )?(?:steps?|section)\b[^,;]*$|^(?:please )?(?:follow|use"
    r"|see|refer to) (?:this|these|the following) "
    r"(?:flow|steps|procedure|instructions|guidelines?)\b",
    re.IGNORECASE,
)
_TO_HAND_OVER = re.compile(r"to (?:transfer|escalate|hand (?:over|off))\b", re.IGNORECASE)
ANAPHORA = re.compile(
    r"^(?:this|that|it|they|these|those|other|such|then|so|in particular|also|otherwise|however"
    r"|instead|the same|there|both|either)\b",
    re.IGNORECASE,
)
_DEFINES = re.compile(
    r"^(?:the term )?[\"“'‘]?[\w\s/&'’-]{2,60}?[\"”'’]?,?\s+(?:means|shall mean|refers to"
    r"|is defined as|are defined as|stands for|denotes)\b",
    re.IGNORECASE,
)
HARD = re.compile(
    r"\b(?:must|never|always|only|shall|do not|don't|may not|cannot|can't|required|at most"
    r"|no more than|unless)\b",
    re.I,
)


def says_nothing(text: str) -> bool:
    """Say whether a sentence is no rule by its form: background, a definition, a move to another step."""
    said = _SOOTHES.fullmatch(text) or _MOVES.match(text) or _DEFINES.match(text)
    return len(text) < 4 or _is_background(text) or bool(said)


_SOOTHES = re.compile(
    r"(?:(?:oh|first of all|and|but),? )?"
    r"(?:no (?:problem|worries|rush|panic)|never mind|don['’]t (?:worry|panic))"
    r"(?: \w+){0,3}[.!]",
    re.IGNORECASE,
)


def _is_background(text: str) -> bool:
    """Say whether a sentence speaks about the document, or only illustrates."""
    label = re.match(r"(?:purpose|scope|note|background|about)\s*[:.]\s+", text, re.IGNORECASE)
    said = text[label.end() :] if label else text
    return bool(_BACKGROUND.match(said) or _WRITE_TO.match(text) or _CONVENTION.fullmatch(said))


_CONVENTION = re.compile(
    r"(?i:(?:all |the |our )?(?:times|hours|dates|prices|amounts|figures|distances|weights)"
    r"(?: (?:in|on) (?:the |our |this |these |its )?\w+(?: (?!is\b|are\b)\w+)?| (?:shown|given|listed|quoted"
    r"|here|below))* are (?:(?:shown|given|listed|quoted) )?(?:in )?)"
    r"(?:[A-Z]{3,4}|(?i:24[- ]hours?|local time|(?:us )?dollars|euros|pounds|kilomet(?:re|er)s|miles))\b"
    r"(?![^.]*\b(?:only|unless|must|never|not)\b)[^.;,:]{0,40}[.!]?"
)
"""In which zone, currency or unit a document or a system gives its figures (“all prices are in euros”)."""


def read_sentence(text: str, context: Context, children: list[Block]) -> list[Reading]:
    """Return the ways in which a sentence binds in its context; `children` are the items it leads into."""
    if text.endswith("?") or _is_background(text) or _MOVES.match(text) or len(text) < 4:
        return []
    if _DEFINES.match(text):
        return [Reading(clauses(text)[0], Force(Kind.DEFINITION, 0.7), text)]
    if children and _speaks_through_items(text, children):
        return [reading for reading in _own(text, context) if is_whole(reading.clause)]
    if context.frame == "case" and context.lead is not None and not HARD.search(text):
        return []
    readings = _inherited(text, context) if context.lead is not None else _under_heading(text, context)
    readings = readings or _own(text, context)
    if children:
        readings = [reading._replace(text=_with_items(reading.text, children)) for reading in readings]
    return readings


def _speaks_through_items(text: str, children: list[Block]) -> bool:
    """Say whether a lead-in leaves the rules to its items, rather than listing its own cases or objects."""
    if lead_frame(text)[0] == "case":
        return False
    return is_open_modal(text) or (
        is_open_lead(text) and any(item_inherits(child.text) for child in children)
    )


def _own(text: str, context: Context) -> list[Reading]:
    found: dict[Kind, Reading] = {}
    parts = clauses(text, orders=context.orders)
    for clause in parts:
        bearing = force(clause, frame=context.frame) or (
            practice(clause.main) if clause.modality == "plain" else None
        )
        if bearing is None:
            continue
        if _TO_HAND_OVER.match(text) and bearing.kind is Kind.OBLIGATION:
            bearing = Force(Kind.ESCALATION, bearing.sureness)
        if context.example:
            bearing = bearing._replace(sureness=bearing.sureness * 0.6)
        repeats = clause.modality == "order" and parts[0].modality == "order" and bool(found)
        if repeats and bearing.kind is Kind.OBLIGATION:
            continue
        if bearing.kind not in found:
            found[bearing.kind] = Reading(clause, bearing, _clause_text(text, clause, parts))
        if exempt := _exempted(clause, bearing, text[: len(clause.exception or "")].lower()):
            found.setdefault(Kind.PERMISSION, Reading(clause, exempt, f"{text} (the exception is allowed)"))
    if found and Kind.ESCALATION not in found and _AND_HAND_OVER.search(mask(text)):
        first = next(iter(found.values()))
        found[Kind.ESCALATION] = first._replace(force=Force(Kind.ESCALATION, 0.6), text=text)
    return list(found.values())


_AND_HAND_OVER = re.compile(
    r"\b(?:and|or|then) (?:then )?(?:escalate|refer|transfer|report|route|hand|forward"
    r"|pass|put)\b[^.;]{0,60}?\b(?:to|over to) "
    r"(?:the |a |an |your |our )?(?:\w+ ){0,2}(?:supervisors?|managers?|specialists?|human"
    r"|security|compliance|legal|team|department"
    r"|lead|police|officer|care|front desk|nurse|reception)\b"
)


def _clause_text(text: str, clause: Clause, parts: tuple[Clause, ...]) -> str:
    """Return the clause's own words where it stands alone, else the whole sentence."""
    if len(parts) == 1 or not clause.subject or ANAPHORA.match(clause.subject):
        return text
    own = text[clause.start : clause.end].strip(" ,;")
    own = re.sub(r"[,;]?\s+(?:and|but|so|or)$", "", own)
    return own[:1].upper() + own[1:] if len(own.split()) > 3 else text


def _exempted(clause: Clause, bearing: Force, leading: str) -> Force | None:
    """Return the permission in “never X, except Y”."""
    trailing = clause.exception if clause.exception and clause.exception.lower() != leading else ""
    frees = re.match(r"(?:except|save|other than|otherwise than)\b", trailing, re.IGNORECASE)
    return Force(Kind.PERMISSION, 0.5) if frees and bearing.kind is Kind.PROHIBITION else None


def is_open_lead(text: str) -> bool:
    """Say whether a lead-in is completed by each of its items, so that it says nothing by itself."""
    end = text.rstrip()[-1:]
    return end in ":-,\u2013\u2014" or end not in ".!"


def is_whole(clause: Clause) -> bool:
    """Say whether a lead-in's clause has an object of its own, so that it is a rule without its items."""
    words = [word for word in re.findall(r"[a-z]{3,}", clause.rest) if word not in EMPTY_OBJECTS]
    return bool(clause.verb) and len(words) > 1


def item_inherits(text: str) -> bool:
    """Say whether a list item has enough of a predicate to be a rule of its own under its lead-in."""
    masked = mask(text).lstrip()  # a mark in brackets (“(ii) …”) is blank there
    at = skip_opening(masked, 0)
    if len(text.split()) < 2:
        return False
    if is_order(masked, at, sure=False) or re.match(r"(?:not )?to [a-z]+|not [a-z]+", masked[at:]):
        return True
    if _third_person(masked[at:]):
        return True
    if re.match(r"(?:is|are|was|were|has|have|becomes?|any|if|when)\b", masked[at:]):
        return True
    return bool(re.match(r"[a-z]+ing\b", masked[at:])) or any(
        part.modality != "plain" for part in clauses(text)
    )


def _third_person(masked: str) -> re.Match[str] | None:
    """Match a predicate that its lead-in's subject completes (“immediately notifies …”)."""
    match = re.match(
        r"(?:\w+ly )?(?P<verb>[a-z]+s)\b(?= (?:the|a|an|its|their|to|that|all|any|in|by)\b)", masked
    )
    return match if match and base_form(match["verb"]) != match["verb"] else None


def _inherited(text: str, context: Context) -> list[Reading]:
    """Read an item together with its lead-in, when the lead-in carries the force."""
    assert context.lead is not None
    if context.frame == "":
        return []
    parts = clauses(text, orders=True)
    if context.frame == "exempt":
        whole = f"{stem(context.lead.text)} {text}"
        return [Reading(parts[0], Force(Kind.PERMISSION, 0.5), whole)] if len(text.split()) > 2 else []
    own = [part for part in parts if part.modality not in ("plain", "order")]
    if own or not (item_inherits(text) or (is_open_modal(context.lead.text) and len(text.split()) > 1)):
        return []
    lead = lead_clause(context.lead.text)
    if lead is None:
        return []
    first = parts[0]
    joined = f"{stem(context.lead.text)} {text[:1].lower() + text[1:]}"
    if context.frame == "never" and first.modality == "order" and first.negated:
        return [Reading(first, Force(Kind.PROHIBITION, 0.8), text)]
    if context.frame == "must":
        if third := _third_person(mask(text)):
            first = clauses(f"must {base_form(third['verb'])}{text[third.end() :]}")[0]._replace(
                start=0, end=len(text)
            )
        bearing = force(first) if first.modality != "plain" else None
        negated = re.match(r"not to\b|not\b", text, re.IGNORECASE)
        kind = Kind.PROHIBITION if negated else bearing.kind if bearing else Kind.OBLIGATION
        found = [Reading(_conditioned(first, context), Force(kind, 0.75), joined)]
        if exempt := _exempted(first, found[0].force, text[: len(first.exception or "")].lower()):
            found.append(Reading(first, exempt, f"{joined} (the exception is allowed)"))
        return found
    kind = Kind.PROHIBITION if context.frame == "never" else Kind.PERMISSION
    found = [Reading(_conditioned(first, context), Force(kind, 0.7), joined)]
    if exempt := _exempted(first, found[0].force, text[: len(first.exception or "")].lower()):
        found.append(Reading(first, exempt, f"{joined} (the exception is allowed)"))
    return found


def _under_heading(text: str, context: Context) -> list[Reading]:
    """Read an item of a list whose heading forbids (“Don'ts”): what it names is forbidden."""
    parts = clauses(text, orders=True)
    stated = parts[0].negated or parts[0].modality not in ("plain", "order")
    if context.frame != "never" or not context.siblings or stated:
        return []
    return [Reading(parts[0], Force(Kind.PROHIBITION, 0.75), f"{context.title}: {text}")]


def _conditioned(clause: Clause, context: Context) -> Clause:
    return clause if clause.condition else clause._replace(condition=context.condition)


def stem(lead: str) -> str:
    """Return the last sentence of a lead-in, without what joins it to its items."""
    last = re.split(r"(?<=[.!?])\s+(?=[A-Z])", lead.strip())[-1]
    return last.rstrip(" -\u2013\u2014")


def _with_items(text: str, children: list[Block]) -> str:
    items = "; ".join(child.text.rstrip(" .;,") for child in children)
    joined = f"{text.rstrip(' :')}: {items}"
    return joined if len(joined) <= 500 else text
