"""Requests about what the agent says: greeting, texts of steps and questions, shorter, politer, disclosures.

- Your own words are taken as they are. Shorter and politer is done by few plain rules that keep every value,
  every place to fill in and every sentence; whatever they cannot do is said to need a language model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from studio.cobuilder.requests.flow_edits import insert_after, insert_before, slug
from studio.cobuilder.requests.items import Index, Item
from studio.cobuilder.requests.kinds import (
    Done,
    Kind,
    NeedsModel,
    No,
    NotMine,
    Outcome,
    Turn,
    Unsure,
    choices,
)
from studio.cobuilder.requests.rules import new_rule
from studio.cobuilder.requests.steps import spoken
from studio.cobuilder.requests.wording import bare, initial
from studio.domain.changeset import join_path
from studio.domain.charter import RuleKind
from studio.domain.request import Choice
from studio.domain.workflow import CallBlock, Decide, Disclose, ToolCall, Verify

_GREETING = (
    r"(?:greeting|welcome(?: message| text)?|AI disclosure|introduction|opening(?: message)?|first message)"
)
_ASKING = re.compile(
    r"^(?:the )?(?:question|prompt)s? (?:for|about)\s+|^(?:when |the way (?:it|we) )?(?:ask(?:s"
    r"|ing)? )(?:for |about )?",
    re.I,
)


@dataclass(frozen=True, slots=True)
class _Text:
    """A text the agent says: where it stands, in which field, and what people call it."""

    paths: tuple[str, ...]
    field: str
    text: str
    label: str
    item: Item | None = None


def _find(turn: Turn, words: str) -> _Text | Unsure | None:
    """Return the text that words mean, or how it may be meant."""
    if re.fullmatch(
        r"(?:it|that|this|them|everything|what it says|the (?:text|message|wording))", words, re.I
    ):
        return _any_text(turn, words)
    if re.fullmatch(rf"(?:the |our |its )?{_GREETING}", words, re.IGNORECASE):
        return _Text(
            ("charter/ai_disclosure",), "ai_disclosure", turn.agent.charter.ai_disclosure, "the greeting"
        )
    words = re.sub(r"^(?:that|this|the) (?=.* (?:text|message|wording|explanation|question|bit)$)", "", words)
    words = re.sub(r" (?:text|message|wording|explanation|bit)$", "", words)
    words = re.sub(r"^(?:the )?(?:text|wording|message|explanation|words) (?:of|in|for) ", "", words)
    asked = _ASKING.sub("", words)
    match = turn.ground.index.find(asked, ("fact",) if asked != words else ("step", "fact"))
    if not match.certain:
        if not match.items:
            match = turn.ground.index.find(words, ("step",))
        if not match.certain:
            made = choices(turn.said, words, match.items)
            return Unsure(f"Which text do you mean by “{words}”?", made) if made else None
    return _text_of(turn, match.items[0])


def _any_text(turn: Turn, words: str) -> Unsure:
    """Return the question which text is meant where none is named: the greeting, and what is said most."""
    said = [i for i in turn.ground.index.items if i.kind == "step" and i.sort in ("say", "disclose")]
    made = choices(turn.said, words, said[:3])
    at = turn.said.casefold().find(words.casefold())
    greeting = f"{turn.said[:at]}the greeting{turn.said[at + len(words) :]}".strip()
    return Unsure("Which text do you mean?", (Choice(label="The greeting", request=greeting), *made))


def _text_of(turn: Turn, item: Item) -> _Text | None:
    if item.kind == "fact":
        slots = [(f.id, s) for f in turn.agent.workflows for s in f.slots if s.id == item.id]
        if not slots:
            return None
        paths = tuple(join_path("workflows", flow, "slots", slot.id) for flow, slot in slots)
        return _Text(paths, "prompt", slots[0][1].prompt, f"the question for “{item.name}”", item)
    step = turn.agent.workflow(item.holder).step(item.id)
    if isinstance(step, ToolCall | Verify | Decide | CallBlock):
        return None
    field = "say" if hasattr(step, "say") else "text"
    return _Text((item.path,), field, str(getattr(step, field)), f"“{step.title}”", item)


def _write(turn: Turn, place: _Text, text: str, warnings: tuple[str, ...] = ()) -> Outcome:
    if text == place.text:
        return No(f"That is what it says already: “{text}”")
    title = f"{initial(place.label)}: new text"
    cited = place.item.citations if place.item else ()
    for path in place.paths:
        if path == "charter/ai_disclosure":
            turn.sketch.put(path, text, turn.why(title))
        else:
            turn.sketch.edit(path, turn.sketch.item(path), turn.why(title, *cited), **{place.field: text})
    if path_rule := _demanded(turn, place):
        warnings = (
            *warnings,
            f"Rule {path_rule} demands that this is told; read whether the new words still do.",
        )
    return Done(f"I propose for {place.label}: “{text}”", title, warnings)


def _demanded(turn: Turn, place: _Text) -> str | None:
    if place.item is None or place.item.kind != "step":
        return None
    step = turn.agent.workflow(place.item.holder).step(place.item.id)
    return step.rule if isinstance(step, Disclose) else None


def _greeting(turn: Turn) -> Outcome:
    text = turn.text("text")
    warnings: tuple[str, ...] = ()
    if not re.search(r"automat|machine|computer|\bAI\b|assistant|bot\b|program", text, re.IGNORECASE):
        warnings = ("It does not say that this is an automated assistant.",)
    place = _Text(
        ("charter/ai_disclosure",), "ai_disclosure", turn.agent.charter.ai_disclosure, "the greeting"
    )
    return _write(turn, place, text, warnings)


def _say(turn: Turn) -> Outcome:
    place = _find(turn, turn.text("what"))
    if place is None:
        return NotMine()
    return place if isinstance(place, Unsure) else _write(turn, place, turn.text("text"))


_FILLERS = (
    (
        r"^(?:Hello|Hi|Hey|Good (?:day|morning"
        r"|afternoon))(?: there)?[,!.]\s+",
        "",
    ),
    (r":\s*just ask(?=[.!])", ""),
    (
        r"\bI am (?:very |so )?sorry(?: to hear "
        r"that)?[,.]\s*(?:but )?",
        "",
    ),
    (r"\b[Pp]lease,?\s+", ""),
    (r",?\s+please(?=[.?!])", ""),
    (
        r"\bThank you(?: for "
        r"[^.!,]*)?[,.!]\s*",
        "",
    ),
    (r"\bjust (?=ask|tell|say)", ""),
    (r"\bright now\b", "now"),
    (r"\bat the moment\b", "now"),
    (r"\bin order to\b", "to"),
    (r"\bwould like to\b", "want to"),
)
_CONTRACTIONS = (
    (r"\bI am\b", "I'm"),
    (
        r"\bI have\b(?= (?:found"
        r"|\w+ed)\b)",
        "I've",
    ),
    (r"\bcannot\b", "can't"),
    (r"\bdo not\b", "don't"),
    (r"\bdoes not\b", "doesn't"),
    (r"\b([Ii])t is\b", r"\1t's"),
    (r"\bI will\b", "I'll"),
    (r"\byou are\b", "you're"),
    (r"\bhas not\b", "hasn't"),
)


def shorter(text: str) -> str:
    """Return a text without filler words; no value, no place to fill in and no other sentence goes."""
    for pattern, instead in (*_FILLERS, *_CONTRACTIONS):
        text = re.sub(pattern, instead, text)
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"(^|[.!?]\s+)([a-z])", lambda found: found[1] + found[2].upper(), text)


def politer(text: str) -> str:
    """Return a text with a please for a question, an apology for a no; unchanged where neither fits."""
    if re.search(r"\bplease\b", text, re.IGNORECASE) and "?" in text:
        return text
    if "?" in text:
        return re.sub(r"\?", ", please?", text, count=1)
    refusing = r"\b(?:not|cannot|can't|no|past|already|stays?|unable|too (?:late|often)|should be there)\b"
    if re.search(refusing, text, re.IGNORECASE) and not re.search(r"\bsorry\b", text, re.IGNORECASE):
        first = text if text.startswith(("I ", "I'")) else text[:1].lower() + text[1:]
        return f"I am sorry, {first}"
    return text


def _shape(turn: Turn, how: str) -> Outcome:
    place = _find(turn, turn.text("what"))
    if place is None or isinstance(place, Unsure):
        return place or NotMine()
    made = shorter(place.text) if how == "shorter" else politer(place.text)
    if made == place.text or not made:
        return NeedsModel(
            f"I can make a text {how} only by plain rules, and they find nothing in {place.label}: "
            f"“{place.text}” "
            f"Writing it anew needs a language model; or tell me the words: change the text of "
            f"{place.label} to “…”."
        )
    return _write(turn, place, made)


def _model(turn: Turn) -> Outcome:
    what = turn.text("what") or "this text"
    place = _find(turn, what)
    now = f" It says now: “{place.text}”" if isinstance(place, _Text) else ""
    if place is None:
        return NotMine()
    return NeedsModel(
        f"I understand what you want of {what}, but writing a text anew needs a language model; "
        f"the embedded engine "
        f"only takes words you give it.{now} Tell me the words, or set up a model in Settings."
    )


def _disclose(turn: Turn) -> Outcome:
    tell = turn.text("tell")
    if not tell or len(tell.split()) < 3:
        return NotMine()
    text, when = spoken(tell), turn.text("when")
    where = turn.words.get("where", "").lower()
    at = None
    if when:
        steps = [i for i in turn.ground.index.items if i.kind == "step" and i.aliases and "_" in i.aliases[0]]
        match = Index(steps).find(when, ("step",))
        if not match.certain:
            match = turn.ground.index.find(when, ("step",))
        if not match.certain:
            made = choices(turn.said, when, match.items or match.near)
            return Unsure(f"Which step do you mean by “{when}”?", made)
        at = match.items[0]
    told = re.sub(r"^that ", "", tell)
    demand = f"Tell the customer {'that ' if not told.startswith(('about', 'how', 'what')) else ''}{told}"
    if at is not None:
        demand = f"{initial(where)} “{at.name}”, {demand[0].lower()}{demand[1:]}"
    flows = (at.holder,) if at is not None and not turn.agent.workflow(at.holder).reusable else ()
    rule = new_rule(turn, demand, RuleKind.DISCLOSE, None, flows, "step" if at is not None else "text only")
    if at is None:
        note = "No step tells it yet: say before or after which step, and I add one."
        return Done(f"I propose rule {rule.id}: “{rule.text}”", f"New rule {rule.id}: {rule.title}", (note,))
    flow = turn.agent.workflow(at.holder)
    title = initial(" ".join(re.findall(r"[\w£€$%']+", told)[:5]))
    step = Disclose(
        id=slug(f"tell {title}", {s.id for s in flow.steps}), title=f"Tell: {title}", rule=rule.id, text=text
    )
    why = f"“{flow.name}”: “{step.title}” {where} “{at.name}”"
    if "before" in where:
        insert_before(turn, flow.id, at.id, step, why)
    elif not insert_after(turn, flow.id, at.id, step, why):
        return No(
            f"“{at.name}” has no single way on, so nothing can follow it. Say before which step it "
            f"shall be told."
        )
    turn.sketch.needs(join_path("workflows", flow.id, "steps", step.id), f"charter/rules/{rule.id}")
    return Done(
        f"I propose rule {rule.id} and a step {where} “{at.name}” in “{flow.name}” that says: “{text}”",
        f"Tell the customer: {bare(told)}",
    )


_STYLE = (
    r"(?:longer|warmer|friendlier|kinder|nicer|simpler|clearer|better|more (?:friendly|empathetic"
    r"|personal|formal|informal|cheerful|"
    r"professional|natural|human|detailed|casual)|less (?:formal|stiff|cold)|easier to (?:read"
    r"|understand)|less robotic)"
)
_BIT = r"(?: (?:a bit|a little|somewhat|much))?"

KINDS: tuple[Kind, ...] = (
    Kind(
        "greeting",
        "What it says",
        "Give the greeting, in which the agent says that it is automated, your words.",
        ("Change the greeting to “Hello, I am the automated assistant.”",),
        (
            rf"(?:<change>|replace) (?:<the>)?{_GREETING} (?:<become>|say) {{text!}}",
            rf"use {{text!}} (?:as|for) (?:<the>)?{_GREETING}",
            r"<agent> (?:<must>) greet <customer> with {text!}",
            rf"(?:<the>)?{_GREETING} (?:<must>) (?:be|say|read):? {{text!}}",
            r"say {text!} at the (?:start|beginning) of (?:a|the|every|each) (?:conversation|chat)",
            r"greet <customer> with {text!}",
            r"(?:the )?first (?:thing|sentence|words?) (?:<agent> )?(?:says?|writes?) (?:<must>|is|"
            r"are)(?: be)?:? {text!}",
            r"(?:open|start|begin) (?:every|each|all|the|a) (?:chats?|conversations?|dialogues?|dialogs?)s? "
            r"(?:with|by saying):? {text!}",
            rf"new {_GREETING}:? {{text!}}",
            r"<agent> (?:<must>) (?:open|start|begin) with:? {text!}",
            rf"(?:<the>)?(?:new )?{_GREETING}:? {{text!}}",
        ),
        _greeting,
    ),
    Kind(
        "say-text",
        "What it says",
        "Give a step or a question your words.",
        (
            "In “Question answered” say “Is there anything else?”",
            "Ask for the reason with the words “What is wrong with it?”",
        ),
        (
            r"in {what},? say {text!}",
            r"(?P<what>ask for .+?|ask about .+?) with (?:the words )?{text!}",
            r"(?:<change>|replace) (?:the )?(?:text|message|wording|words) (?:of|in|for) {what} "
            r"(?:<become>|with) {text!}",
            r"{what} (?:<must>) say:? {text!}",
            r"(?:<the>)?(?P<what>(?:question|prompt) (?:for|about) .+?) (?:<must>) (?:be|read|say):? {text!}",
            r"let (?:it|the agent|the assistant) say {text!} in {what}",
            r"(?:<when>|for|at) (?:it is |it's |we (?:are|get) (?:at|to) )?{what},? (?:just |please "
            r"|<agent> (?:<must>)? ?|i want (?:it|the agent) to |it (?:<must>) )?(?:say|answer|write|"
            r"reply|tell them):? {text!}",
            r"(?:<change>|replace) (?:what|whatever) {what} (?:says|tells them|says now) (?:<become>|"
            r"with) {text!}",
            r"let {what} (?:say|end with(?: the words)?|end in|read):? {text!}",
            r"in {what},? (?:it|<agent>) (?:<must>) (?:say|read|answer):? {text!}",
            r"(?:<the>)?(?:text|message|wording) (?:of|for|in|at) {what} (?:<must>|is)(?: be| now)?:? "
            r"{text!}",
            r"(?:let|make|have) (?:it|<agent>) (?:say|answer|write) {text!} (?:at|in|for|on) {what}",
            r"(?:<the>)?(?:text|message|wording) (?:of|for|in|at) {what} (?:is|reads)(?: now)?:? {text!}",
        ),
        _say,
    ),
    Kind(
        "text-shorter",
        "What it says",
        "Make a text shorter by dropping filler words; more than that needs a language model.",
        ("make the greeting shorter",),
        (
            rf"(?:make|keep|get) {{what}} (?:<bit>)?shorter{_BIT}".replace("(?:<bit>)?", ""),
            rf"shorten {{what}}{_BIT}",
            r"shorten what it says in {what}",
            r"{what} is too long(?:, .+)?",
            r"(?:cut|trim|tighten) {what}(?: down)?",
            r"{what} (?:<must>) be shorter",
            r"{what} (?:is|are)(?: a bit| way| far| much| a little| rather| too| very| quite| really|"
            r" so)* (?:long|wordy|lengthy|long-winded)(?: .+|,.+)?",
            r"(?:shorten|cut down|trim|condense|tighten(?: up)?|make shorter) {what}(?: a bit| a little|"
            r" please)?",
            r"(?:can you )?(?:make|keep) {what} (?:a bit|a little|much|somewhat|way) shorter(?:[.,?] .+)?",
            r"make {what} (?:more concise|briefer|brief|crisper|less wordy|more compact|snappier|concise|"
            r"short)",
            r"(?:a )?shorter {what}",
            r"(?P<what>ask (?:for |about )?.+?) (?:in|with) fewer words",
            r"(?:i|we) find {what} (?:too|a bit|rather|way too) (?:long|wordy)",
            r"{what} (?:rambles|drags|goes) on(?: and on)?(?:,.+)?",
        ),
        lambda turn: _shape(turn, "shorter"),
    ),
    Kind(
        "text-politer",
        "What it says",
        "Make a text politer with a please or an apology; more needs a language model.",
        ("Ask more politely for the reason",),
        (
            r"(?P<ask>ask) (?:more politely|politely|nicely|more nicely) (?:for|about) {what}",
            r"make {what} (?:politer|more polite)",
            r"{what} (?:<must>) (?:sound |be )(?:politer|more polite)",
            r"be (?:more polite|politer) (?:when|in) {what}",
            r"(?P<what>ask for .+?) (?:in a )?(?:politer|more polite|more politely)(?: way)?",
            r"be (?:a bit |a little )?(?:more polite|politer|nicer) (?:when|while|in) {what}",
            r"(?P<what>ask (?:for |about |whether )?.+?) (?:in )?(?:a )?(?:nicer|more polite|politer|"
            r"more politely|more nicely|more courteous(?:ly)?)(?: way| manner)?",
            r"ask (?:a bit |a little )?(?:more politely|politely|nicely|more nicely|more courteously) "
            r"(?P<what>whether .+)",
            r"{what} (?:is|are|sounds?)(?: a bit| too| rather)* (?:rude|impolite|harsh|blunt|curt)(?:,.+)?",
        ),
        lambda turn: _shape(turn, "politer"),
    ),
    Kind(
        "text-model",
        "What it says",
        "Longer, warmer, simpler, another language: says plainly that it needs a language model.",
        ("make the greeting longer", "translate the greeting into German"),
        (
            rf"make {{what}} (?:sound )?{_STYLE}{_BIT}",
            rf"<reword> {{what}} so that it (?:sounds|is) {_STYLE}",
            r"translate {what} (?:in)?to {language}",
            rf"write {{what}} (?:in|with) {_STYLE} \w+",
            r"(?:improve|polish|beautify) (?:the )?(?:wording|tone|style|text) of {what}",
            r"<reword> {what}",
            rf"{{what}} (?:<must>) (?:be|sound) {_STYLE}{_BIT}",
            rf"(?:<change>|give) {{what}} (?:a )?{_STYLE} (?:tone|wording|sound|voice|style)",
            rf"(?:word|phrase|say|put|express) {{what}} (?:more |in )?(?:gently|kindly|softly|warmly|"
            rf"clearly|simply|plain english|plain words|simple words|{_STYLE})",
            r"(?:come up with|think of|suggest|write|find) (?:a |an |some )?(?:better|nicer|new|other|"
            r"warmer|different) {what}",
            rf"make {{what}} (?:sound |feel |look |be )*(?:more |less |a bit |a little )*{_STYLE}(?: .+)?",
            r"make {what} (?:sound |feel )*(?:more|less) \w+",
            r"(?:<reword>|write) {what} (?:in|with|to be|to sound) .+",
            r"(?:improve|polish|beautify|freshen up) {what}",
        ),
        _model,
    ),
    Kind(
        "disclosure-add",
        "What it says",
        "Let the customer be told something, before or after a step.",
        ("Before booking the return, tell the customer that the item must be in its box",),
        (
            r"(?P<where>before|after) {when}, (?:<tell>|let) <customer> (?:know )?{tell}",
            r"(?:<tell>) <customer> (?P<where>before|after) {when} that {tell}",
            r"(?:<tell>) <customer> that {tell} (?P<where>before|after) {when}",
            r"let <customer> know (?P<where>before|after) {when} that {tell}",
            r"<add> (?:a |another |new )*disclosure:? (?:that )?{tell}",
            r"<customer> (?:<must>) be (?:told|informed|warned) (?:that )?{tell}",
            r"(?:<tell>) <customer> that {tell}",
            r"it (?:<must>) be (?:disclosed|said|made clear|explained|mentioned|stated|told) to <customer> "
            r"that {tell}",
            r"(?P<where>before|after|once) {when}, (?:<customer>) (?:<must>) be (?:told|informed|warned|"
            r"reminded|advised) (?:that |to )?{tell}",
            r"(?P<where>before|after|once) {when}, (?:<tell>) <customer> (?:that |to |about )?{tell}",
            r"(?:<customer>) (?:<must>) be (?:told|informed|warned|reminded|advised) (?P<where>before|"
            r"after) {when} (?:that|to) {tell}",
            r"<customer> (?:<must>)? ?know that {tell}",
            r"let <customer> know (?P<where>before|after) {when} that {tell}",
        ),
        _disclose,
    ),
)
